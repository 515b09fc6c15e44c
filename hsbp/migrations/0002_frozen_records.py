from django.db import migrations

from mbl.core.models.triggers import append_only


class Migration(migrations.Migration):
    """Sent versions, reviews, comments, signatures, copies and decisions are added and never changed."""

    dependencies = [("hsbp", "0001_initial"), ("core", "0003_audit_is_append_only")]

    operations = [
        append_only("hsbp_planrevision"),
        append_only("hsbp_planreview"),
        append_only("hsbp_plancomment"),
        append_only("hsbp_familysignature"),
        append_only("hsbp_familycopy"),
        append_only("hsbp_requirementdecision"),
    ]

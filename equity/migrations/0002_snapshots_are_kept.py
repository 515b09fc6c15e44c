from django.db import migrations

from mbl.core.models.triggers import append_only


class Migration(migrations.Migration):
    """A report can always be made again from the snapshot it was made from."""

    dependencies = [("equity", "0001_initial"), ("core", "0003_audit_is_append_only")]

    operations = [
        append_only("equity_equitysnapshot"),
        append_only("equity_equitytable"),
        append_only("equity_equityfile"),
    ]

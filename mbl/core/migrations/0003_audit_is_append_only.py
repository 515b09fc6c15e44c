"""The audit ledger refuses UPDATE, DELETE and TRUNCATE."""

from django.db import migrations

from mbl.core.models.triggers import REFUSE_CHANGE, append_only


class Migration(migrations.Migration):
    dependencies = [("core", "0002_extensions")]

    operations = [
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION core_refuse_change();"),
        append_only("core_auditevent"),
    ]

"""The content of tables, to compare what was with what is."""

from __future__ import annotations

from django.apps import apps
from django.db import connection

# Records of what happened: they stay, whatever is taken back.
_RECORDS = {"core_auditevent", "core_importrun", "core_importissue", "core_importchange"}
# Words of names for search only: those of a name that was changed go at night.
_DERIVED = {"profiles_nameword"}


def content(*app_labels: str) -> dict[str, list[str]]:
    """Every row of every table of these apps as PostgreSQL writes it, in order."""
    found = {}
    with connection.cursor() as cursor:
        for label in app_labels:
            for model in apps.get_app_config(label).get_models(include_auto_created=True):
                table = model._meta.db_table
                if table not in _RECORDS | _DERIVED:
                    cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
                    found[table] = [text for (text,) in cursor.fetchall()]
    return found

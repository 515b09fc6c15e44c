from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ProfilesConfig(AppConfig):
    name = "profiles"

    def ready(self) -> None:
        post_migrate.connect(_after_migrating, sender=self)


def _after_migrating(using: str, **_: Any) -> None:
    """A release may change what roles open: guardian's rows follow ``rules/roles.py``."""
    from django.db import connections

    from profiles.actions.roles import ensure_permissions, refresh_grants
    from profiles.models import SchoolGrant

    # Migrating back to zero leaves no tables to look after.
    if SchoolGrant._meta.db_table in connections[using].introspection.table_names():
        ensure_permissions()
        refresh_grants()

"""Small shared pieces of models."""

import uuid
from enum import StrEnum

from django.db import models


class PublicIdModel(models.Model):
    """Integer keys stay inside; ``public_id`` is what addresses and files show."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


def state_check(field: str, states: type[StrEnum], name: str) -> models.CheckConstraint:
    """The database refuses a state that the code does not know."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": [str(s) for s in states]}), name=name)

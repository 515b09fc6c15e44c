"""What staff confirm of a request under a name that its policy declares: hours, a paper received, a day."""

from django.db import models

from crediting.models.request import CreditRequest
from crediting.states import ConfirmedKind, ValueKind
from mbl.core.models import User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models import Person


class ConfirmedFact(PublicIdModel):
    """Inserted once (a trigger refuses change). A correction is a new row that ``corrects`` the old one.

    ``value`` as ``plain_value`` writes it (``180``, ``yes``, ``2026-05-01``), read back by ``value_kind``. ``source``
    is the document or person it was taken from.
    """

    request = models.ForeignKey(CreditRequest, on_delete=models.PROTECT, related_name="confirmed")
    kind = models.CharField(max_length=5)
    name = models.CharField(max_length=60)
    value_kind = models.CharField(max_length=6)
    value = models.CharField(max_length=200)
    source = models.CharField(max_length=200)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_by_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="corrected_by")

    class Meta:
        ordering = ["pk"]
        constraints = [
            state_check("kind", ConfirmedKind, "confirmed_kind_known"),
            state_check("value_kind", ValueKind, "confirmed_value_kind_known"),
            # One line of corrections for each thing: of two who confirm it at once, one is told.
            models.UniqueConstraint(
                fields=["request", "kind", "name", "corrects"], name="confirmed_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"

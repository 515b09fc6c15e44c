"""Consent to show a student's record to somebody outside school and family: the only way in for them (R81)."""

from __future__ import annotations

import datetime as dt

from django.db import models

from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models.person import Person, Student
from profiles.rules.age import last_adult_birth_date
from profiles.states import ConsentState, SharedRecords, Signer


class SharingConsentQuerySet(models.QuerySet["SharingConsent"]):
    def in_force(self, on: dt.date) -> SharingConsentQuerySet:
        """Consents that open a record on ``on``, the district's own day.

        What a parent signed ends with the day before the student's 18th birthday: from then on the right to say so is
        the student's (34 CFR 99.5). Where no birth date is known, the student counts as not yet 18.
        """
        return self.filter(
            models.Q(signed_as=Signer.STUDENT)
            | models.Q(student__person__birth_date=None)
            | models.Q(student__person__birth_date__gt=last_adult_birth_date(on)),
            state=ConsentState.SIGNED,
            ends_on__gte=on,
        )


class SharingConsent(PublicIdModel):
    """Which records, for what, to whom and until when, and who signed it (34 CFR 99.30(b), (d)).

    ``reader`` is who opens the record for the ``party``. The terms never change: other terms are another consent.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="consents")
    reader = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    party = models.CharField(max_length=200)
    purpose = models.CharField(max_length=500)
    records = models.CharField(max_length=10)
    # The last day.
    ends_on = models.DateField()
    state = models.CharField(max_length=10, default=ConsentState.ASKED)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    signed_as = models.CharField(max_length=10, blank=True)
    typed_name = models.CharField(max_length=200, blank=True)
    signed_at = models.DateTimeField(null=True)

    # Who declined it or took it back.
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = SharingConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            state_check("state", ConsentState, "consent_state_known"),
            state_check("records", SharedRecords, "consent_records_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=[ConsentState.ASKED, ConsentState.DECLINED], signed_at=None)
                | (
                    models.Q(state__in=[ConsentState.SIGNED, ConsentState.REVOKED], signed_at__isnull=False)
                    & models.Q(signed_by__isnull=False, signed_as__in=list(Signer))
                    & ~models.Q(typed_name="")
                ),
                name="consent_signed_whole",
            ),
            models.UniqueConstraint(
                fields=["student", "reader"], name="consent_asked_once", condition=models.Q(state=ConsentState.ASKED)
            ),
        ]
        indexes = [models.Index(fields=["reader", "state"], name="consent_by_reader")]

    def __str__(self) -> str:
        return f"{self.party} – {self.student}"

"""Somebody's word about what they witnessed: by a one-time link, spoken to staff, or a member of staff's own (R30)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from crediting.models.request import CreditRequest
from crediting.models.standards import Standard
from crediting.states import AttestationWay
from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models import Person


class Asked(PublicIdModel):
    """What an attestation is about. ``code`` names which attestation of the policy it is.

    ``role`` is a ``WitnessRole``, a role of staff, or a code of the policy.

    ``experience`` is what is attested, in the asker's words. ``visible_to`` names the roles of staff who may read it
    (R30); empty: whoever sees the work. The student and the family always may. ``agreement`` is what the school and the
    witness's organisation agreed about these words.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(CreditRequest, on_delete=models.PROTECT, related_name="%(class)ss")
    code = models.CharField(max_length=60, blank=True)
    role = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    experience = models.TextField()
    agreement = models.TextField(blank=True)
    visible_to = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    # A code of the pages' languages, or the name of the one that was spoken.
    language = models.CharField(max_length=40)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.role}: {self.request}"


class AttestationInvite(Asked):
    """A link that lets one person attest one thing, once. Of its secret only the SHA-256 is kept."""

    email = models.EmailField(blank=True)
    token_sha256 = models.CharField(max_length=64, unique=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    # The link that was lost or had expired, which this one replaces.
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(used_at=None) | models.Q(cancelled_at=None), name="invite_used_or_cancelled"
            )
        ]


class Attestation(Asked):
    """Inserted once (a trigger refuses change); a mistake is withdrawn and attested anew.

    ``is_unrecorded``: it is attested *that* something was witnessed, and what was said is written down nowhere.
    """

    # One link, one attestation: whatever arrives at the same moment.
    invite = models.OneToOneField(AttestationInvite, on_delete=models.PROTECT, null=True, related_name="attestation")
    way = models.CharField(max_length=10)
    organisation = models.CharField(max_length=160, blank=True)
    contact = models.CharField(max_length=160, blank=True)
    statement = models.TextField(blank=True)
    is_unrecorded = models.BooleanField(default=False)
    witnessed_from = models.DateField(null=True)
    witnessed_to = models.DateField(null=True)
    # The district-local day on which it was said or sent.
    attested_on = models.DateField()
    recorded_at = models.DateTimeField()
    # Who wrote a spoken word down, or whose own word it is.
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["recorded_at", "pk"]
        constraints = [
            state_check("way", AttestationWay, "attestation_way_known"),
            models.CheckConstraint(
                condition=models.Q(way="link", invite__isnull=False, recorded_by=None)
                | models.Q(way__in=["spoken", "own"], invite=None, recorded_by__isnull=False),
                name="attestation_came_one_way",
            ),
            models.CheckConstraint(
                condition=models.Q(is_unrecorded=True, statement="") | models.Q(is_unrecorded=False),
                name="attestation_unrecorded_is_empty",
            ),
        ]


class AttestedStandard(models.Model):
    """A standard that staff say an attestation speaks to. The witness never has to (R30)."""

    attestation = models.ForeignKey(Attestation, on_delete=models.PROTECT, related_name="mapped")
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="+")
    mapped_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    mapped_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["attestation", "standard"], name="attested_standard_once")]

    def __str__(self) -> str:
        return str(self.standard)


class AttestationWithdrawal(models.Model):
    """From here on the attestation counts for nothing and is shown to nobody. Inserted once."""

    attestation = models.OneToOneField(Attestation, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField()
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.attestation} (withdrawn)"

"""Schools of a district."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from mbl.core.models import District
from mbl.core.models.base import PublicIdModel, state_check
from profiles.states import SchoolKind


class School(PublicIdModel):
    """One school. ``code`` is the state's four-digit school code, or the district's own where there is none."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="schools")
    code = models.CharField(max_length=60)
    state_code = models.CharField(
        max_length=4,
        blank=True,
        validators=[RegexValidator(r"^\d{4}$", _("A state school code has four digits; keep its leading zero."))],
    )
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, default=SchoolKind.HIGH)
    address = models.TextField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["district", "code"], name="school_code_unique"),
            state_check("kind", SchoolKind, "school_kind_known"),
        ]
        # Granted to a role's holder for as long as the role lasts; see models/grants.py.
        default_permissions = ()

    def __str__(self) -> str:
        return self.name

"""What a district decides about its imports: when to ask first, for how long a run can be taken back."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from mbl.core import audit
from mbl.core.imports.guard import error_share, rails_of
from mbl.core.imports.undo import days_to_undo
from mbl.core.models import District, User
from profiles.verbs import ImportSettingsSet


@dataclass(frozen=True)
class ImportSettings:
    """Shares are percent of what is there; ``pickup_errors`` is percent of the rows of a file."""

    undo_days: int
    withdrawn_percent: float
    withdrawn_most: int
    created_percent: float
    moved_percent: float
    pickup_errors_percent: float


def import_settings(district: District) -> ImportSettings:
    """As they are in force now."""
    rails = rails_of(district)
    return ImportSettings(
        undo_days=days_to_undo(district),
        withdrawn_percent=_percent(rails.withdrawn_share),
        withdrawn_most=rails.withdrawn_most,
        created_percent=_percent(rails.created_share),
        moved_percent=_percent(rails.moved_share),
        pickup_errors_percent=_percent(error_share(district)),
    )


@transaction.atomic
def set_import_settings(district: District, wanted: ImportSettings, *, actor: User) -> None:
    """Set them all; nothing is written where nothing differs."""
    district = District.objects.select_for_update().get(pk=district.pk)
    before = import_settings(district)
    if before == wanted:
        return
    district.settings |= {
        "import_undo_days": wanted.undo_days,
        "import_rails": {
            "withdrawn_share": wanted.withdrawn_percent / 100,
            "withdrawn_most": wanted.withdrawn_most,
            "created_share": wanted.created_percent / 100,
            "moved_share": wanted.moved_percent / 100,
        },
        "pickup_error_share": wanted.pickup_errors_percent / 100,
    }
    district.save(update_fields=["settings"])
    changed = [name for name, value in vars(wanted).items() if getattr(before, name) != value]
    audit.record(ImportSettingsSet(changed=", ".join(changed)), actor=actor, district=district, target=district)


def _percent(share: float) -> float:
    return round(share * 100, 2)

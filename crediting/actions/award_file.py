"""Write mastery awards back for the school's system; off until the district has compared the layout with its own."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from crediting.queries.award_file import SETTING, confirmation, newest
from crediting.verbs.decisions import AwardLayoutConfirmed
from mbl.core import audit, clock
from mbl.core.errors import DomainError
from mbl.core.jobs import enqueue
from mbl.core.models import District, Job, User

EXPORT = "crediting.award_file"


@transaction.atomic
def confirm_layout(district: District, *, note: str, actor: User) -> None:
    """The newest layout is the district's from now on: somebody has read a file into the district's own system and saw
    that it arrives as it should."""
    district = District.objects.select_for_update().get(pk=district.pk)
    layout = newest().version
    seen = {"by": str(actor), "on": clock.today(district).isoformat(), "note": note, "layout": layout}
    district.settings = {**district.settings, SETTING: seen}
    district.save(update_fields=["settings"])
    audit.record(AwardLayoutConfirmed(note=note, layout=layout), actor=actor, district=district)


def export_awards(district: District, *, actor: User) -> Job:
    """Make the file. ``DomainError`` before the layout is confirmed."""
    if confirmation(district) is None:
        raise DomainError(_("Confirm first that your own system reads this layout."))
    return enqueue(
        EXPORT,
        owner=actor,
        district=district,
        label=_("Mastery awards for the school's system"),
        params={},
        dedupe_key=f"{EXPORT}:{district.pk}:{actor.pk}",
    )

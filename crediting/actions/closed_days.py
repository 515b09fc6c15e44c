"""Say on which days school is not held. Deadlines that are set from then on pass over them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from crediting import access
from crediting.models import ClosedDay
from crediting.rules.closed_days import DayOff
from crediting.verbs.policies import ClosedDayRemoved, ClosedDaysAdded
from mbl.core import audit
from mbl.core.errors import DomainError
from mbl.core.models import District, User
from profiles.access import Capability
from profiles.models import School


@transaction.atomic
def add_closed_days(
    district: District, days: Sequence[DayOff], *, school: School | None = None, actor: User
) -> list[ClosedDay]:
    """Add what is not there yet; the new days are answered. Adding twice changes nothing."""
    access.get_district(actor, district.code, Capability.MANAGE_POLICY)
    if school is not None and school.district_id != district.pk:
        raise DomainError(_("This school is not in the district."), field="school")
    District.objects.select_for_update(no_key=True).get(pk=district.pk)
    known = set(ClosedDay.objects.filter(district=district, school=school).values_list("day", flat=True))
    new = ClosedDay.objects.bulk_create(
        ClosedDay(district=district, school=school, day=one.day, title=one.title, added_by=actor)
        for one in days
        if one.day not in known
    )
    if new:
        told = ClosedDaysAdded(
            place=str(school or district), count=len(new), which=", ".join(row.day.isoformat() for row in new)[:2000]
        )
        audit.record(told, actor=actor, district=district, target=school or district)
    return new


@transaction.atomic
def remove_closed_day(row: ClosedDay, *, actor: User) -> None:
    """School is held on it after all. A second call changes nothing."""
    access.get_district(actor, row.district.code, Capability.MANAGE_POLICY)
    gone, _by_model = ClosedDay.objects.filter(pk=row.pk).delete()
    if gone:
        told = ClosedDayRemoved(place=str(row.school or row.district), day=row.day.isoformat())
        audit.record(told, actor=actor, district=row.district, target=row.school or row.district)

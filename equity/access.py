"""Who sees the equity report, who may have it counted anew, and who may look at exact counts."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.utils.translation import gettext as _

from crediting import access as crediting
from crediting.models import PolicyReplay
from mbl.core.decisions import Allowed, Denied, Verdict
from mbl.core.errors import NotAllowed
from mbl.core.models import District, User
from profiles.access import Capability, districts_where, may_in_district, schools_where, standing
from profiles.models import School


def get_district(user: User | AnonymousUser, code: str = "") -> District:
    """The district whose report ``user`` reads, by its code or the first: 403 for staff without the right."""
    schools = schools_where(user, Capability.SEE_EQUITY)
    districts = (
        District.objects.filter(schools__in=schools).distinct()
        | districts_where(user, Capability.SEE_EQUITY).distinct()
    )
    district = (districts.filter(code=code) if code else districts).order_by("name", "pk").first()
    if district is not None:
        return district
    if code or not standing(user).people:
        raise Http404
    raise NotAllowed(_("The equity report is for principals and district administrators."))


def own_schools(user: User | AnonymousUser, district: District) -> list[School]:
    """The schools a principal answers for; empty where the whole district is in reach."""
    if isinstance(may_in_district(user, Capability.SEE_EQUITY, district), Allowed):
        return []
    return list(schools_where(user, Capability.SEE_EQUITY).filter(district=district))


def may_see_raw(user: User | AnonymousUser, district: District) -> Verdict:
    """Exact counts are on screen only, for those who hold the capability in the whole district, and are logged."""
    verdict = may_in_district(user, Capability.SEE_RAW_COUNTS, district)
    if isinstance(verdict, Denied):
        return Denied(_("Exact counts of small groups are for the district’s administrators."))
    return verdict


def get_replay(user: User | AnonymousUser, public_id: UUID) -> PolicyReplay:
    """A replay whose groups ``user`` may read: 404 for those who do not write policy, 403 without the equity report."""
    replay = crediting.get_replay(user, public_id)
    verdict = may_in_district(user, Capability.SEE_EQUITY, replay.district)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    return replay

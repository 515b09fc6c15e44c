"""Who somebody is at a school, for every other question of access: roles, family, what they were asked for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from crediting.models import (
    CreditRequest,
    EvidenceUse,
    Reading,
)
from crediting.states import ReadingState, RequestState
from crediting.words import sentence
from mbl.core.decisions import Allowed, Denied, Reason, Verdict
from mbl.core.models import User
from profiles.access import (
    Capability,
    is_near,
    standing,
)
from profiles.models import School, Student
from profiles.states import Role

OPEN = (RequestState.SUBMITTED, RequestState.RETURNED, RequestState.ASSESSED)
Anybody = User | AnonymousUser


def deciding(user: Anybody, path: str = "") -> Q:
    """Requests at schools where ``user`` holds a role that decides credit, by the ids in their standing."""
    now = standing(user)
    schools = Q(**{f"{path}school__in": list(now.schools.get(Capability.DECIDE_CREDIT, ()))})
    districts = list(now.districts.get(Capability.DECIDE_CREDIT, ()))
    return schools | Q(**{f"{path}district__in": districts}) if districts else schools


def is_asked(user: Anybody, request: CreditRequest) -> Verdict:
    """Whether ``user`` is the teacher this was sent to."""
    if request.assessor_id and request.assessor_id in standing(user).people_holding(Role.TEACHER):
        return Allowed()
    if request.assessor is None:
        return Denied(_("This request was not sent to a teacher."))
    return Denied(_("This request was sent to %(teacher)s, who assesses it.") % {"teacher": request.assessor})


def is_impartial(user: Anybody, student: Student) -> Verdict:
    """Whether ``user`` may judge and decide about ``student`` as far as family goes: nobody does for their own."""
    if is_near(user, student):
        return Denied(
            _("Nobody judges or decides for themselves or their own family. Somebody else at the school has to do it.")
        )
    return Allowed()


def decides_at(user: Anybody, school: School) -> Verdict:
    """Whether ``user`` holds a role that decides credit at ``school``."""
    now = standing(user)
    if school.pk in now.schools.get(Capability.DECIDE_CREDIT, frozenset()) or (
        school.district_id in now.districts.get(Capability.DECIDE_CREDIT, frozenset())
    ):
        return Allowed()
    return Denied(_("Credit at %(school)s is decided by its credit manager or principal.") % {"school": school})


def roles_at(user: Anybody, school: School) -> frozenset[str]:
    """The roles ``user`` holds today at ``school`` or in its whole district."""
    return frozenset(
        str(held.role)
        for held in standing(user).roles
        if held.district_id == school.district_id and held.school_id in {None, school.pk}
    )


def reading_now(user: Anybody) -> QuerySet[Reading]:
    """Readings that open the work to ``user``: asked of them, or given while the request is open."""
    is_open = Q(state=ReadingState.WAITING) | Q(
        state=ReadingState.GIVEN, request__state__in=(*OPEN, RequestState.REVERSED)
    )
    return Reading.objects.filter(is_open, reader__in=standing(user).people_holding(Role.TEACHER)).order_by()


def uses_to_read(user: Anybody) -> QuerySet[EvidenceUse, Any]:
    return EvidenceUse.objects.filter(request__in=reading_now(user).values("request")).values("pk")


def for_others(roles: Collection[str]) -> Denied:
    return Denied(sentence(Reason("approver.wrong_role", {"roles": ",".join(sorted(roles))})))


def schools_as(user: Anybody, roles: Collection[str]) -> Q:
    """Rows with a ``school`` and ``district`` where ``user`` holds one of ``roles``."""
    held = [one for one in standing(user).roles if str(one.role) in roles]
    return Q(school__in=[one.school_id for one in held if one.school_id]) | Q(
        district__in=[one.district_id for one in held if one.school_id is None]
    )

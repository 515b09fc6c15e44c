"""Common tasks: who writes them, who gives them, who reads how far their readers agree."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from crediting.access.classes import sections_taught
from crediting.access.moderation import keeps_anchors
from crediting.access.roles import Anybody
from crediting.models import CommonTask
from crediting.states import CommonTaskState
from mbl.core import clock
from mbl.core.decisions import Allowed, Denied, Verdict
from mbl.core.errors import NotAllowed
from mbl.core.models import District
from profiles.access import Capability, districts_where, may_in_district, schools_where, standing
from profiles.models import School, Section
from profiles.states import Role


def keeps_common_tasks(user: Anybody, district: District) -> Verdict:
    """Whether ``user`` writes common tasks and reads their figures: who manages the policy, or decides credit."""
    if may_in_district(user, Capability.MANAGE_POLICY, district) or keeps_anchors(user, district):
        return Allowed()
    return Denied(_("Common tasks are written by those who decide credit and by who manages the policy."))


def schools_for_common_tasks(user: Anybody, district: District) -> QuerySet[School]:
    """Schools whose classes may be given what ``user`` writes, and whose figures they read: all of the district for
    who manages its policy, else those where they decide credit."""
    if may_in_district(user, Capability.MANAGE_POLICY, district):
        return School.objects.filter(district=district).order_by("name", "pk")
    return schools_where(user, Capability.DECIDE_CREDIT).filter(district=district)


def changes_common_task(user: Anybody, task: CommonTask) -> Verdict:
    """Whether ``user`` changes, publishes and ends it: it may name no school but theirs."""
    if isinstance(verdict := keeps_common_tasks(user, task.district), Denied):
        return verdict
    mine = schools_for_common_tasks(user, task.district).order_by().values("pk")
    if task.schools.exclude(pk__in=mine).exists():
        return Denied(_("This task is for schools that are not yours. Who manages the district’s policy can do it."))
    return Allowed()


def common_tasks_visible_to(user: Anybody) -> QuerySet[CommonTask]:
    """Every one of the districts where ``user`` writes some; to teachers what is or was out for their classes, and
    what they were asked to read a second time."""
    now = standing(user)
    written = Q(district__in=districts_where(user, Capability.MANAGE_POLICY).order_by().values("pk")) | Q(
        district__in=schools_where(user, Capability.DECIDE_CREDIT).order_by().values("district")
    )
    taught = sections_taught(user).order_by().values("pk")
    teaching = now.people_holding(Role.TEACHER)
    for_classes = CommonTask.objects.filter(courses__sections__in=taught, schools=F("courses__sections__school"))
    near = (
        Q(pk__in=for_classes.order_by().values("pk"))
        | Q(given__section__in=taught)
        | Q(given__drawn__readings__reader__in=teaching)
    )
    mine = CommonTask.objects.exclude(state=CommonTaskState.DRAFT).filter(near).order_by().values("pk")
    return CommonTask.objects.filter(written | Q(pk__in=mine)).select_related("district", "scale", "replaces")


def lists_common_tasks(user: Anybody) -> None:
    """``NotAllowed`` for whom the list is not."""
    now = standing(user)
    writes = now.may_anywhere(Capability.MANAGE_POLICY) or now.may_anywhere(Capability.DECIDE_CREDIT)
    if not writes and not now.has(Role.TEACHER):
        raise NotAllowed(_("Common tasks are for teachers, and for those who decide credit or manage the policy."))


def get_common_task(user: Anybody, public_id: UUID) -> CommonTask:
    """404 where ``user`` may not know of it."""
    found = common_tasks_visible_to(user).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def get_common_task_to_change(user: Anybody, public_id: UUID) -> CommonTask:
    """``NotAllowed`` with the reason for whoever may read it only."""
    found = get_common_task(user, public_id)
    if isinstance(verdict := changes_common_task(user, found), Denied):
        raise NotAllowed(verdict.reason)
    return found


def get_common_task_results(user: Anybody, public_id: UUID) -> CommonTask:
    """For those who write common tasks; a teacher is told why not: figures of few readers would rank people."""
    found = get_common_task(user, public_id)
    if isinstance(keeps_common_tasks(user, found.district), Denied):
        raise NotAllowed(_("These figures are for those who decide credit and for who manages the policy."))
    return found


def sections_of_common_task(user: Anybody, task: CommonTask) -> QuerySet[Section]:
    """Classes that may give it, of the school year in which it is given, at schools whose figures ``user`` reads."""
    return sections_for(task).filter(school__in=schools_for_common_tasks(user, task.district).order_by().values("pk"))


def sections_for(task: CommonTask) -> QuerySet[Section]:
    """Every class that may give it."""
    return Section.objects.filter(
        district=task.district_id,
        is_active=True,
        course__in=task.courses.order_by().values("pk"),
        school__in=task.schools.order_by().values("pk"),
        session__school_year=clock.school_year(task.opens_on),
    )

"""Write a common task, publish it, give it to a class, end it. From the day it is published nobody changes its words.

Whatever touches a class locks it first (``lock_class``), then the common task, then the class's task of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crediting import access
from crediting.actions.classes import lock_class
from crediting.models import ClassJudgement, ClassTask, CommonTask, Scale, Standard
from crediting.queries.classes import MOST_STANDARDS
from crediting.queries.common_tasks import scale_of
from crediting.states import COMMON_TASK, CommonTaskState
from crediting.verbs.classes import (
    CommonTaskClosed,
    CommonTaskDiscarded,
    CommonTaskGiven,
    CommonTaskPublished,
    CommonTaskWithdrawn,
    CommonTaskWritten,
)
from mbl.core import audit, clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import District, User
from mbl.core.transitions import Already
from mbl.core.words import says_something, visible
from profiles.models import Course, School, Section

CHECKED = ("scale", "opens_on", "closes_on", "read_share", "read_number")
WRITTEN = ("title", "for_students", "for_teachers", *CHECKED, "from_other_school")
NAMED = ("standards", "courses", "schools")


@transaction.atomic
def write_common_task(
    district: District,
    *,
    title: str,
    for_students: str,
    for_teachers: str,
    standards: Sequence[Standard],
    scale: Scale,
    courses: Sequence[Course],
    schools: Sequence[School],
    opens_on: dt.date,
    closes_on: dt.date,
    read_share: Decimal | None,
    read_number: int | None,
    from_other_school: bool,
    actor: User,
    draft: CommonTask | None = None,
    key: UUID | None = None,
) -> CommonTask:
    """Begin a draft, or change one. ``key`` is made with the form: sending the same form twice finds the first one."""
    if isinstance(verdict := access.keeps_common_tasks(actor, district), Denied):
        raise NotAllowed(verdict.reason)
    District.objects.select_for_update(no_key=True).get(pk=district.pk)
    if draft is not None:
        draft = _locked(draft, actor)
        if draft.state != CommonTaskState.DRAFT:
            raise DomainError(_("This task is published, so its words stay. Begin a new version to correct it."))
    elif key is not None and (found := CommonTask.objects.filter(district=district, public_id=key).first()):
        return found
    for text, field, ask in (
        (title, "title", _("Give the task a title.")),
        (for_students, "for_students", _("Say what students do, in words they read.")),
        (for_teachers, "for_teachers", _("Say what is given, how long it takes and what help is allowed.")),
    ):
        if not says_something(text):
            raise DomainError(ask, field=field)
    said: dict[str, Any] = {
        "title": visible(" ".join(title.split())),
        "for_students": visible(for_students),
        "for_teachers": visible(for_teachers),
        "scale": scale,
        "opens_on": opens_on,
        "closes_on": closes_on,
        "read_share": read_share,
        "read_number": read_number,
        "from_other_school": from_other_school,
    }
    named: dict[str, Any] = {"standards": list(standards), "courses": list(courses), "schools": list(schools)}
    checked: dict[str, Any] = {name: said[name] for name in CHECKED}
    _refuse_if_wrong(district, actor=actor, **named, **checked)
    task = draft or CommonTask(
        public_id=key or uuid4(), district=district, created_by=actor, created_at=clock.now(), **said
    )
    changed = [name for name in WRITTEN if draft is None or getattr(draft, name) != said[name]]
    if draft is not None:
        changed += [name for name in NAMED if set(getattr(draft, name).all()) != set(named[name])]
    if not changed:
        return task
    for name, value in said.items():
        setattr(task, name, value)
    task.save()
    for name, rows in named.items():
        getattr(task, name).set(rows)
    fields = ", ".join(changed if draft is not None else (*WRITTEN, *NAMED))
    audit.record(CommonTaskWritten(fields=fields), actor=actor, district=district, target=task)
    return task


def _refuse_if_wrong(
    district: District,
    *,
    standards: Sequence[Standard],
    courses: Sequence[Course],
    schools: Sequence[School],
    scale: Scale,
    opens_on: dt.date,
    closes_on: dt.date,
    read_share: Decimal | None,
    read_number: int | None,
    actor: User,
) -> None:
    """The first thing that would keep it from being given as written, with its field."""
    if not 1 <= len(standards) <= MOST_STANDARDS or any(one.district_id != district.pk for one in standards):
        raise DomainError(
            _("Choose from 1 to %(most)s standards: a class is judged on so many at once.") % {"most": MOST_STANDARDS},
            field="standards",
        )
    if not courses or any(one.district_id != district.pk for one in courses):
        raise DomainError(_("Choose the courses whose classes give it."), field="courses")
    allowed = set(access.schools_for_common_tasks(actor, district).values_list("pk", flat=True))
    if not schools or any(one.pk not in allowed for one in schools):
        raise DomainError(_("Choose the schools whose classes give it, from those that are yours."), field="schools")
    if closes_on < opens_on:
        raise DomainError(_("The last day lies before the first."), field="closes_on")
    if clock.school_year(opens_on) != clock.school_year(closes_on):
        raise DomainError(_("Both days have to be in one school year, whose classes give it."), field="closes_on")
    if (read_share is None) == (read_number is None):
        raise DomainError(
            _("Say how much is read twice: a share of all works, or so many works of each class. One of the two."),
            field="read_share",
        )
    today = clock.today(district)
    for course in courses:
        if (usual := scale_of(course, today)).pk != scale.pk:
            raise DomainError(
                _("%(course)s is judged on the scale “%(scale)s”. Choose that scale, or leave the course out.")
                % {"course": course.title, "scale": usual},
                field="scale",
            )


@transaction.atomic
def publish_common_task(task: CommonTask, *, actor: User) -> CommonTask:
    """Classes may give it from its first day on. The version before is closed with it. A second call finds it out."""
    earlier = task.replaces_id
    if earlier is not None:
        # Always the older version first, so that two people who publish do not wait for each other.
        CommonTask.objects.select_for_update().get(pk=earlier)
    task = _locked(task, actor)
    state = COMMON_TASK.after("publish", task.state)
    if isinstance(state, Already):
        return task
    today = clock.today(task.district)
    if task.closes_on < today:
        raise DomainError(_("The last day to give it is over. Change the days first."))
    named: dict[str, Any] = {name: list(getattr(task, name).all()) for name in NAMED}
    checked: dict[str, Any] = {name: getattr(task, name) for name in CHECKED}
    _refuse_if_wrong(task.district, actor=actor, **named, **checked)
    task.state, task.published_by, task.published_at = state, actor, clock.now()
    task.save(update_fields=["state", "published_by", "published_at"])
    _record(task, CommonTaskPublished(version=task.version, first=task.opens_on, last=task.closes_on), actor)
    if task.replaces is not None and task.replaces.state == CommonTaskState.PUBLISHED:
        _end(task.replaces, "close", _("Version %(version)s took its place.") % {"version": task.version}, actor)
    return task


@transaction.atomic
def withdraw_common_task(task: CommonTask, *, reason: str, actor: User) -> CommonTask:
    """Take it back before anybody judged it; classes that gave it have nothing to judge any more."""
    task = _locked(task, actor)
    if isinstance(COMMON_TASK.after("withdraw", task.state), Already):
        return task
    # Whoever judges locks the class's task too, and then looks at the state.
    given = list(ClassTask.objects.select_for_update(of=("self",)).filter(common=task).order_by("pk"))
    if ClassJudgement.objects.filter(task__in=given).exists():
        raise DomainError(_("A class was judged on it already. Close it instead: what was judged stays."))
    if not says_something(reason):
        raise DomainError(_("Say why. The teachers who gave it read it."), field="reason")
    return _end(task, "withdraw", reason.strip(), actor)


@transaction.atomic
def close_common_task(task: CommonTask, *, actor: User) -> CommonTask:
    """Nobody gives it any more; classes that gave it are still judged and read."""
    return _end(_locked(task, actor), "close", "", actor)


def _end(task: CommonTask, verb: str, reason: str, actor: User) -> CommonTask:
    state = COMMON_TASK.after(verb, task.state)
    if isinstance(state, Already):
        return task
    task.state, task.ended_by, task.ended_at, task.ended_reason = state, actor, clock.now(), reason
    task.save(update_fields=["state", "ended_by", "ended_at", "ended_reason"])
    is_closed = state == CommonTaskState.CLOSED
    _record(task, CommonTaskClosed(reason=reason) if is_closed else CommonTaskWithdrawn(reason=reason), actor)
    return task


@transaction.atomic
def next_version(task: CommonTask, *, actor: User) -> CommonTask:
    """A draft with the same words, to correct; the published one stays out until it is published. Once begun, a second
    call answers it."""
    task = _locked(task, actor)
    if task.state == CommonTaskState.DRAFT:
        raise DomainError(_("This is a draft still. Change it as it is."))
    if (begun := CommonTask.objects.filter(replaces=task).first()) is not None:
        return begun
    draft = CommonTask.objects.create(
        district=task.district,
        version=task.version + 1,
        replaces=task,
        created_by=actor,
        created_at=clock.now(),
        **{name: getattr(task, name) for name in WRITTEN},
    )
    for name in NAMED:
        getattr(draft, name).set(getattr(task, name).all())
    _record(draft, CommonTaskWritten(fields=", ".join((*WRITTEN, *NAMED))), actor)
    return draft


@transaction.atomic
def discard_common_task(task: CommonTask, *, actor: User) -> None:
    """Throw a draft away. A second call finds nothing."""
    found = CommonTask.objects.filter(pk=task.pk).first()
    if found is None:
        return
    found = _locked(found, actor)
    if found.state != CommonTaskState.DRAFT:
        raise DomainError(_("This task is published. It can be withdrawn or closed, and stays on record."))
    _record(found, CommonTaskDiscarded(version=found.version), actor)
    found.delete()


@transaction.atomic
def give_common_task(task: CommonTask, section: Section, *, actor: User) -> ClassTask:
    """The class does it today. A second click answers the same task of the class."""
    section = lock_class(section, actor)
    task = CommonTask.objects.select_for_update(no_key=True).get(pk=task.pk)
    if (given := ClassTask.objects.filter(section=section, common=task).first()) is not None:
        return given
    today = clock.today(section.district)
    if task.state != CommonTaskState.PUBLISHED:
        raise DomainError(_("“%(task)s” is not out any more, so nobody gives it.") % {"task": task})
    if not access.sections_for(task).filter(pk=section.pk).exists():
        raise NotAllowed(_("“%(task)s” is not for this class.") % {"task": task})
    if not task.opens_on <= today <= task.closes_on:
        raise DomainError(
            _("“%(task)s” may be given from %(first)s to %(last)s.")
            % {
                "task": task,
                "first": date_format(task.opens_on, "DATE_FORMAT"),
                "last": date_format(task.closes_on, "DATE_FORMAT"),
            }
        )
    if ClassTask.objects.filter(section=section, title=task.name, given_on=today).exists():
        raise DomainError(
            _("This class has a task of its own called “%(task)s” from today. Give the common one tomorrow.")
            % {"task": task}
        )
    given = ClassTask.objects.create(section=section, title=task.name, given_on=today, common=task, created_by=actor)
    audit.record(CommonTaskGiven(task=task.name), actor=actor, district=section.district, target=section)
    return given


def _locked(task: CommonTask, actor: User) -> CommonTask:
    """The task, locked; ``NotAllowed`` for whoever may not change it."""
    found = (
        CommonTask.objects.select_for_update(of=("self",))
        .select_related("district", "scale", "replaces")
        .filter(pk=task.pk)
        .first()
    )
    if found is None:
        raise DomainError(_("Somebody threw this draft away. There is nothing to change."))
    if isinstance(verdict := access.changes_common_task(actor, found), Denied):
        raise NotAllowed(verdict.reason)
    return found


def _record(task: CommonTask, payload: audit.Payload, actor: User) -> None:
    audit.record(payload, actor=actor, district=task.district, target=task)

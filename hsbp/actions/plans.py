"""Write in a plan: a section at a time, a course at a time.

Each action locks the plan first. What somebody else changed in the same section since the page was opened is never
overwritten: ``ChangedMeanwhile`` says who and when, and the page shows both texts.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import formats
from django.utils.translation import gettext as _

from hsbp import access, notices
from hsbp.models import Plan
from hsbp.rules.content import GRADES, MAX_COURSES, Content, PlannedCourse, Section, read, replaced
from hsbp.states import PlanState
from hsbp.verbs import PlanChanged
from hsbp.words import GRADE_WORDS, SECTION_WORDS
from mbl.core import audit, clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import User
from profiles.models import Course, Student


class ChangedMeanwhile(DomainError):
    """The section moved on since the page was opened (409). ``edition`` is the one that stands now."""

    status = 409

    def __init__(self, message: str, *, edition: int) -> None:
        super().__init__(message)
        self.edition = edition


def lock_plan(student: Student) -> Plan:
    """The student's plan, locked until the transaction ends; begun where there is none."""
    Plan.objects.get_or_create(student=student, defaults={"district": student.district})
    # The lock first and alone: whoever waited for it would get the joined rows as they were before the wait.
    Plan.objects.select_for_update().only("pk").get(student=student)
    return (
        Plan.objects.select_related("district", "student__person__user", "student__school", "student__district")
        .select_related("latest", "approved", "question")
        .get(student=student)
    )


def waiting_since(plan: Plan) -> dt.datetime | None:
    """Since when the school is waited for: the version to review or the open question, whichever came first."""
    moments = []
    if plan.state == PlanState.SUBMITTED and plan.latest is not None:
        moments.append(plan.latest.submitted_at)
    if plan.question is not None:
        moments.append(plan.question.at)
    return min(moments, default=None)


@transaction.atomic
def save_section(student: Student, section: Section, part: object, *, edition: int, actor: User) -> Plan:
    """Store one section as typed. ``edition`` is the plan's edition that the writer had before them.

    The same text again changes nothing, so a page that saves twice is not told of itself.
    """
    plan = _editable(student, actor)
    before = read(plan.content)
    after = replaced(before, section, part)
    if after == before:
        return plan
    if edition < edition_of(plan, section):
        raise ChangedMeanwhile(_who_and_when(plan, section), edition=plan.edition)
    return _store(plan, section, after, actor)


@transaction.atomic
def add_course(student: Student, *, grade: str, code: str, title: str, actor: User) -> Plan:
    """Plan a course in a grade, once. A code that the catalog does not have is kept as typed and pointed out."""
    plan = _editable(student, actor)
    if grade not in GRADES:
        raise DomainError(_("Choose grade 9, 10, 11 or 12."), field="grade")
    known = Course.objects.filter(district=plan.district_id, code__iexact=code.strip(), is_active=True).first()
    course = PlannedCourse(grade, known.code, known.title) if known and code.strip() else _typed(grade, code, title)
    content = read(plan.content)
    if any(_same(course, other) for other in content.courses):
        return plan
    if sum(other.grade == grade for other in content.courses) >= MAX_COURSES:
        raise DomainError(
            _("%(grade)s has %(count)s courses already. Take one out before you add another.")
            % {"grade": GRADE_WORDS[grade], "count": MAX_COURSES},
            field="grade",
        )
    return _store(plan, Section.COURSES, replace(content, courses=(*content.courses, course)), actor)


@transaction.atomic
def remove_course(student: Student, *, grade: str, code: str, title: str, actor: User) -> Plan:
    """Take a course out of a grade; of a course that stands there twice, the last one."""
    plan = _editable(student, actor)
    content = read(plan.content)
    wanted = PlannedCourse(grade, code, title)
    places = [place for place, course in enumerate(content.courses) if _same(course, wanted)]
    if not places:
        return plan
    kept = tuple(course for place, course in enumerate(content.courses) if place != places[-1])
    return _store(plan, Section.COURSES, replace(content, courses=kept), actor)


@transaction.atomic
def add_mastery(student: Student, *, code: str, actor: User) -> Plan:
    """Note that the student wants to show mastery in a course of the catalog (R64)."""
    plan = _editable(student, actor)
    course = Course.objects.filter(district=plan.district_id, code=code, is_active=True).first()
    if course is None:
        raise DomainError(_("Choose a course from the list."), field="course")
    content = read(plan.content)
    if course.code in content.mastery_intended:
        return plan
    intended = (*content.mastery_intended, course.code)
    return _store(plan, Section.MASTERY, replace(content, mastery_intended=intended), actor)


@transaction.atomic
def remove_mastery(student: Student, *, code: str, actor: User) -> Plan:
    plan = _editable(student, actor)
    content = read(plan.content)
    if code not in content.mastery_intended:
        return plan
    intended = tuple(one for one in content.mastery_intended if one != code)
    return _store(plan, Section.MASTERY, replace(content, mastery_intended=intended), actor)


def edition_of(plan: Plan, section: Section) -> int:
    """The edition in which the section changed last; 0 where it never did."""
    return int(plan.sections.get(section.value, {}).get("edition", 0))


def _typed(grade: str, code: str, title: str) -> PlannedCourse:
    # Through the content's own reader, so that spaces and lengths are what they are everywhere.
    found = read({"courses": {grade: [{"code": code, "title": title}]}}).courses
    if not found:
        raise DomainError(_("Write the name or the code of a course."), field="q")
    return found[0]


def _same(one: PlannedCourse, other: PlannedCourse) -> bool:
    """The same course in the same grade: by code where there is one, else by name."""
    if one.grade != other.grade:
        return False
    if one.code or other.code:
        return one.code.casefold() == other.code.casefold()
    return one.title.casefold() == other.title.casefold()


def _editable(student: Student, actor: User) -> Plan:
    plan = lock_plan(student)
    verdict = access.may_edit(actor, plan.student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    return plan


def _store(plan: Plan, section: Section, content: Content, actor: User) -> Plan:
    now, last = clock.now(), plan.sections.get(section.value, {})
    plan.content = content.as_json()
    plan.edition += 1
    plan.sections = plan.sections | {
        section.value: {
            "edition": plan.edition,
            "at": now.isoformat(timespec="seconds"),
            "by": str(actor),
            "who": str(actor.public_id),
        }
    }
    plan.save(update_fields=["content", "edition", "sections", "updated_at"])
    if not _is_same_event(last, actor, plan, now):
        audit.record(
            PlanChanged(section=section.value, edition=plan.edition),
            actor=actor,
            district=plan.district,
            target=plan,
            student=plan.student,
        )
    if not access.is_own(actor, plan.student):
        notices.tell_changed(plan, person=actor, section=section.value, word=str(SECTION_WORDS[section]))
    return plan


def _is_same_event(last: dict[str, str], actor: User, plan: Plan, now: dt.datetime) -> bool:
    """Whether the same person changed the section today already: typing is one event a day, not one a second."""
    if not last or UUID(last["who"]) != actor.public_id:
        return False
    return clock.day_of(dt.datetime.fromisoformat(last["at"]), plan.district) == clock.day_of(now, plan.district)


def _who_and_when(plan: Plan, section: Section) -> str:
    last = plan.sections[section.value]
    local = dt.datetime.fromisoformat(last["at"]).astimezone(ZoneInfo(plan.district.timezone))
    return _(
        "%(person)s changed this part on %(date)s at %(time)s, after you opened it. Nothing was overwritten. "
        "You see the newer text here, and what you typed is still in the fields."
    ) % {
        "person": last["by"],
        "date": formats.date_format(local, "DATE_FORMAT"),
        "time": formats.time_format(local, "TIME_FORMAT"),
    }

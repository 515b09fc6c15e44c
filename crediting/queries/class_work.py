"""What students showed in class on the standards that a request names: attempts like those of the request itself."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.db.models import Prefetch

from crediting.models import ClassJudgement, ClassWork, CreditRequest, LedgerEntry
from crediting.models.assessment import Judged
from crediting.rules.aggregation import NEWEST
from crediting.rules.facts import JudgedLevel
from crediting.states import MODERATION_OPEN, EntryKind

# What rules and pages look at of a judgement and of what it names.
JUDGED = (
    "public_id",
    "attempt",
    "comment",
    "modification",
    "judged_at",
    "standard__guid",
    "standard__code",
    "standard__statement",
    "level__code",
    "level__position",
    "assessor__public_id",
    "assessor__display_name",
    "rule__kind",
    "rule__n",
    "rule__minimum_attempts",
    "rule__weight",
    "rule__rounding",
)
_IN_CLASS = (
    "student",
    "task__public_id",
    "task__title",
    "task__given_on",
    "task__section__title",
    "task__section__code",
    "task__section__course__code",
    "task__project__public_id",
)


def judged(judgement: Judged) -> JudgedLevel:
    """The row as rules look at it; its standard, level, assessor and rule are joined."""
    return JudgedLevel(
        standard=str(judgement.standard.guid),
        level=judgement.level.code,
        position=judgement.level.position,
        attempt=judgement.attempt,
        judged_at=judgement.judged_at,
        assessor=str(judgement.assessor.public_id),
        aggregation=judgement.rule.terms if judgement.rule else NEWEST,
        is_modified=bool(judgement.modification),
    )


def judged_in_class(judgement: ClassJudgement) -> JudgedLevel:
    """The same of a class. A second look at a task is the same evidence (R29), and so is a look of another class at
    the same project: one attempt, however many teachers judged it."""
    task = judgement.task
    if task.project is not None:
        work = f"class:{task.project.public_id}"
        key = f"{work}:{judgement.standard.guid}"
        return replace(judged(judgement), source=work, attempt=1, evidence_id=key)
    key = f"class:{task.public_id}:{judgement.standard.guid}"
    return replace(judged(judgement), source=task.section.course.code, evidence_id=key)


def class_work(students: Iterable[int], standards: Iterable[int]) -> Mapping[int, list[ClassJudgement]]:
    """What each student was judged in class on any of the standards, oldest first: one trip, and one more for the
    second readings that are open where anything was judged."""
    found: defaultdict[int, list[ClassJudgement]] = defaultdict(list)
    rows = ClassJudgement.objects.filter(student__in=set(students), standard__in=set(standards))
    rows = rows.select_related("level", "assessor", "standard", "rule", "task__section__course", "task__project")
    being_read = ClassWork.objects.filter(student__in=set(students), moderated__in=MODERATION_OPEN)
    rows = rows.prefetch_related(Prefetch("task__drawn", being_read))
    for row in rows.only(*JUDGED, *_IN_CLASS).order_by("judged_at", "pk"):
        found[row.student_id].append(row)
    return found


def standing_with(moderated: str, in_class: Iterable[ClassJudgement]) -> str:
    """How the second readings stand of a request and of the works in class that count with it: its own while they are
    open, else those of a class that are; rows are from ``class_work``."""
    if moderated in MODERATION_OPEN:
        return moderated
    being_read = (work for row in in_class for work in row.task.drawn.all() if work.student_id == row.student_id)
    return next((work.moderated for work in being_read), moderated)


def until(rows: Iterable[ClassJudgement], day: dt.date, standards: Iterable[int]) -> tuple[ClassJudgement, ...]:
    """Of the ``standards``, and shown by ``day``: a later task is for a later request (R10a)."""
    wanted = set(standards)
    return tuple(row for row in rows if row.standard_id in wanted and row.task.given_on <= day)


def shown_in_class(request: CreditRequest, standards: Iterable[int], day: dt.date) -> set[int]:
    """The standards that were judged in class by ``day`` and have not earned credit in the request's course yet."""
    wanted = set(standards)
    rows = until(class_work([request.student_id], wanted)[request.student_id], day, wanted)
    if not rows:
        return set()
    spent = {
        key
        for entry in LedgerEntry.objects.effective()
        .filter(student=request.student_id, course=request.course_id, kind=EntryKind.MASTERY)
        .select_related("decision")
        if entry.decision
        for key in entry.decision.frozen_basis.get("evidence_used", ())
    }
    return {row.standard_id for row in rows if judged_in_class(row).evidence_id not in spent}

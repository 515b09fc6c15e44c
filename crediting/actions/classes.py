"""Judge the work of a whole class in one go, and enter its habits of work beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from crediting import access
from crediting.actions.awards import lock_students
from crediting.actions.second_readings import draw_class_works
from crediting.models import (
    ClassJudgement,
    ClassTask,
    ClassWork,
    CommonTask,
    Habit,
    HabitAnswer,
    HabitMark,
    ScaleLevel,
    Standard,
)
from crediting.queries.aggregation import rule_for
from crediting.queries.classes import roster
from crediting.rules.plain import name_of
from crediting.states import COMMON_TASK_STANDS, READ_TWICE
from crediting.verbs.classes import ClassWorkJudged, HabitsEntered, HabitsWritten
from mbl.core import audit, clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import District, User
from mbl.core.words import says_something, visible
from profiles.access import person_in
from profiles.models import Section, Student

MOST_HABITS, MOST_ANSWERS = 12, 8


@dataclass(frozen=True)
class ClassRow:
    """One student on one standard. ``modification`` says what was asked in place of the standard as written."""

    student: Student
    standard: Standard
    level: ScaleLevel
    comment: str = ""
    modification: str = ""


@dataclass(frozen=True)
class Saved:
    """What was written, and the students of rows that were not, because they have left the class meanwhile."""

    task: ClassTask | None
    written: tuple[ClassJudgement, ...]
    gone: tuple[Student, ...] = ()


@transaction.atomic
def judge_class(section: Section, *, title: str, given_on: dt.date, rows: Sequence[ClassRow], actor: User) -> Saved:
    """Write a judgement for each row of a task; those of students who left the class meanwhile are only answered.

    The same title and day is the same task: a second look at it is the same attempt, and a row that says what its
    newest look says is not written again, so that saving twice changes nothing. Another task is the next attempt.
    """
    section = lock_class(section, actor)
    today = clock.today(section.district)
    title = visible(" ".join(title.split()))
    if not title:
        raise DomainError(_("Name the task, so that everybody knows what was judged."), field="title")
    if given_on > today:
        raise DomainError(_("This day lies in the future. Judge work that was done."), field="given_on")
    for row in rows:
        if isinstance(verdict := access.is_impartial(actor, row.student), Denied):
            raise NotAllowed(verdict.reason)
    # Two classes of one course count the attempts of a student who is in both.
    lock_students(row.student.pk for row in rows)
    present = set(roster(section, today).values_list("pk", flat=True))
    good = [row for row in rows if row.student.pk in present]
    gone = tuple(dict.fromkeys(row.student for row in rows if row.student.pk not in present))
    if not good:
        return Saved(None, (), gone)
    task, _created = ClassTask.objects.get_or_create(
        section=section, title=title, given_on=given_on, project=None, defaults={"created_by": actor}
    )
    _refuse_beside_common(task, good)
    return Saved(task, tuple(judge_task(task, good, actor=actor)), gone)


def judge_task(task: ClassTask, good: Sequence[ClassRow], *, actor: User) -> list[ClassJudgement]:
    """A judgement for each row that says something new. Call it with the class and the students locked.

    The rows are of students whom ``actor`` may judge, and who are in the class today.
    """
    section = task.section
    known = _Known(section, task, good)
    assessor = person_in(actor, section.district)
    rule = rule_for(section.course, clock.today(section.district))
    now = clock.now()
    new = [row for row in good if not known.says(row, assessor.pk)]
    _refuse_read_twice(task, new)
    written = [
        ClassJudgement(
            task=task,
            student=row.student,
            standard=row.standard,
            attempt=known.attempt(row),
            level=row.level,
            comment=visible(row.comment),
            modification=visible(row.modification),
            rule=rule,
            assessor=assessor,
            recorded_by=actor,
            judged_at=now,
        )
        for row in new
    ]
    ClassJudgement.objects.bulk_create(written)
    for judgement in written:
        audit.record(
            ClassWorkJudged(
                task=task.title,
                standard=name_of(judgement.standard.code, judgement.standard.statement),
                level=judgement.level.word,
                attempt=judgement.attempt,
            ),
            actor=actor,
            district=section.district,
            target=section,
            student=judgement.student,
        )
    draw_class_works(task, {row.student: row.level for row in new}, assessor=assessor, actor=actor)
    return written


def _refuse_read_twice(task: ClassTask, rows: Sequence[ClassRow]) -> None:
    """What one of two readers changed now would not be blind any more."""
    drawn = ClassWork.objects.select_for_update(of=("self",)).filter(
        task=task, student__in={row.student.pk for row in rows}
    )
    read = (work for work in drawn.select_related("student__person") if work.moderated in READ_TWICE)
    if rows and (work := next(read, None)) is not None:
        raise DomainError(
            _(
                "Two teachers have read “%(task)s” of %(student)s, so nobody changes a level of it alone. "
                "Judge another task instead."
            )
            % {"task": task.title, "student": work.student}
        )


def _refuse_beside_common(task: ClassTask, rows: Sequence[ClassRow]) -> None:
    """A common task is judged while it stands, on its own standards and levels. Whoever withdraws it locks its classes'
    tasks as this does, so it is withdrawn before the first judgement or not at all."""
    if task.common_id is None:
        return
    ClassTask.objects.select_for_update(no_key=True).get(pk=task.pk)
    common = CommonTask.objects.get(pk=task.common_id)
    if common.state not in COMMON_TASK_STANDS:
        raise DomainError(
            _("The common task “%(task)s” was withdrawn, so nobody judges it. Your other tasks stay as they are.")
            % {"task": common}
        )
    wanted = set(common.standards.values_list("pk", flat=True))
    if any(row.standard.pk not in wanted or row.level.scale_id != common.scale_id for row in rows):
        raise DomainError(
            _("“%(task)s” is a common task. It is judged on its own standards and levels; open it from the class.")
            % {"task": common}
        )


class _Known:
    """What the course knows of the students and standards of ``rows``."""

    def __init__(self, section: Section, task: ClassTask, rows: Collection[ClassRow]) -> None:
        self._last: dict[tuple[int, int], int] = {}
        self._of_task: dict[tuple[int, int], ClassJudgement] = {}
        looks = ClassJudgement.objects.filter(
            task__section__course=section.course_id,
            student__in={row.student.pk for row in rows},
            standard__in={row.standard.pk for row in rows},
        )
        for look in looks.order_by("judged_at", "pk"):
            key = (look.student_id, look.standard_id)
            self._last[key] = max(look.attempt, self._last.get(key, 0))
            if look.task_id == task.pk:
                self._of_task[key] = look

    def attempt(self, row: ClassRow) -> int:
        """That of the task where it was judged before, else the next one."""
        key = (row.student.pk, row.standard.pk)
        return self._of_task[key].attempt if key in self._of_task else self._last.get(key, 0) + 1

    def says(self, row: ClassRow, assessor: int) -> bool:
        """Whether the newest look at the task says the same already."""
        look = self._of_task.get((row.student.pk, row.standard.pk))
        said = (row.level.pk, visible(row.comment), visible(row.modification), assessor)
        return look is not None and (look.level_id, look.comment, look.modification, look.assessor_id) == said


# --- Habits of work ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HabitRow:
    """One habit of one student; without an answer the week says nothing of it."""

    student: Student
    habit: Habit
    answer: HabitAnswer | None


@transaction.atomic
def enter_habits(section: Section, *, week: dt.date, rows: Sequence[HabitRow], actor: User) -> int:
    """How the class worked in the week of the day ``week``; what changed is counted. The same again changes nothing."""
    section = lock_class(section, actor)
    monday = week - dt.timedelta(days=week.weekday())
    today = clock.today(section.district)
    if monday > today:
        raise DomainError(_("This week has not begun. Choose this week or an earlier one."), field="week")
    for row in rows:
        if isinstance(verdict := access.is_impartial(actor, row.student), Denied):
            raise NotAllowed(verdict.reason)
    present = set(roster(section, today).values_list("pk", flat=True))
    marks = {(mark.student_id, mark.habit_id): mark for mark in HabitMark.objects.filter(section=section, week=monday)}
    changed = 0
    for row in rows:
        mark = marks.get((row.student.pk, row.habit.pk))
        if row.student.pk not in present or (mark.answer_id if mark else None) == (row.answer and row.answer.pk):
            continue
        changed += 1
        if row.answer is None:
            assert mark is not None  # it said something else before
            mark.delete()
        else:
            HabitMark.objects.update_or_create(
                section=section,
                student=row.student,
                habit=row.habit,
                week=monday,
                defaults={"answer": row.answer, "entered_by": actor},
            )
    if changed:
        audit.record(HabitsEntered(week=monday, count=changed), actor=actor, district=section.district, target=section)
    return changed


@transaction.atomic
def write_habits(district: District, *, habits: Sequence[str], answers: Sequence[str], actor: User) -> None:
    """Which habits of work the district looks at, and the words for how often; in order. Old weeks keep their words."""
    District.objects.select_for_update(no_key=True).get(pk=district.pk)
    habits, answers = _words(habits), _words(answers)
    if len(habits) > MOST_HABITS:
        raise DomainError(_("Name at most %(most)d habits.") % {"most": MOST_HABITS}, field="habits")
    if habits and not 2 <= len(answers) <= MOST_ANSWERS:
        raise DomainError(_("Give from 2 to %(most)d words.") % {"most": MOST_ANSWERS}, field="answers")
    changed = _write(Habit, district, habits) + _write(HabitAnswer, district, answers)
    if changed:
        audit.record(
            HabitsWritten(habits=", ".join(habits), answers=", ".join(answers)),
            actor=actor,
            district=district,
            target=district,
        )


def _words(lines: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(word for line in lines if says_something(word := " ".join(line.split()))))


def _write(model: type[Habit] | type[HabitAnswer], district: District, words: Sequence[str]) -> int:
    """Bring the rows of a district in line with ``words``; how many changed."""
    known = {row.word: row for row in model.objects.filter(district=district)}
    changed = 0
    for position, word in enumerate(words, start=1):
        row = known.pop(word, None) or model(district=district, word=word, position=0)
        if row.pk is None or (row.position, row.is_active) != (position, True):
            row.position, row.is_active = position, True
            row.save()
            changed += 1
    gone = [row.pk for row in known.values() if row.is_active]
    return changed + model.objects.filter(pk__in=gone).update(is_active=False)


def lock_class(section: Section, actor: User) -> Section:
    """The class, locked, so that two clicks come one after the other; ``NotAllowed`` for whoever does not teach it."""
    section = (
        Section.objects.select_for_update(of=("self",), no_key=True)
        .select_related("course__terms", "course__district", "district")
        .get(pk=section.pk)
    )
    if isinstance(verdict := access.teaches(actor, section), Denied):
        raise NotAllowed(verdict.reason)
    return section

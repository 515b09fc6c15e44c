"""Classes: the mastery grid, why a level is what it is, one student's page, judging a class, habits of work."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from crediting import access
from crediting.actions.classes import ClassRow, HabitRow, enter_habits, judge_class, write_habits
from crediting.forms.classes import ClassJudgingForm, HabitsForm, HabitWordsForm, WeekForm
from crediting.models import Standard
from crediting.queries import classes as queries
from crediting.queries import common_tasks as common_queries
from crediting.queries import converted
from crediting.queries import habits as habit_queries
from crediting.queries.anchors import anchors_beside
from crediting.queries.classes import MOST_STANDARDS
from crediting.queries.grade_windows import showing
from crediting.queries.graduation import toward
from crediting.queries.levels import description_of
from crediting.queries.projects import tally
from mbl.core import clock
from mbl.core.decisions import Denied
from mbl.core.errors import NotAllowed
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, paginate, showing_errors, typed_before
from mbl.core.ui.parts import Empty, Link, short_codes
from mbl.core.ui.tables import Column, Columns
from profiles.access import Capability, may, standing
from profiles.models import Section, SectionEnrollment, Student

CLASSES = Columns(
    Column("title", gettext_lazy("Class"), kind="header"),
    Column("course", gettext_lazy("Course")),
    Column("school", gettext_lazy("School")),
)
OWN = Columns(
    Column("title", gettext_lazy("Class"), kind="header"),
    Column("student", gettext_lazy("Student")),
    Column("school", gettext_lazy("School")),
)


@require_safe
def classes(request: AuthenticatedRequest) -> HttpResponse:
    """``/classes/``: those that the reader teaches or oversees, else those they or their children attend."""
    if standing(request.user).is_staff:
        listed = paginate(request, access.sections_visible_to(request.user).order_by("title", "code", "pk"))
        context = {"page": listed, "columns": CLASSES, "empty": _no_classes()}
        return page(request, "crediting/classes/list.html", context)
    own = paginate(request, access.sections_attended(request.user).order_by("section__title", "pk"))
    context = {"page": own, "columns": OWN, "empty": _no_classes(), "graded": _with_letter_grades(list(own))}
    return page(request, "crediting/classes/own.html", context)


def _with_letter_grades(seats: Sequence[SectionEnrollment]) -> list[Student]:
    """Students of the list whose district works letter grades out."""
    used = converted.used_in({seat.student.district_id for seat in seats})
    return list(dict.fromkeys(seat.student for seat in seats if seat.student.district_id in used))


def _no_classes() -> Empty:
    return Empty(
        _("No classes this school year"),
        _("Classes come with the school’s roster. They show up here when the roster names you."),
        icon="school",
    )


@require_safe
def grid(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Who is where on which standard."""
    section = access.get_section(request.user, public_id)
    shown = queries.grid_page(section)
    teaches = bool(access.teaches(request.user, section))
    context = {
        "section": section,
        "shown": shown,
        "lede": _lede(shown),
        "teaches": teaches,
        "projects_waiting": tally(section).waiting if teaches else 0,
        "graded": converted.is_used(section.district_id),
        "common": common_queries.beside_class(section, clock.today(section.district)) if teaches else [],
        "empty": _empty_grid(section, shown),
    }
    return page(request, "crediting/classes/grid.html", context)


def _lede(shown: queries.GridPage) -> str:
    if not shown.cells:
        return ""
    said: dict[str, object] = {"judged": shown.judged, "cells": shown.cells, "reached": shown.reached}
    if shown.expected.required is None:
        return _("%(judged)s of %(cells)s levels are judged. No policy asks for a level in this course.") % said
    said["level"] = shown.expected.drawn(shown.expected.required.code).word
    return _("%(judged)s of %(cells)s levels are judged; %(reached)s reach %(level)s or above.") % said


def _empty_grid(section: Section, shown: queries.GridPage) -> Empty | None:
    if not shown.grid.rows:
        return Empty(_("No students"), _("The roster has nobody in this class today."), icon="users")
    if not shown.grid.columns:
        link = Link(_("Open the course"), reverse("crediting:course", args=[section.course.public_id]))
        sentence = _("The catalog names no standards for this course, so there is nothing to judge yet.")
        return Empty(_("No standards"), sentence, link, icon="list-details")
    return None


@require_safe
def cell(request: AuthenticatedRequest, public_id: UUID, cell: str) -> HttpResponse:
    """Why one student has this level on one standard."""
    section = access.get_section(request.user, public_id)
    student, standard = queries.cell_of(section, cell)
    (line,) = queries.lines_of(section, student, [standard], queries.expected_of(section))
    sees = access.sees_modifications(request.user, student, None, section.school)
    context = {
        "section": section,
        "student": student,
        "line": line,
        "sees_modifications": bool(sees or access.teaches(request.user, section)),
    }
    return page(request, "crediting/classes/cell.html", context)


@require_safe
def class_student(request: AuthenticatedRequest, public_id: UUID, student: UUID) -> HttpResponse:
    """What one student has shown in the course and what is still open; their habits of work apart."""
    section, found = access.get_class_student(request.user, public_id, student)
    shown = queries.student_page(section, found)
    sees = access.sees_modifications(request.user, found, None, section.school)
    today = clock.today(section.district)
    leads = toward(shown, today)
    graded = converted.is_used(section.district_id)
    context = {
        "section": section,
        "student": found,
        "shown": shown,
        "is_own": found.person_id in standing(request.user).people,
        "toward": leads,
        "whole_url": _whole_line(request, found) if leads else "",
        "showing": showing(section.school, today) if graded else None,
        "grade_link": graded and bool(access.reads_grades_always(request.user, section, found)),
        "weeks": habit_queries.weeks_of(section, found),
        "sees_modifications": bool(sees or access.teaches(request.user, section)),
        "in_grid": access.sections_visible_to(request.user).filter(pk=section.pk).exists(),
        "level": shown.expected.drawn(shown.expected.required.code) if shown.expected.required else None,
    }
    return page(request, "crediting/classes/student.html", context)


def _whole_line(request: AuthenticatedRequest, student: Student) -> str:
    """The line to graduation standards from all work of the student, for those who see all of it."""
    sees = may(request.user, Capability.SEE_RECORD, student)
    return reverse("crediting:graduation-line", args=[student.public_id]) if sees else ""


# --- Judging a class --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def class_judge(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Judge one task of the whole class on up to five standards. Rows without a fault are saved; the others stay."""
    section = access.get_section_to_judge(request.user, public_id)
    if asked := request.GET.get("task", ""):
        return _judge_common(request, section, asked)
    standards = queries.standards_of(section)
    chosen = _chosen(request, standards)
    if not chosen:
        context = {"section": section, "standards": standards, "most": MOST_STANDARDS}
        return page(request, "crediting/classes/choose.html", context)
    today = clock.today(section.district)
    expected = queries.expected_of(section)
    draft_key = f"class-{section.public_id.hex[:12]}-{'-'.join(one.public_id.hex[:6] for one in chosen)}"
    students = list(queries.roster(section, today))
    others = [student for student in students if access.is_impartial(request.user, student)]
    form = ClassJudgingForm(
        others,
        chosen,
        expected.levels,
        request.POST if request.method == "POST" else None,
        initial={"given_on": today} | (typed_before(request, draft_key) or {}),
    )
    if request.method == "POST":
        answer = _judge(request, section, form, draft_key)
        if answer is not None:
            return answer
    context = {
        "section": section,
        "form": form,
        "standards": list(zip(chosen, short_codes([one.code for one in chosen]), strict=True)),
        "levels": [(expected.drawn(level.code), description_of(level)) for level in expected.levels],
        "tasks": list(queries.tasks_of(section).filter(common=None)[:5]),
        "own_family": [student for student in students if student not in others],
        "draft_key": draft_key,
    }
    return page(request, "crediting/classes/judge.html", context)


def _judge_common(request: AuthenticatedRequest, section: Section, asked: str) -> HttpResponse:
    """Judge a common task that the class gave: its standards and levels, its title and day, examples in sight."""
    task = common_queries.given_to(section, asked)
    if task is None or task.common is None:
        raise Http404
    standards = common_queries.standards_of(task.common)
    expected = queries.Expected(tuple(task.common.scale.levels.all()), None)
    draft_key = f"class-{section.public_id.hex[:12]}-{task.public_id.hex[:12]}"
    students = list(queries.roster(section, clock.today(section.district)))
    others = [student for student in students if access.is_impartial(request.user, student)]
    fixed = {"title": task.title, "given_on": task.given_on.isoformat()}
    form = ClassJudgingForm(
        others,
        standards,
        expected.levels,
        {**request.POST.dict(), **fixed} if request.method == "POST" else None,
        initial=(typed_before(request, draft_key) or {}) | fixed,
    )
    if request.method == "POST":
        answer = _judge(request, section, form, draft_key)
        if answer is not None:
            return answer
    codes, judged = short_codes([one.code for one in standards]), common_queries.judged_in(task)
    anchors = anchors_beside(task.common.scale, expected.levels, standards)
    context = {
        "section": section,
        "form": form,
        "task": task,
        "common": task.common,
        "judged": len(judged),
        "not_judged": [student for student in others if student.pk not in judged] if judged else [],
        "standards": list(zip(standards, codes, strict=True)),
        "anchors": [(one.code, anchors[one.pk]) for one in standards if one.pk in anchors],
        "levels": [(expected.drawn(level.code), description_of(level)) for level in expected.levels],
        "own_family": [student for student in students if student not in others],
        "draft_key": draft_key,
    }
    return page(request, "crediting/classes/judge.html", context)


def _chosen(request: AuthenticatedRequest, standards: list[Standard]) -> list[Standard]:
    wanted = request.GET.getlist("standard")
    return [standard for standard in standards if str(standard.public_id) in wanted][:MOST_STANDARDS]


def _judge(
    request: AuthenticatedRequest, section: Section, form: ClassJudgingForm, draft_key: str
) -> HttpResponse | None:
    """Save what can be saved. None where the form has to be shown again, with what is left to mend."""
    form.is_valid()
    rows = [ClassRow(row.student, row.standard, row.level, row.comment, row.modification) for row in form.rows()]
    if form.is_valid() and not rows:
        form.add_error(None, _("Choose a level for at least one student."))
    if rows:
        with showing_errors(form):
            saved = judge_class(
                section,
                title=form.cleaned_data["title"],
                given_on=form.cleaned_data["given_on"],
                rows=rows,
                actor=request.user,
            )
            told = ngettext("%(count)s level is saved.", "%(count)s levels are saved.", len(saved.written))
            sentence = told % {"count": len(saved.written)}
            if lost := form.gone + len(saved.gone):
                left = ngettext(
                    "%(count)s level was for a student who has left the class, and was not saved.",
                    "%(count)s levels were for students who have left the class, and were not saved.",
                    lost,
                )
                sentence = f"{sentence} {left % {'count': lost}}"
            if not form.faulty:
                forget_draft(request.user, draft_key)
                return go(request, reverse("crediting:class-grid", args=[section.public_id]), sentence)
            messages.success(request, sentence)
    return None


# --- Habits of work ---------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def class_habits(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """How the class worked in a week, entered for everybody at once, apart from every level."""
    section = access.get_section_to_judge(request.user, public_id)
    today = clock.today(section.district)
    week_form = WeekForm(request.GET or None)
    week = habit_queries.monday_of(week_form.chosen(today))
    week_form.initial["week"] = week
    habits = habit_queries.habits_of(section.district)
    marks = habit_queries.marks_of(section, week)
    answers = habit_queries.answers_of(section.district)
    # Words that are no longer used stay where they were entered.
    retired = {mark.answer for mark in marks.values() if not mark.answer.is_active}
    answers += sorted(retired, key=lambda answer: (answer.position, answer.pk))
    students = list(queries.roster(section, today)) if habits else []
    others, own_family = _apart_from_own(request, students)
    form = HabitsForm(
        others,
        habits,
        answers,
        request.POST if request.method == "POST" else None,
        initial={
            f"habit-{student.public_id}-{habit.pk}": str(marks[student.pk, habit.pk].answer_id)
            for student in others
            for habit in habits
            if (student.pk, habit.pk) in marks
        },
    )
    if form.is_valid():
        with showing_errors(form):
            rows = [HabitRow(student, habit, answer) for student, habit, answer in form.rows()]
            count = enter_habits(section, week=week, rows=rows, actor=request.user)
            sentence = ngettext("%(count)s entry is changed.", "%(count)s entries are changed.", count)
            return go(request, f"{request.path}?week={week.isoformat()}", sentence % {"count": count})
    context = {
        "section": section,
        "form": form,
        "week_form": week_form,
        "week": week,
        "habits": habits,
        "own_family": own_family,
    }
    return page(request, "crediting/classes/habits.html", context)


def _apart_from_own(request: AuthenticatedRequest, students: Sequence[Student]) -> tuple[list[Student], list[Student]]:
    """Students for whom the reader enters habits, and their own family, for whom somebody else does (403)."""
    verdicts = {student: access.is_impartial(request.user, student) for student in students}
    for student, verdict in verdicts.items():
        if isinstance(verdict, Denied) and any(key.startswith(f"habit-{student.public_id}-") for key in request.POST):
            raise NotAllowed(verdict.reason)
    return (
        [student for student, verdict in verdicts.items() if verdict],
        [student for student, verdict in verdicts.items() if not verdict],
    )


@require_http_methods(["GET", "POST"])
def habits(request: AuthenticatedRequest) -> HttpResponse:
    """``/habits/``: which habits of work the district looks at, and its words for them."""
    district = access.get_district(request.user, request.GET.get("district", ""), Capability.MANAGE_POLICY)
    known = {
        "habits": "\n".join(habit.word for habit in habit_queries.habits_of(district)),
        "answers": "\n".join(answer.word for answer in habit_queries.answers_of(district)),
    }
    form = HabitWordsForm(
        request.POST if request.method == "POST" else None, initial=known | (typed_before(request, "habits") or {})
    )
    if form.is_valid():
        with showing_errors(form):
            write_habits(district, habits=form.lines("habits"), answers=form.lines("answers"), actor=request.user)
            forget_draft(request.user, "habits")
            return go(request, request.path, _("The habits are saved. Earlier weeks keep their words."))
    return page(request, "crediting/classes/habit_words.html", {"form": form, "draft_key": "habits"})

"""Common tasks: written and published for classes of several schools, given by teachers, and how far readers agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crediting import access
from crediting.actions.common_tasks import (
    close_common_task,
    discard_common_task,
    give_common_task,
    next_version,
    publish_common_task,
    withdraw_common_task,
    write_common_task,
)
from crediting.forms.common_tasks import CommonTaskForm
from crediting.forms.readings import WhyForm
from crediting.models import CommonTask, CourseStandard, Standard
from crediting.queries import common_tasks as queries
from crediting.queries import standards as standard_queries
from crediting.queries.agreement import numbers
from crediting.queries.anchors import AnchorLine, anchors_beside
from crediting.queries.classes import MOST_STANDARDS
from crediting.queries.common_results import Figure, Results, results_of
from crediting.queries.levels import usual_levels
from crediting.rules.agreement import TooFew
from crediting.rules.moderation import LEAST_PAIRS, LEAST_READERS
from crediting.rules.plain import plain_text
from crediting.states import COMMON_TASK, CommonTaskState, StandardStatus
from mbl.core import clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.http import PER_PAGE, AuthenticatedRequest, forget_draft, go, page, paginate, showing_errors, typed_before
from mbl.core.models import District
from mbl.core.tabular import csv_response
from mbl.core.ui.parts import Empty
from mbl.core.ui.tables import Column, Columns
from mbl.core.words import state_tone, state_word
from profiles.access import standing
from profiles.models import Course
from profiles.states import Role

LIST = Columns(
    Column("title", gettext_lazy("Task"), kind="header"),
    Column("days", gettext_lazy("Given")),
    Column("state", gettext_lazy("State"), card="corner"),
    Column("open", pgettext_lazy("verb", "Open"), kind="actions", card="hidden"),
)
CLASSES = Columns(
    Column("title", gettext_lazy("Class"), kind="header"),
    Column("school", gettext_lazy("School")),
    Column("given", gettext_lazy("Given")),
    Column("judged", gettext_lazy("Students judged"), kind="number"),
    Column("read", gettext_lazy("Read twice"), kind="number"),
    Column("exact", gettext_lazy("As in class: same level"), kind="number"),
    Column("adjacent", gettext_lazy("At most one apart"), kind="number"),
)
FIGURES = Columns(
    Column("part", gettext_lazy("Part"), kind="header"),
    Column("pairs", gettext_lazy("Pairs"), kind="number"),
    Column("exact", gettext_lazy("Same level"), kind="number"),
    Column("adjacent", gettext_lazy("At most one apart"), kind="number"),
    Column("kappa", gettext_lazy("Weighted kappa"), kind="number"),
    Column("between", gettext_lazy("Interval, 95%"), kind="number"),
)
HEADER = (
    "what",
    "name",
    "school",
    "given_on",
    "judged",
    "read_twice",
    "pairs",
    "exact",
    "adjacent",
    "weighted_kappa",
    "interval_95",
    "note",
)


@require_safe
def common_tasks(request: AuthenticatedRequest) -> HttpResponse:
    """``/common-tasks/``: those that I write, or that my classes can give."""
    access.lists_common_tasks(request.user)
    found: Page[Any] = paginate(request, queries.listed(access.common_tasks_visible_to(request.user)))
    found.object_list = [(one, _state(one)) for one in found.object_list]
    context = {
        "columns": LIST,
        "page": found,
        "writes": _writes_anywhere(request),
        "empty": Empty(
            _("No common tasks yet"),
            _("A common task is given by classes of several schools, judged by their teachers, and partly read twice."),
            icon="copy",
        ),
    }
    return page(request, "crediting/common_tasks/list.html", context)


def _writes_anywhere(request: AuthenticatedRequest) -> bool:
    return any(access.keeps_common_tasks(request.user, district) for district in access.districts_of(request.user))


@dataclass(frozen=True)
class State:
    """How a task stands, in a word."""

    word: str
    tone: str


def _state(task: CommonTask) -> State:
    state = CommonTaskState(task.state)
    today = clock.today(task.district)
    if state == CommonTaskState.PUBLISHED and today < task.opens_on:
        return State(_("Published, not open yet"), "info")
    if state == CommonTaskState.PUBLISHED and today > task.closes_on:
        return State(_("Published, its days are over"), "")
    return State(state_word(state), state_tone(state))


# --- Writing ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def common_task_new(request: AuthenticatedRequest) -> HttpResponse:
    """Begin a draft."""
    district = _district_to_write_in(request)
    return _form(request, district, None, f"common-task-new-{district.code}")


def _district_to_write_in(request: AuthenticatedRequest) -> District:
    district = access.get_district(request.user, request.GET.get("district", ""))
    if isinstance(verdict := access.keeps_common_tasks(request.user, district), Denied):
        raise NotAllowed(verdict.reason)
    return district


@require_http_methods(["GET", "POST"])
def common_task_edit(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Change a draft."""
    task = access.get_common_task_to_change(request.user, public_id)
    if task.state != CommonTaskState.DRAFT:
        raise DomainError(_("This task is published, so its words stay. Begin a new version to correct it."))
    return _form(request, task.district, task, f"common-task-{task.public_id}")


def _form(request: AuthenticatedRequest, district: District, draft: CommonTask | None, draft_key: str) -> HttpResponse:
    today = clock.today(district)
    posted = request.POST if request.method == "POST" else None
    year = clock.school_year(today)
    courses = Course.objects.filter(
        pk__in=CourseStandard.objects.order_by().values("course"),
        district=district,
        is_active=True,
        sections__session__school_year=year,
    ).distinct()
    usable = Standard.objects.filter(framework__district=district, status=StandardStatus.ACTIVE)
    initial = _initial(district, draft) | (typed_before(request, draft_key) or {})
    form = CommonTaskForm(
        usable,
        district.scales.order_by("name", "-version"),
        courses.order_by("title", "pk"),
        access.schools_for_common_tasks(request.user, district),
        posted,
        initial=initial,
    )
    if form.is_valid():
        with showing_errors(form):
            said = form.values()
            key = said.pop("key")
            task = write_common_task(district, draft=draft, key=key, actor=request.user, **said)
            forget_draft(request.user, draft_key)
            return go(request, _address(task), _("The draft is saved. Nobody but those who write such tasks sees it."))
    asked = form["standards"].value() or []
    asked = [asked] if isinstance(asked, str) else [str(one) for one in asked]
    context = {
        "form": form,
        "task": draft,
        "picker_district": district,
        "chosen": standard_queries.chosen(district, asked, on=today),
        "suggested": _suggested(draft),
        "draft_key": draft_key,
        "most": MOST_STANDARDS,
    }
    return page(request, "crediting/common_tasks/edit.html", context)


def _suggested(draft: CommonTask | None) -> list[CourseStandard]:
    """Standards of the draft's courses; a new one finds them by words."""
    if draft is None:
        return []
    rows = CourseStandard.objects.filter(course__in=draft.courses.all()).select_related("standard__framework")
    return list({row.standard_id: row for row in rows.order_by("-is_required", "pk")}.values())


def _initial(district: District, draft: CommonTask | None) -> dict[str, Any]:
    if draft is None:
        today = clock.today(district)
        share = queries.usual_share(district, today)
        return {
            "scale": usual_levels(district)[0].scale.public_id,
            "schools": [school.public_id for school in district.schools.all()],
            "opens_on": today,
            "read_share": share.normalize() if share is not None else None,
            "from_other_school": True,
        }
    plain = ("title", "for_students", "for_teachers", "opens_on", "closes_on", "read_number", "from_other_school")
    return {name: getattr(draft, name) for name in plain} | {
        "read_share": draft.read_share.normalize() if draft.read_share is not None else None,
        "scale": draft.scale.public_id,
        "standards": [one.public_id for one in queries.standards_of(draft)],
        "courses": [one.public_id for one in draft.courses.all()],
        "schools": [one.public_id for one in draft.schools.all()],
    }


# --- One task ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StandardLine:
    """A standard that the task shows, with work on whose level teachers have agreed."""

    code: str
    name: str
    anchors: Sequence[AnchorLine]


@require_safe
def common_task(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """What it says, and what the reader can do with it: give it, or publish and end it."""
    task = access.get_common_task(request.user, public_id)
    today = clock.today(task.district)
    writes = bool(access.keeps_common_tasks(request.user, task.district))
    may_change = bool(access.changes_common_task(request.user, task))
    teaches = standing(request.user).has(Role.TEACHER)
    context = {
        "task": task,
        "state": _state(task),
        "standards": _standards(task),
        "courses": list(task.courses.order_by("title", "pk")),
        "schools": list(task.schools.order_by("name", "pk")),
        "writes": writes,
        "may_change": may_change,
        "changes": COMMON_TASK.verbs_from(task.state) if may_change else [],
        "share": f"{task.read_share.normalize():f}" if task.read_share is not None else "",
        "is_judged": may_change and queries.is_judged(task),
        "is_draft": task.state == CommonTaskState.DRAFT,
        "next_one": CommonTask.objects.filter(replaces=task).first() if writes else None,
        "own": _own_classes(request, task) if teaches else [],
        "open_today": CommonTask.objects.open_on(today).filter(pk=task.pk).exists(),
    }
    return page(request, "crediting/common_tasks/detail.html", context)


def _standards(task: CommonTask) -> list[StandardLine]:
    standards = queries.standards_of(task)
    anchors = anchors_beside(task.scale, task.scale.levels.all(), standards)
    return [StandardLine(one.code, _named(one), anchors.get(one.pk, ())) for one in standards]


def _named(standard: Standard) -> str:
    return " ".join(filter(None, [standard.code, plain_text(standard.short or standard.statement)]))


def _own_classes(request: AuthenticatedRequest, task: CommonTask) -> list[queries.OwnClass]:
    mine = access.sections_taught(request.user).filter(pk__in=access.sections_for(task).order_by().values("pk"))
    return queries.own_classes(task, mine)


@require_POST
def common_task_publish(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Its classes may give it from its first day on."""
    task = publish_common_task(access.get_common_task_to_change(request.user, public_id), actor=request.user)
    return go(request, _address(task), _("It is published. Teachers find it on their first page on its first day."))


@require_http_methods(["GET", "POST"])
def common_task_withdraw(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Take it back before anybody judged it, with a reason."""
    task = access.get_common_task_to_change(request.user, public_id)
    form = WhyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with showing_errors(form):
            withdraw_common_task(task, reason=form.cleaned_data["reason"], actor=request.user)
            return go(request, _address(task), _("It is withdrawn. Nobody gives or judges it any more."))
    return page(request, "crediting/common_tasks/withdraw.html", {"form": form, "task": task})


@require_POST
def common_task_close(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Nobody gives it any more."""
    task = close_common_task(access.get_common_task_to_change(request.user, public_id), actor=request.user)
    return go(request, _address(task), _("It is closed. Classes that gave it can still be judged."))


@require_POST
def common_task_next(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Correct it in a new version."""
    draft = next_version(access.get_common_task_to_change(request.user, public_id), actor=request.user)
    return go(request, _address(draft), _("This is the next version. The one before stays out until it is published."))


@require_POST
def common_task_discard(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Throw the draft away."""
    discard_common_task(access.get_common_task_to_change(request.user, public_id), actor=request.user)
    return go(request, reverse("crediting:common-tasks"), _("The draft is thrown away."))


@require_POST
def common_task_give(request: AuthenticatedRequest, public_id: UUID, section: UUID) -> HttpResponse:
    """My class does it today; then it is judged."""
    task = access.get_common_task(request.user, public_id)
    given = give_common_task(task, access.get_section_to_judge(request.user, section), actor=request.user)
    address = reverse("crediting:class-judge", args=[section])
    told = _("Your class has it from today. Judge it here when it is done.")
    return go(request, f"{address}?task={given.public_id}", told)


def _address(task: CommonTask) -> str:
    return reverse("crediting:common-task", args=[task.public_id])


# --- What came of it --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FigureLine:
    """A figure in words; empty where there are too few to say."""

    name: str
    figure: Figure
    exact: str
    adjacent: str
    kappa: str
    between: str

    @property
    def is_hidden(self) -> bool:
        return isinstance(self.figure.found, TooFew)


def _figure(name: str, figure: Figure) -> FigureLine:
    return FigureLine(name, figure, *numbers(figure.found, figure.between))


@require_safe
def common_task_results(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Which classes gave it, and how far its readers agree."""
    task, results = _results(request, public_id)
    lines = [(line, _figure(str(line.section), line.beside)) for line in results.classes]
    context = {
        "task": task,
        "results": results,
        "lede": _lede(results),
        "class_columns": CLASSES,
        "columns": FIGURES,
        "page": Paginator(lines, PER_PAGE).get_page(request.GET.get("page")),
        "figures": _figure_groups(results),
        "beside": _figure(_("All classes"), results.beside),
        "least_pairs": LEAST_PAIRS,
        "least_readers": LEAST_READERS,
        "empty": Empty(
            _("No class can give it"), _("No class of these courses is on the roster of these schools."), icon="school"
        ),
    }
    return page(request, "crediting/common_tasks/results.html", context)


def _results(request: AuthenticatedRequest, public_id: UUID) -> tuple[CommonTask, Results]:
    task = access.get_common_task_results(request.user, public_id)
    sections = access.sections_of_common_task(request.user, task)
    return task, results_of(task, sections, access.readings_to_count(request.user))


def _lede(results: Results) -> str:
    total = len(results.classes)
    said = ngettext(
        "%(given)s of %(total)s class gave it; %(judged)s students are judged and %(read)s works read twice.",
        "%(given)s of %(total)s classes gave it; %(judged)s students are judged and %(read)s works read twice.",
        total,
    )
    return said % {"given": results.given, "total": total, "judged": results.judged, "read": results.read}


def _figure_groups(results: Results) -> list[tuple[str, list[FigureLine]]]:
    """Captions and their lines: the whole, and its parts in three ways."""
    return [
        (_("All second readings"), [_figure(_("All"), results.whole)]),
        (
            _("By standard"),
            [_figure(_named(one), figure) for one, figure in results.standards],
        ),
        (_("By school of the class"), [_figure(str(school), figure) for school, figure in results.schools]),
        (
            _("By where the second reader teaches"),
            [_figure(_("At another school"), results.across), _figure(_("At the same school"), results.within)],
        ),
    ]


@require_safe
def common_task_file(request: AuthenticatedRequest, public_id: UUID) -> StreamingHttpResponse:
    """The same as CSV; what is hidden on the page is empty in the file, with a note."""
    task, results = _results(request, public_id)
    return csv_response(f"common-task-{task.opens_on}-{task.version}.csv", HEADER, _rows(results))


def _rows(results: Results) -> Iterator[Sequence[str | int]]:
    for caption, lines in _figure_groups(results):
        for line in lines:
            yield (caption, line.name, "", "", "", "", *_cells(line))
    beside = _figure(_("All classes"), results.beside)
    caption = _("Levels judged in class and in the task")
    yield (caption, beside.name, "", "", "", "", *_cells(beside))
    for one in results.classes:
        line = _figure(str(one.section), one.beside)
        given = one.given_on.isoformat() if one.given_on else ""
        yield (caption, line.name, str(one.section.school), given, one.judged, one.read, *_cells(line))


def _cells(line: FigureLine) -> tuple[str | int, ...]:
    note = _("too few to say") if line.is_hidden else ""
    return line.figure.pairs, line.exact, line.adjacent, line.kappa, line.between, note

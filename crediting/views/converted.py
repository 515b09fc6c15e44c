"""Letter grades from levels: the district's tables, the days on which they are shown, a class's and a student's."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crediting import access
from crediting.actions.converted import move_last_day, remove_conversion, remove_window, set_conversion, set_window
from crediting.forms.converted import ConversionForm, KindForm, LastDayForm, PlaceForm, WindowForm
from crediting.queries import converted as queries
from crediting.queries import grade_windows
from crediting.queries.classes import roster
from crediting.queries.levels import usual_levels
from crediting.rules.converted import RULE, ConversionKind
from crediting.words import conversion_words, sentence
from mbl.core import clock
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, paginate, showing_errors, typed_before
from mbl.core.models import District
from mbl.core.ui.parts import Chip, Empty, Why
from mbl.core.ui.tables import Column, Columns
from profiles.access import Capability, get_student, may_in_district, standing
from profiles.models import School

EDIT = Capability.MANAGE_POLICY
CONVERSIONS = Columns(
    Column("subject", gettext_lazy("Subject"), kind="header"),
    Column("rule", gettext_lazy("How the grade follows"), card="wide"),
    Column("first", gettext_lazy("First day")),
    Column("last", gettext_lazy("Last day")),
    Column("actions", gettext_lazy("Actions"), kind="actions"),
)
WINDOWS = Columns(
    Column("name", gettext_lazy("Window"), kind="header"),
    Column("school", gettext_lazy("School"), card="wide"),
    Column("first", gettext_lazy("First day")),
    Column("last", gettext_lazy("Last day")),
    Column("actions", gettext_lazy("Actions"), kind="actions"),
)
CLASS = Columns(
    Column("student", gettext_lazy("Student"), kind="header"),
    Column("grade", gettext_lazy("Grade")),
    Column("why", gettext_lazy("How it was worked out"), card="wide"),
)
OWN = Columns(
    Column("class", gettext_lazy("Class"), kind="header"),
    Column("window", gettext_lazy("Window")),
    Column("grade", gettext_lazy("Grade")),
)


# --- The district's tables --------------------------------------------------------------------------------------------


@require_safe
def conversions(request: AuthenticatedRequest) -> HttpResponse:
    """``/letter-grades/``: how levels become letter grades, for everybody to read."""
    district = access.get_district(request.user, request.GET.get("district", ""))
    today = clock.today(district)
    listed = paginate(request, queries.conversions_of(district))
    context = {
        "page": listed,
        "rows": [queries.conversion_row(row, today) for row in listed],
        "columns": CONVERSIONS,
        "can_edit": bool(may_in_district(request.user, EDIT, district)),
        "empty": Empty(
            _("No letter grades from levels"),
            _("The district has not set how levels become letter grades, so classes have levels only."),
            icon="scale",
        ),
    }
    return page(request, "crediting/converted/conversions.html", context)


@require_http_methods(["GET", "POST"])
def conversion_new(request: AuthenticatedRequest) -> HttpResponse:
    """Write a table: its kind first, then its rows. The preview changes nothing."""
    district = access.get_district(request.user, request.GET.get("district", ""), EDIT)
    chosen = KindForm(request.GET if "kind" in request.GET else None)
    if not chosen.is_valid():
        return page(request, "crediting/converted/kind.html", {"form": chosen})
    kind = ConversionKind(chosen.cleaned_data["kind"])
    levels = usual_levels(district)
    draft_key = f"conversion-{kind}"
    tomorrow = clock.today(district) + dt.timedelta(days=1)
    initial: dict[str, object] = {"starts_on": tomorrow, "rounding": "half_up"}
    form = ConversionForm(
        kind,
        len(levels),
        request.POST if request.method == "POST" else None,
        initial=initial | (typed_before(request, draft_key) or {}),
    )
    shown = None
    if form.is_valid():
        if kind != ConversionKind.NONE:
            found = queries.example(form.terms(), form.cleaned_data["example"])
            shown = Why(
                subject=_("The example student"),
                rule=conversion_words(form.terms()),
                outcome=found.mark or "–",
                arithmetic=sentence(found.reason),
                rule_id=RULE,
            )
        if request.POST.get("verdict") == "save":
            with showing_errors(form):
                set_conversion(
                    district,
                    subjects=form.cleaned_data["subjects"],
                    terms=form.terms(),
                    starts_on=form.cleaned_data["starts_on"],
                    actor=request.user,
                )
                forget_draft(request.user, draft_key)
                return go(request, reverse("crediting:conversions"), _("The table is saved."))
    context = {"form": form, "preview": shown, "draft_key": draft_key, "levels": levels, "kind": kind}
    return page(request, "crediting/converted/new.html", context)


@require_POST
def conversion_remove(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Take back a table that has not begun."""
    remove_conversion(access.get_conversion(request.user, public_id, EDIT), actor=request.user)
    return go(request, reverse("crediting:conversions"), _("The table is removed. The one before it goes on."))


# --- When they are shown ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def windows(request: AuthenticatedRequest) -> HttpResponse:
    """``/letter-grades/windows/``: when students and families read letter grades, and forms for whoever sets it."""
    wanted = EDIT if request.method == "POST" else None
    district = access.get_district(request.user, request.GET.get("district", ""), wanted)
    can_edit = bool(may_in_district(request.user, EDIT, district))
    always = PlaceForm(_schools(district), request.POST if "always" in request.POST else None, auto_id="always_%s")
    form = WindowForm(_schools(district), request.POST if request.method == "POST" and not always.is_bound else None)
    sent = always if always.is_bound else form
    if sent.is_valid():
        with showing_errors(sent):
            set_window(district, is_always=always.is_bound, actor=request.user, **sent.cleaned_data)
            return go(request, request.get_full_path(), _("The window is set."))
    today = clock.today(district)
    listed = paginate(request, grade_windows.windows_of(district))
    context = {
        "page": listed,
        "rows": [grade_windows.window_row(row, today) for row in listed],
        "columns": WINDOWS,
        "form": form,
        "always": always,
        "can_edit": can_edit,
        "empty": Empty(
            _("Letter grades are never shown"),
            _("No days are set, so students and families read levels only. Staff read the grades at any time."),
            icon="calendar",
        ),
    }
    return page(request, "crediting/converted/windows.html", context)


def _schools(district: District) -> QuerySet[School]:
    return School.objects.filter(district=district, is_active=True).order_by("name", "pk")


@require_http_methods(["GET", "POST"])
def window(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Move the last day of a window that has not ended."""
    found = access.get_grade_window(request.user, public_id, EDIT)
    last = grade_windows.last_day(found)
    form = LastDayForm(request.POST or None, initial={"last": last})
    if form.is_valid():
        with showing_errors(form):
            move_last_day(found, last=form.cleaned_data["last"], actor=request.user)
            return go(request, reverse("crediting:grade-windows"), _("The last day is moved."))
    shown = grade_windows.window_row(found, clock.today(found.district))
    return page(request, "crediting/converted/window.html", {"form": form, "row": shown})


@require_POST
def window_remove(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Take back a window that has not begun."""
    remove_window(access.get_grade_window(request.user, public_id, EDIT), actor=request.user)
    return go(request, reverse("crediting:grade-windows"), _("The window is removed."))


# --- The grades -------------------------------------------------------------------------------------------------------


@require_safe
def class_grades(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """The grades of a class now, for its teachers and those who oversee it; for a counselor those of the caseload."""
    section, only = access.get_graded_class(request.user, public_id)
    today = clock.today(section.district)
    students = roster(section, today)
    if only is not None:
        students = students.filter(pk__in=only.order_by().values("pk"))
    listed = paginate(request, students)
    context = {
        "section": section,
        "page": listed,
        "rows": queries.class_grades(section, list(listed), today),
        "columns": CLASS,
        "showing": grade_windows.showing(section.school, today),
        "citation": queries.cited(queries.set_for(section, today)),
        "in_grid": only is None,
        "today": today,
        "empty": Empty(_("No students"), _("The roster has nobody in this class today."), icon="users"),
    }
    return page(request, "crediting/converted/class.html", context)


@require_safe
def class_grade(request: AuthenticatedRequest, public_id: UUID, student: UUID) -> HttpResponse:
    """One student's grade in a class and how it was worked out; what each window showed when it ended."""
    section, found = access.get_class_student(request.user, public_id, student)
    today = clock.today(section.district)
    always = bool(access.reads_grades_always(request.user, section, found))
    seats = [(section, found)]
    now = queries.grades_of(seats, today) if always else queries.shown(seats, today)
    past = queries.past(found, today, section=section)
    said = queries.explained([*now.values(), *(one.grade for one in past)])
    sees = access.sees_modifications(request.user, found, None, section.school)
    context = {
        "section": section,
        "student": found,
        "is_own": found.person_id in standing(request.user).people,
        "showing": grade_windows.showing(section.school, today),
        "always": always,
        "current": said[0] if now else None,
        "past": list(zip(past, said[len(now) :], strict=True)),
        "sees_modifications": bool(sees or access.teaches(request.user, section)),
    }
    return page(request, "crediting/converted/grade.html", context)


@require_safe
def student_grades(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """A student's letter grades as student and family read them: those shown now, and those of earlier windows."""
    student = get_student(request.user, public_id, Capability.SEE_RECORD)
    today = clock.today(student.district)
    seats = queries.seats_of(student, today)
    past = queries.past(student, today)
    years = sorted({grade_windows.year_of(one.window) for one in past}, reverse=True)
    chosen = next((year for year in years if request.GET.get("year") == str(year)), years[0] if years else None)
    context = {
        "student": student,
        "is_own": student.person_id in standing(request.user).people,
        "showing": grade_windows.showing(student.school, today) if student.school else grade_windows.Showing(today),
        "now": queries.named(seats, queries.shown(seats, today)),
        "past": [one for one in past if grade_windows.year_of(one.window) == chosen],
        "chips": [Chip(f"{year - 1}-{year % 100:02d}", f"?year={year}", current=year == chosen) for year in years],
        "columns": OWN,
        "empty": Empty(
            _("No earlier letter grades"),
            _("When a window ends, the grades of that day are kept and stay readable here."),
            icon="calendar",
        ),
    }
    return page(request, "crediting/converted/student.html", context)

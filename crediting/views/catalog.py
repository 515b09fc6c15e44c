"""The catalog: what courses there are, what each gives, and which standards it rests on."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from crediting import access
from crediting.actions.catalog import add_course, change_course, set_course_standards
from crediting.forms.catalog import CatalogFilterForm, CourseForm
from crediting.models import Standard
from crediting.queries import catalog as queries
from crediting.queries import standards as standard_queries
from crediting.rules.numbers import credits_text
from crediting.words import method_word, subject_word
from mbl.core import clock
from mbl.core.errors import DomainError
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, paginate, showing_errors, typed_before
from mbl.core.ui.parts import Empty, Fact
from mbl.core.ui.tables import Column, Columns
from profiles.access import Capability, may_in_district
from profiles.models import Course

COURSES = Columns(
    Column("title", gettext_lazy("Course"), kind="header"),
    Column("code", gettext_lazy("Code")),
    Column("subject", gettext_lazy("Subject area")),
    Column("credits", gettext_lazy("Credits"), kind="number"),
)
EDIT = Capability.MANAGE_CATALOG


@require_safe
def catalog(request: AuthenticatedRequest) -> HttpResponse:
    """``/catalog/``: the district's courses."""
    district = access.get_district(request.user, request.GET.get("district", ""))
    form = CatalogFilterForm(request.GET or None)
    wanted = form.cleaned_data if form.is_valid() else {}
    courses = queries.catalog(
        access.courses_visible_to(request.user), district, text=wanted.get("q", ""), subject=wanted.get("subject", "")
    )
    listed = paginate(request, courses)
    lede = ngettext("%(count)s course.", "%(count)s courses.", listed.paginator.count)
    can_edit = bool(may_in_district(request.user, EDIT, district))
    context = {
        "page": listed,
        "rows": [(course, *_gives(course)) for course in listed],
        "lede": lede % {"count": listed.paginator.count},
        "columns": COURSES,
        "form": form,
        "can_edit": can_edit,
        "empty": Empty(
            _("No courses here"),
            _("No course has these words, or the catalog is empty."),
            icon="book",
        ),
    }
    return page(request, "crediting/catalog/list.html", context, partial="list")


def _gives(course: Course) -> tuple[str, str]:
    """Subject area and credits, empty where nobody has said what the course gives."""
    if not hasattr(course, "terms"):
        return "", ""
    return subject_word(course.terms.subject), credits_text(course.terms.credits)


@require_safe
def course(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """What a course gives, which requirements it meets, which standards it rests on, which policy opens it."""
    found = access.get_course(request.user, public_id)
    shown = queries.course_page(found)
    subject, credits = _gives(found)
    context = {
        "course": found,
        "shown": shown,
        "subject": subject,
        "credits": credits,
        "facts": _facts(found, subject, credits),
        "requirements": [(subject_word(row.requirement), credits_text(row.credits)) for row in shown.requirements],
        "policies": [(row, [method_word(method) for method in row.methods]) for row in shown.policies],
        "can_edit": bool(may_in_district(request.user, EDIT, found.district)),
    }
    return page(request, "crediting/catalog/course.html", context)


def _facts(found: Course, subject: str, credits: str) -> list[Fact]:
    pairs = [Fact(_("Code"), found.code), Fact(_("Subject area"), subject), Fact(_("Credits"), credits)]
    if hasattr(found, "terms"):
        pairs += [
            Fact(_("State course code"), found.terms.state_course_code),
            Fact(_("College entrance (CADR)"), _("Counts") if found.terms.is_cadr else ""),
            Fact(_("Laboratory science"), _("Yes") if found.terms.is_lab else ""),
        ]
    return [pair for pair in pairs if pair.value]


@require_http_methods(["GET", "POST"])
def course_new(request: AuthenticatedRequest) -> HttpResponse:
    """Add a course."""
    district = access.get_district(request.user, request.GET.get("district", ""), EDIT)
    form = CourseForm(request.POST if request.method == "POST" else None, initial=typed_before(request, "course-new"))
    if form.is_valid():
        with showing_errors(form):
            added = add_course(district, code=form.cleaned_data["code"], details=form.details(), actor=request.user)
            forget_draft(request.user, "course-new")
            return go(request, _address(added), _("The course is in the catalog."))
    return page(request, "crediting/catalog/edit.html", {"form": form, "draft_key": "course-new"})


@require_http_methods(["GET", "POST"])
def course_edit(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Change what a course gives from now on."""
    found = access.get_course(request.user, public_id, EDIT)
    form = CourseForm(request.POST if request.method == "POST" else None, course=found)
    if form.is_valid():
        with showing_errors(form):
            change_course(found, details=form.details(), actor=request.user)
            return go(request, _address(found), _("Your changes are saved. Credit already awarded stays as it is."))
    return page(request, "crediting/catalog/edit.html", {"form": form, "course": found})


@require_http_methods(["GET", "POST"])
def course_standards(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """The standards a course teaches, and which of them everybody shows."""
    found = access.get_course(request.user, public_id, EDIT)
    draft_key = f"course-standards-{found.public_id}"
    today = clock.today(found.district)
    known = {str(row.standard.public_id): row.is_required for row in queries.course_page(found).standards}
    problem = ""
    if request.method == "POST":
        chosen = standard_queries.chosen(found.district, request.POST.getlist("standards"), on=today)
        required = set(request.POST.getlist("required"))
        try:
            rows = {row.pk: row for row in Standard.objects.filter(pk__in=[one.pk for one in chosen])}
            set_course_standards(
                found,
                standards=[rows[one.pk] for one in chosen],
                required=[rows[one.pk] for one in chosen if str(one.public_id) in required],
                actor=request.user,
            )
            forget_draft(request.user, draft_key)
            return go(request, _address(found), _("The standards of this course are saved."))
        except DomainError as error:
            problem = error.message
    else:
        held = typed_before(request, draft_key) or {}
        ticked = held.get("standards", list(known))
        wanted = held.get("required", [public_id for public_id, needed in known.items() if needed])
        required = {wanted} if isinstance(wanted, str) else set(wanted)
        chosen = standard_queries.chosen(found.district, [ticked] if isinstance(ticked, str) else ticked, on=today)
    context = {
        "course": found,
        "chosen": chosen,
        "required": [one for one in chosen if str(one.public_id) in required],
        "draft_key": draft_key,
        "problem": problem,
    }
    return page(request, "crediting/catalog/standards.html", context, status=422 if problem else 200)


def _address(found: Course) -> str:
    return reverse("crediting:course", args=[found.public_id])

"""The catalog: what courses there are, what each gives, and which standards it rests on."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crediting import access
from crediting.actions.catalog import add_course, change_course, load_starter_catalog, set_course_standards
from crediting.actions.sequences import end_pair, list_pair, remove_sequence, write_sequence
from crediting.forms.catalog import CatalogFilterForm, CourseForm, PairForm, SequenceForm
from crediting.interchange import catalog_csv
from crediting.models import CourseSequence, Standard
from crediting.queries import catalog as queries
from crediting.queries import standards as standard_queries
from crediting.rules.catalog import designation_text
from crediting.rules.numbers import credits_text
from crediting.words import method_word, subject_word
from mbl.core import clock
from mbl.core.errors import DomainError
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, paginate, showing_errors, typed_before
from mbl.core.models import District
from mbl.core.tabular import csv_response
from mbl.core.ui.parts import Empty, Fact, Link
from mbl.core.ui.tables import Column, Columns
from profiles.access import Capability, may_in_district
from profiles.models import Course, School

COURSES = Columns(
    Column("title", gettext_lazy("Course"), kind="header"),
    Column("code", gettext_lazy("Code")),
    Column("subject", gettext_lazy("Subject area")),
    Column("credits", gettext_lazy("Credits"), kind="number"),
    Column("cadr", gettext_lazy("College entrance")),
    Column("mastery", gettext_lazy("By mastery")),
)
STARTER = Columns(
    Column("title", gettext_lazy("Course"), kind="header"),
    Column("code", gettext_lazy("Code")),
    Column("subject", gettext_lazy("Subject area")),
    Column("credits", gettext_lazy("Credits"), kind="number"),
)
EDIT = Capability.MANAGE_CATALOG
# Schools that work by learning targets keep to so many for a year's course, half of it for a semester's.
TARGETS_FOR_A_CREDIT = 12


@require_safe
def catalog(request: AuthenticatedRequest) -> HttpResponse:
    """``/catalog/``: the district's courses."""
    district = access.get_district(request.user, request.GET.get("district", ""))
    today = clock.today(district)
    can_edit = bool(may_in_district(request.user, EDIT, district))
    form = CatalogFilterForm(
        request.GET or None, School.objects.filter(district=district, is_active=True), can_edit=can_edit
    )
    wanted = form.wanted()
    courses = queries.catalog(access.courses_visible_to(request.user), district, wanted, on=today)
    listed = paginate(request, courses)
    lede = ngettext("%(count)s course.", "%(count)s courses.", listed.paginator.count)
    context = {
        "page": listed,
        "rows": [(course, *_gives(course), queries.is_in_use(course, today)) for course in listed],
        "lede": lede % {"count": listed.paginator.count},
        "columns": COURSES,
        "form": form,
        "can_edit": can_edit,
        "empty": _empty(wanted, can_edit),
    }
    return page(request, "crediting/catalog/list.html", context, partial="list")


def _empty(wanted: queries.CatalogFilter, can_edit: bool) -> Empty:
    if wanted != queries.CatalogFilter():
        link = Link(_("Show all courses"), reverse("crediting:catalog"))
        return Empty(_("No courses here"), _("No course of the catalog is like this."), link, icon="book")
    if can_edit:
        link = Link(_("Bring a starter catalog"), reverse("crediting:catalog-starter"))
        sentence = _("Bring a starter catalog to adapt, import your own from a file, or add courses one by one.")
        return Empty(_("The catalog is empty"), sentence, link, icon="book")
    return Empty(_("The catalog is empty"), _("Your district has not put its courses here yet."), icon="book")


def _gives(course: Course) -> tuple[str, str]:
    """Subject area and credits, empty where nobody has said what the course gives."""
    if not hasattr(course, "terms"):
        return "", ""
    return subject_word(course.terms.subject), credits_text(course.terms.credits)


def _has_too_many(found: Course, standards: int) -> bool:
    """Whether the course has more standards than can each be judged several times."""
    worth = getattr(getattr(found, "terms", None), "credits", None) or Decimal(1)
    return standards > TARGETS_FOR_A_CREDIT * max(worth, Decimal("0.5"))


@require_safe
def course(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """What a course gives, which requirements it meets, which standards it rests on, what comes after it."""
    found = access.get_course(request.user, public_id)
    today = clock.today(found.district)
    shown = queries.course_page(found, on=today)
    subject, credits = _gives(found)
    context = {
        "course": found,
        "shown": shown,
        "too_many": TARGETS_FOR_A_CREDIT if _has_too_many(found, len(shown.standards)) else 0,
        "subject": subject,
        "credits": credits,
        "in_use": queries.is_in_use(found, today),
        "facts": _facts(found, shown, subject, credits),
        "requirements": [(subject_word(row.requirement), credits_text(row.credits)) for row in shown.requirements],
        "policies": [(row, [method_word(method) for method in row.methods]) for row in shown.policies],
        "can_edit": bool(may_in_district(request.user, EDIT, found.district)),
    }
    return page(request, "crediting/catalog/course.html", context)


def _facts(found: Course, shown: queries.CoursePage, subject: str, credits: str) -> list[Fact]:
    pairs = [Fact(_("Code"), found.code), Fact(_("Subject area"), subject), Fact(_("Credits"), credits)]
    if details := shown.details:
        confirmed = queries.confirmed_letters(found.district).known
        letters = [designation_text(one) for one in details.designations if one.letter in confirmed]
        waiting = [designation_text(one) for one in details.designations if one.letter not in confirmed]
        printed = f"{subject_word(details.equivalent_subject)}: {details.equivalent_title}"
        pairs += [
            Fact(_("SCED code"), details.sced_code),
            Fact(_("State course code"), details.state_course_code),
            Fact(_("Prints on the transcript as"), printed if details.equivalent_title else ""),
            Fact(_("College entrance (CADR)"), _("Counts") if details.is_cadr else ""),
            Fact(_("Laboratory science"), _("Yes") if details.is_lab else ""),
            Fact(_("Designations"), ", ".join(letters)),
            Fact(_("Letters not confirmed by the district"), ", ".join(waiting)),
            Fact(_("Grades"), ", ".join(grade.lstrip("0") for grade in details.grades)),
            Fact(_("Offered at"), ", ".join(school.name for school in shown.schools) or _("Every school")),
            Fact(_("First day in use"), date_format(details.active_from) if details.active_from else ""),
            Fact(_("Last day in use"), date_format(details.active_to) if details.active_to else ""),
        ]
    return [pair for pair in pairs if pair.value]


@require_http_methods(["GET", "POST"])
def course_new(request: AuthenticatedRequest) -> HttpResponse:
    """Add a course."""
    district = access.get_district(request.user, request.GET.get("district", ""), EDIT)
    form = CourseForm(
        request.POST if request.method == "POST" else None,
        district=district,
        initial=typed_before(request, "course-new"),
    )
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
    form = CourseForm(request.POST if request.method == "POST" else None, district=found.district, course=found)
    if form.is_valid():
        with showing_errors(form):
            code = form.cleaned_data["code"]
            change_course(found, details=form.details(), code=code, actor=request.user)
            return go(request, _address(found), _("Your changes are saved. Credit already awarded stays as it is."))
    return page(request, "crediting/catalog/edit.html", {"form": form, "course": found})


@require_http_methods(["GET", "POST"])
def starter(request: AuthenticatedRequest) -> HttpResponse:
    """Bring the starter catalog: courses that are not here yet."""
    district = access.get_district(request.user, request.GET.get("district", ""), EDIT)
    if request.method == "POST":
        added = len(load_starter_catalog(district, actor=request.user))
        words = ngettext("%(count)d course was added.", "%(count)d courses were added.", added) % {"count": added}
        return go(request, reverse("crediting:catalog"), words if added else _("Everything in it was here already."))
    new, kept = queries.starter_courses(district)
    context = {
        "new": [(row, subject_word(row.subject), credits_text(row.credits)) for row in new],
        "kept": kept,
        "columns": STARTER,
    }
    return page(request, "crediting/catalog/starter.html", context)


@require_safe
def catalog_file(request: AuthenticatedRequest) -> StreamingHttpResponse:
    """The catalog as CSV, a row for each course and school. Courses without a state course code stay out (T66, T67)."""
    district = access.get_district(request.user, request.GET.get("district", ""), EDIT)
    return csv_response(
        f"catalog-{clock.today(district).isoformat()}.csv", catalog_csv.NAMES, catalog_csv.rows(district)
    )


@require_http_methods(["GET", "POST"])
def pair_new(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """List a higher course that can show mastery of this one."""
    found = access.get_course(request.user, public_id, EDIT)
    draft_key = f"pair-new-{found.public_id}"
    form = PairForm(request.POST if request.method == "POST" else None, initial=typed_before(request, draft_key) or {})
    if form.is_valid():
        with showing_errors(form):
            said = form.cleaned_data
            list_pair(
                found,
                higher=queries.course_with_code(found.district, said["higher"]),
                part=int(said["part"]),
                higher_part=int(said["higher_part"]),
                least_mark=said["least_mark"],
                rationale=said["rationale"],
                actor=request.user,
            )
            forget_draft(request.user, draft_key)
            return go(request, _address(found), _("The next higher course is listed."))
    return page(request, "crediting/catalog/pair.html", {"form": form, "course": found, "draft_key": draft_key})


@require_POST
def pair_end(request: AuthenticatedRequest, public_id: UUID, pair: UUID) -> HttpResponse:
    """Take a next higher course off the list from today on."""
    found = access.get_course(request.user, public_id, EDIT)
    end_pair(get_object_or_404(found.next_higher, public_id=pair), actor=request.user)
    return go(request, _address(found), _("It is off the list. What was decided by it stays."))


@require_safe
def sequences(request: AuthenticatedRequest) -> HttpResponse:
    """``/catalog/sequences/``: in which order courses are taken."""
    district = access.get_district(request.user, request.GET.get("district", ""))
    can_edit = bool(may_in_district(request.user, EDIT, district))
    context = {
        "sequences": queries.sequences(district),
        "can_edit": can_edit,
        "empty": Empty(
            _("No sequences yet"),
            _("A sequence says in which order courses are taken, such as Spanish 1 to 4."),
            icon="book",
        ),
    }
    return page(request, "crediting/catalog/sequences.html", context)


@require_http_methods(["GET", "POST"])
def sequence_new(request: AuthenticatedRequest) -> HttpResponse:
    """Write a sequence."""
    district = access.get_district(request.user, request.GET.get("district", ""), EDIT)
    return _sequence(request, district, None)


@require_http_methods(["GET", "POST"])
def sequence_edit(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Change a sequence."""
    found = access.get_sequence(request.user, public_id, EDIT)
    return _sequence(request, found.district, found)


@require_POST
def sequence_remove(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Remove a sequence; its courses stay."""
    remove_sequence(access.get_sequence(request.user, public_id, EDIT), actor=request.user)
    return go(request, reverse("crediting:sequences"), _("The sequence is removed. Its courses stay."))


def _sequence(request: AuthenticatedRequest, district: District, found: CourseSequence | None) -> HttpResponse:
    draft_key = f"sequence-{found.public_id if found else 'new'}"
    known = {"title": found.title, "courses": queries.steps_text(found)} if found else {}
    form = SequenceForm(
        request.POST if request.method == "POST" else None, initial=known | (typed_before(request, draft_key) or {})
    )
    if form.is_valid():
        with showing_errors(form):
            title = form.cleaned_data["title"]
            write_sequence(district, title=title, steps=form.steps(), sequence=found, actor=request.user)
            forget_draft(request.user, draft_key)
            return go(request, reverse("crediting:sequences"), _("The sequence is saved."))
    context = {"form": form, "sequence": found, "draft_key": draft_key}
    return page(request, "crediting/catalog/sequence.html", context)


@require_http_methods(["GET", "POST"])
def course_standards(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """The standards a course teaches, and which of them everybody shows."""
    found = access.get_course(request.user, public_id, EDIT)
    draft_key = f"course-standards-{found.public_id}"
    today = clock.today(found.district)
    known = {str(row.standard.public_id): row.is_required for row in queries.course_page(found, on=today).standards}
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

"""Edit a plan: one section a page, saved as it is typed.

The page saves itself through the same address: a 204 says which edition was written; 409 brings the newer text where
somebody else was faster. Without JavaScript the form is an ordinary POST with the same answers as pages.
"""

from __future__ import annotations

from typing import Any, Protocol
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crediting.queries.policy import open_courses
from hsbp import access
from hsbp.actions.plans import (
    ChangedMeanwhile,
    add_course,
    add_mastery,
    remove_course,
    remove_mastery,
    save_section,
)
from hsbp.forms.sections import (
    Activities,
    AidForm,
    CourseSearchForm,
    EditionForm,
    GoalsForm,
    InterestsForm,
    MasterySearchForm,
    PathwayForm,
    SectionForm,
    initial_of,
)
from hsbp.queries.document import document_of
from hsbp.queries.plans import plan_of
from hsbp.rules.content import GRADES, Content, Section, read
from hsbp.views.reader import Reader, reader_of
from hsbp.words import READING_ORDER as ORDER
from hsbp.words import SECTION_QUESTIONS, SECTION_WORDS
from mbl.core import clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.http import AuthenticatedRequest, go, page
from mbl.core.words import error_text
from profiles.models import Course

# As many courses as a search shows.
FOUND = 12


class Written(Protocol):
    """A form of one section."""

    def is_valid(self) -> bool: ...
    def part(self) -> object: ...


@require_http_methods(["GET", "POST"])
def section(request: AuthenticatedRequest, public_id: UUID, name: str) -> HttpResponse:
    """One section of the plan, as a question."""
    reader = _writer(request, public_id)
    chosen = _section(name)
    if chosen == Section.COURSES:
        return _courses(request, reader)
    if chosen == Section.MASTERY:
        return _mastery(request, reader)
    return _written(request, reader, chosen)


def _writer(request: AuthenticatedRequest, public_id: UUID) -> Reader:
    reader = reader_of(request, public_id)
    verdict = access.may_edit(request.user, reader.student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    return reader


def _section(name: str) -> Section:
    try:
        return Section(name)
    except ValueError:
        raise Http404 from None


# --- Sections that are written ----------------------------------------------------------------------------------------


def _written(request: AuthenticatedRequest, reader: Reader, chosen: Section) -> HttpResponse:
    content = read(reader.plan.content)
    if request.method == "GET":
        return _form_page(request, reader, chosen, _form(chosen, reader, content), _rows(chosen, content))
    edition, form, rows = _edition(request), _form(chosen, reader, content, request), _rows(chosen, content, request)
    source: Written = form if rows is None else rows
    is_autosave = request.headers.get("X-Autosave") == "1"
    if not source.is_valid():
        return HttpResponse(status=422) if is_autosave else _form_page(request, reader, chosen, form, rows)
    try:
        plan = save_section(reader.student, chosen, source.part(), edition=edition, actor=request.user)
    except ChangedMeanwhile as told:
        conflict = _conflict(reader, chosen, told)
        if is_autosave:
            return render(request, "hsbp/plan/conflict.html", conflict, status=409)
        return _form_page(request, reader, chosen, form, rows, **conflict, status=409)
    if is_autosave:
        return HttpResponse(status=204, headers={"X-Edition": str(plan.edition)})
    return go(request, _after(request, reader, chosen))


def _form(
    chosen: Section, reader: Reader, content: Content, request: AuthenticatedRequest | None = None
) -> SectionForm:
    data = request.POST if request is not None else None
    initial = {"edition": reader.plan.edition} | initial_of(chosen, content)
    match chosen:
        case Section.GOALS:
            return GoalsForm(data, initial=initial)
        case Section.INTERESTS:
            return InterestsForm(data, initial=initial)
        case Section.PATHWAY:
            return PathwayForm(data, initial=initial, kept=content.pathways)
        case Section.AID:
            today = clock.today(reader.student.district)
            return AidForm(data, initial=initial, before=content.aid, today=today)
        case _:
            return EditionForm(data, initial=initial)


def _rows(chosen: Section, content: Content, request: AuthenticatedRequest | None = None) -> Any:
    """The lines of the resume; None for every other section."""
    if chosen != Section.ACTIVITIES:
        return None
    initial = [
        {"kind": one.kind, "title": one.title, "years": one.years, "text": one.text} for one in content.activities
    ]
    return Activities(request.POST if request is not None else None, initial=initial, prefix="activity")


def _edition(request: AuthenticatedRequest) -> int:
    """The edition that the writer has seen: the page's own, or the newer one they chose to write over."""
    given = request.POST.get("newer") or request.POST.get("edition", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0


def _conflict(reader: Reader, chosen: Section, told: ChangedMeanwhile) -> dict[str, Any]:
    newest = plan_of(reader.student)
    return {
        "section": chosen.value,
        "address": reader.address("section", chosen.value),
        "told": str(told),
        "newer_edition": told.edition,
        "newer": document_of(reader.student, read(newest.content)),
    }


def _form_page(
    request: AuthenticatedRequest,
    reader: Reader,
    chosen: Section,
    form: SectionForm,
    rows: Any = None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = _frame(reader, chosen) | {"form": form, "rows": rows, **more}
    return page(request, "hsbp/plan/section.html", context, status=status)


def _frame(reader: Reader, chosen: Section) -> dict[str, Any]:
    place = ORDER.index(chosen)
    return reader.as_context() | {
        "section": chosen.value,
        "word": SECTION_WORDS[chosen],
        "question": SECTION_QUESTIONS[chosen],
        "number": place + 1,
        "total": len(ORDER),
        "before": reader.address("section", ORDER[place - 1].value) if place else "",
        "after": reader.address("section", ORDER[place + 1].value) if place + 1 < len(ORDER) else "",
    }


def _after(request: AuthenticatedRequest, reader: Reader, chosen: Section) -> str:
    """Where the pressed button leads: one more line, the next section, or the plan."""
    if "more" in request.POST:
        return f"{reader.address('section', chosen.value)}#more"
    place = ORDER.index(chosen) + 1
    if "next" in request.POST and place < len(ORDER):
        return reader.address("section", ORDER[place].value)
    return f"{reader.home}#{chosen.value}"


# --- Courses ----------------------------------------------------------------------------------------------------------


def _courses(request: AuthenticatedRequest, reader: Reader, problem: str = "") -> HttpResponse:
    """Find a course and put it into a grade; the four grades stand below."""
    if request.method == "POST":
        raise Http404  # courses are added and taken out at addresses of their own
    grade = request.GET.get("grade", "")
    grade = grade if grade in GRADES else reader.student.grade if reader.student.grade in GRADES else GRADES[0]
    form = CourseSearchForm({"grade": grade, "q": request.GET.get("q", "")})
    form.is_valid()
    text = form.cleaned_data.get("q", "").strip()
    context = _frame(reader, Section.COURSES) | {
        "document": document_of(reader.student, read(reader.plan.content)),
        "search": form,
        "grade": grade,
        "text": text,
        "found": list(_catalog(reader, text)) if text else [],
        "is_exact": bool(text) and Course.objects.filter(district=reader.student.district, code__iexact=text).exists(),
        "problem": problem,
    }
    return page(request, "hsbp/plan/courses.html", context, partial="found")


def _catalog(reader: Reader, text: str) -> Any:
    courses = Course.objects.filter(district=reader.student.district, is_active=True)
    for word in text.split():
        courses = courses.filter(Q(title__unaccent__icontains=word) | Q(code__istartswith=word))
    return courses.values("code", "title", "terms__credits").order_by("title", "code")[:FOUND]


@require_POST
def course_add(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Put a course into a grade: one of the catalog by its code, or one as typed."""
    reader = _writer(request, public_id)
    grade = _given(request, "grade")
    back = f"{reader.address('section', Section.COURSES.value)}?grade={grade}#grade-{grade}"
    code, title = _given(request, "code"), _given(request, "title")
    try:
        add_course(reader.student, grade=grade, code=code, title=title, actor=request.user)
    except DomainError as error:
        if isinstance(error, NotAllowed):
            raise
        return go(request, reader.address("section", Section.COURSES.value), error_text(error))
    return go(request, back, _("Added."))


@require_POST
def course_remove(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Take a course out of a grade, with a way back."""
    reader = _writer(request, public_id)
    grade, code, title = _given(request, "grade"), _given(request, "code"), _given(request, "title")
    remove_course(reader.student, grade=grade, code=code, title=title, actor=request.user)
    back = f"{reader.address('section', Section.COURSES.value)}?grade={grade}#grade-{grade}"
    undo = _with_query(reader.address("course-add"), grade=grade, code=code, title=title)
    return go(request, back, _("%(course)s is taken out.") % {"course": title or code}, undo_url=undo)


# --- Mastery ----------------------------------------------------------------------------------------------------------


def _mastery(request: AuthenticatedRequest, reader: Reader) -> HttpResponse:
    """Courses in which the student wants to show mastery; those that are open come first."""
    if request.method == "POST":
        raise Http404
    form = MasterySearchForm({"q": request.GET.get("q", "")})
    form.is_valid()
    text = form.cleaned_data.get("q", "").strip()
    content = read(reader.plan.content)
    on = clock.today(reader.student.district)
    offered = open_courses(reader.student, on=on, text=text, limit=100)
    open_now = [course for course in offered if course.is_open and course.code not in content.mastery_intended]
    context = _frame(reader, Section.MASTERY) | {
        "document": document_of(reader.student, content),
        "search": form,
        "text": text,
        "found": open_now[:FOUND],
        "has_more": len(open_now) > FOUND,
    }
    return page(request, "hsbp/plan/mastery.html", context, partial="found")


@require_POST
def mastery_add(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    reader = _writer(request, public_id)
    back = reader.address("section", Section.MASTERY.value)
    try:
        add_mastery(reader.student, code=_given(request, "code"), actor=request.user)
    except DomainError as error:
        if isinstance(error, NotAllowed):
            raise
        return go(request, back, error_text(error))
    return go(request, back, _("Added."))


@require_POST
def mastery_remove(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    reader = _writer(request, public_id)
    code = _given(request, "code")
    remove_mastery(reader.student, code=code, actor=request.user)
    undo = _with_query(reader.address("mastery-add"), code=code)
    return go(request, reader.address("section", Section.MASTERY.value), _("Taken out."), undo_url=undo)


def _given(request: AuthenticatedRequest, name: str) -> str:
    """From the form, or from the address where an undo button posts without fields."""
    return (request.POST.get(name) or request.GET.get(name, "")).strip()


def _with_query(url: str, **values: str) -> str:
    return f"{url}?{urlencode({name: value for name, value in values.items() if value})}"

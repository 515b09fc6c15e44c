"""A student's complete course history: every attempt, what was taken back and why; the registrar corrects it here."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from crediting import access
from crediting.actions import corrections
from crediting.forms.history import (
    CorrectForm,
    EarlyForm,
    HeldForm,
    TakeBackForm,
    TransferCorrectForm,
    TransferForm,
)
from crediting.models import HeldRow, LedgerEntry
from crediting.queries.history import complete_history, history_line, source_word, waiting_rows
from crediting.rules.history import EARLY_GRADES, early_wish_until
from crediting.rules.numbers import credits_text
from crediting.states import EarlyWish, EntryKind, HeldReason
from mbl.core import clock
from mbl.core.errors import NotAllowed
from mbl.core.http import AuthenticatedRequest, go, page, paginate, showing_errors
from mbl.core.ui.parts import Empty, Fact
from mbl.core.ui.tables import Column, Columns
from mbl.core.words import state_word
from profiles.access import Capability, get_student
from profiles.models import Student

COLUMNS = Columns(
    Column("course", gettext_lazy("Course"), kind="header"),
    Column("term", gettext_lazy("Term")),
    Column("mark", gettext_lazy("Mark")),
    Column("attempted", gettext_lazy("Attempted"), kind="number"),
    Column("earned", gettext_lazy("Earned"), kind="number"),
    Column("source", gettext_lazy("From"), card="wide"),
    Column("state", gettext_lazy("State"), card="corner"),
)
WAITING = Columns(
    Column("student", gettext_lazy("Student"), kind="header"),
    Column("course", gettext_lazy("Row"), card="wide"),
    Column("reason", gettext_lazy("Why it waits"), card="wide"),
    Column("since", gettext_lazy("Since")),
)


@require_safe
def history(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Every row of one student, for whoever may see the record."""
    student = get_student(request.user, public_id, Capability.SEE_RECORD)
    keeps = access.keeps_record_of(request.user, student)
    listed = paginate(request, complete_history(student))
    waiting = list(waiting_rows(Student.objects.filter(pk=student.pk))) if keeps else []
    context = {
        "student": student,
        "page": listed,
        "rows": [history_line(entry) for entry in listed],
        "columns": COLUMNS,
        "keeps": keeps,
        "waiting": [(held, _said(held), state_word(HeldReason(held.reason))) for held in waiting],
        "lede": _lede(len(waiting), listed.paginator.count),
        "empty": Empty(
            _("No course is on record"), _("Course history comes from the school's system, or is entered here."), None
        ),
    }
    return page(request, "crediting/history/history.html", context)


def _lede(waiting: int, count: int) -> str:
    if waiting:
        return ngettext("%(count)d row waits for your answer.", "%(count)d rows wait for your answer.", waiting) % {
            "count": waiting
        }
    return ngettext(
        "Every attempt and every correction: %(count)d row.",
        "Every attempt and every correction: %(count)d rows.",
        count,
    ) % {"count": count}


@require_safe
def waiting(request: AuthenticatedRequest) -> HttpResponse:
    """Rows that wait, of all students whose history the reader keeps."""
    students = access.students_of_record(request.user)
    if not access.keeps_records(request.user):
        raise NotAllowed(_("This list is for people who keep course history."))
    listed = paginate(request, waiting_rows(students))
    context = {
        "page": listed,
        "rows": [(held, _said(held), state_word(HeldReason(held.reason))) for held in listed],
        "columns": WAITING,
        "lede": ngettext("%(count)d row waits.", "%(count)d rows wait.", listed.paginator.count)
        % {"count": listed.paginator.count},
        "empty": Empty(_("Nothing waits"), _("Every row of the imports was entered by itself."), None, icon="check"),
    }
    return page(request, "crediting/history/waiting.html", context)


def _said(held: HeldRow) -> str:
    """What the file says, in one line."""
    if held.facts is None:
        line = held.entry
        return _("%(course)s is no longer in the file") % {"course": line.course_title if line else "–"}
    facts = held.facts
    return _("%(course)s, %(term)s: mark %(mark)s, %(earned)s credits") % {
        "course": facts["title"],
        "term": f"{facts['term']} {facts['school_year'] - 1}-{facts['school_year'] % 100:02d}",
        "mark": facts["mark"] or "–",
        "earned": facts["earned"],
    }


# --- One row ----------------------------------------------------------------------------------------------------------


def _row(request: AuthenticatedRequest, public_id: UUID) -> LedgerEntry:
    """A row whose student's history the reader keeps."""
    entry = LedgerEntry.objects.filter(public_id=public_id).select_related("student").first()
    if entry is None:
        raise Http404
    entry.student = access.get_student_of_record(request.user, entry.student.public_id)
    return entry


@require_safe
def row(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """One row, where it is from, and what may be done with it."""
    entry = LedgerEntry.objects.filter(public_id=public_id).select_related("student", "run", "created_by").first()
    if entry is None:
        raise Http404
    student = get_student(request.user, entry.student.public_id, Capability.SEE_RECORD)
    line = history_line(entry)
    posting = entry.transfer_postings.select_related("decision__line").first()
    may_change = (
        line.standing and not line.by_award and posting is None and access.keeps_record_of(request.user, student)
    )
    context = {
        "student": student,
        "entry": entry,
        "facts": _facts(entry),
        "line": line,
        "may_change": may_change,
        "posting": posting,
        "is_early": may_change and entry.grade in EARLY_GRADES,
    }
    return page(request, "crediting/history/row.html", context)


def _facts(entry: LedgerEntry) -> list[Fact]:
    year = entry.school_year
    facts = [
        Fact(_("Course"), entry.course_title, entry.course_code),
        Fact(_("School"), entry.school_name),
        Fact(_("Term"), f"{entry.term}, {year - 1}-{year % 100:02d}"),
        Fact(_("Grade"), entry.grade.lstrip("0")),
        Fact(_("Mark"), entry.mark or "–", "" if entry.is_numeric else _("outside the average")),
        Fact(_("Credits attempted"), credits_text(entry.credits_attempted)),
        Fact(_("Credits earned"), credits_text(entry.credits_earned)),
        Fact(_("State course code"), entry.state_course_code),
        Fact(_("Kind"), state_word(EntryKind(entry.kind))),
        Fact(_("From"), source_word(entry)),
        Fact(_("Entered on"), date_format(entry.created_at, "DATETIME_FORMAT")),
        Fact(_("Reason"), entry.reason),
    ]
    if entry.college_hours is not None:
        facts.insert(7, Fact(_("College hours"), f"{entry.college_hours.normalize():f}", entry.college_unit))
    return [fact for fact in facts if fact.value]


@require_http_methods(["GET", "POST"])
def row_correct(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Put a corrected row in its place."""
    entry = _row(request, public_id)
    kind = TransferCorrectForm if entry.kind == EntryKind.TRANSFER else CorrectForm
    form = kind(request.POST if request.method == "POST" else None, entry=entry)
    if form.is_valid():
        with showing_errors(form):
            reason = form.cleaned_data["reason"]
            corrections.correct_row(entry, details=form.details(), reason=reason, actor=request.user)
            return _back(request, entry.student, _("The row is corrected. The old one stays, marked as replaced."))
    title = _("Correct this row")
    return _form(request, entry.student, form, title, _("Put the corrected row in its place"), entry)


@require_http_methods(["GET", "POST"])
def row_take_back(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Take a row off the record."""
    entry = _row(request, public_id)
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with showing_errors(form):
            corrections.take_row_back(entry, reason=form.cleaned_data["reason"], actor=request.user)
            return _back(request, entry.student, _("The row is off the record. It stays here, marked as taken back."))
    return _form(request, entry.student, form, _("Take this row off the record"), _("Take it off"), entry)


@require_http_methods(["GET", "POST"])
def row_early(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """What student and parent ask for a course taken before grade 9."""
    entry = _row(request, public_id)
    form = EarlyForm(request.POST if request.method == "POST" else None)
    student = entry.student
    last = early_wish_until(student.graduation_year, student.grade, clock.school_year(clock.today(student.district)))
    if form.is_valid():
        with showing_errors(form):
            wish, asked_on = EarlyWish(form.cleaned_data["wish"]), form.cleaned_data["asked_on"]
            corrections.change_early_course(entry, wish=wish, asked_on=asked_on, actor=request.user)
            return _back(request, student, _("Done as asked. The average follows by itself."))
    lede = _("A course taken before grade 9 stands on the record unless student and parent ask otherwise.")
    if last:
        lede += " " + _("They can ask until %(day)s.") % {"day": date_format(last, "DATE_FORMAT")}
    return _form(request, student, form, _("What the family asks"), _("Do as asked"), entry, lede)


@require_http_methods(["GET", "POST"])
def row_new(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """A course that another school taught."""
    student = access.get_student_of_record(request.user, public_id)
    form = TransferForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with showing_errors(form):
            reason = form.cleaned_data["reason"]
            corrections.add_transfer_row(student, details=form.details(), reason=reason, actor=request.user)
            return _back(request, student, _("The course is on the record."))
    lede = _("%(student)s keeps the mark and the credit that the other school gave.") % {"student": student}
    return _form(request, student, form, _("Add a course of another school"), _("Add it"), None, lede)


@require_http_methods(["GET", "POST"])
def held(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """A row that waits: what stands, what the file says, and the answer."""
    found = HeldRow.objects.filter(public_id=public_id).select_related("student", "entry", "run", "closed_by").first()
    if found is None:
        raise Http404
    student = access.get_student_of_record(request.user, found.student.public_id)
    form = HeldForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with showing_errors(form):
            note = form.cleaned_data["note"]
            if "take" in request.POST:
                corrections.take_held_row(found, note=note, actor=request.user)
                return _back(request, student, _("Entered as the file says."))
            corrections.dismiss_held_row(found, note=note, actor=request.user)
            return _back(request, student, _("The record stays as it is."))
    context = {
        "student": student,
        "held": found,
        "said": _said(found),
        "reason": state_word(HeldReason(found.reason)),
        "facts": _facts(found.entry) if found.entry else [],
        "form": form,
    }
    return page(request, "crediting/history/held.html", context)


def _form(
    request: AuthenticatedRequest,
    student: Student,
    form: object,
    title: str,
    button: str,
    entry: LedgerEntry | None,
    lede: str = "",
) -> HttpResponse:
    if not lede and entry is not None:
        lede = f"{student}, {entry.course_title}, {entry.term}."
    context = {"student": student, "form": form, "title": title, "button": button, "entry": entry, "lede": lede}
    return page(request, "crediting/history/form.html", context)


def _back(request: AuthenticatedRequest, student: Student, sentence: str) -> HttpResponse:
    return go(request, reverse("crediting:history", args=[student.public_id]), sentence)

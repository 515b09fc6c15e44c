"""A registrar keeps course history: corrects by superseding, adds what another school taught, answers what waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crediting.actions.history import REGISTRAR
from crediting.actions.ledger import reverse_entry
from crediting.models import HeldRow, LedgerEntry
from crediting.queries.marks import marks_of
from crediting.rules.history import EARLY_GRADES, RowDetails, early_wish_until, term_of
from crediting.states import EarlyWish, EntryKind, HeldState
from crediting.verbs.decisions import (
    CourseRowCorrected,
    CourseRowTakenBack,
    EarlyCourseChanged,
    HeldRowDismissed,
    HeldRowTaken,
    TransferRowAdded,
)
from mbl.core import audit, clock
from mbl.core.errors import DomainError
from mbl.core.models import User
from profiles.models import Student

# A pass keeps credit outside the average.
_PASSED = "P"
_COPIED = (
    "district_id", "student_id", "course_id", "course_code", "course_title", "subject", "state_course_code",
    "school_id", "school_name", "school_year", "term", "term_order", "grade", "mark", "is_numeric", "credits_attempted",
    "credits_earned", "college_hours", "college_unit", "designations", "method", "earned_on", "kind",
)  # fmt: skip


@transaction.atomic
def correct_row(entry: LedgerEntry, *, details: RowDetails, reason: str, actor: User) -> LedgerEntry:
    """Put a corrected row in the place of ``entry``, which stays, reversed. ``DomainError`` where that cannot be."""
    entry = _standing(entry)
    term = term_of(details.term, details.school_year)
    moved = (term.name, details.school_year) != (entry.term, entry.school_year)
    earned_on = term.ends_on if moved else entry.earned_on
    elsewhere = entry.kind == EntryKind.TRANSFER
    _refuse_impossible(entry.student, details, earned_on, is_transfer=elsewhere)
    facts = _typed(entry.student, details, earned_on) | {"term": term.name, "term_order": term.order}
    if not moved:
        facts["term_order"] = entry.term_order
    # The school's name is that of the school where we know it; hours of a college stand for credits as they were.
    for name in ("course_code", "subject", "state_course_code") + (() if elsewhere else ("school_name",)):
        facts.pop(name)
    if details.attempted != entry.credits_attempted:
        facts |= {"college_hours": None, "college_unit": ""}
    new = _supersede(entry, facts, reason=reason, actor=actor)
    told = CourseRowCorrected(before=_short(entry), after=_short(new), reason=reason)
    audit.record(told, actor=actor, district=entry.district, target=new, student=entry.student)
    return new


@transaction.atomic
def take_row_back(entry: LedgerEntry, *, reason: str, actor: User) -> LedgerEntry:
    """Take a row off the record; it stays in the history with its reversal, which is the answer."""
    entry = _standing(entry)
    reversal = reverse_entry(entry, reason=reason, actor=actor, source=REGISTRAR)
    told = CourseRowTakenBack(credits=str(entry.credits_earned), reason=reason)
    audit.record(told, actor=actor, district=entry.district, target=entry, student=entry.student)
    return reversal


@transaction.atomic
def add_transfer_row(student: Student, *, details: RowDetails, reason: str, actor: User) -> LedgerEntry:
    """Enter a course that another school taught, with that school's mark and credit (T20)."""
    term = term_of(details.term, details.school_year)
    _refuse_impossible(student, details, term.ends_on, is_transfer=True)
    if not details.school_name:
        raise DomainError(_("Name the school that taught the course."), field="school_name")
    entry = LedgerEntry.objects.create(
        district=student.district,
        student=student,
        kind=EntryKind.TRANSFER,
        reason=reason,
        source=REGISTRAR,
        created_by=actor,
        **_typed(student, details, term.ends_on),
        term=term.name,
        term_order=term.order,
    )
    told = TransferRowAdded(
        school=details.school_name, credits=str(entry.credits_earned), mark=entry.mark or "–", reason=reason
    )
    audit.record(told, actor=actor, district=student.district, target=entry, student=student)
    return entry


@transaction.atomic
def change_early_course(entry: LedgerEntry, *, wish: EarlyWish, asked_on: dt.date, actor: User) -> LedgerEntry:
    """Do what a student and a parent asked for a course taken before grade 9: take it off, or give it a mark outside
    the average with its credit kept. The average follows by itself.

    ``DomainError`` after the last day of grade 11, for a course of high school, or where nothing is left to do.
    """
    entry = _standing(entry)
    if entry.grade not in EARLY_GRADES:
        raise DomainError(_("This can be asked only for a course taken before grade 9."))
    today = clock.today(entry.district)
    last = early_wish_until(entry.student.graduation_year, entry.student.grade, clock.school_year(today))
    if asked_on > today:
        raise DomainError(_("The day of the request lies ahead. Enter the day on which it was made."), field="asked_on")
    if last is None or asked_on > last:
        raise DomainError(
            _("This had to be asked before the end of grade 11, by %(day)s.")
            % {"day": date_format(last, "DATE_FORMAT") if last else "–"},
            field="asked_on",
        )
    if wish == EarlyWish.REMOVE:
        changed = reverse_entry(entry, reason=_("Asked by student and parent"), actor=actor, source=REGISTRAR)
    elif not entry.is_numeric:
        raise DomainError(_("The mark is outside the average already."))
    elif not entry.credits_earned:
        raise DomainError(_("The course gave no credit, so there is none to keep. It can be taken off the record."))
    else:
        facts = {"mark": _PASSED, "is_numeric": False}
        changed = _supersede(entry, facts, reason=_("Asked by student and parent"), actor=actor)
    told = EarlyCourseChanged(wish=wish, asked=asked_on.isoformat())
    audit.record(told, actor=actor, district=entry.district, target=entry, student=entry.student)
    return changed


# --- Rows that wait ---------------------------------------------------------------------------------------------------


@transaction.atomic
def take_held_row(held: HeldRow, *, note: str, actor: User) -> LedgerEntry:
    """Enter what a file said, in the place of the line it changes; or take that line back where the file lacks it."""
    held = _waiting(held)
    entry = _standing_line_of(held)
    reason = note or _("The school's system says so")
    if held.facts is None:
        if entry is None:
            raise DomainError(_("The line was taken back already. Set this aside."))
        changed = reverse_entry(entry, reason=reason, actor=actor, source=held.source)
    else:
        facts = _said(held.facts) | {
            "source": held.source,
            "source_key": held.source_key,
            "attempt": held.attempt,
            "content_hash": held.content_hash,
            "run_id": held.run_id,
        }
        if entry is not None:
            changed = _supersede(entry, facts, reason=reason, actor=actor, source=held.source)
        else:
            changed = LedgerEntry.objects.create(
                district_id=held.district_id, student_id=held.student_id, reason=reason, created_by=actor, **facts
            )
    _close(held, HeldState.TAKEN, note, actor)
    told = HeldRowTaken(reason=held.reason, note=reason)
    audit.record(told, actor=actor, district=held.district, target=held, student=held.student)
    return changed


@transaction.atomic
def dismiss_held_row(held: HeldRow, *, note: str, actor: User) -> None:
    """Leave the record as it is. The same row of a later file is not asked about again."""
    held = _waiting(held)
    _close(held, HeldState.DISMISSED, note, actor)
    told = HeldRowDismissed(reason=held.reason, note=note)
    audit.record(told, actor=actor, district=held.district, target=held, student=held.student)


def _waiting(held: HeldRow) -> HeldRow:
    held = HeldRow.objects.select_for_update(of=["self"]).select_related("student", "district").get(pk=held.pk)
    if held.state != HeldState.WAITING:
        raise DomainError(_("Somebody has answered this already. Open the course history to see how."))
    return held


def _standing_line_of(held: HeldRow) -> LedgerEntry | None:
    """The line that stands where the held row would go: the one it was held for, or what a registrar put there."""
    entry = held.entry
    while entry is not None and hasattr(entry, "reversal"):
        entry = getattr(entry, "replacement", None)
    return entry


def _close(held: HeldRow, state: HeldState, note: str, actor: User) -> None:
    held.state = state
    held.note, held.closed_by, held.closed_at = note, actor, clock.now()
    held.save(update_fields=["state", "note", "closed_by", "closed_at"])


def _said(facts: Mapping[str, Any]) -> dict[str, Any]:
    hours = facts["college_hours"]
    return {
        "kind": facts["kind"],
        "course_id": facts["course"],
        "course_code": facts["code"],
        "course_title": facts["title"],
        "subject": facts["subject"],
        "state_course_code": facts["state_code"],
        "school_id": facts["school"],
        "school_name": facts["school_name"],
        "school_year": facts["school_year"],
        "term": facts["term"],
        "term_order": facts["term_order"],
        "grade": facts["grade"],
        "mark": facts["mark"],
        "is_numeric": facts["is_numeric"],
        "credits_attempted": Decimal(facts["attempted"]),
        "credits_earned": Decimal(facts["earned"]),
        "college_hours": Decimal(hours) if hours else None,
        "college_unit": facts["college_unit"],
        "designations": facts["designations"],
        "earned_on": dt.date.fromisoformat(facts["earned_on"]),
    }


# --- What they share --------------------------------------------------------------------------------------------------


def _standing(entry: LedgerEntry) -> LedgerEntry:
    """The row, locked against a second hand. ``DomainError`` where it no longer stands or is an award's."""
    # The student's row is what two corrections of one row have in common: the ledger itself is never changed.
    Student.objects.select_for_update(no_key=True).get(pk=entry.student_id)
    entry = LedgerEntry.objects.select_related("student__district", "district").get(pk=entry.pk)
    if entry.kind == EntryKind.REVERSAL or LedgerEntry.objects.filter(reverses=entry).exists():
        raise DomainError(_("This row was taken back already. Open the course history to see what stands."))
    if entry.decision_id is not None:
        raise DomainError(_("This credit was awarded by a decision. Reverse the award; then decide anew."))
    if entry.transfer_postings.exists():
        raise DomainError(_("This was decided on the page “Credit from another school”. Decide it anew there."))
    return entry


def _supersede(
    entry: LedgerEntry, facts: Mapping[str, Any], *, reason: str, actor: User, source: str = REGISTRAR
) -> LedgerEntry:
    reverse_entry(entry, reason=reason, actor=actor, source=source)
    kept = {name: getattr(entry, name) for name in _COPIED}
    values = kept | {"source": source} | dict(facts)
    return LedgerEntry.objects.create(**values, replaces=entry, reason=reason, created_by=actor)


def _refuse_impossible(student: Student, details: RowDetails, day: dt.date, *, is_transfer: bool) -> None:
    if details.earned > details.attempted:
        raise DomainError(_("No more credit can be earned than was attempted."), field="earned")
    marks = marks_of(student.district)
    if details.mark and not marks.is_known(details.mark, day, is_transfer=is_transfer):
        raise DomainError(
            _("The district's marks do not have “%(mark)s”. An administrator can add it to the setting “marks”.")
            % {"mark": details.mark},
            field="mark",
        )
    if day > clock.today(student.district) + dt.timedelta(days=366):
        raise DomainError(_("This school year lies ahead."), field="school_year")


def _typed(student: Student, details: RowDetails, day: dt.date) -> dict[str, Any]:
    return {
        "course_code": details.course_code,
        "course_title": details.course_title,
        "subject": details.subject,
        "state_course_code": details.state_course_code,
        "school_name": details.school_name,
        "school_year": details.school_year,
        "grade": details.grade,
        "mark": details.mark,
        "is_numeric": marks_of(student.district).has_points(details.mark, day),
        "credits_attempted": details.attempted,
        "credits_earned": details.earned,
        "earned_on": day,
    }


def _short(entry: LedgerEntry) -> str:
    return f"{entry.course_title}, {entry.mark or '–'}, {entry.credits_earned}/{entry.credits_attempted}"

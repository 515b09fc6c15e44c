"""Enter the transcript of another school, line by line, or take its lines from the imported history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from crediting import access
from crediting.actions.history import REGISTRAR
from crediting.actions.ledger import reverse_entry
from crediting.models import LedgerEntry, TransferLine, TransferTranscript
from crediting.queries.transfer import ruling_for, stories
from crediting.rules.transfer_entry import MOST_LINES, LineDetails, SourceDetails, problems
from crediting.states import TRANSFER, EntryKind, GivenUnit, Sending, TransferState
from crediting.verbs.procedures import TransferAdopted, TransferEntered, TransferWithdrawn
from crediting.words import sentence
from mbl.core import audit, clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import User
from mbl.core.transitions import Already
from mbl.core.words import says_something
from profiles.models import School, Student


@dataclass(frozen=True)
class Entered:
    """What one press entered, and the lines that were there already."""

    transcript: TransferTranscript | None
    lines: tuple[TransferLine, ...]
    known: tuple[TransferLine, ...]


@transaction.atomic
def enter_transcript(student: Student, *, source: SourceDetails, lines: Sequence[LineDetails], actor: User) -> Entered:
    """Keep every line as the other school wrote it. A line that is there already, or twice in one press, is kept once.

    A line that an import has put on the record is tied to it, so that deciding replaces it and nothing counts twice.
    """
    student = lock_student(student)
    school = _may_enter(student, actor)
    if not lines:
        raise DomainError(_("Enter at least one line."))
    if len(lines) > MOST_LINES:
        raise DomainError(
            _("This has %(lines)s lines, and one transcript takes %(most)s. Enter it in several parts.")
            % {"lines": len(lines), "most": MOST_LINES}
        )
    today = clock.today(student.district)
    for line in lines:
        for field, why in problems(line, today):
            raise DomainError(f"{line.course_title}: {sentence(why)}", field=field)
    prints = [line.fingerprint for line in lines]
    there = {
        one.fingerprint: one
        for one in TransferLine.objects.filter(student=student, fingerprint__in=prints).exclude(
            state=TransferState.WITHDRAWN
        )
    }
    # The first of equal ones stays as it was typed.
    new = list({line.fingerprint: line for line in reversed(lines) if line.fingerprint not in there}.values())[::-1]
    known = tuple(there[one] for one in dict.fromkeys(prints) if one in there)
    if not new:
        return Entered(None, (), known)
    transcript = _transcript(student, school, source, actor)
    imported = _imported(student)
    rows = [
        _row(transcript, line, place, source.unit, imported.get(line.fingerprint)) for place, line in enumerate(new, 1)
    ]
    made = tuple(TransferLine.objects.bulk_create(rows))
    told = TransferEntered(lines=len(made))
    audit.record(told, actor=actor, district=student.district, target=transcript, student=student)
    return Entered(transcript, made, known)


@transaction.atomic
def adopt_history(entry: LedgerEntry, *, sending: Sending, actor: User) -> TransferLine:
    """Bring a line of another school that is on the record already to a decision; asked twice, it is one line.

    Where the same line was typed and decided before, the imported one comes off the record: it would count twice.
    """
    student = lock_student(entry.student)
    school = _may_enter(student, actor)
    entry = LedgerEntry.objects.select_related("student__district").get(pk=entry.pk)
    if (made := TransferLine.objects.filter(history_entry=entry).first()) is not None:
        return made
    if entry.kind != EntryKind.TRANSFER or hasattr(entry, "reversal") or entry.transfer_postings.exists():
        raise DomainError(_("This is not a line of another school that stands. Open the course history to see it."))
    details = _details(entry)
    same = TransferLine.objects.filter(student=student, fingerprint=details.fingerprint, history_entry=None)
    line = same.exclude(state=TransferState.WITHDRAWN).select_for_update(of=["self"]).first()
    if line is not None:
        line.history_entry = entry
        line.save(update_fields=["history_entry"])
        if stories([line])[line.pk].standing is not None:
            reason = _("The same line was decided as credit from another school")
            reverse_entry(entry, reason=reason, actor=actor, source=REGISTRAR)
    else:
        source = SourceDetails(entry.school_name or "–", "", sending, GivenUnit.CREDIT, _("Imported course history"))
        transcript = _transcript(student, school, source, actor)
        line = _row(transcript, details, 1, GivenUnit.CREDIT, entry)
        line.save()
    told = TransferAdopted(entry=str(entry.public_id))
    audit.record(told, actor=actor, district=student.district, target=line, student=student)
    return line


@transaction.atomic
def withdraw_line(line: TransferLine, *, reason: str, actor: User) -> TransferLine:
    """Take a line that was typed in error off the list, before anything is decided. What an import wrote stays."""
    lock_student(line.student)
    line = TransferLine.objects.select_for_update(of=["self"]).select_related("student", "school").get(pk=line.pk)
    _may_enter(line.student, actor, line.school)
    if isinstance(state := TRANSFER.after("withdraw", line.state), Already):
        return line
    if line.decisions.exists():
        raise DomainError(_("Something was decided about this line. Decide it anew instead."))
    if not says_something(reason):
        raise DomainError(_("Say why, for whoever looks at it later."), field="reason")
    line.state, line.history_entry, line.withdrawn_reason = state, None, reason.strip()
    line.save(update_fields=["state", "history_entry", "withdrawn_reason"])
    told = TransferWithdrawn(reason=line.withdrawn_reason)
    audit.record(told, actor=actor, district=line.district, target=line, student=line.student)
    return line


# --- What they share --------------------------------------------------------------------------------------------------


def lock_student(student: Student) -> Student:
    """The student's row is what two people who decide about one record have in common."""
    return (
        Student.objects.select_for_update(no_key=True, of=["self"])
        .select_related("district", "school", "person__user")
        .get(pk=student.pk)
    )


def _may_enter(student: Student, actor: User, school: School | None = None) -> School:
    school = school or student.school
    verdict = access.may_decide_transfer(actor, student, school, ruling_for(student).terms)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    assert school is not None  # ``may_decide_transfer`` asks for one
    return school


def _transcript(student: Student, school: School, source: SourceDetails, actor: User) -> TransferTranscript:
    return TransferTranscript.objects.create(
        district=student.district,
        student=student,
        school=school,
        from_school=source.from_school,
        from_place=source.from_place,
        sending=source.sending,
        document=source.document,
        entered_by=actor,
        entered_at=clock.now(),
    )


def _row(
    transcript: TransferTranscript, line: LineDetails, place: int, unit: GivenUnit, imported: LedgerEntry | None
) -> TransferLine:
    return TransferLine(
        transcript=transcript,
        district=transcript.district,
        student=transcript.student,
        school=transcript.school,
        position=place,
        course_title=line.course_title,
        course_code=line.course_code,
        school_year=line.school_year,
        term=line.term,
        starts_on=line.starts_on,
        ends_on=line.ends_on,
        grade=line.grade,
        unit=unit,
        given_attempted=line.attempted,
        given_earned=line.earned,
        mark=line.mark,
        is_mastery=line.is_mastery,
        attended=line.attended,
        of_days=line.of_days,
        history_entry=imported,
        fingerprint=line.fingerprint,
    )


def _imported(student: Student) -> dict[str, LedgerEntry]:
    """Lines of other schools on the record that nobody has decided about, by the fingerprint they would have."""
    entries = LedgerEntry.objects.effective().filter(
        student=student, kind=EntryKind.TRANSFER, transfer_line=None, transfer_postings=None
    )
    return {_details(entry).fingerprint: entry for entry in entries.order_by("pk")}


def _details(entry: LedgerEntry) -> LineDetails:
    """A line of our record as its school would have written it."""
    return LineDetails(
        course_title=entry.course_title,
        school_year=entry.school_year,
        attempted=entry.credits_attempted,
        earned=entry.credits_earned,
        course_code=entry.course_code,
        term=entry.term,
        ends_on=entry.earned_on,
        grade=entry.grade,
        mark=entry.mark,
    )

"""Decide about lines of another school's transcript, confirm, put parts together; what stands enters the ledger.

A decision is inserted once. What it changes on the record is a reversal and a new line, never an edit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crediting import access, notices
from crediting.actions.history import REGISTRAR
from crediting.actions.ledger import reverse_entry
from crediting.actions.transfer import lock_student
from crediting.models import (
    ConsolidatedPart,
    LedgerEntry,
    TransferConfirmation,
    TransferDecision,
    TransferLine,
    TransferPosting,
)
from crediting.queries.marks import marks_of
from crediting.queries.transfer import (
    Parts,
    Scales,
    Story,
    Weighed,
    is_as_proposed,
    part_of,
    parts_of,
    scales_for,
    stories,
)
from crediting.rules.credits import CollegeUnit, printed
from crediting.rules.history import term_of
from crediting.rules.numbers import credits_text
from crediting.rules.transfer import Choice, Days, Part, consolidated, needs_second, problems
from crediting.states import TRANSFER, EntryKind, GivenUnit, Recognition, SubjectArea, TransferState
from crediting.verbs.procedures import (
    TransferConfirmed,
    TransferConsolidated,
    TransferDecided,
    TransferSentBack,
)
from crediting.words import sentence
from mbl.core import audit, clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import User
from mbl.core.transitions import Already
from mbl.core.words import says_something
from profiles.access import person_in
from profiles.models import Course, Student

# What the ledger says of a line that was decided here.
SOURCE = "transfer"
_HOURS = {GivenUnit.COLLEGE_QUARTER: CollegeUnit.QUARTER, GivenUnit.COLLEGE_SEMESTER: CollegeUnit.SEMESTER}


class DecidedInBetween(DomainError):
    """Somebody else was first; the sentence says who (409)."""

    status = 409


@dataclass(frozen=True)
class Verdict:
    """What a person decides about a line. ``course`` or ``subject`` is what it counts for; ``mark`` what prints."""

    kind: Recognition
    reason: str
    course: Course | None = None
    subject: str = ""
    credits: Decimal = Decimal(0)
    mark: str = ""


@dataclass(frozen=True)
class Unfinished:
    """Work left unfinished at the student's own school: the row, what was completed of it, and by which days."""

    part: LedgerEntry
    exact: Fraction
    days: Days | None = None

    @property
    def as_part(self) -> Part:
        return Part(printed(self.exact), self.exact)


# --- Deciding ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def decide_line(line: TransferLine, *, verdict: Verdict, seen: str, actor: User) -> TransferDecision:
    """Decide, or decide anew. ``seen`` is the public id of the newest decision the person had on the page, or nothing:
    the same press twice is one decision, and what somebody else has decided in between is not overwritten."""
    student = lock_student(line.student)
    line = _locked(line)
    weighing = scales_for(student, [line])
    story = weighing.stories[line.pk]
    if (newest := story.newest) is not None and str(newest.public_id) != seen:
        if newest.decided_by_id == actor.pk and _says_the_same(newest, verdict):
            return newest
        raise DecidedInBetween(
            _("%(person)s has decided this in the meantime. Nothing was changed by you. Open the line again.")
            % {"person": newest.decided_by_person}
        )
    made = _decide(line, weighing, verdict, actor)
    _tell(made, weighing)
    return made


@transaction.atomic
def recognize_as_proposed(lines: Sequence[TransferLine], *, reason: str, actor: User) -> list[TransferDecision]:
    """Recognize whole lines of one student with one press, each as the rules propose it now; others are left alone."""
    if not lines:
        raise DomainError(_("No line can be recognized as it stands. Open each one."))
    student = lock_student(lines[0].student)
    made: list[TransferDecision] = []
    for one in sorted(lines, key=lambda line: line.pk):
        line = _locked(one)
        # Read anew for each: the credit of the one before counts for the next.
        weighing = scales_for(student, [line])
        weighed = weighing.weigh(line)
        if is_as_proposed(weighed) and _mark_problem(line, weighed.proposed.mark, weighed.proposed.credits) is None:
            verdict = Verdict(
                Recognition.WHOLE, reason, weighed.course, weighed.target.subject, mark=weighed.proposed.mark
            )
            made.append(_decide(line, weighing, verdict, actor))
    told = [one for one in made if not one.second]
    if told:
        notices.tell_transferred_together(told)
    for decision in made:
        if decision.second and weighing.ruling.terms is not None:
            notices.tell_confirmers(decision, weighing.ruling.terms.confirmed_by)
    return made


def _decide(line: TransferLine, weighing: Scales, verdict: Verdict, actor: User) -> TransferDecision:
    terms, version = weighing.ruling.terms, weighing.ruling.version
    allowed = access.may_decide_transfer(actor, line.student, line.school, terms)
    if isinstance(allowed, Denied):
        raise NotAllowed(allowed.reason)
    if line.state == TransferState.TO_CONFIRM:
        raise DomainError(_("A decision about this line waits for a second person. Confirm it or send it back first."))
    if not says_something(verdict.reason):
        raise DomainError(_("Say why. The student and the family read it."), field="reason")
    elective = verdict.kind == Recognition.ELECTIVE
    course = None if elective else verdict.course
    subject = str(SubjectArea.ELECTIVE) if elective else verdict.subject
    weighed = weighing.weigh(line, course=course, subject=subject)
    choice = Choice(verdict.kind, verdict.credits)
    for why in problems(choice, weighed.proposed):
        raise DomainError(sentence(why), field="credits" if verdict.kind == Recognition.PARTIAL else "kind")
    credits = printed(Fraction(choice.given(weighed.proposed)))
    if verdict.kind != Recognition.REFUSED and (why_not := _mark_problem(line, verdict.mark, credits)):
        raise DomainError(why_not, field="mark")
    story = weighing.stories[line.pk]
    second = needs_second(terms, choice, weighed.proposed)
    state = TRANSFER.after("propose" if second else "decide", line.state)
    decision = TransferDecision.objects.create(
        line=line,
        kind=verdict.kind,
        course=course,
        subject=weighed.target.subject,
        credits=credits,
        attempted=credits or weighed.proposed.attempted,
        exact=str(weighed.proposed.exact),
        mark=verdict.mark,
        reason=verdict.reason.strip(),
        policy_version=version,
        frozen_basis=_basis(weighing, weighed),
        second=second,
        decided_by=actor,
        decided_by_person=person_in(actor, line.district),
        decided_at=clock.now(),
        replaces=story.newest,
    )
    if not isinstance(state, Already):
        line.state = state
        line.save(update_fields=["state"])
    told = TransferDecided(kind=verdict.kind, credits=credits_text(credits), reason=decision.reason, second=second)
    audit.record(told, actor=actor, district=line.district, target=line, student=line.student)
    if not second:
        _put_on_record(decision, story, actor=actor)
    return decision


def _tell(decision: TransferDecision, weighing: Scales) -> None:
    if not decision.second:
        notices.tell_transferred(decision)
    elif weighing.ruling.terms is not None:
        notices.tell_confirmers(decision, weighing.ruling.terms.confirmed_by)


def _says_the_same(decision: TransferDecision, verdict: Verdict) -> bool:
    same_amount = verdict.kind != Recognition.PARTIAL or decision.credits == verdict.credits
    return decision.kind == verdict.kind and decision.reason == verdict.reason.strip() and same_amount


def _mark_problem(line: TransferLine, mark: str, credits: Decimal) -> str | None:
    """Why a mark cannot stand on our record; None where it can."""
    marks, day = marks_of(line.student.district), _ended_on(line)
    if mark and not marks.is_known(mark, day, is_transfer=True):
        return _(
            "The district's marks do not have “%(mark)s”. Choose the mark that says the same here; the line keeps "
            "the mark that it came with."
        ) % {"mark": mark}
    if credits and (not mark or marks.earns(mark, day) is False):
        return _("Credit needs a mark that gives credit, such as P. “%(mark)s” does not.") % {"mark": mark or "–"}
    return None


def _basis(weighing: Scales, weighed: Weighed) -> dict[str, object]:
    """What the page showed: the policy, every step, and what it counts for."""
    version, target = weighing.ruling.version, weighed.target
    return {
        "policy": {"id": str(version.public_id), "title": str(version), "sha256": version.sha256} if version else None,
        "target": {
            "course": target.course_code,
            "subject": target.subject,
            "worth": str(target.worth) if target.worth is not None else None,
            "standing": str(target.standing),
        },
        "proposed": {"kind": weighed.proposed.kind, "credits": str(weighed.proposed.credits)},
        "most": str(weighed.proposed.most),
        "criteria": [one.as_json() for one in weighed.proposed.criteria],
    }


# --- The second person ------------------------------------------------------------------------------------------------


@transaction.atomic
def confirm_decision(decision: TransferDecision, *, actor: User) -> TransferDecision:
    """Let a decision take effect. Pressed twice, or by two people, it is confirmed once."""
    decision, story = _pending(decision)
    if hasattr(decision, "confirmation"):
        if decision.confirmation.confirmed:
            return decision
        raise DecidedInBetween(_already_answered(decision))
    line = decision.line
    weighing = scales_for(line.student, [line])
    _may_confirm(decision, weighing, actor)
    # The record may have moved on since: what no longer fits is not confirmed.
    weighed = weighing.weigh(line, course=decision.course, subject=decision.subject)
    for why in problems(Choice(Recognition(decision.kind), decision.credits), weighed.proposed):
        raise DomainError(sentence(why))
    if decision.credits > weighed.proposed.most_as(Recognition(decision.kind)):
        raise DomainError(_("The record has changed since, and this no longer fits. Send it back to be decided anew."))
    _answer(decision, "confirm", confirmed=True, reason="", actor=actor)
    told = TransferConfirmed(kind=decision.kind, credits=credits_text(decision.credits))
    audit.record(told, actor=actor, district=line.district, target=line, student=line.student)
    _put_on_record(decision, story, actor=actor)
    notices.tell_transferred(decision)
    return decision


@transaction.atomic
def send_back(decision: TransferDecision, *, reason: str, actor: User) -> TransferDecision:
    """Do not confirm: the line waits for a decision again, and whoever decided reads why."""
    decision, _story = _pending(decision)
    if hasattr(decision, "confirmation"):
        if not decision.confirmation.confirmed and decision.confirmation.by_id == actor.pk:
            return decision
        raise DecidedInBetween(_already_answered(decision))
    _may_confirm(decision, scales_for(decision.line.student, [decision.line]), actor)
    if not says_something(reason):
        raise DomainError(_("Say what should be decided anew."), field="reason")
    _answer(decision, "send_back", confirmed=False, reason=reason.strip(), actor=actor)
    line = decision.line
    told = TransferSentBack(reason=reason.strip())
    audit.record(told, actor=actor, district=line.district, target=line, student=line.student)
    notices.tell_sent_back(decision, person=decision.confirmation.by_person, reason=reason.strip())
    return decision


def _pending(decision: TransferDecision) -> tuple[TransferDecision, Story]:
    student = lock_student(decision.line.student)
    line = _locked(decision.line)
    line.student = student
    story = stories([line])[line.pk]
    decision = next(one for one in story.decisions if one.pk == decision.pk)
    decision.line = line
    if not decision.second:
        raise DomainError(_("This decision took effect at once. Nobody has to confirm it."))
    return decision, story


def _already_answered(decision: TransferDecision) -> str:
    return _("%(person)s has answered this already. Nothing was changed by you.") % {
        "person": decision.confirmation.by_person
    }


def _may_confirm(decision: TransferDecision, weighing: Scales, actor: User) -> None:
    verdict = access.may_confirm_transfer(actor, decision, weighing.ruling.terms)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)


def _answer(decision: TransferDecision, verb: str, *, confirmed: bool, reason: str, actor: User) -> None:
    line = decision.line
    line.state = TRANSFER.moved(verb, line.state)
    line.save(update_fields=["state"])
    decision.confirmation = TransferConfirmation.objects.create(
        decision=decision,
        confirmed=confirmed,
        reason=reason,
        by=actor,
        by_person=person_in(actor, line.district),
        at=clock.now(),
    )


# --- Parts of one course ----------------------------------------------------------------------------------------------


@transaction.atomic
def consolidate_parts(
    student: Student,
    course: Course,
    *,
    mark: str,
    reason: str,
    days: Mapping[int, Days] | None = None,
    actor: User,
) -> LedgerEntry | None:
    """Put the parts of one course into one line of the record: their sum, rounded once, never above what the course is
    worth. None where there is nothing to put together, as after a second press.

    ``days``, by the primary key of a row that the student's own school left without credit: how much of its term was
    attended. Such a row is taken back like every part; what it said stays in the history.
    """
    student = lock_student(student)
    weighing = scales_for(student, [])
    allowed = access.may_decide_transfer(actor, student, student.school, weighing.ruling.terms)
    if isinstance(allowed, Denied):
        raise NotAllowed(allowed.reason)
    found = next((one for one in parts_of(weighing) if one.course.pk == course.pk), None)
    if found is None:
        return None
    if not says_something(reason):
        raise DomainError(_("Say why. The student and the family read it."), field="reason")
    if mark not in {*found.marks, "P"}:
        raise DomainError(_("Choose one of the marks that the parts carry, or P."), field="mark")
    own = _unfinished(found, days or {})
    reversed_ = [
        reverse_entry(one.entry, reason=reason.strip(), actor=actor, source=REGISTRAR if one.is_unfinished else SOURCE)
        for one in found.entries
    ]
    lines = TransferLine.objects.select_related("transcript", "student__district").in_bulk(
        [decision.line_id for decision in found.decisions]
    )
    for decision in found.decisions:
        decision.line = lines[decision.line_id]
    entry = _post(
        found.decisions,
        own=own,
        mark=mark,
        worth=found.room,
        reason=reason.strip(),
        actor=actor,
        replaces=reversed_[0].reverses,
    )
    told = TransferConsolidated(
        parts=len(found.entries), credits=credits_text(entry.credits_earned), mark=mark, reason=reason.strip()
    )
    audit.record(told, actor=actor, district=student.district, target=entry, student=student)
    return entry


def _unfinished(parts: Parts, days: Mapping[int, Days]) -> list[Unfinished]:
    """What was completed of the work left unfinished at the student's own school; a refusal where nobody can tell."""
    found = []
    for one in parts.entries:
        found += [_as_it_was(part) for part in one.unfinished]
        if not one.is_unfinished:
            continue
        if one.entry.credits_earned:
            found.append(Unfinished(one.entry, Fraction(one.entry.credits_earned)))
            continue
        measured = days.get(one.entry.pk)
        if measured is None or not 0 < measured.attended <= measured.of_days:
            raise DomainError(
                _("Say how many days of %(term)s the student attended, and how many it has.") % {"term": one.entry.term}
            )
        found.append(Unfinished(one.entry, measured.of(one.entry.credits_attempted), measured))
    return found


def _as_it_was(part: ConsolidatedPart) -> Unfinished:
    measured = Days(part.attended, part.of_days) if part.attended and part.of_days else None
    return Unfinished(part.part, Fraction(part.exact), measured)


# --- The record -------------------------------------------------------------------------------------------------------


def _put_on_record(decision: TransferDecision, story: Story, *, actor: User) -> None:
    """Take off what stood for the line, an imported row included, and put what was decided in its place."""
    line = decision.line
    replaced = _take_off(line, story, decision.reason, actor)
    if decision.kind != Recognition.REFUSED:
        _post([decision], mark=decision.mark, worth=None, reason=decision.reason, actor=actor, replaces=replaced)


def _take_off(line: TransferLine, story: Story, reason: str, actor: User) -> LedgerEntry | None:
    """Reverse what stands for the line; parts of other lines that stood in one sum with it stand again without it."""
    standing = LedgerEntry.objects.effective().filter(transfer_postings__decision__in=story.decisions)
    entries = list(standing.distinct().order_by("pk"))
    imported = line.history_entry
    if imported is not None and not LedgerEntry.objects.filter(reverses=imported).exists():
        entries.append(imported)
    for entry in entries:
        reverse_entry(entry, reason=reason, actor=actor, source=SOURCE if entry.source == SOURCE else REGISTRAR)
        others = list(
            TransferDecision.objects.filter(postings__entry=entry)
            .exclude(line=line)
            .select_related("line__transcript", "line__student__district", "course__terms")
            .order_by("decided_at", "pk")
        )
        own = [_as_it_was(part) for part in entry.consolidated_parts.select_related("part__course__terms")]
        if others or own:
            course = others[0].course if others else own[0].part.course
            worth = course.terms.credits if course is not None else None
            _post(others, own=own, mark=entry.mark, worth=worth, reason=reason, actor=actor, replaces=None)
    return entries[0] if entries else None


def _post(
    decisions: Sequence[TransferDecision],
    *,
    own: Sequence[Unfinished] = (),
    mark: str,
    worth: Decimal | None,
    reason: str,
    actor: User,
    replaces: LedgerEntry | None,
) -> LedgerEntry:
    """One line of the record for one decision, or for several parts of one course, ``own`` unfinished ones included."""
    alone = decisions[0] if len(decisions) == 1 and not own else None
    parts = [*(part_of(one) for one in decisions), *(one.as_part for one in own)]
    credits = alone.credits if alone else consolidated(parts, worth)
    schools = dict.fromkeys(
        [*(one.line.transcript.from_school for one in decisions), *(one.part.school_name for one in own)]
    )
    facts = _of_newest(decisions, alone, credits) if decisions else _of_own(own)
    ended = facts["earned_on"]
    student = decisions[0].line.student if decisions else own[0].part.student
    entry = LedgerEntry.objects.create(
        school_name="; ".join(schools)[:200],
        mark=mark,
        is_numeric=marks_of(student.district).has_points(mark, ended),
        credits_attempted=alone.attempted if alone else credits,
        credits_earned=credits,
        replaces=replaces,
        reason=reason,
        source=SOURCE,
        created_by=actor,
        **facts,
    )
    TransferPosting.objects.bulk_create(TransferPosting(decision=one, entry=entry) for one in decisions)
    ConsolidatedPart.objects.bulk_create(
        ConsolidatedPart(
            entry=entry,
            part=one.part,
            exact=str(one.exact),
            attended=one.days.attended if one.days else None,
            of_days=one.days.of_days if one.days else None,
        )
        for one in own
    )
    return entry


def _of_newest(
    decisions: Sequence[TransferDecision], alone: TransferDecision | None, credits: Decimal
) -> dict[str, Any]:
    """What a line of other schools' credit says beside its amount: as the newest of its parts."""
    newest = max(decisions, key=lambda one: (_ended_on(one.line), one.pk))
    line, course = newest.line, newest.course
    term = term_of(line.term, line.school_year)
    hours = _HOURS.get(GivenUnit(line.unit)) if alone and alone.credits == printed(part_of(alone).exact) else None
    return {
        "district_id": line.district_id,
        "student_id": line.student_id,
        "kind": EntryKind.TRANSFER,
        "course": course,
        "course_code": course.code if course else line.course_code,
        "course_title": line.course_title,
        "subject": newest.subject,
        "state_course_code": course.terms.state_course_code if course else "",
        "school_year": line.school_year,
        "term": term.name or f"{line.school_year - 1}-{line.school_year % 100:02d}",
        "term_order": term.order,
        "grade": line.grade,
        "college_hours": line.given_earned if hours and credits else None,
        "college_unit": hours if hours and credits else "",
        "earned_on": _ended_on(line),
    }


def _of_own(own: Sequence[Unfinished]) -> dict[str, Any]:
    """The same where every part is of the student's own school."""
    newest = max((one.part for one in own), key=lambda part: (part.earned_on, part.pk))
    return {
        "district_id": newest.district_id,
        "student_id": newest.student_id,
        "kind": EntryKind.COURSE,
        "course_id": newest.course_id,
        "course_code": newest.course_code,
        "course_title": newest.course_title,
        "subject": newest.subject,
        "state_course_code": newest.state_course_code,
        "school_id": newest.school_id,
        "school_year": newest.school_year,
        "term": newest.term,
        "term_order": newest.term_order,
        "grade": newest.grade,
        "earned_on": newest.earned_on,
    }


def _ended_on(line: TransferLine) -> dt.date:
    return line.ends_on or term_of(line.term, line.school_year).ends_on


def _locked(line: TransferLine) -> TransferLine:
    return (
        TransferLine.objects.select_for_update(of=["self"])
        .select_related(
            "transcript",
            "district",
            "student__person__user",
            "student__district",
            "student__school",
            "school__district",
            "history_entry",
        )
        .get(pk=line.pk)
    )

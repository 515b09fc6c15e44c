"""List the awards that results on file would earn; a person confirms them, one or all at once, or sets them aside.

A confirmation is decided anew under the students' locks by the same rules as a request, never from what was listed.
What a statute demands is listed with or without a policy, cannot be set aside, and only its course is open (R26).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from crediting import access, notices
from crediting.actions.awards import Award, lock_students, write_awards
from crediting.models import (
    AwardProposal,
    CreditRequest,
    Decision,
    LedgerEntry,
    ProposalRun,
    RequestStandard,
    ScoreRecord,
)
from crediting.queries.decisions import Deliberation, decided_by
from crediting.queries.facts import COURSE_ROWS
from crediting.queries.proposing import Found, FoundDuty, Looking, asked_by
from crediting.rules.proposing import digest
from crediting.states import AWARD_PROPOSAL, AwardChoice, AwardProposalState, RequestState
from crediting.verbs.decisions import AwardSetAside, AwardsProposed
from crediting.words import sentence
from mbl.core import audit, clock
from mbl.core.decisions import Denied, Verdict
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.jobs import enqueue
from mbl.core.models import District, Job, User
from mbl.core.transitions import Already
from mbl.core.words import says_something, visible
from profiles.access import person_in
from profiles.models import Course, School, Student

LOOK, CONFIRM = "crediting.look_for_awards", "crediting.confirm_awards"
AT_ONCE = 500
# What is not listed again while the facts are the same.
LOOKED_AT = (
    AwardProposalState.OPEN,
    AwardProposalState.DISMISSED,
    AwardProposalState.DECLINED,
    AwardProposalState.REVERSED,
)

Step = Callable[[int, int], None]
T = TypeVar("T")


# --- Listing --------------------------------------------------------------------------------------------------------


def look_later(district: District, *, school: School | None = None, actor: User | None = None) -> Job:
    """Look through a school, or the whole district, as a job; asked twice, it is one look."""
    place = school or district
    return enqueue(
        LOOK,
        owner=actor,
        district=district,
        label=_("Awards that results on file would earn: %(place)s") % {"place": place},
        params={"school": str(school.public_id) if school else ""},
        dedupe_key=f"{LOOK}:{district.pk}:{school.pk if school else ''}",
    )


def look_through(
    district: District, *, school: School | None = None, actor: User | None = None, step: Step | None = None
) -> ProposalRun:
    """List what the policy in force would give, and what a statute demands. What no longer holds goes off the list.

    Looking again lists nothing twice, and nothing that somebody dismissed while the facts are the same.
    """
    run = ProposalRun.objects.create(district=district, school=school, asked_by=actor, began_at=clock.now())
    looking = Looking(district)
    students = list(_with_something_on_file(district, school))
    done = 0
    for some in _batches(students):
        with transaction.atomic():
            _list(run, looking, some)
        done += len(some)
        if step:
            step(done, len(students))
    run.students, run.ended_at = len(students), clock.now()
    with transaction.atomic():
        run.save(update_fields=["students", "listed", "expired", "ended_at"])
        if run.listed or run.expired:
            told = AwardsProposed(place=str(school or district), listed=run.listed, expired=run.expired)
            audit.record(told, actor=actor, district=district, target=run)
    return run


def _with_something_on_file(district: District, school: School | None) -> Iterator[Student]:
    scores = ScoreRecord.objects.filter(student=OuterRef("pk"))
    finished = LedgerEntry.objects.filter(student=OuterRef("pk"), kind__in=COURSE_ROWS, credits_earned__gt=0)
    # What was listed may rest on a result that is gone.
    open_ones = AwardProposal.objects.filter(student=OuterRef("pk"), state=AwardProposalState.OPEN)
    students = Student.objects.filter(Exists(scores) | Exists(finished) | Exists(open_ones), district=district)
    if school is not None:
        students = students.filter(Q(school=school) | Q(school=None, enrollments__school=school)).distinct()
    return students.select_related("person", "school", "district").order_by("pk").iterator()


def _list(run: ProposalRun, looking: Looking, students: Sequence[Student]) -> None:
    lock_students(student.pk for student in students)
    found = [_proposal(run, one) for one in looking.found(students)]
    found += [_owed(run, one, looking) for one in looking.duties(students)]
    known = defaultdict(list)
    listed = AwardProposal.objects.filter(
        student__in=students,
        state__in=LOOKED_AT,
    )
    listed = listed.select_related("district").select_for_update(of=["self"])
    for row in listed.order_by("pk"):
        known[_key(row)].append(row)
    asking = set(
        CreditRequest.objects.filter(student__in=students, state__in=[RequestState.DRAFT, *access.OPEN]).values_list(
            "student_id", "course_id"
        )
    )
    wanted = {_key(one): one for one in found if one.is_owed or (one.student_id, one.course_id) not in asking}
    gone = [
        row
        for key, rows in known.items()
        for row in rows
        if row.state == AwardProposalState.OPEN and not (key in wanted and _says_the_same(row, wanted[key]))
    ]
    late = [row for row in gone if row.is_past_choosing and not row.is_chosen]
    _expire(late, _("Nobody chose by the last day."))
    _expire([row for row in gone if row not in late], "")
    new = [
        _without_late_choice(one)
        for key, one in wanted.items()
        if not _is_too_late(one) and not any(_says_the_same(row, one) for row in known[key])
    ]
    AwardProposal.objects.bulk_create(new)
    notices.tell_to_choose([one for one in new if one.choice])
    run.listed += len(new)
    run.expired += len(gone)


def _key(row: AwardProposal) -> tuple[int, int | None, str]:
    return (row.student_id, None, row.evidence) if row.is_owed else (row.student_id, row.course_id, "")


def _says_the_same(listed: AwardProposal, found: AwardProposal) -> bool:
    """What was chosen in time stays chosen; after the last day nothing waits for a choice any more."""
    if listed.facts_hash != found.facts_hash:
        return False
    if listed.is_chosen or listed.state != AwardProposalState.OPEN:
        return True
    return not _is_too_late(found) and listed.choice == _without_late_choice(found).choice


def _is_too_late(found: AwardProposal) -> bool:
    """Whether the day to choose has passed, and the policy names no mark for whoever has not chosen."""
    return found.is_past_choosing and not found.default_mark


def _without_late_choice(found: AwardProposal) -> AwardProposal:
    """The policy's own mark stands after the last day to choose."""
    if found.is_past_choosing:
        found.choice, found.choose_by = "", None
    return found


def _proposal(run: ProposalRun, found: Found) -> AwardProposal:
    asked, said = found.asked, found.deliberation
    return AwardProposal(
        district=run.district,
        run=run,
        student=asked.student,
        school=asked.school,
        course=asked.course,
        subject=asked.course.terms.subject,
        method=asked.method,
        purpose=asked.purpose,
        language=asked.language,
        policy_version=said.version,
        rule_code=said.outcome.rule_code,
        demonstrated_on=asked.on,
        credits=said.outcome.credits,
        mark=said.outcome.mark,
        facts_hash=found.facts_hash,
        choice=found.choice,
        choose_by=found.choose_by,
    )


def _owed(run: ProposalRun, found: FoundDuty, looking: Looking) -> AwardProposal:
    """A duty with its course where only one fits; the decider chooses where several do."""
    result, duty = found.owed.result, found.owed.duty
    only = looking.courses[found.courses[0]] if len(found.courses) == 1 else None
    return AwardProposal(
        district=run.district,
        run=run,
        student=found.student,
        school=found.school,
        course=only,
        subject=found.owed.subject,
        purpose="either",
        language=result.language,
        rule_code=duty.code,
        demonstrated_on=result.taken_on,
        credits=duty.least,
        facts_hash=digest(duty.citation, result, found.programs),
        duty=duty.citation,
        evidence=result.evidence_id,
    )


def _expire(rows: Sequence[AwardProposal], reason: str, *, actor: User | None = None) -> None:
    for row in rows:
        row.state, row.reason = AWARD_PROPOSAL.moved("expire", row.state), reason
        row.closed_by, row.closed_at = actor, clock.now()
    AwardProposal.objects.bulk_update(rows, ["state", "reason", "closed_by", "closed_at"])


# --- Confirming -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Problem:
    """A proposal that was not confirmed, and why."""

    proposal: AwardProposal
    sentence: str


@dataclass
class Confirmed:
    """What one press did: the awards, those of an earlier press included, and what could not be done."""

    decisions: list[Decision] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def confirm_later(proposals: Iterable[AwardProposal], *, reason: str, district: District, actor: User) -> Job:
    """Confirm many as a job; the same press twice is one job."""
    reason = _given(reason)
    ids = sorted(str(one.public_id) for one in proposals)
    return enqueue(
        CONFIRM,
        owner=actor,
        district=district,
        label=_("Confirming proposed awards"),
        params={"proposals": ids, "reason": reason},
        dedupe_key=f"{CONFIRM}:{actor.pk}:{digest(ids)}",
        total=len(ids),
    )


def confirm_proposals(
    proposals: Iterable[AwardProposal],
    *,
    reason: str,
    actor: User,
    course: Course | None = None,
    step: Step | None = None,
) -> Confirmed:
    """Award each by what holds now. One that cannot be awarded is told and stops no other; two people get one answer.

    ``course``: for a duty that several courses would discharge. The proposals are of one district.
    """
    reason = _given(reason)
    wanted = list(proposals)
    answer = Confirmed()
    if not wanted:
        return answer
    looking = Looking(wanted[0].district, actor=actor)
    done = 0
    for some in _waves(wanted):
        with transaction.atomic():
            _confirm(some, looking, answer, reason=reason, actor=actor, course=course)
        done += len(some)
        if step:
            step(done, len(wanted))
    return answer


def _waves(proposals: Sequence[AwardProposal]) -> Iterator[Sequence[AwardProposal]]:
    """Some hundreds at a time, and one of each student: the next one sees what the first has awarded."""
    by_student = defaultdict(list)
    for one in proposals:
        by_student[one.student_id].append(one)
    for place in range(max(map(len, by_student.values()))):
        yield from _batches([rows[place] for rows in by_student.values() if place < len(rows)])


def _batches(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[first : first + AT_ONCE] for first in range(0, len(rows), AT_ONCE))


def _confirm(
    proposals: Sequence[AwardProposal],
    looking: Looking,
    answer: Confirmed,
    *,
    reason: str,
    actor: User,
    course: Course | None,
) -> None:
    lock_students(one.student_id for one in proposals)
    locked = (
        AwardProposal.objects.select_for_update(of=["self"])
        .filter(pk__in=[one.pk for one in proposals])
        .select_related("student__person__user", "student__district", "school", "course__terms", "decision", "district")
        .order_by("pk")
    )
    ready: list[AwardProposal] = []
    for row in locked:
        if row.state == AwardProposalState.CONFIRMED and row.decision is not None:
            answer.decisions.append(row.decision)
        elif problem := why_not_open(row) or _not_chosen(row):
            answer.problems.append(Problem(row, problem))
        else:
            ready.append(row)
    pairs = [*_policy_awards(ready, looking, actor, answer), *_owed_awards(ready, looking, actor, course, answer)]
    _write([said.request for row, said in pairs if not row.is_owed], [said for row, said in pairs if not row.is_owed])
    made = write_awards([Award(said) for _row, said in pairs], reason=reason, actor=actor)
    _close(pairs, made, actor)
    answer.decisions += made


def _close(pairs: Sequence[tuple[AwardProposal, Deliberation]], made: Sequence[Decision], actor: User) -> None:
    """Each names its decision, the only one that its student was given here, and says what was awarded."""
    changed = []
    for row, said in pairs:
        AWARD_PROPOSAL.moved("confirm", row.state)
        awarded = (said.request.course, said.outcome.credits, said.outcome.mark)
        if (row.course, row.credits, row.mark) != awarded:
            row.course, row.credits, row.mark = awarded
            changed.append(row)
    AwardProposal.objects.bulk_update(changed, ["course", "credits", "mark"])
    own = Decision.objects.filter(pk__in=[one.pk for one in made], student=OuterRef("student"))
    AwardProposal.objects.filter(pk__in=[row.pk for row, _said in pairs]).update(
        state=AwardProposalState.CONFIRMED,
        decision=Subquery(own.values("pk")[:1]),
        closed_by=actor,
        closed_at=clock.now(),
    )


def _write(requests: Sequence[CreditRequest], said: Sequence[Deliberation]) -> None:
    """The requests that nobody had written, closed as awarded, with the standards they name."""
    now = clock.now()
    for request in requests:
        request.pk = None
        request.state, request.closed_at = RequestState.AWARDED, now
    CreditRequest.objects.bulk_create(requests)
    RequestStandard.objects.bulk_create(
        RequestStandard(request=one.request, standard=standard, position=place)
        for one in said
        for place, standard in enumerate(one.gathered.standards)
    )


def _policy_awards(
    rows: Sequence[AwardProposal], looking: Looking, actor: User, answer: Confirmed
) -> Iterator[tuple[AwardProposal, Deliberation]]:
    by_policy = [row for row in rows if not row.is_owed and row.course is not None]
    asked = [asked_by(row) for row in by_policy]
    deciding = _Deciding(looking, actor)
    stale: list[AwardProposal] = []
    for row, preview in zip(by_policy, looking.decided(asked), strict=True):
        said = deciding.by(preview)
        verdict = access.may_decide(actor, said.request, said.approval, said.assessors)
        if isinstance(verdict, Denied):
            answer.problems.append(Problem(row, verdict.reason))
        elif not said.outcome.is_award or said.statute or not _is_as_listed(row, said):
            row.reason = _changed(said)
            stale.append(row)
            answer.problems.append(Problem(row, row.reason))
        elif not looking.has_scale(said):
            answer.problems.append(Problem(row, _("The scale that the policy names is not set up.")))
        else:
            yield row, said
    for row in stale:
        _expire([row], row.reason, actor=actor)


def _is_as_listed(row: AwardProposal, said: Deliberation) -> bool:
    """What the person who confirms has seen is what is written."""
    outcome = said.outcome
    return (row.chosen_credits or row.credits, row.rule_code, row.chosen_mark or row.mark) == (
        outcome.credits,
        outcome.rule_code,
        outcome.mark,
    )


def _changed(said: Deliberation) -> str:
    reasons = " ".join(sentence(why) for why in said.outcome.reasons)
    return _("This has changed since it was listed. Now: %(reasons)s") % {"reasons": reasons}


def _owed_awards(
    rows: Sequence[AwardProposal], looking: Looking, actor: User, course: Course | None, answer: Confirmed
) -> Iterator[tuple[AwardProposal, Deliberation]]:
    deciding = _Deciding(looking, actor)
    for row in rows:
        if not row.is_owed:
            continue
        if isinstance(verdict := _may_answer(actor, row), Denied):
            answer.problems.append(Problem(row, verdict.reason))
            continue
        chosen = course or row.course
        if chosen is None or chosen.code not in looking.fitting(row.subject):
            answer.problems.append(Problem(row, _("Open it and choose the course in which the credit is awarded.")))
            continue
        said = _best(row, deciding, looking.decided(looking.ways(row, row.student, looking.courses[chosen.code])))
        if said is None:
            row.reason = _("The credit that the statute demands has been awarded already, or its result is gone.")
            _expire([row], row.reason, actor=actor)
            answer.problems.append(Problem(row, row.reason))
        else:
            yield row, said


def _may_answer(actor: User, row: AwardProposal) -> Verdict:
    return access.decides_at(actor, row.school) and access.is_impartial(actor, row.student)


def _best(row: AwardProposal, deciding: _Deciding, ways: Sequence[Deliberation]) -> Deliberation | None:
    """The statute's least, or the policy's way that gives most where that is more."""
    owed = []
    for way in ways:
        # Each result is owed by itself: only the one that the row names counts here.
        results = tuple(one for one in way.facts.results if one.evidence_id == row.evidence)
        said = deciding.by(replace(way, facts=replace(way.facts, results=results)))
        if said.statute:
            owed.append(said)
    return max(owed, key=lambda said: said.outcome.credits, default=None)


class _Deciding:
    """The person who decides, with their roles at each school."""

    def __init__(self, looking: Looking, actor: User) -> None:
        self._person = person_in(actor, looking.district)
        self._actor = actor

    def by(self, said: Deliberation) -> Deliberation:
        return decided_by(said, self._person, access.roles_at(self._actor, said.request.school))


def why_not_open(row: AwardProposal) -> str:
    """Why nothing can be done with it any more, in words; empty where something can."""
    if row.state == AwardProposalState.DISMISSED:
        return _("%(person)s set this aside: %(reason)s") % {"person": row.closed_by, "reason": row.reason}
    if row.state == AwardProposalState.DECLINED:
        return _("The student does not want this credit.")
    if row.state == AwardProposalState.REVERSED:
        return _("%(person)s took this award back: %(reason)s") % {"person": row.closed_by, "reason": row.reason}
    if row.state == AwardProposalState.STALE:
        return row.reason or _("This has changed since it was listed. Look again.")
    return ""


def _not_chosen(row: AwardProposal) -> str:
    if not row.waits_for_student:
        return ""
    if row.choice == AwardChoice.MARK:
        return _("The student has to choose the mark first.")
    if row.choice == AwardChoice.AMOUNT:
        return _("The student has to choose how much credit first.")
    return _("The student has to choose one of several courses first.")


# --- Setting aside ----------------------------------------------------------------------------------------------------


@transaction.atomic
def dismiss_proposal(proposal: AwardProposal, *, reason: str, actor: User) -> AwardProposal:
    """Set it aside, with a reason. What a statute demands cannot be (R26). A second call answers the first one."""
    row = lock_award_proposal(proposal)
    if isinstance(verdict := _may_answer(actor, row), Denied):
        raise NotAllowed(verdict.reason)
    if row.is_owed:
        raise DomainError(
            _("State law demands this award (%(statute)s). It cannot be set aside.") % {"statute": row.duty}
        )
    state = AWARD_PROPOSAL.after("dismiss", row.state)
    if isinstance(state, Already):
        return row
    row.state, row.reason = state, visible(_given(reason))
    row.closed_by, row.closed_at = actor, clock.now()
    row.save(update_fields=["state", "reason", "closed_by", "closed_at"])
    event = AwardSetAside(course=str(row.course), reason=row.reason)
    audit.record(event, actor=actor, district=row.district, target=row, student=row.student)
    return row


def take_back(decision: Decision, *, reason: str, actor: User, owed_still: bool) -> None:
    """The award of a proposal was reversed. It is listed again when what it rests on changes; what a statute demands
    at once where the award was wrong and the result is not (``owed_still``)."""
    row = AwardProposal.objects.select_for_update(of=["self"]).filter(decision=decision).first()
    if row is None or isinstance(state := AWARD_PROPOSAL.after("take_back", row.state), Already):
        return
    row.state, row.reason = state, reason
    row.closed_by, row.closed_at = actor, clock.now()
    if owed_still:
        row.facts_hash = ""
    row.save(update_fields=["state", "reason", "facts_hash", "closed_by", "closed_at"])


def lock_award_proposal(proposal: AwardProposal) -> AwardProposal:
    return (
        AwardProposal.objects.select_for_update(of=["self"])
        .select_related("district", "student__person__user", "student__school", "school", "course__terms", "closed_by")
        .get(pk=proposal.pk)
    )


def _given(reason: str) -> str:
    if not says_something(reason):
        raise DomainError(_("Say why. The student and the family read it."), field="reason")
    return reason.strip()

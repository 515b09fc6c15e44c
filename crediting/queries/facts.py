"""Gather what a decision may look at, the same way for one request and for a page of them, in a few trips."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import F, FilteredRelation, Prefetch, Q

from crediting.models import (
    ClassJudgement,
    ConfirmedFact,
    CourseStandard,
    CreditRequest,
    EvidenceUse,
    FrameworkAdoption,
    Judgement,
    LedgerEntry,
    NextHigherPair,
    RequestNote,
    RequestStandard,
    ScoreRecord,
    Standard,
)
from crediting.queries import confirmed
from crediting.queries.about_students import known_of
from crediting.queries.attestations import Word, as_facts, given
from crediting.queries.catalog import pairs_of
from crediting.queries.class_work import JUDGED, class_work, judged, judged_in_class, standing_with, until
from crediting.queries.proposals import approvals
from crediting.queries.rare import Rare, rare_among
from crediting.rules.facts import (
    AssessmentResult,
    ClaimedStandard,
    EarlierAttempt,
    EarlierAward,
    NextPair,
    Purpose,
    RequestFacts,
    Try,
)
from crediting.rules.ledger import is_summer, outcome_of
from crediting.states import AdoptionBody, ConfirmedKind, DecisionKind, EntryKind, NoteKind, RequestState
from mbl.core import clock

R = TypeVar("R", RequestStandard, Judgement, EvidenceUse, RequestNote)
COURSE_ROWS = (EntryKind.COURSE, EntryKind.TRANSFER, EntryKind.EQUIVALENCY)
# What is looked at of a line of the record, and of the decision that wrote it.
RECORDED = (
    "public_id",
    "student",
    "kind",
    "request",
    "course_code",
    "course_title",
    "subject",
    "school_year",
    "term",
    "mark",
    "credits_attempted",
    "credits_earned",
    "method",
    "earned_on",
    "course__code",
    "decision__rule_code",
    "decision__decided_at",
    "decision__frozen_basis",
    "decision__district__timezone",
)
# A request that was decided was a try; one that was withdrawn or returned was not.
WITHOUT_CREDIT = (DecisionKind.REQUIREMENT_MET, DecisionKind.EXCUSED, DecisionKind.WAIVED)
TRIED = (RequestState.AWARDED, RequestState.GRANTED, RequestState.NOT_AWARDED, RequestState.REVERSED)


@dataclass(frozen=True)
class Gathered:
    """The facts of one request beside the rows they came from, so that nothing is read twice."""

    facts: RequestFacts
    standards: tuple[Standard, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    in_class: tuple[ClassJudgement, ...] = ()
    uses: tuple[EvidenceUse, ...] = ()
    record: tuple[LedgerEntry, ...] = ()
    bodies: Mapping[int, str] = field(default_factory=dict)  # framework id -> adopted by
    confirmed: tuple[ConfirmedFact, ...] = ()
    attestations: tuple[Word, ...] = ()
    notes: tuple[RequestNote, ...] = ()  # oldest first
    has: frozenset[Rare] = frozenset()  # this request or another one gathered with it


def gather(
    requests: Iterable[CreditRequest],
    *,
    today: dt.date,
    named: Mapping[int, Sequence[Standard]] | None = None,
    to_freeze: bool = True,
) -> dict[int, Gathered]:
    """The facts of each request by its primary key. Nobody decides yet: see ``with_decider``.

    A request that was never sent is looked at as if it were sent ``today``. ``named``: the standards that requests
    which nobody has written yet would name. ``to_freeze``: with what a decision keeps and its page does not show, the
    standards of each piece of evidence.
    """
    rows = {request.pk: request for request in requests}
    students = {request.student_id for request in rows.values()}
    courses = {request.course_id for request in rows.values()}
    has = rare_among(rows, students, courses)
    claims = _by_request(
        RequestStandard.objects.filter(request__in=rows)
        .select_related("standard__framework")
        .only("request", *_standard_columns("standard__"))
        .order_by("position", "pk")
    )
    judgements = _by_request(
        Judgement.objects.filter(request__in=rows)
        .select_related("level", "assessor", "standard", "rule")
        .only("request", *JUDGED)
        .order_by("judged_at", "pk")
    )
    pieces = EvidenceUse.objects.filter(request__in=rows).select_related("evidence").order_by("pk")
    if to_freeze:
        pieces = pieces.prefetch_related(Prefetch("standards", Standard.objects.order_by("path", "pk")))
    uses = _by_request(pieces)
    known = known_of(students)
    words = given(rows) if Rare.ATTESTED in has else {}
    required = _required_standards(courses) if Rare.REQUIRED in has else {}
    pairs = _pairs(courses) if Rare.NEXT_COURSES in has else {}
    adoptions = _adoptions(rows.values())
    approved = approvals(rows) if Rare.PROPOSED in has else {}
    record, awards = _records(students)
    scores, decided = _scores(students) if Rare.SCORES in has else {}, _decided(students)
    notes = _by_request(RequestNote.objects.filter(request__in=rows).order_by("at", "pk"))
    said = confirmed.standing(rows) if Rare.CONFIRMED in has else {}
    asked_of = {
        request.pk: [
            *(named or {}).get(request.pk, ()),
            *(claim.standard for claim in claims[request.pk]),
            *required.get(request.course_id, ()),
        ]
        for request in rows.values()
    }
    asked_for = (one.pk for standards in asked_of.values() for one in standards)
    shown = class_work(students, asked_for) if Rare.CLASS_WORK in has else {}
    gathered = {}
    for request in rows.values():
        day = request.demonstrated_on or today
        bodies = {
            adoption.framework_id: adoption.body
            for adoption in adoptions[request.district_id]
            if _in_force(adoption, day)
        }
        its_judgements, its_uses, its_confirmed = judgements[request.pk], uses[request.pk], said.get(request.pk, [])
        asked = required.get(request.course_id, [])
        standards = list(dict.fromkeys(asked_of[request.pk]))
        sent = _sent_at(notes[request.pk], request)
        in_class = until(shown.get(request.student_id, ()), day, (standard.pk for standard in standards))
        facts = RequestFacts(
            course_code=request.course.code,
            course_credits=request.course.terms.credits,
            subject=request.course.terms.subject,
            school_code=request.school.code,
            graduation_year=request.student.graduation_year,
            method=request.method,
            kind=request.subtype,
            purpose=Purpose(request.purpose),
            demonstrated_on=request.demonstrated_on,
            claims=tuple(_claim(standard, bodies, is_required=standard in asked) for standard in standards),
            judgements=(*map(judged, its_judgements), *map(judged_in_class, in_class)),
            results=(*results_of(request), *scores.get(request.student_id, ())),
            record=tuple(_attempt(entry) for entry in record[request.student_id]),
            awards=tuple(
                award
                for other, award in (*awards[request.student_id], *decided[request.student_id].granted)
                if other != request.pk
            ),
            evidence=frozenset(key for use in its_uses for key in evidence_keys(use)),
            evidence_kinds=_kinds(request, its_uses, its_confirmed),
            reflected=any(use.evidence.reflection.strip() for use in its_uses),
            state_standards_exist=_state_standards_exist(adoptions[request.district_id], request, day),
            student_chose=request.chosen_by_id == request.student.person.user_id,
            # Whoever judged the request; where it rests on work of a class alone, whoever judged that.
            assessors=frozenset(str(one.assessor.public_id) for one in its_judgements or in_class),
            student=known.on(request.student, day, requested=clock.day_of(request.created_at, request.district)),
            confirmed=confirmed.facts_in(its_confirmed),
            papers=confirmed.said_yes(its_confirmed, ConfirmedKind.PAPER),
            fee_paid=confirmed.is_fee_settled(its_confirmed),
            self_evaluated=bool(request.self_evaluation.strip()),
            language=request.language,
            credits_wanted=request.credits_wanted,
            mark_wanted=request.mark_wanted,
            mark_chosen_on=request.mark_chosen_on,
            submitted_on=sent.date() if sent else None,
            submitted_at=sent.time() if sent else None,
            decided_on=today,
            starts_on=min((use.evidence.happened_on for use in its_uses if use.evidence.happened_on), default=None),
            tries=tuple(one for other, one in decided[request.student_id].tries if other != request.pk),
            next_pairs=tuple(_pair(pair) for pair in pairs.get(request.course_id, ()) if _is_listed(pair, day)),
            attestations=as_facts(words.get(request.pk, ())),
            approvals=approved.get(request.pk, ()),
            moderated=standing_with(request.moderated, in_class),
        )
        gathered[request.pk] = Gathered(
            facts,
            tuple(standards),
            tuple(its_judgements),
            in_class,
            tuple(its_uses),
            tuple(record[request.student_id]),
            bodies,
            tuple(its_confirmed),
            words.get(request.pk, ()),
            tuple(notes[request.pk]),
            has,
        )
    return gathered


def with_decider(facts: RequestFacts, *, person: str, roles: Iterable[str]) -> RequestFacts:
    """The same facts with who would decide: the public id of a person and the roles they hold at the school."""
    return replace(facts, decider=person, decider_roles=frozenset(roles))


def evidence_keys(use: EvidenceUse) -> tuple[str, ...]:
    """What makes a piece of evidence the same one (R29): the piece itself, and the same bytes brought in again."""
    evidence = use.evidence
    keys = (str(evidence.public_id),)
    return (*keys, f"sha256:{evidence.sha256}") if evidence.sha256 else keys


def results_of(request: CreditRequest) -> tuple[AssessmentResult, ...]:
    """The result a member of staff read from the score report; one that only the student named counts for nothing."""
    result = request.result
    if not result.get("confirmed_by"):
        return ()
    return (
        AssessmentResult(
            instrument=result["instrument"],
            taken_on=dt.date.fromisoformat(result["taken_on"]),
            level=result.get("level"),
            score=Decimal(result["score"]) if result.get("score") else None,
            met=result.get("met"),
        ),
    )


def _scores(students: Iterable[int]) -> defaultdict[int, list[AssessmentResult]]:
    """Results that a testing program reported."""
    found: defaultdict[int, list[AssessmentResult]] = defaultdict(list)
    for one in ScoreRecord.objects.filter(student__in=students).order_by("taken_on", "pk"):
        result = AssessmentResult(
            one.instrument, one.taken_on, one.level, one.score, one.met, language=one.language, skills=one.skills
        )
        found[one.student_id].append(result)
    return found


@dataclass(frozen=True)
class OnFile:
    """What stands on file of one student, whatever is asked."""

    results: tuple[AssessmentResult, ...]
    record: tuple[EarlierAttempt, ...]
    awards: tuple[EarlierAward, ...]


def on_file(students: Iterable[int]) -> dict[int, OnFile]:
    """Results, record and awards of each student, by primary key, in four trips."""
    wanted = set(students)
    results, (record, awards), decided = _scores(wanted), _records(wanted), _decided(wanted)
    return {
        pk: OnFile(
            tuple(results[pk]),
            tuple(_attempt(entry) for entry in record[pk]),
            tuple(one for _pk, one in (*awards[pk], *decided[pk].granted)),
        )
        for pk in wanted
    }


@dataclass
class _Decided:
    """Decided requests of one student: each a try, and what some of them granted without credit; with primary keys."""

    tries: list[tuple[int, Try]] = field(default_factory=list)
    granted: list[tuple[int | None, EarlierAward]] = field(default_factory=list)


def _decided(students: Iterable[int]) -> defaultdict[int, _Decided]:
    """One trip. Of a request that was granted anew after a reversal the newest decision stands."""
    found: defaultdict[int, _Decided] = defaultdict(_Decided)
    rows = CreditRequest.objects.filter(student__in=students, state__in=TRIED, demonstrated_on__isnull=False)
    without_credit = FilteredRelation("decisions", condition=Q(decisions__kind__in=WITHOUT_CREDIT))
    newest = (
        rows.annotate(given=without_credit)
        .order_by("demonstrated_on", "pk", "-given__pk")
        .distinct("demonstrated_on", "pk")
    )
    for row in newest.values(
        "pk",
        "student_id",
        "course__code",
        "course__terms__subject",
        "method",
        "purpose",
        "language",
        "demonstrated_on",
        "state",
        "district__timezone",
        "given__rule_code",
        "given__decided_at",
        "given__frozen_basis",
    ):
        its, on = found[row["student_id"]], row["demonstrated_on"]
        assert on is not None  # filtered above
        its.tries.append((row["pk"], Try(row["course__code"], row["method"], on)))
        if row["state"] == RequestState.GRANTED:
            its.granted.append((row["pk"], _granted(row)))
    return found


def _granted(row: Mapping[str, Any]) -> EarlierAward:
    """A requirement met, excused or waived, as an award of no credit that has used up what it rested on (R29)."""
    basis = row["given__frozen_basis"]
    return EarlierAward(
        course_code=row["course__code"],
        method=row["method"],
        rule_code=row["given__rule_code"],
        credits=Decimal(0),
        evidence=frozenset(basis.get("evidence_used", ())),
        subject=row["course__terms__subject"],
        purpose=row["purpose"],
        language=row["language"],
        on=row["given__decided_at"].astimezone(ZoneInfo(row["district__timezone"])).date(),
        spent=_spent(basis),
        released=Decimal(basis.get("released") or 0),
    )


def _sent_at(notes: Iterable[RequestNote], request: CreditRequest) -> dt.datetime | None:
    """When the request was first sent, in the district's own time, to the minute."""
    first = next((note.at for note in notes if note.kind == NoteKind.SENT), None)
    if first is None:
        return None
    return first.astimezone(ZoneInfo(request.district.timezone)).replace(second=0, microsecond=0, tzinfo=None)


def _pairs(courses: Iterable[int]) -> defaultdict[int, list[NextHigherPair]]:
    found: defaultdict[int, list[NextHigherPair]] = defaultdict(list)
    for pair in pairs_of(courses):
        found[pair.course_id].append(pair)
    return found


def _is_listed(pair: NextHigherPair, day: dt.date) -> bool:
    """Pairs of parts of a course are for the registrar to read: the record does not number the parts of a course."""
    is_whole = not pair.part and not pair.higher_part
    return is_whole and pair.listed_from <= day and (pair.listed_to is None or day <= pair.listed_to)


def _pair(pair: NextHigherPair) -> NextPair:
    return NextPair(pair.course.code, pair.higher.code, pair.least_mark, pair.rationale)


def _kinds(request: CreditRequest, uses: list[EvidenceUse], said: list[ConfirmedFact]) -> frozenset[str]:
    """Each piece's kind, the kind of assessment it was sent for, and the parts that staff found in it."""
    kinds = {use.evidence.kind for use in uses} | confirmed.said_yes(said, ConfirmedKind.PART)
    return frozenset(kinds | {request.subtype} if uses and request.subtype else kinds)


def _by_request(rows: Iterable[R]) -> defaultdict[int, list[R]]:
    found: defaultdict[int, list[R]] = defaultdict(list)
    for row in rows:
        found[row.request_id].append(row)
    return found


def _required_standards(courses: Iterable[int]) -> defaultdict[int, list[Standard]]:
    found: defaultdict[int, list[Standard]] = defaultdict(list)
    rows = CourseStandard.objects.filter(course__in=set(courses), is_required=True).order_by("pk")
    for row in rows.select_related("standard__framework").only("course", *_standard_columns("standard__")):
        found[row.course_id].append(row.standard)
    return found


def _standard_columns(path: str) -> list[str]:
    """What pages and decisions look at of a standard and its framework: a third of their columns."""
    standard = ("public_id", "guid", "uri", "code", "statement", "short")
    framework = ("guid", "title", "version", "language")
    return [*(path + name for name in standard), *(f"{path}framework__{name}" for name in framework)]


def _adoptions(requests: Iterable[CreditRequest]) -> defaultdict[int, list[FrameworkAdoption]]:
    found: defaultdict[int, list[FrameworkAdoption]] = defaultdict(list)
    districts = {request.district_id for request in requests}
    # Local first: where a framework is adopted both ways, the state's adoption has the last word.
    rows = FrameworkAdoption.objects.filter(framework__district__in=districts).annotate(of=F("framework__district"))
    for adoption in rows.only("framework_id", "body", "subjects", "starts_on", "ends_on").order_by("body", "pk"):
        found[adoption.of].append(adoption)
    return found


def _in_force(adoption: FrameworkAdoption, day: dt.date) -> bool:
    return adoption.starts_on <= day and (adoption.ends_on is None or day <= adoption.ends_on)


def _state_standards_exist(adoptions: list[FrameworkAdoption], request: CreditRequest, day: dt.date) -> bool:
    subject = request.course.terms.subject
    return any(
        adoption.body == AdoptionBody.STATE and subject in adoption.subjects and _in_force(adoption, day)
        for adoption in adoptions
    )


def _claim(standard: Standard, bodies: Mapping[int, str], *, is_required: bool) -> ClaimedStandard:
    return ClaimedStandard(
        guid=str(standard.guid),
        code=standard.code,
        statement=standard.statement,
        framework=standard.framework.title,
        framework_version=standard.framework.version,
        body=bodies.get(standard.framework_id, ""),
        is_required=is_required,
    )


def _attempt(entry: LedgerEntry) -> EarlierAttempt:
    return EarlierAttempt(
        course_code=entry.course_code,
        outcome=outcome_of(entry.mark, entry.credits_earned),
        mark=entry.mark,
        credits_attempted=entry.credits_attempted,
        credits_earned=entry.credits_earned,
        ended_on=entry.earned_on,
        subject=entry.subject,
        term=entry.term,
        is_summer=is_summer(entry.term),
        is_elsewhere=entry.kind == EntryKind.TRANSFER,
    )


def _records(
    students: Iterable[int],
) -> tuple[defaultdict[int, list[LedgerEntry]], defaultdict[int, list[tuple[int | None, EarlierAward]]]]:
    """What stands on the record of each student: course rows, and mastery awards with the request each came from."""
    record: defaultdict[int, list[LedgerEntry]] = defaultdict(list)
    mastery = []
    entries = (
        LedgerEntry.objects.effective()
        .filter(Q(kind__in=COURSE_ROWS) | Q(kind=EntryKind.MASTERY), student__in=set(students))
        .select_related("decision__district", "course")
        .only(*RECORDED)
        .order_by("earned_on", "pk")
    )
    for entry in entries:
        if entry.kind == EntryKind.MASTERY:
            mastery.append(entry)
        else:
            record[entry.student_id].append(entry)
    awards: defaultdict[int, list[tuple[int | None, EarlierAward]]] = defaultdict(list)
    for entry in mastery:
        awards[entry.student_id].append(
            (entry.request_id, award_of(entry, entry.course.code if entry.course else None))
        )
    return record, awards


def _spent(basis: Mapping[str, Any]) -> dict[str, Decimal]:
    return {name: Decimal(amount) for name, amount in basis.get("spent", {}).items()}


def award_of(entry: LedgerEntry, asked: str | None) -> EarlierAward:
    """A line of mastery credit, with what its decision froze of it; ``asked`` is the code of the course asked for."""
    decision = entry.decision
    basis = decision.frozen_basis if decision else {}
    request = basis.get("request", {})
    return EarlierAward(
        # The line may print a code of its own (R37).
        course_code=asked or entry.course_code,
        method=entry.method,
        rule_code=decision.rule_code if decision else "",
        credits=entry.credits_earned,
        evidence=frozenset(basis.get("evidence_used", ())),
        subject=entry.subject,
        purpose=request.get("purpose", ""),
        language=request.get("language", ""),
        on=clock.day_of(decision.decided_at, decision.district) if decision else entry.earned_on,
        spent=_spent(basis),
        mark=entry.mark,
    )

"""A student's home: what they have, the one thing to do now, what they are working toward, what people said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch

from crediting.models import (
    AwardProposal,
    CreditRequest,
    Decision,
    EvidenceUse,
    Judgement,
    RequestNote,
    RequestStandard,
    ScaleLevel,
)
from crediting.queries import policy
from crediting.queries.award_choices import waiting_choices
from crediting.queries.ledger import SubjectCredits, credits_by_subject, credits_earned
from crediting.queries.levels import drawn_levels, not_yet
from crediting.queries.requests import StandardRow
from crediting.rules.evidence import of_kind
from crediting.rules.plain import name_of
from crediting.rules.policy.terms import CreditRule
from crediting.states import DecisionKind, NoteKind, RequestState
from mbl.core import clock
from mbl.core.ui.levels import DrawnLevel
from mbl.core.ui.parts import ThreadEntry
from profiles.models import Student

SHOWN = 2
SAID = 5
OPEN = (RequestState.DRAFT, RequestState.RETURNED, RequestState.SUBMITTED, RequestState.ASSESSED)


@dataclass(frozen=True)
class Effort:
    """A credit the student is working toward: its standards with their levels, and what the rule asks for."""

    request: CreditRequest
    standards: tuple[StandardRow, ...]
    required: DrawnLevel | None
    rule: CreditRule | None
    last_return: RequestNote | None
    pieces: int

    @property
    def is_draft(self) -> bool:
        return self.request.state == RequestState.DRAFT

    @property
    def is_returned(self) -> bool:
        return self.request.state == RequestState.RETURNED


@dataclass(frozen=True)
class Home:
    """Everything on the page. ``efforts`` are open requests: those that wait for the student first."""

    student: Student
    subjects: tuple[SubjectCredits, ...]
    earned: Decimal
    efforts: tuple[Effort, ...]
    said: tuple[ThreadEntry, ...]
    # Listed awards that leave something to the student, the nearest last day first.
    choices: tuple[AwardProposal, ...] = ()

    @property
    def next(self) -> Effort | None:
        """What waits for the student: a returned request first, then a draft."""
        waiting = [effort for effort in self.efforts if effort.is_returned or effort.is_draft]
        return waiting[0] if waiting else None

    @property
    def then(self) -> tuple[Effort, ...]:
        waiting = [effort for effort in self.efforts if effort.is_returned or effort.is_draft]
        return tuple(waiting[1 : SHOWN + 1])

    @property
    def toward(self) -> tuple[Effort, ...]:
        return self.efforts[:SHOWN]

    @property
    def more(self) -> int:
        """Open requests beyond those shown."""
        return max(0, len(self.efforts) - SHOWN)

    @property
    def at_school(self) -> int:
        """Requests that wait for the school."""
        return sum(not effort.is_draft and not effort.is_returned for effort in self.efforts)


def home(student: Student, *, with_drafts: bool) -> Home:
    """The page of one student in a fixed number of trips. ``with_drafts`` is for the student's own eyes."""
    subjects = credits_by_subject(student, sums_only=True)
    scales = _Scales.of(student.district_id)
    returns = list(
        RequestNote.objects.filter(request__student=student, kind=NoteKind.RETURNED)
        .only("request_id", "author_label", "at", "body")
        .order_by("-at", "-pk")
    )
    return Home(
        student=student,
        subjects=subjects,
        earned=credits_earned(subjects),
        efforts=_efforts(student, scales, returns, with_drafts=with_drafts),
        said=_said(student, scales, returns),
        choices=tuple(waiting_choices(student)),
    )


@dataclass(frozen=True)
class _Scales:
    """Every level of a district's scales, read once: ``levels`` by scale, ``drawn`` by level."""

    levels: Mapping[int, list[ScaleLevel]]
    drawn: Mapping[int, DrawnLevel]

    @classmethod
    def of(cls, district_id: int) -> _Scales:
        levels: dict[int, list[ScaleLevel]] = {}
        for level in ScaleLevel.objects.filter(scale__district_id=district_id):
            levels.setdefault(level.scale_id, []).append(level)
        drawn = {key: one for found in levels.values() for key, one in drawn_levels(found).items()}
        return cls(levels, drawn)

    def required(self, scale_id: int, rule: CreditRule | None) -> DrawnLevel | None:
        """The level that every standard has to reach, in the district's word."""
        wanted = rule.required_level if rule else None
        found = next((level for level in self.levels.get(scale_id, ()) if level.code == wanted), None)
        return self.drawn[found.pk] if found else None


_FIRST = {RequestState.RETURNED: 0, RequestState.DRAFT: 1, RequestState.SUBMITTED: 2, RequestState.ASSESSED: 3}


def _efforts(
    student: Student, scales: _Scales, returns: Sequence[RequestNote], *, with_drafts: bool
) -> tuple[Effort, ...]:
    states = OPEN if with_drafts else OPEN[1:]
    requests = list(
        CreditRequest.objects.filter(student=student, state__in=states)
        .select_related("course", "assessor")
        .prefetch_related(
            Prefetch(
                "claims",
                RequestStandard.objects.select_related("standard").only(
                    "request",
                    "position",
                    *(f"standard__{name}" for name in ("public_id", "code", "statement", "short")),
                ),
            ),
            Prefetch(
                "judgements",
                Judgement.objects.only("request", "standard", "level", "judged_at").order_by("-judged_at", "-pk"),
            ),
            Prefetch("uses", EvidenceUse.objects.only("pk", "request")),
        )
        .order_by("created_at", "pk")
    )
    last_return: dict[int, RequestNote] = {}
    for note in returns:
        last_return.setdefault(note.request_id, note)
    requests.sort(key=lambda request: _FIRST[RequestState(request.state)])
    today = clock.today(student.district)
    asked = {
        request.pk: policy.Asked(request.course_id, request.demonstrated_on or today, student.graduation_year)
        for request in requests
    }
    versions = policy.versions_in_force(asked.values())
    efforts = []
    for request in requests:
        version = versions[asked[request.pk]]
        terms = policy.terms_of(version) if version else None
        ways = of_kind(terms.rules_for(request.course.code, request.method), request.subtype) if terms else []
        rule = ways[0] if ways else None
        efforts.append(
            Effort(
                request=request,
                standards=_rows(request, scales),
                required=scales.required(request.scale_id, rule),
                rule=rule,
                last_return=last_return.get(request.pk),
                pieces=len(request.uses.all()),
            )
        )
    return tuple(efforts)


def _rows(request: CreditRequest, scales: _Scales) -> tuple[StandardRow, ...]:
    newest: dict[int, Judgement] = {}
    for judgement in request.judgements.all():
        newest.setdefault(judgement.standard_id, judgement)
    return tuple(
        StandardRow(
            claim.standard,
            scales.drawn[newest[claim.standard_id].level_id] if claim.standard_id in newest else not_yet(),
            newest.get(claim.standard_id),
        )
        for claim in request.claims.all()
    )


def _said(student: Student, scales: _Scales, returns: Sequence[RequestNote]) -> tuple[ThreadEntry, ...]:
    """The newest words of teachers and deciders to the student: comments, questions, reasons."""
    judgements = (
        Judgement.objects.filter(request__student=student)
        .exclude(comment="")
        .select_related("assessor", "standard")
        .defer("standard__search_text", "standard__notes", "standard__extra")
        .order_by("-judged_at", "-pk")[:SAID]
    )
    decisions = (
        Decision.objects.filter(student=student)
        .select_related("decided_by_person")
        .defer("basis")
        .order_by("-decided_at")[:SAID]
    )
    entries = [(judgement.judged_at, _judged(judgement, scales)) for judgement in judgements]
    for note in [note for note in returns if note.body][:SAID]:
        asked = ThreadEntry(note.author_label, note.at, note.body, icon="arrow-back-up", tone="attention", voice=True)
        entries.append((note.at, asked))
    for decision in decisions:
        awarded = decision.kind == DecisionKind.AWARD
        reason = ThreadEntry(
            str(decision.decided_by_person),
            decision.decided_at,
            decision.reason,
            icon="award" if awarded else "circle-x",
            tone="award" if awarded else "quiet",
            voice=True,
        )
        entries.append((decision.decided_at, reason))
    newest_first = sorted(entries, key=lambda row: row[0], reverse=True)
    return tuple(entry for _at, entry in newest_first[:SAID])


def _judged(judgement: Judgement, scales: _Scales) -> ThreadEntry:
    return ThreadEntry(
        str(judgement.assessor),
        judgement.judged_at,
        judgement.comment,
        icon="message",
        voice=True,
        level=scales.drawn[judgement.level_id],
        about=(name_of(judgement.standard.code, judgement.standard.statement),),
    )

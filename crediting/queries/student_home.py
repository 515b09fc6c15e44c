"""A student's home: what they have, the one thing to do now, what they are working toward, what people said."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch

from crediting.models import CreditRequest, Decision, EvidenceUse, Judgement, RequestNote, RequestStandard
from crediting.queries import policy
from crediting.queries.ledger import SubjectCredits, credits_by_subject, credits_earned
from crediting.queries.levels import drawn, drawn_levels, not_yet, word_of
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
    newest_decision: Decision | None

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
    subjects = credits_by_subject(student)
    decisions = Decision.objects.filter(student=student).select_related("request__course").order_by("-pk")
    return Home(
        student=student,
        subjects=subjects,
        earned=credits_earned(subjects),
        efforts=_efforts(student, with_drafts),
        said=_said(student),
        newest_decision=decisions.first(),
    )


_FIRST = {RequestState.RETURNED: 0, RequestState.DRAFT: 1, RequestState.SUBMITTED: 2, RequestState.ASSESSED: 3}


def _efforts(student: Student, with_drafts: bool) -> tuple[Effort, ...]:
    states = OPEN if with_drafts else OPEN[1:]
    requests = list(
        CreditRequest.objects.filter(student=student, state__in=states)
        .select_related("course", "assessor", "scale", "district", "student")
        .prefetch_related(
            "scale__levels",
            Prefetch("claims", RequestStandard.objects.select_related("standard__framework")),
            Prefetch("judgements", Judgement.objects.order_by("-judged_at", "-pk")),
            Prefetch("notes", RequestNote.objects.filter(kind=NoteKind.RETURNED).order_by("-at", "-pk")),
            Prefetch("uses", EvidenceUse.objects.only("pk", "request")),
        )
        .order_by("created_at", "pk")
    )
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
        returns = list(request.notes.all())
        efforts.append(
            Effort(
                request=request,
                standards=_rows(request),
                required=_required(request, rule),
                rule=rule,
                last_return=returns[0] if returns else None,
                pieces=len(request.uses.all()),
            )
        )
    return tuple(efforts)


def _rows(request: CreditRequest) -> tuple[StandardRow, ...]:
    levels = drawn_levels(request.scale.levels.all())
    newest: dict[int, Judgement] = {}
    for judgement in request.judgements.all():
        newest.setdefault(judgement.standard_id, judgement)
    return tuple(
        StandardRow(
            claim.standard,
            levels[newest[claim.standard_id].level_id] if claim.standard_id in newest else not_yet(),
            newest.get(claim.standard_id),
        )
        for claim in request.claims.all()
    )


def _required(request: CreditRequest, rule: CreditRule | None) -> DrawnLevel | None:
    """The level that every standard has to reach, in the district's word."""
    levels = list(request.scale.levels.all())
    found = next((level for level in levels if rule and level.code == rule.required_level), None)
    return drawn(found.position, len(levels), word_of(found)) if found else None


def _said(student: Student) -> tuple[ThreadEntry, ...]:
    """The newest words of teachers and deciders to the student: comments, questions, reasons."""
    judgements = (
        Judgement.objects.filter(request__student=student)
        .exclude(comment="")
        .select_related("assessor", "level__scale", "standard")
        .prefetch_related("level__scale__levels")
        .order_by("-judged_at", "-pk")[:SAID]
    )
    notes = (
        RequestNote.objects.filter(request__student=student, kind=NoteKind.RETURNED)
        .exclude(body="")
        .order_by("-at", "-pk")[:SAID]
    )
    decisions = (
        Decision.objects.filter(student=student).select_related("decided_by_person").order_by("-decided_at")[:SAID]
    )
    entries = [(judgement.judged_at, _judged(judgement)) for judgement in judgements]
    for note in notes:
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


def _judged(judgement: Judgement) -> ThreadEntry:
    levels = list(judgement.level.scale.levels.all())
    return ThreadEntry(
        str(judgement.assessor),
        judgement.judged_at,
        judgement.comment,
        icon="message",
        voice=True,
        level=drawn(judgement.level.position, len(levels), word_of(judgement.level)),
        about=(name_of(judgement.standard.code, judgement.standard.statement),),
    )

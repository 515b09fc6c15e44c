"""One request as its pages show it: what it claims, how it was judged, what was said, where it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from crediting.models import (
    Appeal,
    CourseStandard,
    CreditRequest,
    Decision,
    Evidence,
    EvidenceUse,
    Judgement,
    LedgerEntry,
    PolicyVersion,
    RequestNote,
    ScaleLevel,
    ScoreRecord,
    Standard,
)
from crediting.queries import confirmed, policy
from crediting.queries.class_work import shown_in_class
from crediting.queries.decisions import Deliberation
from crediting.queries.levels import drawn_levels, not_yet
from crediting.queries.rare import Rare
from crediting.rules import evidence as evidence_rules
from crediting.rules.evidence import Piece, Submission, host_of
from crediting.rules.left_open import choices, must_confirm, to_confirm
from crediting.rules.plain import name_of
from crediting.rules.policy.conditions import AttestedBy, leaves
from crediting.rules.policy.terms import CreditRule, PolicyTerms
from crediting.states import AppealState, DecisionKind, EntryKind, EvidenceKind, NoteKind, RequestState
from mbl.core import clock
from mbl.core.decisions import Reason
from mbl.core.ui.levels import DrawnLevel
from mbl.core.ui.parts import ThreadEntry
from profiles.access import near_to
from profiles.models import Person, RoleAssignment, SectionTeacher, Student
from profiles.states import Role

# --- What the rules ask of it -----------------------------------------------------------------------------------------


def standards_to_show(request: CreditRequest) -> list[Standard]:
    """The standards the request has to show: those it claims, then those the course asks of everybody."""
    claimed = [claim.standard for claim in request.claims.select_related("standard__framework")]
    known = {standard.pk for standard in claimed}
    required = CourseStandard.objects.filter(course=request.course_id, is_required=True).select_related(
        "standard__framework"
    )
    return claimed + [row.standard for row in required.order_by("pk") if row.standard_id not in known]


def terms_for(request: CreditRequest) -> PolicyTerms | None:
    """The policy that decides this request: in force when the last element was shown, or today while unsent (R7)."""
    day = request.demonstrated_on or clock.today(request.district)
    version = policy.version_in_force(request.course, day, request.student.graduation_year)
    return policy.terms_of(version) if version else None


def ways_for(request: CreditRequest) -> list[CreditRule]:
    """The rules of that policy for the request's course, way and kind."""
    terms = terms_for(request)
    if terms is None:
        return []
    return evidence_rules.of_kind(terms.rules_for(request.course.code, request.method), request.subtype)


def attestations_asked(request: CreditRequest) -> list[AttestedBy]:
    """Whose word the policy asks for on this way (R20), in the order it was written."""
    asked = [leaf for way in ways_for(request) for leaf in leaves(way.when) if isinstance(leaf, AttestedBy)]
    return list(dict.fromkeys(asked))


def is_assessed(request: CreditRequest) -> bool:
    """Whether everything the way asks for has been judged in this attempt or in class, or confirmed."""
    judged = set(request.judgements.filter(attempt=request.attempt).values_list("standard_id", flat=True))
    open_ones = {standard.pk for standard in standards_to_show(request)} - judged
    if open_ones:
        day = request.demonstrated_on or clock.today(request.district)
        open_ones -= shown_in_class(request, open_ones, day)
    return evidence_rules.is_assessed(
        ways_for(request),
        request.subtype,
        all_judged=not open_ones,
        confirmed=bool(request.result.get("confirmed_by")),
    )


def is_confirmed(request: CreditRequest) -> bool:
    """Whether for one of the request's ways everything stands that it has to have confirmed."""
    terms = terms_for(request)
    if terms is None:
        return False
    known = {(row.kind, row.name) for row in confirmed.standing([request.pk])[request.pk]}
    return any(must_confirm(way, terms.facts) <= known for way in ways_for(request))


def waits_for_nobody(request: CreditRequest) -> bool:
    """Whether there is nothing to judge, to read from a report or to confirm: the record alone decides."""
    terms, ways = terms_for(request), ways_for(request)
    return (
        terms is not None
        and bool(ways)
        and not any(way.needs_judging or way.needs_result for way in ways)
        and not to_confirm(ways, terms.facts, fees=False)
    )


def what_is_missing(request: CreditRequest, ways: Sequence[CreditRule]) -> tuple[Reason, ...]:
    """What the student still has to add before the request can be sent by one of ``ways``."""
    pieces = tuple(
        Piece(
            title=use.evidence.title,
            kind=EvidenceKind(use.evidence.kind),
            described=bool(use.evidence.alt_text),
            reflected=bool(use.evidence.reflection),
        )
        for use in request.uses.select_related("evidence")
    )
    submission = Submission(
        kind=request.subtype,
        pieces=pieces,
        standards=len(standards_to_show(request)),
        has_assessor=request.assessor_id is not None,
        has_result=bool(request.result.get("instrument") and request.result.get("taken_on")),
        self_evaluated=bool(request.self_evaluation.strip()),
        unchosen=_unchosen(request, ways),
    )
    return evidence_rules.missing(submission, ways)


def _unchosen(request: CreditRequest, ways: Sequence[CreditRule]) -> tuple[str, ...]:
    """Choices that the policy leaves to the student, and that are still open."""
    offered = choices(evidence_rules.of_kind(ways, request.subtype))
    open_ones = {
        "credits": offered.credits and request.credits_wanted is None,
        "mark": bool(offered.marks) and request.mark_wanted not in offered.marks,
        "language": offered.language and not request.language,
    }
    return tuple(name for name, is_open in open_ones.items() if is_open)


# --- Its page ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StandardRow:
    """A standard of the request with the newest judgement, and the earlier ones newest first."""

    standard: Standard
    level: DrawnLevel
    newest: Judgement | None = None
    earlier: tuple[Judgement, ...] = ()

    @property
    def code(self) -> str:
        return self.standard.code


@dataclass(frozen=True)
class EvidenceRow:
    """A piece of evidence in a request, ready to show: what it is, where it opens, what it shows."""

    use: EvidenceUse

    @property
    def evidence(self) -> Evidence:
        return self.use.evidence

    @property
    def standards(self) -> tuple[Standard, ...]:
        """Read with the use where a page prints them."""
        return tuple(self.use.standards.all())

    @property
    def icon(self) -> str:
        return evidence_icon(self.use.evidence.kind, self.use.evidence.content_type)

    @property
    def host(self) -> str:
        return host_of(self.use.evidence.url) if self.use.evidence.url else ""


@dataclass(frozen=True)
class RequestPage:
    """Everything the story of one request shows. ``decisions`` are newest first."""

    request: CreditRequest
    levels: tuple[ScaleLevel, ...]
    standards: tuple[StandardRow, ...]
    evidence: tuple[EvidenceRow, ...]
    story: tuple[ThreadEntry, ...]
    decisions: tuple[Decision, ...]
    terms: PolicyTerms | None
    ways: tuple[CreditRule, ...]
    sent_at: dt.datetime | None = None
    last_return: RequestNote | None = None
    missing: tuple[Reason, ...] = field(default=())

    @property
    def decision(self) -> Decision | None:
        return self.decisions[0] if self.decisions else None

    @property
    def is_modified(self) -> bool:
        return any(row.newest is not None and bool(row.newest.modification) for row in self.standards)


def request_page(request: CreditRequest, said: Deliberation | None = None) -> RequestPage:
    """The whole story, in a fixed number of trips; what a deliberation has gathered is not read again."""
    gathered = said.gathered if said else None
    if gathered:
        judgements = list(reversed(gathered.judgements))
    else:
        found = request.judgements.select_related("level", "assessor", "standard")
        judgements = list(found.order_by("-judged_at", "-pk"))
    notes = gathered.notes if gathered else list(request.notes.order_by("at", "pk"))
    decided = request.decisions.select_related("decided_by_person").defer("frozen_basis").order_by("-pk")
    # Whatever its state: an appeal may have reopened what was decided.
    may_be_decided = Rare.DECIDED in gathered.has if gathered else request.demonstrated_on is not None
    decisions = list(decided) if may_be_decided else []
    reversed_rows = LedgerEntry.objects.filter(request=request, kind=EntryKind.REVERSAL).select_related("created_by")
    reversals = list(reversed_rows.order_by("pk")) if decisions else []
    appealed = Appeal.objects.filter(decision__in=decisions).select_related("answered_by_person")
    appeals = list(appealed.order_by("pk")) if any(one.kind == DecisionKind.REFUSED for one in decisions) else []
    levels = tuple(ScaleLevel.objects.filter(scale=request.scale_id).order_by("position"))
    drawn = drawn_levels(levels)
    terms = said.terms if said and request.demonstrated_on else terms_for(request)
    ways = (
        evidence_rules.of_kind(terms.rules_for(request.course.code, request.method), request.subtype) if terms else []
    )
    can_change = request.state in {RequestState.DRAFT, RequestState.RETURNED}
    returns = [note for note in notes if note.kind == NoteKind.RETURNED]
    return RequestPage(
        request=request,
        levels=levels,
        standards=standard_rows(gathered.standards if gathered else standards_to_show(request), judgements, drawn),
        evidence=evidence_rows(gathered.uses if gathered else _uses(request)),
        story=story(request, drawn, notes, judgements, decisions, reversals, appeals),
        sent_at=max((note.at for note in notes if note.kind == NoteKind.SENT), default=None),
        decisions=tuple(decisions),
        terms=terms,
        ways=tuple(ways),
        last_return=returns[-1] if returns else None,
        missing=what_is_missing(request, ways) if can_change else (),
    )


def standard_rows(
    standards: Iterable[Standard], judgements: Sequence[Judgement], levels: Mapping[int, DrawnLevel]
) -> tuple[StandardRow, ...]:
    """Each standard with its judgements; ``judgements`` are newest first."""
    rows = []
    for standard in standards:
        of_standard = [judgement for judgement in judgements if judgement.standard_id == standard.pk]
        newest = of_standard[0] if of_standard else None
        level = levels[newest.level_id] if newest else not_yet()
        rows.append(StandardRow(standard, level, newest, tuple(of_standard[1:])))
    return tuple(rows)


def evidence_rows(uses: Iterable[EvidenceUse]) -> tuple[EvidenceRow, ...]:
    """The evidence of a request, in the order it was added."""
    return tuple(map(EvidenceRow, uses))


def _uses(request: CreditRequest) -> QuerySet[EvidenceUse]:
    return request.uses.select_related("evidence").prefetch_related("standards").order_by("pk")


def evidence_icon(kind: str, content_type: str) -> str:
    """The drawing beside a piece of evidence."""
    if kind == EvidenceKind.LINK:
        return "link"
    if kind == EvidenceKind.TEXT:
        return "feather"
    family = content_type.partition("/")[0]
    return {"image": "photo", "video": "video", "audio": "microphone"}.get(family, "file-text")


# --- The story --------------------------------------------------------------------------------------------------------


def story(
    request: CreditRequest,
    levels: Mapping[int, DrawnLevel],
    notes: Sequence[RequestNote],
    judgements: Sequence[Judgement],
    decisions: Sequence[Decision],
    reversals: Sequence[LedgerEntry],
    appeals: Sequence[Appeal] = (),
) -> tuple[ThreadEntry, ...]:
    """What happened, in time order: sendings, returns, judgements, decisions, reversals, appeals."""
    entries: list[tuple[dt.datetime, int, ThreadEntry]] = []
    for note in notes:
        entries.append((note.at, 0, _note_entry(note)))
    for look in _looks(judgements):
        entries.append((look[0].judged_at, 1, _look_entry(levels, look)))
    for decision in decisions:
        entries.append((decision.decided_at, 2, _decision_entry(decision)))
    for reversal in reversals:
        entry = ThreadEntry(
            actor=_("%(person)s took the award back") % {"person": reversal.created_by},
            at=reversal.created_at,
            text=reversal.reason,
            icon="arrow-back-up",
            tone="attention",
            voice=True,
        )
        entries.append((reversal.created_at, 3, entry))
    for appeal in appeals:
        entries += [(at, 5, entry) for at, entry in _appeal_entries(appeal)]
    if request.state == RequestState.WITHDRAWN and request.closed_at:
        withdrawn = ThreadEntry(actor=_("Withdrawn by the student"), at=request.closed_at, icon="x")
        entries.append((request.closed_at, 4, withdrawn))
    return tuple(entry for _at, _order, entry in sorted(entries, key=lambda row: row[:2]))


def _note_entry(note: RequestNote) -> ThreadEntry:
    if note.kind == NoteKind.RETURNED:
        return ThreadEntry(
            actor=_("%(person)s asked for more") % {"person": note.author_label},
            at=note.at,
            text=note.body,
            icon="arrow-back-up",
            tone="attention",
            voice=True,
        )
    if note.kind == NoteKind.SENT:
        actor = (
            _("%(person)s sent it") % {"person": note.author_label}
            if note.attempt == 1
            else _("%(person)s sent it again, attempt %(attempt)s")
            % {"person": note.author_label, "attempt": note.attempt}
        )
        return ThreadEntry(actor=actor, at=note.at, text=note.body, icon="send", tone="info", voice=True)
    return ThreadEntry(actor=note.author_label, at=note.at, text=note.body, icon="message", voice=True)


def _looks(judgements: Sequence[Judgement]) -> list[list[Judgement]]:
    """Judgements that one person gave in one go, oldest first."""
    looks: dict[tuple[dt.datetime, int], list[Judgement]] = {}
    for judgement in reversed(judgements):
        looks.setdefault((judgement.judged_at, judgement.assessor_id), []).append(judgement)
    return list(looks.values())


def _look_entry(levels: Mapping[int, DrawnLevel], look: Sequence[Judgement]) -> ThreadEntry:
    first = look[0]
    said = [
        _("%(standard)s: %(level)s") % {"standard": name_of(one.standard.code, one.standard.statement), "level": word}
        for one in look
        if (word := levels[one.level_id].word)
    ]
    return ThreadEntry(
        actor=_("%(person)s assessed it") % {"person": first.assessor},
        at=first.judged_at,
        icon="clipboard-check",
        tone="ok",
        about=said,
    )


def _appeal_entries(appeal: Appeal) -> list[tuple[dt.datetime, ThreadEntry]]:
    """The appeal, and its answer once there is one."""
    made = ThreadEntry(
        actor=_("%(person)s appealed") % {"person": appeal.made_by_label},
        at=appeal.made_at,
        text=appeal.statement,
        icon="scale",
        tone="info",
        voice=True,
    )
    if appeal.closed_at is None:
        return [(appeal.made_at, made)]
    said = (
        _("%(person)s answered: it is decided anew")
        if appeal.state == AppealState.OVERTURNED
        else _("%(person)s answered: the refusal stays")
    )
    answer = ThreadEntry(
        actor=said % {"person": appeal.answered_by_person},
        at=appeal.closed_at,
        text=appeal.answer,
        icon="gavel",
        voice=True,
    )
    return [(appeal.made_at, made), (appeal.closed_at, answer)]


def _decision_entry(decision: Decision) -> ThreadEntry:
    granted = _("%(person)s decided on the requirement, without credit"), "circle-check", "ok"
    sentence, icon, tone = {
        DecisionKind.AWARD: (_("%(person)s awarded the credit"), "award", "award"),
        DecisionKind.REFUSED: (_("%(person)s decided that there is no credit"), "circle-x", "quiet"),
    }.get(DecisionKind(decision.kind), granted)
    return ThreadEntry(
        actor=sentence % {"person": decision.decided_by_person},
        at=decision.decided_at,
        text=decision.reason,
        icon=icon,
        tone=tone,
        voice=True,
    )


# --- Lists ------------------------------------------------------------------------------------------------------------


def requests_of(student: Student, *, with_drafts: bool) -> QuerySet[CreditRequest]:
    """A student's requests, newest first."""
    requests = CreditRequest.objects.filter(student=student).select_related("course", "assessor", "scale", "district")
    if not with_drafts:
        requests = requests.exclude(state=RequestState.DRAFT)
    return requests.order_by("-created_at", "-pk")


def teachers_for(student: Student) -> list[tuple[str, list[Person]]]:
    """Whom the student may ask: the teachers of their classes first, then the others of their school; no family."""
    on = clock.today(student.district)
    at_school = (
        Person.objects.filter(
            pk__in=RoleAssignment.objects.in_force(on)
            .filter(Q(school=student.school_id) | Q(school=None), role=Role.TEACHER)
            .values("person"),
            district=student.district_id,
            is_active=True,
        )
        .exclude(pk__in=near_to(student).values("pk"))
        .select_related("user")
        .order_by("sort_name", "pk")
    )
    taught = SectionTeacher.objects.filter(
        section__enrollments__student=student, section__session__school_year=clock.school_year(on)
    )
    mine = set(taught.values_list("person_id", flat=True))
    people = list(at_school)
    return [
        (_("Your teachers"), [person for person in people if person.pk in mine]),
        (_("Other teachers of your school"), [person for person in people if person.pk not in mine]),
    ]


def languages_for(student: Student) -> list[tuple[str, str]]:
    """The languages in which tests of the student are on file, each by its code with the name of a test."""
    rows = ScoreRecord.objects.filter(student=student).exclude(language="").order_by("language", "-taken_on")
    return list(dict(rows.values_list("language", "title")).items())


def instrument_titles(version: PolicyVersion) -> dict[str, str]:
    """The names of the assessments that a policy version knows, by code."""
    return {
        choice["instrument"]: str(choice.get("title") or choice["instrument"])
        for rule in version.document.get("rules", ())
        for condition in rule.get("when") or ()
        for choice in condition.get("assessment", {}).get("any_of", ())
    }

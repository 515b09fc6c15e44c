"""How a decision was made, from its frozen basis alone: what has changed since is said, never mixed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from crediting.models import Appeal, Decision, LedgerEntry
from crediting.queries.levels import drawn, not_yet
from crediting.rules.basis import Basis, BasisCriterion, BasisJudgement, BasisReading, BasisStandard, Said, thaw
from crediting.states import DecisionKind, EntryKind, ReadingKind
from crediting.words import sentence
from mbl.core.ui.levels import DrawnLevel
from mbl.core.ui.parts import ChecklistItem, Done
from mbl.core.words import has_words, state_word


@dataclass(frozen=True)
class JudgementLine:
    """One judgement: its level, and whether the rule used it."""

    judgement: BasisJudgement
    level: DrawnLevel


@dataclass(frozen=True)
class ReadingLine:
    """One level of a second or third reading."""

    reading: BasisReading
    level: DrawnLevel

    @property
    def word(self) -> str:
        return state_word(ReadingKind(self.reading.kind))


@dataclass(frozen=True)
class StandardLine:
    """One standard with the judgements of it, newest first, and its second readings."""

    standard: BasisStandard
    level: DrawnLevel
    judgements: tuple[JudgementLine, ...]
    readings: tuple[ReadingLine, ...] = ()


@dataclass(frozen=True)
class DecidedPage:
    """``reversal``, ``replaced_by`` and ``appeal`` came after the decision; nothing else is not from its basis."""

    decision: Decision
    basis: Basis
    standards: tuple[StandardLine, ...]
    criteria: tuple[ChecklistItem, ...]
    arithmetic: tuple[str, ...]
    reasons: tuple[str, ...]
    moderation: tuple[str, ...]
    reversal: LedgerEntry | None
    replaced_by: Decision | None
    appeal: Appeal | None

    @property
    def is_refused_though_met(self) -> bool:
        """Whether somebody refused what every point of the policy would have given."""
        is_refused = self.decision.kind == DecisionKind.REFUSED
        return is_refused and bool(self.basis.criteria) and all(one.met for one in self.basis.criteria)

    @property
    def is_modified(self) -> bool:
        """Whether a judgement that counted was made against expectations changed for the student."""
        return any(one.counts and one.modification for one in self.basis.judgements)


def decided_page(decision: Decision) -> DecidedPage:
    """The page of one decision."""
    basis = thaw(decision.frozen_basis)
    courses = {basis.request.course_code: basis.request.course_title}
    return DecidedPage(
        decision=decision,
        basis=basis,
        standards=tuple(_standard(basis, standard) for standard in basis.standards),
        criteria=tuple(criterion_item(criterion, courses) for criterion in basis.criteria),
        arithmetic=tuple(read(said, courses) for said in basis.arithmetic),
        reasons=tuple(read(said, courses) for said in basis.reasons),
        moderation=tuple(read(said, courses) for said in basis.moderation),
        reversal=LedgerEntry.objects.filter(kind=EntryKind.REVERSAL, reverses__decision=decision)
        .select_related("created_by")
        .first(),
        replaced_by=Decision.objects.filter(replaces=decision).first(),
        appeal=Appeal.objects.filter(decision=decision).select_related("answered_by_person").first(),
    )


def read(said: Said, courses: Mapping[str, str] | None = None) -> str:
    """The reason in the reader's language; as it was said then where its words no longer exist."""
    return sentence(said.as_reason(), courses) if has_words(said.code) else said.sentence


def criterion_item(criterion: BasisCriterion, courses: Mapping[str, str] | None = None) -> ChecklistItem:
    """A frozen criterion as a line of a checklist."""
    reason = criterion.reason
    return checklist_item(criterion.met, read(reason, courses), reason.rule, reason.citation)


def checklist_item(met: bool, words: str, rule: str, citation: str) -> ChecklistItem:
    """Met or not, why, and where it stands written; the citation first, which means something to everybody."""
    source = citation
    if rule:
        cited = _("%(citation)s · rule %(rule)s") if citation else _("Rule %(rule)s")
        source = cited % {"citation": citation, "rule": rule}
    return ChecklistItem(
        word=words,
        state=Done.DONE if met else Done.MISSING,
        state_word=pgettext("criterion", "Met") if met else pgettext("criterion", "Not met"),
        why=source,
    )


def _standard(basis: Basis, standard: BasisStandard) -> StandardLine:
    lines = [
        JudgementLine(judgement, _level(basis, judgement.level))
        for judgement in sorted(basis.judgements_of(standard.guid), key=lambda one: one.judged_at, reverse=True)
    ]
    counted = next((line.level for line in lines if line.judgement.counts), lines[0].level if lines else not_yet())
    readings = [ReadingLine(one, _level(basis, one.level)) for one in basis.readings if one.standard == standard.guid]
    return StandardLine(standard, counted, tuple(lines), tuple(readings))


def _level(basis: Basis, code: str) -> DrawnLevel:
    level = basis.level(code)
    if level is None:
        return not_yet()
    return drawn(level.position, len(basis.levels), level.words.get(get_language() or "") or level.word)

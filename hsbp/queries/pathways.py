"""Graduation pathways that a person decided on, what they rest on, and credit that rests on the same (R55).

The two are decided apart: a pathway by whoever answers the plan, credit under the district's policy. Neither is ever
worked out from the other, and taking one back leaves the other as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format

from crediting.models import Decision, EvidenceUse, LedgerEntry, ScoreRecord
from crediting.queries.facts import evidence_keys
from crediting.rules.facts import AssessmentResult
from crediting.states import DecisionKind, EntryKind
from hsbp.models import PathwayDecision
from hsbp.states import Requirement
from profiles.models import Student

RULE = "R55"
CITATION = "WAC 180-51-051; WAC 180-51-230"
# Work and results that the form offers, newest first.
OFFERED = 60


def standing(student: Student) -> tuple[PathwayDecision, ...]:
    """The newest decision on each pathway, in the order in which they were made. One trip."""
    rows = PathwayDecision.objects.filter(plan__student=student).select_related("decided_by")
    newest: dict[str, PathwayDecision] = {}
    for row in rows.order_by("-decided_at", "-pk"):
        newest.setdefault(row.pathway, row)
    return tuple(reversed(newest.values()))


def pathway_line(student: Student) -> str:
    """The state transcript's word: ``MET`` when any pathway is (T33), ``NOT MET``, or empty where nobody decided."""
    verdicts = {one.verdict for one in standing(student)}
    if not verdicts:
        return ""
    return "MET" if Requirement.MET in verdicts else "NOT MET"


@dataclass(frozen=True)
class Piece:
    """A result on file or a piece of work, by the key under which decisions keep it."""

    key: str
    words: str


def pieces(student: Student) -> list[Piece]:
    """What a pathway may rest on: results on file, then work that stands in a request. Two trips."""
    found: dict[str, str] = {}
    for one in ScoreRecord.objects.filter(student=student).order_by("-taken_on", "-pk")[:OFFERED]:
        result = AssessmentResult(one.instrument, one.taken_on, language=one.language)
        day = date_format(one.taken_on, "DATE_FORMAT")
        found.setdefault(result.evidence_id, f"{one.title or one.instrument}, {day}")
    uses = EvidenceUse.objects.filter(request__student=student).select_related("evidence")
    for use in uses.order_by("-pk")[:OFFERED]:
        found.setdefault(evidence_keys(use)[0], use.evidence.title)
    return [Piece(key, words) for key, words in found.items()]


@dataclass(frozen=True)
class SharedCredit:
    """A decision on credit that rests on the same; ``is_reversed``: it was taken back since."""

    decision: Decision
    is_reversed: bool


def credit_on(student: Student, keys: Iterable[str]) -> list[SharedCredit]:
    """Awards of the student that used up one of ``keys``. Two trips."""
    wanted = set(keys)
    if not wanted:
        return []
    awards = Decision.objects.filter(student=student, kind=DecisionKind.AWARD).order_by("decided_at", "pk")
    shared = [one for one in awards if wanted & set(one.frozen_basis.get("evidence_used", ()))]
    reversals = LedgerEntry.objects.filter(kind=EntryKind.REVERSAL, reverses__decision__in=shared)
    taken_back = set(reversals.values_list("reverses__decision", flat=True))
    return [SharedCredit(one, one.pk in taken_back) for one in shared]


def resting_on(decisions: Sequence[PathwayDecision], credit: Decision) -> list[PathwayDecision]:
    """Those of the pathways that rest on what the decision on credit used up."""
    used = set(credit.frozen_basis.get("evidence_used", ()))
    return [one for one in decisions if used & set(one.rests_on)]

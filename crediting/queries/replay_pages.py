"""A kept replay as its page and its file show it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crediting.models import PolicyReplay, PolicyVersion, ReplayedRequest
from crediting.queries.decided import read
from crediting.rules.basis import said_from
from crediting.rules.numbers import credits_text
from crediting.rules.outcome import OutcomeKind
from crediting.rules.replay import Difference, Unknown
from crediting.states import DecisionKind
from crediting.words import sentence
from mbl.core import clock
from mbl.core.decisions import Reason
from mbl.core.tabular import Cell
from mbl.core.words import state_tone, state_word


def replays_of(version: PolicyVersion) -> QuerySet[PolicyReplay]:
    """The runs of every version of the policy, newest first."""
    return (
        PolicyReplay.objects.filter(version__series=version.series_id)
        .select_related("version__series", "job", "asked_by")
        .defer("document", "students")
    )


@dataclass(frozen=True)
class OutcomeLine:
    """So many decisions were ``then`` and would be ``now``."""

    key: Mapping[str, str]
    then: str
    now: str
    change: str
    tone: str
    count: int
    is_changed: bool


def outcome_lines(replay: PolicyReplay) -> list[OutcomeLine]:
    """Every pair of outcomes with its count, what changes first. No trip."""
    found = [
        OutcomeLine(
            {"then": then, "now": now, "change": change},
            str(state_word(DecisionKind(then))),
            str(state_word(OutcomeKind(now))),
            str(state_word(Difference(change))),
            state_tone(Difference(change)),
            count,
            change != Difference.SAME,
        )
        for then, now, change, count in replay.found.get("outcomes", ())
    ]
    return sorted(found, key=lambda line: (not line.is_changed, -line.count))


def unknown_lines(replay: PolicyReplay) -> list[tuple[str, int]]:
    """Why decisions could not be replayed, and how many. No trip."""
    return [(str(state_word(Unknown(why))), count) for why, count in sorted(replay.found.get("unknown", {}).items())]


def narrowed(rows: QuerySet[ReplayedRequest], asked: Mapping[str, str]) -> QuerySet[ReplayedRequest]:
    """The changed requests, those of one pair of outcomes where ``asked`` names it."""
    names = {"then": "decision__kind", "now": "outcome", "change": "change"}
    wanted = {column: asked[name] for name, column in names.items() if asked.get(name)}
    return (
        rows.filter(**wanted)
        .select_related("decision__student__person", "decision__request__course", "decision__request__school")
        .defer("decision__frozen_basis")
    )


@dataclass(frozen=True)
class Why:
    """One reason with where it stands written."""

    sentence: str
    source: str


@dataclass(frozen=True)
class ChangedLine:
    """One changed request. What was given is empty where nothing was."""

    row: ReplayedRequest
    change: str
    tone: str
    then: str
    given_then: str
    why_then: tuple[Why, ...]
    now: str
    given_now: str
    why_now: tuple[Why, ...]


def changed_line(row: ReplayedRequest) -> ChangedLine:
    """No trip beyond those of ``narrowed``."""
    then, now = DecisionKind(row.decision.kind), OutcomeKind(row.outcome)
    return ChangedLine(
        row=row,
        change=str(state_word(Difference(row.change))),
        tone=state_tone(Difference(row.change)),
        then=str(state_word(then)),
        given_then=_given(row.credits_then, row.mark_then) if then == DecisionKind.AWARD else "",
        why_then=_whys((read(said), said.citation, said.rule) for said in map(said_from, row.reasons_then)),
        now=str(state_word(now)),
        given_now=_given(row.credits, row.mark) if now in (OutcomeKind.AWARD, OutcomeKind.MUST_AWARD) else "",
        why_now=_whys((sentence(one), one.citation, one.rule_id) for one in map(Reason.from_json, row.reasons)),
    )


def _given(amount: Decimal, mark: str) -> str:
    said = {"credits": credits_text(amount), "mark": mark}
    return _("%(credits)s credits, mark %(mark)s") % said if mark else _("%(credits)s credits") % said


def _whys(reasons: Iterator[tuple[str, str, str]]) -> tuple[Why, ...]:
    found = [Why(text, " · ".join(filter(None, (citation, rule)))) for text, citation, rule in reasons]
    return tuple(dict.fromkeys(found))


def header() -> list[str]:
    return [
        _("Student"),
        _("School"),
        _("Course"),
        _("Course title"),
        _("Shown on"),
        _("Decided on"),
        _("Decided"),
        _("Credits then"),
        _("Mark then"),
        _("Rule then"),
        _("Why then"),
        _("Now"),
        _("Credits now"),
        _("Mark now"),
        _("Rule now"),
        _("Why now"),
        _("What changes"),
    ]


def file_rows(replay: PolicyReplay, rows: QuerySet[ReplayedRequest]) -> Iterator[Sequence[Cell]]:
    """The changed requests for a spreadsheet, read while they are sent."""
    for row in narrowed(rows, {}).iterator(chunk_size=500):
        line, decision = changed_line(row), row.decision
        request = decision.request
        assert request is not None  # only decisions on requests are replayed
        yield [
            str(decision.student),
            request.school.name,
            request.course.code,
            request.course.title,
            decision.demonstrated_on,
            clock.day_of(decision.decided_at, replay.district),
            line.then,
            row.credits_then if line.given_then else None,
            row.mark_then,
            decision.rule_code,
            _joined(line.why_then),
            line.now,
            row.credits if line.given_now else None,
            row.mark,
            row.rule_code,
            _joined(line.why_now),
            line.change,
        ]


def _joined(reasons: Sequence[Why]) -> str:
    return " ".join(f"{one.sentence} ({one.source})" if one.source else one.sentence for one in reasons)


def as_shown(replay: PolicyReplay) -> dict[str, Any]:
    """The counts at the top of the page."""
    unknown = sum(replay.found.get("unknown", {}).values())
    return {"decisions": replay.decisions, "changed": replay.changed, "unknown": unknown}

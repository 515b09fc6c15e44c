"""Marks that are read off something else: a table by score or number, the completed course, or what staff confirm."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from crediting.rules.engine.findings import Finding, missing, used_by
from crediting.rules.engine.scene import Scene
from crediting.rules.facts import AssessmentResult
from crediting.rules.policy.conditions import plain_value
from crediting.rules.policy.marks import LETTER_MARKS
from crediting.rules.policy.terms import COMPLETED, Mark, MarkTable


def read_mark(scene: Scene, shown: Iterable[Finding]) -> tuple[Mark | None, list[Finding]]:
    """The mark that the rule reads off; None with what is missing for it."""
    marks = scene.rule.marks
    if marks.table is not None:
        return _by_table(marks.table, scene, used_by(shown))
    if marks.taken_from == COMPLETED:
        used = used_by(shown)
        rows = [row for row in scene.facts.record if row.evidence_id in used and row.mark]
        return _as_written(rows[-1].mark if rows else "", scene)
    said = scene.facts.confirmed.get(marks.taken_from)
    return _as_written(said.strip() if isinstance(said, str) else "", scene)


def _as_written(said: str, scene: Scene) -> tuple[Mark | None, list[Finding]]:
    value = said.upper()
    if not value:
        return None, [missing("mark", scene.because("mark.unknown", "R35"))]
    return Mark(value, value in LETTER_MARKS, scene.rule.marks.basis), []


def _by_table(table: MarkTable, scene: Scene, used: frozenset[str]) -> tuple[Mark | None, list[Finding]]:
    if table.fact:
        value = scene.facts.confirmed.get(table.fact)
        if value is not None and any(row.word for row in table.rows):
            return _named(table, plain_value(value), scene)
        reached = value if isinstance(value, Decimal) else None
    else:
        reached = _best(table, scene, used)
    if reached is None:
        return None, [missing("mark", scene.because("mark.unknown", "R35"))]
    for row in reversed(table.rows):
        if (row.first is None or row.first <= reached) and (row.last is None or reached <= row.last):
            return row.mark, []
    return None, [missing("mark", scene.because("mark.no_row", "R35", reached=plain_value(reached)))]


def _named(table: MarkTable, said: str, scene: Scene) -> tuple[Mark | None, list[Finding]]:
    """The row of a word."""
    row = next((row for row in table.rows if row.word == said), None)
    if row is not None:
        return row.mark, []
    return None, [missing("mark", scene.because("mark.no_row", "R35", reached=said))]


def _best(table: MarkTable, scene: Scene, used: frozenset[str]) -> Decimal | None:
    """The best score on one of the instruments: of the results that the award rests on, where it rests on some."""
    codes = {code.lower() for code in table.instruments}
    known = [one for one in scene.results if one.instrument.lower() in codes]
    counting = [one for one in known if one.evidence_id in used] or known
    return max((number for one in counting if (number := _number(one)) is not None), default=None)


def _number(result: AssessmentResult) -> Decimal | None:
    if result.score is not None:
        return result.score
    return None if result.level is None else Decimal(result.level)

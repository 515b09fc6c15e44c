"""What level a standard has reached, and why.

How several judgements become one level is said by the aggregation that was in force when the newest of them was given,
which the judgement carries: a later setting never rewrites the past. A result always names the judgements it used,
those it did not, and the one line of arithmetic between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crediting.rules.aggregation import Aggregation, Worked, work_out
from crediting.rules.facts import ClaimedStandard, JudgedLevel
from crediting.rules.plain import name_of
from crediting.states import AggregationKind
from mbl.core.decisions import Param, Reason


@dataclass(frozen=True)
class StandardResult:
    """``used`` are the judgements that counted (none: no level yet), ``not_used`` the others; both newest first.

    ``level`` is what they come to, empty where there is none yet; then ``arithmetic`` is None too, and somebody can
    still judge. ``is_modified``: one that counted was judged against expectations changed for the student.
    """

    standard: ClaimedStandard
    required: str
    used: tuple[JudgedLevel, ...]
    not_used: tuple[JudgedLevel, ...]
    met: bool
    reason: Reason
    arithmetic: Reason | None = None
    level: str = ""

    @property
    def is_judged(self) -> bool:
        return bool(self.used)

    @property
    def is_modified(self) -> bool:
        return any(judgement.is_modified for judgement in self.used)

    def as_json(self) -> dict[str, object]:
        """What a frozen basis keeps."""
        return {
            "standard": self.standard.guid,
            "code": self.standard.code,
            "statement": self.standard.statement,
            "framework": self.standard.framework,
            "framework_version": self.standard.framework_version,
            "body": self.standard.body,
            "required": self.required,
            "level": self.level,
            "met": self.met,
            "modified": self.is_modified,
            "used": [_judged(judgement) for judgement in self.used],
            "not_used": [_judged(judgement) for judgement in self.not_used],
            "reason": self.reason.as_json(),
            "arithmetic": self.arithmetic.as_json() if self.arithmetic else None,
        }


def evaluate(
    levels: Sequence[str],
    required: str,
    claims: Iterable[ClaimedStandard],
    judgements: Iterable[JudgedLevel],
    citation: str = "",
) -> tuple[StandardResult, ...]:
    """Each claimed standard with what its judgements come to, against the level ``required``.

    ``levels`` are the scale's level codes, lowest first. Several looks at one attempt are one attempt, and the last
    look says what it showed. Attempts stand in the order in which they were first judged; of those of one moment the
    later attempt is the newer, then the later one given.
    """
    by_standard: dict[str, list[JudgedLevel]] = {}
    for judgement in judgements:
        by_standard.setdefault(judgement.standard, []).append(judgement)
    return tuple(_evaluate_one(levels, required, claim, by_standard.get(claim.guid, []), citation) for claim in claims)


def _evaluate_one(
    levels: Sequence[str], required: str, claim: ClaimedStandard, judgements: list[JudgedLevel], citation: str
) -> StandardResult:
    said: dict[str, Param] = {"standard": name_of(claim.code, claim.statement)}
    looks = sorted(judgements, key=lambda judgement: (judgement.judged_at, judgement.attempt))
    newest_first = tuple(reversed(looks))

    def open_(code: str, params: dict[str, Param], rule: str) -> StandardResult:
        return StandardResult(claim, required, (), newest_first, met=False, reason=Reason(code, params, rule, citation))

    if not looks:
        return open_("mastery.not_judged", said, "R11")
    aggregation = looks[-1].aggregation
    attempts = _attempts(looks)
    if len(attempts) < aggregation.least:
        return open_("mastery.too_few", said | {"attempts": len(attempts), "least": aggregation.least}, "R7")
    asked = place(levels, required)
    looked_at = [attempts[index].level for index in aggregation.window(len(attempts))]
    if unknown := next((level for level in (required, *looked_at) if not place(levels, level)), None):
        return open_("mastery.level_unknown", said | {"level": unknown}, "R6")

    worked = work_out(aggregation, [place(levels, attempt.level) for attempt in attempts])
    level = levels[worked.place - 1]
    met = worked.place >= asked
    used = tuple(attempts[index] for index in reversed(worked.used))
    reached: dict[str, Param] = said | {"level": level, "required_level": required}
    compared: dict[str, Param] = {
        "level": level,
        "reached": worked.place,
        "required_level": required,
        "asked": asked,
        "levels": len(levels),
    }
    return StandardResult(
        claim,
        required,
        used,
        tuple(judgement for judgement in newest_first if judgement not in used),
        met,
        Reason("mastery.reached" if met else "mastery.below", reached, "R7", citation),
        _arithmetic(aggregation, worked, attempts, len(looks), compared, met, citation),
        level,
    )


def _attempts(looks: Sequence[JudgedLevel]) -> list[JudgedLevel]:
    """The last look at each attempt; a dict keeps the order in which the attempts were first judged."""
    last: dict[tuple[str, int], JudgedLevel] = {}
    for look in looks:
        last[look.source, look.attempt] = look
    return list(last.values())


def _arithmetic(
    aggregation: Aggregation,
    worked: Worked,
    attempts: Sequence[JudgedLevel],
    looks: int,
    compared: dict[str, Param],
    met: bool,
    citation: str,
) -> Reason:
    if aggregation.kind == AggregationKind.NEWEST:
        code = "mastery.arithmetic_met" if met else "mastery.arithmetic_below"
        return Reason(code, {"attempt": attempts[-1].attempt, "judgements": looks, **compared}, "R7", citation)
    counted: dict[str, Param] = {"attempts": len(attempts), "counted": len(aggregation.window(len(attempts)))}
    return Reason(f"mastery.by_{aggregation.kind}", counted | compared | dict(worked.numbers), "R7", citation)


def place(levels: Sequence[str], code: str) -> int:
    """The level's place, the first being 1; 0 where the scale has no such level."""
    return levels.index(code) + 1 if code in levels else 0


def _judged(judgement: JudgedLevel) -> dict[str, object]:
    return {
        "level": judgement.level,
        "position": judgement.position,
        "attempt": judgement.attempt,
        "judged_at": judgement.judged_at.isoformat(),
        "assessor": judgement.assessor,
        "modified": judgement.is_modified,
    }

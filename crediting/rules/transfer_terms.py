"""What a district's policy says about credit of other schools: who decides, how it is converted, what is recognized.

It stands in a policy file as ``transfer``. WAC 180-51-050(6) asks every board for such a policy, the same for every
school of the district; the rule itself sets no factor, no cap and no list of schools.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from crediting.rules.credits import HOURS_A_CREDIT, CollegeUnit
from crediting.states import GivenUnit, Rounding, Sending
from profiles.states import Role

DECIDERS: Final = (Role.REGISTRAR, Role.COUNSELOR, Role.CREDIT_MANAGER, Role.PRINCIPAL, Role.ADMINISTRATOR)
_COLLEGE = {
    GivenUnit.COLLEGE_QUARTER: HOURS_A_CREDIT[CollegeUnit.QUARTER],
    GivenUnit.COLLEGE_SEMESTER: HOURS_A_CREDIT[CollegeUnit.SEMESTER],
}
# What one of these is worth here, only a policy says.
POLICY_UNITS: Final = tuple(one for one in GivenUnit if one != GivenUnit.CREDIT and one not in _COLLEGE)


class Confirm(StrEnum):
    """Which decisions a second person confirms."""

    LOWERED = "lowered"
    EVERY = "every"


class Others(StrEnum):
    """What becomes of credit from a school that the policy does not name as recognized."""

    JUDGED = "judged"
    ELECTIVE = "elective"
    REFUSED = "refused"


@dataclass(frozen=True)
class Steps:
    """Credits come in multiples of ``step``."""

    step: Decimal
    rounding: Rounding = Rounding.DOWN


@dataclass(frozen=True)
class TransferTerms:
    """``units`` says for each unit of a sending school how much of our credit one of it is; ``confirmed_by`` is empty
    where one person decides alone. ``steps`` is None where three decimals are kept; ``partial`` is None where the
    policy gives no credit for a part of a term."""

    decided_by: frozenset[str]
    confirmed_by: frozenset[str] = frozenset()
    confirm: Confirm = Confirm.LOWERED
    recognized: frozenset[Sending] = frozenset()
    others: Others = Others.JUDGED
    others_mark: str = ""
    others_at_most: Decimal | None = None
    units: Mapping[GivenUnit, Fraction] = field(default_factory=dict)
    steps: Steps | None = None
    partial: Steps | None = None
    text: str = ""

    def worth_of(self, unit: GivenUnit) -> Fraction | None:
        """What one of the unit is in our credits: by state rule for credits and hours of a college, by the policy for
        everything else; None where nothing says so."""
        if unit == GivenUnit.CREDIT:
            return Fraction(1)
        if unit in _COLLEGE:
            return Fraction(1, _COLLEGE[unit])
        return self.units.get(unit)


# Where no policy is in force a statute may still demand that a credit is accepted: the registrar and the counselor do.
NO_POLICY: Final = TransferTerms(frozenset({str(Role.REGISTRAR), str(Role.COUNSELOR)}))


def transfer_of(value: Mapping[str, Any] | None) -> TransferTerms | None:
    """What the section says; None where there is none."""
    if not value:
        return None
    most = value.get("others_at_most")
    return TransferTerms(
        decided_by=frozenset(value["decided_by"]),
        confirmed_by=frozenset(value.get("confirmed_by", ())),
        confirm=Confirm(value.get("confirm", Confirm.LOWERED)),
        recognized=frozenset(Sending(one) for one in value.get("recognized", ())),
        others=Others(value.get("others", Others.JUDGED)),
        others_mark=value.get("others_mark", ""),
        others_at_most=None if most is None else _exact(most),
        units={
            GivenUnit(row["unit"]): Fraction(_exact(row["credits"])) / Fraction(_exact(row.get("count", 1)))
            for row in value.get("units", ())
        },
        steps=_steps(value),
        partial=_steps(value["partial"]) if "partial" in value else None,
        text=(value.get("text") or "").strip(),
    )


def _steps(value: Mapping[str, Any]) -> Steps | None:
    step = value.get("round_to")
    return None if step is None else Steps(_exact(step), Rounding(value.get("rounding", Rounding.DOWN)))


def _exact(number: Any) -> Decimal:
    return Decimal(str(number))


# --- How the section looks in a policy file ---------------------------------------------------------------------------

_ROLES: Final = {
    "type": "array",
    "items": {"enum": [str(role) for role in DECIDERS]},
    "minItems": 1,
    "uniqueItems": True,
}
_SOME: Final = {"type": "number", "exclusiveMinimum": 0, "maximum": 10_000}
_STEP: Final = {"type": "number", "exclusiveMinimum": 0, "maximum": 1}
_ROUNDING: Final = {"enum": [str(one) for one in Rounding]}

TRANSFER: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "decided_by": _ROLES,
        "confirmed_by": _ROLES | {"description": "A second person in one of these roles; left out, one decides alone."},
        "confirm": {
            "enum": [str(one) for one in Confirm],
            "description": "lowered (the default): a second person only where less is recognized than was given.",
        },
        "recognized": {
            "type": "array",
            "items": {"enum": [str(Sending.WASHINGTON_PUBLIC), str(Sending.ACCREDITED)]},
            "uniqueItems": True,
            "description": "Schools whose credit is recognized as it stands.",
        },
        "others": {
            "enum": [str(one) for one in Others],
            "description": "Credit of every other school: judged line by line (the default), elective, or refused.",
        },
        "others_mark": {"type": "string", "minLength": 1, "maxLength": 5},
        "others_at_most": _SOME | {"description": "Credits of such schools in all, for one student."},
        "units": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "unit": {
                        "enum": [str(one) for one in GivenUnit if one != GivenUnit.CREDIT and one not in _COLLEGE]
                    },
                    "count": _SOME | {"description": "1, where left out."},
                    "credits": _SOME,
                },
                "required": ["unit", "credits"],
                "additionalProperties": False,
            },
            "minItems": 1,
            "description": "So many units of a sending school make so many credits.",
        },
        "round_to": _STEP,
        "rounding": _ROUNDING,
        "partial": {
            "type": "object",
            "properties": {"round_to": _STEP, "rounding": _ROUNDING},
            "required": ["round_to"],
            "additionalProperties": False,
            "description": "Credit for the part of a term that a student was there, in steps.",
        },
        "text": {"type": "string"},
    },
    "required": ["decided_by"],
    "additionalProperties": False,
    "description": "Credit of other schools (WAC 180-51-050(6)): who decides, what is recognized, how it is converted.",
}

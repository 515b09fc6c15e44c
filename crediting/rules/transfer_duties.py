"""What law demands when certain students bring credit from another school, whatever a policy says.

Dated data: RCW 28A.320.192 for students who are homeless, in foster care, or in or released from an institutional
education facility; RCW 28A.705.010, the interstate compact, for children of military families.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from mbl.core.decisions import Reason

HIGHLY_MOBILE = frozenset({"homeless", "foster", "institutional"})
MILITARY = frozenset({"military"})


# The duty that somebody answers for each required course.
WAIVE = "waive"


@dataclass(frozen=True)
class TransferDuty:
    code: str
    citation: str
    groups: frozenset[str]
    first: dt.date
    rule_id: str = ""

    @property
    def reason(self) -> Reason:
        return Reason(f"duty.transfer.{self.code}", {}, self.rule_id, self.citation)


_SINCE_2017 = dt.date(2017, 7, 23)
DUTIES = (
    TransferDuty("accept", "RCW 28A.320.192", HIGHLY_MOBILE, _SINCE_2017, "R27"),
    TransferDuty("consolidate", "RCW 28A.320.192(3)", HIGHLY_MOBILE, _SINCE_2017, "R27"),
    TransferDuty(WAIVE, "RCW 28A.320.192(2)", HIGHLY_MOBILE, _SINCE_2017),
    TransferDuty("tests", "RCW 28A.320.192(4)", frozenset({"institutional"}), _SINCE_2017, "R26"),
    TransferDuty(WAIVE, "RCW 28A.705.010", MILITARY, dt.date(2009, 7, 26)),
)


def duties(groups: Collection[str], on: dt.date) -> tuple[TransferDuty, ...]:
    """What law demands for a student in these groups on a day; one demand once, by the first law that makes it."""
    found: dict[str, TransferDuty] = {}
    for duty in DUTIES:
        if duty.groups & set(groups) and duty.first <= on:
            found.setdefault(duty.code, duty)
    return tuple(found.values())


def is_protected(groups: Collection[str]) -> bool:
    """Whether credit of another school has to be accepted for the student (R27)."""
    return bool(HIGHLY_MOBILE & set(groups))

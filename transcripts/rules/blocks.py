"""What keeps a transcript from being issued: each with a sentence that says where to mend it."""

from __future__ import annotations

import re

from mbl.core.decisions import Reason
from transcripts.rules.lines import Record

_SSID = re.compile(r"[0-9]{10}")


def is_state_id(ssid: str) -> bool:
    """Exactly ten digits (T5)."""
    return _SSID.fullmatch(ssid) is not None


def blocks(*, ssid: str, has_school: bool, last_name: str, record: Record) -> tuple[Reason, ...]:
    """Reasons why no official transcript can be issued; empty is clear."""
    found: list[Reason] = []
    if not ssid.strip():
        found.append(Reason("block.no_ssid", {}, "T5"))
    elif not is_state_id(ssid):
        found.append(Reason("block.bad_ssid", {"ssid": ssid}, "T5"))
    if not has_school:
        found.append(Reason("block.no_school", {}))
    if not last_name.strip():
        found.append(Reason("block.no_legal_name", {}, "T4"))
    by_key = {row.key: row for row in record.rows}
    for unknown in record.total.unknown_marks:
        row = by_key[unknown.key]
        found.append(
            Reason(
                "block.unknown_mark",
                {"mark": row.mark, "course": row.title, "year": f"{row.school_year - 1}-{row.school_year % 100:02d}"},
                "T12",
                unknown.reason.citation,
            )
        )
    return tuple(found)

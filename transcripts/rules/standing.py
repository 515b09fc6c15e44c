"""What an issued transcript is worth today, from facts that others recorded. Nothing of it is stored."""

from dataclasses import dataclass

from transcripts.states import Standing


@dataclass(frozen=True)
class Facts:
    """``has_reversed_line``: a row printed on it was taken back in the ledger since."""

    is_revoked: bool
    is_replaced: bool
    has_reversed_line: bool


def standing(facts: Facts | None) -> Standing:
    """The gravest fact speaks. None: there is no such transcript.

    A replaced transcript stays replaced when a line of it is reversed: its reader already knows to ask for the new one.
    """
    if facts is None:
        return Standing.UNKNOWN
    if facts.is_revoked:
        return Standing.REVOKED
    if facts.is_replaced:
        return Standing.REPLACED
    if facts.has_reversed_line:
        return Standing.NOT_CURRENT
    return Standing.VALID

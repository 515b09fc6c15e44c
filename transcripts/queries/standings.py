"""What transcripts are worth today."""

from __future__ import annotations

from typing import Protocol, cast

from transcripts.models import Transcript
from transcripts.rules.standing import Facts, standing
from transcripts.states import Standing


class _WithFacts(Protocol):
    is_revoked: bool
    is_replaced: bool
    has_reversed_line: bool


def standing_of(transcript: Transcript) -> Standing:
    """The standing of a row that was read ``with_standing``."""
    facts = cast(_WithFacts, transcript)
    return standing(Facts(facts.is_revoked, facts.is_replaced, facts.has_reversed_line))

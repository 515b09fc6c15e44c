"""Outcomes of the engine in a word, as a trial shows them."""

from django.utils.translation import gettext_lazy as _

from crediting.rules.outcome import OutcomeKind
from mbl.core.words import register_states, state_tone, state_word

register_states(
    OutcomeKind,
    {
        OutcomeKind.AWARD: (_("Credit is given"), "ok"),
        OutcomeKind.MUST_AWARD: (_("Credit must be given"), "ok"),
        OutcomeKind.REQUIREMENT_MET: (_("The requirement is met"), "ok"),
        OutcomeKind.EXCUSED: (_("Released from the requirement"), "ok"),
        OutcomeKind.WAIVED: (_("The requirement is waived"), "ok"),
        OutcomeKind.REFUSED: (_("Refused"), "urgent"),
        OutcomeKind.NOT_DECIDABLE: (_("Cannot be decided yet"), "attention"),
    },
)


def outcome_word(kind: OutcomeKind) -> str:
    return str(state_word(kind))


def outcome_tone(kind: OutcomeKind) -> str:
    return state_tone(kind)

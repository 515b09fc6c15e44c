"""Every pair of verb and state of proposals and appeals: what follows, what was done already, what cannot be."""

from enum import StrEnum

import pytest

from crediting.states import APPEAL, PROPOSAL, AppealState, ProposalState
from mbl.core.errors import InvalidTransition
from mbl.core.transitions import Already, Transitions

# By verb, what becomes of each state in the order of the enum: a state, "=" for done already, "–" for impossible.
PROPOSALS = {
    "send": ("sent", "=", "–", "–", "–"),
    "approve": ("–", "approved", "=", "–", "–"),
    "refuse": ("–", "refused", "–", "=", "–"),
    "withdraw": ("withdrawn", "withdrawn", "–", "–", "="),
    "reopen": ("–", "=", "–", "sent", "–"),
}
APPEALS = {"uphold": ("upheld", "=", "–"), "overturn": ("overturned", "–", "=")}


def said(machine: Transitions[ProposalState] | Transitions[AppealState], verb: str, state: StrEnum) -> str:
    try:
        after = machine.after(verb, state)
    except InvalidTransition:
        return "–"
    return "=" if isinstance(after, Already) else str(after)


@pytest.mark.parametrize("verb", sorted(PROPOSAL.moves))
def test_each_verb_of_a_proposal_in_each_state(verb: str) -> None:
    assert tuple(said(PROPOSAL, verb, state) for state in ProposalState) == PROPOSALS[verb]


@pytest.mark.parametrize("verb", sorted(APPEAL.moves))
def test_each_verb_of_an_appeal_in_each_state(verb: str) -> None:
    assert tuple(said(APPEAL, verb, state) for state in AppealState) == APPEALS[verb]

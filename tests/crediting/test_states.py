"""Every pair of verb and state of every machine: what follows, what was done already, what cannot be."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, cast

import pytest

from crediting import states
from crediting.states import (
    APPEAL,
    AWARD_PROPOSAL,
    AWARD_REVIEW,
    COMMON_TASK,
    EVIDENCE_USE,
    POLICY,
    PROJECT,
    PROPOSAL,
    READING,
    REQUEST,
    TRANSFER,
    ProposalState,
)
from mbl.core.errors import InvalidTransition
from mbl.core.transitions import Already, Transitions

# By verb, what becomes of each state in the order of the enum: a state, "=" for done already, "–" for impossible.
MACHINES: dict[str, tuple[Transitions[Any], dict[str, tuple[str, ...]]]] = {
    # draft, submitted, returned, assessed, awarded, granted, not awarded, reversed, withdrawn
    "request": (
        REQUEST,
        {
            "submit": ("submitted", "=", "submitted", "–", "–", "–", "–", "–", "–"),
            "send_back": ("–", "returned", "=", "returned", "–", "–", "–", "–", "–"),
            "complete_assessment": ("–", "assessed", "–", "=", "–", "–", "–", "–", "–"),
            "award": ("–", "–", "–", "awarded", "=", "–", "–", "awarded", "–"),
            "grant": ("–", "–", "–", "granted", "–", "=", "–", "granted", "–"),
            "refuse": ("–", "not_awarded", "–", "not_awarded", "–", "–", "=", "not_awarded", "–"),
            "reverse": ("–", "–", "–", "–", "reversed", "reversed", "–", "=", "–"),
            "withdraw": ("withdrawn", "withdrawn", "withdrawn", "withdrawn", "–", "–", "–", "–", "="),
            "reopen": ("–", "–", "–", "=", "–", "–", "assessed", "–", "–"),
        },
    ),
    # draft, submitted, returned, assessed
    "evidence in a request": (
        EVIDENCE_USE,
        {
            "submit": ("submitted", "=", "submitted", "–"),
            "send_back": ("–", "returned", "=", "returned"),
            "assess": ("–", "assessed", "–", "="),
        },
    ),
    # draft, published, closed, withdrawn
    "common task": (
        COMMON_TASK,
        {
            "publish": ("published", "=", "–", "–"),
            "withdraw": ("–", "withdrawn", "–", "="),
            "close": ("–", "closed", "=", "–"),
        },
    ),
    # draft, published
    "policy version": (POLICY, {"publish": ("published", "=")}),
    # open, confirmed, dismissed, declined, reversed, stale
    "proposed award": (
        AWARD_PROPOSAL,
        {
            "confirm": ("confirmed", "=", "–", "–", "–", "–"),
            "dismiss": ("dismissed", "–", "=", "–", "–", "–"),
            "decline": ("declined", "–", "–", "=", "–", "–"),
            "want": ("=", "–", "–", "open", "–", "–"),
            "expire": ("stale", "–", "–", "–", "–", "="),
            "take_back": ("–", "reversed", "–", "–", "=", "–"),
        },
    ),
    # open, kept, reversed, holds
    "award to look at again": (
        AWARD_REVIEW,
        {
            "keep": ("kept", "=", "–", "–"),
            "reverse": ("reversed", "–", "=", "–"),
            "settle": ("holds", "–", "–", "="),
        },
    ),
    # waiting, given, excused, overtaken
    "second reading": (
        READING,
        {
            "give": ("given", "=", "–", "–"),
            "excuse": ("excused", "–", "=", "–"),
            "overtake": ("overtaken", "–", "–", "="),
        },
    ),
    # waiting, to confirm, decided, withdrawn
    "line of another school": (
        TRANSFER,
        {
            "decide": ("decided", "–", "decided", "–"),
            "propose": ("to_confirm", "=", "to_confirm", "–"),
            "confirm": ("–", "decided", "=", "–"),
            "send_back": ("=", "waiting", "–", "–"),
            "reopen": ("=", "–", "waiting", "–"),
            "withdraw": ("withdrawn", "–", "–", "="),
        },
    ),
    # draft, sent, approved, refused, withdrawn
    "proposal": (
        PROPOSAL,
        {
            "send": ("sent", "=", "–", "–", "–"),
            "approve": ("–", "approved", "=", "–", "–"),
            "refuse": ("–", "refused", "–", "=", "–"),
            "withdraw": ("withdrawn", "withdrawn", "–", "–", "="),
            "reopen": ("–", "=", "–", "sent", "–"),
        },
    ),
    # draft, sent, approved, returned, withdrawn, replaced
    "project in a class": (
        PROJECT,
        {
            "send": ("sent", "=", "–", "–", "–", "–"),
            "approve": ("–", "approved", "=", "–", "–", "–"),
            "send_back": ("–", "returned", "–", "=", "–", "–"),
            "withdraw": ("withdrawn", "withdrawn", "withdrawn", "withdrawn", "=", "–"),
            "replace": ("–", "replaced", "–", "–", "–", "="),
        },
    ),
    # open, upheld, overturned
    "appeal": (APPEAL, {"uphold": ("upheld", "=", "–"), "overturn": ("overturned", "–", "=")}),
}


def states_of(machine: Transitions[Any]) -> list[StrEnum]:
    return list(cast(type[StrEnum], machine.states))


PAIRS = [
    (name, verb, state)
    for name, (machine, _said) in MACHINES.items()
    for verb in machine.moves
    for state in states_of(machine)
]


def said(machine: Transitions[Any], verb: str, state: StrEnum) -> str:
    try:
        after = machine.after(verb, state)
    except InvalidTransition:
        return "–"
    return "=" if isinstance(after, Already) else str(after)


def test_no_machine_and_no_verb_is_left_out() -> None:
    known = {name for name, value in vars(states).items() if isinstance(value, Transitions)}
    assert len(known) == len(MACHINES)
    for machine, verbs in MACHINES.values():
        assert set(verbs) == set(machine.moves)
        assert all(len(row) == len(states_of(machine)) for row in verbs.values())


@pytest.mark.parametrize(("name", "verb", "state"), PAIRS)
def test_each_verb_in_each_state(name: str, verb: str, state: StrEnum) -> None:
    machine, verbs = MACHINES[name]
    assert said(machine, verb, state) == verbs[verb][states_of(machine).index(state)]


def test_a_row_that_was_picked_to_be_moved_has_not_moved_yet() -> None:
    assert PROPOSAL.moved("approve", "sent") == ProposalState.APPROVED
    for state in ("approved", "draft"):
        with pytest.raises(InvalidTransition):
            PROPOSAL.moved("approve", state)

"""State machines as tables: printable, drive the buttons, tested by enumerating every pair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from mbl.core.errors import InvalidTransition

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True)
class Already(Generic[S]):
    """The verb has been done: a second call changes nothing and gives the first one's answer."""

    state: S


@dataclass(frozen=True)
class Transitions(Generic[S]):
    """``moves[verb] = (states it starts from, state it ends in)``."""

    states: type[S]
    moves: Mapping[str, tuple[frozenset[S], S]]

    def after(self, verb: str, state: str) -> S | Already[S]:
        """The state after ``verb``, or ``Already``; ``InvalidTransition`` where the table has no such move."""
        now = self.states(state)
        starts, end = self.moves[verb]
        if now in starts:
            return end
        if now == end:
            return Already(now)
        raise InvalidTransition(verb, now)

    def moved(self, verb: str, state: str) -> S:
        """The state after ``verb`` for a row that was picked because it is still to be done."""
        after = self.after(verb, state)
        if isinstance(after, Already):
            raise InvalidTransition(verb, after.state)
        return after

    def allows(self, verb: str, state: str) -> bool:
        return self.states(state) in self.moves[verb][0]

    def verbs_from(self, state: str) -> list[str]:
        return [verb for verb, (starts, _) in self.moves.items() if self.states(state) in starts]


def table(states: type[S], **moves: tuple[S | tuple[S, ...], S]) -> Transitions[S]:
    """``table(State, submit=((DRAFT, RETURNED), SUBMITTED))``."""
    return Transitions(
        states,
        {
            verb: (frozenset(starts) if isinstance(starts, tuple) else frozenset({starts}), end)
            for verb, (starts, end) in moves.items()
        },
    )

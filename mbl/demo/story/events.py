"""One action at one moment, so that all stories of a district can be told in the order of their time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from mbl.demo.story.stage import Stage
from mbl.demo.story.telling import moment, school_day


@dataclass(frozen=True)
class Event:
    """``about`` says which it is, for whoever mends a story."""

    at: dt.datetime
    act: Callable[[], object]
    about: str


class Story(Protocol):
    """Something that is told: its actions, each at its moment."""

    def events(self) -> Iterator[Event]: ...


def event_of(stage: Stage, days_ago: int, minutes: int, act: Callable[[], object], *, about: str) -> Event:
    """``act``, that many days ago and minutes into the day; people do not all sit down at the same minute."""
    minutes += sum(map(ord, about)) % 240
    at = moment(school_day(stage.today, days_ago), stage.district, minutes=minutes)
    return Event(at, act, f"{about} ({days_ago} days ago)")

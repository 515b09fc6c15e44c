"""Tells the proposals of ``proposals.yaml``: written, sent, approved; hours written down and checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

import yaml

from crediting.actions.proposals import approve_proposal, begin_proposal, check_hours, log_hours, send_proposal
from crediting.models import ProposalVersion
from crediting.states import ProposalKind
from mbl.demo.story.cast import DATA
from mbl.demo.story.events import Event, event_of
from mbl.demo.story.stage import Stage
from mbl.demo.story.telling import school_day

# Between beginning a proposal and sending it.
DAYS_TO_WRITE = 2


@dataclass
class ProposalStory:
    """What is told of one proposal; keys are those of ``proposals.yaml``."""

    stage: Stage
    student: str
    kind: str
    words: Mapping[str, str]
    begins: int
    ends: int
    steps: Sequence[Mapping[str, Any]]
    hours: Sequence[tuple[int, float, str]] = ()
    _version: ProposalVersion | None = field(default=None, init=False)

    def events(self) -> Iterator[Event]:
        yield self._event(self._day_of(self.steps[0]) + DAYS_TO_WRITE, 0, self._begin)
        for number, step in enumerate(self.steps):
            # Hours of a day are written down before somebody checks them.
            yield self._event(self._day_of(step), 240 + 7 * number, partial(self._take, step))
        for days_ago, hours, done in self.hours:
            yield self._event(days_ago, 200, partial(self._work, days_ago, Decimal(str(hours)), done))

    @staticmethod
    def _day_of(step: Mapping[str, Any]) -> int:
        return int(next(iter(step.values())))

    def _event(self, days_ago: int, minutes: int, act: Callable[[], object]) -> Event:
        return event_of(self.stage, days_ago, minutes, act, about=f"{self.student}: {self.words['program']}")

    def _begin(self) -> None:
        first, last = (self.stage.today + dt.timedelta(days=number) for number in (self.begins, self.ends))
        self._version = begin_proposal(
            student=self.stage.student(self.student),
            kind=ProposalKind(self.kind),
            words={**self.words, "starts_on": first, "ends_on": last},
            actor=self.stage.user(self.student),
        )

    def _take(self, step: Mapping[str, Any]) -> None:
        by = self.stage.user(step.get("by", self.student))
        match next(iter(step)):
            case "send":
                send_proposal(self.version, actor=by)
            case "approve":
                approve_proposal(self.version, reason=step["reason"], actor=by)
            case "check":
                through = school_day(self.stage.today, self._day_of(step))
                check_hours(self.version.proposal, through=through, note=step["note"], actor=by)
            case verb:
                raise ValueError(f"Nobody knows how to {verb}.")

    def _work(self, days_ago: int, hours: Decimal, done: str) -> None:
        day = school_day(self.stage.today, days_ago)
        log_hours(self.version.proposal, day=day, hours=hours, done=done, actor=self.stage.user(self.student))

    @property
    def version(self) -> ProposalVersion:
        assert self._version is not None
        return ProposalVersion.objects.select_related("proposal").get(pk=self._version.pk)


def stories(stage: Stage) -> Iterator[ProposalStory]:
    """The proposals by students of this district."""
    here = {student.id for student in stage.cast_students}
    for told in yaml.safe_load((DATA / "proposals.yaml").read_text(encoding="utf-8")):
        if told["student"] in here:
            yield ProposalStory(stage=stage, **told)

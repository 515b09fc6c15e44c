"""Policies, how levels are worked out, scales, and days without school."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from mbl.core.audit import Payload, verb


@verb("crediting.policy.drafted", _("{actor} loaded policy {policy}, version {version}, as a draft"))
class PolicyDrafted(Payload):
    policy: str
    version: int
    sha256: str


@verb("crediting.policy.published", _("{actor} published policy {policy}, version {version}, from {first}"))
class PolicyPublished(Payload):
    policy: str
    version: int
    first: str
    last: str


@verb("crediting.policy.closed", _("{actor} closed policy {policy}, version {version}; its last day is {last}"))
class PolicyClosed(Payload):
    policy: str
    version: int
    last: str


@verb("crediting.policy.discarded", _("{actor} threw away the draft of policy {policy}, version {version}"))
class PolicyDraftDiscarded(Payload):
    policy: str
    version: int
    sha256: str


@verb(
    "crediting.policy.replayed",
    _("{actor} replayed {decisions} decisions under policy {policy}, version {version}: {changed} would change"),
)
class PolicyReplayed(Payload):
    """``sha256`` is of the text that was replayed."""

    policy: str
    version: int
    sha256: str
    first: str
    last: str
    decisions: int
    changed: int


@verb("crediting.policy.replay_stopped", _("{actor} stopped the replay of policy {policy}, version {version}"))
class PolicyReplayStopped(Payload):
    policy: str
    version: int


@verb(
    "crediting.policy.replays_forgotten",
    _("{actor} removed the results of replays older than {kept} days: {count}"),
)
class PolicyReplaysForgotten(Payload):
    count: int
    kept: int


@verb("crediting.scale.created", _("{actor} created the scale {target}, version {version}: {levels}"))
class ScaleCreated(Payload):
    version: int
    levels: str


@verb("crediting.aggregation.set", _("{actor} set how levels are worked out in {subject} from {first}: {rule}"))
class AggregationSet(Payload):
    subject: str
    rule: str
    first: dt.date


@verb("crediting.aggregation.removed", _("{actor} took back how levels would be worked out in {subject}: {rule}"))
class AggregationRemoved(Payload):
    subject: str
    rule: str


@verb("crediting.closed_days.added", _("{actor} added days without school at {place}: {which}"))
class ClosedDaysAdded(Payload):
    place: str
    count: int
    which: str


@verb("crediting.closed_days.removed", _("{actor} made {day} a school day again at {place}"))
class ClosedDayRemoved(Payload):
    place: str
    day: str

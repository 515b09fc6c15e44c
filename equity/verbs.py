"""Audit verbs of equity."""

from django.utils.translation import gettext_lazy as _

from mbl.core.audit import Payload, verb


@verb("equity.snapshot.taken", _("{actor} counted who received mastery credit in {year}"))
class SnapshotTaken(Payload):
    year: str
    rollup: str


@verb("equity.raw_counts.shown", _("{actor} looked at exact counts for {year}: {reason}"))
class RawCountsShown(Payload):
    year: str
    reason: str


@verb(
    "equity.replay_groups.counted",
    _("{actor} counted for which groups policy {policy}, version {version}, would change outcomes"),
)
class ReplayGroupsCounted(Payload):
    """``shown`` names the columns that could be shown; empty where none could."""

    policy: str
    version: int
    shown: str

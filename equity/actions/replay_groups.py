"""Count once for which groups a replay changes outcomes, hide what must be hidden, keep what may be shown.

A replay can be aimed: whoever writes drafts chooses whose outcome changes, reads the names of those whose did, and
could learn a student's race or program from the table of groups, by one draft or by the difference of two. So

- groups of fewer than ten are hidden, with others that would give them away (T53-T55), as in the equity report;
- a column is shown only if no sum or difference with what other replays of shared days showed, or with what the equity
  report of these years shows, tells about fewer than ten students (``rules.differencing``). Two drafts that differ in
  the requests of nine students or fewer get one table between them; the same outcome again is shown again;
- what was shown is remembered when its draft is thrown away; a table is counted once and never counted anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from crediting.models import PolicyReplay
from equity.actions.snapshots import DEFAULT_ROLLUP
from equity.models import ReplayGroups
from equity.queries import replay_groups as queries
from equity.queries.replay_groups import COUNTED, GAIN, LOSE
from equity.queries.report import groups_in
from equity.rules.differencing import may_be_shown
from equity.rules.flags import Thresholds
from equity.rules.report import ANY, DISTRICT, Fact, HiddenKey, Report, build, table_json
from equity.rules.suppression import Hidden
from equity.verbs import ReplayGroupsCounted
from mbl.core import audit, clock
from mbl.core.errors import DomainError
from mbl.core.models import District, User

# What is shown if not everything can be: who would lose is looked at first.
LADDER: tuple[tuple[str, ...], ...] = ((GAIN, LOSE), (LOSE,), (GAIN,))


@transaction.atomic
def count_groups(replay: PolicyReplay, *, actor: User) -> ReplayGroups:
    """The tables of a replay that has ended. A second call answers the first one's."""
    # One at a time for a district, so that each knows what the one before it showed.
    district = District.objects.select_for_update().get(pk=replay.district_id)
    if (first := ReplayGroups.objects.filter(replay=replay).first()) is not None:
        return first
    if replay.ended_at is None:
        raise DomainError(_("This replay has not ended yet."))
    days = (replay.first_day, replay.last_day)
    sets, before = queries.sets_of(replay), queries.shown_before(district, *days)
    shown = [frozenset(some) for one in before for some in one.sets.values()]
    reported = queries.reported_sets(district, *days)
    columns = next(
        (
            some
            for some in LADDER
            if may_be_shown([sets[COUNTED], *(sets[name] for name in some)], shown=shown, reported=reported)
        ),
        (),
    )
    rollup = str(district.settings.get("race_rollup", DEFAULT_ROLLUP))
    facts = {
        column: queries.facts_of_groups(
            district, rollup, counted=sets[COUNTED], changed=sets[column], first=days[0], last=days[1]
        )
        for column in columns
    }
    hidden: dict[HiddenKey, Hidden] = {
        (school, partition, group): Hidden.EARLIER for one in before for school, partition, group, _why in one.hidden
    }
    reports, hidden = _protected(facts, rollup, hidden)
    groups = ReplayGroups.objects.create(
        district=district,
        replay=replay,
        first_day=days[0],
        last_day=days[1],
        tables={
            column: {
                partition: table_json(table)
                for (school, partition, subject), table in report.tables.items()
                if (school, subject) == (DISTRICT, ANY)
            }
            for column, report in reports.items()
        },
        sets={name: sorted(sets[name]) for name in (COUNTED, *columns)} if columns else {},
        hidden=[[*place, why] for place, why in sorted(hidden.items())] if columns else [],
        rollup_version=rollup,
        taken_by=actor,
        taken_at=clock.now(),
    )
    audit.record(
        ReplayGroupsCounted(policy=replay.version.series.code, version=replay.version.number, shown=", ".join(columns)),
        actor=actor,
        district=district,
        target=replay.version,
    )
    return groups


def _protected(
    facts: Mapping[str, Sequence[Fact]], rollup: str, hidden: dict[HiddenKey, Hidden]
) -> tuple[dict[str, Report], dict[HiddenKey, Hidden]]:
    """A report for each column. The students of a group are the same in all: what one hides, the others hide too."""
    while True:
        reports: dict[str, Report] = {}
        found = dict(hidden)
        for column, some in facts.items():
            reports[column] = build(some, groups=groups_in(some, rollup), thresholds=Thresholds(), hidden_before=found)
            found |= {place: why for place, why in reports[column].hidden.items() if place not in found}
        if found.keys() == hidden.keys():
            return reports, hidden
        hidden = found

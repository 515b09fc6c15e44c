"""Replay past decisions under a version of a policy, before a board adopts it. No student's record is touched."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from crediting.actions.policy import NotReady
from crediting.models import PolicyReplay, PolicySeries, PolicyVersion, ReplayedRequest
from crediting.queries import policy as queries
from crediting.queries.procedures import days_off
from crediting.queries.replay import UNCHANGED, ReplayedDecision, Tally, past_decisions, replay
from crediting.rules.policy import loader
from crediting.rules.replay import cannot_be_replayed
from crediting.verbs.policies import PolicyReplayed, PolicyReplaysForgotten, PolicyReplayStopped
from mbl.core import audit, clock, jobs
from mbl.core.errors import DomainError
from mbl.core.models import District, User
from mbl.core.states import JobState

REPLAY = "crediting.replay"
AT_ONCE = 500

Step = Callable[[int, int], None]


@dataclass
class Worked:
    """What one run found, not written yet."""

    tally: Tally = field(default_factory=Tally)
    rows: list[ReplayedRequest] = field(default_factory=list)
    students: set[int] = field(default_factory=set)


@transaction.atomic
def start_replay(version: PolicyVersion, *, first_day: dt.date, last_day: dt.date, actor: User) -> PolicyReplay:
    """A job that replays the version's text as it is now. One of a version and period runs at a time: a second press
    answers the first one's run. ``NotReady`` where the text has a fault that leaves nothing to replay."""
    if first_day > last_day:
        raise DomainError(_("The last day cannot be before the first."), field="last_day")
    PolicySeries.objects.select_for_update(no_key=True).get(pk=version.series_id)
    found = PolicyVersion.objects.filter(pk=version.pk).select_related("series__district").first()
    if found is None:
        raise DomainError(_("Somebody threw this draft away. There is nothing to replay."))
    version, district = found, found.series.district
    running = PolicyReplay.objects.filter(
        version=version,
        first_day=first_day,
        last_day=last_day,
        job__state__in=[JobState.WAITING, JobState.RUNNING],
    ).first()
    if running is not None:
        return running
    terms = queries.terms_of(version)
    if faults := cannot_be_replayed(terms, queries.levels_of(district, terms.scale)):
        raise NotReady(faults)
    public_id = uuid.uuid4()
    job = jobs.enqueue(
        REPLAY,
        owner=actor,
        district=district,
        label=_("Replay of policy %(policy)s, version %(number)s")
        % {"policy": version.series.code, "number": version.number},
        params={"replay": str(public_id)},
    )
    return PolicyReplay.objects.create(
        public_id=public_id,
        district=district,
        version=version,
        sha256=version.sha256,
        document=version.document,
        first_day=first_day,
        last_day=last_day,
        asked_by=actor,
        asked_at=clock.now(),
        job=job,
    )


def work_through(replay_: PolicyReplay, *, step: Step) -> Worked:
    """Decide every decision of the period anew. Writes nothing."""
    version = replay_.version
    terms = loader.terms_of(
        replay_.document, number=version.number, first=queries.first_day(version), last=queries.last_day(version)
    )
    decisions = past_decisions(
        replay_.district, terms, since=replay_.first_day, until=replay_.last_day, series=version.series
    )
    worked, total = Worked(), decisions.count()
    closed = days_off(replay_.district)
    for number, one in enumerate(replay(terms, decisions, blind=True, closed=closed), start=1):
        worked.tally.add(one)
        worked.students.add(one.student)
        if one.change not in UNCHANGED:
            worked.rows.append(_row(replay_, one))
        if number % AT_ONCE == 0:
            step(number, max(total, number))
    step(worked.tally.total, worked.tally.total)
    return worked


def _row(replay_: PolicyReplay, one: ReplayedDecision) -> ReplayedRequest:
    then, now = one.replayed.then, one.replayed.now
    assert now is not None  # what cannot be replayed is not changed
    return ReplayedRequest(
        replay=replay_,
        decision_id=one.decision,
        change=one.change,
        credits_then=then.credits,
        mark_then=then.mark,
        reasons_then=list(one.reasons_then),
        outcome=now.kind,
        credits=now.credits,
        mark=now.mark,
        rule_code=now.rule_code,
        reasons=[reason.as_json() for reason in now.reasons],
    )


@transaction.atomic
def keep_replay(replay_: PolicyReplay, worked: Worked, *, actor: User | None) -> None:
    """Write what a run found, once; nothing where its draft was thrown away meanwhile."""
    if not PolicyReplay.objects.select_for_update().filter(pk=replay_.pk, ended_at=None).exists():
        return
    ReplayedRequest.objects.bulk_create(worked.rows, batch_size=AT_ONCE)
    replay_.decisions, replay_.changed = worked.tally.total, worked.tally.changed
    replay_.found, replay_.students = worked.tally.as_json(), sorted(worked.students)
    replay_.ended_at = clock.now()
    replay_.save(update_fields=["decisions", "changed", "found", "students", "ended_at"])
    audit.record(
        PolicyReplayed(
            policy=replay_.version.series.code,
            version=replay_.version.number,
            sha256=replay_.sha256,
            first=replay_.first_day.isoformat(),
            last=replay_.last_day.isoformat(),
            decisions=replay_.decisions,
            changed=replay_.changed,
        ),
        actor=actor,
        district=replay_.district,
        target=replay_.version,
    )


@transaction.atomic
def forget_old_replays(district: District) -> int:
    """Remove the results of replays that were asked for longer ago than ``REPLAY_KEEP_DAYS``; how many.

    The audit log keeps that they ran and what they found in numbers, and what tables of groups showed is remembered, so
    that no later replay can be aimed by the difference. A run that has not ended is left alone.
    """
    since = clock.now() - dt.timedelta(days=settings.REPLAY_KEEP_DAYS)
    old = PolicyReplay.objects.filter(district=district, asked_at__lt=since).exclude(
        job__state__in=[JobState.WAITING, JobState.RUNNING]
    )
    count = len(old)
    if count:
        old.delete()
        audit.record(
            PolicyReplaysForgotten(count=count, kept=settings.REPLAY_KEEP_DAYS),
            actor=None,
            district=district,
            target=district,
        )
    return count


@transaction.atomic
def stop_replay(replay_: PolicyReplay, *, actor: User) -> None:
    """End a run that has not ended; one that has stays as it is."""
    if not jobs.stop(replay_.job, _("Somebody stopped this replay. Nothing of it was kept.")):
        return
    version = replay_.version
    audit.record(
        PolicyReplayStopped(policy=version.series.code, version=version.number),
        actor=actor,
        district=replay_.district,
        target=version,
    )

"""Replays as jobs: one at a time, stopped, killed, thrown away with their draft; what they keep and what they tell."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from crediting.actions.policy import NotReady, discard_draft, load_policy
from crediting.actions.replays import forget_old_replays, start_replay, stop_replay
from crediting.models import ClosedDay, Decision, LedgerEntry, PolicyReplay, ReplayedRequest
from crediting.rules.policy.writing import with_parts
from crediting.rules.replay import Difference, Unknown
from equity.actions.replay_groups import count_groups
from mbl.core import clock, jobs
from mbl.core.errors import DomainError
from mbl.core.models import AuditEvent, Job
from mbl.core.states import JobState
from profiles.models import Student
from tests.at_once import at_once
from tests.factories.crediting import Ground, make_ground
from tests.factories.profiles import LONG_AGO, make_account_holder, make_student
from tests.factories.replays import FIRST, LAST, NOT_MET, decided, decided_alike, make_other, make_replay
from tests.personas import Personas
from tests.transcripts.test_killed_worker import WITHIN, kill, wait_until, worker

pytestmark = pytest.mark.django_db


def another(personas: Personas) -> Student:
    return make_student(personas.school, person=make_account_holder(personas.district, "Noor Haddad"))


def test_a_replay_keeps_what_would_change_and_says_so_in_the_audit_log(personas: Personas, ground: Ground) -> None:
    far = make_ground(personas.other_school)
    decided(ground, personas)
    decided(ground, personas, NOT_MET, student=another(personas))
    before = LedgerEntry.objects.count(), Decision.objects.count()

    replay = make_replay(make_other(ground), personas.administrator.user)

    assert (replay.decisions, replay.changed) == (2, 1)
    [row] = replay.rows.all()
    assert row.decision.student == personas.student.student
    assert (row.change, row.outcome, row.mark_then, str(row.credits_then)) == (
        Difference.NO_LONGER,
        "refused",
        "P",
        "1.000",
    )
    assert row.reasons and row.reasons_then
    assert replay.found["outcomes"] == [["award", "refused", "no_longer", 1], ["refused", "refused", "same", 1]]
    assert replay.found["credits"] == "-1.0"
    assert (LedgerEntry.objects.count(), Decision.objects.count()) == before
    event = AuditEvent.objects.get(verb="crediting.policy.replayed")
    assert event.actor == personas.administrator.user
    assert event.district == personas.district
    assert event.payload["decisions"] == 2 and event.payload["changed"] == 1
    assert far.version.replays.count() == 0


def test_only_decisions_of_the_period_and_the_district_are_replayed(personas: Personas, ground: Ground) -> None:
    decided(ground, personas)
    draft, actor = make_other(ground), personas.administrator.user
    today = clock.today(personas.district)
    on_the_day = make_replay(draft, actor, first=today, last=today)
    before = make_replay(draft, actor, first=LONG_AGO, last=today - dt.timedelta(days=1))
    assert (on_the_day.decisions, before.decisions) == (1, 0)
    far = make_replay(make_other(make_ground(personas.other_school)), personas.other_district_administrator.user)
    assert far.decisions == 0


def test_a_course_that_the_draft_leaves_out_is_a_change(personas: Personas, ground: Ground) -> None:
    decided(ground, personas)
    other = make_ground(personas.school)
    text = ground.version.source.replace(ground.course.code, other.course.code)
    draft = load_policy(personas.district, text=text, actor=None).version
    replay = make_replay(draft, personas.administrator.user)
    assert [row.change for row in replay.rows.all()] == [Difference.NO_LONGER]


def test_pressing_twice_is_one_replay_and_another_period_is_another(personas: Personas, ground: Ground) -> None:
    draft, actor = make_other(ground), personas.administrator.user
    first = start_replay(draft, first_day=FIRST, last_day=LAST, actor=actor)
    assert start_replay(draft, first_day=FIRST, last_day=LAST, actor=actor) == first
    other = start_replay(draft, first_day=FIRST, last_day=dt.date(2026, 6, 30), actor=actor)
    assert other != first
    jobs.run(first.job_id)
    again = start_replay(draft, first_day=FIRST, last_day=LAST, actor=actor)
    assert again != first and Job.objects.filter(kind="crediting.replay").count() == 3


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_eight_presses_at_once_one_replay_starts(personas: Personas, ground: Ground) -> None:
    draft, actor = make_other(ground), personas.administrator.user

    def press() -> PolicyReplay:
        return start_replay(draft, first_day=FIRST, last_day=LAST, actor=actor)

    acts: list[Callable[[], PolicyReplay]] = [press] * 8
    assert len({one.pk for one in at_once(acts)}) == 1
    assert Job.objects.filter(kind="crediting.replay").count() == 1


def test_the_text_of_the_start_is_replayed_whatever_becomes_of_the_draft(personas: Personas, ground: Ground) -> None:
    decided(ground, personas)
    draft = make_other(ground)
    replay = start_replay(draft, first_day=FIRST, last_day=LAST, actor=personas.administrator.user)
    make_other(ground, "mark: P", "mark: S")
    jobs.run(replay.job_id)
    replay.refresh_from_db()
    assert [row.change for row in replay.rows.all()] == [Difference.NO_LONGER]
    assert replay.sha256 != replay.version.sha256


def test_a_replay_that_is_stopped_keeps_nothing(personas: Personas, ground: Ground) -> None:
    decided(ground, personas)
    actor = personas.administrator.user
    replay = start_replay(make_other(ground), first_day=FIRST, last_day=LAST, actor=actor)
    stop_replay(replay, actor=actor)
    jobs.run(replay.job_id)
    replay.refresh_from_db()
    assert (replay.job.state, replay.ended_at, replay.rows.count()) == (JobState.STOPPED, None, 0)
    assert "Somebody stopped this replay" in replay.job.problem
    stop_replay(replay, actor=actor)
    assert AuditEvent.objects.filter(verb="crediting.policy.replay_stopped").count() == 1


def test_stopping_a_replay_that_has_ended_changes_nothing(personas: Personas, ground: Ground) -> None:
    replay = make_replay(make_other(ground), personas.administrator.user)
    stop_replay(replay, actor=personas.administrator.user)
    replay.job.refresh_from_db()
    assert replay.job.state == JobState.DONE
    assert not AuditEvent.objects.filter(verb="crediting.policy.replay_stopped").exists()


def test_a_replay_goes_with_its_draft_and_a_job_that_comes_late_writes_nothing(
    personas: Personas, ground: Ground
) -> None:
    decided(ground, personas)
    draft, actor = make_other(ground), personas.administrator.user
    make_replay(draft, actor)
    late = start_replay(draft, first_day=FIRST, last_day=dt.date(2026, 6, 30), actor=actor)
    discard_draft(draft, actor=actor)
    jobs.run(late.job_id)
    assert (PolicyReplay.objects.count(), ReplayedRequest.objects.count()) == (0, 0)
    assert Job.objects.get(pk=late.job_id).state == JobState.DONE
    with pytest.raises(DomainError, match="threw this draft away"):
        start_replay(draft, first_day=FIRST, last_day=LAST, actor=actor)


def test_a_draft_that_could_award_nothing_is_not_replayed_and_says_why(personas: Personas, ground: Ground) -> None:
    source = ground.version.source
    actor = personas.administrator.user
    for text, said in (
        (source.replace("levels: [beginning, developing,", "levels: [developing,"), "scale"),
        (with_parts(source, {"courses": [], "rules": []}), "course"),
        (source.replace("    mark: P\n", "", 1), "mark"),
    ):
        assert text != source
        draft = load_policy(personas.district, text=text, actor=None).version
        with pytest.raises(NotReady, match=said):
            start_replay(draft, first_day=FIRST, last_day=LAST, actor=actor)
    assert not PolicyReplay.objects.exists()


def test_what_hangs_on_a_protected_program_is_left_open_for_everybody(personas: Personas, ground: Ground) -> None:
    decided(ground, personas)
    draft = make_other(
        ground,
        "      - standards: {level: proficient, at_least: 2}",
        "      - standards: {level: proficient, at_least: 2}\n      - student: {groups: [homeless]}",
    )
    replay = make_replay(draft, personas.administrator.user)
    assert (replay.changed, replay.found["unknown"]) == (0, {Unknown.PROGRAM: 1})


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_mid_replay_leaves_one_result(personas: Personas, ground: Ground, tmp_path: Path) -> None:
    students = [make_student(personas.school) for _number in range(40)]
    first = decided(ground, personas)
    for _round in range(100):
        decided_alike(first, students)
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as broker:
        broker.flushdb()
    replay = start_replay(make_other(ground), first_day=FIRST, last_day=LAST, actor=personas.administrator.user)
    job = replay.job

    def state() -> tuple[str, int]:
        job.refresh_from_db()
        return job.state, job.done

    with worker(tmp_path, "first") as process:
        wait_until(lambda: 0 < state()[1] < 4001, 60, "the first worker is in the middle")
        assert state()[0] == JobState.RUNNING, "the replay was over before the worker could be killed"
        kill(process)
    assert not ReplayedRequest.objects.exists()

    with worker(tmp_path, "second"):
        wait_until(lambda: state()[0] == JobState.DONE, WITHIN, "another worker does the job")

    replay.refresh_from_db()
    assert (job.attempts, replay.decisions, replay.changed) == (2, 4001, 4001)
    assert replay.rows.count() == 4001
    assert AuditEvent.objects.filter(verb="crediting.policy.replayed").count() == 1


# --- Closed days, and what is kept ------------------------------------------------------------------------------------


def weekdays_after(day: dt.date, count: int) -> dt.date:
    while count:
        day += dt.timedelta(days=1)
        count -= day.weekday() < 5
    return day


def test_a_replay_counts_school_days_without_the_districts_closed_days(personas: Personas, ground: Ground) -> None:
    """Sent three school days before an exam; two weeks without school before it make that too late."""
    decided(ground, personas)
    today = clock.today(personas.district)
    exam = weekdays_after(today, 4)
    more = f"""
calendar:
  - {{kind: term, from: {today - dt.timedelta(days=60)}, to: {exam + dt.timedelta(days=60)}}}
  - {{kind: exam, from: {exam}, to: {exam}}}
school_days: {{within: term}}
deadlines: [{{code: before-exam, windows: [{{before: exam_start, school_days: 3}}]}}]
"""
    text = ground.version.source.replace("at_least: 2}", "at_least: 2}\n      - deadline: before-exam") + more
    draft, actor = load_policy(personas.district, text=text, actor=None).version, personas.administrator.user
    assert make_replay(draft, actor).changed == 0
    days = [exam - dt.timedelta(days=number) for number in range(1, 21)]
    for district, school in ((personas.other_district, None), (personas.district, personas.school)):
        ClosedDay.objects.bulk_create(ClosedDay(district=district, school=school, day=day) for day in days)
        again = make_replay(draft, actor)
        assert again.changed == (1 if district == personas.district else 0)
    assert again.rows.get().change == Difference.NO_LONGER


def test_old_results_go_and_the_audit_log_keeps_that_they_were(personas: Personas, ground: Ground) -> None:
    decided(ground, personas)
    old = make_replay(make_other(ground), personas.administrator.user)
    groups = count_groups(old, actor=personas.administrator.user)
    PolicyReplay.objects.filter(pk=old.pk).update(asked_at=clock.now() - dt.timedelta(days=401))
    kept = make_replay(make_other(ground), personas.administrator.user)
    assert forget_old_replays(personas.other_district) == 0
    assert forget_old_replays(personas.district) == 1
    assert forget_old_replays(personas.district) == 0
    assert list(PolicyReplay.objects.values_list("pk", flat=True)) == [kept.pk]
    assert not ReplayedRequest.objects.filter(replay=old.pk).exists()
    groups.refresh_from_db()
    assert groups.replay is None  # what was shown is remembered
    event = AuditEvent.objects.get(verb="crediting.policy.replays_forgotten")
    assert (event.payload["count"], event.payload["kept"], event.actor) == (1, 400, None)
    assert AuditEvent.objects.filter(verb="crediting.policy.replayed").count() == 2


def test_a_run_that_has_not_ended_is_not_forgotten(personas: Personas, ground: Ground) -> None:
    replay = start_replay(make_other(ground), first_day=FIRST, last_day=LAST, actor=personas.administrator.user)
    PolicyReplay.objects.update(asked_at=clock.now() - dt.timedelta(days=1000))
    assert forget_old_replays(personas.district) == 0 and PolicyReplay.objects.filter(pk=replay.pk).exists()

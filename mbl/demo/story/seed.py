"""Loads the demonstration: both districts, then every story in the order of its time."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.db.models import F
from django.utils import timezone

from crediting.actions.policy import load_policy
from crediting.actions.replays import keep_replay, start_replay, work_through
from crediting.models import PolicyVersion
from equity.actions.snapshots import ask_for_report, take_snapshot
from mbl.core.models import District, Notification
from mbl.demo.moderation import write_examples
from mbl.demo.story import (
    classes,
    common_tasks,
    experiences,
    further,
    graduation,
    plans,
    projects,
    proposals,
    readings,
    results,
    transfers,
)
from mbl.demo.story.cast import cast
from mbl.demo.story.events import Story
from mbl.demo.story.setting import set_up
from mbl.demo.story.stage import Stage
from mbl.demo.story.telling import told_at
from mbl.demo.years import Year

A_WEEK = dt.timedelta(days=7)


def is_loaded() -> bool:
    """Whether a district of the demonstration is there, whole or not."""
    return District.objects.filter(code__in=[district.code for district in cast().districts]).exists()


def seed() -> None:
    """Call it inside a transaction: the demonstration is loaded whole or not at all."""
    for cast_district in cast().districts:
        stage = set_up(cast_district)
        # The rows just written are not committed yet, so nobody else gathers statistics of them for the planner.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        stories: list[Story] = [
            *further.authored(stage),
            *proposals.stories(stage),
            *plans.stories(stage),
            *classes.stories(stage),
        ]
        if stage.cast_district.code == cast().districts[0].code:
            stories += [
                *further.stories(stage),
                common_tasks.CommonTasksStory(stage),
                graduation.GraduationStory(stage),
                readings.ReadingsStory(stage),
                experiences.ExperiencesStory(stage),
                results.ResultsStory(stage),
                projects.ProjectsStory(stage, "maya", "halvorsen"),
                *transfers.stories(stage),
            ]
        for part in stage.signing_in:
            stage.user(part)
        for event in sorted((event for story in stories for event in story.events()), key=lambda event: event.at):
            with told_at(event.at):
                try:
                    event.act()
                except Exception as error:
                    error.add_note(f"in the story of {event.about}")
                    raise
        write_examples(stage.district, seed=stage.world.school_year)
        _ask_for_reports(stage)
        if stage.cast_district.code == cast().districts[0].code:
            _replay_a_draft(stage)
    _read_older_notices()


def _ask_for_reports(stage: Stage) -> None:
    """Who receives mastery credit, counted for last year and this year so far. The job makes the files, which take
    seconds, when the servers run; it finds its snapshot."""
    assert stage.administrator is not None
    for year in (Year(stage.world.school_year - 1), Year(stage.world.school_year)):
        label = f"Equity report {year.title}"
        job = ask_for_report(stage.district, year.ending, actor=stage.administrator, label=label)
        take_snapshot(stage.district, year.ending, actor=stage.administrator, job=job)


def _replay_a_draft(stage: Stage) -> None:
    """A draft for next year that asks for one standard more in mathematics, and what it would have changed."""
    version = PolicyVersion.objects.filter(series__district=stage.district, series__code="2403").latest("number")
    year = stage.world.school_year
    text = version.source.replace("at_least: 3", "at_least: 4").replace(
        f"from: {year - 1}-07-01", f"from: {year}-07-01"
    )
    draft = load_policy(stage.district, text=text, actor=stage.administrator).version
    assert stage.administrator is not None
    first = dt.date(year - 2, 7, 1)
    replay = start_replay(draft, first_day=first, last_day=stage.today, actor=stage.administrator)
    # Its job finds it done when the servers run.
    keep_replay(replay, work_through(replay, step=lambda _done, _total: None), actor=stage.administrator)


def _read_older_notices() -> None:
    """People have opened what came more than a week ago."""
    older = timezone.now() - A_WEEK
    Notification.objects.filter(created_at__lt=older).update(read_at=F("created_at") + dt.timedelta(hours=5))

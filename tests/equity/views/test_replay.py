"""The page of a replay's groups."""

from __future__ import annotations

import pytest
from django.urls import reverse

from crediting.models import PolicyReplay
from profiles.models import Student
from tests.assertions import assert_no_writes, assert_queries
from tests.equity.actions.test_replay_groups import HIGHEST, awarded, ground
from tests.factories.crediting import Ground
from tests.factories.replays import make_other, make_replay
from tests.personas import Personas

pytestmark = pytest.mark.django_db
__all__ = ["awarded", "ground"]

QUERIES = 8


def page_of(replay: PolicyReplay, step: str = "replay") -> str:
    return reverse(f"equity:{step}", args=[replay.public_id])


def test_groups_are_counted_once_and_shown_without_small_ones(
    personas: Personas, ground: Ground, awarded: list[Student]
) -> None:
    replay = make_replay(make_other(ground, *HIGHEST), personas.administrator.user)
    browser = personas.administrator.client()
    with assert_no_writes():
        before = browser.get(page_of(replay)).content.decode()
    assert "The groups were not counted yet" in before and "Count the groups" in before

    browser.post(page_of(replay, "replay-count"))
    browser.post(page_of(replay, "replay-count"))
    with assert_no_writes(), assert_queries(QUERIES):
        page = browser.get(page_of(replay)).content.decode()
    assert "Hidden: fewer than 10 students" in page and "50.0%" in page and "Count the groups" not in page
    genders = browser.get(page_of(replay), {"compare": "gender"}).content.decode()
    assert "50.0%" not in genders.split("How this is counted")[0] or "79" in genders
    overlapping = browser.get(page_of(replay), {"compare": "race_any"}).content.decode()
    assert "do not add them up" in overlapping
    assert browser.get(page_of(replay), {"compare": "nothing"}).status_code == 200


def test_where_nothing_may_be_shown_the_page_says_why(personas: Personas, ground: Ground) -> None:
    replay = make_replay(make_other(ground, *HIGHEST), personas.administrator.user)
    replay.students = [personas.student.student.pk]
    replay.save()
    browser = personas.administrator.client()
    browser.post(page_of(replay, "replay-count"))
    page = browser.get(page_of(replay)).content.decode()
    assert "The groups of this replay are not shown." in page and "<table" not in page


def test_only_who_writes_policy_in_the_district_reads_it(personas: Personas, ground: Ground) -> None:
    replay = make_replay(make_other(ground, *HIGHEST), personas.administrator.user)
    for persona in (personas.other_district_administrator, personas.principal, personas.credit_manager):
        assert persona.client().get(page_of(replay)).status_code == 404
        assert persona.client().post(page_of(replay, "replay-count")).status_code == 404

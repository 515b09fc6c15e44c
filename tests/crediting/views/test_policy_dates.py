"""Deadlines, school days, proposals and sources on the public page of a policy, and between two versions."""

import pytest

from crediting.queries.policy_differences import differences
from crediting.queries.policy_text import policy_text
from tests.factories.crediting import make_ground
from tests.personas import Personas

pytestmark = pytest.mark.django_db
DECLARES = """
calendar: [{{kind: term, title: Autumn, from: 2026-09-02, to: 2027-01-29}}]
school_days: {{within: term, closed: [2026-11-26]}}
deadlines:
  - {{code: decision, windows: [{{after: submitted, school_days: {days}}}]}}
  - code: tests
    title: Tests
    windows: [{{nth: -1, weekday: friday, month: 10}}, {{month: 5, day: 1}}]
    at: "16:00"
    rolls: true
proposals:
  roles: [counselor]
  paid_work: {{minimum_age: 16, steps: [{{hours: 180, credits: 0.5}}]}}
sources: [Regulation 2409P, School handbook]
"""


@pytest.mark.rule("R8", partial=True)
def test_the_public_page_says_by_when_who_approves_and_where_it_is_written(personas: Personas) -> None:
    make_ground(personas.other_school, declares=DECLARES.format(days=99))
    ground = make_ground(personas.school, declares=DECLARES.format(days=10))
    address = f"/policy/{personas.district.code}/{ground.version.public_id}/"
    page = personas.anonymous.client().get(address).content.decode()
    for words in (
        "Last day to decide a request: 10 school days after the day on which it was sent.",
        "the last Friday of October",
        "May 1 of every year",
        "What is late counts for the next one.",
        "School days are Monday to Friday within the periods of the calendar.",
        "Not school days: Nov",
        "It is approved by: counselor.",
        "From 180 hours: 0.5 credits.",
        "Regulation 2409P",
    ):
        assert words in page, words
    assert "99 school days" not in page


def test_what_changed_in_them_is_told(personas: Personas) -> None:
    old = make_ground(personas.school, declares=DECLARES.format(days=10)).version
    new = make_ground(personas.school, declares=DECLARES.format(days=5)).version
    changed = {one.heading: [line.text for line in one.now] for one in differences(policy_text(old), policy_text(new))}
    assert changed["Deadlines"] == ["Last day to decide a request: 5 school days after the day on which it was sent."]
    assert "School days" not in changed and "Sources of the rules" not in changed

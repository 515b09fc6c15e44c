"""Replaying a policy: its own history comes out as it was, and another one's differences are told."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crediting.actions.decisions import award_credit, refuse_credit
from crediting.models import Decision
from crediting.queries.policy import terms_of
from crediting.queries.replay import empty_tally, past_decisions, replay
from crediting.rules.policy import loader
from crediting.rules.policy.loader import PolicyFile
from crediting.rules.replay import Difference
from crediting.states import RequestState
from mbl.core import clock
from profiles.models import Student
from tests.factories.crediting import Ground, make_course_row, make_ground, make_request
from tests.factories.profiles import LONG_AGO, make_account_holder, make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db


def decided(ground: Ground, personas: Personas, levels: tuple[str, str], *, student: Student | None = None) -> Decision:
    request = make_request(
        ground, student or personas.student.student, personas.teacher.person, RequestState.ASSESSED, levels=levels
    )
    act = award_credit if set(levels) <= {"proficient", "extending"} else refuse_credit
    return act(request, reason="As the standards say.", actor=personas.credit_manager.user)


def differences(text: str, personas: Personas, **options: Any) -> list[Difference]:
    read = loader.parse(text)
    assert isinstance(read, PolicyFile), read
    decisions = past_decisions(personas.district, read.terms, since=options.get("since", LONG_AGO))
    return [one.change for one in replay(read.terms, decisions)]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    levels=st.lists(
        st.tuples(*[st.sampled_from(["beginning", "developing", "proficient", "extending"])] * 2),
        min_size=1,
        max_size=3,
    ),
    failed_before=st.booleans(),
)
def test_a_policy_on_its_own_history_reproduces_it(
    personas: Personas, levels: list[tuple[str, str]], failed_before: bool
) -> None:
    grounds = [make_ground(personas.school) for _level in levels]
    student = personas.student.student
    for ground, pair in zip(grounds, levels, strict=True):
        if failed_before:
            make_course_row(student, ground.course)
        decision = decided(ground, personas, pair)
        again = list(replay(terms_of(ground.version), Decision.objects.filter(pk=decision.pk)))
        assert [one.change for one in again] == [Difference.SAME]
        now, award = again[0].replayed.now, decision.frozen_basis["award"]
        assert now is not None and now.rule_code == decision.rule_code
        assert (award or {}).get("credits", "0.000") == str(now.credits) if award else not now.is_granted
    # Later awards of the same student change nothing of what was decided before them.
    for ground in grounds:
        terms = terms_of(ground.version)
        found = replay(terms, past_decisions(personas.district, terms, since=LONG_AGO))
        assert {one.change for one in found} == {Difference.SAME}


def test_another_policy_gives_less_more_nothing_or_newly(personas: Personas, ground: Ground) -> None:
    text = ground.version.source
    decided(ground, personas, ("proficient", "proficient"))
    other = make_student(personas.school, person=make_holder(personas))
    decided(ground, personas, ("developing", "proficient"), student=other)
    S, N = Difference.SAME, Difference.NO_LONGER
    assert differences(text, personas) == [S, S]
    assert differences(text.replace("up_to: 1.0", "up_to: 0.5"), personas) == [Difference.LESS, S]
    assert differences(text.replace("level: proficient", "level: extending"), personas) == [N, S]
    assert differences(text.replace("level: proficient", "level: developing"), personas) == [S, Difference.NEWLY]
    assert differences(text.replace("mark: P", "mark: S"), personas) == [Difference.OTHERWISE, S]


def make_holder(personas: Personas) -> Any:
    return make_account_holder(personas.district, "Noor Haddad")


def test_only_this_district_this_year_and_what_a_policy_decided(personas: Personas, ground: Ground) -> None:
    decision = decided(ground, personas, ("proficient", "proficient"))
    terms = terms_of(ground.version)
    tomorrow = clock.today(personas.district) + dt.timedelta(days=2)
    assert list(past_decisions(personas.district, terms, since=LONG_AGO)) == [decision]
    assert list(past_decisions(personas.other_district, terms, since=LONG_AGO)) == []
    assert list(past_decisions(personas.district, terms, since=tomorrow)) == []


def test_a_decision_without_kept_facts_is_counted_and_not_guessed(personas: Personas, ground: Ground) -> None:
    decision = decided(ground, personas, ("proficient", "proficient"))
    row = Decision.objects.get(pk=decision.pk)
    old = {name: value for name, value in row.frozen_basis.items() if name != "facts"}
    row.pk, row.public_id, row.frozen_basis, row.replaces = None, uuid.uuid4(), old, decision
    row.save(force_insert=True)
    terms = terms_of(ground.version)
    tally = empty_tally()
    for one in replay(terms, past_decisions(personas.district, terms, since=LONG_AGO)):
        tally.add(one)
    assert (dict(tally.changes), tally.changed) == ({Difference.UNKNOWN: 1}, 0)


def test_ten_decisions_take_as_many_trips_as_one(personas: Personas, ground: Ground) -> None:
    terms = terms_of(ground.version)
    decision = decided(ground, personas, ("proficient", "proficient"))
    with CaptureQueriesContext(connection) as one:
        list(replay(terms, Decision.objects.filter(pk=decision.pk).order_by("pk")))
    for _number in range(3):
        decided(make_ground(personas.school, scale=ground.scale), personas, ("proficient", "proficient"))
    with CaptureQueriesContext(connection) as many:
        assert len(list(replay(terms, Decision.objects.order_by("pk")))) == 4
    assert len(one) == len(many) == 2


def test_the_command_prints_what_would_differ(personas: Personas, ground: Ground, tmp_path: Path) -> None:
    decided(ground, personas, ("proficient", "proficient"))
    path = tmp_path / "draft.yaml"
    path.write_text(ground.version.source.replace("up_to: 1.0", "up_to: 0.5"), encoding="utf-8")
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("replay_policy", path, district="northfield", json=True, stdout=out)
    assert ended.value.code == 1
    [row] = json.loads(out.getvalue())
    assert (row["change"], row["then"], row["now"]) == ("less", "1.0", "0.5")
    path.write_text(ground.version.source, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        call_command("replay_policy", path, district="northfield", stdout=StringIO())
    assert ended.value.code == 0

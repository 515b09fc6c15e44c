"""Replaying a policy: its own history comes out as it was, and another one's differences are told."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crediting.actions.decisions import award_credit, refuse_credit, reverse_award
from crediting.actions.policy import load_policy, publish_policy
from crediting.models import CourseTerms, Decision, LedgerEntry
from crediting.queries.policy import terms_of
from crediting.queries.replay import Tally, past_decisions, replay
from crediting.rules.policy import loader
from crediting.rules.policy.loader import PolicyFile
from crediting.rules.replay import Difference
from crediting.states import DecisionKind, RequestState
from mbl.core import clock
from mbl.core.errors import DomainError
from tests.factories.crediting import (
    Ground,
    make_course_row,
    make_framework,
    make_ground,
    make_request,
    make_scale,
)
from tests.factories.profiles import LONG_AGO, make_account_holder, make_course, make_student
from tests.factories.replays import decided
from tests.personas import Personas

pytestmark = pytest.mark.django_db


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


THREE_COURSES = """
schema: mbl-policy/1
series: "2499"
title: Credit by mastery
adopted: {{on: 2020-06-01, by: Board, reference: Resolution 20-14}}
effective: {{from: 2020-07-01}}
equity: {{provision: Every student learns of this way in a language they read.}}
other_methods: {{statement: none}}
approval: {{roles: [credit_manager, principal], two_roles: true}}
scale: {{code: mastery, levels: [beginning, developing, proficient, extending]}}
courses:
{courses}
caps:
  - {{code: POOL, of: {{rules: [FULL, PART]}}, at_most: {pool}}}
  - {{code: YEAR, of: {{methods: [LOCAL_ASSESSMENT]}}, at_most: {year}, per: school_year}}
rules:
  - code: FULL
    method: LOCAL_ASSESSMENT
    kinds: [portfolio]
    courses: [{codes}]
    when:
      - standards: {{level: proficient, at_least: 2}}
    credit: {{up_to: course}}
    mark: P
    citation: Procedure 2499
  - code: PART
    method: LOCAL_ASSESSMENT
    kinds: [portfolio]
    courses: [{codes}]
    when:
      - standards: {{level: proficient, at_least: 1}}
    credit: {{exactly: 0.5}}
    mark: P
    citation: Procedure 2499
text: The policy as adopted.
"""
STEPS = st.tuples(
    st.integers(0, 1),  # which student
    st.integers(0, 2),  # which course
    st.tuples(*[st.sampled_from(["developing", "proficient"])] * 2),
    st.sampled_from(["decide", "refuse", "reverse", "decide anew"]),
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(STEPS, min_size=3, max_size=8, unique_by=lambda step: step[:2]),
    pool=st.sampled_from(["1.0", "1.5", "3.0"]),
    year=st.sampled_from(["1.0", "2.0"]),
)
def test_awards_refusals_caps_and_pools_come_out_again_in_any_order(
    personas: Personas, steps: list[tuple[int, int, tuple[str, str], str]], pool: str, year: str
) -> None:
    """Two students, three courses, one pool and one cap by the year: what was decided early leaves less for later."""
    with transaction.atomic():
        _replay_of_own_history(personas, steps, pool, year)
        transaction.set_rollback(True)


def _replay_of_own_history(
    personas: Personas, steps: list[tuple[int, int, tuple[str, str], str]], pool: str, year: str
) -> None:
    students = [
        personas.student.student,
        make_student(personas.school, person=make_account_holder(personas.district, "Noor Haddad")),
    ]
    scale = make_scale(personas.district)
    standards = make_framework(personas.district)
    courses = [make_course(personas.district, f"Course {number}") for number in range(3)]
    for course in courses:
        CourseTerms.objects.create(course=course, credits=Decimal("1.000"), subject="math", state_course_code="02072")
    listed = "\n".join(f"  - {{code: {one.code}, title: {one.title}, subject: math, credits: 1.0}}" for one in courses)
    codes = ", ".join(one.code for one in courses)
    text = THREE_COURSES.format(courses=listed, codes=codes, pool=pool, year=year)
    version = publish_policy(load_policy(personas.district, text=text, actor=None).version, actor=None)
    actor = personas.credit_manager.user
    for who, which, levels, then in steps:
        ground = Ground(personas.district, personas.school, scale, standards, courses[which], version)
        request = make_request(ground, students[who], personas.teacher.person, RequestState.ASSESSED, levels=levels)
        try:
            with transaction.atomic():
                if then == "refuse":
                    raise DomainError("Somebody refuses what the policy would allow.")
                decision = award_credit(request, reason="As the standards say.", actor=actor)
        except DomainError:
            decision = refuse_credit(request, reason="As the policy says.", actor=actor)
        if decision.kind == DecisionKind.AWARD and then in ("reverse", "decide anew"):
            reverse_award(decision, reason="Entered for the wrong student.", actor=actor)
            if then == "decide anew":
                award_credit(request, reason="Decided anew.", actor=actor, replaces=decision)
    terms = terms_of(version)
    for blind in (False, True):
        again = list(replay(terms, past_decisions(personas.district, terms, since=LONG_AGO), blind=blind))
        assert len(again) == len(steps)
        assert {one.change for one in again} == {Difference.SAME}
        for one in again:
            frozen, now = Decision.objects.get(pk=one.decision), one.replayed.now
            assert now is not None
            if frozen.kind == DecisionKind.AWARD:
                given = frozen.frozen_basis["award"]
                assert (Decimal(given["credits"]), given["mark"]) == (now.credits, now.mark)
                assert frozen.rule_code == now.rule_code
                assert LedgerEntry.objects.get(decision=frozen, reverses=None).credits_earned == now.credits


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
    tally = Tally()
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

"""Confirming what a policy leaves to the school: once, corrected by a new row, by the right people, then decided."""

import datetime as dt
import uuid
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from crediting.actions.confirmed import confirm_facts
from crediting.actions.decisions import award_credit
from crediting.actions.policy import close_policy, load_policy, publish_policy
from crediting.models import ConfirmedFact, CreditRequest, Decision
from crediting.queries.confirmed import confirmed_lines
from crediting.queries.decisions import deliberate
from crediting.queries.requests import terms_for, ways_for
from crediting.rules.basis import facts_of, thaw
from crediting.rules.left_open import Confirmable, Statement
from crediting.states import RequestState
from mbl.core import clock
from mbl.core.errors import DomainError, NotAllowed
from tests.crediting.recorded import Recorded
from tests.factories.crediting import Ground, make_ground, make_request
from tests.personas import Personas

pytestmark = pytest.mark.django_db
DECLARES = """facts:
  - {name: hours, title: Hours of practice, kind: number, unit: hours}
  - {name: finished, title: Day of the last session, kind: date}
  - {name: place, title: Where it was, kind: text, choices: [studio, field]}"""
ASKS = """fact: {name: hours, at_least: 60, spend: 60}
      - fact: {name: place, one_of: [studio, field]}
      - paper: {code: contract, title: Signed contract}
      - evidence: {kinds: [presentation]}"""


@pytest.fixture
def hours(personas: Personas) -> Ground:
    """Sixty hours, a place, a contract and a presentation are asked beside the standards."""
    return make_ground(personas.school, more=ASKS, declares=DECLARES)


def asked(ground: Ground, personas: Personas, **fields: Any) -> CreditRequest:
    return make_request(ground, personas.student.student, personas.teacher.person, **fields)


def things(request: CreditRequest) -> dict[str, Confirmable]:
    return {line.asked.name: line.asked for line in confirmed_lines(request, ways_for(request), terms_for(request))}


def said(request: CreditRequest, name: str, value: Any, source: str = "Log book", seen: str = "") -> Statement:
    return Statement(things(request)[name], value, source, seen)


def everything(request: CreditRequest) -> list[Statement]:
    return [
        said(request, "hours", Decimal(72)),
        said(request, "place", "field"),
        said(request, "contract", True),
        said(request, "presentation", True),
    ]


@pytest.mark.rule("R13", partial=True)
def test_only_what_the_rule_asks_is_asked(personas: Personas, ground: Ground, hours: Ground) -> None:
    assert list(things(asked(hours, personas, standards=hours.standards[:2]))) == [
        "hours", "place", "contract", "presentation",
    ]  # fmt: skip
    assert things(asked(ground, personas)) == {}


def test_what_is_confirmed_decides_and_the_decision_keeps_it(personas: Personas, hours: Ground) -> None:
    request = asked(hours, personas, state=RequestState.ASSESSED)
    before = deliberate(request).outcome
    assert not before.is_award and {reason.code for reason in before.missing} == {
        "fact.unknown", "paper.missing", "evidence.kinds_missing",
    }  # fmt: skip
    recorded = Recorded()
    confirm_facts(request, everything(request), actor=personas.teacher.user)
    assert recorded.verbs == ["crediting.fact.confirmed"] * 4
    assert recorded.events[0].payload == {"what": "Hours of practice", "value": "72", "source": "Log book"}
    decision = award_credit(request, reason="Shown.", actor=personas.credit_manager.user)
    basis = thaw(decision.frozen_basis)
    assert basis.spent == {"hours": Decimal(60)}
    assert [(one.title, one.value, one.source) for one in basis.confirmed][:2] == [
        ("Hours of practice", "72", "Log book"),
        ("Where it was", "field", "Log book"),
    ]
    assert facts_of(decision.frozen_basis, frozenset()) == deliberate_facts(request, decision)


def deliberate_facts(request: CreditRequest, decision: Decision) -> Any:
    """The facts as they were: with who decided."""
    request.refresh_from_db()
    facts = deliberate(request).facts
    basis = thaw(decision.frozen_basis)
    assert basis.facts is not None
    return replace(facts, decider=basis.facts.decider, decider_roles=basis.facts.decider_roles)


def test_hours_that_one_award_used_up_do_not_count_again(personas: Personas, hours: Ground) -> None:
    first = asked(hours, personas, state=RequestState.ASSESSED)
    confirm_facts(first, everything(first), actor=personas.teacher.user)
    award_credit(first, reason="Shown.", actor=personas.credit_manager.user)
    other = make_ground(
        personas.school, scale=hours.scale, standards=hours.standards, more=ASKS, declares=DECLARES, title="Algebra 2"
    )
    second = asked(other, personas, state=RequestState.ASSESSED)
    confirm_facts(second, everything(second), actor=personas.teacher.user)
    outcome = deliberate(second).outcome
    assert not outcome.is_award and [reason.code for reason in outcome.reasons] == ["fact.not_so"]
    assert outcome.reasons[0].params["value"] == "12"


def test_a_correction_is_a_new_row_and_the_old_one_stays(personas: Personas, hours: Ground) -> None:
    request = asked(hours, personas)
    [first] = confirm_facts(request, [said(request, "hours", Decimal(50))], actor=personas.teacher.user)
    again = said(request, "hours", Decimal("50.0"), seen=str(first.public_id))
    assert confirm_facts(request, [again], actor=personas.teacher.user) == []
    recorded = Recorded()
    better = said(request, "hours", Decimal(65), "Employer's letter", seen=str(first.public_id))
    [second] = confirm_facts(request, [better], actor=personas.credit_manager.user)
    assert (second.corrects, second.confirmed_by_person) == (first, personas.credit_manager.person)
    assert recorded.events[0].payload == {
        "what": "Hours of practice", "before": "50", "value": "65", "source": "Employer's letter",
    }  # fmt: skip
    [line] = [
        one for one in confirmed_lines(request, ways_for(request), terms_for(request)) if one.asked.name == "hours"
    ]
    assert (line.row, line.earlier) == (second, (first,))
    with pytest.raises(DatabaseError), transaction.atomic():
        ConfirmedFact.objects.filter(pk=first.pk).update(value="90")


def test_of_two_people_at_once_the_second_is_told(personas: Personas, hours: Ground) -> None:
    request = asked(hours, personas)
    statement = said(request, "hours", Decimal(50))
    confirm_facts(request, [statement], actor=personas.teacher.user)
    with pytest.raises(DomainError, match="has confirmed “Hours of practice” since"):
        confirm_facts(request, [said(request, "hours", Decimal(80))], actor=personas.credit_manager.user)
    with pytest.raises(DatabaseError), transaction.atomic():
        row = ConfirmedFact.objects.get()
        row.pk, row.public_id = None, uuid.uuid4()
        row.save(force_insert=True)
    assert ConfirmedFact.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "value", "source", "told"),
    [
        ("hours", "many", "Log book", "cannot have this value"),
        ("place", "moon", "Log book", "cannot have this value"),
        ("finished", dt.date(2026, 1, 1), "Log book", "does not ask"),
        ("hours", Decimal(60), "\u200b", "Say from which document"),
    ],
)
def test_what_cannot_be_is_refused_whole(
    personas: Personas, hours: Ground, name: str, value: Any, source: str, told: str
) -> None:
    request = asked(hours, personas)
    asks = things(request)
    thing = asks.get(name) or Confirmable(asks["hours"].kind, name, name, asks["hours"].value_kind)
    with pytest.raises(DomainError, match=told):
        confirm_facts(
            request,
            [said(request, "contract", True), Statement(thing, value, source)],
            actor=personas.teacher.user,
        )
    assert not ConfirmedFact.objects.exists()


def test_only_the_teacher_asked_and_who_decides_confirm_and_only_while_it_is_open(
    personas: Personas, hours: Ground
) -> None:
    request = asked(hours, personas)
    statement = said(request, "hours", Decimal(60))
    for persona in (personas.student, personas.family, personas.counselor, personas.other_district_administrator):
        with pytest.raises(NotAllowed):
            confirm_facts(request, [statement], actor=persona.user)
    closed = asked(
        make_ground(personas.school, scale=hours.scale, standards=hours.standards), personas,
        state=RequestState.NOT_AWARDED, decider=personas.credit_manager.user,
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="nothing to confirm now"):
        confirm_facts(closed, [statement], actor=personas.teacher.user)


def test_where_nothing_is_judged_the_last_point_hands_the_request_over(personas: Personas) -> None:
    ground = make_ground(personas.school, declares=DECLARES)
    text = ground.version.source.replace("- standards: {level: proficient, at_least: 2}", "- fact: {name: hours}")
    assert text != ground.version.source
    ground = republished(personas, ground, text.replace("kind: number, unit: hours", "kind: yes_no"))
    request = asked(ground, personas)
    assert request.state == RequestState.SUBMITTED
    confirm_facts(request, [said(request, "hours", True)], actor=personas.teacher.user)
    request.refresh_from_db()
    assert request.state == RequestState.ASSESSED and request.waiting_since is not None
    assert clock.today(personas.district) == request.demonstrated_on


def republished(personas: Personas, ground: Ground, text: str) -> Ground:
    today = clock.today(personas.district)
    close_policy(ground.version, last_day=today - dt.timedelta(days=1), actor=None)
    text = text.replace("effective: {from: 2020-07-01}", f"effective: {{from: {today}}}")
    version = publish_policy(load_policy(personas.district, text=text, actor=None).version, actor=None)
    return replace(ground, version=version)

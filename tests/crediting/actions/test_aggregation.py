"""Rules that make a level out of several judgements: dated, frozen, and never about the past."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from crediting.actions.aggregation import remove_aggregation, set_aggregation
from crediting.actions.decisions import award_credit
from crediting.actions.judgements import JudgedStandard, record_judgements
from crediting.models import AggregationRule, Decision
from crediting.queries.aggregation import rule_for, rule_in_force
from crediting.queries.decided import decided_page
from crediting.queries.facts import gather
from crediting.rules import mastery
from crediting.rules.aggregation import Aggregation
from crediting.states import AggregationKind, RequestState
from mbl.core import clock
from mbl.core.errors import DomainError
from tests.crediting.recorded import Recorded
from tests.factories.crediting import Ground, judge, make_request
from tests.personas import Personas

pytestmark = pytest.mark.django_db
BEST = Aggregation(AggregationKind.BEST, n=3)
MEAN = Aggregation(AggregationKind.MEAN, n=2)
DAY = dt.timedelta(days=1)


def set_rule(personas: Personas, terms: Aggregation, subject: str = "math", *, days: int = 0) -> AggregationRule:
    starts_on = clock.today(personas.district) + days * DAY
    (rule,) = set_aggregation(
        personas.district,
        subjects=[subject],
        terms=terms,
        starts_on=starts_on,
        actor=personas.administrator.user,
    )
    return rule


def test_a_subject_has_its_own_rule_and_the_others_share_one(personas: Personas) -> None:
    today = clock.today(personas.district)
    recorded = Recorded()
    common = set_rule(personas, MEAN, "")
    own = set_rule(personas, BEST, "english")
    assert rule_in_force(personas.district.pk, "english", today) == own
    assert rule_in_force(personas.district.pk, "math", today) == common
    assert rule_in_force(personas.district.pk, "math", today - DAY) is None
    assert rule_in_force(personas.other_district.pk, "english", today) is None
    assert recorded.verbs == ["crediting.aggregation.set"] * 2


def test_a_rule_that_follows_ends_the_one_before_it(personas: Personas) -> None:
    today = clock.today(personas.district)
    first = set_rule(personas, BEST)
    second = set_rule(personas, MEAN, days=10)
    first.refresh_from_db()
    assert first.effective.upper == second.effective.lower == today + 10 * DAY
    assert rule_in_force(personas.district.pk, "math", today + 9 * DAY) == first
    assert rule_in_force(personas.district.pk, "math", today + 10 * DAY) == second


def test_the_same_rule_again_changes_nothing(personas: Personas) -> None:
    first = set_rule(personas, BEST)
    recorded = Recorded()
    assert set_rule(personas, BEST, days=3) == first
    assert AggregationRule.objects.count() == 1 and recorded.verbs == []


@pytest.mark.parametrize(
    ("terms", "days", "field"),
    [
        (BEST, -1, "starts_on"),
        (Aggregation(AggregationKind.TIMES), 0, "n"),
        (Aggregation(AggregationKind.DECAYING), 0, "weight"),
        (Aggregation(AggregationKind.DECAYING, weight=100), 0, "weight"),
        (Aggregation(AggregationKind.BEST, n=21), 0, "n"),
        (Aggregation(minimum=0), 0, "minimum"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(
    personas: Personas, terms: Aggregation, days: int, field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        set_rule(personas, terms, days=days)
    assert refused.value.field == field and not AggregationRule.objects.exists()


@pytest.mark.parametrize("days", [0, 5])
def test_a_rule_follows_tomorrow_at_the_earliest_and_never_goes_before_a_scheduled_one(
    personas: Personas, days: int
) -> None:
    set_rule(personas, BEST)
    if days:
        set_rule(personas, Aggregation(), days=days)
    with pytest.raises(DomainError) as refused:
        set_rule(personas, MEAN, days=days)
    assert refused.value.field == "starts_on"


def test_a_scheduled_rule_can_be_taken_back_and_the_one_before_goes_on(personas: Personas) -> None:
    first = set_rule(personas, BEST)
    second = set_rule(personas, MEAN, days=10)
    recorded = Recorded()
    remove_aggregation(second, actor=personas.administrator.user)
    first.refresh_from_db()
    assert first.effective.upper is None and recorded.verbs == ["crediting.aggregation.removed"]
    with pytest.raises(DomainError, match="has begun"):
        remove_aggregation(first, actor=personas.administrator.user)


@pytest.mark.parametrize("change", [{"n": 2}, {"kind": "mode"}, {"minimum_attempts": 2}, {"rounding": "down"}])
def test_the_database_keeps_a_rule_as_it_was_set(personas: Personas, change: dict[str, object]) -> None:
    rule = set_rule(personas, BEST)
    with pytest.raises(IntegrityError), transaction.atomic():
        AggregationRule.objects.filter(pk=rule.pk).update(**change)


def test_the_database_refuses_two_rules_for_one_day(personas: Personas) -> None:
    rule = set_rule(personas, BEST)
    with pytest.raises(IntegrityError, match="aggregation_one_rule_a_day"), transaction.atomic():
        AggregationRule.objects.create(
            district=rule.district, subject=rule.subject, kind="newest", effective=rule.effective
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_set_a_rule_at_once_one_is_told(personas: Personas) -> None:
    told: list[str] = []
    begin = threading.Barrier(2)

    def press(terms: Aggregation) -> None:
        try:
            begin.wait()
            set_rule(personas, terms)
        except DomainError as error:
            told.append(error.field or "")
        finally:
            connection.close()

    people = [threading.Thread(target=press, args=(terms,)) for terms in (BEST, MEAN)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert told == ["starts_on"] and AggregationRule.objects.count() == 1


def test_a_judgement_keeps_the_rule_of_its_day(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    judge(request, ground, personas.teacher.person, ["extending", "proficient"])
    rule = set_rule(personas, MEAN)
    assert list(request.judgements.values_list("rule", flat=True)) == [None, None]
    assert rule_for(ground.course, clock.today(ground.district)) == rule
    judge(request, ground, personas.teacher.person, ["beginning", "proficient"])
    assert set(request.judgements.filter(level__code="beginning").values_list("rule", flat=True)) == {rule.pk}


@pytest.mark.rule("R7")
def test_a_later_rule_rewrites_neither_levels_nor_decisions(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    judge(request, ground, personas.teacher.person, ["proficient", "extending"])
    decision = award_credit(request, reason="Shown.", actor=personas.credit_manager.user)
    before = decided_page(decision)

    def levels_now() -> list[str]:
        facts = gather([request], today=clock.today(ground.district))[request.pk].facts
        scale = ("beginning", "developing", "proficient", "extending")
        return [one.level for one in mastery.evaluate(scale, "proficient", facts.claims, facts.judgements)]

    levels = levels_now()
    set_rule(personas, Aggregation(AggregationKind.MEAN, n=2, minimum=3))
    assert levels_now() == levels == ["proficient", "extending"]
    again = decided_page(Decision.objects.get(pk=decision.pk))
    assert (again.arithmetic, again.standards) == (before.arithmetic, before.standards)
    assert request.state == RequestState.SUBMITTED  # the row of the test, read before; nothing wrote it back


def test_a_second_judgement_is_worked_out_by_the_new_rule_with_what_was_before(
    personas: Personas, ground: Ground
) -> None:
    set_rule(personas, Aggregation(AggregationKind.BEST))
    request = make_request(ground, personas.student.student, personas.teacher.person)
    judge(request, ground, personas.teacher.person, ["extending", "proficient"])
    request.attempt = 2
    request.save()
    judge(request, ground, personas.teacher.person, ["beginning", "proficient"])
    facts = gather([request], today=clock.today(ground.district))[request.pk].facts
    scale = ("beginning", "developing", "proficient", "extending")
    shown = mastery.evaluate(scale, "proficient", facts.claims[:1], facts.judgements)[0]
    assert (shown.level, shown.met, [one.attempt for one in shown.used]) == ("extending", True, [1])


def test_saying_the_same_modification_twice_writes_one_judgement(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    row = JudgedStandard(ground.standards[0], ground.level("proficient"), "Good.", "Two of the four theorems.")
    for _press in range(2):
        record_judgements(request, rows=[row], actor=personas.teacher.user)
    assert list(request.judgements.values_list("modification", flat=True)) == ["Two of the four theorems."]

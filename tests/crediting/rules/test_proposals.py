"""What a proposal needs, when it may still be approved, and what hours of paid work give."""

import datetime as dt
import json
from decimal import Decimal

import pytest

from crediting.rules import proposals as rules
from crediting.rules.deadlines import Deadline, Offset, Unit
from crediting.rules.policy.loader import parse
from crediting.rules.policy.terms import PolicyTerms
from crediting.rules.procedures import (
    AppealTerms,
    HoursStep,
    ProposalTerms,
    RequestDeadlines,
    WorkTerms,
    appeal_of,
    proposals_of,
    request_deadlines_of,
)
from crediting.states import PROPOSAL_FIELDS, ProposalKind
from tests.factories.procedures import EMPTY

WORK = WorkTerms(16, (HoursStep(Decimal(180), Decimal("0.5")), HoursStep(Decimal(360), Decimal(1))))
TERMS = ProposalTerms(frozenset({"principal"}), WORK)
MONDAY = dt.date(2026, 6, 15)


@pytest.mark.rule("R16")
@pytest.mark.parametrize("name", PROPOSAL_FIELDS)
def test_each_of_the_ten_elements_is_asked_for(name: str) -> None:
    written = set(PROPOSAL_FIELDS) - {name}
    found = rules.missing(written, kind=ProposalKind.EQUIVALENCY, starts_on=MONDAY, ends_on=MONDAY)
    assert [one.code for one in found] == [f"proposal.{name}_missing"]


@pytest.mark.parametrize(
    ("kind", "first", "last", "codes"),
    [
        (ProposalKind.EQUIVALENCY, MONDAY, MONDAY, []),
        (ProposalKind.EQUIVALENCY, None, MONDAY, ["proposal.days_missing"]),
        (ProposalKind.EQUIVALENCY, MONDAY, MONDAY - dt.timedelta(days=1), ["proposal.days_reversed"]),
        (ProposalKind.PAID_WORK, MONDAY, MONDAY, ["proposal.employer_missing"]),
    ],
)
def test_days_and_an_employer_are_asked_for_where_they_matter(
    kind: ProposalKind, first: dt.date | None, last: dt.date, codes: list[str]
) -> None:
    found = rules.missing(PROPOSAL_FIELDS, kind=kind, starts_on=first, ends_on=last)
    assert [one.code for one in found] == codes


@pytest.mark.rule("R16")
@pytest.mark.parametrize(("days", "met"), [(-30, False), (0, False), (1, True), (90, True)])
def test_ec11_approval_is_possible_before_the_first_day_and_not_on_it(days: int, met: bool) -> None:
    criterion = rules.in_time(MONDAY + dt.timedelta(days=days), MONDAY)
    assert (criterion.met, criterion.reason.citation) == (met, "WAC 392-410-300(4)")


@pytest.mark.parametrize(
    ("born", "met", "code"),
    [
        (dt.date(2010, 6, 15), True, "proposal.old_enough"),
        (dt.date(2010, 6, 16), False, "proposal.too_young"),
        (dt.date(2008, 2, 29), True, "proposal.old_enough"),
        (None, False, "proposal.age_unknown"),
    ],
)
def test_paid_work_begins_at_the_least_age(born: dt.date | None, met: bool, code: str) -> None:
    criterion = rules.old_enough(WORK, born, MONDAY)
    assert (criterion.met, criterion.reason.code) == (met, code)


def test_paid_work_needs_a_policy_that_opens_it() -> None:
    criteria = rules.approval_criteria(
        ProposalTerms(frozenset({"principal"})),
        kind=ProposalKind.PAID_WORK,
        starts_on=MONDAY,
        today=MONDAY - dt.timedelta(days=1),
        birth_date=dt.date(2008, 1, 1),
    )
    assert [(one.code, one.met) for one in criteria] == [("in_time", True), ("work", False)]


@pytest.mark.rule("R16")
@pytest.mark.parametrize(
    ("hours", "credits", "code"),
    [
        ("179.75", "0", "hours.none_yet"),
        ("180", "0.5", "hours.reached"),
        ("300", "0.5", "hours.reached"),
        ("360", "1", "hours.all_reached"),
        ("900", "1", "hours.all_reached"),
    ],
)
def test_ec12_hours_give_the_step_they_reach_and_no_part_of_one(hours: str, credits: str, code: str) -> None:
    found, reason = rules.credits_for(Decimal(hours), WORK)
    assert (found, reason.code) == (Decimal(credits), code)


# --- What a policy file says ------------------------------------------------------------------------------------------


def policy(**sections: object) -> PolicyTerms:
    """The terms of a policy file with these sections, as a draft may be."""
    found = parse(json.dumps(EMPTY | sections))
    assert not isinstance(found, list), found
    return found.terms


SENT = {"code": "submission", "windows": [{"after": "submitted", "weeks": 1}]}
DECIDED = {"code": "decision", "windows": [{"after": "submitted", "weeks": 2}]}
OWN = {"code": "own", "windows": [{"after": "submitted", "days": 3}]}
RULE = {
    "code": "R1",
    "method": "LOCAL_ASSESSMENT",
    "kinds": "all",
    "courses": "all",
    "when": [{"deadline": "own"}],
    "decide_by": "own",
}
COURSE = {"code": "MAT101", "title": "Algebra 1", "subject": "math"}


@pytest.mark.rule("R21")
def test_a_deadline_holds_for_every_request_unless_its_rule_names_another() -> None:
    weeks = RequestDeadlines(
        Deadline((Offset("submitted", 1, Unit.WEEKS),)), Deadline((Offset("submitted", 2, Unit.WEEKS),))
    )
    three_days = Deadline((Offset("submitted", 3, Unit.DAYS),))
    whole = policy(deadlines=[SENT, DECIDED, OWN])
    assert request_deadlines_of(whole, "MAT101", "LOCAL_ASSESSMENT") == weeks
    of_rule = policy(deadlines=[SENT, DECIDED, OWN], courses=[COURSE], rules=[RULE])
    assert request_deadlines_of(of_rule, "MAT101", "LOCAL_ASSESSMENT") == RequestDeadlines(three_days, three_days)
    assert request_deadlines_of(of_rule, "MAT101", "STATE_ASSESSMENT") == weeks
    assert request_deadlines_of(policy(), "MAT101", "LOCAL_ASSESSMENT") == RequestDeadlines()


def test_what_the_file_leaves_out_is_left_out() -> None:
    assert proposals_of(None) is None
    assert proposals_of({"roles": ["principal"]}) == ProposalTerms(frozenset({"principal"}))
    assert request_deadlines_of(policy(deadlines=[DECIDED])).submission is None


def test_steps_are_read_in_the_order_of_their_hours() -> None:
    read = proposals_of(
        {
            "roles": ["principal"],
            "paid_work": {
                "minimum_age": 16,
                "steps": [{"hours": "360", "credits": "1.0"}, {"hours": "180", "credits": "0.5"}],
            },
        }
    )
    assert read == TERMS


@pytest.mark.rule("R33")
def test_without_a_word_in_the_policy_an_appeal_goes_to_the_district_at_any_time() -> None:
    assert appeal_of(None) == AppealTerms(frozenset({"administrator"}), None, None)


@pytest.mark.rule("R33")
def test_an_appeal_counts_its_days_from_the_notice_and_its_answers_from_the_appeal() -> None:
    said = {"to": "the board", "roles": ["principal"], "within_days": 10, "counting": "school_days"}
    assert appeal_of(said | {"answer_within_days": 15}) == AppealTerms(
        frozenset({"principal"}),
        Deadline((Offset("notified", 10, Unit.SCHOOL_DAYS),)),
        Deadline((Offset("appealed", 15, Unit.SCHOOL_DAYS),)),
        "the board",
    )
    assert appeal_of(said).answer_within is None


@pytest.mark.parametrize(
    ("sections", "where"),
    [
        ({"appeal": {"to": "the board", "within_days": 5, "roles": ["student"]}}, "appeal.roles[1]"),
        ({"proposals": {"roles": ["principal"], "paid_work": {"minimum_age": 16, "steps": []}}}, "steps"),
        ({"proposals": {"roles": []}}, "proposals.roles"),
    ],
)
def test_the_shape_of_a_section_is_checked(sections: dict[str, object], where: str) -> None:
    found = parse(json.dumps(EMPTY | sections))
    assert isinstance(found, list) and where in found[0].where

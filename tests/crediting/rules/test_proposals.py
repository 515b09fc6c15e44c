"""What a proposal needs, when it may still be approved, and what hours of paid work give."""

import datetime as dt
from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator

from crediting.rules import proposals as rules
from crediting.rules.deadlines import Deadline, MonthDay, NthWeekday, Offset, Unit
from crediting.rules.procedures import (
    SCHEMA,
    AppealTerms,
    HoursStep,
    ProposalTerms,
    WorkTerms,
    appeal_of,
    deadline_of,
    proposals_of,
    request_deadlines_of,
)
from crediting.states import PROPOSAL_FIELDS, ProposalKind

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


@pytest.mark.parametrize(
    ("written", "deadline"),
    [
        ({"after": "term_end", "weeks": 1}, Deadline((Offset("term_end", 1, Unit.WEEKS),))),
        ({"before": "term_start", "school_days": 5}, Deadline((Offset("term_start", -5, Unit.SCHOOL_DAYS),))),
        (
            {"windows": [{"nth": 2, "weekday": "tuesday", "month": 5}, {"month": 11, "day": 1}], "at": "15:00"},
            Deadline((NthWeekday(2, 1, 5), MonthDay(11, 1)), dt.time(15)),
        ),
        (
            {"after": "submitted", "days": 14, "schools": {"4991": {"after": "submitted", "days": 7}}},
            Deadline((Offset("submitted", 14),), None, {"4991": (Offset("submitted", 7),)}),
        ),
        (None, None),
    ],
)
def test_a_deadline_reads_as_the_file_writes_it(written: dict[str, object] | None, deadline: Deadline | None) -> None:
    assert deadline_of(written) == deadline


def test_what_the_file_leaves_out_is_left_out() -> None:
    assert proposals_of(None) is None
    assert proposals_of({"roles": ["principal"]}) == ProposalTerms(frozenset({"principal"}))
    assert request_deadlines_of({"decision": {"after": "submitted", "weeks": 2}}).submission is None


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


@pytest.mark.parametrize(
    ("section", "written", "valid"),
    [
        ("deadlines", {"submission": {"after": "term_end", "weeks": 1}}, True),
        ("deadlines", {"submission": {"after": "christmas", "weeks": 1}}, False),
        ("deadlines", {"decision": {"windows": [{"month": 5, "day": 1}], "at": "15:00"}}, True),
        ("deadlines", {"decision": {"month": 5, "day": 1, "at": "25:00"}}, False),
        ("appeal", {"roles": ["administrator"], "within": {"after": "notified", "school_days": 10}}, True),
        ("appeal", {"roles": ["student"]}, False),
        ("proposals", {"roles": ["principal"], "paid_work": {"minimum_age": 16, "steps": []}}, False),
        (
            "proposals",
            {"roles": ["principal"], "paid_work": {"minimum_age": 16, "steps": [{"hours": 180, "credits": 1}]}},
            True,
        ),
    ],
)
def test_the_shape_of_a_section_is_checked(section: str, written: dict[str, object], valid: bool) -> None:
    assert Draft202012Validator(SCHEMA[section]).is_valid(written) is valid

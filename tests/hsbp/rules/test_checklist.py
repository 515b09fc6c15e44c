"""The checklist H1-H27: state, due grade and source of each item."""

import dataclasses
import datetime as dt

import pytest

from hsbp.rules.checklist import ChecklistFacts, Item, Tally, checklist, counted, tally
from hsbp.rules.content import AID_ITEMS, Content, read
from hsbp.states import ItemState

TODAY = dt.date(2026, 11, 21)
NOTHING = ChecklistFacts(today=TODAY, grade=11, content=Content())


def item(name: str, facts: ChecklistFacts) -> Item:
    return next(found for found in checklist(facts) if found.id == name)


@pytest.mark.rule("R57")
def test_all_twenty_seven_items_are_there_with_their_source() -> None:
    items = checklist(NOTHING)
    assert [found.id for found in items] == [f"H{n}" for n in range(1, 28)]
    assert all(found.citation.startswith(("RCW ", "WAC ")) for found in items)
    assert all(found.reason.rule_id == "R57" for found in items)


@pytest.mark.rule("R57")
@pytest.mark.parametrize(
    ("name", "grade", "state"),
    [
        ("H1", 7, ItemState.DUE),
        ("H1", 11, ItemState.OVERDUE),
        ("H2", 7, ItemState.NOT_DUE),
        ("H6", 9, ItemState.DUE),
        ("H12", 9, ItemState.NOT_DUE),
        ("H12", 10, ItemState.DUE),
        ("H12", 12, ItemState.OVERDUE),
        ("H22", 11, ItemState.NOT_DUE),
        ("H22", 12, ItemState.DUE),
        ("H27", 12, ItemState.DUE),
        ("H20", 11, ItemState.NOT_APPLICABLE),
    ],
)
def test_what_is_open_follows_the_grade(name: str, grade: int, state: ItemState) -> None:
    assert item(name, dataclasses.replace(NOTHING, grade=grade)).state == state


@pytest.mark.rule("R57")
def test_what_is_not_computed_says_so_and_is_not_met() -> None:
    found = item("H10", NOTHING)
    assert found.state == ItemState.NOT_COMPUTED
    assert found.reason.code == "hsbp.item.not_computed"
    recorded = dataclasses.replace(NOTHING, records={"H10": (dt.date(2025, 10, 1),)})
    assert item("H10", recorded).state == ItemState.MET


@pytest.mark.rule("R59")
def test_the_grade_ten_update_counts_only_with_results_looked_at() -> None:
    updated = dataclasses.replace(NOTHING, grade=10, updates={10: TODAY}, updated_this_year=TODAY)
    assert item("H9", updated).state == ItemState.MET
    assert item("H12", updated).state == ItemState.DUE
    assert item("H12", dataclasses.replace(updated, results_reviewed=True)).state == ItemState.MET


@pytest.mark.rule("R63")
def test_financial_aid_is_met_item_by_item() -> None:
    nine = dict.fromkeys(AID_ITEMS[:-1], "2026-10-01")
    senior = dataclasses.replace(NOTHING, grade=12)
    assert item("H22", dataclasses.replace(senior, content=read({"aid": nine}))).state == ItemState.DUE
    ten = nine | {AID_ITEMS[-1]: "2026-11-02"}
    found = item("H22", dataclasses.replace(senior, content=read({"aid": ten})))
    assert (found.state, found.done_on) == (ItemState.MET, dt.date(2026, 11, 2))


@pytest.mark.rule("R64")
def test_mastery_credit_asked_for_belongs_in_the_plan() -> None:
    asked = dataclasses.replace(NOTHING, mastery_requests=1)
    assert item("H20", asked).state == ItemState.DUE
    assert item("H20", dataclasses.replace(asked, awarded_on=TODAY)).state == ItemState.MET


@pytest.mark.rule("R65")
def test_a_full_plan_alone_never_meets_the_requirement() -> None:
    full = read(
        {
            "goals": {"career": "x", "after_high_school": "y"},
            "interests": {"inventory": "z", "inventory_on": "2022-05-01"},
            "courses": {"12": [{"code": "ENG401"}]},
            "pathway": {"options": ["sat_act"], "reason": "r"},
            "activities": [{"title": "Band"}],
            "aid": dict.fromkeys(AID_ITEMS, "2026-10-01"),
        }
    )
    senior = dataclasses.replace(NOTHING, grade=12, content=full)
    assert item("H27", senior).state == ItemState.DUE
    assert item("H27", dataclasses.replace(senior, requirement_met_on=TODAY)).state == ItemState.MET


def test_a_text_is_met_on_the_day_it_was_written() -> None:
    written = dt.date(2026, 10, 2)
    content = read({"goals": {"career": "Nurse"}})
    facts = dataclasses.replace(NOTHING, content=content, changed_on={"goals": written})
    assert item("H4", facts).done_on == written


@pytest.mark.rule("R57")
def test_the_tally_counts_what_is_due_by_now_and_agrees_with_the_whole_list() -> None:
    content = read({"goals": {"career": "Nurse"}, "courses": {"11": [{"code": "ENG301"}]}})
    for grade in range(6, 13):
        facts = dataclasses.replace(
            NOTHING, grade=grade, content=content, plan_started_on=TODAY, records={"H14": (TODAY,), "H15": (TODAY,)}
        )
        assert tally(facts) == counted(checklist(facts), grade)
    grade_11 = dataclasses.replace(NOTHING, content=content, plan_started_on=TODAY)
    # Due by grade 11: H1, H2, H3, H6, H7, H8, H9, H12, H14, H25, H26; met: H2 and H6.
    assert tally(grade_11) == Tally(done=2, total=11)


def test_a_yearly_record_of_last_year_no_longer_counts() -> None:
    last_year = dataclasses.replace(NOTHING, records={"H14": (dt.date(2026, 6, 30),)})
    this_year = dataclasses.replace(NOTHING, records={"H14": (dt.date(2026, 7, 1),)})
    assert item("H14", last_year).state == ItemState.DUE
    assert item("H14", this_year).state == ItemState.MET

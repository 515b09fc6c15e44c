"""What a template may say."""

import copy
from typing import Any

import pytest

from transcripts.rules.template import DEFAULT_TERMS, parse, problems


def terms(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(dict(DEFAULT_TERMS)), **changes}


def codes(document: Any, *, is_checked: bool = False) -> list[str]:
    return [reason.code for reason in problems(document, is_checked=is_checked)]


def test_the_layout_every_district_begins_with_is_in_order_and_names_no_authority() -> None:
    assert codes(DEFAULT_TERMS) == []
    assert parse(DEFAULT_TERMS).title == "District transcript (sample layout)"


@pytest.mark.rule("T26", partial=True)
def test_a_template_confirms_no_letters() -> None:
    letters = [{"letter": "L", "meaning": "Local Competency Test", "confirmed": True}]

    assert codes(terms(designations=letters)) == ["template.shape"]


@pytest.mark.parametrize(
    "title",
    [
        "Washington State Standardized High School Transcript",
        "OSPI transcript",
        "State transcript",
    ],
)
def test_the_states_form_is_named_only_where_the_district_has_checked_it(title: str) -> None:
    assert codes(terms(title=title)) == ["template.unchecked"]
    assert codes(terms(statement=f"This is the {title}.")) == ["template.unchecked"]
    assert codes(terms(title=title), is_checked=True) == []


def test_the_states_form_is_claimed_only_where_the_district_has_checked_it() -> None:
    assert "template.unchecked" in codes(terms(state_form=True))


@pytest.mark.rule("T30", partial=True)
def test_the_states_form_prints_no_word_that_its_line_does_not_have() -> None:
    lines = [{"code": "hsbp", "label": "HSBP", "otherwise": "NOT RECORDED"}]

    assert codes(terms(state_form=True, requirements=lines), is_checked=True) == ["template.word"]
    assert codes(terms(state_form=True, requirements=[{**lines[0], "otherwise": "NOT MET"}]), is_checked=True) == []


@pytest.mark.rule("T3")
@pytest.mark.parametrize(
    "changes",
    [
        {"fields": ["class_rank"]},
        {"fields": ["preferred_name"]},
        {"narrative": True},
        {"requirements": [{"code": "attendance", "label": "Attendance", "otherwise": "–"}]},
        {"title": ""},
        {"marks": [{"sign": "A"}]},
    ],
)
def test_what_is_not_on_the_list_cannot_be_asked_for(changes: dict[str, Any]) -> None:
    assert set(codes(terms(**changes))) == {"template.shape"}


@pytest.mark.parametrize("document", [None, [], "title", {}])
def test_something_else_than_a_template_is_refused(document: Any) -> None:
    assert codes(document)[0] == "template.shape"


def test_a_line_stands_once() -> None:
    twice = [{"code": "hsbp", "label": label, "otherwise": "NOT RECORDED"} for label in ("one", "two")]

    assert codes(terms(requirements=twice)) == ["template.twice"]

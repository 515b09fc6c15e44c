"""The closed list, the requirement lines and what blocks an issue."""

from decimal import Decimal
from typing import Any

import pytest

from tests.transcripts.rules.test_lines import row
from transcripts.rules.blocks import blocks
from transcripts.rules.contents import (
    Attendance,
    Form,
    Header,
    Identity,
    Legend,
    Line,
    NotOnTheList,
    Office,
    Requirement,
    Summary,
    TermSummary,
    freeze,
    thaw,
)
from transcripts.rules.gpa import Retake
from transcripts.rules.lines import arrange
from transcripts.rules.requirements import ALLOWED, STARS, TemplateLine, print_lines

HEADER = Header(
    Form("district-sample", 1, "District transcript", "True copy.", (Legend("A", "4.0"),), ()),
    Office("Cedar Falls School District", "03017"),
    Office("Cedar Falls High School", "0417"),
    Identity("Warsame", "Ifrah", "Asha", "1234567890", "2027"),
    Attendance(("Cedar Falls High School",)),
)
LINE = Line(2025, "Semester 1", "10", "Cedar Falls High School", "MAT201", "Geometry", "B", "B+", "0.500", "0.500")
SUMMARY = Summary(
    "0.500",
    "0.500",
    "0.500",
    "1.650",
    "3.300",
    (TermSummary(2025, "Semester 1", "10", "3.300", "3.300"),),
    (Requirement("Washington State History", "MET"),),
)


@pytest.mark.parametrize("part", [HEADER, LINE, SUMMARY])
def test_what_was_frozen_comes_back_the_same(part: Any) -> None:
    assert thaw(type(part), freeze(part)) == part


@pytest.mark.rule("T3")
@pytest.mark.parametrize(
    ("kind", "part", "extra"),
    [
        (Line, LINE, "narrative"),
        (Line, LINE, "level"),
        (Line, LINE, "evidence"),
        (Line, LINE, "teacher"),
        (Line, LINE, "absences"),
        (Summary, SUMMARY, "class_rank"),
        (Summary, SUMMARY, "weighted_gpa"),
        (Header, HEADER, "programs"),
        (Header, HEADER, "iep"),
        (Header, HEADER, "discipline"),
    ],
)
def test_a_field_that_is_not_on_the_list_is_refused(kind: type[Any], part: Any, extra: str) -> None:
    with pytest.raises(NotOnTheList, match=extra):
        thaw(kind, freeze(part) | {extra: "something"})


@pytest.mark.rule("T3", "T4")
@pytest.mark.parametrize("extra", ["preferred_name", "race", "language", "photo"])
def test_the_student_is_named_by_legal_name_and_nothing_else(extra: str) -> None:
    frozen = freeze(HEADER)
    frozen["student"][extra] = "something"

    with pytest.raises(NotOnTheList, match=extra):
        thaw(Header, frozen)


def test_a_frozen_record_without_a_needed_field_is_refused() -> None:
    frozen = freeze(LINE)
    del frozen["mark"]

    with pytest.raises(KeyError, match="mark"):
        thaw(Line, frozen)


def line(code: str, otherwise: str = "NOT RECORDED") -> TemplateLine:
    return TemplateLine(code, code.upper(), otherwise)


@pytest.mark.rule("T31", "R39", partial=True)
def test_what_nobody_recorded_is_not_made_up() -> None:
    printed = print_lines([line("hsbp"), line("seal_of_biliteracy", STARS)], {}, 2027)

    assert [one.value for one in printed] == ["NOT RECORDED", STARS]


@pytest.mark.rule("T32", "T33", "T34", partial=True)
@pytest.mark.parametrize("code", ["hsbp", "washington_history", "graduation_pathway", "seal_of_biliteracy"])
def test_a_recorded_word_prints(code: str) -> None:
    for word in ALLOWED[code].words:
        assert print_lines([line(code)], {code: word}, 2027) == (Requirement(code.upper(), word),)


@pytest.mark.rule("T30", partial=True)
def test_a_word_the_line_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="WAIVED"):
        print_lines([line("hsbp")], {"hsbp": "WAIVED"}, 2027)


@pytest.mark.rule("T6", "T30", partial=True)
@pytest.mark.parametrize(
    ("year", "codes"),
    [
        (2019, ["washington_history", "math_standard", "academic_certificate"]),
        (2020, ["washington_history", "graduation_pathway"]),
        (None, ["washington_history", "graduation_pathway"]),
    ],
)
def test_the_class_chooses_the_lines(year: int | None, codes: list[str]) -> None:
    every = [
        line(code) for code in ("washington_history", "graduation_pathway", "math_standard", "academic_certificate")
    ]

    assert [one.label.lower() for one in print_lines(every, {}, year)] == codes


def blocked(ssid: str = "1234567890", mark: str = "B", **changes: Any) -> list[str]:
    record = arrange([row("1", mark)], retake=Retake.HIGHEST, places=3)
    facts: dict[str, Any] = {"ssid": ssid, "has_school": True, "last_name": "Warsame", "record": record}
    return [reason.code for reason in blocks(**facts | changes)]


@pytest.mark.rule("T5")
@pytest.mark.parametrize(
    "ssid", ["123456789", "12345678901", "12345 6789", "12345678a0", "１２３４５６７８９０", " 123456789"]
)
def test_a_state_number_that_is_not_ten_digits_blocks(ssid: str) -> None:
    assert blocked(ssid) == ["block.bad_ssid"]


@pytest.mark.rule("T5")
def test_a_missing_state_number_blocks_and_a_leading_zero_does_not() -> None:
    assert blocked("") == ["block.no_ssid"]
    assert blocked("0234567890") == []


@pytest.mark.rule("T12")
def test_a_mark_nobody_can_count_blocks_and_is_named() -> None:
    assert blocked(mark="A+") == ["block.unknown_mark"]


def test_a_student_without_a_school_or_a_legal_name_is_blocked() -> None:
    assert blocked(has_school=False, last_name=" ") == ["block.no_school", "block.no_legal_name"]


def test_credits_of_a_record_are_never_floats() -> None:
    record = arrange([row("1")], retake=Retake.HIGHEST, places=3)

    assert all(isinstance(value, Decimal) for value in (record.total.attempted, record.total.points, record.total.gpa))

"""Federal groups from detailed codes: the vectors V-R1 to V-R5."""

import pytest

from profiles.rules.rollup import Group, RollUp, codes_told, group_of, problems

CODES = {
    "Chinese": Group.ASIAN,
    "Filipino": Group.ASIAN,
    "Black": Group.BLACK,
    "Yakama": Group.AMERICAN_INDIAN,
    "White": Group.WHITE,
    "Lebanese": Group.WHITE,
}
FEDERAL = RollUp("federal-2007", CODES, frozenset({"10"}))
COMBINED = RollUp("spd15-2024", CODES | {"Lebanese": Group.MIDDLE_EASTERN}, frozenset({"10"}), hispanic_first=False)


@pytest.mark.rule("T45")
@pytest.mark.parametrize(
    ("ethnicity", "races", "group"),
    [
        (["Mexican"], ["Black"], Group.HISPANIC),
        (["10"], ["Chinese", "Filipino"], Group.ASIAN),
        (["10"], ["Yakama", "White"], Group.TWO_OR_MORE),
        (["10"], [], Group.NOT_PROVIDED),
        ([], ["White"], Group.NOT_PROVIDED),
    ],
    ids=["V-R1", "V-R2", "V-R3", "V-R4", "V-R5"],
)
def test_the_federal_group_of_a_report(ethnicity: list[str], races: list[str], group: Group) -> None:
    assert group_of(FEDERAL, ethnicity, races) == group


@pytest.mark.rule("T45")
def test_a_missing_ethnicity_is_an_error_of_the_data() -> None:
    assert problems(FEDERAL, [], ["White"]) == ("ethnicity_missing",)


@pytest.mark.rule("T46")
def test_not_hispanic_beside_another_ethnicity_is_an_error() -> None:
    assert problems(FEDERAL, ["10", "Mexican"], ["White"]) == ("not_hispanic_with_other",)
    assert problems(FEDERAL, ["10"], ["Martian"]) == ("unknown:Martian",)


@pytest.mark.rule("T48")
def test_the_combined_question_has_its_own_group_and_counts_hispanic_as_one_of_them() -> None:
    assert group_of(COMBINED, ["10"], ["Lebanese"]) == Group.MIDDLE_EASTERN
    assert group_of(FEDERAL, ["10"], ["Lebanese"]) == Group.WHITE
    assert group_of(COMBINED, ["Mexican"], []) == Group.HISPANIC
    assert group_of(COMBINED, ["Mexican"], ["Black"]) == Group.TWO_OR_MORE


@pytest.mark.rule("T47")
@pytest.mark.parametrize(
    ("ethnicity", "races", "told"),
    [
        (["Mexican"], ["Black"], {"Mexican": Group.HISPANIC, "Black": Group.BLACK}),
        (["10"], ["Chinese", "Filipino"], {"Chinese": Group.ASIAN, "Filipino": Group.ASIAN}),
        (["10"], ["Yakama", "White"], {"Yakama": Group.AMERICAN_INDIAN, "White": Group.WHITE}),
        (["10"], [], {}),
        ([], ["White"], {"White": Group.WHITE}),
    ],
    ids=["V-R1", "V-R2", "V-R3", "V-R4", "V-R5"],
)
def test_every_code_counts_in_the_detailed_view_whatever_else_was_told(
    ethnicity: list[str], races: list[str], told: dict[str, Group]
) -> None:
    assert codes_told(FEDERAL, ethnicity, races) == told

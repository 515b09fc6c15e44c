"""Names: how they show, sort and are found."""

import pytest

from profiles.rules.names import fold, names_of


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Núñez", "nunez"),
        ("  Đặng   Minh  Châu ", "dang minh chau"),
        ("Łukasz Ørsted", "lukasz orsted"),
        ("ʔəy̓ałmaš", "əyalmas"),
        ("STRASSE ß", "strasse ss"),
        ("", ""),
    ],
)
def test_folding_takes_off_accents_case_and_spaces(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_people_are_called_by_the_preferred_name_and_sorted_by_the_legal_one() -> None:
    names = names_of("Mateo", "Villanueva Ríos", middle="José", preferred="Teo")
    assert names.display_name == "Teo Villanueva Ríos"
    assert names.sort_name == "villanueva rios, mateo"
    assert names.search_text == "teo mateo jose villanueva rios"


def test_a_very_long_name_still_fits_the_columns() -> None:
    names = names_of("G" * 100, "F" * 100, middle="M" * 100, preferred="P" * 100)
    assert len(names.display_name) <= 210
    assert len(names.sort_name) <= 210
    assert len(names.search_text) <= 420

"""Codes and words as search compares them."""

import pytest

from crediting.rules.standards import code_key, natural_key, repaired_code, search_text, search_words


@pytest.mark.rule("T73", partial=True)
@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("HSG.CO.A.1", "HSG.CO.A.1"),
        ("HSG-CO.A.1", "HSG.CO.A.1"),
        ("CCSS.Math.Content.HSG-CO.A.1", "HSG.CO.A.1"),
        ("CCSS.MATH.CONTENT.HSG.CO.A.1", "HSG.CO.A.1"),
        ("hsg co a 1", "HSG.CO.A.1"),
        ("CCSS.Math.Practice.MP1", "MP1"),
        ("CCSS.ELA-Literacy.RI.9-10.1", "RI.9.10.1"),
        ("RI.9–10.1", "RI.9.10.1"),
        ("HS-LS1-1*", "HS.LS1.1"),
        ("VA:Cn10.1.HSI", "VA.CN10.1.HSI"),
        ("", ""),
        (" \N{NO-BREAK SPACE}", ""),
    ],
)
def test_spellings_of_one_code_are_one_key(written: str, key: str) -> None:
    assert code_key(written) == key


@pytest.mark.rule("T73", partial=True)
@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("HSN-VM.C9", "HSN-VM.C.9"),
        ("CCSS.Math.Content.HSN-VM.C9", "CCSS.Math.Content.HSN-VM.C.9"),
        ("HSN-VM.B.a", "HSN-VM.B.5a"),
        ("HSN-VM.C.9", "HSN-VM.C.9"),
        ("XHSN-VM.C9", "XHSN-VM.C9"),
    ],
)
def test_the_two_misprinted_codes_are_repaired_and_no_others(written: str, right: str) -> None:
    assert repaired_code(written) == right


def test_words_lose_case_accents_and_extra_spaces() -> None:
    assert search_text("Áreas", "", "de  Círculos\N{NO-BREAK SPACE}y\nÁngulos") == "areas de circulos y angulos"
    assert search_words(" Ángulos  ángulos rectos ") == ["angulos", "rectos"]


def test_numbers_inside_codes_sort_as_people_count() -> None:
    codes = ["A.10", "", "A.2", "B", "A.2a", "²", "A.9999999999999999999999"]
    assert sorted(codes, key=natural_key)[:2] == ["A.2", "A.2a"]
    assert sorted(codes, key=natural_key)[-1] == ""

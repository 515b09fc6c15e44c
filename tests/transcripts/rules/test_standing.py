"""What the check page says, and the codes it is asked with."""

import secrets

import pytest

from mbl.core.codes import ALPHABET, encode, grouped, is_well_formed, normalise
from transcripts.rules.codes import number
from transcripts.rules.standing import Facts, standing
from transcripts.states import Standing


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (None, Standing.UNKNOWN),
        (Facts(is_revoked=False, is_replaced=False, has_reversed_line=False), Standing.VALID),
        (Facts(is_revoked=False, is_replaced=False, has_reversed_line=True), Standing.NOT_CURRENT),
        (Facts(is_revoked=False, is_replaced=True, has_reversed_line=False), Standing.REPLACED),
        (Facts(is_revoked=False, is_replaced=True, has_reversed_line=True), Standing.REPLACED),
        (Facts(is_revoked=True, is_replaced=False, has_reversed_line=False), Standing.REVOKED),
        (Facts(is_revoked=True, is_replaced=True, has_reversed_line=True), Standing.REVOKED),
        (Facts(is_revoked=True, is_replaced=False, has_reversed_line=True), Standing.REVOKED),
        (Facts(is_revoked=True, is_replaced=True, has_reversed_line=False), Standing.REVOKED),
    ],
)
def test_the_gravest_fact_speaks(facts: Facts | None, expected: Standing) -> None:
    assert standing(facts) == expected


def test_a_code_has_sixteen_signs_without_look_alikes() -> None:
    code = encode(secrets.randbits(80))

    assert is_well_formed(code)
    assert not set("ILOU") & set(ALPHABET)
    assert (encode(0), encode(2**80 - 1)) == ("0" * 16, "Z" * 16)


def test_a_number_beyond_eighty_bits_is_refused() -> None:
    with pytest.raises(ValueError, match="80 bits"):
        encode(2**80)


@pytest.mark.parametrize(
    "typed",
    [
        "7k3m q9xr 0001 11vw",
        "7K3M-Q9XR-0001-11VW",
        "  7K3M–Q9XR–OoO1–IlVW ",
        "7k3m.q9xr.0001.11vw",
        "7K3MQ9XR000111VW",
    ],
)
def test_what_a_reader_types_is_read_as_meant(typed: str) -> None:
    assert normalise(typed) == "7K3MQ9XR000111VW"
    assert grouped(normalise(typed)) == "7K3M-Q9XR-0001-11VW"


@pytest.mark.parametrize(
    "typed", ["", "7K3M", "7K3MQ9XR000111VU", "7K3MQ9XR000111VWX", "<script>alert(1)</script>", "é" * 16]
)
def test_anything_else_is_no_code(typed: str) -> None:
    assert not is_well_formed(normalise(typed))


def test_a_number_names_district_year_and_count() -> None:
    assert number("cedar", 2027, 123) == "CEDAR-2027-000123"

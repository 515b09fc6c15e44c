"""A district's colours: readable wherever it started, and cached for good."""

import re

import pytest
from django.test import Client

from mbl.core.brand import INK_BRAND, contrast, derive, parse_color, stylesheet_url

# Colours schools wear: maroon, navy, forest, royal, purple, red, teal, brown, black, burgundy, rust, blue.
STRONG = [
    "#800000", "#0A2240", "#154734", "#1D4F91", "#4B2E83", "#B3122B",
    "#00626D", "#4E2A14", "#111111", "#6D1A36", "#B23A0E", "#003DA5",
]  # fmt: skip
PALE = {"gold": "#FFC72C", "sky": "#6CACE4", "orange": "#FF8200", "silver": "#C0C0C0", "pink": "#F4A6C0"}


@pytest.mark.parametrize("color", [*STRONG, *PALE.values()])
def test_white_text_and_brand_text_can_be_read(color: str) -> None:
    brand = derive(color)
    assert contrast(brand.brand, "#FFFFFF") >= 6
    assert contrast(brand.brand, "#F7F6F2") >= 5.5
    assert contrast(brand.strong, "#FFFFFF") > contrast(brand.brand, "#FFFFFF") or brand.strong == "#000000"
    assert contrast(brand.strong, brand.tint) >= 4.5


@pytest.mark.parametrize("color", STRONG)
def test_a_dark_colour_stays_the_brand(color: str) -> None:
    brand = derive(color)
    assert brand.brand != INK_BRAND
    assert not brand.has_accent


@pytest.mark.parametrize("color", PALE.values(), ids=PALE.keys())
def test_a_pale_colour_becomes_the_stripe_instead_of_turning_muddy(color: str) -> None:
    brand = derive(color)
    assert brand.brand == INK_BRAND
    assert brand.accent == color


def test_a_second_colour_is_the_stripe() -> None:
    assert derive("#154734", "#ffc72c").accent == "#FFC72C"


@pytest.mark.parametrize("typed", ["", "red", "#12", "#12345G", "url(x)"])
def test_what_is_no_colour_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValueError, match="like #14594A"):
        parse_color(typed)


def test_stylesheet_is_served_for_good_without_a_database(client: Client) -> None:
    response = client.get(stylesheet_url("#154734", "#FFC72C"))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in response["Cache-Control"]
    assert "max-age=31536000" in response["Cache-Control"]
    assert re.fullmatch(
        r":root\{--brand:#[0-9A-F]{6};--brand-strong:#[0-9A-F]{6};--brand-tint:#[0-9A-F]{6};--accent:#FFC72C\}\n",
        response.content.decode(),
    )


def test_an_address_we_did_not_make_is_not_answered(client: Client) -> None:
    assert client.get("/brand/154734/0000000000.css").status_code == 404


def test_a_district_without_a_colour_needs_no_stylesheet() -> None:
    assert stylesheet_url("") == ""

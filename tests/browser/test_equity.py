"""The equity report in a real browser: readable on a phone, usable by keyboard and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from equity.actions.snapshots import take_snapshot
from mbl.core import clock
from tests.browser.checks import WIDTHS, assert_no_sideways_scroll, assert_quiet, assert_usable, visit
from tests.browser.conftest import sign_in
from tests.factories.equity import make_group
from tests.personas import Personas


@pytest.fixture
def counted(personas: Personas) -> Personas:
    """A district with shown, coded and hidden groups and a difference to review."""
    for race, students, recipients in (("N", 6, 3), ("A", 45, 44), ("B", 60, 12), ("P", 12, 4), ("W", 258, 129)):
        make_group(personas.school, race, students, recipients)
    year = clock.school_year(clock.today(personas.district))
    take_snapshot(personas.district, year, actor=None)
    return personas


@pytest.mark.parametrize("width", WIDTHS)
def test_the_report_can_be_used_by_everyone(
    browser_page: Page, live_server: LiveServer, counted: Personas, width: int
) -> None:
    sign_in(browser_page, counted.administrator.user, live_server.url)
    visit(browser_page, f"{live_server.url}/equity/", width)

    assert_usable(browser_page)
    browser_page.evaluate("document.documentElement.dir = 'rtl'")
    assert_no_sideways_scroll(browser_page)


def test_on_a_phone_each_group_is_a_card_with_its_numbers_and_words(
    browser_page: Page, live_server: LiveServer, counted: Personas
) -> None:
    sign_in(browser_page, counted.principal.user, live_server.url)
    visit(browser_page, f"{live_server.url}/equity/", 390)

    table = browser_page.get_by_role("table").first
    black = table.get_by_role("row", name="Black or African American")
    for words in ("60", "12", "20.0%", "Review"):
        expect(black.get_by_text(words, exact=True).first).to_be_visible()
    hidden = table.get_by_role("row", name="American Indian or Alaska Native")
    expect(hidden.get_by_text("Hidden: fewer than 10 students")).to_be_visible()
    expect(table.get_by_text("More than 95%")).to_be_visible()


def test_the_keyboard_chooses_another_comparison(
    browser_page: Page, live_server: LiveServer, counted: Personas
) -> None:
    sign_in(browser_page, counted.administrator.user, live_server.url)
    visit(browser_page, f"{live_server.url}/equity/")

    browser_page.get_by_label("Compared with", exact=True).focus()
    browser_page.keyboard.type("White")
    browser_page.keyboard.press("Tab")
    expect(browser_page.get_by_role("button", name="Show", exact=True)).to_be_focused()
    browser_page.keyboard.press("Enter")
    expect(browser_page.get_by_text("The group compared with")).to_be_visible()
    assert "against=white" in browser_page.url
    region = browser_page.get_by_role("region", name="Rates and signals of each group, year by year")
    region.focus()
    expect(region).to_be_focused()
    assert_quiet(browser_page)


def test_without_javascript_a_school_is_chosen_and_exact_counts_need_a_reason(
    plain_page: Page, live_server: LiveServer, counted: Personas
) -> None:
    sign_in(plain_page, counted.administrator.user, live_server.url)
    plain_page.goto(f"{live_server.url}/equity/")
    plain_page.get_by_label("School", exact=True).select_option(str(counted.school))
    plain_page.get_by_role("button", name="Show", exact=True).click()
    expect(plain_page.get_by_text("American Indian or Alaska Native").first).to_be_visible()

    plain_page.get_by_label("Why do you need exact counts?").fill("Yearly review")
    plain_page.get_by_role("button", name="Show exact counts").click()
    row = plain_page.get_by_role("row").filter(has_text="American Indian or Alaska Native")
    expect(row.get_by_role("cell", name="3", exact=True)).to_be_visible()

"""The mastery grid in a real browser: why a level is what it is opens beside the grid, or on a page of its own."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.checks import assert_usable, visit
from tests.browser.conftest import sign_in
from tests.factories.classes import make_class
from tests.personas import Personas

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_why_a_level_opens_beside_a_wide_grid_and_escape_gives_the_cell_back(
    browser_page: Page, live_server: LiveServer, personas: Personas
) -> None:
    kept = make_class(personas)
    kept.judge({kept.students[0]: "proficient"})
    sign_in(browser_page, personas.teacher.user, live_server.url)
    address = live_server.url + reverse("crediting:class-grid", args=[kept.section.public_id])
    visit(browser_page, address)
    cell = browser_page.locator("table[data-grid] td > a", has_text="Proficient").first
    beside = browser_page.get_by_role("complementary", name="Why this level")
    expect(beside).to_be_hidden()

    cell.focus()
    browser_page.keyboard.press("Enter")

    expect(beside).to_contain_text("The newest judgement counts.")
    expect(beside).to_contain_text(cell.locator("xpath=ancestor::tr/th").inner_text())
    expect(cell).to_be_focused()
    assert browser_page.url == address
    assert_usable(browser_page)
    browser_page.keyboard.press("Escape")
    expect(beside).to_be_hidden()
    expect(cell).to_be_focused()

    browser_page.set_viewport_size({"width": 390, "height": 844})
    cell.click()
    browser_page.wait_for_url("**/why/**")
    expect(browser_page.get_by_role("heading", name="Why this level")).to_be_visible()


def test_without_scripts_a_cell_leads_to_its_page(
    plain_page: Page, live_server: LiveServer, personas: Personas
) -> None:
    kept = make_class(personas)
    kept.judge({kept.students[0]: "proficient"})
    sign_in(plain_page, personas.teacher.user, live_server.url)
    plain_page.goto(live_server.url + reverse("crediting:class-grid", args=[kept.section.public_id]))
    plain_page.locator("table[data-grid] td > a", has_text="Proficient").first.click()
    expect(plain_page.get_by_role("heading", name="Why this level")).to_be_visible()

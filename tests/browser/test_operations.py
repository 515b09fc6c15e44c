"""The audit log and the API's page in a real browser, at every width."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from mbl.core import audit
from profiles.verbs import FamilyLinked, RoleEnded
from tests.browser.checks import WIDTHS, assert_no_sideways_scroll, assert_quiet, assert_usable, visit
from tests.browser.conftest import sign_in
from tests.personas import Personas


def fill(personas: Personas, number: int) -> None:
    student = personas.student.student
    for place in range(number):
        linked = FamilyLinked(person="Elena Ramirez", label=f"mother, {place}")
        audit.record(linked, actor=personas.registrar.user, district=personas.district, student=student, target=student)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_audit_log_can_be_used_by_everyone(
    browser_page: Page, live_server: LiveServer, personas: Personas, width: int
) -> None:
    fill(personas, 30)
    sign_in(browser_page, personas.administrator.user, live_server.url)
    visit(browser_page, f"{live_server.url}/audit/", width)

    assert_usable(browser_page)
    browser_page.evaluate("document.documentElement.dir = 'rtl'")
    assert_no_sideways_scroll(browser_page)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["administrator", "principal"])
def test_the_home_of_who_runs_a_district_or_school_can_be_used_by_everyone(
    browser_page: Page, live_server: LiveServer, personas: Personas, name: str, width: int
) -> None:
    sign_in(browser_page, personas.named(name).user, live_server.url)
    visit(browser_page, live_server.url, width)

    expect(browser_page.get_by_role("table", name="What waits, by school")).to_be_visible()
    assert_usable(browser_page)


def test_somebody_narrows_turns_pages_and_exports(
    browser_page: Page, live_server: LiveServer, personas: Personas
) -> None:
    fill(personas, 30)
    ended = RoleEnded(
        role="teacher",
        role_label="Teacher",
        place="Northfield",
        last_day=dt.date(2026, 6, 30),
        reason="Moved to Spokane.",
    )
    audit.record(ended, actor=personas.administrator.user, district=personas.district, target=personas.teacher.person)
    sign_in(browser_page, personas.administrator.user, live_server.url)
    visit(browser_page, f"{live_server.url}/audit/")

    rows = browser_page.locator("tbody tr")
    expect(rows).to_have_count(25)
    expect(browser_page.get_by_text("Why: Moved to Spokane.")).to_be_visible()
    browser_page.get_by_role("link", name="Older").click()
    expect(browser_page.get_by_role("link", name="Newer")).to_be_visible()
    browser_page.get_by_label("Who did it").fill("okafor")
    browser_page.get_by_role("button", name="Show").click()
    expect(browser_page.get_by_text("Why: Moved to Spokane.")).to_have_count(0)
    expect(rows).to_have_count(25)
    assert_quiet(browser_page)
    browser_page.get_by_role("button", name="Export what is shown").click()
    browser_page.wait_for_url("**/jobs/**")
    assert_usable(browser_page)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_apis_page_can_be_used_by_everyone(
    browser_page: Page, live_server: LiveServer, personas: Personas, width: int
) -> None:
    sign_in(browser_page, personas.registrar.user, live_server.url)
    visit(browser_page, f"{live_server.url}/api/", width)

    assert_usable(browser_page)


def test_without_javascript_the_log_is_narrowed_too(
    plain_page: Page, live_server: LiveServer, personas: Personas
) -> None:
    fill(personas, 3)
    sign_in(plain_page, personas.administrator.user, live_server.url)
    plain_page.goto(f"{live_server.url}/audit/")
    plain_page.get_by_label("About student").fill("ramirez")
    plain_page.get_by_role("button", name="Show").click()

    expect(plain_page.locator("tbody tr")).to_have_count(3)
    assert_quiet(plain_page)

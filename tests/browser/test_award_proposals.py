"""Proposed awards: listed, confirmed with one press, and owed ones with their course, at every width."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from crediting.models import LedgerEntry
from tests.browser.checks import WIDTHS, assert_usable, visit
from tests.browser.conftest import sign_in
from tests.factories.award_proposals import listed, make_institutional, make_math, make_results_ground, make_score
from tests.factories.profiles import make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_shown_is_confirmed_with_one_press_and_what_law_demands_with_its_course(
    browser_page: Page, live_server: LiveServer, personas: Personas
) -> None:
    make_results_ground(personas.school)
    make_math(personas.district, "Basic Math")
    make_score(personas.student.student)
    other = make_student(personas.school, "Bartholomew Featherstonehaugh-Villanueva")
    make_institutional(other)
    make_score(other, "ged-math", level=None, met=True)
    (owed,) = [row for row in listed(personas.district) if row.is_owed]
    page = browser_page
    sign_in(page, personas.credit_manager.user, live_server.url)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for address in ("/award-proposals/", f"/award-proposals/{owed.public_id}/", "/decisions/"):
            visit(page, live_server.url + address)
            assert_usable(page)

    visit(page, f"{live_server.url}/award-proposals/")
    page.get_by_role("button", name="Confirm the 2 shown").click()
    page.get_by_text("1 line was not awarded; the rest is done.").wait_for()
    assert LedgerEntry.objects.get().student == personas.student.student

    page.get_by_role("link", name=str(other)).first.click()
    page.get_by_label("Course", exact=True).select_option(label="Basic Math")
    page.get_by_role("button", name="Award it").click()
    page.get_by_text("1 credit is awarded.").wait_for()
    assert LedgerEntry.objects.filter(student=other).count() == 1
    visit(page, f"{live_server.url}/award-proposals/?show=confirmed")
    assert_usable(page)


def test_a_student_chooses_the_mark_on_a_phone(browser_page: Page, live_server: LiveServer, personas: Personas) -> None:
    make_results_ground(personas.school, ap_mark="mark: {choice: [P, {value: A, basis: The exam}]}")
    make_score(personas.student.student)
    (one,) = listed(personas.district)
    page = browser_page
    sign_in(page, personas.student.user, live_server.url)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for address in ("/award-choices/", f"/award-choices/{one.public_id}/"):
            visit(page, live_server.url + address)
            assert_usable(page)
    page.set_viewport_size({"width": 390, "height": 844})
    visit(page, live_server.url + "/")
    page.get_by_role("link", name="Choose", exact=True).click()
    page.get_by_role("radio", name="A", exact=False).last.check()
    page.get_by_role("button", name="Take this credit").click()
    page.get_by_text("The choice is recorded.").wait_for()
    one.refresh_from_db()
    assert one.chosen_mark == "A"
    sign_in(page, personas.administrator.user, live_server.url)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        visit(page, live_server.url + "/closed-days/")
        assert_usable(page)

"""The log of experiences in a real browser: at every width, and from the form to the confirmation by keyboard alone."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from equity.actions.snapshots import take_snapshot
from equity.models import Participation
from hsbp.models import Experience
from mbl.core import clock
from tests.browser.checks import WIDTHS, assert_usable, next_page, visit
from tests.browser.conftest import sign_in
from tests.factories.equity import make_group
from tests.factories.experiences import confirm_for_all, make_entry, make_kind, make_target
from tests.personas import Personas


@pytest.mark.django_db(transaction=True)
def test_every_page_of_experiences_can_be_used_by_everyone_at_every_width(
    browser_page: Page, live_server: LiveServer, personas: Personas
) -> None:
    student, administrator = personas.student.student, personas.administrator.user
    kind = make_kind(personas.district, administrator)
    make_target(kind, administrator, count=1)
    for race, count in (("W", 30), ("B", 24), ("N", 6)):
        confirm_for_all(make_group(personas.school, race, count, 0)[: count // 2], kind, personas.counselor.user)
    make_entry(student, kind, confirmed_by=personas.counselor.user, reflection="I want to weld.")
    waits = make_entry(student, kind, organization="A shipyard with a name that is long enough to wrap on a phone")
    take_snapshot(personas.district, clock.school_year(clock.today(personas.district)), actor=administrator)
    log = f"/plan/{student.public_id}/experiences/"
    pages = [
        ("student", log),
        ("student", f"{log}new/"),
        ("student", f"{log}{waits.public_id}/"),
        ("family", f"{log}?child={student.public_id}"),
        ("counselor", log),
        ("counselor", f"{log}{waits.public_id}/"),
        ("counselor", "/experiences/"),
        ("counselor", "/experiences/group/"),
        ("administrator", "/experiences/kinds/"),
        ("administrator", f"/experiences/kinds/{kind.public_id}/"),
        ("administrator", "/experiences/aims/"),
        ("administrator", f"/equity/experiences/?aim={Participation.objects.get().public_id}"),
    ]
    here = ""
    for who, address in pages:
        if who != here:
            browser_page.context.clear_cookies()
            sign_in(browser_page, personas.named(who).user, live_server.url)
            here = who
        for width in WIDTHS:
            visit(browser_page, live_server.url + address, width)
            assert_usable(browser_page)


@pytest.mark.django_db(transaction=True)
def test_an_experience_is_sent_and_confirmed_by_keyboard_alone(
    browser_page: Page, live_server: LiveServer, personas: Personas
) -> None:
    make_kind(personas.district, personas.administrator.user)
    sign_in(browser_page, personas.student.user, live_server.url)
    visit(browser_page, f"{live_server.url}/plan/{personas.student.student.public_id}/experiences/new/", 390)
    keys = browser_page.keyboard
    browser_page.get_by_label("Kind of experience").focus()
    keys.type("Job")
    browser_page.get_by_label("Hours").focus()
    keys.type("2.5")
    keys.press("Tab")
    keys.type("Skagit Boat Works")
    button = browser_page.get_by_role("button", name="Send to be confirmed")
    button.focus()
    with next_page(browser_page):
        keys.press("Enter")
    expect(browser_page.get_by_role("heading", level=1)).to_have_text("Job shadow")
    browser_page.context.clear_cookies()
    sign_in(browser_page, personas.counselor.user, live_server.url)
    visit(browser_page, f"{live_server.url}/experiences/")
    keys.press("j")
    expect(browser_page.locator("[data-rows] > tr").first.locator("th a")).to_be_focused()
    with next_page(browser_page):
        keys.press("Enter")
    browser_page.get_by_role("button", name="Confirm it").focus()
    with next_page(browser_page):
        keys.press("Enter")
    assert Experience.objects.get().state == "confirmed"

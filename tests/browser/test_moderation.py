"""A second reading with the keyboard alone, and every screen of moderation at every width."""

from __future__ import annotations

import pytest
from django.conf import settings
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from crediting.models import CalibrationLevel, ReadingLevel
from mbl.core import clock
from tests.browser.checks import WIDTHS, assert_usable, visit
from tests.browser.conftest import sign_in
from tests.factories.crediting import make_ground
from tests.factories.moderation import (
    account,
    give,
    make_read_ground,
    make_sample,
    make_session,
    make_teacher,
    make_waiting,
)
from tests.personas import Personas

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_second_reading_is_given_and_settled(browser_page: Page, live_server: LiveServer, personas: Personas) -> None:
    second = make_teacher(personas.school, "Noor Haddad")
    ground = make_read_ground(personas.school)
    _request, reading = make_waiting(personas, ground)
    page = browser_page
    sign_in(page, account(second), live_server.url)
    visit(page, f"{live_server.url}/queue/")
    page.get_by_role("link", name="Read them").click()
    page.get_by_role("link", name="Proofs I wrote", exact=True).click()
    page.wait_for_url(f"**/second-readings/{reading.public_id}/")
    for number, level in ((0, "developing"), (1, "proficient")):
        page.locator(f'[name="level-{ground.standards[number].public_id}"][value="{level}"]').check(force=True)
    page.get_by_role("button", name="Send my reading").click()
    page.wait_for_selector("text=On what do you settle?")
    assert ReadingLevel.objects.count() == 2
    page.locator(f'[name="level-{ground.standards[0].public_id}"][value="proficient"]').check(force=True)
    page.get_by_label("On what did you settle").fill("The step stands on page 2.")
    page.get_by_role("button", name="Write it down").click()
    page.wait_for_selector("text=The step stands on page 2.")


def test_every_screen_is_usable_at_every_width(browser_page: Page, live_server: LiveServer, personas: Personas) -> None:
    second = make_teacher(personas.school, "Noor Haddad")
    ground = make_read_ground(personas.school)
    plain = make_ground(personas.school, title="Algebra", standards=ground.standards)
    _request, reading = make_waiting(personas, ground)
    other = make_read_ground(personas.school, title="Geometry 2", standards=ground.standards)
    _request, compared = make_waiting(personas, other)
    assert compared.reader is not None
    give(compared, other, ("developing", "proficient"))
    beside, hidden = make_sample(personas, plain), make_sample(personas, plain, "developing")
    running, opened = make_session(personas, [hidden]), make_session(personas, [beside], title="Last spring")
    CalibrationLevel.objects.create(
        item=opened.items.get(), reader=second, level=ground.level("developing"), given_at=clock.now()
    )
    opened.opened_at = clock.now()
    opened.save(update_fields=["opened_at"])
    screens = {
        second: [
            "/second-readings/",
            f"/second-readings/{reading.public_id}/",
            f"/second-readings/{compared.public_id}/",
            "/examples/",
            f"/examples/{beside.public_id}/",
            "/calibration/",
            f"/calibration/{running.public_id}/",
            f"/calibration/{opened.public_id}/",
        ],
        personas.credit_manager.person: [
            "/second-readings/?show=school",
            f"/second-readings/{reading.public_id}/",
            "/second-readings/agreement/",
            f"/examples/new/?standard={ground.standards[0].public_id}",
            f"/examples/{hidden.public_id}/",
            f"/examples/{beside.public_id}/retire/",
            "/calibration/new/",
            f"/calibration/{running.public_id}/",
            f"/calibration/{opened.public_id}/",
        ],
    }
    for person, paths in screens.items():
        browser_page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
        sign_in(browser_page, account(person), live_server.url)
        for path in paths:
            for width in WIDTHS:
                visit(browser_page, f"{live_server.url}{path}", width)
                assert_usable(browser_page)

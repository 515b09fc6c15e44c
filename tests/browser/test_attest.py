"""A one-time link in a real browser: on a phone, by keyboard, without JavaScript; and the pages of those who ask."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from crediting.actions.attestations import cancel_invite, token_of
from crediting.models import Attestation, CreditRequest
from crediting.states import RequestState
from tests.browser.checks import (
    WIDTHS,
    assert_accessible,
    assert_no_sideways_scroll,
    assert_usable,
    collect_messages,
    visit,
)
from tests.browser.conftest import sign_in
from tests.factories.attestations import make_attestation, make_invite, make_token
from tests.factories.crediting import make_ground, make_request
from tests.personas import Personas, make_personas

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Canoe Family of the Nisqually, Puyallup and Squaxin Island Peoples and their Guests from across the Salish Sea"


class Scene:
    """A request with a link of every standing, a word for all and one for few."""

    def __init__(self) -> None:
        self.people: Personas = make_personas()
        school = self.people.school
        school.phone = "(360) 555-0117"
        school.save()
        self.request: CreditRequest = make_request(
            make_ground(school), self.people.student.student, self.people.teacher.person, RequestState.ASSESSED
        )
        teacher = self.people.teacher.user
        self.cancelled = token_of(cancel_invite(make_invite(self.request, teacher), actor=teacher))
        self.word = make_attestation(self.request, teacher, organisation=LONG)
        self.few = make_attestation(self.request, teacher, visible_to=("principal",), name="Joseph Hill")
        self.used = token_of(self.word.invite) if self.word.invite else ""
        self.open = make_token(self.request, teacher, agreement="Recordings stay with the Tribe.")
        self.spanish = make_token(self.request, teacher, language="es")


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    cache.clear()
    return Scene()


def keep(page: Page, name: str, width: int) -> None:
    """A picture for whoever asks for it: ``MBL_PICTURES=folder``."""
    if folder := os.environ.get("MBL_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_of_a_link_can_be_used_by_everybody(
    browser_page: Page, live_server: LiveServer, scene: Scene, width: int
) -> None:
    for name, path, status in (
        ("attest-open", f"/attest/{scene.open}/", 200),
        ("attest-spanish", f"/attest/{scene.spanish}/", 200),
        ("attest-used", f"/attest/{scene.used}/", 410),
        ("attest-cancelled", f"/attest/{scene.cancelled}/", 410),
        ("attest-unknown", "/attest/0000000000000000/", 404),
        ("attest-code", "/attest/", 200),
        ("attest-done", "/attest/thank-you/", 200),
    ):
        collect_messages(browser_page)  # of this page alone: the browser reports the status of each
        visit(browser_page, f"{live_server.url}{path}", width, status=status)
        assert_usable(browser_page, status=status)
        keep(browser_page, name, width)


@pytest.mark.parametrize("width", WIDTHS)
def test_those_who_ask_and_match_can_use_their_pages(
    browser_page: Page, live_server: LiveServer, scene: Scene, width: int
) -> None:
    sign_in(browser_page, scene.people.teacher.user, live_server.url)
    story = f"/requests/{scene.request.public_id}/"
    for name, path in (
        ("attestations-part", story),
        ("attestation-ask", f"{story}attestations/ask/"),
        ("attestation-record", f"{story}attestations/record/"),
        ("attestation", f"/attestations/{scene.word.public_id}/"),
        ("attestation-closed", f"/attestations/{scene.few.public_id}/"),
        ("attestation-withdraw", f"/attestations/{scene.word.public_id}/withdraw/"),
    ):
        visit(browser_page, f"{live_server.url}{path}", width)
        assert_usable(browser_page)
        keep(browser_page, name, width)


def test_a_student_asks_and_gets_the_link_to_hand_over(
    browser_page: Page, live_server: LiveServer, scene: Scene
) -> None:
    sign_in(browser_page, scene.people.student.user, live_server.url)
    visit(browser_page, f"{live_server.url}/requests/{scene.request.public_id}/attestations/ask/", 390)
    browser_page.get_by_label("Who attests?").select_option("practitioner")
    browser_page.get_by_label("Their name").fill("Joseph Hill")
    browser_page.get_by_label("What did they witness?").fill("Carving the paddles in May.")
    browser_page.get_by_role("button", name="Make the link").click()
    browser_page.get_by_role("heading", name="The link is ready").wait_for()
    assert_usable(browser_page)
    keep(browser_page, "attestation-asked", 390)
    address = browser_page.locator(".link-slip__link a").inner_text()
    # The witness opens it elsewhere.
    browser_page.context.clear_cookies()
    visit(browser_page, f"{live_server.url}/attest/{address.rstrip('/').rpartition('/')[2]}/", 390)
    assert browser_page.get_by_text("Carving the paddles in May.").is_visible()


def test_a_witness_attests_by_keyboard_alone(browser_page: Page, live_server: LiveServer, scene: Scene) -> None:
    visit(browser_page, f"{live_server.url}/attest/{scene.open}/", 390)
    before = Attestation.objects.count()

    def reach(selector: str) -> None:
        for _number in range(40):
            browser_page.keyboard.press("Tab")
            if browser_page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        pytest.fail(f"Tab does not reach {selector}")

    reach("[name=statement]")
    browser_page.keyboard.type("She read the tide for us.")
    reach("[name=name]")
    browser_page.keyboard.type("Vera Moses")
    reach("[name=was_there]")
    browser_page.keyboard.press("Space")
    reach("main button[type=submit]")
    browser_page.keyboard.press("Enter")
    browser_page.get_by_role("heading", name="Thank you").wait_for()
    assert_usable(browser_page)

    assert Attestation.objects.count() == before + 1


def test_what_is_missing_is_told_on_a_phone_and_nothing_is_lost(
    browser_page: Page, live_server: LiveServer, scene: Scene
) -> None:
    visit(browser_page, f"{live_server.url}/attest/{scene.open}/", 390)
    browser_page.locator("form.form").evaluate("form => form.noValidate = true")
    browser_page.get_by_label("What did you see done well?").fill("She read the tide for us.")
    browser_page.get_by_role("button", name="Send to the school").click()
    browser_page.locator(".error-summary").wait_for()
    assert_accessible(browser_page)
    assert_no_sideways_scroll(browser_page)
    keep(browser_page, "attest-errors", 390)
    assert browser_page.get_by_label("What did you see done well?").input_value() == "She read the tide for us."


def test_it_works_without_javascript_and_switches_its_language(
    plain_page: Page, live_server: LiveServer, scene: Scene
) -> None:
    plain_page.set_viewport_size({"width": 390, "height": 800})
    plain_page.goto(f"{live_server.url}/attest/{scene.spanish}/")
    assert plain_page.locator("html").get_attribute("lang") == "es"
    plain_page.locator("#site-language").select_option("en")
    plain_page.locator(".language-form button").click()
    expect(plain_page.locator("html")).to_have_attribute("lang", "en")
    plain_page.locator("[name=keep][value=fact]").check()
    plain_page.get_by_label("How should your name appear?").fill("Vera Moses")
    plain_page.locator("[name=was_there]").check()
    plain_page.get_by_role("button", name="Send to the school").click()
    plain_page.get_by_role("heading", name="Thank you").wait_for()

    kept = Attestation.objects.order_by("-pk")[0]
    assert (kept.is_unrecorded, kept.statement, kept.language) == (True, "", "en")

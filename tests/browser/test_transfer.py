"""Credit from another school at every width, by keyboard, as the people who use it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from crediting.actions.transfer_decisions import Verdict, confirm_decision, decide_line
from crediting.models import CourseTerms, LedgerEntry, TransferLine
from crediting.states import Recognition
from tests.browser.checks import WIDTHS, assert_usable, visit
from tests.browser.conftest import sign_in
from tests.factories.procedures import APPEAL, make_procedure
from tests.factories.profiles import make_course
from tests.factories.transfer import TRANSFER, a_line, enter
from tests.personas import Persona, Personas

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Introduction to the Mathematics of Everyday Life and of the Sea, with Laboratory, " * 2


@pytest.fixture
def addresses(personas: Personas) -> dict[str, tuple[Persona, str]]:
    """Each screen with somebody who uses it."""
    make_procedure(personas.district, transfer=TRANSFER, appeal=APPEAL)
    course = make_course(personas.district, "Geometry")
    CourseTerms.objects.create(course=course, credits=Decimal(1), subject="math")
    student, registrar = personas.student.student, personas.registrar
    waiting, refused, pending = enter(student, registrar.user, a_line(), a_line(LONG), a_line("Art"))
    for line in (refused, pending):
        decide_line(line, verdict=Verdict(Recognition.REFUSED, LONG), seen="", actor=registrar.user)
    confirm_decision(refused.decisions.get(), actor=personas.principal.user)
    home = f"/transfer/students/{student.public_id}/"
    return {
        "student": (registrar, home),
        "own": (personas.student, home),
        "new": (registrar, f"{home}new/"),
        "decide": (registrar, f"/transfer/lines/{waiting.public_id}/"),
        "refused": (personas.family, f"/transfer/lines/{refused.public_id}/"),
        "letter": (personas.family, f"/transfer/lines/{refused.public_id}/letter/"),
        "confirm": (personas.principal, f"/transfer/lines/{pending.public_id}/"),
        "queue": (registrar, "/transfer/"),
    }


def test_every_screen_is_usable_at_every_width(
    browser_page: Page, live_server: LiveServer, addresses: dict[str, tuple[Persona, str]]
) -> None:
    for persona, address in addresses.values():
        sign_in(browser_page, persona.user, live_server.url)
        for width in WIDTHS:
            visit(browser_page, f"{live_server.url}{address}", width)
            assert_usable(browser_page)


def test_a_line_is_decided_by_keyboard(
    browser_page: Page, live_server: LiveServer, addresses: dict[str, tuple[Persona, str]]
) -> None:
    persona, address = addresses["decide"]
    sign_in(browser_page, persona.user, live_server.url)
    visit(browser_page, f"{live_server.url}{address}")
    browser_page.get_by_label("Recognized", exact=False).first.focus()
    browser_page.keyboard.press("Space")
    browser_page.get_by_role("textbox", name="Why?").first.focus()
    browser_page.keyboard.type("As the policy says.")
    browser_page.get_by_role("button", name="Decide", exact=True).focus()
    browser_page.keyboard.press("Enter")
    browser_page.get_by_text("Decided. The student and the family are told.").wait_for()
    assert LedgerEntry.objects.get().course_title == "Geometry"
    assert TransferLine.objects.get(course_title="Geometry").state == "decided"

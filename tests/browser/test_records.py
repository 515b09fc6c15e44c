"""A student's course history and the search for people in a real browser: usable at every width, and at work."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from crediting.interchange.history import import_history
from crediting.models import HeldRow, LedgerEntry
from crediting.states import HeldState
from profiles.models import Student
from tests.browser.checks import WIDTHS, assert_quiet, assert_usable, next_page, visit
from tests.browser.conftest import sign_in
from tests.factories.profiles import make_student
from tests.factories.transcripts import make_line, make_transcript
from tests.personas import Personas

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Below this width the top bar has no room for its field.
NARROW = 900
HEADER = "student_id,school_year,term,course_title,mark,attempted,earned\n"
LONG = "Principles of Biomedical Science and Sustainable Agriculture for the Columbia Basin, Honors"


def bring(personas: Personas, folder: Path, *lines: str) -> None:
    file = folder / "history.csv"
    file.write_text(HEADER + "\n".join(lines) + "\n")
    import_history(file, district=personas.district, actor=None)


def held_row(personas: Personas, folder: Path) -> HeldRow:
    """A file changes the mark of a line that an issued transcript prints."""
    student = personas.student.student
    bring(personas, folder, f"{student.local_id},2025,S1,Geometry,B,0.5,0.5")
    fresh = Student.objects.select_related("person", "school", "district").get(pk=student.pk)
    make_transcript(fresh, personas.registrar.user)
    bring(personas, folder, f"{student.local_id},2025,S1,Geometry,A,0.5,0.5")
    return HeldRow.objects.get()


def address(live_server: LiveServer, name: str, thing: Student | LedgerEntry | HeldRow) -> str:
    return live_server.url + reverse(f"crediting:history{name}", args=[thing.public_id])


@pytest.mark.parametrize("width", WIDTHS)
def test_the_history_can_be_used_by_everyone(
    browser_page: Page, live_server: LiveServer, personas: Personas, tmp_path: Path, width: int
) -> None:
    held = held_row(personas, tmp_path)
    for number in range(30):
        line = make_line(personas.student.student, f"{LONG} {number}", school_name=LONG)
    sign_in(browser_page, personas.registrar.user, live_server.url)
    pages = [
        address(live_server, "", personas.student.student),
        address(live_server, "-new", personas.student.student),
        address(live_server, "-row", line),
        address(live_server, "-correct", line),
        address(live_server, "-take-back", line),
        address(live_server, "-held", held),
        live_server.url + reverse("crediting:history-waiting"),
        address(live_server, "", make_student(personas.school)),
    ]
    for one in pages:
        visit(browser_page, one, width)
        assert_usable(browser_page)


def test_a_wrong_mark_is_corrected_with_the_keyboard_alone(
    browser_page: Page, live_server: LiveServer, personas: Personas
) -> None:
    line = make_line(personas.student.student, mark="B")
    sign_in(browser_page, personas.registrar.user, live_server.url)
    visit(browser_page, address(live_server, "", personas.student.student))
    press(browser_page, "Geometry")
    expect(browser_page.get_by_role("heading", level=1)).to_contain_text("Geometry")
    press(browser_page, "Correct it")
    browser_page.get_by_label("Why?").focus()
    browser_page.keyboard.type("The teacher reported a wrong mark.")
    send_mark(browser_page, "Q7")
    expect(browser_page.get_by_role("alert")).to_contain_text("do not have “Q7”")
    expect(browser_page.get_by_label("Why?")).to_have_value("The teacher reported a wrong mark.")
    assert_usable(browser_page, status=422)
    send_mark(browser_page, "A-")
    expect(browser_page.get_by_text("Taken back").first).to_be_visible()
    new = LedgerEntry.objects.effective().get()
    assert (new.mark, new.replaces) == ("A-", line)


def send_mark(page: Page, mark: str) -> None:
    page.locator("[name=mark]").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(mark)
    with next_page(page):
        page.keyboard.press("Enter")


def press(page: Page, link: str) -> None:
    """Follow a link from the keyboard."""
    page.get_by_role("link", name=link, exact=True).first.focus()
    with next_page(page):
        page.keyboard.press("Enter")


def test_a_row_that_waits_is_answered(
    browser_page: Page, live_server: LiveServer, personas: Personas, tmp_path: Path
) -> None:
    held = held_row(personas, tmp_path)
    sign_in(browser_page, personas.registrar.user, live_server.url)
    visit(browser_page, live_server.url + reverse("crediting:history-waiting"))
    press(browser_page, str(personas.student.student))
    browser_page.get_by_label("Why?").fill("The teacher changed the mark after the term.")
    with next_page(browser_page):
        browser_page.get_by_role("button", name="Enter what the file says").click()
    held.refresh_from_db()
    assert (held.state, LedgerEntry.objects.effective().get().mark) == (HeldState.TAKEN, "A")
    assert_quiet(browser_page)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_misspelt_name_finds_its_student_from_anywhere(
    browser_page: Page, live_server: LiveServer, personas: Personas, width: int
) -> None:
    make_student(personas.school, "Ana Gonzalez")
    make_student(personas.other_school, "Ana Gonsales")
    sign_in(browser_page, personas.registrar.user, live_server.url)
    visit(browser_page, live_server.url + reverse("crediting:history-waiting"), width)
    if width < NARROW:
        with next_page(browser_page):
            browser_page.keyboard.press("/")
        assert browser_page.url.endswith("/search/")
    browser_page.keyboard.press("/")
    expect(browser_page.locator("input[name=q]:focus")).to_be_visible()
    browser_page.keyboard.type("gonzales")
    browser_page.keyboard.press("Enter")
    browser_page.wait_for_url("**/search/?q=gonzales")
    main = browser_page.get_by_role("main")
    expect(main).to_contain_text("No name fits “gonzales” as it is written. These are near: gonzalez.")
    expect(main.get_by_role("link", name="Ana Gonzalez")).to_have_count(1)
    expect(main).not_to_contain_text("Gonsales")
    assert_usable(browser_page)

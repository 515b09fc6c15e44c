"""Transcripts in a real browser, at the widths people have: the check page, the student's, the registrar's."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from mbl.core.models import User
from profiles.models import School, Student
from tests.browser.checks import WIDTHS, assert_usable, visit
from tests.browser.conftest import sign_in
from tests.factories.core import make_district
from tests.factories.profiles import make_account_holder, make_school, make_student
from tests.factories.transcripts import make_line, make_registrar, make_transcript, run_waiting_jobs, take_back
from transcripts.actions.revoke import revoke_transcript
from transcripts.models import Transcript

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG_NAME = "María Guadalupe de los Ángeles Núñez-O’Brien"


class Scene:
    """A student with three terms, a registrar, and transcripts of every standing."""

    def __init__(self) -> None:
        district = make_district("Cedar Falls School District", code="cedar", state_code="03017")
        self.school: School = make_school(
            district, "Cedar Falls High School", state_code="0417", phone="(360) 555-0117"
        )
        person = make_account_holder(district, LONG_NAME)
        self.student: Student = make_student(self.school, person=person, ssid="1234567890", graduation_year=2027)
        self.registrar: User = make_registrar(self.school)
        titles = ("Algebra 1", "Biology in the Pacific Northwest", "World Literature and Composition 9", "Spanish 1")
        for number in range(12):
            make_line(
                self.student,
                titles[number % 4],
                ("A", "B+", "P", "F")[number % 4],
                school_year=2024 + number // 4,
                grade=f"{9 + number // 4:02}",
                school_name="Kent-Meridian High School" if number == 5 else self.school.name,
            )
        self.wrong = make_line(self.student, "Choir", "A", school_year=2026)
        self.replaced = self.issue("Evergreen Coast University")
        self.not_current = self.issue("Olympic College")
        take_back(self.wrong)
        self.valid = self.issue("Evergreen Coast University", replaces=self.replaced)
        self.revoked = self.issue("Sound Credit Union")
        run_waiting_jobs()
        revoke_transcript(self.revoked, reason="Asked for by mistake.", actor=self.registrar)

    def issue(self, recipient: str, replaces: Transcript | None = None) -> Transcript:
        return make_transcript(
            self.student, self.registrar, recipient=recipient, replaces=replaces, issue_key=uuid.uuid4()
        )

    @property
    def account(self) -> User:
        assert self.student.person.user is not None
        return self.student.person.user


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return Scene()


def keep(page: Page, name: str, width: int) -> None:
    """A picture for whoever asks for it: ``MBL_PICTURES=folder``."""
    if folder := os.environ.get("MBL_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("width", WIDTHS)
def test_anybody_can_check_a_transcript(browser_page: Page, live_server: LiveServer, scene: Scene, width: int) -> None:
    url = live_server.url
    visit(browser_page, f"{url}/verify/", width)
    assert_usable(browser_page)
    keep(browser_page, "verify", width)
    browser_page.get_by_label("Check code").fill(scene.valid.code.lower())
    browser_page.get_by_role("button", name="Check it").click()
    browser_page.get_by_role("heading", name="This transcript is valid").wait_for()
    for name, code in (
        ("valid", scene.valid.code),
        ("replaced", scene.replaced.code),
        ("not-current", scene.not_current.code),
        ("revoked", scene.revoked.code),
        ("unknown", "0000000000000000"),
    ):
        visit(browser_page, f"{url}/verify/{code}/", width)
        assert_usable(browser_page)
        keep(browser_page, f"verify-{name}", width)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_student_reads_the_transcript(browser_page: Page, live_server: LiveServer, scene: Scene, width: int) -> None:
    sign_in(browser_page, scene.account, live_server.url)
    for name, path in (("own", "/transcript/"), ("own-issued", f"/transcripts/{scene.valid.public_id}/")):
        visit(browser_page, f"{live_server.url}{path}", width)
        assert_usable(browser_page)
        keep(browser_page, name, width)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_registrar_works_through_the_pages(
    browser_page: Page, live_server: LiveServer, scene: Scene, width: int
) -> None:
    sign_in(browser_page, scene.registrar, live_server.url)
    preview = f"/transcripts/new/{scene.student.public_id}/"
    for name, path in (
        ("register", "/transcripts/"),
        ("register-found", "/transcripts/?q=maria"),
        ("preview", preview),
        ("issued", f"/transcripts/{scene.not_current.public_id}/"),
        ("issued-revoked", f"/transcripts/{scene.revoked.public_id}/"),
        ("revoke", f"/transcripts/{scene.valid.public_id}/revoke/"),
    ):
        visit(browser_page, f"{live_server.url}{path}", width)
        assert_usable(browser_page)
        keep(browser_page, name, width)


def test_a_registrar_issues_and_sees_the_file_arrive(browser_page: Page, live_server: LiveServer, scene: Scene) -> None:
    sign_in(browser_page, scene.registrar, live_server.url)
    visit(browser_page, f"{live_server.url}/transcripts/new/{scene.student.public_id}/")
    browser_page.get_by_label("Who is it for?").fill("Bellingham Technical College")
    browser_page.get_by_role("button", name="Issue transcript").click()
    browser_page.get_by_text("Its file is being made.").wait_for()
    browser_page.locator("progress").wait_for()
    assert_usable(browser_page)
    keep(browser_page, "progress", 1280)
    assert run_waiting_jobs() == 1
    # The page asks by itself every two seconds.
    browser_page.get_by_text("Open the PDF").wait_for()
    assert_usable(browser_page)

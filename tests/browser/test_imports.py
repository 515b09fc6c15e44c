"""The way of a file in a real browser: brought, its columns named, looked at, applied, taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from mbl.core import jobs
from mbl.core.models import ImportRun, Job
from mbl.core.states import ImportState
from profiles.models import Student
from tests.browser.checks import WIDTHS, assert_no_sideways_scroll, assert_quiet, assert_usable, visit
from tests.browser.conftest import sign_in
from tests.factories.profiles import make_student
from tests.personas import Personas

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HEADER = "Number of the pupil in our former student information system,Klasse,Remarks\n"


def export(personas: Personas, folder: Path) -> Path:
    """A file in words of its own; one of its rows names nobody, one an unknown grade."""
    students = [personas.student.student, *(make_student(personas.school) for _number in range(3))]
    file = folder / "export-of-our-former-student-information-system-2026-11-21.csv"
    rows = [f"{student.local_id},11,moved up" for student in students] + ["X1,9,", f"{students[0].local_id},77,"]
    file.write_text(HEADER + "\n".join(rows) + "\n")
    return file


def work(page: Page) -> None:
    """The page of the job shows its bar; once the worker has done it, it leads to the result by itself."""
    expect(page.get_by_role("progressbar")).to_be_visible()
    assert_usable(page)
    jobs.run(Job.objects.latest("pk").pk)
    page.get_by_role("link", name="Open the result").click()
    page.wait_for_url(lambda address: "/jobs/" not in address)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_file_is_brought_mapped_looked_at_applied_and_taken_back(
    browser_page: Page, live_server: LiveServer, personas: Personas, tmp_path: Path, width: int
) -> None:
    page, file = browser_page, export(personas, tmp_path)
    sign_in(page, personas.administrator.user, live_server.url)
    visit(page, live_server.url + reverse("profiles:imports"), width)
    assert_usable(page)
    page.get_by_role("link", name="Bring a file").first.click()
    page.wait_for_url("**/imports/new/")
    assert_usable(page)
    page.get_by_text("Grades and state student IDs (CSV)").click()
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Check the file").click()

    page.wait_for_url("**/columns/**")
    assert_usable(page)
    expect(page.get_by_role("table", name="What is in the file")).to_contain_text("moved up")
    page.get_by_label("The district's student number").select_option(index=1)
    page.get_by_label("Grade (optional)").select_option("Klasse")
    page.get_by_label("Keep this choice as").fill("Former system")
    page.get_by_role("button", name="Check the file").click()
    work(page)

    expect(page.get_by_role("main")).to_contain_text("4 rows would be written. Nothing is changed yet.")
    expect(page.get_by_role("table", name="What would be different")).to_contain_text("Grade: 10 → 11")
    expect(page.get_by_role("table", name="Remarks")).to_contain_text("No student here has the number X1.")
    assert_usable(page)
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert_no_sideways_scroll(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="All remarks as a file").click()
    assert "SF_STUDENT_UNKNOWN" in Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert Student.objects.filter(grade="11").count() == 0
    page.get_by_role("button", name="Apply").click()
    work(page)

    expect(page.get_by_role("main")).to_contain_text("4 rows were written.")
    assert Student.objects.filter(grade="11").count() == 4
    assert_usable(page)
    page.get_by_role("link", name="Take it back").click()
    page.get_by_role("button", name="See what would go back").click()
    work(page)
    expect(page.get_by_role("table", name="What would happen")).to_contain_text("Students")
    assert_usable(page)
    page.get_by_role("button", name="Take the import back").click()
    work(page)
    expect(page.get_by_role("main")).to_contain_text("Everything is as it was before.")
    assert_usable(page)
    assert Student.objects.filter(grade="11").count() == 0
    assert ImportRun.objects.filter(state=ImportState.UNDONE).count() == 1


def bring(page: Page, live_server: LiveServer, file: Path, kind: str = "Grades and state student IDs (CSV)") -> None:
    visit(page, live_server.url + reverse("profiles:import-new"))
    page.get_by_text(kind).click()
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Check the file").click()


def test_the_choice_of_columns_is_offered_again(
    browser_page: Page, live_server: LiveServer, personas: Personas, tmp_path: Path
) -> None:
    page, file = browser_page, export(personas, tmp_path)
    sign_in(page, personas.administrator.user, live_server.url)
    bring(page, live_server, file)
    page.get_by_label("The district's student number").select_option(index=1)
    page.get_by_label("Keep this choice as").fill("Former system")
    page.get_by_role("button", name="Check the file").click()
    page.wait_for_url("**/jobs/**")

    bring(page, live_server, file)
    chips = page.get_by_role("navigation", name="Earlier choices")
    expect(chips.get_by_role("link")).to_have_text(["Former system", "Guess by name"])
    assert_quiet(page)


def test_a_file_of_another_kind_is_refused_with_a_hint(
    browser_page: Page, live_server: LiveServer, personas: Personas, tmp_path: Path
) -> None:
    page = browser_page
    file = tmp_path / "documents.json"
    file.write_text('{"CFDocuments": [{"identifier": "00000000-0000-4000-8000-000000000001", "title": "Mathematics"}]}')
    sign_in(page, personas.administrator.user, live_server.url)
    visit(page, live_server.url + reverse("profiles:import-new"), 390)
    page.get_by_text("Standards (CASE package, workbook or table)").click()
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Check the file").click()
    work(page)
    expect(page.get_by_role("main")).to_contain_text("Nothing was changed. Read why below.")
    expect(page.get_by_role("table", name="Remarks")).to_contain_text("CASE_DOCUMENTS_LIST")
    expect(page.get_by_role("button", name="Apply")).to_have_count(0)
    assert_usable(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_settings_and_the_file_of_awards_can_be_used_by_everyone(
    browser_page: Page, live_server: LiveServer, personas: Personas, width: int
) -> None:
    sign_in(browser_page, personas.administrator.user, live_server.url)
    for name in ("profiles:import-settings", "crediting:award-file"):
        visit(browser_page, live_server.url + reverse(name), width)
        assert_usable(browser_page)

"""A replay in a real browser: started from the draft, read at every width, its groups counted."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from crediting.models import PolicyReplay
from mbl.core import jobs
from tests.browser.checks import WIDTHS, assert_usable, visit
from tests.browser.conftest import sign_in
from tests.factories.crediting import make_ground
from tests.factories.equity import make_group
from tests.factories.profiles import make_account_holder, make_student
from tests.factories.replays import FIRST, LAST, NOT_MET, decided, decided_alike, make_other
from tests.personas import Personas

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_administrator_replays_a_draft_and_reads_who_and_which_groups_it_changes(
    browser_page: Page, live_server: LiveServer, personas: Personas
) -> None:
    ground = make_ground(personas.school)
    given = decided(ground, personas)
    other = make_student(
        personas.school, person=make_account_holder(personas.district, "Bartholomew Featherstonehaugh-Villanueva")
    )
    refused = decided(ground, personas, NOT_MET, student=other)
    for race, count in (("W", 40), ("B", 30)):
        students = make_group(personas.school, race, count, 0)
        decided_alike(given, students[: count // 2])
        decided_alike(refused, students[count // 2 :])
    make_group(personas.school, "A", 30, 0)
    draft = make_other(ground)
    page = browser_page
    sign_in(page, personas.administrator.user, live_server.url)

    visit(page, f"{live_server.url}/policies/{draft.public_id}/")
    page.get_by_role("link", name="Replay past requests").click()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert_usable(page)
    page.get_by_label("Decided from").fill(FIRST.isoformat())
    page.get_by_label("Decided to").fill(LAST.isoformat())
    page.get_by_role("button", name="Start the replay").click()
    page.wait_for_url("**/policies/replays/**")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    assert_usable(page)

    replay = PolicyReplay.objects.get()
    jobs.run(replay.job_id)
    # The page asks by itself and goes on to the result.
    expect(page.get_by_text("36 of 72 decisions would come out otherwise.")).to_be_visible()
    for width in WIDTHS:
        visit(page, f"{live_server.url}/policies/replays/{replay.public_id}/", width)
        assert_usable(page)
    page.get_by_role("link", name="36 Not given any more: Awarded, Refused").click()
    expect(page.get_by_text("1 to 30 of 36")).to_be_visible()
    expect(page.get_by_role("link", name="How it was decided").first).to_be_visible()

    page.get_by_role("link", name="For which groups?").click()
    page.get_by_role("button", name="Count the groups").click()
    white = page.get_by_role("row", name="White")
    expect(white.get_by_text("50.0%")).to_be_visible()
    for width in WIDTHS:
        visit(page, f"{live_server.url}/equity/replays/{replay.public_id}/", width)
        assert_usable(page)

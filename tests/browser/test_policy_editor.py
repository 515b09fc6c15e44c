"""A policy written in the browser by somebody who never saw its file: from nothing to published, then tried."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from crediting.actions.policy import load_policy
from crediting.models import PolicyVersion
from crediting.states import PolicyState
from tests.browser.checks import WIDTHS, assert_usable, next_page, visit
from tests.browser.conftest import sign_in
from tests.browser.test_standards_and_policy import shoot
from tests.factories.policies import D4, fill_catalog
from tests.personas import Personas, make_personas

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


STATE, LOCAL, NEXT = "State assessment", "Local assessment", "Next higher course"


@pytest.fixture
def people(transactional_db: None) -> Personas:
    people = make_personas()
    fill_catalog(people.district)
    return people


def save(page: Page) -> None:
    with next_page(page):
        page.get_by_role("main").get_by_role("button", name="Save", exact=True).last.click()


def add(page: Page, kind: str) -> Locator:
    """Add a condition at the top; the fields of the new one."""
    top = page.get_by_role("group", name="What is asked", exact=True)
    top.get_by_label("Add (What is asked)").select_option(label=kind)
    top.get_by_role("button", name="Add What is asked", exact=True).click()
    new = page.locator("fieldset.condition").last
    expect(new.locator("legend").first).to_be_focused()
    return new


def rule(page: Page, code: str, *, way: str, courses: list[str]) -> None:
    page.get_by_role("link", name="Add a rule").first.click()
    page.get_by_label("Short name of the rule").fill(code)
    page.get_by_label("Way to show mastery").select_option(label=way)
    for course in courses:
        page.get_by_role("group", name="Courses", exact=True).first.get_by_label(course).check()


def finish(page: Page, citation: str) -> None:
    page.get_by_label("Mark", exact=True).first.fill("P")
    page.get_by_label("Where the policy says so").fill(citation)
    save(page)
    page.wait_for_url("**#rules")


def test_a_policy_is_written_from_nothing_and_published(
    browser_page: Page, live_server: LiveServer, people: Personas
) -> None:
    page = browser_page
    sign_in(page, people.administrator.user, live_server.url)
    visit(page, live_server.url + reverse("crediting:policies"))
    page.get_by_role("link", name="Write a policy").click()
    page.get_by_label("Number of the policy").fill("2403")
    page.get_by_label("Title").fill("Mathematics credit by showing mastery")
    page.get_by_label("First day").fill("2020-07-01")
    page.get_by_label("Credit manager").check()
    page.get_by_role("button", name="Start the draft").click()

    # What is missing leads to where it is mended.
    missing = page.get_by_role("complementary")
    missing.get_by_role("link", name=re.compile("equity", re.IGNORECASE)).click()
    page.get_by_label("What the policy says").fill("Work may be shown in any language.")
    save(page)
    missing.get_by_role("link", name=re.compile("other", re.IGNORECASE)).click()
    page.get_by_label("What the policy says of other ways, or the word none").fill("none")
    save(page)
    missing.get_by_role("link", name=re.compile("adopt", re.IGNORECASE)).first.click()
    page.get_by_label("On", exact=True).fill("2020-04-28")
    page.get_by_label("Reference").fill("2403P")
    save(page)
    page.get_by_role("link", name="The policy’s text").click()
    page.get_by_label("Text").fill("Credit for mastery in mathematics, as adopted.")
    save(page)

    page.get_by_role("link", name="Courses and ways").click()
    for course in ("Algebra 1", "Geometry"):
        page.get_by_label(course).check()
    page.get_by_role("button", name="Add what is ticked").click()
    save(page)
    expect(page.get_by_role("main")).to_contain_text("There is no rule yet")

    rule(page, "D4-M1", way=STATE, courses=["Algebra 1", "Geometry"])
    page.get_by_label("Why credit is asked for").select_option(label="To recover credit for a course taken before")
    test = add(page, "A test result")
    test.get_by_label("Code of the test").first.fill("SBA-MATH")
    test.get_by_label("Name of the test").first.fill("Smarter Balanced mathematics")
    test.get_by_label("Level at least").first.fill("3")
    before = add(page, "An earlier attempt at the course")
    before.get_by_label("not passed").check()
    before.get_by_label("incomplete").check()
    page.get_by_label("Up to", exact=True).fill("1.0")
    shoot(page, "rule", 1280)
    finish(page, "2403P (1)")

    rule(page, "D4-M2", way=LOCAL, courses=["Algebra 1", "Geometry"])
    page.get_by_label("All of them").check()
    judged = add(page, "Standards judged at a level")
    judged.get_by_label("Level").select_option("proficient")
    page.get_by_label("Up to", exact=True).fill("1.0")
    finish(page, "2403P (2)")

    rule(page, "D4-M3", way=NEXT, courses=["Algebra 1"])
    higher = add(page, "A next higher course completed")
    higher.get_by_label("Code of the course").first.fill("MAT201")
    higher.get_by_label("Grade at least", exact=True).first.select_option("C")
    higher.get_by_label("How the standards of the one grow out of the other").fill("Geometry uses algebra throughout.")
    page.get_by_label("Exactly").fill("course")
    finish(page, "2403P (3)")

    expect(missing).not_to_contain_text("Missing")
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_role("main")).to_contain_text("Its text stays as it is")
    version = PolicyVersion.objects.get()
    assert version.state == PolicyState.PUBLISHED
    assert [one["code"] for one in version.document["rules"]] == ["D4-M1", "D4-M2", "D4-M3"]
    assert version.document["rules"][0]["when"] == [
        {"assessment": {"any_of": [{"instrument": "SBA-MATH", "title": "Smarter Balanced mathematics", "level": 3}]}},
        {"prior_attempt": ["failed", "incomplete"]},
    ]


def test_a_case_is_tried_and_explained(browser_page: Page, live_server: LiveServer, people: Personas) -> None:
    page = browser_page
    draft = load_policy(people.district, text=D4, actor=None).version
    sign_in(page, people.administrator.user, live_server.url)
    visit(page, live_server.url + reverse("crediting:policy-try", args=[draft.public_id]), 390)
    page.get_by_label("Begin with what a rule asks").select_option(index=1)
    page.get_by_role("button", name="Fill it in below").click()
    page.get_by_role("button", name="Try it").last.click()
    expect(page.get_by_role("main")).to_contain_text("Credit is given")
    visit(page, live_server.url + reverse("crediting:policy-try", args=[draft.public_id]), 390)
    page.get_by_label("Course", exact=True).first.select_option("MAT101")
    page.get_by_label("Way to show mastery").first.select_option("LOCAL_ASSESSMENT")
    page.get_by_label("Last shown on").fill("2026-05-04")
    page.get_by_role("button", name="Try it").last.click()
    expect(page.get_by_role("heading", name="What comes of it")).to_be_focused()
    expect(page.get_by_role("main")).to_contain_text("Cannot be decided yet")
    expect(page.get_by_label("Last shown on")).to_have_value("2026-05-04")
    shoot(page, "tried", 390)
    assert_usable(page)


def test_without_javascript_and_by_keyboard_a_nested_condition_is_written(
    plain_page: Page, live_server: LiveServer, people: Personas
) -> None:
    page = plain_page
    draft = load_policy(people.district, text=D4, actor=None).version
    sign_in(page, people.administrator.user, live_server.url)
    page.goto(live_server.url + reverse("crediting:policy-rule", args=[draft.public_id, "D4-M2"]))
    top = page.get_by_role("group", name="What is asked", exact=True)
    held = top.locator("fieldset.condition").count()
    menu = top.get_by_label("Add (What is asked)")
    menu.focus()
    menu.select_option("any_of")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    group = page.locator("fieldset.condition").nth(held)
    group.get_by_label("Add (At least one of these holds)").select_option("reflection")
    group.get_by_role("button", name="Add At least one of these holds").press("Enter")
    expect(group).to_contain_text("The student’s reflection")
    # Enter in a line of text saves, and does not take away the first condition.
    page.get_by_label("Where the policy says so").press("Enter")
    page.wait_for_url("**#rules")
    draft.refresh_from_db()
    (changed,) = (one for one in draft.document["rules"] if one["code"] == "D4-M2")
    assert changed["when"][-1] == {"any_of": [{"reflection": "required"}]}


@pytest.mark.parametrize("width", [1280, 390])
def test_save_takes_a_click_by_its_word_with_every_part_open(
    browser_page: Page, live_server: LiveServer, people: Personas, width: int
) -> None:
    page = browser_page
    draft = load_policy(people.district, text=D4, actor=None).version
    sign_in(page, people.administrator.user, live_server.url)
    visit(page, live_server.url + reverse("crediting:policy-part", args=[draft.public_id, "appeal"]), width)
    page.get_by_label("To whom").fill("the superintendent")
    page.get_by_label("Days to appeal").fill("20")
    # The first word “Save” of the page: the button that Enter presses has none, and lies under the summary.
    with next_page(page):
        page.get_by_text("Save", exact=True).first.click()
    draft.refresh_from_db()
    assert draft.document["appeal"]["to"] == "the superintendent"


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_of_the_editor_can_be_used_by_everyone(
    browser_page: Page, live_server: LiveServer, people: Personas, width: int
) -> None:
    page = browser_page
    draft = load_policy(people.district, text=D4, actor=None).version
    sign_in(page, people.administrator.user, live_server.url)
    pages = {
        "start": reverse("crediting:policy-start"),
        "draft": reverse("crediting:policy", args=[draft.public_id]),
        "courses": reverse("crediting:policy-courses", args=[draft.public_id]),
        "rule-edit": reverse("crediting:policy-rule", args=[draft.public_id, "D4-M1"]),
        "caps": reverse("crediting:policy-part", args=[draft.public_id, "caps"]),
        "schools": reverse("crediting:policy-part", args=[draft.public_id, "schools"]),
        "approval": reverse("crediting:policy-part", args=[draft.public_id, "approval"]),
        "as-text": reverse("crediting:policy-as-text", args=[draft.public_id]),
        "try": reverse("crediting:policy-try", args=[draft.public_id]),
    }
    for name, address in pages.items():
        visit(page, live_server.url + address, width)
        shoot(page, name, width)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert_usable(page)

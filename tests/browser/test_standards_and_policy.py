"""Standards, courses and policies in a real browser: usable at every width, and at work."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from crediting.actions.catalog import add_course, set_course_standards
from crediting.actions.import_standards import import_case
from crediting.actions.local_standards import add_standard, write_framework
from crediting.actions.policy import load_policy, publish_policy
from crediting.actions.scales import create_default_scale
from crediting.actions.sequences import list_pair, write_sequence
from crediting.actions.standards import adopt_framework
from crediting.models import Framework, FrameworkSource, Standard
from crediting.rules.catalog import CourseDetails
from crediting.states import AdoptionBody, SubjectArea
from tests.browser.checks import WIDTHS, assert_usable, visit
from tests.browser.conftest import sign_in
from tests.factories.policies import D4
from tests.factories.profiles import LONG_AGO
from tests.factories.standards import EXCERPT
from tests.personas import Personas, make_personas

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


SHOTS = os.environ.get("MBL_SHOTS", "")


class Scene:
    """A district with standards, courses, a version in force, a closed one and a draft with a gap."""

    def __init__(self) -> None:
        self.people: Personas = make_personas()
        district = self.people.district
        create_default_scale(district, actor=None)
        courses = [
            add_course(district, code=code, details=CourseDetails(title, Decimal("1.0"), SubjectArea.MATH), actor=None)
            for code, title in (("MAT101", "Algebra 1"), ("MAT201", "Geometry"))
        ]
        self.first_course, self.course = courses
        write_sequence(district, title="Mathematics", steps=[["MAT101"], ["MAT201"]], actor=None)
        list_pair(courses[0], higher=courses[1], rationale="Geometry builds on each standard.", actor=None)
        import_case(EXCERPT, district=district, actor=None)
        self.framework = Framework.objects.get(district=district)
        adopt_framework(
            self.framework,
            body=AdoptionBody.STATE,
            adopted_by="State superintendent of public instruction",
            adopted_on=LONG_AGO,
            subjects=[SubjectArea.MATH],
            starts_on=LONG_AGO,
            actor=None,
        )
        self.standards = list(Standard.objects.filter(district=district, is_leaf=True).order_by("path"))
        set_course_standards(self.course, standards=self.standards[:4], required=self.standards[:1], actor=None)
        self.local = write_framework(
            district,
            title="Ways of knowing of the river people",
            adopted_by="Northfield School Board",
            adopted_on=LONG_AGO,
            subjects=[SubjectArea.ELECTIVE],
            starts_on=LONG_AGO,
            actor=self.people.administrator.user,
        )
        self.local_standard = add_standard(
            self.local,
            code="R.1",
            statement="Tells where the salmon spawn, and why there.",
            parent=None,
            number=None,
            grades=["09"],
            actor=self.people.administrator.user,
        )
        for number in range(3):
            FrameworkSource.objects.create(
                district=district,
                address=f"https://case.example.org/ims/case/v1p1/CFPackages/{'0123456789abcdef' * 4}{number}",
                checked_at=timezone.now() if number else None,
                problem="case.example.org did not answer in 20 seconds." if number == 1 else "",
            )
        old = D4.replace("from: 2020-07-01", "from: 2018-07-01\n  to: 2020-06-30")
        self.closed = publish_policy(load_policy(district, text=old, actor=None).version, actor=None)
        administrator = self.people.administrator.user
        self.version = publish_policy(load_policy(district, text=D4, actor=administrator).version, actor=administrator)
        gap = (
            D4.replace("  on: 2020-04-28\n", "")
            .replace("series: ", "title: Draft\nseries: ")
            .replace("title: Mathematics credit by showing mastery\n", "")
        )
        self.draft = load_policy(district, text=gap.replace('"2403"', '"2409"'), actor=None).version


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return Scene()


def shoot(page: Page, name: str, width: int) -> None:
    """Keep a picture where ``MBL_SHOTS`` names a folder."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)


def addresses(scene: Scene) -> dict[str, str]:
    return {
        "standards": reverse("crediting:standards"),
        "framework": reverse("crediting:framework", args=[scene.framework.public_id]),
        "framework-search": reverse("crediting:framework", args=[scene.framework.public_id]) + "?q=triangle",
        "standard": reverse("crediting:standard", args=[scene.standards[0].public_id]),
        "find": reverse("crediting:standards-find") + "?q=paralelogram",
        "framework-find-nothing": reverse("crediting:framework", args=[scene.framework.public_id]) + "?q=xylophone",
        "compare": reverse("crediting:framework-compare", args=[scene.framework.public_id]),
        "compare-with": reverse("crediting:framework-compare", args=[scene.local.public_id])
        + f"?from={scene.framework.public_id}",
        "moves": reverse("crediting:framework-moves", args=[scene.framework.public_id]),
        "framework-new": reverse("crediting:framework-new"),
        "local": reverse("crediting:framework", args=[scene.local.public_id]),
        "item-new": reverse("crediting:item-new", args=[scene.local.public_id]),
        "item-edit": reverse("crediting:item-edit", args=[scene.local_standard.public_id]),
        "sources": reverse("crediting:sources"),
        "adopt": reverse("crediting:framework-adopt", args=[scene.framework.public_id]),
        "pick": f"/standards/pick/?course={scene.course.public_id}&q=triangles&next=/catalog/",
        "catalog": reverse("crediting:catalog"),
        "course": reverse("crediting:course", args=[scene.course.public_id]),
        "course-new": reverse("crediting:course-new"),
        "course-edit": reverse("crediting:course-edit", args=[scene.course.public_id]),
        "starter": reverse("crediting:catalog-starter"),
        "pair-new": reverse("crediting:pair-new", args=[scene.course.public_id]),
        "sequences": reverse("crediting:sequences"),
        "sequence-new": reverse("crediting:sequence-new"),
        "catalog-empty": reverse("crediting:catalog") + "?q=nothing-is-called-so",
        "course-standards": reverse("crediting:course-standards", args=[scene.course.public_id]),
        "policies": reverse("crediting:policies"),
        "policy-new": reverse("crediting:policy-new"),
        "policy": reverse("crediting:policy", args=[scene.version.public_id]),
        "policy-draft": reverse("crediting:policy", args=[scene.draft.public_id]),
        "policy-public": reverse("crediting:policy-public", args=["northfield"]),
        "policy-public-version": reverse(
            "crediting:policy-public-version", args=["northfield", scene.closed.public_id]
        ),
    }


@pytest.mark.parametrize("width", WIDTHS)
def test_every_screen_can_be_used_by_everyone(
    browser_page: Page, live_server: LiveServer, scene: Scene, width: int
) -> None:
    sign_in(browser_page, scene.people.administrator.user, live_server.url)
    for name, address in addresses(scene).items():
        visit(browser_page, f"{live_server.url}{address}", width)
        shoot(browser_page, name, width)
        assert_usable(browser_page)


def test_a_faulty_policy_file_is_shown_with_its_faults(
    browser_page: Page, live_server: LiveServer, scene: Scene
) -> None:
    sign_in(browser_page, scene.people.administrator.user, live_server.url)
    visit(browser_page, live_server.url + reverse("crediting:policy-new"), 390)
    browser_page.locator("textarea[name=text]").fill(D4.replace("mark: P", "mark: Q"))
    browser_page.get_by_role("button", name="Load as a draft").click()
    expect(browser_page.get_by_role("alert")).to_contain_text("2 things to fix in the file")
    shoot(browser_page, "policy-faults", 390)
    assert_usable(browser_page, status=422)


def test_standards_are_found_while_one_types_and_stay_chosen(
    browser_page: Page, live_server: LiveServer, scene: Scene
) -> None:
    sign_in(browser_page, scene.people.administrator.user, live_server.url)
    visit(browser_page, live_server.url + reverse("crediting:course-standards", args=[scene.course.public_id]))
    search = browser_page.get_by_label("Find a standard by its words or code")
    search.press_sequentially("hsg-co.c.10")
    found = browser_page.locator("#picker-list input[name=standards]:not(:checked)")
    expect(found).to_have_count(1)
    found.check()
    search.fill("parallelograms")
    expect(browser_page.locator("#picker-list")).to_contain_text("5 chosen")
    expect(search).to_be_focused()
    browser_page.get_by_role("button", name="Save").click()
    browser_page.wait_for_url(f"**/catalog/{scene.course.public_id}/")
    assert scene.course.standards.count() == 5


def test_without_javascript_standards_are_chosen_on_a_page_of_their_own(
    plain_page: Page, live_server: LiveServer, scene: Scene
) -> None:
    sign_in(plain_page, scene.people.administrator.user, live_server.url)
    address = reverse("crediting:course-standards", args=[scene.course.public_id])
    plain_page.goto(live_server.url + address)
    plain_page.get_by_label("Find a standard by its words or code").fill("hsg-co.c.10")
    plain_page.get_by_role("button", name="Search").click()
    plain_page.locator("#picker-list input[name=standards]:not(:checked)").check()
    plain_page.get_by_role("button", name="Use these standards").click()
    plain_page.wait_for_url(f"**{address}")
    expect(plain_page.locator("#picker-list")).to_contain_text("5 chosen")
    with plain_page.expect_event("load"):
        plain_page.get_by_role("button", name="Save").click()
    assert scene.course.standards.count() == 5


def test_the_tree_opens_from_the_keyboard_and_a_misspelt_word_finds(
    browser_page: Page, live_server: LiveServer, scene: Scene
) -> None:
    sign_in(browser_page, scene.people.teacher.user, live_server.url)
    visit(browser_page, live_server.url + reverse("crediting:framework", args=[scene.framework.public_id]))
    browser_page.locator("#branch summary").first.focus()
    browser_page.keyboard.press("Enter")
    below = browser_page.locator("#branch .branch__below li").first
    expect(below).to_be_visible()
    assert_usable(browser_page)
    visit(browser_page, live_server.url + reverse("crediting:standards"))
    browser_page.locator("main input[name=q]").focus()
    browser_page.keyboard.type("paralelograms")
    browser_page.keyboard.press("Enter")
    browser_page.wait_for_url("**/find/**")
    expect(browser_page.get_by_role("main")).to_contain_text("parallelograms")
    assert_usable(browser_page)


def test_two_editions_are_compared_and_narrowed(browser_page: Page, live_server: LiveServer, scene: Scene) -> None:
    sign_in(browser_page, scene.people.administrator.user, live_server.url)
    visit(browser_page, live_server.url + reverse("crediting:framework-compare", args=[scene.local.public_id]), 390)
    browser_page.get_by_label("From another framework").select_option(str(scene.framework.public_id))
    browser_page.get_by_role("button", name="Compare").first.click()
    differences = browser_page.get_by_role("list", name="Differences")
    expect(differences).to_contain_text("Tells where the salmon spawn")
    browser_page.get_by_role("main").get_by_role("link", name="Added").click()
    expect(differences.get_by_role("listitem")).to_have_count(1)
    assert_usable(browser_page)


def test_a_next_higher_course_needs_its_reason(browser_page: Page, live_server: LiveServer, scene: Scene) -> None:
    page = browser_page
    sign_in(page, scene.people.administrator.user, live_server.url)
    visit(page, live_server.url + reverse("crediting:pair-new", args=[scene.first_course.public_id]), 768)
    page.get_by_label("Code of the higher course").fill("MAT201")
    page.get_by_label("Why the standards grow").fill("Too short")
    page.get_by_role("button", name="List it").click()
    expect(page.get_by_role("alert")).to_contain_text("Say in a sentence why the standards grow")
    assert_usable(page, status=422)
    page.get_by_label("Why the standards grow").fill("Each standard of the first stands in the second as well.")
    page.get_by_role("button", name="List it").click()
    page.wait_for_url(f"**/catalog/{scene.first_course.public_id}/")
    expect(page.get_by_role("main")).to_contain_text("Each standard of the first stands in the second as well.")
    assert_usable(page, status=422)


@pytest.mark.parametrize("allowed", [True, False])
def test_an_address_to_fetch_from_is_added_and_given_up(
    browser_page: Page, live_server: LiveServer, scene: Scene, settings: Any, allowed: bool
) -> None:
    settings.CASE_SOURCES = ["case.example.org"] if allowed else []
    page, address = browser_page, "https://case.example.org/CFPackages/1"
    sign_in(page, scene.people.administrator.user, live_server.url)
    visit(page, live_server.url + reverse("crediting:sources"), 390)
    if not allowed:
        expect(page.get_by_role("main")).to_contain_text("This installation may ask no server.")
        assert_usable(page)
        return
    page.get_by_label("Address of the framework").fill("https://elsewhere.example.net/CFPackages/1")
    page.get_by_role("button", name="Fetch it each day").click()
    expect(page.get_by_role("alert")).to_contain_text("elsewhere.example.net is not among the servers")
    assert_usable(page, status=422)
    page.get_by_label("Address of the framework").fill(address)
    page.get_by_role("button", name="Fetch it each day").click()
    page.wait_for_url("**/jobs/**")
    visit(page, live_server.url + reverse("crediting:sources"), 390)
    page.get_by_role("button", name=f"Stop {address}").click()
    expect(page.get_by_role("main")).not_to_contain_text(address)
    assert not FrameworkSource.objects.get(address=address).is_active

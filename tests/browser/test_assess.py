"""Assessing and deciding with the keyboard alone, and every screen of the road at every width."""

from __future__ import annotations

import pytest
from django.conf import settings
from playwright.sync_api import FloatRect, Page
from pytest_django.live_server_helper import LiveServer

from crediting.models import CreditRequest, Decision, Judgement
from crediting.states import RequestState
from tests.browser.checks import WIDTHS, assert_usable, next_page, visit
from tests.browser.conftest import sign_in
from tests.factories.crediting import Ground, make_evidence, make_ground, make_request
from tests.personas import Personas

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ground(personas: Personas) -> Ground:
    return make_ground(personas.school)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def box(page: Page, selector: str) -> FloatRect:
    """Where the first that fits ``selector`` stands."""
    found = page.locator(selector).first.bounding_box()
    assert found is not None, f"{selector} is not shown."
    return found


def test_what_was_asked_instead_stands_inside_the_card_of_its_standard(
    browser_page: Page, live_server: LiveServer, personas: Personas, ground: Ground
) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    sign_in(browser_page, personas.teacher.user, live_server.url)
    for width in (1280, 390):
        visit(browser_page, f"{live_server.url}/requests/{request.public_id}/assess/", width)
        card, words = box(browser_page, ".judge-row"), box(browser_page, ".judge-row > details")
        assert card["x"] < words["x"] and words["y"] + words["height"] < card["y"] + card["height"]
        border = browser_page.locator(".judge-row").first.evaluate("one => getComputedStyle(one).borderTopWidth")
        assert border == "1px"


def test_a_students_home_has_no_hole_beside_a_long_list_of_requests(
    browser_page: Page, live_server: LiveServer, personas: Personas, ground: Ground
) -> None:
    make_request(ground, personas.student.student, personas.teacher.person)
    sign_in(browser_page, personas.student.user, live_server.url)
    visit(browser_page, f"{live_server.url}/")
    credits, said = box(browser_page, ".home-column > .panel"), box(browser_page, ".said")
    assert 0 < said["y"] - credits["y"] - credits["height"] <= 24
    visit(browser_page, f"{live_server.url}/", 390)
    assert box(browser_page, ".said")["y"] > box(browser_page, ".toward")["y"]


def tab_to(page: Page, selector: str, most: int = 60) -> None:
    """Press Tab until the focus is on what fits ``selector``, as somebody without a mouse does."""
    for _press in range(most):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} was not reached with {most} presses of Tab.")


def test_work_is_assessed_and_credit_awarded_without_a_mouse(
    browser_page: Page, live_server: LiveServer, personas: Personas, ground: Ground
) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    page = browser_page

    # From the queue: j marks the first row, Enter opens it.
    sign_in(page, personas.teacher.user, live_server.url)
    visit(page, f"{live_server.url}/queue/")
    press(page, "j")
    with next_page(page):
        press(page, "Enter")
    page.wait_for_url(f"**/requests/{request.public_id}/assess/")

    # 3 chooses the third level in the row one is in; the sentence about saving follows.
    first, second = (f"level-{standard.public_id}" for standard in ground.standards[:2])
    tab_to(page, f'[name="{first}"]')
    press(page, "3")
    page.wait_for_selector("#consequence >> text=1 of 2 standards reach")
    tab_to(page, f'[name="comment-{ground.standards[0].public_id}"]')
    page.keyboard.type("Each step has its reason; n and 3 are letters here.")
    tab_to(page, f'[name="{second}"]')
    press(page, "4")
    page.wait_for_selector("#consequence >> text=all 2 standards reach")
    assert not Judgement.objects.exists()

    # n saves and goes on.
    press(page, "n")
    page.wait_for_url("**/queue/")
    request.refresh_from_db()
    assert request.state == RequestState.ASSESSED
    assert list(request.judgements.values_list("level__code", "comment").order_by("pk")) == [
        ("proficient", "Each step has its reason; n and 3 are letters here."),
        ("extending", ""),
    ]

    # Another person decides: a reason, then the button, by Tab and Enter.
    sign_in(page, personas.credit_manager.user, live_server.url)
    visit(page, f"{live_server.url}/decisions/")
    press(page, "j")
    with next_page(page):
        press(page, "Enter")
    page.wait_for_url(f"**/decisions/{request.public_id}/")
    # a without a reason asks for one and keeps the focus where it is missing.
    press(page, "a")
    page.wait_for_function("() => document.activeElement.name === 'reason'")
    page.keyboard.type("Both standards are shown.")
    tab_to(page, 'button[value="award"]')
    press(page, "Enter")
    page.wait_for_selector("text=How this was decided")
    assert Decision.objects.get().reason == "Both standards are shown."


def test_what_is_typed_is_kept_while_it_is_typed(
    browser_page: Page, live_server: LiveServer, personas: Personas, ground: Ground
) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    page = browser_page
    sign_in(page, personas.teacher.user, live_server.url)
    address = f"{live_server.url}/requests/{request.public_id}/assess/"
    visit(page, address)
    page.get_by_label("Why this level").first.fill("Half a sentence")
    page.wait_for_selector("[data-autosave-status]:has-text('Saved')")
    visit(page, address)
    assert page.get_by_label("Why this level").first.input_value() == "Half a sentence"


def test_returning_opens_a_dialog_with_the_reason(
    browser_page: Page, live_server: LiveServer, personas: Personas, ground: Ground
) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    page = browser_page
    sign_in(page, personas.teacher.user, live_server.url)
    visit(page, f"{live_server.url}/requests/{request.public_id}/assess/")
    page.get_by_role("link", name="Return for more").click()
    page.get_by_label("What would you like to see?").fill("Name the theorem.")
    page.get_by_role("button", name="Return it").click()
    page.wait_for_url("**/queue/")
    request.refresh_from_db()
    assert request.state == RequestState.RETURNED and request.notes.get(kind="returned").body == "Name the theorem."


def test_without_javascript_the_rubric_is_a_plain_form(
    plain_page: Page, live_server: LiveServer, personas: Personas, ground: Ground
) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    page = plain_page
    sign_in(page, personas.teacher.user, live_server.url)
    page.goto(f"{live_server.url}/requests/{request.public_id}/assess/")
    for standard in ground.standards[:2]:
        page.locator(f'[name="level-{standard.public_id}"][value="proficient"]').check()
    page.get_by_role("button", name="Save and next").click()
    page.wait_for_url("**/queue/")
    request.refresh_from_db()
    assert request.state == RequestState.ASSESSED


def addresses(personas: Personas) -> dict[str, tuple[str, str]]:
    """Every screen of the road: who opens it, and where."""
    student, teacher = personas.student.student, personas.teacher.person
    decider = personas.credit_manager.user
    made: dict[RequestState, CreditRequest] = {}
    standards = None
    for state in (RequestState.DRAFT, RequestState.SUBMITTED, RequestState.RETURNED, RequestState.ASSESSED):
        ground = make_ground(personas.school, title=f"Course {state}", standards=standards)
        standards = ground.standards
        made[state] = make_request(ground, student, teacher, state)
    one_role = make_ground(personas.school, title="Alone", standards=standards, two_roles=False, roles=("teacher",))
    alone = make_request(one_role, student, teacher)
    other = make_ground(personas.school, title="Reversed", standards=standards)
    taken_back = make_request(other, student, teacher, RequestState.REVERSED, decider=decider)
    open_course = make_ground(personas.school, title="Geometry", standards=standards).course
    evidence = make_evidence(student, "Not sent")
    decision = Decision.objects.get(request=taken_back)
    way = f"/requests/new/?course={open_course.public_id}"
    return {
        "home": ("student", "/"),
        "family home": ("family", "/"),
        "evidence": ("student", "/evidence/"),
        "a piece": ("student", f"/evidence/{evidence.public_id}/"),
        "add": ("student", "/evidence/new/"),
        "add a photo": ("student", "/evidence/new/?kind=photo"),
        "requests": ("student", "/requests/"),
        "course": ("student", "/requests/new/"),
        "way": ("student", way),
        "details": ("student", f"{way}&way=LOCAL_ASSESSMENT.portfolio"),
        "result": ("student", f"{way}&way=STATE_ASSESSMENT"),
        **{f"request {state}": ("student", f"/requests/{one.public_id}/") for state, one in made.items()},
        "change": ("student", f"/requests/{made[RequestState.RETURNED].public_id}/edit/"),
        "withdraw": ("student", f"/requests/{made[RequestState.SUBMITTED].public_id}/withdraw/"),
        "credits": ("student", "/credits/"),
        "queue": ("teacher", "/queue/"),
        "assess": ("teacher", f"/requests/{made[RequestState.SUBMITTED].public_id}/assess/"),
        "assess alone": ("teacher", f"/requests/{alone.public_id}/assess/"),
        "return": ("teacher", f"/requests/{made[RequestState.SUBMITTED].public_id}/return/"),
        "decisions": ("credit_manager", "/decisions/"),
        "decide": ("credit_manager", f"/decisions/{made[RequestState.ASSESSED].public_id}/"),
        "decide anew": ("credit_manager", f"/decisions/{taken_back.public_id}/"),
        "decided": ("family", f"/decided/{decision.public_id}/"),
        "another teacher": ("principal", f"/requests/{made[RequestState.SUBMITTED].public_id}/teacher/"),
    }


def test_every_screen_is_usable_at_every_width(browser_page: Page, live_server: LiveServer, personas: Personas) -> None:
    opened = addresses(personas)
    for name in dict.fromkeys(persona for persona, _path in opened.values()):
        browser_page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
        sign_in(browser_page, personas.named(name).user, live_server.url)
        for persona, path in opened.values():
            if persona == name:
                for width in WIDTHS:
                    visit(browser_page, f"{live_server.url}{path}", width)
                    assert_usable(browser_page)

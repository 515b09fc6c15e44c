"""The plan and its review in a real browser: for everyone, at every width, by keyboard alone, saved as it is typed."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from hsbp.actions.plans import save_section
from hsbp.actions.reviews import approve_plan
from hsbp.actions.sending import send_plan
from hsbp.models import FamilySignature, Plan, PlanReview, PlanRevision
from hsbp.rules.content import Section, read
from profiles.models import Student
from profiles.states import RelationshipKind, Role
from tests.browser.checks import (
    WIDTHS,
    assert_accessible,
    assert_no_sideways_scroll,
    assert_usable,
    next_page,
    visit,
)
from tests.browser.conftest import sign_in
from tests.factories.crediting import account_of, make_ground
from tests.factories.hsbp import GOALS, NEWEST, make_review, make_revision, write
from tests.factories.profiles import make_account_holder, make_guardian, make_relationship, make_role, make_student
from tests.personas import Personas

FULL: dict[str, Any] = {
    "goals": GOALS,
    "interests": {"text": "Taking things apart.", "inventory": "CareerBridge", "inventory_on": "2024-05-12"},
    "courses": {
        "11": [{"code": "", "title": "Construction Trades 1"}],
        "12": [{"code": "NOPE9", "title": "Applied Physics with a very long name that has to wrap somewhere"}],
    },
    "pathway": {"options": ["cte_sequence"], "reason": "It leads to the apprenticeship."},
    "activities": [{"kind": "work", "title": "Cashier", "years": "grade 10 to now", "text": "Evenings."}],
    "aid": {"programs": "2026-10-01"},
}


def on_caseload(personas: Personas, name: str) -> Student:
    student = make_student(personas.school, person=make_account_holder(personas.district, name))
    make_relationship(personas.counselor.person, student, RelationshipKind.COUNSELOR)
    return student


def a_caseload(personas: Personas) -> Student:
    """One plan with changes in every part, and two more that wait behind it."""
    student = personas.student.student
    Student.objects.filter(pk=student.pk).update(graduation_year=2028)
    make_guardian(personas.family.person, make_student(personas.school, "Xochitl Ramirez"))
    make_ground(personas.school)
    make_review(student, personas.counselor.user)
    write(student, **FULL)
    send_plan(student, actor=account_of(student))
    for name in ("Đặng Minh Châu", "Rosalie Deschamps-Featherstonehaugh"):
        make_revision(on_caseload(personas, name))
    return student


PAGES: list[tuple[str, Callable[[Student], str]]] = [
    ("student", lambda s: "/plan/"),
    *(("student", lambda s, one=section: f"/plan/{s.public_id}/edit/{one}/") for section in Section),
    ("student", lambda s: f"/plan/{s.public_id}/send/"),
    ("student", lambda s: f"/plan/{s.public_id}/checklist/"),
    ("student", lambda s: f"/plan/{s.public_id}/progress/"),
    ("student", lambda s: f"/plan/{s.public_id}/family/"),
    ("family", lambda s: "/"),
    ("family", lambda s: "/plan/"),
    ("family", lambda s: f"/plan/{s.public_id}/sign/"),
    ("family", lambda s: f"/plan/{s.public_id}/progress/"),
    ("family", lambda s: f"/plan/{s.public_id}/checklist/"),
    ("family", lambda s: "/transcript/"),
    ("counselor", lambda s: "/caseload/"),
    ("counselor", lambda s: f"/plans/{s.public_id}/review/?show=all"),
    ("counselor", lambda s: f"/plans/{s.public_id}/"),
    ("counselor", lambda s: f"/plans/{s.public_id}/update/"),
    ("counselor", lambda s: f"/plans/{s.public_id}/requirement/"),
    ("counselor", lambda s: f"/plans/{s.public_id}/signature/"),
    ("counselor", lambda s: f"/plans/{s.public_id}/records/new/"),
    ("counselor", lambda s: f"/plan/{s.public_id}/checklist/"),
]


@pytest.mark.django_db(transaction=True)
def test_every_page_of_the_plan_can_be_used_by_everyone_at_every_width(
    browser_page: Page, live_server: LiveServer, personas: Personas
) -> None:
    student = a_caseload(personas)
    here = ""
    for who, address in PAGES:
        if who != here:
            browser_page.context.clear_cookies()
            sign_in(browser_page, personas.named(who).user, live_server.url)
            here = who
        for width in WIDTHS:
            visit(browser_page, live_server.url + address(student), width)
            assert_usable(browser_page)


@pytest.mark.django_db(transaction=True)
def test_a_counselor_reviews_with_the_keyboard_alone(
    browser_page: Page, live_server: LiveServer, personas: Personas
) -> None:
    student = a_caseload(personas)
    sign_in(browser_page, personas.counselor.user, live_server.url)
    visit(browser_page, f"{live_server.url}/caseload/")
    keys = browser_page.keyboard
    keys.press("j")
    keys.press("k")
    expect(browser_page.locator("[data-rows] > tr").first.locator("th a")).to_be_focused()
    with next_page(browser_page):
        keys.press("Enter")
    expect(browser_page.get_by_role("heading", level=1)).to_have_text("Sofia Ramirez")
    # Returning needs a comment: the summary takes the focus and leads to the field.
    keys.press("r")
    expect(browser_page.locator(".error-summary")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    comment = browser_page.get_by_label("Comment to the student")
    expect(comment).to_be_focused()
    keys.type("Which math do you need for it? a r")
    assert not PlanReview.objects.filter(revision__number=2).exists()
    keys.press("Tab")
    keys.press("Tab")
    expect(browser_page.get_by_role("button", name="Return")).to_be_focused()
    with next_page(browser_page):
        keys.press("Enter")
    # The next student, with the focus on the new heading.
    heading = browser_page.get_by_role("heading", level=1)
    expect(heading).not_to_have_text("Sofia Ramirez")
    expect(heading).to_be_focused()
    review = PlanReview.objects.get(revision__number=2)
    assert review.comment == "Which math do you need for it? a r"
    # Undo, from the message.
    with next_page(browser_page):
        browser_page.get_by_role("button", name="Undo").press("Enter")
    expect(heading).to_have_text("Sofia Ramirez")
    assert Plan.objects.get(student=student).state == "submitted"
    keys.press("a")
    expect(heading).not_to_have_text("Sofia Ramirez")
    assert Plan.objects.get(student=student).state == "approved"


@pytest.mark.django_db(transaction=True)
def test_an_afternoon_of_a_counselor_needs_no_mouse(
    browser_page: Page, live_server: LiveServer, personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Approve what did not change, skip one, ask a family, answer its question, review the rest: nobody waits."""
    student = personas.student.student
    make_review(student, personas.counselor.user)
    first = PlanRevision.objects.get()
    monkeypatch.setattr("mbl.core.clock.school_year", lambda day: first.school_year + 1)
    send_plan(student, actor=account_of(student))
    monkeypatch.undo()
    skipped, asked = on_caseload(personas, "Ada Long"), on_caseload(personas, "Ben Short")
    make_guardian(personas.family.person, asked)
    for one in (skipped, asked):
        make_revision(one)
    sign_in(browser_page, personas.counselor.user, live_server.url)
    visit(browser_page, f"{live_server.url}/caseload/")
    keys, heading = browser_page.keyboard, browser_page.get_by_role("heading", level=1)
    keys.press("x")
    expect(browser_page.locator("[data-bulk]")).to_contain_text("1 selected")
    keys.press("Shift+Tab")
    approve = browser_page.get_by_role("button", name="Approve the unchanged plans")
    for _step in range(10):
        if approve.evaluate("one => one === document.activeElement"):
            break
        keys.press("Shift+Tab")
    with next_page(browser_page):
        keys.press("Enter")
    expect(browser_page.get_by_text("1 plan is approved.")).to_be_visible()
    expect(browser_page.locator(".page-head__lede")).to_contain_text("2 of 3 students need you.")
    keys.press("j")
    keys.press("k")
    with next_page(browser_page):
        keys.press("Enter")
    expect(heading).to_have_text("Ada Long")
    with next_page(browser_page):
        keys.press("n")
    expect(heading).to_have_text("Ben Short")
    expect(heading).to_be_focused()
    keys.press("f")
    expect(browser_page.locator(".error-summary")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    keys.type("Which evening suits you?")
    # Past approving and returning, to the third button.
    for _step in range(3):
        keys.press("Tab")
    expect(browser_page.get_by_role("button", name="Ask family")).to_be_focused()
    with next_page(browser_page):
        keys.press("Enter")
    expect(browser_page.get_by_text("Your question is sent to the family of Ben Short.")).to_be_visible()
    with next_page(browser_page):
        keys.press("a")
    expect(heading).to_have_text("Ada Long")
    expect(heading).to_be_focused()
    keys.press("a")
    expect(heading).to_have_text("My caseload")
    expect(browser_page.locator(".page-head__lede")).to_have_text(
        "None of the 3 students on your caseload needs you now."
    )
    assert set(Plan.objects.values_list("state", flat=True)) == {"approved"}


@pytest.mark.django_db(transaction=True)
def test_a_family_signs_on_a_phone_in_spanish(browser_page: Page, live_server: LiveServer, personas: Personas) -> None:
    student = a_caseload(personas)
    approve_plan(PlanRevision.objects.get(plan__student=student, number=2), comment="", actor=personas.counselor.user)
    sign_in(browser_page, personas.family.user, live_server.url)
    # The language is chosen once, from the bar, and stays.
    visit(browser_page, f"{live_server.url}/", 390)
    browser_page.get_by_label("Language").click()
    browser_page.get_by_role("button", name="Español").click()
    expect(browser_page.locator("html")).to_have_attribute("lang", "es")
    visit(browser_page, f"{live_server.url}/?child={student.public_id}", 390)
    assert_usable(browser_page)
    browser_page.get_by_role("link", name="Leer y firmar").click()
    expect(browser_page.get_by_role("heading", level=1)).to_have_text("Leer y firmar")
    assert_usable(browser_page)
    name = browser_page.get_by_label("Su nombre completo")
    name.fill("Elena Ramírez")
    browser_page.get_by_role("button", name="Firmar el plan").click()
    expect(browser_page.get_by_role("heading", level=1)).to_have_text("Plan de Sofia Ramirez")
    assert_usable(browser_page)
    expect(browser_page.get_by_role("link", name="Leer y firmar")).to_have_count(0)
    signature = FamilySignature.objects.get()
    assert (signature.typed_name, signature.language, signature.revision.number) == ("Elena Ramírez", "es", 2)
    personas.family.user.refresh_from_db()
    assert personas.family.user.language == "es"


@pytest.mark.django_db(transaction=True)
def test_what_a_student_types_is_saved_and_a_second_tab_is_told(
    browser_page: Page, live_server: LiveServer, personas: Personas
) -> None:
    student = personas.student.student
    write(student)
    sign_in(browser_page, personas.student.user, live_server.url)
    visit(browser_page, f"{live_server.url}/plan/{student.public_id}/edit/goals/", 390)
    field = browser_page.get_by_label("Work that I can see myself doing")
    field.fill("Nurse")
    expect(browser_page.locator("[data-autosave-status]")).to_have_text(re.compile(r"^Saved "))
    assert read(Plan.objects.get(student=student).content).career == "Nurse"
    # Its own second save is no conflict.
    field.fill("Nurse or teacher")
    browser_page.wait_for_timeout(1500)
    expect(browser_page.locator("[data-autosave-status]")).to_have_text(re.compile(r"^Saved "))
    assert read(Plan.objects.get(student=student).content).career == "Nurse or teacher"
    # Somebody else writes in the same section.
    newer = {**GOALS, "career": "Electrician, says the counselor"}
    save_section(student, Section.GOALS, newer, edition=NEWEST, actor=personas.counselor.user)
    field.fill("Pilot")
    told = browser_page.get_by_role("alert")
    expect(told).to_contain_text("Carla Nguyen changed this part")
    expect(told).to_contain_text("Electrician, says the counselor")
    expect(field).to_have_value("Pilot")
    # The browser names the refused save on its console; everything else holds as always.
    assert_no_sideways_scroll(browser_page)
    assert_accessible(browser_page)
    browser_page.get_by_role("button", name="Keep what I typed").click()
    expect(browser_page.get_by_role("heading", level=1)).to_have_text("My plan")
    assert read(Plan.objects.get(student=student).content).career == "Pilot"


@pytest.mark.django_db(transaction=True)
def test_unchanged_plans_are_ticked_and_approved_together(
    browser_page: Page, live_server: LiveServer, personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    student = personas.student.student
    make_review(student, personas.counselor.user)
    # The same plan, sent anew for another school year.
    first = PlanRevision.objects.get()
    monkeypatch.setattr("mbl.core.clock.school_year", lambda day: first.school_year + 1)
    send_plan(student, actor=account_of(student))
    monkeypatch.undo()
    sign_in(browser_page, personas.counselor.user, live_server.url)
    visit(browser_page, f"{live_server.url}/caseload/")
    bulk = browser_page.locator("[data-bulk]")
    expect(bulk).to_be_hidden()
    browser_page.keyboard.press("x")
    expect(bulk).to_be_visible()
    expect(bulk).to_contain_text("1 selected")
    assert_usable(browser_page)
    browser_page.get_by_role("button", name="Approve the unchanged plans").click()
    expect(browser_page.get_by_text("1 plan is approved.")).to_be_visible()
    assert PlanReview.objects.filter(revision__number=2, verdict="approved").exists()


@pytest.mark.django_db(transaction=True)
def test_without_javascript_a_section_is_saved_and_a_course_added(
    plain_page: Page, live_server: LiveServer, personas: Personas
) -> None:
    student = personas.student.student
    sign_in(plain_page, personas.student.user, live_server.url)
    plain_page.goto(f"{live_server.url}/plan/{student.public_id}/edit/goals/")
    plain_page.get_by_label("Work that I can see myself doing").fill("Nurse")
    plain_page.get_by_role("button", name="Save and go on").click()
    expect(plain_page.get_by_role("heading", level=1)).to_contain_text("What do you like")
    plain_page.goto(f"{live_server.url}/plan/{student.public_id}/edit/courses/")
    plain_page.get_by_label("Course", exact=True).fill("Boat building")
    plain_page.get_by_role("button", name="Find").click()
    plain_page.get_by_role("button", name="Add as written").click()
    content = read(Plan.objects.get(student=student).content)
    assert (content.career, [course.title for course in content.courses]) == ("Nurse", ["Boat building"])


@pytest.mark.django_db(transaction=True)
def test_a_version_answered_by_somebody_else_leaves_the_typed_comment_on_the_page(
    browser_page: Page, live_server: LiveServer, personas: Personas
) -> None:
    student = a_caseload(personas)
    sign_in(browser_page, personas.counselor.user, live_server.url)
    visit(browser_page, f"{live_server.url}/plans/{student.public_id}/review/", 768)
    browser_page.get_by_label("Comment to the student").fill("Please add math.")
    plan = Plan.objects.get(student=student)
    assert plan.latest is not None
    second = make_account_holder(personas.district, "Dana Ortiz")
    make_role(second, Role.COUNSELOR, personas.school)
    make_relationship(second, student, RelationshipKind.COUNSELOR)
    assert second.user is not None
    approve_plan(plan.latest, comment="", actor=second.user)
    browser_page.get_by_role("button", name="Return").click()
    expect(browser_page.get_by_role("alert").first).to_contain_text("Dana Ortiz approved version 2")
    expect(browser_page.get_by_label("Comment to the student")).to_have_value("Please add math.")

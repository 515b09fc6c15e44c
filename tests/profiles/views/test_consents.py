"""The pages of consent: what staff ask, what a family reads and signs, what a reader then finds (R81)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from mbl.core import clock
from profiles.models import Person, SharingConsent
from profiles.states import ConsentState
from tests.assertions import assert_no_writes, assert_queries
from tests.factories.profiles import make_account_holder, make_consent, make_person
from tests.personas import Personas

pytestmark = pytest.mark.django_db


@pytest.fixture
def college(personas: Personas) -> Person:
    return make_account_holder(personas.district, "Pat Lindqvist")


def browser_of(person: Person) -> Client:
    browser = Client()
    assert person.user is not None
    browser.force_login(person.user)
    return browser


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.rule("R81")
def test_from_the_question_to_the_record_and_back(personas: Personas, college: Person) -> None:
    student, family, reader = personas.student.student, personas.family.client(), browser_of(college)
    record = reverse("profiles:student", args=[student.public_id])
    assert reader.get(record).status_code == 404
    new = reverse("profiles:consent-new", args=[student.public_id])
    found = personas.administrator.client().get(new, {"q": "lindqvist"})
    assert str(college.public_id) in text(found)
    terms = {
        "reader": str(college.public_id),
        "party": "Cascadia College",
        "purpose": "Choosing a place in the summer program",
        "records": "record",
        "ends_on": (clock.today(personas.district) + dt.timedelta(days=30)).isoformat(),
    }
    personas.administrator.client().post(new, terms)
    page = reverse("profiles:consent", args=[SharingConsent.objects.get().public_id])
    with assert_no_writes():
        shown = text(family.get(page))
    for said in ("Choosing a place in the summer program", "Cascadia College", "Pat Lindqvist", "I agree that"):
        assert said in shown
    assert "I agree that" not in text(personas.student.client().get(page))
    assert family.post(page, {"typed_name": " "}).status_code == 422
    assert family.post(page, {"typed_name": "Elena Ramirez"}).status_code == 302
    opened = text(reader.get(record))
    assert "State student ID" in opened
    assert "Elena Ramirez" not in opened
    assert "Sofia Ramirez" in text(reader.get("/"))
    assert reader.get(page).status_code == 403
    family.post(reverse("profiles:consent-end", args=[SharingConsent.objects.get().public_id]))
    assert reader.get(record).status_code == 404
    assert "You have no role here" in text(reader.get("/"))


def test_a_consent_that_opens_nothing_any_more_says_why(personas: Personas, college: Person) -> None:
    student, today = personas.student.student, clock.today(personas.district)
    yesterday = today - dt.timedelta(days=1)
    consent = make_consent(student, college, by=personas.family.user, signed=True, ends_on=yesterday)
    page = reverse("profiles:consent", args=[consent.public_id])
    assert "Ended with its last day" in text(personas.family.client().get(page))
    SharingConsent.objects.update(ends_on=today)
    student.person.birth_date = today.replace(year=today.year - 18)
    student.person.save()
    assert "Ended with the 18th birthday" in text(personas.student.client().get(page))


def test_a_reader_of_another_district_is_not_found_by_the_form(personas: Personas) -> None:
    stranger = make_account_holder(personas.other_district, "Sam Strand")
    new = reverse("profiles:consent-new", args=[personas.student.student.public_id])
    browser = personas.administrator.client()
    assert str(stranger.public_id) not in text(browser.get(new, {"q": "strand"}))
    terms = {"reader": str(stranger.public_id), "party": "P", "purpose": "Q", "records": "record"}
    assert browser.post(new, terms | {"ends_on": clock.today(personas.district).isoformat()}).status_code == 404
    assert not SharingConsent.objects.exists()


def test_the_list_makes_the_same_trips_for_one_and_for_thirty(personas: Personas) -> None:
    student, browser = personas.student.student, personas.family.client()
    address = reverse("profiles:sharing", args=[student.public_id])
    assert "Nobody outside school and family" in text(browser.get(address))
    make_consent(student, make_person(personas.district), by=personas.administrator.user)
    trips = 9
    with assert_queries(trips):
        browser.get(address)
    for _number in range(29):
        make_consent(student, make_person(personas.district), by=personas.administrator.user)
    with assert_queries(trips):
        shown = text(browser.get(address))
    assert shown.count("Cascadia College") == 25
    SharingConsent.objects.update(state=ConsentState.DECLINED)
    assert "Declined" in text(browser.get(address))

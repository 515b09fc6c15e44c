"""Finding a student from anywhere: by name, number, and however it is spelt; only those one may see."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from mbl.core.models import District
from profiles import access
from profiles.actions.name_words import renew_name_words
from profiles.models import NameWord, Person
from profiles.queries import search as module
from profiles.queries.search import search
from profiles.tasks import forget_old_names
from tests.assertions import assert_queries
from tests.factories.profiles import make_person, make_student
from tests.personas import Persona, Personas

Find = Callable[..., list[str]]


@pytest.fixture
def find(personas: Personas) -> Find:
    def look(text: str, persona: Persona | None = None, limit: int = 10) -> list[str]:
        user = (persona or personas.administrator).user
        found = search(access.students_visible_to(user), text, districts=access.districts_in_reach(user), limit=limit)
        return [str(one) for one in found.students]

    return look


def test_a_student_is_found_by_name_preferred_name_and_number(personas: Personas, find: Find) -> None:
    one = make_student(personas.school, "Mat\u00e9o Villanueva R\u00edos", ssid="5555555555", local_id="A-77")
    Person.objects.filter(pk=one.person_id).update(search_text="teo mateo villanueva rios")
    for text in ("mateo", "TEO", "rios mat", "Villanueva  R\u00cdOS", "5555555555", "A-77"):
        assert find(text) == [str(one)], text
    assert find("5555555") == []
    assert find("") == find("   ") == []


@pytest.mark.parametrize("text", ["gonsales", "Gonzalz", "maria gonzales", "Mria Gonzlez", "Gonz\u00e1lez Maria"])
def test_a_misspelt_name_is_found(personas: Personas, find: Find, text: str) -> None:
    make_student(personas.school, "Maria Gonz\u00e1lez")
    make_student(personas.school, "Ole Tveit")
    assert find(text) == ["Maria Gonz\u00e1lez"]


def test_what_was_meant_is_said_and_a_name_like_none_finds_nobody(personas: Personas, find: Find) -> None:
    make_student(personas.school, "Maria Gonz\u00e1lez")
    browser = personas.administrator.client()
    page = browser.get(reverse("home:search"), {"q": "maria gonsales"}).content.decode()
    assert "These are near: maria gonzalez." in page
    assert find("qqxxzz") == []


def test_only_those_one_may_see_are_found(personas: Personas, find: Find) -> None:
    make_student(personas.other_school, "Xanthe Quill", local_id="Q1", ssid="7777777777")
    make_student(personas.school, "Xaviera Ruiz")
    for text in ("xanthe", "xante quil", "Q1", "7777777777"):
        assert find(text) == [], text
        # A teacher has their own sections alone.
        assert find(text, personas.teacher) == []
    assert find("xaviera", personas.teacher) == []
    assert find("xaviera", personas.principal) == ["Xaviera Ruiz"]


def test_many_of_one_name_do_not_hide_the_one_within_reach(
    personas: Personas, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_CANDIDATES", 2)
    for number in range(5):
        make_student(personas.school, f"Kim Person{number}")
    own = personas.student.student
    Person.objects.filter(pk=own.person_id).update(search_text="kim zzlast")
    assert find("kim", personas.teacher) == [str(own)]


def test_words_of_names_are_kept_by_the_database(personas: Personas) -> None:
    one = make_student(personas.school, "Uma Thistle")
    assert NameWord.objects.filter(district=personas.district, word="thistle").exists()
    Person.objects.filter(pk=one.person_id).update(search_text="uma thornbush")
    assert NameWord.objects.filter(district=personas.district, word="thornbush").exists()
    assert not NameWord.objects.filter(district=personas.other_district, word="thornbush").exists()


def test_a_name_that_nobody_has_any_more_is_forgotten(personas: Personas) -> None:
    both = [make_student(personas.school, name).person for name in ("Uma Thistle", "Ada Thistle")]
    make_person(personas.other_district, "Uma Thistle")

    def kept(word: str, district: District = personas.district) -> bool:
        return NameWord.objects.filter(district=district, word=word).exists()

    Person.objects.filter(pk=both[0].pk).update(search_text="umar thornbush")
    Person.objects.filter(pk=both[1].pk).update(search_text="ada thornbush")
    NameWord.objects.filter(district=personas.district, word="ada").delete()
    assert kept("thistle"), "an old name stays until the night"
    forget_old_names()
    assert not kept("thistle") and not kept("uma") and kept("thornbush")
    assert kept("ada"), "and what was missing comes back"
    assert kept("thistle", personas.other_district)
    assert renew_name_words() == 0


@pytest.mark.parametrize(("text", "trips"), [("bulk", 2), ("bulkk", 4), ("bulkk numbr", 4), ("nobody9", 3)])
def test_the_trips_do_not_grow_with_the_students(personas: Personas, text: str, trips: int) -> None:
    user = personas.administrator.user
    make_student(personas.school, "Bulk Number")
    visible, districts = access.students_visible_to(user), access.districts_in_reach(user)
    with assert_queries(trips):
        search(visible, text, districts=districts, limit=10)
    for number in range(30):
        make_student(personas.school, f"Bulk Number{number}")
    with assert_queries(trips):
        search(visible, text, districts=districts, limit=10)


def test_the_search_field_of_every_page_leads_there(personas: Personas, client: Client) -> None:
    page = personas.principal.client().get(reverse("profiles:students")).content.decode()
    assert f'role="search" action="{reverse("home:search")}"' in page
    assert 'id="site-search"' in page

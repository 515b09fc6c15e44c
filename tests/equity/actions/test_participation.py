"""Who reaches an aim for experiences, by group: small groups hidden for good, and no aim that tells about somebody."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from equity.actions.snapshots import take_snapshot
from equity.models import EquitySnapshot, Participation
from equity.reports.participation import everyone_of, printed_aim, table_of
from equity.rules.suppression import Hidden, Published, Shown, Suppressed
from hsbp.models import ExperienceKind
from mbl.core import clock
from profiles.models import SchoolEnrollment, Student
from profiles.states import Program
from tests.assertions import assert_no_writes, assert_queries
from tests.factories.equity import make_group
from tests.factories.experiences import confirm_for_all, make_kind, make_target
from tests.factories.profiles import make_school
from tests.personas import Personas

pytestmark = pytest.mark.django_db
QUERIES = 11


@pytest.fixture
def kind(personas: Personas) -> ExperienceKind:
    return make_kind(personas.district, personas.administrator.user)


@pytest.fixture
def white(personas: Personas, kind: ExperienceKind) -> list[Student]:
    """Forty white, thirty Black and six Native students of grade 10; half of each reached one job shadow of 2 hours."""
    groups = [
        make_group(personas.school, race, count, 0, program=Program.MIGRANT if race == "B" else None)
        for race, count in (("W", 40), ("B", 30), ("N", 6))
    ]
    for some in groups:
        confirm_for_all(some[: len(some) // 2], kind, personas.counselor.user)
    make_group(personas.other_school, "W", 40, 0)
    return groups[0]


def snapshot(personas: Personas) -> EquitySnapshot:
    year = clock.school_year(clock.today(personas.district))
    return take_snapshot(personas.district, year, actor=personas.administrator.user)


def groups(row: Participation, partition: str = "race") -> dict[str, Published]:
    return {one.group: one.published for one in table_of(row, partition).rows}


def to_grade(students: list[Student], grade: str) -> None:
    SchoolEnrollment.objects.filter(student__in=students).update(grade=grade)


@pytest.mark.rule("T53", "T55", "R74")
def test_groups_beside_the_aim_with_small_ones_hidden(
    personas: Personas, kind: ExperienceKind, white: list[Student]
) -> None:
    make_target(kind, personas.administrator.user, count=1)
    taken = snapshot(personas)
    row = Participation.objects.get()
    # The persona of the tests is a 77th student, without an experience.
    assert everyone_of(row) == Shown(77, 38)
    found = groups(row)
    assert found["white"] == Shown(40, 20)
    assert found["american_indian"] == Suppressed(Hidden.SMALL)
    assert {name for name, one in found.items() if isinstance(one, Suppressed)} > {"american_indian"}
    assert groups(row, "migrant")["in"] == Shown(30, 15)
    printed = printed_aim(row, {})
    assert (printed.aim, printed.students, printed.reached) == ("Job shadow: 1 of 2 hours or more", "77", "38")
    assert (printed.rate, printed.wanted, printed.answer) == ("49.3%", "80%", "Not reached")
    # What the equity report of this snapshot hides is the same in the grade that is all of it.
    main = {group for school, partition, group, _why in taken.hidden if (school, partition) == ("", "race")}
    grade = {group for school, partition, group, _why in taken.hidden if (school, partition) == ("grade:10", "race")}
    assert main and main <= grade


@pytest.mark.rule("T54")
def test_the_grades_of_a_group_never_add_up_to_a_hidden_one(personas: Personas, kind: ExperienceKind) -> None:
    """Thirty-five white students in grade 10 and five in grade 11: the report shows forty, so neither is shown."""
    for grade in ("10", "11"):
        make_target(kind, personas.administrator.user, grade=grade, count=1)
    white, black = make_group(personas.school, "W", 40, 0), make_group(personas.school, "B", 80, 0)
    make_group(personas.school, "", 15, 0)
    confirm_for_all([*white[:20], *black[::2]], kind, personas.counselor.user)
    to_grade([*white[:5], *black[:40]], "11")
    taken = snapshot(personas)
    assert not [one for one in taken.hidden if one[:3] == ["", "race", "white"]]
    tenth, eleventh = Participation.objects.order_by("grade")
    assert groups(eleventh)["white"] == Suppressed(Hidden.SMALL)
    assert groups(tenth)["white"] == Suppressed(Hidden.COMPLEMENTARY)


@pytest.mark.rule("T54")
def test_an_aim_cannot_be_set_to_learn_about_somebody(
    personas: Personas, kind: ExperienceKind, white: list[Student]
) -> None:
    """Three students did more than eight hours: an aim of nine hours is reached by them alone, one of zero by all."""
    confirm_for_all(white[:3], kind, personas.counselor.user, hours="9.0")
    make_target(kind, personas.administrator.user, count=1, hours="9.0")
    snapshot(personas)
    first = Participation.objects.get()
    assert (first.tables, first.reached, first.groups_at) == ({}, [], None)
    assert printed_aim(first, {}).note == "Less than 5%"
    # The same aim with other hours shows thirty-eight; one that leaves out a single one of them shows no groups anew.
    make_target(kind, personas.administrator.user, count=1)
    snapshot(personas)
    confirm_for_all(white[21:22], kind, personas.counselor.user)
    snapshot(personas)
    second, third = Participation.objects.order_by("pk")[1:]
    assert groups(second)["white"] == groups(third)["white"] == Shown(40, 20)
    assert everyone_of(third) == Shown(77, 39)
    assert (second.groups_at, third.groups_at) == (None, second.snapshot.taken_at)
    confirm_for_all(white[22:32], kind, personas.counselor.user)
    snapshot(personas)
    assert groups(Participation.objects.latest("pk"))["white"] == Shown(40, 31)


def test_a_school_with_an_aim_of_its_own_is_counted_by_itself(
    personas: Personas, kind: ExperienceKind, white: list[Student]
) -> None:
    second = make_school(personas.district, "Riverside High School")
    there = make_group(second, "W", 40, 0)
    confirm_for_all(there[:20], kind, personas.counselor.user, hours="1.0")
    make_target(kind, personas.administrator.user, count=1)
    make_target(kind, personas.administrator.user, count=1, hours="1.0", school=second)
    snapshot(personas)
    district, own = Participation.objects.order_by("school")
    assert (district.school, everyone_of(district)) == ("", Shown(77, 38))
    assert (own.school, everyone_of(own), f"{own.least_hours}") == (second.code, Shown(40, 20), "1.0")


def test_a_later_aim_leaves_an_earlier_year_as_it_was(
    personas: Personas, kind: ExperienceKind, white: list[Student]
) -> None:
    year = clock.school_year(clock.today(personas.district))
    make_target(kind, personas.administrator.user, count=1)
    make_target(kind, personas.administrator.user, count=9, year=year + 1)
    snapshot(personas)
    assert Participation.objects.get().count == 1


def test_the_page_and_the_table_print_what_may_be_printed(
    personas: Personas, kind: ExperienceKind, white: list[Student]
) -> None:
    browser, url = personas.administrator.client(), reverse("equity:participation")
    assert "No aim was counted" in browser.get(url).content.decode()
    make_target(kind, personas.administrator.user, count=1)
    snapshot(personas)
    row = Participation.objects.get()
    browser.get(url)
    with assert_no_writes(), assert_queries(QUERIES):
        page = browser.get(url, {"aim": str(row.public_id)}).content.decode()
    assert "Hidden: fewer than 10 students" in page and "50.0%" in page and "Not reached" in page
    assert "it keeps nobody out" in page
    lines = list(csv.reader(io.StringIO(browser.get(reverse("equity:participation-csv")).content.decode("utf-8-sig"))))
    assert len({len(line) for line in lines}) == 1
    shown = {(line[4], line[5]): line[6:8] for line in lines[1:]}
    assert shown["Race and ethnicity, federal groups", "White"] == ["40", "20"]
    assert shown["Race and ethnicity, federal groups", "American Indian or Alaska Native"] == ["", ""]
    for grade in ("09", "11", "12"):
        make_target(kind, personas.administrator.user, grade=grade)
    for some, grade in ((white[:12], "11"), (white[12:24], "12")):
        to_grade(some, grade)
    snapshot(personas)
    newest = str(Participation.objects.latest("pk").public_id)
    with assert_queries(QUERIES):
        browser.get(url, {"aim": newest})
    assert personas.principal.client().get(url).status_code == 200
    assert personas.counselor.client().get(url).status_code == 403

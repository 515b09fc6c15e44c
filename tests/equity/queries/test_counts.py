"""Who counts, who received, and that one district never sees another's students."""

import datetime as dt

import pytest

from equity.actions.snapshots import take_snapshot
from equity.queries.counts import IN, OUT, PROGRAMS, RACE, count
from equity.queries.report import facts_of, groups_of, offered
from equity.rules.report import ANY
from equity.rules.views import COMBINED, DETAILED, VIEWS
from mbl.core import clock
from profiles.models import Person, RaceEthnicity, School, SchoolEnrollment
from profiles.states import Program
from tests.factories.core import make_district
from tests.factories.equity import make_group, make_mastery_entry, reverse_entry
from tests.factories.profiles import make_school, make_student

pytestmark = pytest.mark.django_db

FEDERAL = "federal-2007"


def test_students_and_recipients_are_counted_by_group_school_and_subject() -> None:
    school = make_school(code="A")
    make_group(school, "A", 12, 3, subject="math")
    make_group(school, "W", 20, 5, subject="science")
    make_group(make_school(make_district(), code="A"), "W", 7, 7)

    facts = {(f.partition, f.group): f for f in count(school.district, this_year(school), FEDERAL)}

    assert (facts[RACE, "asian"].students, facts[RACE, "asian"].recipients) == (12, {ANY: 3, "math": 3})
    assert (facts[RACE, "white"].students, facts[RACE, "white"].recipients) == (20, {ANY: 5, "science": 5})
    assert sum(f.students for f in facts.values() if f.partition == RACE) == 32


@pytest.mark.rule("T45")
def test_a_missing_answer_is_not_provided_and_hispanic_comes_first() -> None:
    school = make_school()
    make_group(school, "", 2, 0)
    student = make_group(school, "B", 1, 0)[0]
    RaceEthnicity.objects.filter(student=student).update(ethnicity_codes=["20"])

    facts = {f.group: f.students for f in count(school.district, this_year(school), FEDERAL) if f.partition == RACE}

    assert facts == {"not_provided": 2, "hispanic": 1}


def test_a_student_with_two_credits_counts_once_and_a_reversed_award_not_at_all() -> None:
    school = make_school()
    twice, taken_back, _nobody = make_group(school, "W", 3, 0)
    make_mastery_entry(twice, subject="math")
    make_mastery_entry(twice, subject="science")
    reverse_entry(make_mastery_entry(taken_back))

    (fact,) = [f for f in count(school.district, this_year(school), FEDERAL) if f.partition == RACE]

    assert (fact.students, fact.recipients) == (3, {ANY: 1, "math": 1, "science": 1})


@pytest.mark.rule("T49")
def test_a_program_counts_whoever_was_in_it_on_any_day_of_the_year() -> None:
    school = make_school()
    make_group(school, "W", 4, 1, program=Program.MIGRANT)
    make_group(school, "W", 6, 3)

    facts = {f.group: f for f in count(school.district, this_year(school), FEDERAL) if f.partition == Program.MIGRANT}

    assert (facts[IN].students, facts[IN].recipients[ANY]) == (4, 1)
    assert (facts[OUT].students, facts[OUT].recipients[ANY]) == (6, 3)


@pytest.mark.rule("T47")
def test_the_further_views_count_every_answer_for_the_whole_district() -> None:
    school = make_school(code="A")
    make_group(school, "A", 12, 3)
    both = make_group(make_school(school.district, code="B"), "W", 2, 1)
    RaceEthnicity.objects.filter(student__in=both).update(race_codes=["W", "A"], ethnicity_codes=["20"])
    make_group(school, "", 3, 0)
    make_group(make_school(make_district(), code="A"), "W", 7, 7)

    facts = [f for f in count(school.district, this_year(school), FEDERAL) if f.partition in VIEWS]

    assert {(f.school, f.partition, f.group): (f.students, f.any_subject) for f in facts} == {
        ("", COMBINED, "asian"): (14, 4),
        ("", COMBINED, "white"): (2, 1),
        ("", COMBINED, "hispanic"): (2, 1),
        ("", COMBINED, "not_provided"): (3, 0),
        ("", DETAILED, "asian:A"): (14, 4),
        ("", DETAILED, "white:W"): (2, 1),
        ("", DETAILED, "hispanic:20"): (2, 1),
    }


@pytest.mark.rule("T50")
def test_the_groups_of_the_statute_and_all_further_ones_that_are_loaded_are_counted() -> None:
    school = make_school()
    for program in PROGRAMS:
        make_group(school, "W", 2, 1, program=program)
    Person.objects.filter(student__school=school).update(gender="F")
    odd = make_group(school, "", 3, 2)
    Person.objects.filter(student__in=odd[:1]).update(gender="X")

    snapshot = take_snapshot(school.district, this_year(school), actor=None)

    groups = groups_of(snapshot)
    race = {"white", "black", "hispanic", "american_indian", "asian", "pacific_islander"}
    statute = {Program.LOW_INCOME, Program.MULTILINGUAL, Program.MIGRANT, Program.SPECIAL_EDUCATION}
    further = {
        Program.SECTION_504, Program.HOMELESS, Program.FOSTER, Program.HIGHLY_CAPABLE, Program.MILITARY,
    }  # fmt: skip
    assert race <= set(groups[RACE])
    assert {str(program) for program in statute | further} <= set(groups)
    assert groups["gender"] == ["F", "X", "not_provided"]
    facts = {(f.partition, f.group): (f.students, f.any_subject) for f in facts_of(snapshot)}
    assert facts["gender", "F"] == (2 * len(PROGRAMS), len(PROGRAMS))
    assert (facts["gender", "X"], facts["gender", "not_provided"]) == ((1, 1), (2, 1))
    assert all(facts[program, IN] == (2, 1) for program in PROGRAMS)
    assert set(offered(snapshot)[0]) == set(groups)


def test_a_student_who_changed_school_counts_once_at_the_last_one() -> None:
    first = make_school(code="A")
    second = make_school(first.district, code="B")
    student = make_student(first)
    year = this_year(first)
    SchoolEnrollment.objects.filter(student=student).update(ends_on=dt.date(year - 1, 10, 1))
    SchoolEnrollment.objects.create(
        district=first.district, student=student, school=second, grade="10", starts_on=dt.date(year - 1, 10, 2)
    )

    facts = [f for f in count(first.district, year, FEDERAL) if f.partition == RACE]

    assert [(f.school, f.students) for f in facts] == [("B", 1)]


def test_grade_eight_and_last_year_do_not_count() -> None:
    school = make_school()
    make_student(school, grade="08")
    gone = make_student(school)
    SchoolEnrollment.objects.filter(student=gone).update(ends_on=dt.date(this_year(school) - 1, 6, 15))

    assert [f for f in count(school.district, this_year(school), FEDERAL) if f.partition == RACE] == []


def this_year(school: School) -> int:
    return clock.school_year(clock.today(school.district))

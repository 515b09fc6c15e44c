"""Who counts, who received, and that one district never sees another's students."""

import datetime as dt

import pytest

from equity.queries.counts import IN, OUT, RACE, count
from equity.rules.report import ANY
from mbl.core import clock
from profiles.models import RaceEthnicity, School, SchoolEnrollment
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

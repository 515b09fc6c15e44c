"""What a transcript would print today."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crediting.actions.designations import confirm_letters
from crediting.models import Decision
from crediting.rules.designations import Letter
from crediting.states import DecisionKind, RequestState
from hsbp.actions.records import decide_requirement
from hsbp.states import Requirement
from mbl.core import clock
from mbl.core.errors import DomainError
from profiles.models import School, SchoolEnrollment, Student
from profiles.states import RelationshipKind, Role, SchoolKind
from tests.assertions import assert_queries
from tests.factories.core import make_district
from tests.factories.crediting import make_ground, make_request
from tests.factories.profiles import (
    make_account_holder,
    make_person,
    make_relationship,
    make_role,
    make_school,
    make_student,
)
from tests.factories.transcripts import make_catalog_course, make_line, take_back
from transcripts.documents.standard import preview
from transcripts.queries.student_record import StudentRecord, student_record

pytestmark = pytest.mark.django_db

PLAN_LABEL = "High School and Beyond Plan"


@pytest.fixture
def school() -> School:
    district = make_district("Cedar Falls School District", code="cedar", state_code="03017")
    return make_school(district, "Cedar Falls High School", state_code="0417")


@pytest.fixture
def student(school: School) -> Student:
    person = make_person(school.district, "Ifrah Warsame", middle_name="Asha", preferred_name="Ify")
    return make_student(school, person=person, ssid="1234567890", graduation_year=2027)


def record_of(student: Student) -> StudentRecord:
    return student_record(student, on=clock.today(student.district))


@pytest.mark.rule("T4")
def test_the_legal_name_prints_last_first_middle_and_the_preferred_one_does_not(student: Student) -> None:
    record = record_of(student)

    assert preview(record).legal_name == "Warsame, Ifrah Asha"
    assert "Ify" not in str(record.header)
    assert "left_out.preferred_name" in [reason.code for reason in record.left_out]


@pytest.mark.rule("T5")
def test_state_codes_keep_their_leading_zeros(student: Student) -> None:
    header = record_of(student).header

    assert (header.district.state_code, header.school.state_code) == ("03017", "0417")


@pytest.mark.rule("T5")
@pytest.mark.parametrize("ssid", ["", "123456789", "12345678901", "A234567890"])
def test_a_malformed_state_number_blocks(student: Student, ssid: str) -> None:
    student.ssid = ssid

    assert [reason.rule_id for reason in record_of(student).blocks] == ["T5"]


@pytest.mark.rule("T6")
def test_the_class_follows_from_the_entry_to_grade_nine_where_it_is_not_recorded(student: Student) -> None:
    assert record_of(student).header.student.graduation_year == "2027"
    student.graduation_year, student.grade_9_entry = None, dt.date(2024, 9, 4)
    assert record_of(student).header.student.graduation_year == "2028"
    student.grade_9_entry = None
    assert record_of(student).header.student.graduation_year == ""


@pytest.mark.rule("T7", "R36")
def test_failed_no_credit_and_withdrawn_attempts_are_all_there(student: Student) -> None:
    for mark in ("F", "NC", "W", "B"):
        make_line(student, f"Course {mark}", mark)

    record = record_of(student)

    assert [line.mark for line in record.lines] == ["B", "F", "NC", "W"]
    assert (record.summary.attempted, record.summary.earned) == ("2.000", "0.500")


@pytest.mark.rule("T7", "T25", "R36")
def test_a_mastery_award_stands_beside_the_attempt_it_recovers() -> None:
    school = make_school()
    ground = make_ground(school)
    student = make_student(school, person=make_account_holder(school.district, "Sam Lee"))
    teacher = make_account_holder(school.district, "Tina Ortiz")
    make_role(teacher, Role.TEACHER, school)
    manager = make_account_holder(school.district, "Cora Manning")
    make_role(manager, Role.CREDIT_MANAGER, school)
    make_line(student, "Geometry", "F", course=ground.course, attempted="1.000")
    make_request(ground, student, teacher, RequestState.AWARDED, decider=manager.user)

    record = record_of(student)

    assert [(line.title, line.mark, line.earned) for line in record.lines] == [
        ("Geometry", "F", "0.000"),
        ("Geometry", "P", "1.000"),
    ]
    # The pass earns the credit; the F stays in the average.
    assert (record.summary.earned, record.summary.gpa) == ("1.000", "0.000")
    assert "left_out.evidence" in [reason.code for reason in record.left_out]


def test_a_row_that_was_taken_back_and_its_reversal_cancel(student: Student) -> None:
    wrong = make_line(student, "Geometry", "A")
    make_line(student, "Biology", "B")
    take_back(wrong)

    record = record_of(student)

    assert [line.title for line in record.lines] == ["Biology"]
    assert (record.summary.attempted, record.summary.gpa) == ("0.500", "3.000")
    assert [reason.params["course"] for reason in record.left_out if reason.code == "left_out.reversed"] == ["Geometry"]


@pytest.mark.rule("T8")
def test_terms_come_oldest_first_each_with_its_averages(student: Student) -> None:
    make_line(student, "Algebra 2", "A", school_year=2026, grade="11")
    make_line(student, "Geometry", "B")
    make_line(student, "Biology", "C", term="Semester 2", term_order=2)

    summary = record_of(student).summary

    assert [(term.school_year, term.term, term.gpa, term.cumulative_gpa) for term in summary.terms] == [
        (2025, "Semester 1", "3.000", "3.000"),
        (2025, "Semester 2", "2.000", "2.500"),
        (2026, "Semester 1", "4.000", "3.000"),
    ]


@pytest.mark.rule("T14", "T15")
def test_the_district_chooses_places_and_retake_rule(student: Student) -> None:
    course = make_catalog_course(student.school, "Algebra 1", credits="0.5")  # type: ignore[arg-type]
    for title, mark in (("Art", "A"), ("Biology", "B+"), ("Civics", "C")):
        make_line(student, title, mark)
    make_line(student, mark="F", course=course)
    make_line(student, mark="B", course=course, school_year=2026)

    assert record_of(student).summary.gpa == "3.075"
    student.district.settings = {"gpa_places": 2, "retake_policy": "all"}
    assert record_of(student).summary.gpa == "2.46"


@pytest.mark.parametrize("settings", [{"gpa_places": 1}, {"gpa_places": "3"}, {"retake_policy": "newest"}])
def test_a_setting_that_means_nothing_is_refused_with_a_sentence(student: Student, settings: dict[str, object]) -> None:
    student.district.settings = settings

    with pytest.raises(DomainError, match="An administrator can change it"):
        record_of(student)


@pytest.mark.rule("T20")
def test_a_transferred_row_names_its_school_and_keeps_mark_and_credit(student: Student) -> None:
    make_line(student, "Geometry", "B")
    make_line(student, "Chemistry", "A-", school_name="Kent-Meridian High School", attempted="0.333", earned="0.333")

    record = record_of(student)
    printed = preview(record)

    assert [(group.school, [line.title for line in group.lines]) for group in printed.terms[0].groups] == [
        ("Cedar Falls High School", ["Geometry"]),
        ("Kent-Meridian High School", ["Chemistry"]),
    ]
    assert record.lines[1].attempted == "0.333"
    assert "Kent-Meridian High School" in record.header.attendance.schools


@pytest.mark.rule("T26")
def test_b_prints_only_for_courses_on_the_districts_list(student: Student) -> None:
    listed = make_catalog_course(student.school, "Chemistry", is_cadr=True)  # type: ignore[arg-type]
    make_line(student, course=listed, designations=("L",))
    make_line(student, "Yearbook", designations=("B",))

    record = record_of(student)

    assert [line.designations for line in record.lines] == ["B", ""]
    codes = [reason.code for reason in record.left_out]
    assert "left_out.letters" in codes
    assert "left_out.cadr" in codes


@pytest.mark.rule("T70")
def test_advanced_computer_science_of_the_senior_year_is_noted_as_quantitative(student: Student) -> None:
    student.district.refresh_from_db()
    confirm_letters(student.district, [Letter("Q", "Math-based quantitative course", 2025)], actor=None)
    student.district.refresh_from_db()
    science = make_catalog_course(student.school, "AP Computer Science A", sced_code="10157")  # type: ignore[arg-type]
    make_line(student, course=science, grade="12")
    earlier = make_catalog_course(student.school, "AP CS A", sced_code="10157")  # type: ignore[arg-type]
    make_line(student, course=earlier, grade="11", school_year=2024)
    make_line(student, "Algebra 2", grade="12")

    record = record_of(student)

    assert sorted((line.title, line.grade, line.designations) for line in record.lines) == [
        ("AP CS A", "11", ""),
        ("AP Computer Science A", "12", "Q"),
        ("Algebra 2", "12", ""),
    ]


def decide(student: Student, code: str, kind: DecisionKind) -> None:
    person = make_account_holder(student.district, "Paula Jensen")
    assert person.user is not None
    Decision.objects.create(
        district=student.district,
        student=student,
        kind=kind,
        basis="statute",
        statute="WAC 180-51-210(4)(d)(iv)",
        rule_code=code,
        reason="Grade 8 course.",
        frozen_basis={},
        decided_by=person.user,
        decided_by_person=person,
        two_roles=False,
        decided_at=clock.now(),
    )


@pytest.mark.rule("T31")
@pytest.mark.rule("T32", partial=True)
def test_requirement_lines_print_what_somebody_decided_and_nothing_else(student: Student) -> None:
    def values() -> dict[str, str]:
        return {line.label: line.value for line in record_of(student).summary.requirements}

    assert values() == {
        "High School and Beyond Plan": "NOT RECORDED",
        "Washington State History": "NOT RECORDED",
        "Graduation Pathway": "NOT RECORDED",
        "Higher Education Placement Agreement": "NOT RECORDED",
        "Seal of Biliteracy": "********",
    }
    decide(student, "washington_history", DecisionKind.REQUIREMENT_MET)
    decide(student, "seal_of_biliteracy", DecisionKind.REQUIREMENT_MET)
    decide(student, "hsbp", DecisionKind.WAIVED)
    decide(student, "hsbp", DecisionKind.REQUIREMENT_MET)
    assert values()["Washington State History"] == "MET"
    assert values()["Seal of Biliteracy"] == "EARNED"
    assert values()["High School and Beyond Plan"] == "NOT RECORDED", "credit decisions do not speak of the plan"


@pytest.mark.rule("T31")
@pytest.mark.rule("R65")
def test_the_line_of_the_plan_prints_what_the_counselor_decided_with_the_plan(student: Student) -> None:
    counselor = make_account_holder(student.district, "Carla Nguyen")
    make_role(counselor, Role.COUNSELOR, student.school)
    make_relationship(counselor, student, RelationshipKind.COUNSELOR)
    other = make_student(make_school(make_district("Riverbend", code="riverbend"), "Riverbend Academy"))
    assert counselor.user is not None

    def printed(one: Student) -> str:
        (value,) = (line.value for line in record_of(one).summary.requirements if line.label == PLAN_LABEL)
        return value

    before = record_of(student).digest
    decide_requirement(student, verdict=Requirement.MET, reason="All parts are there.", actor=counselor.user)
    assert printed(student) == "MET"
    assert record_of(student).digest != before, "a preview that is open is no longer what would be issued"
    decide_requirement(student, verdict=Requirement.NOT_MET, reason="The pathway is missing.", actor=counselor.user)
    assert printed(student) == "NOT MET"
    assert printed(other) == "NOT RECORDED"


def test_a_lower_school_is_named_only_where_high_school_credit_was_earned_there(student: Student) -> None:
    assert student.school is not None
    middle = make_school(student.district, "Cedar Falls Middle School", kind=SchoolKind.MIDDLE)
    SchoolEnrollment.objects.create(
        district=student.district, student=student, school=middle, grade="08", starts_on=dt.date(2019, 9, 1)
    )
    assert record_of(student).header.attendance.schools == ("Cedar Falls High School",)

    make_line(student, "Algebra 1", "B", school_name=middle.name, school=middle, school_year=2020, grade="08")
    assert record_of(student).header.attendance.schools == ("Cedar Falls Middle School", "Cedar Falls High School")


def test_the_number_of_trips_does_not_grow_with_the_record(student: Student) -> None:
    make_line(student, "Geometry", "B")
    # One of them asks for decisions on graduation pathways (R55).
    with assert_queries(6):
        record_of(student)
    for number in range(30):
        line = make_line(student, f"Course {number:02}", "A")
        if number % 3:
            take_back(line)
    with assert_queries(6):
        record_of(student)


def test_no_protected_table_is_read(student: Student) -> None:
    with CaptureQueriesContext(connection) as queries:
        record_of(student)

    sql = " ".join(query["sql"] for query in queries.captured_queries)
    assert "profiles_demographics" not in sql
    assert "profiles_program" not in sql


def test_the_digest_changes_with_what_prints_and_with_nothing_else(student: Student) -> None:
    before = record_of(student).digest
    student.person.preferred_name = "Iffy"
    assert record_of(student).digest == before
    make_line(student, "Geometry", "B")
    assert record_of(student).digest != before


def test_credits_are_decimals(student: Student) -> None:
    make_line(student, "Geometry", "B", attempted="0.333", earned="0.333")

    assert record_of(student).record.total.attempted == Decimal("0.333")


def test_another_districts_rows_and_templates_stay_there(student: Student) -> None:
    other = make_student(make_school(make_district("Southport")), ssid=student.ssid)
    make_line(other, "Geometry", "A")

    record = record_of(student)

    assert record.lines == ()
    assert record.template.district == student.district

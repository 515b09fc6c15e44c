"""Every fact a decision looks at, from the rows of one request and of a page of them."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crediting.actions.decisions import award_credit
from crediting.models import CreditRequest, NextHigherPair, RequestNote, ScoreRecord
from crediting.queries.facts import gather
from crediting.rules.facts import NextPair, RequestFacts, Try
from crediting.states import EntryKind, RequestState
from mbl.core import clock
from profiles.models import Person, ProgramParticipation, SchoolEnrollment
from tests.factories.crediting import Ground, make_course_row, make_evidence, make_ground, make_request
from tests.factories.profiles import LONG_AGO, make_course, make_section, make_session, make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db


def facts_of(request: CreditRequest) -> RequestFacts:
    today = clock.today(request.district)
    return gather([request], today=today)[request.pk].facts


def asked(ground: Ground, personas: Personas, **fields: Any) -> CreditRequest:
    return make_request(ground, personas.student.student, personas.teacher.person, **fields)


# --- Who asks ---------------------------------------------------------------------------------------------------------


def test_grade_and_age_are_those_of_the_demonstration_date(personas: Personas, ground: Ground) -> None:
    student = personas.student.student
    request = asked(ground, personas)
    day = clock.today(personas.district)
    SchoolEnrollment.objects.filter(student=student).update(grade="09", ends_on=day - dt.timedelta(days=40))
    SchoolEnrollment.objects.create(
        district=personas.district, student=student, school=personas.school, grade="10",
        starts_on=day - dt.timedelta(days=30),
    )  # fmt: skip
    Person.objects.filter(pk=student.person_id).update(birth_date=dt.date(day.year - 16, day.month, day.day))
    CreditRequest.objects.filter(pk=request.pk).update(demonstrated_on=day - dt.timedelta(days=35))
    request = CreditRequest.objects.get(pk=request.pk)
    found = facts_of(request).student
    assert (found.grade, found.grade_at_request, found.age) == ("09", "10", 15)


def test_an_unknown_birth_date_is_no_age(personas: Personas, ground: Ground) -> None:
    Person.objects.filter(pk=personas.student.student.person_id).update(birth_date=None)
    assert facts_of(asked(ground, personas)).student.age is None


@pytest.mark.rule("R26", partial=True)
def test_law_speaks_of_students_in_or_released_from_a_facility_and_of_no_other_past(
    personas: Personas, ground: Ground
) -> None:
    student, day = personas.student.student, clock.today(personas.district)
    for program in ("institutional", "homeless", "low_income", "special_education"):
        ProgramParticipation.objects.create(
            district=personas.district, student=student, program=program, starts_on=LONG_AGO,
            ends_on=day - dt.timedelta(days=1),
        )  # fmt: skip
    ProgramParticipation.objects.create(
        district=personas.district, student=student, program="pe_excused", starts_on=day
    )
    other = personas.other_district_student.student
    ProgramParticipation.objects.create(
        district=personas.other_district, student=other, program="foster", starts_on=LONG_AGO
    )
    assert facts_of(asked(ground, personas)).student.groups == {"institutional", "pe_excused"}


def test_only_courses_attended_on_the_day_count_as_enrolled(personas: Personas, ground: Ground) -> None:
    student, day = personas.student.student, clock.today(personas.district)
    year = clock.school_year(day)
    now = make_section(personas.school, students=(student,), session=make_session(personas.district))
    make_section(personas.school, students=(student,), session=make_session(personas.district, school_year=year - 1))
    enrolled = facts_of(asked(ground, personas)).student.enrolled
    assert enrolled == {now.course.code, personas.section.course.code}


# --- What is on the record --------------------------------------------------------------------------------------------


def test_rows_of_the_record_say_subject_term_summer_and_where_they_were_earned(
    personas: Personas, ground: Ground
) -> None:
    student = personas.student.student
    row = make_course_row(student, ground.course, "F", term="Summer 2026")
    row.pk, row.public_id, row.kind, row.mark, row.term = None, uuid.uuid4(), EntryKind.TRANSFER, "B", "Fall"
    row.save(force_insert=True)
    rows = {row.mark: row for row in facts_of(asked(ground, personas)).record}
    assert (rows["F"].subject, rows["F"].term, rows["F"].is_summer, rows["F"].is_elsewhere) == (
        "math", "Summer 2026", True, False,
    )  # fmt: skip
    assert (rows["B"].is_summer, rows["B"].is_elsewhere) == (False, True)


def test_an_award_hands_back_what_its_decision_froze(personas: Personas, ground: Ground) -> None:
    first = asked(ground, personas, state=RequestState.ASSESSED, purpose="challenge")
    award_credit(first, reason="Shown.", actor=personas.credit_manager.user)
    second = make_ground(personas.school, scale=ground.scale, title="Algebra 2")
    [award] = facts_of(asked(second, personas, standards=second.standards[:2])).awards
    assert (award.course_code, award.subject, award.purpose, award.credits) == (
        ground.course.code, "math", "challenge", Decimal("1.000"),
    )  # fmt: skip
    assert award.on == clock.today(personas.district) and award.spent == {} and award.language == ""


def test_a_decided_request_is_a_try_and_a_withdrawn_one_is_not(personas: Personas, ground: Ground) -> None:
    refused = asked(ground, personas, state=RequestState.NOT_AWARDED, decider=personas.credit_manager.user)
    asked(ground, personas, state=RequestState.WITHDRAWN)
    now = asked(ground, personas)
    assert facts_of(now).tries == (Try(ground.course.code, "LOCAL_ASSESSMENT", refused.demonstrated_on or LONG_AGO),)
    assert facts_of(refused).tries == ()


def test_reported_results_count_whatever_the_way(personas: Personas, ground: Ground) -> None:
    for student in (personas.student.student, personas.other_district_student.student):
        ScoreRecord.objects.create(
            district=student.district, student=student, instrument="GED-MATH", title="GED", taken_on=LONG_AGO, met=True
        )
    [result] = facts_of(asked(ground, personas)).results
    assert (result.instrument, result.met) == ("GED-MATH", True)


# --- The request ------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R18", partial=True)
def test_pairs_of_whole_courses_listed_on_the_day_are_handed_over(personas: Personas, ground: Ground) -> None:
    higher, day = make_course(personas.district, "Algebra 2"), clock.today(personas.district)
    common: dict[str, Any] = {"higher": higher, "rationale": "It builds on it.", "least_mark": "C"}
    NextHigherPair.objects.create(course=ground.course, listed_from=LONG_AGO, **common)
    NextHigherPair.objects.create(course=ground.course, part=1, higher_part=1, listed_from=LONG_AGO, **common)
    NextHigherPair.objects.create(
        course=ground.course, listed_from=LONG_AGO, listed_to=day - dt.timedelta(days=1), **common
    )
    pairs = facts_of(asked(ground, personas)).next_pairs
    assert pairs == (NextPair(ground.course.code, higher.code, "C", "It builds on it."),)


def test_sent_begun_and_shown_are_days_of_the_district(personas: Personas, ground: Ground) -> None:
    begun = clock.today(personas.district) - dt.timedelta(days=12)
    piece = make_evidence(personas.student.student, happened_on=begun)
    request = asked(ground, personas, evidence=[piece, make_evidence(personas.student.student)])
    # 23:30 on March 3 in the district is March 4 in UTC; a later sending does not count.
    RequestNote.objects.filter(request=request).update(at=dt.datetime(2026, 3, 4, 7, 30, tzinfo=dt.UTC))
    facts = facts_of(request)
    assert (facts.submitted_on, facts.starts_on) == (dt.date(2026, 3, 3), begun)
    assert facts.decided_on == clock.today(personas.district)
    assert facts.evidence_kinds == {"text", "portfolio"}


def test_the_facts_of_a_page_take_as_many_trips_as_those_of_one(personas: Personas, ground: Ground) -> None:
    made = [asked(ground, personas)]
    for _number in range(29):
        request = CreditRequest.objects.get(pk=made[0].pk)
        request.pk, request.student = None, make_student(personas.school)
        request.public_id = uuid.uuid4()
        request.save(force_insert=True)
        made.append(request)
    rows = list(
        CreditRequest.objects.filter(pk__in=[one.pk for one in made]).select_related(
            "district", "student__person", "school", "course__terms"
        )
    )
    today = clock.today(personas.district)
    with CaptureQueriesContext(connection) as one:
        gather(rows[:1], today=today)
    with CaptureQueriesContext(connection) as many:
        gather(rows, today=today)
    assert len(one) == len(many) == 11

"""Course history on the ledger: set by set, the same again changes nothing, a correction reverses and replaces."""

import datetime as dt
import uuid
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from crediting.actions.history import CourseRow, Posted, post_course_history
from crediting.models import LedgerEntry
from crediting.queries.ledger import credits_by_subject, credits_earned, place_on_record
from crediting.states import EntryKind
from mbl.core.errors import DomainError
from profiles.states import SessionKind
from tests.assertions import assert_queries
from tests.crediting.recorded import Recorded
from tests.factories.profiles import make_course, make_session, make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db


def course_row(personas: Personas, mark: str = "B", earned: str = "0.500", **fields: object) -> CourseRow:
    student = personas.student.student
    row = CourseRow(
        student=student,
        course_code="ENG9",
        course_title="English 9",
        subject="english",
        school_name="Northfield High School",
        school_year=2026,
        term="Semester 1",
        mark=mark,
        credits_attempted=Decimal("0.500"),
        credits_earned=Decimal(earned),
        earned_on=dt.date(2026, 1, 20),
    )
    return replace(row, **fields)  # type: ignore[arg-type]


def post(personas: Personas, *rows: CourseRow) -> Posted:
    return post_course_history(rows, district=personas.district, source="roster", actor=None)


def test_rows_are_entered_once_however_often_the_file_comes(personas: Personas) -> None:
    rows = [course_row(personas), course_row(personas, term="Semester 2")]
    recorded = Recorded()
    assert post(personas, *rows) == Posted(created=2)
    assert post(personas, *rows) == Posted(unchanged=2)
    assert recorded.verbs == ["crediting.history.posted"]
    assert credits_earned(credits_by_subject(personas.student.student)) == Decimal("1.000")


@pytest.mark.rule("R31")
def test_another_mark_reverses_the_old_line_and_replaces_it(personas: Personas) -> None:
    post(personas, course_row(personas, "F", "0.000"))
    assert post(personas, course_row(personas, "D")) == Posted(corrected=1)
    old, reversal, new = LedgerEntry.objects.order_by("pk")
    assert (old.mark, reversal.kind, reversal.reverses, new.replaces) == ("F", EntryKind.REVERSAL, old, old)
    assert list(LedgerEntry.objects.effective()) == [new]
    assert post(personas, course_row(personas, "D")) == Posted(unchanged=1)


def test_a_row_of_another_district_is_refused_and_nothing_is_written(personas: Personas) -> None:
    foreign = replace(course_row(personas), student=personas.other_district_student.student)
    with pytest.raises(DomainError, match="Row 2 is about a student of another district"):
        post(personas, course_row(personas), foreign)
    assert not LedgerEntry.objects.exists()


@pytest.mark.parametrize("earned", ["-0.500", "0.501"])
def test_impossible_credits_are_refused(personas: Personas, earned: str) -> None:
    with pytest.raises(DomainError, match="Row 1, English 9"):
        post(personas, course_row(personas, earned=earned))


def test_a_course_that_comes_twice_is_two_attempts(personas: Personas) -> None:
    assert post(personas, course_row(personas, "B"), course_row(personas, "A")) == Posted(created=2)
    assert post(personas, course_row(personas, "A"), course_row(personas, "B")) == Posted(unchanged=2)
    assert sorted(LedgerEntry.objects.values_list("attempt", flat=True)) == [1, 2]
    assert post(personas, course_row(personas, "B"), course_row(personas, "B")) == Posted(unchanged=1, corrected=1)


def test_a_thousand_rows_take_as_many_trips_as_one(personas: Personas) -> None:
    student = make_student(personas.school)
    many = [course_row(personas, student=student, course_code=f"C{number}") for number in range(1000)]
    with assert_queries(34):
        post(personas, course_row(personas))
    with assert_queries(34):
        post(personas, *many)


# --- Where a line stands ----------------------------------------------------------------------------------------------


def test_a_line_stands_in_the_term_of_its_day(personas: Personas) -> None:
    district = personas.district
    semester: dict[str, Any] = {"kind": SessionKind.SEMESTER, "school_year": 2031}
    make_session(district, title="Fall", starts_on=dt.date(2030, 9, 1), ends_on=dt.date(2031, 1, 25), **semester)
    make_session(district, title="Spring", starts_on=dt.date(2031, 1, 26), ends_on=dt.date(2031, 6, 15), **semester)
    places = {
        day: (place_on_record(district, day).term, place_on_record(district, day).order)
        for day in (dt.date(2030, 11, 2), dt.date(2031, 3, 1), dt.date(2031, 6, 20), dt.date(2030, 7, 2))
    }
    assert list(places.values()) == [("Fall", 1), ("Spring", 2), ("Spring", 2), ("Fall", 1)]
    assert place_on_record(district, dt.date(2034, 10, 1)).term == "2034-35"


def test_credits_count_only_what_stands_and_has_credit(personas: Personas) -> None:
    student = personas.student.student
    course = make_course(personas.district, "Algebra 1")
    post(
        personas,
        course_row(personas),
        course_row(personas, "F", "0.000", course=course, course_code="ALG1", subject="math"),
        course_row(personas, "A", course=course, course_code="ALG1", subject="math", term="Semester 2"),
    )
    assert [(one.subject, one.earned, len(one.entries)) for one in credits_by_subject(student)] == [
        ("english", Decimal("0.500"), 1),
        ("math", Decimal("0.500"), 1),
    ]


def test_mastery_credit_awarded_elsewhere_is_history_and_a_reversal_is_not(personas: Personas) -> None:
    row = course_row(personas, "P", is_numeric=False, method="LOCAL_ASSESSMENT")
    facts: dict[str, Any] = {"district": personas.district, "source": "paper", "actor": None}

    assert post_course_history([row], kind=EntryKind.MASTERY, **facts) == Posted(created=1)
    assert post_course_history([row], kind=EntryKind.MASTERY, **facts) == Posted(unchanged=1)

    entry = LedgerEntry.objects.get(source="paper")
    assert (entry.kind, entry.method, entry.request, entry.decision) == ("mastery", "LOCAL_ASSESSMENT", None, None)
    with pytest.raises(ValueError, match="A reversal is not history"):
        post_course_history([row], kind=EntryKind.REVERSAL, **facts)


# --- The keys of the ledger, checked once for each statement ----------------------------------------------------------


@pytest.mark.parametrize("column", ["course_id", "school_id", "student_id", "district_id", "run_id", "decision_id"])
def test_a_line_cannot_name_what_is_not_there(personas: Personas, column: str) -> None:
    post(personas, course_row(personas))
    line = LedgerEntry.objects.get()
    line.pk, line.public_id, line._state.adding = None, uuid.uuid4(), True
    setattr(line, column, 2_000_000_000)
    with pytest.raises(IntegrityError, match=f"{column} of crediting_ledgerentry names a row"), transaction.atomic():
        line.save()
    assert LedgerEntry.objects.count() == 1


def test_what_a_line_names_cannot_be_deleted(personas: Personas) -> None:
    course = make_course(personas.district, "Algebra 1")
    post(personas, course_row(personas, course=course))
    rows = type(course).objects.filter(pk=course.pk)
    with pytest.raises(IntegrityError, match="crediting_ledgerentry names them"), transaction.atomic():
        rows._raw_delete(rows.db)
    unused = make_course(personas.district, "Nobody's")
    type(unused).objects.filter(pk=unused.pk)._raw_delete(rows.db)
    assert rows.exists()

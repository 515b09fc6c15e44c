"""The large district: what is in it, that one seed gives one district, and that it leaves others alone."""

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, Sum

from crediting.models import CreditRequest, Decision, LedgerEntry
from crediting.rules.basis import thaw
from crediting.states import RequestState
from mbl.core.models import AuditEvent, District
from profiles.models import (
    Person,
    RaceEthnicity,
    Relationship,
    RoleAssignment,
    SchoolEnrollment,
    Section,
    SectionEnrollment,
    Student,
)
from tests.factories.profiles import make_student

TODAY = dt.date(2026, 11, 20)
# What does not depend on when the rows were written or which keys were free.
PRINTED = {
    "profiles_person": "public_id, display_name, sort_name, gender, birth_date",
    "profiles_student": "public_id, grade, ssid, graduation_year, is_active",
    "profiles_schoolenrollment": "grade, starts_on, ends_on",
    "profiles_section": "public_id, code, title",
    "crediting_ledgerentry": "public_id, course_code, mark, credits_earned, earned_on",
    "crediting_creditrequest": "public_id, title, state, demonstrated_on, waiting_since",
    "crediting_judgement": "public_id, comment, judged_at",
    "crediting_decision": "public_id, kind, decided_at",
}


def generate(**options: Any) -> None:
    call_command("generate_district", **({"students": 600, "seed": 7, "today": TODAY, "code": "made"} | options))


def fingerprint() -> str:
    seen = hashlib.sha256()
    with connection.cursor() as cursor:
        for table, columns in PRINTED.items():
            cursor.execute(f"SELECT {columns} FROM {table} ORDER BY {columns}")
            seen.update(repr(cursor.fetchall()).encode())
    return seen.hexdigest()


def generated_once(**options: Any) -> str:
    """The fingerprint of a district that is gone again."""
    with transaction.atomic():
        generate(**options)
        found = fingerprint()
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
def test_a_district_has_people_classes_and_three_years_of_records() -> None:
    generate()

    students = Student.objects.filter(district__code="made")
    assert students.count() == 600
    assert {row["grade"] for row in students.values("grade")} == {"09", "10", "11", "12"}
    assert students.values("ssid").distinct().count() == 600
    # Grade 12 has three finished years of six courses in two halves.
    oldest = students.filter(grade="12").first()
    rows = LedgerEntry.objects.filter(student=oldest, kind="course", grade__in=["09", "10", "11"])
    assert sorted(rows.values_list("school_year").annotate(Count("pk"))) == [(2024, 12), (2025, 12), (2026, 12)]
    # One enrollment a year; those who left have a last day.
    assert SchoolEnrollment.objects.filter(student=oldest).count() == 4
    assert students.filter(is_active=False).count() == SchoolEnrollment.objects.filter(exit_reason="moved").count() > 0
    # Everybody has six classes at a time, with a teacher, and is on a caseload.
    assert SectionEnrollment.objects.filter(student=oldest).count() >= 6
    assert not Section.objects.filter(teachers=None).exists()
    assert Relationship.objects.filter(kind="counselor").count() == 600
    assert set(RoleAssignment.objects.values_list("role", flat=True)) == {
        "teacher",
        "counselor",
        "credit_manager",
        "principal",
        "registrar",
        "administrator",
    }


@pytest.mark.django_db
def test_requests_stand_in_every_state_and_decisions_keep_their_grounds() -> None:
    generate(students=1200)

    # The policies of made-up districts give credit only, so no requirement is met without it.
    assert set(CreditRequest.objects.values_list("state", flat=True)) == set(RequestState) - {RequestState.GRANTED}
    for decision in Decision.objects.select_related("request"):
        basis = thaw(decision.frozen_basis)
        assert basis.outcome == decision.kind
        assert decision.request is not None
        assert basis.request.id == str(decision.request.public_id)
        assert all(criterion.met for criterion in basis.criteria) == (decision.kind == "award")
    awarded = LedgerEntry.objects.filter(kind="mastery")
    assert set(awarded.values_list("mark", "is_numeric")) == {("P", False)}
    # A reversal takes back its row to the last digit.
    for reversal in LedgerEntry.objects.filter(kind="reversal").select_related("reverses"):
        assert reversal.reverses is not None
        assert reversal.credits_earned + reversal.reverses.credits_earned == 0


@pytest.mark.django_db
def test_groups_do_not_receive_credit_alike() -> None:
    generate(students=3000)

    def rate(**codes: Any) -> float:
        group = RaceEthnicity.objects.filter(**codes).values("student")
        receiving = LedgerEntry.objects.filter(kind="mastery", student__in=group).values("student").distinct().count()
        return receiving / group.count()

    white = rate(race_codes=["W"], ethnicity_codes=["10"])
    hispanic = rate(ethnicity_codes=["H"])
    assert hispanic < 0.8 * white


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_district_and_another_seed_another() -> None:
    first = generated_once()

    assert generated_once() == first
    assert generated_once(seed=8) != first


@pytest.mark.django_db
def test_a_district_that_exists_is_refused_and_left_alone() -> None:
    student = make_student()
    before = Person.objects.count()

    with pytest.raises(CommandError, match="already"):
        generate(code=student.district.code)

    assert Person.objects.count() == before


@pytest.mark.django_db
def test_a_second_district_keeps_everything_it_has() -> None:
    student = make_student()
    before = (student.person.display_name, AuditEvent.objects.filter(district=student.district).count())

    generate()

    again = Student.objects.select_related("person").get(pk=student.pk)
    assert (again.person.display_name, AuditEvent.objects.filter(district=student.district).count()) == before
    assert District.objects.count() == 2
    assert not LedgerEntry.objects.filter(district=student.district).exists()


@pytest.mark.django_db
def test_credits_add_up_to_what_courses_give() -> None:
    generate()

    most = (
        LedgerEntry.objects.filter(kind="course")
        .values("student", "school_year")
        .annotate(total=Sum("credits_attempted"))
        .order_by("-total")
        .first()
    )
    assert most is not None
    assert most["total"] == 6


@pytest.mark.parametrize("students", [0, 99, 500_001])
def test_a_number_of_students_out_of_reach_is_refused(students: int) -> None:
    with pytest.raises(CommandError, match="from 100 to 500,000"):
        generate(students=students)

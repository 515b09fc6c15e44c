"""Students who count in an equity report, many at once."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal

from crediting.models import LedgerEntry
from crediting.states import EntryKind
from mbl.core import clock
from profiles.models import Person, ProgramParticipation, RaceEthnicity, School, SchoolEnrollment, Student
from profiles.states import Program

_numbers = itertools.count(1)


def make_group(
    school: School,
    race: str,
    students: int,
    recipients: int,
    *,
    subject: str = "math",
    program: Program | None = None,
    year: int | None = None,
) -> list[Student]:
    """``students`` of ``school`` who reported ``race`` (empty: nothing); the first ``recipients`` received credit."""
    year = year or clock.school_year(clock.today(school.district))
    start = dt.date(year - 1, 9, 1)
    people = Person.objects.bulk_create(
        Person(
            district=school.district,
            given_name="Student",
            family_name=f"N{next(_numbers)}",
            display_name=f"Student {next(_numbers)}",
            sort_name=f"student {next(_numbers)}",
        )
        for _ in range(students)
    )
    made = Student.objects.bulk_create(
        Student(district=school.district, person=person, school=school, grade="10") for person in people
    )
    SchoolEnrollment.objects.bulk_create(
        SchoolEnrollment(district=school.district, student=s, school=school, grade="10", starts_on=start) for s in made
    )
    if race:
        RaceEthnicity.objects.bulk_create(
            RaceEthnicity(district=school.district, student=s, ethnicity_codes=["10"], race_codes=[race]) for s in made
        )
    if program:
        ProgramParticipation.objects.bulk_create(
            ProgramParticipation(district=school.district, student=s, program=program, starts_on=start) for s in made
        )
    for student in made[:recipients]:
        make_mastery_entry(student, subject=subject, year=year)
    return made


def make_mastery_entry(student: Student, *, subject: str = "math", year: int | None = None) -> LedgerEntry:
    """One award of mastery credit in ``subject``, earned in October of the school year."""
    year = year or clock.school_year(clock.today(student.district))
    return LedgerEntry.objects.create(
        district=student.district,
        student=student,
        kind=EntryKind.MASTERY,
        course_code="C1",
        course_title="Course",
        subject=subject,
        school=student.school,
        school_name=str(student.school),
        school_year=year,
        term="Semester 1",
        mark="P",
        is_numeric=False,
        credits_attempted=Decimal("1.000"),
        credits_earned=Decimal("1.000"),
        earned_on=dt.date(year - 1, 10, 5),
    )


def reverse_entry(entry: LedgerEntry) -> LedgerEntry:
    """Take the award back."""
    return LedgerEntry.objects.create(
        district=entry.district,
        student=entry.student,
        kind=EntryKind.REVERSAL,
        course_code=entry.course_code,
        course_title=entry.course_title,
        subject=entry.subject,
        school=entry.school,
        school_name=entry.school_name,
        school_year=entry.school_year,
        term=entry.term,
        credits_attempted=-entry.credits_attempted,
        credits_earned=-entry.credits_earned,
        earned_on=entry.earned_on,
        reverses=entry,
    )

"""Transcripts issued through the product's own action, and course rows to print on them."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from crediting.actions.ledger import reverse_entry
from crediting.models import CourseTerms, LedgerEntry
from mbl.core import jobs
from mbl.core.models import Job, User
from mbl.core.states import JobState
from profiles.models import Course, School, Student
from profiles.states import Role
from tests.factories.crediting import make_course_row
from tests.factories.profiles import make_account_holder, make_course, make_role
from transcripts.actions.issue import issue_transcript
from transcripts.models import Transcript


def make_registrar(school: School, name: str = "Rita Okafor") -> User:
    """An account that issues at ``school``."""
    person = make_account_holder(school.district, name)
    make_role(person, Role.REGISTRAR, school)
    assert person.user is not None
    return User.objects.get(pk=person.user.pk)


def make_catalog_course(school: School, title: str = "Geometry", *, credits: str = "1.000", **terms: Any) -> Course:
    """A course of the catalog with what it is worth."""
    course = make_course(school.district, title)
    CourseTerms.objects.create(course=course, credits=Decimal(credits), **{"subject": "math"} | terms)
    return course


def make_line(student: Student, title: str = "Geometry", mark: str = "B", **fields: Any) -> LedgerEntry:
    """A row of half a credit in the first semester of 2024-25, which is earned unless the mark says otherwise."""
    earned = "0.000" if mark in {"F", "NC", "W", "I"} else "0.500"
    assert student.school is not None
    known = fields.pop("course", None) or make_catalog_course(student.school, title)
    year = fields.pop("school_year", 2025)
    return make_course_row(
        student,
        known,
        mark,
        **{
            "earned": earned,
            "attempted": "0.500",
            "school_year": year,
            "grade": "10",
            "is_numeric": mark not in {"P", "CR", "NC", "S", "U", "W", "I"},
            "earned_on": dt.date(year, 1, 30),
        }
        | fields,
    )


def make_transcript(student: Student, registrar: User, **fields: Any) -> Transcript:
    """Issued, its file not yet drawn."""
    transcript = issue_transcript(student, actor=registrar, **{"issue_key": uuid.uuid4()} | fields)
    return Transcript.objects.with_standing().get(pk=transcript.pk)


def run_waiting_jobs(kind: str = "transcripts.render") -> int:
    """Do here what the worker would; the number of jobs done."""
    waiting = list(Job.objects.filter(kind=kind, state=JobState.WAITING).values_list("pk", flat=True))
    for pk in waiting:
        jobs.run(pk)
    return len(waiting)


def take_back(entry: LedgerEntry, actor: User | None = None) -> LedgerEntry:
    """A reversal of ``entry``."""
    return reverse_entry(entry, reason="Entered for the wrong student.", actor=actor)

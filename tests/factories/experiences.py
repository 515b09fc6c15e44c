"""Kinds, aims and entries of the log of experiences, through the product's own actions."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from hsbp.actions.experience_settings import begin_kinds, set_target
from hsbp.actions.experiences import confirm_experience, log_experience
from hsbp.models import Experience, ExperienceKind, ExperienceTarget
from hsbp.rules.experiences import Aim, Told
from hsbp.states import ExperienceState
from mbl.core import clock
from mbl.core.models import District, User
from profiles.models import School, Student
from tests.factories.crediting import account_of


def make_kind(district: District, administrator: User, code: str = "job-shadow") -> ExperienceKind:
    """One of the usual kinds, which the district then has."""
    begin_kinds(district, actor=administrator)
    return ExperienceKind.objects.get(district=district, code=code)


def told(district: District, **fields: Any) -> Told:
    """A visit of two hours, today unless ``day`` is said."""
    day: dt.date = fields.pop("day", None) or clock.today(district)
    said: dict[str, Any] = {
        "hours": Decimal("2.0"),
        "organization": "Skagit Boat Works",
        "done": "I followed a welder.",
    }
    return Told(**{"starts_on": day, "ends_on": day, **said, **fields})


def make_target(
    kind: ExperienceKind,
    administrator: User,
    *,
    grade: str = "10",
    count: int = 2,
    hours: str = "2.0",
    share: str | None = "0.80",
    school: School | None = None,
    year: int | None = None,
) -> ExperienceTarget:
    (made,) = set_target(
        kind.district,
        kind,
        Aim(count, Decimal(hours), Decimal(share) if share else None),
        grades=[grade],
        school=school,
        first_year=year or clock.school_year(clock.today(kind.district)),
        actor=administrator,
    )
    return made


def make_entry(
    student: Student, kind: ExperienceKind, *, send: bool = True, confirmed_by: User | None = None, **fields: Any
) -> Experience:
    """An entry of the student's that waits, is a draft, or is confirmed. The student needs an account."""
    entry = log_experience(
        student,
        kind,
        told(student.district, **fields),
        posting=uuid.uuid4(),
        send=send,
        actor=account_of(student),
    )
    if confirmed_by is not None:
        return confirm_experience(entry, edition=entry.edition, actor=confirmed_by)
    return entry


def confirm_for_all(students: Sequence[Student], kind: ExperienceKind, by: User, *, hours: str = "2.0") -> None:
    """One confirmed entry for each, written at once: many, for reports."""
    now, today, posting = clock.now(), clock.today(kind.district), uuid.uuid4()
    Experience.objects.bulk_create(
        Experience(
            district=kind.district,
            student=student,
            kind=kind,
            starts_on=today,
            ends_on=today,
            hours=Decimal(hours),
            organization="Skagit Boat Works",
            state=ExperienceState.CONFIRMED,
            confirmed_by=by,
            confirmed_at=now,
            recorded_by=by,
            recorded_at=now,
            posting=posting,
        )
        for student in students
    )

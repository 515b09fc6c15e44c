"""What a course gives, as the district says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from crediting.states import SubjectArea


@dataclass(frozen=True)
class CourseDetails:
    """What a course gives. ``requirements`` maps a requirement to the credits that can meet it (T68); empty: the
    course's subject area with all its credits."""

    title: str
    credits: Decimal
    subject: SubjectArea
    state_course_code: str = ""
    is_cadr: bool = False
    is_lab: bool = False
    designations: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    description: str = ""
    requirements: Mapping[str, Decimal] | None = None
    is_active: bool = True

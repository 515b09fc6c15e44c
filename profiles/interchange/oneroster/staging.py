"""What one reading of a roster found: accepted rows by sourcedId, and everything that was wrong."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from mbl.core.imports import Issues


class Org(NamedTuple):
    line: int
    name: str
    kind: str
    identifier: str
    parent: str


class Session(NamedTuple):
    line: int
    title: str
    kind: str
    starts_on: dt.date
    ends_on: dt.date
    parent: str
    school_year: int


class User(NamedTuple):
    line: int
    enabled: bool
    # The schools among the orgs, in the file's order.
    schools: tuple[str, ...]
    role: str
    given: str
    middle: str
    family: str
    email: str
    phone: str
    local_id: str
    ssid: str
    grade: str
    agents: tuple[str, ...]


class Demographic(NamedTuple):
    line: int
    birth_date: dt.date | None
    gender: str
    ethnicity: tuple[str, ...]
    races: tuple[str, ...]


class CourseRow(NamedTuple):
    line: int
    title: str
    code: str


class ClassRow(NamedTuple):
    line: int
    title: str
    code: str
    course: str
    school: str
    session: str


class EnrollmentRow(NamedTuple):
    line: int
    klass: str
    user: str
    is_teacher: bool
    is_primary: bool
    begins_on: dt.date | None
    ends_on: dt.date | None


@dataclass
class Staged:
    """Accepted rows by kind, and how many were rejected.

    ``seen`` holds every sourcedId of a file, rejected ones too, so that a row with a mistake is not taken for one that
    is gone. ``must_stop``: nothing of this may be written.
    """

    system: str
    full: frozenset[str]
    issues: Issues
    orgs: dict[str, Org] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    demographics: dict[str, Demographic] = field(default_factory=dict)
    courses: dict[str, CourseRow] = field(default_factory=dict)
    classes: dict[str, ClassRow] = field(default_factory=dict)
    enrollments: dict[str, EnrollmentRow] = field(default_factory=dict)
    guardians: dict[str, str] = field(default_factory=dict)
    seen: dict[str, set[str]] = field(default_factory=dict)
    rejected: Counter[str] = field(default_factory=Counter)
    must_stop: bool = False

    def rows(self, kind: str) -> Mapping[str, tuple[object, ...]]:
        found: dict[str, Mapping[str, tuple[object, ...]]] = {
            "orgs": self.orgs,
            "academicSessions": self.sessions,
            "users": self.users,
            "demographics": self.demographics,
            "courses": self.courses,
            "classes": self.classes,
            "enrollments": self.enrollments,
        }
        return found[kind]

"""What one reading of a roster found: accepted rows by sourcedId, and everything that was wrong."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from mbl.core.imports import Issues
from profiles.interchange.oneroster.spec import FAMILY_ROLES, STUDENT, TEACHER


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
    given: str
    middle: str
    family: str
    email: str
    phone: str
    local_id: str
    ssid: str
    grade: str
    agents: tuple[str, ...]
    preferred: str
    pronouns: str
    # From here on what roles.csv says in 1.2, and the row itself in 1.1. The first role is the main one.
    roles: tuple[str, ...] = ()
    # The schools of a student, else of anybody, in the file's order.
    schools: tuple[str, ...] = ()
    # Where the person teaches, each with the last day if there is one.
    teaches: tuple[tuple[str, dt.date | None], ...] = ()
    # First and last day as a student.
    begins_on: dt.date | None = None
    ends_on: dt.date | None = None

    @property
    def is_student(self) -> bool:
        return STUDENT in self.roles

    @property
    def family_role(self) -> str:
        """Parent, guardian or relative; empty for everybody else."""
        return next((role for role in self.roles if role in FAMILY_ROLES), "")

    @property
    def identity(self) -> tuple[object, ...]:
        """The row without its line and its roles."""
        return tuple(self[1 : self._fields.index("roles")])


class RoleRow(NamedTuple):
    """What somebody is, where and when; ``org`` may be a school or another place."""

    line: int
    user: str
    role: str
    org: str
    is_primary: bool
    begins_on: dt.date | None
    ends_on: dt.date | None


class ProgramRow(NamedTuple):
    """Somebody takes part in a program, since this was first read and until it no longer is."""

    line: int
    user: str
    program: str


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

    ``full`` are the kinds whose files are complete; of the others ``gone`` holds the ids that are marked as gone.
    ``seen`` holds every sourcedId of a file, rejected ones too, so that a row with a mistake is not taken for one that
    is gone. ``must_stop``: nothing of this may be written.
    """

    system: str
    full: frozenset[str]
    issues: Issues
    # Roles stand in a file of their own (1.2), so a user's row is hashed without them.
    has_roles: bool = False
    orgs: dict[str, Org] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    roles: dict[str, RoleRow] = field(default_factory=dict)
    demographics: dict[str, Demographic] = field(default_factory=dict)
    programs: dict[str, ProgramRow] = field(default_factory=dict)
    courses: dict[str, CourseRow] = field(default_factory=dict)
    classes: dict[str, ClassRow] = field(default_factory=dict)
    enrollments: dict[str, EnrollmentRow] = field(default_factory=dict)
    guardians: dict[str, str] = field(default_factory=dict)
    seen: dict[str, set[str]] = field(default_factory=dict)
    gone: dict[str, set[str]] = field(default_factory=dict)
    rejected: Counter[str] = field(default_factory=Counter)
    must_stop: bool = False

    def rows(self, kind: str) -> Mapping[str, tuple[object, ...]]:
        found: dict[str, Mapping[str, tuple[object, ...]]] = {
            "orgs": self.orgs,
            "academicSessions": self.sessions,
            "users": self.users,
            "roles": self.roles,
            "demographics": self.demographics,
            "programs": self.programs,
            "courses": self.courses,
            "classes": self.classes,
            "enrollments": self.enrollments,
        }
        return found[kind]


def with_roles(user: User, rows: list[RoleRow], schools: Collection[str], on: dt.date) -> User:
    """``user`` as these rows of roles.csv make it; a role that is over by ``on`` gives nothing to do."""
    ordered = sorted(rows, key=lambda row: (not row.is_primary, row.role != STUDENT, row.role, row.org))
    as_student = [row for row in ordered if row.role == STUDENT]
    where = as_student or ordered
    return user._replace(
        roles=tuple(dict.fromkeys(row.role for row in ordered)),
        schools=tuple(dict.fromkeys(row.org for row in where if row.org in schools)),
        teaches=tuple(
            (row.org, row.ends_on)
            for row in ordered
            if row.role == TEACHER and row.org in schools and (row.ends_on is None or row.ends_on >= on)
        ),
        begins_on=as_student[0].begins_on if as_student else None,
        ends_on=as_student[0].ends_on if as_student else None,
    )

"""Projects of students' own design. The teacher persona teaches one of the two classes of the project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crediting.states import ProjectState
from tests.access.matrix import Row
from tests.access.rows.crediting_requests import STRANGERS, STUDENTS
from tests.factories.classes import make_class
from tests.factories.projects import make_project, make_two, part_of
from tests.personas import Personas


def _project(personas: Personas, state: ProjectState) -> Mapping[str, Any]:
    return {"public_id": make_project(make_two(personas), state).project.public_id}


def draft(personas: Personas) -> Mapping[str, Any]:
    return _project(personas, ProjectState.DRAFT)


def sent(personas: Personas) -> Mapping[str, Any]:
    return _project(personas, ProjectState.SENT)


def _part(personas: Personas, state: ProjectState) -> Mapping[str, Any]:
    two = make_two(personas)
    return {"public_id": part_of(make_project(two, state), two.geometry).public_id}


def waiting(personas: Personas) -> Mapping[str, Any]:
    return _part(personas, ProjectState.SENT)


def approved(personas: Personas) -> Mapping[str, Any]:
    return _part(personas, ProjectState.APPROVED)


def unsent(personas: Personas) -> Mapping[str, Any]:
    return _part(personas, ProjectState.DRAFT)


def a_class(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": make_class(personas).section.public_id}


# They see the record of every student of the school.
OVERSEERS: dict[str, int] = dict.fromkeys(("teacher", "credit_manager", "registrar", "principal", "administrator"), 200)
ATTENDING: dict[str, int] = dict.fromkeys(("student", "family"), 403)
COUNTING: dict[str, int] = dict.fromkeys(
    ("teacher", "credit_manager", "principal", "administrator", "other_district_administrator"), 200
)

ROWS = [
    Row("crediting:projects", others=403, family=200, **STUDENTS),
    Row("crediting:project-new", others=403, **STUDENTS),
    Row("crediting:project", sent, others=200, **STRANGERS),
    Row("crediting:project", draft, others=404, student=200),
    Row("crediting:project-edit", draft, others=404, student=200),
    Row("crediting:project-edit", sent, others=403, **STRANGERS),
    Row("crediting:project-send", draft, method="POST", others=404, student=302),
    Row("crediting:project-change", sent, method="POST", others=403, student=302, **STRANGERS),
    Row("crediting:project-withdraw", sent, method="POST", others=403, student=302, **STRANGERS),
    Row("crediting:project-queue", others=403, teacher=200),
    Row("crediting:project-part", waiting, others=403, teacher=200, **STRANGERS),
    Row("crediting:project-part", unsent, others=404),
    Row("crediting:project-judge", approved, others=403, teacher=200, **STRANGERS),
    # It is not approved yet.
    Row("crediting:project-judge", waiting, others=403, **STRANGERS),
    Row("crediting:class-projects", a_class, others=404, also=OVERSEERS | ATTENDING),
    Row("crediting:projects-by-class", others=403, also=COUNTING),
    # Whoever keeps the policy of a district; the other one keeps their own.
    Row(
        "crediting:project-aim",
        method="POST",
        others=403,
        administrator=302,
        other_district_administrator=302,
    ),
]

"""Classes, habits of work, and how levels are worked out. The teacher persona teaches the student persona."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from crediting.actions.aggregation import set_aggregation
from crediting.actions.converted import set_window
from crediting.models import ClosedDay, GradeWindow
from crediting.rules.aggregation import Aggregation
from mbl.core import clock
from tests.access.matrix import Row
from tests.factories.classes import Class, make_class
from tests.factories.crediting import make_scale
from tests.factories.grades import set_table
from tests.factories.graduation import make_graduation
from tests.personas import Personas


def a_class(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": make_class(personas).section.public_id}


def a_cell(personas: Personas) -> Mapping[str, Any]:
    geometry = make_class(personas)
    student, standard = personas.student.student, geometry.standards[0]
    return {
        "public_id": geometry.section.public_id,
        "cell": f"{student.public_id.hex}.{standard.public_id.hex}",
    }


def a_student(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": make_class(personas).section.public_id, "student": personas.student.student.public_id}


def a_scheduled_rule(personas: Personas) -> Mapping[str, Any]:
    (rule,) = set_aggregation(
        personas.district,
        subjects=["math"],
        terms=Aggregation(),
        starts_on=clock.today(personas.district) + dt.timedelta(days=5),
        actor=None,
    )
    return {"public_id": rule.public_id}


def a_day_off(personas: Personas) -> Mapping[str, Any]:
    row = ClosedDay.objects.create(district=personas.district, day=dt.date(2026, 11, 26))
    return {"public_id": row.public_id}


def a_conversion(personas: Personas) -> Mapping[str, Any]:
    make_scale(personas.district)
    return {"public_id": set_table(personas, days=5).public_id}


def a_window(personas: Personas) -> Mapping[str, Any]:
    """One that has not begun, so that it can be changed and removed."""
    today = clock.today(personas.district)
    days = DateRange(today + dt.timedelta(days=5), today + dt.timedelta(days=9), "[)")
    row = GradeWindow.objects.create(district=personas.district, name="Progress report", days=days)
    return {"public_id": row.public_id}


def a_graded_class(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": _graded(personas).section.public_id}


def a_graded_student(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": _graded(personas).section.public_id, "student": personas.student.student.public_id}


def a_student_with_grades(personas: Personas) -> Mapping[str, Any]:
    _graded(personas)
    return {"public_id": personas.student.student.public_id}


def _graded(personas: Personas) -> Class:
    """A class with a level, a table and a window that is open."""
    geometry = make_class(personas)
    geometry.judge({personas.student.student: "proficient"})
    set_table(personas)
    set_window(personas.district, is_always=True, actor=personas.administrator.user)
    return geometry


def scales(personas: Personas) -> Mapping[str, Any]:
    for district in (personas.district, personas.other_district):
        make_scale(district)
    return {}


def a_line(personas: Personas) -> Mapping[str, Any]:
    make_graduation(personas.district, personas.administrator.user)
    return {"public_id": personas.student.student.public_id}


STRANGERS: dict[str, int] = dict.fromkeys(("other_district_administrator", "other_district_student"), 404)
# They see the record of every student of the school.
OVERSEERS: dict[str, int] = dict.fromkeys(("credit_manager", "registrar", "principal", "administrator"), 200)
ADMINISTRATORS: dict[str, int] = dict.fromkeys(("administrator", "other_district_administrator"), 200)
# They attend the class, or their child does.
ATTENDING: dict[str, int] = dict.fromkeys(("student", "family"), 403)
ONLY_READ: dict[str, int] = dict.fromkeys(OVERSEERS, 403)

ROWS = [
    Row("crediting:classes", others=200),
    Row("crediting:class-grid", a_class, others=404, also=OVERSEERS | ATTENDING, teacher=200),
    Row("crediting:class-cell", a_cell, others=404, also=OVERSEERS | ATTENDING, teacher=200),
    Row("crediting:class-student", a_student, others=200, also=STRANGERS),
    Row("crediting:graduation-line", a_line, others=200, also=STRANGERS, teacher=403),
    Row("crediting:class-judge", a_class, others=404, also=ONLY_READ | ATTENDING, teacher=200),
    Row("crediting:class-habits", a_class, others=404, also=ONLY_READ | ATTENDING, teacher=200),
    Row("crediting:habits", others=403, also=ADMINISTRATORS),
    Row("crediting:closed-days", others=403, also=ADMINISTRATORS),
    Row("crediting:closed-day-remove", a_day_off, method="POST", others=403, also=STRANGERS, administrator=302),
    Row("crediting:class-grades", a_graded_class, others=404, also=OVERSEERS | ATTENDING, teacher=200, counselor=200),
    Row("crediting:class-grade", a_graded_student, others=200, also=STRANGERS),
    Row("crediting:student-grades", a_student_with_grades, others=200, also=STRANGERS, teacher=403),
    Row("crediting:conversions", others=200),
    Row("crediting:conversion-new", scales, others=403, also=ADMINISTRATORS),
    Row("crediting:conversion-remove", a_conversion, method="POST", others=403, also=STRANGERS, administrator=302),
    Row("crediting:grade-windows", others=200),
    Row("crediting:grade-window", a_window, others=403, also=STRANGERS, administrator=200),
    Row("crediting:grade-window-remove", a_window, method="POST", others=403, also=STRANGERS, administrator=302),
    Row("crediting:aggregation", others=200),
    Row("crediting:aggregation-new", scales, others=403, also=ADMINISTRATORS),
    Row(
        "crediting:aggregation-remove",
        a_scheduled_rule,
        method="POST",
        others=403,
        also=STRANGERS,
        administrator=302,
    ),
]

"""Classes, habits of work, and how levels are worked out. The teacher persona teaches the student persona."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from crediting.actions.aggregation import set_aggregation
from crediting.models import ClosedDay
from crediting.rules.aggregation import Aggregation
from mbl.core import clock
from tests.access.matrix import Row
from tests.factories.classes import make_class
from tests.factories.crediting import make_scale
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

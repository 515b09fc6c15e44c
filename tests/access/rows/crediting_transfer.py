"""Credit from another school: whoever sees the record reads it, those whom the policy names decide."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from crediting.actions.transfer_decisions import Verdict, decide_line
from crediting.actions.transfer_waivers import Answer, answer_waiver
from crediting.models import CourseTerms, TransferLine
from crediting.states import GivenUnit, Recognition
from profiles.models import ProgramParticipation
from tests.access.matrix import Row
from tests.factories.procedures import APPEAL, make_procedure
from tests.factories.profiles import LONG_AGO, make_course
from tests.factories.transfer import ALONE, TRANSFER, a_line, enter, make_imported
from tests.personas import Personas


def whose(personas: Personas) -> Mapping[str, Any]:
    make_procedure(personas.district, transfer=TRANSFER)
    return {"public_id": personas.student.student.public_id}


def _line(personas: Personas, terms: dict[str, Any] = TRANSFER) -> TransferLine:
    make_procedure(personas.district, transfer=terms, appeal=APPEAL)
    (line,) = enter(personas.student.student, personas.registrar.user)
    return line


def waiting(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": _line(personas).public_id}


def _refused(personas: Personas, terms: dict[str, Any]) -> TransferLine:
    line = _line(personas, terms)
    decide_line(line, verdict=Verdict(Recognition.REFUSED, "No."), seen="", actor=personas.registrar.user)
    return line


def to_confirm(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": _refused(personas, TRANSFER).public_id}


def refused(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": _refused(personas, ALONE).public_id}


def refusal(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": _refused(personas, ALONE).decisions.get().public_id}


def imported(personas: Personas) -> Mapping[str, Any]:
    make_procedure(personas.district, transfer=TRANSFER)
    return {"public_id": make_imported(personas.student.student).public_id}


def parts(personas: Personas) -> Mapping[str, Any]:
    make_procedure(personas.district, transfer=TRANSFER)
    course = make_course(personas.district, "Geometry")
    CourseTerms.objects.create(course=course, credits=Decimal(1), subject="math")
    student, registrar = personas.student.student, personas.registrar.user
    for line in enter(student, registrar, a_line(), a_line(term="S2"), unit=GivenUnit.TRIMESTER):
        decide_line(line, verdict=Verdict(Recognition.WHOLE, "Yes.", course, mark="B"), seen="", actor=registrar)
    return {"public_id": student.public_id, "course": course.public_id}


STRANGERS: dict[str, Any] = dict.fromkeys(("other_district_administrator", "other_district_student"), 404)
DECIDERS: dict[str, Any] = dict.fromkeys(("registrar", "counselor"), 200)
# The teacher sees the student and not the record: 403 on the student's page, 404 on a line of it.
NO_LINES: dict[str, Any] = STRANGERS | {"teacher": 404}


def answered(personas: Personas) -> Mapping[str, Any]:
    make_procedure(personas.district, transfer=TRANSFER)
    student = personas.student.student
    ProgramParticipation.objects.create(
        district=student.district, student=student, program="homeless", starts_on=LONG_AGO
    )
    said = Answer("Washington State History", "Elsewhere.", waived=True, reason="Similar work.")
    return {"public_id": answer_waiver(student, answer=said, actor=personas.registrar.user).public_id}


ROWS = [
    Row(
        "crediting:transfer-queue",
        others=403,
        also=dict.fromkeys(
            ("registrar", "counselor", "credit_manager", "principal", "administrator", "other_district_administrator"),
            200,
        ),
    ),
    Row("crediting:transfer", whose, others=200, teacher=403, also=STRANGERS),
    Row("crediting:transfer-new", whose, others=403, also=DECIDERS | STRANGERS),
    Row("crediting:transfer-table", whose, others=200, teacher=403, also=STRANGERS),
    Row("crediting:transfer-recognize", whose, method="POST", others=403,
        also=dict.fromkeys(("registrar", "counselor"), 422) | STRANGERS),
    # That law protects the student is for the student, the family, and those who decide.
    Row("crediting:transfer-waiver", answered, others=404, student=200, family=200, also=DECIDERS),
    Row("crediting:transfer-waiver-new", whose, others=403, also=DECIDERS | STRANGERS),
    Row("crediting:transfer-consolidate", parts, others=403, also=DECIDERS | STRANGERS),
    Row("crediting:transfer-adopt", imported, others=403, also=DECIDERS | STRANGERS),
    Row("crediting:transfer-line", waiting, others=200, also=NO_LINES),
    Row("crediting:transfer-line", to_confirm, others=200, also=NO_LINES),
    Row("crediting:transfer-confirm", to_confirm, method="POST", data={"verdict": "confirm"}, others=403,
        principal=302, also=NO_LINES),
    Row("crediting:transfer-withdraw", waiting, method="POST", data={"withdraw-reason": "Wrong."}, others=403,
        also=dict.fromkeys(("registrar", "counselor"), 302) | NO_LINES),
    Row("crediting:transfer-letter", refused, others=200, also=NO_LINES),
    Row("crediting:appeal-transfer", refusal, others=403, student=200, family=200, also=NO_LINES),
]  # fmt: skip

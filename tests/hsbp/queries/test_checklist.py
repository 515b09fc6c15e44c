"""The facts of many students at once say the same as the facts of one student's page."""

import pytest

from crediting.states import RequestState
from hsbp.actions.family import make_copy
from hsbp.actions.records import decide_requirement, record_item, record_update
from hsbp.models import Plan
from hsbp.queries.checklist import checklist_from_facts, checklist_of, gather
from hsbp.queries.plans import history_of, plan_of
from hsbp.queries.progress import progress_of
from hsbp.rules.content import AID_ITEMS
from hsbp.states import Requirement
from mbl.core import clock
from mbl.core.models import User
from profiles.models import Student
from profiles.states import RelationshipKind
from tests.factories.crediting import make_ground, make_request
from tests.factories.hsbp import GOALS, make_review, make_revision
from tests.factories.profiles import make_account_holder, make_guardian, make_relationship, make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db


def another(personas: Personas, name: str) -> Student:
    student = make_student(personas.school, person=make_account_holder(personas.district, name), grade="12")
    make_relationship(personas.counselor.person, student, RelationshipKind.COUNSELOR)
    return student


@pytest.mark.rule("R57")
def test_many_students_and_one_give_the_same_states(personas: Personas) -> None:
    ground = make_ground(personas.school)
    counselor = personas.counselor.user
    today = clock.today(personas.district)
    full, asking, blank = personas.student.student, another(personas, "Ana Asking"), another(personas, "Bea Blank")
    full_plan = make_review(
        full,
        counselor,
        goals=GOALS,
        courses={"12": [{"code": "X1", "title": "Physics"}]},
        pathway={"options": ["sat_act"], "reason": "It fits."},
        activities=[{"kind": "work", "title": "Cashier"}],
        aid=dict.fromkeys(AID_ITEMS, "2026-10-01"),
    ).revision
    for item in ("H7", "H14", "H14"):
        record_item(full, item=item, done_on=today, actor=counselor)
    record_update(full, updated_on=today, results_reviewed="ELA level 3", actor=counselor)
    decide_requirement(full, verdict=Requirement.NOT_MET, reason="Not yet.", actor=counselor)
    decide_requirement(full, verdict=Requirement.MET, reason="Now it is.", actor=counselor)
    for language in ("en", "es"):
        make_copy(full_plan, language=language, actor=personas.family.user)
    # A copy in a language that the family does not read meets nothing.
    User.objects.filter(pk=personas.family.user.pk).update(language="es")
    make_guardian(personas.family.person, asking)
    make_request(ground, full, personas.teacher.person, RequestState.AWARDED, decider=personas.credit_manager.user)
    make_copy(make_revision(asking), language="en", actor=personas.family.user)
    decide_requirement(asking, verdict=Requirement.MET, reason="All there.", actor=counselor)
    decide_requirement(asking, verdict=Requirement.NOT_MET, reason="A mistake.", actor=counselor)
    make_request(ground, asking, personas.teacher.person)

    students = [full, asking, blank]
    known = gather(students, {plan.student_id: plan for plan in Plan.objects.all()})
    for student in students:
        plan = plan_of(student)
        single = checklist_of(student, plan, history_of(plan), progress_of(student))
        many = checklist_from_facts(known[student.pk].facts)
        assert [(row.item.id, row.state, row.item.done_on) for row in many.rows] == [
            (row.item.id, row.state, row.item.done_on) for row in single.rows
        ]
        assert many.tally == single.tally
    states = {row.item.id: row.state for row in checklist_from_facts(known[full.pk].facts).rows}
    for met in ("H4", "H6", "H7", "H9", "H12", "H13", "H14", "H20", "H22", "H23", "H26", "H27"):
        assert states[met] == "met", met
    assert {row.item.id: row.state for row in checklist_from_facts(known[asking.pk].facts).rows}["H27"] == "due"
    assert {row.item.id: row.state for row in checklist_from_facts(known[asking.pk].facts).rows}["H26"] == "due"

"""Writing in a plan: what is stored, what is recorded, and two people in one section."""

import pytest

from hsbp.actions.plans import (
    ChangedMeanwhile,
    add_course,
    add_mastery,
    remove_course,
    remove_mastery,
    save_section,
)
from hsbp.models import Plan
from hsbp.rules.content import Section, read
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import Notification
from tests.crediting.recorded import Recorded
from tests.factories.hsbp import GOALS, NEWEST, write
from tests.factories.profiles import make_course
from tests.personas import Personas

pytestmark = pytest.mark.django_db


def test_the_first_word_begins_the_plan_and_is_recorded_once_a_day(personas: Personas) -> None:
    student = personas.student.student
    recorded = Recorded()
    plan = save_section(student, Section.GOALS, {"career": "Nurse"}, edition=1, actor=personas.student.user)
    assert (read(plan.content).career, plan.edition, plan.state) == ("Nurse", 2, "draft")
    save_section(student, Section.GOALS, {"career": "Nurse, perhaps"}, edition=2, actor=personas.student.user)
    write(student, interests={"text": "Water"})
    assert [(event.verb, event.payload, event.student_id) for event in recorded.events] == [
        ("hsbp.plan.changed", {"section": "goals", "edition": 2}, student.public_id),
        ("hsbp.plan.changed", {"section": "interests", "edition": 4}, student.public_id),
    ]


def test_the_same_text_a_second_time_changes_nothing_even_from_an_old_page(personas: Personas) -> None:
    plan = write(personas.student.student)
    recorded = Recorded()
    again = save_section(
        personas.student.student, Section.GOALS, GOALS, edition=plan.edition - 1, actor=personas.student.user
    )
    assert (again.edition, recorded.verbs) == (plan.edition, [])


def test_a_second_tab_is_told_and_overwrites_nothing(personas: Personas) -> None:
    student, user = personas.student.student, personas.student.user
    seen = write(student).edition
    save_section(student, Section.GOALS, {"career": "From the first tab"}, edition=seen, actor=user)
    with pytest.raises(ChangedMeanwhile, match=r"Sofia Ramirez changed this part .+ Nothing was overwritten") as told:
        save_section(student, Section.GOALS, {"career": "From the second tab"}, edition=seen, actor=user)
    plan = Plan.objects.get(student=student)
    assert read(plan.content).career == "From the first tab"
    # Whoever has read it may go on from there.
    save_section(student, Section.GOALS, {"career": "Both"}, edition=told.value.edition, actor=user)
    plan.refresh_from_db()
    assert read(plan.content).career == "Both"


def test_tabs_in_different_sections_leave_each_other_alone(personas: Personas) -> None:
    student, user = personas.student.student, personas.student.user
    seen = write(student).edition
    save_section(student, Section.GOALS, {"career": "Nurse"}, edition=seen, actor=user)
    plan = save_section(student, Section.INTERESTS, {"text": "Water"}, edition=seen, actor=user)
    assert (read(plan.content).career, read(plan.content).interests) == ("Nurse", "Water")


def test_the_counselor_writes_in_the_plan_and_the_student_hears_of_it_once_a_day(personas: Personas) -> None:
    student = personas.student.student
    seen = write(student).edition
    for words in ("Electrician", "Union electrician"):
        save_section(student, Section.GOALS, {"career": words}, edition=NEWEST, actor=personas.counselor.user)
    (told,) = Notification.objects.filter(user=personas.student.user)
    assert told.text.startswith("Carla Nguyen changed a part of your plan: Goals.")
    with pytest.raises(ChangedMeanwhile, match="Carla Nguyen changed this part"):
        save_section(student, Section.GOALS, {"career": "Mine"}, edition=seen, actor=personas.student.user)


def test_nobody_else_writes_in_the_plan(personas: Personas) -> None:
    student = personas.student.student
    write(student)
    for persona in (personas.family, personas.registrar, personas.principal, personas.other_district_student):
        with pytest.raises(NotAllowed):
            save_section(student, Section.GOALS, {"career": "x"}, edition=NEWEST, actor=persona.user)


# --- Courses ----------------------------------------------------------------------------------------------------------


def test_a_course_of_the_catalog_is_planned_under_its_own_name(personas: Personas) -> None:
    geometry = make_course(personas.district, "Geometry", code="MAT201")
    make_course(personas.other_district, "Geometry of elsewhere", code="MAT201")
    student, user = personas.student.student, personas.student.user
    plan = add_course(student, grade="10", code="mat201", title="", actor=user)
    assert plan.content["courses"]["10"] == [{"code": geometry.code, "title": "Geometry"}]
    recorded = Recorded()
    assert add_course(student, grade="10", code="MAT201", title="", actor=user).edition == plan.edition
    assert recorded.verbs == []


def test_a_code_that_the_catalog_does_not_have_is_kept_as_typed(personas: Personas) -> None:
    make_course(personas.district, "Old course", code="OLD1", is_active=False)
    student, user = personas.student.student, personas.student.user
    add_course(student, grade="12", code="OLD1", title="", actor=user)
    plan = add_course(student, grade="12", code="", title="  Boat   building ", actor=user)
    assert plan.content["courses"]["12"] == [
        {"code": "OLD1", "title": "OLD1"},
        {"code": "", "title": "Boat building"},
    ]


def test_a_course_is_taken_out_and_what_is_not_there_changes_nothing(personas: Personas) -> None:
    student, user = personas.student.student, personas.student.user
    write(student, courses={"11": [{"code": "A1", "title": "Art"}, {"code": "", "title": "Weaving"}]})
    remove_course(student, grade="11", code="", title="weaving", actor=user)
    plan = remove_course(student, grade="11", code="", title="Weaving", actor=user)
    assert plan.content["courses"]["11"] == [{"code": "A1", "title": "Art"}]
    assert remove_course(student, grade="10", code="A1", title="", actor=user).edition == plan.edition


def test_a_grade_that_is_full_and_one_that_is_none_say_so(personas: Personas) -> None:
    student, user = personas.student.student, personas.student.user
    write(student, courses={"11": [{"code": f"C{n}", "title": f"Course {n}"} for n in range(60)]})
    with pytest.raises(DomainError, match="Grade 11 has 60 courses already") as full:
        add_course(student, grade="11", code="", title="One more", actor=user)
    assert full.value.field == "grade"
    with pytest.raises(DomainError, match="Choose grade 9"):
        add_course(student, grade="13", code="", title="One more", actor=user)
    with pytest.raises(DomainError, match="name or the code"):
        add_course(student, grade="12", code=" ", title=" ", actor=user)


@pytest.mark.rule("R64", partial=True)
def test_mastery_credit_that_is_intended_stands_in_the_plan(personas: Personas) -> None:
    course = make_course(personas.district, "Geometry", code="MAT201")
    elsewhere = make_course(personas.other_district, "Algebra", code="MAT101")
    student, user = personas.student.student, personas.student.user
    plan = add_mastery(student, code=course.code, actor=user)
    assert plan.content["mastery"] == {"intended": ["MAT201"]}
    assert add_mastery(student, code=course.code, actor=user).edition == plan.edition
    with pytest.raises(DomainError, match="from the list"):
        add_mastery(student, code=elsewhere.code, actor=user)
    plan = remove_mastery(student, code=course.code, actor=user)
    assert plan.content["mastery"] == {"intended": []}
    assert remove_mastery(student, code=course.code, actor=user).edition == plan.edition

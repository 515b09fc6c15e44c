"""The catalog: what a course gives, which standards it rests on, and what is refused."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from crediting.actions.catalog import (
    add_course,
    change_course,
    cleaned,
    load_starter_catalog,
    set_course_standards,
)
from crediting.actions.designations import confirm_letters
from crediting.models import CourseRequirement, CourseSequence, CourseStandard, CourseTerms, LedgerEntry, Standard
from crediting.queries.catalog import designations_of, details_of
from crediting.rules.catalog import CourseDetails, Designation, letters_for
from crediting.rules.designations import Letter
from crediting.states import StandardStatus, SubjectArea
from mbl.core.errors import DomainError
from mbl.core.models import AuditEvent
from profiles.models import Course, School
from tests.factories.crediting import make_framework, make_ground
from tests.factories.profiles import make_course
from tests.factories.transcripts import make_line
from tests.personas import Personas

pytestmark = pytest.mark.django_db
GEOMETRY = CourseDetails("Geometry", Decimal("1.0"), SubjectArea.MATH, state_course_code="02072", is_cadr=True)


def changed(**fields: object) -> CourseDetails:
    return dataclasses.replace(GEOMETRY, **fields)  # type: ignore[arg-type]


def test_a_course_is_added_once(personas: Personas) -> None:
    first = add_course(personas.district, code="MAT201", details=GEOMETRY, actor=personas.administrator.user)
    again = add_course(personas.district, code=" MAT201 ", details=GEOMETRY, actor=personas.administrator.user)
    assert first == again
    assert (first.terms.credits, first.terms.subject, first.terms.is_cadr) == (Decimal("1.000"), "math", True)
    assert [(row.requirement, row.credits) for row in first.requirements.all()] == [("math", Decimal("1.000"))]
    assert AuditEvent.objects.filter(verb="crediting.course.added").count() == 1
    with pytest.raises(DomainError, match="already"):
        add_course(personas.district, code="MAT201", details=changed(credits=Decimal("0.5")), actor=None)
    assert add_course(personas.other_district, code="MAT201", details=GEOMETRY, actor=None) != first


def test_a_course_that_the_roster_brought_gets_its_credits(personas: Personas) -> None:
    known = make_course(personas.district, "GEOM H", code="MAT201")
    course = add_course(personas.district, code="MAT201", details=GEOMETRY, actor=None)
    assert (course.pk, course.title) == (known.pk, "Geometry")
    assert CourseTerms.objects.get(course=known).credits == Decimal("1.000")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"credits": Decimal(0)}, "credits"),
        ({"credits": Decimal("-1")}, "credits"),
        ({"credits": Decimal("10.001")}, "credits"),
        ({"credits": Decimal("0.3333")}, "credits"),
        ({"subject": "alchemy"}, "subject"),
        ({"requirements": {"math": Decimal("1.5")}}, "requirements"),
    ],
)
def test_a_course_that_makes_no_sense_is_refused_at_its_field(
    personas: Personas, fields: dict[str, object], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        add_course(personas.district, code="X1", details=changed(**fields), actor=None)
    assert refused.value.field == field
    assert not Course.objects.filter(code="X1").exists()


@pytest.mark.parametrize("code", ["", "   ", "x" * 31, "A\nB"])
def test_a_course_needs_a_code(personas: Personas, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        add_course(personas.district, code=code, details=GEOMETRY, actor=None)
    assert refused.value.field == "code"


@pytest.mark.rule("T68")
def test_a_course_may_meet_several_requirements_and_gives_its_credit_once(personas: Personas) -> None:
    both = {"cte": Decimal("0.5"), "math": Decimal("0.5")}
    details = CourseDetails("Computer Science", Decimal("0.5"), SubjectArea.CTE, requirements=both)
    course = add_course(personas.district, code="CTE110", details=details, actor=None)
    assert dict(course.requirements.values_list("requirement", "credits")) == both
    assert course.terms.credits == Decimal("0.500")


def test_a_change_says_what_it_changed_and_the_same_again_says_nothing(personas: Personas) -> None:
    course = add_course(personas.district, code="MAT201", details=GEOMETRY, actor=None)
    later = changed(credits=Decimal("0.5"), title="Geometry A")
    change_course(course, details=later, actor=personas.administrator.user)
    change_course(course, details=later, actor=personas.administrator.user)
    (event,) = AuditEvent.objects.filter(verb="crediting.course.changed")
    assert event.payload["fields"] == "title, credits, requirements"
    course.refresh_from_db()
    assert (course.title, CourseTerms.objects.get(course=course).credits) == ("Geometry A", Decimal("0.500"))
    assert CourseRequirement.objects.get(course=course).credits == Decimal("0.500")


def test_the_standards_of_a_course_are_set_as_a_whole(personas: Personas) -> None:
    one, two, three = make_framework(personas.district)
    course = make_course(personas.district, "Geometry")
    set_course_standards(course, standards=[one, two], required=[three], actor=personas.administrator.user)
    set_course_standards(course, standards=[one, two, three], required=[three], actor=personas.administrator.user)
    assert dict(CourseStandard.objects.values_list("standard", "is_required")) == {
        one.pk: False,
        two.pk: False,
        three.pk: True,
    }
    set_course_standards(course, standards=[three], actor=personas.administrator.user)
    assert dict(CourseStandard.objects.values_list("standard", "is_required")) == {three.pk: False}
    assert AuditEvent.objects.filter(verb="crediting.course.standards_set").count() == 2


def test_standards_of_elsewhere_and_withdrawn_ones_are_refused(personas: Personas) -> None:
    course = make_course(personas.district, "Geometry")
    theirs = make_framework(personas.other_district)
    with pytest.raises(DomainError, match="your own district"):
        set_course_standards(course, standards=theirs, actor=None)
    ours = make_framework(personas.district)
    Standard.objects.filter(pk=ours[0].pk).update(status=StandardStatus.WITHDRAWN)
    ours[0].refresh_from_db()
    with pytest.raises(DomainError, match="withdrawn"):
        set_course_standards(course, standards=ours, actor=None)
    assert not CourseStandard.objects.exists()


def test_the_starter_catalog_fills_what_is_not_there_and_changes_nothing_that_is(personas: Personas) -> None:
    add_course(personas.district, code="MAT201", details=changed(title="Our Geometry"), actor=None)
    added = load_starter_catalog(personas.district, actor=None)
    assert len(added) == 97
    assert Course.objects.get(district=personas.district, code="MAT201").title == "Our Geometry"
    assert load_starter_catalog(personas.district, actor=None) == []
    science = Course.objects.get(district=personas.district, code="CTE110")
    assert dict(science.requirements.values_list("requirement", "credits")) == {"cte": 1, "math": 1}
    codes = CourseTerms.objects.filter(course__district=personas.district).exclude(state_course_code="")
    assert all(len(code) == 5 and code.isdigit() for code in codes.values_list("state_course_code", flat=True))


# --- Codes, equivalencies, letters, schools, days ---------------------------------------------------------------------


@pytest.mark.rule("T66")
@pytest.mark.parametrize("code", ["2072", "0207", "02O72", "02072 1", "99072", "00123", "٠٢٠٧٢"])
def test_a_sced_code_has_five_digits_and_a_known_area(personas: Personas, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        add_course(personas.district, code="X1", details=changed(sced_code=code), actor=None)
    assert refused.value.field == "sced_code"
    course = add_course(personas.district, code="X1", details=changed(sced_code="02072"), actor=None)
    assert course.terms.sced_code == "02072"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"equivalent_subject": "math"}, "equivalent_title"),
        ({"equivalent_title": "Algebra"}, "equivalent_subject"),
        ({"equivalent_subject": "science", "equivalent_title": "Physics"}, "equivalent_subject"),
        ({"designations": (Designation("A"),)}, "designations"),
        ({"schools": ("nowhere",)}, "schools"),
        ({"grades": ("13",)}, "grades"),
        ({"active_from": dt.date(2026, 9, 1), "active_to": dt.date(2026, 8, 31)}, "active_to"),
        ({"requirements": {"alchemy": Decimal("0.5")}}, "requirements"),
    ],
)
def test_what_does_not_fit_together_is_refused_at_its_field(
    personas: Personas, fields: dict[str, object], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        add_course(personas.district, code="X1", details=changed(**fields), actor=None)
    assert refused.value.field == field


def test_a_school_of_another_district_cannot_offer_a_course(personas: Personas) -> None:
    theirs = School.objects.create(district=personas.other_district, code="far", name="Far High")
    with pytest.raises(DomainError, match="far"):
        add_course(personas.district, code="X1", details=changed(schools=(theirs.code,)), actor=None)


@pytest.mark.rule("T26", partial=True)
def test_letters_are_dated_and_only_confirmed_ones_are_set(personas: Personas) -> None:
    confirm_letters(personas.district, [Letter("A", "Advanced Placement")], actor=None)
    personas.district.refresh_from_db()
    letters = (Designation("A", 2026, 2027),)
    course = add_course(personas.district, code="X1", details=changed(designations=letters), actor=None)
    dated = designations_of([course.pk])[course.pk]
    assert [letters_for(dated, year) for year in (2025, 2026, 2027, 2028)] == [[], ["A"], ["A"], []]
    # A letter that is no longer confirmed may stay, and none like it may be added.
    confirm_letters(personas.district, [], actor=None)
    personas.district.refresh_from_db()
    change_course(course, details=changed(title="Other", designations=letters), actor=personas.administrator.user)
    with pytest.raises(DomainError):
        change_course(
            course, details=changed(designations=(*letters, Designation("H"))), actor=personas.administrator.user
        )


def test_every_change_is_told_with_what_was_and_what_is(personas: Personas) -> None:
    course = add_course(personas.district, code="X1", details=GEOMETRY, actor=None)
    school = personas.school.code
    details = changed(
        requirements={"math": Decimal("1.0"), "science": Decimal("0.5")}, schools=(school,), sced_code="02072"
    )
    change_course(course, details=details, code="X2", actor=personas.administrator.user)
    change_course(course, details=details, code="X2", actor=personas.administrator.user)
    (event,) = AuditEvent.objects.filter(verb="crediting.course.changed")
    assert event.payload == {
        "fields": "code, sced_code, schools, requirements",
        "before": "code: X1; sced_code: ; schools: ; requirements: math 1.0",
        "after": f"code: X2; sced_code: 02072; schools: {school}; requirements: math 1.0, science 0.5",
    }
    assert details_of(course) == cleaned(details)


def test_a_code_that_a_policy_names_stays(personas: Personas) -> None:
    ground = make_ground(personas.school)
    details = details_of(ground.course)
    assert details is not None
    with pytest.raises(DomainError) as refused:
        change_course(ground.course, details=details, code="NEW1", actor=personas.administrator.user)
    assert refused.value.field == "code"
    ground.course.refresh_from_db()
    assert ground.course.code != "NEW1"


def test_what_stands_on_a_record_never_changes_with_the_course(personas: Personas) -> None:
    course = add_course(personas.district, code="MAT201", details=GEOMETRY, actor=None)
    make_line(personas.student.student, course=course)
    before = LedgerEntry.objects.values().get()
    change_course(
        course,
        details=changed(title="Shapes", credits=Decimal("0.5"), state_course_code="02079", is_cadr=False),
        actor=personas.administrator.user,
    )
    assert LedgerEntry.objects.values().get() == before


def test_the_starter_brings_sequences_and_changes_nothing_that_is_here(personas: Personas) -> None:
    mine = add_course(personas.district, code="ENG101", details=changed(title="My English"), actor=None)
    load_starter_catalog(personas.district, actor=personas.administrator.user)
    mine.refresh_from_db()
    assert mine.title == "My English"
    assert [one.title for one in CourseSequence.objects.filter(district=personas.district)] == [
        "English",
        "Laboratory science",
        "Mathematics to calculus",
        "Spanish",
    ]
    assert load_starter_catalog(personas.district, actor=None) == []
    assert CourseSequence.objects.count() == 4
    assert not Course.objects.filter(district=personas.other_district, code="ENG101").exists()

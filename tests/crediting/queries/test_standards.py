"""Finding standards: by code in any spelling, by all words, among adopted frameworks only, in few trips."""

from __future__ import annotations

import datetime as dt

import pytest

from crediting.actions.catalog import set_course_standards
from crediting.actions.import_standards import import_case
from crediting.models import CourseTerms, Framework, Standard
from crediting.queries import standards as queries
from crediting.queries.standards import Search
from crediting.states import AdoptionBody, StandardStatus, SubjectArea
from profiles.models import Course
from tests.assertions import assert_queries
from tests.factories.profiles import LONG_AGO, make_course
from tests.factories.standards import SAMPLE, adopt
from tests.personas import Personas

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 21)


def find(personas: Personas, text: str, on: dt.date = TODAY) -> Search:
    return queries.search(personas.district, text=text, on=on)


def codes(search: Search) -> list[str]:
    return [hit.code.removeprefix("CCSS.Math.Content.") for hit in search.hits]


@pytest.mark.rule("T73", partial=True)
@pytest.mark.parametrize(
    "spelling",
    ["HSG.CO.A.1", "HSG-CO.A.1", "hsg co a 1", "CCSS.Math.Content.HSG-CO.A.1", "CCSS.MATH.CONTENT.HSG.CO.A.1"],
)
def test_a_code_is_found_in_any_spelling(personas: Personas, geometry: Framework, spelling: str) -> None:
    assert codes(find(personas, spelling))[:1] == ["HSG-CO.A.1"]


def test_the_beginning_of_a_code_finds_what_begins_so_in_natural_order(personas: Personas, geometry: Framework) -> None:
    assert codes(find(personas, "HSG-CO.C")) == ["HSG-CO.C", "HSG-CO.C.9", "HSG-CO.C.10", "HSG-CO.C.11"]
    assert codes(find(personas, "hsg"))[0] == "HSG-CO.A"


def test_all_words_must_be_there_in_any_order_and_spelling(personas: Personas, geometry: Framework) -> None:
    assert codes(find(personas, "rigid congruence TRIANGLE")) == ["HSG-CO.B.7", "HSG-CO.B.8"]
    assert codes(find(personas, "rigíd  congrúence triangle")) == ["HSG-CO.B.7", "HSG-CO.B.8"]
    assert codes(find(personas, "triangle photosynthesis")) == []
    assert codes(find(personas, "100%_\\")) == []


def test_a_code_and_words_together_narrow_each_other(personas: Personas, geometry: Framework) -> None:
    assert codes(find(personas, "hsg parallelograms")) == ["HSG-CO.C.11"]


def test_a_heading_without_a_code_cannot_be_chosen(personas: Personas, geometry: Framework) -> None:
    assert Standard.objects.filter(district=personas.district, statement="Congruence", is_leaf=False).exists()
    assert "Congruence" not in [hit.statement for hit in find(personas, "congruence").hits]


@pytest.mark.rule("T74")
def test_only_frameworks_adopted_on_the_day_are_searched(personas: Personas, geometry: Framework) -> None:
    import_case(SAMPLE, district=personas.district, actor=None)
    assert find(personas, "place").hits == ()
    sample = Framework.objects.get(district=personas.district, title__startswith="Sample")
    adopt(
        sample,
        body=AdoptionBody.LOCAL,
        subject=SubjectArea.ELECTIVE,
        first=dt.date(2026, 9, 1),
        last=dt.date(2027, 6, 30),
    )
    found = find(personas, "describe a place")
    assert [(hit.code, hit.body) for hit in found.hits] == [("P.1", "local"), ("A.1", "local")]
    assert find(personas, "describe a place", on=dt.date(2026, 8, 31)).hits == ()
    assert find(personas, "describe a place", on=dt.date(2027, 7, 1)).hits == ()
    assert found.adopted == 2


def test_another_districts_copy_is_never_found(personas: Personas, geometry: Framework) -> None:
    mine = find(personas, "HSG-CO.A.1").hits[0]
    theirs = queries.search(personas.other_district, text="HSG-CO.A.1", on=TODAY).hits[0]
    assert mine.public_id != theirs.public_id
    assert queries.chosen(personas.district, [str(theirs.public_id)], on=TODAY) == []


def test_withdrawn_standards_cannot_be_chosen(personas: Personas, geometry: Framework) -> None:
    found = find(personas, "HSG-CO.A.1").hits[0]
    Standard.objects.filter(pk=found.pk).update(status=StandardStatus.WITHDRAWN)
    assert find(personas, "HSG-CO.A.1").hits == ()
    assert queries.chosen(personas.district, [found.public_id], on=TODAY) == []


def test_a_courses_own_standards_come_without_words_and_first_with_them(
    personas: Personas, geometry: Framework
) -> None:
    course = make_course(personas.district, "Geometry")
    last, first = (Standard.objects.get(district=personas.district, code__endswith=code) for code in ("C.11", "C.10"))
    set_course_standards(course, standards=[last], required=[first], actor=None)
    own = queries.search(personas.district, text="", on=TODAY, course=course)
    assert [(hit.code[-4:], hit.is_required) for hit in own.hits] == [("C.10", True), ("C.11", False)]
    assert find(personas, "").hits == ()
    with_words = queries.search(personas.district, text="theorems", on=TODAY, course=course)
    assert [hit.code[-4:] for hit in with_words.hits][:2] == ["C.10", "C.11"]


def test_a_long_list_is_cut_and_says_so(personas: Personas, geometry: Framework) -> None:
    few = queries.search(personas.district, text="HSG", on=TODAY, limit=3)
    assert (len(few.hits), few.has_more) == (3, True)


def test_one_framework_can_be_searched_alone(personas: Personas, geometry: Framework) -> None:
    other = queries.search(personas.district, text="HSG", on=TODAY, frameworks=[])
    assert other.hits == ()
    same = queries.search(personas.district, text="HSG-CO.A.1", on=TODAY, frameworks=[geometry.public_id])
    assert len(same.hits) == 1


@pytest.mark.parametrize("text", ["HSG", "triangle", "zzz", "a", ""])
def test_a_search_takes_three_trips_at_most_whatever_it_finds(
    personas: Personas, geometry: Framework, text: str
) -> None:
    course = make_course(personas.district, "Geometry")
    CourseTerms.objects.create(course=course, credits=1, subject="math")
    some = list(Standard.objects.filter(district=personas.district).exclude(code="")[:3])
    set_course_standards(course, standards=some, actor=None)
    loaded = Course.objects.select_related("terms").get(pk=course.pk)
    with assert_queries(3):
        queries.search(personas.district, text=text, on=TODAY, course=loaded)


def test_what_was_chosen_comes_back_in_its_order(personas: Personas, geometry: Framework) -> None:
    ids = [str(hit.public_id) for hit in find(personas, "HSG-CO.C").hits][::-1]
    with assert_queries(2):
        chosen = queries.chosen(personas.district, [*ids, "not a uuid", ids[0]], on=TODAY)
    assert [str(one.public_id) for one in chosen] == ids


def test_a_branch_and_the_way_to_it_take_one_trip_each(personas: Personas, geometry: Framework) -> None:
    deep = Standard.objects.get(district=personas.district, code__endswith="HSG-CO.A.1")
    with assert_queries(1):
        assert [one.statement[:20] for one in queries.trail(deep)] == [
            "High School — Geomet", "Congruence", "Experiment with tran",
        ]  # fmt: skip
    (root,) = queries.branch(geometry)
    assert root.statement.startswith("High School")
    assert [one.code[-4:] for one in queries.branch(geometry, deep.parent)] == [f"CO.A.{n}"[-4:] for n in range(1, 6)]


@pytest.mark.rule("R11")
def test_state_standards_exist_for_the_subjects_and_days_of_their_adoption(
    personas: Personas, geometry: Framework
) -> None:
    def exist(subject: str, day: dt.date) -> bool:
        return queries.state_standards_exist(personas.district, subject, day)

    assert exist("math", TODAY)
    assert not exist("math", LONG_AGO - dt.timedelta(days=1))
    assert not exist("elective", TODAY)
    geometry.adoptions.update(body=AdoptionBody.LOCAL)
    assert not exist("math", TODAY)


def test_a_misspelt_word_finds_what_was_meant(personas: Personas, geometry: Framework) -> None:
    found = find(personas, "paralelogram")
    assert found.meant == "parallelogram"
    assert "HSG-CO.C.11" in " ".join(codes(found))
    assert find(personas, "parallelogram").meant == ""

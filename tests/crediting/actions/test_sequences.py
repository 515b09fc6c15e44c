"""Next higher courses and sequences."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from crediting.actions.sequences import end_pair, list_pair, remove_sequence, write_sequence
from crediting.models import CourseSequence, NextHigherPair
from crediting.queries.catalog import pairs_listed, sequences
from mbl.core import clock
from mbl.core.errors import DomainError
from mbl.core.models import AuditEvent
from profiles.models import Course
from tests.factories.profiles import make_course
from tests.personas import Personas

pytestmark = pytest.mark.django_db
WHY = "Geometry builds each standard of algebra further."


@pytest.fixture
def maths(personas: Personas) -> list[Course]:
    for title in ("Algebra", "Geometry"):
        make_course(personas.other_district, title, code=title[:3].upper())
    return [make_course(personas.district, title, code=title[:3].upper()) for title in ("Algebra", "Geometry", "Trig")]


def listed(course: Course, higher: Course, **said: Any) -> NextHigherPair:
    return list_pair(course, higher=higher, **({"rationale": WHY, "actor": None} | said))


def pairs_of(course: Course, on: dt.date) -> QuerySet[NextHigherPair]:
    return pairs_listed(on).filter(course=course)


@pytest.mark.rule("R18", partial=True)
def test_a_pair_needs_its_rationale(personas: Personas, maths: list[Course]) -> None:
    algebra, geometry, _trig = maths
    with pytest.raises(DomainError) as refused:
        listed(algebra, geometry, rationale="  ")
    assert refused.value.field == "rationale"
    with pytest.raises(IntegrityError), transaction.atomic():
        NextHigherPair.objects.create(course=algebra, higher=geometry, rationale="", listed_from=dt.date(2026, 1, 1))
    pair = listed(algebra, geometry, actor=personas.administrator.user)
    assert listed(algebra, geometry) == pair
    (event,) = AuditEvent.objects.filter(verb="crediting.pair.listed")
    assert (event.payload["higher"], event.payload["rationale"]) == ("Geometry", WHY)


@pytest.mark.rule("R19", partial=True)
def test_alternatives_and_parts_are_read_each_with_its_least_mark(personas: Personas, maths: list[Course]) -> None:
    algebra, geometry, trig = maths
    listed(algebra, algebra, part=1, higher_part=2, least_mark="c")
    listed(algebra, geometry, least_mark="C")
    listed(algebra, trig, least_mark="B")
    today = clock.today(personas.district)
    assert [(one.part, one.higher.code, one.higher_part, one.least_mark) for one in pairs_of(algebra, today)] == [
        (0, "GEO", 0, "C"),
        (0, "TRI", 0, "B"),
        (1, "ALG", 2, "C"),
    ]
    assert not pairs_of(algebra, today - dt.timedelta(days=1))
    assert not pairs_of(geometry, today)


@pytest.mark.parametrize(("part", "higher_part"), [(0, 0), (2, 1), (1, 1), (0, 2), (9, 10)])
def test_a_course_follows_itself_only_by_later_parts(maths: list[Course], part: int, higher_part: int) -> None:
    with pytest.raises(DomainError):
        listed(maths[0], maths[0], part=part, higher_part=higher_part)


def test_pairs_do_not_go_round_in_a_circle_nor_into_another_district(personas: Personas, maths: list[Course]) -> None:
    algebra, geometry, trig = maths
    listed(algebra, geometry)
    listed(geometry, trig)
    with pytest.raises(DomainError, match="below"):
        listed(trig, algebra)
    with pytest.raises(DomainError, match="own district"):
        listed(algebra, Course.objects.get(district=personas.other_district, code="GEO"))


def test_another_mark_ends_the_pair_and_begins_a_new_one(personas: Personas, maths: list[Course]) -> None:
    algebra, geometry, _trig = maths
    long_ago = dt.date(2024, 9, 1)
    old = listed(algebra, geometry, least_mark="C", listed_from=long_ago)
    new = listed(algebra, geometry, least_mark="B")
    today = clock.today(personas.district)
    assert [one.least_mark for one in pairs_of(algebra, long_ago)] == ["C"]
    assert [one.least_mark for one in pairs_of(algebra, today)] == ["B"]
    end_pair(new, actor=personas.administrator.user)
    end_pair(old, actor=personas.administrator.user)
    # The new one was listed today and taken off today: a slip, of which nothing stays but the audit log.
    assert list(NextHigherPair.objects.all()) == [old]
    assert AuditEvent.objects.filter(verb="crediting.pair.ended").count() == 2


def test_a_sequence_is_written_changed_and_removed(personas: Personas, maths: list[Course]) -> None:
    actor = personas.administrator.user
    steps = [["ALG"], ["GEO", "TRI"]]
    sequence = write_sequence(personas.district, title="Mathematics", steps=steps, actor=actor)
    (shown,) = sequences(personas.district, course=maths[2])
    assert [[course.code for course in step] for step in shown.steps] == steps
    write_sequence(personas.district, title="Mathematics", steps=steps, sequence=sequence, actor=actor)
    assert AuditEvent.objects.filter(verb="crediting.sequence.written").count() == 1
    write_sequence(personas.district, title="Maths", steps=[["GEO"], ["ALG"]], sequence=sequence, actor=actor)
    assert sequences(personas.district, course=maths[2]) == []
    assert sequences(personas.other_district) == []
    remove_sequence(sequence, actor=actor)
    assert not CourseSequence.objects.exists()


@pytest.mark.parametrize(
    ("title", "steps", "field"),
    [
        ("", [["ALG"], ["GEO"]], "title"),
        ("One", [["ALG"]], "courses"),
        ("Twice", [["ALG"], ["ALG"]], "courses"),
        ("Unknown", [["ALG"], ["XYZ"]], "courses"),
        ("Taken", [["ALG"], ["GEO"]], "title"),
    ],
)
def test_a_sequence_that_makes_no_sense_is_refused(
    personas: Personas, maths: list[Course], title: str, steps: list[list[str]], field: str
) -> None:
    write_sequence(personas.district, title="Taken", steps=[["GEO"], ["TRI"]], actor=None)
    with pytest.raises(DomainError) as refused:
        write_sequence(personas.district, title=title, steps=steps, actor=None)
    assert refused.value.field == field

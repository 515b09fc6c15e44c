"""Graduation standards: one framework at a time, habits apart, links that are dated, kept and audited."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from crediting.actions.graduation import change_links, end_graduation_standards, set_graduation_standards
from crediting.actions.local_standards import add_standard, change_standard
from crediting.interchange import case_out
from crediting.models import Framework, GraduationFramework, RequestStandard, Standard, StandardEdge
from crediting.queries import publishing
from crediting.queries.graduation import in_force, links_to, said_of
from crediting.states import EdgeKind, RequestState, StandardStatus
from mbl.core import clock
from mbl.core.errors import DomainError
from mbl.core.models import AuditEvent, User
from tests.factories.crediting import make_framework, make_ground, make_request
from tests.factories.graduation import Graduation, make_graduation
from tests.factories.standards import bring_geometry
from tests.personas import Personas

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor(personas: Personas) -> User:
    return personas.administrator.user


@pytest.fixture
def graduation(personas: Personas, actor: User) -> Graduation:
    return make_graduation(personas.district, actor)


def verbs() -> list[str]:
    found = AuditEvent.objects.filter(verb__startswith="crediting.graduation").order_by("pk")
    return [verb.rpartition(".")[2] for verb in found.values_list("verb", flat=True)]


def holder(personas: Personas, on: dt.date) -> Framework | None:
    row = in_force(personas.district, on)
    return row.framework if row else None


def test_one_framework_is_in_force_at_a_time_from_its_day_on(
    personas: Personas, actor: User, graduation: Graduation
) -> None:
    today = clock.today(personas.district)
    day, week = dt.timedelta(days=1), dt.timedelta(days=7)
    following = make_graduation(personas.other_district, personas.other_district_administrator.user).framework
    newer = Framework.objects.create(district=personas.district, guid=following.guid, title="Newer", is_local=True)
    set_graduation_standards(newer, starts_on=today + week, actor=actor)
    set_graduation_standards(newer, starts_on=today + week, actor=actor)
    assert GraduationFramework.objects.filter(framework=newer).count() == 1
    end_graduation_standards(newer, starts_on=today + 2 * week, actor=actor)
    end_graduation_standards(newer, starts_on=today + 2 * week, actor=actor)
    asked = (today - day, today, today + week - day, today + week, today + 2 * week)
    found = [holder(personas, on) for on in asked]
    assert found == [None, graduation.framework, graduation.framework, newer, None]
    assert [row.starts_on for row in said_of(newer, today)] == [today + week, today + 2 * week]
    assert [row.framework for row in said_of(graduation.framework, today)] == [graduation.framework, newer]
    assert holder(personas, today) != following
    ours = AuditEvent.objects.filter(district=personas.district, verb__startswith="crediting.graduation")
    assert ours.count() == 3
    with pytest.raises(IntegrityError), transaction.atomic():
        GraduationFramework.objects.update(starts_on=today - week)


def test_what_cannot_be_graduation_standards_is_said(personas: Personas, actor: User, graduation: Graduation) -> None:
    today = clock.today(personas.district)
    with pytest.raises(DomainError, match="own. Write a local framework"):
        set_graduation_standards(bring_geometry(personas.district), starts_on=today, actor=actor)
    with pytest.raises(DomainError, match="first day is over"):
        set_graduation_standards(graduation.framework, starts_on=today - dt.timedelta(days=1), actor=actor)
    (stranger,) = make_framework(personas.district, count=1)
    with pytest.raises(DomainError, match="of this framework"):
        set_graduation_standards(graduation.framework, starts_on=today, habits=stranger, actor=actor)
    change_links(graduation.academic[0], add=[stranger], actor=actor)
    with pytest.raises(DomainError, match="Take those links off"):
        set_graduation_standards(graduation.framework, starts_on=today, habits=graduation.academic[0], actor=actor)


def test_targets_are_linked_several_at_once_and_taken_off_and_the_days_stay(
    personas: Personas, actor: User, graduation: Graduation
) -> None:
    targets = make_framework(personas.district, count=3)
    first = graduation.academic[0]
    assert change_links(first, add=targets, actor=actor) == (3, 0)
    assert change_links(first, add=targets, actor=actor) == (0, 0)
    assert change_links(first, remove=targets[:1], actor=actor) == (0, 1)
    assert change_links(first, add=targets[:1], actor=actor) == (1, 0)
    assert {edge.origin for edge in links_to(first)} == set(targets)
    kept = StandardEdge.objects.filter(origin=targets[0], kind=EdgeKind.IS_PART_OF).order_by("pk")
    assert [edge.status for edge in kept] == [StandardStatus.WITHDRAWN, StandardStatus.ACTIVE]
    assert all(edge.source_changed_at for edge in kept)
    assert verbs() == ["set", "linked", "unlinked", "linked"]


def test_habits_strangers_and_graduation_standards_themselves_are_no_targets(
    personas: Personas, actor: User, graduation: Graduation
) -> None:
    (target,) = make_framework(personas.district, count=1)
    (foreign,) = make_framework(personas.other_district, count=1)
    below = add_standard(
        graduation.framework, code="GS4.1", statement="Comes prepared", parent=graduation.habits, actor=actor
    )
    for habit in (graduation.habits, below):
        with pytest.raises(DomainError, match="kept apart"):
            change_links(Standard.objects.get(pk=habit.pk), add=[target], actor=actor)
    with pytest.raises(DomainError, match="your own district"):
        change_links(graduation.academic[0], add=[target, foreign], actor=actor)
    with pytest.raises(DomainError, match="does not lead to another"):
        change_links(graduation.academic[0], add=[graduation.academic[1]], actor=actor)
    with pytest.raises(DomainError, match="are no graduation standards"):
        change_links(target, add=[graduation.academic[1]], actor=actor)
    Standard.objects.filter(pk=target.pk).update(status=StandardStatus.WITHDRAWN)
    target.refresh_from_db()
    with pytest.raises(DomainError, match="withdrawn"):
        change_links(graduation.academic[0], add=[target], actor=actor)
    assert not StandardEdge.objects.filter(kind=EdgeKind.IS_PART_OF).exists()


def test_a_standard_that_replaces_one_in_use_keeps_the_links_of_both_kinds(
    personas: Personas, actor: User, graduation: Graduation
) -> None:
    ground = make_ground(personas.school)
    local = make_graduation(personas.district, actor, title="Local targets").framework
    target = add_standard(local, code="T1", statement="Explains", actor=actor)
    today = clock.today(personas.district)
    set_graduation_standards(graduation.framework, starts_on=today, habits=graduation.habits, actor=actor)
    first = graduation.academic[0]
    change_links(first, add=[target], actor=actor)
    for used in (target, first, graduation.habits):
        request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.DRAFT)
        RequestStandard.objects.create(request=request, standard=used)
    new_target = change_standard(target, code="T1", statement="Explains to others", parent=None, actor=actor)
    assert new_target.pk != target.pk
    assert {edge.origin for edge in links_to(first)} == {target, new_target}
    newer = change_standard(first, code="GS1", statement="Reasons with evidence of its own", parent=None, actor=actor)
    assert {edge.origin for edge in links_to(newer)} == {target, new_target} and not links_to(first)
    habits = change_standard(graduation.habits, code="GS4", statement="Works carefully", parent=None, actor=actor)
    mark = in_force(personas.district, today)
    assert mark is not None and (mark.framework, mark.habits) == (graduation.framework, habits)


def test_a_link_goes_out_by_case_with_the_code_of_the_target_and_without_its_words(
    personas: Personas, actor: User, graduation: Graduation
) -> None:
    """A target's publisher may forbid to publish its text; the link names it all the same."""
    (target,) = make_framework(personas.district, count=1)
    change_links(graduation.academic[0], add=[target], actor=actor)
    framework = Framework.objects.get(pk=graduation.framework.pk)
    package = case_out.package(framework, publishing.items_of(framework), publishing.edges_of(framework))
    (link,) = [one for one in package["CFAssociations"] if one["associationType"] == "isPartOf"]
    assert link["originNodeURI"] == {"title": target.code, "identifier": str(target.guid), "uri": target.uri}
    assert link["destinationNodeURI"]["identifier"] == str(graduation.academic[0].guid)
    assert target.statement not in str(package)

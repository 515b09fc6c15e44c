"""Local standards: written with their history, replaced where they are used; alignments that move when confirmed."""

from __future__ import annotations

import copy
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from crediting.actions.catalog import set_course_standards
from crediting.actions.graduation import change_links
from crediting.actions.import_standards import import_case
from crediting.actions.local_standards import (
    add_standard,
    change_standard,
    move_alignments,
    withdraw_standard,
    write_framework,
)
from crediting.actions.standards import withhold_framework
from crediting.models import CourseStandard, CreditRequest, Framework, RequestStandard, Standard, StandardEdge
from crediting.queries import versions
from crediting.queries.find_standards import Wanted, find
from crediting.queries.graduation import links_to
from crediting.rules.compare import Change
from crediting.states import AdoptionBody, EdgeKind, FrameworkStatus, StandardStatus, SubjectArea
from mbl.core.errors import DomainError
from mbl.core.models import AuditEvent, User
from tests.crediting.queries.test_find_standards import FIRST, PACKAGE, copy_of, link, renamed
from tests.factories.core import make_district
from tests.factories.crediting import make_draft, make_ground
from tests.factories.graduation import make_graduation
from tests.factories.profiles import LONG_AGO, make_course
from tests.factories.standards import adopt, bring_geometry
from tests.personas import Personas

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor(personas: Personas) -> User:
    account = personas.administrator.account
    assert account is not None
    return account


@pytest.fixture
def local(personas: Personas, actor: User) -> Framework:
    return write_framework(
        personas.district,
        title="Financial education",
        adopted_by="School board",
        adopted_on=dt.date(2026, 6, 1),
        subjects=[SubjectArea.CTE],
        starts_on=dt.date(2026, 9, 1),
        actor=actor,
    )


def claiming(personas: Personas, standard: Standard) -> CreditRequest:
    """A student's request that claims this standard too."""
    student = personas.student.of_student
    assert student is not None
    request = make_draft(make_ground(personas.school), student, personas.teacher.person)
    RequestStandard.objects.create(request=request, standard=standard)
    return request


def tree(framework: Framework) -> list[tuple[str, int]]:
    rows = framework.standards.filter(status=StandardStatus.ACTIVE).order_by("path")
    return list(rows.values_list("code", "depth"))


@pytest.mark.rule("T74")
def test_a_local_framework_has_an_adopting_body_and_a_date_from_its_first_day(local: Framework) -> None:
    adoption = local.adoptions.get()
    assert (adoption.body, adoption.adopted_by) == (AdoptionBody.LOCAL, "School board")
    assert adoption.adopted_on == dt.date(2026, 6, 1)


@pytest.mark.rule("T74")
@pytest.mark.parametrize("gap", [{"adopted_by": " "}, {"title": ""}, {"subjects": []}])
def test_without_them_there_is_none(personas: Personas, actor: User, gap: dict[str, Any]) -> None:
    said: dict[str, Any] = {"title": "Ours", "adopted_by": "Board", "subjects": [SubjectArea.ARTS]} | gap
    with pytest.raises(DomainError):
        write_framework(personas.district, adopted_on=LONG_AGO, starts_on=LONG_AGO, actor=actor, **said)
    assert not Framework.objects.filter(is_local=True).exists()


def test_items_stand_where_they_are_put(local: Framework, actor: User) -> None:
    money = add_standard(local, code="F.1", statement="Explain what money is", actor=actor)
    add_standard(local, code="F.2", statement="Plan a budget", actor=actor)
    add_standard(local, code="F.1.1", statement="Compare coins", parent=money, actor=actor)
    add_standard(local, code="F.0", statement="Begin", number=0, actor=actor)
    assert tree(local) == [("F.0", 0), ("F.1", 0), ("F.1.1", 1), ("F.2", 0)]
    local.refresh_from_db()
    assert local.standards_count == 4
    assert find(local.district, Wanted("budgets plan")).meant == "budget plan"


def test_an_item_moves_with_what_is_below_it_and_never_below_itself(local: Framework, actor: User) -> None:
    first = add_standard(local, code="1", statement="First", actor=actor)
    second = add_standard(local, code="2", statement="Second", actor=actor)
    below = add_standard(local, code="2.1", statement="Below", parent=second, actor=actor)
    change_standard(second, code="2", statement="Second", parent=first, actor=actor)
    assert tree(local) == [("1", 0), ("2", 1), ("2.1", 2)]
    below.refresh_from_db()
    second.refresh_from_db()
    with pytest.raises(DomainError):
        change_standard(second, code="2", statement="Second", parent=below, actor=actor)


def test_earlier_words_are_kept(local: Framework, actor: User) -> None:
    standard = add_standard(local, code="1", statement="Old words", actor=actor)
    before = timezone.now()
    after = change_standard(standard, code="1", statement="New words", parent=None, actor=actor)
    assert (after.pk, after.statement) == (standard.pk, "New words")
    assert [row.statement for row in after.history.all()] == ["Old words"]
    (difference,) = versions.since(local, before)
    assert difference.changes == (Change.REWORDED,)
    assert difference.old is not None
    assert difference.old.statement == "Old words"
    assert change_standard(after, code="1", statement="New words", parent=None, actor=actor) == after
    assert after.history.count() == 1


@pytest.mark.rule("T72", partial=True)
def test_a_standard_that_is_used_is_replaced_and_never_changed(
    personas: Personas, local: Framework, actor: User
) -> None:
    standard = add_standard(local, code="1", statement="Old words", actor=actor)
    add_standard(local, code="1.1", statement="Below", parent=standard, actor=actor)
    request = claiming(personas, standard)
    new = change_standard(standard, code="1", statement="New words", parent=None, actor=actor)
    standard.refresh_from_db()
    assert (standard.statement, standard.status) == ("Old words", StandardStatus.WITHDRAWN)
    assert request.claims.filter(standard=standard).exists()
    edge = StandardEdge.objects.get(kind=EdgeKind.REPLACED_BY)
    assert (edge.origin, edge.destination) == (standard, new)
    assert tree(local) == [("1", 0), ("1.1", 1)]
    assert Standard.objects.get(code="1.1").parent == new


def test_a_withdrawn_item_stays_and_one_with_others_below_does_not_go(local: Framework, actor: User) -> None:
    top = add_standard(local, code="1", statement="Top", actor=actor)
    below = add_standard(local, code="1.1", statement="Below", parent=top, actor=actor)
    with pytest.raises(DomainError):
        withdraw_standard(top, actor=actor)
    assert withdraw_standard(below, actor=actor).status == StandardStatus.WITHDRAWN
    assert withdraw_standard(below, actor=actor).status == StandardStatus.WITHDRAWN
    assert tree(local) == [("1", 0)]
    assert AuditEvent.objects.filter(verb="crediting.standard.withdrawn").count() == 1


def test_a_publishers_standards_are_not_edited_here(personas: Personas, actor: User) -> None:
    framework = bring_geometry(personas.district)
    standard = framework.standards.filter(is_leaf=True)[0]
    with pytest.raises(DomainError):
        change_standard(standard, code="X", statement="Mine", parent=None, actor=actor)
    with pytest.raises(DomainError):
        add_standard(framework, code="X", statement="Mine", actor=actor)


def test_an_adopted_framework_can_be_withheld_and_published_again(personas: Personas, actor: User) -> None:
    framework = adopt(bring_geometry(personas.district))
    for withheld in (True, True, False):
        assert withhold_framework(framework, withheld=withheld, actor=actor).is_withheld is withheld
    assert (
        AuditEvent.objects.filter(verb__in=["crediting.framework.withheld", "crediting.framework.shown"]).count() == 2
    )


# --- Editions and alignments ------------------------------------------------------------------------------------------


def test_an_import_keeps_what_standards_said_before(personas: Personas, tmp_path: Path) -> None:
    framework = bring_geometry(personas.district)
    before = timezone.now()
    package = json.loads(json.dumps(PACKAGE))
    package["CFItems"][-1] |= {"fullStatement": "New words", "lastChangeDateTime": "2030-01-01T00:00:00+00:00"}
    gone = package["CFItems"].pop(-2)
    package["CFAssociations"] = [
        one for one in package["CFAssociations"] if gone["identifier"] not in json.dumps(one["originNodeURI"])
    ]
    path = tmp_path / "newer.json"
    path.write_text(json.dumps(package))
    assert import_case(path, district=personas.district, actor=None).applied
    changes = {one.changes: one for one in versions.since(framework, before)}
    assert set(changes) == {(Change.REWORDED,), (Change.REMOVED,)}
    removed = changes[Change.REMOVED,].old
    assert removed is not None
    assert removed.statement == gone["fullStatement"]
    assert versions.days_of_change(framework) == [timezone.now().date()]


@pytest.mark.rule("T72", partial=True)
def test_what_courses_teach_moves_when_somebody_confirms_and_old_requests_stay(
    personas: Personas, actor: User, tmp_path: Path
) -> None:
    old = adopt(bring_geometry(personas.district))
    course = make_course(personas.district)
    other_course = make_course(personas.district)
    standard = old.standards.get(guid=FIRST)
    for one in (course, other_course):
        set_course_standards(one, standards=[standard], required=[standard], actor=None)
    request = claiming(personas, standard)
    path = tmp_path / "newer.json"
    path.write_text(json.dumps(renamed(PACKAGE, "Newer", [link("replacedBy", FIRST, copy_of("Newer"))])))
    import_case(path, district=personas.district, actor=None)
    today = dt.date(2026, 10, 1)
    assert versions.proposals(old, on=today) == []
    newer = adopt(Framework.objects.get(district=personas.district, title="Newer"))
    first, _second = versions.proposals(old, on=today)
    assert (first.kind, first.new.framework) == (EdgeKind.REPLACED_BY, newer)
    graduation = make_graduation(personas.district, actor)
    change_links(graduation.academic[0], add=[standard], actor=actor)
    assert move_alignments(old, moves=[(first.row, first.new)], actor=actor) == 1
    assert move_alignments(old, moves=[(first.row, first.new)], actor=actor) == 0
    moved = CourseStandard.objects.get(course=first.row.course)
    assert (moved.standard, moved.is_required) == (first.new, True)
    assert {edge.origin for edge in links_to(graduation.academic[0])} == {standard, first.new}
    (second,) = versions.proposals(old, on=today)
    move_alignments(old, moves=[(second.row, second.new)], actor=actor)
    assert len(links_to(graduation.academic[0])) == 2, "another course makes no second link"
    assert request.claims.filter(standard=standard).exists()
    assert AuditEvent.objects.filter(verb="crediting.framework.moved").count() == 2


@pytest.mark.rule("T72")
def test_framework_version_status_and_crosswalk_are_kept_and_earlier_work_stays_with_its_version(
    personas: Personas, tmp_path: Path
) -> None:
    """A state's standards go from implemented to retired while the next version is only pending."""
    there = make_district()
    bring_geometry(there)
    old = adopt(bring_geometry(personas.district))
    request = claiming(personas, old.standards.get(guid=FIRST))

    package = copy.deepcopy(PACKAGE)
    package["CFDocument"] |= {"adoptionStatus": "Deprecated", "version": "2011"}
    (tmp_path / "old.json").write_text(json.dumps(package))
    crosswalk = [link("exactMatchOf", copy_of("Newer"), FIRST)]
    newer = renamed(PACKAGE, "Newer", crosswalk)
    newer["CFDocument"] |= {"adoptionStatus": "Pending Implementation", "version": "2026"}
    newer["CFItems"][0]["fullStatement"] = "What the next version says"
    (tmp_path / "newer.json").write_text(json.dumps(newer))
    for name in ("old.json", "newer.json"):
        assert import_case(tmp_path / name, district=personas.district, actor=None).applied

    old.refresh_from_db()
    assert (old.version, old.status) == ("2011", FrameworkStatus.RETIRED)
    assert Framework.objects.get(district=personas.district, version="2026").status == FrameworkStatus.PENDING
    crossing = StandardEdge.objects.get(framework__version="2026", kind=EdgeKind.EXACT_MATCH_OF)
    assert (crossing.origin.framework.version, crossing.destination.framework) == ("2026", old)  # type: ignore[union-attr]
    (claimed,) = request.claims.filter(standard__guid=FIRST)
    assert (claimed.standard.framework, claimed.standard.statement) == (old, before_words(FIRST))
    assert not Framework.objects.filter(district=there, version="2026").exists()


def before_words(guid: str) -> str:
    return next(str(one["fullStatement"]) for one in PACKAGE["CFItems"] if one["identifier"] == guid)


def test_two_frameworks_are_compared_through_the_links_of_their_publisher(personas: Personas, tmp_path: Path) -> None:
    old = bring_geometry(personas.district)
    links = [link("exactMatchOf", copy_of("Newer", one["identifier"]), one["identifier"]) for one in PACKAGE["CFItems"]]
    package = renamed(PACKAGE, "Newer", links)
    package["CFItems"][-1]["fullStatement"] = "New words"
    path = tmp_path / "newer.json"
    path.write_text(json.dumps(package))
    import_case(path, district=personas.district, actor=None)
    newer = Framework.objects.get(district=personas.district, title="Newer")
    (difference,) = versions.between(old, newer)
    assert difference.changes == (Change.REWORDED,)

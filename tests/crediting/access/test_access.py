"""Who sees requests, evidence and decisions, and who may do what. A second district is always there."""

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from crediting import access
from crediting.actions.decisions import award_credit
from crediting.actions.requests import withdraw_request
from crediting.models import CreditRequest, Decision
from crediting.queries.decisions import deliberate
from crediting.states import RequestState
from mbl.core import clock
from mbl.core.decisions import Allowed, Denied
from mbl.core.errors import NotAllowed
from mbl.core.models import User
from profiles.access import Capability
from profiles.models import Relationship, RoleAssignment
from profiles.states import RelationshipKind, Role
from tests.factories.crediting import Ground, make_evidence, make_ground, make_request
from tests.factories.profiles import make_account_holder, make_role, make_school, make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db

EVERYBODY = (
    "student",
    "family",
    "teacher",
    "credit_manager",
    "counselor",
    "registrar",
    "principal",
    "administrator",
    "other_district_administrator",
    "other_district_student",
    "anonymous",
)


def who(personas: Personas, sees: Callable[[User | AnonymousUser], bool]) -> set[str]:
    return {name for name in EVERYBODY if sees(personas.named(name).viewer)}


@pytest.fixture
def foreign(personas: Personas) -> CreditRequest:
    """Something of the other district that could leak."""
    ground = make_ground(personas.other_school)
    teacher = make_account_holder(personas.other_district, "Stella Reed")
    make_role(teacher, Role.TEACHER, personas.other_school)
    return make_request(ground, personas.other_district_student.student, teacher)


def test_a_draft_is_its_students_alone(personas: Personas, ground: Ground, foreign: CreditRequest) -> None:
    draft = make_request(ground, personas.student.student, personas.teacher.person, RequestState.DRAFT)
    assert who(personas, lambda user: draft in access.requests_visible_to(user)) == {"student"}


def test_a_sent_request_is_open_to_those_who_see_the_record_and_the_teacher_asked(
    personas: Personas, ground: Ground, foreign: CreditRequest
) -> None:
    sent = make_request(ground, personas.student.student, personas.teacher.person)
    assert who(personas, lambda user: sent in access.requests_visible_to(user)) == {
        "student",
        "family",
        "teacher",
        "credit_manager",
        "counselor",
        "registrar",
        "principal",
        "administrator",
    }
    for name in EVERYBODY[:8]:
        assert list(access.requests_visible_to(personas.named(name).viewer)) == [sent]


@pytest.mark.rule("R30", partial=True)
def test_evidence_is_held_closer_than_the_request(personas: Personas, ground: Ground, foreign: CreditRequest) -> None:
    evidence = make_evidence(personas.student.student)
    unsent = make_evidence(personas.student.student, "Not sent")
    make_request(ground, personas.student.student, personas.teacher.person, evidence=[evidence])
    near = {"student", "family", "teacher", "credit_manager", "principal"}
    assert who(personas, lambda user: evidence in access.evidence_visible_to(user)) == near
    assert who(personas, lambda user: unsent in access.evidence_visible_to(user)) == {"student"}
    request = CreditRequest.objects.get(student=personas.student.student)
    assert who(personas, lambda user: bool(access.sees_evidence_of(user, request))) == near


def test_a_teacher_who_was_not_asked_sees_nothing_of_it(personas: Personas, ground: Ground) -> None:
    """They teach the student, so the student is no secret; the work is."""
    asked = make_account_holder(personas.district, "Nadia Brook")
    make_role(asked, Role.TEACHER, personas.school)
    evidence = make_evidence(personas.student.student)
    request = make_request(ground, personas.student.student, asked, evidence=[evidence])
    user = personas.teacher.user
    assert request not in access.requests_visible_to(user)
    assert evidence not in access.evidence_visible_to(user)
    with pytest.raises(Http404):
        access.get_request(user, request.public_id)
    with pytest.raises(Http404):
        access.get_evidence(user, evidence.public_id)


def test_when_the_request_is_closed_the_work_closes_for_the_teacher(personas: Personas, ground: Ground) -> None:
    evidence = make_evidence(personas.student.student)
    request = make_request(ground, personas.student.student, personas.teacher.person, evidence=[evidence])
    withdraw_request(request, actor=personas.student.user)
    assert evidence not in access.evidence_visible_to(personas.teacher.user)
    # What they judged stays theirs to look up.
    assert request in access.requests_visible_to(personas.teacher.user)


def test_a_guardian_without_the_portal_sees_nothing(personas: Personas, ground: Ground) -> None:
    evidence = make_evidence(personas.student.student)
    request = make_request(ground, personas.student.student, personas.teacher.person, evidence=[evidence])
    Relationship.objects.filter(kind=RelationshipKind.GUARDIAN).update(portal=False)
    assert request not in access.requests_visible_to(personas.family.user)
    assert evidence not in access.evidence_visible_to(personas.family.user)


def test_who_decides_at_another_school_of_the_district_sees_nothing(personas: Personas, ground: Ground) -> None:
    elsewhere = make_school(personas.district, "Eastside High School")
    manager = make_account_holder(personas.district, "Ellen East")
    make_role(manager, Role.CREDIT_MANAGER, elsewhere)
    assert manager.user is not None
    evidence = make_evidence(personas.student.student)
    request = make_request(ground, personas.student.student, personas.teacher.person, evidence=[evidence])
    assert request not in access.requests_visible_to(manager.user)
    assert evidence not in access.evidence_visible_to(manager.user)


def test_a_role_that_ended_opens_nothing(personas: Personas, ground: Ground) -> None:
    evidence = make_evidence(personas.student.student)
    request = make_request(ground, personas.student.student, personas.teacher.person, evidence=[evidence])
    yesterday = clock.today(personas.district) - dt.timedelta(days=1)
    RoleAssignment.objects.exclude(role=Role.ADMINISTRATOR).update(ends_on=yesterday)
    for name in ("teacher", "credit_manager", "principal"):
        user = personas.named(name).user
        assert request not in access.requests_visible_to(user)
        assert evidence not in access.evidence_visible_to(user)


@pytest.mark.parametrize(
    ("capability", "allowed"),
    [
        (Capability.SEE_RECORD, set(EVERYBODY[:8])),
        (Capability.REQUEST_CREDIT, {"student"}),
        (Capability.ASSESS, {"teacher"}),
        (Capability.DECIDE_CREDIT, {"credit_manager", "principal"}),
    ],
)
def test_a_request_is_404_where_unknown_and_refused_with_a_reason_where_known(
    personas: Personas, ground: Ground, capability: Capability, allowed: set[str]
) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    for name in EVERYBODY:
        viewer = personas.named(name).viewer
        if name in allowed:
            assert access.get_request(viewer, request.public_id, capability) == request
        elif name in EVERYBODY[:8]:
            with pytest.raises(NotAllowed) as refused:
                access.get_request(viewer, request.public_id, capability)
            assert refused.value.message
        else:
            with pytest.raises(Http404):
                access.get_request(viewer, request.public_id, capability)
    with pytest.raises(Http404):
        access.get_request(personas.student.viewer, uuid.uuid4(), capability)


def test_only_the_student_changes_evidence(personas: Personas, ground: Ground) -> None:
    evidence = make_evidence(personas.student.student)
    make_request(ground, personas.student.student, personas.teacher.person, evidence=[evidence])
    assert access.get_evidence(personas.student.user, evidence.public_id, Capability.REQUEST_CREDIT) == evidence
    for name in ("family", "teacher", "principal"):
        with pytest.raises(NotAllowed):
            access.get_evidence(personas.named(name).user, evidence.public_id, Capability.REQUEST_CREDIT)


def test_a_decision_is_open_to_the_record_and_reversed_by_few(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)
    decision = award_credit(request, reason="Shown.", actor=personas.credit_manager.user)
    sees = who(personas, lambda user: decision in access.decisions_visible_to(user))
    assert sees == set(EVERYBODY[:8])
    reverses = {name for name in sees if access.may_reverse(personas.named(name).viewer, decision)}
    assert reverses == {"credit_manager", "principal"}
    with pytest.raises(NotAllowed, match="credit manager or principal"):
        access.get_decision(personas.student.user, decision.public_id, Capability.REVERSE_CREDIT)
    with pytest.raises(Http404):
        access.get_decision(personas.other_district_administrator.user, decision.public_id)


# --- May they? --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "may"),
    [
        (RequestState.SUBMITTED, True),
        (RequestState.ASSESSED, True),
        (RequestState.RETURNED, False),
        (RequestState.WITHDRAWN, False),
        (RequestState.AWARDED, False),
        (RequestState.NOT_AWARDED, False),
        (RequestState.REVERSED, True),
    ],
)
def test_judging_is_possible_while_it_is_with_the_school(
    personas: Personas, ground: Ground, state: RequestState, may: bool
) -> None:
    request = make_request(
        ground, personas.student.student, personas.teacher.person, state, decider=personas.credit_manager.user
    )
    assert bool(access.may_assess(personas.teacher.user, request)) is may


@pytest.mark.rule("R10b")
@pytest.mark.parametrize(
    ("two_roles", "roles", "may"),
    [
        (True, ("credit_manager", "principal"), {"credit_manager", "principal"}),
        (True, ("principal",), {"principal"}),
        (False, ("teacher",), {"teacher"}),
        (False, ("teacher", "principal"), {"teacher", "principal"}),
        (True, ("teacher",), set()),
    ],
)
def test_who_may_decide_follows_from_the_policy(
    personas: Personas, two_roles: bool, roles: tuple[str, ...], may: set[str]
) -> None:
    ground = make_ground(personas.school, two_roles=two_roles, roles=roles)
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)
    said = deliberate(request)
    verdicts = {
        name: access.may_decide(personas.named(name).viewer, request, said.approval, said.assessors)
        for name in EVERYBODY
    }
    assert {name for name, verdict in verdicts.items() if isinstance(verdict, Allowed)} == may
    for verdict in verdicts.values():
        assert isinstance(verdict, Allowed) or (isinstance(verdict, Denied) and verdict.reason.endswith("."))
    if two_roles and roles == ("teacher",):
        alone = verdicts["teacher"]
        assert isinstance(alone, Denied) and alone.reason.startswith("You alone assessed this work.")


def test_without_a_policy_nobody_decides(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)
    verdict = access.may_decide(personas.credit_manager.user, request, None, {})
    assert isinstance(verdict, Denied) and "No policy was in force" in verdict.reason


def test_a_student_who_moved_is_seen_by_the_school_that_grants_and_the_new_one(
    personas: Personas, ground: Ground
) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    new_school = make_school(personas.district, "Eastside High School")
    registrar = make_account_holder(personas.district, "Ellen East")
    make_role(registrar, Role.REGISTRAR, new_school)
    student = personas.student.student
    student.school = new_school
    student.save()
    assert registrar.user is not None
    assert request in access.requests_visible_to(registrar.user)
    assert request in access.requests_visible_to(personas.credit_manager.user)
    assert access.decides_at(personas.credit_manager.user, request.school)


def test_other_students_of_the_school_see_nothing(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    other = make_student(personas.school, person=make_account_holder(personas.district, "Omar Diaz"))
    assert other.person.user is not None
    assert list(access.requests_visible_to(other.person.user)) == []
    assert not Decision.objects.exists() and request.pk

"""Two people, or two clicks, at the same moment: real threads, real locks, one answer."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest

from mbl.core.errors import DomainError
from mbl.core.imports import ImportResult
from mbl.core.imports.undo import undo
from mbl.core.models import AuditEvent, ImportRun, User
from mbl.core.states import ImportState
from profiles.actions import invitations
from profiles.actions.invitations import Unusable
from profiles.actions.relationships import link_guardian
from profiles.actions.roles import end_role, give_role
from profiles.interchange.oneroster import import_oneroster
from profiles.models import ExternalId, Invitation, Person, Relationship, RoleAssignment, Student
from profiles.states import InvitationState, Role
from tests.at_once import at_once
from tests.factories.core import make_district, make_user
from tests.factories.profiles import make_account_holder, make_person, make_role, make_school, make_student
from tests.factories.tables import content

ROSTER = Path(__file__).resolve().parents[2] / "fixtures" / "oneroster" / "cedar-falls"
pytestmark = pytest.mark.django_db(transaction=True)


def test_one_role_given_by_two_administrators_is_one_assignment() -> None:
    school = make_school()
    person = make_person(school.district)
    answers = at_once([lambda: give_role(person, Role.REGISTRAR, school=school, actor=None)] * 4)
    assert len(set(map(repr, answers))) == 1
    assert RoleAssignment.objects.get() == answers[0]


def test_one_import_taken_back_by_two_people_goes_back_once() -> None:
    district = make_district("Cedar Falls", code="cedar-falls", state_code="01999")
    make_person(district, "Stays Here")
    before = content("profiles")
    run = ImportRun.objects.get(public_id=import_oneroster(ROSTER, district=district, actor=None, confirmed=True).run)
    people = [make_user(f"undoer-{number}") for number in range(3)]
    answers = at_once([partial(undo, run, actor=person) for person in people])
    results = [one for one in answers if isinstance(one, ImportResult)]
    assert len(results) == len(people), answers
    assert sorted(one.applied for one in results) == [False, False, True]
    assert [[issue.code for issue in one.issues] for one in results if not one.applied] == [["UNDO_ALREADY"]] * 2
    [event] = AuditEvent.objects.filter(verb="core.import.undone")
    run.refresh_from_db()
    assert (run.state, event.actor, event.target_id) == (ImportState.UNDONE, run.undone_by, run.public_id)
    assert content("profiles") == before


def test_an_import_and_the_undo_of_the_one_before_do_not_meet_halfway() -> None:
    district = make_district("Cedar Falls", code="cedar-falls", state_code="01999")
    run = ImportRun.objects.get(public_id=import_oneroster(ROSTER, district=district, actor=None, confirmed=True).run)
    load = partial(import_oneroster, ROSTER, district=district, actor=None, confirmed=True)
    answers = at_once([partial(undo, run, actor=None), load])
    assert not [one for one in answers if isinstance(one, Exception)], answers
    # Whichever came first: all of the roster is there, or none of it.
    assert (Person.objects.count(), ExternalId.objects.filter(kind="users").count()) in {(0, 0), (11, 11)}
    assert (Student.objects.count() == 0) == (Person.objects.count() == 0)


def test_two_last_administrators_cannot_both_leave() -> None:
    district = make_district()
    roles = [
        make_role(make_account_holder(district, f"Administrator {name}"), Role.ADMINISTRATOR) for name in ("One", "Two")
    ]
    answers = at_once([partial(end_role, role, actor=None) for role in roles])
    assert sorted(isinstance(answer, DomainError) for answer in answers) == [False, True]


def test_one_invitation_makes_one_account() -> None:
    invitation = invitations.invite(make_person(make_district(), "Nora Registrar"), actor=None)
    token = invitations.token_of(invitation)

    def accept(name: str) -> User | Unusable:
        try:
            return invitations.accept_with_new_account(token, login_name=name, password="four plain words here")
        except Unusable as refusal:
            return refusal

    answers = at_once([partial(accept, name) for name in ("nora-one", "nora-two")])
    assert sorted(isinstance(answer, Unusable) for answer in answers) == [False, True]
    assert User.objects.count() == 1


def test_inviting_twice_at_once_is_one_open_invitation() -> None:
    person = make_person(make_district())
    at_once([lambda: invitations.invite(person, actor=None)] * 3)
    assert Invitation.objects.filter(state=InvitationState.SENT).count() == 1


def test_linking_a_child_twice_at_once_is_one_relation() -> None:
    student = make_student()
    parent = make_person(student.district)
    at_once([lambda: link_guardian(parent, student, actor=None)] * 3)
    assert Relationship.objects.count() == 1


def test_two_imports_of_one_roster_take_turns(tmp_path: Path) -> None:
    district = make_district(state_code="01999")
    folder = tmp_path / "roster"
    shutil.copytree(ROSTER, folder)
    answers = at_once([lambda: import_oneroster(folder, district=district, actor=None)] * 2)
    assert sorted(answer.changes for answer in answers) == [0, 38]
    assert (Person.objects.count(), ImportRun.objects.count()) == (11, 1)

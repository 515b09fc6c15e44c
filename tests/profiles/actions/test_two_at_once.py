"""Two people, or two clicks, at the same moment: real threads, real locks, one answer."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from mbl.core.errors import DomainError
from mbl.core.models import ImportRun, User
from profiles.actions import invitations
from profiles.actions.invitations import Unusable
from profiles.actions.relationships import link_guardian
from profiles.actions.roles import end_role, give_role
from profiles.interchange.oneroster import import_oneroster
from profiles.models import Invitation, Person, Relationship, RoleAssignment
from profiles.states import InvitationState, Role
from tests.factories.core import make_district
from tests.factories.profiles import make_account_holder, make_person, make_role, make_school, make_student

ROSTER = Path(__file__).resolve().parents[2] / "fixtures" / "oneroster" / "cedar-falls"
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What each call answers or raises when all start together, each on a connection of its own."""
    start = threading.Barrier(len(calls))
    answers: list[object] = [None] * len(calls)

    def run(place: int, call: Callable[[], object]) -> None:
        start.wait()
        try:
            answers[place] = call()
        except Exception as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_one_role_given_by_two_administrators_is_one_assignment() -> None:
    school = make_school()
    person = make_person(school.district)
    answers = at_once(*[lambda: give_role(person, Role.REGISTRAR, school=school, actor=None)] * 4)
    assert len(set(map(repr, answers))) == 1
    assert RoleAssignment.objects.get() == answers[0]


def test_two_last_administrators_cannot_both_leave() -> None:
    district = make_district()
    roles = [
        make_role(make_account_holder(district, f"Administrator {name}"), Role.ADMINISTRATOR) for name in ("One", "Two")
    ]
    answers = at_once(*(lambda role=role: end_role(role, actor=None) for role in roles))
    assert sorted(isinstance(answer, DomainError) for answer in answers) == [False, True]


def test_one_invitation_makes_one_account() -> None:
    invitation = invitations.invite(make_person(make_district(), "Nora Registrar"), actor=None)
    token = invitations.token_of(invitation)
    answers = at_once(
        *(
            lambda name=name: invitations.accept_with_new_account(
                token, login_name=name, password="four plain words here"
            )
            for name in ("nora-one", "nora-two")
        )
    )
    assert sorted(isinstance(answer, Unusable) for answer in answers) == [False, True]
    assert User.objects.count() == 1


def test_inviting_twice_at_once_is_one_open_invitation() -> None:
    person = make_person(make_district())
    at_once(*[lambda: invitations.invite(person, actor=None)] * 3)
    assert Invitation.objects.filter(state=InvitationState.SENT).count() == 1


def test_linking_a_child_twice_at_once_is_one_relation() -> None:
    student = make_student()
    parent = make_person(student.district)
    at_once(*[lambda: link_guardian(parent, student, actor=None)] * 3)
    assert Relationship.objects.count() == 1


def test_two_imports_of_one_roster_take_turns(tmp_path: Path) -> None:
    district = make_district(state_code="01999")
    folder = tmp_path / "roster"
    shutil.copytree(ROSTER, folder)
    answers = at_once(*[lambda: import_oneroster(folder, district=district, actor=None)] * 2)
    assert sorted(answer.changes for answer in answers) == [0, 38]  # type: ignore[attr-defined]
    assert (Person.objects.count(), ImportRun.objects.count()) == (11, 1)

"""The role table and the page printed from it."""

from io import StringIO

import pytest
from django.core.management import call_command

from profiles.rules.roles import OWN_CAPABILITIES, SCOPE_CAPABILITIES, Capability
from profiles.states import Role
from profiles.words import CAPABILITY_WORDS, ROLE_SENTENCES, ROLE_WORDS


def test_every_role_and_capability_has_words() -> None:
    assert set(ROLE_WORDS) == set(Role)
    assert set(CAPABILITY_WORDS) == set(Capability)
    assert set(ROLE_SENTENCES) == set(Role) - {Role.STUDENT, Role.FAMILY}
    assert set(SCOPE_CAPABILITIES) == set(OWN_CAPABILITIES) == set(Role)


def test_whoever_may_do_anything_with_a_student_sees_that_the_student_exists() -> None:
    about_students = {
        Capability.SEE_RECORD, Capability.ASSESS, Capability.DECIDE_CREDIT, Capability.REVERSE_CREDIT,
        Capability.REVIEW_PLAN, Capability.ISSUE_TRANSCRIPT, Capability.REVOKE_TRANSCRIPT, Capability.REQUEST_CREDIT,
    }  # fmt: skip
    for role in Role:
        for held in (SCOPE_CAPABILITIES[role], OWN_CAPABILITIES[role]):
            assert not held & about_students or Capability.SEE_STUDENT in held, role


def test_the_printed_access_matrix_is_up_to_date() -> None:
    call_command("access_matrix", "--check", stdout=StringIO())


@pytest.mark.parametrize("role", [Role.STUDENT, Role.FAMILY, Role.TEACHER, Role.COUNSELOR])
def test_roles_that_follow_from_relations_open_no_whole_school(role: Role) -> None:
    assert SCOPE_CAPABILITIES[role] == frozenset()

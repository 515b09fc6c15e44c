"""At 18 the rights move to the student: what the family sees follows the student's choice (R77, 34 CFR 99.5)."""

import datetime as dt

import pytest
from django.utils import timezone

from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import User
from profiles import access
from profiles.actions.family_access import set_family_access
from profiles.models import Student
from profiles.rules.roles import Capability
from tests.crediting.recorded import Recorded
from tests.factories.profiles import make_account_holder, make_guardian, make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db

# The district's clocks show the last minute of November 20, and one minute later the 18th birthday. In UTC both are
# the 21st.
BEFORE = dt.datetime(2026, 11, 21, 7, 59, 30, tzinfo=dt.UTC)
AFTER = dt.datetime(2026, 11, 21, 8, 0, 30, tzinfo=dt.UTC)
BORN = dt.date(2008, 11, 21)


def born(personas: Personas, day: dt.date | None) -> Student:
    student = personas.student.student
    student.person.birth_date = day
    student.person.save()
    return student


def sees(user: User, student: Student) -> bool:
    return bool(access.may(User.objects.get(pk=user.pk), Capability.SEE_RECORD, student))


@pytest.mark.rule("R77")
def test_the_family_sees_until_midnight_before_the_birthday_where_the_district_is(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    student = born(personas, BORN)
    monkeypatch.setattr(timezone, "now", lambda: BEFORE)
    assert sees(personas.family.user, student)
    assert list(access.family_of(student)) == [personas.family.person]
    monkeypatch.setattr(timezone, "now", lambda: AFTER)
    assert not sees(personas.family.user, student)
    assert not access.students_visible_to(personas.family.user).exists()
    assert list(access.family_of(student)) == []
    assert access.closed_to(personas.family.user) == [str(student)]
    assert sees(personas.student.user, student)
    assert sees(personas.counselor.user, student)


@pytest.mark.rule("R77")
def test_each_district_keeps_its_own_midnight(personas: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    """A family with children in two districts: eastern clocks are three hours ahead."""
    personas.other_district.timezone = "America/New_York"
    personas.other_district.save()
    here, user = born(personas, BORN), personas.family.user
    elsewhere = make_account_holder(personas.other_district, "Elena Ramirez")
    elsewhere.user = user
    elsewhere.save()
    there = make_student(personas.other_school, "Marco Ramirez")
    there.person.birth_date = BORN
    there.person.save()
    make_guardian(elsewhere, there)
    monkeypatch.setattr(timezone, "now", lambda: BEFORE)
    assert (sees(user, here), sees(user, there)) == (True, False)


@pytest.mark.rule("R77")
def test_a_student_of_18_opens_the_record_and_closes_it_again(personas: Personas) -> None:
    student = born(personas, dt.date(2000, 1, 1))
    recorded = Recorded()
    set_family_access(student, allowed=True, actor=personas.student.user)
    assert sees(personas.family.user, student)
    set_family_access(student, allowed=True, actor=personas.student.user)
    set_family_access(student, allowed=False, actor=personas.student.user)
    assert not sees(personas.family.user, student)
    assert [(event.verb, event.payload, event.actor) for event in recorded.events] == [
        ("profiles.family.access_set", {"allowed": True}, personas.student.user),
        ("profiles.family.access_set", {"allowed": False}, personas.student.user),
    ]


def test_a_younger_student_cannot_decide_it_and_a_choice_has_no_effect_before_18(personas: Personas) -> None:
    student = born(personas, timezone.now().date() - dt.timedelta(days=365 * 16))
    with pytest.raises(DomainError, match="18th birthday"):
        set_family_access(student, allowed=False, actor=personas.student.user)
    assert sees(personas.family.user, student)


def test_nobody_but_the_student_decides(personas: Personas) -> None:
    student = born(personas, dt.date(2000, 1, 1))
    for persona in (personas.family, personas.counselor, personas.administrator, personas.other_district_student):
        with pytest.raises(NotAllowed):
            set_family_access(student, allowed=True, actor=persona.user)
    student.refresh_from_db()
    assert not student.family_access


def test_without_a_birth_date_the_student_counts_as_not_yet_18(personas: Personas) -> None:
    assert sees(personas.family.user, born(personas, None))


def test_an_unchecked_relation_opens_nothing_whatever_the_student_says(personas: Personas) -> None:
    student = born(personas, dt.date(2000, 1, 1))
    aunt = make_account_holder(personas.district, "Alma Ramirez")
    make_guardian(aunt, student, portal=False)
    set_family_access(student, allowed=True, actor=personas.student.user)
    assert not sees(aunt.user, student)  # type: ignore[arg-type]
    assert access.closed_to(aunt.user) == []  # type: ignore[arg-type]

"""Consent names records, purpose and party, is signed by who may, and is the only door for somebody outside (R81)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from mbl.core import clock
from mbl.core.errors import DomainError, InvalidTransition, NotAllowed
from mbl.core.models import Notification, User
from profiles import access
from profiles.actions.consents import ask_consent, end_consent, sign_consent
from profiles.models import Person, SharingConsent, Student
from profiles.rules.roles import Capability
from profiles.states import ConsentState, SharedRecords
from tests.crediting.recorded import Recorded
from tests.factories.profiles import make_account_holder, make_guardian, make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def college(personas: Personas) -> Person:
    return make_account_holder(personas.district, "Pat Lindqvist")


def asked(personas: Personas, college: Person, **terms: object) -> SharingConsent:
    today = clock.today(personas.district)
    return ask_consent(
        personas.student.student,
        **{
            "reader": college,
            "party": "Cascadia College",
            "purpose": "Choosing a place in the summer program",
            "records": SharedRecords.RECORD,
            "ends_on": today + 30 * DAY,
            "actor": personas.administrator.user,
        }
        | terms,  # type: ignore[arg-type]
    )


def signed(personas: Personas, college: Person, **terms: object) -> SharingConsent:
    return sign_consent(asked(personas, college, **terms), typed_name="Elena Ramirez", actor=personas.family.user)


def account(person: Person) -> User:
    """The person's account, read anew, so that what opened or closed in the test counts."""
    assert person.user_id is not None
    return User.objects.get(pk=person.user_id)


def opened(person: Person, student: Student) -> set[str]:
    """What somebody may do."""
    return {str(one) for one in Capability if access.may(account(person), one, student)}


def born(personas: Personas, *, years: int, less: dt.timedelta = dt.timedelta()) -> Student:
    student = personas.student.student
    today = clock.today(personas.district)
    student.person.birth_date = today.replace(year=today.year - years) + less
    student.person.save()
    return student


@pytest.mark.rule("R81")
def test_only_a_signed_consent_opens_a_record_and_only_what_it_names(personas: Personas, college: Person) -> None:
    student = personas.student.student
    consent = asked(personas, college, records=SharedRecords.BASICS)
    assert opened(college, student) == set()
    sign_consent(consent, typed_name="Elena Ramirez", actor=personas.family.user)
    assert opened(college, student) == {"see_student"}
    signed(personas, college)
    assert opened(college, student) == {"see_student", "see_record"}
    assert opened(college, make_student(personas.school)) == set()
    assert list(access.shared_with(account(college))) == [student]


@pytest.mark.rule("R81")
def test_a_consent_ends_with_its_last_day(personas: Personas, college: Person) -> None:
    student, today = personas.student.student, clock.today(personas.district)
    consent = signed(personas, college, ends_on=today)
    assert opened(college, student)
    SharingConsent.objects.filter(pk=consent.pk).update(ends_on=today - DAY)
    assert opened(college, student) == set()
    with pytest.raises(Http404):
        access.get_student(account(college), student.public_id, Capability.SEE_STUDENT)


@pytest.mark.rule("R81")
@pytest.mark.parametrize("who", ["family", "student", "administrator"])
def test_a_consent_is_taken_back_by_student_family_or_administrator(
    personas: Personas, college: Person, who: str
) -> None:
    consent = signed(personas, college)
    recorded = Recorded()
    end_consent(consent, actor=personas.named(who).user)
    end_consent(consent, actor=personas.named(who).user)
    assert opened(college, personas.student.student) == set()
    assert [(event.verb, event.payload) for event in recorded.events] == [
        ("profiles.consent.revoked", {"party": "Cascadia College"})
    ]
    assert Notification.objects.filter(user=account(college), code="profiles.consent_ended").count() == 1


@pytest.mark.rule("R81")
def test_the_consent_keeps_terms_signer_and_day(personas: Personas, college: Person) -> None:
    recorded = Recorded()
    consent = signed(personas, college)
    again = sign_consent(consent, typed_name="Somebody Else", actor=personas.family.user)
    assert (again.typed_name, again.signed_as, again.signed_by) == ("Elena Ramirez", "family", personas.family.user)
    assert again.signed_at is not None
    assert [event.verb for event in recorded.events] == ["profiles.consent.asked", "profiles.consent.signed"]
    assert recorded.events[1].payload == {
        "party": "Cascadia College",
        "reader": "Pat Lindqvist",
        "purpose": "Choosing a place in the summer program",
        "records": "record",
        "ends_on": consent.ends_on.isoformat(),
        "signer": "Elena Ramirez",
        "signed_as": "family",
    }
    told = set(Notification.objects.values_list("user__display_name", "code"))
    assert told >= {
        ("Elena Ramirez", "profiles.consent_asked"),
        ("Sofia Ramirez", "profiles.consent_asked"),
        ("Pat Lindqvist", "profiles.consent_signed"),
        (str(personas.administrator.user), "profiles.consent_signed"),
    }


@pytest.mark.rule("R81")
def test_before_18_a_checked_parent_signs_and_nobody_else(personas: Personas, college: Person) -> None:
    born(personas, years=18, less=DAY)
    consent = asked(personas, college)
    aunt = make_account_holder(personas.district, "Alma Ramirez")
    make_guardian(aunt, personas.student.student, portal=False)
    others = [aunt.user, college.user] + [one.user for one in personas if one.account and one.name != "family"]
    for user in others:
        assert user is not None
        with pytest.raises(NotAllowed):
            sign_consent(consent, typed_name="Sofia Ramirez", actor=user)
    sign_consent(consent, typed_name="Elena Ramirez", actor=personas.family.user)
    assert opened(college, personas.student.student)


@pytest.mark.rule("R81")
def test_from_the_18th_birthday_on_only_the_student_signs(personas: Personas, college: Person) -> None:
    student = born(personas, years=18)
    student.family_access = True
    student.save()
    consent = asked(personas, college)
    with pytest.raises(NotAllowed, match="18 or older"):
        sign_consent(consent, typed_name="Elena Ramirez", actor=personas.family.user)
    with pytest.raises(NotAllowed):
        end_consent(consent, actor=personas.family.user)
    after = sign_consent(consent, typed_name="Sofia Ramirez", actor=personas.student.user)
    assert after.signed_as == "student"
    assert opened(college, student) == {"see_student", "see_record"}


@pytest.mark.rule("R81")
def test_what_a_parent_signed_ends_with_the_18th_birthday(personas: Personas, college: Person) -> None:
    student = born(personas, years=18, less=DAY)
    consent = signed(personas, college)
    assert opened(college, student)
    born(personas, years=18)
    assert opened(college, student) == set()
    consent.refresh_from_db()
    assert consent.state == ConsentState.SIGNED
    sign_consent(asked(personas, college), typed_name="Sofia Ramirez", actor=personas.student.user)
    assert opened(college, student) == {"see_student", "see_record"}


@pytest.mark.rule("R81")
def test_a_student_of_any_age_can_say_no_and_then_nobody_signs_it(personas: Personas, college: Person) -> None:
    consent = end_consent(asked(personas, college), actor=personas.student.user)
    assert consent.state == ConsentState.DECLINED
    with pytest.raises(InvalidTransition):
        sign_consent(consent, typed_name="Elena Ramirez", actor=personas.family.user)
    assert opened(college, personas.student.student) == set()


def test_the_same_question_waits_once_and_other_terms_need_another_one(personas: Personas, college: Person) -> None:
    first = asked(personas, college)
    assert asked(personas, college) == first
    with pytest.raises(DomainError, match="waits for an answer"):
        asked(personas, college, records=SharedRecords.BASICS)
    end_consent(first, actor=personas.administrator.user)
    assert asked(personas, college, records=SharedRecords.BASICS) != first


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("party", " \u200b"),
        ("purpose", "\0 "),
        ("ends_on", dt.date(2020, 1, 1)),
        ("ends_on", dt.date(9999, 12, 31)),
    ],
)
def test_terms_that_nobody_could_sign_are_refused(
    personas: Personas, college: Person, field: str, value: object
) -> None:
    with pytest.raises(DomainError) as refused:
        asked(personas, college, **{field: value})
    assert refused.value.field == field
    assert not SharingConsent.objects.exists()


def test_a_district_says_how_long_a_consent_may_last(personas: Personas, college: Person) -> None:
    personas.district.settings["consent_days"] = 10
    personas.district.save()
    with pytest.raises(DomainError, match="at most"):
        asked(personas, college)
    assert asked(personas, college, ends_on=clock.today(personas.district) + 10 * DAY)


def test_a_signature_of_nothing_is_none_and_a_question_grows_old(personas: Personas, college: Person) -> None:
    consent = asked(personas, college)
    with pytest.raises(DomainError, match="Type your full name"):
        sign_consent(consent, typed_name=" \u200b\0", actor=personas.family.user)
    SharingConsent.objects.filter(pk=consent.pk).update(ends_on=clock.today(personas.district) - DAY)
    with pytest.raises(DomainError, match="ask you anew"):
        sign_consent(consent, typed_name="Elena Ramirez", actor=personas.family.user)


@pytest.mark.rule("R81")
def test_another_district_neither_asks_nor_reads(personas: Personas, college: Person) -> None:
    with pytest.raises(NotAllowed):
        asked(personas, college, actor=personas.other_district_administrator.user)
    stranger = make_account_holder(personas.other_district, "Sam Strand")
    with pytest.raises(DomainError, match="different districts"):
        asked(personas, stranger)
    consent = signed(personas, college)
    for persona in (personas.other_district_administrator, personas.other_district_student):
        with pytest.raises(Http404):
            access.get_consent(persona.user, consent.public_id)
    assert opened(college, personas.other_district_student.student) == set()
    assert opened(stranger, personas.student.student) == set()


def test_the_database_refuses_a_consent_that_is_open_and_not_signed(personas: Personas, college: Person) -> None:
    consent = asked(personas, college)
    with pytest.raises(IntegrityError), transaction.atomic():
        SharingConsent.objects.filter(pk=consent.pk).update(state=ConsentState.SIGNED)

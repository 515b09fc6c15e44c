"""Several registrars at the same moment, on a real database with real locks."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from mbl.core.errors import DomainError
from mbl.core.models import AuditEvent, Job, User
from profiles.models import Student
from tests.at_once import at_once
from tests.factories.core import make_district
from tests.factories.profiles import make_school, make_student
from tests.factories.transcripts import make_line, make_registrar, make_transcript
from transcripts.actions.issue import issue_transcript
from transcripts.actions.revoke import revoke_transcript
from transcripts.models import Transcript, TranscriptRevocation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def people() -> tuple[Student, list[User]]:
    school = make_school(make_district())
    student = make_student(school)
    make_line(student)
    return student, [make_registrar(school, "Rita Okafor"), make_registrar(school, "Ruth Adeyemi")]


def test_twelve_presses_by_two_registrars_issue_one_transcript(people: tuple[Student, list[User]]) -> None:
    student, registrars = people
    key = uuid.uuid4()

    def press(number: int) -> Callable[[], Transcript]:
        return lambda: issue_transcript(student, actor=registrars[number % 2], issue_key=key, recipient="Evergreen")

    answers = at_once([press(number) for number in range(12)])

    assert {answer.pk for answer in answers} == {Transcript.objects.get().pk}
    assert Job.objects.filter(kind="transcripts.render").count() == 1
    assert AuditEvent.objects.filter(verb="transcripts.transcript.issued").count() == 1


def test_two_who_replace_the_same_one_replace_it_once(people: tuple[Student, list[User]]) -> None:
    student, registrars = people
    old = make_transcript(student, registrars[0])

    def replace(registrar: User) -> Callable[[], Transcript]:
        key = uuid.uuid4()
        return lambda: issue_transcript(student, actor=registrar, issue_key=key, replaces=old)

    answers = at_once([replace(registrar) for registrar in registrars])

    assert Transcript.objects.filter(supersedes=old).count() == 1
    (refusal,) = [answer for answer in answers if isinstance(answer, DomainError)]
    assert "has already been replaced" in str(refusal)


def test_numbers_given_at_the_same_moment_differ(people: tuple[Student, list[User]]) -> None:
    student, registrars = people
    assert student.school is not None
    others = [make_student(student.school) for _ in range(8)]

    def issue(one: Student) -> Callable[[], Transcript]:
        key = uuid.uuid4()
        return lambda: issue_transcript(one, actor=registrars[0], issue_key=key)

    numbers = [answer.number for answer in at_once([issue(one) for one in others])]

    assert len(set(numbers)) == 8
    assert sorted(number[-6:] for number in numbers) == [f"{count:06d}" for count in range(1, 9)]


def test_two_who_revoke_revoke_once(people: tuple[Student, list[User]]) -> None:
    student, registrars = people
    transcript = make_transcript(student, registrars[0])

    def revoke(registrar: User) -> Callable[[], TranscriptRevocation]:
        return lambda: revoke_transcript(transcript, reason=f"Says {registrar}.", actor=registrar)

    answers = at_once([revoke(registrar) for registrar in registrars])

    assert {answer.pk for answer in answers} == {TranscriptRevocation.objects.get().pk}

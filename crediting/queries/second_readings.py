"""Which work is drawn for a second reading, who could read it blind, and what they read."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from crediting import access
from crediting.models import CreditRequest, PolicyVersion, Reading, ReadingLevel, Standard
from crediting.queries import policy
from crediting.queries.requests import standards_to_show
from crediting.rules.evidence import of_kind
from crediting.rules.moderation import draw, is_drawn, is_for
from crediting.rules.policy.terms import Moderation
from crediting.states import ReadingKind, ReadingState
from mbl.core import clock
from profiles.models import Person, RoleAssignment, SectionTeacher
from profiles.states import Role


@dataclass(frozen=True)
class Drawn:
    """The request's number under the policy that decides it; ``is_read`` says whether somebody reads it again."""

    version: PolicyVersion
    moderation: Moderation
    number: int
    is_read: bool


def drawn_for(request: CreditRequest) -> Drawn | None:
    """The draw for a request; None where its policy has nothing of its kind read a second time."""
    if request.demonstrated_on is None:
        return None
    version = policy.version_in_force(request.course, request.demonstrated_on, request.student.graduation_year)
    terms = policy.terms_of(version) if version else None
    if version is None or terms is None or terms.moderation is None:
        return None
    ways = of_kind(terms.rules_for(request.course.code, request.method), request.subtype)
    if not is_for(terms.moderation, ways):
        return None
    number = draw(settings.SECRET_KEY.encode(), str(request.public_id), str(version.public_id))
    return Drawn(version, terms.moderation, number, is_drawn(terms.moderation, number))


def moderation_of(reading: Reading) -> Moderation:
    """What the policy version says under which the reading was drawn."""
    moderation = policy.terms_of(reading.policy_version).moderation
    assert moderation is not None  # it was drawn under it
    return moderation


# --- Who could read ---------------------------------------------------------------------------------------------------


def teachers_near(request: CreditRequest, moderation: Moderation) -> QuerySet[Person]:
    """Teachers with an account who hold the role at the request's school, or in its district."""
    on = clock.today(request.district)
    where = Q() if moderation.across_district else Q(school=request.school_id) | Q(school=None)
    held = RoleAssignment.objects.in_force(on).filter(where, role=Role.TEACHER, person__district=request.district_id)
    return Person.objects.filter(
        pk__in=held.values("person"), is_active=True, user__is_active=True, district=request.district_id
    ).select_related("user")


def blind_readers(request: CreditRequest, moderation: Moderation, without: Collection[int]) -> Iterator[Person]:
    """Who can read it blind, in the order in which they are asked: those who teach the subject, then those with the
    fewest readings to give, then by lot."""
    year = clock.school_year(clock.today(request.district))
    same_subject = SectionTeacher.objects.filter(
        section__course__terms__subject=request.course.terms.subject, section__session__school_year=year
    )
    teaching = set(same_subject.filter(section__district=request.district_id).values_list("person_id", flat=True))
    waiting = Count("readings", filter=Q(readings__state=ReadingState.WAITING))
    found = teachers_near(request, moderation).exclude(pk__in=list(without)).annotate(to_give=waiting)

    def order(person: Person) -> tuple[bool, int, str]:
        return person.pk not in teaching, person.to_give, _lot(request, person)  # type: ignore[attr-defined]

    for person in sorted(found, key=order):
        assert person.user is not None
        if access.may_read_blind(person.user, request):
            yield person


def _lot(request: CreditRequest, person: Person) -> str:
    said = f"reader:{request.public_id}:{person.public_id}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), said, sha256).hexdigest()


# --- What is read -----------------------------------------------------------------------------------------------------


def standards_to_read(reading: Reading) -> list[Standard]:
    """What the reader judges: every judged standard of the attempt, or in a third reading those on which two differ."""
    if reading.kind == ReadingKind.THIRD:
        apart = ReadingLevel.objects.filter(
            reading__request=reading.request_id,
            reading__attempt=reading.attempt,
            reading__kind=ReadingKind.SECOND,
            agrees=False,
        )
        wanted = set(apart.values_list("standard_id", flat=True))
    else:
        wanted = set(reading.request.judgements.filter(attempt=reading.attempt).values_list("standard_id", flat=True))
    return [standard for standard in standards_to_show(reading.request) if standard.pk in wanted]


def modifications_of(request: CreditRequest, attempt: int) -> dict[int, str]:
    """What was asked in place of a standard as written, which every reader has to know. No level, no comment."""
    asked = request.judgements.filter(attempt=attempt).order_by("judged_at", "pk")
    newest = dict(asked.values_list("standard_id", "modification"))
    return {pk: words for pk, words in newest.items() if words}

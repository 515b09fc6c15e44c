"""What people are told about requests, evidence and credit, in their own language (R17, R32)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crediting.models import CreditRequest, Decision
from mbl.core import notify
from mbl.core.models import User
from mbl.core.notify import Message, notice
from profiles.access import families_of
from profiles.models import Person

SENT = notice(
    "crediting.sent",
    _("%(student)s sent you “%(title)s”: credit in %(course)s."),
    subject=_("Work is waiting for your assessment"),
)
RETURNED = notice(
    "crediting.returned",
    _("%(teacher)s asks for more on “%(title)s”: %(reason)s"),
    subject=_("A teacher asks for more on a credit request"),
)
ASSESSED = notice(
    "crediting.assessed",
    _("%(teacher)s assessed “%(title)s”. Read what they say. The credit is decided next."),
    subject=_("A credit request has been assessed"),
)
WITHDRAWN = notice(
    "crediting.withdrawn",
    _("%(student)s withdrew “%(title)s”. You have nothing more to do."),
    subject=_("A credit request was withdrawn"),
)
AWARDED = notice(
    "crediting.awarded",
    _("You earned %(credits)s credits in %(course)s. It is on your record with the mark %(mark)s."),
    subject=_("A credit decision is ready to read"),
)
AWARDED_CHILD = notice(
    "crediting.awarded_child",
    _("%(student)s earned %(credits)s credits in %(course)s. It is on the record with the mark %(mark)s."),
    subject=_("A credit decision is ready to read"),
)
NOT_AWARDED = notice(
    "crediting.not_awarded",
    _("Your request for credit in %(course)s was not awarded: %(reason)s Open it to read every point."),
    subject=_("A credit decision is ready to read"),
)
NOT_AWARDED_CHILD = notice(
    "crediting.not_awarded_child",
    _("%(student)s’s request for credit in %(course)s was not awarded: %(reason)s Open it to read every point."),
    subject=_("A credit decision is ready to read"),
)
REVERSED = notice(
    "crediting.reversed",
    _("The credit in %(course)s was taken back from your record: %(reason)s Open it to read what happens next."),
    subject=_("A credit decision has changed"),
)
REVERSED_CHILD = notice(
    "crediting.reversed_child",
    _("The credit of %(student)s in %(course)s was taken back from the record: %(reason)s Open it to read more."),
    subject=_("A credit decision has changed"),
)


def tell_assessor(request: CreditRequest) -> None:
    """The teacher who was asked has work to look at; once for each sending."""
    _tell(
        _accounts([request.assessor]),
        SENT,
        request,
        {"student": request.student, "title": request.title, "course": request.course.title},
        reverse("crediting:request-assess", args=[request.public_id]),
        f"sent:{request.public_id}:{request.attempt}",
    )


def tell_returned(request: CreditRequest, *, teacher: str, reason: str) -> None:
    _tell(
        _accounts([request.student.person]),
        RETURNED,
        request,
        {"teacher": teacher, "title": request.title, "reason": reason},
        reverse("crediting:request", args=[request.public_id]),
        f"returned:{request.public_id}:{request.attempt}",
    )


def tell_assessed(request: CreditRequest, *, teacher: str) -> None:
    _tell(
        _accounts([request.student.person]),
        ASSESSED,
        request,
        {"teacher": teacher, "title": request.title},
        reverse("crediting:request", args=[request.public_id]),
        f"assessed:{request.public_id}:{request.attempt}",
    )


def tell_withdrawn(request: CreditRequest) -> None:
    _tell(
        _accounts([request.assessor]),
        WITHDRAWN,
        request,
        {"student": request.student, "title": request.title},
        reverse("crediting:queue"),
        f"withdrawn:{request.public_id}",
    )


def tell_awarded(awards: Sequence[tuple[Decision, str, str, str]]) -> None:
    """Students and families learn of the credits and the mark (R32): decision, course, credits, mark of each."""
    _tell_families(
        [
            (decision, AWARDED, AWARDED_CHILD, {"course": course, "credits": credits, "mark": mark}, "awarded")
            for decision, course, credits, mark in awards
        ]
    )


def tell_refused(decision: Decision, *, course: str) -> None:
    """The student and the family learn that there is no credit, and why (R17)."""
    _tell_family(decision, NOT_AWARDED, NOT_AWARDED_CHILD, {"course": course, "reason": decision.reason}, "refused")


def tell_reversed(decision: Decision, *, course: str, reason: str) -> None:
    _tell_family(decision, REVERSED, REVERSED_CHILD, {"course": course, "reason": reason}, "reversed")


def _tell_family(
    decision: Decision, own: notify.Notice, child: notify.Notice, params: Mapping[str, Any], what: str
) -> None:
    _tell_families([(decision, own, child, params, what)])


def _tell_families(told: Sequence[tuple[Decision, notify.Notice, notify.Notice, Mapping[str, Any], str]]) -> None:
    """Each decision's student and family, in a fixed number of trips for all of them. They are of one district."""
    if not told:
        return
    district = told[0][0].district
    families = families_of([decision.student for decision, *_rest in told], district)
    messages = []
    for decision, own, child, params, what in told:
        url = reverse("crediting:decided", args=[decision.public_id])
        key = f"crediting.{what}:{decision.public_id}"
        about = decision.request or decision
        for user in _accounts([decision.student.person]):
            messages.append(Message(user, own.code, params, url, about, key))
        for user in _accounts(families[decision.student_id]):
            messages.append(Message(user, child.code, {**params, "student": str(decision.student)}, url, about, key))
    notify.tell_each(messages, district=district)


def _accounts(people: Iterable[Person | None]) -> list[User]:
    return [person.user for person in people if person is not None and person.user is not None]


def _tell(
    users: list[User], kind: notify.Notice, request: CreditRequest, params: Mapping[str, Any], url: str, key: str
) -> None:
    notify.tell_all(
        users, kind.code, params, district=request.district, url=url, subject=request, dedupe_key=f"crediting.{key}"
    )

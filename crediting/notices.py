"""What people are told about requests, evidence and credit, in their own language (R17, R32)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crediting.models import (
    Appeal,
    Attestation,
    CreditRequest,
    Decision,
    HoursCheck,
    Proposal,
    ProposalDecision,
    ProposalVersion,
)
from crediting.states import DecisionKind
from mbl.core import notify
from mbl.core.audit import HasPublicId
from mbl.core.models import User
from mbl.core.notify import Message, notice
from profiles.access import families_of, family_of, people_with_role
from profiles.models import Person, School, Student

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
REQUIREMENT_MET = notice(
    "crediting.requirement_met",
    _("Your school decided that this requirement is met, without credit: %(requirement)s. %(reason)s"),
    subject=_("A credit decision is ready to read"),
)
REQUIREMENT_MET_CHILD = notice(
    "crediting.requirement_met_child",
    _("The school decided for %(student)s that this requirement is met, without credit: %(requirement)s. %(reason)s"),
    subject=_("A credit decision is ready to read"),
)
EXCUSED = notice(
    "crediting.excused",
    _("You do not have to meet this requirement: %(requirement)s. It gives no credit. %(reason)s"),
    subject=_("A credit decision is ready to read"),
)
EXCUSED_CHILD = notice(
    "crediting.excused_child",
    _("%(student)s does not have to meet this requirement: %(requirement)s. It gives no credit. %(reason)s"),
    subject=_("A credit decision is ready to read"),
)
WAIVED = notice(
    "crediting.waived",
    _("This requirement is waived for you: %(requirement)s. It gives no credit. %(reason)s"),
    subject=_("A credit decision is ready to read"),
)
WAIVED_CHILD = notice(
    "crediting.waived_child",
    _("This requirement is waived for %(student)s: %(requirement)s. It gives no credit. %(reason)s"),
    subject=_("A credit decision is ready to read"),
)
_GRANTED = {
    DecisionKind.REQUIREMENT_MET: (REQUIREMENT_MET, REQUIREMENT_MET_CHILD),
    DecisionKind.EXCUSED: (EXCUSED, EXCUSED_CHILD),
    DecisionKind.WAIVED: (WAIVED, WAIVED_CHILD),
}
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
PROPOSED = notice(
    "crediting.proposed",
    _("%(student)s proposes “%(title)s”. It has to be decided before it begins."),
    subject=_("A proposal waits for your decision"),
)
APPROVED = notice(
    "crediting.proposal_approved",
    _("Your proposal “%(title)s” is approved: %(reason)s"),
    subject=_("A proposal has been decided"),
)
APPROVED_CHILD = notice(
    "crediting.proposal_approved_child",
    _("The proposal “%(title)s” of %(student)s is approved: %(reason)s"),
    subject=_("A proposal has been decided"),
)
NOT_APPROVED = notice(
    "crediting.proposal_refused",
    _("Your proposal “%(title)s” is not approved: %(reason)s You can change it and send it again, or appeal."),
    subject=_("A proposal has been decided"),
)
NOT_APPROVED_CHILD = notice(
    "crediting.proposal_refused_child",
    _("The proposal “%(title)s” of %(student)s is not approved: %(reason)s It can be changed, or you can appeal."),
    subject=_("A proposal has been decided"),
)
HOURS_CHECKED = notice(
    "crediting.hours_checked",
    _("%(person)s checked %(hours)s hours of “%(title)s”."),
    subject=_("Your hours have been checked"),
)
APPEALED = notice(
    "crediting.appealed",
    _("An appeal for %(student)s waits for your answer: %(title)s."),
    subject=_("An appeal waits for your answer"),
)
UPHELD = notice(
    "crediting.appeal_upheld",
    _("Your appeal about %(title)s was answered. The refusal stays: %(reason)s"),
    subject=_("An appeal has been answered"),
)
UPHELD_CHILD = notice(
    "crediting.appeal_upheld_child",
    _("The appeal for %(student)s about %(title)s was answered. The refusal stays: %(reason)s"),
    subject=_("An appeal has been answered"),
)
OVERTURNED = notice(
    "crediting.appeal_overturned",
    _("Your appeal about %(title)s was right: %(reason)s It is decided again now."),
    subject=_("An appeal has been answered"),
)
OVERTURNED_CHILD = notice(
    "crediting.appeal_overturned_child",
    _("The appeal for %(student)s about %(title)s was right: %(reason)s It is decided again now."),
    subject=_("An appeal has been answered"),
)

ATTESTED = notice(
    "crediting.attested",
    _("Somebody attested what they witnessed for “%(title)s”. Open the request to see it."),
    subject=_("Somebody attested for a credit request"),
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


def tell_attested(attestation: Attestation) -> None:
    """Whoever asked, the student and the teacher learn that the word is there; what it says stays on its page."""
    request = attestation.request
    asker = [attestation.invite.asked_by] if attestation.invite else []
    _tell(
        [*asker, *_accounts([request.student.person, request.assessor])],
        ATTESTED,
        request,
        {"title": request.title},
        reverse("crediting:request", args=[request.public_id]) + "#attestations",
        f"attested:{attestation.public_id}",
    )


def tell_granted(decision: Decision) -> None:
    """The student and the family learn which requirement is met, waived or released, and that it gives no credit."""
    own, child = _GRANTED[DecisionKind(decision.kind)]
    _tell_family(decision, own, child, {"requirement": decision.requirement, "reason": decision.reason}, "granted")


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


# --- Proposals and appeals --------------------------------------------------------------------------------------------


def tell_reviewers(version: ProposalVersion, roles: Iterable[str]) -> None:
    """Those who approve at the school have a proposal to decide; once for each version."""
    proposal = version.proposal
    params = {"student": proposal.student, "title": version.program}
    url = reverse("crediting:proposal-review", args=[proposal.public_id])
    _tell_holders(
        roles, proposal.school, proposal.student, PROPOSED, params, url, proposal, f"proposed:{version.public_id}"
    )


def tell_reviewed(decision: ProposalDecision) -> None:
    """The student and the family learn whether it is approved, and why (R17)."""
    proposal = decision.version.proposal
    own, child = (APPROVED, APPROVED_CHILD) if decision.approved else (NOT_APPROVED, NOT_APPROVED_CHILD)
    params = {"title": decision.version.program, "reason": decision.reason}
    url = reverse("crediting:proposal", args=[proposal.public_id])
    _tell_both(proposal.student, own, child, params, url, proposal, f"reviewed:{decision.public_id}")


def tell_hours_checked(check: HoursCheck) -> None:
    proposal: Proposal = check.proposal
    _send(
        _accounts([proposal.student.person]),
        HOURS_CHECKED,
        proposal.student,
        {
            "person": str(check.checked_by),
            "title": str(proposal),
            "hours": f"{check.hours.normalize():f}",
        },
        reverse("crediting:proposal", args=[proposal.public_id]),
        proposal,
        f"hours:{check.public_id}",
    )


def tell_appealed(appeal: Appeal, *, title: str) -> None:
    """Those to whom it goes have an appeal to answer."""
    url = reverse("crediting:appeal", args=[appeal.public_id])
    params = {"student": appeal.student, "title": title}
    _tell_holders(
        appeal.roles, appeal.school, appeal.student, APPEALED, params, url, appeal, f"appealed:{appeal.public_id}"
    )


def tell_answered(appeal: Appeal, *, title: str, overturned: bool) -> None:
    """The student and the family learn how the appeal ended, and why."""
    own, child = (OVERTURNED, OVERTURNED_CHILD) if overturned else (UPHELD, UPHELD_CHILD)
    url = reverse("crediting:appeal", args=[appeal.public_id])
    params = {"title": title, "reason": appeal.answer}
    _tell_both(appeal.student, own, child, params, url, appeal, f"answered:{appeal.public_id}")


def _tell_holders(
    roles: Iterable[str],
    school: School,
    student: Student,
    kind: notify.Notice,
    params: Mapping[str, Any],
    url: str,
    subject: HasPublicId,
    key: str,
) -> None:
    _send(_accounts(people_with_role(roles, school, student)), kind, student, params, url, subject, key)


def _tell_both(
    student: Student,
    own: notify.Notice,
    child: notify.Notice,
    params: Mapping[str, Any],
    url: str,
    subject: HasPublicId,
    key: str,
) -> None:
    _send(_accounts([student.person]), own, student, params, url, subject, key)
    _send(_accounts(family_of(student)), child, student, {**params, "student": str(student)}, url, subject, key)


def _send(
    users: list[User],
    kind: notify.Notice,
    student: Student,
    params: Mapping[str, Any],
    url: str,
    subject: HasPublicId,
    key: str,
) -> None:
    notify.tell_all(
        users, kind.code, params, district=student.district, url=url, subject=subject, dedupe_key=f"crediting.{key}"
    )


def _accounts(people: Iterable[Person | None]) -> list[User]:
    return [person.user for person in people if person is not None and person.user is not None]


def _tell(
    users: list[User], kind: notify.Notice, request: CreditRequest, params: Mapping[str, Any], url: str, key: str
) -> None:
    notify.tell_all(
        users, kind.code, params, district=request.district, url=url, subject=request, dedupe_key=f"crediting.{key}"
    )

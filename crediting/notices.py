"""What people are told about requests, evidence and credit, in their own language (R17, R32)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from crediting.models import (
    Appeal,
    Attestation,
    AwardProposal,
    AwardReview,
    CalibrationLevel,
    CalibrationSession,
    ClassTask,
    ClassWork,
    CreditRequest,
    Decision,
    HoursCheck,
    Project,
    ProjectPart,
    Proposal,
    ProposalDecision,
    ProposalVersion,
    Reading,
    TransferDecision,
    TransferLine,
    WaiverAnswer,
    Work,
)
from crediting.rules.numbers import credits_text
from crediting.states import DecisionKind, Moderated, ReadingKind, ReadingState, Recognition
from mbl.core import notify
from mbl.core.audit import HasPublicId
from mbl.core.models import District, User
from mbl.core.notify import Message, notice
from profiles.access import families_of, family_of, people_with_role
from profiles.models import Person, School, Student
from profiles.states import Role

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
TRANSFER_TO_CONFIRM = notice(
    "crediting.transfer_to_confirm",
    _("%(person)s decided about “%(title)s” of %(student)s, from %(school)s. The policy asks you to confirm it."),
    subject=_("A decision about transferred credit waits for you"),
)
TRANSFER_SENT_BACK = notice(
    "crediting.transfer_sent_back",
    _("%(person)s did not confirm your decision about “%(title)s” of %(student)s: %(reason)s"),
    subject=_("A decision about transferred credit came back"),
)
TRANSFER_RECOGNIZED = notice(
    "crediting.transfer_recognized",
    _("“%(title)s” from %(school)s counts %(credits)s credits on your record. Open it to read how this was decided."),
    subject=_("Your credit from another school was decided"),
)
TRANSFER_RECOGNIZED_CHILD = notice(
    "crediting.transfer_recognized_child",
    _("%(student)s: “%(title)s” from %(school)s counts %(credits)s credits. Open it to read how this was decided."),
    subject=_("Credit from another school was decided"),
)
TRANSFER_REFUSED = notice(
    "crediting.transfer_refused",
    _("“%(title)s” from %(school)s was not recognized: %(reason)s Open it to read why, and how to appeal."),
    subject=_("Your credit from another school was decided"),
)
TRANSFER_REFUSED_CHILD = notice(
    "crediting.transfer_refused_child",
    _("%(student)s: “%(title)s” from %(school)s was not recognized: %(reason)s Open it to read how to appeal."),
    subject=_("Credit from another school was decided"),
)
TRANSFER_SEVERAL = notice(
    "crediting.transfer_several",
    _("%(lines)s courses from %(school)s count %(credits)s credits on your record."),
    subject=_("Your credit from another school was decided"),
)
TRANSFER_SEVERAL_CHILD = notice(
    "crediting.transfer_several_child",
    _("%(student)s: %(lines)s courses from %(school)s count %(credits)s credits."),
    subject=_("Credit from another school was decided"),
)

WAIVER_ANSWERED = notice(
    "crediting.waiver_answered",
    _("Whether you still have to take %(requirement)s was decided. Open it to see the answer and why."),
    subject=_("A required course was looked at"),
)
WAIVER_ANSWERED_CHILD = notice(
    "crediting.waiver_answered_child",
    _("Whether %(student)s still has to take %(requirement)s was decided. Open it to see the answer and why."),
    subject=_("A required course was looked at"),
)

TO_READ = notice(
    "crediting.reading_asked",
    _("Please read “%(title)s” (%(course)s) as a second teacher. You do not see what the first one said."),
    subject=_("Work is waiting for a second reading"),
)
NOBODY_READS = notice(
    "crediting.reading_nobody",
    _("“%(title)s” (%(course)s) needs a second reading, and no teacher is free. Name somebody, or go on without."),
    subject=_("A second reading has no reader"),
)
READ_AND_AGREED = notice(
    "crediting.reading_agreed",
    _("A second teacher read “%(title)s”. Your readings agree."),
    subject=_("A second reading is there"),
)
READ_AND_APART = notice(
    "crediting.reading_apart",
    _("A second teacher read “%(title)s”. Your readings do not agree. Open it to see what comes next."),
    subject=_("A second reading is there"),
)
SETTLED = notice(
    "crediting.reading_settled",
    _("The readings of “%(title)s” are settled. It can be decided now."),
    subject=_("Two readings are settled"),
)
SETTLED_IN_CLASS = notice(
    "crediting.reading_settled_in_class",
    _("The readings of “%(title)s” (%(course)s) are settled."),
    subject=_("Two readings are settled"),
)
DRAWN_IN_CLASS = notice(
    "crediting.reading_drawn_in_class",
    _("The lot fell on work from “%(title)s” (%(course)s). A second teacher reads it: say where it can be found."),
    subject=_("Work of your class is read a second time"),
)
WORK_PLACED = notice(
    "crediting.reading_work_placed",
    _("You can read “%(title)s” (%(course)s) now: its page says where it is."),
    subject=_("Work is waiting for a second reading"),
)

CALIBRATION = notice(
    "crediting.calibration",
    _("“%(title)s”: please judge %(count)s examples, each alone, until %(due)s."),
    subject=_("Examples are waiting for your judgement"),
)
CALIBRATION_OPEN = notice(
    "crediting.calibration_open",
    _("“%(title)s” is open: see how far your levels agree with the others’."),
    subject=_("A calibration session is open"),
)

CHOOSE = notice(
    "crediting.choose",
    _("Results on file can earn you credit, and something is yours to choose: %(course)s."),
    subject=_("A credit waits for your choice"),
)
CHOOSE_BY = notice(
    "crediting.choose_by",
    _("Results on file can earn you credit, and something is yours to choose by %(day)s: %(course)s."),
    subject=_("A credit waits for your choice"),
)
CHOOSE_CHILD = notice(
    "crediting.choose_child",
    _("Results on file can earn %(student)s credit, and something is for %(student)s to choose: %(course)s."),
    subject=_("A credit waits for a choice"),
)
CHOOSE_BY_CHILD = notice(
    "crediting.choose_by_child",
    _("Results on file can earn %(student)s credit. %(student)s chooses by %(day)s: %(course)s."),
    subject=_("A credit waits for a choice"),
)
CHOOSE_SOON = notice(
    "crediting.choose_soon",
    _("You have not chosen yet: %(course)s. The last day is %(day)s."),
    subject=_("The last day to choose is near"),
)
CHOOSE_SOON_CHILD = notice(
    "crediting.choose_soon_child",
    _("%(student)s has not chosen yet: %(course)s. The last day is %(day)s."),
    subject=_("The last day to choose is near"),
)
CHOSEN_FOR = notice(
    "crediting.chosen_for",
    _("%(person)s wrote down what you chose for the credit in %(course)s. Open it to see whether it is right."),
    subject=_("Your choice was written down"),
)

PROJECT_SENT = notice(
    "crediting.project_sent",
    _("%(student)s proposes the project “%(title)s” for %(section)s. Approve it for your class, or return it."),
    subject=_("A project waits for your answer"),
)
PROJECT_APPROVED = notice(
    "crediting.project_approved",
    _("%(teacher)s approved your project “%(title)s” for %(section)s. Open it to see which standards count there."),
    subject=_("A teacher answered about a project"),
)
PROJECT_APPROVED_CHILD = notice(
    "crediting.project_approved_child",
    _("%(teacher)s approved the project “%(title)s” of %(student)s for %(section)s."),
    subject=_("A teacher answered about a project"),
)
PROJECT_RETURNED = notice(
    "crediting.project_returned",
    _("%(teacher)s returned your project “%(title)s” for %(section)s: %(reason)s Change it and send it again."),
    subject=_("A teacher answered about a project"),
)
PROJECT_RETURNED_CHILD = notice(
    "crediting.project_returned_child",
    _("%(teacher)s returned the project “%(title)s” of %(student)s for %(section)s: %(reason)s"),
    subject=_("A teacher answered about a project"),
)
PROJECT_WITHDRAWN = notice(
    "crediting.project_withdrawn",
    _("%(student)s withdrew the project “%(title)s” from %(section)s. You have nothing more to do."),
    subject=_("A project was withdrawn"),
)


TO_REVIEW = notice(
    "crediting.to_review",
    _("The credit of %(student)s in %(course)s may no longer rest on what the policy asks. Look at it again."),
    subject=_("An award has to be looked at again"),
)


def tell_to_review(review: AwardReview, *, course: str) -> None:
    """Those who can take the award back have it to look at."""
    url = reverse("crediting:award-review", args=[review.public_id])
    params = {"student": review.student, "course": course}
    roles = (Role.CREDIT_MANAGER, Role.PRINCIPAL)
    key = f"review:{review.public_id}"
    _tell_holders(roles, review.school, review.student, TO_REVIEW, params, url, review, key)


def tell_to_choose(rows: Sequence[AwardProposal]) -> None:
    """Students and families learn what is the student's to choose, and by when. They are of one district."""
    dated, others = [row for row in rows if row.choose_by], [row for row in rows if not row.choose_by]
    _tell_of_choices(dated, CHOOSE_BY, CHOOSE_BY_CHILD, "choose")
    _tell_of_choices(others, CHOOSE, CHOOSE_CHILD, "choose")


def tell_to_choose_soon(rows: Sequence[AwardProposal]) -> None:
    """Students and families are reminded once of each last day. They are of one district."""
    _tell_of_choices(rows, CHOOSE_SOON, CHOOSE_SOON_CHILD, "choose_soon")


def _tell_of_choices(rows: Sequence[AwardProposal], own: notify.Notice, child: notify.Notice, what: str) -> None:
    if not rows:
        return
    district = rows[0].district
    families = families_of([row.student for row in rows], district)
    messages = []
    for row in rows:
        url = reverse("crediting:award-choice", args=[row.public_id])
        day_of = f":{row.choose_by.isoformat()}" if row.choose_by and what != "choose" else ""
        key = f"crediting.{what}:{row.public_id}{day_of}"
        params = {"course": row.course, "student": row.student}
        told = [(user, own) for user in _accounts([row.student.person])]
        told += [(user, child) for user in _accounts(families[row.student_id])]
        for user, kind in told:
            day = _day_for(user, row.choose_by, district) if row.choose_by else ""
            messages.append(Message(user, kind.code, {**params, "day": day}, url, row, key))
    notify.tell_each(messages, district=district)


def _day_for(user: User, day: dt.date, district: District) -> str:
    """The day as the reader's language writes it."""
    with translation.override(user.language or district.language):
        return date_format(day, "DATE_FORMAT")


def tell_chosen_for(row: AwardProposal, *, person: str) -> None:
    """The student reads what staff wrote down as their choice."""
    url = reverse("crediting:award-choice", args=[row.public_id])
    params = {"person": person, "course": row.course}
    key = f"chosen_for:{row.public_id}:{row.state}:{row.chosen_on}:{row.chosen_mark}:{row.chosen_credits}"
    _send(_accounts([row.student.person]), CHOSEN_FOR, row.student, params, url, row, key)


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


def tell_waiver_answered(answer: WaiverAnswer) -> None:
    """The student and the family read what was answered, and why."""
    params = {"requirement": answer.requirement}
    url = reverse("crediting:transfer-waiver", args=[answer.public_id])
    key = f"waiver:{answer.public_id}"
    _tell_both(answer.student, WAIVER_ANSWERED, WAIVER_ANSWERED_CHILD, params, url, answer, key)


# --- Second readings --------------------------------------------------------------------------------------------------


def tell_reader(reading: Reading) -> None:
    """The second reader has work to read. The first one is named nowhere."""
    _tell_of_reading([reading.reader], TO_READ, reading, f"read:{reading.public_id}:{reading.asked_at.isoformat()}")


def tell_nobody_reads(reading: Reading) -> None:
    """Those who decide at the school find somebody, or go on without."""
    work = reading.work
    people = people_with_role([Role.CREDIT_MANAGER, Role.PRINCIPAL], work.school, work.student)
    _tell_of_reading(people, NOBODY_READS, reading, f"unread:{reading.public_id}:{reading.asked_at.isoformat()}")


def tell_reading_given(reading: Reading, *, standing: Moderated) -> None:
    """The first reader learns whether they agree; once a third reading is there, that it is settled."""
    if reading.kind == ReadingKind.THIRD:
        tell_settled(reading.work, by=reading.closed_by)
        return
    kind = READ_AND_AGREED if standing == Moderated.AGREED else READ_AND_APART
    _tell_of_reading([reading.work.assessor], kind, reading, f"given:{reading.public_id}")


def tell_settled(work: Work, *, by: User | None) -> None:
    """Everybody who read it learns that it is settled, but for whoever wrote it down."""
    given = work.readings.filter(attempt=work.attempt, state=ReadingState.GIVEN).select_related("reader__user")
    readings = list(given.order_by("kind"))
    people = {person.pk: person for person in [work.assessor, *(one.reader for one in readings)] if person}
    others = [person for person in people.values() if person.user != by]
    kind = SETTLED if isinstance(work, CreditRequest) else SETTLED_IN_CLASS
    _tell_of_reading(others, kind, readings[0], f"settled:{work.public_id}:{work.attempt}")


def tell_drawn_in_class(task: ClassTask, works: Sequence[ClassWork]) -> None:
    """The teacher of the class says where the work is; once for each judging of the task."""
    first = works[0]
    params = {"title": task.title, "course": first.course.title}
    url = f"{reverse('crediting:readings')}?show=classes"
    key = f"drawn:{task.public_id}:{first.public_id}"
    _tell(_accounts([first.assessor]), DRAWN_IN_CLASS, first, params, url, key)


def tell_work_placed(reading: Reading) -> None:
    """The reader of a work of a class learns that it can be found."""
    assert reading.class_work is not None
    words = sha256(reading.class_work.place.encode()).hexdigest()[:16]
    _tell_of_reading([reading.reader], WORK_PLACED, reading, f"placed:{reading.public_id}:{words}")


def tell_calibration(session: CalibrationSession, people: Iterable[Person]) -> None:
    """The teachers it is for have examples to judge."""
    params = {"title": session.title, "count": session.items.count(), "due": session.due_on.isoformat()}
    _tell_of_session(_accounts(people), CALIBRATION, session, params, "set")


def tell_calibration_opened(session: CalibrationSession) -> None:
    """Those who judged see how far they agree."""
    readers = CalibrationLevel.objects.filter(item__session=session).values("reader")
    people = Person.objects.filter(pk__in=readers).select_related("user")
    _tell_of_session(_accounts(people), CALIBRATION_OPEN, session, {"title": session.title}, "opened")


def _tell_of_session(
    users: list[User], kind: notify.Notice, session: CalibrationSession, params: Mapping[str, Any], what: str
) -> None:
    url = reverse("crediting:calibration", args=[session.public_id])
    key = f"crediting.calibration.{what}:{session.public_id}"
    notify.tell_all(users, kind.code, params, district=session.district, url=url, subject=session, dedupe_key=key)


def _tell_of_reading(people: Iterable[Person | None], kind: notify.Notice, reading: Reading, key: str) -> None:
    work = reading.work
    params = {"title": work.title, "course": work.course.title}
    url = reverse("crediting:reading", args=[reading.public_id])
    _tell(_accounts(people), kind, work, params, url, key)


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


# --- Projects ---------------------------------------------------------------------------------------------------------


def tell_of_project(part: ProjectPart, teachers: Iterable[Person]) -> None:
    """The teachers of the class have a project to answer; once for each sending."""
    url = reverse("crediting:project-part", args=[part.public_id])
    _tell_of_part(teachers, PROJECT_SENT, part, {"student": part.project.student}, url, "sent")


def tell_project_withdrawn(part: ProjectPart, teachers: Iterable[Person]) -> None:
    """Those who have it on their list learn that it is gone."""
    url = reverse("crediting:project", args=[part.project.public_id])
    _tell_of_part(teachers, PROJECT_WITHDRAWN, part, {"student": part.project.student}, url, "withdrawn")


def tell_project_answered(part: ProjectPart, *, is_approved: bool) -> None:
    """The student and the family learn what one teacher said."""
    project: Project = part.project
    own, child = (
        (PROJECT_APPROVED, PROJECT_APPROVED_CHILD) if is_approved else (PROJECT_RETURNED, PROJECT_RETURNED_CHILD)
    )
    url = reverse("crediting:project", args=[project.public_id])
    said = {"teacher": part.decided_by_person, "reason": part.reason}
    _tell_of_part([project.student.person], own, part, said, url, "answered")
    _tell_of_part(family_of(project.student), child, part, said | {"student": project.student}, url, "answered")


def _tell_of_part(
    people: Iterable[Person], kind: notify.Notice, part: ProjectPart, params: Mapping[str, Any], url: str, what: str
) -> None:
    about = {"title": part.version.title, "section": part.section.title}
    notify.tell_all(
        _accounts(people),
        kind.code,
        about | dict(params),
        district=part.project.district,
        url=url,
        subject=part.project,
        dedupe_key=f"crediting.project.{what}:{part.public_id}",
    )


# --- Credit from another school ---------------------------------------------------------------------------------------


def tell_confirmers(decision: TransferDecision, roles: Iterable[str]) -> None:
    """Those who may confirm a decision about transferred credit."""
    line = decision.line
    params = _about(line) | {"person": str(decision.decided_by_person), "student": str(line.student)}
    url = reverse("crediting:transfer-line", args=[line.public_id])
    key = f"transfer_to_confirm:{decision.public_id}"
    _tell_holders(roles, line.school, line.student, TRANSFER_TO_CONFIRM, params, url, line, key)


def tell_sent_back(decision: TransferDecision, *, person: Person, reason: str) -> None:
    """Whoever decided learns why it was not confirmed."""
    line = decision.line
    params = _about(line) | {"person": str(person), "student": str(line.student), "reason": reason}
    url = reverse("crediting:transfer-line", args=[line.public_id])
    key = f"transfer_sent_back:{decision.public_id}"
    _send([decision.decided_by], TRANSFER_SENT_BACK, line.student, params, url, line, key)


def tell_transferred(decision: TransferDecision) -> None:
    """The student and the family learn what became of a line, and why (R17)."""
    line = decision.line
    refused = decision.kind == Recognition.REFUSED
    own = TRANSFER_REFUSED if refused else TRANSFER_RECOGNIZED
    child = TRANSFER_REFUSED_CHILD if refused else TRANSFER_RECOGNIZED_CHILD
    params = _about(line) | {"credits": credits_text(decision.credits), "reason": decision.reason}
    url = reverse("crediting:transfer-line", args=[line.public_id])
    _tell_both(line.student, own, child, params, url, line, f"transferred:{decision.public_id}")


def tell_transferred_together(decisions: Sequence[TransferDecision]) -> None:
    """One message for several lines that were recognized with one press."""
    first = decisions[0].line
    params = {
        "lines": len(decisions),
        "school": first.transcript.from_school,
        "credits": credits_text(sum((one.credits for one in decisions), Decimal(0))),
    }
    url = reverse("crediting:transfer", args=[first.student.public_id])
    key = f"transferred_together:{decisions[0].public_id}"
    _tell_both(first.student, TRANSFER_SEVERAL, TRANSFER_SEVERAL_CHILD, params, url, first.transcript, key)


def _about(line: TransferLine) -> dict[str, str]:
    return {"title": line.course_title, "school": line.transcript.from_school}


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


def _tell(users: list[User], kind: notify.Notice, work: Work, params: Mapping[str, Any], url: str, key: str) -> None:
    notify.tell_all(
        users, kind.code, params, district=work.district, url=url, subject=work, dedupe_key=f"crediting.{key}"
    )

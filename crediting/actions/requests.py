"""A request's way from the student to the school and back, until it is decided.

Each action locks the request, asks the transition table, applies the rule, saves, audits and tells. The teacher who is
asked gets a dated relationship to the student with the sending, and loses it when nothing of the student's waits for
them any more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crediting import access, notices
from crediting.actions.assessing import hand_over
from crediting.actions.evidence import lock_own
from crediting.actions.second_readings import overtake_readings
from crediting.models import CourseStandard, CreditRequest, RequestNote, RequestStandard, Scale, Standard
from crediting.queries import policy
from crediting.queries.procedures import decision_due
from crediting.queries.requests import waits_for_nobody, what_is_missing
from crediting.rules.evidence import of_kind
from crediting.rules.facts import Purpose
from crediting.rules.policy.terms import CreditRule
from crediting.states import (
    EVIDENCE_USE,
    REQUEST,
    EvidenceState,
    NoteKind,
    RequestState,
    StandardStatus,
)
from crediting.verbs.requests import (
    RequestChanged,
    RequestCreated,
    RequestReassigned,
    RequestReturned,
    RequestSent,
    RequestWithdrawn,
)
from crediting.words import sentence
from mbl.core import audit, clock
from mbl.core.decisions import Denied, Reason
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import User
from mbl.core.transitions import Already
from mbl.core.words import says_something, visible
from profiles.access import Capability, may, near_to
from profiles.models import Course, Person, Relationship, RoleAssignment, School, Student
from profiles.states import RelationshipKind, Role

# What a policy may leave to the student.
_CHOICES = ("credits_wanted", "mark_wanted", "language", "self_evaluation")


class Incomplete(DomainError):
    """The request cannot be sent yet; ``reasons`` say what is missing, each in a sentence."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(" ".join(sentence(reason) for reason in reasons))
        self.reasons = tuple(reasons)


# --- The student's side -----------------------------------------------------------------------------------------------


@transaction.atomic
def create_request(
    *,
    student: Student,
    course: Course,
    method: str,
    title: str,
    actor: User,
    kind: str = "",
    purpose: Purpose = Purpose.EITHER,
    plan: str = "",
    standards: Sequence[Standard] = (),
    assessor: Person | None = None,
    result: Mapping[str, Any] | None = None,
    school: School | None = None,
    credits_wanted: Decimal | None = None,
    mark_wanted: str = "",
    language: str = "",
    self_evaluation: str = "",
) -> CreditRequest:
    """Begin a request as a draft; who chose the way is recorded with it (R15).

    There is one open request for a course at a time: a double click or a second tab gets the first one back.
    ``DomainError`` where the course or the way is not open today (R12, R4).
    """
    verdict = may(actor, Capability.REQUEST_CREDIT, student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    if course.district_id != student.district_id:
        raise DomainError(_("This course is not in your district's catalog. Choose another one."), field="course")
    student = (
        Student.objects.select_for_update(of=["self"], no_key=True)
        .select_related("person", "school", "district")
        .get(pk=student.pk)
    )
    open_one = CreditRequest.objects.filter(
        student=student, course=course, state__in=[RequestState.DRAFT, *access.OPEN]
    ).first()
    if open_one is not None:
        return open_one
    school = school or student.school
    if school is None:
        raise DomainError(
            _("You are not enrolled at a school yet, so nobody could decide this. Ask your school's office.")
        )
    ways = _ways(course, student, method, clock.today(student.district))
    _refuse_closed(ways, kind, purpose)
    request = CreditRequest.objects.create(
        district=student.district,
        student=student,
        school=school,
        course=course,
        title=visible(title),
        method=method,
        subtype=kind,
        chosen_by=actor,
        purpose=str(purpose),
        plan=visible(plan),
        assessor=_teacher_for(student, assessor, school),
        scale=_scale(course, student),
        result=dict(result or {}),
        credits_wanted=credits_wanted,
        mark_wanted=mark_wanted,
        mark_chosen_on=clock.today(student.district) if mark_wanted else None,
        language=language,
        self_evaluation=visible(self_evaluation),
    )
    _claim(request, standards)
    audit.record(
        RequestCreated(course=course.title, method=method, kind=kind),
        actor=actor,
        district=request.district,
        target=request,
        student=student,
    )
    return request


@transaction.atomic
def update_request(
    request: CreditRequest,
    *,
    actor: User,
    title: str | None = None,
    method: str | None = None,
    kind: str | None = None,
    purpose: Purpose | None = None,
    plan: str | None = None,
    standards: Sequence[Standard] | None = None,
    assessor: Person | None = None,
    result: Mapping[str, Any] | None = None,
    credits_wanted: Decimal | None = None,
    mark_wanted: str | None = None,
    language: str | None = None,
    self_evaluation: str | None = None,
) -> CreditRequest:
    """Change a draft or a returned request; None leaves a field as it is.

    Once it has been sent, the way and the teacher stay, and a standard that was judged cannot be dropped.
    """
    request = lock_own(request, actor)
    before = {
        name: getattr(request, name)
        for name in ("title", "plan", "method", "subtype", "purpose", "assessor_id", "result", *_CHOICES)
    }
    request.title = request.title if title is None else visible(title)
    request.plan = request.plan if plan is None else visible(plan)
    request.credits_wanted = request.credits_wanted if credits_wanted is None else credits_wanted
    request.mark_wanted = request.mark_wanted if mark_wanted is None else mark_wanted
    request.language = request.language if language is None else language
    request.self_evaluation = request.self_evaluation if self_evaluation is None else visible(self_evaluation)
    if request.state == RequestState.DRAFT:
        request.method = request.method if method is None else method
        request.subtype = request.subtype if kind is None else kind
        request.purpose = request.purpose if purpose is None else str(purpose)
        if assessor is not None:
            request.assessor = _teacher_for(request.student, assessor, request.school)
        if (request.method, request.subtype) != (before["method"], before["subtype"]):
            request.chosen_by = actor
        ways = _ways(request.course, request.student, request.method, clock.today(request.district))
        _refuse_closed(ways, request.subtype, Purpose(request.purpose))
    if result is not None and not request.result.get("confirmed_by"):
        request.result = dict(result)
    changed = [name for name, value in before.items() if getattr(request, name) != value]
    if "mark_wanted" in changed:
        request.mark_chosen_on = clock.today(request.district) if request.mark_wanted else None
    if standards is not None and _claim(request, standards):
        changed.append("standards")
    if changed:
        request.save()
        audit.record(
            RequestChanged(fields=", ".join(changed)),
            actor=actor,
            district=request.district,
            target=request,
            student=request.student,
        )
    return request


@transaction.atomic
def submit_request(request: CreditRequest, *, actor: User, answer: str = "") -> CreditRequest:
    """Hand the request to the teacher; from here only the school can give it back.

    Sending again after a return is the next attempt, with ``answer`` in its story. The demonstration date is the
    district's day of this sending: on it the last required element was shown (R10a). Where the record alone decides,
    the request waits for whoever decides at once. ``Incomplete`` says what is missing.
    """
    request = lock_request(request)
    own = access.is_own(actor, request)
    if isinstance(own, Denied):
        raise NotAllowed(own.reason)
    state = REQUEST.after("submit", request.state)
    if isinstance(state, Already):
        return request
    today = clock.today(request.district)
    _claim_required(request)
    reasons = what_is_missing(request, _ways(request.course, request.student, request.method, today))
    if reasons:
        raise Incomplete(reasons)
    assert request.assessor is not None  # what_is_missing has seen to it
    again = request.state == RequestState.RETURNED
    if not again:  # afterwards only the school can ask another teacher
        _refuse_family(request.student, request.assessor)
    request.state = state
    request.attempt += 1 if again else 0
    request.demonstrated_on = today
    request.waiting_since = clock.now()
    _start_clock(request, today)
    request.save()
    for use in request.uses.select_related("evidence"):
        after = EVIDENCE_USE.after("submit", use.state)
        if not isinstance(after, Already):
            use.state, use.attempt, use.submitted_at = after, request.attempt, request.waiting_since
            use.save(update_fields=["state", "attempt", "submitted_at"])
    _note(request, NoteKind.SENT, actor, answer)
    _begin_relationship(request, request.assessor, today)
    audit.record(
        RequestSent(assessor=str(request.assessor), attempt=request.attempt, demonstrated_on=today.isoformat()),
        actor=actor,
        district=request.district,
        target=request,
        student=request.student,
    )
    if waits_for_nobody(request):
        hand_over(request)
    else:
        notices.tell_assessor(request)
    return request


@transaction.atomic
def withdraw_request(request: CreditRequest, *, actor: User, reason: str = "") -> CreditRequest:
    """The student no longer asks. Nothing is lost: evidence stays the student's, the story stays as it is."""
    request = lock_request(request)
    own = access.is_own(actor, request)
    if isinstance(own, Denied):
        raise NotAllowed(own.reason)
    state = REQUEST.after("withdraw", request.state)
    if isinstance(state, Already):
        return request
    with_teacher = request.state != RequestState.DRAFT
    request.state = state
    request.waiting_since = None
    request.closed_at = clock.now()
    request.save(update_fields=["state", "waiting_since", "closed_at"])
    end_relationship(request)
    overtake_readings(request, actor=actor)
    audit.record(
        RequestWithdrawn(reason=reason.strip()),
        actor=actor,
        district=request.district,
        target=request,
        student=request.student,
    )
    if with_teacher:
        notices.tell_withdrawn(request)
    return request


# --- The school's side ------------------------------------------------------------------------------------------------


@transaction.atomic
def return_request(request: CreditRequest, *, reason: str, actor: User) -> CreditRequest:
    """Ask the student for more, in words they can act on. The teacher who was asked may, and whoever decides."""
    request = lock_request(request)
    allowed = access.may_return(actor, request)
    if isinstance(allowed, Denied):
        raise NotAllowed(allowed.reason)
    state = REQUEST.after("send_back", request.state)
    if isinstance(state, Already):
        return request
    reason = reason.strip()
    if not says_something(reason):
        raise DomainError(_("Say what you would like to see, so that the student can act on it."), field="reason")
    request.state = state
    request.waiting_since = clock.now()
    request.save(update_fields=["state", "waiting_since"])
    request.uses.filter(state__in=[EvidenceState.SUBMITTED, EvidenceState.ASSESSED]).update(
        state=EvidenceState.RETURNED
    )
    overtake_readings(request, actor=actor)
    _note(request, NoteKind.RETURNED, actor, reason)
    audit.record(
        RequestReturned(reason=reason, attempt=request.attempt),
        actor=actor,
        district=request.district,
        target=request,
        student=request.student,
    )
    notices.tell_returned(request, teacher=str(actor), reason=reason)
    return request


@transaction.atomic
def reassign_request(request: CreditRequest, *, assessor: Person, reason: str, actor: User) -> CreditRequest:
    """Ask another teacher: the first one has left, is ill, or is too near. Whoever decides at the school may."""
    request = lock_request(request)
    allowed = access.decides_at(actor, request.school)
    if isinstance(allowed, Denied):
        raise NotAllowed(allowed.reason)
    if request.assessor == assessor:
        return request
    if request.state not in access.OPEN:
        raise DomainError(_("This request is closed, so nobody needs to assess it."))
    if not says_something(reason):
        raise DomainError(_("Say why another teacher is asked; the student reads it."), field="reason")
    if request.readings.filter(reader=assessor, attempt=request.attempt).exists():
        raise DomainError(_("This teacher gives the second reading of the work. Choose another one."), field="assessor")
    before = str(request.assessor)
    end_relationship(request)
    request.assessor = _teacher_for(request.student, assessor, request.school)
    request.save(update_fields=["assessor"])
    _begin_relationship(request, assessor, clock.today(request.district))
    _note(request, NoteKind.COMMENT, actor, reason)
    audit.record(
        RequestReassigned(assessor=str(assessor), before=before, reason=reason.strip()),
        actor=actor,
        district=request.district,
        target=request,
        student=request.student,
    )
    if request.state == RequestState.SUBMITTED:
        notices.tell_assessor(request)
    return request


def reopen_request(request: CreditRequest) -> CreditRequest:
    """An appeal was right: the request waits for a decision again. Call it with the request locked.

    ``DomainError`` where the student has asked for the same course again since: there is one open request for a course.
    """
    request = lock_request(request)
    state = REQUEST.after("reopen", request.state)
    if isinstance(state, Already):
        return request
    again = CreditRequest.objects.filter(
        student=request.student, course=request.course, state__in=[RequestState.DRAFT, *access.OPEN]
    )
    if again.exists():
        raise DomainError(
            _("The student has asked for this course again, and that request is open. It has to end first.")
        )
    request.state, request.waiting_since, request.closed_at = state, clock.now(), None
    _start_clock(request, clock.today(request.district))
    request.save(update_fields=["state", "waiting_since", "closed_at", "decide_by", "decide_by_reason"])
    if request.assessor is not None:
        _begin_relationship(request, request.assessor, clock.today(request.district))
    return request


# --- What it rests on -------------------------------------------------------------------------------------------------


def _ways(course: Course, student: Student, method: str, today: dt.date) -> tuple[CreditRule, ...]:
    version = policy.version_in_force(course, today, student.graduation_year)
    return policy.terms_of(version).rules_for(course.code, method) if version else ()


def _refuse_closed(ways: Sequence[CreditRule], kind: str, purpose: Purpose) -> None:
    if not ways:
        raise DomainError(
            _("This way to credit is not open for this course today. Choose another way, or another course."),
            field="method",
        )
    fitting = of_kind(ways, kind)
    if not fitting:
        raise DomainError(
            _("Choose one of the ways to show it that your district offers for this course."), field="kind"
        )
    if not any(Purpose.EITHER in {way.purpose, purpose} or way.purpose == purpose for way in fitting):
        raise DomainError(_("Choose one of the purposes that your district offers for this course."), field="purpose")


def _start_clock(request: CreditRequest, submitted: dt.date) -> None:
    """From this sending on the decision is due by the policy's deadline (R21); nothing where it sets none."""
    found = decision_due(request, submitted)
    request.decide_by = found.moment if found else None
    request.decide_by_reason = found.reason.as_json() if found else {}


def _scale(course: Course, student: Student) -> Scale:
    version = policy.version_in_force(course, clock.today(student.district), student.graduation_year)
    code = policy.terms_of(version).scale if version else ""
    scale = Scale.objects.filter(district=student.district, code=code).order_by("-version").first()
    if scale is None:
        raise DomainError(
            _("Your district has not set up its levels yet, so nothing could be judged. Tell your school.")
        )
    return scale


def _teacher_for(student: Student, person: Person | None, school: School) -> Person | None:
    """``person`` if they teach at the school or in its whole district today and are not of the student's family."""
    if person is None:
        return None
    _refuse_family(student, person)
    holds = RoleAssignment.objects.in_force(clock.today(school.district)).filter(person=person, role=Role.TEACHER)
    if person.district_id == school.district_id and holds.filter(school__in=[school]).exists():
        return person
    if person.district_id == school.district_id and holds.filter(school=None).exists():
        return person
    raise DomainError(_("Choose a teacher of your school."), field="assessor")


def _refuse_family(student: Student, teacher: Person) -> None:
    if near_to(student).filter(pk=teacher.pk).exists():
        raise DomainError(
            _("Nobody judges their own work or that of their family. Choose another teacher."), field="assessor"
        )


def _claim(request: CreditRequest, standards: Sequence[Standard]) -> bool:
    """Set what the request claims, in the order given; whether anything changed. Judged standards stay."""
    wanted = list(dict.fromkeys(standard for standard in standards))
    strange = [
        standard
        for standard in wanted
        if standard.district_id != request.district_id or standard.status != StandardStatus.ACTIVE
    ]
    if strange:
        raise DomainError(_("Choose standards from the list; some of these are no longer in use."), field="standards")
    judged = set(request.judgements.values_list("standard_id", flat=True))
    before = {claim.standard_id: claim for claim in request.claims.all()}
    gone = [pk for pk in before if pk not in {standard.pk for standard in wanted} and pk not in judged]
    added = [standard for standard in wanted if standard.pk not in before]
    request.claims.filter(standard__in=gone).delete()
    start = max((claim.position for claim in before.values()), default=-1) + 1
    RequestStandard.objects.bulk_create(
        [RequestStandard(request=request, standard=standard, position=start + n) for n, standard in enumerate(added)]
    )
    return bool(gone or added)


def _claim_required(request: CreditRequest) -> None:
    """Add what the course asks of everybody; it has to be shown whether or not the student named it."""
    claimed = set(request.claims.values_list("standard_id", flat=True))
    required = CourseStandard.objects.filter(course=request.course, is_required=True).select_related("standard")
    missing = [row.standard for row in required if row.standard_id not in claimed]
    _claim(request, [*(claim.standard for claim in request.claims.select_related("standard")), *missing])


def _note(request: CreditRequest, kind: NoteKind, actor: User, body: str) -> None:
    RequestNote.objects.create(
        request=request,
        kind=kind,
        author=actor,
        author_label=str(actor),
        body=body.strip(),
        attempt=request.attempt,
        at=clock.now(),
    )


def lock_request(request: CreditRequest) -> CreditRequest:
    return (
        CreditRequest.objects.select_for_update(of=["self"])
        .select_related(
            "district",
            "student__person__user",
            "student__district",
            "school",
            "course__terms",
            "assessor__user",
            "scale",
        )
        .get(pk=request.pk)
    )


# --- The teacher's relationship to the student ------------------------------------------------------------------------


def _begin_relationship(request: CreditRequest, assessor: Person, today: dt.date) -> None:
    Relationship.objects.get_or_create(
        person=assessor,
        student=request.student,
        kind=RelationshipKind.ASSESSOR,
        ends_on=None,
        defaults={"district": request.district, "starts_on": today, "source": "crediting"},
    )


def end_relationship(request: CreditRequest) -> None:
    """The teacher has nothing more of this student's to assess: their relationship opens nothing from now on."""
    others = CreditRequest.objects.filter(
        student=request.student, assessor=request.assessor, state__in=access.OPEN
    ).exclude(pk=request.pk)
    if request.assessor is None or others.exists():
        return
    Relationship.objects.filter(
        person=request.assessor, student=request.student, kind=RelationshipKind.ASSESSOR, ends_on=None
    ).update(ends_on=clock.today(request.district) - dt.timedelta(days=1))

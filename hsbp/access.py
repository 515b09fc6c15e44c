"""Who may see and do what with a student's plan.

The working copy belongs to the student and to the staff who review plans; everybody else who may see the record reads
the newest version that was sent. Family signs, comments and asks; from the student's 18th birthday on all of it follows
the student's choice, because ``profiles.access`` no longer shows the student to the family without it (R77).
"""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from hsbp.models import ChecklistRecord, Experience, FamilyCopy, PlanReview, PlanRevision
from hsbp.states import CommentKind, ExperienceState
from mbl.core.decisions import Allowed, Denied, Verdict
from mbl.core.errors import NotAllowed
from mbl.core.models import User
from profiles.access import (
    Capability,
    district_for,
    family_of,
    get_student,
    is_near,
    may,
    standing,
    students_with,
)
from profiles.models import Person, Relationship, Student
from profiles.states import RelationshipKind, Role

Anybody = User | AnonymousUser

REVIEW = Capability.REVIEW_PLAN
SEE = Capability.SEE_RECORD
JUDGE = Capability.ASSESS

__all__ = [
    "caseload_of",
    "confirmable_students",
    "district_for",
    "get_copy",
    "get_experience",
    "get_experience_student",
    "get_record",
    "get_review",
    "get_revision",
    "get_student",
    "has_caseload",
    "is_own",
    "may_confirm",
    "may_edit",
    "may_review",
    "may_sign",
    "sees_working_copy",
    "signer_of",
    "speaks_as",
    "waits_for",
]


def caseload_of(user: Anybody) -> QuerySet[Student]:
    """The students assigned to ``user`` as counselor today: what opens ``REVIEW_PLAN`` in ``profiles.access``.

    Asked by the relation alone, so that the database begins with a few hundred rows and not with every student.
    """
    now = standing(user)
    near = Relationship.objects.in_force(now.on).filter(
        person__in=now.people_holding(Role.COUNSELOR), kind=RelationshipKind.COUNSELOR
    )
    return (
        Student.objects.filter(pk__in=near.values("student"), is_active=True)
        .select_related("person", "school", "district")
        .order_by("person__sort_name", "pk")
    )


def has_caseload(user: Anybody) -> bool:
    """Whether ``user`` holds a role that reviews plans, be the list empty or not."""
    return standing(user).has(Role.COUNSELOR) or standing(user).may_anywhere(REVIEW)


def is_own(user: Anybody, student: Student) -> bool:
    return student.person_id in standing(user).people


def may_review(user: Anybody, student: Student) -> Verdict:
    """Whether ``user`` answers the student's plan: their counselor."""
    if may(user, REVIEW, student):
        return Allowed()
    return Denied(
        _("The counselor of %(student)s answers this plan. You can read it and write in the conversation.")
        % {"student": student}
    )


def may_edit(user: Anybody, student: Student) -> Verdict:
    """Whether ``user`` writes in the working copy: the student, and whoever reviews it."""
    if is_own(user, student) or may(user, REVIEW, student):
        return Allowed()
    return Denied(_("The student and the counselor write in this plan. You can read it and ask about it."))


def sees_working_copy(user: Anybody, student: Student) -> bool:
    return bool(may_edit(user, student))


def may_sign(user: Anybody, student: Student) -> Verdict:
    """Whether ``user`` signs for the family."""
    if signer_of(user, student) is not None:
        return Allowed()
    return Denied(_("The family signs the plan. A signature on paper is recorded by the counselor."))


def signer_of(user: Anybody, student: Student) -> Person | None:
    """Who ``user`` is as family of the student; None for everybody else."""
    people = list(standing(user).people)
    return family_of(student).filter(pk__in=people).order_by("pk").first() if people else None


def speaks_as(user: Anybody, student: Student) -> CommentKind:
    """In whose name ``user`` writes in the conversation. Ask only for somebody who sees the student's record."""
    if is_own(user, student):
        return CommentKind.STUDENT
    if signer_of(user, student) is not None:
        return CommentKind.FAMILY
    return CommentKind.COUNSELOR if may(user, REVIEW, student) else CommentKind.STAFF


def get_review(user: Anybody, public_id: UUID) -> PlanReview:
    """A verdict on a plan that ``user`` reviews; 404 and 403 as for its student."""
    review = (
        PlanReview.objects.filter(public_id=public_id)
        .select_related("revision__plan__student__person", "revision__plan__student__district", "reviewer")
        .first()
    )
    if review is None:
        raise Http404
    get_student(user, review.revision.plan.student.public_id, REVIEW)
    return review


def get_revision(user: Anybody, public_id: UUID) -> PlanRevision:
    """A sent version that ``user`` may read; 404 and 403 as for its student."""
    revision = (
        PlanRevision.objects.filter(public_id=public_id)
        .select_related("plan__student__person", "plan__student__district", "plan__student__school", "plan__latest")
        .first()
    )
    if revision is None:
        raise Http404
    get_student(user, revision.plan.student.public_id, SEE)
    return revision


def get_copy(user: Anybody, public_id: UUID) -> FamilyCopy:
    """A document made of a version that ``user`` may read."""
    copy = (
        FamilyCopy.objects.filter(public_id=public_id)
        .select_related(
            "revision__plan__student__person", "revision__plan__student__school", "revision__plan__district"
        )
        .first()
    )
    if copy is None:
        raise Http404
    get_student(user, copy.revision.plan.student.public_id, SEE)
    return copy


def get_record(user: Anybody, student: Student, public_id: UUID) -> ChecklistRecord:
    """A record toward the student's checklist, for whoever reviews the plan."""
    if isinstance(verdict := may_review(user, student), Denied):
        raise NotAllowed(verdict.reason)
    record = ChecklistRecord.objects.filter(plan__student=student, public_id=public_id).first()
    if record is None:
        raise Http404
    return record


# --- Experiences ------------------------------------------------------------------------------------------------------


def may_confirm(user: Anybody, student: Student) -> Verdict:
    """Whether ``user`` confirms and records the student's experiences: counselor, adviser or teacher, never family."""
    if is_near(user, student):
        return Denied(
            _("Nobody confirms experiences of themselves or of their own family. Somebody else at the school does it.")
        )
    if may(user, REVIEW, student) or may(user, JUDGE, student):
        return Allowed()
    return Denied(_("An experience is confirmed by the counselor, the adviser or a teacher of the student."))


def confirmable_students(user: Anybody) -> QuerySet[Student]:
    """The students whose experiences ``user`` confirms, with person and school: ``may_confirm`` for many."""
    now = standing(user)
    return (
        (students_with(user, REVIEW) | students_with(user, JUDGE))
        .filter(is_active=True)
        .exclude(Q(person__in=list(now.people)) | Q(pk__in=now.family))
    )


def waits_for(user: Anybody) -> QuerySet[Student]:
    """The students whose experiences wait for ``user`` first: those they counsel and advise."""
    now = standing(user)
    near = Relationship.objects.in_force(now.on).filter(
        Q(person__in=now.people_holding(Role.COUNSELOR), kind=RelationshipKind.COUNSELOR)
        | Q(person__in=now.people_holding(Role.TEACHER), kind=RelationshipKind.ADVISER)
    )
    return Student.objects.filter(pk__in=near.values("student")).exclude(
        Q(person__in=list(now.people)) | Q(pk__in=now.family)
    )


def get_experience_student(user: Anybody, public_id: UUID) -> Student:
    """The student whose log ``user`` reads: whoever sees the record or judges the work; 404 and 403 for others."""
    student = get_student(user, public_id, Capability.SEE_STUDENT)
    if may(user, SEE, student) or may(user, JUDGE, student):
        return student
    raise NotAllowed(
        _("The log of experiences is for the student, the family, and staff who see the record or teach the student.")
    )


def get_experience(user: Anybody, student: Student, public_id: UUID) -> Experience:
    """An entry of the student's log, which ``user`` reads. A draft is the student's alone, and unknown to others."""
    found = (
        Experience.objects.filter(student=student, public_id=public_id)
        .select_related("kind", "district", "confirmed_by", "recorded_by")
        .first()
    )
    if found is None or (found.state == ExperienceState.DRAFT and not is_own(user, student)):
        raise Http404
    found.student = student
    return found

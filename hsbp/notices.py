"""What people are told about plans, each in their own language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hsbp.models import Experience, PathwayDecision, Plan, PlanComment, PlanReview, PlanRevision, RequirementDecision
from hsbp.states import CommentKind, Requirement, Verdict
from hsbp.words import pathway_word
from mbl.core import clock, notify
from mbl.core.audit import HasPublicId
from mbl.core.models import User
from mbl.core.notify import Notice, notice
from profiles.access import family_of
from profiles.models import Person, RoleAssignment, Student
from profiles.states import RelationshipKind, Role

SENT = notice(
    "hsbp.sent",
    _("%(student)s sent version %(number)s of the High School and Beyond Plan. It waits for you."),
    subject=_("A plan waits for your review"),
)
APPROVED = notice(
    "hsbp.approved",
    _("%(counselor)s approved version %(number)s of your plan."),
    subject=_("Your counselor answered your plan"),
)
APPROVED_CHILD = notice(
    "hsbp.approved_child",
    _("The school approved version %(number)s of the plan of %(student)s. You can read and sign it."),
    subject=_("A plan is ready for you to read and sign"),
)
RETURNED = notice(
    "hsbp.returned",
    _("%(counselor)s returned your plan: %(comment)s"),
    subject=_("Your counselor answered your plan"),
)
UNDONE = notice(
    "hsbp.undone",
    _("%(counselor)s took back the answer to version %(number)s of your plan. It waits for the counselor again."),
    subject=_("The answer to your plan was taken back"),
)
CHANGED = notice(
    "hsbp.changed",
    _("%(person)s changed a part of your plan: %(section)s. Read it, and send the plan when it is right."),
    subject=_("Somebody of your school wrote in your plan"),
)
SAID = notice(
    "hsbp.said",
    _("%(person)s wrote about the plan of %(student)s: %(text)s"),
    subject=_("A message about a plan"),
)
ASKED_FAMILY = notice(
    "hsbp.asked_family",
    _("%(person)s asks you about the plan of %(student)s: %(text)s"),
    subject=_("The school asks you about a plan"),
)
SIGNED = notice(
    "hsbp.signed",
    _("%(signer)s signed version %(number)s of the plan of %(student)s."),
    subject=_("A family signed a plan"),
)
UPDATED = notice(
    "hsbp.updated",
    _("%(person)s recorded this year’s update of your plan."),
    subject=_("The yearly update of your plan is recorded"),
)
REQUIREMENT_MET = notice(
    "hsbp.requirement_met",
    _("%(person)s decided that your plan meets the requirement for graduation: %(reason)s"),
    subject=_("A decision about your plan"),
)
REQUIREMENT_NOT_MET = notice(
    "hsbp.requirement_not_met",
    _("%(person)s decided that your plan does not meet the requirement for graduation yet: %(reason)s"),
    subject=_("A decision about your plan"),
)
REQUIREMENT_MET_CHILD = notice(
    "hsbp.requirement_met_child",
    _("%(person)s decided that the plan of %(student)s meets the requirement for graduation: %(reason)s"),
    subject=_("A decision about a plan"),
)
REQUIREMENT_NOT_MET_CHILD = notice(
    "hsbp.requirement_not_met_child",
    _("%(person)s decided that the plan of %(student)s does not meet the requirement yet: %(reason)s"),
    subject=_("A decision about a plan"),
)
PATHWAY_MET = notice(
    "hsbp.pathway_met",
    _("%(person)s decided that you completed a graduation pathway, %(pathway)s: %(reason)s"),
    subject=_("A decision about your graduation pathway"),
)
PATHWAY_NOT_MET = notice(
    "hsbp.pathway_not_met",
    _("%(person)s decided that your graduation pathway is not completed, %(pathway)s: %(reason)s"),
    subject=_("A decision about your graduation pathway"),
)
PATHWAY_MET_CHILD = notice(
    "hsbp.pathway_met_child",
    _("%(person)s decided that %(student)s completed a graduation pathway, %(pathway)s: %(reason)s"),
    subject=_("A decision about a graduation pathway"),
)
PATHWAY_NOT_MET_CHILD = notice(
    "hsbp.pathway_not_met_child",
    _("%(person)s decided that the graduation pathway of %(student)s is not completed, %(pathway)s: %(reason)s"),
    subject=_("A decision about a graduation pathway"),
)
EXPERIENCE_WAITS = notice(
    "hsbp.experience_waits",
    _("%(student)s asks you to confirm an experience: %(experience)s."),
    subject=_("An experience waits to be confirmed"),
)
EXPERIENCE_CONFIRMED = notice(
    "hsbp.experience_confirmed",
    _("%(person)s confirmed your experience: %(experience)s."),
    subject=_("Your experience is confirmed"),
)
EXPERIENCE_RETURNED = notice(
    "hsbp.experience_returned",
    _("%(person)s returned your experience (%(experience)s): %(note)s"),
    subject=_("Your experience came back to you"),
)
EXPERIENCE_RECORDED = notice(
    "hsbp.experience_recorded",
    _("%(person)s recorded an experience for you: %(experience)s. You can add what you take from it."),
    subject=_("An experience is recorded for you"),
)
EXPERIENCE_WITHDRAWN = notice(
    "hsbp.experience_withdrawn",
    _("%(person)s withdrew a confirmed experience of yours (%(experience)s): %(note)s"),
    subject=_("An experience of yours was withdrawn"),
)

# As much of a message as a list of messages shows.
EXCERPT = 300


def counselors_of(student: Student) -> list[Person]:
    """The counselors on whose caseload the student is today, while that role is in force."""
    today = clock.today(student.district)
    holding = RoleAssignment.objects.in_force(today).filter(role=Role.COUNSELOR)
    near = student.relationships.in_force(today).filter(
        kind=RelationshipKind.COUNSELOR, person__in=holding.values("person")
    )
    return [relation.person for relation in near.select_related("person__user").order_by("person__sort_name", "pk")]


def tell_sent(revision: PlanRevision) -> None:
    student = revision.plan.student
    _tell(
        _accounts(counselors_of(student)),
        SENT,
        student,
        {"student": student, "number": revision.number},
        reverse("hsbp:review", args=[student.public_id]),
        f"sent:{revision.public_id}",
        revision.plan,
    )


def tell_reviewed(review: PlanReview) -> None:
    """The student learns the answer; the family learns of a version it can sign."""
    plan, number = review.revision.plan, review.revision.number
    student = plan.student
    kind = APPROVED if review.verdict == Verdict.APPROVED else RETURNED
    params = {"counselor": review.reviewer, "number": number, "comment": review.comment[:EXCERPT]}
    _tell(_own(student), kind, student, params, reverse("hsbp:plan"), f"review:{review.public_id}", plan)
    if review.verdict == Verdict.APPROVED:
        _tell(
            _accounts(family_of(student)),
            APPROVED_CHILD,
            student,
            {"student": student, "number": number},
            _child_url(student),
            f"review:{review.public_id}",
            plan,
        )


def tell_undone(undo: PlanReview) -> None:
    student = undo.revision.plan.student
    params = {"counselor": undo.reviewer, "number": undo.revision.number}
    plan = undo.revision.plan
    _tell(_own(student), UNDONE, student, params, reverse("hsbp:plan"), f"undo:{undo.public_id}", plan)


def tell_changed(plan: Plan, *, person: User, section: str, word: str) -> None:
    """Staff wrote in the working copy; once a day and section."""
    day = clock.today(plan.district)
    params = {"person": person, "section": word}
    key = f"changed:{plan.public_id}:{section}:{person.pk}:{day}"
    _tell(_own(plan.student), CHANGED, plan.student, params, reverse("hsbp:plan"), key, plan)


def tell_said(comment: PlanComment) -> None:
    """Everybody in the conversation except its author: what the student says goes to the counselor, and so on."""
    plan = comment.plan
    student = plan.student
    params = {"person": comment.author_label, "student": student, "text": comment.body[:EXCERPT]}
    key = f"said:{comment.public_id}"
    from_school = comment.kind in {CommentKind.COUNSELOR, CommentKind.STAFF}
    if comment.kind != CommentKind.STUDENT:
        _tell(_own(student), SAID, student, params, f"{reverse('hsbp:plan')}#conversation", key, plan)
    if comment.kind != CommentKind.COUNSELOR:
        url = reverse("hsbp:student-plan", args=[student.public_id])
        _tell(_accounts(counselors_of(student)), SAID, student, params, f"{url}#conversation", key, plan)
    if from_school:
        kind = ASKED_FAMILY if comment.asks_family else SAID
        _tell(_accounts(family_of(student)), kind, student, params, f"{_child_url(student)}#conversation", key, plan)


def tell_signed(plan: Plan, *, number: int, signer: str, key: str) -> None:
    student = plan.student
    params = {"signer": signer, "number": number, "student": student}
    url = reverse("hsbp:student-plan", args=[student.public_id])
    _tell(_accounts(counselors_of(student)), SIGNED, student, params, url, f"signed:{key}", plan)
    _tell(_own(student), SIGNED, student, params, reverse("hsbp:plan"), f"signed:{key}", plan)


def tell_updated(plan: Plan, *, person: User, school_year: int) -> None:
    key = f"updated:{plan.public_id}:{school_year}"
    _tell(_own(plan.student), UPDATED, plan.student, {"person": person}, reverse("hsbp:plan"), key, plan)


def tell_decided(decision: RequirementDecision, *, person: User) -> None:
    plan, student = decision.plan, decision.plan.student
    met = decision.verdict == Requirement.MET
    params = {"person": person, "reason": decision.reason[:EXCERPT], "student": student}
    key = f"requirement:{decision.public_id}"
    own, child = (REQUIREMENT_MET, REQUIREMENT_MET_CHILD) if met else (REQUIREMENT_NOT_MET, REQUIREMENT_NOT_MET_CHILD)
    url = reverse("hsbp:checklist", args=[student.public_id])
    _tell(_own(student), own, student, params, url, key, plan)
    _tell(_accounts(family_of(student)), child, student, params, _child_url(student), key, plan)


def tell_pathway(decision: PathwayDecision, *, person: User) -> None:
    plan, student = decision.plan, decision.plan.student
    params = {
        "person": person,
        "pathway": pathway_word(decision.pathway),
        "reason": decision.reason[:EXCERPT],
        "student": student,
    }
    key = f"pathway:{decision.public_id}"
    met = decision.verdict == Requirement.MET
    own, child = (PATHWAY_MET, PATHWAY_MET_CHILD) if met else (PATHWAY_NOT_MET, PATHWAY_NOT_MET_CHILD)
    _tell(_own(student), own, student, params, reverse("hsbp:plan"), key, plan)
    _tell(_accounts(family_of(student)), child, student, params, _child_url(student), key, plan)


def tell_experience_waits(entry: Experience) -> None:
    """Those for whom it waits first: the counselors and the advisers of the student."""
    student = entry.student
    today = clock.today(student.district)
    advisers = (
        student.relationships.in_force(today).filter(kind=RelationshipKind.ADVISER).select_related("person__user")
    )
    people = {person.pk: person for person in (*counselors_of(student), *(one.person for one in advisers))}
    key = f"experience:{entry.public_id}:{entry.edition}"
    params = {"student": student, "experience": entry.kind.name}
    _tell(_accounts(people.values()), EXPERIENCE_WAITS, student, params, _entry_url(entry), key, entry)


def tell_experience(entry: Experience, kind: Notice, *, person: User, note: str = "") -> None:
    """The student learns what the school did with an entry."""
    params = {"person": person, "experience": entry.kind.name, "note": note[:EXCERPT]}
    key = f"{kind.code}:{entry.public_id}:{entry.edition}"
    _tell(_own(entry.student), kind, entry.student, params, _entry_url(entry), key, entry)


def _entry_url(entry: Experience) -> str:
    return reverse("hsbp:experience", args=[entry.student.public_id, entry.public_id])


def _child_url(student: Student) -> str:
    return f"{reverse('hsbp:plan')}?child={student.public_id}"


def _own(student: Student) -> list[User]:
    return _accounts([student.person])


def _accounts(people: Iterable[Person]) -> list[User]:
    return [person.user for person in people if person.user is not None]


def _tell(
    users: list[User], kind: Notice, student: Student, params: dict[str, Any], url: str, key: str, subject: HasPublicId
) -> None:
    notify.tell_all(
        users, kind.code, params, district=student.district, url=url, subject=subject, dedupe_key=f"hsbp.{key}"
    )

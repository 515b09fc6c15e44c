"""One student's plan with what belongs to it: versions, answers, signatures, copies, the conversation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.contrib.postgres.aggregates import BoolOr
from django.db.models import BooleanField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Left, NullIf
from django.utils.translation import gettext as _

from hsbp.models import (
    AnnualUpdate,
    ChecklistRecord,
    FamilyCopy,
    FamilySignature,
    Plan,
    PlanComment,
    PlanReview,
    PlanRevision,
    RequirementDecision,
)
from hsbp.rules.content import Change, Content, changes, read
from hsbp.states import CommentKind, PlanState, Requirement, Verdict
from mbl.core import clock
from mbl.core.presence import present
from mbl.core.ui.parts import ThreadEntry
from profiles.access import family_of
from profiles.models import Person, Relationship, Student
from profiles.states import RelationshipKind

# As many entries of each kind as a conversation shows.
SHOWN = 50


def plan_of(student: Student) -> Plan:
    """The student's plan with its versions; a new one that is not saved where nothing was written yet."""
    found = (
        Plan.objects.filter(student=student)
        .select_related("latest__base", "latest__submitted_by", "approved", "question")
        .first()
    )
    if found is None:
        return Plan(student=student, district=student.district)
    # The student is at hand with school and person; asking again would be three trips more.
    found.student, found.district = student, student.district
    return found


def is_update_due(plan: Plan, today: dt.date) -> bool:
    """Whether the approved version belongs to an earlier school year (R59)."""
    return (
        plan.state == PlanState.APPROVED
        and plan.latest is not None
        and plan.latest.school_year < clock.school_year(today)
    )


def unsent_changes(plan: Plan) -> tuple[Change, ...]:
    """What the working copy says otherwise than the newest version that was sent."""
    sent = read(plan.latest.content) if plan.latest is not None else Content()
    return changes(sent, read(plan.content))


# --- What belongs to it -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class History:
    """What was recorded about a plan, each kind newest first. ``reviews`` are answers that nobody took back."""

    reviews: tuple[PlanReview, ...] = ()
    signatures: tuple[FamilySignature, ...] = ()
    copies: tuple[FamilyCopy, ...] = ()
    updates: tuple[AnnualUpdate, ...] = ()
    records: tuple[ChecklistRecord, ...] = ()
    decisions: tuple[RequirementDecision, ...] = ()

    @property
    def copies_read(self) -> tuple[FamilyCopy, ...]:
        """Those in a language of the family."""
        return tuple(copy for copy in self.copies if getattr(copy, "is_read", False))

    @property
    def requirement(self) -> RequirementDecision | None:
        """The decision that stands (R65)."""
        return self.decisions[0] if self.decisions else None

    def answer_to(self, revision_id: int | None) -> PlanReview | None:
        return next((review for review in self.reviews if review.revision_id == revision_id), None)

    def approval_of(self, revision_id: int | None) -> PlanReview | None:
        answer = self.answer_to(revision_id)
        return answer if answer is not None and answer.verdict == Verdict.APPROVED else None


class _Kind(StrEnum):
    """What can be recorded about a plan; most plans have few of these."""

    SIGNATURE = "signature"
    COPY = "copy"
    UPDATE = "update"
    RECORD = "record"
    DECISION = "decision"


def history_of(plan: Plan) -> History:
    """Two trips, and one for each kind of which there is something; none for a plan that nobody began."""
    if not plan.pk:
        return History()
    of_version = FamilySignature.objects.filter(revision__plan=plan)
    copies = FamilyCopy.objects.filter(revision__plan=plan)
    has = present(
        {
            _Kind.SIGNATURE: of_version,
            _Kind.COPY: copies,
            _Kind.UPDATE: plan.updates.all(),
            _Kind.RECORD: plan.records.all(),
            _Kind.DECISION: plan.requirement_decisions.all(),
        }
    )
    return History(
        reviews=tuple(standing_reviews(plan).defer("revision__content")),
        signatures=tuple(_signatures(of_version)) if _Kind.SIGNATURE in has else (),
        copies=tuple(_copies(copies, clock.today(plan.district))) if _Kind.COPY in has else (),
        updates=tuple(plan.updates.select_related("staff").order_by("-school_year")) if _Kind.UPDATE in has else (),
        records=tuple(plan.records.select_related("recorded_by").order_by("-done_on", "-pk"))
        if _Kind.RECORD in has
        else (),
        decisions=tuple(plan.requirement_decisions.select_related("decided_by").order_by("-decided_at", "-pk"))
        if _Kind.DECISION in has
        else (),
    )


def _signatures(found: QuerySet[FamilySignature]) -> QuerySet[FamilySignature]:
    found = found.select_related("revision").defer("revision__content")
    return found.order_by("-revision__number", "-signed_on", "-pk")


def _copies(found: QuerySet[FamilyCopy], on: dt.date) -> QuerySet[FamilyCopy]:
    found = found.select_related("revision").defer("revision__content")
    return found.annotate(is_read=is_read(on)).order_by("-revision__number", "language")


def is_read(on: dt.date) -> Coalesce:
    """Whether a copy is in a language that somebody of the family reads; any copy, where nobody has named one (R61).

    The language of letters stands on the person; without one, that of the account counts.
    """
    named = NullIf("person__language", Value(""))
    languages = (
        Relationship.objects.family_with_access(on)
        .filter(student=OuterRef("revision__plan__student"))
        .annotate(language=Left(Coalesce(named, "person__user__language"), 2))
        .filter(language__gt="")
    )
    is_one = BoolOr(Q(language=OuterRef("language")), output_field=BooleanField())
    return Coalesce(Subquery(languages.order_by().values("student").annotate(found=is_one).values("found")), True)


def standing_reviews(plan: Plan) -> QuerySet[PlanReview]:
    """Answers that nobody took back, newest first."""
    return (
        PlanReview.objects.filter(revision__plan=plan, undone_by=None)
        .exclude(verdict=Verdict.UNDONE)
        .select_related("reviewer", "revision")
        .order_by("-reviewed_at", "-pk")
    )


# --- Family -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Family:
    """The family's side of a plan: who may read it, who signed which version, which languages it was given in.

    ``untranslated`` are languages that somebody of the family or the student speaks and no document exists in (R61).
    """

    people: tuple[Person, ...]
    signatures: tuple[FamilySignature, ...]
    copies: tuple[FamilyCopy, ...]
    languages: tuple[str, ...]
    latest_id: int | None

    @property
    def untranslated(self) -> tuple[str, ...]:
        offered = dict(settings.LANGUAGES)
        return tuple(code for code in self.languages if code.split("-")[0] not in offered)

    @property
    def signed_latest(self) -> tuple[FamilySignature, ...]:
        return tuple(one for one in self.signatures if one.revision_id == self.latest_id)

    @property
    def last_signature(self) -> FamilySignature | None:
        return self.signatures[0] if self.signatures else None

    def has_signed(self, person: Person | None) -> bool:
        return person is not None and any(one.signer_id == person.pk for one in self.signed_latest)


def family_side(plan: Plan, history: History) -> Family:
    """One trip: the people. The language of letters stands on the person; without one, that of the account counts."""
    people = tuple(family_of(plan.student).order_by("sort_name", "pk"))
    chosen = [person.language or (person.user.language if person.user else "") for person in people]
    spoken = [plan.student.person.language, *chosen]
    return Family(
        people=people,
        signatures=history.signatures,
        copies=history.copies,
        languages=tuple(dict.fromkeys(code for code in spoken if code)),
        latest_id=plan.latest_id,
    )


def question_to_family(plan: Plan) -> PlanComment | None:
    """What the school asked the family and nobody of it has answered; one trip while the plan waits for the family."""
    if plan.family_since is None:
        return None
    newest = plan.comments.filter(Q(asks_family=True) | Q(kind=CommentKind.FAMILY)).order_by("-at", "-pk").first()
    return newest if newest is not None and newest.asks_family else None


def possible_signers(student: Student) -> QuerySet[Person]:
    """Parents and guardians of the student today, with an account or without: whose signature on paper counts."""
    near = Relationship.objects.in_force(clock.today(student.district)).filter(
        student=student, kind=RelationshipKind.GUARDIAN
    )
    return Person.objects.filter(pk__in=near.values("person")).order_by("sort_name", "pk")


# --- The requirement --------------------------------------------------------------------------------------------------


def requirement_line(student: Student) -> str:
    """The state transcript's word for the plan by the newest decision (R65): ``MET``, ``NOT MET``, or empty."""
    decision = RequirementDecision.objects.filter(plan__student=student).order_by("-decided_at", "-pk").first()
    if decision is None:
        return ""
    return "MET" if decision.verdict == Requirement.MET else "NOT MET"


# --- The conversation -------------------------------------------------------------------------------------------------


def conversation(plan: Plan, history: History) -> list[ThreadEntry]:
    """The plan's story: what was sent, answered, said, signed and updated, oldest first. Two trips."""
    if not plan.pk:
        return []
    # What happened at the same moment stands in the order of this list: sent, then answered.
    revisions = plan.revisions.select_related("submitted_by").defer("content").order_by("-number")
    entries = [(revision.submitted_at, _sent(revision)) for revision in reversed(revisions[:SHOWN])]
    for comment in reversed(plan.comments.order_by("-at", "-pk")[:SHOWN]):
        about = [_("A question to the family")] if comment.asks_family else []
        entries.append((comment.at, _entry(comment.author_label, comment.at, comment.body, _icon(comment.kind), about)))
    entries += [(review.reviewed_at, _answered(review)) for review in reversed(history.reviews[:SHOWN])]
    entries += [(signature.recorded_at, _signed(signature)) for signature in reversed(history.signatures[:SHOWN])]
    for update in reversed(history.updates[:SHOWN]):
        text = _("Recorded the yearly update.")
        entries.append((update.recorded_at, ThreadEntry(str(update.staff), update.recorded_at, text, "calendar-event")))
    return [entry for _at, entry in sorted(entries, key=lambda row: row[0])]


def _entry(actor: str, at: dt.datetime, text: str, icon: str, about: Sequence[str] = ()) -> ThreadEntry:
    return ThreadEntry(actor, at, text, icon=icon, voice=True, about=about)


def _icon(kind: str) -> str:
    return {CommentKind.STUDENT: "message", CommentKind.FAMILY: "heart-handshake"}.get(CommentKind(kind), "messages")


def _sent(revision: PlanRevision) -> ThreadEntry:
    text = _("Sent version %(number)s.") % {"number": revision.number}
    return ThreadEntry(str(revision.submitted_by), revision.submitted_at, text, icon="send", tone="info")


def _answered(review: PlanReview) -> ThreadEntry:
    number = {"number": review.revision.number}
    approved = review.verdict == Verdict.APPROVED
    said = _("Approved version %(number)s.") % number if approved else _("Returned version %(number)s.") % number
    icon, tone = ("circle-check", "ok") if approved else ("arrow-back-up", "attention")
    if not review.comment:
        return ThreadEntry(str(review.reviewer), review.reviewed_at, said, icon=icon, tone=tone)
    return ThreadEntry(
        str(review.reviewer), review.reviewed_at, review.comment, icon=icon, tone=tone, voice=True, about=[said]
    )


def _signed(signature: FamilySignature) -> ThreadEntry:
    number = {"number": signature.revision.number}
    if signature.on_paper:
        said = _("Signed version %(number)s on paper.") % number
    else:
        said = _("Signed version %(number)s.") % number
    return ThreadEntry(signature.typed_name, signature.recorded_at, said, icon="signature", tone="ok")

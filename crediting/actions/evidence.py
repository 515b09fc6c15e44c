"""Bring evidence in, and put it into requests. What has been sent once is never changed or thrown away."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from crediting import access
from crediting.models import CreditRequest, Evidence, EvidenceUse, Standard
from crediting.rules.evidence import link_problem
from crediting.states import EvidenceKind, EvidenceState, RequestState
from crediting.verbs.requests import (
    EvidenceAdded,
    EvidenceAttached,
    EvidenceChanged,
    EvidenceDetached,
    EvidenceDiscarded,
)
from crediting.words import sentence
from mbl.core import audit, files
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.files import CheckedFile
from mbl.core.models import User
from mbl.core.words import says_something
from profiles.access import Capability, may
from profiles.models import Student

WITH_FILE = (EvidenceKind.FILE, EvidenceKind.PHOTO)
# While these last, the student may put evidence in and take unsent evidence out.
OPEN_TO_STUDENT = (RequestState.DRAFT, RequestState.RETURNED)


@transaction.atomic
def add_evidence(
    *,
    student: Student,
    kind: EvidenceKind,
    title: str,
    actor: User,
    body: str = "",
    url: str = "",
    file: CheckedFile | None = None,
    reflection: str = "",
    alt_text: str = "",
    happened_on: dt.date | None = None,
    key: UUID | None = None,
) -> Evidence:
    """Keep a piece of evidence. ``key`` is made with the form: sending the same form twice finds the first piece.

    ``DomainError`` with its field where the kind's own content is missing, a link is no web address, or a photo has
    no words for people who cannot see it.
    """
    verdict = may(actor, Capability.REQUEST_CREDIT, student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    # One piece at a time for a student: the second click waits here and then finds the first piece.
    Student.objects.select_for_update(no_key=True).get(pk=student.pk)
    if key is not None and (found := Evidence.objects.filter(public_id=key).first()):
        if found.student_id == student.pk:
            return found
        key = None  # somebody else's page, copied or guessed: this piece gets an id of its own
    evidence = Evidence(
        public_id=key or uuid4(),
        district=student.district,
        student=student,
        kind=kind,
        title=title.strip(),
        body=body.strip() if kind == EvidenceKind.TEXT else "",
        url=url.strip() if kind == EvidenceKind.LINK else "",
        reflection=reflection.strip(),
        alt_text=alt_text.strip() if kind == EvidenceKind.PHOTO else "",
        happened_on=happened_on,
        added_by=actor,
    )
    _refuse_incomplete(evidence, file)
    if file is not None and kind in WITH_FILE:
        stored = files.store(file)
        evidence.stored_name, evidence.file_name = stored.key, stored.name
        evidence.content_type, evidence.size, evidence.sha256 = stored.content_type, stored.size, stored.sha256
    else:
        evidence.sha256 = fingerprint(evidence)
    try:
        with transaction.atomic():
            evidence.save()
            audit.record(
                EvidenceAdded(kind=str(kind), sha256=evidence.sha256),
                actor=actor,
                district=student.district,
                target=evidence,
                student=student,
            )
    except BaseException:
        if evidence.stored_name:
            files.remove(evidence.stored_name)
        raise
    return evidence


def _refuse_incomplete(evidence: Evidence, file: CheckedFile | None) -> None:
    if not says_something(evidence.title):
        raise DomainError(_("Give this a title, so that your teacher knows what it is."), field="title")
    if evidence.kind in WITH_FILE and file is None:
        raise DomainError(_("Choose a file."), field="file")
    if evidence.kind == EvidenceKind.PHOTO:
        if file is not None and file.kind.family != "image":
            raise DomainError(
                _("This is not a photo. Choose a JPEG, PNG or WebP picture, or send it as a file."), field="file"
            )
        if not evidence.alt_text:
            raise DomainError(
                _("Say in a few words what the photo shows, for people who cannot see it."), field="alt_text"
            )
    if evidence.kind == EvidenceKind.TEXT and not says_something(evidence.body):
        raise DomainError(_("Write your text, or choose another kind of evidence."), field="body")
    if evidence.kind == EvidenceKind.LINK and (problem := link_problem(evidence.url)):
        raise DomainError(sentence(problem), field="url")


def fingerprint(evidence: Evidence) -> str:
    """SHA-256 of what a link or text says, so that a decision can name exactly what was looked at."""
    content = evidence.url if evidence.kind == EvidenceKind.LINK else evidence.body
    return hashlib.sha256(content.encode()).hexdigest()


@transaction.atomic
def update_evidence(
    evidence: Evidence,
    *,
    actor: User,
    title: str | None = None,
    body: str | None = None,
    url: str | None = None,
    reflection: str | None = None,
    alt_text: str | None = None,
    happened_on: dt.date | None = None,
) -> Evidence:
    """Change what the student wrote, until it is first sent. None leaves a field as it is; the file stays the file."""
    evidence = _lock_unsent(
        evidence, actor, _("This was sent to a teacher, so it stays as it is. Add a new piece instead.")
    )
    wanted = {"title": title, "body": body, "url": url, "reflection": reflection, "alt_text": alt_text}
    changed = []
    for name, value in wanted.items():
        if value is not None and value.strip() != getattr(evidence, name):
            setattr(evidence, name, value.strip())
            changed.append(name)
    if happened_on is not None and happened_on != evidence.happened_on:
        evidence.happened_on = happened_on
        changed.append("happened_on")
    if not changed:
        return evidence
    _refuse_incomplete_change(evidence)
    if evidence.kind not in WITH_FILE:
        evidence.sha256 = fingerprint(evidence)
    evidence.save()
    audit.record(
        EvidenceChanged(fields=", ".join(changed)),
        actor=actor,
        district=evidence.district,
        target=evidence,
        student=evidence.student,
    )
    return evidence


def _refuse_incomplete_change(evidence: Evidence) -> None:
    if not says_something(evidence.title):
        raise DomainError(_("Give this a title, so that your teacher knows what it is."), field="title")
    if evidence.kind == EvidenceKind.PHOTO and not evidence.alt_text:
        raise DomainError(_("Say in a few words what the photo shows, for people who cannot see it."), field="alt_text")
    if evidence.kind == EvidenceKind.TEXT and not says_something(evidence.body):
        raise DomainError(_("Write your text, or throw this piece away."), field="body")
    if evidence.kind == EvidenceKind.LINK and (problem := link_problem(evidence.url)):
        raise DomainError(sentence(problem), field="url")


@transaction.atomic
def discard_evidence(evidence: Evidence, *, actor: User) -> None:
    """Throw away a piece that was never sent: the wrong photo is gone, bytes and all. A second call does nothing."""
    try:
        evidence = _lock_unsent(evidence, actor, _("This was sent to a teacher, so it stays on your record."))
    except ThrownAway:
        return
    audit.record(
        EvidenceDiscarded(kind=evidence.kind, sha256=evidence.sha256),
        actor=actor,
        district=evidence.district,
        target=evidence,
        student=evidence.student,
    )
    stored = evidence.stored_name
    evidence.uses.all().delete()
    evidence.delete()
    if stored:
        transaction.on_commit(lambda: files.remove(stored))


class ThrownAway(DomainError):
    """The piece is not there any more: it was thrown away in another tab."""


def _lock_unsent(evidence: Evidence, actor: User, sent_sentence: str) -> Evidence:
    locked = Evidence.objects.select_for_update(of=["self"]).select_related("student__person", "district")
    found = locked.filter(pk=evidence.pk).first()
    if found is None:
        raise ThrownAway(_("You threw this away in the meantime. Nothing was saved."))
    evidence = found
    verdict = may(actor, Capability.REQUEST_CREDIT, evidence.student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    if evidence.uses.exclude(state=EvidenceState.DRAFT).exists():
        raise DomainError(sent_sentence)
    return evidence


@transaction.atomic
def attach_evidence(
    request: CreditRequest, evidence: Evidence, *, actor: User, standards: Collection[Standard] = ()
) -> EvidenceUse:
    """Offer a piece of evidence for a request, and say which of its standards it shows (none: all of them).

    The same piece may serve several requests; a second call only changes the standards.
    """
    request = lock_own(request, actor)
    if evidence.student_id != request.student_id:
        raise NotAllowed(_("This evidence belongs to somebody else."))
    use, created = EvidenceUse.objects.get_or_create(
        evidence=evidence, request=request, defaults={"attempt": request.attempt}
    )
    claimed = set(request.claims.values_list("standard_id", flat=True))
    use.standards.set([standard for standard in standards if standard.pk in claimed])
    if created:
        audit.record(
            EvidenceAttached(evidence=str(evidence), evidence_id=str(evidence.public_id)),
            actor=actor,
            district=request.district,
            target=request,
            student=request.student,
        )
    return use


@transaction.atomic
def detach_evidence(use: EvidenceUse, *, actor: User) -> None:
    """Take a piece out of a request again, until it is sent with it."""
    request = lock_own(use.request, actor)
    use_now = EvidenceUse.objects.select_related("evidence").filter(pk=use.pk).first()
    if use_now is None:
        return
    use = use_now
    if use.state != EvidenceState.DRAFT:
        raise DomainError(_("This was sent with the request, so it stays. You can add more beside it."))
    audit.record(
        EvidenceDetached(evidence=str(use.evidence), evidence_id=str(use.evidence.public_id)),
        actor=actor,
        district=request.district,
        target=request,
        student=request.student,
    )
    use.delete()


def lock_own(request: CreditRequest, actor: User) -> CreditRequest:
    """The request, locked for its student to change; ``DomainError`` once it is with the school."""
    request = (
        CreditRequest.objects.select_for_update(of=["self"])
        .select_related("student__person", "district", "school", "course__terms", "assessor__user", "scale")
        .get(pk=request.pk)
    )
    verdict = access.is_own(actor, request)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    if request.state not in OPEN_TO_STUDENT:
        raise DomainError(_("This request is with the school now. You can change it when it comes back to you."))
    return request

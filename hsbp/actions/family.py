"""The family's part: a signature under one version, and copies in a language it reads."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from hsbp import access, notices
from hsbp.actions.plans import lock_plan
from hsbp.models import FamilyCopy, FamilySignature, Plan, PlanRevision
from hsbp.states import PlanState
from hsbp.verbs import CopyMade, PlanSigned
from mbl.core import audit, clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import User
from profiles.access import Capability, may
from profiles.models import Person, Relationship
from profiles.states import RelationshipKind


@transaction.atomic
def sign_plan(revision: PlanRevision, *, typed_name: str, language: str, actor: User) -> FamilySignature:
    """A parent or guardian signs the approved version with their typed name, in the language it was read in."""
    plan = lock_plan(revision.plan.student)
    signer = access.signer_of(actor, plan.student)
    if signer is None:
        verdict = access.may_sign(actor, plan.student)
        assert isinstance(verdict, Denied)
        raise NotAllowed(verdict.reason)
    today = clock.today(plan.district)
    return _sign(plan, revision, signer, typed_name, language, today, on_paper=False, actor=actor)


@transaction.atomic
def record_paper_signature(
    revision: PlanRevision, *, signer: Person, typed_name: str, signed_on: dt.date, language: str, actor: User
) -> FamilySignature:
    """Staff record a signature that the family gave on paper, with the day that stands there."""
    plan = lock_plan(revision.plan.student)
    verdict = access.may_review(actor, plan.student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    today = clock.today(plan.district)
    near = Relationship.objects.in_force(today).filter(student=plan.student, kind=RelationshipKind.GUARDIAN)
    if not near.filter(person=signer).exists():
        raise DomainError(_("Choose somebody of the student’s family from the list."), field="signer")
    if signed_on > today:
        raise DomainError(_("That day is still to come. Use the day that stands on the paper."), field="signed_on")
    if signed_on < clock.day_of(revision.submitted_at, plan.district):
        raise DomainError(_("This version was sent after that day. Check the day and the version."), field="signed_on")
    return _sign(plan, revision, signer, typed_name, language, signed_on, on_paper=True, actor=actor)


def _sign(
    plan: Plan,
    revision: PlanRevision,
    signer: Person,
    typed_name: str,
    language: str,
    signed_on: dt.date,
    *,
    on_paper: bool,
    actor: User,
) -> FamilySignature:
    first = FamilySignature.objects.filter(revision=revision, signer=signer).first()
    if first is not None:
        return first
    if plan.latest_id != revision.pk:
        raise DomainError(_("A newer version was sent in the meantime. Open the plan again and read that one."))
    if plan.state != PlanState.APPROVED:
        raise DomainError(_("The school has not approved this version. You can sign it once that is done."))
    typed_name = " ".join(typed_name.replace("\0", "").split())[:200]
    if not typed_name:
        raise DomainError(_("Type your full name. It stands for your signature."), field="typed_name")
    signature = FamilySignature.objects.create(
        revision=revision,
        signer=signer,
        typed_name=typed_name,
        language=language,
        signed_on=signed_on,
        on_paper=on_paper,
        recorded_by=actor,
        recorded_at=clock.now(),
    )
    plan.family_since = None
    plan.save(update_fields=["family_since", "updated_at"])
    audit.record(
        PlanSigned(
            number=revision.number, signer=typed_name, language=language, on_paper=on_paper, signed_on=signed_on
        ),
        actor=actor,
        district=plan.district,
        target=plan,
        student=plan.student,
    )
    notices.tell_signed(plan, number=revision.number, signer=typed_name, key=str(signature.public_id))
    return signature


@transaction.atomic
def make_copy(revision: PlanRevision, *, language: str, actor: User) -> FamilyCopy:
    """Note that a version was made into a document in ``language`` for student and family (R61); once a language."""
    plan = lock_plan(revision.plan.student)
    verdict = may(actor, Capability.SEE_RECORD, plan.student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    if language not in dict(settings.LANGUAGES):
        raise DomainError(_("Copies are made in English and in Spanish. Choose one of them."), field="language")
    copy, is_new = FamilyCopy.objects.get_or_create(
        revision=revision, language=language, defaults={"made_by": actor, "made_at": clock.now()}
    )
    if is_new:
        audit.record(
            CopyMade(number=revision.number, language=language),
            actor=actor,
            district=plan.district,
            target=plan,
            student=plan.student,
        )
    return copy

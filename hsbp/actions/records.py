"""What staff record toward a plan: checklist items, the yearly update, and the decision at the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils import formats
from django.utils.translation import gettext as _

from hsbp import access, notices
from hsbp.actions.plans import lock_plan
from hsbp.models import AnnualUpdate, ChecklistRecord, PathwayDecision, Plan, RequirementDecision
from hsbp.queries.pathways import pieces
from hsbp.rules.checklist import RECORDABLE
from hsbp.states import Pathway, Requirement
from hsbp.verbs import ItemRecorded, ItemWithdrawn, PathwayDecided, RequirementDecided, UpdateRecorded
from mbl.core import audit, clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import User
from mbl.core.words import visible
from profiles.models import Student

# As much of the name of a result or of work as a decision keeps.
WORDS = 300
# What a meeting about the plan also was, as checklist items.
OPTIONS_SHOWN, IMPACT_EXPLAINED, FAMILY_TOOK_PART = "H7", "H8", "H25"


@transaction.atomic
def record_item(
    student: Student, *, item: str, done_on: dt.date, actor: User, note: str = "", language: str = ""
) -> ChecklistRecord:
    """Record that something of the checklist was done on a day; the same item and day a second time is the first."""
    plan = _reviewed(student, actor)
    if item not in RECORDABLE:
        raise DomainError(_("This item follows from the plan itself and is not recorded by hand."), field="item")
    _refuse_future(plan, done_on, "done_on")
    return _record(plan, item, done_on, note, language, actor)


@transaction.atomic
def withdraw_record(record: ChecklistRecord, *, actor: User) -> None:
    """Take back a record that was made by mistake; the audit ledger keeps that it was there."""
    plan = _reviewed(record.plan.student, actor)
    deleted, _rows = ChecklistRecord.objects.filter(pk=record.pk).delete()
    if deleted:
        audit.record(
            ItemWithdrawn(item=record.item, done_on=record.done_on, note=record.note),
            actor=actor,
            district=plan.district,
            target=plan,
            student=plan.student,
        )


@transaction.atomic
def record_update(
    student: Student,
    *,
    updated_on: dt.date,
    actor: User,
    results_reviewed: str = "",
    note: str = "",
    options_shown: bool = False,
    impact_explained: bool = False,
    family_took_part: bool = False,
) -> AnnualUpdate:
    """The one update of a school year, with the member of staff who took part (R59).

    In grade 10 it names the assessment results that were looked at (RCW 28A.230.212(3)(a)).
    """
    plan = _reviewed(student, actor)
    _refuse_future(plan, updated_on, "updated_on")
    year, results = clock.school_year(updated_on), visible(results_reviewed)
    first = plan.updates.filter(school_year=year).select_related("staff").first()
    if first is not None:
        if (first.staff_id, first.updated_on, first.results_reviewed) == (actor.pk, updated_on, results):
            return first
        raise DomainError(
            _("%(person)s recorded the update of this school year already, for %(date)s.")
            % {"person": first.staff, "date": formats.date_format(first.updated_on, "DATE_FORMAT")},
            field="updated_on",
        )
    if plan.student.grade == "10" and not results:
        raise DomainError(
            _("In grade 10 the update names the test results you looked at together."), field="results_reviewed"
        )
    update = AnnualUpdate.objects.create(
        plan=plan,
        revision=plan.latest,
        school_year=year,
        grade=plan.student.grade,
        updated_on=updated_on,
        results_reviewed=results,
        note=visible(note),
        staff=actor,
        recorded_at=clock.now(),
    )
    audit.record(
        UpdateRecorded(school_year=year, grade=update.grade, updated_on=updated_on, results_reviewed=results),
        actor=actor,
        district=plan.district,
        target=plan,
        student=plan.student,
    )
    for was_done, item in (
        (options_shown, OPTIONS_SHOWN),
        (impact_explained, IMPACT_EXPLAINED),
        (family_took_part, FAMILY_TOOK_PART),
    ):
        if was_done:
            _record(plan, item, updated_on, "", "", actor)
    notices.tell_updated(plan, person=actor, school_year=year)
    return update


@transaction.atomic
def decide_requirement(student: Student, *, verdict: Requirement, reason: str, actor: User) -> RequirementDecision:
    """Say whether the plan meets the requirement, with a reason. A person decides this, never MBL alone (R65)."""
    plan = _reviewed(student, actor)
    reason = visible(reason)
    if not reason:
        raise DomainError(_("Say why. The student and the family read it."), field="reason")
    newest = plan.requirement_decisions.first()
    if newest is not None and (newest.verdict, newest.reason, newest.decided_by_id) == (verdict, reason, actor.pk):
        return newest
    decision = RequirementDecision.objects.create(
        plan=plan, verdict=verdict, reason=reason, decided_by=actor, decided_at=clock.now()
    )
    audit.record(
        RequirementDecided(verdict=verdict, reason=reason),
        actor=actor,
        district=plan.district,
        target=plan,
        student=plan.student,
    )
    notices.tell_decided(decision, person=actor)
    return decision


@transaction.atomic
def decide_pathway(
    student: Student,
    *,
    pathway: Pathway,
    verdict: Requirement,
    reason: str,
    actor: User,
    rests_on: Collection[str] = (),
) -> PathwayDecision:
    """Say whether the student completed a graduation pathway, on what, and why; a later one takes it back (R55).

    Nothing of the student's credit is asked or changed, also where credit rests on the same ``rests_on``. The same
    answer again is the first.
    """
    plan = _reviewed(student, actor)
    reason = visible(reason)
    if not reason:
        raise DomainError(_("Say why. The student and the family read it."), field="reason")
    known = {piece.key: piece.words for piece in pieces(student)}
    if set(rests_on) - known.keys():
        raise DomainError(_("Choose results and work of this student from the list."), field="rests_on")
    keys = [key for key in known if key in rests_on]
    newest = plan.pathway_decisions.filter(pathway=pathway).first()
    said = (pathway, verdict, reason, actor.pk, keys)
    if newest is not None and said == (
        newest.pathway,
        newest.verdict,
        newest.reason,
        newest.decided_by_id,
        newest.rests_on,
    ):
        return newest
    if newest is None and verdict == Requirement.NOT_MET:
        raise DomainError(_("Nobody decided that this pathway is completed, so there is nothing to take back."))
    decision = PathwayDecision.objects.create(
        plan=plan,
        pathway=pathway,
        verdict=verdict,
        rests_on=keys,
        words=[known[key][:WORDS] for key in keys],
        reason=reason,
        decided_by=actor,
        decided_at=clock.now(),
    )
    audit.record(
        PathwayDecided(pathway=pathway, verdict=verdict, rests_on=tuple(keys), reason=reason),
        actor=actor,
        district=plan.district,
        target=plan,
        student=plan.student,
    )
    notices.tell_pathway(decision, person=actor)
    return decision


def _reviewed(student: Student, actor: User) -> Plan:
    plan = lock_plan(student)
    verdict = access.may_review(actor, plan.student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    return plan


def _refuse_future(plan: Plan, day: dt.date, field: str) -> None:
    if day > clock.today(plan.district):
        raise DomainError(_("That day is still to come. Record it when it is done."), field=field)


def _record(plan: Plan, item: str, done_on: dt.date, note: str, language: str, actor: User) -> ChecklistRecord:
    record, is_new = ChecklistRecord.objects.get_or_create(
        plan=plan,
        item=item,
        done_on=done_on,
        defaults={
            "note": visible(note),
            "language": language,
            "recorded_by": actor,
            "recorded_at": clock.now(),
        },
    )
    if is_new:
        audit.record(
            ItemRecorded(item=item, done_on=done_on, language=language, note=record.note),
            actor=actor,
            district=plan.district,
            target=plan,
            student=plan.student,
        )
    return record

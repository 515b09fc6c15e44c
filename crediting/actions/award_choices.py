"""The student chooses what the policy leaves to them of a listed award: the course, the mark, how much, or not at all.

Staff may write down what the student said, with the day on which they said it; the record names who wrote it.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crediting import access, notices
from crediting.actions.award_proposals import lock_award_proposal, why_not_open
from crediting.actions.awards import lock_students
from crediting.models import AwardProposal
from crediting.queries.award_choices import Choosing, choices_to_remind_of, choosing
from crediting.rules.numbers import credits_text
from crediting.states import AWARD_PROPOSAL, AwardChoice, AwardProposalState
from crediting.verbs.decisions import AwardChosen, AwardDeclined, AwardUnchosen
from crediting.words import sentence
from mbl.core import audit, clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import District, User
from mbl.core.transitions import Already
from mbl.core.words import visible


@transaction.atomic
def record_choice(
    proposal: AwardProposal,
    *,
    mark: str = "",
    credits: Decimal | None = None,
    said_on: dt.date | None = None,
    actor: User,
) -> AwardProposal:
    """The student, or staff on their word, takes this award, with the mark and amount that are theirs to choose.

    A second time changes nothing. An earlier choice that does not fit beside it is taken back, so that the newest word
    counts. ``said_on``: the day on which the student said so, where staff write it down later.
    """
    row = _locked(proposal, actor)
    if not row.choice:
        return row
    chosen = (mark if row.choice != AwardChoice.COURSE else "", credits if row.choice == AwardChoice.AMOUNT else None)
    if row.is_chosen and (row.chosen_mark, row.chosen_credits) == chosen:
        return row
    day = _day_of_choice(row, said_on, actor)
    _reopen(row)
    if problem := why_not_open(row):
        raise DomainError(problem)
    offered = choosing(row, on=day, credits=chosen[1])
    _check(row, offered, *chosen)
    _unchoose(row, offered, actor)
    row.chosen_mark, row.chosen_credits = chosen
    option = offered.option(chosen[0])
    if row.choice == AwardChoice.MARK and option is not None:
        row.credits = option.credits
    row.chosen_by, row.chosen_on = actor, day
    row.save()
    told = AwardChosen(
        course=str(row.course),
        mark=row.chosen_mark,
        credits=credits_text(row.chosen_credits) if row.chosen_credits else "",
        said_on=day.isoformat(),
    )
    audit.record(told, actor=actor, district=row.district, target=row, student=row.student)
    _tell(row, actor)
    return row


@transaction.atomic
def decline_award(
    proposal: AwardProposal, *, reason: str = "", said_on: dt.date | None = None, actor: User
) -> AwardProposal:
    """The student does not want it, and nobody confirms it. They can think better of it until the last day to choose.

    What must be awarded cannot be declined (R26). A second time changes nothing.
    """
    row = _locked(proposal, actor)
    state = AWARD_PROPOSAL.after("decline", row.state)
    if isinstance(state, Already):
        return row
    day = _day_of_choice(row, said_on, actor)
    if not row.choice or choosing(row, on=day).must_be_awarded:
        raise DomainError(_("This credit has to be awarded, so it cannot be declined. Ask your counselor about it."))
    row.state, row.reason = state, visible(reason).strip()
    row.chosen_mark, row.chosen_credits, row.chosen_by, row.chosen_on = "", None, actor, day
    row.closed_by, row.closed_at = actor, clock.now()
    row.save()
    told = AwardDeclined(course=str(row.course), reason=row.reason or "–")
    audit.record(told, actor=actor, district=row.district, target=row, student=row.student)
    _tell(row, actor)
    return row


@transaction.atomic
def remind_of_choices(district: District) -> int:
    """Tell students and families of each last day to choose that is near; how many choices it was about.

    A second run, on the same day or a later one, tells nobody twice: a notice has the last day in its key.
    """
    rows = choices_to_remind_of(district)
    notices.tell_to_choose_soon(rows)
    return len(rows)


def _locked(proposal: AwardProposal, actor: User) -> AwardProposal:
    """The row under the student's lock: two tabs, and a choice and a confirmation, come one after the other."""
    lock_students([proposal.student_id])
    row = lock_award_proposal(proposal)
    if isinstance(verdict := access.may_choose(actor, row), Denied):
        raise NotAllowed(verdict.reason)
    return row


def _day_of_choice(row: AwardProposal, said_on: dt.date | None, actor: User) -> dt.date:
    """Today, or the day that staff name; a refusal after the last day to choose."""
    today = clock.today(row.district)
    day = said_on if said_on and not access.is_chooser(actor, row) else today
    if day > today:
        raise DomainError(_("This day lies ahead. Enter the day on which the student said so."), field="said_on")
    if row.choose_by is not None and day > row.choose_by:
        raise DomainError(
            _("The last day to choose was %(day)s. Ask the school what can still be done.")
            % {"day": date_format(row.choose_by, "DATE_FORMAT")}
        )
    return day


def _reopen(row: AwardProposal) -> None:
    """What was declined is open again, unless it is listed anew meanwhile."""
    if row.state != AwardProposalState.DECLINED:
        return
    if AwardProposal.objects.filter(student=row.student_id, course=row.course_id, state=AwardProposalState.OPEN):
        raise DomainError(_("This credit is listed anew. Choose there."))
    row.state = AWARD_PROPOSAL.moved("want", row.state)
    row.reason, row.closed_by, row.closed_at = "", None, None


def _check(row: AwardProposal, offered: Choosing, mark: str, credits: Decimal | None) -> None:
    if mark not in offered.left.options:
        raise DomainError(_("Choose one of the marks that the policy offers."), field="mark")
    if row.choice == AwardChoice.AMOUNT and (credits is None or not 0 < credits <= row.credits):
        raise DomainError(
            _("Choose how much credit you want, up to %(most)s.") % {"most": credits_text(row.credits)}, field="credits"
        )
    option = next(one for one in offered.options if one.mark == mark)
    if option.why_not:
        raise DomainError(
            _("This cannot be chosen. %(reasons)s") % {"reasons": " ".join(map(sentence, option.why_not))}, field="mark"
        )


def _unchoose(row: AwardProposal, offered: Choosing, actor: User) -> None:
    """Take back what was chosen before and does not fit beside the new choice."""
    for other in offered.others:
        if not other.is_chosen:
            continue
        other.chosen_mark, other.chosen_credits, other.chosen_by, other.chosen_on = "", None, None, None
        other.save(update_fields=["chosen_mark", "chosen_credits", "chosen_by", "chosen_on"])
        told = AwardUnchosen(instead=str(row.course))
        audit.record(told, actor=actor, district=row.district, target=other, student=row.student)


def _tell(row: AwardProposal, actor: User) -> None:
    """Of their own choice nobody has to be told."""
    if not access.is_chooser(actor, row):
        notices.tell_chosen_for(row, person=str(actor))

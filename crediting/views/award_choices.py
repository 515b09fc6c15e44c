"""What is mine to choose? The student answers, the family reads, staff write down what the student said."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.db.models import F
from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from crediting import access
from crediting.actions.award_choices import decline_award, record_choice
from crediting.forms.award_choices import DeclineForm, TakeForm
from crediting.models import AwardProposal
from crediting.queries.award_choices import Choosing, choices_of, choosing
from crediting.queries.decided import checklist_item
from crediting.queries.policy import terms_of
from crediting.queries.policy_words import way_title
from crediting.rules.numbers import credits_text
from crediting.states import AwardChoice, AwardProposalState
from crediting.views.whose import whose
from crediting.words import method_word, sentence
from mbl.core import clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.http import AuthenticatedRequest, go, page, paginate, showing_errors
from mbl.core.ui.parts import Choice, Empty, Fact
from mbl.core.ui.tables import Column, Columns
from mbl.core.words import state_word
from profiles.access import Capability, standing
from profiles.states import Role

WAITING = Columns(
    Column("student", gettext_lazy("Student"), kind="header"),
    Column("course", gettext_lazy("Course"), card="wide"),
    Column("until", gettext_lazy("Where it stands"), card="wide"),
)


@require_safe
def choices(request: AuthenticatedRequest) -> HttpResponse:
    """Every award that leaves something to one student, those that wait for them first."""
    record = whose(request)
    found = paginate(request, choices_of(record.student))
    context = {
        "record": record,
        "page": found,
        "rows": [(row, *_stands(row)) for row in found],
        "empty": Empty(
            _("Nothing to choose"),
            _("When results on file can earn credit and something is the student’s to choose, it stands here."),
            None,
            icon="check",
        ),
    }
    return page(request, "crediting/award_choices/list.html", context)


@require_safe
def choices_waiting(request: AuthenticatedRequest) -> HttpResponse:
    """What students near the reader have not chosen yet, the nearest last day first: for counselors and deciders."""
    now = standing(request.user)
    if not (now.has(Role.COUNSELOR) or now.may_anywhere(Capability.DECIDE_CREDIT)):
        raise NotAllowed(_("This list is for counselors, and for who decides credit."))
    near = access.award_choices_visible_to(request.user).filter(state=AwardProposalState.OPEN, chosen_by=None)
    found = paginate(request, near.order_by(F("choose_by").asc(nulls_last=True), "student__person__sort_name", "pk"))
    context = {
        "columns": WAITING,
        "page": found,
        "rows": [(row, *_stands(row)) for row in found],
        "empty": Empty(
            _("Nobody has to choose"),
            _("When results on file leave something to a student, it stands here until they have chosen."),
            None,
            icon="check",
        ),
    }
    return page(request, "crediting/award_choices/waiting.html", context)


@require_http_methods(["GET", "POST"])
def choice(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """One award: take it with this mark and amount, or leave it."""
    row = access.get_award_choice(request.user, public_id)
    verdict = access.may_choose(request.user, row)
    if request.method == "POST" and isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    today = clock.today(row.district)
    is_open = row.state in {AwardProposalState.OPEN, AwardProposalState.DECLINED} and not row.is_past_choosing
    is_own = access.is_chooser(request.user, row)
    # After the last day only what was said before it can still be written down.
    can_choose = bool(verdict) and (is_open or (not is_own and row.state == AwardProposalState.OPEN))
    offered = choosing(row, on=min(today, row.choose_by or today)) if can_choose else None
    asked = request.POST.get("verdict", "")
    data = request.POST if request.method == "POST" else None
    take = _take_form(data if asked == "take" else None, row, offered, for_student=not is_own) if offered else None
    decline = (
        DeclineForm(data if asked == "decline" else None, for_student=not is_own, today=today) if offered else None
    )
    if data is not None and (take is None or decline is None):
        raise DomainError(_("There is nothing to choose any more. Open the page again to see how it stands."))
    here = reverse("crediting:award-choice", args=[row.public_id])
    if asked == "take" and take is not None and take.is_valid():
        with showing_errors(take):
            record_choice(
                row,
                mark=take.cleaned_data.get("mark", ""),
                credits=take.cleaned_data.get("credits"),
                said_on=take.cleaned_data.get("said_on"),
                actor=request.user,
            )
            return go(request, here, _("The choice is recorded. The school confirms it next."))
    if asked == "decline" and decline is not None and decline.is_valid():
        with showing_errors(decline):
            cleaned = decline.cleaned_data
            decline_award(row, reason=cleaned["reason"], said_on=cleaned.get("said_on"), actor=request.user)
            return go(request, here, _("It is recorded that this credit is not wanted."))
    word, tone, meaning = _stands(row)
    titles = {row.course.code: row.course.title} if row.course else {}
    context = {
        "row": row,
        "is_own": is_own,
        "is_staff": bool(verdict) and not is_own,
        "word": word,
        "tone": tone,
        "meaning": meaning,
        "take": take,
        "decline": decline if offered is not None and not offered.must_be_awarded else None,
        "is_declined": row.state == AwardProposalState.DECLINED,
        "others": list(offered.others) if offered else [],
        "closed_options": [
            (one, [sentence(why, titles) for why in one.why_not])
            for one in (offered.options if offered else ())
            if one.why_not
        ],
        "criteria": [
            checklist_item(one.met, sentence(one.reason, titles), one.reason.rule_id, one.reason.citation)
            for one in (offered.said.outcome.criteria if offered else ())
            if one.met
        ],
        "facts": _facts(row),
    }
    return page(request, "crediting/award_choices/detail.html", context)


def _take_form(data: object, row: AwardProposal, offered: Choosing, *, for_student: bool) -> TakeForm:
    is_amount = row.choice == AwardChoice.AMOUNT
    marks = [
        (one.mark, Choice(one.mark or offered.left.usual, "" if is_amount else _credits(one.credits)))
        for one in offered.options
        if not one.why_not
    ]
    most = row.credits if is_amount else None
    hint = _("At most %(most)s. The record never shows more than you choose.") % {"most": credits_text(row.credits)}
    initial = {
        "mark": row.chosen_mark if row.is_chosen else offered.left.usual,
        "credits": row.chosen_credits if row.is_chosen else most,
    }
    return TakeForm(
        data, marks, most=most, hint=hint, for_student=for_student, today=clock.today(row.district), initial=initial
    )


def _credits(credits: Decimal) -> str:
    return _("%(credits)s credits") % {"credits": credits_text(credits)}


def _stands(row: AwardProposal) -> tuple[str, str, str]:
    """A word, its tone, and what happens next, for the student."""
    until = date_format(row.choose_by, "DATE_FORMAT") if row.choose_by else ""
    state = AwardProposalState(row.state)
    if state == AwardProposalState.OPEN and row.is_chosen:
        return _("Chosen"), "", _("The school confirms it next. Until then you can choose again.")
    if state == AwardProposalState.OPEN and not row.is_past_choosing:
        if not until:
            usual = _("Where you choose no mark, it is %(mark)s.") % {"mark": row.default_mark}
            return _("To choose"), "attention", usual if row.default_mark else _("The school waits for your choice.")
        if row.default_mark:
            words = _("Choose by %(day)s. After that the mark is %(mark)s.")
        else:
            words = _("Choose by %(day)s. After that it cannot be awarded any more.")
        return _("To choose"), "attention", words % {"day": until, "mark": row.default_mark}
    if state == AwardProposalState.OPEN:
        if row.default_mark:
            usual = _("Nobody chose by %(day)s, so the mark is %(mark)s.")
            return _("Decided by the policy"), "", usual % {"day": until, "mark": row.default_mark}
        return _("Not chosen in time"), "attention", _("The last day to choose was %(day)s.") % {"day": until}
    if state == AwardProposalState.DECLINED:
        word = str(state_word(state))
        return word, "", "" if row.is_past_choosing else _("Did you change your mind? You can still take it.")
    return str(state_word(state)), "", row.reason


def _facts(row: AwardProposal) -> list[Fact]:
    credits, mark = row.chosen_credits or row.credits, row.chosen_mark or row.mark
    facts = [
        Fact(_("Course"), row.course.title if row.course else "–"),
        Fact(
            _("Credits"),
            _("up to %(most)s") % {"most": credits_text(credits)}
            if row.choice == AwardChoice.AMOUNT and row.chosen_credits is None
            else credits_text(credits),
        ),
        Fact(_("Mark"), mark or _("not chosen yet")),
        Fact(_("Shown by"), _way(row)),
        Fact(_("Shown on"), date_format(row.demonstrated_on, "DATE_FORMAT")),
    ]
    if row.choose_by:
        facts.append(Fact(_("Last day to choose"), date_format(row.choose_by, "DATE_FORMAT")))
    if row.chosen_on:
        facts.append(Fact(_("Chosen on"), date_format(row.chosen_on, "DATE_FORMAT")))
    return facts


def _way(row: AwardProposal) -> str:
    """The way as its policy calls it."""
    return way_title(terms_of(row.policy_version), row.method) if row.policy_version else method_word(row.method)

"""Which results on file would earn credit? The list, why each is on it, confirming and setting aside."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crediting import access
from crediting.actions import award_proposals as actions
from crediting.forms.award_proposals import ConfirmForm, DismissForm, OwedForm, ProposalFilter
from crediting.models import AwardProposal
from crediting.queries import award_proposals as queries
from crediting.queries.decided import checklist_item
from crediting.rules.numbers import credits_text
from crediting.states import AwardProposalState
from crediting.words import method_word, sentence, subject_word
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.http import AuthenticatedRequest, go, page, paginate, showing_errors
from mbl.core.ui.parts import Chip, Empty, Fact
from mbl.core.ui.tables import Column, Columns
from mbl.core.words import state_word
from profiles.access import Capability, schools_where

COLUMNS = Columns(
    Column("student", gettext_lazy("Student"), kind="header"),
    Column("course", gettext_lazy("Course"), card="wide"),
    Column("credits", gettext_lazy("Credits"), kind="number"),
    Column("mark", gettext_lazy("Mark")),
    Column("rule", gettext_lazy("Rule"), card="wide"),
    Column("state", gettext_lazy("Where it stands"), card="wide"),
)


@require_http_methods(["GET", "POST"])
def proposals(request: AuthenticatedRequest) -> HttpResponse:
    """Everything that could be awarded at the reader's schools; a POST confirms what is shown, or all that fits."""
    schools = schools_where(request.user, Capability.DECIDE_CREDIT)
    if not schools.exists():
        raise NotAllowed(_("This list is for credit managers and principals, who decide credit."))
    near = access.award_proposals_visible_to(request.user)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    narrow = ProposalFilter(request.GET or None, schools, queries.courses_listed(near))
    state = _state(request)
    fitting = queries.listed(near, state=state, narrowed=narrow.cleaned_data if narrow.is_valid() else {})
    problems: list[actions.Problem] = []
    if request.method == "POST" and form.is_valid():
        with showing_errors(form):
            if "everything" in request.POST:
                return _confirm_later(request, fitting, form.cleaned_data["reason"])
            answer = actions.confirm_proposals(
                _ticked(request, near), reason=form.cleaned_data["reason"], actor=request.user
            )
            if not answer.problems:
                return go(request, request.get_full_path(), _awarded(len(answer.decisions)))
            problems = answer.problems
    found = paginate(request, fitting)
    tally = queries.tally(near)
    context = {
        "columns": COLUMNS,
        "page": found,
        "rows": [(row, _course(row), _way(row), _stands(row)) for row in found],
        "tally": tally,
        "is_open": state == AwardProposalState.OPEN,
        "filter_form": narrow,
        "form": form,
        "problems": problems,
        "chips": [
            Chip(state_word(one), f"?show={one}", tally.by_state.get(one, 0), current=one == state)
            for one in queries.STATES
        ],
        "empty": Empty(
            _("Nothing is proposed"),
            _("Awards are listed here when results or finished courses on file meet the policy."),
            None,
            icon="check",
        ),
    }
    return page(request, "crediting/award_proposals/list.html", context, partial="list")


def _state(request: AuthenticatedRequest) -> AwardProposalState:
    asked = request.GET.get("show", "")
    return AwardProposalState(asked) if asked in set(AwardProposalState) else AwardProposalState.OPEN


def _ticked(request: AuthenticatedRequest, near: QuerySet[AwardProposal]) -> list[AwardProposal]:
    try:
        found = list(near.filter(public_id__in=request.POST.getlist("proposal")[: actions.AT_ONCE]))
    except ValidationError:
        found = []
    if not found:
        raise DomainError(_("Choose at least one line."))
    return found


def _confirm_later(request: AuthenticatedRequest, fitting: QuerySet[AwardProposal], reason: str) -> HttpResponse:
    rows = list(fitting)
    if not rows:
        raise DomainError(_("Choose at least one line."))
    if len({row.district_id for row in rows}) > 1:
        raise DomainError(_("Choose a school first: these lines are of several districts."))
    job = actions.confirm_later(rows, reason=reason, district=rows[0].district, actor=request.user)
    return go(request, reverse("core:job", args=[job.public_id]))


def _awarded(count: int) -> str:
    return ngettext("%(count)d credit is awarded.", "%(count)d credits are awarded.", count) % {"count": count}


def _course(row: AwardProposal) -> str:
    return row.course.title if row.course else _("%(subject)s: choose the course") % {"subject": _subject(row)}


def _way(row: AwardProposal) -> str:
    return method_word(row.method) if row.method else _("State law")


def _detail_lede(row: AwardProposal) -> str:
    values = {"credits": credits_text(row.chosen_credits or row.credits), "course": _course(row), "way": _way(row)}
    return _("%(credits)s credits in %(course)s, by: %(way)s.") % values


def _subject(row: AwardProposal) -> str:
    return str(subject_word(row.subject))


def _stands(row: AwardProposal) -> tuple[str, str, str]:
    """A word, its tone, and what it means."""
    if row.state == AwardProposalState.OPEN and row.is_owed:
        return _("Due now"), "urgent", _("State law: %(statute)s") % {"statute": row.duty}
    if row.state == AwardProposalState.OPEN and row.waits_for_student:
        until = date_format(row.choose_by, "DATE_FORMAT") if row.choose_by else ""
        if row.is_past_choosing:
            return _("Not chosen in time"), "attention", _("The last day to choose was %(day)s.") % {"day": until}
        words = _("The student chooses first, by %(day)s.") if until else _("The student chooses first.")
        return _("Waits for the student"), "attention", words % {"day": until}
    if row.state == AwardProposalState.OPEN:
        return _("Ready"), "", _("Shown on %(day)s") % {"day": date_format(row.demonstrated_on, "DATE_FORMAT")}
    return str(state_word(AwardProposalState(row.state))), "", row.reason


@require_POST
def proposals_look(request: AuthenticatedRequest) -> HttpResponse:
    """Look through the reader's schools now, as jobs; the last one is shown."""
    schools = list(schools_where(request.user, Capability.DECIDE_CREDIT).select_related("district"))
    if not schools:
        raise NotAllowed(_("This list is for credit managers and principals, who decide credit."))
    jobs = [actions.look_later(school.district, school=school, actor=request.user) for school in schools]
    return go(request, reverse("core:job", args=[jobs[-1].public_id]))


@require_safe
def proposal(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Why is it on the list?"""
    return _shown(request, access.get_award_proposal(request.user, public_id))


@require_POST
def proposal_answer(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Confirm it, or set it aside."""
    row = access.get_award_proposal(request.user, public_id)
    verdict = request.POST.get("verdict", "")
    back = reverse("crediting:award-proposals")
    if verdict == "confirm":
        form = _confirm_form(request, row)
        if form.is_valid():
            with showing_errors(form):
                course = form.cleaned_data.get("course")
                reason = form.cleaned_data["reason"]
                answer = actions.confirm_proposals([row], reason=reason, actor=request.user, course=course)
                if answer.problems:
                    raise DomainError(answer.problems[0].sentence)
                return go(request, back, _awarded(1))
        return _shown(request, access.get_award_proposal(request.user, public_id), confirm=form)
    if verdict == "dismiss":
        aside = DismissForm(request.POST)
        if aside.is_valid():
            with showing_errors(aside):
                actions.dismiss_proposal(row, reason=aside.cleaned_data["reason"], actor=request.user)
                return go(request, back, _("It is set aside."))
        return _shown(request, row, dismiss=aside)
    raise DomainError(_("The page got something it cannot read. Go back and try again."))


def _confirm_form(request: AuthenticatedRequest, row: AwardProposal) -> ConfirmForm:
    data = request.POST if request.method == "POST" else None
    if row.is_owed:
        initial = {"reason": _("State law demands this credit for the passing result.")}
        if row.course is not None:
            initial["course"] = str(row.course.public_id)
        return OwedForm(data, queries.fitting_courses(row), initial=initial)
    return ConfirmForm(data)


def _shown(
    request: AuthenticatedRequest,
    row: AwardProposal,
    *,
    confirm: ConfirmForm | None = None,
    dismiss: DismissForm | None = None,
) -> HttpResponse:
    said = queries.said_of(row)
    is_open = row.state == AwardProposalState.OPEN
    if confirm is None:
        confirm = _confirm_form(request, row) if request.method == "GET" else ConfirmForm(None)
    word, tone, meaning = _stands(row)
    titles = {row.course.code: row.course.title} if row.course else {}
    context = {
        "row": row,
        "lede": _detail_lede(row),
        "word": word,
        "tone": tone,
        "meaning": meaning,
        "is_open": is_open,
        "criteria": [
            checklist_item(one.met, sentence(one.reason, titles), one.reason.rule_id, one.reason.citation)
            for one in (said.outcome.criteria if said else ())
        ],
        "facts": [
            Fact(_("Course"), _course(row), row.course.code if row.course else ""),
            Fact(_("Credits"), credits_text(row.chosen_credits or row.credits)),
            Fact(_("Mark"), row.chosen_mark or row.mark or "–"),
            Fact(_("Way"), _way(row)),
            Fact(_("Rule"), row.rule_code or "–"),
            Fact(_("Shown on"), date_format(row.demonstrated_on, "DATE_FORMAT")),
        ],
        "confirm": confirm,
        "dismiss": dismiss or DismissForm(),
    }
    return page(request, "crediting/award_proposals/detail.html", context)

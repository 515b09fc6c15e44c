"""Appeal against a refusal, read it, answer it; what waits for an answer, the first due on top."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Page
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from crediting import access
from crediting.actions.appeals import make_appeal, overturn_refusal, uphold_refusal
from crediting.forms.appeals import AnswerAppealForm, AppealForm
from crediting.models import Appeal, ProposalDecision, TransferDecision
from crediting.queries import appeals as queries
from crediting.queries.appeals import Refusal, clock_of, is_overdue, named, title_of
from crediting.queries.procedures import appeal_terms
from crediting.queries.transfer import takes_effect
from crediting.rules.deadlines import Due
from crediting.rules.procedures import REVIEWERS, AppealTerms
from crediting.states import AppealState, DecisionKind, Recognition
from crediting.words import any_of, sentence, stored_sentence
from mbl.core import clock
from mbl.core.decisions import Denied, Reason
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, paginate, showing_errors, typed_before
from mbl.core.models import District
from mbl.core.ui.parts import Chip, Empty, Fact, Verdict
from mbl.core.ui.tables import Column, Columns
from mbl.core.words import state_word
from profiles.access import standing
from profiles.models import Course, School, Student
from profiles.states import Role

COLUMNS = Columns(
    Column("student", gettext_lazy("Student"), kind="header"),
    Column("about", gettext_lazy("About"), card="wide"),
    Column("made", gettext_lazy("Appealed")),
    Column("due", gettext_lazy("Answer due"), card="corner"),
)


@dataclass(frozen=True)
class Row:
    """An appeal in the list: what it is about, and its day."""

    appeal: Appeal
    title: str
    due: str
    is_overdue: bool


@require_safe
def appeals(request: AuthenticatedRequest) -> HttpResponse:
    """Which appeals wait for my answer? Those that are due first on top."""
    if not standing(request.user).has(*REVIEWERS):
        raise NotAllowed(_("This list is for those to whom the policy sends appeals."))
    mine = access.appeals_to_answer(request.user)
    show_closed = request.GET.get("show") == "closed"
    found: Page[Any] = paginate(request, queries.closed(mine) if show_closed else queries.waiting(mine))
    found.object_list = [_row(one) for one in found.object_list]
    context = {
        "columns": COLUMNS,
        "page": found,
        "chips": [
            Chip(_("Waiting"), "?", current=not show_closed),
            Chip(_("Answered"), "?show=closed", current=show_closed),
        ],
        "show_closed": show_closed,
        "empty": Empty(
            _("No appeal waits for you") if not show_closed else _("Nothing here"),
            _("An appeal shows up here when a student or a family disagrees with a refusal."),
            icon="scale",
        ),
    }
    return page(request, "crediting/appeals/list.html", context)


def _row(appeal: Appeal) -> Row:
    day = date_format(appeal.due_on, "DATE_FORMAT") if appeal.due_on else "–"
    return Row(appeal, title_of(appeal), day, is_overdue(appeal))


# --- Making one -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def appeal_decision(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Appeal against a refusal of credit."""
    found = access.get_decision(request.user, public_id)
    if found.kind != DecisionKind.REFUSED or found.request is None:
        raise DomainError(_("This is not a refusal that stands. Open it again to see where it is now."))
    about = found.request
    back = reverse("crediting:decided", args=[found.public_id])
    return _make(request, found, about.student, about.school, about.course, about.course.title, back)


@require_http_methods(["GET", "POST"])
def appeal_proposal(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Appeal against the refusal of a proposal."""
    found = (
        ProposalDecision.objects.filter(
            public_id=public_id, version__proposal__in=access.proposals_visible_to(request.user).order_by().values("pk")
        )
        .select_related(
            "version__proposal__student__person", "version__proposal__school", "version__proposal__district"
        )
        .first()
    )
    if found is None:
        raise Http404
    if found.approved:
        raise DomainError(_("This is not a refusal that stands. Open it again to see where it is now."))
    proposal = found.version.proposal
    back = reverse("crediting:proposal", args=[proposal.public_id])
    return _make(request, found, proposal.student, proposal.school, None, found.version.program, back)


@require_http_methods(["GET", "POST"])
def appeal_transfer(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Appeal against the refusal of another school's credit, or against less than it gave."""
    found = TransferDecision.objects.filter(public_id=public_id).select_related("course", "confirmation").first()
    if found is None:
        raise Http404
    line = access.get_transfer_line(request.user, found.line.public_id)
    if found.kind == Recognition.WHOLE or not takes_effect(found):
        raise DomainError(_("This is not a refusal that stands. Open it again to see where it is now."))
    back = reverse("crediting:transfer-line", args=[line.public_id])
    return _make(request, found, line.student, line.school, found.course, line.course_title, back)


def _make(
    request: AuthenticatedRequest,
    refusal: Refusal,
    student: Student,
    school: School,
    course: Course | None,
    title: str,
    back: str,
) -> HttpResponse:
    verdict = access.may_appeal(request.user, student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    if made := Appeal.objects.filter(**named(refusal)).first():
        return go(request, reverse("crediting:appeal", args=[made.public_id]))
    district: District = school.district
    terms = appeal_terms(district, clock.today(district), student, course)
    clocks = clock_of(refusal, terms, district, school)
    draft_key = f"appeal-{refusal.public_id}"
    form = AppealForm(request.POST if request.method == "POST" else None, initial=typed_before(request, draft_key))
    if form.is_valid():
        with showing_errors(form):
            appeal = make_appeal(refusal, statement=form.cleaned_data["statement"], actor=request.user)
            forget_draft(request.user, draft_key)
            return go(
                request,
                reverse("crediting:appeal", args=[appeal.public_id]),
                _("Your appeal is sent. You read the answer here."),
            )
    is_late = clocks.window is not None and clocks.window.is_over(clock.now())
    context = {
        "form": form,
        "refusal": refusal,
        "title": title,
        "back": back,
        "draft_key": draft_key,
        "terms": terms,
        "facts": clock_facts(terms, clocks.window, clocks.answer),
        "too_late": sentence(clocks.too_late()) if is_late else "",
    }
    return page(request, "crediting/appeals/new.html", context)


def clock_facts(terms: AppealTerms, window: Due | None, answer: Due | None) -> list[Fact]:
    """To whom an appeal goes, until when, and when it is answered."""
    facts = [Fact(_("It goes to"), _roles(terms.roles))]
    no_window = Reason("appeal.no_window")
    facts.append(Fact(_("Last day to appeal"), sentence(window.reason if window else no_window)))
    if answer:
        facts.append(Fact(_("Answer due, if you send it today"), sentence(answer.reason)))
    return facts


def _roles(roles: Any) -> str:
    return any_of(state_word(Role(role)) for role in sorted(roles))


# --- One appeal -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def appeal(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """The refusal, the appeal in its own words, its clock, and the answer."""
    found = access.get_appeal(request.user, public_id)
    verdict = access.may_answer(request.user, found)
    draft_key = f"answer-{found.public_id}"
    form = AnswerAppealForm(
        request.POST if request.method == "POST" else None, initial=typed_before(request, draft_key)
    )
    if request.method == "POST":
        if isinstance(verdict, Denied):
            raise NotAllowed(verdict.reason)
        if form.is_valid():
            with showing_errors(form):
                answered = _verdict(request)(found, reason=form.cleaned_data["reason"], actor=request.user)
                forget_draft(request.user, draft_key)
                return go(request, reverse("crediting:appeal", args=[answered.public_id]), _told(answered))
            found.refresh_from_db(fields=["state"])
    context = {
        "appeal": found,
        "title": title_of(found),
        "refusal": found.refusal,
        "refusal_url": _refusal_url(found),
        "facts": _facts(found),
        "is_overdue": is_overdue(found),
        "form": form,
        "draft_key": draft_key,
        "may_answer": bool(verdict) and found.state == AppealState.OPEN,
        "next_url": _next_url(request, found),
        "verdicts": [
            Verdict("overturn", _("Decide it anew"), icon="refresh"),
            Verdict("uphold", _("The refusal stays"), icon="check"),
        ],
    }
    return page(request, "crediting/appeals/detail.html", context)


def _verdict(request: AuthenticatedRequest) -> Callable[..., Appeal]:
    """What the pressed button says. A form without a button answers nothing."""
    verdicts: dict[str, Callable[..., Appeal]] = {"uphold": uphold_refusal, "overturn": overturn_refusal}
    try:
        return verdicts[request.POST.get("verdict", "")]
    except KeyError:
        raise DomainError(_("The page got something it cannot read. Go back and try again.")) from None


def _told(answered: Appeal) -> str:
    if answered.state == AppealState.OVERTURNED:
        return _("It waits for a decision again. The student and the family are told.")
    return _("The refusal stays. The student and the family are told why.")


def _refusal_url(found: Appeal) -> str:
    if found.decision is not None:
        return reverse("crediting:decided", args=[found.decision.public_id])
    if found.transfer_decision is not None:
        return reverse("crediting:transfer-line", args=[found.transfer_decision.line.public_id])
    assert found.proposal_decision is not None
    return reverse("crediting:proposal", args=[found.proposal_decision.version.proposal.public_id])


def _next_url(request: AuthenticatedRequest, found: Appeal) -> str:
    """Where it is decided anew, for whoever may."""
    if found.state != AppealState.OVERTURNED:
        return ""
    if found.decision is not None and found.decision.request is not None:
        can = access.decides_at(request.user, found.school)
        return reverse("crediting:decision", args=[found.decision.request.public_id]) if can else ""
    return _refusal_url(found)


def _facts(found: Appeal) -> list[Fact]:
    facts = [
        Fact(
            _("Made by"), found.made_by_label, date_format(clock.day_of(found.made_at, found.district), "DATE_FORMAT")
        ),
        Fact(_("It goes to"), _roles(found.roles)),
    ]
    if found.due_reason:
        facts.append(Fact(_("Answer due"), stored_sentence(found.due_reason)))
    return facts

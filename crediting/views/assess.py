"""What does this work show? Evidence, the student's words, the rubric, and what saving would mean."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.forms import BoundField
from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crediting import access
from crediting.actions.decisions import award_credit, may_be_refused_though_met, refuse_credit
from crediting.actions.judgements import JudgedStandard, confirm_result, record_judgements
from crediting.actions.requests import return_request
from crediting.forms.assess import AssessForm, ResultForm
from crediting.forms.decisions import SECOND_LOOK, ReturnForm
from crediting.models import CreditRequest, Decision, ScaleLevel
from crediting.queries import queue as queue_queries
from crediting.queries.anchors import AnchorLine, anchors_beside
from crediting.queries.assess import AssessPage, Consequence, assess_page, consequence
from crediting.queries.decisions import deliberate
from crediting.queries.levels import description_of, drawn, word_of
from crediting.rules.plain import plain_text
from crediting.rules.policy.terms import PolicyTerms
from crediting.states import DecisionKind, Moderated, RequestState
from crediting.views.confirmed import confirmed_items
from crediting.views.queue import way_word
from crediting.views.readings import readings_notice
from mbl.core import clock, drafts
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.http import AuthenticatedRequest, forget_draft, go, is_htmx, page, showing_errors, typed_before
from mbl.core.ui.parts import RubricCriterion, RubricLevel
from profiles.access import Capability

ASSESS = Capability.ASSESS


@dataclass(frozen=True)
class RubricRow:
    """One standard with its fields, ready for ``rubric_row``."""

    criterion: RubricCriterion
    level: BoundField
    comment: BoundField
    modification: BoundField
    anchors: Sequence[AnchorLine] = ()


def _draft_key(credit_request: CreditRequest) -> str:
    return f"assess-{credit_request.public_id}-{credit_request.attempt}"


@require_http_methods(["GET", "POST"])
def assess(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """The rubric of one request. One POST saves what is chosen and does what the button says."""
    credit_request = access.get_request(request.user, public_id, ASSESS)
    shown = assess_page(credit_request, request.user)
    draft_key = _draft_key(credit_request)
    form = AssessForm(
        shown.standards,
        shown.levels,
        request.POST if request.method == "POST" else None,
        initial=_initial(shown) | (typed_before(request, draft_key) or {}),
    )
    result = _result_form(request, shown)
    if request.method == "POST" and form.is_valid() and (result is None or result.is_valid()):
        with showing_errors(form):
            answer = _do(request, credit_request, shown, form, result)
            forget_draft(request.user, draft_key)
            return answer
    return page(request, "crediting/assess/assess.html", _context(request, shown, form, result, draft_key))


def _initial(shown: AssessPage) -> dict[str, str]:
    """What the newest judgements say, so that a second look starts from them."""
    initial = {}
    for standard in shown.standards:
        if (judgement := shown.newest.get(standard.pk)) is not None:
            initial[AssessForm.level_name(standard)] = judgement.level.code
            if judgement.attempt == shown.request.attempt:
                initial[AssessForm.comment_name(standard)] = judgement.comment
                initial[AssessForm.modification_name(standard)] = judgement.modification
    return initial


def _result_form(request: AuthenticatedRequest, shown: AssessPage) -> ResultForm | None:
    if not shown.asks_for_result:
        return None
    posted = request.POST if request.method == "POST" and request.POST.get("verdict") != "return" else None
    return ResultForm(shown.request, shown.instruments, posted)


def _do(
    request: AuthenticatedRequest,
    credit_request: CreditRequest,
    shown: AssessPage,
    form: AssessForm,
    result: ResultForm | None,
) -> HttpResponse:
    """Save the rubric, and with it whatever the button says, as one."""
    verdict = request.POST.get("verdict", "save")
    following = _following(request, credit_request)
    with transaction.atomic():
        rows = [JudgedStandard(*chosen) for chosen in form.chosen()]
        if rows or shown.in_class:
            record_judgements(credit_request, rows=rows, actor=request.user, finish=verdict != "return")
        if result is not None and result.is_bound:
            confirm_result(credit_request, actor=request.user, **result.cleaned_data)
        if verdict == "return":
            return_request(credit_request, reason=form.cleaned_data["reason"], actor=request.user)
            return go(request, following, _("Returned to %(student)s.") % {"student": credit_request.student})
        credit_request.refresh_from_db(fields=["moderated"])
        if verdict in {"award", "refuse"} and rows and credit_request.moderated == Moderated.WAITING:
            said = _("Your levels are saved. A second teacher reads this work too; decide when that reading is there.")
            return go(request, following, said)
        if verdict in {"award", "refuse"}:
            return _decide(request, credit_request, verdict, form)
        credit_request.refresh_from_db()
        if not rows and result is None and credit_request.state == RequestState.SUBMITTED:
            raise DomainError(_("Choose at least one level, or return the work with a question."))
    credit_request.refresh_from_db()
    if credit_request.state == RequestState.SUBMITTED:
        sentence = _("Saved. %(student)s sees what you judged; the rest is still open.")
        return go(request, request.path, sentence % {"student": credit_request.student})
    return go(request, following, _("Saved for %(student)s.") % {"student": credit_request.student})


def _decide(
    request: AuthenticatedRequest, credit_request: CreditRequest, verdict: str, form: AssessForm
) -> HttpResponse:
    decide = award_credit if verdict == "award" else refuse_credit
    looks_twice = verdict == "refuse" and not form.cleaned_data["though_met"]
    if looks_twice and may_be_refused_though_met(deliberate(credit_request).outcome):
        raise DomainError(str(SECOND_LOOK), field="though_met")
    try:
        decision = decide(credit_request, reason=form.cleaned_data["decision_reason"], actor=request.user)
    except DomainError as error:
        if error.field == "reason":
            raise DomainError(error.message, field="decision_reason") from error
        raise
    return go(request, reverse("crediting:decided", args=[decision.public_id]), _decided_sentence(decision))


def _decided_sentence(decision: Decision) -> str:
    entry = decision.entries.first()
    if entry is None and decision.kind != DecisionKind.REFUSED:
        return _("Recorded, without credit. The student and the family are told.")
    if entry is None:
        return _("Recorded. The student and the family are told why.")
    return _("Awarded: %(credits)s credits in %(course)s. The student and the family are told.") % {
        "credits": entry.credits_earned.normalize(),
        "course": entry.course_title,
    }


def _following(request: AuthenticatedRequest, credit_request: CreditRequest) -> str:
    """The next piece of work that waits, or the list."""
    waiting = access.requests_to_assess(request.user).filter(state=RequestState.SUBMITTED)
    place = queue_queries.place_in(waiting, credit_request)
    following = place.later or place.earlier
    return reverse("crediting:request-assess", args=[following]) if following else reverse("crediting:queue")


def _context(
    request: AuthenticatedRequest, shown: AssessPage, form: AssessForm, result: ResultForm | None, draft_key: str
) -> dict[str, object]:
    waiting = access.requests_to_assess(request.user).filter(state=RequestState.SUBMITTED)
    allowed = access.may_assess(request.user, shown.request)
    return {
        "shown": shown,
        "request_": shown.request,
        "lede": _lede(shown.request, shown.story.sent_at, shown.story.terms),
        "sees_evidence": bool(access.sees_evidence_of(request.user, shown.request)),
        "reflections": [row.evidence.reflection for row in shown.story.evidence if row.evidence.reflection],
        "form": form,
        "result": result,
        "rows": _rows(shown, form),
        "place": queue_queries.place_in(waiting, shown.request),
        "days": queue_queries.days_waiting(shown.request),
        "why_not": allowed.reason if isinstance(allowed, Denied) else "",
        "draft_key": draft_key,
        "readings": readings_notice(request, shown.request),
        "consequence": _consequence(shown, form),
        "confirmed_items": confirmed_items(shown.request, shown.confirmed),
        "can_confirm": bool(access.may_confirm(request.user, shown.request)),
    }


def _lede(credit_request: CreditRequest, sent: dt.datetime | None, terms: PolicyTerms | None) -> str:
    values = {
        "student": credit_request.student,
        "grade": credit_request.student.grade.lstrip("0") or "–",
        "course": credit_request.course.title,
        "attempt": credit_request.attempt,
        "day": date_format(clock.day_of(sent, credit_request.district), "DATE_FORMAT") if sent else "–",
        "way": way_word(credit_request, terms),
    }
    return (
        _("%(student)s, grade %(grade)s: %(course)s. Attempt %(attempt)s, sent %(day)s. The student chose: %(way)s.")
        % values
    )


def _rows(shown: AssessPage, form: AssessForm) -> list[RubricRow]:
    levels = [
        RubricLevel(level.code, drawn(level.position, len(shown.levels), word_of(level)), description_of(level))
        for level in shown.levels
    ]
    anchors = anchors_beside(shown.request.scale, shown.levels, shown.standards)
    return [
        RubricRow(
            RubricCriterion(
                code=standard.code or standard.framework.title,
                title=plain_text(standard.short or standard.statement),
                levels=levels,
                url=standard.uri if standard.uri.startswith(("http://", "https://")) else "",
                lang=standard.framework.language,
            ),
            form.level_field(standard),
            form.comment_field(standard),
            form.modification_field(standard),
            anchors.get(standard.pk, ()),
        )
        for standard in shown.standards
    ]


def _consequence(shown: AssessPage, form: AssessForm) -> Consequence | None:
    """What the policy would say if the form were saved as it stands."""
    chosen: dict[int, ScaleLevel] = {}
    for standard in shown.standards:
        value = form.level_field(standard).value()
        if value in form.levels:
            chosen[standard.pk] = form.levels[str(value)]
    return consequence(shown, chosen)


@require_POST
def assess_row(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """While somebody chooses: keep the form as their draft and answer what saving it would mean.

    A judgement is written only when the teacher saves; until then nobody else sees anything of it.
    """
    credit_request = access.get_request(request.user, public_id, ASSESS)
    shown = assess_page(credit_request, request.user)
    drafts.keep(request.user, _draft_key(credit_request), drafts.fields_of(request.POST))
    if not is_htmx(request):
        return go(request, reverse("crediting:request-assess", args=[credit_request.public_id]))
    form = AssessForm(shown.standards, shown.levels, request.POST)
    context = {"shown": shown, "request_": credit_request, "consequence": _consequence(shown, form)}
    return page(request, "crediting/assess/assess.html", context, partial="consequence")


@require_http_methods(["GET", "POST"])
def request_return(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Ask for more, for whoever assesses or decides."""
    credit_request = access.get_request(request.user, public_id)
    allowed = access.may_return(request.user, credit_request)
    if isinstance(allowed, Denied):
        raise NotAllowed(allowed.reason)
    draft_key = f"return-{credit_request.public_id}"
    form = ReturnForm(request.POST if request.method == "POST" else None, initial=typed_before(request, draft_key))
    if form.is_valid():
        with showing_errors(form):
            return_request(credit_request, reason=form.cleaned_data["reason"], actor=request.user)
            forget_draft(request.user, draft_key)
            back = "crediting:queue" if access.is_asked(request.user, credit_request) else "crediting:decisions"
            return go(request, reverse(back), _("Returned to %(student)s.") % {"student": credit_request.student})
    return page(
        request, "crediting/assess/return.html", {"form": form, "request_": credit_request, "draft_key": draft_key}
    )

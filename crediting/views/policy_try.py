"""A policy tried on made-up cases by the core that decides real requests. Nothing of it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crediting import access
from crediting.forms.policy import CasesForm
from crediting.forms.policy_case import CASE
from crediting.forms.shapes import ShapeForm, read_all
from crediting.queries import policy as queries
from crediting.queries.policy_editor import ReadyCase, ready_cases
from crediting.rules.outcome import Outcome
from crediting.rules.policy import cases as case_file
from crediting.rules.policy import document, writing
from crediting.rules.policy.cases import CASES_NAME, Case
from crediting.rules.policy.document import Problem
from crediting.rules.policy.parts import Written
from crediting.rules.trial import Tried, try_cases
from crediting.words import sentence
from mbl.core.decisions import Criterion
from mbl.core.http import AuthenticatedRequest, page
from mbl.core.ui.parts import ChecklistItem, Done
from mbl.core.words import state_tone, state_word

_AT = "cases[1]."


@dataclass(frozen=True)
class TriedText:
    """What came of one request, as people read it. ``verdict`` compares it with what was expected, if anything was."""

    case: str
    outcome: Outcome
    word: str
    tone: str
    criteria: tuple[ChecklistItem, ...]
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    verdict: str
    is_expected: bool


@require_http_methods(["GET", "POST"])
def policy_try(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Choose a ready case, fill in one, or paste some; see every criterion and the arithmetic."""
    version = access.get_policy_version(request.user, public_id)
    terms = queries.terms_of(version)
    ready = ready_cases(terms)
    value = _chosen(ready, request)
    cases: list[Case] | list[Problem] = []
    pasted = CasesForm(request.POST if request.POST.get("do") == "paste" else None)
    if request.method == "POST" and pasted.is_bound:
        cases = case_file.parse(pasted.cleaned_data["text"].replace("\r\n", "\n")) if pasted.is_valid() else []
    elif request.method == "POST":
        value = read_all(CASE, request.POST, "") or {}
        cases = case_file.parse(_as_file(value)) if request.POST.get("do") == "try" else []
    problems = [one for one in cases if isinstance(one, Problem)]
    tried = try_cases([terms], [one for one in cases if isinstance(one, Case)])
    whole = document.read(version.source).value
    form = ShapeForm(CASE, value, whole=whole, problems=[] if pasted.is_bound else problems, at=_AT)
    context: dict[str, Any] = {
        "version": version,
        "ready": [(code, one.title, code == request.GET.get("case")) for code, one in ready.items()],
        "form": form,
        "pasted": pasted,
        "is_pasted": pasted.is_bound,
        "problems": [(one, sentence(one.reason)) for one in problems] if pasted.is_bound else [],
        "tried": [_shown(one) for one in tried],
    }
    status = 422 if problems or (pasted.is_bound and not pasted.is_valid()) else 200
    return page(request, "crediting/policy/try.html", context, status=status)


def _chosen(ready: dict[str, ReadyCase], request: AuthenticatedRequest) -> Written:
    """The ready case that was chosen, for the form."""
    chosen = ready.get(request.GET.get("case", ""))
    return chosen.case.written if chosen else {}


def _as_file(value: Written) -> str:
    return writing.text_of({"schema": CASES_NAME, "cases": [{"case": _("The case on this page")} | value]})


def _shown(tried: Tried) -> TriedText:
    outcome = tried.outcome
    verdicts = {True: _("As expected"), False: _("Not as expected"), None: ""}
    return TriedText(
        case=tried.case,
        outcome=outcome,
        word=state_word(outcome.kind),
        tone=state_tone(outcome.kind),
        criteria=tuple(_item(one) for one in outcome.criteria),
        reasons=_said([reason for reason in outcome.reasons if reason not in outcome.missing]),
        missing=_said(outcome.missing),
        notes=_said(outcome.notes),
        verdict=verdicts[tried.matches],
        is_expected=tried.matches is not False,
    )


def _said(reasons: Sequence[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sentence(reason) for reason in reasons))


def _item(criterion: Criterion) -> ChecklistItem:
    reason = criterion.reason
    return ChecklistItem(
        word=sentence(reason),
        state=Done.DONE if criterion.met else Done.MISSING,
        state_word=_("Met") if criterion.met else _("Not met"),
        why=" · ".join(filter(None, (reason.citation, reason.rule_id, criterion.code))),
    )

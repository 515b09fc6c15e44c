"""A draft of a policy, edited part by part in the browser. What is typed is kept until it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from crediting import access
from crediting.actions.policy import FileProblems
from crediting.actions.policy_drafts import (
    ChangedMeanwhile,
    HasDraft,
    Start,
    change_part,
    change_text,
    move_rule,
    start_draft,
    start_next_version,
)
from crediting.forms import policy_matrix as matrix
from crediting.forms.policy import PolicyTextForm, StartForm
from crediting.forms.policy_kinds import KINDS
from crediting.forms.policy_parts import PAGES, RULE, PartPage
from crediting.forms.shapes import ShapeForm, described, read_all, reshape
from crediting.interchange import starter
from crediting.models import PolicyVersion
from crediting.queries.policy_editor import courses_to_add, courses_with
from crediting.queries.policy_text import WayText
from crediting.rules.policy import document, writing
from crediting.rules.policy.document import Problem
from crediting.rules.policy.parts import Place, Written, fingerprint
from crediting.states import PolicyState
from crediting.words import sentence
from mbl.core.decisions import Reason
from mbl.core.errors import DomainError
from mbl.core.http import AuthenticatedRequest, go, page
from mbl.core.ui.parts import Link
from mbl.core.words import error_text
from profiles.access import Capability

MANAGE = Capability.MANAGE_POLICY
RULE_PAGE = PartPage(
    gettext_lazy("A new rule"),
    gettext_lazy("One way to earn credit: for which courses, what is asked, what it gives."),
    RULE,
)


@require_http_methods(["GET", "POST"])
def policy_start(request: AuthenticatedRequest) -> HttpResponse:
    """Begin a policy: its number, title, first day and who decides. Nothing else is decided by it."""
    district = access.get_district(request.user, request.GET.get("district", ""), MANAGE)
    form = StartForm(request.POST or None)
    draft: PolicyVersion | None = None
    if form.is_valid():
        said = form.cleaned_data
        start = Start(said["series"], said["title"], said["first_day"], tuple(said["roles"]), said["two_roles"])
        sample = starter.sample_policies().get(said["sample"], "")
        try:
            version = start_draft(district, start, sample=sample, actor=request.user)
        except HasDraft as error:
            draft = error.draft
            form.add_error("series", error_text(error))
        else:
            return go(request, _address(version), _("The draft is there. Write its parts one by one."))
    return page(request, "crediting/policy/start.html", {"form": form, "draft": draft})


@require_POST
def policy_next(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """A new draft from a version, or the draft that is there already."""
    version = access.get_policy_version(request.user, public_id)
    try:
        draft = start_next_version(version, actor=request.user)
    except HasDraft as error:
        return go(request, _address(error.draft), _("There is a draft already. Here it is."))
    return go(request, _address(draft), _("The new draft says what the other version says. Change what is different."))


@require_http_methods(["GET", "POST"])
def policy_part(request: AuthenticatedRequest, public_id: UUID, part: str) -> HttpResponse:
    """One part of a draft."""
    if part not in PAGES:
        raise Http404
    return _edit(request, public_id, Place(part), PAGES[part])


@require_http_methods(["GET", "POST"])
def policy_rule(request: AuthenticatedRequest, public_id: UUID, code: str = "") -> HttpResponse:
    """One rule of a draft; without a code a new one."""
    return _edit(request, public_id, Place(rule=code), RULE_PAGE)


def _edit(request: AuthenticatedRequest, public_id: UUID, place: Place, what: PartPage) -> HttpResponse:
    draft = access.get_policy_version(request.user, public_id)
    if draft.state != PolicyState.DRAFT:
        return redirect(_address(draft))
    whole = document.read(draft.source).value
    now = place.of(whole)
    if place.rule and not now:
        raise Http404
    value, seen = now, fingerprint(now)
    problems: Sequence[Problem] = ()
    focus = failed = theirs = ""
    if request.method == "POST":
        wanted = request.POST.get("do", "save")
        value = _typed(what, now, request)
        seen = request.POST.get("seen", "")
        if wanted in ("save", "drop"):
            try:
                change_part(draft, place, value if wanted == "save" else None, seen=seen, actor=request.user)
            except FileProblems as error:
                problems = error.problems
            except ChangedMeanwhile as error:
                failed, seen, theirs = error_text(error), fingerprint(now), writing.text_of(now)
            except DomainError as error:
                failed = error_text(error)
            else:
                said = _("Saved.") if wanted == "save" else _("The rule is gone from this draft.")
                return go(request, f"{_address(draft)}#{'rules' if place.rule is not None else 'parts'}", said)
        else:
            focus = reshape(value, wanted, request.POST, KINDS)
    form = ShapeForm(what.asks, value, whole=whole, problems=problems, at=place.path(whole))
    context = {
        "draft": draft,
        "title": _("Rule %(code)s") % {"code": place.rule} if place.rule else what.title,
        "lede": what.lede,
        "form": form,
        "seen": seen,
        "focus": focus,
        "failed": failed,
        "theirs": theirs,
        "may_drop": bool(place.rule),
        "wants_courses": place.rule is not None and not whole["courses"],
    }
    return page(request, "crediting/policy/edit.html", context, status=_status(problems, failed))


def _typed(what: PartPage, now: Written, request: AuthenticatedRequest) -> Written:
    """What was typed, beside keys of the part that the page does not know."""
    unknown = {key: one for key, one in now.items() if key not in described(what.asks)}
    return unknown | (read_all(what.asks, request.POST, "") or {})


def _status(problems: Sequence[object], failed: str) -> int:
    return 409 if failed else 422 if problems else 200


@require_POST
def policy_rule_move(request: AuthenticatedRequest, public_id: UUID, code: str) -> HttpResponse:
    """Put a rule of a draft before another one; without one it stands last."""
    draft = access.get_policy_version(request.user, public_id)
    before = request.POST.get("before", "")
    move_rule(draft, code, before=before, actor=request.user)
    said = {"rule": code, "other": before}
    told = _("Rule %(rule)s now stands before rule %(other)s.") if before else _("Rule %(rule)s now stands last.")
    return go(request, f"{_address(draft)}#rule-{code}", told % said)


@dataclass(frozen=True)
class RuleLine:
    """A rule in the list of a draft. ``up`` and ``down`` are the rules it would then stand before; None: it cannot."""

    code: str
    title: str
    up: str | None
    down: str | None


def rule_lines(rules: Sequence[WayText]) -> list[RuleLine]:
    codes = [rule.code for rule in rules]
    return [
        RuleLine(
            rule.code,
            rule.title,
            up=codes[place - 1] if place else None,
            down="".join(codes[place + 2 : place + 3]) if place < len(codes) - 1 else None,
        )
        for place, rule in enumerate(rules)
    ]


# --- Courses ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def policy_courses(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Which courses are eligible, and which rules open each."""
    draft = access.get_policy_version(request.user, public_id)
    if draft.state != PolicyState.DRAFT:
        return redirect(_address(draft))
    place = Place("courses")
    whole = document.read(draft.source).value
    now = place.of(whole)
    seen, shown, faults, failed = fingerprint(now), now, list[str](), ""
    closed: list[str] = []
    text = request.POST.get("q", "").strip()[:100]
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        shown = matrix.read(whole, request.POST, courses_with(draft.series.district, request.POST.getlist("add")))
        if request.POST.get("do") != "look":
            closed = matrix.closed_rules(shown)
            if not closed:
                try:
                    change_part(draft, place, shown, seen=seen, actor=request.user)
                    return go(request, request.path, _("Saved."))
                except FileProblems as error:
                    faults = [sentence(problem.reason) for problem in error.problems]
                except DomainError as error:
                    failed, seen = error_text(error), fingerprint(now)
    listed = {course["code"] for course in (*whole["courses"], *shown["courses"])}
    context: dict[str, Any] = {
        "draft": draft,
        "columns": matrix.columns(whole),
        "lines": matrix.lines(whole | shown),
        "is_new": {course["code"] for course in shown["courses"]} - {course["code"] for course in whole["courses"]},
        "q": text,
        "found": courses_to_add(draft.series.district, text, listed),
        "seen": seen,
        "faults": faults,
        "closed": closed,
        "failed": failed,
    }
    return page(request, "crediting/policy/courses.html", context, status=_status([*faults, *closed], failed))


# --- Text -------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def policy_as_text(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """The draft as a file: every fault with its line next to it."""
    draft = access.get_policy_version(request.user, public_id)
    if draft.state != PolicyState.DRAFT:
        return redirect(_address(draft))
    initial = {"text": draft.source, "seen": draft.sha256}
    form = PolicyTextForm(request.POST if request.method == "POST" else None, initial=initial)
    problems: Sequence[Problem] = ()
    theirs = ""
    if form.is_valid():
        said = form.cleaned_data
        try:
            change_text(draft, said["text"], seen=said["seen"], actor=request.user)
        except FileProblems as error:
            problems = error.problems
        except ChangedMeanwhile as error:
            theirs = draft.source
            form.data = {**request.POST.dict(), "seen": draft.sha256}
            form.add_error(None, error_text(error))
        except DomainError as error:
            form.add_error(None, error_text(error))
        else:
            return go(request, _address(draft), _("Saved."))
    context = {
        "draft": draft,
        "form": form,
        "problems": [(problem, sentence(problem.reason)) for problem in problems],
        "theirs": theirs,
    }
    return page(request, "crediting/policy/as_text.html", context, status=422 if problems else 200)


# --- Where to go on ---------------------------------------------------------------------------------------------------


def part_links(version: PolicyVersion) -> list[Link]:
    """The parts of a draft, each with its page."""
    courses = Link(_("Courses and ways"), reverse("crediting:policy-courses", args=[version.public_id]))
    parts = [
        Link(what.title, reverse("crediting:policy-part", args=[version.public_id, part]))
        for part, what in PAGES.items()
    ]
    return [parts[0], courses, *parts[1:]]


def mending_page(version: PolicyVersion, reason: Reason) -> Link | None:
    """The part in which a thing that is missing is mended; None where it is not in the policy itself."""
    code = reason.code.removesuffix(".missing")
    if rule := str(reason.params.get("rule", "")):
        return Link(pgettext("policy", "Rules"), reverse("crediting:policy-rule", args=[version.public_id, rule]))
    if code == "ready.rules":
        return Link(_("Add a rule"), reverse("crediting:policy-rule-new", args=[version.public_id]))
    if code.startswith(("ready.course", "ready.catalog", "ready.one_policy")):
        return Link(_("Courses and ways"), reverse("crediting:policy-courses", args=[version.public_id]))
    if part := _MENDED.get(code):
        return Link(PAGES[part].title, reverse("crediting:policy-part", args=[version.public_id, part]))
    return None


_MENDED = {
    "ready.equity": "equity",
    "ready.other_methods": "other-methods",
    "ready.adopted": "heading",
    "ready.reference": "heading",
    "ready.dates": "heading",
    "ready.text": "text",
    "ready.approvers": "approval",
    "ready.scale": "approval",
}


def _address(version: PolicyVersion) -> str:
    return reverse("crediting:policy", args=[version.public_id])

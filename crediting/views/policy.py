"""Policies: what a district decided earns credit, its versions, and the page that anybody may read (R8)."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crediting import access
from crediting.actions.policy import FileProblems, NotReady, close_policy, discard_draft, load_policy, publish_policy
from crediting.forms.policy import PolicyFileForm
from crediting.forms.standards import EndForm
from crediting.interchange import starter
from crediting.models import PolicyVersion
from crediting.queries import policy as queries
from crediting.queries.policy_differences import differences, version_before
from crediting.queries.policy_text import policy_text
from crediting.rules.policy.document import Problem
from crediting.states import PolicyStanding, PolicyState
from crediting.views.policy_edit import mending_page, part_links, rule_lines
from crediting.words import sentence
from mbl.core import clock
from mbl.core.decisions import Criterion
from mbl.core.http import AuthenticatedRequest, go, page, paginate, showing_errors
from mbl.core.models import District
from mbl.core.ui.parts import ChangeSide, ChecklistItem, Done, Empty, Link
from mbl.core.ui.shell import ShellDistrict
from mbl.core.ui.tables import Column, Columns
from mbl.core.words import state_tone, state_word
from profiles.access import Capability

MANAGE = Capability.MANAGE_POLICY
POLICIES = Columns(
    Column("title", gettext_lazy("Policy"), kind="header"),
    Column("days", gettext_lazy("Version"), card_label=""),
    Column("state", gettext_lazy("State"), card="corner"),
)


@require_safe
def policies(request: AuthenticatedRequest) -> HttpResponse:
    """``/policies/``: each policy with its versions and where they stand."""
    district = access.get_district(request.user, request.GET.get("district", ""), MANAGE)
    today = clock.today(district)
    listed = paginate(request, queries.versions_in(district))
    standings = [(version, queries.standing_of(version, today)) for version in listed]
    in_force = queries.in_force(district, today)
    lede = ngettext("%(count)s version is in force today.", "%(count)s versions are in force today.", in_force)
    context = {
        "district_": district,
        "page": listed,
        "rows": [(version, state_word(stands), state_tone(stands)) for version, stands in standings],
        "lede": lede % {"count": in_force},
        "columns": POLICIES,
        "empty": Empty(
            _("No policy yet"),
            _("Credit can be awarded once a policy is published. Load its file to begin."),
            Link(_("Load a policy file"), reverse("crediting:policy-new")),
            icon="book",
        ),
    }
    return page(request, "crediting/policy/list.html", context, partial="list")


@require_http_methods(["GET", "POST"])
def policy_new(request: AuthenticatedRequest) -> HttpResponse:
    """Load a file as a draft, or see each of its faults with its line."""
    district = access.get_district(request.user, request.GET.get("district", ""), MANAGE)
    draft = _draft_to_change(request)
    form = PolicyFileForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        initial={"text": draft.source if draft else starter.sample_policy() if "sample" in request.GET else ""},
    )
    problems: tuple[Problem, ...] = ()
    if form.is_valid():
        try:
            loaded = load_policy(district, text=form.cleaned_data["source"], actor=request.user)
        except FileProblems as error:
            problems = error.problems
        else:
            return go(request, _address(loaded.version), _said(loaded.created, loaded.updated))
    context = {
        "form": form,
        "draft": draft,
        "problems": [(problem, sentence(problem.reason)) for problem in problems],
        "source": form.cleaned_data.get("source", "") if problems else "",
    }
    return page(request, "crediting/policy/new.html", context, status=422 if problems else 200)


def _draft_to_change(request: AuthenticatedRequest) -> PolicyVersion | None:
    try:
        wanted = UUID(request.GET.get("version", ""))
    except ValueError:
        return None
    version = access.get_policy_version(request.user, wanted)
    return version if version.state == PolicyState.DRAFT else None


def _said(created: bool, updated: bool) -> str:
    if created:
        return _("The draft is loaded. Nothing applies to students before it is published.")
    return _("The draft has the new text.") if updated else _("This text is here already; nothing was changed.")


@require_safe
def policy(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """One version: what it says, how it stands, what it lacks."""
    return _version_page(request, access.get_policy_version(request.user, public_id), EndForm())


def _version_page(
    request: AuthenticatedRequest, version: PolicyVersion, form: EndForm, unmet: NotReady | None = None
) -> HttpResponse:
    district = version.series.district
    standing = queries.standing_of(version, clock.today(district))
    checklist = queries.checklist(version) if version.state == PolicyState.DRAFT else ()
    open_items = sum(not criterion.met for criterion in checklist)
    waiting = ngettext(
        "You can publish when the open item is done.",
        "You can publish when the %(count)s open items are done.",
        open_items,
    )
    text = policy_text(version)
    context = {
        "version": version,
        "text": text,
        "standing": standing,
        "standing_word": state_word(standing),
        "standing_tone": state_tone(standing),
        "versions": [
            (row, state_word(row.standing), state_tone(row.standing))
            for row in queries.versions_of(version.series, clock.today(district))
        ],
        "checklist": [_item(criterion, version) for criterion in checklist],
        "parts": part_links(version) if version.state == PolicyState.DRAFT else [],
        "rules": rule_lines(text.rules),
        "publish_reason": waiting % {"count": open_items} if open_items else "",
        "earlier": version_before(version),
        "can_close": version.state == PolicyState.PUBLISHED and queries.last_day(version) is None,
        "form": form,
        "unmet": [(sentence(reason), mending_page(version, reason)) for reason in unmet.reasons] if unmet else [],
    }
    return page(request, "crediting/policy/version.html", context, status=409 if unmet else 200)


def _item(criterion: Criterion, version: PolicyVersion) -> ChecklistItem:
    done = criterion.met
    mended = None if done else mending_page(version, criterion.reason)
    return ChecklistItem(
        word=sentence(criterion.reason),
        state=Done.DONE if done else Done.MISSING,
        state_word=_("Done") if done else _("Missing"),
        why=mended.label if mended else "",
        url=mended.url if mended else "",
    )


@require_POST
def policy_publish(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Publish a draft. Whoever comes second is told who was first, or what is now in the way."""
    version = access.get_policy_version(request.user, public_id)
    was_draft = version.state == PolicyState.DRAFT
    try:
        published = publish_policy(version, actor=request.user)
    except NotReady as error:
        return _version_page(request, access.get_policy_version(request.user, public_id), EndForm(), error)
    if was_draft and published.published_by == request.user:
        return go(request, _address(version), _("The version is published. From now on its text stays as it is."))
    said = {"person": published.published_by or _("somebody else")}
    return go(request, _address(version), _("This version was already published by %(person)s.") % said)


@require_POST
def policy_close(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Set the last day of a version without one."""
    version = access.get_policy_version(request.user, public_id)
    form = EndForm(request.POST)
    if form.is_valid():
        with showing_errors(form):
            close_policy(version, last_day=form.day, actor=request.user)
            return go(request, _address(version), _("The last day is set. It does not change any more."))
    return _version_page(request, version, form)


@require_POST
def policy_discard(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    discard_draft(access.get_policy_version(request.user, public_id), actor=request.user)
    return go(request, reverse("crediting:policies"), _("The draft is gone. Load its file again if you need it."))


@require_safe
def policy_differences(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """What is different from the published version before, in the words of the page."""
    version = access.get_policy_version(request.user, public_id)
    return page(request, "crediting/policy/differences.html", _differences(version))


def _differences(version: PolicyVersion) -> dict[str, object]:
    earlier = version_before(version)
    if earlier is None:
        raise Http404
    found = differences(policy_text(earlier), policy_text(version))
    old, new = (_("Version %(number)s") % {"number": one.number} for one in (earlier, version))
    return {
        "version": version,
        "earlier": earlier,
        "differences": [(one, ChangeSide(old, one.before), ChangeSide(new, one.now)) for one in found],
    }


@require_safe
def policy_file(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """The version's file as it was loaded."""
    version = access.get_policy_version(request.user, public_id)
    return _as_file(version)


def _as_file(version: PolicyVersion) -> HttpResponse:
    answer = HttpResponse(version.source, content_type="text/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="policy-{version.series.code}-v{version.number}.yaml"'
    return answer


def _address(version: PolicyVersion) -> str:
    return reverse("crediting:policy", args=[version.public_id])


# --- The public page --------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def policy_public(request: HttpRequest, code: str) -> HttpResponse:
    """``/policy/<district-code>/``: what earns credit here today, in plain words, for anybody (R8)."""
    district = District.objects.filter(code=code).first()
    if district is None:
        raise Http404
    rows = queries.published_of(district, clock.today(district))
    in_force = [row for row in rows if row.standing == PolicyStanding.IN_FORCE]
    context = _public(district) | {
        "texts": [(row.version, policy_text(row.version)) for row in in_force],
        "others": [(row, state_word(row.standing)) for row in rows if row.standing != PolicyStanding.IN_FORCE],
    }
    return page(request, "crediting/policy/public.html", context)


@login_not_required
@require_safe
def policy_public_version(request: HttpRequest, code: str, public_id: UUID) -> HttpResponse:
    """One published version, in force or not."""
    version = _published(code, public_id)
    standing = queries.standing_of(version, clock.today(version.series.district))
    context = _public(version.series.district) | {
        "version": version,
        "text": policy_text(version),
        "standing_word": state_word(standing),
        "standing_tone": state_tone(standing),
        "earlier": version_before(version),
    }
    return page(request, "crediting/policy/public_version.html", context)


@login_not_required
@require_safe
def policy_public_differences(request: HttpRequest, code: str, public_id: UUID) -> HttpResponse:
    """What a published version changed, for anybody."""
    version = _published(code, public_id)
    context = _public(version.series.district) | _differences(version)
    return page(request, "crediting/policy/public_differences.html", context)


@login_not_required
@require_safe
def policy_public_file(request: HttpRequest, code: str, public_id: UUID) -> HttpResponse:
    """The file of a published version."""
    return _as_file(_published(code, public_id))


def _published(code: str, public_id: UUID) -> PolicyVersion:
    version = (
        PolicyVersion.objects.filter(series__district__code=code, public_id=public_id, state=PolicyState.PUBLISHED)
        .select_related("series__district")
        .first()
    )
    if version is None:
        raise Http404
    return version


def _public(district: District) -> dict[str, object]:
    return {"district_": district, "district": ShellDistrict(name=district.name)}

"""Attestations for those with an account: ask somebody, write a spoken word down, match it with standards, withdraw."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crediting import access
from crediting.actions import attestations as actions
from crediting.forms.attestations import AskForm, MapForm, RecordForm, WithdrawAttestationForm
from crediting.models import Attestation, AttestationInvite, CreditRequest
from crediting.queries.attestations import Word, rows_of
from crediting.queries.requests import attestations_asked, standards_to_show
from crediting.states import AttestationWay
from crediting.words import any_of, witness_word
from mbl.core import clock
from mbl.core.codes import grouped
from mbl.core.decisions import Denied, Verdict
from mbl.core.errors import NotAllowed
from mbl.core.figures import qr_code
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, showing_errors, typed_before
from mbl.core.models import User
from mbl.core.ui.parts import Fact
from mbl.core.words import state_word
from profiles.states import Role


@require_http_methods(["GET", "POST"])
def ask(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Ask somebody without an account. The answer shows the link, once."""
    credit_request = access.get_request(request.user, public_id)
    _allow(access.may_ask_to_attest(request.user, credit_request))
    draft_key = f"attestation-ask-{credit_request.public_id}"
    form = AskForm(
        request.POST if request.method == "POST" else None,
        asked=attestations_asked(credit_request),
        initial={"language": credit_request.district.language} | (typed_before(request, draft_key) or {}),
    )
    if form.is_valid():
        with showing_errors(form):
            invite = actions.ask_to_attest(
                credit_request,
                actions.Subject(**form.subject()),
                actor=request.user,
                email=form.cleaned_data["email"],
                language=form.cleaned_data["language"],
                days=form.cleaned_data["days"],
                key=form.cleaned_data["key"],
            )
            forget_draft(request.user, draft_key)
            return _shown_once(request, credit_request, invite)
    context = {"form": form, "request_": credit_request, "draft_key": draft_key}
    return page(request, "crediting/attestations/ask.html", context)


def _shown_once(
    request: AuthenticatedRequest, credit_request: CreditRequest, invite: AttestationInvite
) -> HttpResponse:
    """The link, its square code and its short code, as the answer to the POST and nowhere else."""
    link = actions.link_of(invite)
    context = {
        "request_": credit_request,
        "invite": invite,
        "link": link,
        "code": grouped(actions.token_of(invite)),
        "code_page": settings.PUBLIC_URL + reverse("crediting:attest-code"),
        "qr": qr_code(link, _("Square code with the link"), css_class="link-slip__qr"),
        "until": date_format(clock.day_of(invite.expires_at, credit_request.district), "DATE_FORMAT"),
    }
    return page(request, "crediting/attestations/asked.html", context)


@require_POST
def again(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """A fresh link in place of one that was lost or has expired."""
    invite = access.get_attestation_invite(request.user, public_id)
    return _shown_once(request, invite.request, actions.ask_again(invite, actor=request.user))


@require_POST
def cancel(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    invite = access.get_attestation_invite(request.user, public_id)
    actions.cancel_invite(invite, actor=request.user)
    return go(request, _back(invite.request), _("The link no longer works."))


@require_http_methods(["GET", "POST"])
def record(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Write a spoken word down, or attest oneself."""
    credit_request = access.get_request(request.user, public_id)
    _allow(access.keeps_attestations(request.user, credit_request))
    form = RecordForm(
        request.POST if request.method == "POST" else None,
        asked=attestations_asked(credit_request),
        own_roles=sorted(access.roles_at(request.user, credit_request.school)),
        initial={"spoken_on": clock.today(credit_request.district), "language": _language_of_pages()}
        | (typed_before(request, "") or {}),
    )
    if form.is_valid():
        with showing_errors(form):
            subject, testimony = actions.Subject(**form.subject()), actions.Testimony(**form.testimony())
            key = form.cleaned_data["key"]
            if form.is_own:
                kept = actions.attest_own_word(credit_request, subject, testimony, actor=request.user, key=key)
            else:
                kept = actions.record_spoken(
                    credit_request,
                    subject,
                    testimony,
                    spoken_on=form.cleaned_data["spoken_on"],
                    language=form.cleaned_data["language"],
                    actor=request.user,
                    key=key,
                )
            return go(request, reverse("crediting:attestation", args=[kept.public_id]), _("It is written down."))
    # No draft is kept: words told in confidence are kept when the writer says so, and not before.
    context = {"form": form, "request_": credit_request}
    return page(request, "crediting/attestations/record.html", context)


@require_http_methods(["GET", "POST"])
def attestation(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """One attestation: what was said, for those who may read it; for staff, the standards it speaks to."""
    found = access.get_attestation(request.user, public_id)
    credit_request = found.request
    keeps = access.keeps_attestations(request.user, credit_request)
    is_withdrawn = hasattr(found, "withdrawal")
    standards = standards_to_show(credit_request)
    form = MapForm(
        standards,
        request.POST if request.method == "POST" else None,
        initial={"standards": list(found.mapped.values_list("standard__public_id", flat=True))},
    )
    if request.method == "POST":
        _allow(keeps)
        if form.is_valid():
            with showing_errors(form):
                actions.map_attestation(found, list(form.cleaned_data["standards"]), actor=request.user)
                return go(request, _back(credit_request), _("The standards are saved."))
    is_read = access.may_read_attested(request.user, credit_request)(found.visible_to) and not is_withdrawn
    context = {
        "attestation": found,
        "request_": credit_request,
        "role": witness_word(found.role),
        "is_read": is_read,
        "is_withdrawn": is_withdrawn,
        "facts": _facts(found, is_read=is_read),
        "keeps": bool(keeps) and not is_withdrawn,
        "form": form,
        "mapped": [row.standard for row in found.mapped.select_related("standard")],
    }
    return page(request, "crediting/attestations/detail.html", context)


@require_http_methods(["GET", "POST"])
def withdraw(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Take a word out of what counts, with a reason."""
    found = access.get_attestation(request.user, public_id)
    _allow(access.keeps_attestations(request.user, found.request))
    form = WithdrawAttestationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with showing_errors(form):
            actions.withdraw_attestation(found, reason=form.cleaned_data["reason"], actor=request.user)
            return go(request, _back(found.request), _("The attestation is withdrawn. It counts for nothing now."))
    context = {"form": form, "attestation": found, "request_": found.request}
    return page(request, "crediting/attestations/withdraw.html", context)


def attestations_part(
    user: User, credit_request: CreditRequest, words: Iterable[Word] | None = None, *, is_asked: bool = True
) -> dict[str, object]:
    """What ``crediting/attestations/part.html`` needs on the pages of a request. The last two as in ``rows_of``."""
    may_read = access.may_read_attested(user, credit_request)
    return {
        "attestations": rows_of(credit_request, may_read, reader_pk=user.pk, words=words, is_asked=is_asked),
        "can_ask_to_attest": bool(access.may_ask_to_attest(user, credit_request)),
        "keeps_attestations": bool(access.keeps_attestations(user, credit_request)),
    }


def _language_of_pages() -> str:
    return str(dict(settings.LANGUAGES).get(get_language() or "", ""))


def _allow(verdict: Verdict) -> None:
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)


def _back(credit_request: CreditRequest) -> str:
    return reverse("crediting:request", args=[credit_request.public_id]) + "#attestations"


def _facts(found: Attestation, *, is_read: bool) -> list[Fact]:
    """Who and when; of people who may not read it, only that and how it came."""
    facts = [
        Fact(_("Attested on"), date_format(found.attested_on, "DATE_FORMAT")),
        Fact(_("How"), state_word(AttestationWay(found.way))),
    ]
    if found.invite:
        facts.append(Fact(_("Asked for by"), found.invite.asked_by))
    if found.recorded_by and found.way == AttestationWay.SPOKEN:
        day = date_format(clock.day_of(found.recorded_at, found.request.district), "DATE_FORMAT")
        facts.append(Fact(_("Written down by"), found.recorded_by, day))
    if found.visible_to:
        facts.append(Fact(_("Staff who may read it"), any_of(state_word(Role(role)) for role in found.visible_to)))
    if not is_read:
        return facts
    told = [
        (_("Organization"), found.organisation),
        (_("Reached by"), found.contact),
        (_("Language"), dict(settings.LANGUAGES).get(found.language, found.language)),
        (_("First day"), found.witnessed_from and date_format(found.witnessed_from, "DATE_FORMAT")),
        (_("Last day"), found.witnessed_to and date_format(found.witnessed_to, "DATE_FORMAT")),
        (_("Name in the policy"), found.code),
    ]
    return [Fact(_("Who"), found.name), *facts, *(Fact(label, value) for label, value in told if value)]

"""What is known of this request? The school confirms what the policy asks, each with where it is from."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from crediting import access
from crediting.actions.confirmed import confirm_facts
from crediting.forms.confirmed import ConfirmForm
from crediting.models import CreditRequest
from crediting.queries.confirmed import ConfirmedLine, confirmed_lines
from crediting.queries.requests import terms_for, ways_for
from crediting.states import ConfirmedKind
from crediting.words import kind_word, value_word
from mbl.core import clock
from mbl.core.decisions import Denied
from mbl.core.errors import NotAllowed
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, showing_errors, typed_before
from mbl.core.ui.parts import ChecklistItem, Done


def title_of(line: ConfirmedLine) -> str:
    """What is asked, in words: the policy's title, or the kind of work."""
    if line.asked.kind == ConfirmedKind.PART:
        return _("The work includes: %(kind)s") % {"kind": kind_word(line.asked.name)}
    if line.asked.kind == ConfirmedKind.PAPER:
        return _("Received: %(paper)s") % {"paper": line.asked.title}
    if line.asked.kind == ConfirmedKind.FEE:
        words = _("Fee of $%(amount)s; a first attempt is free") if line.asked.first_free else _("Fee of $%(amount)s")
        return words % {"amount": line.asked.title}
    return line.asked.title


def confirmed_items(credit_request: CreditRequest, lines: tuple[ConfirmedLine, ...]) -> list[ChecklistItem]:
    """What is confirmed, by whom and from what, and what is still missing."""
    return [_item(credit_request, line) for line in lines]


def _item(credit_request: CreditRequest, line: ConfirmedLine) -> ChecklistItem:
    asked = _("The policy asks for: %(asked)s") % {"asked": value_word(line.asked.asked)} if line.asked.asked else ""
    if line.row is None:
        return ChecklistItem(title_of(line), Done.MISSING, _("Not confirmed yet"), asked)
    values = {
        "person": line.row.confirmed_by_person,
        "day": date_format(clock.day_of(line.row.confirmed_at, credit_request.district), "DATE_FORMAT"),
        "source": line.row.source,
    }
    said = _("%(person)s, %(day)s, from: %(source)s") % values
    value = value_word(line.row.value)
    if line.asked.unit:
        value = f"{value} {line.asked.unit}"
    why = " · ".join(filter(None, (said, asked, _earlier(line))))
    return ChecklistItem(f"{title_of(line)}: {value}", Done.DONE, _("Confirmed"), why)


def _earlier(line: ConfirmedLine) -> str:
    if not line.earlier:
        return ""
    before = ", ".join(value_word(row.value) for row in line.earlier)
    return _("corrected, before: %(before)s") % {"before": before}


@require_http_methods(["GET", "POST"])
def confirm(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """One form for everything the rules of the request leave to the school."""
    credit_request = access.get_request(request.user, public_id)
    verdict = access.may_confirm(request.user, credit_request)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    lines = confirmed_lines(credit_request, ways_for(credit_request), terms_for(credit_request))
    draft_key = f"confirm-{credit_request.public_id}"
    form = ConfirmForm(
        lines,
        [title_of(line) for line in lines],
        request.POST if request.method == "POST" else None,
        initial=typed_before(request, draft_key),
    )
    if form.is_valid():
        with showing_errors(form):
            written = confirm_facts(credit_request, form.statements(), actor=request.user)
            forget_draft(request.user, draft_key)
            said = ngettext("%(count)s point is confirmed.", "%(count)s points are confirmed.", len(written))
            nothing = _("Nothing was changed.")
            return go(request, _back(request, credit_request), said % {"count": len(written)} if written else nothing)
    context = {
        "form": form,
        "request_": credit_request,
        "lines": lines,
        "back": _back(request, credit_request),
        "draft_key": draft_key,
    }
    return page(request, "crediting/confirmed/confirm.html", context)


def _back(request: AuthenticatedRequest, credit_request: CreditRequest) -> str:
    """To the page on which this person works: the rubric, or the decision."""
    asked = access.is_asked(request.user, credit_request)
    return reverse("crediting:request-assess" if asked else "crediting:decision", args=[credit_request.public_id])

"""What waits for a teacher."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from crediting import access
from crediting.forms.queue import QueueFilter
from crediting.models import CreditRequest
from crediting.queries import moderation
from crediting.queries import queue as queries
from crediting.queries.policy_words import way_title
from crediting.queries.queue import Show, Tally
from crediting.rules.policy.terms import PolicyTerms
from crediting.states import RequestState
from crediting.words import kind_word, method_word
from mbl.core import clock
from mbl.core.errors import NotAllowed
from mbl.core.http import AuthenticatedRequest, page, paginate
from mbl.core.ui.parts import Chip, Empty, Link
from mbl.core.ui.tables import Column, Columns
from mbl.core.words import state_word
from profiles.access import standing
from profiles.states import Role

COLUMNS = Columns(
    Column("student", gettext_lazy("Student"), kind="header", sort=True),
    Column("work", gettext_lazy("Work"), card="wide"),
    Column("state", gettext_lazy("Why it is here"), card="wide"),
    Column("standards", gettext_lazy("Standards"), kind="number"),
    Column("attempt", gettext_lazy("Attempt"), kind="number"),
    Column("wait", gettext_lazy("Waiting"), kind="number", sort=True, card="corner"),
    Column("open", pgettext_lazy("verb", "Open"), kind="actions", card="hidden"),
)


@dataclass(frozen=True)
class Row:
    """One request as a queue prints it, in words: a page has many, so the template only sets them down."""

    request: CreditRequest
    student: str
    grade: str
    wait: str
    state_word: str
    state_tone: str
    way: str
    url: str
    is_mine: bool


def way_word(request: CreditRequest, terms: PolicyTerms | None = None) -> str:
    """How the student chose to show it; by its title in ``terms`` where the way is the district's own."""
    if request.subtype:
        return kind_word(request.subtype)
    return way_title(terms, request.method) if terms else method_word(request.method)


@require_safe
def queue(request: AuthenticatedRequest) -> HttpResponse:
    """Whose work waits for me? Longest wait first."""
    if not standing(request.user).people_holding(Role.TEACHER):
        raise NotAllowed(_("This list is for teachers, who assess what students show."))
    mine = access.requests_to_assess(request.user)
    tally = queries.teachers_tally(request.user)
    show = show_of(request, (Show.WAITING, Show.WITH_STUDENT, Show.TO_DECIDE, Show.CLOSED, Show.ALL))
    form = QueueFilter(queries.courses_in(set(standing(request.user).people.values())), request.GET or None)
    order = COLUMNS.order(request.GET.get("order"), default="wait")
    found = page_of(request, queries.printed(mine), tally, form, show, order)
    found.object_list = rows = [
        row_of(one, "crediting:request-assess", RequestState.SUBMITTED) for one in found.object_list
    ]
    context = {
        "columns": COLUMNS,
        "order": order,
        "page": found,
        "tally": tally,
        "first_url": rows[0].url if rows and show == Show.WAITING else "",
        "filter_form": form,
        "chips": chips(tally, show),
        "empty": _empty(show),
        "to_read": moderation.waiting(access.readings_of(request.user)).count(),
    }
    return page(request, "crediting/queue/queue.html", context, partial="list")


def show_of(request: AuthenticatedRequest, allowed: tuple[Show, ...]) -> Show:
    """The saved view in the address; what waits for me otherwise."""
    asked = request.GET.get("show", "")
    return Show(asked) if asked in {str(show) for show in allowed} else Show.WAITING


def page_of(
    request: AuthenticatedRequest,
    requests: QuerySet[CreditRequest],
    tally: Tally,
    form: QueueFilter,
    show: Show,
    order: str,
) -> Page[Any]:
    """The page of requests that view and filters leave; the caller turns them into rows."""
    narrowed = form.cleaned_data if form.is_valid() else {}
    listed = queries.listed(
        requests, tally, show=show, text=narrowed.get("q", ""), course=narrowed.get("course"), order=order
    )
    # The tally has counted them already, unless a filter narrows the view.
    return paginate(request, listed, count=None if any(narrowed.values()) else tally.count(show))


def row_of(one: CreditRequest, url_name: str, waits_in: RequestState) -> Row:
    """A row of either queue; ``waits_in`` is the state in which a request waits for the reader."""
    state = RequestState(one.state)
    return Row(
        request=one,
        student=str(one.student),
        grade=_("Grade %(grade)s") % {"grade": one.student.grade.lstrip("0") or "–"},
        wait=_wait(one),
        state_word=_word(one, state),
        # Colour is for exceptions: what waits for the first time is ordinary.
        state_tone="info" if state == RequestState.SUBMITTED and one.attempt > 1 else "",
        way=way_word(one),
        url=reverse(url_name, args=[one.public_id]),
        is_mine=state == waits_in,
    )


def _wait(one: CreditRequest) -> str:
    if one.closed_at is not None:
        return date_format(clock.day_of(one.closed_at, one.district), "DATE_FORMAT")
    if one.waiting_since is None:
        return "–"
    days = queries.days_waiting(one)
    if days == 0:
        return pgettext("waiting", "today")
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


def _word(one: CreditRequest, state: RequestState) -> str:
    if state == RequestState.SUBMITTED and one.attempt > 1:
        return pgettext("credit request", "Sent again")
    return state_word(state)


def chips(tally: Tally, show: Show) -> list[Chip]:
    words = {
        Show.WAITING: _("Needs me"),
        Show.WITH_STUDENT: _("With the student"),
        Show.WITH_TEACHER: _("With a teacher"),
        Show.TO_DECIDE: _("Waiting for a decision"),
        Show.CLOSED: pgettext("requests", "Closed"),
        Show.ALL: pgettext("requests", "All"),
    }
    views = [*tally.views, Show.ALL]
    return [Chip(words[one], f"?show={one}", tally.count(one), current=one == show) for one in Show if one in views]


def _empty(show: Show) -> Empty:
    if show == Show.WAITING:
        return Empty(
            _("Nothing is waiting for you"),
            _("Work shows up here when a student sends it to you. What you returned is with the student."),
            Link(_("Show everything sent to you"), "?show=all"),
            icon="clipboard-check",
        )
    return Empty(
        _("Nothing here"),
        _("No request fits this view and these filters."),
        Link(_("Show everything sent to you"), "?show=all"),
        icon="search",
    )

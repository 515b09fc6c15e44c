"""Choosing standards: a search whose results are checked, and a list of what is chosen that outlives every search.

In a form: ``{% include "crediting/standards/picker.html" %}`` with ``course`` (else ``picker_district``), ``chosen``
(standards), ``draft_key`` (the form's own draft) and, if wished, ``suggested`` (rows of ``CourseStandard``). It sends
``standards``, a list of public ids. With JavaScript the list is exchanged in place; without it the search button keeps
what was typed as the form's draft and opens the same search as a page, which returns to the form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from crediting import access
from crediting.queries import standards as queries
from crediting.queries.standards import FoundStandard, Search
from mbl.core import clock, drafts
from mbl.core.http import AuthenticatedRequest, is_htmx, page
from mbl.core.models import District
from profiles.models import Course

FIELD = "standards"


@dataclass(frozen=True)
class Asked:
    """Where the search stands: for which course, from which form, and where that form is."""

    district: District
    course: Course | None
    text: str
    draft_key: str
    back: str

    def address(self, text: str = "", ticked: Sequence[str] = ()) -> str:
        said = {
            "q": text,
            "course": str(self.course.public_id) if self.course else "",
            "district": "" if self.course else self.district.code,
            "key": self.draft_key,
            "next": self.back,
        }
        pairs = [(name, value) for name, value in said.items() if value] + [(FIELD, value) for value in ticked]
        return f"{reverse('crediting:standards-pick')}?{urlencode(pairs)}"


@require_http_methods(["GET", "POST"])
def pick(request: AuthenticatedRequest) -> HttpResponse:
    """``/standards/pick/``: checkable results. A POST keeps the form it came from as a draft, nothing else."""
    asked = _asked(request)
    if request.method == "POST":
        return _keep(request, asked)
    chosen_ids = _chosen_ids(request, asked)
    today = clock.today(asked.district)
    chosen = queries.chosen(asked.district, chosen_ids, on=today)
    found = queries.search(asked.district, text=asked.text, on=today, course=asked.course)
    context = {
        "address": asked.address(),
        "back": asked.back,
        "course": asked.course,
        "text": asked.text,
        "chosen": chosen,
        "search": _without(found, chosen),
    }
    return page(request, "crediting/standards/pick.html", context, partial="list")


def _asked(request: AuthenticatedRequest) -> Asked:
    course = None
    if wanted := request.GET.get("course", ""):
        try:
            course = access.get_course(request.user, UUID(wanted))
        except ValueError:
            raise Http404 from None
    district = course.district if course else access.get_district(request.user, request.GET.get("district", ""))
    back = request.GET.get("next", "")
    if not (back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)):
        back = ""
    key = request.GET.get("key", "")
    text = " ".join((request.POST.get("q") or request.GET.get("q", "")).split())[:200]
    return Asked(district, course, text, key if drafts.KEY.fullmatch(key) else "", back)


def _keep(request: AuthenticatedRequest, asked: Asked) -> HttpResponse:
    """Keep what was typed and go on searching, or go back to the form with what was chosen."""
    uses = "use" in request.POST
    if asked.draft_key:
        typed = drafts.fields_of(request.POST)
        for name in ("q", "use"):
            typed.pop(name, None)
        fields = (drafts.kept(request.user, asked.draft_key) or {}) | typed if uses else typed
        fields[FIELD] = request.POST.getlist(FIELD)
        drafts.keep(request.user, asked.draft_key, fields)
    if uses and asked.back:
        return HttpResponseRedirect(asked.back)
    # Without a draft to keep them in, the ticks travel in the address.
    ticked = () if asked.draft_key else request.POST.getlist(FIELD)[:100]
    return HttpResponseRedirect(asked.address(asked.text, ticked))


def _chosen_ids(request: AuthenticatedRequest, asked: Asked) -> Sequence[str]:
    """What is ticked on this page; opened from a form, what its draft holds."""
    if FIELD in request.GET or is_htmx(request) or not asked.draft_key:
        return request.GET.getlist(FIELD)
    held = (drafts.kept(request.user, asked.draft_key) or {}).get(FIELD, [])
    return [held] if isinstance(held, str) else held


def _without(found: Search, chosen: Sequence[FoundStandard]) -> Search:
    known = {standard.pk for standard in chosen}
    return replace(found, hits=tuple(hit for hit in found.hits if hit.pk not in known))

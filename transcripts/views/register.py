"""The registrar's list: what was issued, what needs a new one, and whom to issue for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from mbl.core.errors import NotAllowed
from mbl.core.http import AuthenticatedRequest, page, paginate
from mbl.core.ui.parts import Chip, Empty, Link
from mbl.core.ui.tables import Column, Columns
from mbl.core.words import state_tone, state_word
from profiles.access import Capability, standing
from profiles.models import Student
from transcripts import access
from transcripts.forms.register import RegisterFilter
from transcripts.models import Transcript
from transcripts.queries import register
from transcripts.queries.register import FOUND_AT_ONCE, Tally
from transcripts.queries.standings import standing_of
from transcripts.states import Standing

COLUMNS = Columns(
    Column("student", gettext_lazy("Student"), kind="header"),
    Column("number", gettext_lazy("Number"), card="wide"),
    Column("recipient", gettext_lazy("For"), card="wide", card_label=gettext_lazy("For")),
    Column("issued", gettext_lazy("Issued")),
    Column("standing", gettext_lazy("Standing"), card="corner"),
)
SHOWN = (Standing.NOT_CURRENT, Standing.VALID, Standing.REPLACED, Standing.REVOKED)


@dataclass(frozen=True)
class Row:
    """One issued transcript as the list prints it."""

    transcript: Transcript
    word: str
    tone: str


@require_safe
def register_list(request: AuthenticatedRequest) -> HttpResponse:
    """``/transcripts/``: newest first; those that are no longer current stand apart."""
    if not access.is_register_reader(request.user):
        now = standing(request.user)
        if now.is_student or now.is_family:
            return redirect("transcripts:own")
        raise NotAllowed(_("This list is for registrars and others who look after student records."))
    visible = access.transcripts_visible_to(request.user)
    tally = register.tally(visible)
    asked = request.GET.get("show", "")
    show = Standing(asked) if asked in {str(one) for one in SHOWN} else None
    form = RegisterFilter(request.GET or None)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    found: Page[Any] = paginate(request, register.listed(visible, show=show, text=text))
    found.object_list = [Row(one, *_word(one)) for one in found.object_list]
    may_issue = standing(request.user).may_anywhere(Capability.ISSUE_TRANSCRIPT)
    students = register.find_students(access.issuable_students(request.user), text) if text and may_issue else []
    context = {
        "columns": COLUMNS,
        "page": found,
        "tally": tally,
        "not_current": tally.count(Standing.NOT_CURRENT),
        "filter_form": form,
        "text": text,
        "may_issue": may_issue,
        "students": [_found(student) for student in students[:FOUND_AT_ONCE]],
        "more_students": len(students) > FOUND_AT_ONCE,
        "chips": _chips(tally, show),
        "empty": _empty(show, text, may_issue),
    }
    return page(request, "transcripts/register/list.html", context, partial="list")


def _word(transcript: Transcript) -> tuple[str, str]:
    worth = standing_of(transcript)
    return state_word(worth), state_tone(worth)


def _found(student: Student) -> dict[str, str]:
    """A student to issue for: name, what tells them apart, and the address of the preview."""
    about = [student.school.name if student.school else "", student.local_id]
    grade = pgettext("student", "Grade %(grade)s") % {"grade": student.grade.lstrip("0")} if student.grade else ""
    return {
        "name": str(student),
        "about": " · ".join(part for part in (grade, *about) if part),
        "url": reverse("transcripts:transcript-new", args=[student.public_id]),
    }


def _chips(tally: Tally, show: Standing | None) -> list[Chip]:
    chips = [Chip(pgettext("transcripts", "All"), "?", tally.total, current=show is None)]
    chips += [Chip(state_word(one), f"?show={one}", tally.count(one), current=one == show) for one in SHOWN]
    return chips


def _empty(show: Standing | None, text: str, may_issue: bool) -> Empty:
    everything = Link(_("Show all transcripts"), reverse("transcripts:transcripts"))
    if text:
        return Empty(
            _("No transcript fits"),
            _("Nothing was issued under “%(text)s”.") % {"text": text},
            everything,
            icon="search",
        )
    if show is not None:
        return Empty(_("None"), _("No transcript is in this state now."), everything, icon="circle-check")
    reason = (
        _("Find a student above to see what would be printed.")
        if may_issue
        else _("A registrar issues them; they show up here.")
    )
    return Empty(_("No transcript has been issued yet"), reason, icon="certificate")

"""Which awards no longer rest on what they have to? The list, what no longer holds, keeping or reversing."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from crediting import access
from crediting.actions.award_reviews import keep_award
from crediting.forms.award_reviews import KeepForm
from crediting.models import AwardReview
from crediting.rules.basis import thaw
from crediting.rules.numbers import credits_text
from crediting.states import AwardReviewState
from crediting.words import sentence
from mbl.core import clock
from mbl.core.decisions import Reason
from mbl.core.errors import NotAllowed
from mbl.core.http import AuthenticatedRequest, go, page, paginate, showing_errors
from mbl.core.ui.parts import Chip, Empty, Fact
from mbl.core.ui.tables import Column, Columns
from mbl.core.words import state_tone, state_word
from profiles.access import Capability, schools_where

COLUMNS = Columns(
    Column("student", gettext_lazy("Student"), kind="header"),
    Column("course", gettext_lazy("Course"), card="wide"),
    Column("why", gettext_lazy("What no longer holds"), card="wide"),
    Column("found", gettext_lazy("Found on")),
)


@require_safe
def reviews(request: AuthenticatedRequest) -> HttpResponse:
    """Every award to look at again at the reader's schools."""
    if not schools_where(request.user, Capability.REVERSE_CREDIT).exists():
        raise NotAllowed(_("This list is for credit managers and principals, who can reverse an award."))
    asked = request.GET.get("show", "")
    state = AwardReviewState(asked) if asked in set(AwardReviewState) else AwardReviewState.OPEN
    near = access.award_reviews_visible_to(request.user)
    found = paginate(request, near.filter(state=state).order_by("found_at", "pk"))
    context = {
        "columns": COLUMNS,
        "page": found,
        "rows": [(row, _why(row), clock.day_of(row.found_at, row.district)) for row in found],
        "chips": [Chip(state_word(one), f"?show={one}", current=one == state) for one in AwardReviewState],
        "empty": Empty(
            _("Nothing to look at"),
            _("Each night MBL looks whether awards still rest on what the policy asks to go on."),
            None,
            icon="check",
        ),
    }
    return page(request, "crediting/award_reviews/list.html", context)


@require_http_methods(["GET", "POST"])
def review(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """What no longer holds; keep it with a reason, or go on to the reversal with the reason prepared."""
    row = access.get_award_review(request.user, public_id)
    form = KeepForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with showing_errors(form):
            keep_award(row, reason=form.cleaned_data["reason"], actor=request.user)
            return go(request, reverse("crediting:award-reviews"), _("The credit stays as it is."))
    basis = thaw(row.decision.frozen_basis)
    why = _why(row)
    state = AwardReviewState(row.state)
    course = basis.award.course_title if basis.award else basis.request.course_title
    context = {
        "row": row,
        "why": why,
        "form": form,
        "word": state_word(state),
        "tone": state_tone(state),
        "is_open": state == AwardReviewState.OPEN,
        "course": course,
        "reverse_url": reverse("crediting:decision-reverse", args=[row.decision.public_id])
        + "?"
        + urlencode({"why": " ".join(why)}),
        "facts": [
            Fact(_("Course"), course),
            Fact(_("Credits"), credits_text(basis.award.credits) if basis.award else "–"),
            Fact(_("Rule"), basis.rule.code, basis.rule.citation),
            Fact(_("Decided on"), date_format(clock.day_of(row.decision.decided_at, row.district), "DATE_FORMAT")),
            Fact(_("Decided by"), basis.decided_by),
        ],
    }
    return page(request, "crediting/award_reviews/detail.html", context)


def _why(row: AwardReview) -> list[str]:
    return [sentence(Reason.from_json(one)) for one in row.reasons]

"""The duty to waive a required course where similar work was done elsewhere: the answer, and how it was decided."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crediting import access
from crediting.actions.transfer_waivers import Answer, answer_waiver
from crediting.forms.transfer import WaiverForm
from crediting.models import WaiverAnswer
from crediting.queries.transfer import ruling_for
from crediting.rules.transfer_duties import WAIVE
from crediting.words import sentence
from mbl.core import clock
from mbl.core.decisions import Denied, Reason
from mbl.core.errors import NotAllowed
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, showing_errors, typed_before
from mbl.core.ui.parts import Fact
from profiles.access import Capability, get_student


@require_http_methods(["GET", "POST"])
def waiver_new(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Is this required course waived for what was done elsewhere? ``?again=``: an answer to begin from."""
    student = get_student(request.user, public_id, Capability.SEE_RECORD)
    ruling = ruling_for(student)
    verdict = access.may_decide_transfer(request.user, student, student.school, ruling.terms)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    draft_key = f"waiver-{student.public_id}"
    form = WaiverForm(
        request.POST if request.method == "POST" else None,
        initial=_from_earlier(request) | (typed_before(request, draft_key) or {}),
    )
    if form.is_valid():
        with showing_errors(form):
            said = form.cleaned_data
            made = answer_waiver(
                student,
                answer=Answer(
                    requirement=said["requirement"],
                    similar_work=said["similar_work"],
                    waived=said["answer"] == "yes",
                    reason=said["reason"],
                    alternative=said["alternative"],
                ),
                actor=request.user,
            )
            forget_draft(request.user, draft_key)
            told = _("The answer is recorded. The student and the family are told.")
            return go(request, reverse("crediting:transfer-waiver", args=[made.public_id]), told)
    duty = next((one for one in ruling.duties if one.code == WAIVE), None)
    context = {
        "student": student,
        "form": form,
        "draft_key": draft_key,
        "duty": duty,
        "demands": sentence(duty.reason) if duty else "",
    }
    return page(request, "crediting/transfer/waiver_new.html", context)


def _from_earlier(request: AuthenticatedRequest) -> dict[str, str]:
    asked = request.GET.get("again", "")
    try:
        earlier = access.get_waiver_answer(request.user, UUID(asked)) if asked else None
    except ValueError:
        earlier = None
    if earlier is None:
        return {}
    return {"requirement": earlier.requirement, "similar_work": earlier.similar_work}


@require_safe
def waiver(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """How it was decided: the answer, who gave it, when, why, by which law, and what it replaced."""
    found = access.get_waiver_answer(request.user, public_id)
    terms = ruling_for(found.student).terms
    if not access.reads_waiver(request.user, found.student, terms):
        raise Http404
    later = WaiverAnswer.objects.filter(replaces=found).first()
    context = {
        "answer": found,
        "student": found.student,
        "facts": _facts(found),
        "demands": sentence(Reason("duty.transfer.waive", {}, "", found.citation)),
        "later": later,
        "decides": bool(access.may_decide_transfer(request.user, found.student, found.school, terms)),
    }
    return page(request, "crediting/transfer/waiver.html", context)


def _facts(found: WaiverAnswer) -> list[Fact]:
    day = clock.day_of(found.answered_at, found.district)
    return [
        Fact(_("Similar work"), found.similar_work),
        Fact(_("Decided by"), str(found.answered_by_person)),
        Fact(_("Decided on"), date_format(day, "DATE_FORMAT")),
        Fact(_("Law"), found.citation),
    ]

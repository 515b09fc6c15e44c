"""What staff record toward a plan: items of the checklist, the yearly update, a paper signature, the decision."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hsbp import access
from hsbp.actions.family import record_paper_signature
from hsbp.actions.records import decide_pathway, decide_requirement, record_item, record_update, withdraw_record
from hsbp.forms.plan import PaperSignatureForm
from hsbp.forms.records import ItemForm, PathwayForm, RequirementForm, UpdateForm
from hsbp.queries.checklist import checklist_of
from hsbp.queries.document import document_of
from hsbp.queries.pathways import credit_on, pieces, standing
from hsbp.queries.plans import family_side, history_of, possible_signers
from hsbp.queries.progress import progress_of
from hsbp.rules.content import read
from hsbp.states import Pathway, PlanState, Requirement
from hsbp.views.reader import reader_of, reviewer_of
from hsbp.views.sentences import progress_facts
from hsbp.words import ITEM_WORDS
from mbl.core import clock
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, showing_errors, typed_before

# Updates that the page shows beside the form.
SHOWN = 6


@require_http_methods(["GET", "POST"])
def record(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Something of the checklist was done: what, when, in which language."""
    reader = reviewer_of(request, public_id)
    key = f"plan-record-{reader.student.public_id}"
    today = clock.today(reader.student.district)
    form = ItemForm(
        today,
        request.POST if request.method == "POST" else None,
        initial={"item": request.GET.get("item", "")} | (typed_before(request, key) or {}),
    )
    if form.is_valid():
        with showing_errors(form):
            made = record_item(reader.student, actor=request.user, **form.cleaned_data)
            forget_draft(request.user, key)
            return go(
                request,
                reader.address("checklist"),
                _("Recorded: %(item)s.") % {"item": ITEM_WORDS[made.item]},
                undo_url=reader.address("record-remove", made.public_id),
            )
    context = reader.as_context() | {"form": form, "draft_key": key}
    return page(request, "hsbp/records/item.html", context)


@require_POST
def record_remove(request: AuthenticatedRequest, public_id: UUID, record_id: UUID) -> HttpResponse:
    """Take a record back that was made by mistake."""
    reader = reader_of(request, public_id)
    withdraw_record(access.get_record(request.user, reader.student, record_id), actor=request.user)
    return go(request, reader.address("checklist"), _("The record is taken back."))


@require_http_methods(["GET", "POST"])
def update(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Is this year's update done? Usable in the meeting itself (R59)."""
    reader = reviewer_of(request, public_id)
    student = reader.student
    key = f"plan-update-{student.public_id}"
    form = UpdateForm(
        clock.today(student.district),
        student.grade,
        request.POST if request.method == "POST" else None,
        initial=typed_before(request, key),
    )
    if form.is_valid():
        with showing_errors(form):
            record_update(student, actor=request.user, **form.values())
            forget_draft(request.user, key)
            return go(request, reader.home, _("The update of this school year is recorded."))
    toward = progress_of(student)
    context = reader.as_context() | {
        "form": form,
        "draft_key": key,
        "facts": progress_facts(toward),
        "toward": toward,
        "updates": history_of(reader.plan).updates[:SHOWN],
        "shown": ("goals", "courses", "pathway"),
        "document": document_of(student, read(reader.plan.content)),
    }
    return page(request, "hsbp/records/update.html", context)


@require_http_methods(["GET", "POST"])
def requirement(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Is the requirement met? The checklist helps; a person decides (R65)."""
    reader = reviewer_of(request, public_id)
    key = f"plan-requirement-{reader.student.public_id}"
    form = RequirementForm(request.POST if request.method == "POST" else None, initial=typed_before(request, key))
    if form.is_valid():
        with showing_errors(form):
            decide_requirement(
                reader.student,
                verdict=Requirement(form.cleaned_data["verdict"]),
                reason=form.cleaned_data["reason"],
                actor=request.user,
            )
            forget_draft(request.user, key)
            return go(request, reader.home, _("Decided. The student and the family are told."))
    history = history_of(reader.plan)
    context = reader.as_context() | {
        "form": form,
        "draft_key": key,
        "decided": history.requirement,
        "checklist": checklist_of(reader.student, reader.plan, history, progress_of(reader.student)),
    }
    return page(request, "hsbp/records/requirement.html", context)


@require_http_methods(["GET", "POST"])
def pathway(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Is a graduation pathway completed? Decided here, and never by an award of credit (R55)."""
    reader = reviewer_of(request, public_id)
    student = reader.student
    key = f"plan-pathway-{student.public_id}"
    form = PathwayForm(
        [(piece.key, piece.words) for piece in pieces(student)],
        request.POST if request.method == "POST" else None,
        initial=typed_before(request, key),
    )
    if form.is_valid():
        with showing_errors(form):
            decide_pathway(
                student,
                pathway=Pathway(form.cleaned_data["pathway"]),
                verdict=Requirement(form.cleaned_data["verdict"]),
                rests_on=form.cleaned_data.get("rests_on", ()),
                reason=form.cleaned_data["reason"],
                actor=request.user,
            )
            forget_draft(request.user, key)
            return go(request, reader.home, _("Decided. The student and the family are told. No credit was changed."))
    context = reader.as_context() | {
        "form": form,
        "draft_key": key,
        "decided": [(one, credit_on(student, one.rests_on)) for one in standing(student)],
    }
    return page(request, "hsbp/records/pathway.html", context)


@require_http_methods(["GET", "POST"])
def paper_signature(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """The family signed on paper: who, when, in which language."""
    reader = reviewer_of(request, public_id)
    student, revision = reader.student, reader.plan.latest
    form = PaperSignatureForm(
        possible_signers(student), clock.today(student.district), request.POST if request.method == "POST" else None
    )
    can_sign = revision is not None and reader.plan.state == PlanState.APPROVED
    if revision is not None and form.is_valid():
        with showing_errors(form):
            record_paper_signature(revision, actor=request.user, **form.cleaned_data)
            return go(request, reader.home, _("The signature is recorded."))
    family = family_side(reader.plan, history_of(reader.plan))
    context = reader.as_context() | {"form": form, "can_sign": can_sign, "family": family}
    return page(request, "hsbp/records/signature.html", context)

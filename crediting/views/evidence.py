"""A student's evidence: the list, a new piece, one piece and its file."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.core.files.storage import storages
from django.db.models import Prefetch
from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crediting import access
from crediting.actions.evidence import (
    OPEN_TO_STUDENT,
    add_evidence,
    attach_evidence,
    discard_evidence,
    update_evidence,
)
from crediting.forms.evidence import EvidenceChangeForm, EvidenceForm
from crediting.models import CreditRequest, Evidence, EvidenceUse
from crediting.queries.requests import evidence_icon
from crediting.rules.evidence import host_of
from crediting.states import EvidenceKind, EvidenceState
from crediting.views.whose import whose
from mbl.core import files
from mbl.core.errors import NotAllowed
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, paginate, showing_errors, typed_before
from mbl.core.ui.parts import Empty, Link
from profiles.access import Capability, standing

ICONS = {
    EvidenceKind.PHOTO: "photo",
    EvidenceKind.FILE: "file-text",
    EvidenceKind.LINK: "link",
    EvidenceKind.TEXT: "feather",
}


@require_safe
def evidence_list(request: AuthenticatedRequest) -> HttpResponse:
    """What have I shown? Newest first."""
    record = whose(request)
    uses = EvidenceUse.objects.select_related("request__course").order_by("pk")
    pieces = Evidence.objects.filter(student=record.student)
    if not record.is_own:
        uses = uses.exclude(state=EvidenceState.DRAFT)
        pieces = pieces.filter(pk__in=uses.values("evidence"))
    pieces = pieces.prefetch_related(Prefetch("uses", uses)).order_by("-created_at", "-pk")
    context = {
        "record": record,
        "page": paginate(request, pieces),
        "empty": Empty(
            _("No evidence yet"),
            _("Evidence is anything that shows what you know: a photo, a file, a link or a text.")
            if record.is_own
            else _("What is sent to a teacher shows up here."),
            Link(_("Add evidence"), reverse("crediting:evidence-new")) if record.is_own else None,
            icon="feather",
        ),
    }
    return page(request, "crediting/evidence/list.html", context)


@require_http_methods(["GET", "POST"])
def evidence_new(request: AuthenticatedRequest) -> HttpResponse:
    """Add a piece, perhaps straight into a request (``?request=``). First its kind, then what belongs to it."""
    record = whose(request)
    access_request = _request_in_address(request)
    kind = request.GET.get("kind", "")
    if not record.is_own:
        raise Http404
    if kind not in set(EvidenceKind):
        tiles = {"kinds": _kinds(access_request), "credit_request": access_request}
        return page(request, "crediting/evidence/kind.html", tiles)
    draft_key = f"evidence-new-{kind}"
    form = EvidenceForm(
        EvidenceKind(kind),
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        initial=typed_before(request, draft_key),
    )
    if form.is_valid():
        with showing_errors(form):
            evidence = add_evidence(student=record.student, actor=request.user, **form.values())
            if access_request is not None:
                attach_evidence(access_request, evidence, actor=request.user)
            forget_draft(request.user, draft_key)
            return go(request, _after(evidence, access_request), _("“%(title)s” is saved.") % {"title": evidence})
    context = {
        "form": form,
        "heading": _HEADINGS[EvidenceKind(kind)],
        "credit_request": access_request,
        "draft_key": draft_key,
    }
    return page(request, "crediting/evidence/new.html", context)


@dataclass(frozen=True)
class KindTile:
    """One kind of evidence to choose from."""

    icon: str
    word: str
    text: str
    address: str


_HEADINGS = {
    EvidenceKind.PHOTO: gettext_lazy("Add a photo"),
    EvidenceKind.FILE: gettext_lazy("Add a file"),
    EvidenceKind.LINK: gettext_lazy("Add a link"),
    EvidenceKind.TEXT: gettext_lazy("Write a text"),
}


def _kinds(credit_request: CreditRequest | None) -> list[KindTile]:
    texts = {
        EvidenceKind.PHOTO: _("Take one or choose one: a mural, a model, a page of your notebook."),
        EvidenceKind.FILE: _("A report, a video, a recording, a spreadsheet."),
        EvidenceKind.LINK: _("Something that lives on the web."),
        EvidenceKind.TEXT: _("Write it here, in any language."),
    }
    return [
        KindTile(ICONS[kind], str(_HEADINGS[kind]), text, _address(kind, credit_request))
        for kind, text in texts.items()
    ]


def _request_in_address(request: AuthenticatedRequest) -> CreditRequest | None:
    asked = request.GET.get("request", "")
    if not asked:
        return None
    try:
        found = access.get_request(request.user, UUID(asked), Capability.REQUEST_CREDIT)
    except ValueError:
        raise Http404 from None
    if found.state not in OPEN_TO_STUDENT:
        raise NotAllowed(_("This request is with the school now. You can add to it when it comes back to you."))
    return found


def _address(kind: EvidenceKind, credit_request: CreditRequest | None) -> str:
    asked = f"&request={credit_request.public_id}" if credit_request else ""
    return f"?kind={kind}{asked}"


def _after(evidence: Evidence, credit_request: CreditRequest | None) -> str:
    if credit_request is not None:
        return reverse("crediting:request", args=[credit_request.public_id])
    return reverse("crediting:evidence", args=[evidence.public_id])


@require_safe
def evidence(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """One piece: what it is, what the student says about it, what it is used for."""
    piece = access.get_evidence(request.user, public_id)
    seen = access.requests_visible_to(request.user).order_by().values("pk")
    uses = piece.uses.filter(request__in=seen).select_related("request__course").prefetch_related("standards")
    is_own = bool(access.owns_evidence(request.user, piece))
    if not is_own:
        uses = uses.exclude(state=EvidenceState.DRAFT)
    context = {
        "evidence": piece,
        "uses": list(uses.order_by("pk")),
        "icon": evidence_icon(piece.kind, piece.content_type),
        "host": host_of(piece.url) if piece.url else "",
        "is_own": is_own,
        "can_copy": standing(request.user).may_anywhere(Capability.DECIDE_CREDIT) and not is_own,
        "is_unsent": is_own and not piece.uses.exclude(state=EvidenceState.DRAFT).exists(),
    }
    return page(request, "crediting/evidence/detail.html", context)


@require_http_methods(["GET", "POST"])
def evidence_edit(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Change the words of a piece that was not sent yet."""
    piece = access.get_evidence(request.user, public_id, Capability.REQUEST_CREDIT)
    draft_key = f"evidence-{piece.public_id}"
    form = EvidenceChangeForm(piece, request.POST or None, initial=typed_before(request, draft_key))
    if form.is_valid():
        with showing_errors(form):
            update_evidence(piece, actor=request.user, **form.values())
            forget_draft(request.user, draft_key)
            return go(request, reverse("crediting:evidence", args=[piece.public_id]), _("Your changes are saved."))
    context = {"form": form, "heading": _("Change this evidence"), "evidence": piece, "draft_key": draft_key}
    return page(request, "crediting/evidence/new.html", context)


@require_POST
def evidence_discard(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Throw away a piece that was never sent."""
    piece = access.get_evidence(request.user, public_id, Capability.REQUEST_CREDIT)
    title = str(piece)
    discard_evidence(piece, actor=request.user)
    return go(request, reverse("crediting:evidence-list"), _("“%(title)s” is gone.") % {"title": title})


@require_safe
def evidence_file(request: AuthenticatedRequest, public_id: UUID) -> HttpResponseBase:
    """The bytes, for people who may see the piece and nobody else. ``?download`` saves instead of showing."""
    piece = access.get_evidence(request.user, public_id)
    storage = storages[files.EVIDENCE]
    if not piece.stored_name or not storage.exists(piece.stored_name):
        raise Http404
    return files.serve(
        storage.open(piece.stored_name),
        piece.file_name,
        piece.content_type,
        inline="download" not in request.GET,
        request=request,
    )

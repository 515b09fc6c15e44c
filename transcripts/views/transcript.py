"""One issued transcript: its page, its file, making the file again, revoking."""

from __future__ import annotations

from uuid import UUID

from django.core.files.storage import storages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mbl.core import clock
from mbl.core.decisions import Denied
from mbl.core.errors import NotAllowed
from mbl.core.files import serve
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, showing_errors, typed_before
from mbl.core.models import Job
from mbl.core.states import JobState
from mbl.core.ui.parts import Fact, JobProgress, Link
from mbl.core.views.passive import passive
from mbl.core.words import state_tone, state_word
from profiles.access import standing as standing_in
from transcripts import access
from transcripts.actions.attach import DOCUMENTS
from transcripts.actions.issue import draw
from transcripts.actions.revoke import revoke_transcript
from transcripts.documents.standard import printed
from transcripts.forms.issue import RevokeForm
from transcripts.models import Transcript
from transcripts.queries.register import job_of, taken_back
from transcripts.queries.standings import standing_of
from transcripts.states import Standing


@require_safe
def transcript(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """``/transcripts/<public_id>/``: what it is worth, its file or how far that is, and the document itself."""
    found = access.get_transcript(request.user, public_id)
    worth = standing_of(found)
    document = getattr(found, "document", None)
    successor = getattr(found, "superseded_by", None)
    context = {
        "transcript": found,
        "document": document,
        "progress": None if document else _progress(found, job_of(found)),
        "standing": worth,
        "standing_word": state_word(worth),
        "standing_tone": state_tone(worth),
        "is_current": worth == Standing.VALID,
        "needs_new": worth == Standing.NOT_CURRENT,
        "successor": successor,
        "taken_back": taken_back(found) if worth == Standing.NOT_CURRENT else [],
        "revocation": getattr(found, "revocation", None),
        "is_staff": standing_in(request.user).is_staff,
        "may_issue": bool(access.may_issue(request.user, found.student)),
        "may_revoke": bool(access.may_revoke(request.user, found)) and worth != Standing.REVOKED,
        "download": access.may_download(request.user, found),
        "doc": printed(found),
        "facts": _facts(found),
    }
    return page(request, "transcripts/transcript/detail.html", context)


def _facts(found: Transcript) -> list[Fact]:
    document = getattr(found, "document", None)
    return [
        Fact(_("Student"), found.student),
        Fact(_("For"), found.recipient or "–"),
        Fact(_("Issued"), clock.day_of(found.issued_at, found.district)),
        Fact(_("By"), found.issued_by_name, found.issued_by_title),
        Fact(_("Pages"), document.pages if document else "–"),
    ]


@passive
@require_safe
def transcript_progress(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """The fragment that the page asks for while the file is being made."""
    found = access.get_transcript(request.user, public_id)
    context = {
        "transcript": found,
        "progress": _progress(found, job_of(found)),
        "may_issue": bool(access.may_issue(request.user, found.student)),
    }
    return page(request, "transcripts/transcript/progress.html", context)


def _progress(found: Transcript, job: Job | None) -> JobProgress:
    """How far the file is; for everybody who sees the transcript, not only for whoever asked for it."""
    url = reverse("transcripts:transcript-progress", args=[found.public_id])
    heading = _("The file of this transcript")
    if hasattr(found, "document"):
        file = Link(_("Open the PDF"), reverse("transcripts:transcript-pdf", args=[found.public_id]))
        return JobProgress(heading, url, running=False, done=2, total=2, sentence=_("It is ready."), result=file)
    if job is None or not job.is_open:
        problem = job.problem if job is not None and job.state == JobState.STOPPED else ""
        return JobProgress(heading, url, running=False, problem=problem or _("The file was not made. Make it again."))
    waiting = job.state == JobState.WAITING
    return JobProgress(
        title=heading,
        url=url,
        running=True,
        done=job.done,
        total=job.total,
        sentence=_("It waits for its turn.") if waiting else _("It is being drawn."),
        started=job.started_at,
    )


@require_POST
def transcript_draw(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Make the file that was not made; a file that is there stays."""
    found = access.get_transcript(request.user, public_id)
    verdict = access.may_issue(request.user, found.student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    if not hasattr(found, "document"):
        draw(found, actor=request.user)
    return go(request, reverse("transcripts:transcript", args=[found.public_id]))


@require_safe
def transcript_pdf(request: AuthenticatedRequest, public_id: UUID) -> HttpResponseBase:
    """The file as it was issued, byte for byte."""
    found = access.get_transcript(request.user, public_id)
    verdict = access.may_download(request.user, found)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    document = getattr(found, "document", None)
    if document is None:
        raise Http404
    name = f"transcript-{found.number}.pdf"
    return serve(storages[DOCUMENTS].open(document.stored_name), name, "application/pdf", inline=True, request=request)


@require_http_methods(["GET", "HEAD", "POST"])
def transcript_revoke(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """A reason is asked for; the transcript and its file stay, and the check page says that it was revoked."""
    found = access.get_transcript(request.user, public_id)
    verdict = access.may_revoke(request.user, found)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    here = reverse("transcripts:transcript", args=[found.public_id])
    draft_key = f"revoke-{found.public_id}"
    form = RevokeForm(request.POST if request.method == "POST" else None, initial=typed_before(request, draft_key))
    if request.method == "POST" and form.is_valid():
        with showing_errors(form):
            revoke_transcript(found, reason=form.cleaned_data["reason"], actor=request.user)
            forget_draft(request.user, draft_key)
            return go(request, here, _("Transcript %(number)s is revoked.") % {"number": found.number})
    return page(
        request,
        "transcripts/transcript/revoke.html",
        {"transcript": found, "form": form, "back": here, "draft_key": draft_key},
    )

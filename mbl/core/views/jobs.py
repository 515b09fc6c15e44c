"""How far a piece of long work is; its owner's page, which may be left and come back to."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mbl.core.http import AuthenticatedRequest, page
from mbl.core.models import Job
from mbl.core.states import JobState
from mbl.core.ui.parts import JobProgress, Link
from mbl.core.views.passive import passive


@passive
@require_safe
def job(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """``/jobs/<public_id>/``; the fragment is polled every two seconds while the job is open."""
    found = get_object_or_404(Job, public_id=public_id, owner=request.user)
    return page(request, "core/job.html", {"job": found, "progress": progress_of(found)}, partial="progress")


def progress_of(job: Job) -> JobProgress:
    """The job as the component ``job_progress`` shows it, on this page or on a page of the job's own subject."""
    sentences = {
        JobState.WAITING: _("This waits for its turn."),
        JobState.RUNNING: _("This is being worked on."),
        JobState.DONE: _("This is done."),
    }
    state = JobState(job.state)
    return JobProgress(
        title=_("How far it is"),
        url=reverse("core:job", args=[job.public_id]),
        running=job.is_open,
        done=job.done,
        total=job.total,
        sentence=sentences.get(state, ""),
        problem=job.problem if state is JobState.STOPPED else "",
        result=Link(_("Open the result"), job.result_url) if job.result_url and state is JobState.DONE else None,
        started=job.started_at,
    )

"""Long work of crediting."""

from __future__ import annotations

import tempfile

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from crediting import access
from crediting.actions import attestations, award_proposals, award_reviews, converted, replays
from crediting.actions.award_file import EXPORT
from crediting.actions.fetch_standards import FETCH, fetch_source
from crediting.models import AttestationInvite, FrameworkSource, GradeWindow, PolicyReplay
from crediting.queries import award_file
from crediting.verbs.decisions import AwardsExported
from mbl.core import audit, clock, exports, mail
from mbl.core.jobs import Progress, fenced, job_handler
from mbl.core.models import Job
from profiles.models import School


@job_handler(FETCH)
def fetch_standards(job: Job, progress: Progress) -> None:
    """Look at one address; an address that was given up meanwhile is left alone."""
    source = FrameworkSource.objects.filter(public_id=job.params["source"], is_active=True).first()
    if source is not None:
        fetch_source(source, actor=job.owner)
    progress.finished(reverse("crediting:sources"))


@job_handler(award_proposals.LOOK)
def look_for_awards(job: Job, progress: Progress) -> None:
    """Run twice, the second finds everything listed."""
    assert job.district is not None
    school = School.objects.filter(public_id=job.params["school"]).first() if job.params["school"] else None
    award_proposals.look_through(job.district, school=school, actor=job.owner, step=progress.set)
    progress.finished(reverse("crediting:award-proposals"))


@job_handler(award_reviews.LOOK)
def review_awards(job: Job, progress: Progress) -> None:
    """Run twice, the second finds everything listed."""
    assert job.district is not None
    award_reviews.review_awards(job.district, step=progress.set)
    progress.finished(reverse("crediting:award-reviews"))


@job_handler(award_proposals.CONFIRM)
def confirm_awards(job: Job, progress: Progress) -> None:
    """Run twice, the second finds the first one's awards. What could not be awarded says so on its own line."""
    assert job.owner is not None
    rows = access.award_proposals_visible_to(job.owner).filter(public_id__in=job.params["proposals"])
    answer = award_proposals.confirm_proposals(rows, reason=job.params["reason"], actor=job.owner, step=progress.set)
    shown = "open" if answer.problems else "confirmed"
    progress.finished(reverse("crediting:award-proposals") + f"?show={shown}")


@job_handler(converted.KEEP)
def keep_grades(job: Job, progress: Progress) -> None:
    """Run twice, the second finds everything kept; a worker that takes over goes on with the missing classes."""
    window = GradeWindow.objects.select_related("district", "school").get(public_id=job.params["window"])
    converted.keep_grades(window, step=progress.set)
    progress.finished(reverse("crediting:grade-windows"))


@job_handler(EXPORT)
def make_award_file(job: Job, progress: Progress) -> None:
    """Tab-delimited, without quotes, as the state's files are: it is read by a program, not by a spreadsheet."""
    assert job.district is not None
    counts, layout = award_file.tally(job.district), award_file.layout_of(job.district)
    with tempfile.TemporaryFile() as file:
        file.write(("\t".join(layout.columns) + "\n").encode())
        written = 0
        for row in award_file.rows(job.district, layout):
            file.write(("\t".join(row) + "\n").encode())
            written += 1
            progress.set(written, counts["total"] - counts["left_out"])
        file.seek(0)
        with transaction.atomic():
            fenced(job)
            exports.keep(job, file)
            told = AwardsExported(rows=written, left_out=counts["left_out"], layout=layout.version)
            audit.record(told, actor=job.owner, district=job.district)
    progress.finished(reverse("crediting:award-file-download", args=[job.public_id]))


@job_handler(replays.REPLAY)
def replay_policy(job: Job, progress: Progress) -> None:
    """A worker that takes over begins anew; what is kept is written at the end, once."""
    replay = (
        PolicyReplay.objects.filter(public_id=job.params["replay"])
        .select_related("district", "version__series")
        .first()
    )
    if replay is None:  # the draft was thrown away meanwhile
        return
    if replay.ended_at is None:
        worked = replays.work_through(replay, step=progress.set)
        with transaction.atomic():
            fenced(job)
            replays.keep_replay(replay, worked, actor=job.owner)
    progress.finished(reverse("crediting:replay", args=[replay.public_id]))


@job_handler("crediting.email_attestation")
def email_attestation(job: Job, progress: Progress) -> None:
    """Send a witness their link. One that was used or cancelled meanwhile is not sent. It names no student."""
    invite = (
        AttestationInvite.objects.select_related("request__school", "request__district")
        .filter(public_id=job.params["invite"], used_at=None, cancelled_at=None)
        .first()
    )
    if invite is None or not invite.email:
        return
    with translation.override(invite.language):
        context = {
            "name": invite.name,
            "school": invite.request.school.name,
            "url": attestations.link_of(invite),
            "until": clock.day_of(invite.expires_at, invite.request.district),
            "language": invite.language,
        }
        subject = _("%(school)s asks what you witnessed") % {"school": invite.request.school.name}
        letter = mail.written("attestation", to=invite.email, subject=subject, context=context)
    # Where the address does not exist, a fresh link can be handed over from the request's page.
    mail.was_sent(letter, job=job)

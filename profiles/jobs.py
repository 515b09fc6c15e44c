"""Long work of people and rosters."""

from __future__ import annotations

import io
import tempfile

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from mbl.core import exports, mail
from mbl.core.imports.undo import undo
from mbl.core.jobs import Progress, job_handler
from mbl.core.models import ImportRun, Job
from mbl.core.tabular import write_csv
from profiles import access
from profiles.actions import imports, invitations, pickup
from profiles.actions.audit_log import EXPORT
from profiles.models import Invitation
from profiles.queries import audit_log
from profiles.reports import audit_table
from profiles.states import InvitationState


@job_handler("profiles.email_invitation")
def email_invitation(job: Job, progress: Progress) -> None:
    """Send the letter with the link. One that was accepted or withdrawn meanwhile is not sent."""
    invitation = (
        Invitation.objects.select_related("person", "district")
        .filter(public_id=job.params["invitation"], state=InvitationState.SENT)
        .first()
    )
    if invitation is None or not invitation.email:
        return
    with translation.override(invitation.language):
        context = {
            "name": invitation.person.display_name,
            "district": invitation.district.name,
            "url": invitations.link_of(invitation),
            "days": invitations.GOOD_FOR.days,
            "language": invitation.language,
            "product": settings.PRODUCT_NAME,
        }
        subject = _("Your account at %(district)s") % {"district": invitation.district.name}
        letter = mail.written("invitation", to=invitation.email, subject=subject, context=context)
    # Where the address does not exist, the link stays on the person's page, to be handed over.
    mail.was_sent(letter, job=job)


@job_handler("profiles.import_check")
def import_check(job: Job, progress: Progress) -> None:
    """Read the upload and say what would happen; nothing is written but the record of the check."""
    assert job.district is not None
    result = imports.run_adapter(
        job.params, district=job.district, actor=job.owner, dry_run=True, progress=progress.set
    )
    imports.keep_for(result.run, str(job.params["key"]))
    progress.finished(reverse("profiles:import-run", args=[result.run]))


@job_handler("profiles.import_apply")
def import_apply(job: Job, progress: Progress) -> None:
    """Apply a checked upload. Run twice, the second finds nothing left to do."""
    assert job.district is not None
    result = imports.run_adapter(
        job.params, district=job.district, actor=job.owner, dry_run=False, progress=progress.set
    )
    if result.applied:
        imports.forget(str(job.params["key"]))
    progress.finished(reverse("profiles:import-run", args=[result.run]))


@job_handler("profiles.import_undo")
def import_undo(job: Job, progress: Progress) -> None:
    """Take a run back, or only say what that would do."""
    run = ImportRun.objects.get(public_id=job.params["run"])
    undo(run, actor=job.owner, dry_run=job.params["dry_run"])
    page = "profiles:import-undo" if job.params["dry_run"] else "profiles:import-run"
    progress.finished(reverse(page, args=[run.public_id]))


@job_handler("profiles.pick_up")
def pick_up(job: Job, progress: Progress) -> None:
    """Read what waits in the pick-up folder. A file that was read has moved away, so twice is once."""
    pickup.pick_up(progress=progress.set)


@job_handler(EXPORT)
def audit_export(job: Job, progress: Progress) -> None:
    """Write the log as a table. Whoever may no longer read it when the job's turn comes gets no file."""
    assert job.owner is not None
    assert job.district is not None
    scope = access.get_audit_scope(job.owner, job.district.code)
    narrowed = audit_log.Narrowed.read(job.params["narrowed"])
    with tempfile.TemporaryFile("w+b") as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        write_csv(text, audit_table.header(), audit_table.rows(scope, narrowed, progress.set))
        file.seek(0)
        exports.keep(job, file)
        text.detach()
    progress.finished(reverse("profiles:audit-file", args=[job.public_id]))

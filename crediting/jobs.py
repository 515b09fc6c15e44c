"""Long work of crediting."""

from __future__ import annotations

import tempfile

from django.db import transaction
from django.urls import reverse

from crediting.actions.award_file import EXPORT
from crediting.queries import award_file
from crediting.verbs import AwardsExported
from mbl.core import audit, exports
from mbl.core.jobs import Progress, fenced, job_handler
from mbl.core.models import Job


@job_handler(EXPORT)
def make_award_file(job: Job, progress: Progress) -> None:
    """Tab-delimited, without quotes, as the state's files are: it is read by a program, not by a spreadsheet."""
    assert job.district is not None
    counts = award_file.tally(job.district)
    with tempfile.TemporaryFile() as file:
        file.write(("\t".join(award_file.HEADER) + "\n").encode())
        written = 0
        for row in award_file.rows(job.district):
            file.write(("\t".join(row) + "\n").encode())
            written += 1
            progress.set(written, counts["total"] - counts["left_out"])
        file.seek(0)
        with transaction.atomic():
            fenced(job)
            exports.keep(job, file)
            told = AwardsExported(rows=written, left_out=counts["left_out"])
            audit.record(told, actor=job.owner, district=job.district)
    progress.finished(reverse("crediting:award-file-download", args=[job.public_id]))

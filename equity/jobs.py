"""The report job: count, hide, then make the files from the stored tables. Safe to run twice."""

from __future__ import annotations

import io

from django.db import transaction
from django.urls import reverse
from django.utils import translation

from equity.actions.snapshots import keep_file, take_snapshot
from equity.models import EquitySnapshot
from equity.queries.report import read_tables, school_names
from equity.reports import csv, pdf
from mbl.core.jobs import Progress, fenced, job_handler
from mbl.core.models import Job
from mbl.core.tabular import write_csv


@job_handler("equity.report")
def make_report(job: Job, progress: Progress) -> None:
    """Three steps: the snapshot, the table for spreadsheets, the board copy."""
    assert job.district is not None
    year = int(job.params["school_year"])
    snapshot = EquitySnapshot.objects.filter(job=job).select_related("district").first()
    if snapshot is None:
        with transaction.atomic():
            fenced(job)
            snapshot = take_snapshot(job.district, year, actor=job.owner, job=job)
    progress.set(1, 3)
    tables, schools = read_tables(snapshot), school_names(job.district)
    language = job.district.language
    with translation.override(language):
        text = io.StringIO()
        write_csv(text, csv.header(), csv.rows(tables, job.district, schools))
    with transaction.atomic():
        fenced(job)
        keep_file(snapshot, "csv", language, text.getvalue().encode())
    progress.set(2)
    board_copy = pdf.draw(snapshot, tables, schools, language)
    with transaction.atomic():
        fenced(job)
        keep_file(snapshot, "pdf", language, board_copy.data)
    progress.set(3)
    progress.finished(f"{reverse('equity:report')}?year={year}")

"""Count, hide, keep: a snapshot is taken once and its files are made from it."""

from __future__ import annotations

import hashlib
import json

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from equity.actions.participation import count_participation, keep_participation
from equity.models import EquityFile, EquitySnapshot, EquityTable
from equity.queries.counts import count
from equity.queries.report import build_report, facts_of, stored
from equity.rules.flags import Thresholds
from equity.rules.report import Fact, table_json
from equity.rules.suppression import Hidden
from equity.verbs import RawCountsShown, SnapshotTaken
from mbl.core import audit, clock
from mbl.core.errors import DomainError
from mbl.core.imports.writing import copy_rows
from mbl.core.jobs import enqueue
from mbl.core.models import District, Job, User

# The roll-up in use; the 2024 one is ready to switch on by the district's setting of this name.
DEFAULT_ROLLUP = "federal-2007"


def ask_for_report(district: District, school_year: int, *, actor: User, label: str) -> Job:
    """A job that counts and makes the files. A second click while it waits or runs is the same job."""
    return enqueue(
        "equity.report",
        owner=actor,
        district=district,
        label=label,
        params={"school_year": school_year},
        dedupe_key=f"equity.report:{district.pk}:{school_year}",
        total=3,
    )


@transaction.atomic
def take_snapshot(
    district: District, school_year: int, *, actor: User | None, job: Job | None = None
) -> EquitySnapshot:
    """Count now. What an earlier snapshot of the year hid stays hidden (T54)."""
    # One at a time for a district, so that each knows what the one before it hid.
    District.objects.select_for_update().get(pk=district.pk)
    rollup = str(district.settings.get("race_rollup", DEFAULT_ROLLUP))
    thresholds = thresholds_of(district)
    before = EquitySnapshot.objects.filter(district=district, school_year=school_year).order_by("-pk").first()
    facts = count(district, school_year, rollup)
    hidden_before = {
        (school, partition, group): Hidden.EARLIER
        for school, partition, group, _reason in (before.hidden if before else ())
    }
    snapshot = EquitySnapshot(
        district=district,
        school_year=school_year,
        facts=stored(facts),
        rollup_version=rollup,
        thresholds={
            "least_numerator": thresholds.least_numerator,
            "least_denominator": thresholds.least_denominator,
            "low_ratio": thresholds.low_ratio,
            "high_ratio": thresholds.high_ratio,
        },
        taken_by=actor,
        job=job,
        taken_at=clock.now(),
    )
    report = build_report(snapshot, hidden_before)
    took_part = count_participation(district, school_year, rollup, thresholds, report.hidden)
    snapshot.hidden = [[*place, reason] for place, reason in sorted(took_part.hidden.items())]
    snapshot.save()
    keep_participation(snapshot, took_part)
    copy_rows(
        EquityTable,
        ("snapshot_id", "school", "partition", "subject", "content"),
        (
            (snapshot.pk, school, partition, subject, json.dumps(table_json(table)))
            for (school, partition, subject), table in report.tables.items()
        ),
    )
    audit.record(
        SnapshotTaken(year=f"{school_year - 1}-{school_year % 100:02}", rollup=rollup),
        actor=actor,
        district=district,
        target=snapshot,
    )
    return snapshot


@transaction.atomic
def show_exact_counts(district: District, school_year: int, *, reason: str, actor: User) -> list[Fact]:
    """The raw counts of the newest snapshot, for the screen; that somebody looked, and why, is logged."""
    snapshot = EquitySnapshot.objects.filter(district=district, school_year=school_year).order_by("-pk").first()
    if snapshot is None:
        raise DomainError(_("Nothing has been counted for this school year."))
    audit.record(
        RawCountsShown(year=f"{school_year - 1}-{school_year % 100:02}", reason=reason),
        actor=actor,
        district=district,
        target=snapshot,
    )
    return facts_of(snapshot)


def thresholds_of(district: District) -> Thresholds:
    """The district's own thresholds, the defaults where it set none."""
    chosen = district.settings.get("equity_thresholds", {})
    default = Thresholds()
    return Thresholds(
        least_numerator=int(chosen.get("least_numerator", default.least_numerator)),
        least_denominator=int(chosen.get("least_denominator", default.least_denominator)),
        low_ratio=float(chosen.get("low_ratio", default.low_ratio)),
        high_ratio=float(chosen.get("high_ratio", default.high_ratio)),
    )


def keep_file(snapshot: EquitySnapshot, kind: str, language: str, data: bytes) -> EquityFile:
    """Store a file once; a job that runs twice finds the first."""
    existing = EquityFile.objects.filter(snapshot=snapshot, kind=kind, language=language).first()
    if existing is not None:
        return existing
    name = storages["documents"].save(f"equity/{get_random_string(32)}.{kind}", ContentFile(data))
    return EquityFile.objects.create(
        snapshot=snapshot,
        kind=kind,
        language=language,
        stored_name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
    )

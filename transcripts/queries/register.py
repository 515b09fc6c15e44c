"""The register: what was issued, what it is worth, and whom one can issue for. Each page in a fixed number of trips."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from mbl.core import clock
from mbl.core.models import Job
from profiles.models import Student
from profiles.rules.names import fold
from transcripts.models import Transcript
from transcripts.models.transcript import TranscriptQuerySet
from transcripts.rules.standing import Facts, standing
from transcripts.states import Standing

FOUND_AT_ONCE = 10


@dataclass(frozen=True)
class Tally:
    """How many transcripts have each standing."""

    by_standing: Mapping[Standing, int]

    def count(self, standing: Standing) -> int:
        return self.by_standing.get(standing, 0)

    @property
    def total(self) -> int:
        return sum(self.by_standing.values())


def tally(transcripts: TranscriptQuerySet) -> Tally:
    """One trip: at most eight groups."""
    rows = (
        transcripts.select_related(None)
        .with_standing()
        .order_by()
        .values_list("is_revoked", "is_replaced", "has_reversed_line")  # type: ignore[misc]  # annotated above
        .annotate(number=Count("pk"))
    )
    counts: dict[Standing, int] = {}
    for is_revoked, is_replaced, has_reversed_line, number in rows:
        worth = standing(Facts(is_revoked, is_replaced, has_reversed_line))
        counts[worth] = counts.get(worth, 0) + number
    return Tally(counts)


def listed(transcripts: TranscriptQuerySet, *, show: Standing | None, text: str) -> TranscriptQuerySet:
    """Newest first, of one standing, narrowed by the student's name or ID or by the transcript's number."""
    rows = transcripts.with_standing()
    if show is not None:
        rows = rows.standing_at(show)
    if text:
        rows = rows.filter(_named(text, "student__") | Q(number__iexact=text.strip()))
    return rows.order_by("-issued_at", "-pk")


def find_students(students: QuerySet[Student], text: str) -> list[Student]:
    """The first of the students whose name or ID fits; one more than is shown says that there are more."""
    return list(students.filter(_named(text, ""), is_active=True)[: FOUND_AT_ONCE + 1])


def _named(text: str, path: str) -> Q:
    by_id = Q(**{f"{path}ssid": text.strip()}) | Q(**{f"{path}local_id__iexact": text.strip()})
    by_name = Q()
    for word in fold(text).split():
        by_name &= Q(**{f"{path}person__search_text__contains": word})
    return by_id | by_name


def issued_before(student: Student) -> list[Transcript]:
    """Every transcript of the student with its standing, newest first; one trip."""
    rows = Transcript.objects.with_standing().filter(student=student)
    return list(rows.select_related("school", "document").order_by("-issued_at", "-pk"))


def taken_back(transcript: Transcript) -> list[tuple[str, str, dt.date]]:
    """Title, school year and day of each printed row that was taken back since; one trip."""
    rows = (
        transcript.lines.filter(entry__reversal__isnull=False)
        .order_by("position")
        .values_list("facts__title", "facts__school_year", "entry__reversal__created_at")
    )
    return [(title, f"{year - 1}–{year % 100:02d}", clock.day_of(at, transcript.district)) for title, year, at in rows]


def job_of(transcript: Transcript) -> Job | None:
    """The newest job that makes, or made, the file."""
    return Job.objects.filter(dedupe_key=f"transcripts.render:{transcript.public_id}").order_by("-pk").first()

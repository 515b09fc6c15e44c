"""The standard transcript ready to print: frozen facts in the order of the page, the same for screen, paper and PDF."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mbl.core import clock
from mbl.core.codes import grouped
from mbl.core.figures import qr_code
from transcripts.models import Transcript
from transcripts.queries.student_record import StudentRecord
from transcripts.rules.contents import Header, Line, Summary, thaw


@dataclass(frozen=True)
class Issue:
    """What issuing adds: number, check code and address, and who stands for it."""

    number: str
    code: str
    address: str
    qr: SafeString
    day: dt.date
    by: str
    title: str
    recipient: str


@dataclass(frozen=True)
class Group:
    """Rows of one school in a term; ``school`` is empty where the term's heading already names it."""

    school: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class PrintedTerm:
    """``year`` is as people write it: 2024–25."""

    year: str
    name: str
    grade: str
    school: str
    groups: tuple[Group, ...]
    gpa: str
    cumulative_gpa: str

    @property
    def heading(self) -> str:
        grade = _("Grade %(grade)s") % {"grade": self.grade} if self.grade else ""
        return " · ".join(part for part in (self.year, self.name, grade, self.school) if part)

    @property
    def averages(self) -> str:
        """The averages at the end of the term (T8), or that there is none."""
        if not self.cumulative_gpa:
            return _("No mark with grade points so far")
        if not self.gpa:
            return _("No mark with grade points this term · Cumulative GPA %(gpa)s") % {"gpa": self.cumulative_gpa}
        return _("Term GPA %(term)s · Cumulative GPA %(gpa)s") % {"term": self.gpa, "gpa": self.cumulative_gpa}


@dataclass(frozen=True)
class Printed:
    """One document. ``issue`` is None for what was not issued, and such a page says so (T10)."""

    header: Header
    summary: Summary
    terms: tuple[PrintedTerm, ...]
    issue: Issue | None
    language: str

    @property
    def legal_name(self) -> str:
        """Last, first, middle (T4)."""
        student = self.header.student
        given = " ".join(part for part in (student.first_name, student.middle_name) if part)
        return ", ".join(part for part in (student.last_name, given) if part)

    @property
    def running_head(self) -> str:
        """Whose transcript it is, on every page (T11)."""
        ssid = self.header.student.ssid
        return f"{self.legal_name} · SSID {ssid}" if ssid else self.legal_name

    @property
    def birth_date(self) -> dt.date | None:
        return _day(self.header.student.birth_date)

    @property
    def entry(self) -> dt.date | None:
        return _day(self.header.attendance.entry)

    @property
    def withdrawal(self) -> dt.date | None:
        return _day(self.header.attendance.withdrawal)

    @property
    def graduation(self) -> dt.date | None:
        return _day(self.header.attendance.graduation)


def preview(record: StudentRecord, language: str = "en") -> Printed:
    """The document as it would be issued, without number and code."""
    return assemble(record.header, record.summary, record.lines, None, language)


def printed(transcript: Transcript) -> Printed:
    """The issued document from its frozen facts and nothing else; two queries where nothing was prefetched.

    ``NotOnTheList`` where the frozen facts hold a field that no transcript may carry.
    """
    lines = [thaw(Line, line.facts) for line in transcript.lines.all()]
    header = thaw(Header, transcript.header)
    summary = thaw(Summary, transcript.summary)
    return assemble(header, summary, lines, _issue(transcript), transcript.language)


def check_address(code: str) -> str:
    """Where anybody can check the transcript with this code."""
    return settings.PUBLIC_URL + reverse("transcripts:verify-code", args=[code])


def _issue(transcript: Transcript) -> Issue:
    address = check_address(transcript.code)
    with translation.override(transcript.language):
        label = _("Square code with the address of the check page")
    return Issue(
        number=transcript.number,
        code=grouped(transcript.code),
        address=address,
        qr=qr_code(address, label, css_class="transcript__qr"),
        day=clock.day_of(transcript.issued_at, transcript.district),
        by=transcript.issued_by_name,
        title=transcript.issued_by_title,
        recipient=transcript.recipient,
    )


def assemble(header: Header, summary: Summary, lines: Sequence[Line], issue: Issue | None, language: str) -> Printed:
    """The document in the order of the page. ``lines`` stand in the order of ``summary.terms``."""
    by_term = [tuple(group) for _key, group in groupby(lines, key=lambda line: (line.school_year, line.term))]
    terms = []
    for of_term, totals in zip(by_term, summary.terms, strict=True):
        schools = list(dict.fromkeys(line.school for line in of_term))
        terms.append(
            PrintedTerm(
                year=f"{totals.school_year - 1}–{totals.school_year % 100:02d}",
                name=totals.term,
                grade=totals.grade,
                school=schools[0] if len(schools) == 1 else "",
                groups=tuple(
                    Group(school if len(schools) > 1 else "", tuple(group))
                    for school, group in groupby(of_term, key=lambda line: line.school)
                ),
                gpa=totals.gpa,
                cumulative_gpa=totals.cumulative_gpa,
            )
        )
    return Printed(header, summary, tuple(terms), issue, language)


def _day(iso: str) -> dt.date | None:
    return dt.date.fromisoformat(iso) if iso else None

"""``pdf.transcript``: the transcript of a whole high school time, against the PDF engine alone on a plain table.

Ours: eight terms, 56 rows, averages, legends, square code, four margin boxes, our fonts, tagged as PDF/UA-1. The
reference: 60 rows of six columns in an auto-layout table, untagged, in the machine's font.
"""

from __future__ import annotations

import datetime as dt
import uuid

from bench.measuring import Measurement, interleaved
from mbl.core.figures import qr_code
from transcripts.documents import pdf
from transcripts.documents.standard import Issue, Printed, assemble
from transcripts.rules.contents import (
    Attendance,
    Form,
    Header,
    Identity,
    Legend,
    Line,
    Office,
    Requirement,
    Summary,
    TermSummary,
)
from transcripts.rules.template import DEFAULT_TERMS, parse

NAME = "pdf.transcript"
GOAL = 1.5
ROUNDS = 15
TERMS, ROWS = 8, 7
TITLES = (
    "Algebra 1",
    "World Literature and Composition 9",
    "Biology in the Pacific Northwest",
    "Washington State History",
    "Spanish 1",
    "Physical Education",
    "Introduction to Computer Science",
)
SCHOOL = "Cedar Falls High School"
ADDRESS = "https://transcripts.example.org/verify/7K3MQ9XR000111VW/"


def measure() -> Measurement:
    document = transcript()
    ours, reference = interleaved(
        lambda: pdf.render(document, created="2026-11-21T10:00:00Z", identifier=uuid.UUID(int=1)),
        plain_table,
        rounds=ROUNDS,
    )
    return Measurement(NAME, ours, reference, "ms", GOAL)


def transcript() -> Printed:
    """Eight semesters of seven courses each."""
    lines: list[Line] = []
    sums: list[TermSummary] = []
    for term in range(TERMS):
        year, name, grade = 2024 + term // 2, f"Semester {term % 2 + 1}", str(9 + term // 2)
        sums.append(TermSummary(year, name, grade, "3.300", "3.412"))
        for row, title in enumerate(TITLES[:ROWS]):
            mark, letter = ("A", "B+", "P", "F", "C-")[row % 5], "B" if row % 2 else ""
            lines.append(Line(year, name, grade, SCHOOL, f"MAT{term}0{row}", title, letter, mark, "0.500", "0.500"))
    terms = parse(DEFAULT_TERMS)
    form = Form("sample", 1, terms.title, terms.statement, terms.marks, (Legend("B", "College preparatory"),))
    header = Header(
        form,
        Office("Cedar Falls School District", "03017", "100 Main Street, Cedar Falls, WA 98000", "(360) 555-0100"),
        Office(SCHOOL, "0417", "200 River Road, Cedar Falls, WA 98000", "(360) 555-0117"),
        Identity("Warsame", "Ifrah", "Asha", "1234567890", "2027", "90017", "2009-03-14", "F"),
        Attendance(("Cedar Falls Middle School", SCHOOL), "2023-09-06"),
    )
    requirements = tuple(Requirement(line.label, line.otherwise) for line in terms.requirements)
    summary = Summary("28.000", "26.500", "24.000", "81.888", "3.412", tuple(sums), requirements)
    issue = Issue(
        number="CEDAR-2027-000123",
        code="7K3M-Q9XR-0001-11VW",
        address=ADDRESS,
        qr=qr_code(ADDRESS, "Square code with the address of the check page", css_class="transcript__qr"),
        day=dt.date(2026, 11, 21),
        by="Rita Okafor",
        title="Registrar",
        recipient="Evergreen Coast University",
    )
    return assemble(header, summary, lines, issue, "en")


def plain_table() -> bytes:
    from weasyprint import HTML

    rest = "<td>B+</td><td>0.500</td><td>0.500</td>"
    rows = "".join(
        f"<tr><td>2024-25</td><td>MAT{row:03}</td><td>{TITLES[row % 7]}</td>{rest}</tr>" for row in range(60)
    )
    head = "".join(f"<th>{word}</th>" for word in ("Year", "Course", "Title", "Mark", "Attempted", "Earned"))
    page = f"<!doctype html><html lang='en'><title>Plain</title><table><tr>{head}</tr>{rows}</table></html>"
    data: bytes = HTML(string=page).write_pdf()
    return data

"""The real file, opened and read."""

from __future__ import annotations

import datetime as dt
import io
import re
import subprocess
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pypdf
import pytest
from pypdf.generic import DictionaryObject

from mbl.core import clock
from profiles.models import Student
from tests.factories.profiles import make_student
from tests.factories.transcripts import make_line, make_transcript
from tests.transcripts.conftest import Office
from transcripts.documents import pdf
from transcripts.documents.standard import preview, printed
from transcripts.models import Transcript
from transcripts.queries.student_record import student_record


def issued(office: Office, **fields: Any) -> tuple[Transcript, pypdf.PdfReader]:
    transcript = make_transcript(office.student, office.registrar, **fields)
    file = pdf.render(printed(transcript), created="2026-11-21T10:00:00Z", identifier=transcript.public_id)
    reader = pypdf.PdfReader(io.BytesIO(file.data))
    assert len(reader.pages) == file.pages
    return transcript, reader


def unofficial(office: Office) -> pypdf.PdfReader:
    record = student_record(office.student, on=clock.today(office.district))
    return pypdf.PdfReader(io.BytesIO(pdf.render(preview(record)).data))


def text_of(reader: pypdf.PdfReader) -> str:
    return "\n".join(page.extract_text() for page in reader.pages)


def root_of(reader: pypdf.PdfReader) -> Any:
    """The catalog, whose entries are of every kind."""
    return reader.root_object


def elements(node: Any) -> Iterator[Any]:
    """Every structure element of the tag tree, in reading order."""
    node = node.get_object()
    if isinstance(node, DictionaryObject):
        yield node
        children = node.get("/K", [])
        children = children.get_object() if hasattr(children, "get_object") else children
        for child in children if isinstance(children, list) else [children]:
            if isinstance(child.get_object() if hasattr(child, "get_object") else child, DictionaryObject):
                yield from elements(child)


def make_plain_student(office: Office) -> Student:
    """A second student with nothing on the record."""
    return make_student(office.school, "Nell Quist", ssid="9876543210", graduation_year=2028)


def history(office: Office, count: int, *, per_term: int = 7) -> None:
    """``count`` more courses, ``per_term`` in each semester from 2023-24 on."""
    for number in range(count):
        semester = number // per_term
        make_line(
            office.student,
            f"Course with a name of usual length {number:02}",
            ("A", "B+", "P", "F", "C-")[number % 5],
            school_year=2024 + semester // 2,
            term=f"Semester {semester % 2 + 1}",
            term_order=semester % 2 + 1,
            grade=f"{9 + semester // 2:02}",
        )


def test_what_was_issued_can_be_read_from_the_file(office: Office) -> None:
    transcript, reader = issued(office, recipient="Evergreen Coast University")
    text = text_of(reader)

    for words in (
        "District transcript (sample layout)",
        "Official transcript",
        "Warsame, Ifrah",
        "State student ID 1234567890",
        "Graduation requirement year 2027",
        "Cedar Falls High School · School 0417",
        "Cedar Falls School District · District 03017",
        transcript.number,
        "Evergreen Coast University",
        "2024–25 · Semester 1 · Grade 10 · Cedar Falls High School",
        "Term GPA 3.650 · Cumulative GPA 3.650",
        "Credits attempted 1.500",
        "GPA points 3.650",
        "Issued by Rita Okafor, Registrar",
        f"/verify/{transcript.code}/",
    ):
        assert words in text, words
    assert re.search(r"Biology\s+B\+\s+0\.500\s+0\.500", text)
    assert re.search(r"Spanish 1\s+P\s+0\.500\s+0\.500", text)


def test_the_file_is_tagged_titled_and_in_one_language(office: Office) -> None:
    transcript, reader = issued(office)
    root = root_of(reader)

    assert reader.metadata is not None
    assert reader.metadata.title == f"Transcript {transcript.number}"
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    tags = [element["/S"] for element in elements(root["/StructTreeRoot"]) if "/S" in element]
    assert tags.count("/H1") == 1
    assert tags.count("/Table") == 1
    assert tags.count("/TH") == 5 + 2 + 3, "heads, terms, rows"
    figure = next(element for element in elements(root["/StructTreeRoot"]) if element.get("/S") == "/Figure")
    assert figure["/Alt"] == "Square code with the address of the check page"


def test_every_cell_names_its_row_and_column(office: Office) -> None:
    _transcript, reader = issued(office)

    cells = [one for one in elements(root_of(reader)["/StructTreeRoot"]) if one.get("/S") == "/TD" and "/A" in one]
    marks = [cell for cell in cells if len(cell["/A"].get("/Headers", [])) == 2]
    assert len(marks) == 3 * 4


def test_fonts_are_in_the_file(office: Office) -> None:
    _transcript, reader = issued(office)

    resources: list[Any] = [page["/Resources"] for page in reader.pages]
    fonts = [font.get_object() for one in resources for font in one["/Font"].values()]
    assert fonts
    for font in fonts:
        assert font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object().get("/FontFile2")
        assert "+Doc" in font["/BaseFont"], "our own face, and none of this machine's"


@pytest.mark.rule("T10", partial=True)
def test_only_what_was_issued_goes_without_the_word_unofficial(office: Office) -> None:
    history(office, 60)
    _transcript, official = issued(office)
    draft = unofficial(office)

    assert "UNOFFICIAL" not in text_of(official).upper()
    assert len(draft.pages) >= 2
    assert all("UNOFFICIAL" in page.extract_text() for page in draft.pages)
    assert "Check code" not in text_of(draft)


@pytest.mark.rule("T11")
def test_every_page_says_whose_it_is_and_where_it_stands(office: Office) -> None:
    history(office, 150)
    transcript, reader = issued(office)
    total = len(reader.pages)

    assert total >= 3
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        assert "Warsame, Ifrah · SSID 1234567890" in text
        assert f"Page {number} of {total}" in text
        assert transcript.number in text


@pytest.mark.rule("T11")
@pytest.mark.parametrize("courses", range(36, 62, 3))
def test_a_term_is_never_cut_from_its_first_row(office: Office, courses: int) -> None:
    history(office, courses, per_term=9)
    _transcript, reader = issued(office)

    for page in reader.pages:
        lines = [line for line in page.extract_text().splitlines() if line.strip()]
        for place, line in enumerate(lines):
            if re.search(r"· Semester \d · Grade", line):
                assert any("Course with a name" in row or "0.500" in row for row in lines[place + 1 : place + 2]), line


def test_eight_terms_of_seven_rows_fill_two_pages(office: Office) -> None:
    history(office, 56)
    _transcript, reader = issued(office)

    assert len(reader.pages) == 2


def test_the_same_facts_give_the_same_bytes(office: Office) -> None:
    transcript = make_transcript(office.student, office.registrar)
    made = [
        pdf.render(printed(transcript), created="2026-11-21T10:00:00Z", identifier=uuid.UUID(int=7)) for _ in range(2)
    ]

    assert made[0].sha256 == made[1].sha256


@pytest.mark.rule("T3", "T4", "R39")
def test_nothing_else_about_the_student_is_in_the_file(office: Office) -> None:
    person = office.student.person
    person.preferred_name, person.email, person.phone = "Iffy", "iffy@example.org", "555-0199"
    person.save()
    _transcript, reader = issued(office)
    everything = text_of(reader) + str(reader.metadata) + str(reader.root_object)

    for line in ("High School and Beyond Plan", "Washington State History", "Graduation Pathway", "Seal of Biliteracy"):
        assert line in everything
    for secret in ("Iffy", "iffy@example.org", "555-0199", "proficient", "mastery"):
        assert secret.lower() not in everything.lower()


@pytest.mark.rule("T8", "T13", partial=True)
def test_a_record_of_passes_has_no_average_and_never_a_zero(office: Office) -> None:
    student = make_plain_student(office)
    make_line(student, "Art", "P")
    make_line(student, "Choir", "NC")
    transcript = make_transcript(student, office.registrar)
    text = text_of(pypdf.PdfReader(io.BytesIO(pdf.render(printed(transcript)).data)))

    assert "No mark with grade points so far" in text
    assert "Cumulative GPA none" in text
    assert "GPA credits 0.000" in text
    assert not re.search(r"Cumulative GPA 0", text)


def test_a_student_without_courses_has_a_transcript_that_says_so(office: Office) -> None:
    transcript = make_transcript(make_plain_student(office), office.registrar)
    text = text_of(pypdf.PdfReader(io.BytesIO(pdf.render(printed(transcript)).data)))

    assert "No high school courses are on this student's record." in text
    assert "Credits attempted 0.000" in text


def test_a_course_without_credit_prints_its_zeros(office: Office) -> None:
    make_line(office.student, "Advisory", "P", attempted="0.000", earned="0.000")
    _transcript, reader = issued(office)

    assert re.search(r"Advisory\s+P\s+0\.000\s+0\.000", text_of(reader))


@pytest.mark.parametrize(
    ("family", "given"),
    [
        ("Đặng", "Minh Châu"),
        ("Гриценко", "Оксана"),
        ("Núñez-O’Brien de la Cruz y Fernández-Villaverde", "María Guadalupe de los Ángeles"),
        ("sdaʔdaʔ gʷəɬ dibəɬ", "ləšucid"),
        ("Θεοδωράκης", "Μίκης"),
    ],
)
def test_names_of_every_kind_can_be_read_back(office: Office, family: str, given: str) -> None:
    person = office.student.person
    person.family_name, person.given_name = family, given
    person.save()
    office.student.refresh_from_db()
    _transcript, reader = issued(office)

    assert f"{family}, {given}".replace(" ", "") in text_of(reader).replace(" ", "").replace("\n", "")


def test_a_very_long_title_wraps_in_its_column(office: Office) -> None:
    title = "Introduction to the Ecology, History and Stewardship of the Rivers and Estuaries of the Salish Sea " * 2
    make_line(office.student, title[:190].strip(), "B")
    _transcript, reader = issued(office)

    words = text_of(reader).replace("\n", " ")
    assert "Stewardship of the Rivers" in words


def test_markup_in_a_title_is_only_text(office: Office) -> None:
    make_line(office.student, '<img src="http://example.org/x.png"><b>Art & Design</b>', "B")
    _transcript, reader = issued(office)

    assert '<img src="http://example.org/x.png"><b>Art & Design</b>' in text_of(reader).replace("\n", " ")


def test_the_file_can_be_drawn_as_pictures(office: Office, tmp_path: Any) -> None:
    transcript = make_transcript(office.student, office.registrar)
    (tmp_path / "t.pdf").write_bytes(pdf.render(printed(transcript)).data)
    try:
        done = subprocess.run(
            ["pdftoppm", "-r", "40", "-png", "t.pdf", "t"], cwd=tmp_path, capture_output=True, text=True
        )
    except FileNotFoundError:
        pytest.skip("pdftoppm is not on this machine.")

    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "t-1.png").stat().st_size > 2000


def test_credits_keep_three_places(office: Office) -> None:
    make_line(office.student, "College Writing", "A-", attempted="0.333", earned="0.333", earned_on=dt.date(2025, 6, 1))
    transcript, reader = issued(office)

    assert re.search(r"College Writing\s+A-\s+0\.333\s+0\.333", text_of(reader))
    assert transcript.summary["attempted"] == str(Decimal("1.833"))

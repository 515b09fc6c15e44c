"""The plan as a PDF: tagged, in the language asked for, with the frozen version's own words."""

import datetime as dt
import io
from typing import Any

import pytest
from pypdf import PdfReader

from hsbp.actions.family import make_copy, sign_plan
from hsbp.documents.family_copy import draw_copy, html_of
from tests.factories.hsbp import make_review, make_revision, write
from tests.personas import Personas

pytestmark = pytest.mark.django_db

PARTS: dict[str, Any] = {
    "goals": {"after_high_school": "Convertirme en electricista: ʔəshəliʔ, Nuñez.", "career": "Electrician"},
    "courses": {"12": [{"code": "NOPE1", "title": "Boat building"}]},
    "pathway": {"options": ["cte_sequence"], "reason": "I like tools."},
    "activities": [{"kind": "work", "title": "Cashier", "years": "2026"}],
    "aid": {"programs": "2026-10-01"},
}


def test_the_copy_is_a_tagged_pdf_with_title_and_language(personas: Personas) -> None:
    revision = make_revision(personas.student.student, **PARTS)
    pdf = draw_copy(make_copy(revision, language="es", actor=personas.family.user))
    reader = PdfReader(io.BytesIO(pdf.data))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value  # type: ignore[index]
    assert root["/Lang"] == "es"  # type: ignore[index]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value  # type: ignore[index]
    assert reader.metadata is not None and "Sofia Ramirez" in str(reader.metadata.title)
    xmp = root["/Metadata"].get_object().get_data().decode()  # type: ignore[index]
    assert "pdfuaid" in xmp
    text = "".join(page.extract_text() for page in reader.pages)
    for said in ("Convertirme en electricista", "Boat building", "NOPE1", "I like tools.", "Cashier"):
        assert said in text, said


def test_the_copy_says_what_was_frozen_and_not_what_was_typed_later(personas: Personas) -> None:
    student = personas.student.student
    revision = make_revision(student, **PARTS)
    copy = make_copy(revision, language="en", actor=personas.student.user)
    write(student, goals={"career": "Something else"})
    html = html_of(copy)
    assert "Electrician" in html and "Something else" not in html
    assert "Not approved by the school yet." in html


def test_an_approved_and_signed_version_says_by_whom_and_when(personas: Personas) -> None:
    student = personas.student.student
    revision = make_review(student, personas.counselor.user, **PARTS).revision
    signature = sign_plan(revision, typed_name="Elena Ramirez", language="es", actor=personas.family.user)
    html = html_of(make_copy(revision, language="en", actor=personas.family.user))
    assert "Approved by Carla Nguyen on" in html
    day = signature.signed_on
    assert f"Signed by Elena Ramirez on {day:%b} {day.day}, {day.year} (Spanish)." in html
    assert isinstance(day, dt.date)


def test_the_same_copy_gives_the_same_bytes(personas: Personas) -> None:
    revision = make_revision(personas.student.student, **PARTS)
    copy = make_copy(revision, language="en", actor=personas.student.user)
    assert draw_copy(copy).sha256 == draw_copy(copy).sha256

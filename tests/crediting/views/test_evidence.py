"""The pages of evidence: add, look, change, and the file that only the right people get."""

import io
import uuid

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from crediting.actions.evidence import add_evidence
from crediting.models import Evidence
from crediting.states import EvidenceKind
from mbl.core import files
from mbl.core.models import Draft
from tests.assertions import assert_no_writes, assert_queries
from tests.crediting.pages import LargeForm, post_after_expiry, text_of
from tests.factories.crediting import Ground, make_draft, make_evidence, make_request
from tests.personas import Personas

pytestmark = pytest.mark.django_db

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
EXE = b"MZ\x90\x00" + b"\x00" * 200
KEY = str(uuid.uuid4())
LIST_TRIPS = 8


def png() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (12, 8), "teal").save(picture, "PNG")
    return picture.getvalue()


def upload(name: str, content: bytes, kind: str = "application/octet-stream") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, kind)


# --- Adding -----------------------------------------------------------------------------------------------------------


def test_a_photo_arrives_from_a_phone(personas: Personas) -> None:
    fields = {"key": KEY, "title": "Mural", "alt_text": "A mural of the creek", "reflection": "", "happened_on": ""}
    browser = personas.student.client()
    answer = browser.post("/evidence/new/?kind=photo", {**fields, "file": upload("IMG_1.png", png(), "image/png")})
    evidence = Evidence.objects.get()
    assert answer["Location"] == f"/evidence/{evidence.public_id}/"
    assert (evidence.student, evidence.kind, evidence.alt_text) == (
        personas.student.student,
        "photo",
        "A mural of the creek",
    )
    page = text_of(browser.get(answer["Location"]))
    assert f'src="/evidence/{evidence.public_id}/file/" alt="A mural of the creek"' in page


def test_each_kind_asks_for_its_own(personas: Personas) -> None:
    browser = personas.student.client()
    asked = {
        kind: {
            name for name in ("file", "alt_text", "url", "body")
            if f'name="{name}"' in text_of(browser.get(f"/evidence/new/?kind={kind}"))
        }
        for kind in EvidenceKind
    }  # fmt: skip
    assert asked == {"file": {"file"}, "photo": {"file", "alt_text"}, "link": {"url"}, "text": {"body"}}


def test_evidence_goes_straight_into_the_request_it_was_added_for(personas: Personas, ground: Ground) -> None:
    request = make_draft(ground, personas.student.student, personas.teacher.person)
    browser = personas.student.client()
    answer = browser.post(
        f"/evidence/new/?kind=text&request={request.public_id}", {"key": KEY, "title": "Proof", "body": "Because."}
    )
    assert answer["Location"] == f"/requests/{request.public_id}/"
    assert [use.evidence.title for use in request.uses.all()] == ["Proof"]


def test_a_double_click_keeps_one_piece(personas: Personas) -> None:
    browser = personas.student.client()
    answers = [
        browser.post("/evidence/new/?kind=text", {"key": KEY, "title": "Proof", "body": "Because."})["Location"]
        for _press in range(2)
    ]
    assert len(set(answers)) == Evidence.objects.count() == 1


def test_a_key_that_is_somebody_elses_piece_makes_a_piece_of_its_own(personas: Personas) -> None:
    theirs = make_evidence(personas.other_district_student.student)
    fields = {"key": str(theirs.public_id), "title": "Proof", "body": "Because."}

    answer = personas.student.client().post("/evidence/new/?kind=text", fields)

    mine = Evidence.objects.get(student=personas.student.student)
    assert answer["Location"] == f"/evidence/{mine.public_id}/"
    assert mine.public_id != theirs.public_id


@pytest.mark.parametrize(
    ("kind", "file", "sentence"),
    [
        ("file", upload("report.pdf", EXE, "application/pdf"), "The name ends in .pdf, but what is inside is"),
        ("file", upload("drawing.svg", SVG, "image/svg+xml"), "This kind of file cannot be taken."),
        ("photo", upload("photo.png", SVG, "image/png"), "The name ends in .png, but what is inside is"),
        ("photo", upload("report.pdf", b"%PDF-1.7\n%EOF", "application/pdf"), "This is not a photo."),
        ("file", upload("empty.pdf", b"", "application/pdf"), "empty"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_in_words(
    personas: Personas, kind: str, file: SimpleUploadedFile, sentence: str
) -> None:
    fields = {"key": KEY, "title": "My report", "alt_text": "A page", "reflection": "What I learned"}
    answer = personas.student.client().post(f"/evidence/new/?kind={kind}", {**fields, "file": file})
    page = text_of(answer)
    assert answer.status_code == 422 and sentence in page
    assert 'value="My report"' in page and "What I learned" in page  # nothing typed is lost
    assert not Evidence.objects.exists()


def test_two_hundred_megabytes_are_refused_and_what_was_typed_stays(personas: Personas) -> None:
    large = LargeForm(
        {"key": KEY, "title": "Town hall talk", "reflection": "I was nervous."},
        name="talk.mp4",
        size=200 * 1024 * 1024,
    )
    answer = large.post(personas.student.client(), "/evidence/new/?kind=file")
    page = text_of(answer)
    assert answer.status_code == 422
    assert "This file is too large: 200.0 MB. A file may have up to 50.0 MB." in page.replace("\xa0", " ")
    assert 'value="Town hall talk"' in page and "I was nervous." in page
    assert not Evidence.objects.exists()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,<b>hi</b>", "https://me:pw@example.org/"])
def test_a_link_that_is_no_plain_web_address_is_refused(personas: Personas, url: str) -> None:
    answer = personas.student.client().post("/evidence/new/?kind=link", {"key": KEY, "title": "Site", "url": url})
    assert answer.status_code == 422 and not Evidence.objects.exists()


def test_a_link_shows_its_site_and_gives_nothing_away(personas: Personas) -> None:
    evidence = make_evidence(
        personas.student.student, "My talk", kind=EvidenceKind.LINK, url="https://www.video.example.org/w/1?a=1&b=2"
    )
    page = text_of(personas.student.client().get(f"/evidence/{evidence.public_id}/"))
    assert 'href="https://www.video.example.org/w/1?a=1&amp;b=2" rel="noopener noreferrer" target="_blank"' in page
    assert "Open video.example.org" in page


def test_an_address_without_scheme_is_read_as_a_web_address(personas: Personas) -> None:
    browser = personas.student.client()
    browser.post("/evidence/new/?kind=link", {"key": KEY, "title": "Site", "url": "example.org/work"})
    assert Evidence.objects.get().url == "https://example.org/work"


def test_a_formula_or_markup_in_a_title_is_only_text(personas: Personas) -> None:
    for title in ('=HYPERLINK("http://evil")', "<script>alert(1)</script>", "{{ settings.SECRET_KEY }}"):
        evidence = make_evidence(personas.student.student, title)
        page = text_of(personas.student.client().get(f"/evidence/{evidence.public_id}/"))
        assert "<script>alert(1)" not in page and "tests-only" not in page
        assert evidence.title == title


# --- Drafts -----------------------------------------------------------------------------------------------------------


def test_what_was_typed_and_not_sent_is_there_again(personas: Personas) -> None:
    browser = personas.student.client()
    kept = browser.post("/drafts/evidence-new-text/", {"key": KEY, "title": "Proof", "body": "Half a thought"})
    assert kept.status_code == 204
    page = text_of(browser.get("/evidence/new/?kind=text"))
    assert 'value="Proof"' in page and "Half a thought" in page and KEY in page
    browser.post("/evidence/new/?kind=text", {"key": KEY, "title": "Proof", "body": "A whole thought"})
    assert not Draft.objects.exists()


def test_a_form_sent_after_the_session_ended_opens_again_with_its_text(personas: Personas) -> None:
    browser = personas.student.client()
    fields = {"key": KEY, "title": "Proof", "body": "Two pages of words.", "reflection": "It was hard."}
    again = post_after_expiry(browser, personas.student.user, "/evidence/new/?kind=text", fields)
    assert not Evidence.objects.exists()
    page = text_of(browser.get(again))
    assert "Two pages of words." in page and "It was hard." in page and 'value="Proof"' in page


# --- Seeing -----------------------------------------------------------------------------------------------------------


def test_the_list_takes_the_same_trips_for_one_piece_and_for_thirty(personas: Personas) -> None:
    make_evidence(personas.student.student)
    browser = personas.student.client()
    browser.get("/evidence/")
    with assert_queries(LIST_TRIPS), assert_no_writes():
        assert browser.get("/evidence/").status_code == 200
    for number in range(29):
        make_evidence(personas.student.student, f"Piece {number}")
    with assert_queries(LIST_TRIPS):
        page = text_of(browser.get("/evidence/"))
    assert "Piece 28" in page and "Piece 3<" not in page  # 25 on a page


def test_the_family_sees_what_was_sent_and_no_more(personas: Personas, ground: Ground) -> None:
    sent, unsent = make_evidence(personas.student.student, "Sent"), make_evidence(personas.student.student, "Private")
    make_request(ground, personas.student.student, personas.teacher.person, evidence=[sent])
    browser = personas.family.client()
    page = text_of(browser.get("/evidence/"))
    assert "Sent" in page and "Private" not in page and "Add evidence" not in page
    assert browser.get(f"/evidence/{sent.public_id}/").status_code == 200
    assert browser.get(f"/evidence/{unsent.public_id}/").status_code == 404


# --- The file ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def photo(personas: Personas, ground: Ground) -> Evidence:
    evidence = add_evidence(
        student=personas.student.student,
        kind=EvidenceKind.PHOTO,
        title="Mural",
        alt_text="A mural",
        file=files.check_upload(upload("mural.png", png(), "image/png")),
        actor=personas.student.user,
    )
    make_request(ground, personas.student.student, personas.teacher.person, evidence=[evidence])
    return evidence


@pytest.mark.rule("R76", partial=True)
def test_the_file_is_for_those_who_may_see_it(personas: Personas, photo: Evidence) -> None:
    answers = {
        persona.name: persona.client().get(f"/evidence/{photo.public_id}/file/").status_code for persona in personas
    }
    assert answers == {
        "student": 200,
        "family": 200,
        "teacher": 200,
        "credit_manager": 200,
        "principal": 200,
        "counselor": 404,
        "registrar": 404,
        "administrator": 404,
        "other_district_administrator": 404,
        "other_district_student": 404,
        "anonymous": 302,
    }


def test_the_file_is_served_closed(personas: Personas, photo: Evidence) -> None:
    answer = personas.student.client().get(f"/evidence/{photo.public_id}/file/")
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Disposition"] == 'inline; filename="mural.png"'
    saved = personas.student.client().get(f"/evidence/{photo.public_id}/file/?download")
    assert saved["Content-Disposition"] == 'attachment; filename="mural.png"'


def test_evidence_without_a_file_has_none(personas: Personas) -> None:
    text = make_evidence(personas.student.student)
    assert personas.student.client().get(f"/evidence/{text.public_id}/file/").status_code == 404


def test_a_file_that_is_gone_from_the_disk_is_an_honest_404(personas: Personas, photo: Evidence) -> None:
    storages["evidence"].delete(photo.stored_name)
    assert personas.student.client().get(f"/evidence/{photo.public_id}/file/").status_code == 404


# --- Changing and throwing away ---------------------------------------------------------------------------------------


def test_unsent_words_can_be_changed_and_the_piece_thrown_away(personas: Personas) -> None:
    evidence = make_evidence(personas.student.student)
    browser = personas.student.client()
    assert "My proof" in text_of(browser.get(f"/evidence/{evidence.public_id}/edit/"))
    changed = {"title": "A better title", "body": "Because.", "reflection": "", "happened_on": ""}
    assert browser.post(f"/evidence/{evidence.public_id}/edit/", changed).status_code == 302
    evidence.refresh_from_db()
    assert evidence.title == "A better title"
    assert browser.get(f"/evidence/{evidence.public_id}/discard/").status_code == 405
    assert browser.post(f"/evidence/{evidence.public_id}/discard/")["Location"] == "/evidence/"
    assert not Evidence.objects.exists()


def test_sent_evidence_says_why_it_stays(personas: Personas, photo: Evidence) -> None:
    browser = personas.student.client()
    answer = browser.post(f"/evidence/{photo.public_id}/discard/")
    assert answer.status_code == 400 and "it stays on your record" in text_of(answer)
    assert "Throw it away" not in text_of(browser.get(f"/evidence/{photo.public_id}/"))


def test_staff_have_no_evidence_of_their_own(personas: Personas) -> None:
    answer = personas.teacher.client().get("/evidence/")
    assert answer.status_code == 403 and "for students and their families" in text_of(answer)

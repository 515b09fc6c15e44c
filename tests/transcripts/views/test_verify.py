"""The check page: what anybody may know."""

from __future__ import annotations

import re
import time

import pytest
from django.core.cache import cache
from django.test import Client

from mbl.core.codes import grouped
from tests.assertions import assert_no_writes, assert_queries
from tests.factories.transcripts import make_transcript, run_waiting_jobs, take_back
from tests.transcripts.conftest import Office
from transcripts.actions.revoke import revoke_transcript
from transcripts.models import Transcript, TranscriptDocument

WORDS = {
    "valid": "This transcript is valid",
    "not_current": "This transcript is no longer current",
    "replaced": "This transcript was replaced",
    "revoked": "This transcript was revoked",
    "unknown": "No transcript has this code",
}


def page_of(code: str) -> str:
    response = Client().get(f"/verify/{code}/")
    assert response.status_code == 200
    return response.content.decode()


def says(code: str) -> str:
    """The one word the page has for this code."""
    html = page_of(code)
    found = [word for word, heading in WORDS.items() if heading in html]
    assert len(found) == 1, found
    return found[0]


@pytest.fixture
def transcript(office: Office) -> Transcript:
    transcript = make_transcript(office.student, office.registrar, recipient="Evergreen Coast University")
    run_waiting_jobs()
    return transcript


def test_a_code_says_valid_until_something_happens(office: Office, transcript: Transcript) -> None:
    assert says(transcript.code) == "valid"
    take_back(office.student.ledger.get(course_title="Geometry"))
    assert says(transcript.code) == "not_current"
    second = make_transcript(office.student, office.registrar, replaces=transcript)
    assert (says(transcript.code), says(second.code)) == ("replaced", "valid")
    revoke_transcript(second, reason="Sent to the wrong college.", actor=office.registrar)
    assert says(second.code) == "revoked"


def test_the_page_names_school_number_date_and_pages_and_no_student(office: Office, transcript: Transcript) -> None:
    document = TranscriptDocument.objects.get(transcript=transcript)
    html = page_of(transcript.code)

    for words in (
        transcript.number,
        "Cedar Falls High School",
        "Cedar Falls School District",
        "(360) 555-0117",
        "Page 1 of 1",
        document.sha256,
        grouped(transcript.code),
    ):
        assert words in html, words
    for secret in ("Warsame", "Ifrah", "1234567890", "Biology", "3.650", "Evergreen Coast", str(transcript.public_id)):
        assert secret not in html, secret


def test_the_reason_of_a_revocation_stays_in_the_school(office: Office, transcript: Transcript) -> None:
    revoke_transcript(transcript, reason="Forged signature of the principal", actor=office.registrar)

    assert "Forged" not in page_of(transcript.code)


def test_while_the_file_is_being_made_the_page_says_so(office: Office) -> None:
    transcript = make_transcript(office.student, office.registrar)

    assert "The file is being made" in page_of(transcript.code)


@pytest.mark.parametrize("change", [str.lower, grouped, lambda code: f" {code} ", lambda code: code.replace("0", "o")])
def test_a_code_is_read_however_it_is_typed(transcript: Transcript, change: object) -> None:
    assert callable(change)

    assert says(change(transcript.code)) == "valid"


def without_code(html: str) -> str:
    """The page without what depends on the typed code and on the request."""
    return re.sub(r"<bdi>[^<]*</bdi>|/verify/[^\"]*|csrf[^>]*>", "", html)


@pytest.mark.parametrize("code", ["ZZZZZZZZZZZZZZZZ", "7K3M", "x", "UUUUUUUUUUUUUUUU", "%3Cscript%3E", "0" * 300])
def test_unknown_and_malformed_codes_are_answered_alike(db: None, code: str) -> None:
    assert says(code) == "unknown"
    assert without_code(page_of(code)) == without_code(page_of("0000000000000000"))


@pytest.mark.parametrize("code", ["0000000000000000", "nonsense"])
def test_an_unknown_code_costs_one_trip_like_a_known_one(transcript: Transcript, code: str) -> None:
    for asked in (transcript.code, code):
        with assert_queries(1), assert_no_writes():
            Client().get(f"/verify/{asked}/")


def test_what_was_typed_is_only_text(db: None) -> None:
    assert "<script>alert" not in page_of("%3Cscript%3Ealert(1)%3C%2Fscript%3E".replace("%2F", ""))


def test_the_form_goes_on_to_the_codes_own_page(transcript: Transcript) -> None:
    client = Client()

    assert client.get("/verify/").status_code == 200
    assert client.get("/verify/", {"code": ""}).status_code == 200
    answer = client.get("/verify/", {"code": grouped(transcript.code).lower()})
    assert (answer.status_code, answer["Location"]) == (302, f"/verify/{transcript.code}/")
    assert client.get("/verify/", {"code": " - "}).status_code == 302


@pytest.mark.parametrize("path", ["/verify/", "/verify/0000000000000000/"])
def test_the_pages_are_read_only_and_stay_out_of_search_engines_and_caches(db: None, path: str) -> None:
    client = Client()
    response = client.get(path)

    assert client.post(path).status_code == 405
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert 'name="robots" content="noindex' in response.content.decode()


def test_trying_codes_ends_in_an_honest_pause(transcript: Transcript) -> None:
    cache.clear()
    # Limits count in fixed minutes: begin early enough in one that it holds all the tries.
    if (left := 60 - time.time() % 60) < 20:
        time.sleep(left)
    client = Client(REMOTE_ADDR="198.51.100.7")
    answers = [client.get(f"/verify/{number:016d}/") for number in range(21)]

    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    last = answers[-1]
    assert "Wait" in last.content.decode()
    assert 0 < int(last["Retry-After"]) <= 60
    assert last["X-Robots-Tag"] == "noindex, nofollow"
    assert Client(REMOTE_ADDR="198.51.100.8").get(f"/verify/{transcript.code}/").status_code == 200

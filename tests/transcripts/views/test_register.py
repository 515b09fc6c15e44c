"""The registrar's pages, and the student's and family's."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.storage import storages
from django.test import Client

from mbl.core.models import User
from profiles.states import Role
from tests.assertions import assert_no_writes
from tests.factories.profiles import make_account_holder, make_guardian, make_role, make_student
from tests.factories.transcripts import make_line, make_transcript, run_waiting_jobs, take_back
from tests.transcripts.conftest import Office
from transcripts.actions.revoke import revoke_transcript
from transcripts.models import Transcript, TranscriptDocument


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def client(office: Office) -> Client:
    return client_of(office.registrar)


@pytest.fixture
def student_client(office: Office) -> Client:
    assert office.student.person.user is not None
    return client_of(office.student.person.user)


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, name
    return found[1]


def issue_fields(client: Client, office: Office, **fields: str) -> dict[str, str]:
    """The fields of the preview as a browser would send them."""
    html = client.get(f"/transcripts/new/{office.student.public_id}/").content.decode()
    return {
        "issue_key": hidden(html, "issue_key"),
        "seen": hidden(html, "seen"),
        "title": "Registrar",
        "recipient": "",
        "replaces": "none",
    } | fields


def test_the_list_says_what_needs_a_new_one(office: Office, client: Client) -> None:
    assert "No transcript has been issued yet." in client.get("/transcripts/").content.decode()
    transcript = make_transcript(office.student, office.registrar)
    assert "1 transcript has been issued." in client.get("/transcripts/").content.decode()
    take_back(office.student.ledger.get(course_title="Geometry"))

    html = client.get("/transcripts/").content.decode()
    assert "1 of 1 transcripts is no longer current" in html
    assert transcript.number in html
    assert transcript.number in client.get("/transcripts/?show=not_current").content.decode()
    assert transcript.number not in client.get("/transcripts/?show=valid").content.decode()


@pytest.mark.parametrize("text", ["warsame", "Ífrah wars", "1234567890", "{local}"])
def test_a_student_is_found_by_name_or_number(office: Office, client: Client, text: str) -> None:
    text = text.format(local=office.student.local_id)
    html = client.get("/transcripts/", {"q": text}).content.decode()

    assert html.count(f"/transcripts/new/{office.student.public_id}/") == 1


def test_nobody_is_found_in_another_district(office: Office, client: Client) -> None:
    html = client_of(office.other_registrar).get("/transcripts/", {"q": "warsame"}).content.decode()

    assert str(office.student.public_id) not in html
    assert "No student of your schools is found" in html


def queries(client: Client, path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(path)
    with CaptureQueriesContext(connection) as captured, assert_no_writes():
        assert client.get(path).status_code == 200
    return len(captured)


def test_the_pages_make_as_many_trips_for_one_as_for_thirty(office: Office, client: Client) -> None:
    make_transcript(office.student, office.registrar)
    paths = ("/transcripts/", "/transcripts/?q=warsame", f"/transcripts/new/{office.student.public_id}/")
    before = [queries(client, path) for path in paths]
    for number in range(29):
        make_transcript(office.student, office.registrar, recipient=f"College {number}")
        make_student(office.school, f"Warsame Number{number}")
        make_line(office.student, f"Course {number}", "B", school_year=2026)

    assert [queries(client, path) for path in paths] == before
    assert "1 to 25 of 30" in client.get("/transcripts/").content.decode()


def test_the_preview_is_the_document_with_what_it_leaves_out(office: Office, client: Client) -> None:
    make_line(office.student, "Chemistry", "F")
    with assert_no_writes():
        html = client.get(f"/transcripts/new/{office.student.public_id}/").content.decode()

    for words in (
        "Warsame, Ifrah",
        "Unofficial. Not issued.",
        "Not shown here, and why",
        "state rules allow only what you see on this page",
        "Why this GPA",
        "3.650 points ÷ 1.500 credits of 3 rows = 2.433.",
        "The mark P has no grade points, so it is outside the GPA.",
        "Issue transcript",
    ):
        assert words in html, words


@pytest.mark.rule("T5")
def test_a_malformed_state_number_takes_the_button_away(office: Office, client: Client) -> None:
    office.student.ssid = "12345"
    office.student.save()
    path = f"/transcripts/new/{office.student.public_id}/"
    html = client.get(path).content.decode()

    assert "It must have exactly ten digits" in html
    assert "Issue transcript" not in html
    key = "00000000-0000-0000-0000-000000000001"
    answer = client.post(path, {"issue_key": key, "seen": "x", "title": "Registrar"})
    assert answer.status_code == 422
    assert not Transcript.objects.exists()


def test_issuing_leads_to_the_transcripts_page_where_the_file_grows(office: Office, client: Client) -> None:
    path = f"/transcripts/new/{office.student.public_id}/"
    answer = client.post(path, issue_fields(client, office, recipient="Evergreen Coast University"), follow=True)
    transcript = Transcript.objects.get()
    page = f"/transcripts/{transcript.public_id}/"

    assert answer.redirect_chain == [(page, 302)]
    html = answer.content.decode()
    assert f"Transcript {transcript.number} is issued. Its file is being made." in html
    assert f'hx-get="{page}progress/"' in html
    run_waiting_jobs()
    fragment = client.get(f"{page}progress/").content.decode()
    assert f"{page}pdf/" in fragment and "hx-get" not in fragment
    assert "Open the PDF" in client.get(page).content.decode()


def test_the_file_is_handed_out_byte_for_byte(office: Office, client: Client) -> None:
    transcript = make_transcript(office.student, office.registrar)
    path = f"/transcripts/{transcript.public_id}/pdf/"
    assert client.get(path).status_code == 404
    run_waiting_jobs()

    response: Any = client.get(path)
    document = TranscriptDocument.objects.get()
    with storages["documents"].open(document.stored_name) as file:
        assert b"".join(response.streaming_content) == file.read()
    assert response["Content-Type"] == "application/pdf"
    assert f"transcript-{transcript.number}.pdf" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]


def test_a_double_click_and_two_tabs_issue_once(office: Office, client: Client) -> None:
    path = f"/transcripts/new/{office.student.public_id}/"
    tabs = [issue_fields(client, office, recipient="Evergreen"), issue_fields(client, office, recipient="Evergreen")]

    answers = [client.post(path, fields) for fields in (tabs[0], tabs[0], tabs[1])]

    assert {answer["Location"] for answer in answers} == {f"/transcripts/{Transcript.objects.get().public_id}/"}


def test_after_an_issue_the_preview_offers_to_issue_one_more(office: Office, client: Client) -> None:
    path = f"/transcripts/new/{office.student.public_id}/"
    client.post(path, issue_fields(client, office, recipient="Evergreen"))
    client.post(path, issue_fields(client, office, recipient="Evergreen"))

    assert Transcript.objects.count() == 2


def test_a_stale_preview_shows_the_record_as_it_is_now(office: Office, client: Client) -> None:
    fields = issue_fields(client, office, recipient="Evergreen")
    make_line(office.student, "Chemistry", "C")
    answer = client.post(f"/transcripts/new/{office.student.public_id}/", fields)

    assert answer.status_code == 422
    html = answer.content.decode()
    assert "The record has changed since you opened this preview." in html
    assert "Chemistry" in html and 'value="Evergreen"' in html
    assert not Transcript.objects.exists()
    assert client.post(answer.request["PATH_INFO"], fields | {"seen": hidden(html, "seen")}).status_code == 302


def test_a_corrected_one_is_offered_where_something_was_taken_back(office: Office, client: Client) -> None:
    old = make_transcript(office.student, office.registrar, recipient="Evergreen")
    take_back(office.student.ledger.get(course_title="Geometry"))
    html = client.get(f"/transcripts/{old.public_id}/").content.decode()
    link = f"/transcripts/new/{office.student.public_id}/?replaces={old.public_id}"
    assert link in html

    preview = client.get(link).content.decode()
    assert re.search(rf'value="{old.public_id}"[^>]*checked', preview)
    fields = issue_fields(client, office, recipient="Evergreen", replaces=str(old.public_id))
    client.post(f"/transcripts/new/{office.student.public_id}/", fields)
    new = Transcript.objects.get(supersedes=old)
    assert new.number in client.get(f"/transcripts/{old.public_id}/").content.decode()


def test_revoking_asks_for_a_reason_on_a_page_of_its_own(office: Office, client: Client) -> None:
    transcript = make_transcript(office.student, office.registrar)
    path = f"/transcripts/{transcript.public_id}/revoke/"

    assert client.post(path, {"reason": " "}).status_code == 422
    assert client.post(path, {"reason": "Wrong student."}).status_code == 302
    html = client.get(f"/transcripts/{transcript.public_id}/").content.decode()
    assert "Revoked" in html and "Wrong student." in html


def test_a_file_that_was_not_made_can_be_made_again(office: Office, client: Client) -> None:
    from mbl.core.models import Job

    transcript = make_transcript(office.student, office.registrar)
    Job.objects.update(state="stopped", problem="The disk was full.")
    page = f"/transcripts/{transcript.public_id}/"
    assert "The disk was full." in client.get(page).content.decode()

    assert client.post(f"{page}file/").status_code == 302
    assert run_waiting_jobs() == 1
    assert TranscriptDocument.objects.count() == 1


def test_students_see_their_record_and_their_transcripts(office: Office, student_client: Client) -> None:
    transcript = make_transcript(office.student, office.registrar, recipient="Evergreen")
    run_waiting_jobs()
    with assert_no_writes():
        html = student_client.get("/transcript/").content.decode()

    assert "You have earned 1.500 credits. Your GPA is 3.650." in html
    assert "Unofficial. Not issued." in html and "Biology" in html
    page = f"/transcripts/{transcript.public_id}/"
    assert page in html
    theirs = student_client.get(page).content.decode()
    assert "Open the PDF" in theirs and "Revoke it" not in theirs
    assert student_client.get(f"{page}pdf/").status_code == 200
    assert student_client.get("/transcripts/")["Location"] == "/transcript/"


def test_a_district_may_hand_out_copies_itself(office: Office, student_client: Client, client: Client) -> None:
    transcript = make_transcript(office.student, office.registrar)
    run_waiting_jobs()
    office.district.settings = {"transcript_download": False}
    office.district.save()

    page = f"/transcripts/{transcript.public_id}/"
    assert "Ask the school&#x27;s office" in student_client.get(page).content.decode()
    assert student_client.get(f"{page}pdf/").status_code == 403
    assert client.get(f"{page}pdf/").status_code == 200


def test_a_family_chooses_among_its_own_children_only(office: Office) -> None:
    parent = make_account_holder(office.district, "Asha Warsame")
    sister = make_student(office.school, "Nadifa Warsame")
    for child in (office.student, sister):
        make_guardian(parent, child)
    stranger = make_student(office.school, "Somebody Else")
    assert parent.user is not None
    client = client_of(parent.user)

    html = client.get("/transcript/").content.decode()
    assert "Transcript of Ifrah Warsame" in html and f"?child={sister.public_id}" in html
    assert "Transcript of Nadifa" in client.get(f"/transcript/?child={sister.public_id}").content.decode()
    assert client.get(f"/transcript/?child={stranger.public_id}").status_code == 404
    assert client.get("/transcript/?child=nonsense").status_code == 404


def test_the_reason_of_a_revocation_is_the_schools(office: Office, student_client: Client) -> None:
    transcript = make_transcript(office.student, office.registrar)
    revoke_transcript(transcript, reason="Altered by a third person.", actor=office.registrar)

    html = student_client.get(f"/transcripts/{transcript.public_id}/").content.decode()
    assert "Altered" not in html and "Ask the school" in html


@pytest.mark.parametrize("way", ["", "progress/", "pdf/", "revoke/"])
def test_another_district_knows_nothing_of_it(office: Office, way: str) -> None:
    transcript = make_transcript(office.student, office.registrar)
    run_waiting_jobs()

    client = client_of(office.other_registrar)
    assert client.get(f"/transcripts/{transcript.public_id}/{way}").status_code == 404
    assert client.get(f"/transcripts/new/{office.student.public_id}/").status_code == 404


def test_a_teacher_is_told_that_registrars_do_this(office: Office) -> None:
    teacher = make_account_holder(office.district, "Tomas Reed")
    make_role(teacher, Role.TEACHER, office.school)
    assert teacher.user is not None
    client = client_of(teacher.user)

    assert client.get("/transcripts/").status_code == 403
    assert client.get("/transcript/").status_code == 403
    assert client.get(f"/transcripts/{make_transcript(office.student, office.registrar).public_id}/").status_code == 404


def test_a_family_reads_its_view_in_its_language_and_the_paper_stays_as_issued(
    office: Office, student_client: Client
) -> None:
    transcript = make_transcript(office.student, office.registrar)
    account = office.student.person.user
    assert account is not None
    account.language = "es"
    account.save()

    own = student_client.get("/transcript/").content.decode()
    issued = student_client.get(f"/transcripts/{transcript.public_id}/").content.decode()
    assert re.search(r'class="transcript transcript--unofficial" lang="es"', own)
    assert re.search(r'class="transcript" lang="en"', issued)
    assert "Official transcript" in issued

"""Issuing: what is copied, what is counted, what happens twice."""

from __future__ import annotations

import datetime as dt
import io
import uuid

import pypdf
import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, connection, transaction

from mbl.core import clock
from mbl.core.codes import is_well_formed
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import AuditEvent, Job, Notification
from profiles.states import Role
from tests.factories.profiles import make_account_holder, make_role
from tests.factories.transcripts import make_line, make_registrar, make_transcript, run_waiting_jobs, take_back
from tests.transcripts.conftest import Office
from transcripts.actions.issue import issue_transcript
from transcripts.actions.revoke import revoke_transcript
from transcripts.documents import pdf
from transcripts.documents.standard import preview, printed
from transcripts.models import Transcript, TranscriptDocument
from transcripts.queries.standings import standing_of
from transcripts.queries.student_record import student_record
from transcripts.states import Standing

KEY = uuid.UUID(int=1)


def fresh(transcript: Transcript) -> Transcript:
    return Transcript.objects.with_standing().get(pk=transcript.pk)


def test_issuing_copies_every_printed_fact(office: Office) -> None:
    transcript = issue_transcript(
        office.student, actor=office.registrar, issue_key=KEY, recipient="Evergreen  Coast University "
    )
    person = office.student.person
    person.family_name = "Changed"
    person.save()
    office.school.name = "Renamed"
    office.school.save()

    document = printed(fresh(transcript))

    assert document.legal_name == "Warsame, Ifrah"
    assert document.header.school.name == "Cedar Falls High School"
    assert [line.title for term in document.terms for group in term.groups for line in group.lines] == [
        "Biology",
        "Geometry",
        "Spanish 1",
    ]
    assert document.issue is not None
    assert (document.issue.by, document.issue.title) == ("Rita Okafor", "Registrar")
    assert document.issue.recipient == "Evergreen Coast University"


def test_a_transcript_has_a_number_a_code_and_a_job(office: Office) -> None:
    first = make_transcript(office.student, office.registrar)
    second = make_transcript(office.student, office.registrar)

    year = int(first.number.split("-")[1])
    assert [first.number, second.number] == [f"CEDAR-{year}-000001", f"CEDAR-{year}-000002"]
    assert is_well_formed(first.code) and first.code != second.code
    assert Job.objects.filter(kind="transcripts.render").count() == 2


def test_numbers_count_in_each_district_by_itself(office: Office) -> None:
    make_transcript(office.student, office.registrar)
    other = office.other_registrar.people.get().district.students.get()

    assert make_transcript(other, office.other_registrar).number.startswith("SOUTHPORT-")
    assert make_transcript(other, office.other_registrar).number.endswith("-000002")


@pytest.mark.rule("T10")
def test_only_an_issued_one_is_official_and_the_ledger_says_who_to_whom_when_on_what(office: Office) -> None:
    draft = preview(student_record(office.student, on=clock.today(office.district)))
    assert "UNOFFICIAL" in pypdf.PdfReader(io.BytesIO(pdf.render(draft).data)).pages[0].extract_text()
    transcript = make_transcript(office.student, office.registrar, recipient="Evergreen Coast University")
    run_waiting_jobs()

    issued, drawn = AuditEvent.objects.filter(target_id=transcript.public_id).order_by("pk")
    assert issued.verb == "transcripts.transcript.issued"
    assert (issued.actor, issued.student_id) == (office.registrar, office.student.public_id)
    assert abs(issued.at - transcript.issued_at) < dt.timedelta(minutes=1)
    assert issued.payload == {
        "recipient": "Evergreen Coast University",
        "template": "District transcript (sample layout) v1",
        "lines": 3,
        "supersedes": "",
    }
    document = TranscriptDocument.objects.get(transcript=transcript)
    assert drawn.payload == {"pages": 1, "size": document.size, "sha256": document.sha256}
    with storages["documents"].open(document.stored_name) as file:
        paper = pypdf.PdfReader(io.BytesIO(file.read())).pages[0].extract_text()
    assert "Official transcript" in paper and "UNOFFICIAL" not in paper.upper()


def test_the_same_preview_sent_twice_gives_the_first_transcript(office: Office) -> None:
    first = issue_transcript(office.student, actor=office.registrar, issue_key=KEY, recipient="College A")
    colleague = make_registrar(office.school, "Ruth Adeyemi")

    assert issue_transcript(office.student, actor=office.registrar, issue_key=KEY, recipient="college a") == first
    assert issue_transcript(office.student, actor=colleague, issue_key=KEY, recipient="College A ") == first
    assert Transcript.objects.count() == 1
    assert AuditEvent.objects.filter(verb="transcripts.transcript.issued").count() == 1


def test_the_same_preview_for_another_reader_is_another_transcript(office: Office) -> None:
    issue_transcript(office.student, actor=office.registrar, issue_key=KEY, recipient="College A")
    issue_transcript(office.student, actor=office.registrar, issue_key=KEY, recipient="College B")

    assert Transcript.objects.count() == 2


def test_a_record_that_changed_since_the_preview_is_not_issued_unseen(office: Office) -> None:
    seen = student_record(office.student, on=office.student.person.district.created_at.date()).digest
    make_line(office.student, "Chemistry", "C")

    with pytest.raises(DomainError, match="changed since you opened this preview"):
        issue_transcript(office.student, actor=office.registrar, issue_key=KEY, seen=seen)
    assert not Transcript.objects.exists()


@pytest.mark.rule("T5")
def test_without_a_state_number_nothing_is_issued(office: Office) -> None:
    office.student.ssid = ""
    office.student.save()

    with pytest.raises(DomainError, match="state student ID is missing"):
        make_transcript(office.student, office.registrar)
    assert not Transcript.objects.exists()
    assert not Job.objects.exists()


@pytest.mark.rule("T12")
def test_a_mark_that_means_nothing_here_blocks_with_its_course(office: Office) -> None:
    make_line(office.student, "Chemistry", "A+")

    with pytest.raises(DomainError, match=r"Chemistry \(2024-25\) has the mark “A\+”"):
        make_transcript(office.student, office.registrar)


@pytest.mark.parametrize("role", [Role.TEACHER, Role.COUNSELOR, Role.CREDIT_MANAGER, Role.PRINCIPAL])
def test_only_a_registrar_issues(office: Office, role: Role) -> None:
    person = make_account_holder(office.district, "Somebody Else")
    make_role(person, role, office.school)
    assert person.user is not None

    with pytest.raises(NotAllowed, match="Only a registrar"):
        make_transcript(office.student, person.user)


def test_another_districts_registrar_does_not_issue(office: Office) -> None:
    with pytest.raises(NotAllowed):
        make_transcript(office.student, office.other_registrar)


def test_a_new_one_takes_the_place_of_an_earlier_one_once(office: Office) -> None:
    first = make_transcript(office.student, office.registrar)
    second = make_transcript(office.student, office.registrar, replaces=first)

    assert standing_of(fresh(first)) == Standing.REPLACED
    assert standing_of(fresh(second)) == Standing.VALID
    assert second.supersedes == first
    with pytest.raises(DomainError, match=f"{first.number} has already been replaced"):
        make_transcript(office.student, office.registrar, replaces=first)
    assert Transcript.objects.count() == 2


def test_another_students_transcript_cannot_be_replaced(office: Office) -> None:
    other = office.other_registrar.people.get().district.students.get()
    theirs = make_transcript(other, office.other_registrar)

    with pytest.raises(DomainError, match="another student"):
        make_transcript(office.student, office.registrar, replaces=theirs)


def test_credit_taken_back_later_makes_it_no_longer_current(office: Office) -> None:
    transcript = make_transcript(office.student, office.registrar)
    entry = office.student.ledger.get(course_title="Geometry")
    take_back(entry)

    assert standing_of(fresh(transcript)) == Standing.NOT_CURRENT
    corrected = make_transcript(office.student, office.registrar, replaces=transcript)
    assert standing_of(fresh(transcript)) == Standing.REPLACED
    assert standing_of(fresh(corrected)) == Standing.VALID
    assert [line.facts["title"] for line in corrected.lines.all()] == ["Biology", "Spanish 1"]
    assert [line.facts["title"] for line in transcript.lines.all()] == ["Biology", "Geometry", "Spanish 1"]


@pytest.mark.rule("R36", "T25")
def test_credit_added_later_leaves_it_valid(office: Office) -> None:
    transcript = make_transcript(office.student, office.registrar)
    make_line(office.student, "Chemistry", "B", school_year=2026)

    assert standing_of(fresh(transcript)) == Standing.VALID
    assert transcript.lines.count() == 3


def test_revoking_asks_for_a_reason_and_happens_once(office: Office) -> None:
    transcript = make_transcript(office.student, office.registrar)

    with pytest.raises(DomainError, match="Say why"):
        revoke_transcript(transcript, reason="  ", actor=office.registrar)
    first = revoke_transcript(transcript, reason="Sent for the wrong student.", actor=office.registrar)
    second = revoke_transcript(transcript, reason="Again.", actor=office.registrar)

    assert second == first
    assert second.reason == "Sent for the wrong student."
    assert standing_of(fresh(transcript)) == Standing.REVOKED
    assert [event.payload for event in AuditEvent.objects.filter(verb="transcripts.transcript.revoked")] == [
        {"reason": "Sent for the wrong student."}
    ]


def test_another_districts_registrar_does_not_revoke(office: Office) -> None:
    transcript = make_transcript(office.student, office.registrar)

    with pytest.raises(NotAllowed):
        revoke_transcript(transcript, reason="Mine.", actor=office.other_registrar)
    assert standing_of(fresh(transcript)) == Standing.VALID


@pytest.mark.parametrize(
    "table",
    [
        "transcripts_transcript",
        "transcripts_transcriptline",
        "transcripts_transcriptdocument",
        "transcripts_transcriptrevocation",
        "transcripts_transcripttemplate",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_issued(office: Office, table: str) -> None:
    transcript = make_transcript(office.student, office.registrar)
    run_waiting_jobs()
    revoke_transcript(transcript, reason="For this test.", actor=office.registrar)

    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
            connection.cursor().execute(statement)


def test_the_file_is_made_once_and_told_once(office: Office) -> None:
    transcript = make_transcript(office.student, office.registrar)

    assert run_waiting_jobs() == 1
    assert run_waiting_jobs() == 0
    Job.objects.update(state="waiting")
    assert run_waiting_jobs() == 1

    document = TranscriptDocument.objects.get(transcript=transcript)
    with storages["documents"].open(document.stored_name) as file:
        assert file.read(5) == b"%PDF-"
    assert str(office.student) not in document.stored_name and transcript.number not in document.stored_name
    notice = Notification.objects.get(user=office.registrar)
    assert notice.code == "transcripts.ready"
    assert notice.url == f"/transcripts/{transcript.public_id}/"

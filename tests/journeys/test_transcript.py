"""From a student's proof to a paper that a college checks, and what the paper says after the credit is taken back."""

from __future__ import annotations

import io
import re
from typing import Any

import pypdf
import pytest
from django.test import Client

from crediting.actions.decisions import award_credit, reverse_award
from crediting.models import CreditRequest, LedgerEntry
from crediting.states import RequestState
from mbl.core.models import AuditEvent, Notification
from tests.factories.crediting import make_course_row, make_ground, make_request
from tests.factories.transcripts import make_line, run_waiting_jobs
from tests.personas import Personas
from transcripts.models import Transcript

pytestmark = pytest.mark.django_db


def says(code: str) -> str:
    """The heading of the check page, as anybody sees it."""
    html = Client().get(f"/verify/{code}/").content.decode()
    heading = re.search(r"<h1[^>]*>([^<]*)</h1>", html)
    assert heading
    return heading[1]


def issue(registrar: Client, personas: Personas, recipient: str, replaces: str = "none") -> Transcript:
    """What a registrar does: open the preview, fill in the form, send it."""
    path = f"/transcripts/new/{personas.student.student.public_id}/"
    html = registrar.get(path).content.decode()
    hidden = {name: re.search(rf'name="{name}" value="([^"]*)"', html) for name in ("issue_key", "seen")}
    fields = {name: found[1] for name, found in hidden.items() if found}
    answer = registrar.post(path, {**fields, "recipient": recipient, "title": "Registrar", "replaces": replaces})
    assert answer.status_code == 302, answer.content.decode()
    return Transcript.objects.get(public_id=answer["Location"].strip("/").split("/")[-1])


def text_of(client: Client, transcript: Transcript) -> str:
    """The words of the downloaded file."""
    response: Any = client.get(f"/transcripts/{transcript.public_id}/pdf/")
    assert response.status_code == 200
    reader = pypdf.PdfReader(io.BytesIO(b"".join(response.streaming_content)))
    return "\n".join(page.extract_text() for page in reader.pages)


@pytest.mark.rule("R36", "T7", "T13", "T25")
@pytest.mark.rule("R31", "R35", "R39", partial=True)
def test_mastery_credit_becomes_a_line_that_a_college_can_check(personas: Personas) -> None:
    student, registrar = personas.student.student, personas.registrar.client()
    ground = make_ground(personas.school)
    failed = make_course_row(student, ground.course, "F")
    make_line(student, "English 9", "B", attempted="1.000", earned="1.000")

    # A teacher judges what the student shows, and a credit manager awards the credit.
    request = make_request(
        ground, student, personas.teacher.person, RequestState.AWARDED, decider=personas.credit_manager.user
    )

    # The registrar sees the document before it exists, and issues it.
    preview = registrar.get(f"/transcripts/new/{student.public_id}/").content.decode()
    assert "evidence, levels and comments are never on this document" in preview
    first = issue(registrar, personas, "Evergreen Coast University")
    assert run_waiting_jobs() == 1
    assert Notification.objects.filter(user=personas.registrar.account, code="transcripts.ready").count() == 1

    # Failed course and mastery credit stand side by side; the pass earns and does not count.
    paper = text_of(registrar, first)
    assert re.search(r"Geometry\s+F\s+1\.000\s+0\.000", paper)
    assert re.search(r"Geometry\s+P\s+1\.000\s+1\.000", paper)
    assert "Credits earned 2.000" in paper
    assert "Cumulative GPA 1.500" in paper
    for private in ("My proof", "Comment on proficient", "Proofs I wrote", personas.teacher.person.display_name):
        assert private not in paper

    # Student and family read it; the college checks it without an account.
    for reader in (personas.student.client(), personas.family.client()):
        assert first.number in reader.get("/transcript/").content.decode()
        assert "Geometry" in text_of(reader, first)
    assert says(first.code) == "This transcript is valid"

    # The award is taken back: the paper out there is no longer current, and what it said stays on record.
    decision = CreditRequest.objects.get(pk=request.pk).decisions.get()
    reverse_award(decision, reason="Entered for the wrong student.", actor=personas.credit_manager.user)
    assert says(first.code) == "This transcript is no longer current"
    assert "1 of 1 transcripts is no longer current" in registrar.get("/transcripts/").content.decode()
    assert text_of(registrar, first) == paper

    # A corrected one takes its place.
    second = issue(registrar, personas, "Evergreen Coast University", replaces=str(first.public_id))
    run_waiting_jobs()
    corrected = text_of(registrar, second)
    assert re.search(r"Geometry\s+F\s+1\.000\s+0\.000", corrected)
    assert not re.search(r"Geometry\s+P", corrected)
    assert (says(first.code), says(second.code)) == ("This transcript was replaced", "This transcript is valid")

    # The credit is awarded again, rightly: it prints on the next transcript, as the row that replaces the old one.
    award_credit(request, reason="It was the right student.", actor=personas.credit_manager.user, replaces=decision)
    third = issue(registrar, personas, "Evergreen Coast University", replaces=str(second.public_id))
    assert LedgerEntry.objects.get(transcript_lines__transcript=third, kind="mastery").replaces is not None
    assert says(second.code) == "This transcript was replaced"
    failed.refresh_from_db()
    assert (failed.mark, str(failed.credits_earned)) == ("F", "0.000")
    assert AuditEvent.objects.filter(verb="transcripts.transcript.issued").count() == 3

"""Evidence comes in once, serves several requests, and stays as it was sent."""

import io
import uuid

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from crediting.actions.evidence import (
    add_evidence,
    attach_evidence,
    detach_evidence,
    discard_evidence,
    update_evidence,
)
from crediting.actions.requests import return_request
from crediting.models import Evidence, EvidenceUse
from crediting.states import EvidenceKind, RequestState
from mbl.core import files
from mbl.core.errors import DomainError, NotAllowed
from tests.crediting.recorded import Recorded
from tests.factories.crediting import Ground, make_draft, make_evidence, make_ground, make_request
from tests.personas import Personas

pytestmark = pytest.mark.django_db


def photo() -> files.CheckedFile:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(picture, "PNG")
    return files.check_upload(SimpleUploadedFile("mural.png", picture.getvalue(), "image/png"))


def test_a_photo_is_kept_outside_the_public_path_with_its_fingerprint(personas: Personas) -> None:
    recorded = Recorded()
    checked = photo()
    evidence = add_evidence(
        student=personas.student.student,
        kind=EvidenceKind.PHOTO,
        title=" My mural ",
        alt_text="A mural of the creek",
        reflection="I would plan the colours first.",
        file=checked,
        actor=personas.student.user,
    )
    assert (evidence.title, evidence.file_name, evidence.content_type) == ("My mural", "mural.png", "image/png")
    assert evidence.sha256 == checked.sha256 and "mural" not in evidence.stored_name
    assert storages["evidence"].exists(evidence.stored_name)
    (event,) = recorded.events
    assert (event.verb, event.payload) == (
        "crediting.evidence.added",
        {"kind": "photo", "sha256": checked.sha256},
    )


def test_the_same_form_twice_keeps_one_piece(personas: Personas) -> None:
    key = uuid.uuid4()
    first = make_evidence(personas.student.student, key=key)
    recorded = Recorded()
    second = make_evidence(personas.student.student, "Another title", key=key)
    assert second == first and second.title == "My proof"
    assert Evidence.objects.count() == 1 and recorded.verbs == []


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        (EvidenceKind.TEXT, {"title": "  ", "body": "x"}, "title"),
        (EvidenceKind.TEXT, {"title": "Proof", "body": " "}, "body"),
        (EvidenceKind.FILE, {"title": "Report"}, "file"),
        (EvidenceKind.LINK, {"title": "Site", "url": "javascript:alert(1)"}, "url"),
        (EvidenceKind.LINK, {"title": "Site", "url": "data:text/html,hello"}, "url"),
        (EvidenceKind.LINK, {"title": "Site", "url": "https://me:secret@example.org/"}, "url"),
        (EvidenceKind.LINK, {"title": "Site", "url": "ftp://example.org/work"}, "url"),
    ],
)
def test_what_is_incomplete_or_unsafe_is_refused_at_its_field(
    personas: Personas, kind: EvidenceKind, fields: dict[str, str], field: str
) -> None:
    recorded = Recorded()
    with pytest.raises(DomainError) as refused:
        add_evidence(student=personas.student.student, kind=kind, actor=personas.student.user, **fields)  # type: ignore[arg-type]
    assert refused.value.field == field and str(refused.value)
    assert not Evidence.objects.exists() and recorded.verbs == []


def test_a_photo_needs_words_for_people_who_cannot_see_it(personas: Personas) -> None:
    with pytest.raises(DomainError, match="what the photo shows") as refused:
        add_evidence(
            student=personas.student.student,
            kind=EvidenceKind.PHOTO,
            title="Mural",
            file=photo(),
            actor=personas.student.user,
        )
    assert refused.value.field == "alt_text"


@pytest.mark.django_db(transaction=True)
def test_a_file_whose_row_could_not_be_written_is_not_left_behind(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[str] = []
    real = files.store

    def store(checked: files.CheckedFile) -> files.StoredFile:
        stored = real(checked)
        kept.append(stored.key)
        return stored

    monkeypatch.setattr(files, "store", store)
    with pytest.raises(Exception, match="value too long"), transaction.atomic():
        add_evidence(
            student=personas.student.student,
            kind=EvidenceKind.PHOTO,
            title="T" * 500,
            alt_text="A mural",
            file=photo(),
            actor=personas.student.user,
        )
    assert kept and not storages["evidence"].exists(kept[0])


def test_nobody_adds_evidence_for_somebody_else(personas: Personas) -> None:
    for persona in (personas.teacher, personas.family, personas.other_district_student):
        with pytest.raises(NotAllowed):
            add_evidence(
                student=personas.student.student, kind=EvidenceKind.TEXT, title="x", body="y", actor=persona.user
            )


def test_one_piece_serves_two_requests(personas: Personas, ground: Ground) -> None:
    other = make_ground(personas.school, scale=ground.scale, standards=ground.standards, title="Algebra 2")
    student = personas.student.student
    journey = make_evidence(student, "Canoe journey")
    for one in (ground, other):
        request = make_request(one, student, personas.teacher.person, evidence=[journey])
        assert request.state == RequestState.SUBMITTED
    assert EvidenceUse.objects.filter(evidence=journey, state="submitted").count() == 2


def test_attaching_twice_is_once_and_keeps_the_last_word_on_standards(personas: Personas, ground: Ground) -> None:
    request = make_draft(ground, personas.student.student, personas.teacher.person)
    evidence = make_evidence(personas.student.student)
    recorded = Recorded()
    attach_evidence(request, evidence, actor=personas.student.user)
    use = attach_evidence(
        request, evidence, standards=[ground.standards[1], ground.standards[2]], actor=personas.student.user
    )
    # The third standard is not claimed by the request, so nothing can show it there.
    assert list(use.standards.all()) == [ground.standards[1]]
    assert recorded.verbs == ["crediting.evidence.attached"]


def test_somebody_elses_evidence_cannot_be_attached(personas: Personas, ground: Ground) -> None:
    request = make_draft(ground, personas.student.student, personas.teacher.person)
    foreign = make_evidence(personas.other_district_student.student)
    with pytest.raises(NotAllowed):
        attach_evidence(request, foreign, actor=personas.student.user)


def test_what_was_sent_can_neither_be_taken_out_nor_changed_nor_thrown_away(personas: Personas, ground: Ground) -> None:
    evidence = make_evidence(personas.student.student)
    request = make_request(ground, personas.student.student, personas.teacher.person, evidence=[evidence])
    return_request(request, reason="More please", actor=personas.teacher.user)
    use = request.uses.get()
    for attempt in (
        lambda: detach_evidence(use, actor=personas.student.user),
        lambda: update_evidence(evidence, title="Better", actor=personas.student.user),
        lambda: discard_evidence(evidence, actor=personas.student.user),
    ):
        with pytest.raises(DomainError):
            attempt()
    evidence.refresh_from_db()
    assert evidence.title == "My proof" and EvidenceUse.objects.filter(pk=use.pk).exists()


def test_unsent_words_can_change_and_the_fingerprint_follows(personas: Personas) -> None:
    evidence = make_evidence(personas.student.student)
    before = evidence.sha256
    recorded = Recorded()
    changed = update_evidence(evidence, body="A better proof.", actor=personas.student.user)
    assert changed.sha256 != before
    assert [event.payload for event in recorded.events] == [{"fields": "body"}]
    update_evidence(evidence, body="A better proof.", actor=personas.student.user)
    assert recorded.verbs == ["crediting.evidence.changed"]


@pytest.mark.django_db(transaction=True)
def test_the_wrong_photo_is_gone_bytes_and_all(personas: Personas) -> None:
    evidence = add_evidence(
        student=personas.student.student,
        kind=EvidenceKind.PHOTO,
        title="Wrong one",
        alt_text="Something private",
        file=photo(),
        actor=personas.student.user,
    )
    stored = evidence.stored_name
    recorded = Recorded()
    discard_evidence(evidence, actor=personas.student.user)
    assert not Evidence.objects.exists() and not storages["evidence"].exists(stored)
    assert recorded.verbs == ["crediting.evidence.discarded"]


def test_taking_out_twice_is_once(personas: Personas, ground: Ground) -> None:
    request = make_draft(ground, personas.student.student, personas.teacher.person)
    use = attach_evidence(request, make_evidence(personas.student.student), actor=personas.student.user)
    recorded = Recorded()
    detach_evidence(use, actor=personas.student.user)
    use = EvidenceUse(pk=99999999, request=request)
    detach_evidence(use, actor=personas.student.user)
    assert recorded.verbs == ["crediting.evidence.detached"] and not request.uses.exists()

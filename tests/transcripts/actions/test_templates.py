"""Template versions: the sample layout, the district's own, and the state's form only after a check."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command

from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import AuditEvent, User
from profiles.states import Role
from tests.factories.profiles import make_account_holder, make_role
from tests.factories.transcripts import make_transcript
from tests.transcripts.conftest import Office
from transcripts.actions.templates import add_template, ensure_default
from transcripts.documents.standard import printed
from transcripts.models import Transcript, TranscriptTemplate
from transcripts.rules.template import DEFAULT_TERMS


def fresh(transcript: Transcript) -> Transcript:
    return Transcript.objects.with_standing().get(pk=transcript.pk)


def test_the_sample_layout_is_saved_when_it_is_first_needed(office: Office) -> None:
    assert not TranscriptTemplate.objects.exists()
    transcript = make_transcript(office.student, office.registrar)
    make_transcript(office.student, office.registrar)

    template = TranscriptTemplate.objects.get()
    assert transcript.template == template == ensure_default(office.district, actor=office.registrar)
    assert (template.district, template.version, template.checked_on) == (office.district, 1, None)


@pytest.mark.rule("T1")
def test_a_reprint_uses_the_version_it_was_issued_on(office: Office) -> None:
    old = make_transcript(office.student, office.registrar)
    document = {**DEFAULT_TERMS, "title": "Cedar Falls transcript", "fields": ["birth_date"]}
    add_template(
        office.district,
        code="district-sample",
        document=document,
        actor=office.registrar,
    )
    new = make_transcript(office.student, office.registrar)

    assert (old.template.version, new.template.version) == (1, 2)
    assert printed(fresh(old)).header.form.title == "District transcript (sample layout)"
    assert printed(fresh(new)).header.form.title == "Cedar Falls transcript"
    assert printed(fresh(new)).header.student.local_id == ""


@pytest.mark.rule("T1", "T6")
def test_the_class_chooses_the_template(office: Office) -> None:
    ensure_default(office.district, actor=None)
    add_template(
        office.district,
        code="older",
        document={**DEFAULT_TERMS, "title": "Older classes"},
        actor=office.registrar,
        last_class=2019,
    )

    assert make_transcript(office.student, office.registrar).template.code == "district-sample"
    office.student.graduation_year = 2019
    office.student.save()
    assert make_transcript(office.student, office.registrar).template.code == "older"


@pytest.mark.rule("R41")
def test_a_new_state_form_is_added_and_replaces_nothing(office: Office) -> None:
    issued = make_transcript(office.student, office.registrar)
    form = {**DEFAULT_TERMS, "title": "Form of 2027"}
    add_template(office.district, code="form-2027", document=form, actor=office.registrar, first_class=2090)

    # Who is of an earlier class keeps the earlier form, also for a new copy; the old copy prints as it did.
    assert make_transcript(office.student, office.registrar).template == issued.template
    office.student.graduation_year = 2090
    office.student.save()
    assert make_transcript(office.student, office.registrar).template.code == "form-2027"
    assert printed(fresh(issued)).header.form.title == "District transcript (sample layout)"
    assert TranscriptTemplate.objects.filter(district=office.district).count() == 2


@pytest.fixture
def administrator(office: Office) -> User:
    person = make_account_holder(office.district, "Ada Larsen")
    make_role(person, Role.ADMINISTRATOR)
    assert person.user is not None
    return User.objects.get(pk=person.user.pk)


STATE_FORM = {**DEFAULT_TERMS, "title": "Washington State Standardized High School Transcript"}


def test_the_states_form_needs_the_districts_check(office: Office, administrator: User) -> None:
    with pytest.raises(DomainError, match="names the state's form"):
        add_template(office.district, code="state", document=STATE_FORM, actor=administrator)
    with pytest.raises(NotAllowed):
        add_template(
            office.district, code="state", document=STATE_FORM, actor=administrator, checked_by=office.registrar
        )
    template = add_template(
        office.district, code="state", document=STATE_FORM, actor=administrator, checked_by=administrator
    )
    again = add_template(
        office.district, code="state", document=STATE_FORM, actor=administrator, checked_by=administrator
    )

    assert (template.checked_by, template == again) == (administrator, True)
    assert AuditEvent.objects.filter(verb="transcripts.template.added").count() == 1


@pytest.mark.rule("T3")
def test_a_template_cannot_ask_for_what_is_not_on_the_list(office: Office, administrator: User) -> None:
    document = {**DEFAULT_TERMS, "fields": ["class_rank"]}

    with pytest.raises(DomainError, match="class_rank"):
        add_template(office.district, code="rank", document=document, actor=administrator, checked_by=administrator)


def load(path: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit code and answer of the command."""
    out = io.StringIO()
    try:
        call_command("load_transcript_template", str(path), "--district", "cedar", "--json", *arguments, stdout=out)
        code = 0
    except SystemExit as end:
        code = int(str(end.code))
    answer: dict[str, Any] = json.loads(out.getvalue())
    return code, answer


def test_a_template_is_loaded_from_a_file_once(office: Office, administrator: User, tmp_path: Path) -> None:
    path = tmp_path / "state.yaml"
    path.write_text(yaml.safe_dump(STATE_FORM), encoding="utf-8")
    checked = ("--checked-by", administrator.login_name)

    code, answer = load(path)
    assert (code, answer["applied"], [one["code"] for one in answer["issues"]]) == (1, False, ["TEMPLATE_REFUSED"])
    assert load(path, *checked, "--dry-run")[1]["created"] == {"templates": 1}
    assert not TranscriptTemplate.objects.exists()
    assert load(path, *checked)[1]["created"] == {"templates": 1}
    code, answer = load(path, *checked)
    assert (code, answer["unchanged"]) == (0, {"templates": 1})
    assert TranscriptTemplate.objects.get().checked_by == administrator


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"title: [", "TEMPLATE_YAML"),
        (b"\xff\xfe", "TEMPLATE_TEXT"),
        (b"- a\n- b\n", "TEMPLATE_REFUSED"),
        (b"title: x\nrank: true\n", "TEMPLATE_REFUSED"),
        (b"x" * 300_000, "TEMPLATE_SIZE"),
    ],
)
def test_a_file_that_is_no_template_is_refused_with_a_sentence(
    office: Office, tmp_path: Path, content: bytes, code: str
) -> None:
    path = tmp_path / "broken.yaml"
    path.write_bytes(content)

    exit_code, answer = load(path)
    assert exit_code == 1
    assert {one["code"] for one in answer["issues"]} == {code}
    assert all(one["message"] for one in answer["issues"])
    assert not TranscriptTemplate.objects.exists()


def test_a_missing_file_is_named(office: Office, tmp_path: Path) -> None:
    exit_code, answer = load(tmp_path / "nowhere.yaml")

    assert (exit_code, answer["issues"][0]["code"]) == (1, "TEMPLATE_FILE")

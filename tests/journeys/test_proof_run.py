"""The proof run: every command of docs/proof-run.md is run as it stands there, then people do what the page says.

From an empty installation to a transcript with Geometry on it, earned by a portfolio against Common Core standards.
"""

from __future__ import annotations

import io
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.test import Client

from crediting.models import CreditRequest, Decision, LedgerEntry, PolicyVersion, Standard, StandardEdge
from crediting.rules.basis import thaw
from mbl.core.models import AuditEvent, District, ImportRun
from profiles.models import Course, ExternalId, School, Student
from profiles.models import Person as Somebody
from tests.factories.profiles import make_student
from tests.factories.transcripts import run_waiting_jobs
from tests.journeys.browsing import Person
from transcripts.models import Transcript

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "proof-run.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```sh ?(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = ".venv/bin/python manage.py "
CODES = ("HSG-CO.B.7", "HSG-CO.C.9", "HSG-CO.C.10")
pytestmark = pytest.mark.django_db


@dataclass
class Run:
    """What the commands of the page printed, in order, and the links of its invitations."""

    names: dict[str, str]
    printed: list[tuple[str, str]] = field(default_factory=list)

    def said(self, command: str) -> str:
        """Everything that runs of this command printed."""
        return "\n".join(text for line, text in self.printed if line.startswith(command))

    @property
    def links(self) -> list[str]:
        return re.findall(r"http\S+/invitation/\S+", "\n".join(text for _line, text in self.printed))


def variables(which: str, samples: Path | None) -> dict[str, str]:
    """The names that the block ``public`` or ``own`` sets."""
    (block,) = [text for label, text in BLOCK.findall(PAGE) if label == which]
    given = {"SAMPLES": str(samples)} if samples else {}
    lines = (line.split("=", 1) for line in block.splitlines() if line)
    return {name: Template(value).substitute(given) for name, value in lines}


def run_the_page(which: str, samples: Path | None, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Every command of the page, from the folder in which a person would paste it."""
    monkeypatch.chdir(ROOT)
    run = Run(variables(which, samples))
    for _label, block in BLOCK.findall(PAGE):
        for line in block.splitlines():
            if line.startswith(COMMAND):
                command = Template(line.removeprefix(COMMAND)).substitute(run.names)
                said = io.StringIO()
                call_command(*shlex.split(command), stdout=said, stderr=said)
                run.printed.append((command, said.getvalue()))
    return run


def live_the_page(run: Run) -> Transcript:
    """What the people of the page click, to the transcript."""
    administrator, teacher, manager, student = (
        Person().accept(link, name)
        for link, name in zip(run.links, ("ada.admin", "teacher", "manager", "student"), strict=True)
    )
    assert "People and access" in administrator.read("/")

    # The student asks. The ways are the policy's, and the choice is the student's.
    geometry = Course.objects.get(code="MAT201")
    assert str(geometry.public_id) in student.source("/requests/new/")
    way = f"/requests/new/?course={geometry.public_id}&way=LOCAL_ASSESSMENT.portfolio"
    standards = [Standard.objects.get(code__endswith=code) for code in CODES]
    asked = student.send(
        way,
        title="Proofs from our kitchen floor",
        plan="I photographed the tiles and proved why the pattern fits.",
        standards=[str(standard.public_id) for standard in standards],
        assessor=str(somebody(run.names["TEACHER"]).public_id),
    )
    student.send(
        f"/evidence/new/?kind=text&request={asked.strip('/').split('/')[-1]}",
        title="Five proofs",
        body="Vertical angles are equal because each of them and the one between make a straight line.",
        reflection="I used to believe a drawing. Now I ask what holds in every drawing.",
        **student.hidden(f"/evidence/new/?kind=text&request={asked.strip('/').split('/')[-1]}", "key"),
    )
    student.send(f"{asked}send/")

    # The teacher judges each standard; whoever only assessed cannot also award.
    assert "Proofs from our kitchen floor" in teacher.read("/queue/")
    levels = {f"level-{standard.public_id}": "proficient" for standard in standards}
    comments = {f"comment-{standard.public_id}": "You say what holds in every drawing." for standard in standards}
    teacher.send(f"{asked}assess/", verdict="save", **levels, **comments)
    request = CreditRequest.objects.get(public_id=asked.strip("/").split("/")[-1])
    alone = teacher.client.post(f"/decisions/{request.public_id}/", {"verdict": "award", "reason": "I saw it all."})
    assert alone.status_code in {403, 422}
    assert not request.decisions.exists()

    # The credit manager sees every criterion with its citation, and decides.
    page = manager.read(f"/decisions/{request.public_id}/")
    for cited in ("WAC 180-51-051", "2403P (3)", "HSG-CO.C.9"):
        assert cited in page
    manager.send(
        f"/decisions/{request.public_id}/", verdict="award", reason="Three standards shown, each with a proof."
    )
    assert "Geometry" in student.read("/credits/")

    # The registrar issues; the worker draws the file.
    of_student = Student.objects.get(person=somebody(run.names["STUDENT"]))
    preview = f"/transcripts/new/{of_student.public_id}/"
    manager.send(
        preview,
        recipient="Evergreen Coast University",
        title="Registrar",
        replaces="none",
        **manager.hidden(preview, "issue_key", "seen"),
    )
    run_waiting_jobs()
    transcript = Transcript.objects.get(student=of_student)
    paper = manager.pdf(f"/transcripts/{transcript.public_id}/pdf/")
    assert re.search(r"Geometry\s+(?:B\s+)?P\s+1\.000\s+1\.000", paper)
    assert transcript.number in paper
    assert of_student.ssid in paper

    # A college checks it, without an account and without reading a name.
    anybody = Person()
    said = anybody.read(f"/verify/{transcript.code}/")
    assert "This transcript is valid" in said
    assert of_student.person.family_name not in said
    return transcript


def somebody(roster_id: str) -> Somebody:
    """A person by what the roster calls them."""
    key = ExternalId.objects.get(kind="users", value=roster_id, object_kind="person").object_id
    return Somebody.objects.get(pk=key)


@pytest.fixture
def other_district(db: None) -> District:
    """A district that was there before and must not notice."""
    district: District = make_student().district
    return district


@pytest.mark.rule("R1", "R7", "R11", "R12", "R17")
@pytest.mark.rule("R10", "R35", "T7", "T28", partial=True)
def test_a_student_earns_geometry_with_the_projects_own_samples(
    monkeypatch: pytest.MonkeyPatch, other_district: District
) -> None:
    run = run_the_page("own", None, monkeypatch)
    live_the_page(run)

    decision = Decision.objects.get()
    basis = thaw(decision.frozen_basis)
    assert basis.policy is not None
    assert (basis.policy.series, basis.policy.number, basis.rule.code) == ("2403", 1, "D4-M2")
    assert {standard.code.split(".")[-1] for standard in basis.standards} >= {"7", "9", "10"}
    assert all(standard.body == "state" for standard in basis.standards)
    line = LedgerEntry.objects.get(kind="mastery")
    assert (line.course_title, str(line.credits_earned), line.mark, line.is_numeric) == (
        "Geometry",
        "1.000",
        "P",
        False,
    )
    assert not LedgerEntry.objects.filter(district=other_district).exists()
    assert not AuditEvent.objects.filter(district=other_district, verb__startswith="crediting").exists()


@pytest.mark.rule("T73", partial=True)
def test_a_student_of_the_public_roster_earns_geometry_against_real_common_core_standards(
    monkeypatch: pytest.MonkeyPatch, shared_data: Path
) -> None:
    run = run_the_page("public", shared_data, monkeypatch)

    # Real standards, whole, with every association.
    math = Standard.objects.filter(framework__guid=run.names["MATH_ID"])
    assert math.count() == 703
    assert StandardEdge.objects.filter(framework__guid=run.names["MATH_ID"]).count() == 2069
    assert Standard.objects.filter(framework__guid=run.names["SCIENCE_ID"]).count() == 1009
    # The defects of the roster are told with their lines, and stop nothing.
    said = run.said("import_oneroster")
    for told in (
        "OR_MANIFEST_PROPERTY (manifest.csv line 10)",
        "OR_SCHOOL_WITHOUT_DISTRICT (orgs.csv line 2)",
        "OR_SESSION_WITHOUT_YEAR (academicSessions.csv line 5)",
        "20 students have no grade",
        "OR_ROLE_DIFFERS (enrollments.csv line 2)",
    ):
        assert told in said
    assert ImportRun.objects.filter(kind="oneroster", state="applied").count() == 1
    assert School.objects.get().name == "Sample School"
    assert Student.objects.exclude(ssid="").count() == 18
    assert PolicyVersion.objects.get().state == "published"

    transcript = live_the_page(run)

    assert transcript.lines.count() == 1


def test_running_the_page_twice_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    run_the_page("own", None, monkeypatch)
    before = (Standard.objects.count(), Student.objects.count(), Course.objects.count(), PolicyVersion.objects.count())

    again = run_the_page("own", None, monkeypatch)

    assert before == (
        Standard.objects.count(),
        Student.objects.count(),
        Course.objects.count(),
        PolicyVersion.objects.count(),
    )
    assert "unchanged: frameworks 1" in again.said("import_case")


def test_every_address_on_the_page_is_one_of_ours() -> None:
    for address in re.findall(r"`(/[a-z/-]+/)`", PAGE):
        path = urlsplit(address).path
        assert Client(headers={"host": "localhost"}).get(path).status_code != 404 or path == "/policy/proof/"

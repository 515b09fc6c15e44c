"""An installation in which nothing is set up reaches its first award with one command and pages alone.

Not the demonstration: demo mode is off, and the first person is invited by ``create_district``.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import override_settings

from crediting.models import CreditRequest, Decision, Framework, LedgerEntry, PolicyVersion, Standard
from mbl.core.models import District, ImportRun
from profiles.models import Course, Student
from profiles.models import Person as Somebody
from tests.factories.transcripts import run_waiting_jobs
from tests.journeys.browsing import Person

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
PACKAGE = FIXTURES / "case" / "ccss-geometry-excerpt.cfpackage.json"
POLICY = (FIXTURES / "policies" / "d4-math.yaml").read_text(encoding="utf-8")
pytestmark = pytest.mark.django_db


def first_administrator() -> Person:
    """The one command that an installation needs, and the link it prints."""
    printed = io.StringIO()
    call_command(
        "create_district",
        "northfield",
        "Northfield School District",
        admin_email="ada@example.org",
        admin_name="Ada Admin",
        stdout=printed,
    )
    (link,) = re.findall(r"http\S+/invitation/\S+", printed.getvalue())
    return Person().accept(link, "ada")


def add(administrator: Person, given: str, family: str) -> str:
    """Add somebody on the People page; answers the page's address."""
    key = administrator.hidden("/people/new/", "key")
    return administrator.send("/people/new/", given_name=given, family_name=family, **key)


def invited(administrator: Person, page: str, login_name: str) -> Person:
    """Send an invitation from somebody's page and follow the link that stands there."""
    administrator.send(f"{page}invite/")
    (link,) = set(re.findall(r"http[^\s\"<]+/invitation/[^\s\"<]+", administrator.source(page)))
    return Person().accept(link, login_name)


def staff(administrator: Person, given: str, family: str, role: str, school: str) -> Person:
    page = add(administrator, given, family)
    administrator.send(f"{page}roles/", role=role, school=school)
    return invited(administrator, page, given.lower())


def bring(administrator: Person, path: Path, kind: str) -> None:
    """Upload, look at what would happen, apply."""
    upload = SimpleUploadedFile(path.name, path.read_bytes(), content_type="application/json")
    administrator.send("/imports/new/", kind=kind, file=upload)
    run_waiting_jobs("profiles.import_check")
    checked = ImportRun.objects.get(kind=kind, state="checked")
    assert "Nothing is changed yet" in administrator.read(f"/imports/{checked.public_id}/")
    administrator.send(f"/imports/{checked.public_id}/apply/")
    run_waiting_jobs("profiles.import_apply")
    assert ImportRun.objects.filter(kind=kind, state="applied").count() == 1


@override_settings(DEMO_MODE=False)
@pytest.mark.rule("R1", "R10b", "R12")
def test_an_empty_installation_reaches_its_first_award() -> None:
    administrator = first_administrator()
    assert administrator.client.get("/demo/").status_code == 404

    # A school and its people.
    administrator.send("/schools/new/", name="Northfield High School", code="NHS", kind="high")
    school = str(District.objects.get().schools.get().public_id)
    teacher = staff(administrator, "Tina", "Teacher", "teacher", school)
    manager = staff(administrator, "Mark", "Manager", "credit_manager", school)
    page = add(administrator, "Stella", "Student")
    administrator.send(f"{page}student/", school=school, grade="10", local_id="1001", ssid="5000000001")
    student = invited(administrator, page, "stella")

    # Standards, a course that teaches them, and the policy.
    bring(administrator, PACKAGE, "case")
    framework = Framework.objects.get()
    administrator.send(
        f"/standards/{framework.public_id}/adopt/",
        body="state",
        adopted_by="Washington State",
        adopted_on="2011-07-20",
        subjects=["math"],
        starts_on="2011-07-20",
    )
    for code, title in (("MAT101", "Algebra 1"), ("MAT201", "Geometry")):
        administrator.send("/catalog/new/", code=code, title=title, credits="1.0", subject="math", is_active="on")
    geometry = Course.objects.get(code="MAT201")
    shown = list(Standard.objects.filter(code__contains="HSG-CO.C.", is_leaf=True).order_by("path"))
    administrator.send(f"/catalog/{geometry.public_id}/standards/", standards=[str(one.public_id) for one in shown])
    loaded = administrator.send("/policies/new/", text=POLICY)
    assert student.client.get("/requests/new/").status_code == 200
    assert "up to" not in student.read("/requests/new/")
    administrator.send(f"{loaded}publish/")
    assert PolicyVersion.objects.get().state == "published"

    # The public reads the policy; the student asks under it.
    assert "by a local assessment such as a portfolio" in Person().read("/policy/northfield/")
    asked = student.send(
        f"/requests/new/?course={geometry.public_id}&way=LOCAL_ASSESSMENT.presentation",
        title="Three theorems and a carpenter",
        plan="I will prove what my uncle uses when he lays out a roof.",
        standards=[str(one.public_id) for one in shown],
        assessor=str(Somebody.objects.get(given_name="Tina").public_id),
    )
    public_id = asked.strip("/").split("/")[-1]
    new = f"/evidence/new/?kind=link&request={public_id}"
    student.send(
        new,
        title="My talk",
        url="https://example.org/talk",
        reflection="A proof is a promise.",
        **student.hidden(new, "key"),
    )
    student.send(f"{asked}send/")

    # One judges, another decides.
    levels = {f"level-{one.public_id}": "extending" for one in shown}
    teacher.send(f"{asked}assess/", verdict="save", **levels)
    manager.send(f"/decisions/{public_id}/", verdict="award", reason="Every theorem was proved and used.")

    assert CreditRequest.objects.get().state == "awarded"
    assert Decision.objects.get().decided_by.display_name == "Mark Manager"
    line = LedgerEntry.objects.get()
    assert (line.student, line.course_title, str(line.credits_earned)) == (Student.objects.get(), "Geometry", "1.000")
    assert "Geometry" in student.read("/credits/")

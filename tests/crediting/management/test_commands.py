"""The console: load a policy, add a course, adopt a framework, fill a catalog."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from crediting.models import CourseStandard, FrameworkAdoption, PolicyVersion, Scale
from crediting.states import PolicyState
from mbl.core.models import District, ImportRun
from profiles.models import Course
from tests.factories.policies import D4, D4_FILE
from tests.factories.standards import EXCERPT
from tests.personas import Personas

pytestmark = pytest.mark.django_db


def load(*arguments: str) -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    try:
        call_command("load_policy", *arguments, "--district", "northfield", "--json", stdout=out)
        code = 0
    except SystemExit as leaving:
        code = int(leaving.code or 0)
    printed: dict[str, Any] = json.loads(out.getvalue())
    return code, printed


def test_a_policy_is_a_draft_unless_it_is_to_be_published(personas: Personas, courses: dict[str, Course]) -> None:
    code, printed = load(str(D4_FILE))
    assert (code, printed["applied"], printed["created"]) == (0, True, {"versions": 1})
    version = PolicyVersion.objects.get()
    assert version.state == PolicyState.DRAFT
    assert load(str(D4_FILE))[1]["unchanged"] == {"versions": 1}
    code, printed = load(str(D4_FILE), "--publish")
    assert (code, printed["updated"]) == (0, {"versions": 1})
    version.refresh_from_db()
    assert version.state == PolicyState.PUBLISHED
    assert load(str(D4_FILE), "--publish")[1]["unchanged"] == {"versions": 1}
    assert printed["run"] == str(ImportRun.objects.order_by("-pk")[1].public_id)


def test_a_dry_run_publishes_in_thought_only(personas: Personas, courses: dict[str, Course]) -> None:
    code, printed = load(str(D4_FILE), "--publish", "--dry-run")
    assert (code, printed["applied"], printed["created"]) == (0, False, {"versions": 1})
    assert not PolicyVersion.objects.exists()


def test_faults_come_with_their_lines_and_nothing_is_written(
    personas: Personas, courses: dict[str, Course], tmp_path: Path
) -> None:
    faulty = tmp_path / "policy.yaml"
    faulty.write_text(D4.replace("mark: P", "mark: Q", 1))
    code, printed = load(str(faulty))
    assert (code, printed["applied"]) == (1, False)
    (issue,) = printed["issues"]
    assert issue["line"] == D4[: D4.index("mark: P")].count("\n") + 1
    assert (issue["severity"], issue["code"], issue["file"]) == ("error", "POLICY_SHAPE_NOT_A_CHOICE", "policy.yaml")
    assert not PolicyVersion.objects.exists()


def test_a_policy_that_is_not_ready_is_not_even_a_draft_when_it_was_to_be_published(
    personas: Personas, courses: dict[str, Course], tmp_path: Path
) -> None:
    strange = tmp_path / "policy.yaml"
    strange.write_text(D4.replace("MAT201", "MAT999"))
    code, printed = load(str(strange), "--publish")
    assert (code, [issue["code"] for issue in printed["issues"]]) == (1, ["POLICY_READY_COURSE_UNKNOWN"])
    assert "MAT999" in printed["issues"][0]["message"]
    assert not PolicyVersion.objects.exists()


def test_overlapping_versions_are_refused_with_the_other_one_named(
    personas: Personas, courses: dict[str, Course], tmp_path: Path
) -> None:
    load(str(D4_FILE), "--publish")
    second = tmp_path / "policy.yaml"
    second.write_text(D4.replace("from: 2020-07-01", "from: 2026-07-01"))
    code, printed = load(str(second), "--publish")
    assert (code, printed["issues"][0]["code"]) == (1, "POLICY_READY_DATES_OPEN")
    assert "Version 1 is in force from Jul 1, 2020" in printed["issues"][0]["message"]


def test_a_missing_file_and_an_unknown_district_are_told_apart(personas: Personas, tmp_path: Path) -> None:
    code, printed = load(str(tmp_path / "nothing.yaml"))
    assert (code, printed["issues"][0]["code"]) == (1, "POLICY_FILE_MISSING")
    with pytest.raises(CommandError) as usage:
        call_command("load_policy", str(D4_FILE), "--district", "nowhere")
    assert usage.value.returncode == 2
    assert "northfield" in str(usage.value)


def test_the_starter_brings_a_sample_framework_once_where_it_is_asked_for(personas: Personas) -> None:
    said = []
    for options in ([], ["--sample-standards"], ["--sample-standards"]):
        out = io.StringIO()
        call_command("load_starter_catalog", "--district", "northfield", *options, stdout=out)
        said.append(out.getvalue().splitlines()[1:])
    district = District.objects.get(code="northfield")
    [framework] = district.frameworks.all()
    assert said == [[], [f"{framework.standards_count} sample standards added."], ["0 sample standards added."]]
    assert framework.standards_count > 0 and not framework.adoptions.exists()


def test_a_district_is_made_ready_by_commands_alone(personas: Personas) -> None:
    district = District.objects.get(code="northfield")
    call_command("load_starter_catalog", "--district", "northfield", stdout=io.StringIO())
    call_command("import_case", str(EXCERPT), "--district", "northfield", stdout=io.StringIO())
    framework = district.frameworks.get()
    adoption = (
        "--district",
        "northfield",
        "--body",
        "state",
        "--by",
        "State",
        "--on",
        "2020-07-01",
        "--subject",
        "math",
        "--grade",
        "10",
        "--grade",
        "09",
    )
    call_command("adopt_framework", str(framework.guid), *adoption, stdout=io.StringIO())
    call_command("adopt_framework", str(framework.guid), *adoption, stdout=io.StringIO())
    course = ("MAT205", "Geometry B", "--district", "northfield", "--credits", "0.5", "--subject", "math")
    call_command("add_course", *course, "--standard", "HSG.CO.A.1", stdout=io.StringIO())
    assert load(str(D4_FILE), "--publish")[0] == 0
    adopted = FrameworkAdoption.objects.get(framework=framework)
    assert (adopted.subjects, adopted.grades) == (["math"], ["09", "10"])
    assert Scale.objects.get(district=district).code == "mastery"
    linked = CourseStandard.objects.get(course__code="MAT205", course__district=district)
    assert linked.standard.code.endswith("HSG-CO.A.1")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("X1", "X", "--credits", "many", "--subject", "math"), "--credits is a number"),
        (("X1", "X", "--credits", "0", "--subject", "math"), "Credits are more than 0"),
        (("X1", "X", "--credits", "1", "--subject", "math", "--standard", "NO.SUCH"), "NO.SUCH is not there"),
    ],
)
def test_a_course_that_makes_no_sense_is_refused_at_the_console(
    personas: Personas, arguments: tuple[str, ...], said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("add_course", *arguments, "--district", "northfield")
    assert not Course.objects.filter(code="X1").exists()


def test_a_framework_must_be_imported_before_it_is_adopted(personas: Personas) -> None:
    with pytest.raises(CommandError, match="Import it with import_case"):
        call_command(
            "adopt_framework", "00000000-0000-4000-8000-000000000001", "--district", "northfield",
            "--body", "local", "--by", "Board", "--on", "2026-07-01", "--subject", "elective",
        )  # fmt: skip


def test_the_published_schema_is_not_stale() -> None:
    call_command("policy_schema", "--check")


def test_what_keeps_a_policy_from_being_published_comes_with_its_line_where_the_file_says_it(
    personas: Personas, courses: dict[str, Course], tmp_path: Path
) -> None:
    tribal = tmp_path / "policy.yaml"
    tribal.write_text(D4.replace("    when:\n", "    when:\n      - request: {languages: [Lushootseed]}\n", 1))
    code, printed = load(str(tribal), "--publish")
    (issue,) = printed["issues"]
    assert (code, issue["code"], issue["line"]) == (
        1,
        "POLICY_READY_RULE_TRIBAL",
        D4[: D4.index("  - code: ", D4.index("rules:"))].count("\n") + 1,
    )
    assert not PolicyVersion.objects.exists()
    # As a draft it is taken; whoever works on it is told on its page.
    assert load(str(tribal))[0] == 0

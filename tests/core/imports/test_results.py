"""What every import answers: counts, issues, exit codes, the stored run, and the rails that ask first."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from mbl.core.imports import ImportResult, Issue, Issues, adapters, register_import, runs
from mbl.core.imports.console import ImportCommand, district_of, text_of
from mbl.core.imports.guard import Rails, alarms
from mbl.core.imports.writing import content_hash, copy_rows, reserve_ids, update_rows
from mbl.core.models import District, ImportIssue, ImportRun
from mbl.core.states import ImportState, Severity
from profiles.models import ExternalId, RaceEthnicity
from tests.factories.core import make_district
from tests.factories.profiles import make_student

# --- Results --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (ImportResult(applied=True), 0),
        (ImportResult(applied=True, rejected={"rows": 1}), 3),
        (ImportResult(), 0),
        (ImportResult(rejected={"rows": 1}), 1),
        (ImportResult(refused=True), 1),
    ],
)
def test_exit_codes(result: ImportResult, code: int) -> None:
    assert result.exit_code == code


def test_json_has_exactly_the_promised_keys() -> None:
    issue = Issue(Severity.WARNING, "CODE", "A sentence.", "file.csv", 7, "column")
    assert ImportResult(run="r", applied=True, created={"rows": 2}, issues=[issue]).as_json() == {
        "run": "r",
        "applied": True,
        "created": {"rows": 2},
        "updated": {},
        "unchanged": {},
        "withdrawn": {},
        "rejected": {},
        "issues": [{"severity": "warning", "code": "CODE", "file": "file.csv", "line": 7, "message": "A sentence."}],
    }


def test_a_thousand_issues_of_a_code_are_kept_and_the_rest_counted() -> None:
    issues = Issues()
    for line in range(1500):
        issues.error("CODE", "A sentence.", file="a.csv", line=line)
    kept = list(issues)
    assert len(kept) == len(issues) == 1001
    assert kept[-1].message == "There are 500 more like this."
    assert issues.errors == 1500


@pytest.mark.django_db
def test_a_run_is_stored_with_counts_issues_and_state() -> None:
    district = make_district()
    issues = Issues()
    issues.error("CODE", "A sentence.", file="a.csv", line=3, column="x")
    for result, state in (
        (ImportResult(applied=True, created={"rows": 1}, issues=list(issues)), ImportState.APPLIED),
        (ImportResult(issues=list(issues)), ImportState.CHECKED),
        (runs.refusal(issues), ImportState.REFUSED),
    ):
        stored = runs.record(result, kind="k", file_name="f", sha256="0" * 64, district=district, actor=None)
        run = ImportRun.objects.get(public_id=stored.run)
        assert (run.state, run.created, run.finished_at is not None) == (state, result.created, True)
        assert ImportIssue.objects.get(run=run).line == 3
    assert runs.last_applied(kind="k", district=district) == ImportRun.objects.get(state=ImportState.APPLIED)
    assert runs.last_applied(kind="k", district=make_district()) is None


# --- Rails ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("present", "withdrawn", "created", "moved", "rings"),
    [
        (100, 5, 25, 10, []),
        (100, 6, 0, 0, ["MANY_WITHDRAWN"]),
        (100, 0, 26, 0, ["MANY_NEW"]),
        (100, 0, 0, 11, ["MANY_MOVED"]),
        (100_000, 200, 0, 0, []),
        (100_000, 201, 0, 0, ["MANY_WITHDRAWN"]),
        (0, 0, 5000, 0, []),
    ],
)
def test_rails(present: int, withdrawn: int, created: int, moved: int, rings: list[str]) -> None:
    found = alarms(
        present={"users": present},
        withdrawn={"users": withdrawn},
        created={"users": created},
        moved={"users": moved},
        watched=frozenset({"users"}),
    )
    assert [alarm.code for alarm in found] == rings


def test_a_district_may_set_its_own_rails() -> None:
    found = alarms(
        present={"users": 100}, withdrawn={"users": 20}, created={}, moved={}, watched=frozenset(),
        rails=Rails(withdrawn_share=0.5),
    )  # fmt: skip
    assert found == []


# --- Commands -------------------------------------------------------------------------------------------------------


class Reads(ImportCommand):
    """A format that answers what the test says."""

    answer = ImportResult(applied=True, created={"rows": 2})

    def run_import(self, source: Path, *, district: District, options: dict[str, Any]) -> ImportResult:
        return self.answer


def run(answer: ImportResult, *arguments: str) -> tuple[str, int]:
    out = StringIO()
    command = Reads(stdout=out)
    command.answer = answer
    parser = command.create_parser("manage.py", "reads")
    options = vars(parser.parse_args(["file.csv", *arguments]))
    try:
        command.handle(**options)
    except SystemExit as stop:
        return out.getvalue(), int(stop.code or 0)
    return out.getvalue(), 0


@pytest.mark.django_db
def test_json_stands_alone_on_stdout_and_the_exit_code_follows() -> None:
    district = make_district()
    out, code = run(ImportResult(applied=True, rejected={"rows": 1}), "--district", district.code, "--json")
    assert json.loads(out)["rejected"] == {"rows": 1}
    assert code == 3


@pytest.mark.django_db
def test_an_unknown_district_is_a_usage_error_that_names_the_known_ones() -> None:
    make_district(code="known-one")
    with pytest.raises(CommandError, match="Known codes: known-one") as refused:
        district_of("other")
    assert refused.value.returncode == 2


@pytest.mark.django_db
def test_without_a_district_the_command_says_how_to_make_one() -> None:
    with pytest.raises(CommandError, match="create_district"):
        district_of("other")


def test_text_for_somebody_at_a_console() -> None:
    issue = Issue(Severity.ERROR, "CODE", "A sentence.", "a.csv", 3)
    assert text_of(ImportResult(refused=True, issues=[issue]), dry_run=False) == (
        "Refused. Nothing was written.\nerror CODE (a.csv line 3): A sentence."
    )
    assert text_of(ImportResult(created={"rows": 2, "none": 0}), dry_run=True) == (
        "Dry run. Nothing was written.\ncreated: rows 2"
    )


def test_a_kind_is_registered_once() -> None:
    known = next(iter(adapters().values()))
    with pytest.raises(ValueError, match="twice"):
        register_import(known)


def test_the_imports_page_knows_rosters_and_standards() -> None:
    assert {"oneroster", "student-facts", "case"} <= set(adapters())


# --- Writing --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_rows_are_copied_and_changed_as_they_are() -> None:
    """Quotes, tabs, line ends, backslashes, nothing and none each arrive as themselves."""
    district = make_district()
    nasty = ["quote \" and ' comma ,", "tab\tline\nreturn\r", "back\\slash \\N", "", "Đặng 名01", "=1+1", "\\."]
    ids = reserve_ids(ExternalId, len(nasty))
    columns = (
        "id",
        "district_id",
        "system",
        "kind",
        "value",
        "object_kind",
        "object_id",
        "content_hash",
        "absent_since_id",
    )
    copy_rows(
        ExternalId,
        columns,
        [(pk, district.pk, "s", "k", f"v{pk}", value[:30], pk, "", None) for pk, value in zip(ids, nasty, strict=True)],
    )
    rows = ExternalId.objects.filter(district=district).order_by("pk")
    assert [row.object_kind for row in rows] == [value[:30] for value in nasty]
    assert all(row.absent_since is None for row in rows)
    update_rows(ExternalId, ("content_hash",), [(pk, f"h{pk}") for pk in ids])
    assert list(rows.values_list("content_hash", flat=True)) == [f"h{pk}" for pk in ids]


@pytest.mark.django_db
def test_lists_are_copied_as_arrays() -> None:
    student = make_student()
    codes = ["N", 'a " b', "a\\b", "a, b", ""]
    copy_rows(
        RaceEthnicity,
        ("district_id", "student_id", "ethnicity_codes", "race_codes", "source"),
        [(student.district_id, student.pk, [], codes, "test")],
    )
    told = RaceEthnicity.objects.get()
    assert (told.ethnicity_codes, told.race_codes) == ([], codes)


def test_the_hash_tells_fields_apart() -> None:
    assert content_hash("a", "bc") != content_hash("ab", "c")
    assert content_hash("a", None) != content_hash("a", "")
    assert content_hash("a", 1) == content_hash("a", 1)

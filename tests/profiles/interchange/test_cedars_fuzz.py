"""The state's files as they are, in any order, twice, and with random damage: exact counts, whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crediting.models import CourseSchool, CourseTerms
from mbl.core.imports import ImportResult, adapters
from mbl.core.imports.undo import undo
from mbl.core.models import AuditEvent, District, ImportRun
from profiles.actions.cedars_settings import set_cedars_settings
from profiles.interchange.cedars import import_cedars
from profiles.models import Course, Person, ProgramParticipation, RaceEthnicity, SchoolEnrollment, Student
from tests.damage import CELLS, ODD, Harm, damage, hurt, turn_around
from tests.factories.core import make_district
from tests.factories.profiles import make_school, make_student
from tests.factories.tables import content

pytestmark = pytest.mark.django_db
OURS = Path(__file__).resolve().parents[2] / "fixtures" / "cedars"
OWN = {"programs": {"77": "section_504"}, "races": {"W1": "white", "L9": "middle_eastern", "B4": "black"}}


def ready() -> District:
    """The district of the files, with one course, beside another that has the same numbers."""
    adapters()
    other = make_school(make_district("Southport", code="southport-f", state_code="02888"), "Twin", code="3001")
    make_student(other, local_id="50001", ssid="1000000001")
    district = make_district("Cedar Falls", code="cedar-falls-f", state_code="01999")
    make_school(district, "Cedar Falls High School", code="3001", state_code="3001")
    make_school(district, "River Middle School", code="0042", state_code="0042")
    course = Course.objects.create(district=district, code="MTH201", title="Geom.")
    CourseTerms.objects.create(course=course, credits="1.000", subject="math")
    set_cedars_settings(district, OWN, actor=None)
    district.refresh_from_db()
    return district


def read(folder: Path, district: District) -> ImportResult:
    return import_cedars(folder, district=district, actor=None, confirmed=True)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    shutil.copytree(OURS, folder, ignore=shutil.ignore_patterns("README.md"))
    return folder


def test_all_files_at_once_come_in_with_exact_counts_and_issues(files: Path) -> None:
    district = ready()
    result = read(files, district)
    assert (result.created, result.updated, result.withdrawn) == (
        {"students": 5, "enrollments": 4, "courses": 2, "programs": 4, "ethnicity": 2, "race": 2},
        {"courses": 1, "race": 2},
        {},
    )
    assert result.rejected == {
        "students": 3, "enrollments": 4, "courses": 2, "programs": 5, "ethnicity": 2, "race": 1,
    }  # fmt: skip
    assert Counter(issue.code for issue in result.issues if issue.severity != "info") == {
        "CE_LOST_ZERO": 2, "CE_DATE": 4, "CE_GENDER": 1, "CE_SSID": 1, "CE_GRADE": 1, "CE_VALUE_MISSING": 4,
        "CE_OTHER_DISTRICT": 1, "CE_DATES_ORDER": 2, "CE_LOCATION_UNKNOWN": 2, "CE_STUDENT_UNKNOWN": 3,
        "CE_STUDENT_CONFLICT": 1, "CE_STATE_CODE": 1, "CE_COURSE_TWICE": 1, "CE_PROGRAM_NOT_MAPPED": 1,
        "CE_NOT_HISPANIC_WITH_OTHER": 1, "CE_RACE_NOT_MAPPED": 1, "CE_ETHNICITY_MISSING": 1,
    }  # fmt: skip
    assert AuditEvent.objects.filter(verb="profiles.cedars.imported", district=district).count() == 1


def test_the_files_again_and_turned_around_change_nothing(files: Path) -> None:
    district = ready()
    read(files, district)
    before = content("profiles", "crediting")
    assert read(files, district).changes == 0
    for path in files.iterdir():
        turn_around(path)
    assert read(files, district).changes == 0
    assert content("profiles", "crediting") == before


def test_a_run_of_all_files_goes_back_whole(files: Path) -> None:
    district = ready()
    before = content("profiles", "crediting")
    undone = undo(ImportRun.objects.get(public_id=read(files, district).run), actor=None)
    assert (undone.rejected, content("profiles", "crediting")) == ({}, before)


@pytest.mark.rule("T67")
def test_file_d_says_at_which_schools_a_course_is_offered(files: Path) -> None:
    district = ready()
    read(files, district)

    def offered() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        rows = CourseSchool.objects.order_by("course__code", "school__code")
        for code, school in rows.values_list("course__code", "school__code"):
            found.setdefault(code, []).append(school)
        return found

    assert offered() == {"ART1": ["3001"], "ENG9": ["0042", "3001"], "MTH201": ["0042", "3001"]}
    [catalog] = files.glob("*CourseCatalog*")
    text = catalog.read_text(encoding="utf-8")
    for path in files.iterdir():
        if path != catalog:
            path.unlink()
    # One school's file adds itself and takes no other away; the whole district's says all.
    own = files / catalog.name.replace("_0000_", "_0042_")
    header, *rows = text.splitlines(keepends=True)
    own.write_text(header + "".join(row for row in rows if "\t0042\t" in row) + rows[2].replace("3001", "0042"))
    catalog.unlink()
    assert read(files, district).updated == {"courses": 1}
    assert offered()["ART1"] == ["0042", "3001"]
    own.rename(catalog)
    assert read(files, district).updated == {"courses": 3}
    assert offered() == {"ART1": ["0042"], "ENG9": ["0042"], "MTH201": ["0042"]}


def test_a_course_that_is_offered_everywhere_stays_so_after_one_schools_file(files: Path) -> None:
    district = ready()
    [catalog] = files.glob("*CourseCatalog*")
    one = files / catalog.name.replace("_0000_", "_0042_")
    catalog.rename(one)
    result = import_cedars(one, district=district, actor=None)
    assert result.applied and not CourseSchool.objects.filter(course__code="MTH201").exists()


# --- Whatever comes ---------------------------------------------------------------------------------------------------

# Where two rows say different things of one, one of them counts and a warning says so; a torn row is nobody's.
ORDERED = {"CE_SSID_TWICE", "CE_STUDENT_CONFLICT", "ROW_UNREADABLE", "ROW_TOO_LONG", "ROW_TOO_SHORT"}
KINDS = ("cell", "cell", "drop", "twice", "swap", "header", "cut", "bytes", "sign", "file")


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(harms=st.lists(damage(kinds=KINDS, cells=(*CELLS, *ODD)), min_size=1, max_size=5))
@example(harms=[("file", n, 0, 0, "") for n in range(7)])
def test_damaged_files_are_refused_or_applied_and_then_nothing(harms: list[Harm]) -> None:
    with transaction.atomic(), tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "state"
        shutil.copytree(OURS, folder, ignore=shutil.ignore_patterns("README.md"))
        for one in harms:
            hurt(folder, one, pattern="*.txt", sign="\t")
        check(folder)
        transaction.set_rollback(True)


def check(folder: Path) -> None:
    district = ready()
    before = content("profiles", "crediting")
    result = read(folder, district)
    connection.check_constraints()
    assert result.applied != result.refused
    if result.refused:
        assert any(issue.severity == "error" for issue in result.issues)
        assert content("profiles", "crediting") == before
        return
    nothing_else(district)
    after = content("profiles", "crediting")
    again = read(folder, district)
    assert (again.changes, again.rejected) == (0, result.rejected)
    for path in folder.iterdir():
        turn_around(path)
    other = read(folder, district)
    if not any(issue.code in ORDERED for issue in [*result.issues, *other.issues]):
        assert other.changes == 0, [issue.code for issue in other.issues]
        assert content("profiles", "crediting") == after


def nothing_else(district: District) -> None:
    """The other district is as it was, and no row of ours points into it."""
    assert Student.objects.exclude(district=district).count() == 1
    assert Person.objects.exclude(district=district).count() == 1
    for model in (SchoolEnrollment, ProgramParticipation, RaceEthnicity):
        assert not model.objects.filter(district=district).exclude(student__district=district).exists()
    assert not CourseSchool.objects.exclude(school__district=district, course__district=district).exists()
    for one in SchoolEnrollment.objects.filter(district=district, ends_on__isnull=False):
        assert one.ends_on is not None and one.ends_on >= one.starts_on
    for ssid in Student.objects.filter(district=district).exclude(ssid="").values_list("ssid", flat=True):
        assert len(ssid) == 10 and ssid.isdigit() and ssid[0] != "0"

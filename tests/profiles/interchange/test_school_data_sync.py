"""Microsoft School Data Sync: its own files on OneRoster's road."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mbl.core import clock
from mbl.core.imports import ImportResult
from mbl.core.models import District, ImportRun
from profiles.interchange.oneroster import import_oneroster
from profiles.models import (
    Course,
    ExternalId,
    ProgramParticipation,
    RaceEthnicity,
    Relationship,
    RoleAssignment,
    RosterRole,
    School,
    SectionEnrollment,
    SectionTeacher,
    Student,
)

DAY = dt.timedelta(days=1)
OURS = Path(__file__).resolve().parents[2] / "fixtures" / "oneroster" / "pine-ridge-sds"
FILES = {path.stem: path.read_text(encoding="utf-8") for path in OURS.glob("*.csv")}
COUNTS = {
    "orgs": 2, "academicSessions": 1, "users": 5, "roles": 5, "demographics": 2, "courses": 1, "classes": 1,
    "enrollments": 3, "programs": 3, "guardians": 1,
}  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "sds"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def read(folder: Path, district: District, *, confirmed: bool = False) -> ImportResult:
    return import_oneroster(folder, district=district, actor=None, confirmed=confirmed)


def programs() -> set[tuple[str, str, dt.date | None]]:
    return set(ProgramParticipation.objects.values_list("student__person__given_name", "program", "ends_on"))


def test_the_public_sample_gives_exactly_these_counts_and_issues(shared_data: Path, district: District) -> None:
    result = read(shared_data / "oneroster" / "sds-v2", district)
    assert (result.exit_code, result.created, result.rejected) == (
        0,
        {"orgs": 5, "academicSessions": 1, "users": 29, "courses": 4, "classes": 4, "enrollments": 27},
        {},
    )
    assert Counter(issue.code for issue in result.issues) == {
        "COLUMN_NOT_USED": 1, "OR_SCHOOL_WITHOUT_CODE": 3, "OR_ROLE_NOT_USED": 2,
        "SDS_NO_SESSIONS": 1,
    }  # fmt: skip
    assert ImportRun.objects.get().kind == "sds"
    assert School.objects.count() == 3
    assert Student.objects.get(person__family_name="Klein").grade == "06"
    assert Student.objects.get(person__family_name="Bevins").grade == "PS"
    # Professor, lecturer and faculty teach; staff and aides open nothing.
    assert SectionTeacher.objects.count() == 5
    again = read(shared_data / "oneroster" / "sds-v2", district)
    assert (again.changes, again.unchanged) == (0, result.created)


def test_version_2_1_brings_roles_codes_flags_and_family(files: Path, district: District) -> None:
    result = read(files, district)
    assert (result.exit_code, result.created, result.rejected) == (0, COUNTS, {})
    aru = Student.objects.get(person__given_name="Aru")
    assert (aru.grade, str(aru.school), aru.person.birth_date) == ("10", "Pine Ridge High", dt.date(2010, 4, 1))
    told = RaceEthnicity.objects.get(student=aru)
    assert (told.race_codes, told.ethnicity_codes) == (["B", "W"], ["10"])
    # A code of the state's own is kept as it is.
    assert RaceEthnicity.objects.get(student__person__given_name="Bea").race_codes == ["W17"]
    assert programs() == {
        ("Aru", "special_education", None), ("Aru", "section_504", None), ("Bea", "low_income", None),
    }  # fmt: skip
    assert [issue.code for issue in result.issues if issue.code.startswith("SDS_FLAG")] == ["SDS_FLAG_NOT_USED"]
    assert str(Relationship.objects.get().person) == "Gus Lund"
    assert set(RoleAssignment.objects.values_list("role", flat=True)) == {"teacher"}
    assert RosterRole.objects.filter(role="principal").count() == 1
    assert Course.objects.get().code == "c1"
    assert read(files, district).changes == 0


def test_passwords_are_never_read(files: Path, district: District) -> None:
    with CaptureQueriesContext(connection) as queries:
        read(files, district)
    assert not any("never-read" in query["sql"] for query in queries.captured_queries)


@pytest.mark.rule("T49")
def test_a_flag_that_comes_back_is_a_new_interval(
    files: Path, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(files, district)
    began = clock.now()
    full = (files / "userFlags.csv").read_text()
    for days, text in ((10, full.replace("s1,iep\n", "")), (20, full)):
        later = began + days * DAY
        monkeypatch.setattr(clock, "now", lambda later=later: later)
        (files / "userFlags.csv").write_text(text)
        assert read(files, district, confirmed=True).applied
    rows = ProgramParticipation.objects.filter(program="special_education").order_by("starts_on")
    today = clock.today(district)
    assert [(row.starts_on, row.ends_on) for row in rows] == [
        (today - 20 * DAY, today - 11 * DAY), (today, None),
    ]  # fmt: skip


def test_an_interval_that_others_wrote_is_not_ended(files: Path, district: District) -> None:
    read(files, district)
    ProgramParticipation.objects.filter(program="low_income").update(source="cedars")
    flags = files / "userFlags.csv"
    flags.write_text(flags.read_text().replace("s2,freeLunch\ns2,reducedLunch\n", ""))
    read(files, district, confirmed=True)
    assert ("Bea", "low_income", None) in programs()


def test_not_hispanic_beside_another_ethnicity_is_rejected(files: Path, district: District) -> None:
    table = files / "demographics.csv"
    table.write_text(table.read_text().replace(",hispanicOrLatino\n", ',"hispanicOrLatino,notHispanicOrLatino"\n'))
    result = read(files, district)
    assert result.rejected == {"demographics": 1}
    assert [(i.file, i.line) for i in result.issues if i.code == "RACE_NOT_HISPANIC_WITH_OTHER"] == [
        ("demographics.csv", 3)
    ]
    assert RaceEthnicity.objects.count() == 1


def test_detailed_codes_of_another_source_stay(files: Path, district: District) -> None:
    read(files, district)
    RaceEthnicity.objects.filter(student__person__given_name="Aru").update(race_codes=["B07"], source="cedars")
    table = files / "demographics.csv"
    table.write_text(table.read_text().replace("blackOrAfricanAmerican,white", "asian"))
    read(files, district)
    assert RaceEthnicity.objects.get(student__person__given_name="Aru").race_codes == ["B07"]


def test_who_teaches_without_roles_is_not_guessed(files: Path, district: District) -> None:
    (files / "roles.csv").unlink()
    result = read(files, district)
    assert (result.refused, {issue.code for issue in result.issues}) == (True, {"OR_ROLES_MISSING"})
    assert not ExternalId.objects.exists()


def test_enrollments_of_unknown_people_are_named_by_line(files: Path, district: District) -> None:
    path = files / "enrollments.csv"
    path.write_text(path.read_text() + "c1,gone,student\n")
    result = read(files, district)
    assert result.rejected == {"enrollments": 1}
    assert [(i.file, i.line) for i in result.issues if i.code == "OR_REF_MISSING"] == [("enrollments.csv", 5)]
    assert SectionEnrollment.objects.count() == 2

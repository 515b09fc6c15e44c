"""CEDARS files: students, enrollments, programs, ethnicity and race, with every heading and zero that can go wrong."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crediting.models import CourseTerms
from mbl.core import clock
from mbl.core.errors import DomainError
from mbl.core.imports import ImportResult, adapters
from mbl.core.imports.undo import undo
from mbl.core.models import AuditEvent, District, ImportRun
from profiles.actions.cedars_settings import set_cedars_settings
from profiles.interchange.cedars import import_cedars
from profiles.models import Course, Person, ProgramParticipation, RaceEthnicity, SchoolEnrollment, Student
from profiles.queries.rollups import rollups_of
from profiles.rules.rollup import Group, group_of
from tests.factories.profiles import make_school, make_student

DAY = dt.timedelta(days=1)
B = (
    "SchoolYear\tServingCountyDistrictCode\tDistrictStudentID\tSSID\tLastName\tFirstName\tMiddleName\tBirthDate\tGender"
    "\tGradeLevel\tDistrictEnrollmentDate\tDistrictExitDate\n"
    '2027\t01999\t50001\t1000000001\tO"Neil\tSinéad\t\t3/5/2010\tF\t11\t9/1/2026\t\n'
    "2027\t01999\t50002\t1000000002\tDíaz\tRuy\tJosé\t12/31/2011\tX\t9\t09/01/2026\t\n"
    "2027\t01999\t50003\t1000000003\tKamiak\tMoses\t\t1/2/2020\tM\tK2\t9/1/2026\t\n"
)
C = (
    "SchoolYear\tServingCountyDistrictCode\tDistrictStudentID\tSSID\tLocationID\tSchoolEnrollmentDate\tSchoolExitDate"
    "\tWithdrawalCode\tPrimarySchool\n"
    "2027\t01999\t50001\t1000000001\t3001\t9/1/2026\t\t\tY\n2027\t01999\t50002\t1000000002\t42\t9/1/2026\t\t\tY\n"
    "2027\t01999\t50001\t1000000001\t9999\t9/1/2024\t6/10/2025\t\tN\n"
)
I = (  # noqa: E741
    "SchoolYear\tServingCountyDistrictCode\tDistrictStudentID\tSSID\tLocationID\tProgramCode\tStartDate\tExitDate"
    "\tExitReasonCode\n"
    "2027\t01999\t50001\t1000000001\t3001\t77\t9/1/2026\t10/1/2026\t\n"
    "2027\t01999\t50001\t1000000001\t3001\t77\t11/2/2026\t\t\n2027\t01999\t50002\t1000000002\t0042\t88\t9/1/2026\t\t\n"
)
L = (
    "SchoolYear\tServingCountyDistrictCode\tDistrictStudentID\tSSID\tEthnicityCode\n"
    "2027\t01999\t50001\t1000000001\t10\n2027\t01999\t50002\t1000000002\t20\n2027\t01999\t50002\t1000000002\t21\n"
)
M = (
    "SchoolYear\tServingCountyDistrictCode\tDistrictStudentID\tSSID\tRaceCode\n"
    "2027\t01999\t50001\t1000000001\tW1\n2027\t01999\t50001\t1000000001\tL9\n2027\t01999\t50002\t1000000002\tB4\n"
    "2027\t01999\t50003\t1000000003\tW1\n"
)
NAMES = {
    "B": "DistrictStudent", "C": "SchoolStudent", "D": "CourseCatalog", "I": "StudentAttributesandPrograms",
    "J": "BilingualPrograms", "K": "SpecialEducationPrograms", "L": "StudentEthnicity", "M": "StudentRace",
}  # fmt: skip


@pytest.fixture
def ready(district: District) -> District:
    """The district with its two schools and its own codes."""
    adapters()
    make_school(district, "Cedar Falls High School", code="3001", state_code="3001")
    make_school(district, "River Middle School", code="0042", state_code="0042")
    set_cedars_settings(
        district,
        {"programs": {"77": "section_504"}, "races": {"W1": "white", "L9": "middle_eastern", "B4": "black"}},
        actor=None,
    )
    district.refresh_from_db()
    return district


@pytest.fixture
def file(tmp_path: Path):  # type: ignore[no-untyped-def]
    """``file("B", text)`` writes a file under the manual's name."""
    numbers = itertools.count()

    def write(letter: str, text: str, *, name: str = "", district: str = "01999", school: str = "0000") -> Path:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        path = folder / (name or f"{district}_{school}_{NAMES[letter]}_20261115_20262027.txt")
        path.write_text(text, encoding="utf-8")
        return path

    return write


def read(path: Path, district: District, *, confirmed: bool = False, dry_run: bool = False) -> ImportResult:
    district.refresh_from_db()
    return import_cedars(path, district=district, actor=None, confirmed=confirmed, dry_run=dry_run)


def lines(result: ImportResult, code: str) -> list[int | None]:
    return [issue.line for issue in result.issues if issue.code == code]


# --- B and C ----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("T52")
@pytest.mark.rule("T51", partial=True)
def test_file_b_brings_students_with_legal_names_and_numbers(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    result = read(file("B", B), ready)
    assert (result.exit_code, result.created, result.rejected) == (0, {"students": 3}, {})
    one = Student.objects.get(ssid="1000000001")
    # A quote is a letter like others, and M/D/YYYY may have zeros or not.
    assert (one.person.family_name, one.person.birth_date, one.grade) == ('O"Neil', dt.date(2010, 3, 5), "11")
    assert one.graduation_year == clock.school_year(clock.today(ready)) + 1
    assert {str(student.person.gender): student.grade for student in Student.objects.all()} == {
        "F": "11", "X": "09", "M": "K2",
    }  # fmt: skip
    assert lines(result, "CE_LOST_ZERO") == [3]
    again = read(file("B", B), ready)
    assert (again.changes, again.unchanged) == (0, {"students": 3})


def test_a_gender_outside_the_districts_list_is_left_out(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    ready.settings["genders"] = ["F", "M"]
    ready.save()
    result = read(file("B", B), ready)
    assert lines(result, "CE_GENDER") == [3]
    assert Student.objects.get(local_id="50002").person.gender == ""


def test_what_a_file_leaves_empty_stays_and_preferred_names_too(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    read(file("B", B), ready)
    Person.objects.filter(family_name="Díaz").update(preferred_name="Rui", display_name="Rui Díaz")
    changed = B.replace("Ruy\tJosé\t12/31/2011\tX\t9", "Ruy\t\t\t\t10")
    assert read(file("B", changed), ready).updated == {"students": 1}
    ruy = Student.objects.get(local_id="50002")
    assert (str(ruy), ruy.person.middle_name, ruy.person.gender, ruy.grade) == ("Rui Díaz", "José", "X", "10")


def test_a_grade_change_in_the_year_makes_two_rows_of_which_the_later_counts(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    later = "2027\t01999\t50001\t1000000001\tO'Neil\tSinéad\t\t3/5/2010\tF\t12\t11/3/2026\t\n"
    for text in (B + later, B.replace("2027\t", later + "2027\t", 1)):
        read(file("B", text), ready)
        assert Student.objects.get(local_id="50001").grade == "12"
    assert Student.objects.count() == 3


def test_file_c_says_where_and_since_when(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    read(file("B", B), ready)
    result = read(file("C", C), ready)
    assert (result.exit_code, result.created, result.rejected) == (0, {"enrollments": 2}, {})
    # 42 lost its zeros: said, once.
    assert lines(result, "CE_LOST_ZERO") == [3]
    assert {str(one.school) for one in SchoolEnrollment.objects.all()} == {
        "Cedar Falls High School", "River Middle School",
    }  # fmt: skip
    assert str(Student.objects.get(local_id="50002").school) == "River Middle School"
    assert read(file("C", C), ready).changes == 0
    over = C.replace("3001\t9/1/2026\t\t\tY", "3001\t9/1/2026\t10/30/2026\tT1\tY")
    assert read(file("C", over), ready).updated == {"enrollments": 1}
    ended = SchoolEnrollment.objects.get(student__local_id="50001")
    assert (ended.ends_on, ended.exit_reason) == (dt.date(2026, 10, 30), "T1")


def test_an_enrollment_that_a_roster_brought_is_not_doubled(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    read(file("B", B), ready)
    student = Student.objects.get(local_id="50001")
    school = ready.schools.get(code="3001")
    SchoolEnrollment.objects.create(
        district=ready, student=student, school=school, grade="11", starts_on=dt.date(2026, 9, 8)
    )
    result = read(file("C", C), ready)
    assert (result.created, result.updated) == ({"enrollments": 1}, {"enrollments": 1})
    assert student.enrollments.get().starts_on == dt.date(2026, 9, 1)


def test_a_number_that_lost_its_zeros_is_named_and_not_guessed(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    make_student(ready.schools.get(code="3001"), "Zoe Zero", local_id="0777")
    result = read(file("C", C.splitlines()[0] + "\n2027\t01999\t777\t\t3001\t9/1/2026\t\t\tY\n"), ready)
    assert (result.exit_code, result.rejected) == (3, {"enrollments": 1})
    (issue,) = [one for one in result.issues if one.code == "CE_STUDENT_UNKNOWN"]
    assert (issue.line, "0777" in issue.message) == (2, True)


@pytest.mark.parametrize(
    ("letter", "row", "code"),
    [
        ("B", "2027\t01999\t\t1000000009\tX\tY\t\t\t\t\t\t", "CE_VALUE_MISSING"),
        ("B", "2027\t02888\t50009\t1000000009\tX\tY\t\t\t\t\t\t", "CE_OTHER_DISTRICT"),
        ("B", "2027\t01999\t50009\t1000000009\tX\tY\t\t\t\t\t2/30/2026\t", "CE_DATE"),
        ("B", "2027\t01999\t50009\t1000000009\tX\tY\t\t\t\t\t9/1/2026\t8/1/2026", "CE_DATES_ORDER"),
        ("B", "2027\t01999\t50009\t1000000002\tX", "ROW_TOO_SHORT"),
        ("C", "2027\t01999\t50001\t1000000002\t3001\t9/1/2026\t\t\tY", "CE_STUDENT_CONFLICT"),
        ("C", "2027\t01999\t60001\t\t3001\t9/1/2026\t\t\tY", "CE_STUDENT_UNKNOWN"),
        ("C", "2027\t01999\t50001\t1000000001\t7777\t9/1/2026\t\t\tY", "CE_LOCATION_UNKNOWN"),
        ("C", "2027\t01999\t50001\t1000000001\t3001\t\t\t\tY", "CE_VALUE_MISSING"),
    ],
)
def test_a_faulty_row_is_rejected_with_its_line(ready: District, file, letter: str, row: str, code: str) -> None:  # type: ignore[no-untyped-def]
    read(file("B", B), ready)
    text = {"B": B, "C": C}[letter]
    result = read(file(letter, text + row + "\n"), ready)
    assert (result.exit_code, sum(result.rejected.values())) == (3, 1)
    assert lines(result, code) == [len(text.splitlines()) + 1]


def test_a_faulty_ssid_is_left_out(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    result = read(file("B", B.replace("1000000003", "0000000003")), ready)
    assert lines(result, "CE_SSID") == [4]
    assert Student.objects.get(local_id="50003").ssid == ""


# --- Names, headings, dialects ----------------------------------------------------------------------------------------


def test_commas_and_quotes_and_other_orders_of_columns_say_the_same(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    read(file("B", B), ready)
    rows = [line.split("\t") for line in C.splitlines()]
    text = "".join(",".join(f'"{cell}"' for cell in reversed(row)) + "\r\n" for row in rows)
    assert read(file("C", text, name="export.csv"), ready).created == {"enrollments": 2}
    assert read(file("C", C), ready).changes == 0


def test_a_renamed_heading_is_solved_by_data_of_the_district(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    renamed = B.replace("DistrictStudentID", "Learner No")
    refused = read(file("B", renamed), ready)
    assert (refused.refused, "COLUMN_MISSING" in {issue.code for issue in refused.issues}) == (True, True)
    set_cedars_settings(ready, {"headers": {"2027": {"B": {"student_id": ["Learner No"]}}}}, actor=None)
    assert read(file("B", renamed), ready).created == {"students": 3}
    # Of another year it is not known.
    path = file("B", renamed, name="01999_0000_DistrictStudent_20251115_20252026.txt")
    assert read(path, ready).refused


def test_element_numbers_are_headings_too(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    _header, *rows = B.splitlines(keepends=True)
    numbers = "B01\tB02\tB04\tB05\tB06\tB07\tB08\tB09\tB12\tB13\tB14\tB15\n"
    assert read(file("B", "".join([numbers, *rows])), ready).created == {"students": 3}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("02888_0000_DistrictStudent_20261115_20262027.txt", "CE_OTHER_DISTRICT"),
        ("01999_0000_Surprise_20261115_20262027.txt", ""),
        ("1999_0000_DistrictStudent_20261115_20262027.txt", "CE_LOST_ZERO"),
        ("01999_0000_DistrictStudent_20261115.txt", ""),
    ],
)
def test_the_name_says_whose_file_it_is(ready: District, file, name: str, code: str) -> None:  # type: ignore[no-untyped-def]
    result = read(file("B", B, name=name), ready)
    assert result.refused == (code == "CE_OTHER_DISTRICT")
    if code:
        assert code in {issue.code for issue in result.issues}


def test_a_file_of_another_kind_is_refused_with_a_hint(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    result = read(file("B", "CourseID\tLetterGrade\tCreditsEarned\nX\tA\t1\n", name="h.txt"), ready)
    assert (result.refused, [issue.code for issue in result.issues]) == (True, ["CE_FILE_UNKNOWN"])
    empty = read(file("B", B.splitlines()[0] + "\n"), ready)
    assert (empty.refused, [issue.code for issue in empty.issues]) == (True, ["CE_HEADER_ONLY"])


# --- Programs ---------------------------------------------------------------------------------------------------------


@pytest.mark.rule("T49")
def test_programs_are_dated_intervals_and_coming_back_makes_a_new_one(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    read(file("B", B), ready)
    result = read(file("I", I), ready)
    assert (result.exit_code, result.created) == (0, {"programs": 2})
    spans = ProgramParticipation.objects.filter(program="section_504").order_by("starts_on")
    assert [(one.starts_on, one.ends_on) for one in spans] == [
        (dt.date(2026, 9, 1), dt.date(2026, 10, 1)), (dt.date(2026, 11, 2), None),
    ]  # fmt: skip
    # A code that is not in the district's list is named once, never guessed.
    assert [issue.code for issue in result.issues if issue.severity == "warning"] == ["CE_PROGRAM_NOT_MAPPED"]
    header, *rows = I.splitlines(keepends=True)
    assert read(file("I", "".join([header, *reversed(rows)])), ready).changes == 0


def test_an_open_program_that_a_whole_districts_file_no_longer_lists_is_over(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    read(file("B", B), ready)
    read(file("I", I), ready)
    without = I.replace("2027\t01999\t50001\t1000000001\t3001\t77\t11/2/2026\t\t\n", "")
    # One school's file is not the whole.
    assert read(file("I", without, school="3001"), ready, confirmed=True).withdrawn == {}
    assert read(file("I", without), ready).refused
    assert read(file("I", without), ready, confirmed=True).withdrawn == {"programs": 1}
    assert not ProgramParticipation.objects.filter(ends_on=None).exists()


def test_a_flag_of_a_roster_becomes_the_states_interval(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    read(file("B", B), ready)
    student = Student.objects.get(local_id="50001")
    ProgramParticipation.objects.create(
        district=ready, student=student, program="section_504", starts_on=dt.date(2026, 11, 15), source="sds"
    )
    result = read(file("I", I), ready)
    assert (result.created, result.updated) == ({"programs": 1}, {"programs": 1})
    assert student.pk and not ProgramParticipation.objects.filter(source="sds").exists()


def test_bilingual_and_special_education_have_files_of_their_own(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    read(file("B", B), ready)
    header = "SchoolYear\tServingCountyDistrictCode\tDistrictStudentID\tSSID\tStartDate\tExitDate\tDisabilityCode\n"
    for letter in ("J", "K"):
        read(file(letter, header + "2027\t01999\t50001\t1000000001\t9/1/2026\t\tsecret-9\n"), ready)
    assert set(ProgramParticipation.objects.values_list("program", "source")) == {
        ("multilingual", "cedars:J"), ("special_education", "cedars:K"),
    }  # fmt: skip


def test_a_disability_is_never_read(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    read(file("B", B), ready)
    header = "SchoolYear\tServingCountyDistrictCode\tDistrictStudentID\tSSID\tStartDate\tExitDate\tDisabilityCode\n"
    with CaptureQueriesContext(connection) as queries:
        read(file("K", header + "2027\t01999\t50001\t1000000001\t9/1/2026\t\tsecret-9\n"), ready)
    assert not any("secret-9" in query["sql"] for query in queries.captured_queries)


# --- Ethnicity and race -----------------------------------------------------------------------------------------------


@pytest.mark.rule("T45")
@pytest.mark.rule("T48")
def test_codes_stay_raw_and_groups_come_from_a_version_with_the_districts_codes(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    read(file("B", B), ready)
    assert read(file("L", L), ready).created == {"ethnicity": 2}
    result = read(file("M", M), ready)
    assert (result.created, result.updated) == ({"race": 1}, {"race": 2})
    told = {one.student.local_id: one for one in RaceEthnicity.objects.all()}
    assert told["50001"].race_codes == ["L9", "W1"]
    assert told["50002"].ethnicity_codes == ["20", "21"]
    versions = rollups_of(ready)
    groups = {
        (number, version): group_of(versions[version], one.ethnicity_codes, one.race_codes)
        for number, one in told.items()
        for version in versions
    }
    assert groups == {
        ("50001", "federal-2007"): Group.WHITE, ("50001", "spd15-2024"): Group.TWO_OR_MORE,
        ("50002", "federal-2007"): Group.HISPANIC, ("50002", "spd15-2024"): Group.TWO_OR_MORE,
        ("50003", "federal-2007"): Group.NOT_PROVIDED, ("50003", "spd15-2024"): Group.WHITE,
    }  # fmt: skip
    # Without an ethnicity nobody is taken for not Hispanic: that is said, and the group is "not provided" (V-R5).
    assert "CE_ETHNICITY_MISSING" in {issue.code for issue in result.issues}
    assert read(file("M", M), ready).changes == 0


@pytest.mark.rule("T46")
def test_not_hispanic_beside_another_ethnicity_is_an_error_and_changes_nothing(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    read(file("B", B), ready)
    read(file("L", L), ready)
    result = read(file("L", L + "2027\t01999\t50001\t1000000001\t22\n"), ready)
    assert (result.exit_code, result.rejected, lines(result, "CE_NOT_HISPANIC_WITH_OTHER")) == (
        3,
        {"ethnicity": 1},
        [5],
    )
    assert RaceEthnicity.objects.get(student__local_id="50001").ethnicity_codes == ["10"]


def test_a_race_code_without_a_group_is_kept_and_named(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    read(file("B", B), ready)
    result = read(file("M", M.replace("B4", "Q7")), ready)
    assert RaceEthnicity.objects.get(student__local_id="50002").race_codes == ["Q7"]
    assert [issue.code for issue in result.issues] == ["CE_RACE_NOT_MAPPED", "CE_ETHNICITY_MISSING"]


# --- The whole --------------------------------------------------------------------------------------------------------


def test_a_folder_of_files_is_read_in_the_order_of_their_references(  # type: ignore[no-untyped-def]
    ready: District, file, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [str(file(letter, text)) for letter, text in (("M", M), ("L", L), ("I", I), ("C", C), ("B", B))]
    call_command("import_cedars", *paths, "--district", ready.code, "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["created"] == {"students": 3, "enrollments": 2, "programs": 2, "ethnicity": 2, "race": 1}
    assert (told["updated"], told["rejected"]) == ({"race": 2}, {})
    assert AuditEvent.objects.filter(verb="profiles.cedars.imported").count() == 1
    call_command("import_cedars", *paths, "--district", ready.code, "--json")
    again = json.loads(capsys.readouterr().out)
    assert (again["created"], again["updated"], again["withdrawn"]) == ({}, {}, {})


def test_a_trial_writes_nothing_and_an_applied_run_can_be_taken_back(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    planned = read(file("B", B), ready, dry_run=True)
    assert (planned.applied, planned.created) == (False, {"students": 3})
    assert not Student.objects.exists()
    done = read(file("B", B), ready)
    undo(ImportRun.objects.get(public_id=done.run), actor=None)
    assert not Student.objects.exists()


def test_nothing_of_another_district_is_touched(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    other = District.objects.get(code="southport")
    twin = make_student(make_school(other, "Twin", code="3001"), "Tess Twin", local_id="50001", ssid="1000000001")
    read(file("B", B), ready)
    twin.refresh_from_db()
    assert (str(twin), Student.objects.filter(district=ready).count()) == ("Tess Twin", 3)


def test_settings_that_cannot_be_are_refused(ready: District) -> None:
    wrong: list[dict[str, Any]] = [
        {"programs": {"1": "swimming"}},
        {"races": {"1": "two_or_more"}},
        {"headers": {"27": {}}},
        {"headers": {"2027": {"B": {"shoe_size": ["X"]}}}},
        {"colors": {}},
    ]
    for told in wrong:
        with pytest.raises(DomainError):
            set_cedars_settings(ready, told, actor=None)
    assert set_cedars_settings(ready, {"programs": {"77": "section_504"}}, actor=None) == ()


# --- D ----------------------------------------------------------------------------------------------------------------


def test_file_d_brings_the_catalog_and_leaves_worth_to_the_district(ready: District, file) -> None:  # type: ignore[no-untyped-def]
    known = Course.objects.create(district=ready, code="MTH201", title="Geom.")
    CourseTerms.objects.create(course=known, credits="1.000", subject="math")
    text = (
        "SchoolYear\tServingCountyDistrictCode\tLocationID\tCourseID\tCourseTitle\tContentAreaCode\t"
        "CourseDesignationCode\tStateCourseCode\n"
        "2027\t01999\t3001\tMTH201\tGeometry\t\tB\t02072\n2027\t01999\t0042\tMTH201\tGeometry\t\tB\t02072\n"
        "2027\t01999\t3001\tART1\tArt\t\t\t5154\n2027\t01999\t7777\tXX1\tElsewhere\t\t\t\n"
    )
    result = read(file("D", text), ready)
    assert (result.exit_code, result.created, result.updated, result.rejected) == (
        3, {"courses": 1}, {"courses": 1}, {"courses": 1},
    )  # fmt: skip
    terms = CourseTerms.objects.get(course=known)
    assert (terms.course.title, terms.state_course_code) == ("Geometry", "02072")
    assert [(one.letter, one.first_year) for one in known.designations.all()] == [("B", 2027)]
    assert (lines(result, "CE_STATE_CODE"), lines(result, "CE_LOCATION_UNKNOWN")) == ([4], [5])
    assert read(file("D", text), ready).changes == 0

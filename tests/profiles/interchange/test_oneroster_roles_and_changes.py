"""OneRoster 1.2 with its roles in a file of their own, and exports that hold only what changed."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mbl.core import clock
from mbl.core.imports import ImportResult
from mbl.core.models import District
from profiles.interchange.oneroster import import_oneroster
from profiles.models import (
    ExternalId,
    Person,
    RaceEthnicity,
    Relationship,
    RoleAssignment,
    RosterRole,
    SectionEnrollment,
    Student,
)

ONE_TWO = Path(__file__).resolve().parents[2] / "fixtures" / "oneroster" / "maple-bay"
COUNTS = {
    "orgs": 3, "academicSessions": 1, "users": 7, "roles": 9, "demographics": 2, "courses": 2, "classes": 2,
    "enrollments": 4, "guardians": 1,
}  # fmt: skip
NOW = "2026-11-20T08:00:00.000Z"


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    folder = tmp_path / "maple-bay"
    shutil.copytree(ONE_TWO, folder)
    return folder


def read(roster: Path, district: District, **options: bool | str) -> ImportResult:
    return import_oneroster(roster, district=district, actor=None, **options)  # type: ignore[arg-type]


def person(key: str) -> Person:
    return Person.objects.get(pk=ExternalId.objects.get(kind="users", value=key).object_id)


def codes(result: ImportResult) -> set[str]:
    return {issue.code for issue in result.issues}


def rewrite(folder: Path, kind: str, old: str, new: str) -> None:
    path = folder / f"{kind}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def delta(tmp_path: Path, roster: Path):  # type: ignore[no-untyped-def]
    """``delta(users=[...])`` makes a package of changes: rows as the cells after the header's, by kind."""
    made = 0

    def make(**kinds: list[str]) -> Path:
        nonlocal made
        made += 1
        folder = tmp_path / f"changes-{made}"
        folder.mkdir()
        manifest = (roster / "manifest.csv").read_text().replace(",bulk", ",absent")
        for kind, rows in kinds.items():
            manifest = manifest.replace(f"file.{kind},absent", f"file.{kind},delta")
            header = (roster / f"{kind}.csv").read_text(encoding="utf-8").splitlines()[0]
            (folder / f"{kind}.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        (folder / "manifest.csv").write_text(manifest)
        return folder

    return make


# --- 1.2 --------------------------------------------------------------------------------------------------------------


def test_people_have_the_roles_that_their_own_file_says(roster: Path, district: District) -> None:
    result = read(roster, district)
    assert (result.exit_code, result.created, result.rejected) == (0, COUNTS, {})
    lex = Student.objects.get(local_id="30001")
    assert (str(lex), lex.person.given_name, lex.person.pronouns) == ("Lex Whitehorse", "Alexander", "they/them")
    assert "lex" in lex.person.search_text
    assert "alexander" in lex.person.search_text
    assert (lex.grade, str(lex.school), lex.person.gender) == ("11", "Maple Bay High School", "X")
    held = set(RoleAssignment.objects.values_list("person__family_name", "role", "school__code"))
    # The counselor's second role, teacher, was over in June.
    assert held == {("Calloway", "teacher", "4001"), ("Calloway", "teacher", "0051")}
    link = Relationship.objects.get()
    assert (str(link.person), str(link.student), link.portal) == ("Samir Haddad", "Noor Haddad", False)
    assert RaceEthnicity.objects.get(student=lex).race_codes == ["N", "W"]


def test_a_rosters_administrators_and_counselors_are_only_noted(roster: Path, district: District) -> None:
    result = read(roster, district)
    noted = set(
        RosterRole.objects.exclude(role__in=["student", "teacher", "parent"]).values_list("person__family_name", "role")
    )
    assert noted == {("Adeyemi", "counselor"), ("Petrov", "districtadministrator")}
    assert not RoleAssignment.objects.exclude(role="teacher").exists()
    told = [(i.file, i.line) for i in result.issues if i.code == "OR_ADMINISTRATOR_NOT_GIVEN"]
    assert told == [("roles.csv", 4), ("roles.csv", 5)]


def test_again_and_in_another_order_nothing_changes(roster: Path, district: District) -> None:
    read(roster, district)
    assert read(roster, district).unchanged == COUNTS
    for kind in ("users", "roles", "enrollments", "demographics"):
        path = roster / f"{kind}.csv"
        header, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join([header, *reversed(rows)]), encoding="utf-8")
    again = read(roster, district)
    assert (again.changes, again.unchanged) == (0, COUNTS)


def test_a_role_that_ends_is_taken_back_and_the_person_stays(roster: Path, district: District) -> None:
    read(roster, district)
    rewrite(roster, "roles", "r-2,,,u-t1,secondary,teacher,,,o-m,\n", "")
    result = read(roster, district, confirmed=True)
    assert (result.withdrawn, result.updated, result.created) == ({"roles": 1}, {}, {})
    today = clock.today(district)
    in_force = RoleAssignment.objects.in_force(today).values_list("school__code", flat=True)
    assert list(in_force) == ["4001"]
    assert person("u-t1").is_active


def test_a_role_with_a_last_day_ends_by_itself(roster: Path, district: District) -> None:
    rewrite(roster, "roles", "u-t1,primary,teacher,,,o-h", "u-t1,primary,teacher,,2027-06-18,o-h")
    read(roster, district)
    assert RoleAssignment.objects.get(school__code="4001").ends_on == dt.date(2027, 6, 18)


def test_user_profiles_and_passwords_are_never_read(roster: Path, district: District) -> None:
    (roster / "userProfiles.csv").write_text(
        "sourcedId,status,dateLastModified,userSourcedId,profileType,vendorId,applicationId,description,"
        "credentialType,username,password\np-1,,,u-s1,SYSTEM,v,,,login,lex,never-read\n"
    )
    rewrite(roster, "manifest", "file.userProfiles,absent", "file.userProfiles,bulk")
    with CaptureQueriesContext(connection) as queries:
        result = read(roster, district)
    assert result.created == COUNTS
    assert not any("never-read" in query["sql"] for query in queries.captured_queries)


def test_a_user_without_a_role_is_somebody_and_nothing_more(roster: Path, district: District) -> None:
    rewrite(roster, "roles", "r-8,,,u-p1,primary,parent,,,o-h,\n", "")
    result = read(roster, district)
    assert [(i.file, i.line) for i in result.issues if i.code == "OR_USER_WITHOUT_ROLE"] == [("users.csv", 8)]
    assert person("u-p1").is_active
    assert not Relationship.objects.exists()


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("r-x,,,u-gone,primary,student,,,o-h,", "OR_REF_MISSING"),
        ("r-x,,,u-s1,primary,student,,,o-gone,", "OR_REF_MISSING"),
        ("r-x,,,u-s1,primary,wizard,,,o-h,", "OR_VALUE_UNKNOWN"),
        ("r-x,,,u-s1,primary,student,2027-01-01,2026-01-01,o-h,", "OR_DATES_ORDER"),
    ],
)
def test_a_faulty_role_is_rejected_with_its_line(roster: Path, district: District, row: str, code: str) -> None:
    path = roster / "roles.csv"
    path.write_text(path.read_text() + row + "\n")
    result = read(roster, district)
    assert (result.exit_code, result.rejected) == (3, {"roles": 1})
    assert [(i.file, i.line) for i in result.issues if i.code == code] == [("roles.csv", 11)]


def test_without_a_manifest_the_edition_has_to_be_right(roster: Path, district: District) -> None:
    (roster / "manifest.csv").unlink()
    assert codes(read(roster, district, full_snapshot=True)) == {"OR_VERSION"}
    result = read(roster, district, full_snapshot=True, edition="1.2")
    assert (result.applied, result.created) == (True, COUNTS)


# --- Changes alone ----------------------------------------------------------------------------------------------------


def test_changes_alone_need_a_complete_export_first(district: District, delta) -> None:  # type: ignore[no-untyped-def]
    result = read(delta(orgs=[f"o-x,active,{NOW},X,school,4009,o-d"]), district)
    assert (result.refused, codes(result)) == (True, {"OR_DELTA_FIRST"})


def test_changes_alone_add_change_and_remove_what_they_name(  # type: ignore[no-untyped-def]
    roster: Path, district: District, delta
) -> None:
    read(roster, district)
    changes = delta(
        enrollments=[
            f"e-2,tobedeleted,{NOW},k-1,o-h,u-s1,student,false,,",
            f"e-5,active,{NOW},k-1,o-h,u-s3,student,false,2026-11-02,",
        ],
        users=[f"u-s2,active,{NOW},true,u-s2,,Noor,Haddad-Lind,,30002,,,,u-p1,11,never-read,,Nori,,,o-h,"],
    )
    result = read(changes, district, confirmed=True)
    assert result.created == {"enrollments": 1}
    assert result.updated == {"users": 1}
    assert result.withdrawn == {"enrollments": 1}
    assert (result.exit_code, result.rejected) == (0, {})
    noor = Student.objects.get(local_id="30002")
    assert (str(noor), noor.grade, str(noor.school)) == ("Nori Haddad-Lind", "11", "Maple Bay High School")
    gone = SectionEnrollment.objects.get(student__local_id="30001")
    assert gone.ends_on == clock.today(district) - dt.timedelta(days=1)
    assert Relationship.objects.get().ends_on is None
    assert Person.objects.filter(is_active=True).count() == 7
    # Again: nothing.
    assert read(changes, district).changes == 0


def test_inactive_means_to_be_deleted(roster: Path, district: District, delta) -> None:  # type: ignore[no-untyped-def]
    read(roster, district)
    result = read(
        delta(users=[f"u-s3,inactive,{NOW},true,u-s3,,Tomás,Quispe,,30003,,,,,08,,,,,,o-m,"]), district, confirmed=True
    )
    assert result.withdrawn == {"users": 1}
    assert "OR_ROW_DELETED" in codes(result)
    tomas = Student.objects.get(local_id="30003")
    assert (tomas.is_active, tomas.person.is_active) == (False, False)


def test_a_changed_role_alone_keeps_everything_else(  # type: ignore[no-untyped-def]
    roster: Path, district: District, delta
) -> None:
    read(roster, district)
    result = read(
        delta(roles=[
            f"r-7,tobedeleted,{NOW},u-s3,primary,student,,,o-m,",
            f"r-10,active,{NOW},u-s3,primary,student,,,o-h,",
            f"r-11,active,{NOW},u-c1,secondary,teacher,,,o-m,",
        ]),
        district,
        confirmed=True,
    )  # fmt: skip
    assert (result.created, result.withdrawn, result.updated) == ({"roles": 2}, {"roles": 1}, {})
    tomas = Student.objects.get(local_id="30003")
    assert (str(tomas), tomas.grade, str(tomas.school)) == ("Tomás Quispe", "08", "Maple Bay High School")
    assert tomas.is_active
    assert RoleAssignment.objects.get(person=person("u-c1")).school.code == "0051"  # type: ignore[union-attr]
    assert RosterRole.objects.filter(person=person("u-c1"), role="counselor", ends_on=None).exists()
    # A complete export that says the same finds nothing to do.
    rewrite(roster, "roles", "r-7,,,u-s3,primary,student,,,o-m,", "r-10,,,u-s3,primary,student,,,o-h,")
    path = roster / "roles.csv"
    path.write_text(path.read_text() + "r-11,,,u-c1,secondary,teacher,,,o-m,\n")
    assert read(roster, district).changes == 0


def test_changes_that_name_unknown_things_ask_for_a_complete_export(  # type: ignore[no-untyped-def]
    roster: Path, district: District, delta
) -> None:
    read(roster, district)
    result = read(delta(enrollments=[f"e-9,active,{NOW},k-gone,o-h,u-s1,student,false,,"]), district)
    assert (result.exit_code, result.rejected, result.changes) == (3, {"enrollments": 1}, 0)
    assert {"OR_REF_MISSING", "OR_DELTA_NEEDS_BULK"} <= codes(result)


def test_changes_need_their_two_columns(roster: Path, district: District, delta) -> None:  # type: ignore[no-untyped-def]
    read(roster, district)
    folder = delta(orgs=[f"o-h,active,{NOW},Maple Bay High,school,4001,o-d"])
    rewrite(folder, "orgs", "status,", "condition,")
    result = read(folder, district)
    assert (result.refused, [i.column for i in result.issues if i.code == "COLUMN_MISSING"]) == (True, ["status"])


def test_a_complete_set_that_calls_itself_changes_is_read_when_somebody_says_so(
    shared_data: Path, district: District
) -> None:
    result = read(shared_data / "oneroster" / "v1p2-minimal-complete", district, full_snapshot=True)
    assert (result.exit_code, result.created) == (
        0,
        dict.fromkeys(
            ("orgs", "academicSessions", "users", "roles", "demographics", "courses", "classes", "enrollments"), 1
        ),
    )
    assert Student.objects.get().person.given_name == "Bruce"
    assert read(shared_data / "oneroster" / "v1p2-minimal-complete", district, full_snapshot=True).changes == 0

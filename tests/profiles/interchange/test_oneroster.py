"""OneRoster: what a roster brings, what a second one changes, and what stops it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mbl.core import clock
from mbl.core.imports import ImportResult
from mbl.core.models import AuditEvent, District, ImportRun
from mbl.core.states import ImportState
from profiles import access
from profiles.actions.relationships import verify_guardian
from profiles.actions.roles import end_role, give_role
from profiles.interchange.oneroster import import_oneroster
from profiles.models import (
    AcademicSession,
    Course,
    ExternalId,
    Person,
    RaceEthnicity,
    Relationship,
    RoleAssignment,
    School,
    Section,
    SectionEnrollment,
    SectionTeacher,
    Student,
)
from profiles.states import Role
from tests.factories.core import make_user
from tests.factories.profiles import make_course, make_person, make_school
from tests.profiles.interchange.conftest import Rewrite

DAY = dt.timedelta(days=1)
COUNTS = {
    "orgs": 3, "academicSessions": 3, "users": 11, "demographics": 4, "courses": 3, "classes": 3, "enrollments": 9,
    "guardians": 2,
}  # fmt: skip


def read(
    roster: Path, district: District, *, dry_run: bool = False, confirmed: bool = False, full_snapshot: bool = False
) -> ImportResult:
    return import_oneroster(
        roster, district=district, actor=None, dry_run=dry_run, confirmed=confirmed, full_snapshot=full_snapshot
    )


def person(key: str) -> Person:
    return Person.objects.get(pk=ExternalId.objects.get(kind="users", value=key).object_id)


def student(key: str) -> Student:
    return Student.objects.get(person=person(key))


def codes(result: ImportResult) -> set[str]:
    return {issue.code for issue in result.issues}


def lines(result: ImportResult, code: str) -> list[tuple[str, int | None]]:
    return [(issue.file, issue.line) for issue in result.issues if issue.code == code]


def drop(line_start: str):  # type: ignore[no-untyped-def]
    """Removes the lines that begin so."""

    def edit(text: str) -> str:
        return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(line_start))

    return edit


def swap(old: str, new: str):  # type: ignore[no-untyped-def]
    """Replaces a text that must be there."""

    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return edit


# --- What it brings -------------------------------------------------------------------------------------------------


def test_a_roster_brings_schools_people_courses_and_who_is_where(roster: Path, district: District) -> None:
    result = read(roster, district)
    assert (result.applied, result.exit_code, result.created) == (True, 0, COUNTS)
    assert (result.updated, result.withdrawn, result.rejected) == ({}, {}, {})
    school = School.objects.get(code="0042")
    assert (school.name, school.state_code, school.district) == ("River Middle School", "0042", district)
    geometry = Section.objects.get(code="MTH201-1")
    assert (geometry.course.code, str(geometry.school)) == ("MTH201", "Cedar Falls High School")
    # Both semesters, so it is kept under the school year above them.
    assert geometry.session.title == "2026-27"
    assert Counter(geometry.enrollments.values_list("student__person__family_name", flat=True)) == {
        "Đặng": 1, "Villanueva Ríos": 1, "Warsame": 1, "Brooks-Thompson": 1,
    }  # fmt: skip
    assert [one.person.family_name for one in geometry.teachers.all()] == ["Nakamura"]


@pytest.mark.rule("T51", partial=True)
def test_sessions_are_keyed_by_their_ending_year_and_nested(roster: Path, district: District) -> None:
    read(roster, district)
    year = AcademicSession.objects.get(title="2026-27")
    assert set(AcademicSession.objects.values_list("school_year", flat=True)) == {2027}
    assert set(AcademicSession.objects.filter(parent=year).values_list("title", flat=True)) == {
        "Semester 1", "Semester 2",
    }  # fmt: skip


def test_students_have_numbers_grades_and_an_enrollment(roster: Path, district: District) -> None:
    read(roster, district)
    mateo = student("usr-s3")
    assert (mateo.local_id, mateo.grade, str(mateo.school)) == ("20003", "10", "Cedar Falls High School")
    assert mateo.person.search_text == "mateo jose villanueva rios"
    enrolled = mateo.enrollments.get()
    assert (enrolled.grade, enrolled.ends_on) == ("10", None)
    assert mateo.graduation_year == clock.school_year(clock.today(district)) + 2
    assert Student.objects.count() == 6


def test_birth_dates_and_reported_groups_are_kept_raw(roster: Path, district: District) -> None:
    read(roster, district)
    mateo = student("usr-s3")
    assert (mateo.person.birth_date, mateo.person.gender) == (dt.date(2010, 7, 4), "M")
    told = RaceEthnicity.objects.get(student=mateo)
    assert (told.ethnicity_codes, told.race_codes, told.source) == (["H"], ["W"], "oneroster:cfsis")


def test_teachers_have_the_role_at_their_schools_and_administrators_nothing(roster: Path, district: District) -> None:
    result = read(roster, district)
    held = Counter(RoleAssignment.objects.values_list("person__family_name", "role", "school__code"))
    assert held == {
        ("Nakamura", "teacher", "3001"): 1, ("Okafor", "teacher", "3001"): 1, ("Okafor", "teacher", "0042"): 1,
    }  # fmt: skip
    assert set(RoleAssignment.objects.values_list("source", flat=True)) == {"oneroster:cfsis"}
    assert lines(result, "OR_ADMINISTRATOR_NOT_GIVEN") == [("users.csv", 4)]


def test_family_links_are_read_both_ways_and_open_nothing(roster: Path, district: District) -> None:
    read(roster, district)
    links = {(str(one.person), str(one.student), one.label, one.portal) for one in Relationship.objects.all()}
    assert links == {
        ("Carol Brooks", "Aaliyah Brooks-Thompson", "parent", False),
        ("Rosa Villanueva", "Mateo Villanueva Ríos", "guardian", False),
    }
    carol = person("usr-p1")
    carol.user = make_user("carol")
    carol.save()
    assert not access.students_visible_to(carol.user).exists()


def test_passwords_are_never_read(roster: Path, district: District) -> None:
    with CaptureQueriesContext(connection) as queries:
        read(roster, district)
    assert not any("never-read" in query["sql"] for query in queries.captured_queries)
    for run in ImportRun.objects.all():
        assert not any("never-read" in issue.message for issue in run.issues.all())


def test_a_disabled_user_is_kept_and_cannot_come_in(roster: Path, district: District) -> None:
    read(roster, district)
    zhao = student("usr-s6")
    assert (zhao.is_active, zhao.person.is_active) == (True, False)


def test_nothing_of_the_other_district_is_touched(roster: Path, district: District) -> None:
    other = District.objects.get(code="southport")
    make_school(other, "Twin", code="3001")
    make_course(other, "Twin", code="MTH201")
    read(roster, district)
    assert list(Person.objects.filter(district=other)) == []
    assert School.objects.get(district=other).name == "Twin"
    assert Course.objects.get(district=other).title == "Twin"


def test_the_run_and_its_event_say_what_happened(roster: Path, district: District) -> None:
    actor = make_user("importer")
    result = import_oneroster(roster, district=district, actor=actor)
    run = ImportRun.objects.get()
    assert (str(run.public_id), run.state, run.created, run.actor) == (result.run, ImportState.APPLIED, COUNTS, actor)
    assert run.issues.count() == len(result.issues)
    event = AuditEvent.objects.get(verb="profiles.roster.imported")
    assert (event.actor, event.payload["created"]) == (actor, sum(COUNTS.values()))


# --- Again ----------------------------------------------------------------------------------------------------------


def test_the_same_roster_twice_writes_nothing(roster: Path, district: District) -> None:
    first = read(roster, district)
    with CaptureQueriesContext(connection) as queries:
        second = read(roster, district)
    writes = [
        query["sql"] for query in queries.captured_queries
        if query["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "COPY", "CREATE"))
    ]  # fmt: skip
    assert writes == []
    assert (second.applied, second.exit_code, second.unchanged, second.changes) == (True, 0, COUNTS, 0)
    assert second.run == first.run
    assert "SAME_BYTES" in codes(second)


def test_the_same_rows_in_another_order_change_nothing_but_the_record(
    roster: Path, district: District, rewrite: Rewrite
) -> None:
    read(roster, district)
    rewrite("users", lambda text: "".join([text.splitlines(True)[0], *sorted(text.splitlines(True)[1:], reverse=True)]))
    events = AuditEvent.objects.count()
    again = read(roster, district)
    assert (again.changes, again.unchanged) == (0, COUNTS)
    assert ImportRun.objects.count() == 2
    assert AuditEvent.objects.count() == events


def test_a_dry_run_says_the_same_and_writes_nothing(roster: Path, district: District) -> None:
    planned = read(roster, district, dry_run=True)
    assert (planned.applied, planned.exit_code, planned.created) == (False, 0, COUNTS)
    assert not Person.objects.exists()
    assert not ExternalId.objects.exists()
    assert ImportRun.objects.get().state == ImportState.CHECKED
    assert read(roster, district).created == COUNTS


def test_changes_are_written_and_counted(roster: Path, district: District, rewrite: Rewrite) -> None:
    read(roster, district)
    before = person("usr-t1").public_id
    rewrite("users", swap("Mika,Nakamura", "Mika,Nakamura-Lee"))
    rewrite("courses", swap("Geometry,MTH201", "Geometry and Proof,MTH201"))
    rewrite("enrollments", swap("usr-s2,student,false,2026-08-31,", "usr-s2,student,false,2026-09-14,"))
    result = read(roster, district)
    assert result.updated == {"users": 1, "courses": 1, "enrollments": 1}
    assert (result.created, result.withdrawn) == ({}, {})
    lee = person("usr-t1")
    assert (lee.display_name, lee.sort_name, lee.public_id) == ("Mika Nakamura-Lee", "nakamura-lee, mika", before)
    assert Course.objects.get(code="MTH201").title == "Geometry and Proof"
    assert SectionEnrollment.objects.get(student=student("usr-s2")).starts_on == dt.date(2026, 9, 14)


def test_what_the_roster_leaves_empty_stays(roster: Path, district: District, rewrite: Rewrite) -> None:
    read(roster, district)
    Person.objects.filter(pk=person("usr-s4").pk).update(preferred_name="Iffy")
    rewrite("users", swap("Ifrah,Warsame,,20004,,,,,09", "Ifrah,Warsame-Ali,,,,,,,"))
    read(roster, district)
    ifrah = student("usr-s4")
    assert (ifrah.grade, ifrah.local_id, str(ifrah)) == ("09", "20004", "Iffy Warsame-Ali")


def test_a_new_school_and_grade_end_the_old_enrollment(
    roster: Path, district: District, rewrite: Rewrite, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(roster, district)
    later = clock.now() + 10 * DAY
    monkeypatch.setattr(clock, "now", lambda: later)
    rewrite(
        "users",
        swap(
            "org-river,student,tnovak,,Tyler,Novak,,20005,,,,,08", "org-cfhs,student,tnovak,,Tyler,Novak,,20005,,,,,09"
        ),
    )
    result = read(roster, district, confirmed=True)
    assert result.updated == {"users": 1}
    tyler = student("usr-s5")
    spans = list(tyler.enrollments.values_list("grade", "ends_on"))
    today = clock.today(district)
    assert spans == [("08", today - DAY), ("09", None)]
    assert (tyler.grade, str(tyler.school)) == ("09", "Cedar Falls High School")


def test_who_is_gone_becomes_inactive_and_comes_back(roster: Path, district: District, rewrite: Rewrite) -> None:
    read(roster, district)
    original = (roster / "users.csv").read_text(), (roster / "enrollments.csv").read_text()
    tyler, teacher = student("usr-s5"), person("usr-t2")
    rewrite("users", drop("usr-s5,"))
    rewrite("users", drop("usr-t2,"))
    rewrite("enrollments", drop("enr-02,"))
    rewrite("enrollments", drop("enr-03,"))
    rewrite("enrollments", drop("enr-08,"))
    gone = read(roster, district, confirmed=True)
    assert gone.withdrawn == {"users": 2, "enrollments": 3}
    for row in (tyler, tyler.person, teacher):
        row.refresh_from_db()
    assert (tyler.is_active, tyler.person.is_active, teacher.is_active) == (False, False, False)
    today = clock.today(district)
    assert tyler.enrollments.get().exit_reason == "roster"
    assert not RoleAssignment.objects.in_force(today).filter(person=teacher).exists()
    assert SectionEnrollment.objects.get(student=tyler).ends_on == today - DAY
    assert set(SectionTeacher.objects.filter(person=teacher).values_list("ends_on", flat=True)) == {today - DAY}
    run = ImportRun.objects.get(public_id=gone.run)
    assert ExternalId.objects.get(kind="users", value="usr-s5").absent_since == run
    (roster / "users.csv").write_text(original[0])
    (roster / "enrollments.csv").write_text(original[1])
    back = read(roster, district, confirmed=True)
    assert back.updated == {"users": 2, "enrollments": 3}
    tyler.refresh_from_db()
    assert tyler.is_active
    assert RoleAssignment.objects.in_force(today).filter(person=teacher).count() == 2
    assert SectionEnrollment.objects.get(student=tyler).ends_on is None
    assert not ExternalId.objects.exclude(absent_since=None).exists()


def test_gone_twice_is_counted_once(roster: Path, district: District, rewrite: Rewrite) -> None:
    read(roster, district)
    rewrite("enrollments", drop("enr-09,"))
    assert read(roster, district, confirmed=True).withdrawn == {"enrollments": 1}
    rewrite("orgs", swap("River Middle School", "River School"))
    assert read(roster, district, confirmed=True).withdrawn == {}


def test_a_row_with_a_mistake_is_not_taken_for_one_that_is_gone(
    roster: Path, district: District, rewrite: Rewrite
) -> None:
    read(roster, district)
    rewrite("users", swap("usr-s4,,,true,org-cfhs", "usr-s4,,,true,org-nowhere"))
    result = read(roster, district)
    assert result.withdrawn == {}
    assert result.rejected == {"users": 1, "demographics": 1, "enrollments": 1}
    assert student("usr-s4").is_active


def test_a_rejected_row_does_not_end_its_family_link(roster: Path, district: District, rewrite: Rewrite) -> None:
    read(roster, district)
    rewrite("users", swap("usr-p2,,,true,org-cfhs", "usr-p2,,,true,org-nowhere"))
    assert read(roster, district).withdrawn == {}
    assert Relationship.objects.get(person=person("usr-p2")).ends_on is None


# --- What people here have decided stays ----------------------------------------------------------------------------


def test_a_roster_does_not_lock_out_who_has_a_role_here(roster: Path, district: District, rewrite: Rewrite) -> None:
    read(roster, district)
    grant = person("usr-a1")
    give_role(grant, Role.ADMINISTRATOR, actor=None)
    rewrite("users", drop("usr-a1,"))
    result = read(roster, district, confirmed=True)
    grant.refresh_from_db()
    assert grant.is_active
    assert RoleAssignment.objects.in_force(clock.today(district)).filter(person=grant).exists()
    assert "OR_STAFF_KEPT" in codes(result)


def test_a_role_ended_by_hand_is_not_given_again(roster: Path, district: District, rewrite: Rewrite) -> None:
    read(roster, district)
    nakamura = person("usr-t1")
    end_role(nakamura.roles.get(), actor=None, reason="On leave")
    rewrite("orgs", swap("River Middle School", "River School"))
    read(roster, district)
    assert not RoleAssignment.objects.in_force(clock.today(district)).filter(person=nakamura).exists()


def test_a_checked_family_link_outlives_the_roster_and_an_unchecked_one_does_not(
    roster: Path, district: District, rewrite: Rewrite
) -> None:
    read(roster, district)
    carol = Relationship.objects.get(person=person("usr-p1"))
    verify_guardian(carol, basis="Enrollment form", actor=None)
    rewrite("users", swap(",usr-p1,12,", ",,12,"))
    rewrite("users", swap(",usr-s3,,", ",,,"))
    result = read(roster, district, confirmed=True)
    assert result.withdrawn == {"guardians": 2}
    carol.refresh_from_db()
    rosa = Relationship.objects.get(person=person("usr-p2"))
    assert (carol.ends_on, rosa.ends_on) == (None, clock.today(district) - DAY)
    assert "OR_FAMILY_KEPT" in codes(result)


def test_detailed_race_codes_are_never_replaced(roster: Path, district: District, rewrite: Rewrite) -> None:
    read(roster, district)
    told = RaceEthnicity.objects.get(student=student("usr-s2"))
    RaceEthnicity.objects.filter(pk=told.pk).update(race_codes=["A12"], source="enrollment form")
    rewrite("demographics", swap("usr-s2,,,2009-10-30,female,false,true", "usr-s2,,,2009-10-30,female,true,true"))
    assert read(roster, district).updated == {"demographics": 1}
    told.refresh_from_db()
    assert told.race_codes == ["A12"]


def test_courses_and_schools_made_by_hand_are_adopted_by_code(roster: Path, district: District) -> None:
    school = make_school(district, "Cedar Falls High School", code="3001", address="1 Main St")
    course = make_course(district, "Geometry", code="MTH201")
    read(roster, district)
    school.refresh_from_db()
    assert (School.objects.filter(code="3001").get(), school.address) == (school, "1 Main St")
    assert Section.objects.get(code="MTH201-1").course == course


def test_a_number_that_somebody_else_has_is_left_out(roster: Path, district: District) -> None:
    other = Student.objects.create(district=district, person=make_person(district), local_id="20001")
    result = read(roster, district)
    assert student("usr-s1").local_id == ""
    assert other.local_id == "20001"
    assert lines(result, "OR_NUMBER_TAKEN") == [("users.csv", 5)]


# --- Enrollments ----------------------------------------------------------------------------------------------------


def test_new_ids_for_the_same_seat_keep_the_seat(roster: Path, district: District, rewrite: Rewrite) -> None:
    read(roster, district)
    seats = set(SectionEnrollment.objects.values_list("pk", flat=True))
    rewrite("enrollments", swap("enr-0", "renewed-0"))
    result = read(roster, district, confirmed=True)
    assert (result.created, result.withdrawn) == ({"enrollments": 9}, {"enrollments": 9})
    assert set(SectionEnrollment.objects.values_list("pk", flat=True)) == seats
    assert SectionEnrollment.objects.filter(ends_on=None).count() == 5


def test_a_seat_that_changes_from_student_to_teacher_moves(roster: Path, district: District, rewrite: Rewrite) -> None:
    read(roster, district)
    rewrite("enrollments", swap("usr-s1,student,false,,", "usr-s1,teacher,false,,"))
    result = read(roster, district)
    assert result.updated == {"enrollments": 1}
    aaliyah = student("usr-s1")
    assert SectionEnrollment.objects.get(student=aaliyah).ends_on == clock.today(district) - DAY
    assert SectionTeacher.objects.get(person=aaliyah.person).is_primary is False
    assert not RoleAssignment.objects.filter(person=aaliyah.person).exists()
    assert lines(result, "OR_ROLE_DIFFERS") == [("enrollments.csv", 10)]


def test_leaving_and_coming_back_is_one_enrollment(roster: Path, district: District, rewrite: Rewrite) -> None:
    rewrite("enrollments", lambda text: text + "enr-10,,,cls-geo-1,org-cfhs,usr-s4,student,false,2026-11-02,\n")
    result = read(roster, district)
    seat = SectionEnrollment.objects.get(student=student("usr-s4"))
    assert (seat.starts_on, seat.ends_on) == (dt.date(2026, 8, 31), None)
    assert lines(result, "OR_ENROLLED_TWICE") == [("enrollments.csv", 11)]
    assert read(roster, district).changes == 0


def test_a_teacher_who_attends_a_class_becomes_a_student_of_it(
    roster: Path, district: District, rewrite: Rewrite
) -> None:
    rewrite("enrollments", lambda text: text + "enr-10,,,cls-geo-1,org-cfhs,usr-t2,student,false,,\n")
    result = read(roster, district)
    assert result.rejected == {}
    assert SectionEnrollment.objects.filter(student__person=person("usr-t2")).exists()
    assert read(roster, district).changes == 0


# --- Rows with faults -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "row", "code"),
    [
        ("orgs", ",,,No Id,school,,org-cf\n", "OR_ID_MISSING"),
        ("orgs", "org-cf,,,Twice,school,,org-cf\n", "OR_ID_TWICE"),
        ("orgs", "org-x,,,,school,,org-cf\n", "OR_VALUE_MISSING"),
        ("orgs", "org-x,,,Name,planet,,org-cf\n", "OR_VALUE_UNKNOWN"),
        ("orgs", "org-x,,,Twin School,school,3001,org-cf\n", "OR_SCHOOL_CODE_TWICE"),
        ("academicSessions", "ses-x,,,X,term,2026-13-01,2027-01-01,,2027\n", "OR_DATE"),
        ("academicSessions", "ses-x,,,X,term,15/06/2026,2027-01-01,,2027\n", "OR_DATE"),
        ("academicSessions", "ses-x,,,X,term,2027-01-01,2026-01-01,,2027\n", "OR_DATES_ORDER"),
        ("academicSessions", "ses-x,,,X,term,,2026-01-01,,2027\n", "OR_VALUE_MISSING"),
        ("academicSessions", "ses-x,,,X,era,2026-09-01,2027-01-01,,2027\n", "OR_VALUE_UNKNOWN"),
        ("users", "usr-x,,,true,org-nowhere,student,x,,X,X,,,,,,,09,\n", "OR_REF_MISSING"),
        ("users", "usr-x,,,true,,student,x,,X,X,,,,,,,09,\n", "OR_REF_MISSING"),
        ("users", "usr-x,,,true,org-cfhs,wizard,x,,X,X,,,,,,,09,\n", "OR_VALUE_UNKNOWN"),
        ("users", "usr-x,,,true,org-cfhs,student,x,,,X,,,,,,,09,\n", "OR_VALUE_MISSING"),
        ("users", f"usr-x,,,true,org-cfhs,student,x,,{'X' * 101},X,,,,,,,09,\n", "OR_VALUE_TOO_LONG"),
        ("users", "usr-x,,,true,org-cfhs,student,x,,X,X,,,,,,,09,,one,too,many\n", "ROW_TOO_LONG"),
        ("users", "usr-x,,,true\n", "ROW_TOO_SHORT"),
        ("users", 'usr-x,,,true,org-cfhs,student,x,,"X" X,X,,,,,,,09,\n', "ROW_UNREADABLE"),
        ("demographics", "usr-x,,,2010-01-01,male,,,,,,,,,,,\n", "OR_REF_MISSING"),
        ("courses", "crs-x,,,,X,X1,,org-nowhere,,\n", "OR_REF_MISSING"),
        ("classes", "cls-x,,,X,,crs-nowhere,X,scheduled,,org-cfhs,ses-2027,,,\n", "OR_REF_MISSING"),
        ("classes", "cls-x,,,X,,crs-geo,X,scheduled,,org-cf,ses-2027,,,\n", "OR_NOT_A_SCHOOL"),
        ("classes", "cls-x,,,X,,crs-geo,X,scheduled,,org-cfhs,,,,\n", "OR_REF_MISSING"),
        ("enrollments", "enr-x,,,cls-nowhere,org-cfhs,usr-s1,student,,,\n", "OR_REF_MISSING"),
        ("enrollments", "enr-x,,,cls-geo-1,org-cfhs,usr-nobody,student,,,\n", "OR_REF_MISSING"),
        ("enrollments", "enr-x,,,cls-eng-1,org-cfhs,usr-s1,visitor,,,\n", "OR_VALUE_UNKNOWN"),
        ("enrollments", "enr-x,,,cls-eng-1,org-cfhs,usr-s1,student,,2026-10-01,2026-09-01\n", "OR_DATES_ORDER"),
    ],
)
def test_a_faulty_row_is_rejected_with_its_line_and_the_rest_goes_on(
    roster: Path, district: District, rewrite: Rewrite, kind: str, row: str, code: str
) -> None:
    rewrite(kind, lambda text: text + row)
    last = len((roster / f"{kind}.csv").read_text().splitlines())
    result = read(roster, district)
    assert (result.applied, result.exit_code, result.rejected) == (True, 3, {kind: 1})
    assert lines(result, code) == [(f"{kind}.csv", last)]
    assert result.created == COUNTS
    assert not any("\n" in issue.message for issue in result.issues)


@pytest.mark.parametrize(
    ("kind", "old", "new", "code"),
    [
        ("users", "true,org-cfhs,teacher", "maybe,org-cfhs,teacher", "OR_VALUE_UNKNOWN"),
        ("users", ",,,,,11,never-read-5", ",,,,,freshman,never-read-5", "OR_GRADE_UNKNOWN"),
        ("users", "mika.nakamura@cf.example.org", "not an address", "OR_EMAIL"),
        ("users", "20002", "20001", "OR_IDENTIFIER"),
        ("users", ",usr-p1,12,", ",usr-t1,12,", "OR_AGENT_NOT_FAMILY"),
        ("users", ",usr-p1,12,", ",usr-gone,12,", "OR_AGENT_MISSING"),
        ("users", '"org-cfhs,org-river"', '"org-cfhs,org-gone"', "OR_REF_PARTLY_MISSING"),
        ("orgs", "school,3001,org-cf", "school,301,org-cf", "OR_SCHOOL_CODE"),
        ("orgs", "school,3001,org-cf", "school,3001,org-gone", "OR_PARENT_MISSING"),
        ("orgs", "school,3001,org-cf", "school,,org-cf", "OR_SCHOOL_WITHOUT_CODE"),
        ("orgs", "district,01999,", "district,1999,", "OR_CODE_LOST_ZERO"),
        ("academicSessions", "2026-08-31,2027-06-18,,2027", "2026-08-31,2027-06-18,,2026", "OR_SCHOOL_YEAR"),
        ("classes", "MTH201-1,scheduled", "MTH201-1,lecture", "OR_VALUE_UNKNOWN"),
        ("classes", '"ses-2027-s1,ses-2027-s2"', '"ses-2027-s1,ses-gone"', "OR_REF_PARTLY_MISSING"),
        ("enrollments", "cls-geo-1,org-cfhs,usr-t1", "cls-geo-1,org-river,usr-t1", "OR_SCHOOL_DIFFERS"),
        ("enrollments", "false,2026-08-31,2026-10-09", "false,2020-08-31,2020-10-09", "OR_OUTSIDE_SESSION"),
        ("demographics", "2009-02-11,female", "11.02.2009,female", "OR_DATE"),
        ("demographics", "2009-02-11,female", "2009-02-11,unknown", "OR_VALUE_UNKNOWN"),
    ],
)
def test_an_odd_value_is_a_warning_and_the_row_is_taken(
    roster: Path, district: District, rewrite: Rewrite, kind: str, old: str, new: str, code: str
) -> None:
    rewrite(kind, swap(old, new))
    result = read(roster, district)
    assert (result.exit_code, result.rejected) == (0, {})
    found = [issue for issue in result.issues if issue.code == code]
    assert found, codes(result)
    assert {str(issue.severity) for issue in found} == {"warning"}
    assert all(issue.file == f"{kind}.csv" and issue.line for issue in found)


def test_american_dates_are_read_where_the_whole_column_agrees(
    roster: Path, district: District, rewrite: Rewrite
) -> None:
    rewrite("enrollments", swap("2026-08-31,2026-10-09", "8/31/2026,10/9/2026"))
    assert read(roster, district).rejected == {}
    seat = SectionEnrollment.objects.get(student=student("usr-s4"))
    assert (seat.starts_on, seat.ends_on) == (dt.date(2026, 8, 31), dt.date(2026, 10, 9))


def test_a_column_that_mixes_orders_of_day_and_month_is_not_guessed(
    roster: Path, district: District, rewrite: Rewrite
) -> None:
    rewrite("enrollments", swap("usr-s4,student,false,2026-08-31", "usr-s4,student,false,8/9/2026"))
    rewrite("enrollments", swap("usr-s3,student,false,2026-08-31", "usr-s3,student,false,31/8/2026"))
    result = read(roster, district)
    assert result.rejected == {"enrollments": 2}
    assert lines(result, "OR_DATE") == [("enrollments.csv", 6), ("enrollments.csv", 7)]


def test_one_code_for_two_courses_is_one_course(roster: Path, district: District, rewrite: Rewrite) -> None:
    """Schools repeat a course of the catalog, each under an id of its own."""
    rewrite("courses", lambda text: text + "crs-geo-b,,,ses-2027,Geometry B,MTH201,,org-river,Mathematics,\n")
    result = read(roster, district)
    assert Course.objects.filter(code="MTH201").count() == 1
    assert "OR_COURSE_TWO_TITLES" in codes(result)
    assert ExternalId.objects.filter(kind="courses").count() == 4
    assert read(roster, district).changes == 0


def test_sessions_in_a_ring_lose_the_link_that_closes_it(roster: Path, district: District, rewrite: Rewrite) -> None:
    rewrite("academicSessions", swap("2027-01-29,ses-2027,2027", "2027-01-29,ses-2027-s2,2027"))
    rewrite("academicSessions", swap("2027-06-18,ses-2027,2027", "2027-06-18,ses-2027-s1,2027"))
    read(roster, district)
    one, two = (AcademicSession.objects.get(title=title) for title in ("Semester 1", "Semester 2"))
    assert {one.parent, two.parent} in ({one, None}, {two, None})


def test_rows_marked_deleted_are_read_as_gone(roster: Path, district: District, rewrite: Rewrite) -> None:
    rewrite("enrollments", swap("enr-09,,", "enr-09,toBeDeleted,2026-10-01T00:00:00Z"))
    result = read(roster, district)
    assert result.created["enrollments"] == 8
    assert {"OR_STATUS_IN_BULK", "OR_ROW_DELETED"} <= codes(result)


@pytest.mark.parametrize(
    ("column", "value", "ssid"),
    [
        ("userIds.SSID", "{SSID:1234567890}", "1234567890"),
        ("userIds.ssid", '"{LDAP:12},{SSID:1234567890}"', "1234567890"),
        ("userIds.SSID", "{SSID:0234567890}", ""),
        ("userIds.SSID", "{LDAP:1234567890}", ""),
    ],
)
def test_the_state_id_is_read_from_the_column_the_district_named(
    roster: Path, district: District, rewrite: Rewrite, column: str, value: str, ssid: str
) -> None:
    district.settings = {"oneroster_ssid_column": column}
    district.save()
    rewrite("users", swap("abrooks,,", f"abrooks,{value},"))
    read(roster, district)
    assert student("usr-s1").ssid == ssid


# --- What stops a run -----------------------------------------------------------------------------------------------


def refused(result: ImportResult) -> bool:
    return result.refused and not result.applied and result.exit_code == 1 and not Person.objects.exists()


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (swap("oneroster.version,1.1", "oneroster.version,1.0"), "OR_VERSION"),
        (drop("oneroster.version"), "OR_VERSION"),
        (swap("oneroster.version,1.1", "oneroster.version,1.2"), "OR_ROLES_MISSING"),
        (swap("file.enrollments,bulk", "file.enrollments,delta"), "OR_DELTA_FIRST"),
    ],
)
def test_other_editions_and_changes_before_a_complete_export_are_refused(
    roster: Path, district: District, rewrite: Rewrite, edit: object, code: str
) -> None:
    rewrite("manifest", edit)  # type: ignore[arg-type]
    result = read(roster, district)
    assert refused(result)
    assert code in codes(result)
    assert ImportRun.objects.get().state == ImportState.REFUSED


def test_a_promised_file_that_is_missing_is_refused(roster: Path, district: District) -> None:
    (roster / "users.csv").unlink()
    result = read(roster, district)
    assert refused(result)
    assert lines(result, "OR_FILE_MISSING") == [("users.csv", None)]


def test_a_missing_column_is_refused(roster: Path, district: District, rewrite: Rewrite) -> None:
    rewrite("users", swap("givenName", "vorname"))
    result = read(roster, district)
    assert refused(result)
    assert "lacks the column givenName" in next(i.message for i in result.issues if i.code == "COLUMN_MISSING")


def test_without_a_manifest_somebody_has_to_say_that_it_is_complete(roster: Path, district: District) -> None:
    (roster / "manifest.csv").unlink()
    assert refused(read(roster, district))
    result = read(roster, district, full_snapshot=True)
    assert (result.applied, result.created) == (True, COUNTS)


@pytest.mark.parametrize("kind", ["users", "courses", "enrollments"])
def test_a_complete_file_with_only_a_header_stops_whatever_is_confirmed(
    roster: Path, district: District, rewrite: Rewrite, kind: str
) -> None:
    read(roster, district)
    people = Person.objects.filter(is_active=True).count()
    rewrite(kind, lambda text: text.splitlines(True)[0])
    result = read(roster, district, confirmed=True)
    assert (result.refused, result.exit_code) == (True, 1)
    assert lines(result, "OR_HEADER_ONLY") == [(f"{kind}.csv", None)]
    assert Person.objects.filter(is_active=True).count() == people


def test_another_districts_roster_is_refused(roster: Path, district: District, rewrite: Rewrite) -> None:
    rewrite("orgs", swap("district,01999,", "district,02888,"))
    result = read(roster, district)
    assert refused(result)
    assert "OR_OTHER_DISTRICT" in codes(result)


def test_several_districts_are_refused_unless_one_is_ours(roster: Path, district: District, rewrite: Rewrite) -> None:
    rewrite("orgs", lambda text: text + "org-other,,,Other District,district,02888,\n")
    rewrite("orgs", lambda text: text + "org-otherschool,,,Other School,school,7777,org-other\n")
    result = read(roster, district)
    assert result.applied
    assert result.rejected == {"orgs": 1}
    assert not School.objects.filter(code="7777").exists()
    district.state_code = ""
    district.save()
    assert "OR_SEVERAL_DISTRICTS" in codes(read(roster, district))


@pytest.mark.parametrize(
    ("kind", "edit", "code"),
    [
        ("users", drop("usr-s"), "MANY_WITHDRAWN"),
        (
            "users",
            lambda text: text + "".join(f"new-{n},,,true,org-cfhs,student,n{n},,N,N,,,,,,,09,\n" for n in range(4)),
            "MANY_NEW",
        ),
        ("users", swap("org-cfhs,student", "org-river,student"), "MANY_MOVED"),
    ],
)
def test_unusually_much_change_asks_first(
    roster: Path, district: District, rewrite: Rewrite, kind: str, edit: object, code: str
) -> None:
    read(roster, district)
    before = set(Person.objects.values_list("pk", "is_active"))
    rewrite(kind, edit)  # type: ignore[arg-type]
    asked = read(roster, district)
    assert (asked.refused, asked.exit_code, asked.changes) == (True, 1, 0)
    assert code in codes(asked)
    assert set(Person.objects.values_list("pk", "is_active")) == before
    assert read(roster, district, confirmed=True).applied


# --- Public samples -------------------------------------------------------------------------------------------------

SAMPLES: dict[str, tuple[int, dict[str, int], dict[str, int], Counter[str]]] = {
    "v1p1-complete-en": (
        0,
        {"orgs": 1, "academicSessions": 4, "users": 20, "courses": 2, "classes": 5, "enrollments": 30},
        {},
        Counter(
            {
                "COLUMN_NOT_USED": 1, "OR_MANIFEST_PROPERTY": 1, "OR_SCHOOL_WITHOUT_DISTRICT": 1,
                "OR_SCHOOL_WITHOUT_CODE": 1, "OR_SESSION_WITHOUT_YEAR": 4, "OR_GRADE_MISSING": 1, "OR_ROLE_DIFFERS": 5,
            }
        ),
    ),
    "v1p1-moodle-full": (
        3,
        {"orgs": 1, "academicSessions": 3, "users": 6, "guardians": 1},
        {"classes": 1, "enrollments": 6},
        Counter(
            {
                "COLUMN_NOT_USED": 1, "OR_SYSTEM_UNNAMED": 1, "OR_STATUS_IN_BULK": 5, "OR_ROW_DELETED": 3,
                "OR_PARENT_MISSING": 3, "OR_PARENT_OF_YEAR": 1, "OR_REF_MISSING": 7, "OR_AGENT_NOT_FAMILY": 4,
                "OR_MODIFIED": 7, "OR_STATUS_BLANK": 1, "OR_PHONE": 2, "OR_VALUE_CASE": 1, "OR_ROLE_DIFFERS": 2,
            }
        ),
    ),
    "v1p1-moodle-minimal": (
        3,
        {"orgs": 1, "academicSessions": 5, "users": 6},
        {"classes": 2, "enrollments": 6},
        Counter(
            {
                "COLUMN_NOT_USED": 1, "OR_SYSTEM_UNNAMED": 1, "OR_SESSION_WITHOUT_YEAR": 2, "OR_GRADE_MISSING": 1,
                "OR_REF_MISSING": 8, "OR_ROLE_DIFFERS": 2, "OR_VALUE_CASE": 1,
            }
        ),
    ),
    "v1p1-vendor-ext-with-errors": (
        1,
        {},
        {"classes": 3, "enrollments": 3},
        Counter(
            {
                "COLUMN_NOT_USED": 5, "COLUMN_RENAMED": 7, "OR_HEADER_ONLY": 3, "OR_STATUS_IN_BULK": 3,
                "OR_PARENT_IS_SCHOOL": 1, "OR_SCHOOL_WITHOUT_DISTRICT": 1, "OR_GRADE_MISSING": 1, "OR_REF_MISSING": 6,
                "OR_MODIFIED": 4, "OR_STATUS_BLANK": 4,
            }
        ),
    ),
    "v1p2-minimal-complete": (1, {}, {}, Counter({"OR_DELTA_FIRST": 1})),
    "v1p2-with-errors": (
        3,
        {"orgs": 1, "academicSessions": 3, "users": 6, "roles": 7, "guardians": 2},
        {"classes": 1, "enrollments": 6},
        Counter(
            {
                "OR_FILE_NAME": 1, "OR_FILE_IS_ANOTHER": 1, "OR_MANIFEST_VALUE": 3, "OR_SYSTEM_UNNAMED": 1,
                "COLUMN_RENAMED": 4, "COLUMN_UNNAMED": 1, "COLUMN_NOT_USED": 1, "ROW_ENDS_EARLY": 7, "OR_MODIFIED": 14,
                "OR_STATUS_IN_BULK": 6, "OR_STATUS_BLANK": 1, "OR_ROW_DELETED": 3, "OR_PARENT_MISSING": 3,
                "OR_PARENT_OF_YEAR": 1, "OR_ROLE_OVER": 7, "OR_ADMINISTRATOR_NOT_GIVEN": 1, "OR_NO_PLACE": 1,
                "OR_PHONE": 2, "OR_VALUE_CASE": 1, "OR_ROLE_DIFFERS": 2, "OR_REF_MISSING": 7, "OR_AGENT_NOT_FAMILY": 3,
            }
        ),
    ),
}  # fmt: skip
SAMPLES["v1p1-complete-ja"] = SAMPLES["v1p1-complete-en"]
ZIPS = {
    "v1p1-complete-en": "oneroster.zip",
    "v1p1-complete-ja": "oneroster.zip",
    "v1p1-moodle-full": "Test_full_data_set.zip",
    "v1p1-moodle-minimal": "Test_minimal_data_set.zip",
    "v1p2-with-errors": "v1p2_full_dataset.zip",
}


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_public_sample_gives_exactly_these_counts_and_issues(
    shared_data: Path, district: District, name: str
) -> None:
    exit_code, created, rejected, issues = SAMPLES[name]
    result = read(shared_data / "oneroster" / name, district)
    assert (result.exit_code, result.created, result.rejected) == (exit_code, created, rejected)
    assert Counter(issue.code for issue in result.issues) == issues


@pytest.mark.parametrize("name", sorted(set(SAMPLES) - {"v1p1-vendor-ext-with-errors", "v1p2-minimal-complete"}))
def test_a_public_sample_twice_changes_nothing(shared_data: Path, district: District, name: str) -> None:
    first = read(shared_data / "oneroster" / name, district)
    second = read(shared_data / "oneroster" / name, district)
    assert (second.changes, second.unchanged, second.rejected) == (0, first.created, first.rejected)
    assert (second.run, second.exit_code) == (first.run, first.exit_code)


@pytest.mark.parametrize("name", sorted(ZIPS))
def test_the_zip_of_a_sample_is_the_same_as_its_folder(shared_data: Path, district: District, name: str) -> None:
    folder = read(shared_data / "oneroster" / name, district)
    zipped = read(shared_data / "oneroster" / name / ZIPS[name], district)
    assert (zipped.changes, zipped.unchanged) == (0, folder.created)


def test_the_defects_of_the_english_sample_are_named_by_line(shared_data: Path, district: District) -> None:
    result = read(shared_data / "oneroster" / "v1p1-complete-en", district)
    assert lines(result, "OR_MANIFEST_PROPERTY") == [("manifest.csv", 10)]
    assert lines(result, "OR_ROLE_DIFFERS") == [("enrollments.csv", line) for line in range(2, 7)]
    assert lines(result, "OR_SCHOOL_WITHOUT_CODE") == [("orgs.csv", 2)]
    # Two students teach: recorded, and nobody got a role for it.
    assert SectionTeacher.objects.count() == 5
    assert not RoleAssignment.objects.exists()


def test_japanese_names_arrive_as_written(shared_data: Path, district: District) -> None:
    read(shared_data / "oneroster" / "v1p1-complete-ja", district)
    assert str(student("us0001")) == "名01 姓01"
    assert School.objects.get().name == "動作検証大学"

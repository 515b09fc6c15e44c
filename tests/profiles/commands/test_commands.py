"""The named commands that set a district up from a console."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from mbl.core.models import District
from profiles import access
from profiles.actions import invitations
from profiles.models import ExternalId, Invitation, Person, RoleAssignment, School, Student
from profiles.rules.roles import Capability
from profiles.states import Role
from tests.factories.profiles import make_person, make_student
from tests.personas import Personas

ROSTER = Path(__file__).resolve().parents[2] / "fixtures" / "oneroster" / "cedar-falls"
pytestmark = pytest.mark.django_db


def run(name: str, *arguments: str) -> tuple[str, int]:
    """What the command prints, and its exit code."""
    out = StringIO()
    try:
        call_command(name, *arguments, stdout=out)
    except SystemExit as stop:
        return out.getvalue(), int(stop.code or 0)
    return out.getvalue(), 0


def code_of(name: str, *arguments: str) -> int:
    with pytest.raises(CommandError) as refused:
        run(name, *arguments)
    return refused.value.returncode


def test_an_empty_installation_gets_a_district_whose_administrator_can_come_in() -> None:
    out, code = run(
        "create_district", "north", "North District", "--admin-email", "ann@north.org", "--admin-name", "Ann Lee"
    )
    assert code == 0
    token = out.strip().splitlines()[-1].rstrip("/").rpartition("/")[2]
    user = invitations.accept_with_new_account(token, login_name="ann", password="four plain words here")
    assert access.may_in_district(user, Capability.MANAGE_PEOPLE, District.objects.get(code="north"))
    assert str(user) == "Ann Lee"


def test_a_district_that_exists_is_left_alone_and_its_link_shown_again() -> None:
    first, _code = run("create_district", "north", "North District", "--admin-email", "ann@north.org")
    second, _code = run("create_district", "north", "Other Name", "--admin-email", "ann@north.org")
    assert "exists already (North District). Nothing was changed." in second
    assert first.splitlines()[-1] == second.splitlines()[-1]
    assert (District.objects.count(), Invitation.objects.count()) == (1, 1)


def test_a_district_with_a_fault_leaves_nothing_behind() -> None:
    assert code_of("create_district", "north", "North", "--admin-email", "no address") == 1
    assert code_of("create_district", "north", "North", "--admin-email", "a@b.org", "--state-code", "12") == 1
    assert not District.objects.exists()


def test_a_school_is_added_once(personas: Personas) -> None:
    for _time in range(2):
        out, _code = run("add_school", "CHS", "Cedar High", "--district", "northfield", "--state-code", "0123")
    assert out.strip() == "Cedar High (CHS)"
    assert School.objects.get(code="CHS").state_code == "0123"


def test_roles_are_given_by_id_address_and_roster_id(personas: Personas) -> None:
    person = make_person(personas.district, "Ben Cole", email="ben@example.org")
    ExternalId.objects.create(
        district=personas.district,
        system="oneroster",
        kind="users",
        value="u7",
        object_kind="person",
        object_id=person.pk,
    )
    run("give_role", "teacher", "--district", "northfield", "--person", str(person.public_id))
    run("give_role", "registrar", "--district", "northfield", "--email", "BEN@example.org")
    out, _code = run(
        "give_role", "principal", "--district", "northfield", "--oneroster-id", "u7", "--school", personas.school.code
    )
    assert "Ben Cole has the role principal (Northfield High School)" in out
    assert set(RoleAssignment.objects.filter(person=person).values_list("role", flat=True)) == {
        "teacher", "registrar", "principal",
    }  # fmt: skip


@pytest.mark.parametrize(
    "who",
    [("--person", "not-an-id"), ("--email", "nobody@example.org"), ("--oneroster-id", "u999")],
)
def test_nobody_by_that_name_is_a_usage_error(personas: Personas, who: tuple[str, str]) -> None:
    assert code_of("give_role", "teacher", "--district", "northfield", *who) == 2


def test_people_of_another_district_are_not_found(personas: Personas) -> None:
    stranger = personas.other_district_administrator.person
    assert code_of("give_role", "teacher", "--district", "northfield", "--person", str(stranger.public_id)) == 2
    assert not stranger.roles.filter(role=Role.TEACHER).exists()


def test_an_unknown_school_names_the_known_ones(personas: Personas) -> None:
    with pytest.raises(CommandError, match=f"Known codes: {personas.school.code}"):
        run("give_role", "teacher", "--district", "northfield", "--person",
            str(personas.teacher.person.public_id), "--school", "XYZ")  # fmt: skip


def test_invite_prints_the_link_again(personas: Personas) -> None:
    person = make_person(personas.district)
    links = {run("invite", "--district", "northfield", "--person", str(person.public_id))[0] for _time in range(2)}
    assert len(links) == 1


def test_import_oneroster_keeps_its_contract(personas: Personas) -> None:
    District.objects.filter(code="northfield").update(state_code="01999")
    out, code = run("import_oneroster", str(ROSTER), "--district", "northfield", "--json", "--dry-run")
    planned = json.loads(out)
    assert (code, planned["applied"], planned["created"]["users"]) == (0, False, 11)
    assert list(planned) == [
        "run", "applied", "created", "updated", "unchanged", "withdrawn", "rejected", "issues",
    ]  # fmt: skip
    out, code = run("import_oneroster", str(ROSTER), "--district", "northfield", "--json")
    assert (code, json.loads(out)["applied"]) == (0, True)
    out, code = run("import_oneroster", str(ROSTER), "--district", "northfield")
    assert (code, "unchanged: orgs 3" in out) == (0, True)
    assert run("import_oneroster", "nowhere", "--district", "northfield", "--json")[1] == 1
    assert code_of("import_oneroster", str(ROSTER), "--district", "nowhere") == 2


def test_grades_and_state_ids_are_set_from_a_file(personas: Personas, tmp_path: Path) -> None:
    student = personas.student.student
    other = make_student(personas.school, ssid="", grade="09")
    grades = tmp_path / "grades.csv"
    grades.write_text(
        f"local_id,grade,graduation_year\n{student.local_id},Grade 11,2028\nnobody,9,\n{other.local_id},77,\n"
        f"{other.local_id},,1066\n"
    )
    out, code = run("set_grades", str(grades), "--district", "northfield", "--json")
    result = json.loads(out)
    assert (code, result["updated"], result["rejected"]) == (3, {"students": 1}, {"students": 3})
    assert [(issue["code"], issue["line"]) for issue in result["issues"]] == [
        ("SF_STUDENT_UNKNOWN", 3), ("SF_VALUE", 4), ("SF_VALUE", 5),
    ]  # fmt: skip
    student.refresh_from_db()
    assert (student.grade, student.graduation_year) == ("11", 2028)
    ids = tmp_path / "ids.csv"
    ids.write_text(f"local_id,ssid\n{other.local_id},1234567890\n{student.local_id},0234567890\n")
    out, code = run("set_state_ids", str(ids), "--district", "northfield", "--json")
    assert (code, json.loads(out)["updated"]) == (3, {"students": 1})
    assert Student.objects.get(pk=other.pk).ssid == "1234567890"


def test_grades_come_from_columns_of_any_name_where_a_mapping_says_which(personas: Personas, tmp_path: Path) -> None:
    student = personas.student.student
    file, mapping = tmp_path / "export.csv", tmp_path / "mapping.json"
    file.write_text(f"Pupil,Klasse\n{student.local_id},11\n")
    mapping.write_text('{"local_id": "Pupil", "grade": "Klasse"}')
    arguments = (str(file), "--district", "northfield", "--mapping", str(mapping))
    assert run("set_grades", *arguments)[1] == 0
    assert Student.objects.get(pk=student.pk).grade == "11"
    mapping.write_text('{"local_id": "Pupil", "grade": "Class"}')
    out, code = run("set_grades", *arguments, "--json")
    assert (code, json.loads(out)["issues"][-1]["code"]) == (1, "COLUMN_MISSING")
    assert run("set_state_ids", *arguments)[1] == 1


def test_a_file_without_its_column_is_refused(personas: Personas, tmp_path: Path) -> None:
    path = tmp_path / "grades.csv"
    path.write_text("local_id,ssid\n1,1234567890\n")
    assert run("set_grades", str(path), "--district", "northfield")[1] == 1
    path.write_text("grade\n09\n")
    assert run("set_grades", str(path), "--district", "northfield")[1] == 1


def test_a_dry_run_of_grades_writes_nothing(personas: Personas, tmp_path: Path) -> None:
    student = personas.student.student
    path = tmp_path / "grades.csv"
    path.write_text(f"local_id,grade\n{student.local_id},12\n")
    out, code = run("set_grades", str(path), "--district", "northfield", "--dry-run", "--json")
    assert (code, json.loads(out)["updated"]) == (0, {"students": 1})
    assert Student.objects.get(pk=student.pk).grade == "10"
    assert Person.objects.filter(pk=student.person_id).exists()

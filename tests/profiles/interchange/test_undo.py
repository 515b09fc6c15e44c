"""Taking a run back: everything as it was, but for what somebody touched since and what is in use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.db.models import Model

from mbl.core import clock
from mbl.core.errors import DomainError
from mbl.core.imports import ImportResult
from mbl.core.imports import undo as undoing
from mbl.core.imports.undo import undo
from mbl.core.models import AuditEvent, District, ImportChange, ImportRun, User
from mbl.core.states import ImportState
from mbl.core.tasks import tidy
from profiles.actions.people import set_student_facts
from profiles.actions.relationships import assign_counselor
from profiles.actions.roles import give_role
from profiles.interchange.oneroster import import_oneroster
from profiles.interchange.student_facts import import_student_facts
from profiles.models import ExternalId, NameWord, Person, Relationship, School, SchoolEnrollment, Section, Student
from profiles.states import Role
from tests.factories.core import make_user
from tests.factories.profiles import make_person
from tests.factories.tables import content
from tests.profiles.interchange.conftest import Rewrite


def read(roster: Path, district: District) -> ImportRun:
    return run_of(import_oneroster(roster, district=district, actor=None, confirmed=True))


def run_of(result: ImportResult) -> ImportRun:
    assert result.applied
    return ImportRun.objects.get(public_id=result.run)


def person(key: str) -> Person:
    return Person.objects.get(pk=ExternalId.objects.get(kind="users", value=key).object_id)


def told(result: ImportResult) -> set[tuple[str, str]]:
    return {(issue.code, issue.file) for issue in result.issues}


def everything() -> dict[str, list[str]]:
    return content("profiles", "crediting", "core")


def second_roster(rewrite: Rewrite) -> None:
    """Moves, new names, a new school, people and seats gone, a number that changes hands."""
    rewrite("users", lambda text: text.replace("Mateo,Villanueva Ríos", "Matteo,Villanueva").replace(
        'usr-s4,,,true,org-cfhs', 'usr-s4,,,true,org-river').replace("usr-s2,,,true", "usr-s2,,,false").replace(
        ",20003,", ",20099,"))  # fmt: skip
    rewrite("users", lambda text: "".join(line for line in text.splitlines(keepends=True) if "usr-s5" not in line))
    rewrite("users", lambda text: text + "usr-s9,,,true,org-new,student,new,,New,Student,,20003,,,,,09,x\n")
    rewrite("orgs", lambda text: text + "org-new,,,New High School,school,3009,org-cf\n")
    rewrite("classes", lambda text: text.replace("English 10,,crs-eng", "English 10 A,,crs-eng"))
    rewrite("enrollments", lambda text: "".join(
        line for line in text.splitlines(keepends=True) if not line.startswith(("enr-08", "enr-09"))))  # fmt: skip
    rewrite("demographics", lambda text: text.replace("female", "male"))


def test_a_first_roster_goes_away_whole(roster: Path, district: District) -> None:
    before = everything()
    actor = make_user("undoer")
    before["core_user"] = content("core")["core_user"]
    run = read(roster, district)
    result = undo(run, actor=actor)
    assert everything() == before
    run.refresh_from_db()
    assert (run.state, run.undone_by) == (ImportState.UNDONE, actor)
    assert run.undone_at is not None
    assert (result.rejected, result.issues) == ({}, [])
    assert result.withdrawn["person"] == 11
    event = AuditEvent.objects.get(verb="core.import.undone")
    assert (event.target_id, event.payload["stayed"], event.actor) == (run.public_id, 0, actor)


def test_names_of_people_who_go_are_no_longer_searched_by(roster: Path, district: District) -> None:
    make_person(district, "Mateo Stays")
    make_person(District.objects.get(code="southport"), "Villanueva Elsewhere")
    before = set(NameWord.objects.values_list("district", "word"))
    run = read(roster, district)
    assert NameWord.objects.filter(district=district, word="villanueva").exists()
    undo(run, actor=None)
    assert set(NameWord.objects.values_list("district", "word")) == before
    words = set(NameWord.objects.filter(district=district).values_list("word", flat=True))
    assert words == {"mateo", "stays"}


def test_what_rows_were_is_forgotten_when_its_time_is_over(roster: Path, district: District, rewrite: Rewrite) -> None:
    other = District.objects.get(code="southport")
    District.objects.filter(pk=other.pk).update(state_code="01999", settings={"import_undo_days": 30})
    old, own = read(roster, district), read(roster, District.objects.get(pk=other.pk))
    rewrite("users", lambda text: text.replace("Mateo,", "Matteo,"))
    new, undone = read(roster, district), None
    rewrite("users", lambda text: text.replace("Matteo,", "Teo,"))
    undone = read(roster, district)
    undo(undone, actor=None)
    for run in (old, own):
        ImportRun.objects.filter(pk=run.pk).update(finished_at=clock.now() - dt.timedelta(days=15))
    tidy()
    kept = set(ImportChange.objects.values_list("run", flat=True))
    # The other district keeps them longer; what was taken back needs nothing more.
    assert kept == {new.pk, own.pk}
    old.refresh_from_db()
    assert (old.state, old.created["users"]) == (ImportState.APPLIED, 11)
    with pytest.raises(DomainError, match="for 14 days"):
        undo(old, actor=None)
    # A district that gives itself more time afterwards does not get back what is gone.
    District.objects.filter(pk=district.pk).update(settings={"import_undo_days": 60})
    with pytest.raises(DomainError, match="no longer kept"):
        undo(ImportRun.objects.get(pk=old.pk), actor=None)
    assert undo(new, actor=None).applied


def test_a_second_call_changes_nothing(roster: Path, district: District) -> None:
    run = read(roster, district)
    undo(run, actor=None)
    before = everything()
    again = undo(run, actor=None)
    assert (again.applied, again.changes, told(again)) == (False, 0, {("UNDO_ALREADY", "")})
    assert everything() == before
    assert AuditEvent.objects.filter(verb="core.import.undone").count() == 1


def test_what_a_later_roster_changed_moved_ended_and_replaced_goes_back(
    roster: Path, district: District, rewrite: Rewrite
) -> None:
    read(roster, district)
    # An enrollment that begins today is replaced by the next roster: that row is deleted and has to come back.
    SchoolEnrollment.objects.filter(student__person=person("usr-s4")).update(starts_on=clock.today(district))
    before = everything()
    second_roster(rewrite)
    run = read(roster, district)
    assert School.objects.filter(name="New High School").exists()
    assert everything() != before
    result = undo(run, actor=None)
    assert everything() == before
    assert result.created == {"schoolenrollment": 1}
    assert result.rejected == {}


def test_after_undo_the_same_file_does_the_same_again(roster: Path, district: District) -> None:
    first = import_oneroster(roster, district=district, actor=None)
    undo(run_of(first), actor=None)
    second = import_oneroster(roster, district=district, actor=None)
    assert (second.created, second.updated, second.withdrawn) == (first.created, first.updated, first.withdrawn)
    assert second.run != first.run


def test_another_district_keeps_the_same_roster(roster: Path, district: District) -> None:
    other = District.objects.get(code="southport")
    District.objects.filter(pk=other.pk).update(state_code="01999")
    read(roster, District.objects.get(pk=other.pk))
    before = everything()
    undo(read(roster, district), actor=None)
    assert everything() == before


def test_what_somebody_changed_since_stays_and_is_listed(roster: Path, district: District) -> None:
    run = read(roster, district)
    student = Student.objects.get(person=person("usr-s3"))
    set_student_facts(student, ssid="1234567890", actor=None)
    result = undo(run, actor=None)
    # The student stays, and with it everything that it needs: the person, the school, and what names them.
    assert [str(one) for one in Student.objects.filter(district=district)] == [str(student)]
    assert [one.name for one in School.objects.filter(district=district)] == ["Cedar Falls High School"]
    assert ("UNDO_CHANGED_SINCE", "student") in told(result)
    assert ("UNDO_IN_USE", "person") in told(result)
    assert result.rejected == {"person": 1, "raceethnicity": 1, "school": 1, "schoolenrollment": 1, "student": 1}
    assert sorted(ExternalId.objects.filter(district=district).values_list("kind", flat=True)) == [
        "demographics", "orgs", "users",
    ]  # fmt: skip
    assert Section.objects.filter(district=district).count() == 0


def test_what_is_in_use_stays(roster: Path, district: District) -> None:
    run = read(roster, district)
    counselor = make_person(district)
    give_role(counselor, Role.COUNSELOR, actor=None)
    assign_counselor(counselor, Student.objects.get(person=person("usr-s3")), actor=None)
    result = undo(run, actor=None)
    assert Student.objects.filter(district=district).count() == 1
    assert ("UNDO_IN_USE", "student") in told(result)
    sentence = next(issue.message for issue in result.issues if issue.file == "student")
    assert sentence.endswith("stays: it is in use (relationships).")


def test_two_runs_over_the_same_rows_go_back_newest_first(roster: Path, district: District, rewrite: Rewrite) -> None:
    empty = everything()
    first = read(roster, district)
    middle = everything()
    rewrite("users", lambda text: text.replace("Mateo,", "Matteo,"))
    second = read(roster, district)
    changed = person("usr-s3").given_name
    assert undo(first, actor=None, dry_run=True).rejected["person"] == 1
    undo(second, actor=None)
    assert (changed, person("usr-s3").given_name) == ("Matteo", "Mateo")
    assert everything() == middle
    undo(first, actor=None)
    assert everything() == empty


def test_a_dry_run_says_the_same_and_writes_nothing(roster: Path, district: District) -> None:
    run = read(roster, district)
    Person.objects.filter(pk=person("usr-s3").pk).update(phone="1")
    before = everything()
    wouldbe = undo(run, actor=None, dry_run=True)
    run.refresh_from_db()
    assert (everything(), run.state, wouldbe.applied) == (before, ImportState.APPLIED, False)
    done = undo(run, actor=None)
    assert (done.withdrawn, done.rejected, done.issues) == (wouldbe.withdrawn, wouldbe.rejected, wouldbe.issues)


def test_a_number_that_somebody_else_has_now_is_not_taken_back(
    roster: Path, district: District, rewrite: Rewrite
) -> None:
    read(roster, district)
    rewrite("users", lambda text: text.replace(",20003,", ",20099,").replace("Ifrah", "Ifraah"))
    run = read(roster, district)
    Student.objects.create(district=district, person=make_person(district), local_id="20003", grade="09")
    result = undo(run, actor=None)
    assert Student.objects.get(person=person("usr-s3")).local_id == "20099"
    assert person("usr-s4").given_name == "Ifrah"
    assert ("UNDO_CONFLICT", "student") in told(result)


def test_a_table_may_have_its_own_way_back(roster: Path, district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, ImportRun, User | None]] = []

    def close(pks: Sequence[int], run: ImportRun, actor: User | None) -> list[int]:
        asked.append((len(pks), run, actor))
        Relationship.objects.filter(pk__in=pks).update(ends_on=clock.today(district))
        return []

    run = read(roster, district)
    own_ways: dict[type[Model], undoing.OwnWay] = {Relationship: close}
    monkeypatch.setattr(undoing, "_own_ways", own_ways)
    result = undo(run, actor=None)
    assert asked == [(2, run, None)]
    assert Relationship.objects.filter(district=district, ends_on=clock.today(district)).count() == 2
    # Rows that are reversed and not deleted keep what they point at.
    assert {kind: result.rejected[kind] for kind in ("person", "school", "student")} == {
        "person": 4, "school": 1, "student": 2,
    }  # fmt: skip


def test_what_a_record_rests_on_stays_as_it_is(
    roster: Path, district: District, rewrite: Rewrite, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(roster, district)
    rewrite("users", lambda text: text.replace("Mateo,", "Matteo,").replace("Ifrah", "Ifraah"))
    run = read(roster, district)
    rests = person("usr-s3").pk
    protected: dict[type[Model], undoing.Protected] = {Person: lambda _district: [rests]}
    monkeypatch.setattr(undoing, "_protected", protected)
    result = undo(run, actor=None)
    assert (person("usr-s3").given_name, person("usr-s4").given_name) == ("Matteo", "Ifrah")
    assert told(result) == {("UNDO_RECORD", "person")}


def test_the_time_is_the_districts(roster: Path, district: District) -> None:
    run = read(roster, district)
    ImportRun.objects.filter(pk=run.pk).update(finished_at=clock.now() - dt.timedelta(days=15))
    with pytest.raises(DomainError, match="for 14 days"):
        undo(run, actor=None)
    District.objects.filter(pk=district.pk).update(settings={"import_undo_days": 30})
    assert undo(run, actor=None).applied


def test_what_was_not_applied_or_wrote_nothing_cannot_go_back(roster: Path, district: District) -> None:
    checked = import_oneroster(roster, district=district, actor=None, dry_run=True)
    with pytest.raises(DomainError, match="not applied"):
        undo(ImportRun.objects.get(public_id=checked.run), actor=None)
    facts = roster / "facts.csv"
    facts.write_text("local_id,grade\n")
    with pytest.raises(DomainError, match="wrote nothing"):
        undo(run_of(import_student_facts(facts, district=district, actor=None)), actor=None)


def test_where_all_has_to_stay_the_run_is_not_taken_back(roster: Path, district: District, tmp_path: Path) -> None:
    read(roster, district)
    file = tmp_path / "facts.csv"
    file.write_text("local_id,graduation_year\n20003,2031\n")
    run = run_of(import_student_facts(file, district=district, actor=None))
    Student.objects.filter(local_id="20003").update(graduation_year=2030)
    with pytest.raises(DomainError, match="Everything"):
        undo(run, actor=None)
    run.refresh_from_db()
    assert run.state == ImportState.APPLIED


def test_grades_from_a_file_go_back_with_their_enrollments(roster: Path, district: District, tmp_path: Path) -> None:
    read(roster, district)
    before = everything()
    file = tmp_path / "facts.csv"
    file.write_text("local_id,grade,graduation_year\n20003,12,2027\n20004,09,\n20002,11,2031\n")
    result = import_student_facts(file, district=district, actor=None)
    assert result.updated == {"students": 2}
    run = run_of(result)
    # The student whose facts were those already has no part in the run.
    assert {pk for change in run.changes.filter(table="profiles_student") for pk in change.ids} == set(
        Student.objects.filter(local_id__in=["20002", "20003"]).values_list("pk", flat=True)
    )
    undo(run, actor=None)
    assert everything() == before


def test_a_run_that_changes_nothing_keeps_nothing(roster: Path, district: District) -> None:
    read(roster, district)
    kept = ImportChange.objects.count()
    import_oneroster(roster, district=district, actor=None)
    assert ImportChange.objects.count() == kept

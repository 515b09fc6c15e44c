"""A system that renews all its ids: offered pair by pair, done when somebody confirms, never by name."""

from __future__ import annotations

from pathlib import Path

from mbl.core.imports import ImportResult
from mbl.core.imports.undo import undo
from mbl.core.models import District, ImportRun
from profiles.interchange.oneroster import import_oneroster
from profiles.models import ExternalId, Person, RaceEthnicity, SectionEnrollment, Student
from tests.profiles.interchange.conftest import Rewrite


def read(roster: Path, district: District, *, confirmed: bool = False) -> ImportResult:
    return import_oneroster(roster, district=district, actor=None, confirmed=confirmed)


def renew(rewrite: Rewrite) -> None:
    for kind in ("users", "demographics", "enrollments"):
        rewrite(kind, lambda text: text.replace("usr-", "person-"))


def test_renewed_ids_are_offered_by_number_and_kept_when_confirmed(
    roster: Path, district: District, rewrite: Rewrite
) -> None:
    read(roster, district)
    before = dict(Student.objects.values_list("local_id", "pk"))
    people = set(Person.objects.values_list("pk", flat=True))
    renew(rewrite)
    asked = read(roster, district)
    told = {issue.code: issue.message for issue in asked.issues}
    assert asked.refused
    assert told["OR_RENEWED_IDS"].startswith("9 of the new people are here under ids that are gone")
    pairs = [issue.message for issue in asked.issues if issue.code == "OR_RENEWED_ID"]
    assert "person-s1 is usr-s1, by the district's number." in pairs
    assert "person-t1 is usr-t1, by the e-mail address." in pairs
    done = read(roster, district, confirmed=True)
    assert (done.exit_code, "OR_NUMBER_TAKEN" in {issue.code for issue in done.issues}) == (0, False)
    assert dict(Student.objects.values_list("local_id", "pk")) == before
    # Families have no number that both ids share: nobody is matched by name.
    assert set(Person.objects.values_list("pk", flat=True)) - people == {
        ExternalId.objects.get(kind="users", value=value).object_id for value in ("person-p1", "person-p2")
    }
    assert Person.objects.filter(student__isnull=False, is_active=True).count() == 5
    assert SectionEnrollment.objects.filter(ends_on=None).count() == 5
    assert RaceEthnicity.objects.count() == 4
    assert read(roster, district).changes == 0


def test_the_states_number_goes_before_the_districts_and_doubt_is_left_out(
    roster: Path, district: District, rewrite: Rewrite
) -> None:
    read(roster, district)
    Student.objects.filter(local_id="20001").update(ssid="1111111111")
    Student.objects.filter(local_id="20002").update(ssid="2222222222")
    district.settings = {"oneroster_ssid_column": "userIds.SSID"}
    district.save()
    renew(rewrite)
    # The district's numbers have changed hands; the state's have not.
    rewrite("users", lambda text: text.replace("abrooks,,", "abrooks,{SSID:2222222222},"))
    pairs = [one.message for one in read(roster, district).issues if one.code == "OR_RENEWED_ID"]
    assert "person-s1 is usr-s2, by the state student ID." in pairs
    assert not any(one.startswith("person-s2 is usr-s2") for one in pairs)


def test_a_confirmed_renewal_can_be_taken_back(roster: Path, district: District, rewrite: Rewrite) -> None:
    read(roster, district)
    ids = set(ExternalId.objects.filter(kind="users").values_list("value", "object_id"))
    renew(rewrite)
    done = read(roster, district, confirmed=True)
    undo(ImportRun.objects.get(public_id=done.run), actor=None)
    assert set(ExternalId.objects.filter(kind="users").values_list("value", "object_id")) == ids

"""The audit log: who reads what of it, in sentences, narrowed, page by page, and as a file."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mbl.core import audit, exports, jobs
from mbl.core.models import AuditEvent, District, Job, User
from mbl.core.states import JobState
from mbl.core.verbs import AccessDenied, PasswordChanged, SignInFailed
from profiles.models import Student
from profiles.states import Role
from profiles.verbs import FamilyAccessSet, FamilyLinked, RoleGiven
from tests.assertions import assert_no_writes, assert_queries
from tests.factories.profiles import make_account_holder, make_role, make_school, make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db
URL = "/audit/"


def event(
    actor: User | None, district: District | None, *, student: Student | None = None, at: dt.datetime | None = None
) -> AuditEvent:
    """Somebody linked a family: the label in it is the event's own mark."""
    number = AuditEvent.objects.count()
    payload = FamilyLinked(person=f"Person {number}", label=f"mark-{number}.")
    if at is None:
        return audit.record(payload, actor=actor, district=district, student=student, target=student)
    return AuditEvent.objects.create(
        district=district,
        at=at,
        actor=actor,
        actor_label=str(actor) if actor else "MBL",
        verb=payload.verb,
        target_kind="",
        target_label="",
        student_id=student.public_id if student else None,
        payload=dataclasses.asdict(payload),
    )


def shown(client: Client, **query: str) -> list[str]:
    """The marks of the events on the page, in order."""
    answer = client.get(URL, query)
    assert answer.status_code == 200
    return re.findall(r"mark-(\d+)\.", answer.content.decode())


def marks(*events: AuditEvent) -> list[str]:
    return [one.payload["label"].removeprefix("mark-").removesuffix(".") for one in events]


def next_address(client: Client, word: str, address: str = URL) -> str:
    html = client.get(address).content.decode()
    found = re.search(rf'href="(\?[^"]*{word}=[^"]*)"', html)
    return URL + found[1].replace("&amp;", "&") if found else ""


# --- Who reads what ---------------------------------------------------------------------------------------------------


@pytest.mark.rule("R76", partial=True)
def test_an_administrator_reads_the_whole_district_and_nothing_of_another(personas: Personas) -> None:
    mine = event(personas.counselor.user, personas.district, student=personas.student.student)
    signed_in = event(personas.teacher.user, None)
    of_nobody = event(None, personas.district)
    event(personas.other_district_administrator.user, personas.other_district)
    event(personas.other_district_student.user, None)
    event(None, None)

    assert shown(personas.administrator.client()) == marks(of_nobody, signed_in, mine)


@pytest.mark.rule("R76", partial=True)
def test_a_principal_reads_the_schools_students_and_staff(personas: Personas) -> None:
    elsewhere = make_school(personas.district, "Hilltop High School")
    stranger = make_student(elsewhere, name="Zoe Quill")
    colleague = make_account_holder(personas.district, "Carl Hill")
    make_role(colleague, Role.TEACHER, elsewhere)
    assert colleague.user is not None

    about_ours = event(colleague.user, personas.district, student=personas.student.student)
    by_ours = event(personas.teacher.user, personas.district)
    account = event(personas.teacher.user, None)
    event(personas.teacher.user, personas.district, student=stranger)
    event(colleague.user, personas.district)
    event(colleague.user, None)
    event(personas.administrator.user, personas.district)
    event(personas.other_district_administrator.user, personas.other_district)

    assert shown(personas.principal.client()) == marks(account, by_ours, about_ours)


@pytest.mark.parametrize("name", ["student", "family", "teacher", "credit_manager", "counselor", "registrar"])
def test_others_are_told_whose_page_it_is(personas: Personas, name: str) -> None:
    client = personas.named(name).client()

    assert client.get(URL).status_code == 403
    assert client.post(URL + "export/").status_code == 403
    assert not Job.objects.exists()


def test_another_districts_log_is_not_known(personas: Personas) -> None:
    event(personas.teacher.user, personas.district)
    stranger = personas.other_district_administrator.client()

    assert shown(stranger) == []
    assert stranger.get(URL, {"district": personas.district.code}).status_code == 404
    assert stranger.post(URL + "export/", {"district": personas.district.code}).status_code == 404


def test_an_anchor_from_another_district_tells_nothing(personas: Personas) -> None:
    """``before`` only says where to begin."""
    theirs = event(personas.other_district_administrator.user, personas.other_district)
    mine = event(personas.teacher.user, personas.district)

    assert shown(personas.administrator.client(), after=str(theirs.public_id)) == marks(mine)
    assert shown(personas.administrator.client(), before=str(uuid4())) == marks(mine)
    assert shown(personas.administrator.client(), before="' OR 1=1") == marks(mine)


# --- What it says -----------------------------------------------------------------------------------------------------


def test_each_event_is_a_sentence_with_its_time_its_reason_and_its_student(personas: Personas) -> None:
    student = personas.student.student
    payload = RoleGiven(
        role="teacher",
        role_label="Teacher",
        place="Northfield High School",
        starts_on=dt.date(2026, 9, 1),
        ends_on=None,
        reason="Covers for Ms. Ito.",
    )
    audit.record(payload, actor=personas.administrator.user, district=personas.district, target=personas.teacher.person)
    audit.record(
        FamilyAccessSet(allowed=True),
        actor=personas.student.user,
        district=personas.district,
        target=student,
        student=student,
        acting_for="Grandma Rosa",
    )

    html = personas.administrator.client().get(URL).content.decode()

    assert "Ada Larsen gave Tomas Reed the role Teacher (Northfield High School) from Sep 1, 2026" in html
    assert "Covers for Ms. Ito." in html
    assert f'<a href="{reverse("profiles:student", args=[student.public_id])}">Sofia Ramirez</a>' in html
    assert "for Grandma Rosa" in html


def test_a_name_cannot_write_into_the_page(personas: Personas) -> None:
    personas.teacher.user.__class__.objects.filter(pk=personas.teacher.user.pk).update(display_name="<b>Bobby</b>")
    event(personas.teacher.user, personas.district)

    html = personas.administrator.client().get(URL).content.decode()

    assert "<b>Bobby</b>" not in html
    assert "&lt;b&gt;Bobby&lt;/b&gt;" in html


def test_the_page_speaks_spanish_to_who_reads_spanish(personas: Personas) -> None:
    event(personas.teacher.user, personas.district)
    User.objects.filter(pk=personas.administrator.user.pk).update(language="es")

    assert personas.administrator.client().get(URL)["Content-Language"] == "es"


# --- Narrowed ---------------------------------------------------------------------------------------------------------


def test_narrowed_by_who_student_what_and_days(personas: Personas) -> None:
    zone = dt.timezone(dt.timedelta(hours=-8))
    by_teacher = event(personas.teacher.user, personas.district, at=dt.datetime(2026, 1, 10, 23, 59, tzinfo=zone))
    about_student = event(
        personas.counselor.user,
        personas.district,
        student=personas.student.student,
        at=dt.datetime(2026, 1, 11, 0, 1, tzinfo=zone),
    )
    client = personas.administrator.client()
    audit.record(PasswordChanged(), actor=personas.registrar.user, district=None)
    denied = AccessDenied(status=404, method="GET", path="/people/x/", page="profiles:person")
    audit.record(denied, actor=personas.family.user, district=personas.district)

    old = {"first_day": "2026-01-01", "last_day": "2026-02-01"}
    assert shown(client, **old) == marks(about_student, by_teacher)
    assert shown(client, **old, who="reed") == marks(by_teacher)
    assert shown(client, **old, student="Ramírez sofia") == marks(about_student)
    assert shown(client, **old, student=personas.student.student.local_id or "ramirez") == marks(about_student)
    assert shown(client, first_day="2026-01-11", last_day="2026-01-11") == marks(about_student)
    assert shown(client, last_day="2026-01-10") == marks(by_teacher)
    assert shown(client, **old, who="nobody of that name") == []
    assert "Rita Okafor changed the password" in client.get(URL, {"what": "sign_in"}).content.decode()
    assert "Elena Ramirez asked for /people/x/" in client.get(URL, {"what": "refused"}).content.decode()
    assert shown(client, **old, what="credit") == []


def test_a_wrong_password_is_shown_where_the_account_belongs(personas: Personas) -> None:
    audit.record(SignInFailed(), actor=None, district=None, target=personas.teacher.user)
    sentence = "Somebody tried to sign in as Tomas Reed with a wrong password"

    assert sentence in personas.administrator.client().get(URL).content.decode()
    assert sentence in personas.principal.client().get(URL, {"what": "sign_in"}).content.decode()
    assert sentence not in personas.other_district_administrator.client().get(URL).content.decode()


def test_what_cannot_be_looked_for_is_said_at_its_field(personas: Personas) -> None:
    client = personas.administrator.client()

    html = client.get(URL, {"first_day": "2026-02-01", "last_day": "2026-01-01"}).content.decode()
    assert "The last day is before the first." in html
    assert client.get(URL, {"first_day": "yesterday", "what": "nonsense"}).status_code == 200
    assert client.get(URL, {"first_day": "0001-01-01", "last_day": "9999-12-31"}).status_code == 200

    for number in range(51):
        make_account_holder(personas.district, f"Jo Common{number}")
    assert "More than 50 people have this name." in client.get(URL, {"who": "jo common"}).content.decode()


def test_a_principal_cannot_look_for_students_of_other_schools(personas: Personas) -> None:
    elsewhere = make_student(make_school(personas.district), name="Zoe Quill")
    event(personas.counselor.user, personas.district, student=elsewhere)

    assert shown(personas.principal.client(), student="Quill") == []


# --- Page by page -----------------------------------------------------------------------------------------------------


def test_pages_of_25_lead_back_and_forth_without_a_gap(personas: Personas) -> None:
    moment = dt.datetime(2026, 1, 10, 20, tzinfo=dt.UTC)
    # Several in the same moment: they have an order all the same.
    made = [event(personas.teacher.user, personas.district, at=moment) for _ in range(30)]
    made += [event(personas.teacher.user, None, at=moment + dt.timedelta(seconds=n)) for n in range(1, 31)]
    client = personas.administrator.client()
    address = f"{URL}?last_day=2026-02-01"
    pages = []
    while address:
        here = address
        pages.append(re.findall(r"mark-(\d+)\.", client.get(here).content.decode()))
        address = next_address(client, "before", here)

    assert [len(one) for one in pages] == [25, 25, 10]
    assert [mark for one in pages for mark in one] == marks(*reversed(made))
    newer = next_address(client, "after", here)
    assert re.findall(r"mark-(\d+)\.", client.get(newer).content.decode()) == pages[1]
    newest = next_address(client, "after", newer)
    assert re.findall(r"mark-(\d+)\.", client.get(newest).content.decode()) == pages[0]
    assert next_address(client, "after", newest) == ""
    assert "last_day=2026-02-01" in newest


def test_the_page_asks_the_same_for_one_event_and_for_thirty(personas: Personas) -> None:
    event(personas.counselor.user, personas.district, student=personas.student.student)
    client = personas.administrator.client()
    client.get(URL)
    with assert_no_writes(), assert_queries(QUERIES):
        client.get(URL)
    for _ in range(30):
        event(personas.counselor.user, personas.district, student=personas.student.student)
    with assert_no_writes(), assert_queries(QUERIES):
        client.get(URL)


# Session, account, unread notices, standing (people, roles, grants), district; the events, their students.
QUERIES = 9


# --- As a file --------------------------------------------------------------------------------------------------------


def export(client: Client, **narrowed: str) -> Job:
    answer = client.post(URL + "export/", narrowed)
    assert answer.status_code == 302
    job = Job.objects.latest("pk")
    assert answer["Location"] == reverse("core:job", args=[job.public_id])
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


def table(client: Client, job: Job) -> list[dict[str, str]]:
    answer: Any = client.get(job.result_url)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    return list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))


@pytest.mark.rule("R75", partial=True)
def test_the_export_has_what_is_shown_and_is_itself_recorded(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("profiles.queries.audit_log.BATCH", 7)
    made = [event(personas.teacher.user, personas.district, student=personas.student.student) for _ in range(30)]
    event(personas.counselor.user, personas.district)
    event(personas.other_district_administrator.user, personas.other_district)
    client = personas.administrator.client()

    job = export(client, who="Reed", district=personas.district.code)

    assert job.state == JobState.DONE, job.problem
    rows = table(client, job)
    assert [row["What"].rpartition("mark-")[2].strip(".)") for row in rows] == marks(*reversed(made))
    assert {(row["Who"], row["Student"]) for row in rows} == {("Tomas Reed", "Sofia Ramirez")}
    recorded = AuditEvent.objects.get(verb="profiles.audit.exported")
    assert (recorded.actor, recorded.payload) == (personas.administrator.user, {"narrowed": "done by “Reed”"})


def test_a_formula_in_a_name_does_not_run_in_a_spreadsheet(personas: Personas) -> None:
    User.objects.filter(pk=personas.teacher.user.pk).update(display_name="=HYPERLINK(0)")
    event(personas.teacher.user, personas.district)
    client = personas.administrator.client()

    rows = table(client, export(client))

    assert "'=HYPERLINK(0)" in {row["Who"] for row in rows}
    assert not any(cell.startswith("=") for row in rows for cell in row.values())


def test_only_who_asked_gets_the_file_and_only_while_they_may_read_the_log(personas: Personas) -> None:
    event(personas.teacher.user, personas.district)
    client = personas.principal.client()
    job = export(client)

    for name in ("administrator", "teacher", "other_district_administrator"):
        assert personas.named(name).client().get(job.result_url).status_code == 404
    assert client.get(job.result_url).status_code == 200

    personas.principal.person.roles.update(
        starts_on=dt.date(2020, 1, 1), ends_on=timezone.now().date() - dt.timedelta(days=2)
    )
    assert client.get(job.result_url).status_code in {403, 404}


def test_who_lost_the_role_before_the_jobs_turn_gets_no_file(personas: Personas) -> None:
    event(personas.teacher.user, personas.district)
    personas.principal.client().post(URL + "export/")
    personas.principal.person.roles.update(
        starts_on=dt.date(2020, 1, 1), ends_on=timezone.now().date() - dt.timedelta(days=2)
    )
    job = Job.objects.latest("pk")

    jobs.run(job.pk)

    job.refresh_from_db()
    assert job.state == JobState.STOPPED
    assert not job.result_url


def test_two_clicks_are_one_export_and_other_filters_another(personas: Personas) -> None:
    client = personas.administrator.client()
    for _ in range(2):
        client.post(URL + "export/", {"who": "Reed"})
    client.post(URL + "export/", {"who": "Okafor"})

    assert Job.objects.count() == 2


def test_a_filter_that_is_not_understood_exports_nothing(personas: Personas) -> None:
    answer = personas.administrator.client().post(
        URL + "export/", {"first_day": "2026-02-01", "last_day": "2026-01-01"}
    )

    assert answer.status_code == 400
    assert "The last day is before the first." in answer.content.decode()
    assert not Job.objects.exists()


def test_files_are_removed_after_a_week_and_the_page_says_so(personas: Personas) -> None:
    event(personas.teacher.user, personas.district)
    client = personas.administrator.client()
    job = export(client)
    other = storages["documents"].save("transcripts/kept.pdf", ContentFile(b"stays"))

    assert exports.purge(timezone.now() + dt.timedelta(days=6)) == 0
    assert exports.purge(timezone.now() + dt.timedelta(days=8)) >= 1

    answer = client.get(job.result_url)
    assert answer.status_code == 400
    assert "Export it again" in answer.content.decode()
    assert storages["documents"].exists(other)

"""People, schools, students, imports, invitations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from mbl.core.models import ImportRun
from mbl.core.states import ImportState
from profiles.actions import invitations
from profiles.actions.imports import keep_upload
from profiles.models import Relationship
from tests.access.matrix import Row
from tests.factories.profiles import make_consent, make_person
from tests.personas import Personas


def a_person(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": make_person(personas.district).public_id}


def the_teacher(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": personas.teacher.person.public_id}


def the_teachers_role(personas: Personas) -> Mapping[str, Any]:
    person = personas.teacher.person
    return {"public_id": person.public_id, "role_id": person.roles.get().public_id}


def the_student(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": personas.student.student.public_id}


def the_family_link(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": Relationship.objects.get(person=personas.family.person).public_id}


def a_run(personas: Personas) -> Mapping[str, Any]:
    run = ImportRun.objects.create(
        district=personas.district,
        kind="oneroster",
        file_name="roster.zip",
        sha256="0" * 64,
        state=ImportState.CHECKED,
        started_at=timezone.now(),
    )
    return {"public_id": run.public_id}


def an_applied_run(personas: Personas) -> Mapping[str, Any]:
    names = a_run(personas)
    ImportRun.objects.filter(**names).update(state=ImportState.APPLIED, finished_at=timezone.now())
    return names


def a_kept_file(personas: Personas) -> Mapping[str, Any]:
    file = SimpleUploadedFile("facts.csv", b"Student number,Grade level\n1,9\n")
    return {"token": keep_upload(file, kind="student-facts", district=personas.district).token}


def an_invitation(personas: Personas) -> Mapping[str, Any]:
    return {"token": invitations.token_of(invitations.invite(make_person(personas.district), actor=None))}


def a_consent(personas: Personas) -> Mapping[str, Any]:
    return {
        "public_id": make_consent(
            personas.student.student, make_person(personas.district), by=personas.administrator.user
        ).public_id
    }


# Of one's own district: the two administrators each see theirs.
OWN = {"administrator": 200, "other_district_administrator": 200}
STAFF = dict.fromkeys(("teacher", "credit_manager", "counselor", "registrar", "principal"), 200) | OWN

# Whose record it is, and who manages people; in the other district nobody knows of the student.
CONCERNED = dict.fromkeys(("student", "family", "administrator"), 200)
STRANGERS = dict.fromkeys(("other_district_administrator", "other_district_student"), 404)

ROWS = [
    Row("profiles:people", others=403, also=OWN),
    Row("profiles:person-new", others=403, also=OWN),
    Row("profiles:person", the_teacher, others=404, administrator=200),
    Row("profiles:role-give", the_teacher, method="POST", others=404, administrator=422),
    Row("profiles:role-end", the_teachers_role, others=404, administrator=200),
    Row("profiles:role-restore", the_teachers_role, method="POST", others=404, administrator=302),
    Row("profiles:role-undo", the_teachers_role, method="POST", others=404, administrator=302),
    Row("profiles:person-invite", a_person, method="POST", others=404, administrator=302),
    Row("profiles:invitation-withdraw", a_person, method="POST", others=404, administrator=302),
    Row("profiles:person-student", a_person, others=404, administrator=200),
    Row("profiles:person-child", a_person, others=404, administrator=200),
    Row("profiles:relation-verify", the_family_link, others=404, administrator=200),
    Row("profiles:relation-end", the_family_link, others=404, administrator=200),
    Row("profiles:relation-restore", the_family_link, method="POST", others=404, administrator=302),
    Row("profiles:relation-undo", the_family_link, method="POST", others=404, administrator=302),
    Row("profiles:schools", others=403, also=OWN),
    Row("profiles:school-new", others=403, also=OWN),
    Row("profiles:students", others=403, also=STAFF),
    Row("profiles:student", the_student, others=200, other_district_administrator=404, other_district_student=404),
    Row(
        "profiles:student-counselor",
        the_student,
        method="POST",
        others=403,
        administrator=302,
        other_district_administrator=404,
        other_district_student=404,
    ),
    Row("profiles:sharing", the_student, others=403, also=CONCERNED | STRANGERS),
    Row("profiles:consent-new", the_student, others=403, also=STRANGERS, administrator=200),
    Row("profiles:consent", a_consent, others=403, also=CONCERNED | STRANGERS),
    Row("profiles:consent", lambda personas: {"public_id": uuid4()}, others=404),
    Row(
        "profiles:consent-end",
        a_consent,
        method="POST",
        others=403,
        also=dict.fromkeys(CONCERNED, 302) | STRANGERS,
    ),
    Row("profiles:imports", others=403, also=OWN),
    Row("profiles:import-new", others=403, also=OWN),
    Row("profiles:import-columns", a_kept_file, others=404, administrator=200),
    Row("profiles:import-columns", lambda personas: {"token": "none"}, others=404),
    Row("profiles:import-settings", others=403, also=OWN),
    Row("profiles:import-run", a_run, others=404, administrator=200),
    Row("profiles:import-undo", an_applied_run, others=404, administrator=200),
    Row("profiles:import-undo", an_applied_run, method="POST", others=404, administrator=302),
    Row("profiles:import-undo", a_run, others=404),
    Row("profiles:import-apply", a_run, method="POST", others=404, administrator=422),
    Row("profiles:import-issues", a_run, others=404, administrator=200),
    # The link is the key: whoever holds it may open it, and opening changes nothing.
    Row("profiles:invitation", an_invitation, others=200, anonymous=200),
    Row("profiles:invitation", lambda personas: {"token": uuid4().hex}, others=404, anonymous=404),
]

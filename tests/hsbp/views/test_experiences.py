"""The pages of the log of experiences: each person's part, from start to end."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hsbp.models import Experience, ExperienceKind, ExperienceTarget
from hsbp.queries.experiences import students_in
from mbl.core import clock
from profiles.models import SectionEnrollment
from profiles.states import RelationshipKind
from tests.assertions import assert_no_writes
from tests.factories.experiences import confirm_for_all, make_entry, make_kind, make_target
from tests.factories.profiles import make_account_holder, make_relationship, make_section, make_student
from tests.hsbp.views.test_plan import text_of
from tests.personas import Personas

pytestmark = pytest.mark.django_db
QUERIES = {"log": 11, "waiting": 9, "group": 10}


@pytest.fixture
def kind(personas: Personas) -> ExperienceKind:
    return make_kind(personas.district, personas.administrator.user)


def address(personas: Personas, name: str = "experiences", *more: object) -> str:
    return reverse(f"hsbp:{name}", args=[personas.student.student.public_id, *more])


def typed(personas: Personas, kind: ExperienceKind, **fields: object) -> dict[str, object]:
    return {
        "posting": str(uuid.uuid4()),
        "edition": 1,
        "kind": str(kind.public_id),
        "starts_on": clock.today(personas.district).isoformat(),
        "hours": "2.5",
        "organization": "Skagit Boat Works",
        "contact": "Ana Ruiz, welder",
        "done": "I watched a seam being made.",
        **fields,
    }


def test_from_the_students_log_to_the_line_that_says_it_counts(personas: Personas, kind: ExperienceKind) -> None:
    make_target(kind, personas.administrator.user)
    own, counselor = personas.student.client(), personas.counselor.client()
    with assert_no_writes():
        assert "Nothing in the log yet" in text_of(own, address(personas))
    missing = own.post(address(personas, "experience-new"), typed(personas, kind, organization="", verdict="send"))
    assert missing.status_code == 422 and "Say where it was" in missing.content.decode()
    form = typed(personas, kind, reflection="It is loud and I liked it.", verdict="send")
    for _ in range(2):
        assert own.post(address(personas, "experience-new"), form).status_code == 302
    entry = Experience.objects.get()
    assert "Job shadow: 0 of 2 (2 hours or longer)" in text_of(own, address(personas))
    assert "Not confirmed yet" in text_of(own, address(personas))

    home = text_of(counselor, "/")
    assert "1 experience waits for you to confirm it." in home
    assert "Sofia Ramirez" in text_of(counselor, reverse("hsbp:experiences-waiting"))
    page = address(personas, "experience", entry.public_id)
    with assert_no_writes():
        assert "Did it take place as written?" in text_of(counselor, page)
    answer = address(personas, "experience-answer", entry.public_id)
    assert counselor.post(answer, {"verdict": "return", "note": " "}).status_code == 422
    assert counselor.post(answer, {"verdict": "return", "note": "Which day?"}).status_code == 302
    assert "Which day?" in text_of(own, page)
    entry.refresh_from_db()
    edited = typed(personas, kind, edition=entry.edition, posting=str(entry.posting), verdict="send")
    assert own.post(address(personas, "experience-edit", entry.public_id), edited).status_code == 302
    entry.refresh_from_db()
    ticked = {"entry": [f"{entry.public_id}:{entry.edition}", "nothing", f"{uuid.uuid4()}:1"]}
    assert counselor.post(reverse("hsbp:experiences-confirm"), ticked).status_code == 302
    for client in (own, personas.family.client(), counselor, personas.registrar.client()):
        assert "Job shadow: 1 of 2 (2 hours or longer)" in text_of(client, address(personas))
    assert "Job shadow: 1 of 2" in text_of(own, reverse("hsbp:plan"))
    assert "no mark, average or credit is asked for" in text_of(own, address(personas))
    # The entry has no reflection any more: it was taken out before it was sent again, so it can be added.
    reflect = address(personas, "experience-reflect", entry.public_id)
    assert counselor.post(reflect, {"reflection": "Not mine"}).status_code == 403
    assert own.post(reflect, {"reflection": "I want to weld."}).status_code == 302
    assert "I want to weld." in text_of(personas.family.client(), page)
    assert counselor.post(answer, {"verdict": "withdraw", "note": "Another Sofia."}).status_code == 302
    assert "Job shadow: 0 of 2" in text_of(own, address(personas)) and "Another Sofia." in text_of(own, page)


def test_a_draft_is_the_students_alone(personas: Personas, kind: ExperienceKind) -> None:
    draft = make_entry(personas.student.student, kind, send=False)
    page = address(personas, "experience", draft.public_id)
    assert "Skagit" in text_of(personas.student.client(), page)
    for persona in (personas.family, personas.counselor, personas.teacher, personas.principal):
        assert persona.client().get(page).status_code == 404
        assert "Skagit" not in text_of(persona.client(), address(personas))
    assert personas.student.client().post(address(personas, "experience-take-back", draft.public_id)).status_code == 302
    assert not Experience.objects.exists()


def test_a_teacher_records_a_speaker_for_a_class_without_those_who_were_away(
    personas: Personas, kind: ExperienceKind
) -> None:
    away = make_student(personas.school, "Abe Away")
    SectionEnrollment.objects.create(section=personas.section, student=away)
    teacher, url = personas.teacher.client(), reverse("hsbp:experience-group")
    page = text_of(teacher, url)
    assert "Sofia Ramirez" in page and "Abe Away" in page
    form = typed(personas, kind, student=[str(personas.student.student.public_id)])
    assert teacher.post(url, form | {"hours": "x"}).status_code == 422
    for _ in range(2):
        assert teacher.post(url, form).status_code == 302
    entry = Experience.objects.get()
    assert (entry.student, entry.state, entry.confirmed_by) == (
        personas.student.student,
        "confirmed",
        personas.teacher.user,
    )
    # The log is open to the teacher, and the plan is not.
    assert "Plan of" not in text_of(teacher, address(personas))
    assert (
        personas.teacher.client().get(reverse("hsbp:student-plan", args=[entry.student.public_id])).status_code == 403
    )
    foreign = make_section(personas.other_school, students=(personas.other_district_student.student,))
    assert students_in(personas.teacher.user, f"class-{foreign.public_id}") == []
    assert [one.person.given_name for one in students_in(personas.counselor.user, "grade-10")] == ["Sofia"]


def test_the_district_names_its_kinds_and_sets_its_aims(personas: Personas) -> None:
    administrator = personas.administrator.client()
    kinds, aims = reverse("hsbp:experience-kinds"), reverse("hsbp:experience-targets")
    assert "No kinds of experience yet" in text_of(administrator, kinds)
    assert "Name the kinds of experience first." in text_of(administrator, aims)
    administrator.post(kinds, {"begin": "1"})
    administrator.post(kinds, {"name": "Boat day", "name_es": "Día de barco"})
    boats = ExperienceKind.objects.get(code="boat-day")
    assert (boats.translations, ExperienceKind.objects.count()) == ({"es": "Día de barco"}, 8)
    administrator.post(reverse("hsbp:experience-kind", args=[boats.public_id]), {"name": "Boat days"})
    boats.refresh_from_db()
    assert (boats.name, boats.is_active) == ("Boat days", False)

    shadow = ExperienceKind.objects.get(code="job-shadow")
    year = clock.school_year(clock.today(personas.district))
    form = {"kind": shadow.public_id, "grades": ["11", "12"], "count": 2, "least_hours": "2", "first_year": year}
    assert administrator.post(aims, form | {"share": "101"}).status_code == 422
    for _ in range(2):
        assert administrator.post(aims, form | {"share": "80"}).status_code == 302
    assert ExperienceTarget.objects.count() == 2
    page = text_of(administrator, aims)
    assert "Job shadow: 2, each of 2 hours or more" in page and "80%" in page
    assert "no mark, average or credit is asked for before an experience" in page
    one = ExperienceTarget.objects.first()
    assert one is not None
    end = reverse("hsbp:experience-target-end", args=[one.public_id])
    assert personas.other_district_administrator.client().post(end).status_code == 404
    assert administrator.post(end).status_code == 302
    assert ExperienceTarget.objects.count() == 1


def test_lists_ask_the_database_the_same_number_of_times(personas: Personas, kind: ExperienceKind) -> None:
    student, counselor = personas.student.student, personas.counselor.user
    make_target(kind, personas.administrator.user)
    confirm_for_all([student], kind, counselor)
    make_entry(student, kind)
    own, staff = personas.student.client(), personas.counselor.client()
    pages = {
        "log": (own, address(personas)),
        "waiting": (staff, reverse("hsbp:experiences-waiting")),
        "group": (staff, reverse("hsbp:experience-group")),
    }

    def trips() -> dict[str, int]:
        made = {}
        for name, (client, url) in pages.items():
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            made[name] = len(queries)
        return made

    assert trips() == QUERIES
    for number in range(30):
        other = make_student(personas.school, person=make_account_holder(personas.district, f"Other {number}"))
        make_relationship(personas.counselor.person, other, RelationshipKind.COUNSELOR)
        make_entry(other, kind)
        confirm_for_all([student], kind, counselor)
    assert trips() == QUERIES

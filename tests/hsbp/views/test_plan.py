"""The plan's own pages: what student, family and staff see and do there."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from crediting.states import RequestState
from hsbp.actions.conversation import comment_on_plan
from hsbp.actions.family import make_copy
from hsbp.actions.plans import save_section
from hsbp.models import FamilyCopy, FamilySignature, Plan, PlanComment, PlanRevision
from hsbp.rules.content import AID_ITEMS, Section, read
from hsbp.states import PlanState
from hsbp.words import READING_ORDER
from mbl.core.models import AuditEvent, Draft, User
from profiles.actions.relationships import end_relationship
from profiles.models import Relationship, Student
from profiles.states import RelationshipKind, Role
from tests.assertions import assert_no_writes, assert_queries
from tests.factories.crediting import account_of, make_course_row, make_ground, make_request
from tests.factories.hsbp import GOALS, NEWEST, make_review, make_revision, write
from tests.factories.profiles import (
    make_account_holder,
    make_course,
    make_guardian,
    make_person,
    make_relationship,
    make_role,
    make_student,
)
from tests.personas import Personas

pytestmark = pytest.mark.django_db


def words(html: str) -> str:
    """What a reader reads: tags and runs of space left out."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def text_of(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, f"{url} answered {answer.status_code}."
    return words(answer.content.decode())


def section_url(student: Student, section: str) -> str:
    return reverse("hsbp:section", args=[student.public_id, section])


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_an_empty_plan_says_how_to_begin_and_writes_nothing(personas: Personas) -> None:
    client = personas.student.client()
    with assert_no_writes():
        text = text_of(client, reverse("hsbp:plan"))
    assert "Begin with your goals." in text
    assert "Send my plan" not in text
    assert not Plan.objects.exists()


@pytest.mark.rule("R64", partial=True)
def test_the_student_reads_every_section_and_the_mastery_credit_under_way_and_earned(personas: Personas) -> None:
    student = personas.student.student
    ground = make_ground(personas.school)
    other = make_ground(personas.school, title="Algebra 2", standards=ground.standards)
    make_request(ground, student, personas.teacher.person, RequestState.AWARDED, decider=personas.credit_manager.user)
    make_request(other, student, personas.teacher.person)
    write(
        student,
        goals=GOALS,
        courses={"11": [{"code": "NOPE1", "title": "Boat building"}]},
        mastery={"intended": [other.course.code]},
    )
    text = text_of(personas.student.client(), reverse("hsbp:plan"))
    for said in (
        "Become an electrician.",
        "Boat building",
        "code NOPE1 is not in the catalog",
        "Algebra 2 planned",
        "Algebra 2: Proofs I wrote",
        "Geometry earned",
        "Send my plan",
    ):
        assert said in text, said


def test_forty_courses_and_none_are_both_a_plan(personas: Personas) -> None:
    student = personas.student.student
    courses = {
        grade: [{"code": f"C{grade}{n}", "title": f"Course {grade}-{n}"} for n in range(10)]
        for grade in ("09", "10", "11", "12")
    }
    write(student, courses=courses)
    text = text_of(personas.student.client(), reverse("hsbp:plan"))
    assert text.count("Course 1") == 30 and text.count("Course 09-") == 10
    assert "40 course codes are not in the catalog" in text_of(
        personas.student.client(), reverse("hsbp:send", args=[student.public_id])
    )
    make_revision(student)
    text = text_of(personas.counselor.client(), reverse("hsbp:review", args=[student.public_id]))
    assert "40 course codes are not in the catalog" in text
    write(student, courses={})
    assert "No courses yet." in text_of(personas.student.client(), reverse("hsbp:plan"))


def test_the_family_reads_what_was_sent_and_never_the_draft(personas: Personas) -> None:
    student = personas.student.student
    write(student, goals={"career": "A secret so far"})
    family = personas.family.client()
    assert "A secret so far" not in text_of(family, reverse("hsbp:plan"))
    make_revision(student, goals={"career": "Electrician"})
    write(student, goals={"career": "Another secret"})
    for url in (reverse("hsbp:plan"), reverse("hsbp:student-plan", args=[student.public_id])):
        text = text_of(family, url)
        assert "Electrician" in text and "Another secret" not in text


def test_staff_who_do_not_review_read_what_was_sent_and_the_counselor_the_working_copy(personas: Personas) -> None:
    student = personas.student.student
    make_revision(student, goals={"career": "Electrician"})
    write(student, goals={"career": "Plumber"})
    url = reverse("hsbp:student-plan", args=[student.public_id])
    assert "Electrician" in text_of(personas.registrar.client(), url)
    assert "Plumber" in text_of(personas.counselor.client(), url)


def test_the_plan_page_asks_the_database_the_same_number_of_times(personas: Personas) -> None:
    student = personas.student.student
    write(student, goals=GOALS, courses={"11": [{"code": make_course(personas.district).code}]})
    client = personas.student.client()
    client.get(reverse("hsbp:plan"))
    # One of them asks for decisions on graduation pathways (R55), one for aims of the grade.
    with assert_queries(20):
        client.get(reverse("hsbp:plan"))
    write(student, courses={"11": [{"code": make_course(personas.district).code} for _ in range(30)]})
    for number in range(30):
        comment_on_plan(student, body=f"Message {number}", actor=account_of(student))
    with assert_queries(20):
        client.get(reverse("hsbp:plan"))


# --- Writing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("section", list(Section))
def test_every_section_opens_as_a_question_and_writes_nothing(personas: Personas, section: Section) -> None:
    client = personas.student.client()
    with assert_no_writes():
        answer = client.get(section_url(personas.student.student, section))
    assert answer.status_code == 200
    assert "?" in words(answer.content.decode())


@pytest.mark.parametrize(
    ("section", "posted", "stored"),
    [
        ("goals", {"career": "Nurse"}, {"after_high_school": "", "career": "Nurse", "education": ""}),
        (
            "interests",
            {"text": "Water", "inventory": "CareerBridge", "inventory_on": "2026-10-02"},
            {"text": "Water", "inventory": "CareerBridge", "inventory_on": "2026-10-02"},
        ),
        (
            "pathway",
            {"options": ["cte_sequence", "sat_act"], "reason": "It fits."},
            {"options": ["cte_sequence", "sat_act"], "reason": "It fits."},
        ),
        (
            "activities",
            {
                "activity-TOTAL_FORMS": "2",
                "activity-INITIAL_FORMS": "0",
                "activity-0-kind": "work",
                "activity-0-title": "Cashier",
                "activity-0-years": "Grade 10",
                "activity-0-text": "",
                "activity-1-kind": "activity",
                "activity-1-title": "",
                "activity-1-years": "",
                "activity-1-text": "",
            },
            [{"kind": "work", "title": "Cashier", "years": "Grade 10", "text": ""}],
        ),
    ],
)
def test_a_plain_form_saves_a_section_and_goes_on(
    personas: Personas, section: str, posted: dict[str, str], stored: object
) -> None:
    student = personas.student.student
    answer = personas.student.client().post(section_url(student, section), posted | {"edition": "1", "next": "1"})
    following = READING_ORDER[READING_ORDER.index(Section(section)) + 1]
    assert (answer.status_code, answer["Location"]) == (302, section_url(student, following))
    assert Plan.objects.get(student=student).content[section] == stored


def test_what_is_typed_saves_itself_and_answers_with_the_new_edition(personas: Personas) -> None:
    student = personas.student.student
    client = personas.student.client()
    answer = client.post(
        section_url(student, "goals"), {"career": "Nurse", "edition": "1"}, headers={"X-Autosave": "1"}
    )
    plan = Plan.objects.get(student=student)
    assert (answer.status_code, answer["X-Edition"]) == (204, str(plan.edition))
    assert read(plan.content).career == "Nurse"


def test_a_second_tab_gets_the_newer_text_beside_its_own(personas: Personas) -> None:
    student = personas.student.student
    seen = write(student).edition
    save_section(student, Section.GOALS, {"career": "From the first tab"}, edition=seen, actor=personas.student.user)
    client, url = personas.student.client(), section_url(student, "goals")
    mine = {"career": "From the second tab", "edition": str(seen)}
    quiet = client.post(url, mine, headers={"X-Autosave": "1"})
    assert quiet.status_code == 409
    assert "From the first tab" in quiet.content.decode()
    page = client.post(url, mine)
    assert page.status_code == 409
    html = page.content.decode()
    assert "From the first tab" in html and "From the second tab" in html
    assert "Sofia Ramirez changed this part" in words(html)
    newer = re.search(r'name="newer" value="(\d+)"', html)
    assert newer is not None
    kept = client.post(url, mine | {"newer": newer[1]})
    assert kept.status_code == 302
    assert read(Plan.objects.get(student=student).content).career == "From the second tab"


def test_a_bad_day_is_named_and_nothing_is_written(personas: Personas) -> None:
    student = personas.student.student
    url = section_url(student, "interests")
    answer = personas.student.client().post(url, {"text": "Water", "inventory_on": "soon", "edition": "1"})
    assert answer.status_code == 422
    text = words(answer.content.decode())
    assert "Write the day as year, month and day" in text and "Water" in text
    assert not Plan.objects.exists()
    quiet = personas.student.client().post(
        url, {"text": "Water", "inventory_on": "soon", "edition": "1"}, headers={"X-Autosave": "1"}
    )
    assert quiet.status_code == 422


@pytest.mark.rule("R63")
def test_each_financial_aid_item_keeps_the_day_it_was_ticked(personas: Personas) -> None:
    student = personas.student.student
    write(student, aid={"programs": "2025-10-01"})
    ticked = dict.fromkeys(("programs", "deadlines"), "on")
    personas.student.client().post(section_url(student, "aid"), ticked | {"edition": str(NEWEST)})
    aid = Plan.objects.get(student=student).content["aid"]
    assert set(aid) == {"programs", "deadlines"} and aid["programs"] == "2025-10-01"
    assert aid["deadlines"] > "2025-10-01"
    text = text_of(personas.student.client(), reverse("hsbp:plan"))
    assert f"2 of {len(AID_ITEMS)} items are done." in text


def test_courses_are_found_added_taken_out_and_brought_back(personas: Personas) -> None:
    student = personas.student.student
    geometry = make_course(personas.district, "Geometría plana", code="MAT201")
    make_course(personas.other_district, "Geometry of elsewhere")
    client, url = personas.student.client(), section_url(student, "courses")
    found = client.get(f"{url}?grade=11&q=geometria", headers={"HX-Request": "true"}).content.decode()
    assert geometry.title in found and "elsewhere" not in found and "<html" not in found
    client.post(reverse("hsbp:course-add", args=[student.public_id]), {"grade": "11", "code": "MAT201"})
    client.post(reverse("hsbp:course-add", args=[student.public_id]), {"grade": "11", "title": "Boat building"})
    assert Plan.objects.get(student=student).content["courses"]["11"] == [
        {"code": "MAT201", "title": "Geometría plana"},
        {"code": "", "title": "Boat building"},
    ]
    gone = client.post(
        reverse("hsbp:course-remove", args=[student.public_id]),
        {"grade": "11", "code": "MAT201", "title": "Geometría plana"},
        follow=True,
    )
    undo = re.search(r'action="([^"]*courses/add/[^"]*)"', gone.content.decode())
    assert undo is not None
    client.post(undo[1].replace("&amp;", "&"))
    assert [one["code"] for one in Plan.objects.get(student=student).content["courses"]["11"]] == ["", "MAT201"]


def test_a_course_that_cannot_be_added_says_why(personas: Personas) -> None:
    student = personas.student.student
    answer = personas.student.client().post(
        reverse("hsbp:course-add", args=[student.public_id]), {"grade": "13", "title": "Weaving"}, follow=True
    )
    assert "Choose grade 9, 10, 11 or 12." in words(answer.content.decode())


def test_open_courses_are_planned_for_mastery(personas: Personas) -> None:
    student = personas.student.student
    ground = make_ground(personas.school)
    client = personas.student.client()
    assert ground.course.title in text_of(client, section_url(student, "mastery"))
    client.post(reverse("hsbp:mastery-add", args=[student.public_id]), {"code": ground.course.code})
    assert Plan.objects.get(student=student).content["mastery"] == {"intended": [ground.course.code]}
    client.post(reverse("hsbp:mastery-remove", args=[student.public_id]), {"code": ground.course.code})
    assert Plan.objects.get(student=student).content["mastery"] == {"intended": []}


def test_the_counselor_writes_through_the_same_pages_in_the_staff_frame(personas: Personas) -> None:
    student = personas.student.student
    client = personas.counselor.client()
    page = client.get(section_url(student, "goals")).content.decode()
    assert "shell-page--staff" in page
    client.post(section_url(student, "goals"), {"career": "Electrician", "edition": "1"})
    assert read(Plan.objects.get(student=student).content).career == "Electrician"


# --- Sending ----------------------------------------------------------------------------------------------------------


def test_the_student_reads_what_changed_in_words_and_sends(personas: Personas) -> None:
    student = personas.student.student
    make_revision(student)
    write(student, courses={"12": [{"code": "", "title": "Boat building"}]})
    client, url = personas.student.client(), reverse("hsbp:send", args=[student.public_id])
    text = text_of(client, url)
    assert "Carla Nguyen reads it and answers." in text
    assert "Grade 12: Boat building added." in text
    answer = client.post(url, {"answer": ""})
    assert (answer.status_code, answer["Location"]) == (302, reverse("hsbp:plan"))
    assert PlanRevision.objects.get(number=2).content["courses"]["12"][0]["title"] == "Boat building"


def test_a_returned_plan_without_a_change_is_not_sent_and_the_page_says_so(personas: Personas) -> None:
    student = personas.student.student
    make_review(student, personas.counselor.user, PlanState.RETURNED, comment="Which union?")
    client, url = personas.student.client(), reverse("hsbp:send", args=[student.public_id])
    assert "Which union?" in text_of(client, reverse("hsbp:plan"))
    refused = client.post(url, {"answer": ""})
    assert refused.status_code == 422 and "Nothing has changed" in words(refused.content.decode())
    assert client.post(url, {"answer": "Local 46."}).status_code == 302
    assert "Local 46." in text_of(client, reverse("hsbp:plan"))


# --- Conversation, signature, copies, the family's access -------------------------------------------------------------


def test_everybody_near_the_plan_reads_one_conversation(personas: Personas) -> None:
    student = personas.student.student
    make_revision(student)
    url = reverse("hsbp:comment", args=[student.public_id])
    personas.family.client().post(url, {"comment": "What is Running Start?"})
    personas.counselor.client().post(url, {"comment": "College courses in grade 11."})
    for client, page in (
        (personas.student.client(), reverse("hsbp:plan")),
        (personas.family.client(), reverse("hsbp:plan")),
        (personas.counselor.client(), reverse("hsbp:student-plan", args=[student.public_id])),
    ):
        text = text_of(client, page)
        assert "What is Running Start?" in text and "College courses in grade 11." in text
    empty = personas.student.client().post(url, {"comment": ""})
    assert empty.status_code == 422 and "Write something first." in words(empty.content.decode())


@pytest.mark.rule("R61", partial=True)
def test_the_family_signs_the_approved_version_in_the_language_it_read(personas: Personas) -> None:
    student = personas.student.student
    User.objects.filter(pk=personas.family.user.pk).update(language="es")
    revision = make_revision(student)
    client, url = personas.family.client(), reverse("hsbp:sign", args=[student.public_id])
    early = client.post(url, {"typed_name": "Elena Ramirez", "revision": str(revision.public_id)})
    assert early.status_code == 422 and not FamilySignature.objects.exists()
    make_review(student, personas.counselor.user)
    with assert_no_writes():
        assert client.get(url).status_code == 200
    nameless = client.post(url, {"typed_name": "", "revision": str(revision.public_id)})
    assert nameless.status_code == 422
    signed = client.post(url, {"typed_name": "Elena  Ramirez", "revision": str(revision.public_id)})
    assert signed.status_code == 302
    signature = FamilySignature.objects.get()
    assert (signature.typed_name, signature.language, signature.revision, signature.on_paper) == (
        "Elena Ramirez",
        "es",
        revision,
        False,
    )


def test_a_family_that_opened_an_older_version_is_told_before_it_signs(personas: Personas) -> None:
    student = personas.student.student
    seen = make_review(student, personas.counselor.user).revision
    make_review(student, personas.counselor.user, interests={"text": "Water"})
    url = reverse("hsbp:sign", args=[student.public_id])
    answer = personas.family.client().post(url, {"typed_name": "Elena Ramirez", "revision": str(seen.public_id)})
    assert answer.status_code == 422
    assert "A newer version was sent" in words(answer.content.decode())
    assert not FamilySignature.objects.exists()


def test_only_the_family_signs(personas: Personas) -> None:
    student = personas.student.student
    make_review(student, personas.counselor.user)
    url = reverse("hsbp:sign", args=[student.public_id])
    for persona in (personas.student, personas.counselor, personas.registrar):
        assert persona.client().post(url, {"typed_name": "Me"}).status_code == 403


def test_a_copy_is_made_once_a_language_and_opens_as_a_pdf(personas: Personas) -> None:
    student = personas.student.student
    client, url = personas.family.client(), reverse("hsbp:copies", args=[student.public_id])
    assert client.post(url, {"language": "es"}).status_code == 302
    assert not FamilyCopy.objects.exists()
    make_revision(student)
    first = client.post(url, {"language": "es"})
    assert client.post(url, {"language": "es"})["Location"] == first["Location"]
    assert FamilyCopy.objects.count() == 1
    with assert_no_writes():
        document = client.get(first["Location"])
    assert document.status_code == 200 and document["Content-Type"] == "application/pdf"
    assert document.content.startswith(b"%PDF-")
    assert personas.other_district_student.client().get(first["Location"]).status_code == 404


@pytest.mark.rule("R77")
def test_a_student_of_18_opens_the_plan_to_the_family_and_the_pages_say_so(personas: Personas) -> None:
    student = personas.student.student
    student.person.birth_date = dt.date(2000, 1, 1)
    student.person.save()
    make_revision(student)
    family, own = personas.family.client(), personas.student.client()
    closed = family.get(reverse("hsbp:plan"))
    assert closed.status_code == 403
    assert "Sofia Ramirez is 18 or older and decides who sees the record." in words(closed.content.decode())
    assert family.get(reverse("hsbp:student-plan", args=[student.public_id])).status_code == 404
    assert "What my family sees" in text_of(own, reverse("hsbp:plan"))
    own.post(reverse("hsbp:family", args=[student.public_id]), {"allowed": "yes"})
    assert "Become an electrician." in text_of(family, reverse("hsbp:plan"))
    own.post(reverse("hsbp:family", args=[student.public_id]), {"allowed": "no"})
    assert family.get(reverse("hsbp:plan")).status_code == 403
    assert family.post(reverse("hsbp:family", args=[student.public_id]), {"allowed": "yes"}).status_code == 404


def test_a_younger_student_reads_when_the_choice_begins(personas: Personas) -> None:
    student = personas.student.student
    student.person.birth_date = dt.date(2011, 1, 1)
    student.person.save()
    client, url = personas.student.client(), reverse("hsbp:family", args=[student.public_id])
    assert "Until your 18th birthday your family sees your record." in text_of(client, url)
    assert client.post(url, {"allowed": "no"}).status_code == 422


def test_a_family_with_two_children_chooses_between_them(personas: Personas) -> None:
    person = make_account_holder(personas.district, "Marco Ramirez")
    brother = make_student(personas.school, person=person)
    make_guardian(personas.family.person, brother)
    make_revision(brother, goals={"career": "Pilot"})
    make_revision(personas.student.student, goals={"career": "Electrician"})
    family = personas.family.client()
    assert "Pilot" in text_of(family, f"{reverse('hsbp:plan')}?child={brother.public_id}")
    text = text_of(family, f"{reverse('hsbp:plan')}?child={personas.student.student.public_id}")
    assert "Electrician" in text and "Pilot" not in text and "Marco Ramirez" in text


def test_a_family_with_children_in_two_districts_reads_each_under_its_own_district(personas: Personas) -> None:
    """One account, one person in each district: every page is that of the child's district and shows nothing else."""
    here, there = personas.student.student, personas.other_district_student.student
    relative = make_person(personas.other_district, "Elena Ramirez")
    relative.user = personas.family.user
    relative.save()
    make_guardian(relative, there)
    counselor = make_account_holder(personas.other_district, "Otto Berg")
    make_role(counselor, Role.COUNSELOR, personas.other_school)
    make_relationship(counselor, there, RelationshipKind.COUNSELOR)
    assert counselor.user is not None
    make_review(here, personas.counselor.user, goals={"career": "Electrician"})
    revision = make_review(there, counselor.user, goals={"career": "Pilot"}).revision
    family = personas.family.client()
    for name in ("home:home", "hsbp:plan", "crediting:credits", "crediting:requests", "transcripts:own"):
        page = text_of(family, f"{reverse(name)}?child={there.public_id}")
        assert str(here) in page and str(there) in page, f"{name} offers both children"
    page = text_of(family, f"{reverse('hsbp:plan')}?child={there.public_id}")
    assert "Pilot" in page and "Electrician" not in page
    assert "MBL Southport" in page and f"{there} · Southport" in page and f"{here} · Northfield" in page
    family.post(reverse("hsbp:sign", args=[there.public_id]), {"typed_name": "Elena Ramirez"})
    signature = FamilySignature.objects.get()
    assert (signature.revision, signature.signer) == (revision, relative)
    assert AuditEvent.objects.get(verb="hsbp.plan.signed").district == personas.other_district
    # Each school sees its own child only.
    other = Client()
    other.force_login(counselor.user)
    assert other.get(reverse("hsbp:student-plan", args=[here.public_id])).status_code == 404


def test_a_family_whose_access_ends_in_mid_session_writes_and_reads_nothing_more(personas: Personas) -> None:
    student, family = personas.student.student, personas.family.client()
    copy = make_copy(make_review(student, personas.counselor.user).revision, language="es", actor=personas.family.user)
    sign, say = (reverse(f"hsbp:{name}", args=[student.public_id]) for name in ("sign", "comment"))
    assert family.get(sign).status_code == 200, "the page is open"
    relation = Relationship.objects.get(person=personas.family.person, student=student)
    end_relationship(relation, actor=personas.administrator.user, reason="Court order")
    answers = [
        family.post(sign, {"typed_name": "Elena Ramirez"}),
        family.post(say, {"comment": "May I still?"}),
        family.post(reverse("hsbp:copies", args=[student.public_id]), {"language": "en"}),
        family.get(reverse("hsbp:copy", args=[student.public_id, copy.public_id])),
        family.get(reverse("hsbp:progress", args=[student.public_id])),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert not FamilySignature.objects.exists() and not PlanComment.objects.exists()
    assert list(FamilyCopy.objects.values_list("language", flat=True)) == ["es"]
    assert family.get(reverse("hsbp:plan")).status_code == 403, "told that the page is for students and families"


def test_what_saves_itself_after_the_session_ended_changes_nothing_and_is_told(personas: Personas) -> None:
    student = personas.student.student
    write(student, goals={"career": "Nurse"})
    gone, url = Client(), reverse("hsbp:section", args=[student.public_id, "goals"])
    answer = gone.post(url, {"career": "Pilot"}, headers={"X-Autosave": "1"})
    assert answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))
    assert read(Plan.objects.get(student=student).content).career == "Nurse"


# --- Checklist and progress -------------------------------------------------------------------------------------------


@pytest.mark.rule("R57")
def test_the_checklist_shows_all_items_with_state_why_and_source(personas: Personas) -> None:
    student = personas.student.student
    write(student)
    text = text_of(personas.student.client(), reverse("hsbp:checklist", args=[student.public_id]))
    for number in range(1, 28):
        assert f"H{number} · " in text
    assert "RCW 28A.230.212(6)(a)" in text
    assert "MBL does not work this out yet. It is met when staff record it." in text


def test_progress_is_shown_subject_by_subject_and_says_what_it_leaves_out(personas: Personas) -> None:
    student = personas.student.student
    student.grade_9_entry = dt.date(2025, 9, 3)
    student.save()
    for title, subject, earned in (("English 9", "english", "1.000"), ("Art 1", "arts", "2.500")):
        make_course_row(
            student, make_course(personas.district, title), "B", earned=earned, attempted=earned, subject=subject
        )
    text = text_of(personas.student.client(), reverse("hsbp:progress", args=[student.public_id]))
    assert "3.5 of 24.0 credits are earned." in text
    assert "Planned courses and courses in progress are not counted yet" in text
    assert "English 4.0 1.0 – 3.0 WAC 180-51-210(4)(a)" in text
    assert "Arts 2.0 2.0 – Met WAC 180-51-210(4)(h)" in text
    assert "Elective 4.0 0.5 – 3.5" in text


def test_progress_without_entry_or_class_says_what_is_missing(personas: Personas) -> None:
    student = personas.student.student
    url = reverse("hsbp:progress", args=[student.public_id])
    assert "Neither the day of entry to grade 9 nor the class is on record" in text_of(personas.student.client(), url)
    student.graduation_year = 2028
    student.save()
    assert "the requirements of the class of 2028 are used" in text_of(personas.student.client(), url)


def test_a_message_typed_and_not_sent_is_there_again(personas: Personas) -> None:
    student = personas.student.student
    Draft.objects.create(
        user=personas.student.user, key=f"plan-comment-{student.public_id}", data={"comment": "Half a thought"}
    )
    assert "Half a thought" in personas.student.client().get(reverse("hsbp:plan")).content.decode()


# --- On other pages ---------------------------------------------------------------------------------------------------


def test_the_students_page_shows_where_the_plan_stands_to_those_who_see_the_record(personas: Personas) -> None:
    student = personas.student.student
    make_revision(student)
    url = reverse("profiles:student", args=[student.public_id])
    text = text_of(personas.counselor.client(), url)
    assert "High School and Beyond Plan" in text and "Review this version" in text and "Become an electrician." in text
    assert "Review this version" not in text_of(personas.registrar.client(), url)
    assert "Become an electrician." not in text_of(personas.teacher.client(), url)


def test_the_home_has_the_goal_and_the_parts_of_the_plan(personas: Personas) -> None:
    student = personas.student.student
    write(student, goals=GOALS, aid={"programs": "2026-10-01"})
    text = text_of(personas.student.client(), "/")
    assert "My High School and Beyond Plan Open the plan Become an electrician." in text
    assert "Courses from grade 10 on Still to write" in text
    assert "Financial aid steps : 1 of 10 1 of 10" in text
    assert "Family signature" not in text
    # The family sees nothing of a draft.
    assert "Become an electrician." not in text_of(personas.family.client(), "/")
    make_review(student, personas.counselor.user)
    assert "Family signature Due" in text_of(personas.family.client(), "/")

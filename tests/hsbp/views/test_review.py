"""The counselor's pages: the caseload, side by side, the answer and its undo, records, the decision."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hsbp.actions.conversation import ask_family, comment_on_plan
from hsbp.actions.reviews import approve_plan
from hsbp.actions.sending import send_plan
from hsbp.models import AnnualUpdate, ChecklistRecord, FamilySignature, Plan, PlanReview, RequirementDecision
from hsbp.states import PlanState
from mbl.core import clock
from mbl.core.models import Draft
from profiles.actions.enrollment import enroll
from profiles.actions.relationships import assign_counselor, end_relationship
from profiles.models import Relationship, Student
from profiles.states import RelationshipKind, Role
from tests.assertions import assert_no_writes, assert_queries
from tests.factories.crediting import account_of, make_course_row
from tests.factories.hsbp import make_review, make_revision, write
from tests.factories.profiles import (
    make_account_holder,
    make_course,
    make_person,
    make_relationship,
    make_role,
    make_school,
    make_student,
)
from tests.hsbp.views.test_plan import text_of, words
from tests.personas import Persona, Personas

pytestmark = pytest.mark.django_db
CASELOAD = "/caseload/"


def on_caseload(personas: Personas, name: str, *, grade: str = "10", counselor: Persona | None = None) -> Student:
    person = make_account_holder(personas.district, name)
    student = make_student(personas.school, person=person, grade=grade)
    make_relationship((counselor or personas.counselor).person, student, RelationshipKind.COUNSELOR)
    return student


def review_url(student: Student) -> str:
    return reverse("hsbp:review", args=[student.public_id])


def rows_of(client: Client, query: str = "") -> list[str]:
    html = client.get(f"{CASELOAD}{query}", headers={"HX-Request": "true"}).content.decode()
    return [words(row) for row in re.findall(r'<tr role="row"[^>]*>(.*?)</tr>', html, re.DOTALL) if "rowheader" in row]


# --- The caseload -----------------------------------------------------------------------------------------------------


def test_the_sentence_the_counts_and_the_rows_say_the_same(personas: Personas) -> None:
    make_revision(personas.student.student)
    make_review(on_caseload(personas, "Ana Approved"), personas.counselor.user)
    make_review(on_caseload(personas, "Rita Returned"), personas.counselor.user, PlanState.RETURNED)
    on_caseload(personas, "Nora New")
    write(on_caseload(personas, "Dora Draft"))
    stranger = on_caseload(personas, "Not Mine", counselor=another_counselor(personas))
    make_revision(stranger)
    client = personas.counselor.client()
    text = text_of(client, CASELOAD)
    assert "1 of 5 students needs you. It came in today." in text
    for chip in (
        "Needs me 1",
        "Waiting on student 2",
        "Waiting on family 0",
        "Approved this year 1",
        "Not started 1",
        "All 5",
    ):
        assert chip in text, chip
    (row,) = rows_of(client)
    assert row.startswith("Sofia Ramirez Grade 10 Submitted First version 0 days")
    names = {view: " ".join(rows_of(client, f"?show={view}")) for view in ("student", "approved", "new", "all")}
    assert "Rita Returned" in names["student"] and "Dora Draft" in names["student"]
    assert "Ana Approved" in names["approved"] and "Nora New" in names["new"]
    assert "Not Mine" not in names["all"]


def another_counselor(personas: Personas) -> Persona:
    person = make_account_holder(personas.district, "Dana Ortiz")
    make_role(person, Role.COUNSELOR, personas.school)
    return Persona("second", person.user, person)


def test_the_longest_wait_stands_first_and_is_counted_in_days(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    for days, name in ((3, "Three Days"), (12, "Twelve Days"), (1, "One Day")):
        monkeypatch.setattr(timezone, "now", lambda moment=now - dt.timedelta(days=days): moment)
        make_revision(on_caseload(personas, name))
    monkeypatch.setattr(timezone, "now", lambda: now)
    client = personas.counselor.client()
    assert "The longest wait is 12 days." in text_of(client, CASELOAD)
    assert [row.split(" Grade")[0] for row in rows_of(client)] == ["Twelve Days", "Three Days", "One Day"]
    for order in ("-wait", "student"):
        assert rows_of(client, f"?order={order}")[0].startswith("One Day")


def test_filters_narrow_by_name_number_grade_and_reason(personas: Personas) -> None:
    nunez = on_caseload(personas, "Ana Núñez", grade="12")
    make_revision(nunez)
    asking = on_caseload(personas, "Quinn Question", grade="09")
    write(asking)
    comment_on_plan(asking, body="Is Spanish 3 enough?", actor=account_of(asking))
    client = personas.counselor.client()
    assert [row.split(" Grade")[0] for row in rows_of(client, "?q=nunez")] == ["Ana Núñez"]
    assert [row.split(" Grade")[0] for row in rows_of(client, f"?q={nunez.local_id.lower()}")] == ["Ana Núñez"]
    assert [row.split(" Grade")[0] for row in rows_of(client, "?grade=09")] == ["Quinn Question"]
    (question,) = rows_of(client, "?why=question")
    assert "Student question Is Spanish 3 enough?" in question
    assert len(rows_of(client, "?why=version")) == 1
    assert rows_of(client, "?why=unchanged") == []
    assert len(rows_of(client, "?recent=on")) == 2


def test_the_row_says_pace_items_language_and_what_is_due_this_year(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    student = on_caseload(personas, "Luz Vega", grade="11")
    student.graduation_year = 2028
    student.save()
    student.person.language = "so"
    student.person.save()
    make_course_row(student, make_course(personas.district), "B", earned="11.000", attempted="11.000")
    make_review(student, personas.counselor.user)
    (row,) = [row for row in rows_of(personas.counselor.client(), "?show=all") if "Luz" in row]
    assert "Approved" in row and "Check plan" in row and "Somali" in row and "0 of 11" in row
    next_year = timezone.now() + dt.timedelta(days=365)
    monkeypatch.setattr(timezone, "now", lambda: next_year)
    (row,) = [row for row in rows_of(personas.counselor.client(), "?show=student") if "Luz" in row]
    assert "Update due" in row


def test_waiting_on_the_family_follows_questions_and_signatures(personas: Personas) -> None:
    student = personas.student.student
    make_review(student, personas.counselor.user)
    client = personas.counselor.client()
    assert "Waiting for the family’s signature" in rows_of(client, "?show=family")[0]
    personas.family.client().post(reverse("hsbp:sign", args=[student.public_id]), {"typed_name": "Elena Ramirez"})
    assert rows_of(client, "?show=family") == []
    make_revision(student, interests={"text": "Water"})
    ask_family(student, body="Which river?", actor=personas.counselor.user)
    assert len(rows_of(client, "?show=family")) == 1


def test_the_list_asks_the_database_the_same_number_of_times_for_1_and_for_30(personas: Personas) -> None:
    make_revision(personas.student.student)
    client = personas.counselor.client()
    client.get(CASELOAD)
    with assert_queries(13):
        client.get(CASELOAD)
    for number in range(30):
        student = on_caseload(personas, f"Student Number{number}")
        make_revision(student)
        if number % 2:
            comment_on_plan(student, body="A question", actor=account_of(student))
    with assert_no_writes(), assert_queries(13):
        answer = client.get(CASELOAD)
    assert "1 to 25 of 31" in words(answer.content.decode())


def test_an_empty_caseload_and_an_empty_view_say_why(personas: Personas) -> None:
    newcomer = another_counselor(personas)
    assert "Nobody is on your caseload yet." in text_of(newcomer.client(), CASELOAD)
    assert "Nobody here needs you" in text_of(personas.counselor.client(), CASELOAD)
    assert "No student fits this view" in text_of(personas.counselor.client(), f"{CASELOAD}?show=family")


def test_unchanged_plans_are_approved_together_and_taken_back_together(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    same, changed = on_caseload(personas, "Same Again"), on_caseload(personas, "Changed Since")
    for student in (same, changed):
        make_review(student, personas.counselor.user)
    next_year = timezone.now() + dt.timedelta(days=365)
    monkeypatch.setattr(timezone, "now", lambda: next_year)
    send_plan(same, actor=account_of(same))
    make_revision(changed, interests={"text": "Water"})
    client = personas.counselor.client()
    html = client.get(CASELOAD).content.decode()
    assert html.count("data-tick") == 1 and "No changes since approval" in words(html)
    answer = client.post(
        reverse("hsbp:caseload-approve"),
        {"student": [str(same.public_id), str(changed.public_id), "nonsense"]},
        follow=True,
    )
    text = words(answer.content.decode())
    assert "1 plan is approved." in text
    assert "Left for a review, because something changed: Changed Since." in text
    assert Plan.objects.get(student=same).state == "approved"
    assert Plan.objects.get(student=changed).state == "submitted"
    undo = re.search(r'action="(/caseload/undo/[^"]*)"', answer.content.decode())
    assert undo is not None
    client.post(undo[1].replace("&amp;", "&"))
    assert Plan.objects.get(student=same).state == "submitted"


# --- Side by side -----------------------------------------------------------------------------------------------------


def test_only_what_changed_is_open_with_old_beside_new(personas: Personas) -> None:
    student = personas.student.student
    make_course(personas.district, "Physics", code="SCI301")
    make_review(
        student,
        personas.counselor.user,
        goals={"after_high_school": "Study business."},
        interests={"text": "Engines"},
        courses={"12": [{"code": "SCI301", "title": "Physics"}, {"code": "", "title": "Marketing 2"}]},
        pathway={"options": ["sat_act"], "reason": "I test well."},
    )
    make_revision(
        student,
        goals={"after_high_school": "Become an electrician."},
        courses={"12": [{"code": "SCI301", "title": "Physics"}, {"code": "TRD2", "title": "Construction 2"}]},
        pathway={"options": ["cte_sequence"], "reason": "I test well."},
    )
    client = personas.counselor.client()
    with assert_no_writes():
        text = text_of(client, review_url(student))
    assert "5 changes since version 1." in text
    assert "Goals, 2 courses and pathway." in text or "goals, 2 courses and pathway" in text.lower()
    for said in (
        "Study business.",
        "Become an electrician.",
        "Removed Marketing 2",
        "Added Construction 2 (code TRD2 is not in the catalog)",
        "Removed SAT or ACT",
        "Added Career and technical courses",
        "Carla Nguyen approved version 1 on",
    ):
        assert said in text, said
    assert "Engines" not in text
    everything = text_of(client, f"{review_url(student)}?show=all")
    assert "Engines" in everything and "Unchanged" in everything


def test_a_first_version_is_shown_whole(personas: Personas) -> None:
    make_revision(personas.student.student)
    text = text_of(personas.counselor.client(), review_url(personas.student.student))
    assert "This is the first version." in text and "Become an electrician." in text


def test_approving_leads_to_the_next_student_with_the_focus_on_the_name_and_can_be_undone(personas: Personas) -> None:
    first, second = personas.student.student, on_caseload(personas, "Tyler Novak")
    revision = make_revision(first)
    make_revision(second)
    client = personas.counselor.client()
    answer = client.post(
        review_url(first), {"revision": str(revision.public_id), "comment": "", "verdict": "approve"}, follow=True
    )
    assert answer.redirect_chain == [(f"{review_url(second)}?next=1#heading", 302)]
    html = answer.content.decode()
    assert re.search(r'<h1[^>]* id="heading" data-focus>Tyler Novak</h1>', html)
    assert "The plan of Sofia Ramirez is approved." in words(html)
    review = PlanReview.objects.get()
    undo = reverse("hsbp:review-undo", args=[review.public_id])
    assert f'action="{undo}"' in html
    back = client.post(undo, follow=True)
    assert back.redirect_chain == [(f"{review_url(first)}?next=1#heading", 302)]
    assert Plan.objects.get(student=first).state == "submitted"


def test_after_the_last_one_the_list_says_that_nobody_waits(personas: Personas) -> None:
    revision = make_revision(personas.student.student)
    client = personas.counselor.client()
    answer = client.post(
        review_url(personas.student.student),
        {"revision": str(revision.public_id), "comment": "Well done.", "verdict": "approve"},
        follow=True,
    )
    assert answer.redirect_chain == [(CASELOAD, 302)]


def test_returning_without_a_comment_keeps_the_page_and_says_what_is_missing(personas: Personas) -> None:
    revision = make_revision(personas.student.student)
    client = personas.counselor.client()
    posted = {"revision": str(revision.public_id), "comment": " ", "verdict": "return"}
    answer = client.post(review_url(personas.student.student), posted)
    assert answer.status_code == 422
    assert "Say what you would like changed." in words(answer.content.decode())
    posted["comment"] = "Which union?"
    assert client.post(review_url(personas.student.student), posted).status_code == 302
    assert Plan.objects.get().state == "returned"


def test_a_version_that_changed_meanwhile_is_refused_with_the_comment_kept(personas: Personas) -> None:
    student = personas.student.student
    seen = make_revision(student)
    newer = make_revision(student, interests={"text": "Water"})
    client = personas.counselor.client()
    posted = {"revision": str(seen.public_id), "comment": "Strong plan.", "verdict": "approve"}
    answer = client.post(review_url(student), posted)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Version 1 was not answered" in words(html)
    assert "Strong plan." in html and str(newer.public_id) in html and str(seen.public_id) not in html
    assert not PlanReview.objects.exists()
    again = client.post(review_url(student), posted | {"revision": str(newer.public_id)})
    assert again.status_code == 302 and PlanReview.objects.get().revision == newer


def test_two_counselors_the_second_is_told_and_keeps_the_comment(personas: Personas) -> None:
    student = personas.student.student
    second = another_counselor(personas)
    make_relationship(second.person, student, RelationshipKind.COUNSELOR)
    revision = make_revision(student)
    opened = second.client()
    opened.get(review_url(student))
    approve_plan(revision, comment="", actor=personas.counselor.user)
    posted = {"revision": str(revision.public_id), "comment": "Please add math.", "verdict": "return"}
    answer = opened.post(review_url(student), posted)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Carla Nguyen approved version 1 on" in words(text) and "Please add math." in text
    assert PlanReview.objects.count() == 1


def test_the_comment_is_there_again_after_an_interruption_and_gone_after_the_answer(personas: Personas) -> None:
    student = personas.student.student
    revision = make_revision(student)
    key = f"plan-review-{student.public_id}"
    Draft.objects.create(user=personas.counselor.user, key=key, data={"comment": "Half a thought"})
    client = personas.counselor.client()
    html = client.get(review_url(student)).content.decode()
    assert "Half a thought" in html and reverse("core:draft-save", args=[key]) in html
    client.post(
        review_url(student), {"revision": str(revision.public_id), "comment": "All of it", "verdict": "approve"}
    )
    assert not Draft.objects.filter(key=key).exists()


def test_a_student_who_moves_while_the_review_is_open_is_not_answered_by_the_counselor_who_had_them(
    personas: Personas,
) -> None:
    """The page of before is refused, what was typed stays, and the newcomer answers the same version."""
    student, client = personas.student.student, personas.counselor.client()
    revision = make_revision(student)
    assert client.get(review_url(student)).status_code == 200
    new_school = make_school(personas.district, "Riverbend Academy")
    newcomer = make_account_holder(personas.district, "Dana Ortiz")
    make_role(newcomer, Role.COUNSELOR, new_school)
    enroll(student, school=new_school, grade="10", actor=personas.administrator.user)
    end_relationship(
        Relationship.objects.get(student=student, kind=RelationshipKind.COUNSELOR),
        actor=personas.administrator.user,
        reason="moved",
    )
    assign_counselor(newcomer, student, actor=personas.administrator.user)
    posted = {"revision": str(revision.public_id), "comment": "Almost there.", "verdict": "return"}
    assert client.post(review_url(student), posted).status_code == 404, "nothing of theirs is to be seen any more"
    assert not PlanReview.objects.exists()
    assert rows_of(client) == []
    theirs = Client()
    assert newcomer.user is not None
    theirs.force_login(newcomer.user)
    (row,) = rows_of(theirs)
    assert "Sofia Ramirez" in row
    theirs.post(review_url(student), {**posted, "comment": "Welcome.", "verdict": "approve"})
    assert PlanReview.objects.get().reviewer == newcomer


def test_the_wait_orders_the_rows_as_it_is_printed(personas: Personas) -> None:
    """A plan that was approved an earlier year waits for nobody, however long ago that was."""
    update_due, returned = on_caseload(personas, "Ada Long"), on_caseload(personas, "Ben Short")
    make_review(update_due, personas.counselor.user)
    make_review(returned, personas.counselor.user, PlanState.RETURNED)
    now = timezone.now()
    Plan.objects.filter(student=update_due).update(state_since=now - dt.timedelta(days=400), family_since=None)
    Plan.objects.filter(student=returned).update(state_since=now - dt.timedelta(days=3))
    first, second, third = rows_of(personas.counselor.client(), "?show=all")
    assert "Ben Short" in first and "3 days" in first
    assert {"Ada Long" in second, "Ada Long" in third} == {True, False}


def test_the_next_student_is_opened_with_the_focus_on_the_name(personas: Personas) -> None:
    student, other = personas.student.student, on_caseload(personas, "Ben Short")
    make_revision(student)
    make_revision(other)
    html = personas.counselor.client().get(review_url(student)).content.decode()
    assert f'href="{review_url(other)}?next=1#heading"' in html


def test_a_message_of_the_family_does_not_end_the_wait_for_its_signature(personas: Personas) -> None:
    student = personas.student.student
    make_review(student, personas.counselor.user)
    comment_on_plan(student, body="What is a pathway?", actor=personas.family.user)
    client = personas.counselor.client()
    assert rows_of(client, "?show=family") == [], "now the school is to answer"
    comment_on_plan(student, body="A way to the diploma.", actor=personas.counselor.user)
    (row,) = rows_of(client, "?show=family")
    assert "Waiting for the family’s signature" in row


def test_asking_the_family_from_the_review_keeps_the_plan_in_the_list(personas: Personas) -> None:
    student = personas.student.student
    revision = make_revision(student)
    client = personas.counselor.client()
    posted = {"revision": str(revision.public_id), "comment": "Can we meet?", "verdict": "ask"}
    answer = client.post(review_url(student), posted, follow=True)
    assert answer.redirect_chain == [(f"{review_url(student)}?next=1#heading", 302)]
    assert "Your question is sent to the family of Sofia Ramirez." in words(answer.content.decode())
    assert "Can we meet?" in text_of(personas.family.client(), reverse("hsbp:plan"))


@pytest.mark.rule("R61", partial=True)
def test_a_family_language_without_copies_is_flagged(personas: Personas) -> None:
    make_revision(personas.student.student)
    url = review_url(personas.student.student)
    client = personas.counselor.client()
    assert "This family speaks" not in text_of(client, url)
    personas.family.person.language = "so"
    personas.family.person.save()
    assert "This family speaks Somali. Copies exist in English and Spanish only" in text_of(client, url)


def test_the_review_asks_the_database_the_same_number_of_times(personas: Personas) -> None:
    student = personas.student.student
    make_review(student, personas.counselor.user)
    make_revision(student, interests={"text": "Water"})
    client, url = personas.counselor.client(), review_url(student)
    client.get(url)
    with assert_queries(17):
        client.get(url)
    for number in range(30):
        other = on_caseload(personas, f"Student Number{number}")
        make_revision(other)
        comment_on_plan(student, body=f"Message {number}", actor=personas.counselor.user)
    with assert_queries(17):
        client.get(url)


def test_a_plan_that_was_never_sent_can_be_opened_and_not_answered(personas: Personas) -> None:
    text = text_of(personas.counselor.client(), review_url(personas.student.student))
    assert "The student has not sent a version yet." in text and "Approve plan" not in text


# --- Records ----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R57")
def test_a_recorded_item_is_met_with_its_evidence_and_can_be_taken_back(personas: Personas) -> None:
    student = personas.student.student
    client = personas.counselor.client()
    posted = {"item": "H14", "done_on": "2026-10-02", "note": "Assembly for grade 10", "language": "es"}
    answer = client.post(reverse("hsbp:record", args=[student.public_id]), posted, follow=True)
    text = words(answer.content.decode())
    assert "Recorded: Pathways explained to student and family." in text
    assert "recorded by Carla Nguyen (Spanish)" in text and "Assembly for grade 10" in text
    record = ChecklistRecord.objects.get()
    client.post(reverse("hsbp:record-remove", args=[student.public_id, record.public_id]))
    assert not ChecklistRecord.objects.exists()


@pytest.mark.rule("R59")
def test_the_yearly_update_of_grade_10_asks_for_test_results_and_is_recorded_once(personas: Personas) -> None:
    student = personas.student.student
    make_revision(student)
    client, url = personas.counselor.client(), reverse("hsbp:update", args=[student.public_id])
    today = clock.today(personas.district).isoformat()
    missing = client.post(url, {"updated_on": today, "results_reviewed": ""})
    assert missing.status_code == 422
    assert "In grade 10 the update names the test results" in words(missing.content.decode())
    done = {"updated_on": today, "results_reviewed": "ELA level 3, math level 2", "options_shown": "on"}
    assert client.post(url, done).status_code == 302
    update = AnnualUpdate.objects.get()
    assert (update.grade, update.staff, update.results_reviewed) == (
        "10",
        personas.counselor.user,
        "ELA level 3, math level 2",
    )
    assert [record.item for record in ChecklistRecord.objects.all()] == ["H7"]
    again = client.post(url, done | {"results_reviewed": "Something else"})
    assert again.status_code == 422 and "recorded the update of this school year already" in words(
        again.content.decode()
    )
    text = text_of(personas.student.client(), reverse("hsbp:checklist", args=[student.public_id]))
    assert "Grade 10 update with test results Met" in text and "Yearly update with staff Met" in text


@pytest.mark.rule("R65")
def test_a_person_decides_the_requirement_with_a_reason_and_everybody_reads_it(personas: Personas) -> None:
    student = personas.student.student
    make_revision(student)
    client, url = personas.counselor.client(), reverse("hsbp:requirement", args=[student.public_id])
    assert "the decision is yours and is never made by MBL" in text_of(client, url)
    assert client.post(url, {"verdict": "met", "reason": " "}).status_code == 422
    assert not RequirementDecision.objects.exists()
    assert client.post(url, {"verdict": "met", "reason": "All parts are there."}).status_code == 302
    assert "Plan requirement: Met." in text_of(personas.family.client(), reverse("hsbp:plan"))


@pytest.mark.rule("R61", partial=True)
def test_a_paper_signature_is_recorded_with_day_language_and_recorder(personas: Personas) -> None:
    student = personas.student.student
    client, url = personas.counselor.client(), reverse("hsbp:paper-signature", args=[student.public_id])
    revision = make_revision(student)
    assert "Approve this version first." in text_of(client, url)
    approve_plan(revision, comment="", actor=personas.counselor.user)
    stranger = make_person(personas.district, "Some Body")
    today = clock.today(personas.district)
    posted = {
        "signer": str(personas.family.person.public_id),
        "typed_name": "Elena Ramirez",
        "signed_on": today.isoformat(),
        "language": "es",
    }
    for wrong, says in (
        ({"signer": str(stranger.public_id)}, "Choose somebody from the list."),
        ({"signed_on": (today + dt.timedelta(days=2)).isoformat()}, "That day is still to come."),
        ({"signed_on": "2020-01-01"}, "This version was sent after that day."),
        ({"typed_name": ""}, "Write the name that stands on the paper."),
    ):
        refused = client.post(url, posted | wrong)
        assert refused.status_code == 422 and says in words(refused.content.decode())
    assert client.post(url, posted).status_code == 302
    signature = FamilySignature.objects.get()
    assert (signature.on_paper, signature.language, signature.signer, signature.recorded_by) == (
        True,
        "es",
        personas.family.person,
        personas.counselor.user,
    )


@pytest.mark.parametrize("name", ["review", "update", "record", "requirement", "paper-signature"])
def test_only_the_counselor_opens_the_staff_pages(personas: Personas, name: str) -> None:
    make_revision(personas.student.student)
    url = reverse(f"hsbp:{name}", args=[personas.student.student.public_id])
    assert personas.counselor.client().get(url).status_code == 200
    for persona in (personas.student, personas.family, personas.registrar, personas.principal, personas.teacher):
        assert persona.client().get(url).status_code == 403, persona.name
    for persona in (personas.other_district_administrator, personas.other_district_student):
        assert persona.client().get(url).status_code == 404, persona.name

"""Asking for credit, step by step, and the story of a request as each person sees it."""

import pytest

from crediting.actions.evidence import attach_evidence
from crediting.actions.requests import return_request, submit_request
from crediting.models import CourseStandard, CreditRequest
from crediting.states import RequestState
from mbl.core.models import User
from profiles.states import Role
from tests.assertions import assert_no_writes, assert_queries
from tests.crediting.pages import post_after_expiry, text_of
from tests.factories.crediting import (
    Ground,
    judge,
    make_course_row,
    make_draft,
    make_evidence,
    make_ground,
    make_request,
)
from tests.factories.profiles import make_account_holder, make_course, make_guardian, make_role, make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db
STORY_TRIPS = 18


# --- Course and way ---------------------------------------------------------------------------------------------------


@pytest.mark.rule("R12")
def test_open_courses_are_offered_and_the_others_say_why_not(personas: Personas, ground: Ground) -> None:
    make_course(personas.district, "Weaving")
    browser = personas.student.client()
    with assert_no_writes():
        page = text_of(browser.get("/requests/new/"))
    assert f'href="?course={ground.course.public_id}"' in page and "up to 1.0 credits" in page
    assert "Weaving" in page and "The school has not said how many credits" in page


def test_a_course_that_is_fully_earned_says_so(personas: Personas, ground: Ground) -> None:
    make_course_row(personas.student.student, ground.course, "B", earned="1.000")
    page = text_of(personas.student.client().get("/requests/new/"))
    assert "You already have all the credit that these give." in page and ground.course.title in page
    assert f'href="?course={ground.course.public_id}"' not in page


@pytest.mark.rule("R15")
def test_every_way_is_offered_to_the_student_to_choose(personas: Personas, ground: Ground) -> None:
    browser = personas.student.client()
    with assert_no_writes():
        page = text_of(browser.get(f"/requests/new/?course={ground.course.public_id}"))
    for way in ("LOCAL_ASSESSMENT.portfolio", "LOCAL_ASSESSMENT.presentation", "STATE_ASSESSMENT"):
        assert f'value="{way}"' in page
    assert "At least 2 standards that you name" in page


@pytest.mark.rule("R13")
def test_no_question_about_failing_where_no_rule_asks(personas: Personas, ground: Ground) -> None:
    browser = personas.student.client()
    course = ground.course.public_id
    pages = [
        text_of(browser.get(address))
        for address in (
            f"/requests/new/?course={course}",
            f"/requests/new/?course={course}&way=LOCAL_ASSESSMENT.portfolio",
        )
    ]
    for page in pages:
        assert "earlier attempt" not in page and 'name="purpose"' not in page
    asking = make_ground(personas.school, title="Algebra 1", more="prior_attempt: [failed]")
    page = text_of(browser.get(f"/requests/new/?course={asking.course.public_id}"))
    assert "An earlier attempt at the course on your record: not passed" in page


def test_unknown_or_foreign_courses_are_not_found(personas: Personas, ground: Ground) -> None:
    elsewhere = make_ground(personas.other_school, title="Physics")
    browser = personas.student.client()
    for asked in (elsewhere.course.public_id, "not-a-uuid"):
        assert browser.get(f"/requests/new/?course={asked}").status_code == 404


def test_families_and_staff_cannot_ask_for_a_student(personas: Personas, ground: Ground) -> None:
    for persona in (personas.family, personas.teacher):
        answer = persona.client().get("/requests/new/")
        assert answer.status_code == 403


# --- What will be shown -----------------------------------------------------------------------------------------------


def details(ground: Ground, personas: Personas, **fields: object) -> dict[str, object]:
    return {
        "title": "Proofs I wrote",
        "plan": "I will show two proofs.",
        "standards": [str(standard.public_id) for standard in ground.standards[:2]],
        "assessor": str(personas.teacher.person.public_id),
    } | fields


def address(ground: Ground, way: str = "LOCAL_ASSESSMENT.portfolio") -> str:
    return f"/requests/new/?course={ground.course.public_id}&way={way}"


def test_the_details_make_a_draft_that_waits_for_evidence(personas: Personas, ground: Ground) -> None:
    browser = personas.student.client()
    answer = browser.post(address(ground), details(ground, personas))
    request = CreditRequest.objects.get()
    assert answer["Location"] == f"/requests/{request.public_id}/"
    assert (request.subtype, request.chosen_by, request.assessor) == (
        "portfolio",
        personas.student.user,
        personas.teacher.person,
    )
    page = text_of(browser.get(answer["Location"]))
    assert "Add at least one piece of evidence." in page and "Add what is missing first." in page


def test_teachers_of_ones_own_classes_come_first(personas: Personas, ground: Ground) -> None:
    other = make_account_holder(personas.district, "Abel Adams")
    make_role(other, Role.TEACHER, personas.school)
    page = text_of(personas.student.client().get(address(ground)))
    assert page.index("Your teachers") < page.index("Tomas Reed") < page.index("Other teachers of your school")
    assert page.index("Other teachers of your school") < page.index("Abel Adams")


def test_required_standards_of_the_course_stand_ready(personas: Personas, ground: Ground) -> None:
    CourseStandard.objects.create(course=ground.course, standard=ground.standards[2], is_required=True)
    page = text_of(personas.student.client().get(address(ground)))
    assert ground.standards[2].code in page and "Everybody shows this one." in page


def test_mistakes_are_named_and_nothing_typed_is_lost(personas: Personas, ground: Ground) -> None:
    answer = personas.student.client().post(address(ground), details(ground, personas, title="", assessor=""))
    page = text_of(answer)
    assert answer.status_code == 422 and "Fix 2 things to go on" in page
    assert "I will show two proofs." in page
    assert f'value="{ground.standards[0].public_id}" checked' in page
    assert not CreditRequest.objects.exists()


def test_a_state_assessment_asks_for_its_result_and_for_nothing_in_the_future(
    personas: Personas, ground: Ground
) -> None:
    browser = personas.student.client()
    page = text_of(browser.get(address(ground, "STATE_ASSESSMENT")))
    assert 'name="instrument"' in page and "State math assessment" in page
    result = {"instrument": "sba-math", "taken_on": "2999-01-01", "level": "3"}
    answer = browser.post(address(ground, "STATE_ASSESSMENT"), details(ground, personas, **result))
    assert answer.status_code == 422 and "This day has not come yet." in text_of(answer)
    result["taken_on"] = "2026-05-04"
    assert browser.post(address(ground, "STATE_ASSESSMENT"), details(ground, personas, **result)).status_code == 302
    assert CreditRequest.objects.get().result == {"instrument": "sba-math", "taken_on": "2026-05-04", "level": 3}


def test_details_sent_after_the_session_ended_open_again(personas: Personas, ground: Ground) -> None:
    browser = personas.student.client()
    fields = details(ground, personas, title="Watershed report", plan="Three visits to the creek.")
    again = post_after_expiry(browser, personas.student.user, address(ground), fields)
    page = text_of(browser.get(again))
    assert 'value="Watershed report"' in page and "Three visits to the creek." in page
    assert f'value="{ground.standards[0].public_id}" checked' in page
    assert not CreditRequest.objects.exists()


# --- The story --------------------------------------------------------------------------------------------------------


def test_sending_and_answering_from_the_page(personas: Personas, ground: Ground) -> None:
    request = make_draft(ground, personas.student.student, personas.teacher.person)
    browser = personas.student.client()
    missing = browser.post(f"/requests/{request.public_id}/send/")
    assert missing.status_code == 422 and "Not sent yet. Add what is missing:" in text_of(missing)
    evidence = make_evidence(personas.student.student)
    attach = browser.post(f"/requests/{request.public_id}/evidence/", {"evidence": str(evidence.public_id)})
    assert attach.status_code == 302
    assert browser.post(f"/requests/{request.public_id}/send/").status_code == 302
    request.refresh_from_db()
    assert request.state == RequestState.SUBMITTED
    return_request(request, reason="Which claim does it support?", actor=personas.teacher.user)
    page = text_of(browser.get(f"/requests/{request.public_id}/"))
    assert "Tomas Reed asks for more" in page and "Which claim does it support?" in page
    browser.post(f"/requests/{request.public_id}/send/", {"answer": "The first; see page 2."})
    page = text_of(browser.get(f"/requests/{request.public_id}/"))
    assert "The first; see page 2." in page and "sent it again, attempt 2" in page


def test_an_answer_typed_before_the_session_ended_is_there_again(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.RETURNED)
    browser = personas.student.client()
    again = post_after_expiry(
        browser, personas.student.user, f"/requests/{request.public_id}/send/", {"answer": "A long answer."}
    )
    page = text_of(browser.get(again))
    assert "A long answer." in page and "Tomas Reed asks for more" in page
    request.refresh_from_db()
    assert request.state == RequestState.RETURNED


def test_unsent_evidence_can_be_taken_out(personas: Personas, ground: Ground) -> None:
    request = make_draft(ground, personas.student.student, personas.teacher.person)
    browser = personas.student.client()
    evidence = make_evidence(personas.student.student)
    browser.post(f"/requests/{request.public_id}/evidence/", {"evidence": str(evidence.public_id)})
    use = request.uses.get()
    for _press in range(2):
        answer = browser.post(f"/requests/{request.public_id}/evidence/{use.public_id}/remove/")
        assert answer.status_code == 302
    assert not request.uses.exists()


def test_the_student_reads_what_the_teacher_wrote(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    judge(request, ground, personas.teacher.person, ("proficient", "developing"))
    page = text_of(personas.student.client().get(f"/requests/{request.public_id}/"))
    assert "Comment on developing." in page and "level-half" in page
    assert "Assess</" not in page


def test_the_family_reads_the_same_and_changes_nothing(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.RETURNED)
    browser = personas.family.client()
    page = text_of(browser.get(f"/requests/{request.public_id}/"))
    assert "Tomas Reed asks for more" in page
    for control in ("Send to", "Add evidence", "Withdraw", "<textarea"):
        assert control not in page
    for action in ("send", "withdraw", "edit"):
        assert browser.post(f"/requests/{request.public_id}/{action}/", {"answer": "x"}).status_code == 403
    request.refresh_from_db()
    assert request.state == RequestState.RETURNED


def test_a_family_with_two_children_chooses_one(personas: Personas, ground: Ground) -> None:
    sister = make_student(personas.school, "Ana Ramirez")
    make_guardian(personas.family.person, sister)
    make_request(ground, personas.student.student, personas.teacher.person, title="Sofia's proofs")
    browser = personas.family.client()
    page = text_of(browser.get(f"/requests/?child={personas.student.student.public_id}"))
    assert "Sofia&#x27;s proofs" in page and "Ana Ramirez" in page
    assert "Sofia&#x27;s proofs" not in text_of(browser.get(f"/requests/?child={sister.public_id}"))
    foreign = personas.other_district_student.student.public_id
    assert browser.get(f"/requests/?child={foreign}").status_code == 404
    assert browser.get("/requests/?child=nonsense").status_code == 404


def test_a_counselor_reads_the_story_and_not_the_work(personas: Personas, ground: Ground) -> None:
    evidence = make_evidence(personas.student.student)
    request = make_request(ground, personas.student.student, personas.teacher.person, evidence=[evidence])
    page = text_of(personas.counselor.client().get(f"/requests/{request.public_id}/"))
    assert "My proof" in page and "The work itself is open to" in page
    assert f"/evidence/{evidence.public_id}/" not in page and "I first thought that" not in page


def test_a_request_page_takes_the_same_trips_however_long_its_story(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    browser = personas.student.client()
    browser.get(f"/requests/{request.public_id}/")
    with assert_queries(STORY_TRIPS), assert_no_writes():
        browser.get(f"/requests/{request.public_id}/")
    judge(request, ground, personas.teacher.person, ("developing", "developing"))
    for level in ("proficient", "extending", "developing", "proficient"):
        judge(request, ground, personas.teacher.person, (level, level))
    with assert_queries(STORY_TRIPS):
        browser.get(f"/requests/{request.public_id}/")


def test_withdrawing_is_asked_on_a_page_of_its_own(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    browser = personas.student.client()
    with assert_no_writes():
        assert "Your evidence stays yours" in text_of(browser.get(f"/requests/{request.public_id}/withdraw/"))
    assert browser.post(f"/requests/{request.public_id}/withdraw/", {"reason": ""}).status_code == 302
    request.refresh_from_db()
    assert request.state == RequestState.WITHDRAWN


def test_another_teacher_is_asked_by_who_decides(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    other = make_account_holder(personas.district, "Nadia Brook")
    make_role(other, Role.TEACHER, personas.school)
    browser = personas.credit_manager.client()
    answer = browser.post(
        f"/requests/{request.public_id}/teacher/", {"assessor": str(other.public_id), "reason": "On leave"}
    )
    assert answer.status_code == 302
    request.refresh_from_db()
    assert request.assessor == other
    assert "On leave" in text_of(personas.student.client().get(f"/requests/{request.public_id}/"))
    assert personas.teacher.client().get(f"/requests/{request.public_id}/").status_code == 404


def test_a_draft_may_change_its_teacher_and_a_returned_request_only_its_words(
    personas: Personas, ground: Ground
) -> None:
    other = make_account_holder(personas.district, "Nadia Brook")
    make_role(other, Role.TEACHER, personas.school)
    request = make_draft(ground, personas.student.student, personas.teacher.person)
    browser = personas.student.client()
    path = f"/requests/{request.public_id}/edit/"
    assert 'name="assessor"' in text_of(browser.get(path))
    changed = details(ground, personas, title="Better proofs", assessor=str(other.public_id))
    assert browser.post(path, changed).status_code == 302
    request.refresh_from_db()
    assert (request.title, request.assessor) == ("Better proofs", other)
    attach_evidence(request, make_evidence(personas.student.student), actor=personas.student.user)
    submit_request(request, actor=personas.student.user)
    assert browser.post(path, changed).status_code == 422  # with the school now
    return_request(request, reason="One more step.", actor=User.objects.get(people=other))
    assert 'name="assessor"' not in text_of(browser.get(path))
    assert browser.post(path, changed | {"plan": "A third proof."}).status_code == 302
    request.refresh_from_db()
    assert (request.plan, request.assessor) == ("A third proof.", other)


def test_evidence_cannot_be_slipped_into_a_request_at_the_school(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    answer = personas.student.client().get(f"/evidence/new/?kind=text&request={request.public_id}")
    assert answer.status_code == 403 and "This request is with the school now." in text_of(answer)

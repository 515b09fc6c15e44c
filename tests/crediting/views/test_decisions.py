"""The decision page, taking back, and how it was decided, as each reader sees it."""

from typing import Any

import pytest

from crediting.actions.decisions import award_credit, refuse_credit, reverse_award
from crediting.models import CreditRequest, Decision, LedgerEntry, Standard
from crediting.states import RequestState
from tests.assertions import assert_no_writes, assert_queries
from tests.crediting.pages import post_after_expiry, text_of
from tests.factories.crediting import Ground, make_course_row, make_framework, make_ground, make_request
from tests.personas import Personas

pytestmark = pytest.mark.django_db
DECISION_TRIPS = 24


def assessed(personas: Personas, ground: Ground, **fields: Any) -> CreditRequest:
    return make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED, **fields)


@pytest.mark.rule("R85", partial=True)
def test_every_criterion_stands_with_its_rule_and_citation(personas: Personas, ground: Ground) -> None:
    make_course_row(personas.student.student, ground.course)
    request = assessed(personas, ground)
    browser = personas.credit_manager.client()
    with assert_no_writes():
        page = text_of(browser.get(f"/decisions/{request.public_id}/"))
    assert "Every point is met." in page and "12 of 12 met" in page
    assert "WAC 180-51-050(1)(b), WAC 180-51-051(3)-(4) · rule R7" in page
    assert "WAC 180-51-051(2) · rule R11" in page
    assert "It recovers Geometry, Semester 1, mark F. That line stays as it is." in page
    assert "Award 1.0 credits" in page and "Comment on proficient." in page


def test_the_page_takes_the_same_trips_for_two_standards_and_for_twenty(personas: Personas, ground: Ground) -> None:
    many = make_framework(personas.district, count=20)
    other = make_ground(personas.school, title="Algebra 2", standards=many)
    small = assessed(personas, ground)
    large = assessed(personas, other, standards=many, levels=("proficient",) * 20)
    browser = personas.credit_manager.client()
    for request, rows in ((small, 2), (large, 20)):
        browser.get(f"/decisions/{request.public_id}/")
        with assert_queries(DECISION_TRIPS):
            page = browser.get(f"/decisions/{request.public_id}/")
        assert text_of(page).count("Comment on proficient.") >= rows


def test_awarding_from_the_page_goes_on_to_the_next(personas: Personas, ground: Ground) -> None:
    other = make_ground(personas.school, title="Algebra 2", standards=ground.standards)
    first, second = assessed(personas, ground), assessed(personas, other)
    answer = personas.credit_manager.client().post(
        f"/decisions/{first.public_id}/", {"reason": "Shown.", "verdict": "award", "replaces": ""}
    )
    assert answer["Location"] == f"/decisions/{second.public_id}/"
    assert LedgerEntry.objects.get().request == first


def test_a_reason_is_asked_for_beside_its_field(personas: Personas, ground: Ground) -> None:
    request = assessed(personas, ground)
    answer = personas.credit_manager.client().post(f"/decisions/{request.public_id}/", {"verdict": "award"})
    assert answer.status_code == 422 and "Say why. The student and the family read it." in text_of(answer)
    assert not Decision.objects.exists()


@pytest.mark.rule("R17")
def test_what_is_not_met_is_said_and_the_reason_of_a_refusal_is_read_by_the_family(
    personas: Personas, ground: Ground
) -> None:
    request = assessed(personas, ground, levels=("proficient", "developing"))
    browser = personas.credit_manager.client()
    page = text_of(browser.get(f"/decisions/{request.public_id}/"))
    assert "The policy does not allow an award." in page and "Not every criterion is met." in page
    browser.post(f"/decisions/{request.public_id}/", {"reason": "One step is missing.", "verdict": "refuse"})
    decision = Decision.objects.get()
    for persona in (personas.student, personas.family):
        page = text_of(persona.client().get(f"/decided/{decision.public_id}/"))
        assert "One step is missing." in page and "Developing so far. Asked for: Proficient." in page
        assert "Every point of the policy was met." not in page


def test_a_refusal_of_what_met_every_point_says_so_and_leads_to_the_appeal(personas: Personas, ground: Ground) -> None:
    request = assessed(personas, ground)
    decision = refuse_credit(request, reason="One more run is missing.", actor=personas.credit_manager.user)
    appeal = f'href="/decided/{decision.public_id}/appeal/"'
    for persona in (personas.student, personas.family):
        page = text_of(persona.client().get(f"/decided/{decision.public_id}/"))
        assert "Every point of the policy was met. Chris Moreno decided not to award it, for the reason above." in page
        # What would have been awarded is no reason of a refusal.
        assert "under rule" not in page
        assert appeal in text_of(persona.client().get(f"/requests/{request.public_id}/"))
    assert appeal not in text_of(personas.teacher.client().get(f"/requests/{request.public_id}/"))


@pytest.mark.rule("R17", partial=True)
def test_who_refuses_what_met_every_point_is_told_before_and_ticks_it(personas: Personas, ground: Ground) -> None:
    request = assessed(personas, ground)
    browser, path = personas.principal.client(), f"/decisions/{request.public_id}/"
    tick = "I do not award it although every point is met"
    assert tick in text_of(browser.get(path))
    posted = {"reason": "One more run is missing.", "verdict": "refuse"}
    answer = browser.post(path, posted)
    assert answer.status_code == 422 and "tick here that you do not award it all the same" in text_of(answer)
    assert "One more run is missing." in text_of(answer) and not Decision.objects.exists()
    assert browser.post(path, posted | {"though_met": "on"}).status_code == 302
    assert Decision.objects.get().kind == "refused"


def test_no_tick_is_asked_for_where_a_point_is_missing(personas: Personas, ground: Ground) -> None:
    request = assessed(personas, ground, levels=("proficient", "developing"))
    browser, path = personas.principal.client(), f"/decisions/{request.public_id}/"
    assert "although every point is met" not in text_of(browser.get(path))
    assert browser.post(path, {"reason": "One step is missing.", "verdict": "refuse"}).status_code == 302


def test_a_form_without_a_button_decides_nothing(personas: Personas, ground: Ground) -> None:
    request = assessed(personas, ground)

    answer = personas.credit_manager.client().post(f"/decisions/{request.public_id}/", {"reason": "Shown."})

    assert answer.status_code == 422
    assert not request.decisions.exists()


def test_the_second_person_reads_who_was_first(personas: Personas, ground: Ground) -> None:
    request = assessed(personas, ground)
    award_credit(request, reason="Shown.", actor=personas.credit_manager.user)
    answer = personas.principal.client().post(
        f"/decisions/{request.public_id}/", {"reason": "Also shown.", "verdict": "award"}
    )
    page = text_of(answer)
    assert "Chris Moreno awarded this credit on" in page
    assert LedgerEntry.objects.count() == 1


def test_a_double_click_is_one_award_with_one_answer(personas: Personas, ground: Ground) -> None:
    request = assessed(personas, ground)
    browser = personas.credit_manager.client()
    answers = [
        browser.post(f"/decisions/{request.public_id}/", {"reason": "Shown.", "verdict": "award"})
        for _press in range(2)
    ]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert LedgerEntry.objects.count() == 1


@pytest.mark.rule("R10b")
def test_who_may_not_decide_sees_why(personas: Personas) -> None:
    ground = make_ground(personas.school, roles=("principal",))
    request = assessed(personas, ground)
    browser = personas.credit_manager.client()
    page = text_of(browser.get(f"/decisions/{request.public_id}/"))
    assert page.count("This is decided by: principal.") == 2  # beside both buttons
    assert browser.post(f"/decisions/{request.public_id}/", {"reason": "x", "verdict": "award"}).status_code == 403


def test_only_who_decides_or_assesses_opens_the_page(personas: Personas, ground: Ground) -> None:
    request = assessed(personas, ground)
    answers = {
        persona.name: persona.client().get(f"/decisions/{request.public_id}/").status_code for persona in personas
    }
    assert answers == {
        "student": 403,
        "family": 403,
        "teacher": 200,
        "credit_manager": 200,
        "counselor": 403,
        "registrar": 403,
        "principal": 200,
        "administrator": 403,
        "other_district_administrator": 404,
        "other_district_student": 404,
        "anonymous": 302,
    }


def test_a_reason_typed_before_the_session_ended_is_there_again(personas: Personas, ground: Ground) -> None:
    request = assessed(personas, ground)
    browser = personas.credit_manager.client()
    posted = {"reason": "Three careful paragraphs.", "verdict": "award"}
    again = post_after_expiry(browser, personas.credit_manager.user, f"/decisions/{request.public_id}/", posted)
    assert "Three careful paragraphs." in text_of(browser.get(again))
    assert not Decision.objects.exists()


@pytest.mark.rule("R31")
def test_reversing_and_deciding_anew_from_the_pages(personas: Personas, ground: Ground) -> None:
    request = assessed(personas, ground)
    first = award_credit(request, reason="Shown.", actor=personas.credit_manager.user)
    browser = personas.principal.client()
    path = f"/decisions/{first.public_id}/reverse/"
    with assert_no_writes():
        assert browser.get(path).status_code == 200
    assert browser.post(path, {"reason": ""}).status_code == 422
    answer = browser.post(path, {"reason": "Wrong mark."})
    assert answer["Location"] == f"/decisions/{request.public_id}/"
    page = text_of(browser.get(answer["Location"]))
    assert "An award on this request was reversed." in page and f'value="{first.public_id}"' in page
    old = browser.post(answer["Location"], {"reason": "From an old page", "verdict": "award", "replaces": ""})
    assert old.status_code == 422 and Decision.objects.count() == 1
    browser.post(answer["Location"], {"reason": "Anew.", "verdict": "award", "replaces": str(first.public_id)})
    second = Decision.objects.get(replaces=first)
    page = text_of(personas.student.client().get(f"/decided/{first.public_id}/"))
    assert "Paula Jensen took this back on" in page and "Wrong mark." in page
    assert f'href="/decided/{second.public_id}/"' in page


def test_only_few_may_take_back(personas: Personas, ground: Ground) -> None:
    decision = award_credit(assessed(personas, ground), reason="Shown.", actor=personas.credit_manager.user)
    path = f"/decisions/{decision.public_id}/reverse/"
    for persona in (personas.student, personas.family, personas.teacher, personas.registrar):
        assert persona.client().post(path, {"reason": "x"}).status_code == 403
    assert personas.other_district_administrator.client().post(path, {"reason": "x"}).status_code == 404
    assert LedgerEntry.objects.effective().exists()


def test_how_it_was_decided_is_what_was_true_then(personas: Personas, ground: Ground) -> None:
    decision = award_credit(assessed(personas, ground), reason="Shown.", actor=personas.credit_manager.user)
    ground.course.title = "Geometry renamed"
    ground.course.save()
    Standard.objects.filter(pk=ground.standards[0].pk).update(statement="Something else entirely.")
    ground.scale.levels.update(word="Renamed")
    page = text_of(personas.family.client().get(f"/decided/{decision.public_id}/"))
    assert "Geometry renamed" not in page and "Something else entirely." not in page and "Renamed" not in page
    for words in (
        "Sofia Ramirez asked for credit in Geometry",
        "Prove theorem 1 about lines and angles.",
        "Proficient",
        "Tomas Reed",
        "Chris Moreno",
        "Procedure 2409, section 4",
        str(ground.standards[0].guid),
        ground.version.sha256[:16],
        "The one judgement counts",
        "The policy asked for two people: one assessed, another decided.",
        f'href="/policy/northfield/{ground.version.public_id}/"',
    ):
        assert words in page


def test_the_mark_of_a_level_reads_in_the_readers_language(personas: Personas, ground: Ground) -> None:
    decision = award_credit(assessed(personas, ground), reason="Shown.", actor=personas.credit_manager.user)
    user = personas.family.user
    user.language = "es"
    user.save()
    assert "proficient-es" in text_of(personas.family.client().get(f"/decided/{decision.public_id}/"))


def test_credits_open_how_they_were_decided(personas: Personas, ground: Ground) -> None:
    decision = award_credit(assessed(personas, ground), reason="Shown.", actor=personas.credit_manager.user)
    for persona in (personas.student, personas.family):
        page = text_of(persona.client().get("/credits/"))
        assert f'href="/decided/{decision.public_id}/"' in page and "<strong>1.0 credits</strong>" in page
    reverse_award(decision, reason="Wrong student", actor=personas.principal.user)
    assert "Geometry" not in text_of(personas.student.client().get("/credits/"))


@pytest.mark.rule("R10b")
def test_a_role_that_only_this_policy_names_decides_from_the_request(personas: Personas) -> None:
    ground = make_ground(personas.school, roles=("counselor",))
    request = assessed(personas, ground)
    browser = personas.counselor.client()
    path = f"/decisions/{request.public_id}/"
    assert f'href="{path}"' in text_of(browser.get(f"/requests/{request.public_id}/"))
    assert "Award 1.0 credits" in text_of(browser.get(path))
    assert browser.post(path, {"reason": "Shown.", "verdict": "award"}).status_code == 302
    assert Decision.objects.get().decided_by_person == personas.counselor.person
    assert personas.registrar.client().get(path).status_code == 403

"""The rubric: what the teacher sees, what saving means, what a save writes, and what is never lost."""

import pytest

from crediting.actions.decisions import award_credit
from crediting.models import Decision, Judgement, LedgerEntry
from crediting.rules.basis import thaw
from crediting.states import Method, RequestState
from mbl.core.models import Draft
from tests.assertions import assert_no_writes, assert_queries
from tests.crediting.pages import post_after_expiry, text_of
from tests.factories.crediting import Ground, judge, make_evidence, make_framework, make_ground, make_request
from tests.personas import Personas

pytestmark = pytest.mark.django_db
ASSESS_TRIPS = 26  # what few requests have is read where there is some of it (``rare_among``)


def rubric(ground: Ground, *levels: str, comment: str = "Clear.", **fields: str) -> dict[str, str]:
    """The form as posted: a level and a comment for each standard in order; an empty level leaves the row open."""
    posted = dict(fields)
    for standard, level in zip(ground.standards, levels, strict=False):
        posted[f"level-{standard.public_id}"] = level
        posted[f"comment-{standard.public_id}"] = comment if level else ""
    return posted


def test_the_page_shows_the_work_the_words_and_every_level(personas: Personas, ground: Ground) -> None:
    evidence = make_evidence(personas.student.student, body="Because opposite angles are equal.")
    request = make_request(ground, personas.student.student, personas.teacher.person, evidence=[evidence])
    browser = personas.teacher.client()
    with assert_no_writes():
        page = text_of(browser.get(f"/requests/{request.public_id}/assess/"))
    assert "Because opposite angles are equal." in page and "I first thought that a picture was enough." in page
    assert page.count("data-rubric-row") == 2 and page.count("What proficient work looks like.") == 2
    assert "If you save this, 0 of 2 standards reach <strong>Proficient</strong>." in page
    assert "2 have no level yet." in page


def test_saving_the_whole_form_without_javascript(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    answer = personas.teacher.client().post(
        f"/requests/{request.public_id}/assess/", rubric(ground, "proficient", "extending") | {"verdict": "save"}
    )
    assert answer["Location"] == "/queue/"  # nothing else waits
    request.refresh_from_db()
    assert request.state == RequestState.ASSESSED
    assert list(request.judgements.values_list("level__code", "comment")) == [
        ("proficient", "Clear."),
        ("extending", "Clear."),
    ]


def test_save_goes_on_to_the_next_piece_of_work(personas: Personas, ground: Ground) -> None:
    other = make_ground(personas.school, title="Algebra 2", standards=ground.standards)
    first = make_request(ground, personas.student.student, personas.teacher.person)
    second = make_request(other, personas.student.student, personas.teacher.person)
    browser = personas.teacher.client()
    page = text_of(browser.get(f"/requests/{first.public_id}/assess/"))
    assert "1 of 2" in page and f'href="/requests/{second.public_id}/assess/"' in page
    answer = browser.post(f"/requests/{first.public_id}/assess/", rubric(ground, "proficient", "proficient"))
    assert answer["Location"] == f"/requests/{second.public_id}/assess/"


def test_a_partly_filled_rubric_is_saved_and_stays_with_the_teacher(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    path = f"/requests/{request.public_id}/assess/"
    answer = personas.teacher.client().post(path, rubric(ground, "proficient", ""))
    assert answer["Location"] == path
    request.refresh_from_db()
    assert request.state == RequestState.SUBMITTED and Judgement.objects.count() == 1


def test_an_empty_rubric_and_words_without_a_level_are_asked_about(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    browser = personas.teacher.client()
    path = f"/requests/{request.public_id}/assess/"
    empty = browser.post(path, rubric(ground, "", ""))
    assert empty.status_code == 422 and "Choose at least one level" in text_of(empty)
    words = browser.post(path, {f"comment-{ground.standards[0].public_id}": "Two pages of thoughts."})
    page = text_of(words)
    assert words.status_code == 422 and "Choose a level, so that your words can be saved" in page
    assert "Two pages of thoughts." in page and not Judgement.objects.exists()


def test_choosing_a_level_says_what_saving_would_mean_and_writes_no_judgement(
    personas: Personas, ground: Ground
) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    browser = personas.teacher.client()
    path = f"/requests/{request.public_id}/assess/row/"
    answer = browser.post(path, rubric(ground, "proficient", ""), headers={"HX-Request": "true"})
    part = text_of(answer)
    assert part.lstrip().startswith('<div id="consequence">') and "<html" not in part
    assert "1 of 2 standards reach" in part and "1 has no level yet." in part
    answer = browser.post(path, rubric(ground, "proficient", "extending"), headers={"HX-Request": "true"})
    part = text_of(answer)
    assert "all 2 standards reach <strong>Proficient</strong>" in part
    assert "The record would say: Geometry, 1.0 credits, mark P." in part
    assert "Somebody else decides; you only assess." in part
    assert not Judgement.objects.exists()
    assert Draft.objects.get().data[f"level-{ground.standards[1].public_id}"] == "extending"
    page = text_of(browser.get(f"/requests/{request.public_id}/assess/"))
    assert page.count(" checked") == 2 and "Clear." in page


def test_the_consequence_names_a_level_that_is_too_low(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    answer = personas.teacher.client().post(
        f"/requests/{request.public_id}/assess/row/",
        rubric(ground, "developing", "extending"),
        headers={"HX-Request": "true"},
    )
    assert "1 of 2 standards reach <strong>Proficient</strong>" in text_of(answer)


def test_returning_saves_the_rubric_with_it_and_needs_words(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    browser = personas.teacher.client()
    path = f"/requests/{request.public_id}/assess/"
    posted = rubric(ground, "developing", "proficient") | {"verdict": "return"}
    answer = browser.post(path, posted | {"reason": " "})
    assert answer.status_code == 422 and "Say what you would like to see" in text_of(answer)
    assert not Judgement.objects.exists()  # all of it or nothing
    answer = browser.post(path, posted | {"reason": "Show the first one again."})
    assert answer.status_code == 302
    request.refresh_from_db()
    assert request.state == RequestState.RETURNED and Judgement.objects.count() == 2


def test_the_return_page_works_by_itself(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    browser = personas.teacher.client()
    path = f"/requests/{request.public_id}/return/"
    with assert_no_writes():
        assert browser.get(path).status_code == 200
    assert browser.post(path, {"reason": "Name the theorem."})["Location"] == "/queue/"
    assert personas.family.client().get(path).status_code == 403


def test_a_second_look_opens_with_what_was_said(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    judge(request, ground, personas.teacher.person, ("developing", "proficient"))
    page = text_of(personas.teacher.client().get(f"/requests/{request.public_id}/assess/"))
    assert page.count(" checked") == 2 and "Comment on developing." in page


@pytest.mark.rule("R10b")
def test_with_two_roles_off_the_teacher_awards_from_the_rubric_in_one_step(
    personas: Personas, ground_of_one: Ground
) -> None:
    request = make_request(ground_of_one, personas.student.student, personas.teacher.person)
    browser = personas.teacher.client()
    path = f"/requests/{request.public_id}/assess/"
    page = text_of(browser.get(path))
    assert "Save and award" in page and "The record says that you did both." in page
    posted = rubric(ground_of_one, "proficient", "proficient") | {"verdict": "award"}
    answer = browser.post(path, posted)
    assert answer.status_code == 422 and "Say why." in text_of(answer)
    assert not Judgement.objects.exists() and not Decision.objects.exists()
    answer = browser.post(path, posted | {"decision_reason": "Both proofs are complete."})
    decision = Decision.objects.get()
    assert answer["Location"] == f"/decided/{decision.public_id}/"
    assert (decision.two_roles, decision.decided_by_person) == (False, personas.teacher.person)
    assert LedgerEntry.objects.count() == 1
    page = text_of(browser.get(answer["Location"]))
    assert "The policy let the teacher who assessed the work decide." in page


def test_who_refuses_from_the_rubric_what_meets_every_point_looks_twice(
    personas: Personas, ground_of_one: Ground
) -> None:
    request = make_request(ground_of_one, personas.student.student, personas.teacher.person)
    browser = personas.teacher.client()
    path = f"/requests/{request.public_id}/assess/"
    posted = rubric(ground_of_one, "proficient", "proficient")
    posted |= {"verdict": "refuse", "decision_reason": "It is not the student's own."}
    answer = browser.post(path, posted)
    assert answer.status_code == 422 and "Every point is met. Award it, or tick here" in text_of(answer)
    assert not Judgement.objects.exists() and not Decision.objects.exists()
    answer = browser.post(path, posted | {"though_met": "on"})
    assert "Every point of the policy was met." in text_of(browser.get(answer["Location"]))


def test_who_refuses_from_the_rubric_what_falls_short_ticks_nothing(personas: Personas, ground_of_one: Ground) -> None:
    request = make_request(ground_of_one, personas.student.student, personas.teacher.person)
    posted = rubric(ground_of_one, "developing", "proficient")
    posted |= {"verdict": "refuse", "decision_reason": "One proof has a gap."}
    answer = personas.teacher.client().post(f"/requests/{request.public_id}/assess/", posted)
    assert answer["Location"] == f"/decided/{Decision.objects.get().public_id}/"


@pytest.mark.rule("R10b")
def test_with_two_roles_on_the_rubric_offers_no_award(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    browser = personas.teacher.client()
    path = f"/requests/{request.public_id}/assess/"
    assert "Save and award" not in text_of(browser.get(path))
    posted = rubric(ground, "proficient", "proficient") | {"verdict": "award", "decision_reason": "I say so."}
    assert browser.post(path, posted).status_code == 403
    assert not Judgement.objects.exists() and not Decision.objects.exists()


def test_a_state_assessment_is_confirmed_from_the_report(personas: Personas, ground: Ground) -> None:
    request = make_request(
        ground,
        personas.student.student,
        personas.teacher.person,
        method=Method.STATE_ASSESSMENT,
        kind="",
        result={"instrument": "sba-math", "taken_on": "2026-05-04", "level": 4},
    )
    browser = personas.teacher.client()
    path = f"/requests/{request.public_id}/assess/"
    page = text_of(browser.get(path))
    assert "Copy it from the score report." in page and "data-rubric-row" not in page and 'value="2026-05-04"' in page
    nothing = {"instrument": "sba-math", "taken_on": "2026-05-04", "level": "", "score": ""}
    assert browser.post(path, nothing).status_code == 422
    assert browser.post(path, nothing | {"level": "3"}).status_code == 302
    request.refresh_from_db()
    assert request.state == RequestState.ASSESSED and request.result["level"] == 3


def test_a_rubric_sent_after_the_session_ended_opens_again(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    browser = personas.teacher.client()
    path = f"/requests/{request.public_id}/assess/"
    posted = rubric(ground, "proficient", "extending", comment="An hour of careful words.")
    again = post_after_expiry(browser, personas.teacher.user, path, posted)
    assert not Judgement.objects.exists()
    page = text_of(browser.get(again))
    assert page.count("An hour of careful words.") == 2 and page.count(" checked") == 2


def test_what_is_closed_or_elsewhere_says_so(personas: Personas, ground: Ground) -> None:
    request = make_request(
        ground,
        personas.student.student,
        personas.teacher.person,
        RequestState.AWARDED,
        decider=personas.credit_manager.user,
    )
    page = text_of(personas.teacher.client().get(f"/requests/{request.public_id}/assess/"))
    assert "so there is nothing to assess now." in page and "Save and next" not in page
    assert "I first thought" not in page  # the work closed with the request
    assert personas.principal.client().get(f"/requests/{request.public_id}/assess/").status_code == 403


def test_the_rubric_takes_the_same_trips_for_two_standards_and_for_twenty(personas: Personas, ground: Ground) -> None:
    many = make_framework(personas.district, count=20)
    other = make_ground(personas.school, title="Algebra 2", standards=many)
    small = make_request(ground, personas.student.student, personas.teacher.person)
    large = make_request(other, personas.student.student, personas.teacher.person, standards=many)
    browser = personas.teacher.client()
    for request, rows in ((small, 2), (large, 20)):
        browser.get(f"/requests/{request.public_id}/assess/")
        with assert_queries(ASSESS_TRIPS):
            page = browser.get(f"/requests/{request.public_id}/assess/")
        assert text_of(page).count("data-rubric-row") == rows


def test_a_modification_is_recorded_and_read_by_those_it_concerns(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    first = ground.standards[0]
    posted = rubric(ground, "proficient", "proficient") | {f"modification-{first.public_id}": "Two of four theorems."}
    personas.teacher.client().post(f"/requests/{request.public_id}/assess/", posted)
    assert list(request.judgements.values_list("modification", flat=True)) == ["Two of four theorems.", ""]
    decision = award_credit(request, reason="Shown.", actor=personas.credit_manager.user)
    for path in (f"/requests/{request.public_id}/", f"/decided/{decision.public_id}/"):
        for name in ("student", "family", "teacher", "counselor", "credit_manager"):
            assert "Two of four theorems." in text_of(personas.named(name).client().get(path)), (name, path)
        for name in ("registrar", "administrator"):
            page = text_of(personas.named(name).client().get(path))
            assert "Two of four" not in page and "odification" not in page, (name, path)
    basis = thaw(decision.frozen_basis)
    assert [one.modification for one in basis.judgements if one.counts] == ["Two of four theorems.", ""]


def test_work_judged_as_written_says_nothing_of_accommodations_on_any_page(personas: Personas, ground: Ground) -> None:
    request = make_request(
        ground,
        personas.student.student,
        personas.teacher.person,
        RequestState.AWARDED,
        decider=personas.credit_manager.user,
    )
    decision = Decision.objects.get()
    for path in (f"/requests/{request.public_id}/", f"/decided/{decision.public_id}/"):
        page = text_of(personas.student.client().get(path))
        assert "odification" not in page and "ccommodation" not in page
    assert "ccommodation" not in str(decision.frozen_basis)

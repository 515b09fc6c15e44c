"""The pages on which the school confirms, the student chooses, and a decision shows what it rested on."""

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from crediting.actions.decisions import award_credit
from crediting.models import ConfirmedFact, CreditRequest, LedgerEntry, TranscriptWish
from crediting.states import RequestState
from tests.crediting.actions.test_confirmed import ASKS, DECLARES
from tests.factories.crediting import Ground, make_ground, make_request
from tests.personas import Personas

pytestmark = pytest.mark.django_db
FILLED = {
    "value-0": "72", "source-0": "Log book", "value-1": "field", "source-1": "Log book",
    "value-2": "yes", "source-2": "Contract of May 4", "value-3": "yes", "source-3": "Seen on May 9",
}  # fmt: skip


@pytest.fixture
def hours(personas: Personas) -> Ground:
    return make_ground(
        personas.school,
        more=ASKS,
        declares=DECLARES,
        gives=("credit: {up_to: 1.0}", "mark: P", "transcript: on_request"),
    )


def asked(ground: Ground, personas: Personas, **fields: Any) -> CreditRequest:
    return make_request(ground, personas.student.student, personas.teacher.person, **fields)


def test_the_form_is_drawn_from_the_rule_and_what_it_says_is_shown_to_all(personas: Personas, hours: Ground) -> None:
    request = asked(hours, personas, state=RequestState.ASSESSED)
    url = reverse("crediting:request-confirm", args=[request.public_id])
    teacher = personas.teacher.client()
    page = teacher.get(url).content.decode()
    for text in ("Hours of practice (hours)", "≥ 60", "Received: Signed contract", "Presentation or oral defense"):
        assert text in page
    assert "Day of the last session" not in page
    answer = teacher.post(url, FILLED)
    assert answer.status_code == 302 and ConfirmedFact.objects.count() == 4
    assert ConfirmedFact.objects.get(name="hours").value == "72"
    for persona in (personas.student, personas.family, personas.credit_manager):
        shown = persona.client().get(reverse("crediting:request", args=[request.public_id])).content.decode()
        assert "Hours of practice: 72 hours" in shown and "from: Contract of May 4" in shown
    decide = personas.credit_manager.client().get(reverse("crediting:decision", args=[request.public_id]))
    assert "Hours of practice: 72 hours" in decide.content.decode()


def test_a_value_without_its_source_is_asked_again_and_nothing_is_half_written(
    personas: Personas, hours: Ground
) -> None:
    request = asked(hours, personas)
    url = reverse("crediting:request-confirm", args=[request.public_id])
    answer = personas.teacher.client().post(url, FILLED | {"source-2": "", "value-0": "many"})
    assert answer.status_code in {200, 422} and not ConfirmedFact.objects.exists()
    assert "Say from which document or person you know it." in answer.content.decode()


def test_an_old_page_does_not_overwrite_what_somebody_confirmed_since(personas: Personas, hours: Ground) -> None:
    request = asked(hours, personas)
    url = reverse("crediting:request-confirm", args=[request.public_id])
    personas.teacher.client().post(url, {"value-0": "72", "source-0": "Log book"})
    answer = personas.credit_manager.client().post(url, {"value-0": "50", "source-0": "Memory"})
    assert "since you opened this page" in answer.content.decode()
    assert ConfirmedFact.objects.get().value == "72"


def test_where_nothing_is_asked_the_page_says_so(personas: Personas, ground: Ground) -> None:
    request = asked(ground, personas)
    page = personas.teacher.client().get(reverse("crediting:request-confirm", args=[request.public_id]))
    assert "asks for nothing that the school has to confirm" in page.content.decode()


@pytest.mark.rule("R38", partial=True)
def test_the_student_puts_a_waiting_line_on_the_transcript_and_takes_it_off(personas: Personas, hours: Ground) -> None:
    request = asked(hours, personas, state=RequestState.ASSESSED)
    personas.teacher.client().post(reverse("crediting:request-confirm", args=[request.public_id]), FILLED)
    decision = award_credit(request, reason="Shown.", actor=personas.credit_manager.user)
    assert LedgerEntry.objects.get().on_request
    page, url = (reverse(f"crediting:{name}", args=[decision.public_id]) for name in ("decided", "transcript-wish"))
    student = personas.student.client()
    assert "Put it on my transcript" in student.get(page).content.decode()
    assert "Put it on my transcript" not in personas.family.client().get(page).content.decode()
    assert student.post(url, {"wanted": "yes"}).status_code == 302 and TranscriptWish.objects.count() == 1
    assert "Leave it off my transcript" in student.get(page).content.decode()
    assert student.post(url, {"wanted": "no"}).status_code == 302 and not TranscriptWish.objects.exists()
    assert personas.family.client().post(url, {"wanted": "yes"}).status_code == 403


def test_the_way_asks_for_amount_mark_and_self_evaluation_where_the_policy_leaves_them(personas: Personas) -> None:
    ground = make_ground(
        personas.school, more="self_evaluation: required",
        gives=("credit: {as_requested: true, up_to: course}", "mark: {choice: [P, S]}"),
    )  # fmt: skip
    student = personas.student.client()
    url = f"{reverse('crediting:request-new')}?course={ground.course.public_id}&way=LOCAL_ASSESSMENT.portfolio"
    page = student.get(url).content.decode()
    for text in ("How much credit do you ask for?", "Which mark should your record show?", "judge your own work?"):
        assert text in page
    assert "In which language were you tested?" not in page
    answer = student.post(
        url,
        {
            "title": "Proofs", "standards": [str(one.public_id) for one in ground.standards[:2]], "plan": "Two proofs.",
            "assessor": str(personas.teacher.person.public_id), "credits_wanted": "0.5", "mark_wanted": "S",
            "self_evaluation": "The first is sound; the second has a gap.",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    request = CreditRequest.objects.get()
    assert (request.credits_wanted, request.mark_wanted) == (Decimal("0.500"), "S")
    assert request.self_evaluation.startswith("The first is sound")


def test_a_decider_lets_a_point_pass_with_the_reason_on_the_page(personas: Personas) -> None:
    ground = make_ground(
        personas.school, more="prior_attempt: [failed]",
        gives=("credit: {up_to: 1.0}", "mark: P", "discretion: {roles: [principal], lifts: [prior_attempt]}"),
    )  # fmt: skip
    request = asked(ground, personas, state=RequestState.ASSESSED)
    url = reverse("crediting:decision", args=[request.public_id])
    assert "Let pass by the discretion" not in personas.credit_manager.client().get(url).content.decode()
    principal = personas.principal.client()
    assert "Let pass by the discretion" in principal.get(url).content.decode()
    form = {"reason": "Shown.", "verdict": "award", "lift": "prior_attempt", "lift_why": ""}
    assert "Say why you let this pass" in principal.post(url, form).content.decode()
    assert principal.post(url, form | {"lift_why": "The record was lost."}).status_code == 302
    decided = reverse("crediting:decided", args=[request.decisions.get().public_id])
    assert "The record was lost." in personas.family.client().get(decided).content.decode()

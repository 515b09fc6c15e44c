"""The page of a graduation pathway, and what the page of an award says of it (R55)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from crediting.actions.decisions import reverse_award
from crediting.models import Decision
from crediting.states import RequestState
from hsbp.models import PathwayDecision
from tests.factories.crediting import make_evidence, make_ground, make_request
from tests.hsbp.views.test_plan import text_of
from tests.personas import Personas

pytestmark = pytest.mark.django_db
APART = "This decision completes none, and taking it back changes none."


@pytest.mark.rule("R55")
def test_both_pages_say_that_the_decisions_stand_apart_before_and_after_a_reversal(personas: Personas) -> None:
    ground = make_ground(personas.school)
    student = personas.student.student
    piece = make_evidence(student, "River study")
    make_request(
        ground,
        student,
        personas.teacher.person,
        RequestState.AWARDED,
        evidence=[piece],
        decider=personas.credit_manager.user,
    )
    award = Decision.objects.get()
    decided = reverse("crediting:decided", args=[award.public_id])
    before = text_of(personas.student.client(), decided)
    assert f"{APART} Rule R55, WAC 180-51-051; WAC 180-51-230" in before
    assert "rests on the same work or result" not in before

    counselor, url = personas.counselor.client(), reverse("hsbp:pathway", args=[student.public_id])
    assert "Neither follows from the other." in text_of(counselor, url)
    assert counselor.post(url, {"pathway": "performance", "verdict": "met", "reason": " "}).status_code == 422
    posted = {
        "pathway": "performance",
        "verdict": "met",
        "rests_on": [str(piece.public_id)],
        "reason": "Judged by the state rubrics.",
    }
    assert counselor.post(url, posted).status_code == 302
    assert PathwayDecision.objects.get().words == ["River study"]

    for client in (personas.student.client(), personas.family.client()):
        text = text_of(client, decided)
        assert "Performance: completed. Decided by Carla Nguyen on" in text and "same work or result" in text
        assert APART in text
    assert "Credit was awarded on the same, by a decision of its own." in text_of(counselor, url)

    reverse_award(award, reason="Entered for the wrong student.", actor=personas.credit_manager.user)
    assert "Performance: completed." in text_of(personas.student.client(), decided)
    assert "Credit that rested on the same was taken back. That does not change this decision." in text_of(
        counselor, url
    )
    plan = text_of(personas.family.client(), reverse("hsbp:plan"))
    assert "Graduation pathway, Performance: completed." in plan
    assert "A pathway and credit are two decisions, also where both rest on the same." in plan

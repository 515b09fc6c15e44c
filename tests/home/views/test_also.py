"""What else waits on the first page of those who decide: only while it waits, and only for whom it waits."""

from __future__ import annotations

import pytest
from django.urls import reverse

from crediting.actions.appeals import make_appeal, uphold_refusal
from crediting.actions.proposals import refuse_proposal
from crediting.states import TransferState
from tests.factories.award_proposals import listed, make_results_ground, make_score
from tests.factories.crediting import account_of
from tests.factories.procedures import APPEAL, PROPOSALS, make_procedure, make_proposal
from tests.factories.transfer import a_line, enter
from tests.personas import Persona, Personas

pytestmark = pytest.mark.django_db
HOME = reverse("home:home")


def lines(persona: Persona) -> str:
    """The part of the first page below the menu, which names every one of these pages too."""
    page = persona.client().get(HOME).content.decode()
    return page[page.index("<main") :]


def test_a_proposal_waits_on_the_first_page_of_who_approves_until_it_is_decided(personas: Personas) -> None:
    make_procedure(personas.district, proposals=PROPOSALS, appeal=APPEAL)
    version = make_proposal(personas.student.student)
    address = reverse("crediting:proposal-review", args=[version.proposal.public_id])
    for persona in (personas.principal, personas.counselor):
        page = lines(persona)
        assert "1 proposal to learn away from school waits." in page and f'href="{address}"' in page
    for persona in (personas.teacher, personas.administrator, personas.other_district_administrator):
        assert "learn away from school" not in lines(persona)

    decision = refuse_proposal(version, reason="The dates overlap with school.", actor=personas.principal.user)

    assert "learn away from school" not in lines(personas.principal)
    appeal = make_appeal(decision, statement="It is on weekends.", actor=account_of(personas.student.student))
    page = lines(personas.administrator)
    assert "1 appeal waits for your answer." in page
    assert f'href="{reverse("crediting:appeal", args=[appeal.public_id])}"' in page
    assert "waits for your answer" not in lines(personas.principal)
    uphold_refusal(appeal, reason="Saturday is a school day here.", actor=personas.administrator.user)
    assert "waits for your answer" not in lines(personas.administrator)


def test_proposed_awards_are_named_to_those_who_confirm_them(personas: Personas) -> None:
    make_results_ground(personas.school)
    assert "Results on file" not in lines(personas.credit_manager)
    make_score(personas.student.student)
    listed(personas.district)
    assert "Results on file would earn 1 credit." in lines(personas.credit_manager)
    assert "Results on file" not in lines(personas.teacher)


def test_credit_of_other_schools_is_named_to_those_who_decide_it(personas: Personas) -> None:
    assert "transcript waits for a decision" not in lines(personas.registrar)
    line = enter(personas.student.student, personas.registrar.user, a_line())[0]
    assert line.state == TransferState.WAITING
    assert "1 line of another school’s transcript waits for a decision." in lines(personas.registrar)
    assert "transcript waits for a decision" not in lines(personas.teacher)

"""Proposals, appeals and what is overdue, at every width, as the people who use them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from crediting.actions.appeals import make_appeal
from crediting.actions.proposals import log_hours
from crediting.models import CreditRequest, Decision, ProposalVersion
from crediting.states import ProposalKind, ProposalState, RequestState
from mbl.core import clock
from tests.browser.checks import WIDTHS, assert_usable, visit
from tests.browser.conftest import sign_in
from tests.factories.crediting import make_ground, make_request
from tests.factories.procedures import APPEAL, PROPOSALS, make_procedure, make_proposal
from tests.factories.profiles import make_account_holder, make_student
from tests.personas import Persona, Personas

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Six weeks with the hatchery crew on the Green River, then reports for the tribe’s fisheries department. " * 4


@pytest.fixture
def addresses(personas: Personas) -> dict[str, tuple[Persona, str]]:
    """Each screen with somebody who uses it."""
    make_procedure(personas.district, proposals=PROPOSALS, appeal=APPEAL, deadlines={"decision": APPEAL["within"]})
    student = personas.student.student
    student.person.birth_date = clock.today(personas.district) - dt.timedelta(days=17 * 365)
    student.person.save()
    sent = make_proposal(
        student, program="A name of a program that is quite a bit longer than a line " * 3, content=LONG
    )
    refused = make_proposal(student, ProposalState.REFUSED, reviewer=personas.counselor.user)
    draft = make_proposal(student, ProposalState.DRAFT, supervision="", goals="")
    working = make_proposal(student, ProposalState.DRAFT, kind=ProposalKind.PAID_WORK, begins_in=-5)
    ProposalVersion.objects.filter(pk=working.pk).update(state=ProposalState.APPROVED, sent_at=clock.now())
    log_hours(
        working.proposal,
        day=clock.today(personas.district),
        hours=Decimal(7),
        done="Fed the fry",
        actor=personas.student.user,
    )
    ground = make_ground(personas.school)
    other = make_student(personas.school, person=make_account_holder(personas.district, "Nadia Brook"))
    make_request(
        ground, student, personas.teacher.person, RequestState.NOT_AWARDED, decider=personas.credit_manager.user
    )
    late = make_request(ground, other, personas.teacher.person, RequestState.ASSESSED)
    CreditRequest.objects.filter(pk=late.pk).update(decide_by=clock.now() - dt.timedelta(days=3))
    decision = Decision.objects.get()
    appeal = make_appeal(decision, statement=LONG, actor=personas.family.user)
    return {
        "proposals": (personas.student, "/proposals/"),
        "new": (personas.student, "/proposals/new/?kind=paid_work"),
        "draft": (personas.student, f"/proposals/{draft.proposal.public_id}/"),
        "hours": (personas.student, f"/proposals/{working.proposal.public_id}/"),
        "refused": (personas.family, f"/proposals/{refused.proposal.public_id}/"),
        "queue": (personas.principal, "/proposals/waiting/"),
        "review": (personas.counselor, f"/proposals/{sent.proposal.public_id}/review/"),
        "check": (personas.counselor, f"/proposals/{working.proposal.public_id}/"),
        "appeal-new": (personas.student, f"/proposals/decided/{refused.decisions.get().public_id}/appeal/"),
        "appeals": (personas.administrator, "/appeals/"),
        "appeal": (personas.administrator, f"/appeals/{appeal.public_id}/"),
        "appeal-read": (personas.family, f"/appeals/{appeal.public_id}/"),
        "decided": (personas.student, f"/decided/{decision.public_id}/"),
        "overdue": (personas.credit_manager, "/decisions/overdue/"),
    }


def test_every_screen_is_usable_at_every_width(
    browser_page: Page, live_server: LiveServer, addresses: dict[str, tuple[Persona, str]]
) -> None:
    for persona, address in addresses.values():
        sign_in(browser_page, persona.user, live_server.url)
        for width in WIDTHS:
            visit(browser_page, f"{live_server.url}{address}", width)
            assert_usable(browser_page)

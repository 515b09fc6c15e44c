"""Forms of an old page, sent in every state: what the table allows happens, everything else changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse

from crediting.actions.appeals import make_appeal, uphold_refusal
from crediting.actions.award_proposals import confirm_proposals, dismiss_proposal, look_through
from crediting.actions.decisions import award_credit
from crediting.actions.policy import load_policy, publish_policy
from crediting.actions.proposals import withdraw_proposal
from crediting.models import (
    Appeal,
    AwardProposal,
    CreditRequest,
    Decision,
    Judgement,
    LedgerEntry,
    ProposalDecision,
    ProposalVersion,
)
from crediting.states import (
    APPEAL,
    AWARD_PROPOSAL,
    POLICY,
    PROPOSAL,
    REQUEST,
    AppealState,
    AwardProposalState,
    PolicyState,
    ProposalState,
    RequestState,
)
from mbl.core.models import AuditEvent, Notification
from mbl.core.transitions import Transitions
from profiles.models import Course
from tests.factories.award_proposals import listed, make_results_ground, make_score
from tests.factories.crediting import Ground, make_ground, make_request
from tests.factories.policies import D4
from tests.factories.procedures import APPEAL as APPEALS
from tests.factories.procedures import PROPOSALS, make_procedure, make_proposal
from tests.personas import Persona, Personas

pytestmark = pytest.mark.django_db
Posts = Mapping[str, tuple[Persona, str, Mapping[str, str]]]
WORDS = {"reason": "Because it was asked.", "answer": "See page 2."}


def everything() -> tuple[int, ...]:
    """How much is written; an attempt that was refused may leave a line of its own in the audit log."""
    rows = (Judgement, Decision, LedgerEntry, Notification, ProposalDecision)
    changes = AuditEvent.objects.exclude(verb="core.access.denied").count()
    return (*(model._default_manager.count() for model in rows), changes)


def press(
    posts: Posts, machine: Transitions[Any], read: Callable[[], str], *, elsewhere: frozenset[str] = frozenset()
) -> None:
    """Send each form from the present state, each time anew. ``elsewhere``: verbs that need more than the form here."""
    state = read()
    browsers = {persona.name: persona.client() for persona, _address, _data in posts.values()}
    for verb, (persona, address, data) in posts.items():
        cache.clear()
        with transaction.atomic():
            before = everything()
            answer = browsers[persona.name].post(address, data)
            assert answer.status_code in {302, 200, 400, 403, 404, 409, 422}, (verb, state, answer.status_code)
            if not machine.allows(verb, state):
                assert (read(), everything()) == (state, before), f"{verb} in {state} changed something"
            elif verb not in elsewhere:
                assert read() == machine.moves[verb][1], f"{verb} in {state}: {answer.status_code}"
            transaction.set_rollback(True)


# --- A request --------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R31", "R32", partial=True)
@pytest.mark.parametrize("state", list(RequestState))
def test_every_form_of_a_request_in_every_state(personas: Personas, ground: Ground, state: RequestState) -> None:
    decider = personas.credit_manager.user
    if state == RequestState.GRANTED:
        ground = make_ground(
            personas.school, title="History", gives=("gives: requirement_met", "requirement: washington_history")
        )
        request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)
        award_credit(request, reason="Shown.", actor=decider)
    else:
        request = make_request(ground, personas.student.student, personas.teacher.person, state, decider=decider)
    levels = {f"level-{claim.standard.public_id}": "proficient" for claim in request.claims.all()}
    newest = Decision.objects.filter(request=request).order_by("-pk").first()

    def to(step: str, public_id: object = request.public_id) -> str:
        return reverse(f"crediting:{step}", args=[public_id])

    replaces = {"replaces": str(newest.public_id) if newest else ""}
    posts: dict[str, tuple[Persona, str, Mapping[str, str]]] = {
        "submit": (personas.student, to("request-send"), WORDS),
        "withdraw": (personas.student, to("request-withdraw"), WORDS),
        "send_back": (personas.teacher, to("request-return"), WORDS),
        "complete_assessment": (personas.teacher, to("request-assess"), levels | {"verdict": "save"}),
        "award": (personas.principal, to("decision"), WORDS | replaces | {"verdict": "award"}),
        "refuse": (personas.principal, to("decision"), WORDS | replaces | {"verdict": "refuse", "though_met": "on"}),
    }
    if newest is not None:
        posts["reverse"] = (personas.principal, to("decision-reverse", newest.public_id), WORDS)
    if state in {RequestState.ASSESSED, RequestState.REVERSED}:
        del posts["complete_assessment"]  # a second look, which moves nothing: it writes judgements

    def read() -> str:
        return CreditRequest.objects.get(pk=request.pk).state

    # A draft without evidence is not complete; the same form twice is the first answer.
    press(posts, REQUEST, read, elsewhere=frozenset({"submit"}) if state == RequestState.DRAFT else frozenset())


# --- Proposals, appeals, proposed awards, policies --------------------------------------------------------------------


@pytest.mark.parametrize("state", list(ProposalState))
def test_every_form_of_a_proposal_in_every_state(personas: Personas, state: ProposalState) -> None:
    make_procedure(personas.district, proposals=PROPOSALS, appeal=APPEALS)
    begun = ProposalState.SENT if state == ProposalState.WITHDRAWN else state
    version = make_proposal(personas.student.student, begun, reviewer=personas.counselor.user)
    if state == ProposalState.WITHDRAWN:
        withdraw_proposal(version, actor=personas.student.user)

    def to(step: str) -> str:
        return reverse(f"crediting:proposal-{step}", args=[version.proposal.public_id])

    posts: Posts = {
        "send": (personas.student, to("send"), {}),
        "withdraw": (personas.student, to("withdraw"), {}),
        "approve": (personas.principal, to("review"), WORDS | {"verdict": "approve"}),
        "refuse": (personas.principal, to("review"), WORDS | {"verdict": "refuse"}),
    }
    press(posts, PROPOSAL, lambda: ProposalVersion.objects.get(pk=version.pk).state)


@pytest.mark.rule("R33", partial=True)
@pytest.mark.parametrize("state", list(AppealState))
def test_every_answer_to_an_appeal_in_every_state(personas: Personas, ground: Ground, state: AppealState) -> None:
    make_procedure(personas.district, appeal=APPEALS | {"roles": ["administrator", "principal"]})
    make_request(
        ground,
        personas.student.student,
        personas.teacher.person,
        RequestState.NOT_AWARDED,
        decider=personas.credit_manager.user,
    )
    appeal = make_appeal(Decision.objects.get(), statement="Look again.", actor=personas.student.user)
    address = reverse("crediting:appeal", args=[appeal.public_id])
    verdicts = {"uphold": "uphold", "overturn": "overturn"}
    if state == AppealState.UPHELD:
        uphold_refusal(appeal, reason="It stays.", actor=personas.administrator.user)
    elif state == AppealState.OVERTURNED:
        personas.administrator.client().post(address, WORDS | {"verdict": verdicts["overturn"]})
    posts: Posts = {
        verb: (personas.principal, address, WORDS | {"verdict": pressed}) for verb, pressed in verdicts.items()
    }
    press(posts, APPEAL, lambda: Appeal.objects.get().state)


@pytest.mark.parametrize("state", list(AwardProposalState))
def test_every_answer_to_a_proposed_award_in_every_state(personas: Personas, state: AwardProposalState) -> None:
    make_results_ground(personas.school)
    score = make_score(personas.student.student)
    (row,) = listed(personas.district)
    if state == AwardProposalState.CONFIRMED:
        confirm_proposals([row], reason="On file.", actor=personas.credit_manager.user)
    elif state == AwardProposalState.DISMISSED:
        dismiss_proposal(row, reason="Later.", actor=personas.credit_manager.user)
    elif state == AwardProposalState.STALE:
        type(score).objects.filter(pk=score.pk).delete()
        look_through(personas.district)
    address = reverse("crediting:award-proposal-answer", args=[row.public_id])
    posts: Posts = {
        "confirm": (personas.principal, address, WORDS | {"verdict": "confirm"}),
        "dismiss": (personas.principal, address, WORDS | {"verdict": "dismiss"}),
    }
    press(posts, AWARD_PROPOSAL, lambda: AwardProposal.objects.get(pk=row.pk).state)


@pytest.mark.rule("R2", partial=True)
@pytest.mark.parametrize("state", list(PolicyState))
def test_every_form_of_a_policy_version_in_every_state(
    personas: Personas, courses: Mapping[str, Course], state: PolicyState
) -> None:
    version = load_policy(personas.district, text=D4, actor=None).version
    if state == PolicyState.PUBLISHED:
        publish_policy(version, actor=None)
    address = reverse("crediting:policy-publish", args=[version.public_id])

    def read() -> str:
        version.refresh_from_db()
        return version.state

    press({"publish": (personas.administrator, address, {})}, POLICY, read)
    if state == PolicyState.PUBLISHED:
        # Nothing of the editor opens it again.
        for step, more in (("policy-as-text", []), ("policy-part", ["text"]), ("policy-rule-new", [])):
            page = reverse(f"crediting:{step}", args=[version.public_id, *more])
            posted = {"text": D4.replace("title:", "# x\ntitle:", 1), "seen": version.sha256, "do": "save"}
            personas.administrator.client().post(page, posted)
            version.refresh_from_db()
            assert (version.state, version.source) == (PolicyState.PUBLISHED, D4)
        discard = reverse("crediting:policy-discard", args=[version.public_id])
        assert personas.administrator.client().post(discard).status_code == 400

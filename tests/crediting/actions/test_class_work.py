"""What was judged in class on a standard that a request names counts in the request, and once for a course."""

from typing import Any

import pytest
from django.urls import reverse

from crediting.actions.decisions import award_credit, refuse_credit
from crediting.actions.judgements import record_judgements
from crediting.models import CreditRequest, Decision, LedgerEntry
from crediting.queries.decisions import deliberate
from crediting.rules.basis import thaw
from crediting.states import RequestState
from mbl.core.errors import DomainError
from tests.crediting.actions.test_aggregation import BEST, set_rule
from tests.factories.classes import Class, make_class
from tests.factories.crediting import make_request
from tests.personas import Personas

pytestmark = pytest.mark.django_db
REASON = "Every standard is shown."


def asked(personas: Personas, here: Class, state: RequestState = RequestState.SUBMITTED) -> CreditRequest:
    return make_request(
        here.ground,
        personas.student.student,
        personas.teacher.person,
        state,
        levels=("developing", "proficient", "proficient"),
    )


def judge_all(personas: Personas, here: Class, level: str = "proficient", **fields: Any) -> None:
    for standard in here.standards:
        here.judge({personas.student.student: level}, standard=standard, **fields)


@pytest.mark.rule("R7", "R36", partial=True)
def test_work_judged_in_class_counts_by_the_rule_of_its_day_and_the_decision_says_where(personas: Personas) -> None:
    set_rule(personas, BEST)
    here = make_class(personas, more=1)
    judge_all(personas, here)
    here.judge({here.students[1]: "beginning"})  # another student's work is nobody else's
    request = asked(personas, here, RequestState.ASSESSED)
    decision = award_credit(request, reason=REASON, actor=personas.credit_manager.user)
    basis = thaw(decision.frozen_basis)
    first = basis.judgements_of(str(here.standards[0].guid))
    assert {(one.level, one.counts, bool(one.judged_in)) for one in first} == {
        ("developing", False, False),
        ("proficient", True, True),
    }
    assert any(key.startswith("class:") for key in basis.evidence_used)
    page = personas.student.client().get(reverse("crediting:decided", args=[decision.public_id])).content.decode()
    assert "judged in Geometry A" in page
    assert LedgerEntry.objects.get().credits_earned


def test_a_later_task_and_the_newest_rule_leave_the_request_as_it_is(personas: Personas) -> None:
    """Without a rule of the district the newest attempt counts, and it was the request's."""
    here = make_class(personas)
    judge_all(personas, here)
    request = asked(personas, here, RequestState.ASSESSED)
    assert not deliberate(request).outcome.is_award
    CreditRequest.objects.update(demonstrated_on="2021-01-04")
    request.refresh_from_db()
    assert deliberate(request).gathered.in_class == ()


def test_what_class_has_shown_need_not_be_judged_again(personas: Personas) -> None:
    here = make_class(personas)
    judge_all(personas, here)
    request = asked(personas, here)
    browser = personas.teacher.client()
    address = reverse("crediting:request-assess", args=[request.public_id])
    page = browser.get(address).content.decode()
    assert "Judged in class" in page and "judged in Geometry A" in page
    browser.post(address, {"verdict": "save"})
    request.refresh_from_db()
    assert request.state == RequestState.ASSESSED
    decide = personas.credit_manager.client().get(reverse("crediting:decision", args=[request.public_id]))
    assert "judged in Geometry A" in decide.content.decode()
    award_credit(request, reason=REASON, actor=personas.credit_manager.user)
    assert Decision.objects.get().kind == "award"


@pytest.mark.rule("R10b", partial=True)
def test_who_judged_all_of_it_in_class_does_not_decide_alone(personas: Personas) -> None:
    here = make_class(personas)
    judge_all(personas, here)
    request = asked(personas, here)
    record_judgements(request, rows=[], actor=personas.teacher.user)
    request.refresh_from_db()
    assert deliberate(request).facts.assessors == {str(personas.teacher.person.public_id)}


@pytest.mark.rule("R29", "EC24", partial=True)
def test_work_of_a_class_earns_credit_once_for_a_course(personas: Personas) -> None:
    set_rule(personas, BEST)
    here = make_class(personas)
    judge_all(personas, here)
    request = asked(personas, here, RequestState.ASSESSED)
    award_credit(request, reason=REASON, actor=personas.credit_manager.user)
    again = asked(personas, here)
    with pytest.raises(DomainError):
        award_credit(again, reason=REASON, actor=personas.credit_manager.user)
    facts = deliberate(again).facts
    assert facts.judgements and not deliberate(again).outcome.is_award
    assert {one.code for one in deliberate(again).outcome.criteria if not one.met} >= {"standard.mastered"}
    record_judgements(again, rows=[], actor=personas.teacher.user)
    again.refresh_from_db()
    assert again.state == RequestState.SUBMITTED
    refuse_credit(again, reason="It has earned credit.", actor=personas.credit_manager.user)

"""From awards in a language, up to the district's cap, to evidence for the Seal of Biliteracy (T27)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from crediting.actions.award_proposals import confirm_proposals
from crediting.actions.decisions import reverse_award
from crediting.models import CourseTerms, Decision
from crediting.queries.biliteracy import evidence_of, seal_evidence
from tests.factories.award_proposals import TAKEN, ResultsGround, listed, make_results_ground, make_score
from tests.hsbp.views.test_plan import text_of
from tests.personas import Personas
from transcripts.queries.student_record import requirement_words

pytestmark = pytest.mark.django_db
CAP = "{code: FOUR, of: {rules: [AP], same: [language]}, at_most: 4.0, citation: 2409 (1)}"


@pytest.fixture
def languages(personas: Personas) -> ResultsGround:
    """Up to three credits for each test, four in a language at most."""
    ground = make_results_ground(personas.school, ged_credits="9.0", ap_credit="up_to: 3.0", extra_cap=CAP)
    CourseTerms.objects.filter(course=ground.calculus).update(subject="world_languages")
    return ground


def award(personas: Personas, language: str, *, days: int = 0) -> Decision | None:
    """What the system lists for a test in the language, confirmed; None where it lists nothing."""
    make_score(personas.student.student, language=language, taken_on=TAKEN + dt.timedelta(days=days))
    found = listed(personas.district)
    if not found:
        return None
    confirm_proposals(found, reason="The result is on file.", actor=personas.credit_manager.user)
    return Decision.objects.latest("pk")


def shown(personas: Personas) -> list[tuple[str, str, bool]]:
    return [(one.language, str(one.credits), one.is_enough) for one in seal_evidence(personas.student.student)]


@pytest.mark.rule("T27")
def test_awards_end_at_the_districts_cap_and_count_as_evidence_language_by_language(
    personas: Personas, languages: ResultsGround
) -> None:
    assert shown(personas) == []
    award(personas, "french")
    assert shown(personas) == [("french", "3.000", False)]
    award(personas, "somali", days=1)
    assert shown(personas) == [("french", "3.000", False), ("somali", "3.000", False)]
    last = award(personas, "french", days=2)
    assert last is not None and last.entries.get().credits_earned == Decimal("1.000")
    assert shown(personas) == [("french", "4.000", True), ("somali", "3.000", False)]
    assert award(personas, "french", days=3) is None
    # Evidence is no decision: the Seal's line of the transcript says nothing.
    assert requirement_words(personas.student.student) == {}

    reverse_award(last, reason="The test was another student's.", actor=personas.credit_manager.user)
    assert shown(personas)[0] == ("french", "3.000", False)
    assert evidence_of(last) is None


@pytest.mark.rule("T27", partial=True)
def test_the_award_and_the_credits_say_so_with_what_is_still_needed(
    personas: Personas, languages: ResultsGround
) -> None:
    decision = award(personas, "french")
    assert decision is not None
    for url in (reverse("crediting:decided", args=[decision.public_id]), reverse("crediting:credits")):
        text = text_of(personas.student.client(), url)
        assert "French: 3.0 of 4.0 credits by showing mastery count as evidence for the Seal of Biliteracy." in text
        assert "Still needed in French: 1.0 credits" in text
        assert "Not decided here: English, the diploma, and the Seal itself." in text
        assert "Rule T27, WAC 392-410-350, record of" in text


def test_credit_in_another_subject_is_no_evidence(personas: Personas) -> None:
    ground = make_results_ground(personas.school)
    make_score(personas.student.student)
    confirm_proposals(listed(personas.district), reason="On file.", actor=personas.credit_manager.user)
    assert seal_evidence(personas.student.student) == ()
    decision = Decision.objects.get()
    assert ground.calculus.title == "Calculus" and evidence_of(decision) is None

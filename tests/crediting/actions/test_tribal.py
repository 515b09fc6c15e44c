"""A language of Tribes in a district's real work: publishing, deciding a request, listing awards for results (R25)."""

from __future__ import annotations

import pytest

from crediting.actions.attestations import map_attestation
from crediting.actions.decisions import award_credit
from crediting.actions.policy import NotReady
from crediting.models import CourseTerms, LedgerEntry
from crediting.rules.basis import thaw
from crediting.states import RequestState
from mbl.core.errors import DomainError
from tests.factories.attestations import make_attestation
from tests.factories.award_proposals import listed, make_institutional, make_results_ground, make_score
from tests.factories.crediting import make_ground, make_request
from tests.factories.profiles import make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db
LAW = "RCW 28A.300.575(2)(c)(ii)"


@pytest.mark.rule("R25", partial=True)
def test_a_policy_that_credits_the_language_without_the_tribe_is_not_published(personas: Personas) -> None:
    with pytest.raises(NotReady) as refused:
        make_ground(personas.school, subject="world_languages", title="Lushootseed 1")
    told = [(one.code, one.params["language"], one.rule_id, one.citation) for one in refused.value.reasons]
    assert told == [("ready.rule_tribal.missing", "Lushootseed", "R25", LAW)] * 2
    word = "attestation: {code: council, roles: [tribal_government]}"
    with pytest.raises(NotReady) as refused:
        make_ground(personas.school, subject="world_languages", title="Makah 1", more=word)
    # The rule on work asks for the Tribe's word now; the one on a state test is still told.
    assert len(refused.value.reasons) == 1


@pytest.mark.rule("R25")
def test_judged_work_is_not_awarded_before_the_tribal_government_has_certified_it(personas: Personas) -> None:
    ground = make_ground(personas.school, subject="world_languages", title="World language by showing mastery")
    request = make_request(
        ground,
        personas.student.student,
        personas.teacher.person,
        RequestState.ASSESSED,
        levels=("extending", "extending"),
        language="Lushootseed",
    )
    with pytest.raises(DomainError, match="only a tribal government certifies it"):
        award_credit(request, reason="A teacher and a test say so.", actor=personas.credit_manager.user)
    assert not LedgerEntry.objects.exists()

    # An elder's word is heard, and is no certificate of a government.
    elder = make_attestation(request, personas.teacher.user, role="elder", name="Vera Moses")
    map_attestation(elder, ground.standards[:1], actor=personas.teacher.user)
    with pytest.raises(DomainError, match="only a tribal government certifies it"):
        award_credit(request, reason="An elder says so.", actor=personas.credit_manager.user)

    council = make_attestation(request, personas.teacher.user, role="tribal_government", name="Language Committee")
    map_attestation(council, ground.standards[:1], actor=personas.teacher.user)
    decision = award_credit(request, reason="The Tribe certified it.", actor=personas.credit_manager.user)
    certified = next(one for one in thaw(decision.frozen_basis).criteria if one.code == "language.certified")
    assert (certified.met, certified.reason.rule, certified.reason.citation) == (True, "R25", LAW)
    assert certified.reason.sentence == "Lushootseed is a language of Tribes, and a tribal government certified it."


@pytest.mark.rule("R25")
def test_results_of_other_tests_are_never_listed_for_an_award_in_the_language(personas: Personas) -> None:
    ground = make_results_ground(personas.school)
    CourseTerms.objects.filter(course=ground.calculus).update(subject="world_languages")
    student, other = personas.student.student, make_student(personas.school)
    make_score(student, language="lushootseed")
    make_score(other, language="french")
    assert [one.student for one in listed(personas.district)] == [other]


@pytest.mark.rule("R25", partial=True)
def test_no_credit_is_owed_for_a_test_in_the_language(personas: Personas) -> None:
    make_results_ground(personas.school)
    CourseTerms.objects.update(subject="world_languages")
    student, other = personas.student.student, make_student(personas.school)
    for one, language in ((student, "makah"), (other, "somali")):
        make_institutional(one)
        make_score(one, "STAMP-4S", language=language, level=None, met=True)
    assert {one.student for one in listed(personas.district)} == {other}

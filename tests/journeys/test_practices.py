"""Ways in which schools of the founding documents credit learning, done with the product as it is."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crediting.actions.decisions import award_credit
from crediting.actions.graduation import change_links
from crediting.actions.requests import return_request, submit_request, update_request
from crediting.models import CreditRequest, Decision, LedgerEntry
from crediting.states import RequestState
from mbl.core.errors import DomainError
from profiles.states import Role
from tests.crediting.pages import text_of
from tests.factories.classes import make_class
from tests.factories.crediting import account_of, judge, make_evidence, make_ground, make_request
from tests.factories.graduation import make_graduation
from tests.factories.profiles import make_account_holder, make_role
from tests.personas import Personas

pytestmark = pytest.mark.django_db
REASON = "Everything is shown."
B = 'mark: {value: B, basis: "Every standard at Proficient is entered as B (board table of 2026)."}'


def test_a_course_is_extended_until_b_with_self_evaluation_and_reflection_and_no_failing_mark(
    personas: Personas,
) -> None:
    """Practice 40: no term ends it; credit comes as soon as it is shown, and nothing below B is ever entered."""
    ground = make_ground(
        personas.school,
        more="reflection: required\n      - self_evaluation: required",
        gives=("credit: {exactly: 1.0}", B),
    )
    student, teacher = personas.student.student, personas.teacher
    request = make_request(
        ground,
        student,
        teacher.person,
        RequestState.ASSESSED,
        levels=("proficient", "developing"),
        self_evaluation="The second proof has a gap.",
    )
    for _extension in range(2):
        with pytest.raises(DomainError, match="Developing so far. Asked for: Proficient."):
            award_credit(request, reason=REASON, actor=personas.credit_manager.user)
        return_request(request, reason="Close the gap in the second proof.", actor=teacher.user)
        assert not LedgerEntry.objects.exists() and not Decision.objects.exists()
        submit_request(request, answer="I worked on it.", actor=account_of(student))
        judge(request, ground, teacher.person, ("proficient", "developing"))
    return_request(request, reason="How do you judge it yourself?", actor=teacher.user)
    update_request(request, self_evaluation="", actor=account_of(student))
    with pytest.raises(DomainError):
        submit_request(request, answer="It holds.", actor=account_of(student))
    update_request(request, self_evaluation="Both proofs hold now.", actor=account_of(student))
    submit_request(request, answer="I wrote it.", actor=account_of(student))
    judge(request, ground, teacher.person, ("proficient", "proficient"))
    award_credit(request, reason=REASON, actor=personas.credit_manager.user)
    (line,) = LedgerEntry.objects.all()
    assert (line.mark, line.is_numeric, line.credits_earned) == ("B", True, Decimal("1.000"))


def test_one_module_gives_half_a_credit_in_each_of_three_subjects_each_certified_by_its_own_teacher(
    personas: Personas,
) -> None:
    """Practices 41 and 43: one experience, three credits, each with standards and a teacher of its own."""
    student = personas.student.student
    piece = make_evidence(student, "The river in one term")
    requests: list[CreditRequest] = []
    for subject, title in (("english", "English 10"), ("science", "Biology"), ("social_studies", "Civics")):
        ground = make_ground(personas.school, subject=subject, title=title, gives=("credit: {exactly: 0.5}", "mark: P"))
        teacher = make_account_holder(personas.district, f"Teacher of {title}")
        make_role(teacher, Role.TEACHER, school=personas.school)
        requests.append(
            make_request(
                ground,
                student,
                teacher,
                RequestState.AWARDED,
                evidence=[piece],
                decider=personas.credit_manager.user,
                title=f"The river: {title}",
            )
        )
    lines = LedgerEntry.objects.order_by("pk").values_list("subject", "credits_earned")
    assert list(lines) == [(subject, Decimal("0.500")) for subject in ("english", "science", "social_studies")]
    assessors = {one["assessor"] for row in Decision.objects.all() for one in row.frozen_basis["judgements"]}
    assert len(assessors) == 3


def test_a_student_sees_the_line_from_todays_work_to_a_graduation_standard_and_habits_apart(personas: Personas) -> None:
    """Practice 61: fourteen academic graduation standards and one for habits; targets of a course lead to them."""
    actor, student = personas.administrator.user, personas.student.student
    geometry = make_class(personas)
    graduation = make_graduation(personas.district, actor, more=11)
    reasons, target = graduation.academic[0], geometry.standards[0]
    assert len(graduation.academic) == 14
    change_links(reasons, add=geometry.standards, actor=actor)
    with pytest.raises(DomainError, match="kept apart"):
        change_links(graduation.habits, add=[target], actor=actor)
    geometry.judge({student: "proficient"}, title="The proof of today")
    path = f"/classes/{geometry.section.public_id}/students/{student.public_id}/"
    page = " ".join(text_of(personas.student.client().get(path)).split())
    line = page.partition("The proof of today (")[2].partition("</li>")[0]
    assert "Proficient" in line and line.index(target.code) < line.index(f"{reasons.code}")
    assert "3 targets of this course lead to it; 2 still open." in page
    assert "13 graduation standards have no target in this course" in page
    assert not LedgerEntry.objects.exists() and not Decision.objects.exists()

"""The smallest district that can award credit, and requests brought to any state through the product's own actions."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crediting.actions.decisions import award_credit, refuse_credit, reverse_award
from crediting.actions.evidence import add_evidence, attach_evidence
from crediting.actions.history import CourseRow, post_course_history
from crediting.actions.judgements import JudgedStandard, record_judgements
from crediting.actions.policy import load_policy, publish_policy
from crediting.actions.requests import create_request, return_request, submit_request, withdraw_request
from crediting.models import (
    CourseTerms,
    CreditRequest,
    Evidence,
    Framework,
    FrameworkAdoption,
    LedgerEntry,
    PolicyVersion,
    Scale,
    ScaleLevel,
    Standard,
)
from crediting.states import AdoptionBody, EvidenceKind, Method, RequestState
from mbl.core import clock
from mbl.core.models import District, User
from profiles.models import Course, Person, School, Student
from tests.factories.profiles import LONG_AGO, make_course

_numbers = itertools.count(1)
LEVELS = ("beginning", "developing", "proficient", "extending")

POLICY = """
schema: mbl-policy/1
series: "{series}"
title: Credit by mastery
adopted: {{on: 2020-06-01, by: Board, reference: Resolution 20-14}}
effective: {{from: 2020-07-01}}
equity: {{provision: Every student learns of this way in a language they read.}}
other_methods: {{statement: none}}
approval: {{roles: [{roles}], two_roles: {two_roles}{schools}}}
scale: {{code: mastery, levels: [beginning, developing, proficient, extending]}}
courses:
  - {{code: {course}, title: {title}, subject: {subject}, credits: 1.0}}
rules:
  - code: {course}-local
    method: LOCAL_ASSESSMENT
    kinds: [portfolio, presentation]
    courses: [{course}]
    when:
      - standards: {{level: proficient, at_least: {least}}}{more}
    {gives}
    citation: Procedure 2409, section 4
    text: Show each named standard at Proficient.
  - code: {course}-state
    method: STATE_ASSESSMENT
    courses: [{course}]
    when:
      - assessment: {{any_of: [{{instrument: sba-math, title: State math assessment, level: 3}}]}}
    credit: {{exactly: 1.0}}
    mark: P
    citation: Procedure 2409, section 3
{declares}text: The policy as adopted.
"""


def make_scale(district: District, **fields: Any) -> Scale:
    """Four levels under the usual words."""
    scale = Scale.objects.create(district=district, **{"code": "mastery", "name": "Mastery"} | fields)
    ScaleLevel.objects.bulk_create(
        ScaleLevel(
            scale=scale,
            position=place,
            code=code,
            word=code.capitalize(),
            description=f"What {code} work looks like.",
            translations={"es": {"word": f"{code}-es"}},
        )
        for place, code in enumerate(LEVELS, start=1)
    )
    return scale


def make_framework(
    district: District,
    *,
    count: int = 3,
    subjects: Sequence[str] = ("math",),
    body: AdoptionBody = AdoptionBody.STATE,
    title: str = "",
) -> list[Standard]:
    """An adopted framework with ``count`` standards, which are answered."""
    number = next(_numbers)
    framework = Framework.objects.create(
        district=district,
        guid=uuid.uuid4(),
        title=title or f"State mathematics standards {number}",
        version="2011",
        uri=f"https://example.org/frameworks/{number}",
    )
    FrameworkAdoption.objects.create(
        framework=framework,
        body=body,
        adopted_by="State",
        adopted_on=LONG_AGO,
        starts_on=LONG_AGO,
        subjects=list(subjects),
    )
    return [
        Standard.objects.create(
            district=district,
            framework=framework,
            guid=uuid.uuid4(),
            uri=f"https://example.org/standards/{number}/{place}",
            code=f"G.CO.{number}.{place}",
            statement=f"Prove theorem {place} about lines and angles.",
            path=f"{place:04}",
        )
        for place in range(1, count + 1)
    ]


@dataclass(frozen=True)
class Ground:
    """Where credit in one course can be asked for and awarded."""

    district: District
    school: School
    scale: Scale
    standards: list[Standard]
    course: Course
    version: PolicyVersion

    def level(self, code: str) -> ScaleLevel:
        return self.scale.levels.get(code=code)


def make_ground(
    school: School,
    *,
    two_roles: bool = True,
    roles: Sequence[str] = ("credit_manager", "principal"),
    least: int = 2,
    more: str = "",
    schools: str = "",
    subject: str = "math",
    scale: Scale | None = None,
    standards: list[Standard] | None = None,
    title: str = "Geometry",
    gives: Sequence[str] = ("credit: {up_to: 1.0}", "mark: P"),
    declares: str = "",
) -> Ground:
    """A published policy with one course, Geometry, open by local and by state assessment.

    ``more`` adds conditions to the local rule, as YAML lines; ``schools`` sets approval for single schools. ``gives``
    are the lines of the local rule that say what it gives, ``declares`` more parts of the policy.
    """
    district = school.district
    course = make_course(district, title)
    CourseTerms.objects.create(course=course, credits=Decimal("1.000"), subject=subject, state_course_code="02072")
    scale = scale or Scale.objects.filter(district=district, code="mastery").first() or make_scale(district)
    text = POLICY.format(
        series=f"24{next(_numbers):02}",
        roles=", ".join(roles),
        two_roles="true" if two_roles else "false",
        schools=f", schools: {schools}" if schools else "",
        course=course.code,
        title=title,
        subject=subject,
        least=least,
        more=f"\n      - {more}" if more else "",
        gives="\n    ".join(gives),
        declares=f"{declares}\n" if declares else "",
    )
    version = publish_policy(load_policy(district, text=text, actor=None).version, actor=None)
    return Ground(
        district=district,
        school=school,
        scale=scale,
        standards=standards or make_framework(district, subjects=(subject,)),
        course=course,
        version=version,
    )


def account_of(student: Student) -> User:
    assert student.person.user is not None, "this student has no account"
    return student.person.user


def make_evidence(student: Student, title: str = "My proof", **fields: Any) -> Evidence:
    """A text with a reflection, unless told otherwise."""
    return add_evidence(
        student=student,
        actor=account_of(student),
        **{
            "kind": EvidenceKind.TEXT,
            "title": title,
            "body": f"Opposite angles are equal, because … ({next(_numbers)})",
            "reflection": "I first thought that a picture was enough.",
        }
        | fields,
    )


def make_draft(ground: Ground, student: Student, assessor: Person | None, **fields: Any) -> CreditRequest:
    """A draft with two standards and the way "portfolio"."""
    return create_request(
        student=student,
        course=ground.course,
        actor=account_of(student),
        assessor=assessor,
        **{
            "method": Method.LOCAL_ASSESSMENT,
            "kind": "portfolio",
            "title": "Proofs I wrote",
            "standards": ground.standards[:2],
            "plan": "I will show two proofs.",
        }
        | fields,
    )


def make_request(
    ground: Ground,
    student: Student,
    assessor: Person,
    state: RequestState = RequestState.SUBMITTED,
    *,
    decider: User | None = None,
    levels: Sequence[str] = ("proficient", "proficient"),
    evidence: Sequence[Evidence] = (),
    **fields: Any,
) -> CreditRequest:
    """A request in ``state``, brought there by the actions. Decided states need a ``decider``."""
    request = make_draft(ground, student, assessor, **fields)
    if state == RequestState.DRAFT:
        return request
    for piece in evidence or [make_evidence(student)]:
        attach_evidence(request, piece, actor=account_of(student))
    submit_request(request, actor=account_of(student))
    if state == RequestState.WITHDRAWN:
        withdraw_request(request, actor=account_of(student))
    elif state == RequestState.RETURNED:
        return_request(request, reason="Which claim does the figure support?", actor=_account(assessor))
    elif state != RequestState.SUBMITTED:
        judge(request, ground, assessor, levels)
        if state in {RequestState.AWARDED, RequestState.REVERSED}:
            assert decider is not None
            decision = award_credit(request, reason="Every standard is shown.", actor=decider)
            if state == RequestState.REVERSED:
                reverse_award(decision, reason="Entered for the wrong student.", actor=decider)
        elif state == RequestState.NOT_AWARDED:
            assert decider is not None
            refuse_credit(request, reason="The second proof is missing a step.", actor=decider)
    request.refresh_from_db()
    return request


def judge(request: CreditRequest, ground: Ground, assessor: Person, levels: Sequence[str]) -> None:
    """Judge the request's standards in order."""
    rows = [
        JudgedStandard(claim.standard, ground.level(level), f"Comment on {level}.")
        for claim, level in zip(request.claims.select_related("standard"), levels, strict=True)
    ]
    record_judgements(request, rows=rows, actor=_account(assessor))


def _account(person: Person) -> User:
    assert person.user is not None, "this person has no account"
    return User.objects.get(pk=person.user.pk)


def make_course_row(
    student: Student, course: Course, mark: str = "F", *, earned: str = "0.000", attempted: str = "1.000", **fields: Any
) -> LedgerEntry:
    """A line of course history, by default a failed one of last school year."""
    year = clock.school_year(clock.today(student.district)) - 1
    facts: dict[str, Any] = {
        "student": student,
        "course": course,
        "course_code": course.code,
        "course_title": course.title,
        "subject": "math",
        "school_name": student.school.name if student.school else "",
        "school": student.school,
        "school_year": year,
        "term": "Semester 1",
        "term_order": 1,
        "mark": mark,
        "credits_attempted": Decimal(attempted),
        "credits_earned": Decimal(earned),
        "earned_on": dt.date(year, 1, 20),
    }
    row = CourseRow(**facts | fields)
    post_course_history([row], district=student.district, source="Old Records", actor=None)
    return LedgerEntry.objects.get(student=student, course_code=row.course_code, mark=mark, term=row.term)

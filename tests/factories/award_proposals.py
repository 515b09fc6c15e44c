"""A policy that gives credit for results on file, results, and what the system then lists."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crediting.actions.award_proposals import look_through
from crediting.actions.policy import load_policy, publish_policy
from crediting.models import AwardProposal, CourseStandard, CourseTerms, PolicyVersion, Scale, ScoreRecord
from mbl.core.models import District
from profiles.models import Course, ProgramParticipation, School, Student
from tests.factories.crediting import make_framework, make_scale
from tests.factories.profiles import make_course

TAKEN = dt.date(2026, 5, 14)
POLICY = """
schema: mbl-policy/1
series: "2403-{code}"
title: Credit for results
adopted: {{on: 2020-06-01, by: Board, reference: Resolution 20-14}}
effective: {{from: 2020-07-01}}
equity: {{provision: Every student learns of this way in a language they read.}}
other_methods:
  statement: Advanced Placement exams.
  methods:
    - {{code: AP_EXAM, title: Advanced Placement exam}}
    - {{code: GED, title: GED test}}
approval: {{roles: [credit_manager, principal], two_roles: true}}
{deadlines}
scale: {{code: mastery, levels: [beginning, developing, proficient, extending]}}
courses:
  - {{code: "{algebra}", title: Algebra 1, subject: math, credits: 1.0}}
  - {{code: "{geometry}", title: Geometry, subject: math, credits: 1.0}}
  - {{code: "{calculus}", title: Calculus, subject: math, credits: {worth}}}
caps:
  - {{code: POOL, of: {{rules: [STATE]}}, at_most: {pool}, citation: "2403 (1)"}}
{extra_cap}
rules:
  - code: STATE
    method: STATE_ASSESSMENT
    courses: ["{algebra}", "{geometry}"]
    when:
      - assessment: {{any_of: [{{instrument: sba-math, title: State math assessment, level: 3}}]}}
    credit: {{exactly: 1.0}}
    mark: P
    {state_more}
    citation: 2403 (1)
  - code: AP
    method: AP_EXAM
    courses: ["{calculus}"]
    when:
      - assessment: {{any_of: [{{instrument: ap-calculus-ab, title: AP Calculus AB, level: 3}}]}}
    credit: {{{ap_credit}}}
    {ap_mark}
    citation: 2403 (2)
    transcript: {transcript}
  - code: AP2
    method: AP_EXAM
    courses: ["{geometry}"]
    when:
      - assessment: {{any_of: [{{instrument: ap-second, title: Another exam, level: 3}}]}}
    credit: {{exactly: 1.0}}
    {ap_mark}
    citation: 2403 (2)
  - code: GED
    method: GED
    courses: ["{calculus}"]
    when:
      - assessment: {{any_of: [{{instrument: ged-math, title: GED mathematics}}]}}
    credit: {{exactly: {ged_credits}}}
    mark: P
    citation: 2403 (4)
  - code: NEXT
    method: NEXT_COURSE
    courses: ["{algebra}"]
    when:
      - completed: {{any_of: [{{course: "{calculus}", grade: C}}], because: Calculus rests on algebra.}}
    credit: {{exactly: 1.0}}
    mark: P
    citation: 2403 (3)
text: The policy as adopted.
"""


@dataclass(frozen=True)
class ResultsGround:
    """Where results on file earn credit: three courses with a standard each."""

    district: District
    school: School
    algebra: Course
    geometry: Course
    calculus: Course
    version: PolicyVersion


def make_results_ground(
    school: School,
    *,
    pool: str = "1.0",
    ap_mark: str = "mark: P",
    transcript: str = "always",
    ged_credits: str = "1.0",
    ap_credit: str = "exactly: 1.0",
    deadlines: str = "",
    extra_cap: str = "",
    state_more: str = "",
) -> ResultsGround:
    district = school.district
    if not Scale.objects.filter(district=district, code="mastery").exists():
        make_scale(district)
    worth = max(ged_credits, "1.0")
    courses = [make_math(district, title) for title in ("Algebra 1", "Geometry", "Calculus")]
    for course, standard in zip(courses, make_framework(district), strict=True):
        CourseStandard.objects.create(course=course, standard=standard, is_required=True)
    algebra, geometry, calculus = courses
    CourseTerms.objects.filter(course=calculus).update(credits=Decimal(worth))
    text = POLICY.format(
        code=algebra.code,
        algebra=algebra.code,
        geometry=geometry.code,
        calculus=calculus.code,
        pool=pool,
        ap_mark=ap_mark,
        transcript=transcript,
        ged_credits=ged_credits,
        worth=worth,
        ap_credit=ap_credit,
        deadlines=deadlines,
        extra_cap=f"  - {extra_cap}" if extra_cap else "",
        state_more=state_more,
    )
    version = publish_policy(load_policy(district, text=text, actor=None).version, actor=None)
    return ResultsGround(district, school, algebra, geometry, calculus, version)


def make_math(district: District, title: str) -> Course:
    course = make_course(district, title)
    CourseTerms.objects.create(course=course, credits=Decimal("1.000"), subject="math", state_course_code="02072")
    return course


def make_score(student: Student, instrument: str = "ap-calculus-ab", **fields: Any) -> ScoreRecord:
    """A passing result that a testing program reported."""
    return ScoreRecord.objects.create(
        district=student.district,
        student=student,
        instrument=instrument,
        title=instrument,
        **{"taken_on": TAKEN, "level": 4} | fields,
    )


def make_institutional(student: Student) -> ProgramParticipation:
    """The student was in an institutional education facility, and is released."""
    return ProgramParticipation.objects.create(
        district=student.district,
        student=student,
        program="institutional",
        starts_on=dt.date(2025, 9, 1),
        ends_on=dt.date(2026, 3, 1),
    )


def listed(district: District, **fields: Any) -> list[AwardProposal]:
    """Look through the district; what is open then."""
    look_through(district)
    return list(AwardProposal.objects.filter(district=district, state="open", **fields).order_by("pk"))

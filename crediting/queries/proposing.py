"""What credit the results and records of some students would earn, found in a fixed number of trips for all of them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import count

from django.db.models import Prefetch, QuerySet

from crediting.models import (
    AwardProposal,
    CourseStandard,
    CreditRequest,
    NextHigherPair,
    PolicyVersion,
    Scale,
    ScaleLevel,
    Standard,
)
from crediting.queries import policy
from crediting.queries.decisions import Deliberation, deliberate_many
from crediting.queries.facts import OnFile, on_file
from crediting.rules import proposing
from crediting.rules.credit import decide
from crediting.rules.engine.duties import Owed, counted, owed
from crediting.rules.facts import NextPair, Purpose, RequestFacts
from crediting.rules.proposing import (
    LeftOpen,
    Possible,
    Trial,
    as_chosen,
    fingerprint,
    in_each_others_way,
    left_open,
)
from crediting.states import AwardChoice, PolicyState
from mbl.core import clock
from mbl.core.models import District, User
from profiles.access import Entitlement, entitlements
from profiles.models import Course, School, SchoolEnrollment, Student

_numbers = count(1)


@dataclass(frozen=True)
class Asked:
    """What a request nobody has written would ask: enough to make it again when the proposal is confirmed."""

    student: Student
    school: School
    course: Course
    method: str
    purpose: str
    on: dt.date
    language: str = ""
    mark: str = ""
    mark_on: dt.date | None = None
    credits: Decimal | None = None


def asked_by(row: AwardProposal, *, as_chosen: bool = True) -> Asked:
    """What a listed proposal asks for; without the student's choice where not ``as_chosen``."""
    assert row.course is not None
    asked = Asked(row.student, row.school, row.course, row.method, row.purpose, row.demonstrated_on, row.language)
    if not as_chosen:
        return asked
    return replace(asked, mark=row.chosen_mark, mark_on=row.chosen_on, credits=row.chosen_credits)


@dataclass(frozen=True)
class Found:
    """One award that could be made. ``choice``: what is the student's to choose, ``choose_by`` until when."""

    asked: Asked
    deliberation: Deliberation
    choice: str = ""
    choose_by: dt.date | None = None

    @property
    def facts_hash(self) -> str:
        return hash_of(self.deliberation)


@dataclass(frozen=True)
class FoundDuty:
    """One award that a statute demands; which course of the subject, the decider chooses."""

    student: Student
    school: School
    owed: Owed
    courses: tuple[str, ...]
    programs: tuple[Entitlement, ...]


def hash_of(said: Deliberation) -> str:
    """Of everything the decision looked at."""
    return fingerprint(said.version.sha256 if said.version else "", said.facts)


# --- Requests that nobody has written -------------------------------------------------------------------------------


class Asking:
    """Makes and decides requests that nobody has written, of one district. Courses, scales and standards are read once.

    Such a request has a key below zero, which no row has: so nothing of it is found, and nothing is left out for it.
    """

    def __init__(self, district: District, *, actor: User | None = None) -> None:
        self.district, self.actor = district, actor
        courses = Course.objects.filter(district=district, terms__isnull=False).select_related("terms", "district")
        self.courses = {course.code: course for course in courses}
        self._scales: dict[str, Scale | None] = {}
        self._standards: dict[int, list[Standard]] | None = None

    def decided(self, asked: Sequence[Asked]) -> list[Deliberation]:
        """What the policy says of each, as a preview."""
        requests = [self._request(one) for one in asked]
        named = {request.pk: self._named(request.course_id) for request in requests}
        said = deliberate_many(requests, named=named)
        for one in said.values():
            scale = self._scale(one.terms.scale) if one.terms else None
            if scale is not None:
                one.request.scale = scale
        return [said[request.pk] for request in requests]

    def _request(self, asked: Asked) -> CreditRequest:
        return CreditRequest(
            pk=-next(_numbers),
            district=self.district,
            student=asked.student,
            school=asked.school,
            course=asked.course,
            title=asked.course.title,
            method=asked.method,
            chosen_by=self.actor,
            purpose=asked.purpose,
            language=asked.language,
            mark_wanted=asked.mark,
            mark_chosen_on=asked.mark_on,
            credits_wanted=asked.credits,
            self_evaluation="",
            demonstrated_on=asked.on,
            created_at=clock.now(),
        )

    def _named(self, course: int) -> list[Standard]:
        """Credit is for standards (R11): every one that the catalog lists for the course."""
        if self._standards is None:
            self._standards = defaultdict(list)
            rows = CourseStandard.objects.filter(course__district=self.district).order_by("-is_required", "pk")
            for row in rows.select_related("standard__framework"):
                self._standards[row.course_id].append(row.standard)
        return self._standards.get(course, [])

    def has_scale(self, said: Deliberation) -> bool:
        """Whether the district has set up the scale that the policy names: a request is kept with its levels."""
        return said.terms is not None and self._scale(said.terms.scale) is not None

    def _scale(self, code: str) -> Scale | None:
        """The newest version, with its levels."""
        if code not in self._scales:
            levels = Prefetch("levels", ScaleLevel.objects.order_by("position"))
            scales = Scale.objects.filter(district=self.district, code=code).order_by("-version")
            self._scales[code] = scales.prefetch_related(levels).first()
        return self._scales[code]


# --- What the policy would give -------------------------------------------------------------------------------------


class Looking(Asking):
    """Looks through the students of one district, some hundreds at a time."""

    def __init__(self, district: District, *, actor: User | None = None) -> None:
        super().__init__(district, actor=actor)
        self._terms = [policy.terms_of(version) for version in _published(district)]
        self._pairs = _pairs(district)

    def found(self, students: Sequence[Student]) -> list[Found]:
        """Every award that could be made to each, one for a course: the way that gives most."""
        on_hand = on_file(student.pk for student in students)
        asked = [one for student in students if student.school for one in self._asked(student, on_hand[student.pk])]
        best: dict[tuple[int, int], Found] = {}
        for one, said in zip(asked, self.decided(asked), strict=True):
            possible = self._possible(one, said)
            key = (one.student.pk, one.course.pk)
            if possible is not None and (key not in best or _worth(possible) > _worth(best[key])):
                best[key] = possible
        return _with_choices(best.values())

    def _asked(self, student: Student, known: OnFile) -> Iterator[Asked]:
        tried: set[Trial] = set()
        for terms in self._terms:
            for trial in proposing.trials(terms, student.graduation_year, known.results, known.record, self._pairs):
                course = self.courses.get(trial.course)
                if course is not None and trial not in tried and student.school is not None:
                    tried.add(trial)
                    yield Asked(student, student.school, course, trial.method, trial.purpose, trial.on, trial.language)

    def _possible(self, asked: Asked, said: Deliberation) -> Found | None:
        # What a statute demands is listed as a duty, whatever way leads to it.
        if said.statute:
            return None
        left = left_open(said.terms, said.facts, said.outcome)
        if left is None:
            return Found(asked, said) if said.outcome.is_award else None
        tried = [
            decide(said.terms, as_chosen(said.facts, left, on=left.by or asked.on, mark=mark)) for mark in left.options
        ]
        outcome = next((one for one in (said.outcome, *tried) if one.is_award), None)
        if outcome is None:
            return None
        choice = AwardChoice.AMOUNT if left.amount else AwardChoice.MARK
        listed = replace(outcome, mark=left.usual if left.marks else outcome.mark)
        return Found(asked, replace(said, outcome=listed), choice, left.by)

    # --- What a statute demands -----------------------------------------------------------------------------------

    def duties(self, students: Sequence[Student]) -> list[FoundDuty]:
        """Every award that a statute demands of what is on file, with or without a policy (R26)."""
        today = clock.today(self.district)
        programs = entitlements(student.pk for student in students)
        named = {pk: frozenset(one.program.value for one in held if one.holds(today)) for pk, held in programs.items()}
        concerned = [student for student in students if named.get(student.pk)]
        if not concerned:
            return []
        on_hand, schools = on_file(student.pk for student in concerned), _last_schools(concerned)
        found = []
        for student in concerned:
            known = on_hand[student.pk]
            passes: dict[str, frozenset[str]] = {}
            for terms in self._terms:
                for code, ids in counted(terms, known.results).items():
                    passes[code] = passes.get(code, frozenset()) | ids
            school = student.school or schools.get(student.pk)
            held = tuple(programs[student.pk])
            found += [
                FoundDuty(student, school, one, self.fitting(one.subject), held)
                for one in owed(named[student.pk], known.results, known.awards, None, passes)
                if school is not None
            ]
        return found

    def fitting(self, subject: str) -> tuple[str, ...]:
        """The codes of courses in which a duty can be discharged."""
        return tuple(
            code for code, course in self.courses.items() if course.terms.subject == subject and course.is_active
        )

    def ways(self, duty: AwardProposal, student: Student, course: Course) -> list[Asked]:
        """The ways to make an owed award in ``course``: the statute's own, and each of the policy's that may give more.

        The statute's own has no method.
        """
        methods = {
            rule.method
            for terms in self._terms
            if terms.in_force(duty.demonstrated_on, student.graduation_year)
            for rule in terms.rules_for(course.code)
            if proposing.needs_nobody(rule)
        }
        return [
            Asked(student, duty.school, course, method, Purpose.EITHER.value, duty.demonstrated_on, duty.language)
            for method in ("", *sorted(methods))
        ]


def _worth(found: Found) -> tuple[Decimal, bool, dt.date]:
    """More credit first, then what needs no choice, then the newest result."""
    return (found.deliberation.outcome.credits, not found.choice, found.asked.on)


def _with_choices(found: Iterable[Found]) -> list[Found]:
    """Of awards to one student that exclude each other, each says that the student chooses the course (EC5)."""
    by_student: defaultdict[int, list[Found]] = defaultdict(list)
    for one in found:
        by_student[one.asked.student.pk].append(one)
    answered = []
    for rows in by_student.values():
        possible = [Possible(one.deliberation.terms, _trying(one), one.deliberation.outcome) for one in rows]
        clashing = in_each_others_way(possible) if len(rows) > 1 else frozenset()
        answered += [
            replace(one, choice=AwardChoice.COURSE, choose_by=_last_day(one))
            if place in clashing and not one.choice
            else one
            for place, one in enumerate(rows)
        ]
    return answered


def _last_day(found: Found) -> dt.date | None:
    said = found.deliberation
    return proposing.choose_by(said.terms, said.facts, said.outcome)


def _trying(found: Found) -> RequestFacts:
    """The facts with a mark, where the student has to choose one: which does not change how much there is."""
    said = found.deliberation
    if found.choice not in {AwardChoice.MARK, AwardChoice.AMOUNT} or said.rule is None:
        return said.facts
    marks = tuple(mark.value for mark in said.rule.marks.choices)
    left = LeftOpen(marks, found.choice == AwardChoice.AMOUNT, by=found.choose_by)
    return as_chosen(said.facts, left, on=found.choose_by or found.asked.on)


def _published(district: District) -> QuerySet[PolicyVersion]:
    return PolicyVersion.objects.filter(series__district=district, state=PolicyState.PUBLISHED).select_related(
        "series__district"
    )


def _pairs(district: District) -> tuple[NextPair, ...]:
    """Every pair ever listed; whether it was on the day is for the decision."""
    rows = NextHigherPair.objects.filter(course__district=district).select_related("course", "higher")
    return tuple(NextPair(row.course.code, row.higher.code) for row in rows)


def _last_schools(students: Iterable[Student]) -> Mapping[int, School]:
    """Where students who attend no school now were last: that school answers for what is still owed."""
    gone = {student.pk for student in students if student.school is None}
    rows = SchoolEnrollment.objects.filter(student__in=gone).select_related("school").order_by("starts_on", "pk")
    return {row.student_id: row.school for row in rows}

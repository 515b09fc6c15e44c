"""Credit from another school: what each line is worth, what stands, what waits, in a fixed number of trips."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from crediting.models import ConsolidatedPart, LedgerEntry, PolicyVersion, TransferDecision, TransferLine, WaiverAnswer
from crediting.queries.catalog import in_use
from crediting.queries.procedures import transfer_terms
from crediting.rules.credits import total
from crediting.rules.facts import AttemptOutcome
from crediting.rules.ledger import outcome_of
from crediting.rules.transfer import GivenLine, Part, Proposed, Target, propose
from crediting.rules.transfer_duties import TransferDuty, duties, is_protected
from crediting.rules.transfer_terms import NO_POLICY, TransferTerms
from crediting.states import EntryKind, GivenUnit, Recognition, Sending, SubjectArea, TransferState
from mbl.core import clock
from mbl.core.models import District
from profiles.access import entitlements
from profiles.models import Course, Student

NONE = Decimal("0.000")
# Work that a student began and did not end (RCW 28A.320.192(3)).
UNFINISHED = frozenset({AttemptOutcome.INCOMPLETE, AttemptOutcome.WITHDRAWN})


@dataclass(frozen=True)
class Ruling:
    """What holds for one student today: the policy's words and what law demands of everybody."""

    on: dt.date
    version: PolicyVersion | None
    terms: TransferTerms | None
    duties: tuple[TransferDuty, ...]
    is_protected: bool


def ruling_for(student: Student) -> Ruling:
    """Two trips: the policy in force, and the programs that law makes decisive."""
    on = clock.today(student.district)
    version, terms = transfer_terms(student.district, on, student)
    groups = {one.program.value for one in entitlements([student.pk])[student.pk] if one.holds(on)}
    return Ruling(on, version, terms, duties(groups, on), is_protected(groups))


# --- What was decided -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Story:
    """The decisions about a line, newest first. ``standing`` holds until a later one takes effect; ``pending`` waits
    for its second person."""

    decisions: tuple[TransferDecision, ...]
    standing: TransferDecision | None
    pending: TransferDecision | None

    @property
    def newest(self) -> TransferDecision | None:
        return self.decisions[0] if self.decisions else None

    @property
    def shown(self) -> TransferDecision | None:
        """What the page shows first."""
        return self.pending or self.standing


def stories(lines: Iterable[TransferLine]) -> defaultdict[int, Story]:
    """By the line's primary key. One trip."""
    found: defaultdict[int, list[TransferDecision]] = defaultdict(list)
    rows = TransferDecision.objects.filter(line__in=[line.pk for line in lines]).select_related(
        "course__terms", "confirmation__by_person", "decided_by_person", "policy_version__series"
    )
    for row in rows.order_by("-decided_at", "-pk"):
        found[row.line_id].append(row)
    told: defaultdict[int, Story] = defaultdict(lambda: Story((), None, None))
    for line, decisions in found.items():
        told[line] = Story(
            tuple(decisions),
            next((one for one in decisions if takes_effect(one)), None),
            next((one for one in decisions[:1] if one.second and not hasattr(one, "confirmation")), None),
        )
    return told


def takes_effect(decision: TransferDecision) -> bool:
    """Whether nobody else has to confirm it, or somebody has."""
    return not decision.second or (hasattr(decision, "confirmation") and decision.confirmation.confirmed)


def part_of(decision: TransferDecision) -> Part:
    return Part(decision.credits, Fraction(decision.exact))


# --- What the record holds --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """A line of the record that stands, with the decisions it stands for (none: it came another way), and work left
    unfinished at the student's own school that was put together with them."""

    entry: LedgerEntry
    decisions: tuple[TransferDecision, ...]
    unfinished: tuple[ConsolidatedPart, ...] = ()

    @property
    def is_unfinished(self) -> bool:
        """A row of the student's own school, left incomplete or withdrawn from, as it was entered."""
        is_own = self.entry.kind == EntryKind.COURSE and not self.unfinished
        return is_own and outcome_of(self.entry.mark, NONE) in UNFINISHED


def standing_entries(student: Student) -> list[Standing]:
    """Three trips."""
    entries = (
        LedgerEntry.objects.effective()
        .filter(student=student)
        .select_related("transfer_line")
        .prefetch_related("transfer_postings__decision", "consolidated_parts")
        .order_by("school_year", "term_order", "course_title", "pk")
    )
    return [
        Standing(
            one,
            tuple(posting.decision for posting in one.transfer_postings.all()),
            tuple(one.consolidated_parts.all()),
        )
        for one in entries
    ]


def _earned_in(course_code: str, line: TransferLine, entries: Iterable[Standing]) -> Decimal:
    """Credit in the course beside what the line itself has given."""
    beside = []
    for one in entries:
        if one.entry.course_code != course_code or one.entry.pk == line.history_entry_id:
            continue
        own = sum((decision.credits for decision in one.decisions if decision.line_id == line.pk), NONE)
        beside.append(max(one.entry.exact_earned - Fraction(own), Fraction(0)))
    return total(beside)


# --- What a line is worth ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Weighed:
    """A line, what was decided about it, what it would count for, and what the rules propose."""

    line: TransferLine
    story: Story
    course: Course | None
    target: Target
    proposed: Proposed

    @property
    def state(self) -> TransferState:
        return TransferState(self.line.state)


@dataclass(frozen=True)
class Scales:
    """Everything that weighing the lines of one student needs, read once."""

    student: Student
    ruling: Ruling
    stories: Mapping[int, Story]
    entries: Sequence[Standing]
    courses: Mapping[str, Course]
    others: Mapping[int, Decimal]

    def weigh(self, line: TransferLine, *, course: Course | None = None, subject: str = "") -> Weighed:
        """``course`` or ``subject``: what somebody chose; left out, what was decided or what fits by code or title."""
        story = self.stories[line.pk]
        if course is None and not subject:
            course, subject = self._suggested(line, story)
        target = self._target(line, course, subject)
        others = sum((credits for pk, credits in self.others.items() if pk != line.pk), NONE)
        proposed = propose(
            self.ruling.terms,
            given_of(line),
            target,
            others_taken=others,
            is_protected=self.ruling.is_protected,
        )
        return Weighed(line, story, course, target, proposed)

    def _suggested(self, line: TransferLine, story: Story) -> tuple[Course | None, str]:
        if story.newest is not None:
            return story.newest.course, story.newest.subject
        fitting = (self.courses.get(name) for name in (line.course_code.lower(), line.course_title.lower()) if name)
        course = next((one for one in fitting if one is not None), None)
        if course is None and line.history_entry is not None and line.history_entry.subject in set(SubjectArea):
            return None, line.history_entry.subject
        return course, ""

    def _target(self, line: TransferLine, course: Course | None, subject: str) -> Target:
        if course is None:
            return Target(subject or SubjectArea.ELECTIVE)
        terms = course.terms
        standing = _earned_in(course.code, line, self.entries)
        return Target(terms.equivalent_subject or terms.subject, course.code, terms.credits, standing)


def scales_for(student: Student, lines: Collection[TransferLine]) -> Scales:
    """The same number of trips for any number of lines."""
    ruling = ruling_for(student)
    told = stories(lines)
    return Scales(
        student=student,
        ruling=ruling,
        stories=told,
        entries=standing_entries(student),
        courses=_courses_like(student, lines, ruling.on),
        others=_from_others(student, ruling.terms),
    )


def given_of(line: TransferLine) -> GivenLine:
    return GivenLine(
        sending=Sending(line.transcript.sending),
        unit=GivenUnit(line.unit),
        attempted=line.given_attempted,
        earned=line.given_earned,
        mark=line.mark,
        is_mastery=line.is_mastery,
        attended=line.attended,
        of_days=line.of_days,
    )


def _courses_like(student: Student, lines: Collection[TransferLine], on: dt.date) -> dict[str, Course]:
    """Courses of our catalog by code and by title, where one of the lines says the same."""
    names = {name.lower() for line in lines for name in (line.course_code, line.course_title) if name}
    courses = (
        in_use(Course.objects.filter(district=student.district_id, terms__isnull=False), on)
        .annotate(low_code=Lower("code"), low_title=Lower("title"))
        .filter(Q(low_code__in=names) | Q(low_title__in=names))
        .select_related("terms")
        .order_by("-pk")
    )
    found: dict[str, Course] = {}
    for course in courses:
        found[course.title.lower()] = course
    for course in courses:
        found[course.code.lower()] = course
    return found


def _from_others(student: Student, terms: TransferTerms | None) -> dict[int, Decimal]:
    """Credits that stand from schools which the policy does not name, by line."""
    named = terms.recognized if terms else frozenset()
    decided = (
        # One filter on one posting: the line of the record that stands for it must be there and stand.
        TransferDecision.objects.filter(
            line__student=student, credits__gt=0, postings__isnull=False, postings__entry__reversal=None
        )
        .exclude(line__transcript__sending__in=list(named))
        .distinct()
    )
    return dict(decided.values_list("line_id", "credits"))


# --- Lists ------------------------------------------------------------------------------------------------------------


def lines_of(student: Student) -> QuerySet[TransferLine]:
    """Every line of the student that was not taken off, oldest first."""
    return (
        TransferLine.objects.filter(student=student)
        .exclude(state=TransferState.WITHDRAWN)
        .select_related("transcript", "history_entry", "school")
        .order_by("school_year", "ends_on", "transcript__from_school", "position", "pk")
    )


def waiver_answers(student: Student) -> list[WaiverAnswer]:
    """The answers about required courses that stand, newest first."""
    return list(WaiverAnswer.objects.filter(student=student, replaced_by=None).select_related("answered_by_person"))


def imported_unseen(entries: Iterable[Standing]) -> list[LedgerEntry]:
    """Lines of other schools that an import or a registrar put on the record, and nobody has decided about."""
    return [
        one.entry
        for one in entries
        if one.entry.kind == EntryKind.TRANSFER and not one.decisions and not hasattr(one.entry, "transfer_line")
    ]


@dataclass(frozen=True)
class Parts:
    """Parts of one course that may be put together, and how much credit the one line can have at most."""

    course: Course
    entries: tuple[Standing, ...]
    marks: tuple[str, ...]
    room: Decimal | None

    @property
    def decisions(self) -> list[TransferDecision]:
        return [decision for one in self.entries for decision in one.decisions]

    @property
    def to_measure(self) -> list[LedgerEntry]:
        """Unfinished rows without credit: somebody says how much of the term was attended."""
        return [one.entry for one in self.entries if one.is_unfinished and not one.entry.credits_earned]


def parts_to_consolidate(entries: Sequence[Standing], *, is_protected: bool) -> list[Parts]:
    """Courses of which several transferred parts stand apart; of students whom RCW 28A.320.192 protects also those with
    work left unfinished at their own school, were it a single part. One trip where there are any."""
    recovered = {one.entry.recovers_id for one in entries}
    apart: defaultdict[int, list[Standing]] = defaultdict(list)
    for one in entries:
        entry = one.entry
        own = is_protected and (one.unfinished or (one.is_unfinished and entry.pk not in recovered))
        if entry.course_id is not None and (own or (one.decisions and entry.credits_earned > 0)):
            apart[entry.course_id].append(one)
    found = {pk: some for pk, some in apart.items() if len(some) > 1 or some[0].is_unfinished}
    if not found:
        return []
    courses = Course.objects.filter(pk__in=found).select_related("terms").order_by("title", "pk")
    parts = [_parts(course, found[course.pk], entries) for course in courses]
    return [one for one in parts if one.room is None or one.room > 0]


def parts_of(scales: Scales) -> list[Parts]:
    """``parts_to_consolidate`` of the student on the scales."""
    return parts_to_consolidate(scales.entries, is_protected=scales.ruling.is_protected)


def _parts(course: Course, some: Sequence[Standing], entries: Sequence[Standing]) -> Parts:
    marks = dict.fromkeys(one.entry.mark for one in some if not one.is_unfinished)
    terms = getattr(course, "terms", None)
    together = {one.entry.pk for one in some}
    beside = total(
        one.entry.exact_earned for one in entries if one.entry.course_id == course.pk and one.entry.pk not in together
    )
    return Parts(course, tuple(some), tuple(marks), terms.credits - beside if terms is not None else None)


def deciding_roles(districts: Iterable[District]) -> dict[TransferState, dict[int, frozenset[str]]]:
    """By the state in which a line waits: the roles that policies in force today name, by district."""
    decide, confirm = {}, {}
    for district in districts:
        _version, terms = transfer_terms(district, clock.today(district))
        decide[district.pk] = (terms or NO_POLICY).decided_by
        confirm[district.pk] = terms.confirmed_by if terms else frozenset()
    return {TransferState.WAITING: decide, TransferState.TO_CONFIRM: confirm}


def waiting_lines(lines: QuerySet[TransferLine], state: TransferState) -> QuerySet[TransferLine]:
    """Lines in one state, the longest first."""
    return lines.filter(state=state).order_by("transcript__entered_at", "transcript", "position", "pk")


def is_as_proposed(weighed: Weighed) -> bool:
    """Whether a line can be recognized with one press, as the rules say and with the mark it came with."""
    return (
        weighed.state == TransferState.WAITING
        and weighed.story.newest is None
        and weighed.proposed.kind == Recognition.WHOLE
    )

"""Credit requests in every state over three school years, with evidence, judgements, decisions and ledger lines.

What is decided is asked of the same rules that people's decisions are, so every frozen basis is genuine. How often
students ask differs by origin: an equity report has something to show.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Model

from crediting.models import (
    CreditRequest,
    Decision,
    Evidence,
    EvidenceUse,
    Judgement,
    LedgerEntry,
    RequestNote,
    RequestStandard,
    ScaleLevel,
    Standard,
)
from crediting.queries.decisions import Deliberation, basis_of, deliberate_many
from crediting.queries.facts import with_decider
from crediting.queries.ledger import PlannedLine
from crediting.rules.basis import freeze
from crediting.rules.credit import decide
from crediting.rules.ledger import Term, place_of
from crediting.states import (
    DecisionBasis,
    DecisionKind,
    EntryKind,
    EvidenceKind,
    EvidenceState,
    LocalAssessment,
    Method,
    NoteKind,
    RequestState,
)
from mbl.core.models import District
from mbl.demo.generator.people import People
from mbl.demo.generator.roster import Roster, catalog
from mbl.demo.generator.rules import Crediting
from mbl.demo.generator.shape import SLOTS, Shape
from mbl.demo.years import Year
from profiles.models import Person, RaceEthnicity, Relationship, School, Student
from profiles.states import RelationshipKind

S = RequestState
M = TypeVar("M", bound=Model)
BATCH = 1000

# Part of the students of a reported group who ask in a year; further groups ask like the first.
ASKS = {"W": 0.10, "A": 0.12, "H": 0.05, "B": 0.05, "N": 0.045, "P": 0.05, "two": 0.08}
# This year is young, and its requests are the ones people see waiting.
THIS_YEAR = {
    S.DRAFT: 0.08,
    S.SUBMITTED: 0.34,
    S.RETURNED: 0.10,
    S.ASSESSED: 0.14,
    S.AWARDED: 0.24,
    S.NOT_AWARDED: 0.05,
    S.REVERSED: 0.01,
    S.WITHDRAWN: 0.04,
}
EARLIER = {S.AWARDED: 0.78, S.NOT_AWARDED: 0.14, S.REVERSED: 0.03, S.WITHDRAWN: 0.05}
DECIDED = (S.AWARDED, S.NOT_AWARDED, S.REVERSED)
JUDGED = (S.ASSESSED, *DECIDED)
OPEN = (S.SUBMITTED, S.RETURNED, S.ASSESSED)
# One teacher a school, who has taken mastery credit on, is asked this often.
ADVISER = 0.7
SLOT_OF = {"english": 0, "math": 1, "science": 2, "social_studies": 3, "world_languages": 5, "cte": 5}
KINDS = [
    LocalAssessment.PORTFOLIO,
    LocalAssessment.PRESENTATION,
    LocalAssessment.HANDS_ON,
    LocalAssessment.WRITTEN_REPORT,
]
TITLES = (
    "What I learned about {topic}",
    "{topic}, shown in my own work",
    "A project on {topic}",
    "How {topic} helped my family",
)
WORDS = (
    "I kept a notebook for six weeks and compared what I found with the book.",
    "We measured three times and took the middle value, because the first one surprised us.",
    "I explained it to my younger brother until he could explain it back.",
    "The hardest part was finding out what I did not know.",
    "I would start earlier next time, and ask one more person.",
    "My teacher asked why, and I had to go back and look again.",
)
COMMENTS = (
    "Clear, and in your own words.",
    "Say how you know.",
    "A careful comparison.",
    "This goes beyond what was asked.",
)


@dataclass
class _Planned:
    """One request before it is written."""

    request: CreditRequest
    goal: RequestState
    claims: list[Standard]
    evidence: list[Evidence] = field(default_factory=list)
    sent_at: dt.datetime | None = None


def write_requests(
    district: District, shape: Shape, people: People, roster: Roster, crediting: Crediting, *, seed: int
) -> int:
    """Write everything; answers how many requests."""
    return _Writer(district, shape, people, roster, crediting, seed).write()


class _Writer:
    def __init__(
        self, district: District, shape: Shape, people: People, roster: Roster, crediting: Crediting, seed: int
    ) -> None:
        self.district, self.shape, self.people, self.roster, self.crediting = district, shape, people, roster, crediting
        self.chance = random.Random(f"requests {seed}")  # noqa: S311  (nothing secret)
        self.zone = ZoneInfo(district.timezone)
        self.levels = {level.code: level for level in ScaleLevel.objects.filter(scale=crediting.scale)}
        self.schools = School.objects.in_bulk(range(people.schools, people.schools + shape.schools))
        self.teachers: dict[int, Person] = {}
        self.terms = {
            year: [
                Term(half.title, half.school_year, half.starts_on, half.ends_on)
                for half in roster.sessions[year.ending][1:]
            ]
            for year in shape.years
        }

    def write(self) -> int:
        chosen = self._who_asks()
        students = (
            Student.objects.select_related("person__user", "district")
            .filter(pk__in={self.people.students + n for n, _back in chosen})
            .in_bulk()
        )
        earned = self._earned(students)
        count = 0
        for start in range(0, len(chosen), BATCH):
            planned = [
                found
                for n, back in chosen[start : start + BATCH]
                if (found := self._plan(students[self.people.students + n], n, back, earned)) is not None
            ]
            self._write_batch(planned)
            count += len(planned)
        return count

    # --- Who asks for what --------------------------------------------------------------------------------------------

    def _who_asks(self) -> list[tuple[int, int]]:
        """Numbers of students with how many years ago they asked, oldest first."""
        rows = RaceEthnicity.objects.filter(district=self.district).order_by("student_id")
        groups = [
            "H" if ethnicity == ["H"] else races[0] if len(races) == 1 else "two"
            for ethnicity, races in rows.values_list("ethnicity_codes", "race_codes")
        ]
        chosen = []
        for back in (2, 1, 0):
            for n, group in enumerate(groups):
                grade = 9 + n // self.shape.schools % 4 - back
                if grade >= 9 and self.chance.random() < ASKS[group] * (1.5 if back == 0 else 1.0):
                    chosen.append((n, back))
        return chosen

    def _earned(self, students: dict[int, Student]) -> defaultdict[int, set[str]]:
        """Courses with credit from classes, by student."""
        found: defaultdict[int, set[str]] = defaultdict(set)
        rows = LedgerEntry.objects.filter(student__in=students, credits_earned__gt=0)
        for student, code in rows.values_list("student_id", "course_code").iterator():
            found[student].add(code)
        return found

    def _plan(self, student: Student, n: int, back: int, earned: defaultdict[int, set[str]]) -> _Planned | None:
        grade = 9 + n // self.shape.schools % 4 - back
        open_courses = [code for code in catalog()["mastery"][str(grade)] if code not in earned[student.pk]]
        if not open_courses:
            return None
        code = self.chance.choice(open_courses)
        # One request for a course: asking again would be another story.
        earned[student.pk].add(code)
        shares = THIS_YEAR if back == 0 else EARLIER
        goal = self.chance.choices(list(shares), weights=list(shares.values()))[0]
        year = Year(self.shape.year.ending - back)
        sent = self._sent_on(year, goal)
        subject = catalog()["courses"][code][1]
        claims = self.chance.sample(self.crediting.standards[code], 4)
        topic = self.chance.choice(catalog()["topics"][subject])
        school_number = n % self.shape.schools
        request = CreditRequest(
            district=self.district,
            student=student,
            school=self.schools[self.people.schools + school_number],
            course=self.roster.courses[code],
            title=self.chance.choice(TITLES).format(topic=topic).capitalize(),
            method=Method.LOCAL_ASSESSMENT,
            subtype=self.chance.choice(KINDS),
            chosen_by=student.person.user,
            plan=self.chance.choice(WORDS),
            state=S.SUBMITTED if goal in JUDGED else goal,
            assessor=self._teacher(school_number, subject),
            scale=self.crediting.scale,
        )
        request.public_id = self._uuid()
        found = _Planned(request, goal, claims, [self._evidence(student, kind) for kind in ("text", "link")])
        if goal != S.DRAFT:
            found.sent_at = request.waiting_since = self._at(sent)
            request.demonstrated_on = sent
        return found

    def _sent_on(self, year: Year, goal: RequestState) -> dt.date:
        """A school day; what waits was sent in the last three weeks."""
        last = min(year.ends_on, self.shape.today)
        first = max(year.starts_on + dt.timedelta(days=7), last - dt.timedelta(days=21 if goal in OPEN else 250))
        day = first + dt.timedelta(days=self.chance.randrange(max(1, (last - first).days - 1)))
        return day - dt.timedelta(days=max(0, day.weekday() - 4))

    def _teacher(self, school: int, subject: str) -> Person:
        slot = 0 if self.chance.random() < ADVISER else SLOT_OF[subject]
        pk = self.people.staff + (school * SLOTS + slot) * self.shape.teachers_a_slot
        if pk not in self.teachers:
            self.teachers[pk] = Person.objects.select_related("user").get(pk=pk)
        return self.teachers[pk]

    def _evidence(self, student: Student, kind: str) -> Evidence:
        said, felt = self.chance.sample(WORDS, 2)
        body = f"{said} {felt}" if kind == "text" else ""
        url = "" if kind == "text" else f"https://example.org/work/{self.chance.randrange(10**9)}"
        evidence = Evidence(
            district=self.district,
            student=student,
            kind=EvidenceKind(kind),
            title="My notes and results" if kind == "text" else "A recording of my presentation",
            body=body,
            url=url,
            reflection=felt,
            sha256=hashlib.sha256((body or url).encode()).hexdigest(),
            added_by=student.person.user,
        )
        evidence.public_id = self._uuid()
        return evidence

    # --- Writing a batch ----------------------------------------------------------------------------------------------

    def _write_batch(self, planned: Sequence[_Planned]) -> None:
        self._insert(CreditRequest, [one.request for one in planned])
        self._insert(
            RequestStandard,
            [
                RequestStandard(request=one.request, standard=standard, position=position)
                for one in planned
                for position, standard in enumerate(one.claims)
            ],
        )
        self._write_evidence(planned)
        sent = [one for one in planned if one.sent_at is not None]
        self._insert(RequestNote, [note for one in sent for note in self._notes(one)])
        self._insert(Relationship, [self._asked(one) for one in sent if one.goal in OPEN])
        judged = [one for one in sent if one.goal in JUDGED]
        self._insert(Judgement, [judgement for one in judged for judgement in self._judgements(one)])
        self._decide([one for one in judged if one.goal in DECIDED])
        for one in judged:
            one.request.state = one.goal
        CreditRequest.objects.bulk_update(
            [one.request for one in judged], ["state", "waiting_since", "closed_at"], batch_size=BATCH
        )

    def _write_evidence(self, planned: Sequence[_Planned]) -> None:
        self._insert(Evidence, [evidence for one in planned for evidence in one.evidence])
        states = {
            S.DRAFT: EvidenceState.DRAFT,
            S.SUBMITTED: EvidenceState.SUBMITTED,
            S.RETURNED: EvidenceState.RETURNED,
        }
        uses = []
        for one in planned:
            state = states.get(one.goal, EvidenceState.ASSESSED)
            for evidence in one.evidence:
                use = EvidenceUse(evidence=evidence, request=one.request, state=state, submitted_at=one.sent_at)
                use.public_id = self._uuid()
                uses.append(use)
        self._insert(EvidenceUse, uses)
        shows = EvidenceUse.standards.through
        claims = {one.request.pk: one.claims for one in planned}
        self._insert(
            shows,
            [
                shows(evidenceuse_id=use.pk, standard_id=standard.pk)
                for use in uses
                for standard in claims[use.request_id][:2]
            ],
        )

    def _notes(self, one: _Planned) -> Iterator[RequestNote]:
        assert one.sent_at is not None
        student, assessor = one.request.student.person, one.request.assessor
        yield RequestNote(
            request=one.request,
            kind=NoteKind.SENT,
            author=student.user,
            author_label=student.display_name,
            attempt=1,
            at=one.sent_at,
        )
        if one.goal == S.RETURNED and assessor is not None:
            yield RequestNote(
                request=one.request,
                kind=NoteKind.RETURNED,
                author=assessor.user,
                author_label=assessor.display_name,
                body="You are close. Add how you know that it is right, and send it again.",
                attempt=1,
                at=min(one.sent_at + dt.timedelta(days=3), self._at(self.shape.today)),
            )

    def _asked(self, one: _Planned) -> Relationship:
        assert one.sent_at is not None
        relationship = Relationship(
            district=self.district,
            person=one.request.assessor,
            student=one.request.student,
            kind=RelationshipKind.ASSESSOR,
            starts_on=one.sent_at.date(),
            source=str(one.request.public_id),
        )
        relationship.public_id = self._uuid()
        return relationship

    def _judgements(self, one: _Planned) -> Iterator[Judgement]:
        assert one.sent_at is not None and one.request.assessor is not None
        low = self.chance.randrange(len(one.claims)) if one.goal == S.NOT_AWARDED else -1
        for number, standard in enumerate(one.claims):
            word = "developing" if number == low else self.chance.choice(("proficient", "proficient", "extending"))
            judgement = Judgement(
                request=one.request,
                standard=standard,
                attempt=1,
                level=self.levels[word],
                comment=self.chance.choice(COMMENTS),
                assessor=one.request.assessor,
                recorded_by=one.request.assessor.user,
                judged_at=one.sent_at + dt.timedelta(days=4, minutes=number),
            )
            judgement.public_id = self._uuid()
            yield judgement

    def _decide(self, planned: Sequence[_Planned]) -> None:
        """Ask the rules, and write what they say: a decision, and for an award its line, and for some a reversal."""
        deliberations = deliberate_many([one.request for one in planned])
        decisions, lines = [], []
        for one in planned:
            deliberation = self._with_decider(deliberations[one.request.pk], one)
            if one.goal != S.NOT_AWARDED and not deliberation.outcome.is_award:
                one.goal = S.NOT_AWARDED
            line = self._line(deliberation) if one.goal != S.NOT_AWARDED else None
            decision = self._decision(deliberation, one, line)
            decisions.append(decision)
            if line is not None:
                lines.append((one, decision, line))
            one.request.waiting_since = None
            one.request.closed_at = decision.decided_at
        self._insert(Decision, decisions)
        entries = [self._entry(one, decision, line) for one, decision, line in lines]
        self._insert(LedgerEntry, entries)
        self._insert(
            LedgerEntry,
            [
                self._reversal(entry)
                for entry, (one, _decision, _line) in zip(entries, lines, strict=True)
                if one.goal == S.REVERSED
            ],
        )

    def _with_decider(self, found: Deliberation, one: _Planned) -> Deliberation:
        """The assessor decides at the small school, the credit manager elsewhere."""
        assert found.approval is not None and one.request.assessor is not None
        number = one.request.school_id - self.people.schools
        if found.approval.two_roles:
            decider, role = self.crediting.leads.credit_managers[number], "credit_manager"
        else:
            decider, role = one.request.assessor, "teacher"
        facts = with_decider(found.facts, person=str(decider.public_id), roles=[role])
        return replace(found, facts=facts, outcome=decide(found.terms, facts), decider=decider)

    def _decision(self, found: Deliberation, one: _Planned, line: PlannedLine | None) -> Decision:
        assert one.sent_at is not None and found.decider is not None
        kind = DecisionKind.AWARD if line else DecisionKind.REFUSED
        decision = Decision(
            district=self.district,
            student=one.request.student,
            request=one.request,
            kind=kind,
            basis=DecisionBasis.POLICY,
            policy_version=found.version,
            rule_code=found.outcome.rule_code,
            method=one.request.method,
            demonstrated_on=one.request.demonstrated_on,
            reason="All standards named are shown." if line else "One standard is not at the level yet.",
            frozen_basis=freeze(basis_of(found, kind, line, None)),
            decided_by=found.decider.user,
            decided_by_person=found.decider,
            two_roles=found.outcome.two_roles,
            decided_at=min(one.sent_at + dt.timedelta(days=7), self._at(self.shape.today)),
        )
        decision.public_id = self._uuid()
        return decision

    def _line(self, found: Deliberation) -> PlannedLine:
        request, outcome = found.request, found.outcome
        assert request.demonstrated_on is not None
        year = self._year_of(request.demonstrated_on)
        grade = int(request.student.grade) - (self.shape.year.ending - year.ending)
        code, facts = request.course.code, catalog()["courses"][request.course.code]
        return PlannedLine(
            course_code=outcome.course_code or code,
            course_title=request.course.title,
            subject=facts[1],
            state_course_code=facts[2],
            school_name=request.school.name,
            place=place_of(request.demonstrated_on, year.ending, self.terms[year]),
            grade=f"{grade:02d}",
            mark=outcome.mark,
            is_numeric=outcome.is_numeric,
            credits=outcome.credits,
            designations=(),
            earned_on=request.demonstrated_on,
            recovers=None,
        )

    def _year_of(self, day: dt.date) -> Year:
        return next(year for year in self.shape.years if day <= dt.date(year.ending, 6, 30))

    def _entry(self, one: _Planned, decision: Decision, line: PlannedLine) -> LedgerEntry:
        entry = LedgerEntry(
            district=self.district,
            student=one.request.student,
            kind=EntryKind.MASTERY,
            course=one.request.course,
            course_code=line.course_code,
            course_title=line.course_title,
            subject=line.subject,
            state_course_code=line.state_course_code,
            school=one.request.school,
            school_name=line.school_name,
            school_year=line.place.school_year,
            term=line.place.term,
            term_order=line.place.order,
            grade=line.grade,
            mark=line.mark,
            is_numeric=line.is_numeric,
            credits_attempted=line.credits,
            credits_earned=line.credits,
            method=one.request.method,
            earned_on=line.earned_on,
            decision=decision,
            request=one.request,
            reason=decision.reason,
            source="generated",
            created_by=decision.decided_by,
        )
        entry.public_id = self._uuid()
        return entry

    def _reversal(self, entry: LedgerEntry) -> LedgerEntry:
        kept = {
            column.attname: getattr(entry, column.attname)
            for column in LedgerEntry._meta.concrete_fields
            if column.attname not in {"id", "public_id", "replaces_id"}
        }
        reversal = LedgerEntry(**kept)
        reversal.public_id = self._uuid()
        reversal.kind, reversal.reverses = EntryKind.REVERSAL, entry
        reversal.credits_attempted, reversal.credits_earned = -entry.credits_attempted, -entry.credits_earned
        reversal.reason = "Entered for the wrong term."
        return reversal

    # --- Small parts --------------------------------------------------------------------------------------------------

    def _insert(self, model: type[M], rows: Sequence[M]) -> None:
        model._default_manager.bulk_create(rows, batch_size=BATCH)

    def _uuid(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    def _at(self, day: dt.date) -> dt.datetime:
        minutes = self.chance.randrange(8 * 60)
        return dt.datetime.combine(day, dt.time(8), self.zone) + dt.timedelta(minutes=minutes)

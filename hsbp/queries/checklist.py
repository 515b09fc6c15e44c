"""The facts behind a student's checklist, for one page or for a page of students, and each item with its evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Count,
    DateField,
    DateTimeField,
    ExpressionWrapper,
    Max,
    Q,
    Sum,
    Value,
)
from django.db.models.functions import Cast

from crediting.models import CreditRequest, LedgerEntry
from crediting.states import EntryKind
from hsbp.models import AnnualUpdate, ChecklistRecord, FamilyCopy, Plan, RequirementDecision
from hsbp.queries.document import UNDER_WAY
from hsbp.queries.plans import History, is_read
from hsbp.queries.progress import StudentProgress
from hsbp.rules.checklist import ChecklistFacts, Item, Tally, checklist, counted
from hsbp.rules.content import Section, read
from hsbp.states import ItemState, Requirement
from hsbp.words import ITEM_WORDS, Text, sentence
from mbl.core import clock
from profiles.models import Student

ZERO = Decimal("0.000")
# School year, grade, day, and whether results were named.
Update = tuple[int, str, dt.date, bool]


@dataclass(frozen=True)
class Known:
    """What is known of one student: the checklist's facts, and the credits that stand in the record."""

    facts: ChecklistFacts
    earned: Decimal


def gather(students: Sequence[Student], plans: Mapping[int, Plan]) -> dict[int, Known]:
    """Facts by student key; ``plans`` by student key too. Three trips however many students there are."""
    if not students:
        return {}
    key_of = {plan.pk: key for key, plan in plans.items() if plan.pk}
    districts = {student.pk: student.district for student in students}
    facts = {student.pk: _plain(student, plans.get(student.pk)) for student in students}
    earned = dict.fromkeys(facts, ZERO)
    updates: dict[int, list[Update]] = {}
    decided: dict[int, tuple[int, str, dt.datetime]] = {}
    on = min(found["today"] for found in facts.values())
    for row in _recorded(list(key_of), [plan.latest_id for plan in plans.values() if plan.latest_id], on):
        key = key_of[row.plan]
        if row.day is not None and row.kind == "record":
            facts[key]["records"].setdefault(row.word, []).append(row.day)
        elif row.day is not None:
            updates.setdefault(key, []).append((row.number, row.word, row.day, row.flag))
        elif row.moment is not None and row.kind == "decision":
            decided[key] = max(decided.get(key, (0, "", row.moment)), (row.number, row.word, row.moment))
        elif row.moment is not None:
            on = clock.day_of(row.moment, districts[key])
            facts[key]["copied_on"] = min(facts[key].get("copied_on", on), on)
    for key, rows in updates.items():
        facts[key].update(_updates(rows, clock.school_year(facts[key]["today"])))
    for key, (_number, verdict, moment) in decided.items():
        if verdict == Requirement.MET:
            facts[key]["requirement_met_on"] = clock.day_of(moment, districts[key])

    credits = (
        LedgerEntry.objects.counting(min(found["today"] for found in facts.values()))
        .filter(student__in=list(facts))
        .order_by()
        .values_list("student")
        .annotate(total=Sum("credits_earned"), awarded_on=Max("earned_on", filter=Q(kind=EntryKind.MASTERY)))
    )
    for key, total, awarded_on in credits:
        earned[key] = total
        facts[key]["awarded_on"] = awarded_on
    requests = CreditRequest.objects.filter(student__in=list(facts), state__in=UNDER_WAY)
    for key, number in requests.order_by().values_list("student").annotate(number=Count("pk")):
        facts[key]["mastery_requests"] = number
    return {key: Known(ChecklistFacts(**known), earned[key]) for key, known in facts.items()}


class _Recorded(NamedTuple):
    """What was recorded about a plan; a day or a moment, whichever the kind has."""

    plan: int
    kind: str
    word: str
    number: int
    flag: bool
    day: dt.date | None
    moment: dt.datetime | None


_NO_DAY, _NO_MOMENT = Cast(Value(None), DateField()), Cast(Value(None), DateTimeField())
_NO_NUMBER, _NO_FLAG = Value(0, BigIntegerField()), Value(False)


def _recorded(plans: Sequence[int], versions: Sequence[int], on: dt.date) -> Iterator[_Recorded]:
    """Checklist records, yearly updates, decisions and copies of the newest versions, in one trip."""
    records = ChecklistRecord.objects.filter(plan__in=plans)
    updates = AnnualUpdate.objects.filter(plan__in=plans)
    decisions = RequirementDecision.objects.filter(plan__in=plans)
    copies = FamilyCopy.objects.filter(is_read(on), revision__in=versions)
    named = ~Q(results_reviewed="")
    rows = (
        records.order_by()
        .values_list("plan", Value("record"), "item", _NO_NUMBER, _NO_FLAG, "done_on", _NO_MOMENT)
        .union(
            updates.order_by().values_list(
                "plan",
                Value("update"),
                "grade",
                Cast("school_year", BigIntegerField()),
                ExpressionWrapper(named, BooleanField()),
                "updated_on",
                _NO_MOMENT,
            ),
            decisions.order_by().values_list(
                "plan", Value("decision"), "verdict", "pk", _NO_FLAG, _NO_DAY, "decided_at"
            ),
            copies.order_by().values_list(
                "revision__plan", Value("copy"), "language", _NO_NUMBER, _NO_FLAG, _NO_DAY, "made_at"
            ),
            all=True,
        )
    )
    return (_Recorded(*row) for row in rows)


def _updates(rows: Sequence[Update], this_year: int) -> dict[str, Any]:
    """What yearly updates say to the checklist."""
    return {
        "updates": {int(grade): on for _year, grade, on, _results in rows if grade.isdigit()},
        "updated_this_year": next((on for year, _grade, on, _results in rows if year == this_year), None),
        "results_reviewed": any(grade == "10" and results for _year, grade, _on, results in rows),
    }


def _plain(student: Student, plan: Plan | None) -> dict[str, Any]:
    """What student and plan say by themselves, as arguments of ``ChecklistFacts``."""
    district = student.district
    facts: dict[str, Any] = {
        "today": clock.today(district),
        "grade": int(student.grade) if student.grade.isdigit() else 0,
        "content": read(plan.content if plan is not None else {}),
        "records": {},
    }
    if plan is not None and plan.pk:
        facts["plan_started_on"] = clock.day_of(plan.created_at, district)
        facts["changed_on"] = {
            section: clock.day_of(dt.datetime.fromisoformat(change["at"]), district)
            for section, change in plan.sections.items()
        }
    return facts


# --- One student's page -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ItemRow:
    """One item as the page prints it. ``section`` is the part of the plan that meets it, where there is one."""

    item: Item
    word: Text
    why: str
    section: str
    evidence: tuple[ChecklistRecord, ...]

    @property
    def state(self) -> ItemState:
        return self.item.state


# The part of the plan in which an item is met by writing.
_SECTION = {
    "H1": Section.INTERESTS,
    "H2": Section.COURSES,
    "H4": Section.GOALS,
    "H5": Section.GOALS,
    "H6": Section.COURSES,
    "H13": Section.PATHWAY,
    "H20": Section.MASTERY,
    "H22": Section.AID,
    "H23": Section.ACTIVITIES,
}


@dataclass(frozen=True)
class Checklist:
    """All 27 items of a student in their order, and the numbers of those due by now."""

    rows: tuple[ItemRow, ...]
    tally: Tally
    grade: int

    def of(self, *states: ItemState) -> list[ItemRow]:
        return [row for row in self.rows if row.state in states]

    @property
    def due(self) -> list[ItemRow]:
        """What is open, the oldest duty first."""
        return sorted(self.of(ItemState.DUE, ItemState.OVERDUE), key=lambda row: row.state != ItemState.OVERDUE)

    @property
    def met(self) -> list[ItemRow]:
        return self.of(ItemState.MET)

    @property
    def later(self) -> list[ItemRow]:
        return self.of(ItemState.NOT_DUE, ItemState.NOT_APPLICABLE)

    @property
    def not_computed(self) -> list[ItemRow]:
        return self.of(ItemState.NOT_COMPUTED)


def checklist_of(student: Student, plan: Plan, history: History, progress: StudentProgress) -> Checklist:
    """The whole checklist of one student (R57) from what the page has read already; one trip for open requests."""
    copied = [copy.made_at for copy in history.copies_read if copy.revision_id == plan.latest_id]
    records: dict[str, list[ChecklistRecord]] = {}
    for record in history.records:
        records.setdefault(record.item, []).append(record)
    decision = history.requirement
    known = _plain(student, plan) | {
        "records": {item: tuple(record.done_on for record in found) for item, found in records.items()},
        "awarded_on": progress.mastery_on,
        "mastery_requests": CreditRequest.objects.filter(student=student, state__in=UNDER_WAY).count(),
    }
    if copied:
        known["copied_on"] = clock.day_of(min(copied), student.district)
    if decision is not None and decision.verdict == Requirement.MET:
        known["requirement_met_on"] = clock.day_of(decision.decided_at, student.district)
    known |= _updates(
        [(one.school_year, one.grade, one.updated_on, bool(one.results_reviewed)) for one in history.updates],
        clock.school_year(known["today"]),
    )
    return checklist_from_facts(ChecklistFacts(**known), records)


def checklist_from_facts(
    facts: ChecklistFacts, records: Mapping[str, Sequence[ChecklistRecord]] | None = None
) -> Checklist:
    """The checklist from gathered facts; with ``records`` each item carries what staff recorded for it."""
    items = checklist(facts)
    rows = tuple(
        ItemRow(
            item,
            ITEM_WORDS[item.id],
            sentence(item.reason),
            _SECTION[item.id].value if item.id in _SECTION else "",
            tuple((records or {}).get(item.id, ())),
        )
        for item in items
    )
    return Checklist(rows, counted(items, facts.grade), facts.grade)

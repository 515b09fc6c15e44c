"""The checklist H1-H27 of the High School and Beyond Plan: each item with its state, its reason and its source (R57).

"Due" is the day the law sets; a district's earlier warnings are settings of its own. An item that needs facts which
the product does not hold yet says so and is never shown as met.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hsbp.rules.content import AID_ITEMS, Content, Section
from hsbp.states import ItemState
from mbl.core.decisions import Param, Reason

EVERY_YEAR = 0
WHEN_IT_ARISES = 13


@dataclass(frozen=True)
class ChecklistFacts:
    """What the computation looks at. ``records`` maps an item to the days staff recorded for it.

    ``grade`` is the present grade, 6 to 12. ``changed_on`` maps a section of the plan to the day of its newest change.
    ``updates`` maps the grade of a yearly update to its day, and ``results_reviewed`` says that the grade 10 one named
    assessment results. ``copied_on`` is the day the newest version was first given in a language of the family.
    """

    today: dt.date
    grade: int
    content: Content
    changed_on: Mapping[str, dt.date] = field(default_factory=dict)
    records: Mapping[str, tuple[dt.date, ...]] = field(default_factory=dict)
    updates: Mapping[int, dt.date] = field(default_factory=dict)
    updated_this_year: dt.date | None = None
    results_reviewed: bool = False
    plan_started_on: dt.date | None = None
    mastery_requests: int = 0
    awarded_on: dt.date | None = None
    copied_on: dt.date | None = None
    requirement_met_on: dt.date | None = None


@dataclass(frozen=True)
class Item:
    """One line of the checklist. ``due_grade`` is the grade by the end of which it is due (0: every year)."""

    id: str
    state: ItemState
    due_grade: int
    reason: Reason
    citation: str
    done_on: dt.date | None = None


# Item, grade by the end of which it is due (``EVERY_YEAR``, ``WHEN_IT_ARISES``), source.
_SOURCES: tuple[tuple[str, int, str], ...] = (
    ("H1", 7, "RCW 28A.230.212(2)(a); WAC 180-51-220(1), (4)(a)"),
    ("H2", 8, "RCW 28A.230.212(2)(a); WAC 180-51-220(1), (4)(b)"),
    ("H3", 8, "WAC 180-51-220(4)(c)"),
    ("H4", 12, "RCW 28A.230.212(6)(a); WAC 180-51-220(3)(a)"),
    ("H5", 12, "RCW 28A.230.212(6)(b); WAC 180-51-220(3)(b)"),
    ("H6", 0, "RCW 28A.230.212(6)(c); WAC 180-51-220(3)(c)"),
    ("H7", 0, "RCW 28A.230.212(6)(c)(i)-(viii); WAC 180-51-220(3)(d)"),
    ("H8", 0, "RCW 28A.230.212(6)(c)(v); WAC 180-51-220(4)(d)"),
    ("H9", 0, "RCW 28A.230.212(3); WAC 180-51-220(4)(d), (k)"),
    ("H10", 9, "RCW 28A.230.212(2)(b); WAC 180-51-220(4)(i)"),
    ("H11", 9, "WAC 180-51-220(4)(j)"),
    ("H12", 10, "RCW 28A.230.212(3)(a); WAC 180-51-220(4)(e)"),
    ("H13", 12, "WAC 180-51-220(4)(k)(ii), (m)"),
    ("H14", 0, "RCW 28A.230.212(4)(b); WAC 180-51-220(4)(g)"),
    ("H15", 13, "RCW 28A.230.212(3)(b); WAC 180-51-220(4)(k)(iii)"),
    ("H16", 13, "RCW 28A.230.212(3)(b)"),
    ("H17", 13, "RCW 28A.320.195(2)-(6)"),
    ("H18", 13, "WAC 180-51-220(4)(l); WAC 180-51-210(4)"),
    ("H19", 13, "WAC 180-51-220(3)(g)"),
    ("H20", 13, "WAC 180-51-051(5)"),
    ("H21", 13, "WAC 392-410-316(1)(c)"),
    ("H22", 12, "RCW 28A.230.212(6)(d); WAC 180-51-220(3)(f)"),
    ("H23", 12, "RCW 28A.230.212(6)(e); WAC 180-51-220(3)(e)"),
    ("H24", 13, "RCW 28A.230.212(3)(c); WAC 180-51-220(5)"),
    ("H25", 0, "RCW 28A.230.212(4); WAC 180-51-220(4)(f)"),
    ("H26", 0, "RCW 28A.230.212(4)(a); WAC 180-51-220(4)(f)"),
    ("H27", 12, "RCW 28A.230.212(7); WAC 180-51-220(6)"),
)
# Items that rest on facts the product does not hold yet: assessments of middle school, eligibility for acceleration,
# interventions offered, agreements on third credits, equivalencies, paid work, transition plans. What staff record
# for one of them counts; without a record the item says that it is not computed.
_NEEDS_MORE_FACTS = frozenset({"H10", "H11", "H15", "H16", "H17", "H18", "H19", "H21", "H24"})
# What staff may record: all of these, and an inventory or an option that was shown outside of MBL.
RECORDABLE = (
    *("H1", "H3", "H7", "H8", "H10", "H11", "H14", "H15", "H16"),
    *("H17", "H18", "H19", "H21", "H24", "H25", "H26"),
)
# Items that staff confirm by a record each school year.
_YEARLY_RECORDS = frozenset({"H7", "H8", "H14", "H25"})
_ONCE_RECORDED = frozenset({"H3"})


def checklist(facts: ChecklistFacts) -> tuple[Item, ...]:
    """All 27 items in their order."""
    return tuple(_item(name, due, citation, facts) for name, due, citation in _SOURCES)


@dataclass(frozen=True)
class Tally:
    """Of the items that are due by now, how many are met. What is not computed is in neither number."""

    done: int
    total: int


def tally(facts: ChecklistFacts) -> Tally:
    """The numbers of the checklist without its reasons, for long lists."""
    done = total = 0
    for name, due, _citation in _SOURCES:
        if due > facts.grade and due != WHEN_IT_ARISES:
            continue
        state, _done_on = _state(name, due, facts)
        done += state is ItemState.MET
        total += state in {ItemState.MET, ItemState.DUE, ItemState.OVERDUE}
    return Tally(done, total)


def counted(items: Iterable[Item], grade: int) -> Tally:
    """The same numbers from a computed checklist."""
    due = [item for item in items if item.due_grade <= grade or item.due_grade == WHEN_IT_ARISES]
    states = [item.state for item in due]
    return Tally(
        states.count(ItemState.MET),
        sum(state in {ItemState.MET, ItemState.DUE, ItemState.OVERDUE} for state in states),
    )


def _item(name: str, due: int, citation: str, facts: ChecklistFacts) -> Item:
    state, done_on = _state(name, due, facts)
    params: dict[str, Param] = {"item": name, "grade": due}
    if done_on is not None:
        params["on"] = done_on.isoformat()
    return Item(name, state, due, Reason(_code(state, due), params, "R57", citation), citation, done_on)


def _code(state: ItemState, due: int) -> str:
    if state is ItemState.DUE and due == EVERY_YEAR:
        return "hsbp.item.due_yearly"
    if state is ItemState.DUE and due == WHEN_IT_ARISES:
        return "hsbp.item.due_arisen"
    return f"hsbp.item.{state}"


def _state(name: str, due: int, facts: ChecklistFacts) -> tuple[ItemState, dt.date | None]:
    done_on = _done(name, facts)
    if done_on is not None:
        return ItemState.MET, done_on
    if name in _NEEDS_MORE_FACTS:
        return ItemState.NOT_COMPUTED, None
    if name == "H20" and not facts.mastery_requests:
        return ItemState.NOT_APPLICABLE, None
    if due in {EVERY_YEAR, WHEN_IT_ARISES} or due == facts.grade:
        return ItemState.DUE, None
    return (ItemState.OVERDUE if facts.grade > due else ItemState.NOT_DUE), None


def _done(name: str, facts: ChecklistFacts) -> dt.date | None:
    """The day the item was met, or None."""
    content = facts.content
    latest = max(facts.records.get(name, ()), default=None)
    if name in _YEARLY_RECORDS:
        return latest if latest is not None and latest >= _year_began(facts.today) else None
    if name in _ONCE_RECORDED or name in _NEEDS_MORE_FACTS:
        return latest
    match name:
        case "H1":
            return latest or (_day(content.inventory_on) if content.inventory else None)
        case "H2":
            return facts.plan_started_on if content.courses else None
        case "H4":
            return _written(facts, Section.GOALS) if content.career else None
        case "H5":
            return _written(facts, Section.GOALS) if content.after_high_school or content.education else None
        case "H6":
            ahead = any(int(course.grade) >= facts.grade for course in content.courses)
            return _written(facts, Section.COURSES) if ahead else None
        case "H9":
            return facts.updated_this_year
        case "H12":
            return facts.updates.get(10) if facts.results_reviewed else None
        case "H13":
            return _written(facts, Section.PATHWAY) if content.pathways and content.pathway_reason else None
        case "H20":
            return facts.awarded_on or (_written(facts, Section.MASTERY) if content.mastery_intended else None)
        case "H22":
            return _all_aid(content)
        case "H23":
            return None if content.is_empty(Section.ACTIVITIES) else _written(facts, Section.ACTIVITIES)
        case "H26":
            return facts.copied_on or latest
        case "H27":
            return facts.requirement_met_on
        case _:  # every item stands in one of the groups above
            raise ValueError(f"The checklist has no item {name}.")


def _year_began(today: dt.date) -> dt.date:
    return dt.date(today.year if today.month >= 7 else today.year - 1, 7, 1)


def _written(facts: ChecklistFacts, section: Section) -> dt.date:
    """The day of the section's newest change; the plan's first day where an older plan does not know it."""
    return facts.changed_on.get(section.value) or facts.plan_started_on or facts.today


def _all_aid(content: Content) -> dt.date | None:
    days = [_day(content.aid.get(item, "")) for item in AID_ITEMS]
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(AID_ITEMS) else None


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None

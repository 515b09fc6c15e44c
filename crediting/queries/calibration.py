"""Calibration sessions: who is asked, what I said, and how far everybody agrees once it is open."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from crediting.models import CalibrationItem, CalibrationLevel, CalibrationSession
from crediting.queries.agreement import of_pairs
from crediting.queries.anchors import level_of
from crediting.queries.levels import drawn_levels
from crediting.rules.moderation import LEAST_READERS
from mbl.core import clock
from mbl.core.ui.levels import DrawnLevel
from profiles.models import Person, RoleAssignment
from profiles.states import Role


def listed(sessions: QuerySet[CalibrationSession]) -> QuerySet[CalibrationSession]:
    """The running ones first, the next due on top."""
    return sessions.annotate(examples=Count("items")).order_by("opened_at", "due_on", "pk")


def asked(session: CalibrationSession) -> QuerySet[Person]:
    """Teachers with an account whom the session is for."""
    where = Q() if session.school_id is None else Q(school=session.school_id) | Q(school=None)
    held = RoleAssignment.objects.in_force(clock.today(session.district)).filter(
        where, role=Role.TEACHER, person__district=session.district_id
    )
    people = Person.objects.filter(pk__in=held.values("person"), is_active=True, user__is_active=True)
    return people.exclude(pk=session.run_by_id).select_related("user").order_by("sort_name", "pk")


def items_of(session: CalibrationSession) -> list[CalibrationItem]:
    found = session.items.select_related("anchor__standard__framework", "anchor__level__scale")
    return list(found.prefetch_related("anchor__level__scale__levels").order_by("position"))


def said_by(session: CalibrationSession, person: Person) -> dict[int, CalibrationLevel]:
    """What one teacher said, by the item's primary key."""
    found = CalibrationLevel.objects.filter(item__session=session, reader=person).select_related("level")
    return {one.item_id: one for one in found}


@dataclass(frozen=True)
class Score:
    """How far levels agree with the agreed ones. ``kappa`` is empty under the least number of pairs."""

    who: str
    pairs: int
    exact: int
    adjacent: int
    kappa: str


@dataclass(frozen=True)
class ItemResult:
    """One example once the session is open: its level, mine, and how many said what (hidden of very few)."""

    item: CalibrationItem
    agreed: DrawnLevel
    mine: CalibrationLevel | None
    my_level: DrawnLevel | None
    counts: tuple[tuple[DrawnLevel, int], ...]


@dataclass(frozen=True)
class Result:
    """An open session for one reader. ``group`` is None and the counts are empty while too few teachers judged."""

    items: tuple[ItemResult, ...]
    readers: int
    mine: Score | None
    group: Score | None
    rubrics: tuple[Score, ...]
    people: tuple[Score, ...]
    comments: tuple[tuple[str, str], ...]


def result_of(session: CalibrationSession, person: Person, *, runs: bool) -> Result:
    """Own figures and the group's; each teacher's, with their words, for who runs it alone."""
    items = items_of(session)
    levels = list(
        CalibrationLevel.objects.filter(item__session=session).select_related("level", "reader", "item__anchor__level")
    )
    readers = {one.reader_id: str(one.reader) for one in levels}
    enough = len(readers) >= LEAST_READERS or runs
    of_standard = {item.pk: str(item.anchor.standard.code or item.anchor.title) for item in items}
    return Result(
        items=tuple(_item(item, levels, person, enough=enough) for item in items),
        readers=len(readers),
        mine=_score("", [one for one in levels if one.reader_id == person.pk]),
        group=_score("", levels) if enough else None,
        rubrics=tuple(
            score
            for name in dict.fromkeys(of_standard.values())
            if enough and (score := _score(name, [one for one in levels if of_standard[one.item_id] == name]))
        ),
        people=tuple(
            score
            for pk, name in sorted(readers.items(), key=lambda pair: pair[1])
            if runs and (score := _score(name, [one for one in levels if one.reader_id == pk]))
        ),
        comments=tuple((str(one.reader), one.comment) for one in levels if runs and one.comment),
    )


def _item(item: CalibrationItem, levels: list[CalibrationLevel], person: Person, *, enough: bool) -> ItemResult:
    marks = drawn_levels(item.anchor.level.scale.levels.all())
    of_item = [one for one in levels if one.item_id == item.pk]
    mine = next((one for one in of_item if one.reader_id == person.pk), None)
    counted = Counter(one.level_id for one in of_item) if enough else Counter[int]()
    return ItemResult(
        item,
        level_of(item.anchor),
        mine,
        marks[mine.level_id] if mine else None,
        tuple((mark, counted[pk]) for pk, mark in marks.items() if counted[pk]),
    )


def _score(who: str, levels: list[CalibrationLevel]) -> Score | None:
    if not levels:
        return None
    return Score(who, *of_pairs((one.item.anchor.level.position, one.level.position) for one in levels))


def readers_of(session: CalibrationSession) -> set[int]:
    """Who has judged something, by primary key."""
    return set(CalibrationLevel.objects.filter(item__session=session).values_list("reader", flat=True))

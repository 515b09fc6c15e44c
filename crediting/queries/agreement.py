"""How far second readings agree, by rubric and department. No student and no reader is named."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from crediting.models import Reading, ReadingLevel
from crediting.rules.agreement import Agreement, Pair, Part, TooFew, agreement, interval, sayable
from crediting.rules.moderation import LEAST_PAIRS, LEAST_READERS
from crediting.states import ReadingKind, ReadingState
from mbl.core import clock
from mbl.core.models import District


@dataclass(frozen=True)
class AgreementRow:
    """One rubric in one department (empty: in all of them). ``found`` is hidden where it would speak of few people."""

    rubric: str
    subject: str
    pairs: int
    found: Agreement | TooFew
    between: tuple[float, float] | None = None


@dataclass(frozen=True)
class Period:
    first: dt.date
    last: dt.date


def this_year(district: District) -> Period:
    """From the first day of the school year to today."""
    today = clock.today(district)
    return Period(dt.date(clock.school_year(today) - 1, 7, 1), today)


@dataclass(frozen=True)
class Paired:
    """Two places given to one work, and the people of whom they speak."""

    places: Pair
    people: frozenset[int]


def agreement_rows(readings: QuerySet[Reading], period: Period, district: District) -> list[AgreementRow]:
    """Every rubric, first in all departments and then in each, in one trip."""
    found = ReadingLevel.objects.filter(
        reading__in=readings.filter(kind=ReadingKind.SECOND, state=ReadingState.GIVEN)
        .filter(
            Q(request__district=district) | Q(class_work__district=district),
            closed_at__gte=_begins(period.first, district),
            closed_at__lt=_begins(period.last + dt.timedelta(days=1), district),
        )
        .order_by()
        .values("pk")
    ).values_list(
        "level__scale__name",
        "level__scale__version",
        Coalesce(
            "reading__request__course__terms__subject", "reading__class_work__task__section__course__terms__subject"
        ),
        Coalesce("of_request__level__position", "of_class__level__position"),
        "level__position",
        Coalesce("of_request__assessor", "of_class__assessor"),
        "reading__reader",
    )
    grouped: defaultdict[tuple[str, str], list[Paired]] = defaultdict(list)
    for name, version, subject, first, second, *readers in found:
        rubric = name if version == 1 else f"{name} {version}"
        pair = Paired((first, second), frozenset(readers))
        grouped[rubric, ""].append(pair)
        grouped[rubric, subject].append(pair)
    return [_row(rubric, subject, pairs) for (rubric, subject), pairs in sorted(grouped.items())]


def _begins(day: dt.date, district: District) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, ZoneInfo(district.timezone))


def part_of(pairs: Sequence[Paired]) -> Part:
    return Part(tuple(pair.places for pair in pairs), frozenset().union(*(pair.people for pair in pairs)))


def _row(rubric: str, subject: str, pairs: Sequence[Paired]) -> AgreementRow:
    part = part_of(pairs)
    (is_shown,) = sayable([part], least_pairs=LEAST_PAIRS, least_people=LEAST_READERS)
    found = agreement(part.pairs, least=LEAST_PAIRS) if is_shown else TooFew(LEAST_PAIRS)
    between = interval(part.pairs) if isinstance(found, Agreement) else None
    return AgreementRow(rubric, subject, len(part.pairs), found, between)


def numbers(found: Agreement | TooFew, between: tuple[float, float] | None) -> tuple[str, str, str, str]:
    """Exact and adjacent in percent, kappa and its interval, as people and files read them; empty where hidden."""
    if isinstance(found, TooFew):
        return "", "", "", ""
    kappa = f"{float(found.kappa):.2f}" if found.kappa is not None else ""
    span = f"{between[0]:.2f}–{between[1]:.2f}" if between else ""
    return f"{float(found.exact):.0%}", f"{float(found.adjacent):.0%}", kappa, span


def of_pairs(pairs: Iterable[Pair]) -> tuple[int, int, int, str]:
    """How many pairs, how many exact, how many at most one apart, and kappa where there are enough for one."""
    places = list(pairs)
    found = agreement(places, least=LEAST_PAIRS)
    kappa = f"{float(found.kappa):.2f}" if isinstance(found, Agreement) and found.kappa is not None else ""
    exact = sum(first == second for first, second in places)
    return len(places), exact, sum(abs(first - second) <= 1 for first, second in places), kappa

"""Who is counted in the groups of a replay, and beside which other counts the same reader may hold them."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping

from django.db import connection
from django.db.models import Q

from crediting.models import PolicyReplay
from crediting.rules.replay import Difference
from equity.models import ReplayGroups
from equity.queries.counts import HIGH_SCHOOL, PROGRAMS, RACE, Row, facts_from, year_of
from equity.rules.differencing import Reported
from equity.rules.report import ANY, Fact
from mbl.core.calendar import school_year
from mbl.core.models import District
from profiles.models import ProgramParticipation, RaceEthnicity, Student
from profiles.queries.rollups import rollups_of

GAIN, LOSE = "gain", "lose"
COUNTED = "counted"
MEASURES: Mapping[str, frozenset[Difference]] = {
    GAIN: frozenset({Difference.NEWLY, Difference.MORE}),
    LOSE: frozenset({Difference.NO_LONGER, Difference.LESS}),
}
# The whole district as one school: a replay has no tables of single schools.
ALL_SCHOOLS = "*"
NOTHING_SAID: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

# Whom the equity report of a year counts, and who received in which subject.
REPORTED = """
SELECT e.student_id, e.school_id, (
    SELECT array_agg(DISTINCT l.subject) FROM crediting_ledgerentry l
    WHERE l.student_id = e.student_id AND l.district_id = %(district)s AND l.kind = 'mastery' AND l.credits_earned > 0
      AND l.earned_on BETWEEN %(first)s AND %(last)s
      AND NOT EXISTS (SELECT 1 FROM crediting_ledgerentry r WHERE r.reverses_id = l.id)
)
FROM (
    SELECT DISTINCT ON (student_id) student_id, school_id FROM profiles_schoolenrollment
    WHERE district_id = %(district)s AND grade = ANY(%(grades)s)
      AND starts_on <= %(last)s AND (ends_on IS NULL OR ends_on >= %(first)s)
    ORDER BY student_id, starts_on DESC, id DESC
) e
"""


def sets_of(replay: PolicyReplay) -> dict[str, frozenset[int]]:
    """Whose decisions were replayed, and who of them would gain and lose, whatever else changes for them."""
    found: dict[str, set[int]] = {measure: set() for measure in MEASURES}
    for student, change in replay.rows.order_by().values_list("decision__student_id", "change"):
        for measure, changes in MEASURES.items():
            if change in changes:
                found[measure].add(student)
    return {COUNTED: frozenset(replay.students)} | {name: frozenset(some) for name, some in found.items()}


def shown_before(district: District, first: dt.date, last: dt.date) -> list[ReplayGroups]:
    """Group tables that share days with this period: the same decisions may be in them."""
    return list(ReplayGroups.objects.filter(~Q(tables={}), district=district, first_day__lte=last, last_day__gte=first))


def reported_sets(district: District, first: dt.date, last: dt.date) -> Reported:
    """Whom the equity reports of these years count, today's or a later one's: students and those who received, in the
    district, by school and by subject."""
    everywhere: list[frozenset[int]] = []
    single: list[frozenset[int]] = []
    for year in range(school_year(first), school_year(last) + 1):
        sets: dict[tuple[str, object], set[int]] = defaultdict(set)
        began, ended = year_of(year)
        with connection.cursor() as cursor:
            cursor.execute(REPORTED, {"district": district.pk, "grades": HIGH_SCHOOL, "first": began, "last": ended})
            for student, school, subjects in cursor.fetchall():
                sets["students", ANY].add(student)
                sets["students", school].add(student)
                for subject in subjects or ():
                    sets["received", ANY].add(student)
                    sets["received at", school].add(student)
                    sets["received in", subject].add(student)
        for (_what, where), students in sets.items():
            (everywhere if where == ANY else single).append(frozenset(students))
    return Reported(everywhere, single)


def facts_of_groups(
    district: District,
    rollup_version: str,
    *,
    counted: Collection[int],
    changed: Collection[int],
    first: dt.date,
    last: dt.date,
) -> list[Fact]:
    """Raw counts of ``counted`` students and of those ``changed``, by partition and group. Three trips."""
    said = {
        pk: (tuple(ethnicity), tuple(races))
        for pk, ethnicity, races in RaceEthnicity.objects.filter(student__in=counted).values_list(
            "student_id", "ethnicity_codes", "race_codes"
        )
    }
    rows: Counter[tuple[str, tuple[tuple[str, ...], tuple[str, ...]], str, bool]] = Counter()
    for pk, gender in Student.objects.filter(pk__in=counted).order_by().values_list("pk", "person__gender"):
        rows[RACE, said.get(pk, NOTHING_SAID), gender, pk in changed] += 1
    taking_part = ProgramParticipation.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=first),
        student__in=counted,
        program__in=[str(program) for program in PROGRAMS],
        starts_on__lte=last,
    )
    for pk, program in taking_part.order_by().values_list("student_id", "program").distinct():
        rows[program, NOTHING_SAID, "", pk in changed] += 1
    in_order: list[Row] = [
        (partition, ALL_SCHOOLS, ethnicity, races, gender, ["changed"] if is_changed else None, number)
        for (partition, (ethnicity, races), gender, is_changed), number in rows.items()
    ]
    return list(facts_from(in_order, rollups_of(district)[rollup_version]))

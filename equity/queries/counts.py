"""Counts of who received mastery credit, in one statement, so that awards made meanwhile are in all of them or in none.

Who counts: students enrolled at least one day in grades 9 to 12 in the school year, at the school they attended last in
that year. Who received: an award of mastery credit that stands, earned in the year.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.db import connection

from equity.rules.report import ANY, DISTRICT, Fact
from equity.rules.views import COMBINED, DETAILED, FEDERAL, GENDER, detail
from mbl.core.models import District
from profiles.queries.rollups import rollups_of
from profiles.rules.rollup import Group, RollUp, codes_told, group_of
from profiles.states import Program

HIGH_SCHOOL = ["09", "10", "11", "12"]
# Programs whose own tables would say too much about few students in a public report are left to a later review.
PROGRAMS = tuple(program for program in Program if program not in {Program.INSTITUTIONAL, Program.PE_EXCUSED})
RACE = FEDERAL
IN, OUT, NOT_TOLD = "in", "out", str(Group.NOT_PROVIDED)

# One row for each combination that occurs; ``race`` rows hold raw codes and the gender, the roll-up is done outside.
COUNTS = """
WITH enrolled AS MATERIALIZED (
    SELECT DISTINCT ON (e.student_id) e.student_id, e.school_id, s.person_id
    FROM profiles_schoolenrollment e
    JOIN profiles_student s ON s.id = e.student_id
    WHERE e.district_id = %(district)s AND e.grade = ANY(%(grades)s)
      AND e.starts_on <= %(last)s AND (e.ends_on IS NULL OR e.ends_on >= %(first)s)
    ORDER BY e.student_id, e.starts_on DESC, e.id DESC
), received AS MATERIALIZED (
    SELECT l.student_id, array_agg(DISTINCT l.subject ORDER BY l.subject) AS subjects
    FROM crediting_ledgerentry l
    WHERE l.district_id = %(district)s AND l.kind = 'mastery' AND l.credits_earned > 0
      AND l.earned_on BETWEEN %(first)s AND %(last)s
      AND NOT EXISTS (SELECT 1 FROM crediting_ledgerentry r WHERE r.reverses_id = l.id)
    GROUP BY l.student_id
), took_part AS (
    SELECT DISTINCT p.student_id, p.program
    FROM profiles_programparticipation p
    WHERE p.program = ANY(%(programs)s) AND p.starts_on <= %(last)s AND (p.ends_on IS NULL OR p.ends_on >= %(first)s)
), counted AS (
    SELECT 'race' AS partition, e.school_id, r.ethnicity_codes, r.race_codes, p.gender, g.subjects, count(*) AS students
    FROM enrolled e
    JOIN profiles_person p ON p.id = e.person_id
    LEFT JOIN profiles_raceethnicity r ON r.student_id = e.student_id
    LEFT JOIN received g ON g.student_id = e.student_id
    GROUP BY 2, 3, 4, 5, 6
    UNION ALL
    SELECT p.program, e.school_id, NULL, NULL, NULL, g.subjects, count(*)
    FROM enrolled e
    JOIN took_part p ON p.student_id = e.student_id
    LEFT JOIN received g ON g.student_id = e.student_id
    GROUP BY 1, 2, 6
)
SELECT c.partition, s.code, c.ethnicity_codes, c.race_codes, c.gender, c.subjects, c.students
FROM counted c JOIN profiles_school s ON s.id = c.school_id
"""

Subjects = list[str] | None
Row = tuple[str, str, Sequence[str] | None, Sequence[str] | None, str | None, Subjects, int]


def year_of(school_year: int) -> tuple[dt.date, dt.date]:
    """First and last day of the school year that ends in ``school_year``."""
    return dt.date(school_year - 1, 7, 1), dt.date(school_year, 6, 30)


def count(district: District, school_year: int, rollup_version: str) -> list[Fact]:
    """Raw facts by school, partition and group. Read by ``equity.actions.snapshots`` only."""
    first, last = year_of(school_year)
    with connection.cursor() as cursor:
        cursor.execute(
            COUNTS,
            {
                "district": district.pk,
                "grades": HIGH_SCHOOL,
                "programs": [str(program) for program in PROGRAMS],
                "first": first,
                "last": last,
            },
        )
        rows: list[Row] = cursor.fetchall()
    return list(facts_from(rows, rollups_of(district)[rollup_version]))


def facts_from(rows: Iterable[Row], rollup: RollUp) -> Iterator[Fact]:
    """Facts of every partition from rows of the shape of ``COUNTS``."""
    students: dict[tuple[str, str, str], int] = defaultdict(int)
    recipients: dict[tuple[str, str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    # Families give few different answers: each is rolled up once.
    said: dict[tuple[str | None, ...], tuple[Group, list[tuple[str, str, str]]]] = {}
    whole: dict[str, int] = defaultdict(int)
    whole_recipients: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def add(place: tuple[str, str, str], subjects: Subjects, number: int) -> None:
        students[place] += number
        for subject in _any_and_each(subjects):
            recipients[place][subject] += number

    for partition, school, ethnicity, races, gender, subjects, number in rows:
        if partition == RACE:
            answer = (*(ethnicity or ()), None, *(races or ()))
            if answer not in said:
                said[answer] = _said(rollup, ethnicity or (), races or ())
            federal, views = said[answer]
            add((school, RACE, federal), subjects, number)
            add((school, GENDER, gender or NOT_TOLD), subjects, number)
            for view in views:
                add(view, subjects, number)
            whole[school] += number
            for subject in _any_and_each(subjects):
                whole_recipients[school][subject] += number
        else:
            add((school, partition, IN), subjects, number)
    for school, everyone in whole.items():
        for program in PROGRAMS:
            inside = (school, str(program), IN)
            students[school, str(program), OUT] = everyone - students[inside]
            for subject, number in whole_recipients[school].items():
                recipients[school, str(program), OUT][subject] = number - recipients[inside][subject]
    for (school, partition, group), number in sorted(students.items()):
        received = recipients[school, partition, group]
        yield Fact(school, partition, group, number, {subject: received[subject] for subject in sorted(received)})


def _said(rollup: RollUp, ethnicity: Sequence[str], races: Sequence[str]) -> tuple[Group, list[tuple[str, str, str]]]:
    """The federal group of one answer, and the district's rows of the further views that it counts in."""
    told = codes_told(rollup, ethnicity, races)
    combined = [(DISTRICT, COMBINED, str(one)) for one in set(told.values()) or {Group.NOT_PROVIDED}]
    return group_of(rollup, ethnicity, races), combined + [
        (DISTRICT, DETAILED, detail(one, code)) for code, one in told.items()
    ]


def _any_and_each(subjects: Subjects) -> list[str]:
    return [ANY, *subjects] if subjects else []

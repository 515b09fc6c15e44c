"""Who reached which aim for experiences: raw facts by place and group, read in one statement, decided by the rule."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db import connection

from equity.models import EquitySnapshot, Participation
from equity.queries.counts import HIGH_SCHOOL, PROGRAMS, RACE, Row, facts_from, year_of
from equity.rules.participation import place_of, places
from equity.rules.report import Fact
from equity.rules.views import VIEWS
from hsbp.models import ExperienceTarget
from hsbp.queries.experiences import target_rule, targets_in_force
from hsbp.rules.experiences import Entry, Target, held_to, reached_by
from hsbp.states import ExperienceState
from mbl.core.models import District
from profiles.queries.rollups import rollups_of

# Whom the equity report counts, with their grade and the confirmed experiences of the year.
STUDENTS = """
SELECT e.student_id, e.grade, c.code, r.ethnicity_codes, r.race_codes, p.gender,
    ARRAY(
        SELECT DISTINCT t.program FROM profiles_programparticipation t
        WHERE t.student_id = e.student_id AND t.program = ANY(%(programs)s)
          AND t.starts_on <= %(last)s AND (t.ends_on IS NULL OR t.ends_on >= %(first)s)
    ),
    ARRAY(
        SELECT k.code || ' ' || x.hours || ' ' || x.ends_on FROM hsbp_experience x
        JOIN hsbp_experiencekind k ON k.id = x.kind_id
        WHERE x.student_id = e.student_id AND x.state = 'confirmed' AND x.ends_on BETWEEN %(first)s AND %(last)s
    )
FROM (
    SELECT DISTINCT ON (e.student_id) e.student_id, e.school_id, e.grade, s.person_id
    FROM profiles_schoolenrollment e
    JOIN profiles_student s ON s.id = e.student_id
    WHERE e.district_id = %(district)s AND e.grade = ANY(%(grades)s)
      AND e.starts_on <= %(last)s AND (e.ends_on IS NULL OR e.ends_on >= %(first)s)
    ORDER BY e.student_id, e.starts_on DESC, e.id DESC
) e
JOIN profiles_person p ON p.id = e.person_id
JOIN profiles_school c ON c.id = e.school_id
LEFT JOIN profiles_raceethnicity r ON r.student_id = e.student_id
"""


@dataclass
class TookPart:
    """Raw counts of a school year: facts by place with kinds in place of subjects, and who was counted and reached.

    ``aims`` are by place and kind, ``reached`` likewise; ``within`` names the school that a place is a part of.
    """

    facts: list[Fact] = field(default_factory=list)
    aims: Mapping[tuple[str, str], ExperienceTarget] = field(default_factory=dict)
    within: Mapping[str, str] = field(default_factory=dict)
    counted: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    reached: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))


def took_part(district: District, school_year: int, rollup_version: str) -> TookPart:
    """Read by ``equity.actions.participation`` only. Two trips; one where the year has no aim."""
    found = list(targets_in_force(district, school_year))
    if not found:
        return TookPart()
    rules = {target_rule(one, one.school.code if one.school else ""): one for one in found}
    own = {rule.school for rule in rules} - {""}
    held = {
        place: held_to(rules, grade=grade, school=school) for place, (grade, school) in places(HIGH_SCHOOL, own).items()
    }
    answer = TookPart(
        aims={(place, rule.kind): rules[rule] for place, some in held.items() for rule in some},
        within={place: school for place, (_grade, school) in places(HIGH_SCHOOL, own).items() if school},
    )
    rows = list(_rows(district, school_year, own, held, answer))
    facts = facts_from(rows, rollups_of(district)[rollup_version])
    # Nobody who reached an aim is a count too. The views in which groups overlap are of the whole district only.
    nobody = dict.fromkeys(sorted(rule.kind for rule in rules), 0)
    answer.facts = [
        replace(fact, recipients=nobody | dict(fact.recipients)) for fact in facts if fact.partition not in VIEWS
    ]
    return answer


def _rows(
    district: District, school_year: int, own: set[str], held: Mapping[str, Sequence[Target]], answer: TookPart
) -> Iterator[Row]:
    first, last = year_of(school_year)
    with connection.cursor() as cursor:
        cursor.execute(
            STUDENTS,
            {
                "district": district.pk,
                "grades": HIGH_SCHOOL,
                "programs": [str(program) for program in PROGRAMS],
                "first": first,
                "last": last,
            },
        )
        for student, grade, school, ethnicity, races, gender, programs, told in cursor.fetchall():
            place = place_of(grade, school, own)
            entries = [_entry(number, text) for number, text in enumerate(told)]
            kinds = [rule.kind for rule in held[place] if reached_by(rule, entries, school_year)]
            answer.counted[place].add(student)
            for kind in kinds:
                answer.reached[place, kind].add(student)
            yield RACE, place, ethnicity, races, gender, kinds or None, 1
            for program in programs:
                yield program, place, None, None, None, kinds or None, 1


def _entry(number: int, told: str) -> Entry:
    kind, hours, day = told.split(" ")
    return Entry(str(number), kind, Decimal(hours), dt.date.fromisoformat(day), ExperienceState.CONFIRMED)


def shown_before(district: District, school_year: int) -> list[Participation]:
    """Aims of the year whose groups an earlier snapshot shows, the newest first."""
    earlier = Participation.objects.filter(snapshot__district=district, snapshot__school_year=school_year)
    return list(earlier.exclude(tables={}).select_related("snapshot").order_by("-snapshot_id", "pk"))


def participation_of(snapshot: EquitySnapshot) -> list[Participation]:
    """The aims of a snapshot by grade, without the students behind them."""
    return list(Participation.objects.filter(snapshot=snapshot).defer("reached").order_by("grade", "school", "pk"))

"""``report.equity``: counting, hiding and storing a year's report of 50,000 students, against one SQL pass by hand."""

from __future__ import annotations

from django.db import connection, transaction

from bench import ground
from bench.measuring import Measurement, interleaved
from equity.actions.snapshots import take_snapshot
from mbl.core import clock
from mbl.core.models import District

NAME = "report.equity"
GOAL = 3.0

# What somebody would type for the counts alone: each group and program with its recipients, nothing hidden.
BY_HAND = """
SELECT coalesce(p.program, array_to_string(r.ethnicity_codes || r.race_codes, '/')) AS grp, e.school_id,
       count(DISTINCT e.student_id) AS students,
       count(DISTINCT l.student_id) AS recipients
FROM profiles_schoolenrollment e
LEFT JOIN profiles_raceethnicity r ON r.student_id = e.student_id
LEFT JOIN profiles_programparticipation p ON p.student_id = e.student_id
     AND p.starts_on <= %(last)s AND (p.ends_on IS NULL OR p.ends_on >= %(first)s)
LEFT JOIN crediting_ledgerentry l ON l.student_id = e.student_id AND l.kind = 'mastery'
     AND l.earned_on BETWEEN %(first)s AND %(last)s
     AND NOT EXISTS (SELECT 1 FROM crediting_ledgerentry v WHERE v.reverses_id = l.id)
WHERE e.district_id = %(district)s AND e.grade IN ('09', '10', '11', '12')
  AND e.starts_on <= %(last)s AND (e.ends_on IS NULL OR e.ends_on >= %(first)s)
GROUP BY GROUPING SETS ((1, 2), (1))
"""


def measure() -> Measurement:
    district = District.objects.get(code=ground.DISTRICT)
    year = clock.school_year(clock.today(district))
    params: dict[str, int | str] = {"district": district.pk, "first": f"{year - 1}-07-01", "last": f"{year}-06-30"}

    def ours() -> None:
        with transaction.atomic():
            take_snapshot(district, year, actor=None)
            transaction.set_rollback(True)

    def by_hand() -> None:
        with connection.cursor() as cursor:
            cursor.execute(BY_HAND, params)
            cursor.fetchall()

    took, reference = interleaved(ours, by_hand, rounds=9, warm=1)
    return Measurement(NAME, took, reference, "ms", GOAL)

"""The order in which a generated district is made."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from mbl.core.models import District
from mbl.demo.generator.bulk import Bulk
from mbl.demo.generator.history import write_history
from mbl.demo.generator.people import write_people
from mbl.demo.generator.requests import write_requests
from mbl.demo.generator.roster import write_roster
from mbl.demo.generator.rules import write_rules
from mbl.demo.generator.shape import Shape
from mbl.demo.moderation import write_examples, write_readings

Say = Callable[[str], None]


def generate(district: District, *, students: int, seed: int, today: dt.date, say: Say) -> None:
    """Save ``district`` and fill it, whole or not at all. ``today`` is the day on which everything looks right."""
    shape = Shape(students, today)
    at = dt.datetime.combine(shape.year.starts_on, dt.time(8), ZoneInfo(district.timezone))
    began = time.monotonic()

    def done(what: str) -> None:
        say(f"{time.monotonic() - began:6.1f} s  {what}")

    with transaction.atomic(), connection.cursor() as cursor:
        district.save()
        bulk = Bulk(cursor, namespace=district.code, seed=seed, at=at)
        people = write_people(bulk, district, shape)
        done(f"{students:,} students and {shape.staff:,} staff in {shape.schools} schools")
        roster = write_roster(bulk, district, shape, people)
        done("catalog, sections and enrollments")
        rows = write_history(bulk, district, shape, people)
        done(f"{rows:,} rows of course history")
        # What follows reads these rows, and nobody has gathered statistics of them for the planner yet.
        cursor.execute("ANALYZE")
        crediting = write_rules(district, shape, people, roster)
        done("standards, policies and the people who decide")
        requests = write_requests(district, shape, people, roster, crediting, seed=seed)
        done(f"{requests:,} credit requests with evidence, judgements and decisions")
        cursor.execute("ANALYZE")
        write_examples(district, seed=seed)
        done(f"{write_readings(district, seed=seed)} second readings, examples and a calibration session")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    done("statistics for the planner")

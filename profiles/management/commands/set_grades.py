"""Set students' grades and graduation years from a CSV (local_id or sourcedId, grade, graduation_year)."""

from __future__ import annotations

from profiles.management.facts import StudentFactsCommand


class Command(StudentFactsCommand):
    help = __doc__
    needs = ("grade",)

"""Set students' state ids from a CSV (local_id or sourcedId, ssid)."""

from __future__ import annotations

from profiles.management.facts import StudentFactsCommand


class Command(StudentFactsCommand):
    help = __doc__
    needs = ("ssid",)

"""State mathematics results come from the testing program, and the system lists the awards that they would earn."""

from __future__ import annotations

import csv
import datetime as dt
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from crediting.actions.award_proposals import look_through
from crediting.interchange.scores import import_scores
from crediting.models import LedgerEntry
from mbl.demo.story.events import Event, event_of
from mbl.demo.story.stage import Stage

COURSES = ("MAT101", "MAT201")
ARRIVED = 9  # days ago
MOST = 8
A_MONTH = dt.timedelta(days=30)
HEADER = ("Student Number", "Assessment", "Subject", "Test Date", "Scale Score", "Achievement Level", "Met Standard")
SCORES = {1: 2510, 2: 2590, 3: 2655, 4: 2730}


class ResultsStory:
    """This fall's file: some who had failed Algebra 1 or Geometry reached level 3."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def events(self) -> Iterator[Event]:
        yield event_of(self.stage, ARRIVED, 20, self._arrive, about="state results")

    def _arrive(self) -> None:
        with tempfile.TemporaryDirectory(prefix="mbl-scores-") as name:
            file = Path(name) / f"state-results-{self._tested_on.year}.csv"
            with file.open("w", newline="", encoding="utf-8") as out:
                rows = csv.writer(out)
                rows.writerow(HEADER)
                rows.writerows(self._rows())
            import_scores(file, district=self.stage.district, actor=self.stage.administrator)
        look_through(self.stage.district)

    @property
    def _tested_on(self) -> dt.date:
        """The fall's retake, a while before the file arrives."""
        return min(self.stage.world.year.first_half_test_on, self.stage.today - A_MONTH)

    def _rows(self) -> Iterator[tuple[str, ...]]:
        chance = random.Random("state results")  # noqa: S311  (a story, no secret)
        failed = LedgerEntry.objects.filter(
            district=self.stage.district, course_code__in=COURSES, mark="F", earned_on__lt=self._tested_on
        )
        persons = set(failed.values_list("student__person", flat=True))
        others = [one for one in self.stage.world.learners if one.part is None]
        for learner in [one for one in others if self.stage.person(one.id).pk in persons][:MOST]:
            level = chance.choice((1, 2, 3, 3, 4))
            met = "Yes" if level >= 3 else "No"
            yield learner.id, "SBAC", "Math", str(self._tested_on), str(SCORES[level]), f"Level {level}", met

"""A second teacher reads work of a class: what was drawn from colleagues' classes, some read already, some to read."""

from __future__ import annotations

import random
from collections.abc import Iterator

from crediting.access import may_give
from crediting.actions.readings import hand_back, place_work
from crediting.models import ClassWork, Reading
from crediting.states import ReadingState
from mbl.demo.moderation import give_as_the_first
from mbl.demo.story.events import Event, event_of
from mbl.demo.story.stage import Stage

# Whoever signs in as the teacher finds so many to read; colleagues have read every other one of theirs.
LEFT = 2
KNOWS = "This student has asked me to judge a request since, and beside it I saw what was judged in class."
PLACES = (
    "Blue folder in room 214, second shelf, in the order of names.",
    "The pile “Unit report” on the table of the staff room. No marks are on the sheets.",
    "Photos of the posters are on the school’s drive under Geometry, Posters.",
)


class ReadingsStory:
    """Teachers say where drawn work is; most of it is read within the week."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def events(self) -> Iterator[Event]:
        yield event_of(self.stage, 2, 60, self._place, about="where drawn work is")
        yield event_of(self.stage, 1, 60, self._read, about="second readings of classes")

    def _place(self) -> None:
        works = ClassWork.objects.filter(district=self.stage.district, readings__state=ReadingState.WAITING)
        for number, work in enumerate(works.select_related("assessor__user").order_by("pk")):
            # Somebody always forgets at first.
            if work.assessor.user is not None and number % 5 != 4:
                place_work(work, place=PLACES[number % len(PLACES)], actor=work.assessor.user)

    def _read(self) -> None:
        persona = [person.id for person in self.stage.cast_staff if person.sign_in == "teacher"]
        mine = {self.stage.person(one).pk for one in persona}
        waiting = Reading.objects.filter(class_work__district=self.stage.district, state=ReadingState.WAITING)
        chance = random.Random("second readings of classes")  # noqa: S311  (nothing secret)
        left = 0
        for number, reading in enumerate(waiting.select_related("reader__user").order_by("-pk")):
            if reading.reader is None or reading.reader.user is None:
                continue
            if not may_give(reading.reader.user, reading):
                # Asked by the student to judge a request since the lot fell.
                hand_back(reading, reason=KNOWS, actor=reading.reader.user)
            elif reading.reader_id in mine and left < LEFT:
                left += 1
            elif reading.reader_id in mine or number % 2:
                give_as_the_first(reading, chance)

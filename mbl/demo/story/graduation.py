"""The district's own graduation standards, and what of mathematics, English and science leads to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from crediting.actions.graduation import change_links, set_graduation_standards
from crediting.actions.local_standards import add_standard, write_framework
from crediting.models import CourseStandard, Standard
from crediting.states import SubjectArea
from mbl.core import clock
from mbl.demo.story.events import Event, event_of
from mbl.demo.story.stage import Stage

TITLE = "What our graduates can do"
BOARD_DAY = dt.date(2025, 6, 9)
MATH = "CCSS.Math.Content."
HABITS = ("GS7", "Works with care, keeps going and helps others do so.")


@dataclass(frozen=True)
class Academic:
    """A graduation standard, and how the codes of the targets begin that lead to it."""

    code: str
    statement: str
    targets: tuple[str, ...]


ACADEMIC = (
    Academic(
        "GS1",
        "Reasons with evidence and says how sure the conclusion is.",
        (f"{MATH}HSG-CO.C", f"{MATH}HSA-REI.A", "W.9-10.1"),
    ),
    Academic("GS2", "Reads closely and weighs where a source stands.", ("RL.9-10.1", "RI.9-10.6", "RI.9-10.8")),
    Academic("GS3", "Makes oneself understood, in writing and aloud.", ("W.9-10.2", "W.9-10.4", "SL.9-10")),
    Academic("GS4", "Describes the world with mathematics.", (f"{MATH}HSA-CED", f"{MATH}HSG-CO.A", f"{MATH}HSG-MG")),
    Academic("GS5", "Investigates how nature works.", ("HS-LS2", "HS-ESS3")),
    Academic("GS6", "Takes part in public life and knows its past.", ("C1", "C2", "C4", "H2", "H3")),
)


class GraduationStory:
    """A framework that the board adopted, in force since before the fall's first task."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def events(self) -> Iterator[Event]:
        yield event_of(self.stage, 62, 0, self._set, about="graduation standards")

    def _set(self) -> None:
        district, actor = self.stage.district, self.stage.administrator
        assert actor is not None
        today = clock.today(district)
        framework = write_framework(
            district,
            title=TITLE,
            adopted_by="Cedar Falls Board of Directors",
            adopted_on=BOARD_DAY,
            subjects=[SubjectArea.ELECTIVE],
            starts_on=today,
            actor=actor,
        )
        made = {one: add_standard(framework, code=one.code, statement=one.statement, actor=actor) for one in ACADEMIC}
        code, statement = HABITS
        habits = add_standard(framework, code=code, statement=statement, actor=actor)
        set_graduation_standards(framework, starts_on=today, habits=habits, actor=actor)
        rows = CourseStandard.objects.filter(course__district=district)
        taught = Standard.objects.filter(pk__in=rows.values("standard"))
        for one, standard in made.items():
            begins = reduce(or_, (Q(code__startswith=start) for start in one.targets))
            change_links(standard, add=list(taught.filter(begins)), actor=actor)

"""A district's graduation standards: three academic ones and one for habits of work."""

from __future__ import annotations

from dataclasses import dataclass

from crediting.actions.graduation import set_graduation_standards
from crediting.actions.local_standards import add_standard, write_framework
from crediting.models import Framework, Standard
from crediting.states import SubjectArea
from mbl.core import clock
from mbl.core.models import District, User
from tests.factories.profiles import LONG_AGO

TITLES = ("Reasons with evidence", "Communicates", "Takes part in public life")


@dataclass(frozen=True)
class Graduation:
    framework: Framework
    academic: list[Standard]
    habits: Standard


def make_graduation(
    district: District, actor: User, *, title: str = "Graduation standards", more: int = 0
) -> Graduation:
    """Written and in force from today; ``more`` academic standards besides the three."""
    framework = write_framework(
        district,
        title=title,
        adopted_by="School board",
        adopted_on=LONG_AGO,
        subjects=[SubjectArea.ELECTIVE],
        starts_on=LONG_AGO,
        actor=actor,
    )
    said = [*TITLES, *(f"Shows ability {number}" for number in range(more)), "Works with care"]
    pks = [
        add_standard(framework, code=f"GS{number}", statement=words, actor=actor).pk
        for number, words in enumerate(said, start=1)
    ]
    *academic, habits = Standard.objects.filter(pk__in=pks).order_by("pk")
    set_graduation_standards(framework, starts_on=clock.today(district), habits=habits, actor=actor)
    return Graduation(framework, academic, habits)

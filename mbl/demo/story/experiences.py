"""Experiences outside the classroom: the district's aims, a speaker for a grade, job shadows, and one that waits."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from hsbp.actions.experience_settings import begin_kinds, set_target
from hsbp.actions.experiences import confirm_experience, log_experience, record_experience
from hsbp.models import ExperienceKind
from hsbp.rules.experiences import Aim, Told
from mbl.demo.story.events import Event, event_of
from mbl.demo.story.stage import Stage
from mbl.demo.story.telling import school_day

# Kind, grades, how many, of how many hours each, and the share of the students who should reach it.
AIMS = (
    ("speaker", ("09", "10"), 1, "1.0", None),
    ("informational-interview", ("10",), 1, "0.5", None),
    ("job-shadow", ("11",), 2, "2.0", "0.80"),
    ("internship", ("12",), 1, "20.0", "0.80"),
)
# Kind, grade, days ago, hours, where, and the part of the grade that was there.
TOGETHER = (
    ("speaker", 9, 40, "1.0", "Cedar Falls Fire Department", 0.95),
    ("speaker", 10, 39, "1.0", "Cedar Falls Fire Department", 0.85),
    ("job-shadow", 11, 33, "2.5", "Valley Medical Clinic and nine other places", 0.75),
    ("job-shadow", 11, 19, "2.0", "Mill Creek Timber and seven other places", 0.6),
    ("internship", 12, 12, "24.0", "Places named in the internship fair’s list", 0.45),
)


class ExperiencesStory:
    """Told of the first district; ``maya`` logs two of her own, and one of them waits for her counselor."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def events(self) -> Iterator[Event]:
        yield event_of(self.stage, 60, 10, self._aim, about="aims for experiences")
        for kind, grade, days, hours, where, part in TOGETHER:
            act = partial(self._record, kind, grade, days, hours, where, part)
            yield event_of(self.stage, days, 300, act, about=f"{kind} of grade {grade}")
        yield event_of(self.stage, 16, 20, self._log_and_confirm, about="a job shadow of maya")
        yield event_of(self.stage, 2, 20, self._log, about="an interview of maya")

    def _kind(self, code: str) -> ExperienceKind:
        return ExperienceKind.objects.select_related("district").get(district=self.stage.district, code=code)

    def _aim(self) -> None:
        administrator = self.stage.administrator
        assert administrator is not None
        begin_kinds(self.stage.district, actor=administrator)
        for kind, grades, count, hours, share in AIMS:
            set_target(
                self.stage.district,
                self._kind(kind),
                Aim(count, Decimal(hours), Decimal(share) if share else None),
                grades=grades,
                first_year=self.stage.world.school_year,
                actor=administrator,
            )

    def _told(self, days: int, hours: str, where: str, **words: str) -> Told:
        day = school_day(self.stage.today, days)
        return Told(day, day, Decimal(hours), organization=where, **words)

    def _record(self, kind: str, grade: int, days: int, hours: str, where: str, part: float) -> None:
        """Each counselor for the students of their caseload who were there."""
        chance = random.Random(f"{kind} {grade} {days}")  # noqa: S311  (nothing secret)
        there: dict[str, list[str]] = {}
        for learner in self.stage.world.learners:
            counselor = self.stage.counselor_of(learner) if learner.grade == grade else ""
            if counselor and chance.random() < part:
                there.setdefault(counselor, []).append(learner.id)
        for counselor, learners in there.items():
            record_experience(
                [self.stage.student(one) for one in learners],
                self._kind(kind),
                self._told(days, hours, where),
                posting=uuid.uuid4(),
                actor=self.stage.user(counselor),
            )

    def _log_and_confirm(self) -> None:
        told = self._told(
            17,
            "3.0",
            "Skagit Bridge Works",
            contact="Ana Ruiz, inspector",
            done="I went under the Mill Street bridge with her and wrote down what she measured.",
            reflection="She reads a crack like I read a sentence. I asked how to learn that; first statics, she said.",
        )
        entry = log_experience(
            self.stage.student("maya"),
            self._kind("job-shadow"),
            told,
            posting=uuid.uuid4(),
            send=True,
            actor=self.stage.user("maya"),
        )
        confirm_experience(entry, edition=entry.edition, actor=self.stage.user("nair"))

    def _log(self) -> None:
        told = self._told(
            3,
            "0.5",
            "City of Cedar Falls, Public Works",
            contact="Jo Lind, engineer for sidewalks and ramps",
            done="Half an hour by phone about what a step costs.",
            reflection="Nobody plans the step. It is what is left when everything else is planned.",
        )
        log_experience(
            self.stage.student("maya"),
            self._kind("informational-interview"),
            told,
            posting=uuid.uuid4(),
            send=True,
            actor=self.stage.user("maya"),
        )

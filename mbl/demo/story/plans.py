"""Tells High School and Beyond Plans: written, sent, reviewed, signed, as ``plans.yaml`` says."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import yaml

from hsbp.actions.conversation import ask_family
from hsbp.actions.family import sign_plan
from hsbp.actions.plans import save_section
from hsbp.actions.reviews import approve_plan, return_plan
from hsbp.actions.sending import send_plan
from hsbp.models import Plan, PlanRevision
from hsbp.rules.content import Section
from mbl.core.models import User
from mbl.demo.story.cast import DATA
from mbl.demo.story.events import Event, event_of
from mbl.demo.story.stage import Stage
from mbl.demo.story.telling import school_day
from mbl.demo.story.world import Learner, schedule_of

# What further students have done with their plans, and how many of them.
FURTHER = {"waiting": 20, "approved": 24, "returned": 4, "again": 5, "written": 8}


@dataclass
class PlanStory:
    """One student's plan; ``steps`` as in ``plans.yaml``."""

    stage: Stage
    student: str
    steps: list[Mapping[str, Any]]

    def events(self) -> Iterator[Event]:
        for number, step in enumerate(self.steps):
            days = int(next(iter(step.values())))
            yield event_of(self.stage, days, 9 * number, partial(self._take, step), about=f"plan of {self.student}")

    def _take(self, step: Mapping[str, Any]) -> None:
        student = self.stage.student(self.student)
        verb = next(iter(step))
        match verb:
            case "write":
                for name in Section:
                    if name.value in step:
                        part = self._part(name, step[name.value])
                        save_section(student, name, part, edition=self._edition, actor=self._author)
            case "send":
                send_plan(student, actor=self._author, answer=step.get("answer", ""))
            case "approve":
                approve_plan(self._latest, comment=step["comment"], actor=self.stage.user(step["by"]))
            case "return":
                return_plan(self._latest, comment=step["comment"], actor=self.stage.user(step["by"]))
            case "ask family":
                ask_family(student, body=step["body"], actor=self.stage.user(step["by"]))
            case "sign":
                signer = self.stage.user(step["by"])
                sign_plan(self._latest, typed_name=str(signer), language=signer.language or "en", actor=signer)
            case _:
                raise ValueError(f"Nobody knows how to {verb} a plan.")

    def _part(self, section: Section, written: Any) -> object:
        """The section as a form would post it."""
        if section == Section.COURSES:
            return {
                f"{grade:02d}": [
                    {"code": code, "title": self.stage.world.courses[code].title}
                    for codes in schedule_of(grade, self._learner.track)
                    for code in codes.split("+")
                ]
                for grade in range(9, 13)
            }
        if section == Section.AID:
            return {item: str(school_day(self.stage.today, days)) for item, days in written.items()}
        if section == Section.INTERESTS and written.get("inventory_on"):
            return written | {"inventory_on": str(self._in_grade_8)}
        return written

    @property
    def _in_grade_8(self) -> dt.date:
        return dt.date(self.stage.world.school_year - (self._learner.grade - 8), 3, 12)

    @property
    def _learner(self) -> Learner:
        return self.stage.learner(self.student)

    @property
    def _author(self) -> User:
        return self.stage.user(self.student)

    @property
    def _plan(self) -> Plan | None:
        return Plan.objects.filter(student=self.stage.student(self.student)).first()

    @property
    def _edition(self) -> int:
        return self._plan.edition if self._plan else 1

    @property
    def _latest(self) -> PlanRevision:
        return PlanRevision.objects.filter(plan=self._plan).order_by("-number")[0]


def stories(stage: Stage) -> Iterator[PlanStory]:
    """The plans that are written out, and further ones for the counselors' lists."""
    told = yaml.safe_load((DATA / "plans.yaml").read_text(encoding="utf-8"))
    here = {student.id for student in stage.cast_students}
    for one in told["plans"]:
        if one["student"] in here:
            yield PlanStory(stage, one["student"], one["steps"])
    if any(one["student"] in here for one in told["plans"]):
        yield from _further(stage, told)


def _further(stage: Stage, told: dict[str, Any]) -> Iterator[PlanStory]:
    chance = random.Random(f"plans {stage.world.school_year}")  # noqa: S311  (nothing secret)
    # Those who attended last year could have a plan from then.
    able = [learner for learner in stage.world.learners if learner.part is None and learner.grade >= 10]
    chosen = iter(chance.sample(able, sum(FURTHER.values())))
    for outcome, count in FURTHER.items():
        for _ in range(count):
            learner = next(chosen)
            yield PlanStory(stage, learner.id, list(_steps(stage, learner, outcome, told, chance)))


def _steps(
    stage: Stage, learner: Learner, outcome: str, told: dict[str, Any], chance: random.Random
) -> Iterator[dict[str, Any]]:
    words = chance.choice(told["further"])
    goals = {name: words[name] for name in ("after_high_school", "career", "education")}
    content = {
        "goals": goals,
        "interests": {
            "text": words["interests"],
            "inventory": "Career interest inventory, grade 8",
            "inventory_on": "grade 8",
        },
        "courses": "planned",
    }
    if words["pathway"]:
        content["pathway"] = {"options": [words["pathway"]], "reason": "It fits what I want to do after school."}
    counselor = stage.counselor_of(learner)
    answers = told["answers"]
    last_year = chance.randrange(300, 400)
    this_fall = chance.randrange(3, 24)
    if outcome in {"waiting", "approved", "again"}:
        yield {"write": last_year, **content}
        yield {"send": last_year - 1}
        yield {"approve": last_year - 9, "by": counselor, "comment": chance.choice(answers["approve"])}
    if outcome == "waiting" and chance.random() < 0.5:
        # Some send last year's plan again as it is: nothing changed.
        yield {"send": this_fall}
    elif outcome == "waiting":
        changed = goals | {"career": f"{goals['career']} Or something close to it.".strip()}
        yield {"write": this_fall + 1, "goals": changed, "mastery": {"intended": [chance.choice(["MAT201", "SCI110"])]}}
        yield {"send": this_fall}
    elif outcome == "again":
        yield {"write": this_fall + 9, "goals": goals | {"education": "I want to look at two places this spring."}}
        yield {"send": this_fall + 8}
        yield {"approve": this_fall, "by": counselor, "comment": chance.choice(answers["approve"])}
    elif outcome == "returned":
        yield {"write": this_fall + 9, **content}
        yield {"send": this_fall + 8}
        yield {"return": this_fall, "by": counselor, "comment": chance.choice(answers["return"])}
    elif outcome == "written":
        yield {"write": this_fall, "goals": goals}

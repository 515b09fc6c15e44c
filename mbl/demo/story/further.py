"""Shorter requests by further students, drawn from ``projects.yaml``, so that lists and reports look like a district's.

Who asks is not spread evenly: some groups of students ask less often, so an equity report has something to show.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import yaml

from mbl.demo.story.cast import DATA
from mbl.demo.story.stage import Stage
from mbl.demo.story.tellers import RequestStory
from mbl.demo.story.world import Learner, schedule_of

# How many of each outcome in the large district.
OUTCOMES = {"awarded": 46, "submitted": 13, "assessed": 5, "returned": 4, "refused": 4, "draft": 3}
# How often students of an origin ask, beside each other.
ASKS = {
    "european": 10,
    "slavic": 8,
    "chinese": 12,
    "vietnamese": 11,
    "south_asian": 12,
    "filipino": 9,
    "latino": 4,
    "native": 4,
    "african_american": 4,
    "east_african": 4,
    "pacific": 4,
    "arabic": 7,
}
# Days ago on which a decided request was sent: through last school year and this fall.
DECIDED = range(25, 380)
ASSESSORS: dict[str, dict[str, tuple[str, ...]]] = {
    "cfhs": {"MAT": ("halvorsen", "maalona"), "ENG": ("whitcomb",), "SCI": ("adeyemi",), "SOC": ("castellano",)},
    "riverbend": {"MAT": ("birdsong",), "ENG": ("joseph",), "SCI": ("birdsong",), "SOC": ("joseph",)},
}
# Grades in which a course may be asked for before or beside taking it.
GRADES = {
    "MAT101": (9,),
    "MAT201": (9, 10),
    "MAT301": (10, 11),
    "ENG101": (9,),
    "ENG201": (9, 10),
    "SCI101": (9,),
    "SCI110": (9, 10, 11, 12),
    "SOC401": (10, 11, 12),
    "SOC402": (11, 12),
}


@cache
def projects() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DATA / "projects.yaml").read_text(encoding="utf-8"))
    return found


def stories(stage: Stage) -> Iterator[RequestStory]:
    """The same requests for the same world."""
    chance = random.Random(f"projects {stage.world.school_year}")  # noqa: S311  (nothing secret)
    shelf = [(course, project) for course in GRADES for project in projects()[course]]
    asked: set[tuple[str, str]] = set()
    for outcome in [name for name, count in OUTCOMES.items() for _ in range(count)]:
        for _ in range(50):
            course, project = chance.choice(shelf)
            learner = _who(stage, course, chance)
            days = _days(outcome, chance)
            if learner is None or (learner.id, course) in asked or not _open_then(course, days, stage):
                continue
            asked.add((learner.id, course))
            yield _story(stage, learner, course, project, outcome, days, chance)
            break


def _who(stage: Stage, course: str, chance: random.Random) -> Learner | None:
    """Somebody in a grade for the course who has not earned it in class before."""
    able = [
        learner
        for learner in stage.world.learners
        if learner.part is None
        and learner.school.id in ASSESSORS
        and learner.grade in GRADES[course]
        and not any(
            course in codes.split("+")
            for grade in range(8, learner.grade)
            for codes in schedule_of(grade, learner.track)
        )
    ]
    return chance.choices(able, weights=[ASKS[learner.origin] for learner in able])[0] if able else None


def _open_then(course: str, days: int, stage: Stage) -> bool:
    """Algebra 2 became eligible with this year's policy."""
    return course != "MAT301" or days < (stage.today - stage.world.year.starts_on).days


def _days(outcome: str, chance: random.Random) -> int:
    """Days ago on which it was sent."""
    spans: dict[str, Sequence[int]] = {
        "submitted": range(1, 19),
        "assessed": range(9, 22),
        "returned": range(8, 30),
        "draft": range(1, 3),
    }
    return chance.choice(spans.get(outcome, DECIDED))


def _story(
    stage: Stage,
    learner: Learner,
    course: str,
    project: dict[str, Any],
    outcome: str,
    days: int,
    chance: random.Random,
) -> RequestStory:
    small_school = learner.school.id == "riverbend"
    assessor: str = chance.choice(ASSESSORS[learner.school.id][course[:3]])
    reasons = projects()["reasons"]
    steps: list[dict[str, Any]] = [] if outcome == "draft" else [{"send": days}]
    low = "developing" if outcome == "refused" else ""
    levels: dict[str, list[str]] = {
        code: [
            low if low and number == 0 else chance.choice(("proficient", "proficient", "extending")),
            project["comments"][number] if number < len(project["comments"]) else "",
        ]
        for number, code in enumerate(project["standards"])
    }
    judged = max(1, days - chance.randrange(3, 9))
    decider = assessor if small_school else "okafor"
    match outcome:
        case "returned":
            steps.append({"return": judged, "reason": chance.choice(reasons["return"])})
        case "assessed":
            steps.append({"judge": judged, "levels": levels})
        case "awarded":
            steps.append({"judge": judged, "levels": levels})
            steps.append({"award": max(1, judged - 4), "by": decider, "reason": chance.choice(reasons["award"])})
        case "refused":
            steps.append({"judge": judged, "levels": levels})
            steps.append({"refuse": max(1, judged - 4), "by": decider, "reason": chance.choice(reasons["refuse"])})
    return RequestStory(
        stage=stage,
        student=learner.id,
        course=course,
        method="LOCAL_ASSESSMENT",
        kind=project["kind"],
        title=project["title"],
        assessor=assessor,
        standards=project["standards"],
        plan="",
        evidence=[
            {
                "kind": "text",
                "title": project["title"],
                "body": project["body"],
                "reflection": project["reflection"],
                "shows": project["standards"],
            }
        ],
        steps=steps,
    )


def authored(stage: Stage) -> Iterator[RequestStory]:
    """The requests of ``stories.yaml`` by students of this district."""
    here = {student.id for student in stage.cast_students}
    for told in yaml.safe_load((DATA / "stories.yaml").read_text(encoding="utf-8")):
        if told["student"] in here:
            yield RequestStory(stage=stage, **told)

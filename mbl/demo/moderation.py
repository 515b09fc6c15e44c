"""Examples of work, a calibration session and second readings, so that their pages have something to show."""

from __future__ import annotations

import datetime as dt
import random

from django.db.models import Count, QuerySet

from crediting.actions.anchors import make_anchor
from crediting.actions.calibration import judge_calibration, set_calibration
from crediting.actions.judgements import JudgedStandard
from crediting.actions.readings import give_reading
from crediting.actions.second_readings import draw_second_reading
from crediting.models import CreditRequest, Reading, RequestStandard, ScaleLevel, Standard
from crediting.queries.calibration import asked
from crediting.queries.levels import usual_levels
from crediting.queries.moderation import looks_of
from crediting.queries.second_readings import standards_to_read
from crediting.states import ReadingState, RequestState, SubjectArea
from mbl.core import clock
from mbl.core.models import District, User
from profiles.models import Person, RoleAssignment
from profiles.states import Role

# Level, title, the work, why it is there. The first three stand beside rubrics, the others in a running session.
EXAMPLES = (
    (
        "developing",
        "A claim with one measurement",
        "The second jar was warmer, so the lid keeps the heat in. I measured it after an hour and it was 31 degrees.",
        "There is a claim and a number. Nothing is said of the other jar, so the number compares with nothing.",
    ),
    (
        "proficient",
        "A claim with both measurements",
        "After an hour the jar with the lid was at 31 degrees and the open one at 26. Both began at 40 in the same "
        "room, so the lid makes the difference.",
        "The claim follows from two measurements, and what was kept the same is named.",
    ),
    (
        "extending",
        "A claim that says how sure it is",
        "Three runs gave 31, 30 and 31 degrees with the lid and 26, 27 and 25 without. The gap is larger than the "
        "spread of the runs, so I am sure of the direction, and less of its size.",
        "Runs are repeated, and the claim says how far it goes.",
    ),
    (
        "developing",
        "The bridge that held",
        "My bridge held four books. I used triangles because triangles are strong.",
        "It works, and the reason only repeats what was to be shown.",
    ),
    (
        "proficient",
        "Why the truss holds",
        "Each triangle keeps its shape because its sides cannot turn without getting longer. The square frame folded "
        "at two books; with one diagonal it held four.",
        "The reason explains what was seen, and one thing was changed at a time.",
    ),
)
BESIDE = 3
JUDGED = 4
LOOKED_AT = 200


def write_examples(district: District, *, seed: int) -> None:
    """Samples for the standards that waiting work names most, and a session that some teachers have begun."""
    keeper, standards = _keeper(district), _standards(district)
    if keeper is None or not standards:
        return
    levels = {level.code: level for level in usual_levels(district)}
    made = [
        make_anchor(
            district,
            standard=standards[number % len(standards)],
            level=levels[level],
            title=title,
            body=body,
            reason=reason,
            names_removed=True,
            actor=keeper,
        )
        for number, (level, title, body, reason) in enumerate(EXAMPLES)
    ]
    session = set_calibration(
        district,
        title="Claims and reasons",
        due_on=clock.today(district) + dt.timedelta(days=10),
        anchors=made[BESIDE:],
        actor=keeper,
    )
    chance = random.Random(f"calibration {seed}")  # noqa: S311  (nothing secret)
    for person in asked(session)[:JUDGED]:
        assert person.user is not None  # only those who have an account are asked
        if RoleAssignment.objects.filter(person=person).exclude(role=Role.TEACHER).exists():
            continue
        said = {item.pk: (levels[chance.choice(("developing", "proficient"))], "") for item in session.items.all()}
        judge_calibration(session, levels=said, actor=person.user)


def write_readings(district: District, *, seed: int) -> int:
    """Draw second readings for judged work that waits, as the policy says, and give every other one."""
    requests = CreditRequest.objects.filter(
        district=district, state=RequestState.ASSESSED, assessor__user__isnull=False
    )
    drawn = []
    for request in requests.select_related("assessor__user", "course__terms", "district", "student", "school")[
        :LOOKED_AT
    ]:
        assert request.assessor is not None and request.assessor.user is not None
        reading = draw_second_reading(request, actor=request.assessor.user)
        if reading is not None:
            drawn.append(reading)
    chance = random.Random(f"readings {seed}")  # noqa: S311  (nothing secret)
    for reading in drawn[::2]:
        give_as_the_first(reading, chance)
    return len(drawn)


def give_as_the_first(reading: Reading, chance: random.Random) -> None:
    """Two levels of three are those of the first reader, the others one apart."""
    if reading.reader is None or reading.reader.user is None or reading.state != ReadingState.WAITING:
        return
    levels = {level.position: level for level in ScaleLevel.objects.filter(scale=reading.work.scale_id)}
    first = dict(looks_of(reading.work, reading.attempt).values_list("standard_id", "level__position"))
    rows = []
    for standard in standards_to_read(reading):
        place = first[standard.pk] + chance.choice((0, 0, -1))
        rows.append(JudgedStandard(standard, levels[max(place, 1)], "I looked for the reason behind each step."))
    give_reading(reading, rows=rows, actor=reading.reader.user)


def _keeper(district: District) -> User | None:
    held: QuerySet[RoleAssignment] = RoleAssignment.objects.in_force(clock.today(district)).filter(
        role=Role.CREDIT_MANAGER, person__district=district, person__user__isnull=False
    )
    people = Person.objects.filter(pk__in=held.values("person")).select_related("user").order_by("pk")
    first = people.first()
    return first.user if first else None


def _standards(district: District) -> list[Standard]:
    """The two that most waiting requests name, in science where there are any: that is what the examples are about."""
    named = RequestStandard.objects.filter(request__district=district, request__state=RequestState.SUBMITTED)
    in_science = named.filter(request__course__terms__subject=SubjectArea.SCIENCE)
    named = in_science if in_science.exists() else named
    most = named.values("standard").annotate(times=Count("pk")).order_by("-times", "standard")[:2]
    found = Standard.objects.in_bulk([one["standard"] for one in most])
    return [found[one["standard"]] for one in most]

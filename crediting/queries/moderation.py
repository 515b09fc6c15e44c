"""The readings of a request side by side, what came of them, and what waits to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from crediting.models import (
    ClassJudgement,
    ClassWork,
    CommonTask,
    CreditRequest,
    Judgement,
    Reading,
    ReadingLevel,
    Settlement,
    Standard,
    Work,
)
from crediting.queries.levels import drawn_levels
from crediting.rules.basis import BasisReading
from crediting.rules.moderation import NUMBERS, first_not_drawn
from crediting.rules.plain import name_of
from crediting.states import Moderated, OnDisagreement, ReadingKind, ReadingState
from mbl.core.decisions import Param, Reason
from mbl.core.ui.levels import DrawnLevel


def looks_of(work: Work, attempt: int) -> QuerySet[Judgement] | QuerySet[ClassJudgement]:
    """What the first reader judged, oldest first. In a class every look at the task is one attempt."""
    if isinstance(work, CreditRequest):
        return work.judgements.filter(attempt=attempt).order_by("judged_at", "pk")
    return work.judgements.order_by("judged_at", "pk")


def common_of(work: Work) -> CommonTask | None:
    """The common task that the work is of."""
    return work.task.common if isinstance(work, ClassWork) else None


def first_looks(work: Work, attempt: int) -> dict[int, Judgement | ClassJudgement]:
    """The newest judgement of each standard in the attempt, by the standard's primary key."""
    found = looks_of(work, attempt).select_related("level", "standard", "assessor__user")
    return {judgement.standard_id: judgement for judgement in found}


@dataclass(frozen=True)
class Look:
    """One level that somebody gave, with their words."""

    label: str
    person: str
    level: DrawnLevel
    comment: str


@dataclass(frozen=True)
class SideBySide:
    """One standard with every reading of it, and what came of them."""

    standard: Standard
    looks: tuple[Look, ...]
    agrees: bool
    settled: Settlement | None
    outcome: Reason | None

    @property
    def is_open(self) -> bool:
        return not self.agrees and self.settled is None


def given_levels(work: Work, attempt: int) -> list[ReadingLevel]:
    """Every level of a second or third reading that is given, second ones first."""
    given = work.readings.filter(attempt=attempt, state=ReadingState.GIVEN).order_by().values("pk")
    found = ReadingLevel.objects.filter(reading__in=given).select_related(
        "reading__reader__user",
        "standard",
        "level",
        "of_request__level",
        "of_request__assessor",
        "of_class__level",
        "of_class__assessor",
    )
    return list(found.order_by("reading__kind", "pk"))


def settlements_of(work: Work, attempt: int) -> dict[int, Settlement]:
    found = work.settlements.filter(attempt=attempt).select_related("level", "settled_by", "standard")
    return {one.standard_id: one for one in found}


def side_by_side(work: Work, attempt: int) -> list[SideBySide]:
    """The readings of an attempt that are given, standard by standard."""
    drawn = drawn_levels(list(work.scale.levels.all()))
    settled = settlements_of(work, attempt)
    grouped: dict[int, list[ReadingLevel]] = {}
    for one in given_levels(work, attempt):
        grouped.setdefault(one.standard_id, []).append(one)
    return [_side_by_side(levels, drawn, settled.get(pk)) for pk, levels in grouped.items()]


def _side_by_side(levels: list[ReadingLevel], drawn: dict[int, DrawnLevel], settled: Settlement | None) -> SideBySide:
    second = next(one for one in levels if one.reading.kind == ReadingKind.SECOND)
    first = second.first
    looks = [Look("first", str(first.assessor), drawn[first.level_id], first.comment)]
    looks += [Look(one.reading.kind, str(one.reading.reader), drawn[one.level_id], one.comment) for one in levels]
    third = next((one for one in levels if one.reading.kind == ReadingKind.THIRD), None)
    outcome = None
    if settled is not None or second.agrees:
        outcome = how_it_counts(second, third, settled)
    return SideBySide(second.standard, tuple(looks), second.agrees, settled, outcome)


def how_it_counts(second: ReadingLevel, third: ReadingLevel | None, settled: Settlement | None) -> Reason:
    """The one line between the readings of a standard and the level that counts."""
    first = second.first
    said: dict[str, Param] = {
        "standard": name_of(second.standard.code, second.standard.statement),
        "first_level": first.level.code,
        "first_place": first.level.position,
        "second_level": second.level.code,
        "second_place": second.level.position,
    }
    if settled is None:
        return Reason("reading.agreed" if second.agrees else "reading.apart", said, "R10b")
    if settled.how == OnDisagreement.THIRD and third is not None:
        middle: dict[str, Param] = {"third_place": third.level.position, "level": settled.level.code}
        return Reason("reading.middle", said | middle, "R10b")
    talked: dict[str, Param] = {"level": settled.level.code, "person": str(settled.settled_by), "why": settled.reason}
    return Reason("reading.talk", said | talked, "R10b")


def why_drawn(reading: Reading) -> Reason:
    """The arithmetic of the draw."""
    said: dict[str, Param] = {
        "number": reading.drawn,
        "numbers": NUMBERS,
        "below": first_not_drawn(reading.share),
    }
    if reading.class_work_id is None:
        return Reason("reading.drawn", said, "R10b")
    if (common := common_of(reading.work)) is not None:
        if common.read_number is not None:
            return Reason("reading.drawn_of_each_class", {"task": common.name, "count": common.read_number}, "R10b")
        return Reason("reading.drawn_in_common", said | {"task": common.name}, "R10b")
    return Reason("reading.drawn_in_class", said | {"task": reading.work.title}, "R10b")


@dataclass(frozen=True)
class ReadingsPart:
    """How a request's readings stand, for whoever judges or decides it. Levels come from ``side_by_side`` alone."""

    standing: Moderated
    readings: tuple[Reading, ...]

    @property
    def open_one(self) -> Reading | None:
        return next((one for one in self.readings if one.state == ReadingState.WAITING), None)

    @property
    def given_one(self) -> Reading | None:
        return next((one for one in self.readings if one.state == ReadingState.GIVEN), None)


def readings_part(work: Work) -> ReadingsPart | None:
    """None where nobody reads the attempt a second time; then it costs no trip."""
    if not work.moderated:
        return None
    found = work.readings.filter(attempt=work.attempt).exclude(state=ReadingState.OVERTAKEN)
    return ReadingsPart(
        Moderated(work.moderated), tuple(found.select_related("reader", "closed_by").order_by("kind", "pk"))
    )


# --- Lists ------------------------------------------------------------------------------------------------------------


def waiting(readings: QuerySet[Reading]) -> QuerySet[Reading]:
    """Longest wait first."""
    return _listed(readings.filter(state=ReadingState.WAITING)).order_by("asked_at", "pk")


def closed(readings: QuerySet[Reading]) -> QuerySet[Reading]:
    return _listed(readings.exclude(state=ReadingState.WAITING)).order_by("-closed_at", "-pk")


def _listed(readings: QuerySet[Reading]) -> QuerySet[Reading]:
    """With what a list prints, and no policy's text."""
    return readings.select_related(None).select_related(
        "request__course", "request__district", "class_work__task__section__course", "class_work__district", "reader"
    )


# --- What a decision keeps --------------------------------------------------------------------------------------------


def drawn_works(in_class: Sequence[ClassJudgement]) -> list[ClassWork]:
    """Of the works in class behind judgements of one student, those drawn for a second reading; one trip, or none."""
    if not in_class:
        return []
    tasks = {one.task_id for one in in_class}
    found = ClassWork.objects.filter(task__in=tasks, student=in_class[0].student_id)
    return list(found.select_related("task__common").order_by("pk"))


def readings_for_basis(
    request: CreditRequest, in_class: Sequence[ClassJudgement] = ()
) -> tuple[tuple[BasisReading, ...], tuple[Reason, ...]]:
    """Every level of the second and third readings, and the lines from the draw to the level that counts: of the
    request, then of the works in class that counted with it."""
    rows: list[BasisReading] = []
    reasons: list[Reason] = []
    works: list[Work] = [request, *drawn_works(in_class)]
    for work in works:
        its_rows, its_reasons = _for_basis(work)
        rows += its_rows
        reasons += its_reasons
    return tuple(rows), tuple(reasons)


def _for_basis(work: Work) -> tuple[list[BasisReading], list[Reason]]:
    part = readings_part(work)
    if part is None:
        return [], []
    levels, settled = given_levels(work, work.attempt), settlements_of(work, work.attempt)
    reasons = [why_drawn(one) for one in part.readings if one.kind == ReadingKind.SECOND]
    reasons += [_lines_of(levels, settled, pk) for pk in dict.fromkeys(one.standard_id for one in levels)]
    reasons += [
        Reason("reading.excused", {"person": str(one.closed_by), "why": one.reason}, "R10b")
        for one in part.readings
        if one.state == ReadingState.EXCUSED
    ]
    rows = [
        BasisReading(
            kind=one.reading.kind,
            standard=str(one.standard.guid),
            level=one.level.code,
            position=one.level.position,
            comment=one.comment,
            reader=str(one.reading.reader),
            read_at=one.reading.closed_at,
        )
        for one in levels
        if one.reading.closed_at is not None
    ]
    return rows, reasons


def _lines_of(levels: Sequence[ReadingLevel], settled: dict[int, Settlement], standard: int) -> Reason:
    of_standard = {one.reading.kind: one for one in levels if one.standard_id == standard}
    return how_it_counts(of_standard[ReadingKind.SECOND], of_standard.get(ReadingKind.THIRD), settled.get(standard))

"""What a listed award leaves to its student, and what each choice would give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, Q, QuerySet, When

from crediting.models import AwardProposal
from crediting.queries.decisions import Deliberation
from crediting.queries.proposing import Looking, asked_by
from crediting.rules.credit import decide
from crediting.rules.outcome import OutcomeKind
from crediting.rules.proposing import LeftOpen, Possible, as_chosen, in_each_others_way, left_open
from crediting.states import AwardChoice, AwardProposalState
from mbl.core import clock
from mbl.core.decisions import Reason
from mbl.core.models import District
from profiles.models import Student


@dataclass(frozen=True)
class Option:
    """One mark that can be chosen, or the usual one (empty). ``why_not``: it cannot be had, as things stand."""

    mark: str
    credits: Decimal
    why_not: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Choosing:
    """Everything the student can choose of one listed award. ``others`` are awards that do not fit beside it."""

    said: Deliberation
    left: LeftOpen
    options: tuple[Option, ...]
    others: tuple[AwardProposal, ...] = ()

    @property
    def must_be_awarded(self) -> bool:
        return self.said.outcome.kind == OutcomeKind.MUST_AWARD or bool(self.said.rule and self.said.rule.must_award)

    def option(self, mark: str) -> Option | None:
        """The option that can be had with ``mark``."""
        return next((one for one in self.options if one.mark == mark and not one.why_not), None)


def choosing(row: AwardProposal, *, on: dt.date, credits: Decimal | None = None) -> Choosing:
    """What the student can choose of ``row``, with the choice made ``on`` that day for so many ``credits``."""
    rivals = list(
        AwardProposal.objects.filter(student=row.student_id, state=AwardProposalState.OPEN, duty="")
        .exclude(pk=row.pk)
        .exclude(choice="")
        .select_related("student__person", "student__school", "district", "school", "course__terms")
        .order_by("course__title", "pk")
    )
    looking = Looking(row.district)
    said, *decided = looking.decided([asked_by(row, as_chosen=False), *map(asked_by, rivals)])
    left = left_open(said.terms, said.facts, said.outcome) or LeftOpen()
    options = []
    for mark in left.options:
        facts = as_chosen(said.facts, left, on=on, mark=mark, credits=credits)
        outcome = decide(said.terms, facts)
        options.append(Option(mark, outcome.credits, () if outcome.is_award else outcome.reasons))
    mine = _possible(said, left, on)
    others = [
        rival
        for rival, its in zip(rivals, decided, strict=True)
        if in_each_others_way([mine, _possible(its, left_open(its.terms, its.facts, its.outcome), on)])
    ]
    return Choosing(said, left, tuple(options), tuple(others))


def _possible(said: Deliberation, left: LeftOpen | None, on: dt.date) -> Possible:
    """The award on its own, with something chosen where it is still open."""
    if said.outcome.is_award or left is None:
        return Possible(said.terms, said.facts, said.outcome)
    facts = as_chosen(said.facts, left, on=left.by or on)
    return Possible(said.terms, facts, decide(said.terms, facts))


def choices_of(student: Student) -> QuerySet[AwardProposal]:
    """Every award that left something to the student, those that wait for them first."""
    return (
        AwardProposal.objects.filter(student=student)
        .exclude(choice="")
        .select_related("district", "course")
        .annotate(waits=Case(When(state=AwardProposalState.OPEN, chosen_by=None, then=1), default=0))
        .order_by("-waits", "-pk")
    )


# So many days before the last one the student is reminded; what was listed later than that, on the day before it.
REMIND_BEFORE, REMIND_LATE = dt.timedelta(days=7), dt.timedelta(days=1)


def choices_to_remind_of(district: District) -> list[AwardProposal]:
    """What nobody has chosen though its last day is near, in a district."""
    today = clock.today(district)
    rows = AwardProposal.objects.filter(
        district=district,
        state=AwardProposalState.OPEN,
        chosen_by=None,
        choice__in=list(AwardChoice),
        choose_by__gte=today,
        choose_by__lte=today + REMIND_BEFORE,
    ).select_related("student__person__user", "course", "district", "run")
    return [row for row in rows.order_by("choose_by", "pk") if _remind_from(row) <= today]


def _remind_from(row: AwardProposal) -> dt.date:
    """The day of the reminder: not one on the heels of the notice that it was listed."""
    assert row.choose_by is not None  # only dated choices are looked at
    listed = clock.day_of(row.run.began_at, row.district)
    usual = row.choose_by - REMIND_BEFORE
    return usual if listed < usual else row.choose_by - REMIND_LATE


def waiting_choices(student: Student) -> Sequence[AwardProposal]:
    """What the student can choose now and has not, the nearest last day first."""
    today = clock.today(student.district)
    return list(
        AwardProposal.objects.filter(
            Q(choose_by=None) | Q(choose_by__gte=today),
            student=student,
            state=AwardProposalState.OPEN,
            chosen_by=None,
            choice__in=list(AwardChoice),
        )
        .select_related("course")
        .order_by("choose_by", "pk")[:20]
    )

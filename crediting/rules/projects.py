"""What a project needs before it is sent: words, days within one term, classes where somebody decides."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from mbl.core.decisions import Reason

# The words a student has to write; partners may stay empty.
FIELDS = ("title", "question", "product", "audience")


@dataclass(frozen=True)
class Term:
    """A stretch of school, both days included. ``key`` tells it apart."""

    key: int
    title: str
    starts_on: dt.date
    ends_on: dt.date


@dataclass(frozen=True)
class PlannedClass:
    """A class in which the project is to count. ``deciders`` are its teachers of today who are no family."""

    title: str
    course: str
    deciders: int
    is_attended: bool = True


def term_of(starts_on: dt.date, ends_on: dt.date, terms: Iterable[Term]) -> Term | None:
    """The shortest term that holds both days; None where none does."""
    holding = [term for term in terms if term.starts_on <= starts_on and ends_on <= term.ends_on]
    return min(holding, key=lambda term: term.ends_on - term.starts_on, default=None)


def missing(
    written: Collection[str],
    classes: Sequence[PlannedClass],
    *,
    starts_on: dt.date | None,
    ends_on: dt.date | None,
    terms: Sequence[Term],
    today: dt.date,
) -> tuple[Reason, ...]:
    """What keeps a project from being sent, in the order of the page. ``written``: the fields that say something."""
    found = [Reason(f"project.{name}_missing") for name in FIELDS if name not in written]
    found += _days(starts_on, ends_on, terms, today)
    if not classes:
        found.append(Reason("project.no_class"))
    for one in classes:
        if not one.is_attended:
            found.append(Reason("project.left_class", {"section": one.title}))
        elif not one.deciders:
            found.append(Reason("project.nobody_decides", {"section": one.title}))
    # One piece of work counts once in a course, so two classes of one course never share it (R29).
    for course, times in Counter(one.course for one in classes).items():
        if times > 1:
            twice = ", ".join(one.title for one in classes if one.course == course)
            found.append(Reason("project.same_course", {"section": twice}, "R29"))
    return tuple(found)


def _days(
    starts_on: dt.date | None, ends_on: dt.date | None, terms: Sequence[Term], today: dt.date
) -> Iterable[Reason]:
    if starts_on is None or ends_on is None:
        yield Reason("project.days_missing")
    elif ends_on < starts_on:
        yield Reason("project.days_reversed")
    elif ends_on < today:
        yield Reason("project.over")
    elif term_of(starts_on, ends_on, terms) is None:
        known = ", ".join(dict.fromkeys(term.title for term in terms))
        yield Reason("project.outside_term", {"terms": known}) if known else Reason("project.no_term")

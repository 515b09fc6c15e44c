"""The audit log: what somebody may read of it, narrowed, newest first.

A page of it costs the same at a thousand events and at a million: it is read from its own first event on (``before``),
never counted and never skipped through.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from mbl.core import audit, clock
from mbl.core.models import AuditEvent, District
from profiles.access import AuditScope
from profiles.models import Person, RoleAssignment, Student
from profiles.queries.students import found
from profiles.rules.names import fold

# Verbs by what people look for; the first part of a verb's name.
GROUPS = {
    "credit": "crediting.",
    "plans": "hsbp.",
    "transcripts": "transcripts.",
    "people": "profiles.",
    "equity": "equity.",
    "sign_in": "core.account.",
    "refused": "core.access.",
}
# What an account does belongs to no district; everything else that somebody may read here does.
OF_ACCOUNTS = frozenset({"sign_in"})
# More people of one name than this are not told apart here.
MOST_NAMES = 50
BATCH = 2000


@dataclass(frozen=True)
class Narrowed:
    """What the reader looks for. None: anybody; empty: nobody has that name. Days are inclusive and the district's."""

    actors: tuple[int, ...] | None = None
    students: tuple[UUID, ...] | None = None
    group: str = ""
    first_day: dt.date | None = None
    last_day: dt.date | None = None

    def as_json(self) -> dict[str, object]:
        return {
            "actors": None if self.actors is None else list(self.actors),
            "students": None if self.students is None else [str(one) for one in self.students],
            "group": self.group,
            "first_day": self.first_day.isoformat() if self.first_day else None,
            "last_day": self.last_day.isoformat() if self.last_day else None,
        }

    @classmethod
    def read(cls, raw: dict[str, object]) -> Narrowed:
        actors, students, first, last = (raw[key] for key in ("actors", "students", "first_day", "last_day"))
        return cls(
            actors=None if actors is None else tuple(actors),  # type: ignore[arg-type]
            students=None if students is None else tuple(UUID(one) for one in students),  # type: ignore[attr-defined]
            group=str(raw["group"]),
            first_day=dt.date.fromisoformat(str(first)) if first else None,
            last_day=dt.date.fromisoformat(str(last)) if last else None,
        )


@dataclass(frozen=True)
class LogPage:
    """Some events, newest first, and whether there are older and newer ones."""

    events: tuple[AuditEvent, ...]
    has_older: bool
    has_newer: bool


def page(
    scope: AuditScope, narrowed: Narrowed, *, before: UUID | None = None, after: UUID | None = None, size: int = 25
) -> LogPage:
    """The newest events, or those that follow ``before`` (older) or ``after`` (newer): one trip, two with an anchor."""
    named = before or after
    anchor = AuditEvent.objects.filter(public_id=named).only("at", "pk").first() if named else None
    backwards = anchor is not None and before is None
    rows = list(_read(scope, narrowed, anchor, backwards=backwards, size=size + 1))
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        return LogPage(tuple(reversed(rows)), has_older=True, has_newer=more)
    return LogPage(tuple(rows), has_older=more, has_newer=anchor is not None)


def all_events(scope: AuditScope, narrowed: Narrowed) -> Iterator[AuditEvent]:
    """Every event, newest first, read in batches. Events that come meanwhile are not among them."""
    last: AuditEvent | None = None
    while rows := list(_read(scope, narrowed, last, backwards=False, size=BATCH)):
        yield from rows
        last = rows[-1]


def _read(
    scope: AuditScope, narrowed: Narrowed, anchor: AuditEvent | None, *, backwards: bool, size: int
) -> QuerySet[AuditEvent]:
    """Each part of the scope gives its own first ``size`` rows from its index; of these the first are taken."""
    order = ("at", "pk") if backwards else ("-at", "-pk")
    where = _condition(narrowed, scope.district)
    if anchor is not None:
        side = "gt" if backwards else "lt"
        # The first half lets the index begin at the anchor, the second orders what happened in the same moment.
        where &= Q(**{f"at__{side}e": anchor.at}) & (
            Q(**{f"at__{side}": anchor.at}) | Q(at=anchor.at, **{f"pk__{side}": anchor.pk})
        )
    parts = [part.filter(where).order_by(*order)[:size] for part in _parts(scope, narrowed.group)]
    return parts[0].union(*parts[1:], all=True).order_by(*order)[:size] if len(parts) > 1 else parts[0]


def _parts(scope: AuditScope, group: str) -> list[QuerySet[AuditEvent]]:
    """Disjoint, each with an index that gives it newest first; those that cannot have events of ``group`` left out."""
    people = Person.objects.filter(district=scope.district, user__isnull=False)
    here = AuditEvent.objects.filter(district=scope.district)
    of_accounts = AuditEvent.objects.filter(district=None, student_id=None)
    if not scope.schools:
        return _either([here], [of_accounts.filter(_by_or_of(people))], group)
    # An event about a student belongs to the student's school, whoever did it; any other to the school of who did it.
    students = Student.objects.filter(district=scope.district, school__in=scope.schools)
    staff = people.filter(pk__in=RoleAssignment.objects.filter(school__in=scope.schools).values("person"))
    inside = [
        here.filter(student_id__in=students.values("public_id")),
        here.filter(student_id=None, actor__in=staff.values("user")),
    ]
    return _either(inside, [of_accounts.filter(_by_or_of(staff))], group)


def _by_or_of(people: QuerySet[Person]) -> Q:
    """What these people did with their accounts, and what a stranger tried with them (a wrong password)."""
    return Q(actor__in=people.values("user")) | Q(actor=None, target_id__in=people.values("user__public_id"))


def _either(
    inside: list[QuerySet[AuditEvent]], outside: list[QuerySet[AuditEvent]], group: str
) -> list[QuerySet[AuditEvent]]:
    if not group:
        return [*inside, *outside]
    return outside if group in OF_ACCOUNTS else inside


def _condition(narrowed: Narrowed, district: District) -> Q:
    parts = [Q()]
    if narrowed.actors is not None:
        parts.append(Q(actor__in=narrowed.actors))
    if narrowed.students is not None:
        parts.append(Q(student_id__in=narrowed.students))
    if narrowed.group:
        parts.append(Q(verb__startswith=GROUPS[narrowed.group]))
    zone = ZoneInfo(district.timezone)
    if narrowed.first_day:
        parts.append(Q(at__gte=dt.datetime.combine(narrowed.first_day, dt.time(), zone)))
    if narrowed.last_day and (after := clock.day_after(narrowed.last_day)):
        parts.append(Q(at__lt=dt.datetime.combine(after, dt.time(), zone)))
    return reduce(lambda one, other: one & other, parts)


# --- Names ------------------------------------------------------------------------------------------------------------


def actors_named(district: District, text: str) -> tuple[int, ...]:
    """Accounts of people whose names have every word; one more than ``MOST_NAMES`` where there are too many."""
    people = Person.objects.filter(district=district, user__isnull=False)
    for word in fold(text).split():
        people = people.filter(search_text__contains=word)
    return tuple(pk for pk in people.order_by("pk").values_list("user", flat=True)[: MOST_NAMES + 1] if pk)


def students_named(scope: AuditScope, text: str) -> tuple[UUID, ...]:
    """Students in the scope by name or number; one more than ``MOST_NAMES`` where there are too many."""
    students = Student.objects.filter(district=scope.district)
    if scope.schools:
        students = students.filter(school__in=scope.schools)
    return tuple(found(students, text).order_by("pk").values_list("public_id", flat=True)[: MOST_NAMES + 1])


def student_names(events: Iterable[AuditEvent]) -> dict[UUID, str]:
    """The students these events are about, by public id: one trip."""
    ids = {event.student_id for event in events if event.student_id}
    return dict(Student.objects.filter(public_id__in=ids).values_list("public_id", "person__display_name"))


def reason_of(event: AuditEvent) -> str:
    """The reason somebody gave, where the event's sentence does not say it already."""
    known = audit.verbs().get(event.verb)
    if known is not None and "{reason}" in str(known.sentence):
        return ""
    return str(event.payload.get("reason") or "")

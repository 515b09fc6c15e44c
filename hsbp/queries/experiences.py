"""A student's log of experiences beside what their grade aims at, what waits for whom, and groups to record for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crediting.access import sections_taught
from hsbp import access
from hsbp.models import Experience, ExperienceKind, ExperienceTarget, Plan
from hsbp.rules.content import GRADES
from hsbp.rules.experiences import Entry, Target, Why, held_to, standing
from hsbp.states import ExperienceAct, ExperienceState
from hsbp.words import GRADE_WORDS, standing_text
from mbl.core import clock
from mbl.core.models import District, User
from mbl.core.ui.parts import ThreadEntry
from mbl.core.words import state_word
from profiles.access import standing as standing_of
from profiles.models import Relationship, SectionEnrollment, Student
from profiles.states import RelationshipKind, Role

# More students than any class or grade of one counselor's has; a page of ticks is not paged.
MOST_TICKS = 300


def kind_word(kind: ExperienceKind) -> str:
    """The kind's name in the reader's language, else in the district's."""
    language = (get_language() or "").split("-")[0]
    return str(kind.translations.get(language) or kind.name)


def kinds_of(district: District, *, keep: ExperienceKind | None = None) -> QuerySet[ExperienceKind]:
    """What is offered, and ``keep`` also where it no longer is."""
    return ExperienceKind.objects.filter(Q(is_active=True) | Q(pk=keep.pk if keep else None), district=district)


# --- One student ------------------------------------------------------------------------------------------------------


def entries_of(student: Student, *, is_own: bool) -> QuerySet[Experience]:
    """The log, newest first. Drafts are the student's alone."""
    found = Experience.objects.filter(student=student).select_related("kind", "confirmed_by")
    return found if is_own else found.exclude(state=ExperienceState.DRAFT)


@dataclass(frozen=True)
class EntryLine:
    """An entry of the target's kind and why it counts or does not."""

    entry: Experience
    word: str
    counts: bool


@dataclass(frozen=True)
class TargetLine:
    """One aim of the student's grade in words, worked out."""

    text: str
    is_reached: bool
    counted: int
    count: int
    entries: tuple[EntryLine, ...]


def target_rule(target: ExperienceTarget, school: str) -> Target:
    """The aim as ``rules.experiences`` reads it; ``school`` is the code of the target's own school, or empty."""
    return Target(target.kind.code, target.grade, school, target.count, target.least_hours)


def targets_in_force(district: District, year: int) -> QuerySet[ExperienceTarget]:
    """What holds in the school year that ends in ``year``, with kind and school."""
    return (
        ExperienceTarget.objects.filter(Q(last_year=None) | Q(last_year__gte=year), district=district)
        .filter(first_year__lte=year)
        .select_related("kind", "school")
    )


def lines_of(student: Student, entries: Iterable[Experience] | None = None, *, is_own: bool = True) -> list[TargetLine]:
    """Where the student stands this school year toward each aim of the grade. Two trips; one if ``entries`` are known,
    and one where the grade has no aim."""
    year = clock.school_year(clock.today(student.district))
    found = list(targets_in_force(student.district, year).filter(grade=student.grade))
    if not found:
        return []
    own_school = str(student.school_id or "")
    rules = {target_rule(one, str(one.school_id or "")): one for one in found}
    by_key = {str(one.pk): one for one in (entries_of(student, is_own=is_own) if entries is None else entries)}
    plain = [entry_rule(one) for one in by_key.values()]
    lines = []
    for rule in held_to(rules, grade=student.grade, school=own_school):
        stands = standing(rule, plain, year)
        lines.append(
            TargetLine(
                standing_text(kind_word(rules[rule].kind), stands.counted, rule.count, rule.least_hours),
                stands.is_reached,
                stands.counted,
                rule.count,
                tuple(
                    EntryLine(by_key[entry.key], state_word(why), why == Why.COUNTS) for entry, why in stands.entries
                ),
            )
        )
    return lines


def entry_rule(entry: Experience) -> Entry:
    """The entry as ``rules.experiences`` reads it."""
    return Entry(str(entry.pk), entry.kind.code, entry.hours, entry.ends_on, ExperienceState(entry.state))


_ICONS = {
    ExperienceAct.CONFIRMED: ("circle-check", "ok"),
    ExperienceAct.RECORDED: ("circle-check", "ok"),
    ExperienceAct.RETURNED: ("arrow-back-up", "attention"),
    ExperienceAct.WITHDRAWN: ("circle-x", "attention"),
    ExperienceAct.SENT: ("send", "info"),
}


def story_of(entry: Experience) -> list[ThreadEntry]:
    """Who did what with the entry, oldest first."""
    told = []
    for step in entry.steps.select_related("actor"):
        act = ExperienceAct(step.act)
        icon, tone = _ICONS.get(act, ("pencil", "quiet"))
        said = state_word(act)
        if step.note:
            told.append(ThreadEntry(str(step.actor), step.at, step.note, icon, tone, voice=True, about=[said]))
        else:
            told.append(ThreadEntry(str(step.actor), step.at, said, icon, tone))
    return told


def days_text(entry: Experience) -> str:
    """The day, or the first and the last."""
    first, last = (date_format(day, "DATE_FORMAT") for day in (entry.starts_on, entry.ends_on))
    return first if entry.starts_on == entry.ends_on else _("%(first)s to %(last)s") % {"first": first, "last": last}


def plan_beside(student: Student) -> Plan:
    """The frame of the plan's pages without a trip: the log does not read the plan."""
    return Plan(student=student, district=student.district)


# --- What waits -------------------------------------------------------------------------------------------------------


def waiting_for(user: User) -> QuerySet[Experience]:
    """What waits for ``user`` first: of the students they counsel or advise."""
    return _waiting(Q(student__in=access.waits_for(user).values("pk")))


def also_waiting(user: User) -> QuerySet[Experience]:
    """What ``user`` could confirm too, of the students they teach."""
    near = access.confirmable_students(user).order_by().values("pk")
    return _waiting(Q(student__in=near) & ~Q(student__in=access.waits_for(user).values("pk")))


def to_confirm(user: User) -> QuerySet[Experience]:
    """Everything that waits and that ``user`` could confirm."""
    return _waiting(Q(student__in=access.confirmable_students(user).order_by().values("pk")))


def _waiting(whose: Q) -> QuerySet[Experience]:
    return (
        Experience.objects.filter(whose, state=ExperienceState.WAITING)
        .select_related("kind", "student__person", "student__school", "district")
        .order_by("waiting_since", "pk")
    )


def confirmed_by(user: User) -> QuerySet[Experience]:
    """What ``user`` confirmed or recorded, newest first, of students they still see here."""
    near = access.confirmable_students(user).order_by().values("pk")
    return (
        Experience.objects.filter(student__in=near, confirmed_by=user, state=ExperienceState.CONFIRMED)
        .select_related("kind", "student__person", "student__school", "district")
        .order_by("-confirmed_at", "-pk")
    )


# --- Groups -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """Students whose experience ``user`` may record together. ``key`` names it in an address."""

    key: str
    label: str


def groups_of(user: User) -> list[Group]:
    """The classes somebody teaches, the grades of their caseload, and those they advise. Three trips at most."""
    now = standing_of(user)
    groups = []
    if now.has(Role.COUNSELOR):
        counted = access.caseload_of(user).order_by().values_list("grade").annotate(students=Count("pk"))
        numbers = dict(counted)
        groups += [
            Group(f"grade-{grade}", _("My caseload, %(grade)s") % {"grade": GRADE_WORDS[grade]})
            for grade in GRADES
            if numbers.get(grade)
        ]
    if teachers := now.people_holding(Role.TEACHER):
        groups += [
            Group(f"class-{one.public_id}", f"{one.title} ({one.code})")
            for one in sections_taught(user).order_by("title", "code", "pk")[:MOST_TICKS]
        ]
        if _advised_by(teachers, now.on).exists():
            groups.append(Group("advised", _("Students I advise")))
    return groups


def students_in(user: User, key: str) -> Sequence[Student]:
    """The students of the group ``key`` of ``user``, by name; none for a group that is not theirs."""
    near = access.confirmable_students(user)
    now = standing_of(user)
    what, _dash, rest = key.partition("-")
    match what:
        case "grade":
            found = near.filter(pk__in=access.caseload_of(user).order_by().values("pk"), grade=rest)
        case "class":
            enrolled = SectionEnrollment.objects.filter(
                Q(starts_on=None) | Q(starts_on__lte=now.on),
                Q(ends_on=None) | Q(ends_on__gte=now.on),
                section__in=[one.pk for one in sections_taught(user) if str(one.public_id) == rest],
            )
            found = near.filter(pk__in=enrolled.values("student"))
        case "advised":
            found = near.filter(pk__in=_advised_by(now.people_holding(Role.TEACHER), now.on).values("student"))
        case _:
            return []
    return list(found.order_by("person__sort_name", "pk")[:MOST_TICKS])


def _advised_by(teachers: Sequence[int], on: dt.date) -> QuerySet[Relationship]:
    return Relationship.objects.in_force(on).filter(person__in=list(teachers), kind=RelationshipKind.ADVISER)

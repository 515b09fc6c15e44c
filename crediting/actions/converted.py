"""Set how levels become letter grades and when they are shown, and keep what was shown when a window has ended.

None of it reaches a transcript, a request or an award: marks of credit come from the policy.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from itertools import pairwise

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from crediting import access
from crediting.models import GradeConversion, GradeWindow, KeptGrade
from crediting.models.converted import rows_of
from crediting.queries.classes import roster
from crediting.queries.converted import grades_of, sections_to_keep
from crediting.queries.grade_windows import end_of, first_day, last_day, windows_to_keep
from crediting.queries.levels import usual_levels
from crediting.queries.marks import marks_of
from crediting.rules.converted import MOST_PLACES, MOST_ROWS, Conversion, ConversionKind, problems
from crediting.verbs.grades import (
    ConversionRemoved,
    ConversionSet,
    GradesKept,
    GradeWindowMoved,
    GradeWindowRemoved,
    GradeWindowSet,
)
from crediting.words import conversion_words, day, sentence, subjects_word
from mbl.core import audit, clock
from mbl.core.errors import DomainError
from mbl.core.jobs import enqueue
from mbl.core.models import District, Job, User
from mbl.core.words import visible
from profiles.access import Capability
from profiles.models import School, Section

KEEP = "crediting.keep_grades"
MOST_STANDARDS = 60
SECTIONS_AT_ONCE = 20
Step = Callable[[int, int], None]


# --- How levels become grades -----------------------------------------------------------------------------------------


@transaction.atomic
def set_conversion(
    district: District, *, subjects: Sequence[str], terms: Conversion, starts_on: dt.date, actor: User
) -> list[GradeConversion]:
    """The table ``terms`` for each of ``subjects`` (empty text: all that have none of their own) from ``starts_on``.

    The one in force until then ends the day before; one that follows another begins tomorrow at the earliest, because
    grades may have been read today. The same again changes nothing.
    """
    access.get_district(actor, district.code, Capability.MANAGE_POLICY)
    District.objects.select_for_update(no_key=True).get(pk=district.pk)
    today = clock.today(district)
    if starts_on < today:
        raise DomainError(
            _("A table begins today or later, so that grades that were shown stay as they were."), field="starts_on"
        )
    if not subjects:
        raise DomainError(_("Choose at least one subject."), field="subjects")
    _refuse_faulty(district, terms, starts_on)
    return [_set_one(district, subject, terms, starts_on, today, actor) for subject in dict.fromkeys(subjects)]


def _refuse_faulty(district: District, terms: Conversion, starts_on: dt.date) -> None:
    if not 1 <= terms.minimum <= MOST_STANDARDS:
        raise DomainError(
            _("Ask for at least 1 and at most %(most)d standards.") % {"most": MOST_STANDARDS}, field="minimum"
        )
    if not 0 <= terms.places <= MOST_PLACES:
        raise DomainError(_("At most %(most)d decimal places.") % {"most": MOST_PLACES}, field="places")
    if len(terms.rows) > MOST_ROWS:
        raise DomainError(_("At most %(most)d rows.") % {"most": MOST_ROWS}, field="rows")
    if terms.kind != ConversionKind.NONE and terms.levels != len(usual_levels(district)):
        raise DomainError(_("The district’s scale has other levels by now. Open the page anew."))
    if wrong := next(problems(terms), None):
        raise DomainError(sentence(wrong), field="rows")
    marks = marks_of(district)
    for mark in terms.marks:
        if not marks.is_known(mark, starts_on):
            raise DomainError(_("The district does not use the mark %(mark)s.") % {"mark": mark}, field="rows")
    for upper, lower in pairwise(terms.marks):
        if marks.is_better(lower, upper, starts_on):
            said = {"upper": upper, "lower": lower}
            raise DomainError(
                _("%(lower)s is the better mark and stands below %(upper)s. Write the best first.") % said, field="rows"
            )


def _set_one(
    district: District, subject: str, terms: Conversion, starts_on: dt.date, today: dt.date, actor: User
) -> GradeConversion:
    newest = GradeConversion.objects.filter(district=district, subject=subject).order_by("-effective").first()
    if newest is not None:
        if newest.terms == terms and newest.effective.lower <= starts_on:
            return newest
        _follow(newest, subject, starts_on, today)
    row = GradeConversion.objects.create(
        district=district,
        subject=subject,
        kind=terms.kind,
        levels=terms.levels,
        minimum_standards=terms.minimum,
        places=terms.places,
        rounding=terms.rounding,
        rows=rows_of(terms),
        effective=DateRange(starts_on, None, "[)"),
        created_by=actor,
    )
    told = ConversionSet(subject=subjects_word(subject), rule=conversion_words(terms)[:500], first=starts_on)
    audit.record(told, actor=actor, district=district, target=row)
    return row


def _follow(newest: GradeConversion, subject: str, starts_on: dt.date, today: dt.date) -> None:
    """End ``newest`` the day before ``starts_on``."""
    first = newest.effective.lower
    said = {"subject": subjects_word(subject), "day": day(first.isoformat())}
    if starts_on <= first:
        raise DomainError(
            _("%(subject)s already has a table that begins on %(day)s. Remove that one, or begin later.") % said,
            field="starts_on",
        )
    if starts_on == today:
        raise DomainError(
            _("Grades in %(subject)s may have been read today by the present table. Begin tomorrow.") % said,
            field="starts_on",
        )
    newest.effective = DateRange(first, starts_on, "[)")
    newest.save(update_fields=["effective"])


@transaction.atomic
def remove_conversion(row: GradeConversion, *, actor: User) -> None:
    """Take back a table that has not begun; the one before it goes on. A second call changes nothing."""
    access.get_district(actor, row.district.code, Capability.MANAGE_POLICY)
    District.objects.select_for_update(no_key=True).get(pk=row.district_id)
    if not GradeConversion.objects.filter(pk=row.pk).exists():
        return
    first = row.effective.lower
    if first <= clock.today(row.district):
        raise DomainError(_("This table has begun, so it stays. Set another one that follows it."))
    told = ConversionRemoved(subject=subjects_word(row.subject), rule=conversion_words(row.terms)[:500])
    audit.record(told, actor=actor, district=row.district, target=row)
    before = GradeConversion.objects.filter(
        district=row.district, subject=row.subject, effective__endswith=first
    ).first()
    row.delete()
    if before is not None:
        before.effective = DateRange(before.effective.lower, None, "[)")
        before.save(update_fields=["effective"])


# --- When they are shown ----------------------------------------------------------------------------------------------


@transaction.atomic
def set_window(
    district: District,
    *,
    name: str = "",
    first: dt.date | None = None,
    last: dt.date | None = None,
    school: School | None = None,
    is_always: bool = False,
    actor: User,
) -> GradeWindow:
    """Let students and families read letter grades from ``first`` to ``last``; ``is_always``: from today to the end of
    the school year. The same again changes nothing."""
    access.get_district(actor, district.code, Capability.MANAGE_POLICY)
    if school is not None and school.district_id != district.pk:
        raise DomainError(_("This school is not in the district."), field="school")
    District.objects.select_for_update(no_key=True).get(pk=district.pk)
    today = clock.today(district)
    if is_always:
        first, last = today, dt.date(clock.school_year(today), 6, 30)
    name = visible(" ".join(name.split()))[:80] or (_("All year") if is_always else "")
    if not name:
        raise DomainError(_("Name the window, such as: Progress report, November."), field="name")
    if first is None or last is None:
        raise DomainError(_("Say the first and the last day."), field="first")
    _refuse_days(first, last, today)
    same = GradeWindow.objects.filter(district=district, school=school, is_always=is_always, name=name)
    known = same.filter(days__contains=today) if is_always else same.filter(days=_days(first, last))
    if window := known.first():
        return window
    _refuse_overlap(district, school, first, last)
    row = GradeWindow.objects.create(
        district=district, school=school, name=name, days=_days(first, last), is_always=is_always, created_by=actor
    )
    told = GradeWindowSet(place=str(school or district), name=name, first=first, last=last)
    audit.record(told, actor=actor, district=district, target=row)
    return row


def _days(first: dt.date, last: dt.date) -> DateRange:
    return DateRange(first, last + dt.timedelta(days=1), "[)")


def _refuse_days(first: dt.date, last: dt.date, today: dt.date) -> None:
    if last < first:
        raise DomainError(_("The last day comes before the first."), field="last")
    if last < today:
        raise DomainError(
            _("This window would have ended already. What students could read in the past is not set afterwards."),
            field="last",
        )
    if clock.school_year(first) != clock.school_year(last):
        raise DomainError(
            _("A window lies within one school year, which begins on July 1. Set two windows."), field="last"
        )


def _refuse_overlap(
    district: District, school: School | None, first: dt.date, last: dt.date, *, but: GradeWindow | None = None
) -> None:
    """A window of the whole district is one at each of its schools. Call it under the district's lock."""
    rows = GradeWindow.objects.filter(district=district, days__overlap=_days(first, last)).select_related("school")
    if school is not None:
        rows = rows.filter(school__in=[school.pk]) | rows.filter(school=None)
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    if other := rows.order_by("days").first():
        raise DomainError(
            _("These days overlap “%(name)s” (%(place)s, %(first)s to %(last)s). Choose days before or after it.")
            % {
                "name": other.name,
                "place": other.school.name if other.school else _("every school"),
                "first": day(first_day(other).isoformat()),
                "last": day(last_day(other).isoformat()),
            },
            field="first" if but is None else "last",
        )


@transaction.atomic
def move_last_day(window: GradeWindow, *, last: dt.date, actor: User) -> GradeWindow:
    """Let a window that has not ended last longer, or end earlier, today at the earliest. What has ended stays."""
    access.get_district(actor, window.district.code, Capability.MANAGE_POLICY)
    District.objects.select_for_update(no_key=True).get(pk=window.district_id)
    window = (
        GradeWindow.objects.select_for_update(of=("self",), no_key=True)
        .select_related("district", "school")
        .get(pk=window.pk)
    )
    first, before = first_day(window), last_day(window)
    if last == before:
        return window
    today = clock.today(window.district)
    if window.kept_at is not None or before < today:
        raise DomainError(_("This window has ended and its grades are kept as they were. Set a new one."))
    _refuse_days(first, last, today)
    _refuse_overlap(window.district, window.school, first, last, but=window)
    window.days = _days(first, last)
    window.save(update_fields=["days"])
    told = GradeWindowMoved(place=str(window.school or window.district), name=window.name, before=before, last=last)
    audit.record(told, actor=actor, district=window.district, target=window)
    return window


@transaction.atomic
def remove_window(window: GradeWindow, *, actor: User) -> None:
    """Take back a window that has not begun. A second call changes nothing."""
    access.get_district(actor, window.district.code, Capability.MANAGE_POLICY)
    District.objects.select_for_update(no_key=True).get(pk=window.district_id)
    if not GradeWindow.objects.filter(pk=window.pk).exists():
        return
    if first_day(window) <= clock.today(window.district):
        raise DomainError(_("This window has begun, so it stays. You can move its last day."))
    told = GradeWindowRemoved(place=str(window.school or window.district), name=window.name)
    audit.record(told, actor=actor, district=window.district, target=window)
    window.delete()


# --- Keeping what was shown -------------------------------------------------------------------------------------------


def keep_later(district: District) -> list[Job]:
    """Keep the grades of every window that has ended, each as a job; asked twice, it is one job."""
    return [
        enqueue(
            KEEP,
            owner=None,
            district=district,
            label=_("Keep the letter grades of %(name)s") % {"name": window.name},
            params={"window": str(window.public_id)},
            dedupe_key=f"{KEEP}:{window.pk}",
        )
        for window in windows_to_keep(district, clock.now())
    ]


def keep_grades(window: GradeWindow, *, step: Step | None = None) -> int:
    """Keep the grades of a window as they stood when it ended; how many are kept in all.

    Judgements are never changed and a table follows another only from a later day on, so the answer is the same
    whenever this runs, and a run that was killed goes on with the classes that are missing.
    """
    if clock.now() < end_of(window):
        raise DomainError(_("This window has not ended."))
    done = KeptGrade.objects.filter(window=window).order_by().values("section")
    sections = list(sections_to_keep(window).exclude(pk__in=done).order_by("pk"))
    for begin in range(0, len(sections), SECTIONS_AT_ONCE):
        with transaction.atomic():
            if not _still_open(window):
                break
            _keep(window, sections[begin : begin + SECTIONS_AT_ONCE])
        if step:
            step(min(begin + SECTIONS_AT_ONCE, len(sections)), len(sections))
    with transaction.atomic():
        count = KeptGrade.objects.filter(window=window).count()
        if _still_open(window):
            GradeWindow.objects.filter(pk=window.pk).update(kept_at=clock.now())
            told = GradesKept(
                place=str(window.school or window.district), name=window.name, last=last_day(window), count=count
            )
            audit.record(told, actor=None, district=window.district, target=window)
    return count


def _still_open(window: GradeWindow) -> bool:
    """Locks the window, so that two workers come one after the other."""
    return GradeWindow.objects.select_for_update(no_key=True).get(pk=window.pk).kept_at is None


def _keep(window: GradeWindow, sections: Sequence[Section]) -> None:
    last = last_day(window)
    seats = [(section, student) for section in sections for student in roster(section, last)]
    KeptGrade.objects.bulk_create(
        (
            KeptGrade(
                window=window,
                section_id=section,
                student_id=student,
                conversion=grade.conversion,
                scale_id=grade.scale[0].scale_id,
                mark=grade.mark,
                reason=grade.grade.reason.as_json(),
                levels=[[one.standard, one.place, one.modification] for one in grade.used],
            )
            for (section, student), grade in grades_of(seats, last, before=end_of(window)).items()
            if grade.used
        ),
        ignore_conflicts=True,
        batch_size=1000,
    )

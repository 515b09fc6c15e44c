"""CEDARS file D: the course catalog. One row a course and school; one code is one course of the district."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crediting.models import CourseDesignation, CourseSchool, CourseTerms
from crediting.rules.catalog import Designation
from crediting.rules.history import designations_of
from mbl.core import clock
from mbl.core.imports.tables import Table
from mbl.core.imports.writing import reserve_ids, uuids
from profiles.interchange.cedars.context import OUTSIDE, Context
from profiles.models import Course

COURSES = "courses"
# Five digits, some with a letter behind; spreadsheets lose zeros at the front.
_STATE_CODE = re.compile(r"\d{5}[A-Z]?|[A-Z]{2}\d{4}")
# Title, state course code, designation letters.
_Told = tuple[str, str, tuple[str, ...]]
# Course code -> the schools its rows name.
_Places = dict[str, set[int]]


def course_catalog(context: Context, tables: Sequence[Table]) -> None:
    """Titles, codes and schools. What a course is worth the district says: a new one waits for its credits."""
    told: dict[str, _Told] = {}
    places: _Places = defaultdict(set)
    # Courses of which a row does not say where: their schools stay as they are.
    unplaced: set[str] = set()
    for table, _dates, line, row in context.all_rows(tables, COURSES):
        code, title = row["code"], row["title"]
        if not code or len(code) > 60 or not title or len(title) > 200:
            sentence = _("A course needs an id of at most 60 and a title of at most 200 characters.")
            context.reject(table, COURSES, "CE_VALUE_MISSING", sentence, line, "code")
            continue
        location = row["location"]
        is_placed = bool(location) and location != OUTSIDE
        school = context.school(table, COURSES, line, location) if is_placed else None
        if school is None:
            unplaced.add(code)
            if is_placed:
                continue
        else:
            places[code].add(school)
        letters = designations_of(row["designations"])
        found = (title, _state_code(context, table, line, row["state_code"]), letters)
        if code in told and told[code] != found:
            sentence = _("The course %(code)s stands here with two titles or codes. One of them was taken.")
            context.warn(table, "CE_COURSE_TWICE", sentence % {"code": code}, line, "code")
        # Schools repeat a course; which row comes first must not matter.
        told[code] = max(told.get(code, found), found)
    _write(context, tables, told, {code: schools for code, schools in places.items() if code not in unplaced})


def _state_code(context: Context, table: Table, line: int, text: str) -> str:
    if not text or _STATE_CODE.fullmatch(text.upper()):
        return text.upper()
    sentence = _("The state course code %(code)s has no five digits; a leading zero may be lost. It was left out.")
    context.warn(table, "CE_STATE_CODE", sentence % {"code": text[:20]}, line, "state_code")
    return ""


def _write(context: Context, tables: Sequence[Table], told: dict[str, _Told], places: _Places) -> None:
    courses = {one.code: one for one in Course.objects.filter(district=context.district, code__in=told)}
    terms = {one.course_id: one for one in CourseTerms.objects.filter(course__in=courses.values())}
    ids, added = uuids(), [code for code in told if code not in courses]
    pks = dict(zip(added, reserve_ids(Course, len(added)), strict=True))
    new = [(pks[code], next(ids), context.district.pk, code, told[code][0], True) for code in added]
    year = clock.school_year(context.today)
    letters_of = _letters(terms)
    titles, codes, changed, without = [], [], set(), len(new)
    begun: list[tuple[int, str, int]] = []
    over: list[int] = []
    for code, one in courses.items():
        title, state_code, letters = told[code]
        if (one.title, one.is_active) != (title, True):
            titles.append((one.pk, title, True))
            changed.add(code)
        worth = terms.get(one.pk)
        if worth is None:
            without += 1
            continue
        if state_code and state_code != worth.state_course_code:
            codes.append((worth.pk, state_code))
            changed.add(code)
        # A file without letters says nothing about them.
        known = {row.letter: row.pk for row in letters_of[one.pk] if _is_for(row, year)} if letters else {}
        begun += [(one.pk, letter, year) for letter in letters if letter not in known]
        over += [pk for letter, pk in known.items() if letter not in letters]
        if set(known) != set(letters):
            changed.add(code)
    context.changes.copy_rows(Course, ("id", "public_id", "district_id", "code", "title", "is_active"), new)
    changed |= _write_places(context, courses, pks, places)
    context.changes.update_rows(Course, ("title", "is_active"), titles)
    context.changes.update_rows(CourseTerms, ("state_course_code",), codes)
    ended = CourseDesignation.objects.filter(pk__in=over)
    context.changes.delete(ended.filter(first_year=year))
    context.changes.update(ended, last_year=year - 1)
    context.changes.copy_rows(CourseDesignation, ("course_id", "letter", "first_year"), begun)
    context.count("created", COURSES, len(new))
    context.count("updated", COURSES, len(changed))
    context.count("unchanged", COURSES, len(courses) - len(changed))
    if without:
        sentence = ngettext(
            "%(count)d course has no credits here yet, so its state code waits. Give it credits on the page Courses.",
            "%(count)d courses have no credits yet; their state codes wait. Give them credits on the page Courses.",
            without,
        )
        context.issues.info("CE_COURSE_WITHOUT_CREDITS", sentence % {"count": without}, file=tables[0].text.name)


def _write_places(context: Context, courses: dict[str, Course], new: dict[str, int], places: _Places) -> set[str]:
    """Where courses are offered (T67); the codes of the known courses that this changes.

    One school's file says nothing of the others, and a course that no school is named for is offered at every one.
    """
    is_whole = "D" in context.whole
    there: dict[int, dict[int, int]] = defaultdict(dict)
    for pk, course, school in CourseSchool.objects.filter(course__in=courses.values()).values_list(
        "pk", "course", "school"
    ):
        there[course][school] = pk
    begun = [(new[code], school) for code, schools in places.items() if code in new for school in sorted(schools)]
    over: list[int] = []
    changed = set()
    for code, schools in places.items():
        if code in new or not (is_whole or there[courses[code].pk]):
            continue
        before = there[courses[code].pk]
        more = [(courses[code].pk, school) for school in sorted(schools - before.keys())]
        gone = [pk for school, pk in before.items() if school not in schools] if is_whole else []
        begun += more
        over += gone
        if more or gone:
            changed.add(code)
    context.changes.delete(CourseSchool.objects.filter(pk__in=over))
    context.changes.copy_rows(CourseSchool, ("course_id", "school_id"), begun)
    return changed


def _is_for(row: CourseDesignation, year: int) -> bool:
    return Designation(row.letter, row.first_year or 0, row.last_year or 0).is_for(year)


def _letters(terms: Iterable[int]) -> dict[int, list[CourseDesignation]]:
    found: dict[int, list[CourseDesignation]] = defaultdict(list)
    for row in CourseDesignation.objects.filter(course__in=terms):
        found[row.course_id].append(row)
    return found

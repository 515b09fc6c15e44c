"""Files B (who is a student of the district) and C (at which school, from when to when)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from mbl.core.clock import school_year
from mbl.core.imports.tables import BadDate, Dates, Table
from mbl.core.imports.writing import reserve_ids, uuids
from profiles.interchange.cedars.context import OUTSIDE, Context
from profiles.models import Person, SchoolEnrollment, Student
from profiles.rules.names import names_of
from profiles.rules.roster import grade_of, graduation_year

STUDENTS, ENROLLMENTS = "students", "enrollments"
# The district's setting ``genders`` may list others (T52).
GENDERS = ("F", "M", "X")
_FACTS = ("given_name", "middle_name", "family_name", "birth_date", "gender")
_HIGH_SCHOOL = ("09", "10", "11", "12")

# Given, middle, family, birth date, gender, grade, local id, ssid.
_Told = tuple[str, str, str, dt.date | None, str, str, str, str]
# Student, school, first day -> last day, why it ended, whether it is the primary school.
_Enrollments = dict[tuple[int, int, dt.date], tuple[dt.date | None, str, bool]]


class _Latest(NamedTuple):
    """The row of a student that counts, and where it stands."""

    begins: dt.date
    told: _Told
    table: Table
    line: int


def district_students(context: Context, tables: Sequence[Table]) -> None:
    """File B. Legal names, birth date, gender, grade and numbers; of several rows the last enrollment counts."""
    latest: dict[str, _Latest] = {}
    for table, dates, line, row in context.all_rows(tables, STUDENTS):
        local_id = row["student_id"]
        if not local_id or not row["given_name"] or not row["family_name"]:
            sentence = _("A student needs a number and both legal names.")
            context.reject(table, STUDENTS, "CE_VALUE_MISSING", sentence, line, "student_id")
            continue
        if len(local_id) > 30:
            sentence = _("The student's number is longer than 30 characters.")
            context.reject(table, STUDENTS, "CE_VALUE_TOO_LONG", sentence, line, "student_id")
            continue
        span = context.span(table, STUDENTS, line, dates, row)
        if span is None:
            continue
        told: _Told = (
            row["given_name"][:100], row["middle_name"][:100], row["family_name"][:100],
            _birth_date(context, table, line, dates, row["birth_date"]), _gender(context, table, line, row["gender"]),
            _grade(context, table, line, row["grade"]), local_id, context.ssid(table, line, row["ssid"]),
        )  # fmt: skip
        begins = span[0] or dt.date.min
        earlier = latest.get(local_id)
        # Twice on the same day: the rows themselves decide, so that their order does not.
        if earlier is None or (earlier.begins, str(earlier.told)) < (begins, str(told)):
            latest[local_id] = _Latest(begins, told, table, line)
    context.present[STUDENTS] = Student.objects.filter(district=context.district).count()
    _write_students(context, latest)


def _write_students(context: Context, latest: dict[str, _Latest]) -> None:
    ssids: dict[str, str] = {}
    new: list[_Told] = []
    known: dict[int, _Told] = {}
    for local_id, (_begins, told, table, line) in sorted(latest.items()):
        ssid = told[7]
        if ssid and ssids.setdefault(ssid, local_id) != local_id:
            sentence = _("Two students have the same state student ID. It was left out for the second.")
            context.warn(table, "CE_SSID_TWICE", sentence, line, "ssid")
            told = (*told[:7], "")
        row = {"student_id": local_id, "ssid": told[7]}
        if local_id not in context.by_local_id and told[7] not in context.by_ssid:
            new.append(told)
            continue
        pk = context.student(table, STUDENTS, line, row)
        if pk is not None:
            known[pk] = told
    _add(context, new)
    _change(context, known)


def _add(context: Context, rows: list[_Told]) -> None:
    ids, pks, fresh = uuids(), reserve_ids(Person, len(rows)), reserve_ids(Student, len(rows))
    people, students = [], []
    for told, person, pk in zip(rows, pks, fresh, strict=True):
        given, middle, family, born, gender, grade, local_id, ssid = told
        names = names_of(given, family, middle=middle)
        people.append((person, next(ids), context.district.pk, given, middle, family, "", names.display_name,
                       names.sort_name, names.search_text, born, gender, "", "", "", True))  # fmt: skip
        year = _class(context, grade)
        students.append((pk, next(ids), context.district.pk, person, grade, ssid, local_id, year, True))
        context.know(pk, local_id, ssid)
    context.changes.copy_rows(
        Person,
        ("id", "public_id", "district_id", "given_name", "middle_name", "family_name", "preferred_name", "display_name",
         "sort_name", "search_text", "birth_date", "gender", "email", "phone", "language", "is_active"),
        people,
    )  # fmt: skip
    context.changes.copy_rows(
        Student,
        ("id", "public_id", "district_id", "person_id", "grade", "ssid", "local_id", "graduation_year", "is_active"),
        students,
    )
    context.count("created", STUDENTS, len(rows))


def _change(context: Context, known: dict[int, _Told]) -> None:
    """What the file leaves empty stays."""
    people, students, changed = [], [], set()
    for one in Student.objects.filter(pk__in=known).select_related("person").iterator(chunk_size=5000):
        given, middle, family, born, gender, grade, local_id, ssid = known[one.pk]
        person = one.person
        now = (given, middle or person.middle_name, family, born or person.birth_date, gender or person.gender)
        if now != tuple(getattr(person, name) for name in _FACTS):
            names = names_of(given, family, middle=now[1], preferred=person.preferred_name)
            people.append((person.pk, *now, names.display_name, names.sort_name, names.search_text))
            changed.add(one.pk)
        facts = (grade or one.grade, ssid or one.ssid, one.local_id or local_id)
        if facts != (one.grade, one.ssid, one.local_id):
            students.append((one.pk, *facts, one.graduation_year or _class(context, facts[0])))
            context.know(one.pk, facts[2], facts[1])
            changed.add(one.pk)
    context.changes.update_rows(Person, (*_FACTS, "display_name", "sort_name", "search_text"), people)
    context.changes.update_rows(Student, ("grade", "ssid", "local_id", "graduation_year"), students)
    context.count("updated", STUDENTS, len(changed))
    context.count("unchanged", STUDENTS, len(known) - len(changed))


def _class(context: Context, grade: str) -> int | None:
    return graduation_year(grade, school_year(context.today)) if grade in _HIGH_SCHOOL else None


def _birth_date(context: Context, table: Table, line: int, dates: Dates, text: str) -> dt.date | None:
    try:
        return dates.read(text, "birth_date")
    except BadDate:
        sentence = _("The birth date is no date, so it was left out. Write dates as 9/1/2026.")
        context.warn(table, "CE_DATE", sentence, line, "birth_date")
        return None


def _gender(context: Context, table: Table, line: int, text: str) -> str:
    allowed = context.district.settings.get("genders", GENDERS)
    if text and text.upper() not in allowed:
        sentence = _("The gender “%(value)s” is not in the district's list, so it was left out.")
        context.warn(table, "CE_GENDER", sentence % {"value": text[:10]}, line, "gender")
        return ""
    return text.upper()


def _grade(context: Context, table: Table, line: int, text: str) -> str:
    grade = grade_of(text) if text else ""
    if grade is None:
        sentence = _("The grade “%(value)s” is unknown, so it was left out.") % {"value": text[:20]}
        context.warn(table, "CE_GRADE", sentence, line, "grade")
    elif text.isdigit() and len(text) == 1:
        sentence = _("The grade %(value)s was read as %(grade)s: its leading zero is lost.")
        context.once(f"grade {text}", table, "CE_LOST_ZERO", sentence % {"value": text, "grade": grade}, line, "grade")
    return grade or ""


def school_students(context: Context, tables: Sequence[Table]) -> None:
    """File C. An enrollment that overlaps one of the same student at the same school is that enrollment."""
    told: _Enrollments = {}
    for table, dates, line, row in context.all_rows(tables, ENROLLMENTS):
        if row["location"] == OUTSIDE:
            continue
        student = context.student(table, ENROLLMENTS, line, row)
        school = context.school(table, ENROLLMENTS, line, row["location"]) if student else None
        span = context.span(table, ENROLLMENTS, line, dates, row) if school else None
        if student is None or school is None or span is None:
            continue
        if span[0] is None:
            context.reject(table, ENROLLMENTS, "CE_VALUE_MISSING", _("The first day is missing."), line, "starts_on")
            continue
        is_primary = row["is_primary"].upper() not in {"N", "NO", "0", "FALSE"}
        key = (student, school, span[0])
        told[key] = max(told.get(key, (span[1], row["reason"][:40], is_primary)),
                        (span[1], row["reason"][:40], is_primary), key=str)  # fmt: skip
    _write_enrollments(context, told)
    _write_schools(context, told)


def _write_enrollments(context: Context, told: _Enrollments) -> None:
    people = {student for student, _school, _day in told}
    there: dict[tuple[int, int], list[SchoolEnrollment]] = {}
    for one in SchoolEnrollment.objects.filter(student__in=people).order_by("starts_on"):
        there.setdefault((one.student_id, one.school_id), []).append(one)
    grades = dict(Student.objects.filter(pk__in=people).values_list("pk", "grade"))
    new, changed, same = [], [], 0
    for (student, school, begins), (ends, reason, _primary) in sorted(told.items(), key=lambda item: item[0]):
        rows = there.get((student, school), [])
        exact = [one for one in rows if one.starts_on == begins]
        near = exact or [
            one for one in rows
            if (ends is None or one.starts_on <= ends) and (one.ends_on is None or one.ends_on >= begins)
        ]  # fmt: skip
        if not near:
            new.append((context.district.pk, student, school, grades[student], begins, ends, reason))
            continue
        one = near[-1]
        rows.remove(one)
        if (one.starts_on, one.ends_on, one.exit_reason) == (begins, ends, reason):
            same += 1
        else:
            changed.append((one.pk, begins, ends, reason))
    context.changes.copy_rows(
        SchoolEnrollment,
        ("district_id", "student_id", "school_id", "grade", "starts_on", "ends_on", "exit_reason"),
        new,
    )
    context.changes.update_rows(SchoolEnrollment, ("starts_on", "ends_on", "exit_reason"), changed)
    context.count("created", ENROLLMENTS, len(new))
    context.count("updated", ENROLLMENTS, len(changed))
    context.count("unchanged", ENROLLMENTS, same)


def _write_schools(context: Context, told: _Enrollments) -> None:
    """The present school: of enrollments that run today the primary one, else the one that began last."""
    present: dict[int, tuple[bool, dt.date, int]] = {}
    for (student, school, begins), (ends, _reason, is_primary) in told.items():
        if begins <= context.today and (ends is None or ends >= context.today):
            present[student] = max(present.get(student, (False, dt.date.min, 0)), (is_primary, begins, school))
    before = list(Student.objects.filter(pk__in=present).values_list("pk", "school", "is_active"))
    moved = [
        (pk, present[pk][2], True)
        for pk, school, is_active in before
        if (school, is_active) != (present[pk][2], True)
    ]  # fmt: skip
    context.moved[STUDENTS] = sum(school is not None and school != present[pk][2] for pk, school, _active in before)
    context.present.setdefault(STUDENTS, Student.objects.filter(district=context.district).count())
    context.changes.update_rows(Student, ("school_id", "is_active"), moved)

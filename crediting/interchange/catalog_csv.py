"""The course catalog as CSV, in and out: a row for each course and school (T67).

Bringing a file adds and changes; a course that the file does not name stays as it is, and so does what an empty cell
stands for. A minus sign empties a cell. Rows of one course that say different things are all left out, so that the
order of rows never matters.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crediting.actions.catalog import cleaned, known_schools, refuse_faulty, terms_fields
from crediting.models import CourseDesignation, CourseRequirement, CourseSchool, CourseTerms
from crediting.queries.catalog import details_by_course
from crediting.rules.catalog import CourseDetails, designation_text, read_designation
from crediting.rules.numbers import credits_text
from crediting.states import SubjectArea
from crediting.verbs.catalog import CatalogImported
from crediting.words import subject_word
from mbl.core import audit
from mbl.core.errors import DomainError
from mbl.core.imports import ImportResult, Issues, mapping, runs
from mbl.core.imports.changes import Changes
from mbl.core.imports.excel import read_code
from mbl.core.imports.mapping import Column
from mbl.core.imports.opening import Refused, open_package
from mbl.core.imports.tables import BadDate, Columns, Dates, Table
from mbl.core.imports.writing import reserve_ids, uuids
from mbl.core.models import District, User
from mbl.core.tabular import Cell, defuse
from profiles.models import Course

KIND = "catalog"
COURSES = "courses"
FIELDS = (
    Column("school", gettext_lazy("School"), aliases=("school code", "location id", "building")),
    Column("code", gettext_lazy("Course code"), required=True, aliases=("course number", "course id", "local code")),
    Column("title", gettext_lazy("Title"), aliases=("course title", "course name", "name")),
    Column("subject", gettext_lazy("Subject area"), aliases=("department", "credit type")),
    Column("credits", gettext_lazy("Credits"), aliases=("credit", "credit value", "potential credit")),
    Column("sced_code", gettext_lazy("SCED code"), aliases=("sced",)),
    Column("state_course_code", gettext_lazy("State course code"), aliases=("state code",)),
    Column("requirements", gettext_lazy("Requirements met"), aliases=("meets",)),
    Column("equivalent_subject", gettext_lazy("Equivalent subject area"), aliases=("prints under",)),
    Column("equivalent_title", gettext_lazy("Equivalent title"), aliases=("prints as",)),
    Column("cadr", gettext_lazy("Counts for college entrance"), aliases=("is cadr", "college entrance")),
    Column("laboratory", gettext_lazy("Laboratory science"), aliases=("lab", "is lab")),
    Column("designations", gettext_lazy("Designations"), aliases=("designation", "letters")),
    Column("grades", gettext_lazy("Grades"), aliases=("grade levels",)),
    Column("active_from", gettext_lazy("First day in use"), aliases=("start date",)),
    Column("active_to", gettext_lazy("Last day in use"), aliases=("end date",)),
    Column("in_use", gettext_lazy("In use"), aliases=("active", "is active")),
    Column("description", gettext_lazy("What the course is about"), aliases=("course description",)),
)
NAMES = tuple(field.name for field in FIELDS)
_YES_NO = {
    "true": True, "yes": True, "y": True, "1": True, "x": True,
    "false": False, "no": False, "n": False, "0": False,
}  # fmt: skip
_NOTHING = "-"
# What one cell says, by field of ``CourseDetails``.
Said = dict[str, Any]


# --- Out --------------------------------------------------------------------------------------------------------------


def rows(district: District) -> Iterator[list[Cell]]:
    """Cells in the order of ``NAMES``. A course without a state course code cannot leave (T66); one that every school
    offers has one row without a school."""
    courses = Course.objects.filter(district=district)
    details = details_by_course(courses)
    for course in courses.order_by("code", "pk"):
        known = details.get(course.pk)
        if known is None or not known.state_course_code:
            continue
        for school in known.schools or ("",):
            yield [
                school,
                course.code,
                known.title,
                str(known.subject),
                known.credits,
                known.sced_code,
                known.state_course_code,
                "; ".join(f"{name} {credits_text(amount)}" for name, amount in known.met.items()),
                known.equivalent_subject,
                known.equivalent_title,
                known.is_cadr,
                known.is_lab,
                "; ".join(map(designation_text, known.designations)),
                "; ".join(known.grades),
                known.active_from,
                known.active_to,
                known.is_active,
                known.description,
            ]


# --- In ---------------------------------------------------------------------------------------------------------------


def import_catalog(
    source: Path,
    *,
    district: District,
    actor: User | None,
    dry_run: bool = False,
    confirmed: bool = False,
    mapping: Mapping[str, str] | None = None,
) -> ImportResult:
    """Bring courses. A file takes none away, so there is nothing to ask about: ``confirmed`` changes nothing."""
    issues = Issues()
    sha256 = ""

    def record(result: ImportResult) -> ImportResult:
        return runs.record(result, kind=KIND, file_name=source.name, sha256=sha256, district=district, actor=actor)

    try:
        with open_package(source) as package:
            sha256 = package.sha256
            table = _table(source, package.text(package.names[0]) if len(package.names) == 1 else None, issues, mapping)
            if table is None or not table.is_usable:
                return record(runs.refusal(issues))
            with transaction.atomic():
                District.objects.select_for_update(no_key=True).get(pk=district.pk)
                run = runs.begin(kind=KIND, file_name=source.name, sha256=sha256, district=district, actor=actor)
                result = _Catalog(table, district, issues).bring(Changes(run))
                result.issues = list(issues)
                if not dry_run:
                    result.applied = True
                    if result.changes:
                        told = CatalogImported(
                            created=result.created.get(COURSES, 0),
                            updated=result.updated.get(COURSES, 0),
                            sha256=sha256,
                        )
                        audit.record(told, actor=actor, district=district, target=run)
                    return runs.finish(run, result)
                runs.take_back(run, result)
            return record(result)
    except Refused as refused:
        for issue in refused.issues:
            issues.add(issue)
    return record(runs.refusal(issues))


def _table(source: Path, text: Any, issues: Issues, chosen: Mapping[str, str] | None) -> Table | None:
    if text is None:
        issues.error("ONE_FILE", _("Send one CSV file."), file=source.name)
        return None
    try:
        head = mapping.head_of(source)
    except DomainError as error:
        issues.error("HEADER_UNREADABLE", str(error), file=source.name, line=1)
        return None
    settled = mapping.settled(FIELDS, chosen, head, issues, source.name)
    if not settled:
        return None
    columns = Columns(("code",), [name for name in NAMES if name != "code"])
    return Table(text, columns, issues, mapping=settled, delimiter=head.delimiter)


class _NotTaken(Exception):
    """Why a row cannot be taken, and which column is at fault."""

    def __init__(self, code: str, sentence: str, column: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence, self.column = code, sentence, column


class _Catalog:
    """One file against the district's catalog."""

    def __init__(self, table: Table, district: District, issues: Issues) -> None:
        self.table, self.district, self.issues = table, district, issues
        self.dates = Dates(table)
        self.schools = known_schools(district)
        self.courses = {course.code: course for course in Course.objects.filter(district=district)}
        self.details = details_by_course(Course.objects.filter(district=district))
        self.result = ImportResult()

    def bring(self, changes: Changes) -> ImportResult:
        wanted: dict[str, CourseDetails] = {}
        for code, lines in self._by_code().items():
            try:
                wanted[code] = self._wanted(code, lines)
            except _NotTaken as fault:
                for line, _said, _school in lines:
                    self._reject(fault, line)
        self._write(wanted, changes)
        return self.result

    # --- Reading ------------------------------------------------------------------------------------------------------

    def _by_code(self) -> dict[str, list[tuple[int, Said, str]]]:
        found: dict[str, list[tuple[int, Said, str]]] = defaultdict(list)
        for line, cells in self.table.rows():
            if not cells:
                self._count("rejected")
                continue
            row = dict(zip(self.table.columns.names, map(_undefused, cells), strict=True))
            try:
                code = self._code(row["code"], line, "code", known=True)
                if not code or len(code) > 30 or not code.isprintable():
                    raise _NotTaken("CATALOG_CODE", _("A course needs a code of at most 30 characters."), "code")
                school = row["school"]
                if school not in {"", _NOTHING} and school not in self.schools:
                    sentence = _("There is no school with the code %(code)s.") % {"code": school[:30]}
                    raise _NotTaken("CATALOG_SCHOOL", sentence, "school")
                said = self._said(row, line)
                found[code].append((line, said, school))
            except _NotTaken as fault:
                self._reject(fault, line)
        return found

    def _said(self, row: Mapping[str, str], line: int) -> Said:
        said: Said = {}
        for name, read in _READERS.items():
            if row[name]:
                field, value = read("" if row[name] == _NOTHING else row[name])
                said[field] = value
        for name in ("sced_code", "state_course_code"):
            if row[name]:
                digits = row[name].replace(".", "").isdigit()
                said[name] = (
                    "" if row[name] == _NOTHING else self._code(row[name], line, name, width=5 if digits else 0)
                )
        for name in ("active_from", "active_to"):
            if row[name]:
                try:
                    said[name] = None if row[name] == _NOTHING else self.dates.read(row[name], name)
                except BadDate:
                    sentence = _("%(cell)s is no date. Write it as 2026-09-01.") % {"cell": row[name][:20]}
                    raise _NotTaken("CATALOG_DATE", sentence, name) from None
        return said

    def _code(self, cell: str, line: int, column: str, *, known: bool = False, width: int = 0) -> str:
        code = read_code(cell, width=width, known=self.courses if known else ())
        if code.damage:
            sentence = (
                _("A spreadsheet changed %(cell)s. It was read as %(code)s.")
                if code.value
                else _("A spreadsheet changed the code to %(cell)s. Export the file again without opening it.")
            )
            values = {"cell": cell[:20], "code": code.value}
            if not code.value:
                raise _NotTaken(str(code.damage), sentence % values, column)
            self.issues.warning(
                str(code.damage), sentence % values, file=self.table.text.name, line=line, column=column
            )
        return code.value

    def _wanted(self, code: str, lines: list[tuple[int, Said, str]]) -> CourseDetails:
        first = lines[0][1]
        if any(said != first for _line, said, _school in lines):
            sentence = _("The rows of the course %(code)s say different things. Make them say the same.")
            raise _NotTaken("CATALOG_ROWS_DIFFER", sentence % {"code": code}, "code")
        said = dict(first)
        named = {school for _line, _said, school in lines if school not in {"", _NOTHING}}
        if named or any(school == _NOTHING for _line, _said, school in lines):
            said["schools"] = tuple(sorted(named))
        course = self.courses.get(code)
        known = self.details.get(course.pk) if course else None
        if known is None:
            if course is not None:
                said = {"title": course.title, "is_active": course.is_active} | said
            for field, word in (("title", _("a title")), ("credits", _("credits")), ("subject", _("a subject area"))):
                if field not in said:
                    sentence = _("The course %(code)s is new here and needs %(what)s.")
                    raise _NotTaken("CATALOG_INCOMPLETE", sentence % {"code": code, "what": word}, field)
            details = cleaned(CourseDetails(**said))
        else:
            # Where nothing else is said, a course meets its subject area with what it gives.
            plain = known.met == {str(known.subject): known.credits}
            if plain and "requirements" not in said and {"credits", "subject"} & set(said):
                said["requirements"] = None
            details = cleaned(dataclasses.replace(known, **said))
        try:
            refuse_faulty(details, self.district, schools=self.schools, known=known)
        except DomainError as error:
            raise _NotTaken("CATALOG_VALUE", error.message, _COLUMN_OF.get(error.field, error.field)) from error
        return details

    def _reject(self, fault: _NotTaken, line: int) -> None:
        self._count("rejected")
        self.issues.error(fault.code, fault.sentence, file=self.table.text.name, line=line, column=fault.column)

    def _count(self, name: str, number: int = 1) -> None:
        counts = getattr(self.result, name)
        if number:
            counts[COURSES] = counts.get(COURSES, 0) + number

    # --- Writing ------------------------------------------------------------------------------------------------------

    def _write(self, wanted: Mapping[str, CourseDetails], changes: Changes) -> None:
        new = [code for code in wanted if code not in self.courses]
        changed = [
            code
            for code, details in wanted.items()
            if code in self.courses and self.details.get(self.courses[code].pk) != details
        ]
        self._count("created", len(new))
        self._count("updated", len(changed))
        self._count("unchanged", len(wanted) - len(new) - len(changed))
        keys = dict(zip(new, reserve_ids(Course, len(new)), strict=True))
        keys |= {code: self.courses[code].pk for code in changed}
        ids = uuids()
        changes.copy_rows(
            Course,
            ("id", "public_id", "district_id", "code", "title", "is_active"),
            [(keys[c], next(ids), self.district.pk, c, wanted[c].title, wanted[c].is_active) for c in new],
        )
        changes.update_rows(
            Course, ("title", "is_active"), [(keys[c], wanted[c].title, wanted[c].is_active) for c in changed]
        )
        terms = dict(CourseTerms.objects.filter(course__in=keys.values()).values_list("course_id", "pk"))
        columns = {code: terms_fields(wanted[code]) for code in keys}
        names = tuple(next(iter(columns.values()), {}))
        if names:
            changes.copy_rows(
                CourseTerms,
                ("course_id", *names),
                [(keys[code], *said.values()) for code, said in columns.items() if keys[code] not in terms],
            )
            changes.update_rows(
                CourseTerms,
                names,
                [(terms[keys[code]], *said.values()) for code, said in columns.items() if keys[code] in terms],
            )
        for model in (CourseRequirement, CourseSchool, CourseDesignation):
            changes.delete(model._default_manager.filter(course__in=[keys[code] for code in changed]))
        changes.copy_rows(
            CourseRequirement,
            ("course_id", "requirement", "credits"),
            [(keys[code], name, str(amount)) for code in keys for name, amount in wanted[code].met.items()],
        )
        changes.copy_rows(
            CourseSchool,
            ("course_id", "school_id"),
            [(keys[code], self.schools[school]) for code in keys for school in wanted[code].schools],
        )
        changes.copy_rows(
            CourseDesignation,
            ("course_id", "letter", "first_year", "last_year"),
            [
                (keys[code], one.letter, one.first_year or None, one.last_year or None)
                for code in keys
                for one in wanted[code].designations
            ],
        )


# --- Cells ------------------------------------------------------------------------------------------------------------


def _undefused(cell: str) -> str:
    """The apostrophe that keeps a spreadsheet from running a cell is no part of the text."""
    return cell[1:] if cell.startswith("'") and defuse(cell[1:]) == cell else cell


def _subject(cell: str, column: str) -> str:
    for area in SubjectArea:
        if cell.casefold() in {area.value, area.value.replace("_", " "), subject_word(area).casefold()}:
            return area.value
    sentence = _("%(cell)s is no subject area. Write one of: %(known)s.")
    values = {"cell": cell[:40], "known": ", ".join(SubjectArea)}
    raise _NotTaken("CATALOG_SUBJECT", sentence % values, column)


def _number(cell: str, column: str) -> Decimal:
    try:
        number = Decimal(cell.replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) > 1000:
        raise _NotTaken("CATALOG_NUMBER", _("%(cell)s is no number of credits.") % {"cell": cell[:20]}, column)
    return number


def _flag(cell: str, column: str) -> bool:
    if (found := _YES_NO.get(cell.casefold() or "no")) is None:
        raise _NotTaken("CATALOG_YES_NO", _("%(cell)s is neither yes nor no.") % {"cell": cell[:20]}, column)
    return found


def _parts(cell: str) -> list[str]:
    return [part for one in cell.split(";") if (part := one.strip())]


def _requirements(cell: str) -> dict[str, Decimal] | None:
    found: dict[str, Decimal] = {}
    for part in _parts(cell):
        name, _blank, amount = part.rpartition(" ")
        found[_subject(name or amount, "requirements")] = _number(amount, "requirements")
    return found or None


def _designations(cell: str) -> tuple[Any, ...]:
    found = [(part, read_designation(part)) for part in _parts(cell)]
    for part, one in found:
        if one is None:
            sentence = _("%(cell)s is no designation. Write a letter, or a letter and years such as A 2026-2028.")
            raise _NotTaken("CATALOG_DESIGNATION", sentence % {"cell": part[:20]}, "designations")
    return tuple(sorted({one for _part, one in found if one}))


def _grades(cell: str) -> tuple[str, ...]:
    return tuple(sorted({part.zfill(2) if part.isdigit() else part.upper() for part in _parts(cell)}))


_READERS: dict[str, Any] = {
    "title": lambda cell: ("title", cell),
    "subject": lambda cell: ("subject", SubjectArea(_subject(cell, "subject"))),
    "credits": lambda cell: ("credits", _number(cell, "credits")),
    "requirements": lambda cell: ("requirements", _requirements(cell)),
    "equivalent_subject": lambda cell: ("equivalent_subject", _subject(cell, "equivalent_subject") if cell else ""),
    "equivalent_title": lambda cell: ("equivalent_title", cell),
    "cadr": lambda cell: ("is_cadr", _flag(cell, "cadr")),
    "laboratory": lambda cell: ("is_lab", _flag(cell, "laboratory")),
    "designations": lambda cell: ("designations", _designations(cell)),
    "grades": lambda cell: ("grades", _grades(cell)),
    "in_use": lambda cell: ("is_active", _flag(cell, "in_use")),
    "description": lambda cell: ("description", cell),
}
_COLUMN_OF = {"schools": "school", "is_cadr": "cadr", "is_lab": "laboratory", "is_active": "in_use"}

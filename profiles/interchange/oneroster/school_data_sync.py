"""Microsoft School Data Sync CSV (v2 and v2.1), read as the OneRoster it resembles.

Its files have the same names and other columns. ``Sheet`` turns each row into the OneRoster row that says the same;
from there on everything is the same road. What OneRoster has no column for (codes of race and ethnicity, flags of
programs, relationships) is read here. Passwords are not among the columns, so they are never read.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterator, Mapping

from django.utils.translation import gettext as _

from mbl.core.clock import school_year
from mbl.core.imports import Issues
from mbl.core.imports.opening import Package
from mbl.core.imports.tables import BadDate, Columns, Dates, Row, Table
from profiles.interchange.oneroster import spec
from profiles.interchange.oneroster.manifest import Manifest
from profiles.interchange.oneroster.reading import Reader, split_list
from profiles.interchange.oneroster.staging import Demographic, ProgramRow
from profiles.rules.roster import SUGGESTED
from profiles.states import Program

SYSTEM = "sds"
FLAGS, RELATIONSHIPS = "userFlags", "relationships"
COLUMNS = {
    "orgs": Columns(("sourcedId", "name", "type"), ("parentSourcedId",)),
    "academicSessions": Columns(("sourcedId", "title", "type", "startDate", "endDate"), ("schoolYear",)),
    "users": Columns(
        ("sourcedId", "username", "givenName", "familyName"),
        ("orgSourcedIds", "role", "grade", "email", "phone", "sms", "activeDirectoryMatchId"),
    ),
    "roles": Columns(
        ("userSourcedId", "orgSourcedId", "role"),
        ("sessionSourcedId", "grade", "isPrimary", "roleStartDate", "roleEndDate"),
    ),
    "demographics": Columns(
        ("userSourcedId",),
        ("sex", "birthDate", "raceCodes", "ethnicityCodes", "birthCity", "birthState", "birthCountryCode"),
        {"sourcedid": "userSourcedId", "racecode": "raceCodes", "ethnicitycode": "ethnicityCodes"},
    ),
    "courses": Columns(("sourcedId", "title"), ("orgSourcedId", "code", "schoolYearSourcedId", "subjectCodes")),
    "classes": Columns(("sourcedId", "orgSourcedId", "title"), ("sessionSourcedIds", "courseSourcedId", "code")),
    "enrollments": Columns(("classSourcedId", "userSourcedId", "role")),
    FLAGS: Columns(("userSourcedId", "flag")),
    RELATIONSHIPS: Columns(("userSourcedId", "relationshipUserSourcedId"), ("relationshipRole",)),
}
# Places that teach; everything else is kept by its id alone.
_SCHOOLS = {"school", "college", "campus"}
_TEACHERS = {"teacher", "professor", "lecturer", "instructor", "adjunct", "faculty", "substitute"}
_SAME_GRADES = {"undergraduate": "PS", "postgraduate": "PS", "graduate": "PS", "adulteducation": "Other"}
_RACES = {
    "americanindianoralaskanative": "N",
    "asian": "A",
    "blackorafricanamerican": "B",
    "nativehawaiianorotherpacificislander": "P",
    "white": "W",
    "middleeasternornorthafrican": "M",
}
_ETHNICITIES = {
    "hispanic": spec.HISPANIC,
    "hispanicorlatino": spec.HISPANIC,
    "hispanicorlatinoethnicity": spec.HISPANIC,
    "nothispanic": spec.NOT_HISPANIC,
    "nothispanicorlatino": spec.NOT_HISPANIC,
    "nonhispanic": spec.NOT_HISPANIC,
}
_PROGRAMS = {
    "iep": Program.SPECIAL_EDUCATION,
    "specialeducation": Program.SPECIAL_EDUCATION,
    "504": Program.SECTION_504,
    "section504": Program.SECTION_504,
    "freelunch": Program.LOW_INCOME,
    "reducedlunch": Program.LOW_INCOME,
    "reducedpricelunch": Program.LOW_INCOME,
    "ell": Program.MULTILINGUAL,
    "englishlearner": Program.MULTILINGUAL,
    "migrant": Program.MIGRANT,
    "homeless": Program.HOMELESS,
    "foster": Program.FOSTER,
    "fostercare": Program.FOSTER,
    "gifted": Program.HIGHLY_CAPABLE,
    "giftedortalented": Program.HIGHLY_CAPABLE,
    "highlycapable": Program.HIGHLY_CAPABLE,
    "military": Program.MILITARY,
}


def looks_like(package: Package) -> bool:
    """Whether the headers are those of School Data Sync: its enrollments have no id of their own."""
    return (
        {"orgs.csv", "users.csv"} <= set(package.names)
        and not _has(package, "users.csv", "enabledUser")
        and ("enrollments.csv" not in package or not _has(package, "enrollments.csv", "sourcedId"))
    )


def describe(package: Package, issues: Issues) -> Manifest | None:
    """The files to read; they are always complete. None where one is missing."""
    files = {kind: f"{kind}.csv" for kind in spec.KINDS if f"{kind}.csv" in package}
    has_role = _has(package, "users.csv", "role")
    if not has_role and "roles" not in files:
        sentence = _("Neither users.csv nor roles.csv says who is a student and who a teacher. Export roles.csv too.")
        issues.error("OR_ROLES_MISSING", sentence, file="roles.csv")
        return None
    if has_role:
        files.pop("roles", None)
    if "classes" in files:
        files |= {"courses": "courses.csv", "academicSessions": "academicSessions.csv"}
    ordered = {kind: files[kind] for kind in spec.KINDS if kind in files}
    return Manifest(SYSTEM, "1.1" if has_role else "1.2", ordered)


def _has(package: Package, name: str, column: str) -> bool:
    with package.text(name).lines() as lines:
        try:
            header = next(csv.reader(lines), [])
        except csv.Error:
            return False
    return column.lower() in {cell.strip().lower() for cell in header}


class Sheet(Table):
    """A file of School Data Sync whose rows come out as OneRoster's; ``turn`` makes the cells by their names."""

    def __init__(
        self,
        table: Table | None,
        target: Columns,
        turn: Callable[[Mapping[str, str]], Mapping[str, str]],
        more: list[Mapping[str, str]] | None = None,
    ) -> None:
        self._table = table
        self._turn = turn
        self._more = more or []
        self.columns = target
        self.is_usable = table is None or table.is_usable

    def rows(self) -> Iterator[tuple[int, Row]]:
        line = 0
        if self._table is not None:
            names = self._table.columns.names
            for line, row in self._table.rows():
                yield line, self._row(self._turn(dict(zip(names, row, strict=True)))) if row else ()
        for cells in self._more:
            yield line, self._row(cells)

    def _row(self, cells: Mapping[str, str]) -> Row:
        return [cells.get(name, "") for name in self.columns.names]

    def has(self, column: str) -> bool:
        return column in self.columns.names

    def is_only_header(self) -> bool:
        return not self._more and self._table is not None and self._table.is_only_header()

    def count_rows(self) -> int:
        return len(self._more) + (self._table.count_rows() if self._table else 0)

    def cells_of(self, column: str) -> Iterator[str]:
        place = self.columns.names.index(column)
        for _line, row in self.rows():
            if row:
                yield row[place]


class SchoolDataSyncReader(Reader):
    """Reads School Data Sync as OneRoster."""

    def _open_tables(self) -> None:
        self._grades: dict[str, str] = {}
        self._year = school_year(self.on)
        self._sources: dict[str, Table] = {}
        for kind in (*self._files, FLAGS, RELATIONSHIPS):
            if f"{kind}.csv" in self.package:
                table = Table(self.package.text(f"{kind}.csv"), COLUMNS[kind], self.issues)
                self.staged.must_stop |= not table.is_usable
                self._sources[kind] = table
                self._stop_if_empty(table, f"{kind}.csv")
        if self.staged.must_stop:
            return
        if "roles" in self._files:
            self._grades = {row["userSourcedId"]: row["grade"] for _line, row in self._cells("roles") if row["grade"]}
        klasses = [row for _line, row in self._cells("classes")] if "classes" in self._sources else []
        self._places_of = {row["sourcedId"]: row["orgSourcedId"] for row in klasses}
        for kind in self._files:
            turn = getattr(self, f"_turn_{kind.lower()}")
            more: list[Mapping[str, str]] = []
            if kind == "courses":
                more = [
                    {"sourcedId": f"class:{row['sourcedId']}", "title": row["title"], "courseCode": row["sourcedId"],
                     "orgSourcedId": row["orgSourcedId"]}
                    for row in klasses if not row["courseSourcedId"] and row["sourcedId"]
                ]  # fmt: skip
            elif kind == "academicSessions" and any(not row["sessionSourcedIds"] for row in klasses):
                more = [self._this_year()]
            target = spec.columns_of(kind, self.manifest.version)
            self._tables[kind] = Sheet(self._sources.get(kind), target, turn, more)
        if "academicSessions" not in self._sources and "classes" in self._sources:
            sentence = _("The files name no school year, so sections were put into %(year)s.")
            values = {"year": f"{self._year - 1}-{self._year % 100:02}"}
            self.issues.info("SDS_NO_SESSIONS", sentence % values, file="academicSessions.csv")

    def _cells(self, kind: str) -> Iterator[tuple[int, dict[str, str]]]:
        """Rows by column; their faults are told when the file is read in its turn."""
        source = self._sources[kind]
        silent = Table(source.text, source.columns, Issues())
        for line, row in silent.rows():
            if row:
                yield line, dict(zip(silent.columns.names, row, strict=True))

    def _this_year(self) -> dict[str, str]:
        return {
            "sourcedId": f"year:{self._year}", "title": f"{self._year - 1}-{self._year % 100:02}", "type": "schoolYear",
            "startDate": f"{self._year - 1}-07-01", "endDate": f"{self._year}-06-30", "schoolYear": str(self._year),
        }  # fmt: skip

    # --- One row of theirs as one of OneRoster's ----------------------------------------------------------------------

    def _turn_orgs(self, row: Mapping[str, str]) -> Mapping[str, str]:
        type_ = row["type"].lower()
        known = "school" if type_ in _SCHOOLS else type_ if type_ in spec.ORG_TYPES else "local"
        return {**row, "type": known}

    def _turn_academicsessions(self, row: Mapping[str, str]) -> Mapping[str, str]:
        return row

    def _turn_users(self, row: Mapping[str, str]) -> Mapping[str, str]:
        grade = row["grade"] or self._grades.get(row["sourcedId"], "")
        return {
            **row, "enabledUser": "true", "role": _role(row["role"]),
            "grades": _SAME_GRADES.get(grade.lower(), grade),
        }  # fmt: skip

    def _turn_roles(self, row: Mapping[str, str]) -> Mapping[str, str]:
        key = "|".join(row[name] for name in ("userSourcedId", "orgSourcedId", "role", "sessionSourcedId"))
        is_primary = row["isPrimary"].lower() in {"true", "1", "yes"}
        return {
            "sourcedId": key if row["userSourcedId"] else "", "userSourcedId": row["userSourcedId"],
            "roleType": "primary" if is_primary else "secondary", "role": _role(row["role"]),
            "orgSourcedId": row["orgSourcedId"], "beginDate": row["roleStartDate"], "endDate": row["roleEndDate"],
        }  # fmt: skip

    def _turn_demographics(self, row: Mapping[str, str]) -> Mapping[str, str]:
        return {"sourcedId": row["userSourcedId"], "birthDate": row["birthDate"], "sex": row["sex"]}

    def _turn_courses(self, row: Mapping[str, str]) -> Mapping[str, str]:
        org = row["orgSourcedId"] or next(iter(self.staged.orgs), "")
        return {**row, "orgSourcedId": org, "courseCode": row["code"]}

    def _turn_classes(self, row: Mapping[str, str]) -> Mapping[str, str]:
        return {
            "sourcedId": row["sourcedId"], "title": row["title"], "classCode": row["code"], "classType": "scheduled",
            "courseSourcedId": row["courseSourcedId"] or f"class:{row['sourcedId']}",
            "schoolSourcedId": row["orgSourcedId"],
            "termSourcedIds": row["sessionSourcedIds"] or f"year:{self._year}",
        }  # fmt: skip

    def _turn_enrollments(self, row: Mapping[str, str]) -> Mapping[str, str]:
        klass, user, role = row["classSourcedId"], row["userSourcedId"], _role(row["role"])
        return {
            "sourcedId": f"{klass}|{user}|{role}", "classSourcedId": klass, "userSourcedId": user,
            "role": role if role in {spec.STUDENT, spec.TEACHER} else "proctor",
            "schoolSourcedId": self._places_of.get(klass, ""),
        }  # fmt: skip

    # --- What OneRoster has no column for -----------------------------------------------------------------------------

    def _read_demographics(self) -> None:
        """Race and ethnicity come as lists of codes. A code that is not one of theirs is kept as it is (T45)."""
        kind = "demographics"
        if kind not in self._tables:
            return
        dates = Dates(self._tables[kind])
        users = self._accepted("users")
        seen = self.staged.seen.setdefault(kind, set())
        for line, row in self._cells(kind):
            key = row["userSourcedId"]
            if key not in users:
                self._missing_reference(kind, line, "userSourcedId", key)
                continue
            if key in seen:
                sentence = _("The sourcedId %(id)s was used further up. Only the first row counts.")
                self._reject(kind, "OR_ID_TWICE", sentence % {"id": key}, line, "userSourcedId")
                continue
            seen.add(key)
            born: dt.date | None = None
            try:
                born = dates.read(row["birthDate"], "birthDate")
            except BadDate:
                sentence = _("birthDate is no date, so it was left out. Write dates as 2026-11-21.")
                self._warn(kind, "OR_DATE", sentence, line, "birthDate")
            races = self._codes(line, "raceCodes", row["raceCodes"], _RACES)
            ethnicity = self._codes(line, "ethnicityCodes", row["ethnicityCodes"], _ETHNICITIES)
            if spec.NOT_HISPANIC in ethnicity and len(ethnicity) > 1:
                sentence = _("The row says not Hispanic and names another ethnicity. Its codes were not taken over.")
                self._reject(kind, "RACE_NOT_HISPANIC_WITH_OTHER", sentence, line, "ethnicityCodes")
                continue
            gender = spec.SEX.get(row["sex"].lower(), "")
            self.staged.demographics[key] = Demographic(line, born, gender, ethnicity, races)

    def _codes(self, line: int, column: str, cell: str, known: Mapping[str, str]) -> tuple[str, ...]:
        found = []
        for code in split_list(cell.replace(";", ",")):
            word = "".join(char for char in code.lower() if char.isalnum())
            if word in known:
                found.append(known[word])
            elif len(code) <= 10:
                found.append(code)
            else:
                sentence = _("The code “%(code)s” is not known and too long to keep. It was left out.")
                self._warn("demographics", "SDS_CODE_UNKNOWN", sentence % {"code": code[:30]}, line, column)
        return tuple(dict.fromkeys(found))

    def _link_families(self) -> None:
        """Family links and programs stand in files of their own."""
        users = self.staged.users
        if RELATIONSHIPS in self._sources:
            for _line, row in self._cells(RELATIONSHIPS):
                student, other = users.get(row["userSourcedId"]), users.get(row["relationshipUserSourcedId"])
                if student is not None and other is not None and student.is_student:
                    word = row["relationshipRole"].lower()
                    link = f"{row['userSourcedId']}|{row['relationshipUserSourcedId']}"
                    self.staged.guardians[link] = word if word in spec.FAMILY_ROLES else "guardian"
        if FLAGS in self._sources:
            self.staged.full |= {spec.PROGRAMS}
            self._read_flags()

    def _read_flags(self) -> None:
        self._files = {**self._files, spec.PROGRAMS: f"{FLAGS}.csv"}
        unknown: dict[str, int] = {}
        for line, row in self._cells(FLAGS):
            key, flag = row["userSourcedId"], row["flag"]
            user = self.staged.users.get(key)
            if user is None or not user.is_student:
                self._missing_reference(spec.PROGRAMS, line, "userSourcedId", key)
                continue
            program = _PROGRAMS.get("".join(char for char in flag.lower() if char.isalnum()))
            if program is None:
                unknown.setdefault(flag[:40], line)
                continue
            self.staged.programs.setdefault(f"{key}|{program}", ProgramRow(line, key, str(program)))
        self.staged.seen[spec.PROGRAMS] = set(self.staged.programs)
        for flag, line in unknown.items():
            sentence = _("The flag “%(flag)s” has no place here and was left out.")
            self._info(spec.PROGRAMS, "SDS_FLAG_NOT_USED", sentence % {"flag": flag}, line, "flag")


def _role(word: str) -> str:
    """Their word for a role as OneRoster's. Staff of all other kinds open nothing."""
    role = word.strip().lower()
    if role in _TEACHERS:
        return spec.TEACHER
    if role in {spec.STUDENT, ""} | SUGGESTED.keys() | spec.FAMILY_ROLES:
        return role
    return "aide"

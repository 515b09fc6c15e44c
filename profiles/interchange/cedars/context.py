"""What the readers of all CEDARS files share: finding students and places, counting, and telling what is wrong."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _

from mbl.core import clock
from mbl.core.imports import ImportResult, Issues
from mbl.core.imports.changes import Changes
from mbl.core.imports.tables import BadDate, Dates, Table
from mbl.core.models import District
from profiles.models import School, Student

SOURCE = "cedars"
_SSID = re.compile(r"[1-9]\d{9}")
# School history outside the district.
OUTSIDE = "9999"
Row = dict[str, str]


@dataclass
class Context:
    """One run over one or more files."""

    district: District
    issues: Issues
    result: ImportResult
    changes: Changes
    # For the rails: how many of a kind there were, and how many changed their place.
    present: dict[str, int] = field(default_factory=dict)
    moved: dict[str, int] = field(default_factory=dict)
    # Letters of which the whole district's file is here, so that what it lacks is over.
    whole: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.today = clock.today(self.district)
        self.by_local_id: dict[str, int] = {}
        self.by_ssid: dict[str, int] = {}
        self.ssid_of: dict[int, str] = {}
        for pk, local_id, ssid in Student.objects.filter(district=self.district).values_list("pk", "local_id", "ssid"):
            self.know(pk, local_id, ssid)

    def know(self, pk: int, local_id: str, ssid: str) -> None:
        if local_id:
            self.by_local_id[local_id] = pk
        if ssid:
            self.by_ssid[ssid] = pk
            self.ssid_of[pk] = ssid

    def count(self, name: str, kind: str, number: int = 1) -> None:
        if number:
            counts = getattr(self.result, name)
            counts[kind] = counts.get(kind, 0) + number

    def reject(self, table: Table, kind: str, code: str, message: str, line: int, column: str = "") -> None:
        self.count("rejected", kind)
        self.issues.error(code, message, file=table.text.name, line=line, column=column)

    def warn(self, table: Table, code: str, message: str, line: int | None = None, column: str = "") -> None:
        self.issues.warning(code, message, file=table.text.name, line=line, column=column)

    def all_rows(self, tables: Sequence[Table], kind: str) -> Iterator[tuple[Table, Dates, int, Row]]:
        """``rows`` of several files, each with its table and what reads its dates."""
        for table in tables:
            dates = Dates(table)
            for line, row in self.rows(table, kind):
                yield table, dates, line, row

    def rows(self, table: Table, kind: str) -> Iterator[tuple[int, Row]]:
        """Rows of this district by column; text ``NULL`` is empty. Faulty rows are counted as rejected."""
        names = table.columns.names
        for line, cells in table.rows():
            if not cells:
                self.count("rejected", kind)
                continue
            row = {name: "" if cell == "NULL" else cell for name, cell in zip(names, cells, strict=True)}
            if self._is_ours(table, kind, line, row["district"]):
                yield line, row

    def _is_ours(self, table: Table, kind: str, line: int, code: str) -> bool:
        own = self.district.state_code
        if not code or not own or code == own:
            return True
        if code.zfill(5) == own:
            sentence = _("The district's code %(found)s lost its leading zero.") % {"found": code}
            self.once("district", table, "CE_LOST_ZERO", sentence, line, "district")
            return True
        sentence = _("The row is of the district %(found)s; yours is %(code)s.")
        self.reject(table, kind, "CE_OTHER_DISTRICT", sentence % {"found": code[:10], "code": own}, line, "district")
        return False

    def once(self, key: str, table: Table, code: str, message: str, line: int, column: str) -> None:
        """A fault that all rows share is told at its first row."""
        if (table.text.name, key) not in self._told:
            self._told.add((table.text.name, key))
            self.warn(table, code, message, line, column)

    @cached_property
    def _told(self) -> set[tuple[str, str]]:
        return set()

    # --- Cells --------------------------------------------------------------------------------------------------------

    def ssid(self, table: Table, line: int, text: str) -> str:
        """Ten digits that do not begin with 0, else nothing and a warning."""
        if text and not _SSID.fullmatch(text):
            sentence = _("The state student ID does not have ten digits, or begins with 0, so it was left out.")
            self.warn(table, "CE_SSID", sentence, line, "ssid")
            return ""
        return text

    def student(self, table: Table, kind: str, line: int, row: Row) -> int | None:
        """The student of a row, by the district's number and the state's; rejected where there is none or two."""
        local_id, ssid = row["student_id"], self.ssid(table, line, row["ssid"])
        by_local, by_ssid = self.by_local_id.get(local_id), self.by_ssid.get(ssid)
        if by_local and by_ssid and by_local != by_ssid:
            sentence = _("The district's number is one student's and the state's is another's. Nothing was taken over.")
            self.reject(table, kind, "CE_STUDENT_CONFLICT", sentence, line, "student_id")
            return None
        if by_local and ssid and self.ssid_of.get(by_local, ssid) != ssid:
            sentence = _("The student with this number has another state student ID here. Nothing was taken over.")
            self.reject(table, kind, "CE_STUDENT_CONFLICT", sentence, line, "ssid")
            return None
        found = by_local or by_ssid
        if found is None:
            padded = [number for length in range(len(local_id) + 1, 11) if (number := local_id.zfill(length)) in
                      self.by_local_id] if local_id.isdigit() else []  # fmt: skip
            sentence = (
                _("No student here has the number %(id)s; there is one with %(other)s. Leading zeros may be lost.")
                if padded
                else _("No student here has the number %(id)s. Bring file B or the roster first.")
            )
            values = {"id": local_id[:30] or "–", "other": padded[0] if padded else ""}
            self.reject(table, kind, "CE_STUDENT_UNKNOWN", sentence % values, line, "student_id")
        return found

    @cached_property
    def schools(self) -> dict[str, int]:
        """State school code -> school."""
        rows = School.objects.filter(district=self.district).values_list("state_code", "code", "pk")
        return {state_code or code: pk for state_code, code, pk in rows}

    def school(self, table: Table, kind: str, line: int, text: str) -> int | None:
        """The school with this location code; four digits, of which zeros may have been lost."""
        if text in self.schools:
            return self.schools[text]
        if text.isdigit() and (padded := text.zfill(4)) in self.schools:
            sentence = _("The location %(found)s was read as %(code)s: its leading zero is lost.")
            self.once(f"school {text}", table, "CE_LOST_ZERO", sentence % {"found": text, "code": padded}, line,
                       "location")  # fmt: skip
            return self.schools[padded]
        sentence = _("No school here has the state code %(code)s.") % {"code": text[:10] or "–"}
        self.reject(table, kind, "CE_LOCATION_UNKNOWN", sentence, line, "location")
        return None

    def span(
        self, table: Table, kind: str, line: int, dates: Dates, row: Row
    ) -> tuple[dt.date | None, dt.date | None] | None:
        """First and last day; None where the row was rejected for them."""
        read: list[dt.date | None] = []
        for column in ("starts_on", "ends_on"):
            try:
                read.append(dates.read(row[column], column))
            except BadDate:
                sentence = _("“%(value)s” is no date. Write dates as 9/1/2026.") % {"value": row[column][:30]}
                self.reject(table, kind, "CE_DATE", sentence, line, column)
                return None
        first, last = read
        if first and last and last < first:
            self.reject(table, kind, "CE_DATES_ORDER", _("The last day is before the first."), line, "ends_on")
            return None
        return first, last


# All files of one letter at once: some districts send one a school.
Handler = Callable[[Context, Sequence[Table]], None]

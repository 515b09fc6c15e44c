"""Read CSV strictly: the header first, then row by row with line numbers. A faulty row is an issue, never a guess."""

from __future__ import annotations

import csv
import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from operator import itemgetter
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mbl.core.imports.opening import Text
from mbl.core.imports.result import Issues
from mbl.core.words import visible

if TYPE_CHECKING:
    from _csv import Reader

csv.field_size_limit(65_536)

# Rows as the cells of ``Columns.names``, in that order; a column that the file does not have is empty.
Row = Sequence[str]


@dataclass(frozen=True)
class Columns:
    """What a file may hold: two columns or more. ``renamed`` maps names of older editions to ours, in small letters.

    ``headings`` does the same for the names of the format itself, which call for no remark.
    """

    required: Sequence[str]
    optional: Sequence[str] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        return [*self.required, *self.optional]


class Table:
    """One CSV file. ``is_usable`` is false when its header already rules it out; the issues say why.

    ``mapping``: which header is which of our columns, where the format is free; no other header is read then.
    ``quoted`` false: cells stand between delimiters as they are, and a quote is a letter like others.
    """

    def __init__(
        self,
        text: Text,
        columns: Columns,
        issues: Issues,
        *,
        mapping: Mapping[str, str] | None = None,
        delimiter: str = ",",
        quoted: bool = True,
    ) -> None:
        self.text = text
        self.columns = columns
        self.issues = issues
        self.delimiter = delimiter
        self.quoted = quoted
        self._mapped = {header.casefold(): column for column, header in (mapping or {}).items()}
        self.is_usable = False
        self._places: list[int] = []
        self._width = 0
        self._required_width = 0
        self._read_header()
        if text.is_guessed:
            sentence = _("%(file)s is not UTF-8. It was read as Windows text: check names with accents.")
            issues.warning("FILE_NOT_UTF8", sentence % {"file": text.name}, file=text.name)

    # --- The header ---------------------------------------------------------------------------------------------------

    def _read_header(self) -> None:
        name = self.text.name
        with self.text.lines() as lines:
            try:
                header = next(self._reader(lines), None)
            except csv.Error as error:
                self.issues.error(
                    "HEADER_UNREADABLE", _("The first line is not CSV: %(why)s.") % {"why": error}, file=name
                )
                return
        if not header or not any(cell.strip() for cell in header):
            self.issues.error("HEADER_MISSING", _("%(file)s has no header line.") % {"file": name}, file=name)
            return
        found = self._match(header)
        if found is None:
            return
        missing = [column for column in self.columns.required if column not in found]
        if missing:
            sentence = _("%(file)s lacks the column %(columns)s, so none of its rows can be read.")
            values = {"file": name, "columns": ", ".join(missing)}
            self.issues.error("COLUMN_MISSING", sentence % values, file=name, line=1)
            return
        # A column the file lacks is read from the empty cell that every row gets at its end.
        self._width = len(header)
        self._places = [found.get(column, -1) for column in self.columns.names]
        self._required_width = max((found[column] for column in self.columns.required), default=0) + 1
        self.is_usable = True

    def _match(self, header: list[str]) -> dict[str, int] | None:
        name = self.text.name
        known = {column.lower(): column for column in self.columns.names}
        found: dict[str, int] = {}
        unknown: list[str] = []
        unnamed = 0
        for place, raw in enumerate(header):
            heading = raw.strip()
            if not heading:
                unnamed += 1
                continue
            own = self.columns.headings.get(heading.lower())
            if self._mapped:
                column = self._mapped.get(heading.casefold())
            else:
                column = own or known.get(heading.lower()) or self.columns.renamed.get(heading.lower())
            if column is None:
                unknown.append(heading)
                continue
            if column in found:
                sentence = _("The column %(column)s stands in %(file)s twice, so it is not clear which one counts.")
                values = {"column": column, "file": name}
                self.issues.error("COLUMN_TWICE", sentence % values, file=name, line=1, column=column)
                return None
            if heading != column and not self._mapped and own is None:
                sentence = _("The column %(found)s was read as %(column)s.")
                values = {"found": heading, "column": column}
                self.issues.warning("COLUMN_RENAMED", sentence % values, file=name, line=1, column=column)
            found[column] = place
        if unnamed:
            sentence = ngettext(
                "%(count)d column of %(file)s has no name. What stands in it was not read.",
                "%(count)d columns of %(file)s have no name. What stands in them was not read.",
                unnamed,
            )
            self.issues.info("COLUMN_UNNAMED", sentence % {"count": unnamed, "file": name}, file=name, line=1)
        if unknown:
            sentence = _("These columns are not used: %(columns)s.") % {"columns": ", ".join(unknown)[:500]}
            self.issues.info("COLUMN_NOT_USED", sentence, file=name, line=1)
        return found

    # --- The rows -----------------------------------------------------------------------------------------------------

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Line number and cells of each row; a row that cannot be read is an issue ("ROW_…") and has no cells."""
        pick = itemgetter(*self._places)
        for line, cells in self._raw(report=True):
            if not cells:
                yield line, ()
                continue
            extra = len(cells) - self._width
            if extra > 0:
                if any(cell.strip() for cell in cells[self._width :]):
                    sentence = _("The row has more cells than the header has columns. Check commas and quotes.")
                    self.issues.error("ROW_TOO_LONG", sentence, file=self.text.name, line=line)
                    yield line, ()
                    continue
                del cells[self._width :]
            elif extra < 0:
                if len(cells) < self._required_width:
                    sentence = _("The row has fewer cells than the header has columns. Check commas and quotes.")
                    self.issues.error("ROW_TOO_SHORT", sentence, file=self.text.name, line=line)
                    yield line, ()
                    continue
                sentence = _("The row ends early; the columns it lacks were read as empty.")
                self.issues.warning("ROW_ENDS_EARLY", sentence, file=self.text.name, line=line)
                cells += [""] * -extra
            cells.append("")
            # Most rows of long tables are plain; only those with spaces at an end or other letters pay for cleaning.
            picked = pick(cells)
            joined = "|".join(("", *picked, ""))
            is_plain = joined.isascii() and joined.isprintable() and "| " not in joined and " |" not in joined
            yield line, picked if is_plain else tuple(map(clean, picked))

    def prints(self, *columns: str) -> Iterator[tuple[tuple[str, ...], int]]:
        """The cells of a few columns, two or more, and 128 bits of the whole row: several times faster than ``rows``.

        For finding out what has not changed; nothing is reported, and a row that ends too early has empty cells.
        """
        places = [self._places[self.columns.names.index(column)] for column in columns]
        pick = itemgetter(*places)
        blake, read = blake2b, int.from_bytes
        for row, cells in self._rows_with_cells(max(places) + 1):
            cells.append("")
            try:
                picked = pick(cells)
            except IndexError:
                picked = ("",) * len(places)
            if not "".join(picked).isalnum():
                picked = tuple(map(clean, picked))
            yield picked, read(blake(row.encode(), digest_size=16).digest(), "big")

    def _rows_with_cells(self, width: int) -> Iterator[tuple[str, list[str]]]:
        """Each row as one text, and at least its first ``width`` cells."""
        if self.quoted:
            for _line, cells in self._raw():
                yield "\x1f".join(cells), cells
            return
        delimiter = self.delimiter
        with self.text.lines() as lines:
            next(lines, None)
            for line in lines:
                row = line.rstrip("\r\n")
                if row:
                    yield row, row.split(delimiter, width)[:width]

    def has(self, column: str) -> bool:
        """Whether the file has this column."""
        return self._places[self.columns.names.index(column)] >= 0

    def is_only_header(self) -> bool:
        return next(self._raw(), None) is None

    def count_rows(self) -> int:
        """About how many rows there are: lines without the header, for a progress bar."""
        with self.text.lines() as lines:
            return max(sum(1 for _line in lines) - 1, 0)

    def cells_of(self, column: str) -> Iterator[str]:
        """Every cell of one column, for what can be judged only by the whole column."""
        place = self._places[self.columns.names.index(column)]
        for _line, cells in self._raw():
            if place < len(cells):
                yield cells[place].strip()

    def _reader(self, lines: Iterator[str]) -> Reader:
        if self.quoted:
            return csv.reader(lines, strict=True, delimiter=self.delimiter)
        return csv.reader(lines, strict=True, delimiter=self.delimiter, quoting=csv.QUOTE_NONE)

    def _raw(self, *, report: bool = False) -> Iterator[tuple[int, list[str]]]:
        with self.text.lines() as lines:
            reader = self._reader(lines)
            is_header = True
            while True:
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    if report:
                        sentence = _("The row is not CSV: %(why)s. Check its quotes.") % {"why": error}
                        self.issues.error("ROW_UNREADABLE", sentence, file=self.text.name, line=reader.line_num)
                        yield reader.line_num, []
                    continue
                if is_header:
                    is_header = False
                elif cells and (len(cells) > 1 or cells[0].strip()):
                    yield reader.line_num, cells


def clean(cell: str) -> str:
    """Without spaces around it, composed (NFC), no-break spaces as spaces; empty where nothing in it can be seen."""
    if cell.isascii():
        return cell.strip()
    return visible(unicodedata.normalize("NFC", cell.replace("\u00a0", " ")))


# --- Dates ------------------------------------------------------------------------------------------------------------

_US = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


class BadDate(ValueError):
    """A cell is no date, or its column mixes orders of day and month."""


class Dates:
    """Reads the dates of one table: ISO, or month/day/year if the whole column agrees. It never switches row by row."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._is_us: dict[str, bool] = {}

    def read(self, cell: str, column: str) -> dt.date | None:
        """The date; None for an empty cell; ``BadDate`` otherwise."""
        if not cell:
            return None
        try:
            return dt.date.fromisoformat(cell[:10])
        except ValueError:
            pass
        if column not in self._is_us:
            others = (_US.fullmatch(other) for other in self._table.cells_of(column))
            self._is_us[column] = not any(found and int(found[1]) > 12 for found in others)
        found = _US.fullmatch(cell)
        if found and self._is_us[column]:
            try:
                return dt.date(int(found[3]), int(found[1]), int(found[2]))
            except ValueError:
                pass
        raise BadDate(cell)

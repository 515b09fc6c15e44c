"""Tables out of the building: CSV that streams, counts its rows and cannot start a program in a spreadsheet."""

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Protocol

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

Cell = str | int | Decimal | dt.date | bool | None

# Spreadsheets read the encoding from this mark.
BOM = "\ufeff"
# Cells that start so are run as formulas (OWASP, "CSV Injection"); the full-width forms too.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Writable(Protocol):
    def write(self, text: str, /) -> object: ...


class _Echo:
    """Hands back each line instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def defuse(value: Cell) -> str:
    """The cell as text; what a spreadsheet would run as a formula is preceded by an apostrophe.

    Numbers stay numbers: ``-3`` as an ``int`` or ``Decimal`` is written as it is.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal | dt.date):
        return str(value)
    text = value.replace("\x00", "")
    return f"'{text}" if text.lstrip(" ").startswith(_STARTS) else text


def lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The file, line by line, beginning with the mark of its encoding."""
    writer = csv.writer(_Echo())
    yield BOM + writer.writerow([defuse(name) for name in header])
    for row in rows:
        yield writer.writerow([defuse(cell) for cell in row])


def write_csv(out: Writable, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write the table to ``out`` and say how many rows it has, the header not counted."""
    count = -1
    for line in lines(header, rows):
        out.write(line)
        count += 1
    return count


def csv_response(file_name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> StreamingHttpResponse:
    """The table as a download; rows are read while they are sent (hand in ``queryset.iterator()``)."""
    response = StreamingHttpResponse(lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, file_name) or "attachment"
    response["Cache-Control"] = "no-store"
    return response

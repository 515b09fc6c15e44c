"""What spreadsheets do to codes and long numbers, found by pattern. Pure functions; nothing is guessed silently."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum

_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{1,3}")
_DECIMAL = re.compile(r"(\d+)[.,]0+")
_DATE = re.compile(
    r"\d{1,2}[-/](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[-/]\d{1,2}",
    re.IGNORECASE,
)


class Damage(StrEnum):
    """Stable codes of issues."""

    ZEROS = "EXCEL_ZEROS"
    DECIMAL = "EXCEL_DECIMAL"
    SCIENTIFIC = "EXCEL_SCIENTIFIC"
    DATE = "EXCEL_DATE"


@dataclass(frozen=True)
class Code:
    """A code as it should be read. ``damage`` is None where the cell is as it was written.

    ``value`` is empty where the damage cannot be mended: the cell has to be corrected by a person.
    """

    value: str
    damage: Damage | None = None


def read_code(cell: str, *, width: int = 0, known: Container[str] = ()) -> Code:
    """The code in ``cell``. ``width``: how many digits such codes have (0: any). ``known``: codes that exist.

    ``1`` is read as ``01`` only where codes have two digits or ``01`` is known and ``1`` is not; ``1.0`` as ``1``.
    ``1.23457E+09`` has lost digits, and ``10-Sep`` was never a date: both are refused.
    """
    if not cell or cell in known:
        return Code(cell)
    if _SCIENTIFIC.fullmatch(cell):
        return Code("", Damage.SCIENTIFIC)
    if _DATE.fullmatch(cell):
        return Code("", Damage.DATE)
    if decimal := _DECIMAL.fullmatch(cell):
        inner = read_code(decimal[1], width=width, known=known)
        return Code(inner.value, Damage.DECIMAL)
    if cell.isascii() and cell.isdigit() and len(cell) < (width or 12):
        padded = [cell.zfill(digits) for digits in ([width] if width else range(len(cell) + 1, 12))]
        if width:
            return Code(padded[0], Damage.ZEROS)
        there = [code for code in padded if code in known]
        if len(there) == 1:
            return Code(there[0], Damage.ZEROS)
    return Code(cell)

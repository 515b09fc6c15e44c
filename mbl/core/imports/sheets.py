"""Read the values of an Office Open XML workbook (.xlsx), and nothing else of it.

Formulas are never worked out: the value that the spreadsheet stored beside one is taken. A workbook is a zip of XML
from a stranger, so sizes are counted while it unpacks and a document type (where entities would be defined) is refused.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import IO
from xml.parsers import expat

from django.utils.translation import gettext as _

from mbl.core.imports.opening import MEGABYTE, Limits, Refused
from mbl.core.imports.result import Issues

MOST_ROWS, MOST_COLUMNS = 100_000, 200
_LIMITS = Limits(packed=100 * MEGABYTE, unpacked=300 * MEGABYTE, entries=500)
_CHUNK = 64 * 1024
_DAMAGES = (
    zipfile.BadZipFile, NotImplementedError, EOFError, LookupError, ValueError, expat.ExpatError, zlib.error,
)  # fmt: skip
_CELL = re.compile(r"([A-Z]{1,3})\d+")

Sheet = list[list[str]]


def is_workbook(file: IO[bytes]) -> bool:
    """Whether these bytes are a zip with a workbook in it."""
    if not zipfile.is_zipfile(file):
        return False
    try:
        with zipfile.ZipFile(file) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def read_sheets(raw: bytes, name: str) -> dict[str, Sheet]:
    """Every sheet by its name, as rows of texts; a cell that is not there is empty. ``Refused`` where it cannot be."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return _Workbook(archive, name).sheets()
    except _DAMAGES as error:
        raise _refused("FILE_DAMAGED", _("%(file)s is damaged. Export it again.") % {"file": name}, name) from error


class _Workbook:
    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self.archive = archive
        self.name = name
        self.unpacked = 0
        if len(archive.infolist()) > _LIMITS.entries:
            raise self._too_large()

    def sheets(self) -> dict[str, Sheet]:
        targets = {
            attributes["Id"]: attributes.get("Target", "")
            for tag, attributes in self._elements("xl/_rels/workbook.xml.rels")
            if tag == "Relationship"
        }
        named = [
            (attributes.get("name", ""), next((value for key, value in attributes.items() if key.endswith(":id")), ""))
            for tag, attributes in self._elements("xl/workbook.xml")
            if tag == "sheet"
        ]
        texts = self._shared_texts()
        return {title: self._rows(_path_of(targets.get(key, "")), texts) for title, key in named if key in targets}

    def _elements(self, part: str) -> list[tuple[str, dict[str, str]]]:
        found: list[tuple[str, dict[str, str]]] = []
        self._parse(
            part, lambda tag, attributes: found.append((tag, attributes)), lambda _tag: None, lambda _text: None
        )
        return found

    def _shared_texts(self) -> list[str]:
        if "xl/sharedStrings.xml" not in self.archive.namelist():
            return []
        found: list[str] = []
        pieces: list[str] = []
        inside: list[str] = []

        def start(tag: str, _attributes: dict[str, str]) -> None:
            inside.append(tag)
            if tag == "si":
                pieces.clear()

        def end(tag: str) -> None:
            inside.pop()
            if tag == "si":
                found.append("".join(pieces))

        def text(data: str) -> None:
            # Furigana (rPh) repeats the text in another script.
            if inside and inside[-1] == "t" and "rPh" not in inside:
                pieces.append(data)

        self._parse("xl/sharedStrings.xml", start, end, text)
        return found

    def _rows(self, part: str, texts: list[str]) -> Sheet:
        rows: Sheet = []
        cell: dict[str, str] = {}
        pieces: list[str] = []
        reading = False

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal reading
            if tag == "row":
                if len(rows) >= MOST_ROWS:
                    raise self._too_large()
                rows.append([])
            elif tag == "c":
                cell.clear()
                cell.update(attributes)
                pieces.clear()
            reading = tag in ("v", "t")

        def end(tag: str) -> None:
            nonlocal reading
            reading = False
            if tag != "c" or not rows:
                return
            row, place = rows[-1], _place(cell.get("r", ""), len(rows[-1]))
            if place >= MOST_COLUMNS:
                raise self._too_large()
            row += [""] * (place - len(row) + 1)
            value = "".join(pieces)
            row[place] = texts[int(value)] if cell.get("t") == "s" and value else value

        def text(data: str) -> None:
            if reading:
                pieces.append(data)

        self._parse(part, start, end, text)
        return rows

    def _parse(
        self,
        part: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None],
        text: Callable[[str], None],
    ) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(":")[2], attributes)
        parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2])
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        for chunk in self._chunks(part):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)

    def _chunks(self, part: str) -> Iterator[bytes]:
        info = self.archive.getinfo(part)
        if info.flag_bits & 1:
            raise _refused(
                "ZIP_ENCRYPTED", _("The workbook is locked with a password. Send it without one."), self.name
            )
        size = 0
        with self.archive.open(info) as entry:
            while chunk := entry.read(_CHUNK):
                size += len(chunk)
                self.unpacked += len(chunk)
                is_bomb = size > _LIMITS.ratio_from and size > _LIMITS.ratio * max(info.compress_size, 1)
                if is_bomb or self.unpacked > _LIMITS.unpacked:
                    raise self._too_large()
                yield chunk

    def _refuse_doctype(self, *_arguments: object) -> None:
        raise _refused("SHEET_DOCTYPE", _("The workbook holds definitions that no spreadsheet needs."), self.name)

    def _too_large(self) -> Refused:
        return _refused(
            "SHEET_TOO_LARGE",
            _("The workbook is too large: at most %(rows)d rows and %(columns)d columns a sheet.")
            % {"rows": MOST_ROWS, "columns": MOST_COLUMNS},
            self.name,
        )


def _path_of(target: str) -> str:
    """Where a sheet lies: targets are relative to ``xl/``, or begin at the root."""
    return target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)


def _place(reference: str, following: int) -> int:
    """The column of ``BC12``, counted from 0; without a reference the one after the last."""
    found = _CELL.fullmatch(reference)
    if found is None:
        return following
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _refused(code: str, message: str, file: str) -> Refused:
    issues = Issues()
    issues.error(code, message, file=file)
    return Refused(issues)

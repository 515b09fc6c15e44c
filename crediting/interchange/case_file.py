"""From a file to the JSON of CASE packages: unpacked, decoded, capped, and told apart from what is not a package."""

from __future__ import annotations

import codecs
import csv
import io
import json
import math
import re
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePath
from typing import IO, Any

from django.utils.translation import gettext as _

from crediting.interchange import case_tables, case_xml
from mbl.core.imports import sheets
from mbl.core.imports.opening import MEGABYTE, Limits, Refused, open_package
from mbl.core.imports.result import Issues
from mbl.core.imports.sheets import MOST_ROWS
from mbl.core.imports.tables import Columns, Table

LIMITS = Limits(packed=100 * MEGABYTE, unpacked=100 * MEGABYTE, entries=20)
MAX_DEPTH = 50
_ENDINGS = (".json", ".json.gz", ".gz", ".csv", ".xlsx", ".xml")
_ITEM_COLUMNS = Columns(
    required=("fullStatement",),
    optional=(
        "identifier", "humanCodingScheme", "smartLevel", "parent", "listEnumeration", "abbreviatedStatement",
        "conceptKeywords", "notes", "language", "educationLevel", "CFItemType", "subject", "license",
        "statusStartDate", "statusEndDate", "lastChangeDateTime",
    ),
)  # fmt: skip
_GZIP = b"\x1f\x8b"
_CHUNK = 256 * 1024

_TEXT_IN_JSON = re.compile(rb'"[^"]*"')
_NEITHER_QUOTES_NOR_BRACKETS = bytes(byte for byte in range(256) if byte not in b'"[]{}')

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class CaseFile:
    """The packages of one file, each a JSON object with a CFDocument. ``sha256`` is of the file as it was sent."""

    name: str
    sha256: str
    packages: list[JsonObject]


def read(source: Path, issues: Issues | None = None) -> CaseFile:
    """The packages in ``source``: JSON, a workbook, a table of items, or a gzip or zip of one of these.

    ``Refused`` says why it cannot be; ``issues`` gets what somebody should know of a table that could.
    """
    issues = Issues() if issues is None else issues
    if source.is_file() and source.stat().st_size <= LIMITS.packed:
        with source.open("rb") as file:
            if sheets.is_workbook(file):
                file.seek(0)
                raw = file.read()
                return CaseFile(source.name, sha256(raw).hexdigest(), _from_bytes(raw, source.name, issues))
    with open_package(source, limits=LIMITS) as package:
        names = [name for name in package.names if not name.startswith(".")]
        if len(names) > 1:
            names = [name for name in names if name.lower().endswith(_ENDINGS)]
        if len(names) != 1:
            raise _refused(
                "CASE_ONE_FILE",
                _("Send one CASE package at a time: a .json file, or a zip or gzip of one. Found %(count)d.")
                % {"count": len(names)},
                source.name,
            )
        name = names[0]
        with package.binary(name) as file:
            raw = _all_of(file, name)
        return CaseFile(name, package.sha256, _from_bytes(raw, name, issues))


def _from_bytes(raw: bytes, name: str, issues: Issues) -> list[JsonObject]:
    if sheets.is_workbook(io.BytesIO(raw)):
        return [case_tables.from_workbook(sheets.read_sheets(raw, name), issues, name)]
    title = PurePath(name.removesuffix(".gz")).stem.replace("_", " ")
    if case_xml.looks_like(raw):
        return [case_xml.from_xml(raw, title, issues, name)]
    if _begins_with_a_header(raw):
        return [case_tables.from_items(_table(raw, name, issues), title, issues, name)]
    return _packages(_decoded(raw, name), name)


def _begins_with_a_header(raw: bytes) -> bool:
    """A table of items names its columns first; JSON begins with a bracket."""
    encoding = "utf-16" if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    start = raw[:4096].decode(encoding, errors="replace").lstrip()
    if not start or start[0] in "{[":
        return False
    try:
        return case_tables.is_item_table(next(csv.reader(io.StringIO(start, newline="")), []))
    except csv.Error:
        return False


def _table(raw: bytes, name: str, issues: Issues) -> list[dict[str, str]]:
    """The rows of a flat CSV by the names of its columns, read by the strict reader all tables share."""
    # It wants a file with a name, because it reads it twice.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / PurePath(name).name.removesuffix(".gz")
        path.write_bytes(raw)
        with open_package(path, limits=LIMITS) as package:
            table = Table(package.text(path.name), _ITEM_COLUMNS, issues)
            if not table.is_usable:
                raise Refused(issues)
            present = [table.has(column) for column in _ITEM_COLUMNS.names]
            rows = [
                {
                    column: cell
                    for column, cell, is_there in zip(_ITEM_COLUMNS.names, cells, present, strict=True)
                    if is_there
                }
                for _line, cells in table.rows()
                if cells
            ]
    if len(rows) > MOST_ROWS:
        raise _refused("CASE_TOO_MANY", _("The table has more than %(most)d rows.") % {"most": MOST_ROWS}, name)
    return rows


def _all_of(file: IO[bytes], name: str) -> bytes:
    """The bytes, unpacked if they are gzip; never more than the limit, whatever the file says of itself."""
    raw = file.read(LIMITS.unpacked + 1)
    if raw.startswith(_GZIP):
        raw = _gunzipped(raw, name)
    if len(raw) > LIMITS.unpacked:
        raise _too_large(name)
    return raw


def _gunzipped(raw: bytes, name: str) -> bytes:
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    found = bytearray()
    try:
        for start in range(0, len(raw), _CHUNK):
            found += unpacker.decompress(raw[start : start + _CHUNK], LIMITS.unpacked + 1 - len(found))
            while unpacker.unconsumed_tail and len(found) <= LIMITS.unpacked:
                found += unpacker.decompress(unpacker.unconsumed_tail, LIMITS.unpacked + 1 - len(found))
            if len(found) > LIMITS.unpacked:
                raise _too_large(name)
            if len(found) > LIMITS.ratio_from and len(found) > LIMITS.ratio * len(raw):
                raise _refused("ZIP_BOMB", _("The file unpacks to far more than it holds, so it was not opened."), name)
    except zlib.error as error:
        raise _refused("FILE_DAMAGED", _("The gzip file is damaged. Make it again."), name) from error
    if not unpacker.eof:
        raise _refused("FILE_DAMAGED", _("The gzip file ends too early. Make it again."), name)
    return bytes(found)


def _decoded(raw: bytes, name: str) -> Any:
    """The JSON value, strictly: UTF-8 or marked UTF-16, no key twice, no NaN, no nesting beyond ``MAX_DEPTH``."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise _refused("FILE_ENCODING", _("The file is not UTF-8 text. Export it as UTF-8 JSON."), name) from error
    if not text.strip():
        raise _refused("CASE_EMPTY", _("The file is empty."), name)
    if _depth(text.encode() if encoding == "utf-16" else raw) > MAX_DEPTH:
        raise _refused(
            "CASE_TOO_DEEP",
            _("The JSON is nested more than %(limit)d levels deep. A CASE package is not.") % {"limit": MAX_DEPTH},
            name,
        )
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_float)
    except _KeyTwice as error:
        raise _refused(
            "CASE_KEY_TWICE",
            _("An object has the key “%(key)s” twice, so it cannot be told which one counts.") % {"key": error.args[0]},
            name,
        ) from error
    except json.JSONDecodeError as error:
        raise _refused(
            "CASE_NOT_JSON",
            _("The file is not JSON: it cannot be read from line %(line)d, column %(column)d.")
            % {"line": error.lineno, "column": error.colno},
            name,
            error.lineno,
        ) from error
    except (ValueError, RecursionError) as error:
        raise _refused(
            "CASE_NOT_JSON", _("The file holds a number that JSON does not have, such as NaN or Infinity."), name
        ) from error


class _KeyTwice(Exception):
    pass


def _object(pairs: list[tuple[str, Any]]) -> JsonObject:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _value in pairs:
            if key in seen:
                raise _KeyTwice(key[:80])
            seen.add(key)
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(text)
    return value


def _depth(raw: bytes) -> int:
    """How deep the brackets of a JSON text nest, without building anything."""
    unescaped = raw.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in raw else raw
    depth = deepest = 0
    for bracket in _TEXT_IN_JSON.sub(b"", unescaped.translate(None, _NEITHER_QUOTES_NOR_BRACKETS)):
        if bracket in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in b"]}":
            depth -= 1
    return deepest


# --- Telling packages apart from everything else ----------------------------------------------------------------------


def _packages(value: Any, name: str) -> list[JsonObject]:
    """Bare package, ``{"CFPackage": {…}}``, or a list of either."""
    listed = value if isinstance(value, list) else [value]
    if not listed:
        raise _refused("CASE_EMPTY", _("The file is an empty list."), name)
    return [_package(entry, name) for entry in listed]


def _package(value: Any, name: str) -> JsonObject:
    if isinstance(value, dict) and isinstance(value.get("CFPackage"), dict):
        value = value["CFPackage"]
    if not isinstance(value, dict):
        raise _refused("CASE_NOT_A_PACKAGE", _("A CASE package is a JSON object with a CFDocument."), name)
    for key in ("CFItems", "CFAssociations"):
        if not isinstance(value.get(key, []), list | None):
            raise _refused("CASE_NOT_A_PACKAGE", _("%(key)s must be a list.") % {"key": key}, name)
    if isinstance(value.get("CFDocument"), dict):
        return value
    raise _refused(*_why_not(value), name)


def _why_not(value: JsonObject) -> tuple[str, str]:
    """What the file is instead, and what to do."""
    if isinstance(documents := value.get("CFDocuments"), list):
        said: dict[str, Any] = {"count": len(documents), "address": next(_package_addresses(documents), "")}
        sentence = _(
            "This is a list of %(count)d frameworks (CFDocuments), not a package. Download one of its packages."
        )
        if said["address"]:
            sentence = _(
                "This is a list of %(count)d frameworks (CFDocuments), not a package. "
                "Download one of its packages, such as %(address)s"
            )
        return "CASE_DOCUMENTS_LIST", sentence % said
    if "imsx_codeMajor" in value or "imsx_StatusInfo" in value:
        return "CASE_SERVER_ERROR", _("This is the error reply of a CASE server. Download the package again.")
    if {"document", "items", "associations"} & set(value) or "sourcedId" in value:
        return (
            "CASE_SERVER_INTERNAL",
            _("This is how some servers store CASE inside. Export the package from their CASE address."),
        )
    if "fullStatement" in value or "CFItem" in value:
        return "CASE_SINGLE_ITEM", _("This is a single item. Download the package of its framework (CFPackages).")
    if {"creator", "title"} <= set(value):
        return "CASE_DOCUMENT_ONLY", _("This is a CFDocument alone. Download its package: see its CFPackageURI.")
    return "CASE_NOT_A_PACKAGE", _("There is no CFDocument in this file, so it is not a CASE package.")


def _package_addresses(documents: list[Any]) -> Iterator[str]:
    for document in documents:
        link = document.get("CFPackageURI") if isinstance(document, dict) else None
        address = link.get("uri") if isinstance(link, dict) else link
        if isinstance(address, str):
            yield address[:300]


def _too_large(name: str) -> Refused:
    limit = LIMITS.unpacked // MEGABYTE
    return _refused("CASE_TOO_LARGE", _("The package is larger than %(limit)d MB.") % {"limit": limit}, name)


def _refused(code: str, message: str, file: str, line: int | None = None) -> Refused:
    issues = Issues()
    issues.error(code, message, file=file, line=line)
    return Refused(issues)

"""Which column of a file is which of ours, for formats whose headers are free: a guess by name, confirmed by a person.

A mapping is ``{our column: header of the file}``. Confirmed ones are kept by name for the district and the format, and
offered again for every file that has their headers.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from mbl.core.errors import DomainError
from mbl.core.imports.opening import Refused, open_package
from mbl.core.imports.result import Issues
from mbl.core.models import District, ImportMapping, User

Chosen = Mapping[str, str]

DELIMITERS = (",", "\t", ";", "|")
_SAMPLES = 3
_NOT_A_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Column:
    """One of our columns. ``aliases``: other names it goes by, compared without case, spaces and signs."""

    name: str
    label: str | Promise
    required: bool = False
    aliases: Sequence[str] = ()


@dataclass(frozen=True)
class Head:
    """The header of one file, and the first cells below each heading."""

    headers: list[str]
    samples: dict[str, list[str]]
    delimiter: str = ","


def head_of(source: Path) -> Head:
    """The header of the one CSV in ``source`` (a file, or a zip of one). ``DomainError`` says what is wrong with it."""
    try:
        with open_package(source) as package:
            if len(package.names) != 1:
                raise DomainError(_("Send one CSV file."), field="file")
            text = package.text(package.names[0])
            with text.lines() as lines:
                first = next(lines, "")
                delimiter = delimiter_of(first)
                header = next(csv.reader([first], delimiter=delimiter, strict=True), [])
                names = [name for cell in header if (name := cell.strip())]
                rows = csv.reader(lines, delimiter=delimiter, strict=True)
                found = [row for row, _count in zip(rows, range(_SAMPLES), strict=False)]
    except Refused as refused:
        raise DomainError(str(refused), field="file") from refused
    except csv.Error as error:
        raise DomainError(_("The first lines are not CSV: %(why)s.") % {"why": error}, field="file") from error
    if not names:
        raise DomainError(_("The file has no header line."), field="file")
    if len({name.casefold() for name in names}) < len(names):
        raise DomainError(_("Two columns of the file have the same name. Rename one of them."), field="file")
    places = {cell.strip(): place for place, cell in enumerate(header) if cell.strip()}
    samples = {name: [row[place][:60] for row in found if place < len(row)] for name, place in places.items()}
    return Head(names, samples, delimiter)


def delimiter_of(line: str) -> str:
    """What separates the cells of a header line: the sign of ``DELIMITERS`` that stands in it most often."""
    return max(DELIMITERS, key=line.count)


def guess(columns: Sequence[Column], headers: Sequence[str]) -> dict[str, str]:
    """Headers whose name is that of a column, its label or one of its aliases. No header is used twice."""
    by_key = {_key(header): header for header in reversed(headers)}
    found: dict[str, str] = {}
    for column in columns:
        for name in (column.name, str(column.label), *column.aliases):
            header = by_key.get(_key(name))
            if header is not None and header not in found.values():
                found[column.name] = header
                break
    return found


def check(columns: Sequence[Column], chosen: Chosen, headers: Sequence[str]) -> dict[str, str]:
    """``chosen`` in the file's own spelling. ``DomainError`` for what is missing, unknown or used twice."""
    known = {column.name for column in columns}
    written = {header.casefold(): header for header in headers}
    clean: dict[str, str] = {}
    for name, header in chosen.items():
        if not header:
            continue
        if name not in known:
            raise DomainError(_("There is no column %(column)s in this format.") % {"column": name}, field=name)
        if header.casefold() not in written:
            raise DomainError(_("The file has no column %(header)s.") % {"header": header}, field=name)
        clean[name] = written[header.casefold()]
    twice = {header for header in clean.values() if list(clean.values()).count(header) > 1}
    if twice:
        sentence = _("The column %(header)s is chosen more than once.") % {"header": min(twice)}
        raise DomainError(sentence, field=next(name for name, header in clean.items() if header == min(twice)))
    for column in columns:
        if column.required and column.name not in clean:
            raise DomainError(_("Choose which column is “%(column)s”.") % {"column": column.label}, field=column.name)
    return clean


def read(source: Path) -> dict[str, str]:
    """A mapping from a JSON file, for the console. ``DomainError`` where it is none."""
    try:
        value = json.loads(source.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DomainError(_("%(file)s is not a readable JSON file.") % {"file": source.name}) from error
    if not isinstance(value, dict) or not all(isinstance(header, str) for header in value.values()):
        sentence = _("%(file)s is not an object that gives our column a header of the file.")
        raise DomainError(sentence % {"file": source.name})
    return value


def settled(columns: Sequence[Column], chosen: Chosen | None, head: Head, issues: Issues, file: str) -> dict[str, str]:
    """The mapping an adapter reads with: the chosen one, else a guess; empty, with an issue, where neither fits."""
    try:
        return check(columns, guess(columns, head.headers) if chosen is None else chosen, head.headers)
    except DomainError as error:
        issues.error("COLUMN_NOT_MAPPED", str(error), file=file, line=1)
        return {}


# --- Kept mappings ----------------------------------------------------------------------------------------------------


def keep(district: District, kind: str, name: str, chosen: Chosen, *, actor: User | None) -> ImportMapping:
    """Keep a confirmed mapping; the same name is written over."""
    kept, _created = ImportMapping.objects.update_or_create(
        district=district, kind=kind, name=name.strip()[:80], defaults={"columns": dict(chosen), "saved_by": actor}
    )
    return kept


def fitting(district: District, kind: str, headers: Sequence[str]) -> list[ImportMapping]:
    """Kept mappings all of whose headers are in the file: the one that uses most of them first, then the newest."""
    written = {header.casefold() for header in headers}
    kept = ImportMapping.objects.filter(district=district, kind=kind).order_by("-saved_at", "-pk")
    fits = [one for one in kept if all(header.casefold() in written for header in one.columns.values())]
    return sorted(fits, key=lambda one: -len(one.columns))


def _key(text: str) -> str:
    return _NOT_A_LETTER.sub("", text).casefold()

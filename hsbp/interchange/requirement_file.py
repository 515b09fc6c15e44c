"""Reads graduation requirement sets from YAML. The product brings ``hsbp/data/requirements.yaml``.

A file that says something else than what it should is refused as a whole, with the place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

import yaml

from hsbp.rules.progress import RequirementRow, RequirementSet
from mbl.core.errors import DomainError


class BadRequirements(DomainError):
    """What the file says that cannot be, and where."""


def read(text: str) -> tuple[RequirementSet, ...]:
    """Every set of the file in its order. Dates of entry to grade 9 may not be covered twice."""
    try:
        loaded = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadRequirements(f"The requirement file is not YAML: {error}") from error
    if not isinstance(loaded, list):
        raise BadRequirements("The requirement file holds a list of sets.")
    sets = tuple(_set(raw, f"set {number}") for number, raw in enumerate(loaded, start=1))
    _refuse_overlap(sets)
    return sets


def _set(raw: Any, where: str) -> RequirementSet:
    raw = _mapping(raw, where)
    where = f"set {raw.get('code', where)}"
    entry, pace = _mapping(raw.get("grade_9_entry"), f"{where}, grade_9_entry"), raw.get("pace") or {}
    rows = tuple(_row(row, f"{where}, row {number}") for number, row in enumerate(raw.get("rows") or (), start=1))
    total = _credits(raw.get("total"), f"{where}, total")
    if sum((row.credits for row in rows), Decimal(0)) != total:
        raise BadRequirements(f"In {where} the rows do not add up to the total of {total}.")
    return RequirementSet(
        code=_text(raw.get("code"), f"{where}, code"),
        titles={str(language): str(title) for language, title in _mapping(raw.get("title"), f"{where}, title").items()},
        citation=_text(raw.get("citation"), f"{where}, citation"),
        first=_day(entry.get("from"), f"{where}, grade_9_entry, from"),
        last=_day(entry.get("to"), f"{where}, grade_9_entry, to"),
        total=total,
        rows=rows,
        expected={
            str(grade): _credits(value, f"{where}, pace, {grade}")
            for grade, value in (pace.get("expected") or {}).items()
        },
        check_within=_credits(pace.get("check_within", "0"), f"{where}, pace, check_within"),
    )


def _row(raw: Any, where: str) -> RequirementRow:
    raw = _mapping(raw, where)
    return RequirementRow(
        subject=_text(raw.get("subject"), f"{where}, subject"),
        credits=_credits(raw.get("credits"), f"{where}, credits"),
        is_core=raw.get("core") is True,
        citation=_text(raw.get("citation"), f"{where}, citation"),
        takes_overflow=raw.get("takes_overflow") is True,
    )


def _mapping(raw: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise BadRequirements(f"{where}: expected names with values.")
    return raw


def _text(raw: Any, where: str) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise BadRequirements(f"{where}: expected words.")
    return raw.strip()


def _credits(raw: Any, where: str) -> Decimal:
    """Quoted in the file, so that no float touches a credit."""
    try:
        credits = Decimal(raw) if isinstance(raw, str) else Decimal("NaN")
    except InvalidOperation:
        credits = Decimal("NaN")
    if not credits.is_finite() or credits < 0:
        raise BadRequirements(f'{where}: expected credits in quotes, such as "3.000", and not {raw!r}.')
    return credits


def _day(raw: Any, where: str) -> dt.date | None:
    if raw is None or (isinstance(raw, dt.date) and not isinstance(raw, dt.datetime)):
        return raw
    raise BadRequirements(f"{where}: expected a day such as 2017-07-01, and not {raw!r}.")


def _refuse_overlap(sets: tuple[RequirementSet, ...]) -> None:
    ordered = sorted(sets, key=lambda one: one.first or dt.date.min)
    for earlier, later in pairwise(ordered):
        if earlier.last is None or later.first is None or later.first <= earlier.last:
            raise BadRequirements(f"The sets {earlier.code} and {later.code} share days of entry to grade 9.")

"""The closed list: what a transcript may carry, and the shape in which it is frozen (WAC 392-415-070).

Each class is one part of the document and its fields are all it can ever hold: no narrative, rubric level, evidence,
attendance, rank, preferred name or program has a place here (T3). ``thaw`` refuses a frozen record that brings more.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, TypeVar

if typing.TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


class NotOnTheList(ValueError):
    """A field that a transcript may not carry; ``field`` says which, with the part it was found in."""

    def __init__(self, field: str) -> None:
        super().__init__(f"A transcript carries a closed list of fields, and “{field}” is not on it.")
        self.field = field


@dataclass(frozen=True)
class Legend:
    """A sign and what it means."""

    sign: str
    meaning: str


@dataclass(frozen=True)
class Form:
    """The template's own words, copied so that a reprint reads as the original did (T1)."""

    name: str
    version: int
    title: str
    statement: str
    marks: tuple[Legend, ...]
    designations: tuple[Legend, ...]


@dataclass(frozen=True)
class Office:
    """A district or school; codes keep their leading zeros (T5)."""

    name: str
    state_code: str = ""
    address: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Identity:
    """The student by legal name (T4). Dates are ISO. ``graduation_year`` is the graduation requirement year (T6)."""

    last_name: str
    first_name: str
    middle_name: str
    ssid: str
    graduation_year: str
    local_id: str = ""
    birth_date: str = ""
    gender: str = ""


@dataclass(frozen=True)
class Attendance:
    """Schools attended, oldest first, and the days that bound the enrollment (ISO, empty where there is none)."""

    schools: tuple[str, ...] = ()
    entry: str = ""
    withdrawal: str = ""
    graduation: str = ""


@dataclass(frozen=True)
class Header:
    form: Form
    district: Office
    school: Office
    student: Identity
    attendance: Attendance


@dataclass(frozen=True)
class Line:
    """One attempt. ``school_year`` is the ending year; credits have three places; ``mark`` may be empty."""

    school_year: int
    term: str
    grade: str
    school: str
    code: str
    title: str
    designations: str
    mark: str
    attempted: str
    earned: str


@dataclass(frozen=True)
class TermSummary:
    """Averages at the end of a term; empty where no mark of it has points."""

    school_year: int
    term: str
    grade: str
    gpa: str
    cumulative_gpa: str


@dataclass(frozen=True)
class Requirement:
    """An additional state requirement as it prints: a label and one of its allowed words."""

    label: str
    value: str


@dataclass(frozen=True)
class Summary:
    """Three-place sums. ``gpa`` is empty, never 0.000, where nothing counts (V-GPA4)."""

    attempted: str
    earned: str
    gpa_credits: str
    gpa_points: str
    gpa: str
    terms: tuple[TermSummary, ...]
    requirements: tuple[Requirement, ...]


# Fields of the header that a template may leave out; the others always print.
OPTIONAL_FIELDS = (
    "local_id",
    "birth_date",
    "gender",
    "address",
    "phone",
    "schools",
    "entry",
    "withdrawal",
    "graduation",
)


def freeze(part: Any) -> dict[str, Any]:
    """A part as JSON."""
    return dataclasses.asdict(part)


def thaw(kind: type[T], data: Mapping[str, Any]) -> T:
    """The part that was frozen. ``NotOnTheList`` for a field it cannot have, ``KeyError`` for one it must have."""
    hints = typing.get_type_hints(kind)
    names = {field.name for field in fields(kind)}
    for name in data:
        if name not in names:
            raise NotOnTheList(f"{kind.__name__.lower()}.{name}")
    required = {field.name for field in fields(kind) if field.default is dataclasses.MISSING}
    if missing := required - set(data):
        raise KeyError(f"{kind.__name__.lower()}.{min(missing)}")
    return kind(**{name: _thaw(hints[name], value) for name, value in data.items()})


def _thaw(hint: Any, value: Any) -> Any:
    if is_dataclass(hint):
        return thaw(typing.cast(type[Any], hint), value)
    if typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)[0]
        return tuple(_thaw(inner, item) for item in value)
    if isinstance(hint, types.UnionType) or not isinstance(value, hint):
        raise TypeError(f"{value!r} is not {hint}")
    return value

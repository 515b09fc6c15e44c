"""The formats that the Imports page and the console know.

Each app registers its own in a module ``importers``, which is read the first time somebody asks for the formats.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules

from mbl.core.imports.differences import Told
from mbl.core.imports.hints import HINTS
from mbl.core.imports.mapping import Column
from mbl.core.imports.result import ImportResult
from mbl.core.models import District, User

Text = str | Promise


class Run(Protocol):
    """Reads ``source`` for ``district``; with ``dry_run`` it only says what would happen.

    ``confirmed``: a person has seen that this run changes unusually much, and wants it.
    """

    def __call__(
        self, source: Path, *, district: District, actor: User | None, dry_run: bool, confirmed: bool = False
    ) -> ImportResult: ...


class RunWithProgress(Protocol):
    """``Run`` that also says how far it is: rows read, of how many."""

    def __call__(
        self,
        source: Path,
        *,
        district: District,
        actor: User | None,
        dry_run: bool,
        confirmed: bool,
        progress: Callable[[int, int], None],
    ) -> ImportResult: ...


@dataclass(frozen=True)
class Reading:
    """A way to read a file that a person may ask for, where the file itself says something else or nothing.

    ``options`` are what ``run`` is then called with besides.
    """

    code: str
    label: Text
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Adapter:
    """One format. ``accept`` is what the upload field takes (``.zip``); ``kinds`` names its counts for people.

    ``told``: the tables whose differences are told in words. ``columns``: ours, where the headers are free; ``run``
    then takes ``mapping: Mapping[str, str] | None`` too (our column -> the file's header; None: it reads them by name).
    ``readings``: other ways to read its files, one of which the person chooses.
    ``reads``: whether the format knows a header by itself, so that nobody is asked. ``hints``: by code of an issue,
    what to do about it.
    """

    kind: str
    label: Text
    hint: Text
    accept: str
    run: Run
    kinds: dict[str, Text]
    run_with_progress: RunWithProgress | None = None
    told: Sequence[Told] = ()
    columns: Sequence[Column] = ()
    readings: Sequence[Reading] = ()
    reads: Callable[[Sequence[str]], bool] = lambda headers: False
    hints: Mapping[str, Text] = field(default_factory=dict)


_adapters: dict[str, Adapter] = {}


def register_import(adapter: Adapter) -> Adapter:
    if adapter.kind in _adapters:
        raise ValueError(f"The import {adapter.kind} is registered twice.")
    _adapters[adapter.kind] = adapter
    return adapter


def adapters() -> dict[str, Adapter]:
    """Every format by kind."""
    _discover()
    return dict(_adapters)


@cache
def _discover() -> None:
    autodiscover_modules("importers")


def hint_of(code: str, kind: str = "") -> Text:
    """What to do about issues of this code; empty where the message says it all."""
    known = adapter(kind)
    return (known.hints.get(code) if known else None) or HINTS.get(code, "")


def adapter(kind: str) -> Adapter | None:
    _discover()
    return _adapters.get(kind)

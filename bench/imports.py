"""Imports beside reading the same file and copying its rows into a staging table."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from django.db import connection, transaction

from bench import made
from bench.measuring import Measurement, interleaved
from mbl.core.imports import ImportResult, adapter
from mbl.core.models import District
from profiles.actions.schools import create_district

NAMES = ("import.case", "import.oneroster")
GOAL = 10.0
ROUNDS = 5


def measure() -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory(prefix="mbl-bench-") as name:
        package = made.case_package(Path(name))
        roster = made.oneroster_folder(Path(name))
        yield _measure("import.case", package, lambda: _copy_case(package))
        yield _measure("import.oneroster", roster, lambda: _copy_oneroster(roster))


def _measure(name: str, source: Path, copy: Callable[[], None]) -> Measurement:
    kind = name.removeprefix("import.")
    ours, reference = interleaved(
        lambda: _undone(lambda: _import(kind, source)), lambda: _undone(copy), rounds=ROUNDS, warm=1
    )
    return Measurement(name, ours=ours, reference=reference, unit="ms", goal=GOAL)


def _undone(work: Callable[[], None]) -> None:
    """With every constraint checked, and then taken back: the next round finds the same empty district."""
    with transaction.atomic():
        work()
        connection.check_constraints()
        transaction.set_rollback(True)


def _import(kind: str, source: Path) -> None:
    district: District = create_district(code=f"bench-{kind}", name="Bench import", actor=None)
    known = adapter(kind)
    assert known is not None, f"There is no import {kind}."
    result: ImportResult = known.run(source, district=district, actor=None, dry_run=False)
    if not result.applied or result.rejected_rows:
        raise RuntimeError("; ".join(issue.message for issue in result.issues[:5]))


def _copy_case(source: Path) -> None:
    content = json.loads(source.read_text(encoding="utf-8"))
    for name, key in (("items", "CFItems"), ("associations", "CFAssociations")):
        columns = [column for column in content[key][0] if isinstance(content[key][0][column], str | int)]
        _copy(name, columns, ([row.get(column, "") for column in columns] for row in content[key]))


def _copy_oneroster(folder: Path) -> None:
    for name in made.ONEROSTER:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            _copy(name, next(rows), rows)


def _copy(name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Rows as text into a new table without keys or indexes."""
    shape = ", ".join(f'"{column}" text' for column in columns)
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    buffer.seek(0)
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE TABLE "staging_{name}" ({shape})')
        cursor.cursor.copy_expert(f'COPY "staging_{name}" FROM STDIN WITH (FORMAT csv)', buffer)

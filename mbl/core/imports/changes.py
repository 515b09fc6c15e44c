"""Write the rows of a run and keep what they were before, so that it can be taken back (``mbl.core.imports.undo``).

``Changes`` offers the writers of ``mbl.core.imports.writing``, and notes of each row in which table it is, what it was,
and, when ``runs.finish`` seals the run, a hash of what it became. All of it is done in sets by the database::

    changes = Changes(run)
    changes.copy_rows(Course, ("district_id", "code", "title"), rows)
    changes.update(Course.objects.filter(pk__in=gone), is_active=False)
"""

# Every table and column in a statement is that of a model; values are parameters.
# ruff: noqa: S608

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from django.apps import apps
from django.contrib.postgres.search import SearchVectorField
from django.db import connection
from django.db.models import Model, QuerySet

from mbl.core.imports import writing
from mbl.core.imports.writing import Value, reserve_ids
from mbl.core.models import ImportRun

M = TypeVar("M", bound=Model)

_BLOCK = 20_000
# Blocks with whole rows in them stay smaller.
_BLOCK_WITH_ROWS = 2_000


class Changes:
    """What one run writes. Use it inside the run's transaction; ``runs.finish`` seals it."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self._new: dict[type[Model], _Ranges] = {}
        self._kept: dict[type[Model], set[int]] = {}

    def copy_rows(self, model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
        """``writing.copy_rows``. Rows without their primary key get one."""
        key = str(model._meta.pk.column)
        place = list(columns).index(key) if key in columns else None
        names = columns if place is not None else (key, *columns)
        for batch in _batches(rows, _BLOCK):
            if place is not None:
                ids = [int(row[place]) for row in batch]  # type: ignore[arg-type]  # a primary key is a number
            else:
                ids = reserve_ids(model, len(batch))
                batch = [(pk, *row) for pk, row in zip(ids, batch, strict=True)]
            writing.copy_rows(model, names, batch)
            self.created(model, ids)

    def update_rows(self, model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
        """``writing.update_rows``."""
        self.before(model, [int(row[0]) for row in rows])  # type: ignore[arg-type]  # a primary key is a number
        writing.update_rows(model, columns, rows)

    def update(self, rows: QuerySet[M], **values: Any) -> int:
        """``rows.update(**values)``; how many there were."""
        found = list(rows.order_by().values_list("pk", flat=True))
        self.before(rows.model, found)
        return rows.model._base_manager.filter(pk__in=found).update(**values) if found else 0

    def delete(self, rows: QuerySet[M]) -> int:
        """Delete rows that nothing points at; how many there were."""
        found = list(rows.order_by().values_list("pk", flat=True))
        self.before(rows.model, found)
        # Without the ORM's cascade: what points here makes the transaction fail.
        return rows.model._base_manager.filter(pk__in=found)._raw_delete(rows.db) if found else 0

    def before(self, model: type[Model], pks: Iterable[int]) -> None:
        """Keep what these rows are now, before something changes them. What a row was first is what counts."""
        new, kept = self._new.get(model, _Ranges()), self._kept.setdefault(model, set())
        wanted = [pk for pk in dict.fromkeys(pks) if pk not in kept and pk not in new]
        kept.update(wanted)
        table = str(model._meta.db_table)
        quote = connection.ops.quote_name
        key = quote(str(model._meta.pk.column))
        with connection.cursor() as cursor:
            for batch in _batches(wanted, _BLOCK_WITH_ROWS):
                cursor.execute(
                    f'INSERT INTO core_importchange (run_id, "table", ids, before) '
                    f"SELECT %s, %s, array_agg(t.{key}), array_agg(to_jsonb(t)) FROM {quote(table)} t "
                    f"WHERE t.{key} = ANY(%s) HAVING count(*) > 0",
                    [self.run.pk, table, batch],
                )

    @contextmanager
    def around(self, *querysets: QuerySet[Any]) -> Iterator[None]:
        """Domain actions in the block change, delete or add rows of ``querysets``: keep what they were."""
        there = []
        for rows in querysets:
            there.append(set(rows.order_by().values_list("pk", flat=True)))
            self.before(rows.model, there[-1])
        yield
        for rows, pks in zip(querysets, there, strict=True):
            self.created(rows.model, set(rows.order_by().values_list("pk", flat=True)) - pks)

    def created(self, model: type[Model], pks: Iterable[int]) -> None:
        """Note rows that are new, written by ``copy_rows`` or by a domain action."""
        new = self._new.setdefault(model, _Ranges())
        with connection.cursor() as cursor:
            for batch in _batches(pks, _BLOCK):
                new.add(batch)
                values: list[int | str]
                if max(batch) - min(batch) + 1 == len(batch):
                    # The database counts faster than we can list.
                    ids, values = "ARRAY(SELECT generate_series(%s::bigint, %s))", [min(batch), max(batch)]
                else:
                    ids, values = "%s::bigint[]", [f"{{{','.join(map(str, batch))}}}"]
                cursor.execute(
                    f'INSERT INTO core_importchange (run_id, "table", ids) VALUES (%s, %s, {ids})',
                    [self.run.pk, model._meta.db_table, *values],
                )


def row_hash(model: type[Model]) -> str:
    """SQL: the content of the row ``t`` in 64 bits.

    A new column changes it: after such a migration an older run finds its rows changed and leaves them, which is the
    safe side. Hashing the record as it is stored is faster than hashing its text; search vectors know only the latter.
    """
    if any(isinstance(one, SearchVectorField) for one in model._meta.concrete_fields):
        return "hashtextextended(t::text, 0)"
    return "hash_record_extended(t, 0)"


def models_of(run: ImportRun) -> list[type[Model]]:
    """The models whose rows ``run`` wrote, in the order of their tables."""
    by_table = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    return [by_table[table] for table in run.changes.order_by("table").values_list("table", flat=True).distinct()]


def seal(run: ImportRun) -> None:
    """Note what each row of the run has become; ``runs.finish`` calls it. Rows that are as they were are forgotten."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for model in models_of(run):
            table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
            of_run = 'c.run_id = %s AND c."table" = %s AND c.hashes IS NULL'
            params: list[int | str] = [run.pk, model._meta.db_table]
            cursor.execute(
                f"UPDATE core_importchange c SET hashes = ("
                f"SELECT array_agg({row_hash(model)} ORDER BY one.place) "
                f"FROM unnest(c.ids) WITH ORDINALITY AS one(id, place) LEFT JOIN {table} t ON t.{key} = one.id"
                f") WHERE {of_run} AND c.before IS NULL",
                params,
            )
            cursor.execute(
                f"UPDATE core_importchange c SET (ids, before, hashes) = ("
                f"SELECT coalesce(array_agg(one.id), '{{}}'), array_agg(one.before), array_agg({row_hash(model)}) "
                f"FROM unnest(c.ids, c.before) AS one(id, before) LEFT JOIN {table} t ON t.{key} = one.id "
                f"WHERE to_jsonb(t) IS DISTINCT FROM one.before"
                f") WHERE {of_run}",
                params,
            )
        cursor.execute("DELETE FROM core_importchange WHERE run_id = %s AND ids = '{}'", [run.pk])


class _Ranges:
    """Many numbers that mostly follow each other, in little memory."""

    def __init__(self) -> None:
        self._ranges: list[tuple[int, int]] = []

    def add(self, numbers: Sequence[int]) -> None:
        ordered = sorted(numbers)
        start = 0
        for place in range(1, len(ordered) + 1):
            if place == len(ordered) or ordered[place] != ordered[place - 1] + 1:
                insort(self._ranges, (ordered[start], ordered[place - 1]))
                start = place

    def __contains__(self, number: int) -> bool:
        at = bisect_right(self._ranges, (number, float("inf")))
        return at > 0 and self._ranges[at - 1][1] >= number


T = TypeVar("T")


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch

"""Rows out of and into PostgreSQL by COPY, on any supported version, as the tables' owner and nothing more."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from mbl.core.backup.archive import Readable, Table

# Somebody who signed out stays signed out after a restore, so sessions do not travel.
WITHOUT_ROWS = frozenset({"django_session"})
# What ``migrate`` itself writes into a new database; the archive's rows take its place.
WRITTEN_BY_MIGRATE = frozenset({"django_migrations", "django_content_type", "auth_permission"}) | WITHOUT_ROWS
# Before compression. Large enough to compress well, small enough to keep in memory.
BYTES_PER_PART = 8 * 1024 * 1024

_COLUMNS = """
    SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    GROUP BY c.relname ORDER BY c.relname
"""
_SEQUENCES = """
    SELECT sequencename::text FROM pg_sequences WHERE schemaname = current_schema() ORDER BY 1
"""
_FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
    FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY oid
"""
_INDEXES = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x'))
    ORDER BY i.indexrelid
"""


def columns_by_table(cursor: CursorWrapper) -> dict[str, tuple[str, ...]]:
    """Every table of the schema with the columns that are stored, also tables that no model knows."""
    cursor.execute(_COLUMNS)
    return {name: tuple(columns) for name, columns in cursor.fetchall()}


def sequences(cursor: CursorWrapper) -> dict[str, tuple[int, bool]]:
    cursor.execute(_SEQUENCES)
    found = {}
    for (name,) in cursor.fetchall():
        cursor.execute(f"SELECT last_value, is_called FROM {_quoted(name)}")  # noqa: S608  (a name of the catalog)
        found[name] = cursor.fetchone()
    return found


def filled(cursor: CursorWrapper, names: Sequence[str]) -> list[str]:
    """Those of the tables that have a row."""
    found = []
    for name in names:
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {_quoted(name)})")  # noqa: S608
        if cursor.fetchone()[0]:
            found.append(name)
    return found


def copy_out(cursor: CursorWrapper, name: str, columns: Sequence[str], keep: Callable[[bytes], None]) -> int:
    """Hand the table's rows to ``keep`` as compressed parts; answers how many rows."""
    if name in WITHOUT_ROWS:
        return 0
    collected = _Parts(keep)
    cursor.copy_expert(f"COPY {_target(name, columns)} TO STDOUT WITH (ENCODING 'UTF8')", collected)
    collected.flush()
    return int(cursor.rowcount)


class _Parts:
    """What COPY writes, row by row, as compressed parts of a bounded size."""

    def __init__(self, keep: Callable[[bytes], None]) -> None:
        self._keep = keep
        self._start()

    def _start(self) -> None:
        self._size, self._buffer = 0, io.BytesIO()
        self._gzip = gzip.GzipFile(fileobj=self._buffer, mode="wb", compresslevel=3, mtime=0)

    def write(self, row: bytes) -> None:
        self._gzip.write(row)
        self._size += len(row)
        if self._size >= BYTES_PER_PART:
            self.flush()

    def flush(self) -> None:
        if self._size:
            self._gzip.close()
            self._keep(self._buffer.getvalue())
            self._start()


@contextmanager
def ready_for_rows(connection: BaseDatabaseWrapper, names: Sequence[str]) -> Iterator[CursorWrapper]:
    """Inside a transaction: foreign keys, indexes and triggers aside while rows come in, back as they were afterwards.

    Building indexes and checking keys once for all rows is many times faster than row by row, holds no queue of
    pending checks in memory, and needs no superuser. Triggers that guard history would refuse history's own rows.
    """
    with connection.cursor() as cursor:
        tables = ", ".join(map(_quoted, names))
        cursor.execute(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE")
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute(_FOREIGN_KEYS)
        keys = cursor.fetchall()
        for table, key, _definition in keys:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {key}")
        cursor.execute(_INDEXES)
        indexes = cursor.fetchall()
        for index, _definition in indexes:
            cursor.execute(f"DROP INDEX {index}")
        for name in names:
            cursor.execute(f"ALTER TABLE {_quoted(name)} DISABLE TRIGGER USER")
        yield cursor
        # Nothing may still wait for its check when the tables are altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for _index, definition in indexes:
            cursor.execute(definition)
        for table, key, definition in keys:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {key} {definition}")
        for name in names:
            cursor.execute(f"ALTER TABLE {_quoted(name)} ENABLE TRIGGER USER")


def clear(cursor: CursorWrapper, names: Sequence[str]) -> None:
    """Remove what ``migrate`` wrote by itself."""
    for name in names:
        cursor.execute(f"DELETE FROM {_quoted(name)}")  # noqa: S608


def copy_in(cursor: CursorWrapper, table: Table, compressed: Iterator[IO[bytes]]) -> int:
    """Load the rows of the parts; answers how many there were."""
    cursor.copy_expert(
        f"COPY {_target(table.name, table.columns)} FROM STDIN WITH (ENCODING 'UTF8')", _Rows(compressed), 256 * 1024
    )
    return int(cursor.rowcount)


class _Rows:
    """The parts, unpacked, as one file that COPY reads."""

    def __init__(self, compressed: Iterator[IO[bytes]]) -> None:
        self._compressed = compressed
        self._open: Readable = io.BytesIO()

    def read(self, size: int = -1) -> bytes:
        while True:
            if data := self._open.read(size):
                return data
            following = next(self._compressed, None)
            if following is None:
                return b""
            self._open = gzip.GzipFile(fileobj=following)


def nameless(cursor: CursorWrapper, keys: Iterable[tuple[str, str, str]]) -> tuple[str, str] | None:
    """The first of ``keys`` (table, column, the table it names) with a value that names no row; None where all do.

    For keys that the database does not check itself (``mbl.core.models.triggers.references``).
    """
    for table, column, parent in keys:
        cursor.execute(
            f"SELECT EXISTS (SELECT 1 FROM {_quoted(table)} t WHERE t.{_quoted(column)} IS NOT NULL AND NOT EXISTS "  # noqa: S608
            f"(SELECT 1 FROM {_quoted(parent)} p WHERE p.id = t.{_quoted(column)}))"
        )
        if cursor.fetchone()[0]:
            return table, column
    return None


def set_sequences(cursor: CursorWrapper, values: dict[str, tuple[int, bool]]) -> None:
    for name, (last, used) in values.items():
        cursor.execute("SELECT setval(%s, %s, %s)", [_quoted(name), last, used])


def server_version(connection: BaseDatabaseWrapper) -> int:
    """Such as 150020 for 15.20."""
    raw: Any = connection.connection
    return int(raw.server_version)


def _target(name: str, columns: Sequence[str]) -> str:
    return f"{_quoted(name)} ({', '.join(map(_quoted, columns))})"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

"""Write an archive: the tables as they were at one moment, then the files."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import IO

from django.core.files.storage import storages
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from mbl.core.backup import stored, tables
from mbl.core.backup.archive import FILES, TABLES, Manifest, Stored, Table, Writer
from mbl.core.version import product_version

# Not the name on screen, which a district may change.
PRODUCT = "mbl"

Say = Callable[[str], None]


def make(out: IO[bytes], *, using: str = "default", with_files: bool = True, say: Say = lambda line: None) -> Manifest:
    """Write everything to ``out``, which may be a pipe. People go on working meanwhile.

    Files are listed after the moment the tables show, so every file that a row names is there. One that is removed
    while the backup runs is left out.
    """
    writer = Writer(out, product=PRODUCT)
    connection = connections[using]
    with transaction.atomic(using=using, durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        migrations: dict[str, list[str]] = {}
        for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
            migrations.setdefault(app, []).append(name)
        copied = [
            _write_table(writer, cursor, name, columns) for name, columns in tables.columns_by_table(cursor).items()
        ]
        last_values = tables.sequences(cursor)
    say(f"{len(copied)} tables, {sum(table.rows for table in copied):,} rows")
    manifest = Manifest(
        product=PRODUCT,
        version=product_version(),
        made_at=timezone.now().isoformat(timespec="seconds"),
        server_version=tables.server_version(connection),
        migrations=migrations,
        tables=copied,
        sequences=last_values,
        files={alias: _write_files(writer, alias, say) for alias in stored.STORAGES} if with_files else {},
    )
    writer.finish(manifest)
    return manifest


def _write_table(writer: Writer, cursor: CursorWrapper, name: str, columns: tuple[str, ...]) -> Table:
    numbers = count(1)
    rows = tables.copy_out(
        cursor, name, columns, lambda data: writer.add(f"{TABLES}{name}/{next(numbers):06}.gz", data)
    )
    return Table(name, columns, rows)


def _write_files(writer: Writer, alias: str, say: Say) -> Stored:
    storage = storages[alias]
    number = size = 0
    for key in stored.keys(storage):
        try:
            length, file = storage.size(key), storage.open(key)
        except FileNotFoundError:
            say(f"{alias}/{key} was removed meanwhile and is left out")
            continue
        with file:
            writer.stream(f"{FILES}{alias}/{key}", file, length)
        number, size = number + 1, size + length
    say(f"{number:,} files in {alias}, {size / 1024**2:,.1f} MB")
    return Stored(number, size)

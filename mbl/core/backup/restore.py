"""Bring an archive back: first read it whole, then write tables and files, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.core.management import call_command
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import ForeignKey
from django.utils.translation import gettext as _

from mbl.core.backup import tables
from mbl.core.backup.archive import FILES, TABLES, ArchiveProblem, Manifest, parts, verify
from mbl.core.backup.make import PRODUCT
from mbl.core.backup.stored import Incoming

Say = Callable[[str], None]
Part = tuple[str, IO[bytes], int]


@dataclass(frozen=True)
class Restored:
    """What was brought back."""

    manifest: Manifest
    files: int
    was_migrated: bool


def restore(path: Path, *, using: str = "default", say: Say = lambda line: None) -> Restored:
    """Bring the archive at ``path`` back into an empty database and the storages.

    In order: every byte is compared with its hash; an archive of a newer version and a database that is not empty are
    refused; tables are made as they were at the time of the archive; rows and files are written, whole or not at all;
    the tables are brought up to the version that runs here.
    """
    manifest = verify(path, product=PRODUCT)
    say(f"The archive is whole: version {manifest.version}, made {manifest.made_at}")
    connection = connections[using]
    _refuse_newer(connection, manifest)
    _make_tables(connection, manifest)
    files = _write(path, connection, manifest, say)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    # Also where nothing is pending: permissions that this version adds are written after migrations.
    call_command("migrate", database=using, interactive=False, verbosity=0)
    return Restored(manifest, files, bool(pending))


def _refuse_newer(connection: BaseDatabaseWrapper, manifest: Manifest) -> None:
    known = MigrationExecutor(connection).loader.disk_migrations
    replaced = {key for migration in known.values() for key in migration.replaces}
    unknown = {(app, name) for app, names in manifest.migrations.items() for name in names} - set(known) - replaced
    if unknown:
        app, name = min(unknown)
        raise ArchiveProblem(
            _(
                "The archive was made by version %(theirs)s and has tables that this version does not know "
                "(%(migration)s). Install that version or a newer one, then restore."
            )
            % {"theirs": manifest.version, "migration": f"{app}.{name}"}
        )


def _make_tables(connection: BaseDatabaseWrapper, manifest: Manifest) -> None:
    """In a database without tables make those of the archive's version; otherwise compare."""
    wanted = {(app, name) for app, names in manifest.migrations.items() for name in names}
    with connection.cursor() as cursor:
        present = tables.columns_by_table(cursor)
        if present and (filled := tables.filled(cursor, sorted(present.keys() - tables.WRITTEN_BY_MIGRATE))):
            raise ArchiveProblem(
                _(
                    "The database is not empty: %(table)s has rows. Nothing was changed. Make a new database, set "
                    "DATABASE_URL to it, and restore there."
                )
                % {"table": filled[0]}
            )
    if not present:
        executor = MigrationExecutor(connection)
        graph = executor.loader.graph
        # The last one of each app; Django makes what comes before.
        executor.migrate(
            [
                key
                for key in sorted(wanted & graph.nodes.keys())
                if not any(child.key in wanted and child.key[0] == key[0] for child in graph.node_map[key].children)
            ]
        )
    elif set(MigrationRecorder(connection).applied_migrations()) != wanted:
        raise ArchiveProblem(
            _(
                "The tables of this database are of another version than the archive (%(theirs)s). Make a new database "
                "without tables and restore there: the tables are made as they were, then brought up to date."
            )
            % {"theirs": manifest.version}
        )
    with connection.cursor() as cursor:
        _compare_tables(tables.columns_by_table(cursor), manifest)


def _write(path: Path, connection: BaseDatabaseWrapper, manifest: Manifest, say: Say) -> int:
    incoming = Incoming()
    try:
        with transaction.atomic(using=connection.alias, durable=True), parts(path) as found:
            names = [table.name for table in manifest.tables]
            with tables.ready_for_rows(connection, names) as cursor:
                # Rows that came between the first look and the lock.
                if filled := tables.filled(cursor, [name for name in names if name not in tables.WRITTEN_BY_MIGRATE]):
                    raise ArchiveProblem(_("Somebody else wrote into %(table)s meanwhile.") % {"table": filled[0]})
                tables.clear(cursor, sorted(tables.WRITTEN_BY_MIGRATE))
                stream = _Stream(found)
                for table in manifest.tables:
                    rows = tables.copy_in(cursor, table, stream.of_table(table.name))
                    if rows != table.rows:
                        raise ArchiveProblem(
                            _("%(table)s has %(found)s rows in the archive instead of %(said)s.")
                            % {"table": table.name, "found": rows, "said": table.rows}
                        )
                tables.set_sequences(cursor, manifest.sequences)
                say(f"{len(manifest.tables)} tables, {manifest.rows:,} rows")
            _look_up_keys(connection, manifest)
            say("Indexes and keys are in place")
            for alias, key, content in stream.files():
                incoming.take(alias, key, content)
            say(f"{incoming.count:,} files")
    except BaseException:
        incoming.take_out()
        raise
    return incoming.count


def _look_up_keys(connection: BaseDatabaseWrapper, manifest: Manifest) -> None:
    """Keys that triggers check for each statement were not looked at while rows came in. Those of the archive's version
    are asked of its migrations, since the models here may be newer."""
    loader = MigrationExecutor(connection).loader
    known = [(app, name) for app, names in manifest.migrations.items() for name in names]
    state = loader.project_state([key for key in known if key in loader.graph.nodes])
    keys = sorted(
        (model._meta.db_table, field.column, field.related_model._meta.db_table)
        for model in state.apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, ForeignKey) and not field.db_constraint  # type: ignore[attr-defined]  # unknown to stubs
    )
    with connection.cursor() as cursor:
        if found := tables.nameless(cursor, keys):
            raise ArchiveProblem(
                _(
                    "%(table)s has a row whose %(column)s names a row that the archive does not have. Nothing was "
                    "restored. Use another backup."
                )
                % {"table": found[0], "column": found[1]}
            )


def _compare_tables(present: dict[str, tuple[str, ...]], manifest: Manifest) -> None:
    for table in manifest.tables:
        if set(present.get(table.name, ())) != set(table.columns):
            raise ArchiveProblem(
                _("The table %(table)s of this database has other columns than in the archive.") % {"table": table.name}
            )


class _Stream:
    """The parts in order: tables first, then files."""

    def __init__(self, found: Iterator[Part]) -> None:
        self._found = found
        self._next = next(found, None)

    def of_table(self, name: str) -> Iterator[IO[bytes]]:
        self._skip_to(TABLES, FILES)
        while self._next and self._next[0].startswith(f"{TABLES}{name}/"):
            yield self._next[1]
            self._advance()
            self._skip_to(TABLES, FILES)

    def files(self) -> Iterator[tuple[str, str, IO[bytes]]]:
        self._skip_to(FILES)
        while self._next:
            alias, _slash, key = self._next[0].removeprefix(FILES).partition("/")
            yield alias, key, self._next[1]
            self._advance()
            self._skip_to(FILES)

    def _skip_to(self, *prefixes: str) -> None:
        while self._next and not self._next[0].startswith(prefixes):
            self._advance()

    def _advance(self) -> None:
        self._next = next(self._found, None)

"""PostgreSQL for tests: after a test that really commits, rows are deleted instead of every table truncated.

TRUNCATE makes new files for all tables and their indexes, some hundreds, most of them empty. DELETE does not, but
leaves the space taken, so that now and then all are truncated. While a test runs, every trigger and foreign key is on:
they are off in the emptying transaction alone, which only a superuser may say. Anybody else truncates.
"""

from collections.abc import Sequence
from typing import Any

from django.db.backends.postgresql import base, operations

# How many times rows are deleted before every table is truncated.
TRUNCATED_AFTER = 25


class DatabaseOperations(operations.DatabaseOperations):
    _emptied = 0

    def sql_flush(
        self, style: Any, tables: Sequence[str], *, reset_sequences: bool = False, allow_cascade: bool = False
    ) -> list[str]:
        self._emptied += 1
        if reset_sequences or not tables or self._emptied % TRUNCATED_AFTER == 0 or not self._is_superuser():
            return super().sql_flush(style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade)
        names = [self.quote_name(table) for table in tables]
        # Like TRUNCATE, wait for a request that is still being answered: what it writes goes too.
        deletes = "; ".join(f"DELETE FROM {name}" for name in names)  # noqa: S608
        return [f"SET LOCAL session_replication_role = replica; LOCK TABLE {', '.join(names)}; {deletes}"]

    def _is_superuser(self) -> bool:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('is_superuser') = 'on'")
            return bool(cursor.fetchone()[0])


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations

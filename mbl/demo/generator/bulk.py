"""One INSERT … SELECT for as many rows as wanted, with a model's own defaults for every column not named.

Expressions are SQL written in this package, never input. In a source, ``n`` is the row's number in its table, from 0:
it gives the primary key and the public id.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, Model

# ``draw`` and ``share`` draw from a hash of (row, purpose), so each purpose draws for itself.
FUNCTIONS = """
CREATE OR REPLACE FUNCTION pg_temp.draw(n bigint, purpose text) RETURNS bigint IMMUTABLE LANGUAGE sql AS $$
    SELECT hashint8extended(n, hashtextextended(purpose, {seed})) & 9223372036854775807
$$;
CREATE OR REPLACE FUNCTION pg_temp.share(n bigint, purpose text) RETURNS float8 IMMUTABLE LANGUAGE sql AS $$
    SELECT (hashint8extended(n, hashtextextended(purpose, {seed})) & 9223372036854775807)::float8 / 9223372036854775807
$$;
CREATE OR REPLACE FUNCTION pg_temp.uid(kind text, n bigint) RETURNS uuid IMMUTABLE LANGUAGE sql AS $$
    SELECT md5({namespace} || kind || ':' || n)::uuid
$$;
"""


class Bulk:
    """Writes into one database transaction. ``at`` fills columns that note when a row was written."""

    def __init__(self, cursor: CursorWrapper, *, namespace: str, seed: int, at: dt.datetime) -> None:
        self.cursor = cursor
        self.at = at
        prefix = connection.ops.compose_sql("%s", [f"{namespace}:{seed}:"])  # type: ignore[attr-defined]
        cursor.execute(FUNCTIONS.format(seed=seed, namespace=prefix))

    def reserve(self, model: type[Model], count: int) -> int:
        """The first of ``count`` consecutive primary keys; nobody else gets them."""
        table = model._meta.db_table
        self.cursor.execute(f'LOCK TABLE "{table}" IN SHARE ROW EXCLUSIVE MODE')
        self.cursor.execute(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), nextval(pg_get_serial_sequence(%s, 'id')) + %s)",
            [table, table, count],
        )
        last: int = self.cursor.fetchone()[0]
        return last - count

    def insert(self, model: type[Model], source: str, /, *, first: int, **columns: str) -> int:
        """Insert what ``source`` (a FROM clause and what follows) selects; answers how many rows.

        ``columns`` are expressions by attribute name (``school_id``).
        """
        names, expressions, defaults = [], [], []
        known = {"id": f"{first} + n"} | columns
        if "public_id" not in columns:
            known["public_id"] = f"pg_temp.uid('{model._meta.db_table}', n)"
        fields = model._meta.local_concrete_fields
        if unknown := columns.keys() - {field.attname for field in fields}:
            raise ValueError(f"{model.__name__} has no {', '.join(sorted(unknown))}.")
        for field in fields:
            if field.attname not in known and field.has_db_default():
                continue
            names.append(f'"{field.column}"')
            if field.attname in known:
                expressions.append(known[field.attname])
            else:
                expressions.append(f"CAST(%s AS {field.db_type(connection)})")
                defaults.append(self._default(field))
        self.cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({", ".join(names)}) SELECT {", ".join(expressions)} {source}',
            defaults,
        )
        return int(self.cursor.rowcount)

    def table(self, name: str, rows: Sequence[Mapping[str, Any]], **types: str) -> None:
        """A temporary table ``name`` of ``rows``; ``types`` are its columns in order."""
        shape = ", ".join(f"{column} {kind}" for column, kind in types.items())
        self.cursor.execute(
            f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS SELECT * FROM "
            f"jsonb_to_recordset(CAST(%s AS jsonb)) AS row({shape})",
            [json.dumps(list(rows), default=str)],
        )
        self.cursor.execute(f"ANALYZE {name}")

    def _default(self, field: Field[Any, Any]) -> Any:
        if isinstance(field, models.DateTimeField) and (field.auto_now or field.auto_now_add):
            return self.at
        return field.get_db_prep_save(field.get_default(), connection)


def text(value: str) -> str:
    """``value`` as an SQL literal, for words of this package."""
    return "'" + value.replace("'", "''") + "'"


def day(value: dt.date) -> str:
    """``value`` as an SQL literal."""
    return f"'{value.isoformat()}'::date"


def choose(n: str, purpose: str, shares: Mapping[str, float]) -> str:
    """An expression that gives each of ``shares`` (value to share; they sum to 1) its part of the rows."""
    arms, upto = [], 0.0
    for value, share in shares.items():
        upto += share
        arms.append(f"WHEN pg_temp.share({n}, {text(purpose)}) < {upto:.6f} THEN {text(value)}")
    return f"CASE {' '.join(arms)} ELSE {text(list(shares)[-1])} END"

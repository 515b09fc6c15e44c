"""Write many rows at once: PostgreSQL's COPY with primary keys taken from the sequence beforehand."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import uuid
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from hashlib import sha256
from itertools import islice

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import Model

Value = str | int | bool | Decimal | dt.date | dt.datetime | uuid.UUID | Sequence[str] | None

_BATCH = 20_000
# The two fixed bits of RFC 4122 and the two random ones after them.
_VARIANTS = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}


def reserve_ids(model: type[Model], count: int) -> list[int]:
    """``count`` fresh primary keys of ``model``."""
    if not count:
        return []
    with connection.cursor() as cursor:
        # Asked once: inside the second statement PostgreSQL would look it up for every row.
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [model._meta.db_table, model._meta.pk.column])
        (sequence,) = cursor.fetchone()
        cursor.execute("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [sequence, count])
        return [pk for (pk,) in cursor.fetchall()]


def uuids() -> Iterator[str]:
    """Random UUIDs (version 4) as text without end, in a tenth of the time of ``uuid.uuid4``."""
    while True:
        digits = os.urandom(16 * 256).hex()
        for at in range(0, len(digits), 32):
            one = digits[at : at + 32]
            yield f"{one[:8]}-{one[8:12]}-4{one[13:16]}-{_VARIANTS[one[16]]}{one[17:20]}-{one[20:]}"


def copy_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """Insert ``rows`` whose cells are the database columns ``columns``. No signals, no defaults: name every column."""
    _copy(model._meta.db_table, model, columns, rows)


def update_rows(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    """Set ``columns`` of many rows in three statements; the first cell of each row is its primary key."""
    if not rows:
        return
    quote = connection.ops.quote_name
    key = str(model._meta.pk.column)
    table, incoming = quote(model._meta.db_table), "incoming_rows"
    names = ", ".join(map(quote, (key, *columns)))
    pairs = ", ".join(f"{quote(column)} = {incoming}.{quote(column)}" for column in columns)
    # Every name comes from the model, never from a file.
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {incoming} ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA")  # noqa: S608
        _copy(incoming, model, (key, *columns), rows)
        matching = f"{table}.{quote(key)} = {incoming}.{quote(key)}"
        cursor.execute(f"UPDATE {table} SET {pairs} FROM {incoming} WHERE {matching}")  # noqa: S608
        cursor.execute(f"DROP TABLE {incoming}")


def _copy(table: str, model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """Written by ``csv``, which is fast; it cannot tell None from an empty text, so the column says which it has."""
    quote = connection.ops.quote_name
    fields = {field.column: field for field in model._meta.concrete_fields}
    texts = ", ".join(quote(column) for column in columns if not fields[column].null)
    options = f"FORMAT csv, FORCE_NOT_NULL ({texts})" if texts else "FORMAT csv"
    statement = f"COPY {quote(table)} ({', '.join(map(quote, columns))}) FROM STDIN WITH ({options})"
    arrays = [place for place, column in enumerate(columns) if isinstance(fields[column], ArrayField)]
    rows = iter(rows)
    with connection.cursor() as cursor:
        while batch := list(islice(rows, _BATCH)):
            if arrays:
                batch = [_with_arrays(row, arrays) for row in batch]
            buffer = io.StringIO(newline="")
            csv.writer(buffer, lineterminator="\n").writerows(batch)
            buffer.seek(0)
            cursor.copy_expert(statement, buffer)


def _with_arrays(row: Sequence[Value], places: Sequence[int]) -> Sequence[Value]:
    """PostgreSQL's way to write an array of texts."""
    cells = list(row)
    for place in places:
        texts = cells[place]
        assert isinstance(texts, list | tuple), "an array column needs a list"
        quoted = (str(text).replace("\\", "\\\\").replace('"', '\\"') for text in texts)
        cells[place] = "{" + ",".join(f'"{text}"' for text in quoted) + "}"
    return cells


def content_hash(*values: object) -> str:
    """128 bits of SHA-256 over normalized, mapped fields: equal means that there is nothing to write."""
    return sha256("\x1f".join(map(str, values)).encode()).hexdigest()[:32]

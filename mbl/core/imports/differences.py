"""Say in words what a run did, or would do: a few rows of each kind that are new, changed or no longer there.

A format names the tables and fields worth telling (``Told``). The rows come from what the run has written
(``mbl.core.imports.changes``), so a dry run and a real one tell the same.
"""

# Every table and column in a statement is that of a model; values are parameters.
# ruff: noqa: S608

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Field, ForeignKey, Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from mbl.core.models import ImportRun

# So many rows of a table are shown as new, as changed and as gone; the rest is counted.
SHOWN = 5
_LONGEST = 200

Example = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """A table whose differences are told. ``fields``: names for people, by field; others are not told.

    ``gone``: the column, and the value it has as JSON text where a row is no longer there (``("is_active", "false")``).
    """

    model: str
    label: str | Promise
    fields: Mapping[str, str | Promise]
    gone: tuple[str, str] | None = None


def examples(run: ImportRun, told: Iterable[Told]) -> list[Example]:
    """What ``run`` has written so far: ``model``, ``change`` (new, changed, gone), ``count`` and ``rows``.

    A row has ``what`` and ``fields``: ``{field: [before, after]}`` as text. Call it inside the run's transaction.
    """
    found = []
    for one in told:
        model = apps.get_model(one.model)
        if new := _count_new(run, model):
            pks = _new(run, model)
            known = model._base_manager.select_related().in_bulk(pks)
            rows = [{"what": str(known[pk])[:_LONGEST], "fields": {}} for pk in pks if pk in known]
            found.append({"model": one.model, "change": "new", "count": new, "rows": rows})
        for change in ("changed", "gone"):
            if change == "gone" and one.gone is None:
                continue
            count, pairs = _changed(run, model, one, change)
            if count:
                rows = _worded(model, one, pairs)
                found.append({"model": one.model, "change": change, "count": count, "rows": rows})
    return found


def _count_new(run: ImportRun, model: type[Model]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(cardinality(ids)), 0) FROM core_importchange "
            'WHERE run_id = %s AND "table" = %s AND before IS NULL',
            [run.pk, model._meta.db_table],
        )
        return int(cursor.fetchone()[0])


def _new(run: ImportRun, model: type[Model]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT ids[1:%s] FROM core_importchange WHERE run_id = %s AND "table" = %s AND before IS NULL '
            "ORDER BY id LIMIT 1",
            [SHOWN, run.pk, model._meta.db_table],
        )
        return list(cursor.fetchone()[0])


def _changed(
    run: ImportRun, model: type[Model], told: Told, change: str
) -> tuple[int, list[tuple[int, Mapping[str, Any], Mapping[str, Any]]]]:
    """How many rows, and the first: primary key, the row before, the row now."""
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    columns = [str(model._meta.get_field(name).column) for name in told.fields]  # type: ignore[union-attr]
    of_run = (
        f"core_importchange c, unnest(c.ids, c.before) AS one(id, before), {table} t, to_jsonb(t) AS now "
        f'WHERE c.run_id = %s AND c."table" = %s AND c.before IS NOT NULL AND t.{key} = one.id'
    )
    params: list[Any] = [run.pk, model._meta.db_table]
    is_gone, of_gone = "false", []
    if told.gone is not None:
        column, value = told.gone
        is_gone = "(now ->> %s = %s AND one.before ->> %s IS DISTINCT FROM %s)"
        of_gone = [column, value, column, value]
    if change == "gone":
        where, more = f" AND {is_gone}", of_gone
    else:
        differs = " OR ".join(["now -> %s IS DISTINCT FROM one.before -> %s"] * len(columns)) or "false"
        where = f" AND NOT coalesce({is_gone}, false) AND ({differs})"
        more = [*of_gone, *(name for column in columns for name in (column, column))]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {of_run}{where}", [*params, *more])
        count = int(cursor.fetchone()[0])
        if not count:
            return 0, []
        cursor.execute(
            f"SELECT one.id, one.before, now FROM {of_run}{where} ORDER BY one.id LIMIT %s", [*params, *more, SHOWN]
        )
        return count, [(pk, _json(before), _json(now)) for pk, before, now in cursor.fetchall()]


def _json(value: str) -> Mapping[str, Any]:
    """Django's connections hand JSON over as text."""
    read: Mapping[str, Any] = json.loads(value)
    return read


def _worded(
    model: type[Model], told: Told, pairs: Sequence[tuple[int, Mapping[str, Any], Mapping[str, Any]]]
) -> list[Example]:
    known = model._base_manager.select_related().in_bulk([pk for pk, _before, _now in pairs])
    fields = {name: model._meta.get_field(name) for name in told.fields}
    rows = []
    for pk, before, now in pairs:
        changed: dict[str, list[str]] = {}
        for name, one in fields.items():
            assert isinstance(one, Field)
            was, is_now = before.get(str(one.column)), now.get(str(one.column))
            if was != is_now:
                changed[name] = [_word(one, was), _word(one, is_now)]
        rows.append({"what": str(known[pk])[:_LONGEST], "fields": changed})
    return rows


def _word(of: Field[Any, Any], value: Any) -> str:
    """A cell for people."""
    if value in (None, "", []):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(of, ForeignKey):
        return str(of.related_model._base_manager.filter(pk=value).first() or value)[:_LONGEST]
    if isinstance(value, list):
        return ", ".join(map(str, value))[:_LONGEST]
    if of.get_internal_type() == "DateField":
        return dt.date.fromisoformat(str(value)).isoformat()
    return str(value)[:_LONGEST]

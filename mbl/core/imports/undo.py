"""Take a run back: what it changed becomes what it was, what it made goes away.

Nothing that somebody has touched since is overwritten, and nothing that is in use is deleted: such rows stay, and the
answer lists them with the reason. Two later runs over the same rows therefore go back newest first.
"""

# Every table and column in a statement is that of a model; values are parameters.
# ruff: noqa: S608

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import ForeignKey, ManyToOneRel, Model, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mbl.core import audit, clock
from mbl.core.errors import DomainError
from mbl.core.imports.changes import models_of, row_hash
from mbl.core.imports.registry import adapters
from mbl.core.imports.result import ImportResult, Issues
from mbl.core.models import District, ImportChange, ImportRun, User
from mbl.core.states import ImportState
from mbl.core.verbs import ImportUndone

# So many rows of a table and a reason are named; the rest is counted.
NAMED = 50
_DEFAULT_DAYS = 14
# Each round leaves the rows out that got in the way of the round before.
_ROUNDS = 20

OwnWay = Callable[[Sequence[int], ImportRun, User | None], Collection[int]]
Protected = Callable[[District], Iterable[int]]


@dataclass(frozen=True)
class _Reference:
    """A table that names rows of others by a kind and a number, without foreign keys."""

    kind_column: str
    id_column: str
    kinds: Mapping[str, type[Model]]


_own_ways: dict[type[Model], OwnWay] = {}
_protected: dict[type[Model], Protected] = {}
_references: dict[type[Model], _Reference] = {}
_belongs: dict[type[Model], str] = {}


def undo_with(model: type[Model], function: OwnWay) -> None:
    """How created rows of a table that only grows are taken back (a ledger: by reversal).

    ``function(pks, run, actor)`` does it and answers the primary keys that have to stay.
    """
    _own_ways[model] = function


def never_undo(model: type[Model], function: Protected) -> None:
    """Rows that stay as they are because a record rests on them; ``function(district)`` answers their primary keys."""
    _protected[model] = function


def refers(model: type[Model], *, kind_column: str, id_column: str, kinds: Mapping[str, type[Model]]) -> None:
    """Rows of ``model`` name rows of ``kinds`` without foreign keys. What they name is in use; they stay with it."""
    _references[model] = _Reference(kind_column, id_column, dict(kinds))


def belongs(model: type[Model], foreign_key: str) -> None:
    """Rows of ``model`` say something about the row that ``foreign_key`` names: where that one stays, so do they."""
    _belongs[model] = foreign_key


def days_to_undo(district: District) -> int:
    """For how many days a run can be taken back: the district's setting ``import_undo_days``."""
    days = district.settings.get("import_undo_days", _DEFAULT_DAYS)
    return days if isinstance(days, int) and days >= 0 else _DEFAULT_DAYS


def undo_until(run: ImportRun) -> dt.datetime | None:
    """Until when ``run`` can be taken back; None where it never can be."""
    if run.state != ImportState.APPLIED or run.finished_at is None:
        return None
    return run.finished_at + dt.timedelta(days=days_to_undo(run.district))


def forget_changes(now: dt.datetime) -> int:
    """Each night: what rows were before a run that can no longer be taken back, and of one that was. How many blocks.

    Those copies are personal data that nothing needs any more; counts, issues and the audit event of the run stay.
    """
    gone = 0
    for district in District.objects.filter(import_runs__changes__isnull=False).distinct():
        over = Q(run__finished_at__lt=now - dt.timedelta(days=days_to_undo(district)))
        of_district = ImportChange.objects.filter(run__district=district)
        gone += of_district.filter(over | Q(run__state=ImportState.UNDONE)).delete()[0]
    return gone


def undo(run: ImportRun, *, actor: User | None, dry_run: bool = False) -> ImportResult:
    """Take ``run`` back. Counts by table: ``updated`` went back, ``withdrawn`` went away, ``created`` came back,
    ``rejected`` stayed, with an issue each. A second call changes nothing.

    ``DomainError`` where the run was not applied, its time is over, or everything it wrote has to stay.
    """
    adapters()  # the apps register there what refers to what
    with transaction.atomic():
        District.objects.select_for_update(no_key=True).get(pk=run.district_id)
        run = ImportRun.objects.select_for_update(of=("self",)).select_related("district").get(pk=run.pk)
        if run.state == ImportState.UNDONE:
            issues = Issues()
            issues.info("UNDO_ALREADY", _("This import was taken back before. There was nothing to do."))
            return ImportResult(run=str(run.public_id), issues=list(issues))
        _refuse_unless_possible(run)
        plan = _Plan(run)
        for _round in range(_ROUNDS):
            with transaction.atomic():
                plan.make()
                # A dry run tries it too: only so is it known what gets in the way.
                in_the_way = plan.carry_out(actor)
                if not in_the_way:
                    result = plan.result()
                if in_the_way or dry_run:
                    transaction.set_rollback(True)
            if not in_the_way:
                break
            plan.leave(in_the_way)
        else:
            raise DomainError(_("Somebody is changing the same rows. Nothing was taken back; try again."))
        run.undo_result = result.as_json()
        if dry_run:
            run.save(update_fields=["undo_result"])
            return result
        if not result.changes:
            raise DomainError(_("Everything that this import wrote was changed since or is in use, so it stays."))
        run.state, run.undone_at, run.undone_by = ImportState.UNDONE, clock.now(), actor
        result.applied = True
        run.undo_result = result.as_json()
        run.save(update_fields=["state", "undone_at", "undone_by", "undo_result"])
        audit.record(
            ImportUndone(
                run=str(run.public_id),
                restored=sum(result.updated.values()) + sum(result.created.values()),
                deleted=sum(result.withdrawn.values()),
                stayed=result.rejected_rows,
            ),
            actor=actor,
            district=run.district,
            target=run,
        )
        return result


def _refuse_unless_possible(run: ImportRun) -> None:
    until = undo_until(run)
    if until is None:
        raise DomainError(_("This import was not applied, so there is nothing to take back."))
    if clock.now() > until:
        raise DomainError(
            ngettext(
                "An import can be taken back for %(days)d day. That time is over.",
                "An import can be taken back for %(days)d days. That time is over.",
                days_to_undo(run.district),
            )
            % {"days": days_to_undo(run.district)}
        )
    if not run.changes.exists():
        wrote = run.created or run.updated or run.withdrawn
        raise DomainError(
            _("What this import changed is no longer kept, so it cannot be taken back.")
            if wrote
            else _("This import wrote nothing, so there is nothing to take back.")
        )


@dataclass
class _Plan:
    """What happens with each row of a run, in a temporary table, so that the database does the work in sets.

    ``act`` is delete, restore or insert; ``stays`` says why a row is left alone.
    """

    run: ImportRun
    left: dict[type[Model], set[int]] = field(default_factory=dict)
    models: list[type[Model]] = field(default_factory=list)

    def leave(self, rows: Mapping[type[Model], Collection[int]]) -> None:
        """Rows that could not go back: the next round leaves them out."""
        for model, pks in rows.items():
            self.left.setdefault(model, set()).update(pks)

    # --- Deciding -----------------------------------------------------------------------------------------------------

    def make(self) -> None:
        """Every row of the run with what can be done with it."""
        self._gather()
        self.models = models_of(self.run)
        for model in self.models:
            self._compare(model)
        _run("ANALYZE undo_rows")
        for model in self.models:
            self._keep_records(model)
        while sum(self._keep_used(model) for model in self.models):
            pass

    def _gather(self) -> None:
        _run("DROP TABLE IF EXISTS undo_rows")
        _run(
            """
            CREATE TEMP TABLE undo_rows ON COMMIT DROP AS
            SELECT c."table", one.id, one.hash, one.before,
                   CASE WHEN one.hash IS NULL THEN 'insert'
                        WHEN one.before IS NULL THEN 'delete' ELSE 'restore' END AS act,
                   ''::text AS stays
            FROM core_importchange c, unnest(c.ids, c.hashes, c.before) AS one(id, hash, before)
            WHERE c.run_id = %s
            """,
            [self.run.pk],
        )
        # Made and gone within the run.
        _run("DELETE FROM undo_rows WHERE act = 'insert' AND before IS NULL")
        _run('CREATE UNIQUE INDEX ON undo_rows ("table", id)')

    def _compare(self, model: type[Model]) -> None:
        """What is as it was needs nothing; what is no longer as the run left it stays."""
        table, key = _names(model)
        here = f'u."table" = %s AND t.{key} = u.id'
        params = [model._meta.db_table]
        _run(
            f"DELETE FROM undo_rows u USING {table} t WHERE {here} AND u.act = 'restore' AND to_jsonb(t) = u.before",
            params,
        )
        differs = f"(u.act = 'insert' OR {row_hash(model)} <> u.hash)"
        _run(f"UPDATE undo_rows u SET stays = 'changed' FROM {table} t WHERE {here} AND {differs}", params)
        missing = f'u."table" = %s AND NOT EXISTS (SELECT FROM {table} t WHERE t.{key} = u.id)'
        _run(f"DELETE FROM undo_rows u WHERE {missing} AND u.act = 'delete'", params)
        _run(f"UPDATE undo_rows u SET stays = 'changed' WHERE {missing} AND u.act = 'restore'", params)

    def _keep_records(self, model: type[Model]) -> None:
        """Rows under a record, rows in another's way, and rows that would point at nothing."""
        for reason, pks in (
            ("record", _protected[model](self.run.district) if model in _protected else ()),
            ("conflict", self.left.get(model, ())),
        ):
            self._stay(model, reason, pks)
        for foreign in _foreign_keys(model):
            target, target_key = _names(foreign.related_model)
            value = "(u.before ->> %s)::bigint"
            _run(
                f"""
                UPDATE undo_rows u SET stays = 'missing'
                WHERE u."table" = %s AND u.stays = '' AND u.before ->> %s IS NOT NULL
                  AND NOT EXISTS (SELECT FROM {target} o WHERE o.{target_key} = {value})
                  AND NOT EXISTS (SELECT FROM undo_rows v WHERE v."table" = %s AND v.id = {value} AND v.act = 'insert')
                """,
                [model._meta.db_table, *[foreign.column] * 2, foreign.related_model._meta.db_table, foreign.column],
            )

    def _stay(self, model: type[Model], reason: str, pks: Iterable[int]) -> None:
        found = list(pks)
        if found:
            _run(
                "UPDATE undo_rows SET stays = %s WHERE \"table\" = %s AND stays = '' AND id = ANY(%s)",
                [reason, model._meta.db_table, found],
            )

    def _keep_used(self, model: type[Model]) -> int:
        """Rows in use by what does not go with them, and rows that stay with another. How many were found now."""
        table = model._meta.db_table
        found = 0
        for user, column, where in _pointing_at(model):
            name, key = _names(user)
            # What a table takes back in its own way (a reversal) leaves its rows where they are.
            goes = "v.stays = ''" if user not in _own_ways else "false"
            found += _run(
                f"""
                UPDATE undo_rows u SET stays = %s
                WHERE u."table" = %s AND u.act = 'delete' AND u.stays = '' AND EXISTS (
                    SELECT FROM {name} o WHERE o.{column} = u.id {where} AND NOT EXISTS (
                        SELECT FROM undo_rows v WHERE v."table" = %s AND v.id = o.{key} AND {goes}))
                """,
                [f"used:{user._meta.label_lower}", table, user._meta.db_table],
            )
        for named, column, where in _following(model):
            name, key = _names(model)
            found += _run(
                f"""
                UPDATE undo_rows u SET stays = 'with' FROM {name} o
                WHERE u."table" = %s AND u.stays = '' AND o.{key} = u.id {where} AND EXISTS (
                    SELECT FROM undo_rows v WHERE v."table" = %s AND v.id = o.{column} AND v.stays <> '')
                """,
                [table, named._meta.db_table],
            )
        return found

    # --- Doing --------------------------------------------------------------------------------------------------------

    def carry_out(self, actor: User | None) -> dict[type[Model], set[int]]:
        """Do it. Answers the rows that got in the way of others; then nothing may be kept of what was done."""
        in_the_way: dict[type[Model], set[int]] = {}
        for model in self.models:
            if model in _own_ways:
                pks = self._going(model, "delete")
                if pks and (stay := set(_own_ways[model](pks, self.run, actor))):
                    in_the_way[model] = stay
        for model in self.models:
            if model not in _own_ways:
                table, key = _names(model)
                _run(
                    f"DELETE FROM {table} t USING undo_rows u "
                    f"WHERE u.\"table\" = %s AND u.act = 'delete' AND u.stays = '' AND t.{key} = u.id",
                    [model._meta.db_table],
                )
        for act, write in (("insert", _insert), ("restore", _restore)):
            for model in self.models:
                pks = self._going(model, act)
                if clashing := set(_clashing(model, pks, write)):
                    in_the_way.setdefault(model, set()).update(clashing)
        if not in_the_way:
            _check_references()
        return in_the_way

    def _going(self, model: type[Model], act: str) -> list[int]:
        return [
            pk
            for (pk,) in _rows(
                "SELECT id FROM undo_rows WHERE \"table\" = %s AND act = %s AND stays = '' ORDER BY id",
                [model._meta.db_table, act],
            )
        ]

    # --- Telling ------------------------------------------------------------------------------------------------------

    def result(self) -> ImportResult:
        """Counts by model. Rows that only name others are not counted: they follow what they name."""
        counts: dict[str, Counter[str]] = {"delete": Counter(), "restore": Counter(), "insert": Counter()}
        stayed: Counter[str] = Counter()
        issues = Issues()
        told = {model._meta.db_table: model for model in self.models if model not in _references}
        for table, act, stays, count in _rows(
            'SELECT "table", act, stays, count(*) FROM undo_rows GROUP BY 1, 2, 3 ORDER BY 1, 2, 3'
        ):
            model = told.get(table)
            if model is None:
                continue
            if stays:
                stayed[str(model._meta.model_name)] += count
                self._explain(model, act, stays, count, issues)
            else:
                counts[act][str(model._meta.model_name)] += count
        return ImportResult(
            run=str(self.run.public_id),
            created=dict(counts["insert"]),
            updated=dict(counts["restore"]),
            withdrawn=dict(counts["delete"]),
            rejected=dict(stayed),
            issues=list(issues),
        )

    def _explain(self, model: type[Model], act: str, stays: str, count: int, issues: Issues) -> None:
        code, sentence, values = _reason(stays)
        pks = [
            pk
            for (pk,) in _rows(
                'SELECT id FROM undo_rows WHERE "table" = %s AND act = %s AND stays = %s ORDER BY id LIMIT %s',
                [model._meta.db_table, act, stays, NAMED],
            )
        ]
        kind = str(model._meta.verbose_name)
        known = model._base_manager.select_related().in_bulk(pks)
        for pk in pks:
            label = str(known[pk])[:100] if pk in known else _("a row that is gone")
            issues.warning(code, sentence % (values | {"what": label}), file=kind)
        if count > NAMED:
            issues.warning(code, _("There are %(count)d more like this.") % {"count": count - NAMED}, file=kind)


def _reason(stays: str) -> tuple[str, str, dict[str, str]]:
    """The stable code, and the sentence."""
    reason, _colon, user = stays.partition(":")
    if reason == "used":
        return (
            "UNDO_IN_USE",
            _("%(what)s stays: it is in use (%(where)s)."),
            {"where": str(apps.get_model(user)._meta.verbose_name_plural)},
        )
    code, sentence = {
        "changed": ("UNDO_CHANGED_SINCE", _("%(what)s stays: it was changed after this import.")),
        "record": ("UNDO_RECORD", _("%(what)s stays: an award or an issued transcript rests on it.")),
        "conflict": ("UNDO_CONFLICT", _("%(what)s stays: what it was before does not fit beside what is here now.")),
        "missing": ("UNDO_CONFLICT", _("%(what)s stays: something that it belonged to before is gone.")),
        "with": ("UNDO_IN_USE", _("%(what)s stays with what it belongs to.")),
    }[reason]
    return code, sentence, {}


# --- What points where ------------------------------------------------------------------------------------------------


def _foreign_keys(model: type[Model]) -> Iterator[Any]:
    """The foreign keys of ``model`` to primary keys that are numbers."""
    for one in model._meta.concrete_fields:
        if isinstance(one, ForeignKey) and one.target_field.primary_key:
            yield one


def _pointing_at(model: type[Model]) -> Iterator[tuple[type[Model], str, str]]:
    """Who points at rows of ``model``: the model, its column, and a further condition on ``o``."""
    quote = connection.ops.quote_name
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel) and relation.field.target_field.primary_key:
            yield relation.related_model, quote(str(relation.field.column)), ""
    for user, reference in _references.items():
        for kind, named in reference.kinds.items():
            if named is model:
                yield user, quote(reference.id_column), f"AND o.{quote(reference.kind_column)} = '{kind}'"


def _following(model: type[Model]) -> Iterator[tuple[type[Model], str, str]]:
    """With which rows the rows of ``model`` stay: their model, the column naming them, and a condition on ``o``."""
    quote = connection.ops.quote_name
    if foreign_key := _belongs.get(model):
        named = model._meta.get_field(foreign_key)
        assert isinstance(named, ForeignKey)
        yield named.related_model, quote(named.column), ""
    if reference := _references.get(model):
        for kind, other in reference.kinds.items():
            yield other, quote(reference.id_column), f"AND o.{quote(reference.kind_column)} = '{kind}'"


# --- Statements -------------------------------------------------------------------------------------------------------


def _clashing(model: type[Model], pks: Sequence[int], write: Callable[[type[Model], Sequence[int]], None]) -> list[int]:
    """Write the rows ``pks``; those that a unique constraint refuses are found by halving."""
    if not pks:
        return []
    try:
        with transaction.atomic():
            write(model, pks)
    except IntegrityError:
        if len(pks) == 1:
            return list(pks)
        half = len(pks) // 2
        return _clashing(model, pks[:half], write) + _clashing(model, pks[half:], write)
    return []


def _restore(model: type[Model], pks: Sequence[int]) -> None:
    table, key = _names(model)
    columns = [connection.ops.quote_name(one.column) for one in _stored(model) if not one.primary_key]
    _run(
        f"""
        UPDATE {table} t SET ({", ".join(columns)}) =
            (SELECT {", ".join(f"was.{column}" for column in columns)} FROM jsonb_populate_record(t, u.before) was)
        FROM undo_rows u WHERE u."table" = %s AND u.id = t.{key} AND u.id = ANY(%s)
        """,
        [model._meta.db_table, list(pks)],
    )


def _insert(model: type[Model], pks: Sequence[int]) -> None:
    table, _key = _names(model)
    columns = [connection.ops.quote_name(one.column) for one in _stored(model)]
    _run(
        f"""
        INSERT INTO {table} ({", ".join(columns)})
        SELECT {", ".join(f"was.{column}" for column in columns)}
        FROM undo_rows u, jsonb_populate_record(NULL::{table}, u.before) was
        WHERE u."table" = %s AND u.id = ANY(%s)
        """,
        [model._meta.db_table, list(pks)],
    )


def _stored(model: type[Model]) -> list[Any]:
    return [one for one in model._meta.concrete_fields if not one.generated]


def _check_references() -> None:
    """Now rather than at the end of the transaction, where nobody could answer with a sentence."""
    try:
        with transaction.atomic():
            _run("SET CONSTRAINTS ALL IMMEDIATE")
            _run("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as error:
        raise DomainError(_("Somebody is changing the same rows. Nothing was taken back; try again.")) from error


def _names(model: type[Model]) -> tuple[str, str]:
    quote = connection.ops.quote_name
    return quote(model._meta.db_table), quote(str(model._meta.pk.column))


def _run(statement: str, params: Sequence[Any] = ()) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return int(cursor.rowcount)


def _rows(statement: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return list(cursor.fetchall())

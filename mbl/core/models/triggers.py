"""Tables that only grow: the database itself refuses to change or delete their rows."""

# Every name in a statement is that of a table or column in a migration.
# ruff: noqa: S608

from collections.abc import Collection, Mapping, Sequence

from django.db import migrations

# One function for every app. TRUNCATE is allowed only in a test database (its name starts with ``test_``) whose
# connection asks for it: the test runner empties tables so. UPDATE and DELETE are refused there like everywhere.
REFUSE_CHANGE = """
CREATE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE'
       AND current_database() LIKE 'test\\_%'
       AND current_setting('mbl.allow_flush', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% of % is refused: its rows are never changed or deleted, only added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
"""


def append_only(table: str) -> migrations.RunSQL:
    """The migration operation that makes ``table`` append-only. Depend on core's ``0003_audit_is_append_only``.

    Django sees ``IntegrityError`` where somebody tries otherwise.
    """
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
        """,
        f"""
        DROP TRIGGER {table}_no_truncate ON {table};
        DROP TRIGGER {table}_append_only ON {table};
        """,
    )


def references(table: str, columns: Mapping[str, str], *, kept: Collection[str]) -> migrations.RunSQL:
    """The migration operation that checks foreign keys of an append-only ``table`` once for each statement.

    PostgreSQL's own foreign keys look up every row by itself, which is most of the time when a million rows come in.
    ``columns`` are columns of ``table`` with the table each points at. Parents are locked as by a foreign key, and
    cannot be deleted while they are named; those in ``kept`` are append-only themselves, so only additions are looked
    at. The fields have ``db_constraint=False``. Django sees ``IntegrityError`` where somebody tries otherwise.
    """
    parents = sorted(set(columns.values()) - set(kept))
    checks = "".join(_looks_up(table, column, parent, parent in parents) for column, parent in columns.items())
    guards = "".join(
        _guards(table, parent, [column for column, named in columns.items() if named == parent]) for parent in parents
    )
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION {table}_refers() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN{checks}
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER {table}_refers AFTER INSERT ON {table}
            REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION {table}_refers();
        {guards}
        """,
        f"DROP TRIGGER {table}_refers ON {table}; DROP FUNCTION {table}_refers();"
        + "".join(
            f"DROP TRIGGER {parent}_{table} ON {parent}; DROP FUNCTION {parent}_{table}();" for parent in parents
        ),
    )


def _looks_up(table: str, column: str, parent: str, is_locked: bool) -> str:
    named = f"SELECT DISTINCT {column} FROM added WHERE {column} IS NOT NULL"
    lock = f"PERFORM 1 FROM {parent} WHERE id IN ({named}) ORDER BY id FOR KEY SHARE;" if is_locked else ""
    return f"""
            IF EXISTS (SELECT 1 FROM added WHERE {column} IS NOT NULL) THEN
                {lock}
                IF EXISTS (SELECT 1 FROM ({named}) AS named WHERE NOT EXISTS (
                    SELECT 1 FROM {parent} WHERE id = named.{column})) THEN
                    RAISE EXCEPTION '{column} of {table} names a row that {parent} does not have'
                        USING ERRCODE = 'foreign_key_violation';
                END IF;
            END IF;"""


def _guards(table: str, parent: str, columns: Sequence[str]) -> str:
    used = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {column} = gone.id)" for column in columns)
    return f"""
        CREATE FUNCTION {parent}_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT 1 FROM gone WHERE {used}) THEN
                RAISE EXCEPTION 'rows of {parent} cannot be deleted: {table} names them'
                    USING ERRCODE = 'foreign_key_violation';
            END IF;
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER {parent}_{table} AFTER DELETE ON {parent}
            REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION {parent}_{table}();
        """

"""Tables that only grow: the database itself refuses to change or delete their rows."""

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

"""What stands between tests that really commit: every row goes, and every trigger stays."""

import pytest
from django.core.management import call_command
from django.core.management.color import no_style
from django.core.management.sql import sql_flush
from django.db import IntegrityError, connection, transaction

from mbl.core import audit
from mbl.core.audit import Payload, verb
from mbl.core.models import AuditEvent, District, User
from mbl.services.test_engine.base import TRUNCATED_AFTER
from tests.factories.core import make_district, make_user


@verb("tests.table.filled", "{actor} filled a table")
class TableFilled(Payload):
    pass


def record() -> None:
    audit.record(TableFilled(), actor=make_user(), district=make_district())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("reset_sequences", [False, True], ids=["deleted", "truncated"])
def test_every_row_goes_and_append_only_tables_and_foreign_keys_hold_as_before(reset_sequences: bool) -> None:
    record()
    call_command("flush", interactive=False, verbosity=0, reset_sequences=reset_sequences)
    assert not any(model.objects.exists() for model in (AuditEvent, District, User))

    record()
    for statement in ("DELETE FROM core_auditevent", "UPDATE core_auditevent SET actor_label = 'Nobody'"):
        with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
            connection.cursor().execute(statement)
    with pytest.raises(IntegrityError, match="foreign key"), transaction.atomic():
        connection.cursor().execute("INSERT INTO core_user_groups (user_id, group_id) VALUES (0, 0)")


@pytest.mark.django_db(transaction=True)
def test_now_and_then_the_space_is_given_back() -> None:
    said = [sql_flush(no_style(), connection, reset_sequences=False)[0] for _turn in range(TRUNCATED_AFTER)]
    with connection.cursor() as cursor:
        cursor.execute("SHOW is_superuser")
        deleted = TRUNCATED_AFTER - 1 if cursor.fetchone() == ("on",) else 0
    assert ["DELETE" in one for one in said].count(True) == deleted
    assert ["TRUNCATE" in one for one in said].count(True) == TRUNCATED_AFTER - deleted

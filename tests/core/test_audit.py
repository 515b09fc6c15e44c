"""The ledger of who did what."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from mbl.core import audit
from mbl.core.audit import Payload, verb
from mbl.core.models import AuditEvent
from tests.factories.core import make_district, make_user

pytestmark = pytest.mark.django_db


@verb("tests.credit.given", _("{actor} gave {credits} credits for {target}"))
class CreditGiven(Payload):
    credits: Decimal


def test_an_event_keeps_who_what_and_a_sentence() -> None:
    district, actor, student = make_district(), make_user("ana.ruiz"), make_user()

    event = audit.record(
        CreditGiven(credits=Decimal("0.500")), actor=actor, district=district, target=student, student=student
    )

    assert event.payload == {"credits": "0.500"}
    assert (event.actor_label, event.target_kind, event.student_id) == ("Ana Ruiz", "user", student.public_id)
    assert audit.sentence(event) == f"Ana Ruiz gave 0.500 credits for {student}"


@verb("tests.key.lent", _("{actor} lent {target} from {first} to {last}"))
class KeyLent(Payload):
    first: dt.date
    last: dt.date | None


def test_days_in_a_sentence_are_written_as_the_reader_writes_them() -> None:
    payload = KeyLent(first=dt.date(2026, 9, 1), last=None)
    event = audit.record(payload, actor=None, district=None, target=make_district("Cedar Falls"))

    assert event.payload == {"first": "2026-09-01", "last": None}
    assert audit.sentence(event) == "MBL lent Cedar Falls from Sep 1, 2026 to –"
    with translation.override("es"):
        assert "2026-09-01" not in audit.sentence(event)


def test_an_event_older_than_its_sentence_still_reads() -> None:
    event = AuditEvent(verb="tests.credit.given", actor_label="Ana", target_label="Art", payload={})

    assert audit.sentence(event) == "Ana gave – credits for Art"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_auditevent SET actor_label = 'Nobody'",
        "DELETE FROM core_auditevent",
        "SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL mbl.allow_flush = 'off'; TRUNCATE core_auditevent",
    ],
)
def test_the_database_refuses_to_change_or_remove_events(statement: str) -> None:
    audit.record(CreditGiven(credits=Decimal(1)), actor=None, district=None)

    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        connection.cursor().execute(statement)

    assert AuditEvent.objects.count() == 1


def test_the_model_cannot_change_an_event_either() -> None:
    event = audit.record(CreditGiven(credits=Decimal(1)), actor=None, district=None)

    with pytest.raises(IntegrityError), transaction.atomic():
        event.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        event.delete()


def test_the_permission_to_empty_tables_counts_only_in_a_test_database() -> None:
    """The function asks for the database's name, so saying the words in production opens nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'core_refuse_change'")
        source = cursor.fetchone()[0]

    assert "current_database() LIKE 'test\\_%'" in source


def test_a_verb_has_one_payload() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        verb("tests.credit.given", "Again")(type("Again", (Payload,), {}))


def test_events_of_one_click_share_the_request(client: object) -> None:
    from mbl.core.logs import set_request_id

    request_id = str(uuid.uuid4())
    set_request_id(request_id)
    first = audit.record(CreditGiven(credits=Decimal(1)), actor=None, district=None)
    second = audit.record(CreditGiven(credits=Decimal(2)), actor=None, district=None)
    set_request_id("")

    assert first.request_id == second.request_id == request_id

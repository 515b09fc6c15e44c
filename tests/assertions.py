"""What tests say about database trips."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

_WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE|TRUNCATE|MERGE|COPY|ALTER|CREATE|DROP)\b", re.IGNORECASE)
# The session's own row may change on a GET: a message was shown, somebody was seen.
_SESSION = re.compile(r'"django_session"')
# Opening or closing a savepoint changes nothing.
_NO_TRIP = re.compile(r"\s*(SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK|BEGIN|COMMIT|SET CONSTRAINTS)\b", re.IGNORECASE)


def _captured(queries: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in queries.captured_queries if not _NO_TRIP.match(query["sql"])]


@contextmanager
def assert_no_writes() -> Iterator[None]:
    """The block leaves the database as it was, its session's row aside."""
    with CaptureQueriesContext(connection) as queries:
        yield
    writes = [sql for sql in _captured(queries) if _WRITE.match(sql) and not _SESSION.search(sql)]
    assert not writes, "These statements write:\n" + "\n".join(writes)


@contextmanager
def assert_queries(expected: int) -> Iterator[None]:
    """The block makes exactly ``expected`` trips to the database; the message lists them."""
    with CaptureQueriesContext(connection) as queries:
        yield
    made = _captured(queries)
    listing = "\n".join(f"{number}. {sql}" for number, sql in enumerate(made, start=1))
    assert len(made) == expected, f"{len(made)} queries instead of {expected}:\n{listing}"

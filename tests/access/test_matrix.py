"""Every route of the project, as every persona: the answers that ``tests/access/rows`` promises."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access.matrix import all_rows
from tests.personas import Personas

ROWS = all_rows()


def routes(resolver: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """The names of all routes, as ``reverse`` takes them."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    known = {row.route for row in ROWS}
    assert known == set(routes())


@pytest.mark.rule("R76", partial=True)
@pytest.mark.parametrize("app", sorted({row.app for row in ROWS}))
def test_each_persona_gets_the_promised_answer(app: str, personas: Personas) -> None:
    """Every address is asked for in a transaction that is taken back, so that no row meets the traces of another."""
    browsers = [(persona.name, persona.client()) for persona in personas]
    surprises: dict[str, dict[str, tuple[int, int]]] = {}
    for row in ROWS:
        if row.app != app:
            continue
        for name, browser in browsers:
            cache.clear()
            with transaction.atomic():
                address = reverse(row.route, kwargs=dict(row.arguments(personas))) + row.query
                answer = browser.get(address) if row.method == "GET" else browser.post(address, row.data)
                transaction.set_rollback(True)
            if answer.status_code != row.expected[name]:
                surprises.setdefault(repr(row), {})[name] = (answer.status_code, row.expected[name])
    assert surprises == {}, "route: {persona: (got, promised)}"

"""Who may open what: one row a route, with the answer each persona gets.

``ROWS`` of every module in ``tests/access/rows/`` are joined; ``test_matrix.py`` opens each route as each persona and
fails for a route of the project that has no row. Say the answer of most in ``others`` and name the rest::

    Row("profiles:person", lambda s: {"public_id": s.teacher.person.public_id}, others=404, administrator=200)

``also`` takes several personas at once, from a constant. ``anonymous`` is sent to sign-in (302) unless the row says
otherwise. A POST is sent without its fields: whoever may do it gets the answer to an empty form or the redirect;
whoever may not never gets so far.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from typing import Any

from tests.access import rows
from tests.personas import NAMES, Personas

Arguments = Callable[[Personas], Mapping[str, Any]]


def nothing(personas: Personas) -> Mapping[str, Any]:
    """For routes without arguments."""
    return {}


class Row:
    """One route. ``arguments`` makes what the address names, in the personas' own district unless it says otherwise."""

    def __init__(
        self,
        route: str,
        arguments: Arguments = nothing,
        *,
        others: int,
        method: str = "GET",
        query: str = "",
        data: Mapping[str, Any] | None = None,
        also: Mapping[str, int] | None = None,
        **named: int,
    ) -> None:
        named = {**(also or {}), **named}
        unknown = set(named) - set(NAMES)
        assert not unknown, f"{route}: there is no persona {', '.join(sorted(unknown))}"
        self.route = route
        self.arguments = arguments
        self.method = method
        self.query = query
        self.data = data or {}
        self.expected: Mapping[str, int] = dict.fromkeys(NAMES, others) | {"anonymous": 302} | named

    @property
    def app(self) -> str:
        """The route's namespace; sign-in has none."""
        return self.route.partition(":")[0] if ":" in self.route else "sign-in"

    def __repr__(self) -> str:
        return f"{self.method} {self.route}"


def all_rows() -> list[Row]:
    """The rows of every module in ``tests/access/rows``."""
    found: list[Row] = []
    for module in sorted(pkgutil.iter_modules(rows.__path__), key=lambda one: one.name):
        found += importlib.import_module(f"{rows.__name__}.{module.name}").ROWS
    return found

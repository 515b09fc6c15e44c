"""The smallest valid districts and accounts. Every call makes a new one; name what the test is about."""

from __future__ import annotations

import itertools
from typing import Any

from mbl.core.models import District, User

_numbers = itertools.count(1)


def make_district(name: str = "", **fields: Any) -> District:
    number = next(_numbers)
    return District.objects.create(
        name=name or f"District {number}", **{"code": f"district-{number}", "state_code": f"{number:05}"} | fields
    )


def make_user(login_name: str = "", *, password: str | None = None, **fields: Any) -> User:
    """An account; without ``password`` nobody can sign in by password (``client.force_login`` works)."""
    number = next(_numbers)
    login_name = login_name or f"person{number}"
    return User.objects.create_user(
        login_name, password=password, **{"display_name": login_name.replace(".", " ").title()} | fields
    )

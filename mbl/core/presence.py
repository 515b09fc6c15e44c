"""What is there at all, so that a page does not go for each kind of row in vain."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from django.db.models import QuerySet, Value

Kind = TypeVar("Kind", bound=StrEnum)


def present(asked: Mapping[Kind, QuerySet[Any]]) -> frozenset[Kind]:
    """The kinds of which there is at least one row. One trip, however many are asked for."""
    by_name = {str(kind): kind for kind in asked}
    first, *others = (rows.order_by().values_list(Value(str(kind)))[:1] for kind, rows in asked.items())
    return frozenset(by_name[name] for (name,) in first.union(*others, all=True))

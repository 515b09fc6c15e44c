"""What is there at all, asked for in one trip."""

from enum import StrEnum

import pytest

from mbl.core.models import District
from mbl.core.presence import present
from tests.assertions import assert_queries

pytestmark = pytest.mark.django_db


class Kind(StrEnum):
    NEAR = "near"
    FAR = "far"
    BOTH = "both"


def test_only_kinds_with_a_row_are_named_in_one_trip() -> None:
    for code in ("near", "next"):
        District.objects.create(code=code, name=code.title())
    with assert_queries(1):
        found = present(
            {
                Kind.NEAR: District.objects.filter(code="near"),
                Kind.FAR: District.objects.filter(code="far"),
                Kind.BOTH: District.objects.filter(code__in=["near", "next"]),
            }
        )
    assert found == {Kind.NEAR, Kind.BOTH}


def test_a_filter_that_can_find_nothing_is_no_error() -> None:
    with assert_queries(0):
        assert present({Kind.NEAR: District.objects.none(), Kind.FAR: District.objects.none()}) == frozenset()

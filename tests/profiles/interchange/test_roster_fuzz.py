"""Rosters with random damage: never a crash, never half applied, never a wrong guess, and the same again is nothing."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mbl.core.imports import ImportResult
from mbl.core.models import District, ImportRun
from mbl.core.states import ImportState
from profiles.interchange.oneroster import import_oneroster
from profiles.models import (
    Course,
    ExternalId,
    Person,
    RoleAssignment,
    School,
    Section,
    SectionEnrollment,
    Student,
)
from profiles.states import Role
from tests.damage import Harm, damage, hurt, turn_around
from tests.factories.core import make_district
from tests.factories.tables import content

OURS = Path(__file__).resolve().parents[2] / "fixtures" / "oneroster"
REAL = ("v1p1-complete-en", "v1p1-moodle-full", "v1p2-minimal-complete", "v1p2-with-errors", "sds-v2")


def sources() -> list[Path]:
    """Our own rosters, and the public ones where they are."""
    real = Path(__file__).resolve().parents[4] / "shared" / "data" / "oneroster"
    ours = [OURS / name for name in ("cedar-falls", "maple-bay", "pine-ridge-sds")]
    return [*ours, *(real / name for name in REAL if (real / name).is_dir())]


def read(folder: Path, district: District) -> ImportResult:
    return import_oneroster(folder, district=district, actor=None, confirmed=True, full_snapshot=True)


def counts(district: District) -> tuple[int, ...]:
    return tuple(
        model.objects.filter(district=district).count()
        for model in (Person, Student, School, Course, Section, ExternalId)
    )


@pytest.mark.django_db
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(which=st.integers(0, 7), harms=st.lists(damage(), min_size=1, max_size=4))
def test_a_damaged_roster_is_refused_or_applied_and_then_nothing(which: int, harms: list[Harm]) -> None:
    with transaction.atomic():
        try:
            check(which, harms)
        finally:
            transaction.set_rollback(True)


@pytest.mark.django_db
@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(harms=st.lists(damage(), min_size=1, max_size=4))
def test_damaged_changes_alone_are_refused_or_applied_and_then_nothing(harms: list[Harm]) -> None:
    with transaction.atomic(), tempfile.TemporaryDirectory() as name:
        district = make_district("Fuzz", code="fuzz", state_code="01999")
        assert read(OURS / "maple-bay", district).applied
        before = content("profiles")
        folder = Path(name) / "changes"
        shutil.copytree(OURS / "maple-bay-changes", folder)
        for one in harms:
            hurt(folder, one)
        result = import_oneroster(folder, district=district, actor=None, confirmed=True)
        connection.check_constraints()
        assert result.applied != result.refused
        if result.refused:
            assert content("profiles") == before
        else:
            again = import_oneroster(folder, district=district, actor=None, confirmed=True)
            assert (again.changes, again.rejected) == (0, result.rejected)
            # Changes alone name whom they take away; nobody else goes.
            named = (folder / "users.csv").read_text(errors="replace") if (folder / "users.csv").exists() else ""
            gone = Person.objects.filter(district=district, is_active=False)
            keys = ExternalId.objects.filter(district=district, kind="users", object_id__in=gone.values("pk"))
            assert all(key in named for key in keys.values_list("value", flat=True))
        transaction.set_rollback(True)


def check(which: int, harms: list[Harm]) -> None:
    district = make_district("Fuzz", code="fuzz", state_code="01999")
    known = sources()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "roster"
        shutil.copytree(known[which % len(known)], folder, ignore=shutil.ignore_patterns("*.zip"))
        for one in harms:
            hurt(folder, one)
        result = read(folder, district)
        connection.check_constraints()
        assert result.applied != result.refused
        if result.refused:
            assert any(issue.severity == "error" for issue in result.issues)
            assert counts(district) == (0,) * 6
            return
        assert ImportRun.objects.get(public_id=result.run).state == ImportState.APPLIED
        # A file never makes anybody more than a teacher.
        assert not RoleAssignment.objects.filter(person__district=district).exclude(role=Role.TEACHER).exists()
        seats = SectionEnrollment.objects.filter(student__district=district)
        assert not seats.exclude(section__district=district).exists()
        before = counts(district)
        again = read(folder, district)
        assert (again.changes, again.rejected) == (0, result.rejected)
        assert counts(district) == before
        for path in folder.glob("*.csv"):
            if path.name != "manifest.csv":
                turn_around(path)
        other = read(folder, district)
        if not any(issue.code in ORDERED for issue in [*result.issues, *other.issues]):
            assert other.changes == 0, [issue.code for issue in other.issues]


# Where two rows say different things about one, the first counts: that cannot be the same in every order.
ORDERED = {
    "OR_ID_TWICE", "OR_SCHOOL_CODE_TWICE", "OR_COURSE_TWO_TITLES", "OR_IDENTIFIER", "OR_ENROLLED_TWICE",
    "OR_NUMBER_TAKEN", "ROW_UNREADABLE", "ROW_TOO_LONG", "ROW_TOO_SHORT", "HEADER_UNREADABLE",
    "OR_SESSION_WITHOUT_YEAR",
}  # fmt: skip

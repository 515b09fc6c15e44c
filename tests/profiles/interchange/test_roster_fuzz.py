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
from tests.factories.core import make_district

OURS = Path(__file__).resolve().parents[2] / "fixtures" / "oneroster"
REAL = ("v1p1-complete-en", "v1p1-moodle-full", "v1p2-minimal-complete", "v1p2-with-errors", "sds-v2")
CELLS = (
    "", " ", "0", "1.0", "1E+09", "=1+1", "-1", "NULL", "true", "TRUE", "student", "districtAdministrator",
    "tobedeleted", "active", "15/06/2023", "2027-02-30", "2026-09-01", "9/1/2026", "a" * 300, '"', "a,b", "usr-s1",
    "org-cfhs", "\u00a0", "Å\u0301", "\u202egnp", "😀", "<b>x</b>", "\ufeff",
)  # fmt: skip


def sources() -> list[Path]:
    """Our own rosters, and the public ones where they are."""
    real = Path(__file__).resolve().parents[4] / "shared" / "data" / "oneroster"
    return [OURS / "cedar-falls", OURS / "maple-bay", *(real / name for name in REAL if (real / name).is_dir())]


@st.composite
def damage(draw: st.DrawFn) -> tuple[str, int, int, int, str]:
    kinds = ("cell", "drop", "twice", "swap", "header", "cut", "bytes", "comma", "file")
    number = st.integers(0, 1_000_000)
    return draw(st.sampled_from(kinds)), draw(number), draw(number), draw(number), draw(st.sampled_from(CELLS))


def hurt(folder: Path, one: tuple[str, int, int, int, str]) -> None:
    """One kind of damage at one place of one file."""
    kind, which, at, column, cell = one
    files = sorted(folder.glob("*.csv"))
    path = files[which % len(files)]
    if kind == "file":
        path.unlink()
        return
    if kind == "bytes":
        raw = bytearray(path.read_bytes())
        raw[at % len(raw)] = column % 256
        path.write_bytes(raw)
        return
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    place = 0 if kind == "header" else at % len(lines)
    cells = lines[place].split(",")
    if kind in {"cell", "header"}:
        cells[column % len(cells)] = cell
        lines[place] = ",".join(cells)
    elif kind == "drop":
        del lines[place]
    elif kind == "twice":
        lines.append(lines[place])
    elif kind == "swap":
        lines[place], lines[column % len(lines)] = lines[column % len(lines)], lines[place]
    elif kind == "cut":
        lines[place] = lines[place][: column % (len(lines[place]) + 1)]
    else:
        lines[place] += "," + cell
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


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
@given(which=st.integers(0, 6), harms=st.lists(damage(), min_size=1, max_size=4))
def test_a_damaged_roster_is_refused_or_applied_and_then_nothing(
    which: int, harms: list[tuple[str, int, int, int, str]]
) -> None:
    with transaction.atomic():
        try:
            check(which, harms)
        finally:
            transaction.set_rollback(True)


def check(which: int, harms: list[tuple[str, int, int, int, str]]) -> None:
    district = make_district("Fuzz", code="fuzz", state_code="01999")
    known = sources()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "roster"
        shutil.copytree(known[which % len(known)], folder, ignore=shutil.ignore_patterns("*.zip"))
        for one in harms:
            if list(folder.glob("*.csv")):
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
        shuffle(folder)
        other = read(folder, district)
        if not any(issue.code in ORDERED for issue in [*result.issues, *other.issues]):
            assert other.changes == 0, [issue.code for issue in other.issues]


# Where two rows say different things about one, the first counts: that cannot be the same in every order.
ORDERED = {
    "OR_ID_TWICE", "OR_SCHOOL_CODE_TWICE", "OR_COURSE_TWO_TITLES", "OR_IDENTIFIER", "OR_ENROLLED_TWICE",
    "OR_NUMBER_TAKEN", "ROW_UNREADABLE", "ROW_TOO_LONG", "ROW_TOO_SHORT", "HEADER_UNREADABLE",
    "OR_SESSION_WITHOUT_YEAR",
}  # fmt: skip


def shuffle(folder: Path) -> None:
    """The rows of every file the other way round."""
    for path in folder.glob("*.csv"):
        if path.name == "manifest.csv":
            continue
        raw = path.read_bytes()
        if raw.count(b'"') % 2:
            continue
        header, *rows = raw.replace(b"\r\n", b"\n").rstrip(b"\n").split(b"\n")
        path.write_bytes(b"\n".join([header, *reversed(rows)]) + b"\n")

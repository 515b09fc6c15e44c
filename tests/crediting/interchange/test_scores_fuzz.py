"""Files of test results with random damage: whole or not at all, never a result of somebody else, never a guess."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crediting.interchange.scores import import_scores
from crediting.models import ScoreRecord
from mbl.core.imports import ImportResult
from mbl.core.models import District
from tests.damage import CELLS, ODD, Harm, damage, hurt, turn_around
from tests.factories.core import make_district
from tests.factories.profiles import make_school, make_student

pytestmark = pytest.mark.django_db
FIXTURES = sorted((Path(__file__).resolve().parents[2] / "fixtures" / "scores").glob("*.csv"))
KINDS = ("cell", "cell", "drop", "twice", "swap", "header", "cut", "bytes", "sign")
# A row that cannot be read as a row is told by its line, and what follows it may move.
TORN = {"ROW_UNREADABLE", "ROW_TOO_LONG", "ROW_TOO_SHORT"}


def read(path: Path, district: District) -> ImportResult:
    return import_scores(path, district=district, actor=None)


def records() -> list[tuple[object, ...]]:
    return sorted(
        ScoreRecord.objects.values_list(
            "student__local_id", "instrument", "language", "taken_on", "score", "level", "met", "skills", "title"
        ),
        key=str,
    )


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    source=st.sampled_from(FIXTURES),
    harms=st.lists(damage(kinds=KINDS, cells=(*CELLS, *ODD)), min_size=1, max_size=5),
)
def test_a_damaged_file_is_refused_or_applied_and_then_nothing(source: Path, harms: list[Harm]) -> None:
    with transaction.atomic(), tempfile.TemporaryDirectory() as name:
        path = Path(name) / source.name
        path.write_bytes(source.read_bytes())
        for one in harms:
            hurt(path.parent, one)
        check(path)
        transaction.set_rollback(True)


def check(path: Path) -> None:
    district = make_district("Northfield", code="northfield-f")
    school = make_school(district, "Northfield High School")
    for number in (70001, 70002, 70003):
        make_student(school, local_id=str(number), ssid=f"10000{number}")
    make_student(make_school(make_district("Southfield", code="southfield-f"), "South"), local_id="50001")
    result = read(path, district)
    connection.check_constraints()
    assert result.applied != result.refused
    assert not ScoreRecord.objects.exclude(district=district, student__district=district).exists()
    if result.refused:
        assert any(issue.severity == "error" for issue in result.issues) and not ScoreRecord.objects.exists()
        return
    assert ScoreRecord.objects.count() == result.created.get("scores", 0)
    for one in ScoreRecord.objects.all():
        assert one.instrument and one.instrument == one.instrument.casefold()
        assert one.score is not None or one.level is not None or one.met is not None or one.skills
        # What was kept of a language test is in the words of its scale.
        assert not one.skills or one.language
    before = records()
    again = read(path, district)
    assert (again.changes, again.rejected) == (0, result.rejected)
    turn_around(path)
    other = read(path, district)
    if not any(issue.code in TORN for issue in [*result.issues, *other.issues]):
        assert other.changes == 0, [issue.code for issue in other.issues]
        assert records() == before

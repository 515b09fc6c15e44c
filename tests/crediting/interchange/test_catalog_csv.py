"""The course catalog as CSV: in, out, back again, and taken back."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crediting.actions.catalog import add_course, change_course
from crediting.interchange.catalog_csv import NAMES, import_catalog, rows
from crediting.queries.catalog import details_by_course, details_of
from crediting.rules.catalog import CourseDetails, Designation
from crediting.states import SubjectArea
from mbl.core import tabular
from mbl.core.imports import ImportResult
from mbl.core.imports.undo import undo
from mbl.core.models import AuditEvent, District, ImportRun
from profiles.models import Course, School
from tests.conftest import ROOT
from tests.factories.core import make_district
from tests.factories.profiles import make_course

pytestmark = pytest.mark.django_db
CONFIRMED = {"designations": {"letters": [{"letter": "A", "meaning": "Advanced Placement"}], "mastery": ""}}
SAMPLE = ROOT / "tests" / "fixtures" / "catalog" / "catalog.csv"


@pytest.fixture
def district() -> District:
    """Two schools; a second district has schools of the same codes and a course of the same code."""
    for name in ("Elsewhere", "Here"):
        found = make_district(name, settings=CONFIRMED)
        for code in ("north", "south"):
            School.objects.create(district=found, code=code, name=code.title())
        if name == "Elsewhere":
            make_course(found, "Theirs", code="MAT201")
    return found


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "catalog.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def bring(source: Path, district: District, **said: object) -> ImportResult:
    return import_catalog(source, district=district, actor=None, **said)  # type: ignore[arg-type]


def codes(result: ImportResult) -> list[tuple[str, int | None]]:
    return [(issue.code, issue.line) for issue in result.issues if issue.severity == "error"]


def content(district: District) -> dict[str, CourseDetails]:
    courses = Course.objects.filter(district=district)
    details = details_by_course(courses)
    return {course.code: details[course.pk] for course in courses}


def out(district: District) -> str:
    return "".join(tabular.lines(NAMES, rows(district)))


@pytest.mark.rule("T67")
def test_a_sample_with_headers_of_its_own_is_read(district: District) -> None:
    dry = bring(SAMPLE, district, dry_run=True)
    assert not Course.objects.filter(district=district).exists()
    result = bring(SAMPLE, district)
    assert (result.exit_code, result.created, result.rejected) == (3, {"courses": 3}, {"courses": 6})
    assert (dry.created, dry.rejected) == (result.created, result.rejected)
    assert codes(result) == [
        ("CATALOG_SUBJECT", 7),
        ("CATALOG_SCHOOL", 8),
        ("CATALOG_INCOMPLETE", 6),
        ("CATALOG_ROWS_DIFFER", 9),
        ("CATALOG_ROWS_DIFFER", 10),
        ("CATALOG_VALUE", 11),
    ]
    assert [issue.line for issue in result.issues if issue.code == "EXCEL_ZEROS"] == [2, 3]
    read = content(district)
    assert (read["MAT201"].schools, read["MAT201"].sced_code, read["MAT201"].grades) == (
        ("north", "south"),
        "02072",
        ("09", "10"),
    )
    electronics = read["CTE110"]
    assert electronics.requirements == {"cte": Decimal("1.000"), "science": Decimal("0.500")}
    assert (electronics.equivalent_subject, electronics.equivalent_title) == ("science", "Physics of Electronics")
    assert electronics.designations == (Designation("A", 2026, 2028),)
    assert str(electronics.active_from) == "2026-09-01"
    assert (read["ART110"].title, read["ART110"].schools) == ("=Drawing", ())
    assert Course.objects.get(title="Theirs").code == "MAT201"
    (event,) = AuditEvent.objects.filter(verb="crediting.catalog.imported")
    assert (event.payload["created"], event.payload["updated"]) == (3, 0)


def test_the_same_bytes_and_another_order_change_nothing(district: District, file: Callable[[str], Path]) -> None:
    bring(SAMPLE, district)
    again = bring(SAMPLE, district)
    assert (again.changes, again.unchanged) == (0, {"courses": 3})
    head, *lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    before = content(district)
    for seed in range(5):
        random.Random(seed).shuffle(lines)
        assert bring(file("\n".join([head, *lines])), district).changes == 0
    assert content(district) == before


@pytest.mark.rule("T66", partial=True)
def test_what_goes_out_has_a_state_code_and_comes_back_unchanged(
    district: District, file: Callable[[str], Path]
) -> None:
    bring(SAMPLE, district)
    add_course(district, code="NEW", details=CourseDetails("Without", Decimal("0.5"), SubjectArea.ARTS), actor=None)
    text = out(district)
    # A row for each course and school; what a spreadsheet would run is text.
    assert [line.split(",")[:3] for line in text.splitlines()[1:]] == [
        ["", "ART110", "'=Drawing"],
        ["north", "CTE110", "Applied Electronics"],
        ["north", "MAT201", "Geometry"],
        ["south", "MAT201", "Geometry"],
    ]
    back = bring(file(text), district)
    assert (back.exit_code, back.changes, back.unchanged) == (0, 0, {"courses": 3})
    other = make_district("Third", settings=district.settings)
    for code in ("north", "south"):
        School.objects.create(district=other, code=code, name=code)
    bring(file(text), other)
    assert content(other) == {code: one for code, one in content(district).items() if code != "NEW"}


def test_an_empty_cell_leaves_what_is_there_and_a_minus_empties_it(
    district: District, file: Callable[[str], Path]
) -> None:
    bring(SAMPLE, district)
    before = content(district)["MAT201"]
    result = bring(file("code,title,credits,state_course_code,school\nMAT201,,0.5,-,-\n"), district)
    after = content(district)["MAT201"]
    assert result.updated == {"courses": 1}
    assert (after.title, after.credits, after.met) == (before.title, Decimal("0.500"), {"math": Decimal("0.500")})
    assert (after.state_course_code, after.schools) == ("", ())


def test_a_run_is_taken_back_but_not_over_what_somebody_did_since(
    district: District, file: Callable[[str], Path]
) -> None:
    kept = add_course(
        district, code="MAT201", details=CourseDetails("Geom.", Decimal("0.5"), SubjectArea.MATH), actor=None
    )
    before = details_of(kept)
    bring(SAMPLE, district)
    art = Course.objects.get(district=district, code="ART110")
    known = details_of(art)
    assert known is not None
    change_course(art, details=known, code="ART111", actor=None)
    undone = undo(ImportRun.objects.filter(district=district).latest("pk"), actor=None)
    assert details_of(kept) == before
    assert sorted(Course.objects.filter(district=district).values_list("code", flat=True)) == ["ART111", "MAT201"]
    assert undone.exit_code == 3


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "HEADER_UNREADABLE"),
        ("title,credits\nA,1\n", "COLUMN_NOT_MAPPED"),
        ("code,Code\nA,1\n", "HEADER_UNREADABLE"),
    ],
)
def test_a_file_that_cannot_be_read_writes_nothing(
    district: District, file: Callable[[str], Path], text: str, code: str
) -> None:
    result = bring(file(text), district)
    assert (result.refused, result.issues[-1].code) == (True, code)
    assert not Course.objects.filter(district=district).exists()


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ("A1,Art,arts,1e5,,", "CATALOG_NUMBER"),
        ("A1,Art,arts,NaN,,", "CATALOG_NUMBER"),
        ("A1,Art,arts,11,,", "CATALOG_VALUE"),
        ("A1,Art,arts,1,Q 2026,", "CATALOG_DESIGNATION"),
        ("A1,Art,arts,1,Q,", "CATALOG_VALUE"),
        ("A1,Art,arts,1,,31/12/2026", "CATALOG_DATE"),
        ("10-Sep,Art,arts,1,,", "EXCEL_DATE"),
    ],
)
def test_a_faulty_cell_leaves_its_course_out(
    district: District, file: Callable[[str], Path], cells: str, code: str
) -> None:
    text = f"code,title,subject,credits,designations,active_from\n{cells}\nB1,Band,arts,1,,\n"
    result = bring(file(text), district)
    assert codes(result) == [(code, 2)]
    assert list(content(district)) == ["B1"]


def test_the_command_prints_the_same(district: District) -> None:
    printed = io.StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("import_catalog", SAMPLE, district=district.code, stdout=printed)
    assert left.value.code == 3
    assert "created: courses 3" in printed.getvalue()


@given(st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_never_crashes(district: District, tmp_path: Path, chance: random.Random) -> None:
    data = bytearray(SAMPLE.read_bytes())
    for _times in range(chance.randint(1, 12)):
        place = chance.randrange(len(data))
        if chance.random() < 0.5:
            data[place : place + chance.randint(1, 4)] = bytes(
                chance.choice(b'",\n\r;\t=-0\xff\xc3\x00') for _ in range(chance.randint(0, 3))
            )
        else:
            data[place] = chance.randrange(256)
    path = tmp_path / "damaged.csv"
    path.write_bytes(bytes(data))
    result = bring(path, district, dry_run=True)
    assert result.refused or result.created or result.rejected or result.issues
    assert not Course.objects.filter(district=district).exists()

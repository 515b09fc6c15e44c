"""Real packages, with the exact numbers that a script counted in each file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from crediting.actions.import_standards import import_case
from crediting.models import Framework, Standard, StandardEdge
from crediting.states import EdgeKind, FrameworkStatus
from mbl.core.imports import ImportResult
from tests.factories.core import make_district

pytestmark = pytest.mark.django_db

# file: items, associations, isChildOf, unplaced, and how many of each issue
WHOLE: dict[str, tuple[int, int, int, int, dict[str, int]]] = {
    "derived/ccss-math.cfpackage.json": (703, 2069, 703, 0, {"CASE_OUTSIDE": 1}),
    "derived/ngss.cfpackage.json": (1009, 1009, 1009, 0, {}),
    "derived/ccss-ela-opensalt.cfpackage.json": (
        1189, 1189, 1189, 0, {"CASE_ORDER_INFERRED": 1, "CASE_GRADE_UNKNOWN": 2},
    ),
    "derived/wa-social-studies-2019-excerpt.cfpackage.json": (32, 32, 32, 0, {}),
    "real/sbac-math-content-spec.cfpackage.json": (
        585, 3367, 570, 15,
        {"CASE_ASSOCIATION_TWICE": 1, "CASE_UNPLACED": 15, "CASE_ORDER_INFERRED": 1, "CASE_OUTSIDE": 1},
    ),
    "real/sbac-math-grades-3-5-claim-2.cfpackage.json": (
        305, 518, 305, 0, {"CASE_ORDER_INFERRED": 1, "CASE_OUTSIDE": 1},
    ),
    "real/sbac-math-hs-c1-th.cfpackage.json": (86, 126, 86, 0, {"CASE_ORDER_INFERRED": 1, "CASE_OUTSIDE": 1}),
    "real/sbac-math-g3-c1-ta.cfpackage.json": (73, 101, 73, 0, {"CASE_ORDER_INFERRED": 1, "CASE_OUTSIDE": 1}),
    "real/sbac-math-g3-c1-th.cfpackage.json": (48, 67, 48, 0, {"CASE_ORDER_INFERRED": 1, "CASE_OUTSIDE": 1}),
    "real/sbac-ela-pt-g5-informational.cfpackage.json": (
        164, 240, 164, 0, {"CASE_ORDER_INFERRED": 1, "CASE_OUTSIDE": 1},
    ),
    "real/sbac-ela-g3-c2-t1ab.cfpackage.json": (65, 100, 65, 0, {"CASE_ORDER_INFERRED": 1, "CASE_OUTSIDE": 1}),
    "real/sbac-ela-g5-c1-t6.cfpackage.json": (32, 49, 32, 0, {"CASE_ORDER_INFERRED": 1, "CASE_OUTSIDE": 1}),
    "real/sbac-dok-levels.cfpackage.json": (15, 15, 15, 0, {"CASE_ORDER_INFERRED": 1}),
    "opensalt/AdoptedTestFramework.json": (1, 1, 1, 0, {}),
    "opensalt/EmptyExternalFramework.json": (0, 0, 0, 0, {}),
    "opensalt/ItemTypeTestFramework.json": (1, 1, 1, 0, {}),
    "opensalt/MarkdownFramework.json": (2, 2, 2, 0, {"CASE_ORDER_INFERRED": 1}),
    "opensalt/SequenceNumberFramework.json": (2, 2, 2, 0, {}),
    "opensalt/SmartLevelFramework.json": (14, 14, 14, 0, {"CASE_ORDER_INFERRED": 1}),
    "opensalt/Utf8TestFramework.json": (1, 1, 1, 0, {}),
}  # fmt: skip


@pytest.fixture
def case(shared_data: Path) -> Path:
    return shared_data / "case"


def issues(result: ImportResult) -> dict[str, int]:
    return dict(Counter(issue.code for issue in result.issues))


def stored() -> set[tuple[str, int, str]]:
    """Every row's version as PostgreSQL knows it: equal means that not one row was written."""
    rows: set[tuple[str, int, str]] = set()
    for model in (Framework, Standard, StandardEdge):
        table = model._meta.db_table
        found = model.objects.extra(select={"row_version": f"{table}.xmin::text"})
        rows |= {(table, pk, version) for pk, version in found.values_list("pk", "row_version")}
    return rows


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_package_is_taken_over_and_a_second_time_nothing_is_written(case: Path, name: str) -> None:
    items, associations, children, unplaced, expected = WHOLE[name]
    district = make_district()
    first = import_case(case / name, district=district, actor=None)
    assert (first.applied, first.exit_code, first.rejected_rows) == (True, 0, 0)
    assert first.created == {"frameworks": 1, "standards": items, "associations": associations}
    assert issues(first) == expected
    assert Standard.objects.filter(district=district).count() == items
    assert Standard.objects.filter(district=district, is_placed=False).count() == unplaced
    assert StandardEdge.objects.filter(district=district, kind=EdgeKind.IS_CHILD_OF).count() == children

    before = stored()
    again = import_case(case / name, district=district, actor=None)
    assert (again.applied, again.changes) == (True, 0)
    assert again.unchanged == first.created
    assert stored() == before


def test_the_malformed_package_gives_what_can_be_used_and_names_the_rest(case: Path) -> None:
    result = import_case(
        case / "real" / "sbac-ela-content-spec-MALFORMED.cfpackage.json", district=make_district(), actor=None
    )
    assert (result.exit_code, result.created["standards"], result.rejected["standards"]) == (3, 2, 3)
    assert issues(result) == {
        "CASE_ITEM_IDENTIFIER": 1,
        "CASE_ITEM_CONFLICT": 2,
        "CASE_UNPLACED": 2,
        "CASE_ORDER_INFERRED": 1,
        "CASE_OUTSIDE": 1,
    }
    # Of two items under one identifier, both of one day, the first is kept.
    assert set(Standard.objects.values_list("code", flat=True)) == {"E.G3.C1", "E.G3.C1RL"}
    assert StandardEdge.objects.get().origin is None


def test_an_identifier_for_two_items_keeps_one_of_them(case: Path) -> None:
    result = import_case(case / "real" / "sbac-ela-g3-c1-t1.cfpackage.json", district=make_district(), actor=None)
    assert (result.exit_code, result.created["standards"], result.rejected["standards"]) == (3, 37, 1)
    assert result.created["associations"] == 56


def test_a_list_of_documents_is_refused_with_where_to_go(case: Path) -> None:
    result = import_case(case / "real" / "sbac-cfdocuments-list.json", district=make_district(), actor=None)
    assert (result.refused, result.exit_code) == (True, 1)
    (issue,) = result.issues
    assert issue.code == "CASE_DOCUMENTS_LIST"
    assert "14 frameworks" in issue.message
    assert "CFPackages/6a3ccfc6-cc76-11e7-8974-cfcd479e782c" in issue.message
    assert not Framework.objects.exists()


def test_older_words_for_the_adoption_status_read_as_the_newer_ones(case: Path) -> None:
    import_case(case / "opensalt" / "AdoptedTestFramework.json", district=make_district(), actor=None)
    assert Framework.objects.get().status == FrameworkStatus.IMPLEMENTED
    other = make_district()
    import_case(case / "opensalt" / "EmptyExternalFramework.json", district=other, actor=None)
    assert Framework.objects.get(district=other).status == FrameworkStatus.UNKNOWN


def test_letters_beyond_the_basic_plane_and_markdown_stay_as_they_are(case: Path) -> None:
    district = make_district()
    import_case(case / "opensalt" / "Utf8TestFramework.json", district=district, actor=None)
    assert "𝑑" in Standard.objects.get(district=district).statement
    other = make_district()
    import_case(case / "opensalt" / "MarkdownFramework.json", district=other, actor=None)
    table = Standard.objects.get(district=other, code="MD.Table").statement
    assert "\n" in table
    assert "|" in table


@pytest.mark.rule("T73", partial=True)
def test_the_mathematics_standards_of_high_school_are_all_there(case: Path) -> None:
    import_case(case / "derived" / "ccss-math.cfpackage.json", district=make_district(), actor=None)
    standards = Standard.objects.filter(item_type="Standard", code_key__startswith="HS")
    by_letter = Counter(key[2] for key in standards.values_list("code_key", flat=True))
    assert by_letter == {"N": 27, "A": 27, "F": 28, "G": 43, "S": 31}
    geometry = Standard.objects.get(code="CCSS.Math.Content.HSG-CO.A.1")
    assert geometry.parent is not None
    assert (geometry.parent.code, geometry.grades) == ("CCSS.Math.Content.HSG-CO.A", ["09", "10", "11", "12"])


@pytest.mark.rule("T73", partial=True)
def test_the_science_expectations_of_high_school_are_all_there(case: Path) -> None:
    import_case(case / "derived" / "ngss.cfpackage.json", district=make_district(), actor=None)
    expectations = Standard.objects.filter(item_type="Performance Expectation", code__startswith="HS-")
    assert expectations.count() == 71


@pytest.mark.rule("T73", partial=True)
def test_the_english_standards_of_high_school_are_all_there(case: Path) -> None:
    """82 of the 140: the publisher of this file left out the 58 on literacy in other subjects."""
    import_case(case / "derived" / "ccss-ela-opensalt.cfpackage.json", district=make_district(), actor=None)
    standards = Standard.objects.filter(code__regex=r"^(RL|RI|W|SL|L)\.(9-10|11-12)\.[0-9]+$")
    by_strand = Counter(code.split(".")[0] for code in standards.values_list("code", flat=True))
    assert by_strand == {"RL": 18, "RI": 20, "W": 20, "SL": 12, "L": 12}


def test_reading_order_is_that_of_the_publisher(case: Path) -> None:
    import_case(case / "opensalt" / "SequenceNumberFramework.json", district=make_district(), actor=None)
    assert list(Standard.objects.order_by("path").values_list("code", flat=True)) == ["SNT.2", "SNT.1"]

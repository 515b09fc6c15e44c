"""Workbooks and flat tables become the same frameworks as packages; hostile workbooks are refused."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from crediting.actions.import_standards import import_case
from crediting.models import Framework, Standard, StandardEdge
from crediting.states import EdgeKind
from mbl.core.imports import ImportResult
from mbl.core.imports.opening import Refused
from mbl.core.imports.sheets import read_sheets
from mbl.core.models import District
from tests.factories.core import make_district

pytestmark = pytest.mark.django_db


def issues(result: ImportResult) -> dict[str, int]:
    return dict(Counter(issue.code for issue in result.issues))


# --- Real files -------------------------------------------------------------------------------------------------------


@pytest.fixture
def opensalt(shared_data: Path) -> Path:
    return shared_data / "case" / "opensalt"


def test_the_workbook_of_english_standards(opensalt: Path) -> None:
    district = make_district()
    result = import_case(opensalt / "ccsso_ela.xlsx", district=district, actor=None)
    assert (result.applied, result.rejected_rows) == (True, 0)
    assert result.created == {"frameworks": 1, "standards": 1189, "associations": 1189}
    assert issues(result) == {"CASE_GRADE_UNKNOWN": 2, "CASE_DATE_ZONE": 1, "CASE_DATE_MISSING": 1}
    framework = Framework.objects.get()
    assert (framework.title, framework.creator) == ("Common Core State Standards for ELA", "CCSSO")
    assert not framework.order_inferred
    assert not Standard.objects.filter(is_placed=False).exists()
    assert import_case(opensalt / "ccsso_ela.xlsx", district=district, actor=None).changes == 0


def test_the_workbook_and_the_package_made_of_it_say_the_same(shared_data: Path, opensalt: Path) -> None:
    here, there = make_district(), make_district()
    import_case(opensalt / "ccsso_ela.xlsx", district=here, actor=None)
    import_case(shared_data / "case/derived/ccss-ela-opensalt.cfpackage.json", district=there, actor=None)

    def rows(district: District) -> set[tuple[object, ...]]:
        found = Standard.objects.filter(district=district)
        return set(found.values_list("guid", "code", "statement", "item_type", "parent__guid", "depth"))

    assert rows(here) == rows(there)


def test_the_same_items_as_a_flat_table(opensalt: Path) -> None:
    district = make_district()
    result = import_case(opensalt / "ccsso_ela_item.csv", district=district, actor=None)
    assert (result.applied, result.rejected_rows) == (True, 0)
    assert result.created == {"frameworks": 1, "standards": 1189, "associations": 1189}
    assert issues(result) == {
        "CASE_TABLE_DOCUMENT": 1, "CASE_NO_CREATOR": 1, "CASE_GRADE_UNKNOWN": 2, "CASE_DATE_ZONE": 1,
        "CASE_DATE_MISSING": 1,
    }  # fmt: skip
    assert Framework.objects.get().title == "ccsso ela item"
    depths = Counter(Standard.objects.values_list("depth", flat=True))
    assert depths == {0: 12, 1: 65, 2: 211, 3: 488, 4: 413}
    one = Standard.objects.get(guid="7fbbd2fa-885d-11e7-a99d-449ef607a326")
    assert (one.code, one.position, one.grades) == ("L.1.4", 1, ["01"])
    assert import_case(opensalt / "ccsso_ela_item.csv", district=district, actor=None).changes == 0


def test_a_table_without_identifiers_gives_each_item_its_own_for_good(opensalt: Path) -> None:
    district = make_district()
    result = import_case(opensalt / "test_items.csv", district=district, actor=None)
    assert (result.applied, result.created["standards"], result.rejected_rows) == (True, 99, 0)
    assert not Standard.objects.filter(is_placed=False).exists()
    assert import_case(opensalt / "test_items.csv", district=district, actor=None).changes == 0


def test_the_smallest_workbook_with_every_kind_of_association(opensalt: Path) -> None:
    result = import_case(opensalt / "spreadsheet_import_sample.xlsx", district=make_district(), actor=None)
    assert result.created == {"frameworks": 1, "standards": 4, "associations": 10}
    assert Counter(StandardEdge.objects.values_list("kind", flat=True)) == {
        EdgeKind.IS_CHILD_OF: 4, EdgeKind.EXACT_MATCH_OF: 1, EdgeKind.IS_PART_OF: 1, EdgeKind.PRECEDES: 1,
        EdgeKind.REPLACED_BY: 1, EdgeKind.HAS_SKILL_LEVEL: 1, EdgeKind.IS_PEER_OF: 1,
    }  # fmt: skip
    assert Standard.objects.get(code="S.1").grades == ["04", "05"]
    assert [one.code for one in Standard.objects.order_by("path")] == ["S", "S.1", "S.2", "S.2.1"]


def test_a_list_of_grades_is_no_framework(opensalt: Path) -> None:
    result = import_case(opensalt / "USGrades.csv", district=make_district(), actor=None)
    assert (result.refused, issues(result)) == (True, {"CASE_NOT_JSON": 1})


# --- Made files -------------------------------------------------------------------------------------------------------

TABLE = """fullStatement,humanCodingScheme,smartLevel,educationLevel
Number,N,1,"09,10"
Counting,N.1,1.1,09
Ten,N.10,1.10,09
Two,N.2,1.2,09
Lost,X,7.1,09
"""


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str, bytes | str], ImportResult]:
    district = make_district()

    def of(name: str, content: bytes | str) -> ImportResult:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_case(path, district=district, actor=None)

    return of


def test_a_smart_level_places_and_orders(load: Callable[[str, str], ImportResult]) -> None:
    result = load("Local_standards.csv", TABLE)
    assert result.created["standards"] == 5
    assert issues(result)["CASE_UNPLACED"] == 1
    placed = Standard.objects.filter(is_placed=True).order_by("path")
    assert [one.code for one in placed] == ["N", "N.1", "N.2", "N.10"]
    assert Framework.objects.get().title == "Local standards"


def test_a_place_that_a_spreadsheet_cut_is_reported_and_never_guessed(load: Callable[[str, str], ImportResult]) -> None:
    result = load("cut.csv", TABLE.replace("1.10", "1.1"))
    (issue,) = [one for one in result.issues if one.code == "CASE_SMART_LEVEL_TWICE"]
    assert issue.line == 4


def test_a_parent_may_be_named_by_its_code(load: Callable[[str, str], ImportResult]) -> None:
    load("parents.csv", "fullStatement,humanCodingScheme,parent\nNumber,N,\nCounting,N.1,N\nStray,X.1,Nowhere\n")
    child = Standard.objects.get(code="N.1")
    assert child.parent is not None
    assert child.parent.code == "N"
    assert not Standard.objects.get(code="X.1").is_placed


def test_a_faulty_row_is_left_out_and_the_rest_comes_in(load: Callable[[str, str], ImportResult]) -> None:
    result = load("faulty.csv", TABLE + ",Z,1.3,09\n" + "a,b,c,d,e,f\n")
    assert result.created["standards"] == 5
    assert {"CASE_ITEM_STATEMENT", "ROW_TOO_LONG"} <= set(issues(result))


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
WORKBOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{}</sheets></workbook>'
)
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'


def workbook(**sheets: str) -> bytes:
    """A workbook whose sheets hold this XML."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        listed = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(sheets))
        pointed = "".join(f'<Relationship Id="r{n}" Target="worksheets/{n}.xml"/>' for n, _name in enumerate(sheets))
        archive.writestr("xl/workbook.xml", WORKBOOK.format(listed))
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS.format(pointed))
        for number, xml in enumerate(sheets.values()):
            archive.writestr(f"xl/worksheets/{number}.xml", xml)
    return file.getvalue()


def row(*cells: str) -> str:
    return "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells) + "</row>"


def test_values_are_read_from_cells_of_every_kind() -> None:
    xml = SHEET.format(
        '<row><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="C1"><v>1.5</v></c></row>'
        '<row><c r="B2" t="str"><f>HYPERLINK("http://x")</f><v>shown</v></c></row>'
    )
    assert read_sheets(workbook(one=xml), "x.xlsx") == {"one": [["a", "", "1.5"], ["", "shown"]]}


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ('<!DOCTYPE x [<!ENTITY a "b">]>' + SHEET.format("<row><c><v>&a;</v></c></row>"), "SHEET_DOCTYPE"),
        (SHEET.format('<row><c r="ZZZ1"><v>1</v></c></row>'), "SHEET_TOO_LARGE"),
        (SHEET.format("<row/>" * 100_001), "SHEET_TOO_LARGE"),
        (SHEET.format("<row>" + " " * 30_000_000 + "</row>"), "SHEET_TOO_LARGE"),
        ("<worksheet><row>", "FILE_DAMAGED"),
        (SHEET.format('<row><c t="s"><v>99</v></c></row>'), "FILE_DAMAGED"),
    ],
)
def test_a_hostile_workbook_is_refused(xml: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_sheets(workbook(one=xml), "x.xlsx")
    assert [issue.code for issue in refused.value.issues] == [code]


def test_a_workbook_of_something_else_says_what_it_lacks(load: Callable[[str, bytes], ImportResult]) -> None:
    result = load("grades.xlsx", workbook(Grades=SHEET.format(row("a", "b"))))
    assert (result.refused, issues(result)) == (True, {"CASE_WORKBOOK": 1})
    assert "Grades" in result.issues[0].message


def test_a_workbook_may_come_in_a_zip(load: Callable[[str, bytes], ImportResult]) -> None:
    document = SHEET.format(
        row("identifier", "title", "creator", "licenseTitle")
        + row("5801f19a-2b74-57d6-8ac6-4a14418b1be9", "Ours", "Board", "CC BY")
    )
    items = SHEET.format(row("fullStatement", "smartLevel") + row("Say &lt;b&gt;hello&lt;/b&gt;", "1"))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("ours.xlsx", workbook(**{"CF Doc": document, "CF Item": items}))
    result = load("ours.zip", file.getvalue())
    assert (result.applied, result.created["standards"]) == (True, 1)
    assert Framework.objects.get().licence == "CC BY"
    assert Standard.objects.get().statement == "Say <b>hello</b>"

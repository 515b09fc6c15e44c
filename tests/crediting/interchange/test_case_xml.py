"""The Common Core's own XML: what it leaves out is made or named, and all of high school is there."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from crediting.actions.import_standards import import_case
from crediting.models import Framework, Standard, StandardEdge
from mbl.core.models import District
from tests.factories.core import make_district

pytestmark = pytest.mark.django_db

ITEM = """<LearningStandardItem xml:lang="en" RefID="{guid}"><RefURI>http://example.org/{code}/</RefURI>
<StandardHierarchyLevel><number>6</number><description>Standard</description></StandardHierarchyLevel>
<StatementCodes><StatementCode>{code}</StatementCode></StatementCodes>
<Statements><Statement>{statement}</Statement></Statements>
<GradeLevels><GradeLevel>K</GradeLevel><GradeLevel>09</GradeLevel></GradeLevels>
<LearningStandardDocumentRefId>0FAC40650F514a459951A657F942B845</LearningStandardDocumentRefId>
<RelatedLearningStandardItems><LearningStandardItemRefId RelationshipType="childOf">{parent}</LearningStandardItemRefId>
</RelatedLearningStandardItems></LearningStandardItem>"""
ONE, TWO = "E7B16C22CCF049b396C2B7058B531113", "A9167632BAB440a486479DE939DBE769"


@pytest.fixture
def district() -> District:
    return make_district()


def write(path: Path, *items: str, before: str = "") -> Path:
    source = path / "sample-1.1.xml"
    body = "".join(items)
    source.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<LearningStandards>{body}</LearningStandards>', encoding="utf-8"
    )
    return source


def test_items_keep_identifier_words_and_place(district: District, tmp_path: Path) -> None:
    first = ITEM.format(guid=ONE, code="X.1", statement="Über &amp; under", parent="0" * 32)
    below = ITEM.format(guid=TWO, code="X.1a", statement="A part", parent=ONE)
    unnamed = ITEM.format(guid="", code="X.2", statement="No identifier", parent=ONE)
    source = write(tmp_path, first, below, below, unnamed)

    result = import_case(source, district=district, actor=None)

    assert (result.applied, result.created["standards"], result.rejected_rows) == (True, 3, 0)
    part = Standard.objects.get(code="X.1a")
    assert part.parent is not None
    assert (part.parent.code, part.parent.statement, part.grades) == ("X.1", "Über & under", ["KG", "09"])
    assert part.uri == "http://example.org/X.1a/"
    assert Standard.objects.get(code="X.2").parent == part.parent
    again = import_case(source, district=district, actor=None)
    assert (again.changes, again.unchanged) == (0, result.created)


@pytest.mark.parametrize(
    ("before", "item"),
    [
        ('<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>', "<LearningStandardItem>&b;"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd">', "<LearningStandardItem>"),
        ("", "<LearningStandardItem>"),
    ],
)
def test_a_document_type_or_broken_xml_is_refused_with_a_sentence(
    district: District, tmp_path: Path, before: str, item: str
) -> None:
    result = import_case(write(tmp_path, item, before=before), district=district, actor=None)

    assert result.refused
    assert [issue.code for issue in result.issues] == ["CASE_NOT_XML"]
    assert not Framework.objects.exists()


@pytest.mark.rule("T73")
def test_after_loading_the_public_frameworks_all_of_high_school_is_there(district: District, shared_data: Path) -> None:
    """156 of mathematics, 140 of English and literacy, 71 of science, each counted once."""
    for name in (
        "case/derived/ccss-math.cfpackage.json",
        "standards-source/ccss-ela-1.1.xml",
        "case/derived/ngss.cfpackage.json",
    ):
        assert import_case(shared_data / name, district=district, actor=None).applied

    standards = Standard.objects.filter(district=district)
    mathematics = standards.filter(item_type="Standard", code_key__startswith="HS")
    english = standards.filter(
        code__regex=r"^CCSS\.ELA-Literacy\.(RL|RI|W|SL|L|RH|RST|WHST)\.(9-10|11-12)\.[0-9]+$"
    ).values_list("code", flat=True)
    science = standards.filter(item_type="Performance Expectation", code__startswith="HS-")

    assert (mathematics.count(), len(english), len(set(english)), science.count()) == (156, 140, 140, 71)
    assert Counter(code.split(".")[2] for code in english) == {
        "RL": 18, "RI": 20, "W": 20, "SL": 12, "L": 12, "RH": 20, "RST": 20, "WHST": 18,
    }  # fmt: skip


def test_the_publishers_file_of_english_is_read_with_what_it_lacks_named(district: District, shared_data: Path) -> None:
    result = import_case(shared_data / "standards-source" / "ccss-ela-1.1.xml", district=district, actor=None)

    found = Counter(issue.code for issue in result.issues)
    assert result.created == {"frameworks": 1, "standards": 1015, "associations": 454}
    assert (found["CASE_ITEM_TWICE"], found["CASE_UNPLACED"], found["CASE_CYCLE"]) == (35, 561, 1)
    assert StandardEdge.objects.filter(district=district).count() == result.created["associations"]
    part = Standard.objects.get(district=district, code="CCSS.ELA-Literacy.W.9-10.1a")
    assert part.parent is not None and part.parent.code == "CCSS.ELA-Literacy.W.9-10.1"

"""CASE packages on a sample of our own: shapes of files, changes over time, and what can be wrong with one."""

from __future__ import annotations

import copy
import gzip
import io
import json
import socket
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command

from crediting.actions.import_standards import import_case
from crediting.interchange import case_file
from crediting.models import Framework, Standard, StandardEdge
from crediting.states import EdgeKind, StandardStatus
from mbl.core.imports import ImportResult
from mbl.core.imports.opening import Limits
from mbl.core.models import AuditEvent, District, ImportRun
from tests.conftest import ROOT
from tests.factories.core import make_district

pytestmark = pytest.mark.django_db

EXCERPT = ROOT / "tests" / "fixtures" / "case" / "ccss-geometry-excerpt.cfpackage.json"
LATER = "2026-01-01T00:00:00+00:00"
EARLIER = "2001-01-01T00:00:00+00:00"

Json = dict[str, Any]


@pytest.fixture
def package() -> Json:
    """A copy of the excerpt: 16 items, 46 associations."""
    loaded: Json = json.loads(EXCERPT.read_text())
    return loaded


@pytest.fixture
def district() -> District:
    return make_district()


@pytest.fixture
def load(tmp_path: Path, district: District) -> Callable[..., ImportResult]:
    """Writes a value as JSON (or bytes as they are) and imports it."""

    def load(value: object, name: str = "package.json", **options: Any) -> ImportResult:
        raw = value if isinstance(value, bytes) else json.dumps(value).encode()
        source = tmp_path / name
        source.write_bytes(raw)
        return import_case(source, **{"district": district, "actor": None} | options)

    return load


Load = Callable[..., ImportResult]


def issues(result: ImportResult) -> Counter[str]:
    return Counter(issue.code for issue in result.issues)


def child_link(package: Json, code: str) -> Json:
    guid = item(package, code)["identifier"]
    (link,) = [
        one
        for one in package["CFAssociations"]
        if one["associationType"] == "isChildOf" and one["originNodeURI"]["identifier"] == guid
    ]
    found: Json = link
    return found


def item(package: Json, code: str) -> Json:
    (found,) = [one for one in package["CFItems"] if one.get("humanCodingScheme", "").endswith(code)]
    one: Json = found
    return one


# --- Shapes of files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrap", "name"),
    [
        (lambda package: package, "a.json"),
        (lambda package: {"CFPackage": package}, "a.json"),
        (lambda package: [package], "a.json"),
        (lambda package: [{"CFPackage": package}], "a.json"),
        (lambda package: gzip.compress(json.dumps(package).encode()), "a.json.gz"),
        (lambda package: zipped({"folder/a.json": package}), "a.zip"),
        (lambda package: zipped({"a.json": package, "readme.txt": "words"}), "a.zip"),
        (lambda package: b"\xef\xbb\xbf" + json.dumps(package).encode(), "a.json"),
        (lambda package: json.dumps(package).encode("utf-16"), "a.json"),
    ],
)
def test_a_package_may_come_in_several_wrappings(
    package: Json, load: Load, wrap: Callable[[Json], object], name: str
) -> None:
    result = load(wrap(package), name)
    assert result.applied, result.issues
    assert result.created == {"frameworks": 1, "standards": 16, "associations": 46}


def zipped(files: Json) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in files.items():
            archive.writestr(name, json.dumps(value))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "CASE_EMPTY"),
        (b"[]", "CASE_EMPTY"),
        (b"{", "CASE_NOT_JSON"),
        (b"not json", "CASE_NOT_JSON"),
        (b"\xff\xfe\x00", "FILE_ENCODING"),
        (b'{"CFDocument": {}, "x": NaN}', "CASE_NOT_JSON"),
        (b'{"CFDocument": {}, "x": -Infinity}', "CASE_NOT_JSON"),
        (b'{"CFDocument": {}, "x": 1e999}', "CASE_NOT_JSON"),
        (b'{"CFDocument": {}, "CFDocument": {}}', "CASE_KEY_TWICE"),
        (b'{"a":' * 60 + b"1" + b"}" * 60, "CASE_TOO_DEEP"),
        (b"[" * 200_000, "CASE_TOO_DEEP"),
        (b"[1]", "CASE_NOT_A_PACKAGE"),
        (b'{"hello": 1}', "CASE_NOT_A_PACKAGE"),
        (b'{"CFDocument": {"title": "x"}, "CFItems": {}}', "CASE_NOT_A_PACKAGE"),
        (b'{"CFDocument": {"title": "x"}}', "CASE_DOCUMENT_IDENTIFIER"),
        (b'{"CFDocument": {"identifier": "c29cf087-dafc-5701-a182-a0e671e5fedf"}}', "CASE_DOCUMENT_TITLE"),
        (b'{"document": {}, "items": [], "associations": []}', "CASE_SERVER_INTERNAL"),
        (b'{"sourcedId": "x", "title": "y"}', "CASE_SERVER_INTERNAL"),
        (b'{"imsx_codeMajor": "failure"}', "CASE_SERVER_ERROR"),
        (b'{"identifier": "x", "fullStatement": "y"}', "CASE_SINGLE_ITEM"),
        (b'{"identifier": "x", "creator": "y", "title": "z"}', "CASE_DOCUMENT_ONLY"),
        (b'{"CFDocuments": []}', "CASE_DOCUMENTS_LIST"),
        (gzip.compress(b"{}", mtime=0)[:-4], "FILE_DAMAGED"),
        (b"\x1f\x8bnot gzip at all", "FILE_DAMAGED"),
        (gzip.compress(b" " * 30_000_000, mtime=0), "ZIP_BOMB"),
    ],
)
def test_what_is_no_package_is_refused_with_a_reason_and_nothing_is_written(
    load: Load, district: District, raw: bytes, code: str
) -> None:
    result = load(raw)
    assert (result.refused, result.applied, result.exit_code) == (True, False, 1)
    assert code in issues(result)
    assert all(issue.message and issue.message != issue.code for issue in result.issues)
    assert not Framework.objects.exists()
    assert ImportRun.objects.get(district=district).state == "refused"


def test_a_missing_file_and_a_zip_of_two_packages_are_refused(
    tmp_path: Path, district: District, package: Json, load: Load
) -> None:
    missing = import_case(tmp_path / "nothing.json", district=district, actor=None)
    assert issues(missing) == {"FILE_MISSING": 1}
    assert "CASE_ONE_FILE" in issues(load(zipped({"a.json": package, "b.json": package}), "two.zip"))


def test_brackets_inside_text_are_not_depth(package: Json, load: Load) -> None:
    item(package, "A.1")["fullStatement"] = "[" * 100 + '\\"{' * 100
    assert load(package).applied


def test_limits_are_kept(package: Json, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crediting.interchange.case.MAX_ITEMS", 15)
    assert "CASE_TOO_MANY" in issues(load(package))
    monkeypatch.setattr("crediting.interchange.case.MAX_ITEMS", 16)
    monkeypatch.setattr("crediting.interchange.case.MAX_ASSOCIATIONS", 45)
    assert "CASE_TOO_MANY" in issues(load(package))
    monkeypatch.setattr(case_file, "LIMITS", Limits(packed=1000, unpacked=1000))
    assert "PACKAGE_TOO_LARGE" in issues(load(package))


def test_one_file_holds_a_framework_once(package: Json, load: Load) -> None:
    assert "CASE_FRAMEWORK_TWICE" in issues(load([package, package]))
    assert not Framework.objects.exists()


def test_a_list_brings_several_frameworks_in_one_go(package: Json, load: Load) -> None:
    other = copy.deepcopy(package)
    other["CFDocument"]["identifier"] = "00000000-0000-4000-8000-000000000001"
    result = load([package, other])
    assert result.created["frameworks"] == 2
    # The second one's top items hang on the first one's document, so they stand unplaced.
    assert issues(result)["CASE_UNPLACED"] == 1


def test_nothing_outside_the_file_is_ever_opened(package: Json, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("the import opened a connection")

    package["CFAssociations"][0]["destinationNodeURI"]["uri"] = "http://127.0.0.1:9/secret"
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    assert load(package).applied


# --- Identifiers and words --------------------------------------------------------------------------------------------


def test_identifiers_are_read_in_any_of_their_spellings(package: Json, load: Load) -> None:
    for number, one in enumerate(package["CFItems"]):
        guid = UUID(one["identifier"])
        one["identifier"] = [guid.hex, str(guid).upper(), f"urn:uuid:{guid}", f" {guid} "][number % 4]
    result = load(package)
    assert (result.created["standards"], result.rejected_rows) == (16, 0)
    assert not Standard.objects.filter(is_placed=False).exists()
    assert load(json.loads(EXCERPT.read_text())).changes == 0


@pytest.mark.rule("T73", partial=True)
def test_the_two_misprinted_codes_are_repaired_and_said_so(package: Json, load: Load) -> None:
    item(package, "A.1")["humanCodingScheme"] = "CCSS.Math.Content.HSN-VM.C9"
    item(package, "A.2")["humanCodingScheme"] = "HSN-VM.B.a"
    result = load(package)
    assert issues(result)["CASE_CODE_REPAIRED"] == 2
    assert {issue.severity for issue in result.issues if issue.code == "CASE_CODE_REPAIRED"} == {"info"}
    assert Standard.objects.get(code="CCSS.Math.Content.HSN-VM.C.9").extra["humanCodingScheme"].endswith("HSN-VM.C9")
    assert Standard.objects.filter(code="HSN-VM.B.5a").exists()


def test_raw_text_is_kept_and_only_the_search_text_is_folded(package: Json, load: Load) -> None:
    words = " Área\N{NO-BREAK SPACE}&amp; <b>perímetro</b> "
    item(package, "A.1")["fullStatement"] = words
    load(package)
    found = Standard.objects.get(code__endswith="HSG-CO.A.1")
    assert found.statement == words
    assert "area &amp; <b>perimetro</b>" in found.search_text


def test_characters_that_no_database_holds_are_replaced_and_counted(package: Json, load: Load) -> None:
    item(package, "A.1")["fullStatement"] = "a\x00b"
    item(package, "A.2")["notes"] = "half \ud800"
    item(package, "A.3")["custom"] = {"deep": ["\x00", "\udfff"]}
    result = load(package)
    assert result.applied
    assert issues(result)["CASE_CHARACTERS"] == 1
    assert Standard.objects.get(code__endswith="HSG-CO.A.1").statement == "a\N{REPLACEMENT CHARACTER}b"
    assert load(package).changes == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda one: one.pop("identifier"), "CASE_ITEM_IDENTIFIER"),
        (lambda one: one.update(identifier="local:7"), "CASE_ITEM_IDENTIFIER"),
        (lambda one: one.update(identifier=17), "CASE_ITEM_IDENTIFIER"),
        (lambda one: one.pop("fullStatement"), "CASE_ITEM_STATEMENT"),
        (lambda one: one.update(fullStatement=["a"]), "CASE_ITEM_STATEMENT"),
        (lambda one: one.update(fullStatement="  "), "CASE_ITEM_STATEMENT"),
        (lambda one: one.update(fullStatement="x" * 20_001), "CASE_STATEMENT_TOO_LONG"),
    ],
)
def test_a_faulty_item_is_left_out_and_the_others_come_in(
    package: Json, load: Load, change: Callable[[Json], object], code: str
) -> None:
    change(item(package, "C.11"))
    result = load(package)
    assert (result.exit_code, result.created["standards"], result.rejected["standards"]) == (3, 15, 1)
    assert issues(result)[code] == 1


def test_an_item_twice_word_for_word_is_one_item(package: Json, load: Load) -> None:
    package["CFItems"].append(dict(item(package, "A.1")))
    result = load(package)
    assert (result.created["standards"], result.rejected_rows, issues(result)["CASE_ITEM_TWICE"]) == (16, 0, 1)


def test_of_two_items_under_one_identifier_the_later_one_is_kept(package: Json, load: Load) -> None:
    newer = item(package, "A.1") | {"fullStatement": "The newer words.", "lastChangeDateTime": LATER}
    package["CFItems"].insert(0, newer)
    result = load(package)
    assert (result.rejected["standards"], issues(result)["CASE_ITEM_CONFLICT"]) == (1, 1)
    assert Standard.objects.get(code__endswith="HSG-CO.A.1").statement == "The newer words."


def test_grades_are_read_in_common_spellings_and_odd_ones_kept(package: Json, load: Load) -> None:
    item(package, "A.1")["educationLevel"] = ["9", "Grade 10", "K", "HS", 11]
    result = load(package)
    assert Standard.objects.get(code__endswith="HSG-CO.A.1").grades == ["09", "10", "KG", "HS", "11"]
    assert issues(result)["CASE_GRADE_UNKNOWN"] == 1


# --- Associations -----------------------------------------------------------------------------------------------------


def test_in_is_child_of_the_origin_is_the_child(package: Json, load: Load) -> None:
    load(package)
    child = Standard.objects.get(code__endswith="HSG-CO.A.1")
    assert child.parent is not None
    assert (child.parent.code[-8:], child.depth, child.is_leaf, child.parent.is_leaf) == ("HSG-CO.A", 3, True, False)
    edge = StandardEdge.objects.get(origin=child, kind=EdgeKind.IS_CHILD_OF)
    assert edge.destination == child.parent


def test_an_end_outside_the_package_keeps_its_address(package: Json, load: Load) -> None:
    result = load(package)
    match = StandardEdge.objects.filter(kind=EdgeKind.EXACT_MATCH_OF).first()
    assert match is not None
    assert match.destination is None
    assert match.destination_uri.startswith("http")
    assert issues(result)["CASE_OUTSIDE"] == 1


def test_an_end_in_another_framework_of_the_district_is_linked(package: Json, load: Load, district: District) -> None:
    load(package)
    there = Standard.objects.get(code__endswith="HSG-CO.A.1")
    other = {
        "CFDocument": package["CFDocument"] | {"identifier": "00000000-0000-4000-8000-000000000001"},
        "CFItems": [{"identifier": "00000000-0000-4000-8000-000000000002", "fullStatement": "Ours"}],
        "CFAssociations": [
            {
                "identifier": "00000000-0000-4000-8000-000000000003",
                "associationType": "isRelatedTo",
                "originNodeURI": {
                    "identifier": "00000000-0000-4000-8000-000000000002",
                    "uri": "urn:x",
                    "title": "Ours",
                },
                "destinationNodeURI": {"identifier": str(there.guid), "uri": "urn:y", "title": "Theirs"},
            }
        ],
    }
    load(other)
    assert StandardEdge.objects.get(kind=EdgeKind.IS_RELATED_TO).destination == there
    elsewhere = make_district()
    load(other, district=elsewhere)
    assert StandardEdge.objects.get(district=elsewhere).destination is None


def test_an_item_that_nothing_places_stands_unplaced(package: Json, load: Load) -> None:
    package["CFAssociations"].remove(child_link(package, "A.1"))
    result = load(package)
    assert issues(result)["CASE_UNPLACED"] == 1
    found = Standard.objects.get(code__endswith="HSG-CO.A.1")
    assert (found.is_placed, found.parent, found.path) == (False, None, "~.00001")


def test_an_item_whose_parent_is_missing_stands_unplaced_and_keeps_the_link(package: Json, load: Load) -> None:
    link = child_link(package, "A.1")
    link["destinationNodeURI"] = {
        "identifier": "00000000-0000-4000-8000-00000000000f",
        "uri": "urn:gone",
        "title": "Gone",
    }
    result = load(package)
    assert (issues(result)["CASE_PARENT_MISSING"], issues(result)["CASE_UNPLACED"]) == (1, 1)
    assert StandardEdge.objects.get(guid=link["identifier"]).destination_title == "Gone"


def test_a_circle_is_opened_at_its_newest_link_and_said_so(package: Json, load: Load) -> None:
    above = child_link(package, "HSG-CO.A")
    above["destinationNodeURI"] = {"identifier": item(package, "A.1")["identifier"], "uri": "urn:x", "title": "x"}
    above["lastChangeDateTime"] = LATER
    result = load(package)
    assert (issues(result)["CASE_CYCLE"], result.rejected["associations"], result.exit_code) == (1, 1, 3)
    assert not StandardEdge.objects.filter(guid=above["identifier"]).exists()
    assert Standard.objects.get(code__endswith="HSG-CO.A").is_placed is False


def test_a_second_parent_adds_no_second_row(package: Json, load: Load) -> None:
    second = copy.deepcopy(child_link(package, "A.1"))
    second["identifier"] = "00000000-0000-4000-8000-00000000000a"
    second["destinationNodeURI"] = child_link(package, "B.6")["destinationNodeURI"]
    second["sequenceNumber"] = 99
    package["CFAssociations"].append(second)
    result = load(package)
    assert result.created == {"frameworks": 1, "standards": 16, "associations": 47}
    found = Standard.objects.get(code__endswith="HSG-CO.A.1")
    assert found.parent is not None
    assert found.parent.code.endswith("HSG-CO.A")
    assert found.edges_out.filter(kind=EdgeKind.IS_CHILD_OF).count() == 2


def test_one_identifier_for_two_associations_keeps_both_the_same_way_each_time(package: Json, load: Load) -> None:
    first, second = (one for one in package["CFAssociations"][:2])
    second["identifier"] = first["identifier"]
    result = load(package)
    assert (result.created["associations"], issues(result)["CASE_ASSOCIATION_CONFLICT"]) == (46, 1)
    assert load(package).changes == 0


def test_an_unknown_type_of_association_is_kept_as_related(package: Json, load: Load) -> None:
    (match,) = [one for one in package["CFAssociations"] if one["associationType"] == "exactMatchOf"][:1]
    match["associationType"] = "ext:inspiredBy"
    result = load(package)
    assert issues(result)["CASE_ASSOCIATION_TYPE"] == 1
    edge = StandardEdge.objects.get(guid=match["identifier"])
    assert (edge.kind, edge.extra["associationType"]) == (EdgeKind.IS_RELATED_TO, "ext:inspiredBy")


@pytest.mark.parametrize("missing", ["identifier", "originNodeURI", "destinationNodeURI"])
def test_an_association_without_its_ends_is_left_out(package: Json, load: Load, missing: str) -> None:
    (match,) = [one for one in package["CFAssociations"] if one["associationType"] == "exactMatchOf"][:1]
    del match[missing]
    result = load(package)
    assert (result.rejected["associations"], issues(result)["CASE_ASSOCIATION_INCOMPLETE"]) == (1, 1)


# --- Later editions ---------------------------------------------------------------------------------------------------


def test_a_changed_statement_is_updated_and_nothing_else(package: Json, load: Load) -> None:
    load(package)
    item(package, "A.1").update(fullStatement="New words.", lastChangeDateTime=LATER)
    result = load(package)
    assert result.updated == {"frameworks": 0, "standards": 1, "associations": 0}
    assert (result.unchanged["standards"], result.unchanged["associations"]) == (15, 46)
    assert Standard.objects.get(code__endswith="HSG-CO.A.1").statement == "New words."


def test_a_newer_date_alone_changes_nothing(package: Json, load: Load) -> None:
    load(package)
    for one in (package["CFDocument"], *package["CFItems"], *package["CFAssociations"]):
        one["lastChangeDateTime"] = LATER
    assert load(package).changes == 0


def test_older_words_do_not_replace_newer_ones(package: Json, load: Load) -> None:
    load(package)
    item(package, "A.1").update(fullStatement="Old words.", lastChangeDateTime=EARLIER)
    result = load(package)
    assert (result.updated["standards"], issues(result)["CASE_OLDER"]) == (0, 1)
    assert Standard.objects.get(code__endswith="HSG-CO.A.1").statement != "Old words."


def test_what_a_newer_package_lacks_is_withdrawn_and_comes_back_with_it(package: Json, load: Load) -> None:
    load(package)
    less = copy.deepcopy(package)
    gone = item(less, "C.11")
    less["CFItems"].remove(gone)
    less["CFAssociations"] = [
        one for one in less["CFAssociations"] if one["originNodeURI"]["identifier"] != gone["identifier"]
    ]
    result = load(less)
    assert (result.withdrawn["standards"], result.withdrawn["associations"]) == (1, 46 - len(less["CFAssociations"]))
    assert Standard.objects.get(guid=gone["identifier"]).status == StandardStatus.WITHDRAWN
    assert load(less).changes == 0
    back = load(package)
    assert (back.updated["standards"], back.created["standards"]) == (1, 0)
    assert Standard.objects.get(guid=gone["identifier"]).status == StandardStatus.ACTIVE


def test_a_moved_standard_moves_with_what_is_below_it(package: Json, load: Load) -> None:
    load(package)
    child_link(package, "HSG-CO.A").update(sequenceNumber=99, lastChangeDateTime=LATER)
    result = load(package)
    moved = Standard.objects.get(code__endswith="HSG-CO.A")
    assert Standard.objects.filter(path__startswith=moved.path + ".").count() == 5
    assert result.updated["associations"] == 1
    assert list(Standard.objects.filter(depth=2).order_by("path").values_list("code", flat=True))[-1] == moved.code
    assert load(package).changes == 0


def test_a_package_that_lacks_most_of_a_framework_asks_first(
    package: Json, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crediting.actions.import_standards._FEW", 3)
    load(package)
    empty = package | {"CFItems": [], "CFAssociations": []}
    asked = load(empty)
    assert (asked.refused, issues(asked)["CASE_MANY_WITHDRAWN"]) == (True, 1)
    assert Standard.objects.filter(status=StandardStatus.WITHDRAWN).count() == 0
    assert load(empty, confirmed=True).withdrawn["standards"] == 16


# --- Runs -------------------------------------------------------------------------------------------------------------


def test_a_dry_run_counts_and_writes_nothing_but_its_record(package: Json, load: Load, district: District) -> None:
    result = load(package, dry_run=True)
    assert (result.applied, result.exit_code) == (False, 0)
    assert result.created == {"frameworks": 1, "standards": 16, "associations": 46}
    assert not Framework.objects.exists()
    assert ImportRun.objects.get(district=district).state == "checked"
    assert not AuditEvent.objects.exists()


def test_each_district_has_a_copy_of_its_own(package: Json, load: Load, district: District) -> None:
    other = make_district()
    load(package)
    load(package, district=other)
    item(package, "A.1").update(fullStatement="Only theirs.", lastChangeDateTime=LATER)
    load(package, district=other)
    assert Standard.objects.filter(code__endswith="HSG-CO.A.1").count() == 2
    assert Standard.objects.get(district=district, code__endswith="HSG-CO.A.1").statement != "Only theirs."


def test_a_run_leaves_one_audit_event_and_a_second_one_none(package: Json, load: Load) -> None:
    load(package)
    (event,) = AuditEvent.objects.filter(verb="crediting.framework.imported")
    assert (event.payload["created"], event.payload["updated"], event.payload["withdrawn"]) == (16, 0, 0)
    load(package)
    assert AuditEvent.objects.count() == 1


def run(*arguments: str) -> tuple[int, Json]:
    out = io.StringIO()
    try:
        call_command("import_case", *arguments, "--json", stdout=out)
        code = 0
    except SystemExit as leaving:
        code = int(leaving.code or 0)
    printed: Json = json.loads(out.getvalue())
    return code, printed


def test_the_command_prints_the_contract(district: District, tmp_path: Path, package: Json) -> None:
    code, printed = run(str(EXCERPT), "--district", district.code)
    assert code == 0
    assert set(printed) == {"run", "applied", "created", "updated", "unchanged", "withdrawn", "rejected", "issues"}
    assert printed["applied"] is True
    assert printed["created"] == {"frameworks": 1, "standards": 16, "associations": 46}
    assert set(printed["issues"][0]) == {"severity", "code", "file", "line", "message"}
    del item(package, "A.1")["fullStatement"]
    faulty = tmp_path / "faulty.json"
    faulty.write_text(json.dumps(package))
    assert run(str(faulty), "--district", district.code)[0] == 3
    assert run(str(faulty), "--district", district.code, "--dry-run")[1]["applied"] is False
    faulty.write_text("{")
    code, printed = run(str(faulty), "--district", district.code)
    assert (code, printed["applied"], printed["issues"][0]["line"]) == (1, False, 1)


def test_the_sample_framework_of_the_product_is_a_clean_package(district: District) -> None:
    result = import_case(ROOT / "crediting" / "data" / "sample-standards.cfpackage.json", district=district, actor=None)
    assert (result.exit_code, result.issues) == (0, [])
    assert result.created["standards"] == 15

"""Finding standards in all frameworks of a district: codes, words, misspelt words, filters, trips."""

from __future__ import annotations

import copy
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crediting.actions.import_standards import import_case
from crediting.models import Framework, Standard
from crediting.queries.crosswalks import equal_to, links_of
from crediting.queries.find_standards import PER_PAGE, Found, Wanted, find
from crediting.states import EdgeKind, FrameworkStatus, StandardStatus
from mbl.core.models import District
from tests.factories.core import make_district
from tests.factories.standards import EXCERPT, SAMPLE, bring_geometry

pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> District:
    """One framework, not adopted; another district has it too, and says other things in it."""
    other = bring_geometry(make_district())
    Standard.objects.filter(framework=other).update(statement="zebra", search_text="zebra")
    here = make_district()
    bring_geometry(here)
    return here


def codes(found: Found) -> list[str]:
    return [standard.code.removeprefix("CCSS.Math.Content.") for standard in found.rows]


@pytest.mark.rule("T73", partial=True)
@pytest.mark.parametrize("text", ["HSG.CO.C.11", "hsg-co.c.11", "CCSS.MATH.CONTENT.HSG.CO.C.11", "HSG CO C 11"])
def test_a_code_is_found_however_it_is_written(district: District, text: str) -> None:
    assert codes(find(district, Wanted(text)))[0] == "HSG-CO.C.11"


@pytest.mark.parametrize(
    ("text", "meant"),
    [("paralelogram", "parallelogram"), ("teorems", "theorems"), ("definitoins angle", "definitions angle")],
)
def test_a_misspelt_word_finds_what_was_meant_and_says_so(district: District, text: str, meant: str) -> None:
    found = find(district, Wanted(text))
    assert found.rows
    assert found.meant.startswith(meant)
    assert all(word in found.rows[0].search_text for word in found.meant.split())


def test_a_word_like_no_other_finds_nothing(district: District) -> None:
    assert find(district, Wanted("qqqqqqqq")) == Found((), 1, False)


def test_another_districts_words_are_never_found(district: District) -> None:
    assert not find(district, Wanted("zebra")).rows
    assert not find(district, Wanted("zebrra")).rows


def test_filters_narrow_what_is_found(district: District) -> None:
    import_case(SAMPLE, district=district, actor=None)
    geometry = Framework.objects.get(district=district, guid="c29cf087-dafc-5701-a182-a0e671e5fedf")
    everything = find(district, Wanted("the")).rows
    assert {row.framework_id for row in everything} > {geometry.pk}
    assert {row.framework_id for row in find(district, Wanted("the", framework=geometry)).rows} == {geometry.pk}
    assert all("10" in row.grades for row in find(district, Wanted(grade="10")).rows)
    assert not find(district, Wanted("angle", grade="01")).rows
    leaves = find(district, Wanted("HSG", only_leaves=True)).rows
    assert leaves
    assert all(row.is_leaf for row in leaves)
    gone = everything[0]
    Standard.objects.filter(pk=gone.pk).update(status=StandardStatus.WITHDRAWN)
    assert gone not in find(district, Wanted("the")).rows
    assert find(district, Wanted("the", status=StandardStatus.WITHDRAWN)).rows == (gone,)
    assert gone in find(district, Wanted("the", status="")).rows


def test_pages_follow_each_other_without_a_gap(district: District) -> None:
    framework = Framework.objects.get(district=district)
    pattern = Standard.objects.filter(framework=framework).first()
    assert pattern is not None
    for number in range(60):
        Standard.objects.create(
            district=district, framework=framework, guid=uuid.uuid4(), code=f"X.{number}", code_key=f"X.{number}",
            statement="more", search_text="more", path=f"9{number:04}",
        )  # fmt: skip
    pages = [find(district, Wanted("X."), page=page) for page in (1, 2, 3)]
    assert [len(page.rows) for page in pages] == [PER_PAGE, PER_PAGE, 10]
    assert [page.has_more for page in pages] == [True, True, False]
    seen = [row.pk for page in pages for row in page.rows]
    assert len(set(seen)) == 60


@pytest.mark.parametrize(("text", "trips"), [("HSG", 3), ("angle", 3), ("paralelogram", 5), ("zzz", 2)])
def test_the_number_of_trips_does_not_grow(district: District, text: str, trips: int) -> None:
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            find(district, Wanted(text))
        assert len(queries) == trips
        if not number:
            import_case(SAMPLE, district=district, actor=None)


# --- Crosswalks -------------------------------------------------------------------------------------------------------


def renamed(package: Any, title: str, links: list[dict[str, Any]]) -> Any:
    """The same items under new identifiers, with associations of our choice besides the tree."""
    package = copy.deepcopy(package)
    package["CFAssociations"] = [one for one in package["CFAssociations"] if one["associationType"] == "isChildOf"]
    text = json.dumps(package)
    for one in [package["CFDocument"], *package["CFItems"], *package["CFAssociations"]]:
        text = text.replace(one["identifier"], str(uuid.uuid5(uuid.UUID(one["identifier"]), title)))
    package = json.loads(text)
    package["CFDocument"]["title"] = title
    package["CFAssociations"] += links
    return package


def link(kind: str, origin: str, destination: str) -> dict[str, Any]:
    return {
        "identifier": str(uuid.uuid4()),
        "uri": "",
        "associationType": kind,
        "originNodeURI": {"title": "", "identifier": origin, "uri": origin},
        "destinationNodeURI": {"title": "", "identifier": destination, "uri": destination},
        "lastChangeDateTime": "2020-01-01T00:00:00+00:00",
    }


@pytest.fixture
def bring(tmp_path: Path, district: District) -> Any:
    def load(package: Any) -> Framework:
        path = tmp_path / "package.json"
        path.write_text(json.dumps(package))
        assert import_case(path, district=district, actor=None).applied
        return Framework.objects.get(district=district, guid=package["CFDocument"]["identifier"])

    return load


PACKAGE = json.loads(EXCERPT.read_text())
FIRST = PACKAGE["CFItems"][-1]["identifier"]


def copy_of(title: str, guid: str = FIRST) -> str:
    return str(uuid.uuid5(uuid.UUID(guid), title))


def test_exact_matches_of_exact_matches_are_the_same_standard(district: District, bring: Any) -> None:
    second = bring(renamed(PACKAGE, "Second", [link("exactMatchOf", copy_of("Second"), FIRST)]))
    third = bring(renamed(PACKAGE, "Third", [link("exactMatchOf", copy_of("Third"), copy_of("Second"))]))
    one = Standard.objects.get(district=district, guid=FIRST)
    with CaptureQueriesContext(connection) as queries:
        assert {other.framework.title for other in equal_to(one).standards} == {"Second", "Third"}
    assert len(queries) == 2
    Framework.objects.filter(pk=second.pk).update(status=FrameworkStatus.RETIRED)
    assert equal_to(one).standards == ()
    in_third = Standard.objects.get(framework=third, guid=copy_of("Third"))
    assert equal_to(in_third).standards == ()


def test_two_that_match_the_same_address_outside_are_the_same(district: District, bring: Any) -> None:
    address = "http://example.org/standards/1"
    bring(renamed(PACKAGE, "Second", [link("exactMatchOf", copy_of("Second"), address)]))
    bring(renamed(PACKAGE, "Third", [link("exactMatchOf", copy_of("Third"), address)]))
    one = Standard.objects.get(district=district, guid=copy_of("Second"))
    assert [other.framework.title for other in equal_to(one).standards] == ["Third"]


def test_a_group_is_cut_at_fifty(district: District, bring: Any) -> None:
    ring = [link("exactMatchOf", copy_of("Second", one["identifier"]), FIRST) for one in PACKAGE["CFItems"]]
    bring(renamed(PACKAGE, "Second", ring))
    framework = Framework.objects.get(district=district, title="Second")
    one = Standard.objects.get(district=district, guid=FIRST)
    assert len(equal_to(one).standards) == 16
    for number in range(45):
        other = Standard.objects.create(
            district=district, framework=framework, guid=uuid.uuid4(), statement="same", path=f"9{number:04}"
        )
        framework.edges.create(
            district=district, guid=uuid.uuid4(), kind=EdgeKind.EXACT_MATCH_OF, origin=other, destination=one
        )
    cut = equal_to(one)
    assert (len(cut.standards), cut.has_more) == (49, True)


def test_links_come_together_whichever_framework_came_first(district: District, bring: Any) -> None:
    replaced = link("replacedBy", FIRST, copy_of("Newer"))
    framework = bring(PACKAGE | {"CFAssociations": [*PACKAGE["CFAssociations"], replaced]})
    old = Standard.objects.get(framework=framework, guid=FIRST)
    (waiting,) = [one for one in links_of(old) if one.kind == EdgeKind.REPLACED_BY]
    assert waiting.standard is None
    bring(renamed(PACKAGE, "Newer", []))
    (found,) = [one for one in links_of(old) if one.kind == EdgeKind.REPLACED_BY]
    assert found.standard is not None
    assert (found.forward, found.standard.framework.title) == (True, "Newer")
    (back,) = links_of(found.standard)
    assert (back.forward, back.standard) == (False, old)


def test_a_copy_that_names_its_source_is_the_same_standard(district: District, bring: Any) -> None:
    package = renamed(PACKAGE, "Copied", [])
    package["CFItems"][-1]["extensions"] = {"sourceItemIdentifier": FIRST}
    bring(package)
    one = Standard.objects.get(district=district, guid=FIRST)
    assert [other.framework.title for other in equal_to(one).standards] == ["Copied"]

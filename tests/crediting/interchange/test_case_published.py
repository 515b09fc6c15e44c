"""What goes out: CASE 1.1 that passes the official schema, and a way there and back that loses nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft201909Validator, FormatChecker

from crediting.actions.import_standards import import_case
from crediting.interchange.case_shapes import conform, unfold
from crediting.models import Framework, Standard, StandardEdge
from mbl.core.models import District
from tests.assertions import assert_no_writes
from tests.crediting.interchange.test_case_real import WHOLE
from tests.factories.core import make_district
from tests.factories.standards import EXCERPT, SAMPLE, adopt, bring_geometry

pytestmark = pytest.mark.django_db
BASE = "/ims/case/v1p1"
Check = Callable[[str, Any], list[str]]


@pytest.fixture
def faults(shared_data: Path) -> Check:
    """What the official schema of a class says against a value."""

    def of(name: str, value: Any) -> list[str]:
        schema = json.loads((shared_data / "case" / "schema" / f"case_v1p1_{name}-jsonschema1.json").read_text())
        checker = FormatChecker(formats=("date", "uuid"))
        return [error.message for error in Draft201909Validator(schema, format_checker=checker).iter_errors(value)]

    return of


def get(address: str, **kwargs: Any) -> Any:
    answer = Client().get(f"{BASE}/{address}", **kwargs)
    assert answer.status_code == 200, answer.content
    return answer.json()


def rows(district: District) -> dict[str, list[tuple[Any, ...]]]:
    """Everything a district's copy says, without the numbers that are its own."""
    items = Standard.objects.filter(district=district).order_by("framework__guid", "guid")
    edges = StandardEdge.objects.filter(district=district).order_by("framework__guid", "guid")
    return {
        "frameworks": list(
            Framework.objects.filter(district=district).order_by("guid").values_list(
                "guid", "uri", "title", "creator", "publisher", "version", "language", "subjects", "status",
                "valid_from", "valid_to", "licence", "notes", "source_url", "source_changed_at", "content_hash",
                "order_inferred", "extra",
            )
        ),
        "items": list(
            items.values_list(
                "guid", "uri", "code", "statement", "short", "notes", "item_type", "grades", "parent__guid", "path",
                "is_placed", "valid_from", "valid_to", "source_changed_at", "content_hash", "extra",
            )
        ),
        "edges": list(
            edges.values_list(
                "guid", "uri", "kind", "origin__guid", "destination__guid", "origin_uri", "origin_identifier",
                "origin_title", "destination_uri", "destination_identifier", "destination_title", "sequence",
                "source_changed_at", "content_hash", "extra",
            )
        ),
    }  # fmt: skip


def sent_on(package: Any, folder: Path) -> District:
    """Another district imports what was published."""
    file = folder / "published.json"
    file.write_text(json.dumps(package))
    there = make_district()
    result = import_case(file, district=there, actor=None)
    assert (result.applied, result.rejected_rows) == (True, 0)
    return there


@pytest.mark.parametrize("name", [*WHOLE, "real/sbac-ela-g3-c1-t1.cfpackage.json"])
def test_a_real_package_goes_out_by_the_schema_and_comes_in_elsewhere_as_it_was(
    shared_data: Path, faults: Check, tmp_path: Path, name: str
) -> None:
    here = make_district()
    import_case(shared_data / "case" / name, district=here, actor=None)
    framework = adopt(Framework.objects.get(district=here))
    package = get(f"CFPackages/{framework.guid}")
    assert faults("cfpackage", package) == []
    assert rows(sent_on(package, tmp_path)) == rows(here)


@pytest.mark.parametrize("name", [name for name in WHOLE if name.startswith("derived/")])
def test_a_package_of_version_1_1_goes_out_word_for_word(shared_data: Path, name: str) -> None:
    path = shared_data / "case" / name
    import_case(path, district=make_district(), actor=None)
    framework = adopt(Framework.objects.get())
    ours, theirs = get(f"CFPackages/{framework.guid}"), json.loads(path.read_text())

    def by_identifier(listed: Any) -> Any:
        return {one["identifier"]: {**one, "lastChangeDateTime": None} for one in listed}

    assert by_identifier(ours["CFItems"]) == by_identifier(theirs["CFItems"])
    assert by_identifier(ours["CFAssociations"]) == by_identifier(theirs["CFAssociations"])
    assert by_identifier([ours["CFDocument"]]) == by_identifier([theirs["CFDocument"]])
    for part, entries in theirs.get("CFDefinitions", {}).items():
        if entries:
            assert ours["CFDefinitions"][part] == entries


@pytest.mark.parametrize("path", [EXCERPT, SAMPLE])
def test_our_own_packages_go_there_and_back(tmp_path: Path, path: Path) -> None:
    here = make_district()
    import_case(path, district=here, actor=None)
    framework = adopt(Framework.objects.get())
    assert rows(sent_on(get(f"CFPackages/{framework.guid}"), tmp_path)) == rows(here)


def test_what_the_schema_forbids_is_kept_in_an_extension_and_found_again() -> None:
    odd = {
        "identifier": "0fa6ffc9-158f-5638-bea5-16fb55ed8e30",
        "fullStatement": "Words",
        "notes": 7,
        "colour": "red",
        "CFItemTypeURI": {"title": "Strand", "identifier": "strand"},
        "extensions": {"theirs": 1},
    }
    fitting = conform(odd, "CFItem")
    assert set(fitting) == {"identifier", "uri", "fullStatement", "lastChangeDateTime", "extensions"}
    assert unfold(fitting) == odd


@pytest.fixture
def shown() -> Framework:
    """Geometry in two districts, one of which withholds it; a third framework that nobody adopted."""
    first = adopt(bring_geometry(make_district()))
    other = adopt(bring_geometry(make_district()))
    Framework.objects.filter(pk=other.pk).update(is_withheld=True)
    import_case(SAMPLE, district=first.district, actor=None)
    return first


def test_only_adopted_frameworks_that_nobody_withholds_are_public(shown: Framework) -> None:
    with assert_no_writes():
        listed = get("CFDocuments")["CFDocuments"]
    assert [one["identifier"] for one in listed] == [str(shown.guid)]
    assert listed[0]["CFPackageURI"]["uri"] == f"http://testserver{BASE}/CFPackages/{shown.guid}"
    hidden = Framework.objects.exclude(guid=shown.guid).get()
    assert Client().get(f"{BASE}/CFDocuments/{hidden.guid}").status_code == 404
    Framework.objects.filter(pk=shown.pk).update(is_withheld=True)
    for word in ("CFDocuments", "CFPackages"):
        assert Client().get(f"{BASE}/{word}/{shown.guid}").status_code == 404
    item = Standard.objects.filter(framework=shown).first()
    assert item is not None
    assert Client().get(f"{BASE}/CFItems/{item.guid}").status_code == 404


def test_a_districts_own_address_answers_its_copy_alone(shown: Framework) -> None:
    code = shown.district.code
    listed = Client().get(f"/case/{code}{BASE}/CFDocuments").json()["CFDocuments"]
    assert [one["identifier"] for one in listed] == [str(shown.guid)]
    assert f"/case/{code}{BASE}/CFPackages/" in listed[0]["CFPackageURI"]["uri"]
    other = Framework.objects.filter(guid=shown.guid).exclude(pk=shown.pk).get().district
    assert Client().get(f"/case/{other.code}{BASE}/CFDocuments").json() == {"CFDocuments": []}


def test_every_answer_passes_its_own_schema(shared_data: Path, faults: Check) -> None:
    import_case(shared_data / "case/derived/ngss.cfpackage.json", district=make_district(), actor=None)
    framework = adopt(Framework.objects.get())
    item = Standard.objects.get(code="HS-PS1-1")
    edge = StandardEdge.objects.filter(origin=item).first()
    assert edge is not None
    kind = framework.extra["CFDefinitions"]["CFItemTypes"][0]["identifier"]
    assert faults("cfdocumentset", get("CFDocuments")) == []
    assert faults("cfdocument", get(f"CFDocuments/{framework.guid}")) == []
    assert faults("cfitem", get(f"CFItems/{item.guid}")) == []
    both = get(f"CFItemAssociations/{item.guid}")
    assert faults("cfassociationset", both) == []
    assert str(edge.guid) in {one["identifier"] for one in both["CFAssociations"]}
    assert faults("cfassociation", get(f"CFAssociations/{edge.guid}")) == []
    assert faults("cfitemtypeset", get(f"CFItemTypes/{kind}")) == []


@pytest.mark.parametrize(
    ("address", "status", "minor"),
    [
        ("CFItems/nonsense", 400, "invalid_uuid"),
        ("CFItems/00000000-0000-4000-8000-000000000000", 404, "unknownobject"),
        ("CFPackages/00000000-0000-4000-8000-000000000000", 404, "unknownobject"),
        ("CFItemTypes/00000000-0000-4000-8000-000000000000", 404, "unknownobject"),
        ("CFRubrics/00000000-0000-4000-8000-000000000000", 404, "unknownobject"),
        ("CFDocuments?sort=colour", 400, "invalid_sort_field"),
        ("CFDocuments?fields=colour", 400, "invalid_selection_field"),
        ("CFDocuments?filter=title", 400, "invalid_selection_field"),
        ("CFDocuments?limit=0", 400, "invalid_selection_field"),
    ],
)
def test_errors_are_status_objects(faults: Check, shown: Framework, address: str, status: int, minor: str) -> None:
    answer = Client().get(f"{BASE}/{address}")
    assert answer.status_code == status
    assert faults("imsx_statusinfo", answer.json()) == []
    (field,) = answer.json()["imsx_codeMinor"]["imsx_codeMinorField"]
    assert field["imsx_codeMinorFieldValue"] == minor


def test_the_list_is_paged_sorted_filtered_and_cut(shown: Framework) -> None:
    for number in range(4):
        one = Framework.objects.create(
            district=shown.district, guid=f"00000000-0000-4000-8000-00000000000{number}", title=f"Set {number}"
        )
        adopt(one)
    answer = Client().get(f"{BASE}/CFDocuments", {"limit": "2", "offset": "2", "sort": "title", "orderBy": "desc"})
    assert answer["X-Total-Count"] == "5"
    assert [one["title"] for one in answer.json()["CFDocuments"]] == ["Set 1", "Set 0"]
    assert {part.split("rel=")[1] for part in answer["Link"].split(", ")} == {
        '"first"', '"prev"', '"next"', '"last"',
    }  # fmt: skip
    found = get("CFDocuments", data={"filter": "title='Set 1' OR title='Set 3'", "fields": "title"})
    assert found == {"CFDocuments": [{"title": "Set 1"}, {"title": "Set 3"}]}


def test_an_answer_may_be_kept_and_asked_for_again(shown: Framework) -> None:
    first = Client().get(f"{BASE}/CFPackages/{shown.guid}")
    assert "public" in first["Cache-Control"]
    again = Client().get(f"{BASE}/CFPackages/{shown.guid}", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert not Client().get(f"{BASE}/CFDocuments").cookies

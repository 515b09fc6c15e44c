"""Taking back a CASE run: a framework goes away, or its older version comes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crediting.actions.import_standards import import_case
from crediting.models import Framework, Standard, StandardWord
from crediting.states import RequestState
from mbl.core.errors import DomainError
from mbl.core.imports import ImportResult
from mbl.core.imports.undo import undo
from mbl.core.models import District, ImportRun
from tests.factories.core import make_district
from tests.factories.crediting import make_ground, make_request
from tests.factories.standards import EXCERPT, adopt, bring_geometry
from tests.factories.tables import content
from tests.personas import Personas

pytestmark = pytest.mark.django_db
Package = dict[str, Any]


@pytest.fixture
def district() -> District:
    """With a second district that has the same framework."""
    import_case(EXCERPT, district=make_district(), actor=None)
    return make_district()


def bring(package: Package, district: District, folder: Path) -> ImportRun:
    file = folder / "package.json"
    file.write_text(json.dumps(package))
    return run_of(import_case(file, district=district, actor=None, confirmed=True))


def run_of(result: ImportResult) -> ImportRun:
    assert result.applied
    return ImportRun.objects.get(public_id=result.run)


def changed(edit: Callable[[Package], None]) -> Package:
    package: Package = json.loads(EXCERPT.read_text())
    edit(package)
    return package


def newer(package: Package) -> None:
    """Other words, another title, one item and its link gone."""
    package["CFDocument"]["title"] = "Geometry, second edition"
    package["CFItems"][0]["fullStatement"] = "Other words"
    gone = package["CFItems"].pop()["identifier"]
    package["CFAssociations"] = [
        link for link in package["CFAssociations"]
        if gone not in (link["originNodeURI"]["identifier"], link["destinationNodeURI"]["identifier"])
    ]  # fmt: skip
    for part in (package["CFDocument"], *package["CFItems"], *package["CFAssociations"]):
        part["lastChangeDateTime"] = "2030-01-01T00:00:00+00:00"


def test_a_framework_that_the_run_made_goes_away(district: District) -> None:
    before = content("crediting")
    run = run_of(import_case(EXCERPT, district=district, actor=None))
    result = undo(run, actor=None)
    assert content("crediting") == before
    words = result.withdrawn.pop("standardword")  # those that a misspelt search is compared with
    assert words > 0
    assert result.withdrawn == {"framework": 1, "standard": 16, "standardedge": run.created["associations"]}
    assert not StandardWord.objects.filter(framework__district=district).exists()


def test_the_older_version_comes_back(district: District, tmp_path: Path) -> None:
    import_case(EXCERPT, district=district, actor=None)
    before = content("crediting")
    run = bring(changed(newer), district, tmp_path)
    assert content("crediting") != before
    result = undo(run, actor=None)
    assert content("crediting") == before
    # What the run added beside the standards goes too: what two of them said before, and a new word.
    assert (result.withdrawn, result.rejected) == ({"standardhistory": 2, "standardword": 1}, {})


def test_an_adopted_framework_stays_and_the_rest_of_it_with_it(district: District) -> None:
    run = run_of(import_case(EXCERPT, district=district, actor=None))
    adopt(Framework.objects.get(district=district))
    before = content("crediting")
    with pytest.raises(DomainError, match="Everything"):
        undo(run, actor=None)
    assert content("crediting") == before
    assert undo(run, actor=None, dry_run=True).rejected["standard"] == 16


def test_a_standard_that_credit_was_given_for_keeps_its_words(personas: Personas, tmp_path: Path) -> None:
    def reworded(package: Package) -> None:
        for item in package["CFItems"]:
            item["fullStatement"] += " (new)"
            item["lastChangeDateTime"] = "2030-01-01T00:00:00+00:00"

    framework = adopt(bring_geometry(personas.district))
    standards = list(Standard.objects.filter(framework=framework, is_leaf=True)[:2])
    ground = make_ground(personas.school, standards=standards)
    assert personas.student.student is not None
    assert personas.teacher.person is not None
    run = bring(changed(reworded), personas.district, tmp_path)
    make_request(
        ground, personas.student.student, personas.teacher.person, RequestState.AWARDED,
        decider=personas.credit_manager.user,
    )  # fmt: skip
    result = undo(run, actor=None)
    still_new = Standard.objects.filter(framework=framework, statement__endswith=" (new)")
    assert set(still_new) == set(standards)
    assert {issue.code for issue in result.issues} == {"UNDO_RECORD"}


def test_links_that_found_their_end_wait_for_it_again(district: District, tmp_path: Path) -> None:
    first = json.loads(EXCERPT.read_text())
    guid = "00000000-0000-4000-8000-000000000001"
    first["CFAssociations"].append(
        first["CFAssociations"][0]
        | {
            "identifier": "00000000-0000-4000-8000-000000000002",
            "associationType": "replacedBy",
            "destinationNodeURI": {"title": "", "identifier": guid, "uri": ""},
        }
    )
    bring(first, district, tmp_path)
    before = content("crediting")
    second = {
        "CFDocument": first["CFDocument"] | {"identifier": "00000000-0000-4000-8000-000000000003", "title": "Newer"},
        "CFItems": [first["CFItems"][0] | {"identifier": guid}],
    }
    run = bring(second, district, tmp_path)
    assert Standard.objects.get(guid=guid).edges_in.count() == 1
    undo(run, actor=None)
    assert content("crediting") == before

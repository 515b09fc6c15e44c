"""Mutated files: whatever comes, the import answers; what it applies is whole, and what it refuses leaves nothing."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crediting.actions.import_standards import import_case
from crediting.interchange import case_out
from crediting.models import Framework, Standard, StandardEdge
from crediting.queries import publishing
from mbl.core.models import District
from tests.factories.core import make_district
from tests.factories.standards import EXCERPT, SAMPLE, adopt

pytestmark = pytest.mark.django_db
SETTINGS = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
REAL = (
    "real/sbac-dok-levels.cfpackage.json",
    "real/sbac-ela-content-spec-MALFORMED.cfpackage.json",
    "real/sbac-ela-g5-c1-t6.cfpackage.json",
    "opensalt/SmartLevelFramework.json",
    "opensalt/ItemTypeTestFramework.json",
    "opensalt/spreadsheet_import_sample.xlsx",
    "opensalt/test_items.csv",
)
ODD: list[Any] = [
    None, "", 0, -1, 1.5, True, [], {}, "\x00", "\ud800", "x" * 30_000, ["a"], {"identifier": 1}, 10**30, "9" * 40,
    "0001-01-01", "9999-12-31T23:59:59-14:00", "2020-02-30", "urn:uuid:0", "isChildOf", {"extensions": {"mbl:kept": 1}},
    {"mbl:kept": {"absent": ["identifier"], "values": {"identifier": 7}}}, "<script>alert(1)</script>", "{[(",
]  # fmt: skip


def spoiled(value: Any, chance: random.Random, times: int) -> Any:
    """``value`` with ``times`` places changed, left out, doubled or swapped."""
    value = copy.deepcopy(value)
    for _ in range(times):
        holder: Any = value
        while True:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                break
            key = chance.choice(keys)
            inner = holder[key]
            if isinstance(inner, dict | list) and inner and chance.random() < 0.8:
                holder = inner
                continue
            match chance.randrange(4):
                case 0:
                    holder[key] = copy.deepcopy(chance.choice(ODD))
                case 1:
                    del holder[key]
                case 2 if isinstance(holder, list):
                    holder.append(copy.deepcopy(inner))
                case _:
                    other = chance.choice(keys)
                    holder[key], holder[other] = holder[other], holder[key]
            break
    return value


def try_to_import(content: bytes, folder: Path, name: str, district: District) -> None:
    """Import inside a transaction of its own, look at what is there, and take it back."""
    path = folder / name
    path.write_bytes(content)
    with transaction.atomic():
        result = import_case(path, district=district, actor=None)
        assert result.applied != result.refused
        assert result.applied or not Framework.objects.filter(district=district).exists()
        if result.applied:
            whole(district, result.created)
        connection.check_constraints()
        transaction.set_rollback(True)


def whole(district: District, created: dict[str, int]) -> None:
    """The counts are those of the rows, every parent is above its child, and what is stored can go out again."""
    standards = Standard.objects.filter(district=district).select_related("parent")
    assert standards.count() == created["standards"]
    assert StandardEdge.objects.filter(district=district).count() >= created["associations"]
    for standard in standards:
        assert standard.parent is None or standard.path.startswith(f"{standard.parent.path}.")
        assert standard.depth == (standard.parent.depth + 1 if standard.parent else 0)
    for framework in Framework.objects.filter(district=district):
        assert framework.standards_count == framework.standards.count()
        adopt(framework)
        package = case_out.package(framework, publishing.items_of(framework), publishing.edges_of(framework))
        assert len(package["CFItems"]) == framework.standards_count


@pytest.fixture
def district() -> District:
    make_district()
    return make_district()


@pytest.mark.parametrize("source", [EXCERPT, SAMPLE])
@SETTINGS
@given(seed=st.integers(0, 2**32), times=st.integers(1, 30))
def test_a_package_changed_in_any_place(
    source: Path, tmp_path: Path, district: District, seed: int, times: int
) -> None:
    value = spoiled(json.loads(source.read_text()), random.Random(seed), times)
    try_to_import(json.dumps(value).encode(errors="surrogatepass"), tmp_path, "spoiled.json", district)


@pytest.mark.parametrize("name", REAL)
@settings(SETTINGS, max_examples=12)
@given(seed=st.integers(0, 2**32), times=st.integers(1, 30))
def test_a_real_file_changed_in_any_place(
    shared_data: Path, tmp_path: Path, district: District, name: str, seed: int, times: int
) -> None:
    source = shared_data / "case" / name
    chance = random.Random(seed)
    if source.suffix == ".json":
        content = json.dumps(spoiled(json.loads(source.read_text()), chance, times)).encode(errors="surrogatepass")
    else:
        content = damaged(source.read_bytes(), chance, times)
    try_to_import(content, tmp_path, f"spoiled{source.suffix}", district)


@SETTINGS
@given(seed=st.integers(0, 2**32), times=st.integers(1, 20))
def test_bytes_changed_in_any_place(tmp_path: Path, district: District, seed: int, times: int) -> None:
    try_to_import(damaged(EXCERPT.read_bytes(), random.Random(seed), times), tmp_path, "damaged.json", district)


def damaged(content: bytes, chance: random.Random, times: int) -> bytes:
    found = bytearray(content)
    for _ in range(times):
        place = chance.randrange(len(found))
        match chance.randrange(3):
            case 0:
                found[place] = chance.randrange(256)
            case 1:
                del found[place : place + chance.randrange(1, 200)]
            case _:
                found[place:place] = chance.randbytes(3)
        if not found:
            break
    return bytes(found)


@SETTINGS
@given(seed=st.integers(0, 2**32))
def test_the_order_of_rows_does_not_matter(tmp_path: Path, district: District, seed: int) -> None:
    value = json.loads(EXCERPT.read_text())
    path = tmp_path / "package.json"

    def imported() -> list[tuple[Any, ...]]:
        path.write_text(json.dumps(value))
        with transaction.atomic():
            import_case(path, district=district, actor=None)
            rows = list(Standard.objects.filter(district=district).order_by("path").values_list("guid", "path", "code"))
            transaction.set_rollback(True)
        return rows

    before = imported()
    for part in ("CFItems", "CFAssociations"):
        random.Random(seed).shuffle(value[part])
    assert imported() == before


@pytest.mark.parametrize(("levels", "applied"), [(30, True), (31, False)])
def test_a_tree_may_be_thirty_levels_deep(tmp_path: Path, district: District, levels: int, applied: bool) -> None:
    value = json.loads(EXCERPT.read_text())
    document = value["CFDocument"]
    guids = [f"00000000-0000-4000-8000-{number:012}" for number in range(levels)]
    value["CFItems"] = [
        {
            "identifier": guid,
            "uri": "",
            "fullStatement": f"Level {number}",
            "lastChangeDateTime": "2020-01-01T00:00:00Z",
        }
        for number, guid in enumerate(guids)
    ]
    above = [document["identifier"], *guids]
    value["CFAssociations"] = [
        {
            "identifier": f"00000000-0000-4000-9000-{number:012}",
            "uri": "",
            "associationType": "isChildOf",
            "originNodeURI": {"title": "", "identifier": guid, "uri": ""},
            "destinationNodeURI": {"title": "", "identifier": above[number], "uri": ""},
            "lastChangeDateTime": "2020-01-01T00:00:00Z",
        }
        for number, guid in enumerate(guids)
    ]
    path = tmp_path / "deep.json"
    path.write_text(json.dumps(value))
    assert import_case(path, district=district, actor=None).applied is applied
    assert Standard.objects.filter(district=district).count() == (levels if applied else 0)

"""The console takes an import back with the words and exit codes that imports share."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from crediting.actions.import_standards import import_case
from crediting.models import Framework, Standard
from tests.factories.core import make_district
from tests.factories.standards import EXCERPT, adopt

pytestmark = pytest.mark.django_db


def undo(run: str, *options: str) -> tuple[str, int]:
    out = StringIO()
    try:
        call_command("undo_import", run, *options, stdout=out)
    except SystemExit as stop:
        return out.getvalue(), int(stop.code or 0)
    return out.getvalue(), 0


def test_a_dry_run_then_the_run_then_nothing_more() -> None:
    run = import_case(EXCERPT, district=make_district(), actor=None).run
    assert undo(run, "--dry-run") == (
        "Dry run. Nothing was written.\nwithdrawn: framework 1, standard 16, standardedge 46, standardword 107\n", 0,
    )  # fmt: skip
    assert Standard.objects.count() == 16
    out, code = undo(run, "--json")
    told = json.loads(out)
    assert (told["run"], told["applied"], told["withdrawn"]["standard"], code) == (run, True, 16, 0)
    assert not Framework.objects.exists()
    out, code = undo(run)
    assert ("UNDO_ALREADY" in out, code) == (True, 0)


def test_what_cannot_go_back_is_refused_with_a_reason() -> None:
    run = import_case(EXCERPT, district=make_district(), actor=None).run
    adopt(Framework.objects.get())
    out, code = undo(run)
    assert ("UNDO_REFUSED" in out, code) == (True, 1)


@pytest.mark.parametrize("name", ["not-an-id", "00000000-0000-4000-8000-000000000000"])
def test_an_unknown_run_is_a_usage_error(name: str) -> None:
    with pytest.raises(CommandError, match="no import with the id") as refused:
        call_command("undo_import", name)
    assert refused.value.returncode == 2

"""What a roster would do, in words: the same from a dry run and from the run itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from mbl.core.imports.differences import SHOWN
from mbl.core.models import District, ImportRun
from profiles.interchange.oneroster import import_oneroster
from profiles.interchange.student_facts import import_student_facts
from tests.factories.tables import content
from tests.profiles.interchange.conftest import Rewrite


def examples(run: str) -> dict[tuple[str, str], dict[str, Any]]:
    stored = ImportRun.objects.get(public_id=run).examples
    return {(one["model"].removeprefix("profiles."), one["change"]): one for one in stored}


def test_new_rows_are_counted_and_a_few_are_named(roster: Path, district: District) -> None:
    result = import_oneroster(roster, district=district, actor=None, dry_run=True)
    found = examples(result.run)
    assert {key: one["count"] for key, one in found.items()} == {
        ("School", "new"): 2, ("Person", "new"): 11, ("Student", "new"): 6, ("Course", "new"): 3,
        ("Section", "new"): 3, ("SectionEnrollment", "new"): 6, ("SectionTeacher", "new"): 3,
        ("RoleAssignment", "new"): 3, ("Relationship", "new"): 2,
    }  # fmt: skip
    assert found["School", "new"]["rows"] == [
        {"what": "Cedar Falls High School", "fields": {}}, {"what": "River Middle School", "fields": {}},
    ]  # fmt: skip
    assert len(found["Person", "new"]["rows"]) == SHOWN


def test_changes_say_from_what_to_what_and_the_run_tells_what_its_trial_told(
    roster: Path, district: District, rewrite: Rewrite
) -> None:
    import_oneroster(roster, district=district, actor=None)
    rewrite(
        "users",
        lambda text: text.replace("Mateo,", "Matteo,").replace("usr-s4,,,true,org-cfhs", "usr-s4,,,true,org-river"),
    )
    rewrite("users", lambda text: "".join(line for line in text.splitlines(keepends=True) if "usr-s5" not in line))
    rewrite(
        "enrollments", lambda text: "".join(line for line in text.splitlines(keepends=True) if "usr-s5" not in line)
    )
    before = content("profiles")
    trial = import_oneroster(roster, district=district, actor=None, dry_run=True)
    assert content("profiles") == before
    refused = import_oneroster(roster, district=district, actor=None)
    assert refused.refused
    run = import_oneroster(roster, district=district, actor=None, confirmed=True)
    found = examples(trial.run)
    assert found["Person", "changed"]["rows"] == [
        {"what": "Matteo Villanueva Ríos", "fields": {"given_name": ["Mateo", "Matteo"]}}
    ]
    assert found["Student", "changed"]["rows"] == [
        {"what": "Ifrah Warsame", "fields": {"school": ["Cedar Falls High School", "River Middle School"]}}
    ]
    assert [row["what"] for row in found["Person", "gone"]["rows"]] == ["Tyler Novak"]
    assert examples(run.run) == found == examples(refused.run)


def test_the_number_of_queries_does_not_grow_with_the_rows(roster: Path, district: District, tmp_path: Path) -> None:
    import_oneroster(roster, district=district, actor=None)
    file = tmp_path / "facts.csv"
    counts = []
    for rows in ("20001,2030\n", "20001,2031\n20002,2031\n20003,2031\n20004,2031\n"):
        file.write_text("local_id,graduation_year\n" + rows)
        with CaptureQueriesContext(connection) as queries:
            import_student_facts(file, district=district, actor=None, dry_run=True)
        counts.append(sum("unnest(c.ids" in query["sql"] for query in queries.captured_queries))
    assert counts[0] == counts[1]

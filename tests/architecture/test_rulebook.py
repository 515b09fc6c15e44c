"""The list of rules, and how marks on tests are joined to it."""

import textwrap
from pathlib import Path

import pytest

from mbl.core import rulebook
from mbl.core.rulebook import State

ROOT = Path(__file__).resolve().parents[2]
RULES = rulebook.read_rules(ROOT / "docs" / "rules.toml")


def numbers(letter: str, last: int) -> list[str]:
    return [f"{letter}{number}" for number in range(1, last + 1)]


def test_the_list_holds_every_rule_once_in_order() -> None:
    law = numbers("R", 85)
    law[10:10] = ["R10a", "R10b"]

    assert list(RULES) == [*law, *numbers("T", 74), *numbers("EC", 26)]


def test_every_rule_is_one_sentence_that_fits_a_table() -> None:
    for rule, text in RULES.items():
        assert text.endswith("."), rule
        assert "|" not in text, rule
        assert 30 < len(text) < 220, rule


def test_every_mark_of_this_project_names_a_known_rule_and_counts() -> None:
    assert rulebook.problems(RULES, rulebook.read_marks(ROOT / "tests")) == []


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A folder ``tests`` to put modules into."""
    (tmp_path / "tests").mkdir()
    return tmp_path / "tests"


def write(suite: Path, path: str, source: str) -> None:
    target = suite / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("import pytest\n" + textwrap.dedent(source))


def test_a_mark_joins_its_test_to_its_rules(suite: Path) -> None:
    write(
        suite,
        "crediting/rules/test_credit.py",
        """
        @pytest.mark.rule("R1", "R7")
        def test_no_policy_no_award(): ...

        @pytest.mark.rule("R7", partial=True)
        @pytest.mark.parametrize("day", [1])
        def test_first_day_counts(day): ...

        @pytest.mark.rule("R3", partial=True)
        def test_overlap_is_refused(): ...

        def test_without_a_mark(): ...
        """,
    )

    rows = rulebook.join({"R1": "One.", "R3": "Three.", "R5": "Five.", "R7": "Seven."}, rulebook.read_marks(suite))

    module = "tests/crediting/rules/test_credit.py"
    assert [(row.id, row.whole, row.parts, row.state) for row in rows] == [
        ("R1", (f"{module}::test_no_policy_no_award",), (), State.PROVEN),
        ("R3", (), (f"{module}::test_overlap_is_refused",), State.PARTIAL),
        ("R5", (), (), State.NOT_YET),
        ("R7", (f"{module}::test_no_policy_no_award",), (f"{module}::test_first_day_counts",), State.PROVEN),
    ]


def test_marks_on_class_module_and_single_cases_count(suite: Path) -> None:
    write(
        suite,
        "crediting/actions/test_award.py",
        """
        pytestmark = [pytest.mark.django_db, pytest.mark.rule("R2")]

        class TestAward:
            pytestmark = pytest.mark.rule("R4")

            @pytest.mark.parametrize("case", [pytest.param(1, marks=pytest.mark.rule("EC1"))])
            def test_cases(self, case): ...
        """,
    )

    marks = rulebook.read_marks(suite)

    assert [(mark.ids, mark.test) for mark in marks] == [
        (("R2",), "TestAward::test_cases"),
        (("R4",), "TestAward::test_cases"),
        (("EC1",), "TestAward::test_cases"),
    ]


@pytest.mark.parametrize("off", ['skip(reason="later")', "xfail"])
def test_a_test_that_never_runs_proves_nothing(suite: Path, off: str) -> None:
    write(
        suite,
        "crediting/rules/test_credit.py",
        f"""
        @pytest.mark.rule("R1")
        @pytest.mark.{off}
        def test_someday(): ...
        """,
    )

    assert rulebook.read_marks(suite) == []


def test_a_mark_on_a_picture_of_a_page_does_not_count_and_is_named(suite: Path) -> None:
    write(
        suite,
        "browser/test_look.py",
        """
        @pytest.mark.rule("R84")
        def test_looks_fine(): ...
        """,
    )
    marks = rulebook.read_marks(suite)

    assert rulebook.join({"R84": "Accessible."}, marks)[0].state == State.NOT_YET
    assert rulebook.problems({"R84": "Accessible."}, marks) == [
        "tests/browser/test_look.py:4 test_looks_fine: a mark counts only on a test of a rule, an action or a route. "
        "Move it there."
    ]


@pytest.mark.parametrize("path", ["crediting/policy/test_actions.py", "core/test_audit.py", "access/test_gate.py"])
def test_a_mark_counts_by_folder_or_by_the_name_of_its_file(suite: Path, path: str) -> None:
    write(
        suite,
        path,
        """
        @pytest.mark.rule("R3")
        def test_it_holds(): ...
        """,
    )

    assert rulebook.join({"R3": "Three."}, rulebook.read_marks(suite))[0].state == State.PROVEN


def test_a_mark_for_an_unknown_rule_is_named(suite: Path) -> None:
    write(
        suite,
        "crediting/rules/test_credit.py",
        """
        @pytest.mark.rule("R999")
        def test_invented(): ...
        """,
    )

    assert rulebook.problems({"R1": "One."}, rulebook.read_marks(suite)) == [
        "tests/crediting/rules/test_credit.py:4 test_invented: no rule is called R999. See docs/rules.toml."
    ]


def test_the_page_counts_and_lists(suite: Path) -> None:
    write(
        suite,
        "journeys/test_story.py",
        """
        @pytest.mark.rule("R1")
        def test_story(): ...
        """,
    )

    page = rulebook.page(rulebook.join({"R1": "One.", "R2": "Two."}, rulebook.read_marks(suite)))

    assert "2 rules: 1 proven, 0 partial, 1 not yet." in page
    assert page.splitlines()[-2:] == [
        "| R1 | One. | `tests/journeys/test_story.py::test_story` | proven |",
        "| R2 | Two. |  | not yet |",
    ]

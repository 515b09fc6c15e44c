"""Which test proves which rule: joins a list of rules with the marks on tests. Reads source, imports no test.

A test says what it proves with ``@pytest.mark.rule("R7", "EC21")``, or with ``partial=True`` when it proves a part. The
mark may stand on the function, its class, its module (``pytestmark``) or one ``pytest.param``.
"""

from __future__ import annotations

import ast
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

# A mark counts on a test of a rule, an action or a route: by the folder the test lies in. Not on looks, not on parts.
COUNTING = frozenset(
    {
        "access",
        "actions",
        "api",
        "documents",
        "interchange",
        "jobs",
        "journeys",
        "queries",
        "reports",
        "rules",
        "views",
    }
)
# A test that is skipped or expected to fail proves nothing; one skipped under a condition still may.
NEVER_RUNS = ("skip", "xfail")


class State(StrEnum):
    PROVEN = "proven"
    PARTIAL = "partial"
    NOT_YET = "not yet"


@dataclass(frozen=True)
class Mark:
    """One mark: the rules it names and the test that carries it. ``line`` is for messages."""

    ids: tuple[str, ...]
    partial: bool
    path: str
    test: str
    line: int

    @property
    def counts(self) -> bool:
        path = Path(self.path)
        in_core = path.parts[:-1] == ("tests", "core")
        return in_core or not COUNTING.isdisjoint({*path.parts[:-1], path.stem.removeprefix("test_")})

    def __str__(self) -> str:
        return f"{self.path}::{self.test}"


@dataclass(frozen=True)
class Row:
    """One rule with its text and the tests that prove it, wholly or in part."""

    id: str
    text: str
    whole: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def state(self) -> State:
        if self.whole:
            return State.PROVEN
        return State.PARTIAL if self.parts else State.NOT_YET


def read_rules(path: Path) -> dict[str, str]:
    """Every rule id with its text, in the order of the file; an id twice is an error."""
    rules: dict[str, str] = {}
    for group in tomllib.loads(path.read_text(encoding="utf-8")).values():
        if twice := rules.keys() & group.keys():
            raise ValueError(f"{path} lists {', '.join(sorted(twice))} twice.")
        rules |= group
    return rules


def read_marks(tests: Path) -> list[Mark]:
    """Every mark under the folder ``tests``, by path and line."""
    marks: list[Mark] = []
    for path in sorted(tests.rglob("test_*.py")):
        name = path.relative_to(tests.parent).as_posix()
        marks += _marks_of_module(ast.parse(path.read_text(encoding="utf-8"), filename=name), name)
    return marks


def join(rules: Mapping[str, str], marks: Iterable[Mark]) -> list[Row]:
    """One row a rule. Marks that do not count or name no known rule are left out; ``problems`` tells of them."""
    whole: dict[str, list[str]] = defaultdict(list)
    parts: dict[str, list[str]] = defaultdict(list)
    for mark in marks:
        if mark.counts:
            for rule in mark.ids:
                (parts if mark.partial else whole)[rule].append(str(mark))
    return [Row(rule, text, _once(whole[rule]), _once(parts[rule])) for rule, text in rules.items()]


def problems(rules: Mapping[str, str], marks: Iterable[Mark]) -> list[str]:
    """Marks that prove nothing, each with what to do about it."""
    found = []
    for mark in marks:
        where = f"{mark.path}:{mark.line} {mark.test}"
        found += [f"{where}: no rule is called {rule}. See docs/rules.toml." for rule in mark.ids if rule not in rules]
        if not mark.counts:
            found.append(f"{where}: a mark counts only on a test of a rule, an action or a route. Move it there.")
    return found


def page(rows: list[Row]) -> str:
    """The page for people, whole."""
    count = {state: sum(row.state == state for row in rows) for state in State}
    lines = [
        "# Rules and the tests that prove them",
        "",
        "Written by `make rules` from `docs/rules.toml` and the marks on tests; `make check` fails when it is stale.",
        "",
        f"{len(rows)} rules: {count[State.PROVEN]} proven, {count[State.PARTIAL]} partial, "
        f"{count[State.NOT_YET]} not yet.",
        "",
        "| id | text | tests | state |",
        "| --- | --- | --- | --- |",
    ]
    for row in rows:
        tests = [f"`{test}`" for test in row.whole] + [f"`{test}` (part)" for test in row.parts]
        lines.append(f"| {row.id} | {row.text} | {'<br>'.join(tests)} | {row.state} |")
    return "\n".join(lines) + "\n"


def _once(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _marks_of_module(tree: ast.Module, path: str) -> Iterator[Mark]:
    shared = [value for node in tree.body for value in _pytestmark(node)]
    if _never_runs(shared):
        return
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            own = [*shared, *node.decorator_list, *(value for inner in node.body for value in _pytestmark(inner))]
            for inner in node.body:
                yield from _marks_of_test(inner, own, path, f"{node.name}::")
        else:
            yield from _marks_of_test(node, shared, path, "")


def _marks_of_test(node: ast.stmt, shared: list[ast.expr], path: str, prefix: str) -> Iterator[Mark]:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or not node.name.startswith("test"):
        return
    expressions = [*shared, *node.decorator_list]
    if _never_runs(expressions):
        return
    for expression in expressions:
        for call in _calls(expression, "rule"):
            ids = tuple(str(arg.value) for arg in call.args if isinstance(arg, ast.Constant))
            partial = any(
                keyword.arg == "partial" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
                for keyword in call.keywords
            )
            yield Mark(ids, partial, path, prefix + node.name, node.lineno)


def _pytestmark(node: ast.stmt) -> Iterator[ast.expr]:
    if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == "pytestmark" for to in node.targets):
        yield node.value


def _never_runs(expressions: list[ast.expr]) -> bool:
    return any(_is_mark(part, name) for expression in expressions for part in _plain(expression) for name in NEVER_RUNS)


def _plain(expression: ast.expr) -> list[ast.expr]:
    """The marks an expression applies to the whole test: itself, or the members of a list."""
    return expression.elts if isinstance(expression, ast.List | ast.Tuple) else [expression]


def _calls(expression: ast.expr, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(expression):
        if isinstance(node, ast.Call) and _is_mark(node, name):
            yield node


def _is_mark(node: ast.expr, name: str) -> bool:
    """Whether ``node`` is ``pytest.mark.<name>``, called or not."""
    target = node.func if isinstance(node, ast.Call) else node
    return (
        isinstance(target, ast.Attribute)
        and target.attr == name
        and isinstance(target.value, ast.Attribute)
        and target.value.attr == "mark"
    )

"""A YAML or JSON text as plain values that remember where they stood.

Read by YAML's composer alone: no tag makes an object, and only ``true``, ``false``, ``null``, numbers and text exist
(YAML 1.2's plain sense, so that a key ``on`` or a school code ``0123`` stays what was written). Anchors and aliases are
refused, so a small file cannot unfold into a large one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from mbl.core.decisions import Reason

# libyaml where PyYAML has it: the same events and marks, much sooner.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_CHARACTERS = 512 * 1024
MAX_DEPTH = 30

Path = tuple[str | int, ...]

_INTEGER = re.compile(r"[+-]?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[+-]?(0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, order=True)
class Problem:
    """One fault of a policy file. ``line`` and ``column`` count from 1; ``where`` is the path, ``rules[2].credit``."""

    line: int
    column: int
    where: str
    reason: Reason = field(compare=False)


class Unreadable(Exception):
    """The text cannot be read as a document at all."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason.code)
        self.problem = problem


@dataclass(frozen=True)
class Document:
    """``value`` holds dicts, lists, text, int, ``Decimal``, bool and None; ``marks`` says where each stood."""

    value: Any
    marks: dict[Path, tuple[int, int]]
    # Keys written twice, found while reading.
    problems: tuple[Problem, ...] = ()

    def problem(self, path: Path, code: str, /, **params: str | int | None) -> Problem:
        """A fault at ``path``, or at the nearest thing around it that was written."""
        known = path
        while known and known not in self.marks:
            known = known[:-1]
        line, column = self.marks.get(known, (1, 1))
        return Problem(line, column, where(path), Reason(code, params))


def where(path: Path) -> str:
    """``("rules", 2, "credit")`` as ``rules[3].credit``: places in lists count from 1, as people do."""
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def read(text: str) -> Document:
    """The document in ``text``; ``Unreadable`` with the place where it is not YAML, is too large or too deep."""
    if len(text) > MAX_CHARACTERS:
        raise _unreadable(1, 1, "file.too_large", limit=MAX_CHARACTERS // 1024)
    try:
        _refuse_aliases(text)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _unreadable(line, 1, "file.strange_character") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _unreadable(line, column, "file.not_yaml", problem=str(error.problem or error.context or "")) from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise _unreadable(1, 1, "file.not_yaml", problem="") from None
    if root is None:
        raise _unreadable(1, 1, "file.empty")
    marks: dict[Path, tuple[int, int]] = {}
    problems: list[Problem] = []
    value = _value(root, (), marks, problems)
    return Document(value, marks, tuple(problems))


def _refuse_aliases(text: str) -> None:
    """One pass over the events, before anything is built: anchors, aliases, tags, second documents, depth."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=_LOADER):
        mark = event.start_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _unreadable(line, column, "file.alias")
        if tag := getattr(event, "tag", None):
            raise _unreadable(line, column, "file.tag", tag=str(tag))
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _unreadable(line, column, "file.second_document")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _unreadable(line, column, "file.too_deep", limit=MAX_DEPTH)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _unreadable(line: int, column: int, code: str, **params: str | int) -> Unreadable:
    return Unreadable(Problem(line, column, "", Reason(code, params)))


def _value(node: yaml.Node, path: Path, marks: dict[Path, tuple[int, int]], problems: list[Problem]) -> Any:
    marks[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            if not isinstance(key_node, yaml.ScalarNode):
                problems.append(Problem(line, column, where(path), Reason("file.key_not_text")))
                continue
            key = key_node.value
            if key in mapping:
                problems.append(Problem(line, column, where((*path, key)), Reason("file.key_twice", {"key": key})))
                continue
            mapping[key] = _value(value_node, (*path, key), marks, problems)
            if isinstance(value_node, yaml.ScalarNode):
                # People look for the key; a faulty list or mapping is best shown where it begins.
                marks[(*path, key)] = (value_node.start_mark.line + 1, value_node.start_mark.column + 1)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, index), marks, problems) for index, item in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    text: str = node.value
    if not isinstance(node, yaml.ScalarNode) or node.style:
        return text  # quoted and block text is text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    return text


def plain(value: Any) -> Any:
    """The value as JSON can hold it: decimals as text."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return str(value) if isinstance(value, Decimal) else value


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value with its path, outermost first."""
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from walk(inner, (*path, index))

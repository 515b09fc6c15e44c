"""A policy as YAML text: a whole document, or a text with single parts replaced and the rest as people wrote it.

What is written here is read back by ``document`` as the same values: numbers stay numbers, and text that looks like one
is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import yaml

from crediting.rules.policy import document
from crediting.rules.policy.schema import SCHEMA

_ORDER = list(SCHEMA["properties"])


class _Writer(yaml.SafeDumper):
    """YAML's plain sense, as ``document`` reads it; lists stand in from their key."""

    yaml_implicit_resolvers: dict[str, Any] = {}

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(writer: yaml.SafeDumper, text: str) -> yaml.Node:
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _decimal(writer: yaml.SafeDumper, number: Decimal) -> yaml.Node:
    text = f"{number:f}"
    return writer.represent_scalar(f"tag:yaml.org,2002:{'float' if '.' in text else 'int'}", text)


_Writer.add_representer(str, _text)
_Writer.add_representer(Decimal, _decimal)
for _kind, _looks in (
    ("int", r"[+-]?(0|[1-9][0-9]*)"),
    ("float", r"[+-]?(0|[1-9][0-9]*)\.[0-9]+"),
    ("bool", "true|false"),
    ("null", "null|~|"),
):
    _Writer.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(f"^(?:{_looks})$"), None)


def text_of(value: Mapping[str, Any]) -> str:
    """The whole document."""
    written: str = yaml.dump(dict(value), Dumper=_Writer, sort_keys=False, allow_unicode=True, width=110)
    return written


def with_parts(source: str, parts: Mapping[str, Any]) -> str:
    """``source`` with these top-level parts as given; None takes a part out. Other lines and comments stay.

    A text in braces (JSON) is written anew, as is one whose keys do not stand at the beginning of a line.
    """
    for key, value in parts.items():
        source = _with_part(source, key, value)
    return source


def _with_part(source: str, key: str, value: Any) -> str:
    lines = source.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    starts = _starts(source)
    new = text_of({key: value}).splitlines(keepends=True) if value is not None else []
    if starts is None:
        return text_of(_whole(source, key, value))
    if key in starts:
        first = starts[key]
        return "".join([*lines[:first], *new, *lines[_end(lines, first, starts) :]])
    place = _place(key)
    later = [line for other, line in starts.items() if _place(other) > place]
    at = _above(lines, min(later)) if later else len(lines)
    return "".join([*lines[:at], *new, *lines[at:]])


def _starts(source: str) -> dict[str, int] | None:
    """The line, from 0, on which each top-level key stands; None where the text is not written in lines."""
    root = yaml.compose(source, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        return None
    if any(name.start_mark.column for name, _value in root.value):
        return None
    return {name.value: name.start_mark.line for name, _value in root.value}


def _end(lines: list[str], first: int, starts: Mapping[str, int]) -> int:
    """Where the part that begins on ``first`` ends; comments above the next key belong to that key."""
    after = min((line for line in starts.values() if line > first), default=len(lines))
    return max(_above(lines, after), first + 1)


def _above(lines: list[str], line: int) -> int:
    while line and (not lines[line - 1].strip() or lines[line - 1].startswith("#")):
        line -= 1
    return line


def _place(key: str) -> int:
    return _ORDER.index(key) if key in _ORDER else len(_ORDER)


def _whole(source: str, key: str, value: Any) -> dict[str, Any]:
    whole = dict(document.read(source).value) | {key: value}
    ordered = sorted(whole.items(), key=lambda item: _place(item[0]))
    return {name: one for name, one in ordered if one is not None}

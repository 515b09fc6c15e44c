"""Read every stylesheet the way a browser would, and refuse what would go wrong silently."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import tinycss2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tinycss2.ast import Node

from mbl.core.staticfiles import IMPORT

# Physical directions break right-to-left pages; a logical property says the same for both.
PHYSICAL_WORD = re.compile(r"(^|-)(left|right)($|-)")
PHYSICAL_PROPERTIES = {
    "width": "inline-size",
    "height": "block-size",
    "min-width": "min-inline-size",
    "max-width": "max-inline-size",
    "min-height": "min-block-size",
    "max-height": "max-block-size",
    "top": "inset-block-start",
    "bottom": "inset-block-end",
}
LAYERS = ("tokens", "base", "layout", "ui", "pages", "print")
NESTING = {"media", "container", "supports"}


class Command(BaseCommand):
    help = "Check static/css: balanced blocks, layers, known tokens, logical properties, no colours outside tokens.css."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "static" / "css"
        problems = list(problems_in(folder))
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write(f"{len(list(folder.rglob('*.css')))} stylesheets are in order.")


def problems_in(folder: Path) -> Iterator[str]:
    """Each problem as "file:line: sentence"."""
    entry = (folder / "mbl.css").read_text(encoding="utf-8")
    imported = {match[1]: match[2] for match in IMPORT.finditer(entry)}
    files = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*.css"))}
    yield from (f"mbl.css: {name} is imported and does not exist." for name in imported.keys() - files.keys())
    yield from (f"{name}: mbl.css does not import it." for name in files.keys() - imported.keys() - {"mbl.css"})
    yield from (
        f"mbl.css: {name} is in the unknown layer {layer}." for name, layer in imported.items() if layer not in LAYERS
    )
    texts = {name: path.read_text(encoding="utf-8") for name, path in files.items() if name != "mbl.css"}
    defined = {name for text in texts.values() for name in re.findall(r"(--[\w-]+)\s*:", text)}
    for name, text in texts.items():
        yield from _problems_of(name, text, defined)


def _problems_of(name: str, text: str, defined: set[str]) -> Iterator[str]:
    if text.count("{") != text.count("}"):
        yield f"{name}: a block is not closed, and every rule after it would be lost."
    for token in sorted(set(re.findall(r"var\((--[\w-]+)", text)) - defined):
        yield f"{name}: there is no token {token}."
    rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    yield from _problems_of_rules(name, rules)


def _problems_of_rules(name: str, rules: Iterable[Node]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "error":
            yield f"{name}:{rule.source_line}: {rule.message}"
        elif rule.type == "at-rule" and rule.lower_at_keyword == "layer":
            yield f"{name}:{rule.source_line}: layers are given in mbl.css, where the file is imported."
        elif rule.type == "at-rule" and rule.lower_at_keyword in NESTING and rule.content is not None:
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            yield from _problems_of_rules(name, inner)
        elif rule.type == "qualified-rule":
            yield from _problems_of_declarations(name, rule)


def _problems_of_declarations(name: str, rule: Node) -> Iterator[str]:
    for item in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
        if item.type == "error":
            yield f"{name}:{item.source_line}: {item.message}"
        elif item.type == "qualified-rule":
            yield f"{name}:{item.source_line}: a rule inside a rule; a brace is missing above it."
        elif item.type == "declaration":
            yield from _problems_of_declaration(name, item)


def _problems_of_declaration(name: str, item: Node) -> Iterator[str]:
    where = f"{name}:{item.source_line}"
    if PHYSICAL_WORD.search(item.lower_name):
        yield f"{where}: {item.name} is physical; write the logical property."
    elif item.lower_name in PHYSICAL_PROPERTIES:
        yield f"{where}: {item.name} is physical; write {PHYSICAL_PROPERTIES[item.lower_name]}."
    for token in _tokens(item.value):
        if token.type == "ident" and token.lower_value in {"left", "right"}:
            yield f"{where}: the value {token.value} is physical; write start or end."
        elif token.type == "hash" and name != "tokens.css" and token.value.upper() != "FFFFFF":
            yield f"{where}: the colour #{token.value} has no name; use one of tokens.css."
        elif token.type in {"url", "string"} and token.value.startswith("data:"):
            yield f"{where}: the content security policy blocks data: addresses."


def _tokens(values: Iterable[Node]) -> Iterator[Node]:
    for value in values:
        yield value
        inner = getattr(value, "arguments", None) or getattr(value, "content", None)
        if isinstance(inner, list):
            yield from _tokens(inner)

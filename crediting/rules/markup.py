"""Statements of publishers as HTML: a little Markdown, a few tags without attributes, everything else as it is written.

A statement is text from a stranger. Everything is escaped first; only what is named here becomes markup afterwards, so
there is no tag, attribute or address that a statement could bring in. LaTeX stays text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

_TAGS = "sup|sub|b|i|em|strong|u"
# Around no other escaped tag, so the innermost ones come first.
_TAG = re.compile(rf"&lt;({_TAGS})&gt;((?:(?!&lt;).){{1,2000}}?)&lt;/\1&gt;")
_BREAK = re.compile(r"&lt;br ?/?&gt;")
_CODE = re.compile(r"`([^`\n<>]{1,500})`")
_STRONG = re.compile(r"(?<![\w*])\*\*(?=\S)([^*\n<>]{1,1000}?)(?<=\S)\*\*(?![\w*])")
_EMPHASIS = re.compile(r"(?<![\w*_])([*_])(?=\S)([^*_\n<>]{1,1000}?)(?<=\S)\1(?![\w*_])")
_BULLET = re.compile(r"\s{0,3}[-*•] +(.*)")
_RULE = re.compile(r"\|?[\s:|-]*-[\s:|-]*\|?")
_ANY_TAG = re.compile(rf"</?(?:{_TAGS})>|<br ?/?>")
_MARKS = re.compile(r"\*\*|(?<!\w)[*_`](?=\w)|(?<=\w)[*_`](?!\w)")


def html_of(text: str) -> str:
    """Safe HTML: paragraphs, lists, tables, emphasis, sub- and superscript."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "".join(_block(block) for block in _blocks(lines))


def plain_of(text: str) -> str:
    """One line of plain text for lists, without the marks that ``html_of`` reads."""
    return " ".join(_MARKS.sub("", _ANY_TAG.sub("", text)).split())


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    block: list[str] = []
    for line in lines:
        if line.strip():
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _block(lines: Sequence[str]) -> str:
    bullets = [_BULLET.fullmatch(line) for line in lines]
    if all(bullets):
        return f"<ul>{''.join(f'<li>{_inline(found[1])}</li>' for found in bullets if found)}</ul>"
    if len(lines) > 1 and "|" in lines[0] and "|" in lines[1] and _RULE.fullmatch(lines[1].strip()):
        return _table(lines)
    return f"<p>{'<br>'.join(map(_inline, lines))}</p>"


def _table(lines: Sequence[str]) -> str:
    head = "".join(f'<th scope="col">{_inline(cell)}</th>' for cell in _cells(lines[0]))
    rows = ("".join(f"<td>{_inline(cell)}</td>" for cell in _cells(line)) for line in lines[2:])
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def _inline(text: str) -> str:
    found = html.escape(text.strip(), quote=True)
    for _depth in range(3):
        found = _TAG.sub(r"<\1>\2</\1>", found)
    found = _BREAK.sub("<br>", found)
    found = _CODE.sub(r"<code>\1</code>", found)
    found = _STRONG.sub(r"<strong>\1</strong>", found)
    return _EMPHASIS.sub(r"<em>\2</em>", found)

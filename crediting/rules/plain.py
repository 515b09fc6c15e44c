"""Statements of standards as plain text. Publishers write them in HTML, MathML or Markdown, and some of them badly.

What comes out is text and nothing more: whoever prints it still escapes it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field

# A text without any of these is printed as it is.
_MARKED = re.compile(r"[<&*_`\[|]")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<!DOCTYPE[^<>]*>|<\?[^<>]*>", re.DOTALL | re.IGNORECASE)
# A tag of one letter needs proper attributes, so that "a<b and c>d" stays.
_TAG = re.compile(
    r"<(?P<close>/?)(?:m:|mml:)?(?P<name>annotation-xml|[a-z][a-z0-9]*)"
    r"(?P<attributes>(?:[\s/]+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+))*|(?<=[a-z0-9]{2})[\s/][^<>]*)\s*/?>",
    re.IGNORECASE,
)
_ALT = re.compile(r"\balt\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DROPPED = _names(
    "script style template iframe object noscript svg head title textarea select annotation annotation-xml"
)
_VOID = _names("br hr img input wbr mspace embed source link meta col")
_BLOCKS = _names(
    "p div br hr li ul ol tr table h1 h2 h3 h4 h5 h6 blockquote pre section article dt dd dl thead tbody tfoot caption"
)
_MATH = _names(
    "math mrow mi mn mo ms mtext mspace msup msub msubsup mfrac msqrt mroot mfenced mstyle mpadded mover munder "
    "semantics mtable mtr mtd"
)
_INLINE = _names(
    "a abbr b bdi bdo big cite code del dfn em font form button i ins kbd label mark option q s samp small span strike "
    "strong sub sup td th tt u var colgroup html body"
)
_KNOWN = _DROPPED | _VOID | _BLOCKS | _MATH | _INLINE
_SUPERSCRIPT = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
_SUBSCRIPT = str.maketrans("0123456789+-−()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")
_MARKDOWN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*(?:\s\"[^\"]*\")?\)"), r"\1"),
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_])_(?=[^\s_])([^_\n]+?)(?<=\S)_(?![\w_])"), r"\1"),
    (re.compile(r"`([^`\n]+)`"), r"\1"),
    (re.compile(r"^[ \t]*\|?(?:[ \t]*:?-{3,}:?[ \t]*\|)+[ \t]*(?::?-{3,}:?)?[ \t]*$\n?", re.MULTILINE), ""),
)
_LONGEST, _DEEPEST = 20_000, 40


@dataclass
class _Node:
    name: str
    parts: list[_Node | str] = field(default_factory=list)


def plain_text(text: str) -> str:
    """``text`` without tags and marks: entities decoded, ``<sup>2</sup>`` as ²; line ends where a block ended."""
    text = text[:_LONGEST].replace("\r\n", "\n")
    if not _MARKED.search(text):
        return text.strip()
    for pattern, kept in _MARKDOWN:
        text = pattern.sub(kept, text)
    words = _words(_tree(_COMMENT.sub("", text)))
    lines = (" ".join(line.split()) for line in words.split("\n"))
    return "\n".join(line for line in lines if line)


def name_of(code: str, statement: str, *, most: int = 60) -> str:
    """What a sentence calls a standard: its code, or the beginning of what it says."""
    return code or " ".join(plain_text(statement).split())[:most]


def _tree(text: str) -> _Node:
    root = _Node("")
    stack, at = [root], 0
    for tag in _TAG.finditer(text):
        name = tag["name"].lower()
        if name not in _KNOWN:
            continue
        stack[-1].parts.append(html.unescape(text[at : tag.start()]))
        at = tag.end()
        if tag["close"]:
            depth = max((place for place, node in enumerate(stack) if node.name == name), default=0)
            if depth:
                del stack[depth:]
            continue
        node = _Node(name)
        if name == "img":
            alt = _ALT.search(tag["attributes"])
            node.parts.append(html.unescape((alt[1] or alt[2] or "") if alt else "") or "[…]")
        stack[-1].parts.append(node)
        if name not in _VOID and not tag[0].endswith("/>") and len(stack) < _DEEPEST:
            stack.append(node)
    stack[-1].parts.append(html.unescape(text[at:]))
    return root


def _words(node: _Node | str) -> str:
    if isinstance(node, str):
        return node
    if node.name in _DROPPED:
        return ""
    if print_ := _PRINTERS.get(node.name):
        return print_(node)
    inside = "".join(_fractions(node.parts))
    if node.name in _BLOCKS:
        return f"\n{inside}\n"
    return f" {inside} " if node.name in {"td", "th", "mtd"} else inside


def _fractions(parts: list[_Node | str]) -> list[str]:
    """Words of ``parts``; a raised part, a slash and a lowered part are one fraction."""
    found, place = [], 0
    while place < len(parts):
        three = parts[place : place + 3]
        match three:
            case [_Node(name="sup") as over, str(slash), _Node(name="sub") as under] if slash.strip() in {"/", "⁄"}:
                found.append(f"{_grouped(_inside(over))}/{_grouped(_inside(under))}")
                place += 3
            case _:
                found.append(_words(parts[place]))
                place += 1
    return found


def _inside(node: _Node) -> str:
    return "".join(_fractions(node.parts)).strip()


def _children(node: _Node) -> list[str]:
    """What stands in each element of a MathML node, without the blanks between them."""
    return [word for part in node.parts if (word := _words(part).strip())]


def _grouped(words: str) -> str:
    return words if words.isalnum() or re.fullmatch(r"\d+\.\d+", words) else f"({words})"


def _raised(words: str) -> str:
    if not any(ch.isalnum() for ch in words) or words in {"st", "nd", "rd", "th"}:
        return words
    raised = words.translate(_SUPERSCRIPT)
    return raised if not any(ch.isascii() and not ch.isspace() for ch in raised) else f"^{_grouped(words)}"


def _lowered(words: str) -> str:
    lowered = words.translate(_SUBSCRIPT)
    return lowered if not any(ch.isascii() and not ch.isspace() for ch in lowered) else f"_{_grouped(words)}"


def _scripts(node: _Node, *marks: Callable[[str], str]) -> str:
    base, *scripts = _children(node) or [""]
    return base + "".join(mark(words) for mark, words in zip(marks, scripts, strict=False))


def _fraction(node: _Node) -> str:
    return "/".join(_grouped(words) for words in _children(node))


def _root(node: _Node) -> str:
    base, *index = _children(node) or [""]
    return f"{_raised(index[0]) if index else ''}√{_grouped(base)}"


_PRINTERS: dict[str, Callable[[_Node], str]] = {
    "sup": lambda node: _raised(_inside(node)),
    "sub": lambda node: _lowered(_inside(node)),
    "msup": lambda node: _scripts(node, _raised),
    "msub": lambda node: _scripts(node, _lowered),
    "msubsup": lambda node: _scripts(node, _lowered, _raised),
    "mfrac": _fraction,
    "msqrt": lambda node: f"√{_grouped(''.join(_children(node)))}",
    "mroot": _root,
    "mfenced": lambda node: f"({', '.join(_children(node))})",
    "math": lambda node: f" {''.join(_children(node))} ",
    "mrow": lambda node: "".join(_children(node)),
}

"""Codes, words and order of standards: what search compares, and in which order siblings stand."""

from __future__ import annotations

import re
import unicodedata

# Publishers' and sites' spellings of one code differ in case, separators and in how much of the family they name.
_FAMILY = re.compile(
    r"^(?:CCSS\.)?(?:MATH\.(?:CONTENT|PRACTICE)|ELA\.LITERACY|MATH|ELA)\.(?=.)|^CCSS\.(?=.)|^MATH\.(?:CONTENT|PRACTICE)\.(?=.)"
)
_SEPARATORS = re.compile(r"[^0-9A-Z]+")
_DIGITS = re.compile(r"(\d+)")
_LETTERS = re.compile(r"[a-z]{4,}")

# Two codes of the published Common Core identifier file that do not follow its own pattern (T73). The second is
# repaired by its position among its siblings.
_MALFORMED = {"HSN-VM.C9": "HSN-VM.C.9", "HSN-VM.B.a": "HSN-VM.B.5a"}


def repaired_code(code: str) -> str:
    """``code``, or its repaired form where it is one of the two known malformed ones, whatever family stands before."""
    for wrong, right in _MALFORMED.items():
        if code == wrong or code.endswith(f".{wrong}"):
            return code[: len(code) - len(wrong)] + right
    return code


def code_key(code: str) -> str:
    """The form in which codes are compared: upper case, one kind of separator, without the family's name.

    ``HSG.CO.A.1``, ``HSG-CO.A.1`` and ``CCSS.Math.Content.HSG-CO.A.1`` are one code.
    """
    unified = _SEPARATORS.sub(".", _plain(code).upper()).strip(".")
    return _FAMILY.sub("", unified)[:200]


def search_text(*parts: str) -> str:
    """Everything of ``parts`` in lower case without accents, one space between words."""
    return " ".join(_plain(" ".join(part for part in parts if part)).lower().split())


def search_words(text: str) -> list[str]:
    """The words of a query as ``search_text`` would write them; at most eight, without repeats."""
    return list(dict.fromkeys(search_text(text).split()))[:8]


def words_of(text: str) -> set[str]:
    """The words of a ``search_text`` that a misspelt word may be meant for: letters only, four or more."""
    return {word for word in _LETTERS.findall(text) if len(word) <= 60}


def link_title(code: str, short: str, statement: str) -> str:
    """What a standard is called where something points at it."""
    return code or short or statement[:1000]


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts ``A.2`` before ``A.10``, and an empty text last."""
    if not text:
        return ((2, 0, ""),)
    return tuple(
        (0, int(part), "") if part.isdecimal() and len(part) < 19 else (1, 0, part)
        for part in _DIGITS.split(text.upper())
        if part
    )


def _plain(text: str) -> str:
    """Compatibility forms and accents folded away."""
    if text.isascii():
        return text
    return "".join(ch for ch in unicodedata.normalize("NFKD", text) if not unicodedata.combining(ch))

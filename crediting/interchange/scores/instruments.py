"""Which test a file means, and what its levels are called: data, with the district's own names before it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).resolve().parents[2] / "data" / "instruments.toml"
_SIGNS = re.compile(r"[\W_]+")
# As long as a policy can write it.
_LONGEST = 40


@dataclass(frozen=True)
class Instrument:
    """``code`` is what policies name. A language test has a ``scale``, and ``skill`` where the row is of one skill.

    ``is_known`` is false where nobody has said which test the name means, so that its code is the name itself.
    """

    code: str
    title: str
    language: str = ""
    skill: str = ""
    scale: str = ""
    is_known: bool = True

    @property
    def has_skills(self) -> bool:
        return bool(self.scale)


def instrument_of(test: str, section: str = "", language: str = "", own: Mapping[str, str] | None = None) -> Instrument:
    """What ``test`` and ``section`` of a row name; ``own`` are the district's names."""
    title = " ".join(f"{test} {section}".split())[:120]
    named = {plain(name): str(code).casefold() for name, code in (own or {}).items()}
    code = named.get(plain(title)) or _codes().get(plain(title))
    if code:
        return Instrument(code, title)
    return _language_test(title.split(), language) or Instrument(slug(title), title, is_known=False)


def level_of(instrument: Instrument, text: str) -> str | None:
    """The level of a language test as policies name it; None where its scale has no such level."""
    return _scales()[instrument.scale].get(plain_level(text))


def number_of_grade(instrument: Instrument, text: str) -> int | None:
    """A grade in letters as a level, counted from the lowest that passes."""
    grades = _graded(instrument)
    return grades.index(text.upper()) + 1 if grades and text.upper() in grades else None


def score_is_level(instrument: Instrument) -> bool:
    """Whether the program's score is what a policy asks for as a level (AP 1-5, IB 1-7)."""
    return _graded(instrument) is not None


def skill_of(text: str) -> str:
    """The skill that a word means; empty where it means none."""
    return _skills().get(plain(text), "")


def skills() -> Sequence[str]:
    return list(_data()["skills"])


def has_no_result(text: str) -> bool:
    """Whether the cell says that there is no result, or none yet."""
    return not text or text.upper() in _data()["words"]["none"]


def is_met(text: str) -> bool | None:
    """Yes, no, or None for a word that is neither."""
    words = _data()["words"]
    said = plain(text)
    return True if said in map(plain, words["met"]) else False if said in map(plain, words["not_met"]) else None


def plain(text: str) -> str:
    """Names are compared without capitals, spaces and signs."""
    return _SIGNS.sub("", text).casefold()


def plain_level(text: str) -> str:
    """``6+`` is not ``6``, and ``Level 5`` is ``5``."""
    said = text.casefold().removeprefix("level")
    return plain(said) + ("+" if said.rstrip().endswith("+") else "")


def slug(text: str) -> str:
    return _SIGNS.sub("-", text).strip("-").casefold()[:_LONGEST].strip("-")


def _language_test(words: list[str], language: str) -> Instrument | None:
    """``STAMP 4S Spanish Reading``: the test by its longest name, then a language and a skill in either order."""
    for end in range(len(words), 0, -1):
        name = " ".join(words[:end])
        if (code := _languages().get(plain(name))) is not None:
            break
    else:
        return None
    known = _data()["languages"][code]
    rest, skill = _without_skill(words[end:])
    named = _language_names().get(plain(language or " ".join(rest)), "")
    title = " ".join([name, *([language] if language else rest)])[:120]
    spoken = named or slug(language) or known.get("language", "")
    return Instrument(code, title, spoken, skill or known.get("skill", ""), known["scale"])


def _without_skill(words: list[str]) -> tuple[list[str], str]:
    """The words without those that name a skill, and the skill."""
    for length in range(len(words), 0, -1):
        for begin in (0, len(words) - length):
            if skill := skill_of(" ".join(words[begin : begin + length])):
                return words[:begin] + words[begin + length :], skill
    return words, ""


def _graded(instrument: Instrument) -> list[str] | None:
    grades: dict[str, list[str]] = _data()["levels"]
    return grades.get(instrument.code.split("-")[0])


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(_DATA.read_text(encoding="utf-8"))


@cache
def _codes() -> dict[str, str]:
    return {plain(name): code for code, names in _data()["codes"].items() for name in (code, *names)}


@cache
def _languages() -> dict[str, str]:
    return {plain(name): code for code, one in _data()["languages"].items() for name in (code, *one["names"])}


@cache
def _language_names() -> dict[str, str]:
    return {plain(name): code for code, names in _data()["language_names"].items() for name in (code, *names)}


@cache
def _skills() -> dict[str, str]:
    return {plain(name): code for code, names in _data()["skills"].items() for name in (code, *names)}


@cache
def _scales() -> dict[str, dict[str, str]]:
    return {
        name: {plain_level(word): level[0] for level in levels for word in level}
        for name, levels in _data()["scales"].items()
    }

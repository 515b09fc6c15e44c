"""Languages of Tribes, in which only a tribal government certifies that somebody is proficient (R25).

Whatever a policy says, no other test and no judgement of a school stands for it. A certificate is an attestation,
result, paper or confirmed fact that the policy calls the Tribe's: its role or code has the word *tribe* or *tribal*
(``tribal_government``, ``tribal-certificate``). One elder or member speaks for no government.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from crediting.rules.facts import RequestFacts

RULE = "R25"
# The code under which a test file brings what a tribal government certified.
CERTIFICATE = "tribal-certificate"
WORLD_LANGUAGES = "world_languages"
CODE_LENGTH = 3
_DATA = Path(__file__).resolve().parent.parent / "data" / "tribal-languages.toml"
_OF_A_TRIBE = frozenset({"tribe", "tribes", "tribal"})
_ONE_OF_IT = frozenset({"elder", "elders", "member", "members"})


@dataclass(frozen=True)
class Register:
    """``names`` maps each way to write a language, plain, to the name that people read."""

    citation: str
    read_on: str
    names: Mapping[str, str]
    # Ways to write one that are no name of a place and no code, so that a course's title means the language.
    in_titles: tuple[str, ...]


@cache
def register() -> Register:
    """The languages that the product knows, read once."""
    data: dict[str, Any] = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    names = {_plain(way): ways[0] for code, ways in data["languages"].items() for way in (code, *ways)}
    places = {_plain(place) for place in data["places"]}
    in_titles = tuple(way for way in names if len(way) > CODE_LENGTH and way not in places)
    return Register(data["citation"], data["read_on"], names, in_titles)


@lru_cache(maxsize=1024)
def language_of(name: str) -> str:
    """The language of a Tribe that is called ``name`` or has it for a code; empty where it is none."""
    return register().names.get(_plain(name), "") if name else ""


@lru_cache(maxsize=4096)
def named_in(title: str) -> str:
    """The language of a Tribe that a course's title names, such as ``Lushootseed 2``; empty where it names none."""
    words = f" {_plain(title)} "
    return next((register().names[way] for way in register().in_titles if f" {way} " in words), "")


def is_certificate(code: str) -> bool:
    """Whether a result, paper or fact of this code, or the word of this role, is a tribal government's certificate."""
    words = frozenset(re.split(r"[^a-z]+", code.lower()))
    return bool(words & _OF_A_TRIBE) and not words & _ONE_OF_IT


def is_certified(facts: RequestFacts, language: str) -> bool:
    """Whether a tribal government certified it; ``language`` as ``language_of`` names it."""
    return (
        any(is_certificate(one.role) for one in facts.attestations)
        or any(map(is_certificate, facts.papers))
        or any(is_certificate(name) and value is not False for name, value in facts.confirmed.items())
        or any(
            is_certificate(one.instrument)
            and one.met is not False
            and (not one.language or language_of(one.language) == language)
            and (facts.demonstrated_on is None or one.taken_on <= facts.demonstrated_on)
            for one in facts.results
        )
    )


def _plain(name: str) -> str:
    """Small letters and figures with one space between words: ``S'Klallam`` and ``sklallam`` are one."""
    letters = (one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
    kept = (one if one.isalnum() else " " if one in " -_/,():." else "" for one in letters)
    return " ".join("".join(kept).casefold().split())

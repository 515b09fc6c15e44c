"""The sentences and words of crediting, in the reader's language, in a file for each subject.

``sentence(reason)`` is what pages print: it also turns dates, roles, methods and levels inside a reason into words.
Everything registered in these files can be read without it, with codes in place of those words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crediting.words import decisions, engine, moderation, records, requests, transfer
from crediting.words.grades import conversion_words
from crediting.words.mastery import aggregation_words, level_word, skills_words
from crediting.words.methods import kind_word, method_word
from crediting.words.parameters import any_of, day, in_words, value_word
from crediting.words.procedures import proposal_field_word
from crediting.words.projects import project_field_word
from crediting.words.standards import change_word, link_word, subject_word, subjects_word
from crediting.words.transfer import waiver_word
from crediting.words.witnesses import witness_word
from mbl.core.decisions import Reason
from mbl.core.words import say

__all__ = [
    "Said",
    "aggregation_words",
    "any_of",
    "change_word",
    "conversion_words",
    "day",
    "decisions",
    "engine",
    "in_words",
    "kind_word",
    "level_word",
    "link_word",
    "method_word",
    "moderation",
    "project_field_word",
    "proposal_field_word",
    "records",
    "requests",
    "said",
    "sentence",
    "skills_words",
    "stored_sentence",
    "subject_word",
    "subjects_word",
    "transfer",
    "value_word",
    "waiver_word",
    "witness_word",
]


_BLANK_END = re.compile(r"\s*\.(\s+\.)+|\s+\.(?=\s|$)")


def sentence(reason: Reason, courses: Mapping[str, str] | None = None) -> str:
    """The reason in the reader's language, with its dates, roles, methods, kinds and levels in words.

    A reason about a choice names its parts, one after the other. ``courses``: titles by code, where they are known.
    """
    params = in_words(reason.params, courses)
    if reason.parts:
        params["parts"] = "; ".join(sentence(part, courses).rstrip(".") for part in _parts(reason)) + "."
    # What a sentence leaves blank at its end leaves no space and no second full stop.
    return _BLANK_END.sub(".", say(reason.code, params)).strip()


# What holds and disqualifies: it is so, and nothing asks for it.
_EXCLUDED = {"fact.so": "fact.excluded", "earned.enough": "earned.excluded", "total.so": "total.excluded"}


def _parts(reason: Reason) -> tuple[Reason, ...]:
    if reason.code != "group.none_of_failed":
        return reason.parts
    return tuple(Reason(_EXCLUDED.get(part.code, part.code), part.params, parts=part.parts) for part in reason.parts)


@dataclass(frozen=True)
class Said:
    """A sentence, and below it the sentences of its parts: for nested lists."""

    text: str
    parts: tuple[Said, ...] = ()


def said(reason: Reason, courses: Mapping[str, str] | None = None) -> Said:
    """The reason as a sentence over its parts, where ``sentence`` names them one after the other.

    ``courses`` as there.
    """
    text = say(reason.code, in_words(reason.params, courses) | ({"parts": ""} if reason.parts else {}))
    return Said(text.strip(), tuple(said(part, courses) for part in _parts(reason)))


def stored_sentence(stored: Mapping[str, Any]) -> str:
    """A reason that was kept as JSON, in the reader's language; empty where none was kept."""
    return sentence(Reason(stored["code"], stored["params"])) if stored else ""

"""From the text of a policy file to ``PolicyTerms``, or to every fault it has with line and column.

Three passes: can it be read (``document``), has it the published shape (``schema``), and do its parts agree
(``agreement``). Nothing is guessed and nothing is filled in (R6).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import get_close_matches
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from crediting.rules.policy import build, document
from crediting.rules.policy.agreement import disagreements, holes
from crediting.rules.policy.document import Document, Path, Problem, Unreadable
from crediting.rules.policy.marks import LETTER_MARKS, OTHER_MARKS
from crediting.rules.policy.schema import DATE, SCHEMA, SCHEMA_NAME, TIME
from crediting.rules.policy.terms import PolicyTerms
from crediting.rules.policy.uncertified import uncertified

_VALIDATOR = Draft202012Validator(SCHEMA)
# Said of a file as a note with its line; it keeps the version from being published (``readiness.TRIBAL``).
WITHOUT_CERTIFICATE = "ready.rule_tribal.missing"
MAX_PROBLEMS = 100
# Of a file that is wrong throughout, enough to have its first lines; finding a name that is near costs time each.
MAX_FOUND = 10 * MAX_PROBLEMS


@dataclass(frozen=True)
class PolicyFile:
    """A policy file that can be read. ``document`` is its content as JSON can hold it; ``sha256`` is of ``source``.

    ``warnings`` say where it may not mean what was meant; they stop nothing.
    """

    terms: PolicyTerms
    document: dict[str, Any]
    source: str
    sha256: str
    warnings: tuple[Problem, ...] = ()


def parse(text: str) -> PolicyFile | list[Problem]:
    """The policy in ``text``, or its faults in the order of their lines (at most ``MAX_PROBLEMS``)."""
    try:
        read = document.read(text)
    except Unreadable as unreadable:
        return [unreadable.problem]
    if not isinstance(read.value, dict):
        return [read.problem((), "file.not_a_policy")]
    if (name := read.value.get("schema")) == "mbl-cases/1":
        return [read.problem(("schema",), "file.cases_for_policy")]
    if name != SCHEMA_NAME:
        return [read.problem(("schema",), "file.unknown_schema", schema=str(name or ""), known=SCHEMA_NAME)]
    problems = [*read.problems, *islice(shape_problems(read, _VALIDATOR), MAX_FOUND)]
    if len(problems) < MAX_FOUND and all(problem.where.startswith(_ALONE) for problem in problems):
        # Two faults of one place are told once, and its shape comes first.
        problems += disagreements(read, faulty=entries(problems))
    if problems:
        return sorted(dict.fromkeys(problems))[:MAX_PROBLEMS]
    terms = build.terms(read.value)
    return PolicyFile(
        terms=terms,
        document=document.plain(read.value),
        source=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        warnings=tuple(sorted([*holes(read), *_without_certificate(read, terms)])),
    )


def _without_certificate(read: Document, terms: PolicyTerms) -> Iterator[Problem]:
    """Rules in a language of Tribes by which something else than the tribal government's word would count (R25)."""
    for place, language in uncertified(terms):
        yield read.problem(("rules", place), WITHOUT_CERTIFICATE, rule=terms.rules[place].code, language=language)


# Where a wrong shape leaves the rest of the file to be looked at: nothing else refers to what stands there.
_ALONE = ("rules[", "caps[", "adopted.", "effective.", "equity.", "title", "text", "notify", "appeal")


def entries(problems: Iterable[Problem]) -> frozenset[str]:
    """The entries of lists that the faults stand in, as ``rules[2]``."""
    return frozenset(f"{problem.where.split(']')[0]}]" for problem in problems if "[" in problem.where.split(".")[0])


# --- Shape ------------------------------------------------------------------------------------------------------------


def shape_problems(read: Document, validator: Draft202012Validator) -> Iterator[Problem]:
    """Where the document is not of the validator's shape, each place with its sentence."""
    for error in validator.iter_errors(read.value):
        yield from _said(read, error)


def _said(read: Document, error: ValidationError) -> Iterator[Problem]:
    """The validator's finding as a sentence for the person who wrote the file."""
    path: Path = tuple(error.absolute_path)
    key = str(path[-1]) if path and isinstance(path[-1], str) else document.where(path)
    wrong: Any = error.instance
    asked: Any = error.validator_value
    schema: Any = error.schema
    match error.validator:
        case "required":
            names = [name for name in asked if name not in wrong]
            code = "shape.missing" if len(names) == 1 else "shape.missing_several"
            yield read.problem(path, code, key=", ".join(names))
        case "additionalProperties":
            known = list(schema.get("properties", {}))
            for name in (name for name in wrong if name not in known):
                near = get_close_matches(name, known, n=1)
                code = "shape.unknown_key_near" if near else "shape.unknown_key"
                yield read.problem((*path, name), code, key=name, near=near[0] if near else "", known=", ".join(known))
        case "type":
            kind = _kind(asked)
            code = "shape.blank" if wrong is None else "shape.kind"
            if kind == "string" and isinstance(wrong, bool | int | Decimal):
                code = "shape.quote"
            yield read.problem(path, code, key=key, kind=kind, found=_shown(wrong))
        case "enum" if asked == list(OTHER_MARKS) and isinstance(wrong, str) and wrong in LETTER_MARKS:
            yield read.problem(path, "shape.letter", mark=wrong)
        case "enum":
            near = get_close_matches(str(wrong), [str(choice) for choice in asked], n=1)
            code = "shape.not_a_choice_near" if near else "shape.not_a_choice"
            choices = ", ".join(str(choice) for choice in asked)
            yield read.problem(path, code, key=key, found=_shown(wrong), near=near[0] if near else "", choices=choices)
        case "const":
            yield read.problem(path, "shape.not_a_choice", key=key, found=_shown(wrong), choices=str(asked))
        case "pattern":
            code = (
                "shape.date" if asked == DATE["pattern"] else "shape.time" if asked == TIME["pattern"] else "shape.code"
            )
            yield read.problem(path, code, key=key, found=_shown(wrong))
        case "minItems" | "minLength":
            yield read.problem(path, "shape.too_short", key=key, limit=int(asked))
        case "maxItems" | "maxLength":
            yield read.problem(path, "shape.too_long", key=key, limit=int(asked))
        case "minimum" | "exclusiveMinimum" | "maximum":
            code = _LIMITS[str(error.validator)]
            yield read.problem(path, code, key=key, limit=int(asked), found=_shown(wrong))
        case "uniqueItems":
            yield read.problem(path, "shape.twice", key=key)
        case "minProperties" | "maxProperties":
            code = "shape.one_key" if schema.get("maxProperties") == 1 else "shape.more_keys"
            if error.validator == "maxProperties" and code == "shape.one_key":
                yield read.problem(path, "shape.one_key_of", found=", ".join(map(str, wrong)))
                return
            yield read.problem(path, code, key=key, known=", ".join(schema.get("properties", {})))
        case _:
            yield read.problem(path, "shape.other", key=key)


_LIMITS = {"minimum": "shape.at_least", "exclusiveMinimum": "shape.more_than", "maximum": "shape.at_most"}


def _kind(asked: str | list[str]) -> str:
    kinds = [asked] if isinstance(asked, str) else [kind for kind in asked if kind != "null"]
    return kinds[0]


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "{…}"
    if isinstance(value, list):
        return "[…]"
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def terms_of(stored: dict[str, Any], *, number: int, first: dt.date, last: dt.date | None) -> PolicyTerms:
    """The terms of a document that ``parse`` accepted, as version ``number`` in force from ``first`` to ``last``.

    The dates may be narrower than the document's: a version that was closed early keeps its text.
    """
    return replace(build.terms(stored), number=number, effective_from=first, effective_to=last)

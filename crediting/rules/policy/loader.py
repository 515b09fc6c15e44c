"""From the text of a policy file to ``PolicyTerms``, or to every fault it has with line and column.

Three passes: can it be read (``document``), has it the published shape (``schema``), and do its parts agree (here: the
codes it uses exist, dates are in order, nothing is written twice). Nothing is guessed and nothing is filled in (R6).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from crediting.rules.facts import Purpose
from crediting.rules.policy import document
from crediting.rules.policy.document import Document, Path, Problem, Unreadable
from crediting.rules.policy.schema import LETTER_MARKS, SCHEMA, SCHEMA_NAME
from crediting.rules.policy.terms import (
    Amount,
    Approval,
    CreditRule,
    EligibleCourse,
    LocalMethod,
    Mark,
    PolicyTerms,
)
from crediting.states import LocalAssessment, Method

_VALIDATOR = Draft202012Validator(SCHEMA)
MAX_PROBLEMS = 100

# Decided from what this engine can look at: work judged by standard, and results on named assessments.
_DECIDABLE = (Method.STATE_ASSESSMENT, Method.LOCAL_ASSESSMENT)


@dataclass(frozen=True)
class PolicyFile:
    """A policy file that can be read. ``document`` is its content as JSON can hold it; ``sha256`` is of ``source``."""

    terms: PolicyTerms
    document: dict[str, Any]
    source: str
    sha256: str


def parse(text: str) -> PolicyFile | list[Problem]:
    """The policy in ``text``, or its faults in the order of their lines (at most ``MAX_PROBLEMS``)."""
    try:
        read = document.read(text)
    except Unreadable as unreadable:
        return [unreadable.problem]
    if not isinstance(read.value, dict):
        return [read.problem((), "file.not_a_policy")]
    if (name := read.value.get("schema")) != SCHEMA_NAME:
        return [read.problem(("schema",), "file.unknown_schema", schema=str(name or ""), known=SCHEMA_NAME)]
    problems = [*read.problems, *_shape_problems(read)]
    if not problems:
        problems = list(_disagreements(read))
    if problems:
        return sorted(set(problems))[:MAX_PROBLEMS]
    return PolicyFile(
        terms=_terms(read.value),
        document=document.plain(read.value),
        source=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


# --- Shape ------------------------------------------------------------------------------------------------------------


def _shape_problems(read: Document) -> Iterator[Problem]:
    for error in _VALIDATOR.iter_errors(read.value):
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
            for name in (name for name in asked if name not in wrong):
                yield read.problem(path, "shape.missing", key=name)
        case "additionalProperties":
            known = list(schema.get("properties", {}))
            for name in (name for name in wrong if name not in known):
                near = get_close_matches(name, known, n=1)
                code = "shape.unknown_key_near" if near else "shape.unknown_key"
                yield read.problem((*path, name), code, key=name, near=near[0] if near else "", known=", ".join(known))
        case "type":
            yield read.problem(path, "shape.kind", key=key, kind=_kind(asked), found=_shown(wrong))
        case "enum":
            near = get_close_matches(str(wrong), [str(choice) for choice in asked], n=1)
            code = "shape.not_a_choice_near" if near else "shape.not_a_choice"
            choices = ", ".join(str(choice) for choice in asked)
            yield read.problem(path, code, key=key, found=_shown(wrong), near=near[0] if near else "", choices=choices)
        case "const":
            yield read.problem(path, "shape.not_a_choice", key=key, found=_shown(wrong), choices=str(asked))
        case "pattern":
            code = "shape.date" if "d{4}" in str(asked) else "shape.code"
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
            yield read.problem(path, "shape.one_key", known=", ".join(schema.get("properties", {})))
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


# --- Agreement --------------------------------------------------------------------------------------------------------


def _disagreements(read: Document) -> Iterator[Problem]:
    value: dict[str, Any] = read.value
    yield from _dates(read)
    courses = {course["code"] for course in value["courses"]}
    yield from _written_twice(read, "courses")
    yield from _written_twice(read, "rules")
    levels: list[str] = value["scale"]["levels"]
    own = [method["code"] for method in (value.get("other_methods") or {}).get("methods", [])]
    for index, code in enumerate(own):
        if code in set(Method) or code in own[:index]:
            yield read.problem(("other_methods", "methods", index, "code"), "agree.twice", code=code)
    for index, rule in enumerate(value["rules"]):
        yield from _rule_problems(read, ("rules", index), rule, courses, levels, set(own))


def _dates(read: Document) -> Iterator[Problem]:
    value: dict[str, Any] = read.value
    places: list[tuple[str, str]] = [("effective", "from"), ("effective", "to"), ("adopted", "on")]
    found: dict[tuple[str, str], dt.date] = {}
    for place in places:
        written = (value.get(place[0]) or {}).get(place[1])
        if written is None:
            continue
        try:
            found[place] = dt.date.fromisoformat(written)
        except ValueError:
            yield read.problem(place, "agree.no_such_day", found=written)
            continue
        if not 1990 <= found[place].year <= 2200:
            yield read.problem(place, "agree.far_day", found=written)
    starts, ends = found.get(("effective", "from")), found.get(("effective", "to"))
    if starts and ends and ends < starts:
        yield read.problem(("effective", "to"), "agree.ends_before_start", start=str(starts), end=str(ends))


def _written_twice(read: Document, part: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, entry in enumerate(read.value[part]):
        if entry["code"] in seen:
            yield read.problem((part, index, "code"), "agree.twice", code=entry["code"])
        seen.add(entry["code"])


def _rule_problems(
    read: Document, path: Path, rule: dict[str, Any], courses: set[str], levels: list[str], own: set[str]
) -> Iterator[Problem]:
    method, kinds = rule["method"], rule.get("kinds")
    if method in set(Method) and method not in _DECIDABLE:
        yield read.problem((*path, "method"), "agree.method_not_yet", method=method)
    elif method not in own and method not in _DECIDABLE:
        yield read.problem((*path, "method"), "agree.unknown_method", method=method)
    if method == Method.LOCAL_ASSESSMENT and not kinds:
        yield read.problem(path, "agree.kinds_missing")
    elif kinds and (method == Method.STATE_ASSESSMENT or method in own):
        yield read.problem((*path, "kinds"), "agree.kinds_only_local", method=method)
    if rule["courses"] != "all":
        for index, code in enumerate(rule["courses"]):
            if code not in courses:
                yield read.problem((*path, "courses", index), "agree.unknown_course", course=code)
    seen: set[str] = set()
    for index, condition in enumerate(rule.get("when", [])):
        (kind,) = condition
        here = (*path, "when", index)
        if kind in seen:
            yield read.problem(here, "agree.condition_twice", kind=kind)
        seen.add(kind)
        if kind == "standards" and condition[kind]["level"] not in levels:
            unknown = condition[kind]["level"]
            choices = ", ".join(levels)
            yield read.problem((*here, kind, "level"), "agree.unknown_level", level=unknown, levels=choices)
    mark = rule.get("mark")
    if isinstance(mark, dict) and mark["value"] in LETTER_MARKS and not mark.get("basis"):
        yield read.problem((*path, "mark"), "agree.letter_needs_basis", mark=mark["value"])


def terms_of(stored: dict[str, Any], *, number: int, first: dt.date, last: dt.date | None) -> PolicyTerms:
    """The terms of a document that ``parse`` accepted, as version ``number`` in force from ``first`` to ``last``.

    The dates may be narrower than the document's: a version that was closed early keeps its text.
    """
    return replace(_terms(stored), number=number, effective_from=first, effective_to=last)


# --- Terms ------------------------------------------------------------------------------------------------------------


def _terms(value: dict[str, Any]) -> PolicyTerms:
    adopted = value.get("adopted") or {}
    effective = value["effective"]
    equity = value.get("equity") or {}
    other = value.get("other_methods") or {}
    catalog = tuple(
        EligibleCourse(course["code"], course["title"], course["subject"], _decimal(course.get("credits")))
        for course in value["courses"]
    )
    everything = frozenset(course.code for course in catalog)
    return PolicyTerms(
        series=value["series"],
        number=0,
        title=value["title"],
        effective_from=dt.date.fromisoformat(effective["from"]),
        effective_to=_date(effective.get("to")),
        equity_provision=(equity.get("provision") or "").strip(),
        other_methods=(other.get("statement") or "").strip(),
        approval=_approval(value["approval"], None),
        scale=value["scale"]["code"],
        levels=tuple(value["scale"]["levels"]),
        courses=MappingProxyType({course.code: course.subject for course in catalog}),
        rules=tuple(_rule(rule, everything) for rule in value["rules"]),
        classes=frozenset(value.get("classes", ())),
        adopted_on=_date(adopted.get("on")),
        adopted_by=(adopted.get("by") or "").strip(),
        board_reference=(adopted.get("reference") or "").strip(),
        review_every_months=equity.get("review_every_months"),
        school_approval=MappingProxyType(
            {
                code: _approval(school, value["approval"])
                for code, school in value["approval"].get("schools", {}).items()
            }
        ),
        catalog=catalog,
        methods=MappingProxyType(
            {
                method["code"]: LocalMethod(method["code"], method["title"], method.get("description", ""))
                for method in other.get("methods", [])
            }
        ),
        text=(value.get("text") or "").strip(),
    )


def _approval(value: dict[str, Any], district: dict[str, Any] | None) -> Approval:
    """A school's own words, and the district's where the school says nothing."""
    merged = (district or {}) | value
    return Approval(frozenset(merged["roles"]), merged.get("two_roles", True))


def _rule(value: dict[str, Any], everything: frozenset[str]) -> CreditRule:
    conditions: dict[str, Any] = {kind: said for condition in value.get("when", []) for kind, said in condition.items()}
    standards = conditions.get("standards", {})
    accepted = conditions.get("assessment", {}).get("any_of", [])
    kinds = value.get("kinds", [])
    amount = value.get("credit") or {}
    return CreditRule(
        code=value["code"],
        method=value["method"],
        courses=everything if value["courses"] == "all" else frozenset(value["courses"]),
        citation=value.get("citation", ""),
        kinds=frozenset(str(kind) for kind in (LocalAssessment if kinds == "all" else kinds)),
        purpose=Purpose(value.get("purpose", "either")),
        prior_attempt=frozenset(conditions.get("prior_attempt", ())),
        required_level=standards.get("level", ""),
        min_standards=standards.get("at_least", 1),
        reflection_required="reflection" in conditions,
        instruments=MappingProxyType({entry["instrument"]: entry.get("level") for entry in accepted}),
        instrument_titles=MappingProxyType(
            {entry["instrument"]: entry["title"] for entry in accepted if "title" in entry}
        ),
        amount=Amount(exactly=_decimal(amount.get("exactly")), up_to=_decimal(amount.get("up_to"))),
        mark=_mark(value.get("mark")),
        text=(value.get("text") or "").strip(),
    )


def _mark(value: str | dict[str, str] | None) -> Mark | None:
    if value is None:
        return None
    said = {"value": value} if isinstance(value, str) else value
    return Mark(said["value"], said["value"] in LETTER_MARKS, said.get("basis", ""))


def _date(value: str | None) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None


def _decimal(value: int | str | Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(value)

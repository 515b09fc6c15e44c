"""What a template may say: its terms as data, held to a schema and to claims that need the district's check."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator

from mbl.core.decisions import Reason
from transcripts.rules.contents import OPTIONAL_FIELDS, Legend
from transcripts.rules.requirements import ALLOWED, TemplateLine

SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Transcript template",
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "statement", "fields", "marks", "requirements"],
    "properties": {
        "title": {"type": "string", "minLength": 1, "maxLength": 120},
        "statement": {"type": "string", "maxLength": 600},
        "state_form": {"type": "boolean", "default": False},
        "fields": {"type": "array", "uniqueItems": True, "items": {"enum": list(OPTIONAL_FIELDS)}},
        "marks": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["sign", "meaning"],
                "properties": {
                    "sign": {"type": "string", "minLength": 1, "maxLength": 12},
                    "meaning": {"type": "string", "minLength": 1, "maxLength": 80},
                },
            },
        },
        "requirements": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["code", "label", "otherwise"],
                "properties": {
                    "code": {"enum": list(ALLOWED)},
                    "label": {"type": "string", "minLength": 1, "maxLength": 80},
                    "otherwise": {"type": "string", "minLength": 1, "maxLength": 40},
                },
            },
        },
    },
}
_VALIDATOR = Draft202012Validator(SCHEMA)

# Words that say whose form this is; they may stand only on a template that the district has checked itself.
_STATE_FORM = re.compile(r"washington\s+state\s+standardi[sz]ed|standardi[sz]ed\s+(high\s+school\s+)?transcript|OSPI"
                         r"|superintendent\s+of\s+public\s+instruction|state\s+transcript", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True)
class Terms:
    """A template's choices. ``fields`` are the optional header fields that print."""

    title: str
    statement: str
    state_form: bool
    fields: frozenset[str]
    marks: tuple[Legend, ...]
    requirements: tuple[TemplateLine, ...]


def problems(document: Any, *, is_checked: bool) -> tuple[Reason, ...]:
    """Everything that keeps ``document`` from being a template; none is a good one.

    ``is_checked``: the district has compared it with the state's current guide and says so by name and date.
    """
    found = [
        Reason("template.shape", {"where": "/".join(map(str, error.absolute_path)) or "–", "what": error.message})
        for error in sorted(_VALIDATOR.iter_errors(document), key=lambda error: [str(part) for part in error.path])
    ]
    if found:
        return tuple(found)
    named = _STATE_FORM.search(document["title"]) or _STATE_FORM.search(document["statement"])
    if (named or document.get("state_form", False)) and not is_checked:
        found.append(Reason("template.unchecked", {"title": document["title"]}, "T1", "RCW 28A.230.125"))
    codes = [one["code"] for one in document["requirements"]]
    found.extend(
        Reason("template.twice", {"where": "requirements", "what": code})
        for code in sorted(set(codes))
        if codes.count(code) > 1
    )
    if document.get("state_form", False):
        found.extend(
            Reason(
                "template.word",
                {"line": one["label"], "word": one["otherwise"], "words": ", ".join(ALLOWED[one["code"]].words)},
                "T30",
            )
            for one in document["requirements"]
            if one["otherwise"] not in ALLOWED[one["code"]].words
        )
    return tuple(found)


def parse(document: Mapping[str, Any]) -> Terms:
    """The terms of a document that has no problems."""
    return Terms(
        title=document["title"],
        statement=document["statement"],
        state_form=document.get("state_form", False),
        fields=frozenset(document["fields"]),
        marks=tuple(Legend(one["sign"], one["meaning"]) for one in document["marks"]),
        requirements=tuple(
            TemplateLine(one["code"], one["label"], one["otherwise"]) for one in document["requirements"]
        ),
    )


# Every district begins with this one. It names no authority but the district.
DEFAULT_CODE = "district-sample"
DEFAULT_TERMS: Mapping[str, Any] = {
    "title": "District transcript (sample layout)",
    "statement": "This is a true copy of the student's academic record at the school and on the day named above.",
    "state_form": False,
    "fields": list(OPTIONAL_FIELDS),
    "marks": [
        {"sign": "A", "meaning": "4.0"},
        {"sign": "A-", "meaning": "3.7"},
        {"sign": "B+", "meaning": "3.3"},
        {"sign": "B", "meaning": "3.0"},
        {"sign": "B-", "meaning": "2.7"},
        {"sign": "C+", "meaning": "2.3"},
        {"sign": "C", "meaning": "2.0"},
        {"sign": "C-", "meaning": "1.7"},
        {"sign": "D+", "meaning": "1.3"},
        {"sign": "D", "meaning": "1.0"},
        {"sign": "E, F", "meaning": "0.0"},
        {"sign": "P", "meaning": "Pass"},
        {"sign": "CR", "meaning": "Credit"},
        {"sign": "NC", "meaning": "No credit"},
        {"sign": "S", "meaning": "Satisfactory"},
        {"sign": "U", "meaning": "Unsatisfactory"},
        {"sign": "I", "meaning": "Incomplete"},
        {"sign": "W", "meaning": "Withdrawn"},
    ],
    "requirements": [
        {"code": "hsbp", "label": "High School and Beyond Plan", "otherwise": "NOT RECORDED"},
        {"code": "washington_history", "label": "Washington State History", "otherwise": "NOT RECORDED"},
        {"code": "graduation_pathway", "label": "Graduation Pathway", "otherwise": "NOT RECORDED"},
        {"code": "placement_agreement", "label": "Higher Education Placement Agreement", "otherwise": "NOT RECORDED"},
        {"code": "seal_of_biliteracy", "label": "Seal of Biliteracy", "otherwise": "********"},
    ],
}

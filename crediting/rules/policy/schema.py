"""The shape of a policy file, as JSON Schema 2020-12: ``loader`` checks by it, ``docs/policy.schema.json`` prints it.

The schema says what may be written and how. What must be there before a version can be published is another question,
answered by ``readiness``: a draft may leave out what the board has not settled yet.
"""

from __future__ import annotations

from typing import Any, Final

from crediting.rules.facts import AttemptOutcome, Purpose
from crediting.states import LocalAssessment, Method, SubjectArea
from profiles.states import Role

SCHEMA_NAME: Final = "mbl-policy/1"

# Marks with grade points, and marks outside GPA (WAC 392-415-050).
LETTER_MARKS: Final = ("A", "A-", "B+", "B", "B-", "C+", "C", "C-", "D+", "D")
OTHER_MARKS: Final = ("P", "CR", "S")

APPROVERS: Final = (Role.CREDIT_MANAGER, Role.PRINCIPAL, Role.TEACHER, Role.COUNSELOR, Role.ADMINISTRATOR)

_CODE = {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$"}
_DATE = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_TEXT = {"type": "string", "maxLength": 50_000}
_LINE = {"type": "string", "minLength": 1, "maxLength": 300}
_CREDITS = {"type": "number", "exclusiveMinimum": 0, "maximum": 10}


def _object(properties: dict[str, Any], required: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:
        shape["required"] = list(required)
    return shape | more


def _or_blank(shape: dict[str, Any]) -> dict[str, Any]:
    """Something a draft may leave empty: the key with nothing after it."""
    kind = shape["type"]
    return shape | {"type": [*kind, "null"] if isinstance(kind, list) else [kind, "null"]}


def _list_of(shape: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": shape, "maxItems": 500} | more


_APPROVAL = {
    "roles": _list_of({"enum": [str(role) for role in APPROVERS]}, minItems=1, uniqueItems=True)
    | {"description": "Roles one of which decides."},
    "two_roles": {
        "type": "boolean",
        "default": True,
        "description": "true: who alone assessed the work may not also award. false: the assessing teacher may award.",
    },
}

_CONDITION = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
    "description": "One condition: a single key that names its kind. All conditions of a list must hold.",
    "properties": {
        "standards": _object(
            {
                "level": _CODE | {"description": "The level of the scale that each named standard must reach."},
                "at_least": {"type": "integer", "minimum": 1, "maximum": 500, "default": 1},
            },
            required=("level",),
            description="Named standards, each at the level by its newest judgement.",
        ),
        "assessment": _object(
            {
                "any_of": _list_of(
                    _object(
                        {
                            "instrument": _CODE,
                            "title": _LINE,
                            "level": {"type": "integer", "minimum": 1, "maximum": 100},
                        },
                        required=("instrument",),
                        description="With level: at least that level. Without: the result itself says met.",
                    ),
                    minItems=1,
                )
            },
            required=("any_of",),
            description="A result on one of the named assessments.",
        ),
        "prior_attempt": _list_of({"enum": [str(o) for o in AttemptOutcome]}, minItems=1, uniqueItems=True)
        | {"description": "An earlier attempt at the course ended in one of these ways. Leave out to ask for none."},
        "reflection": {"const": "required", "description": "The student writes what they learned."},
    },
}

_MARK = {
    "type": ["string", "object", "null"],
    "description": "A mark outside GPA by itself, or a letter with the basis on which it is given.",
    "if": {"type": "string"},
    "then": {"enum": list(OTHER_MARKS)},
    "else": {
        "if": {"type": "object"},
        "then": _object({"value": {"enum": [*LETTER_MARKS, *OTHER_MARKS]}, "basis": _LINE}, required=("value",)),
    },
}

_RULE = _object(
    {
        "code": _CODE | {"description": "The rule's own name, cited by every award it gives."},
        "method": _CODE
        | {
            "description": f"{', '.join((Method.STATE_ASSESSMENT, Method.LOCAL_ASSESSMENT))}, "
            "or the code of a method under other_methods."
        },
        "kinds": {
            "description": "Kinds of local assessment the student may choose from, or all.",
            "if": {"type": "string"},
            "then": {"const": "all"},
            "else": _list_of({"enum": [str(kind) for kind in LocalAssessment]}, minItems=1, uniqueItems=True),
        },
        "courses": {
            "description": "Codes from the list of eligible courses, or all.",
            "if": {"type": "string"},
            "then": {"const": "all"},
            "else": _list_of(_CODE, minItems=1, uniqueItems=True),
        },
        "purpose": {"enum": [str(purpose) for purpose in Purpose], "default": "either"},
        "when": _list_of(_CONDITION),
        "credit": {
            "type": ["object", "null"],
            "properties": {"exactly": _CREDITS, "up_to": _CREDITS},
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
            "description": "exactly: always this much. up_to: as much as the course has left, and no more than this.",
        },
        "mark": _MARK,
        "citation": _LINE | {"description": "Where the district's policy or procedure says so."},
        "text": _TEXT | {"description": "The rule in plain words, for students and families."},
    },
    required=("code", "method", "courses"),
)

SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A district's written policy for mastery-based credit",
    "description": "One version of one policy, as WAC 180-51-051(3) asks for it. See docs/policy-file.md.",
    **_object(
        {
            "schema": {"const": SCHEMA_NAME},
            "series": _CODE | {"description": "The policy's number, such as 2403. Its versions follow one another."},
            "title": _LINE,
            "adopted": _object(
                {
                    "on": _or_blank(_DATE) | {"description": "The day the board adopted this version."},
                    "by": {"type": ["string", "null"], "maxLength": 200},
                    "reference": {"type": ["string", "null"], "maxLength": 200},
                }
            ),
            "effective": _object(
                {
                    "from": _DATE | {"description": "First day in force."},
                    "to": _or_blank(_DATE) | {"description": "Last day in force; leave out for no end."},
                },
                required=("from",),
            ),
            "classes": _list_of({"type": "integer", "minimum": 2000, "maximum": 2200}, uniqueItems=True)
            | {"description": "Graduation years the version is for; leave out for every class."},
            "equity": _object(
                {
                    "provision": _or_blank(_TEXT)
                    | {"description": "Cultural responsiveness and equity: WAC 180-51-051(3)(a)."},
                    "review_every_months": _or_blank({"type": "integer", "minimum": 1, "maximum": 120}),
                }
            ),
            "other_methods": _object(
                {
                    "statement": _or_blank(_TEXT)
                    | {"description": "Other ways the district allows, or the word none: WAC 180-51-051(3)(c)."},
                    "methods": _list_of(
                        _object({"code": _CODE, "title": _LINE, "description": _TEXT}, required=("code", "title"))
                    ),
                }
            ),
            "approval": _object(
                _APPROVAL
                | {
                    "schools": {
                        "type": "object",
                        "additionalProperties": _object(_APPROVAL),
                        "description": "What the board set for single schools, by school code.",
                    }
                },
                required=("roles",),
            ),
            "scale": _object(
                {
                    "code": _CODE,
                    "levels": _list_of(_CODE, minItems=2, maxItems=20, uniqueItems=True)
                    | {"description": "Level codes of the district's scale, lowest first."},
                },
                required=("code", "levels"),
            ),
            "courses": _list_of(
                _object(
                    {
                        "code": _CODE,
                        "title": _LINE,
                        "subject": {"enum": [str(area) for area in SubjectArea]},
                        "credits": _CREDITS,
                    },
                    required=("code", "title", "subject"),
                )
            )
            | {"description": "Eligible courses: WAC 180-51-051(3)(b)."},
            "rules": _list_of(_RULE),
            "text": _or_blank(_TEXT) | {"description": "The policy as the board adopted it."},
        },
        required=("schema", "series", "title", "effective", "approval", "scale", "courses", "rules"),
    ),
}

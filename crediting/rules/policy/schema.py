"""The shape of a policy file, as JSON Schema 2020-12: ``loader`` checks by it, ``docs/policy.schema.json`` prints it.

The schema says what may be written and how. What must be there before a version can be published is another question,
answered by ``readiness``: a draft may leave out what the board has not settled yet.
"""

from __future__ import annotations

from typing import Any, Final

from crediting.rules.deadlines import Unit
from crediting.rules.facts import AttemptOutcome, Purpose
from crediting.rules.policy.conditions import Event, Excluded
from crediting.rules.policy.marks import LETTER_MARKS, OTHER_MARKS
from crediting.rules.policy.terms import Gives, IfBroken, OldLine, Reuse
from crediting.rules.procedures import PROPOSALS, REVIEWING
from crediting.rules.transfer_terms import TRANSFER
from crediting.states import EvidenceKind, LocalAssessment, Method, OnDisagreement, Rounding, SubjectArea
from profiles.states import Role

SCHEMA_NAME: Final = "mbl-policy/1"

APPROVERS: Final = (Role.CREDIT_MANAGER, Role.PRINCIPAL, Role.TEACHER, Role.COUNSELOR, Role.ADMINISTRATOR)

# What discretion may let pass.
CRITERIA: Final = (
    "prior_attempt",
    "prior_attempt.window",
    "completed",
    "assessment.result",
    "fact",
    "gain",
    "total",
    "earned",
    "enrolled",
    "awarded",
    "student",
    "approval",
    "attempts",
    "deadline",
    "days",
    "attestation",
    "paper",
    "evidence.shown",
    "reflection",
    "self_evaluation",
    "any_of",
    "at_least",
    "none_of",
    "cap",
    "credit.attempted",
)

CODE = {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$"}
_PRINTED_CODE = {"type": "string", "pattern": r"^[A-Za-z0-9*][A-Za-z0-9_.*-]{0,39}$"}
DATE = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
TIME = {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"}
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TEXT = {"type": "string", "maxLength": 50_000}
LINE = {"type": "string", "minLength": 1, "maxLength": 300}
_CREDITS = {"type": "number", "exclusiveMinimum": 0, "maximum": 50}
_SOME_OR_NONE = {"type": "number", "minimum": 0, "maximum": 50}
_NUMBER = {"type": "number"}
_WHOLE = {"type": "integer", "minimum": 1, "maximum": 10_000}
_YES = {"type": "boolean"}
_VALUE = {"type": ["string", "number", "boolean"]}
_GRADE = {"enum": [*LETTER_MARKS, *OTHER_MARKS]}
_PEOPLE = {"type": "string", "pattern": r"^[a-z][a-z0-9_]{0,39}$"}


def shape_of(properties: dict[str, Any], required: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """An object with these keys and no others."""
    shape: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:
        shape["required"] = list(required)
    return shape | more


def _or_blank(shape: dict[str, Any]) -> dict[str, Any]:
    """Something a draft may leave empty: the key with nothing after it."""
    kind = shape["type"]
    return shape | {"type": [*kind, "null"] if isinstance(kind, list) else [kind, "null"]}


def list_of(shape: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A list of one shape, at most 500 long."""
    return {"type": "array", "items": shape, "maxItems": 500} | more


_APPROVAL = {
    "roles": list_of({"enum": [str(role) for role in APPROVERS]}, minItems=1, uniqueItems=True)
    | {"description": "Roles one of which decides."},
    "two_roles": {
        "type": "boolean",
        "default": True,
        "description": "true: who alone assessed the work may not also award. false: the assessing teacher may award.",
    },
}

_CODES = list_of(CODE, minItems=1, uniqueItems=True)
_LINES = list_of(LINE, minItems=1, uniqueItems=True)
_SUBJECTS = list_of({"enum": [str(area) for area in SubjectArea]}, minItems=1, uniqueItems=True)
_PURPOSES = list_of({"enum": [str(purpose) for purpose in Purpose]}, minItems=1, uniqueItems=True)
_EXCLUDES = list_of({"enum": [str(one) for one in Excluded]}, minItems=1, uniqueItems=True)
_OUTCOMES = list_of({"enum": [str(outcome) for outcome in AttemptOutcome]}, minItems=1, uniqueItems=True)
_CONDITIONS = {"type": "array", "items": {"$ref": "#/$defs/condition"}, "maxItems": 100}
_CHOICES = _CONDITIONS | {"minItems": 1}

_SELECTION = {
    "rules": _CODES,
    "methods": _CODES,
    "courses": _CODES,
    "subjects": _SUBJECTS,
    "purposes": _PURPOSES,
    "marks": _LINES,
    "same": list_of({"enum": ["course", "subject", "language", "rule", "method"]}, minItems=1, uniqueItems=True),
}


def _either(kind: str, then: dict[str, Any], otherwise: dict[str, Any]) -> dict[str, Any]:
    """One shape where a value of the JSON type ``kind`` was written, another where not."""
    return {"if": {"type": kind}, "then": then, "else": otherwise}


_EVENT = {"enum": [str(event) for event in Event], "description": "submitted, where it is left out."}
_EITHER = ["string", "object"]

_MEASURES = list_of(_either("string", CODE, shape_of({"name": CODE, "times": _NUMBER}, required=("name",))), minItems=1)
_CONDITION = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
    "description": "One condition: a single key that names its kind. All conditions of a list must hold.",
    "properties": {
        "all_of": _CHOICES | {"description": "Every one of these holds."},
        "any_of": _CHOICES | {"description": "At least one of these holds."},
        "none_of": _CHOICES | {"description": "None of these holds: what disqualifies."},
        "at_least": shape_of(
            {"count": _WHOLE, "of": _CHOICES}, required=("count", "of"), description="So many of these hold: k of n."
        ),
        "standards": shape_of(
            {
                "level": CODE | {"description": "The level of the scale that each named standard must reach."},
                "at_least": {"type": "integer", "minimum": 1, "maximum": 500},
                "named": _LINES | {"description": "Codes of the standards that count; else those the student names."},
                "share": {
                    "type": "number",
                    "exclusiveMinimum": 0,
                    "maximum": 1,
                    "description": "This part of them is enough, such as 0.8; the others may be below.",
                },
                "mean": {
                    "type": "number",
                    "minimum": 1,
                    "maximum": 20,
                    "description": "Their levels, counted from 1 for the lowest, come to this on average.",
                },
            },
            required=("level",),
            description="Standards at the level, as the district's rule for several judgements says.",
        ),
        "assessment": shape_of(
            {
                "any_of": list_of(
                    shape_of(
                        {
                            "instrument": CODE,
                            "title": LINE,
                            "level": {"type": "integer", "minimum": 1, "maximum": 100},
                            "score": _NUMBER,
                        },
                        required=("instrument",),
                        description="At least that level or score. With neither: the result itself says met.",
                    ),
                    minItems=1,
                ),
                "within_months": _WHOLE,
                "which": {
                    "enum": ["best", "first", "newest"],
                    "default": "best",
                    "description": "Of several results: any that reaches it, or only the first or the newest.",
                },
            },
            required=("any_of",),
            description="A result on one of the named assessments.",
        ),
        "fact": shape_of(
            {
                "name": CODE | {"description": "One of the facts declared under facts."},
                "is": _VALUE,
                "one_of": list_of(_VALUE, minItems=1, uniqueItems=True),
                "at_least": _NUMBER,
                "at_most": _NUMBER,
                "spend": {"type": "number", "exclusiveMinimum": 0},
            },
            required=("name",),
            description="Something staff confirm. spend: how much of the number the award uses up.",
        ),
        "gain": shape_of(
            {"before": CODE, "after": CODE, "at_least": _NUMBER},
            required=("before", "after", "at_least"),
            description="From a first to a second measure: facts, or results on an instrument.",
        ),
        "total": shape_of(
            {
                "of": _MEASURES,
                "at_least": _NUMBER,
                "at_most": _NUMBER,
            },
            required=("of",),
            minProperties=2,
            description="The sum of facts, or of newest scores, each times its weight: a composite or an average.",
        ),
        "evidence": shape_of(
            {
                "kinds": list_of(
                    {"enum": [*map(str, LocalAssessment), *map(str, EvidenceKind)]}, minItems=1, uniqueItems=True
                ),
                "at_least": _WHOLE,
            },
            description="Work to look at: a piece of each of these kinds, so many pieces together.",
        ),
        "reflection": {"const": "required", "description": "The student writes what they learned."},
        "self_evaluation": {"const": "required", "description": "The student judges their own work first."},
        "paper": shape_of(
            {"code": CODE, "title": LINE}, required=("code",), description="A form or report the school received."
        ),
        "attestation": shape_of(
            {
                "code": CODE,
                "roles": list_of(_PEOPLE, minItems=1, uniqueItems=True),
                "text": LINE,
                "count": _WHOLE,
            },
            required=("roles",),
            description="Somebody in one of these roles attests it: teacher, principal, elder, tribal_government …",
        ),
        "prior_attempt": _either(
            "array",
            _OUTCOMES,
            shape_of(
                {
                    "outcomes": _OUTCOMES,
                    "marks": _LINES,
                    "term": LINE,
                    "within_months": _WHOLE,
                    "times": _WHOLE | {"description": "How often at least; once, where left out."},
                    "excludes": _EXCLUDES,
                    "courses": _CODES | {"description": "Codes, or same: the course that is asked for."},
                },
                required=("outcomes",),
                type="object",
            ),
        )
        | {"description": "An earlier attempt at the course ended in one of these ways. Leave out to ask for none."},
        "completed": shape_of(
            {
                "any_of": list_of(
                    shape_of({"course": CODE, "grade": _GRADE, "term": LINE}, required=("course",)), minItems=1
                ),
                "listed": {"const": True, "description": "Any pair of the district's catalog."},
                "grade": _GRADE,
                "within_months": _WHOLE,
                "excludes": _EXCLUDES,
                "because": LINE | {"description": "How the standards of the one grow out of the other."},
                "spend": _YES | {"description": "true: one completed course shows one course only."},
            },
            description="A next higher course is completed: WAC 180-51-051(4)(d).",
        ),
        "earned": shape_of(
            {"credits": _CREDITS, "subjects": _SUBJECTS, "courses": _CODES},
            required=("credits",),
            description="Credit the student already has, by class or by mastery.",
        ),
        "enrolled": shape_of(
            {"any_of": _LINES | {"description": "Courses or activities; same: the course that is asked for."}},
            required=("any_of",),
            description="Takes part now.",
        ),
        "awarded": shape_of(
            _SELECTION | {"credits": _CREDITS}, description="Mastery credit that stands: for steps in an order."
        ),
        "student": shape_of(
            {
                "grades": _LINES,
                "as_of": {"enum": ["request", "demonstration"]},
                "age_at_least": _WHOLE,
                "age_below": _WHOLE,
                "groups": list_of(_PEOPLE, minItems=1, uniqueItems=True),
                "schools": _LINES,
                "classes": list_of({"type": "integer", "minimum": 2000, "maximum": 2200}, minItems=1),
            },
            minProperties=1,
            description="Who the rule is for.",
        ),
        "request": shape_of(
            {
                "courses": _CODES,
                "subjects": _SUBJECTS,
                "methods": _CODES,
                "kinds": list_of({"enum": [str(kind) for kind in LocalAssessment]}, minItems=1, uniqueItems=True),
                "purposes": _PURPOSES,
                "languages": _LINES,
            },
            minProperties=1,
            description="What is asked for, where one rule treats courses, kinds or purposes differently.",
        ),
        "approved_before": shape_of(
            {"of": CODE, "roles": list_of(_PEOPLE, minItems=1, uniqueItems=True)},
            required=("of",),
            description="Approved before the work began, such as a proposal.",
        ),
        "attempts": shape_of(
            {
                "at_most": _WHOLE,
                "per": CODE
                | {"description": "course, day, school_year, student, or a kind of period of the calendar."},
                "wait_days": _WHOLE,
                "courses": {"const": ["same"], "description": "Only tries at the course that is asked for."},
            },
            minProperties=1,
            description="How often it may be tried, and how long between.",
        ),
        "window": _either(
            "string", CODE, shape_of({"kind": CODE, "of": _EVENT}, required=("kind",)) | {"type": _EITHER}
        )
        | {"description": "Sent, or another event, inside a period of this kind of the calendar."},
        "deadline": _either(
            "string", CODE, shape_of({"code": CODE, "of": _EVENT, "over": _YES}, required=("code",)) | {"type": _EITHER}
        )
        | {
            "description": "Sent, or another event, by this deadline, one of those under deadlines; "
            "over: true, only when it is over: at the earliest."
        },
        "days": shape_of(
            {"of": _EVENT, "from": DATE, "to": DATE},
            required=("of",),
            minProperties=2,
            description="Something happened between two days, both inclusive: what begins or expires.",
        ),
    },
}

_MARK_VALUE = {"type": "string", "minLength": 1, "maxLength": 5}
_MARK_PARTS = {
    "value": _MARK_VALUE,
    "basis": LINE | {"description": "How the district arrives at a letter."},
    "counts_in_gpa": {"const": False, "description": "A mark of the district's own, outside GPA."},
}
_ONE_MARK = _either(
    "string", {"enum": list(OTHER_MARKS)}, shape_of(_MARK_PARTS, required=("value",)) | {"type": ["object", "string"]}
)
_ROW_MARK = _either("string", _MARK_VALUE, shape_of(_MARK_PARTS, required=("value",)) | {"type": ["object", "string"]})
_INSTEAD = "Instead of from and to, for a fact that is no number."
_MARK_ROWS = list_of(
    shape_of(
        {
            "from": _NUMBER,
            "to": _NUMBER,
            "mark": _ROW_MARK,
        },
        required=("mark",),
        description="From and to, both inclusive. Without to the row holds until the next begins.",
    ),
    minItems=1,
)
_MARK_FACT_ROWS = list_of(
    shape_of(
        {"from": _NUMBER, "to": _NUMBER, "is": _VALUE | {"description": _INSTEAD}, "mark": _ROW_MARK},
        required=("mark",),
    ),
    minItems=1,
)
_MARK = {
    "description": "A mark outside GPA by itself, a letter with the basis on which it is given, or how it is found.",
    **_either(
        "object",
        shape_of(
            _MARK_PARTS
            | {
                "default": _ONE_MARK,
                "choice": list_of(_ONE_MARK, minItems=2) | {"description": "The student chooses one of these."},
                "choose_by": CODE | {"description": "The deadline of the choice."},
                "by_purpose": {
                    "type": "object",
                    "propertyNames": {"enum": [str(purpose) for purpose in Purpose]},
                    "additionalProperties": _ONE_MARK,
                    "minProperties": 1,
                },
                "by_level": {
                    "type": "object",
                    "additionalProperties": _ONE_MARK,
                    "minProperties": 1,
                    "description": "By the lowest level that any standard reached.",
                },
                "by_score": shape_of(
                    {"instruments": _CODES, "rows": _MARK_ROWS, "basis": LINE},
                    required=("instruments", "rows"),
                    description="By the score of the result that counted, or its level where it has no score.",
                ),
                "by_fact": shape_of({"fact": CODE, "rows": _MARK_FACT_ROWS, "basis": LINE}, required=("fact", "rows")),
                "from": CODE
                | {"description": "completed: as the completed course has it; or a fact that holds the mark, in text."},
            }
        ),
        {"enum": [*OTHER_MARKS, None]},
    ),
}

_NUMBER_ROWS = list_of(
    shape_of(
        {"from": _NUMBER, "to": _NUMBER, "credits": _SOME_OR_NONE},
        required=("credits",),
        description="From and to, both inclusive. Without to the row holds until the next begins.",
    ),
    minItems=1,
)
_FACT_ROWS = list_of(
    shape_of(
        {
            "from": _NUMBER,
            "to": _NUMBER,
            "is": _VALUE | {"description": _INSTEAD},
            "credits": _SOME_OR_NONE,
        },
        required=("credits",),
    ),
    minItems=1,
)
_CREDIT = {
    "type": ["object", "null"],
    "additionalProperties": False,
    "minProperties": 1,
    "properties": {
        "exactly": _either("string", {"const": "course"}, _CREDITS | {"type": ["number", "string"]}),
        "up_to": _either("string", {"const": "course"}, _CREDITS | {"type": ["number", "string"]}),
        "at_least": _CREDITS,
        "as_requested": {"const": True, "description": "As much as is asked for: partial or transferred credit."},
        "per": shape_of(
            {
                "fact": CODE,
                "every": {"type": "number", "exclusiveMinimum": 0},
                "gives": _CREDITS,
                "parts": _YES | {"description": "true: a part of a stretch gives its part, to three places."},
            },
            required=("fact", "every", "gives"),
        ),
        "by_level": shape_of({"instruments": _CODES, "rows": _NUMBER_ROWS}, required=("instruments", "rows")),
        "by_score": shape_of({"instruments": _CODES, "rows": _NUMBER_ROWS}, required=("instruments", "rows")),
        "by_fact": shape_of({"fact": CODE, "rows": _FACT_ROWS}, required=("fact", "rows")),
        "by_standards": shape_of(
            {"level": CODE, "rows": _NUMBER_ROWS},
            required=("level", "rows"),
            description="By how many of the named standards have reached the level.",
        ),
        "by_language_level": shape_of(
            {
                "instruments": _CODES,
                "skills": _LINES | {"description": "All of these are tested; the lowest level decides."},
                "skills_for": list_of(
                    shape_of({"languages": _LINES, "instruments": _CODES, "skills": _LINES}, required=("skills",)),
                    minItems=1,
                )
                | {"description": "Where other skills count: the first that fits the language and the instrument."},
                "levels": _LINES | {"description": "Every level there is, lowest first."},
                "rows": list_of(
                    shape_of(
                        {"level": LINE, "credits": _SOME_OR_NONE},
                        required=("level", "credits"),
                    ),
                    minItems=1,
                ),
            },
            required=("instruments", "skills", "levels", "rows"),
        ),
        "of_attempted": {"const": True, "description": "No more than the earlier attempt left unearned."},
        "less": shape_of(_SELECTION, minProperties=1, description="Minus awards that stand: only the difference."),
        "factor": {"type": "number", "exclusiveMinimum": 0, "maximum": 100},
        "round_to": {"type": "number", "exclusiveMinimum": 0, "maximum": 10},
        "rounding": {"enum": [str(one) for one in Rounding]},
    },
    "description": "exactly: always this much. up_to: as much as the course has left, and no more than this. "
    "Of a rule that gives no credit: how much of the requirement it meets, excuses or waives.",
}

_RULE = shape_of(
    {
        "code": CODE | {"description": "The rule's own name, cited by every award it gives."},
        "method": CODE | {"description": f"{', '.join(Method)}, or the code of a method under other_methods."},
        "kinds": {
            "description": "Kinds of local assessment the student may choose from, or all.",
            "if": {"type": "string"},
            "then": {"const": "all"},
            "else": list_of({"enum": [str(kind) for kind in LocalAssessment]}, minItems=1, uniqueItems=True),
        },
        "courses": {
            "description": "Codes from the list of eligible courses, or all.",
            "if": {"type": "string"},
            "then": {"const": "all"},
            "else": list_of(CODE, minItems=1, uniqueItems=True),
        },
        "purpose": {"enum": [str(purpose) for purpose in Purpose], "default": "either"},
        "when": _CONDITIONS,
        "gives": {
            "enum": [str(one) for one in Gives],
            "default": str(Gives.CREDIT),
            "description": "credit, or a requirement marked met, released without credit, or waived.",
        },
        "requirement": LINE | {"description": "Which requirement, where gives is not credit."},
        "replaced": _YES | {"description": "Whether waived credit has to be earned elsewhere."},
        "credit": _CREDIT,
        "mark": _MARK,
        "course_code": _either(
            "string",
            _PRINTED_CODE,
            {"type": "object", "additionalProperties": _PRINTED_CODE, "minProperties": 1},
        )
        | {"description": "The code its awards print: one for all, or by course; * stands for the course's code."},
        "transcript": {"enum": ["always", "on_request"]},
        "effective": _either(
            "string", {"const": "at_once"}, shape_of({"end_of": CODE}, required=("end_of",)) | {"type": "object"}
        )
        | {"description": "When its awards take effect: at once, or at the end of a period of the calendar."},
        "must_award": _YES | {"description": "Cannot be refused and needs no request."},
        "reuse": {
            "enum": [str(one) for one in Reuse],
            "description": "Whether a result that earned credit in one course may earn it in another.",
        },
        "approval": shape_of(_APPROVAL, required=("roles",)),
        "discretion": shape_of(
            {
                "roles": list_of({"enum": [str(role) for role in APPROVERS]}, minItems=1),
                "lifts": list_of({"enum": list(CRITERIA)}, minItems=1, uniqueItems=True),
            },
            required=("roles", "lifts"),
            description="What these roles may let pass, with a reason: codes of criteria.",
        ),
        "repeatable": shape_of({"times": _WHOLE, "grade": _GRADE}, required=("times",)),
        "fee": shape_of(
            {
                "amount": {"type": "number", "minimum": 0},
                "first_free": {
                    "type": ["boolean", "integer"],
                    "minimum": 0,
                    "maximum": 100,
                    "description": "true, or how many are free.",
                },
                "free_for": _LINES | {"description": "Groups of students who do not pay."},
                "before_decision": _YES,
            },
            required=("amount",),
            description="Dollars for each attempt. before_decision: true where nothing is decided before it is paid.",
        ),
        "keeps_while": _CONDITIONS | {"description": "What must go on holding after the award."},
        "if_broken": {"enum": [str(one) for one in IfBroken], "default": "revoke"},
        "old_line": {
            "enum": [str(one) for one in OldLine],
            "default": "stays",
            "description": "Whether the mark of the earlier attempt still counts. The line itself always stays.",
        },
        "decide_by": CODE | {"description": "The deadline of the decision."},
        "choose_by": CODE | {"description": "The deadline of what is the student's to choose: course, amount, mark."},
        "source": LINE | {"description": "Which of the policy's sources says it."},
        "visible_to": list_of(_PEOPLE, minItems=1, uniqueItems=True),
        "citation": LINE | {"description": "Where the district's policy or procedure says so."},
        "text": _TEXT | {"description": "The rule in plain words, for students and families."},
    },
    required=("code", "method", "courses"),
)

_WINDOW = shape_of(
    {
        "after": CODE | {"description": "A day to count from: end or start of a kind of period, test, submitted …"},
        "before": CODE,
        **{str(unit): {"type": "integer", "minimum": 0, "maximum": 1_000} for unit in Unit},
        "nth": {"type": "integer", "minimum": -5, "maximum": 5, "description": "-1 is the last of the month."},
        "weekday": {"enum": list(WEEKDAYS)},
        "month": {"type": "integer", "minimum": 1, "maximum": 12},
        "day": {"type": "integer", "minimum": 1, "maximum": 31},
    },
    minProperties=2,
)
_WINDOWS = list_of(_WINDOW, minItems=1)

SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A district's written policy for mastery-based credit",
    "description": "One version of one policy, as WAC 180-51-051(3) asks for it. See docs/policy-file.md.",
    "$defs": {"condition": _CONDITION},
    **shape_of(
        {
            "schema": {"const": SCHEMA_NAME},
            "series": CODE | {"description": "The policy's number, such as 2403. Its versions follow one another."},
            "title": LINE,
            "adopted": shape_of(
                {
                    "on": _or_blank(DATE) | {"description": "The day the board adopted this version."},
                    "by": {"type": ["string", "null"], "maxLength": 200},
                    "reference": {"type": ["string", "null"], "maxLength": 200},
                }
            ),
            "effective": shape_of(
                {
                    "from": DATE | {"description": "First day in force."},
                    "to": _or_blank(DATE) | {"description": "Last day in force; leave out for no end."},
                },
                required=("from",),
            ),
            "classes": list_of({"type": "integer", "minimum": 2000, "maximum": 2200}, uniqueItems=True)
            | {"description": "Graduation years the version is for; leave out for every class."},
            "equity": shape_of(
                {
                    "provision": _or_blank(_TEXT)
                    | {"description": "Cultural responsiveness and equity: WAC 180-51-051(3)(a)."},
                    "review_every_months": _or_blank({"type": "integer", "minimum": 1, "maximum": 120}),
                }
            ),
            "other_methods": shape_of(
                {
                    "statement": _or_blank(_TEXT)
                    | {"description": "Other ways the district allows, or the word none: WAC 180-51-051(3)(c)."},
                    "methods": list_of(
                        shape_of({"code": CODE, "title": LINE, "description": _TEXT}, required=("code", "title"))
                    ),
                }
            ),
            "approval": shape_of(
                _APPROVAL
                | {
                    "schools": {
                        "type": "object",
                        "additionalProperties": shape_of(_APPROVAL),
                        "description": "What the board set for single schools, by school code.",
                    }
                },
                required=("roles",),
            ),
            "scale": shape_of(
                {
                    "code": CODE,
                    "levels": list_of(CODE, minItems=2, maxItems=20, uniqueItems=True)
                    | {"description": "Level codes of the district's scale, lowest first."},
                },
                required=("code", "levels"),
            ),
            "courses": list_of(
                shape_of(
                    {
                        "code": CODE,
                        "title": LINE,
                        "subject": {"enum": [str(area) for area in SubjectArea]},
                        "credits": _CREDITS,
                    },
                    required=("code", "title", "subject"),
                )
            )
            | {"description": "Eligible courses: WAC 180-51-051(3)(b)."},
            "rules": list_of(_RULE),
            "facts": list_of(
                shape_of(
                    {
                        "name": CODE,
                        "title": LINE,
                        "kind": {"enum": ["number", "yes_no", "text", "date"]},
                        "choices": _LINES,
                        "unit": LINE,
                        "total": _MEASURES
                        | {"description": "Nobody confirms it: the sum of these, each times its weight."},
                    },
                    required=("name", "title", "kind"),
                )
            )
            | {"description": "What staff confirm for a request, beside results, judgements and the record."},
            "caps": list_of(
                shape_of(
                    {
                        "code": CODE,
                        "of": shape_of(_SELECTION),
                        "at_most": _CREDITS,
                        "share": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
                        "share_of": {"enum": ["total", "subject"]},
                        "per": CODE | {"description": "student, school_year, or a kind of period of the calendar."},
                        "counting": {
                            "enum": ["credits", "awards", "released"],
                            "description": "released: credits of requirements met, excused or waived without credit.",
                        },
                        "then": {"enum": ["cut", "refuse", "note"]},
                        "note": LINE,
                        "classes": list_of({"type": "integer", "minimum": 2000, "maximum": 2200}, minItems=1),
                        "schools": _LINES,
                        "when": _CONDITIONS | {"description": "It binds only where these hold, such as a grade."},
                        "citation": LINE,
                    },
                    required=("code",),
                )
            )
            | {"description": "Upper limits on sums of awards: pools, lifetime caps, caps by period."},
            "calendar": list_of(
                shape_of(
                    {
                        "kind": CODE,
                        "title": LINE,
                        "from": DATE,
                        "to": DATE,
                        "since": DATE | {"description": "Set anew on this day: replaces earlier ones of its kind."},
                        "schools": _LINES,
                    },
                    required=("kind", "from", "to"),
                )
            )
            | {"description": "Periods and windows: quarters, semesters, weeks in which requests are taken."},
            "required_credits": {
                "type": "object",
                "propertyNames": {"enum": ["total", *(str(area) for area in SubjectArea)]},
                "additionalProperties": _CREDITS,
                "description": "Credits that graduation requires, for caps that are shares.",
            },
            "purposes_mix": {
                "type": ["boolean", "null"],
                "description": "Whether one result may earn credit both instead of a course and for a failed one.",
            },
            "schools": {
                "type": "object",
                "additionalProperties": shape_of(
                    {"closed_rules": _CODES, "closed_courses": _CODES, "when": _CONDITIONS}
                ),
                "description": "What the board narrowed at single schools, by school code. A school never widens.",
            },
            "when": _CONDITIONS | {"description": "What every rule asks beside its own conditions."},
            "deadlines": list_of(
                shape_of(
                    {
                        "code": CODE,
                        "title": LINE,
                        "windows": _WINDOWS,
                        "at": TIME | {"description": "The last minute, in the district's own time."},
                        "comes": {
                            "enum": ["after", "before"],
                            "default": "after",
                            "description": "The first that follows the day of showing, or the last one before it.",
                        },
                        "rolls": _YES | {"description": "What is sent late counts for the next one."},
                        "schools": {"type": "object", "additionalProperties": _WINDOWS},
                    },
                    required=("code", "windows"),
                )
            )
            | {"description": "Days by which something is due, as expressions of the calendar."},
            "school_days": shape_of(
                {
                    "within": CODE | {"description": "The kind of period in which school is held."},
                    "closed": list_of(DATE),
                },
                required=("within",),
            ),
            "time_zone": LINE | {"description": "As America/Los_Angeles, the default."},
            "sources": _LINES | {"description": "Where rules come from, the one that goes before all others first."},
            "appeal": shape_of(
                {
                    "to": LINE,
                    "within_days": _WHOLE,
                    "counting": {"enum": ["days", "school_days"]},
                    "after": LINE | {"description": "The event that the days count from: notice, where left out."},
                    "in_writing": _YES,
                    "roles": REVIEWING | {"description": "Who answers; administrators, where left out."},
                    "answer_within_days": _WHOLE,
                },
                required=("to", "within_days"),
            ),
            "moderation": shape_of(
                {
                    "share": {
                        "type": "number",
                        "exclusiveMinimum": 0,
                        "maximum": 100,
                        "description": "Of 100 requests with judged work, how many a second teacher reads too.",
                    },
                    "class_share": {
                        "type": "number",
                        "minimum": 0,
                        "maximum": 100,
                        "description": "The same of works in a class: one student, one task. Left out: as share.",
                    },
                    "agreement": {
                        "enum": ["exact", "adjacent"],
                        "description": "Levels that are the same, the default, or at most one apart.",
                    },
                    "on_disagreement": {
                        "enum": [str(one) for one in OnDisagreement],
                        "description": "talk, the default: they settle it. third_reading: somebody else reads it.",
                    },
                    "readers": {"enum": ["school", "district"], "description": "Where readers come from: the school."},
                    "decision": {"enum": ["waits", "goes_on"], "description": "Whether the decision waits: it does."},
                    "rules": _CODES | {"description": "Rules it is for; leave out for every one."},
                },
                required=("share",),
                description="A second teacher reads part of the work without seeing the first one's levels.",
            ),
            "proposals": PROPOSALS,
            "transfer": TRANSFER,
            "notify": list_of(_PEOPLE, minItems=1, uniqueItems=True),
            "text": _or_blank(_TEXT) | {"description": "The policy as the board adopted it."},
        },
        required=("schema", "series", "title", "effective", "approval", "scale", "courses", "rules"),
    ),
}

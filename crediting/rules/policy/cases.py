"""Made-up cases for a policy: facts, a request, and what should come of it (``docs/policy-file.md``).

A case says only what matters to it. What it leaves out is taken as harmless: standards of the state are named, nobody
in particular decides. What a rule asks for and the case does not have is missing, as it would be for a student.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from jsonschema import Draft202012Validator

from crediting.rules.facts import (
    Approved,
    AssessmentResult,
    AttemptOutcome,
    Attested,
    ClaimedStandard,
    EarlierAttempt,
    EarlierAward,
    JudgedLevel,
    NextPair,
    Override,
    Purpose,
    RequestFacts,
    StudentFacts,
    Try,
    Value,
)
from crediting.rules.ledger import outcome_of
from crediting.rules.outcome import OutcomeKind
from crediting.rules.policy import document
from crediting.rules.policy.build import fact_value
from crediting.rules.policy.document import Document, Problem, Unreadable
from crediting.rules.policy.loader import MAX_PROBLEMS, entries, shape_problems
from crediting.rules.policy.schema import CODE, DATE, LINE, SCHEMA_NAME, TIME, list_of, shape_of
from crediting.rules.policy.terms import PolicyTerms
from crediting.states import AdoptionBody, LocalAssessment
from mbl.core.calendar import KNOWN_YEARS

CASES_NAME: Final = "mbl-cases/1"

_CREDITS = {"type": "number", "minimum": 0, "maximum": 100}
_NUMBER = {"type": "number"}
_YES = {"type": "boolean"}
_CODES = list_of(LINE)
_VALUE = {"type": ["string", "number", "boolean"]}

_OUTCOME = {"enum": [str(kind) for kind in OutcomeKind]}
_EXPECTED = shape_of(
    {
        "outcome": _OUTCOME,
        "credits": _CREDITS,
        "released": _CREDITS | {"description": "Of how many credits a requirement is met, excused or waived."},
        "mark": {"type": "string", "maxLength": 5},
        "course_code": LINE,
        "rule": CODE,
        "requirement": LINE,
        "effective_on": DATE,
        "reasons": _CODES | {"description": "Codes that must be among the reasons."},
        "missing": _CODES | {"description": "Codes that must be among what is missing."},
    },
    minProperties=1,
)
_EXPECT = {
    "description": "What should come of it: the outcome alone, or more of it.",
    "if": {"type": "object"},
    "then": _EXPECTED,
    "else": _OUTCOME,
}
_REQUEST = shape_of(
    {
        "course": CODE,
        "course_credits": _CREDITS,
        "subject": LINE,
        "method": CODE | {"description": "Leave out to try every way that the course has."},
        "kind": {"enum": [str(kind) for kind in LocalAssessment]},
        "purpose": {"enum": [str(purpose) for purpose in Purpose]},
        "on": DATE | {"description": "When the last required part was shown; else the latest day of the case's facts."},
        "submitted": DATE,
        "submitted_at": TIME,
        "decided": DATE,
        "starts": DATE | {"description": "When the work itself began."},
        "credits": _CREDITS | {"description": "How much is asked for, where it is not simply all."},
        "mark": {"type": "string", "maxLength": 5, "description": "The mark that the student chose."},
        "mark_chosen": DATE,
        "chosen": DATE | {"description": "When the student chose what is theirs to choose: course, amount, mark."},
        "fee_paid": _YES,
        "review": _YES | {"description": "true: not a new request, but whether the award in the course still holds."},
        "language": LINE,
        "standards": list_of(
            shape_of(
                {
                    "code": LINE,
                    "body": {"enum": ["state", "local", "none"]},
                    "levels": _CODES | {"description": "Judgements, oldest first."},
                },
                required=("code",),
            )
        ),
        "state_standards": _YES | {"description": "false: the state has no standards for the subject."},
        "evidence": list_of(
            {
                "if": {"type": "string"},
                "then": LINE,
                "else": shape_of({"code": LINE, "kind": LINE}, required=("code",)),
            }
        ),
        "reflection": _YES,
        "self_evaluation": _YES,
        "assessed_by": _CODES,
        "decided_by": shape_of({"person": LINE, "roles": list_of(CODE)}, required=("person", "roles")),
        "override": shape_of(
            {"role": CODE, "lifts": _CODES, "reason": {"type": "string"}}, required=("role", "lifts", "reason")
        ),
        "expect": _EXPECT,
    },
    required=("course",),
)
_CASE = shape_of(
    {
        "case": LINE,
        "about": {"type": "string", "maxLength": 2_000},
        "student": shape_of(
            {
                "grade": {"type": ["string", "integer"]},
                "grade_at_request": {"type": ["string", "integer"]},
                "age": {"type": "integer", "minimum": 0, "maximum": 120},
                "class": {"type": "integer", "minimum": 2000, "maximum": 2200},
                "school": LINE,
                "groups": _CODES,
                "enrolled": _CODES,
            }
        ),
        "record": list_of(
            shape_of(
                {
                    "course": CODE,
                    "subject": LINE,
                    "outcome": {"enum": [str(outcome) for outcome in AttemptOutcome]},
                    "mark": {"type": "string", "maxLength": 5},
                    "credits": _CREDITS | {"description": "Attempted."},
                    "earned": _CREDITS,
                    "ended": DATE,
                    "term": {"type": ["string", "integer"]},
                    "summer": _YES,
                    "elsewhere": _YES | {"description": "Earned in another district."},
                },
                required=("course", "ended"),
            )
        ),
        "results": list_of(
            shape_of(
                {
                    "instrument": CODE,
                    "taken": DATE,
                    "level": {"type": "integer"},
                    "score": _NUMBER,
                    "met": _YES,
                    "language": LINE,
                    "skills": {"type": "object", "additionalProperties": LINE},
                },
                required=("instrument", "taken"),
            )
        ),
        "awards": list_of(
            shape_of(
                {
                    "course": CODE,
                    "rule": CODE,
                    "method": CODE,
                    "credits": _CREDITS,
                    "subject": LINE,
                    "purpose": {"enum": [str(purpose) for purpose in Purpose]},
                    "language": LINE,
                    "on": DATE,
                    "evidence": _CODES,
                    "spent": {"type": "object", "additionalProperties": _NUMBER},
                    "mark": {"type": "string", "maxLength": 5},
                    "released": _CREDITS | {"description": "Of a requirement, where it gave no credit."},
                },
                required=("course",),
            )
        ),
        "facts": {"type": "object", "additionalProperties": _VALUE},
        "papers": _CODES,
        "attestations": list_of(
            shape_of({"role": LINE, "on": DATE, "code": LINE, "by": LINE}, required=("role", "on"))
        ),
        "approvals": list_of(
            shape_of({"of": CODE, "on": DATE, "role": LINE, "starts": DATE, "refused": _YES}, required=("of", "on"))
        ),
        "tries": list_of(shape_of({"course": CODE, "method": CODE, "on": DATE}, required=("on",))),
        "next_courses": list_of(
            shape_of({"course": CODE, "next": CODE, "grade": LINE, "because": LINE}, required=("course", "next"))
        ),
        "request": _REQUEST,
        "requests": list_of(_REQUEST, minItems=1)
        | {"description": "One after the other; what one is awarded stands for the next."},
        "expect": {
            "if": {"type": "array"},
            "then": list_of(_EXPECT, minItems=1),
            "else": _EXPECT,
            "description": "Without a request: a list where several awards must be made.",
        },
    },
    required=("case",),
)
CASES_SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Cases to try a policy on",
    **shape_of({"schema": {"const": CASES_NAME}, "cases": list_of(_CASE, minItems=1)}, required=("schema", "cases")),
}
_VALIDATOR = Draft202012Validator(CASES_SCHEMA)


@dataclass(frozen=True)
class Case:
    """``requests`` one after the other; facts alone where nothing is requested (R26)."""

    name: str
    written: dict[str, Any]

    @property
    def expected(self) -> list[dict[str, Any]]:
        """What is expected of the case as a whole, in order; empty where nothing is."""
        said = self.written.get("expect", [])
        return [in_full(one) for one in (said if isinstance(said, list) else [said])]

    @property
    def requests(self) -> list[dict[str, Any]]:
        if "request" in self.written:
            said = {"expect": self.written["expect"]} if "expect" in self.written else {}
            return [said | self.written["request"]]
        return list(self.written.get("requests", []))


def in_full(expected: str | dict[str, Any]) -> dict[str, Any]:
    """An outcome written alone, as an expectation."""
    return {"outcome": expected} if isinstance(expected, str) else expected


def parse(text: str) -> list[Case] | list[Problem]:
    """The cases in ``text``, or its faults in the order of their lines."""
    try:
        read = document.read(text)
    except Unreadable as unreadable:
        return [unreadable.problem]
    if not isinstance(read.value, dict) or read.value.get("schema") != CASES_NAME:
        found = str(read.value.get("schema") or "") if isinstance(read.value, dict) else ""
        if found == SCHEMA_NAME:
            return [read.problem(("schema",), "file.policy_for_cases")]
        return [read.problem(("schema",), "file.unknown_schema", schema=found, known=CASES_NAME)]
    problems = [*read.problems, *shape_problems(read, _VALIDATOR)]
    if all(problem.where.startswith("cases[") for problem in problems):
        problems += _disagreements(read, entries(problems))
    if problems:
        return sorted(dict.fromkeys(problems))[:MAX_PROBLEMS]
    return [Case(one["case"], one) for one in read.value["cases"]]


def _disagreements(read: Document, faulty: Collection[str]) -> Iterator[Problem]:
    """``faulty``: cases of a wrong shape, as ``cases[2]``; only their days are looked at."""
    seen: set[str] = set()
    for index, case in enumerate(read.value["cases"]):
        if document.where(("cases", index)) in faulty:
            continue
        if case["case"] in seen:
            yield read.problem(("cases", index, "case"), "agree.twice", code=case["case"])
        seen.add(case["case"])
        if "request" in case and "requests" in case:
            yield read.problem(("cases", index, "requests"), "case.request_or_requests")
        if "request" in case and isinstance(case.get("expect"), list):
            yield read.problem(("cases", index, "expect"), "case.one_expected")
        if "expect" in case and "expect" in case.get("request", {}):
            yield read.problem(("cases", index, "expect"), "case.expected_twice")
        if "requests" in case and "expect" in case:
            yield read.problem(("cases", index, "expect"), "case.expect_inside")
    for path, value in document.walk(read.value):
        if isinstance(value, str) and path[-1] in _DAYS:
            try:
                day = dt.date.fromisoformat(value)
            except ValueError:
                yield read.problem(path, "agree.no_such_day", found=value)
                continue
            if day.year not in KNOWN_YEARS:
                yield read.problem(path, "agree.far_day", found=value)


_DAYS = frozenset({"on", "ended", "taken", "starts", "submitted", "decided", "mark_chosen", "chosen", "effective_on"})


# --- Facts ------------------------------------------------------------------------------------------------------------


def facts_of(terms: PolicyTerms, case: Case, request: dict[str, Any], made: tuple[EarlierAward, ...]) -> RequestFacts:
    """The facts of a case for one of its requests; ``made`` are awards of its earlier ones."""
    written = case.written
    student = written.get("student", {})
    code = request.get("course", "")
    course = next((one for one in terms.catalog if one.code == code), None)
    standards = request.get("standards")
    evidence = [one if isinstance(one, dict) else {"code": one} for one in request.get("evidence", [])]
    judgements = _judgements(terms, standards or [], request)
    decider, override = request.get("decided_by"), request.get("override")
    return RequestFacts(
        course_code=code,
        course_credits=_decimal(request.get("course_credits")) or (course.credits if course else None) or Decimal(1),
        subject=request.get("subject") or terms.courses.get(code, ""),
        school_code=student.get("school", ""),
        graduation_year=student.get("class"),
        method=request.get("method", ""),
        kind=request.get("kind", ""),
        purpose=Purpose(request.get("purpose", Purpose.EITHER)),
        demonstrated_on=demonstrated_on(written, request),
        claims=_claims(standards),
        judgements=judgements,
        results=tuple(_result(one) for one in written.get("results", [])),
        record=tuple(_row(terms, one) for one in written.get("record", [])),
        awards=(*(_award(terms, one) for one in written.get("awards", [])), *made),
        evidence=frozenset(one["code"] for one in evidence) or _taken_as_shown(judgements),
        evidence_kinds=frozenset(one["kind"] for one in evidence if "kind" in one),
        reflected=request.get("reflection", False),
        state_standards_exist=request.get("state_standards", True),
        assessors=frozenset(request.get("assessed_by", ())),
        attestations=tuple(
            Attested(one["role"], _day(one["on"]), one.get("code", ""), one.get("by", ""))
            for one in written.get("attestations", [])
        ),
        approvals=tuple(_approval(one) for one in written.get("approvals", [])),
        student=StudentFacts(
            grade=str(student.get("grade", "")),
            grade_at_request=str(student.get("grade_at_request", "")),
            age=student.get("age"),
            groups=frozenset(student.get("groups", ())),
            enrolled=frozenset(student.get("enrolled", ())),
        ),
        confirmed={name: _confirmed(terms, name, value) for name, value in written.get("facts", {}).items()},
        papers=frozenset(written.get("papers", ())),
        self_evaluated=request.get("self_evaluation", False),
        language=request.get("language", ""),
        credits_wanted=_decimal(request.get("credits")),
        mark_wanted=request.get("mark", ""),
        mark_chosen_on=_day_or_none(request.get("mark_chosen", request.get("chosen"))),
        submitted_on=_day_or_none(request.get("submitted")),
        submitted_at=dt.time.fromisoformat(request["submitted_at"]) if "submitted_at" in request else None,
        fee_paid=request.get("fee_paid", False),
        decided_on=_day_or_none(request.get("decided")),
        starts_on=_day_or_none(request.get("starts")),
        tries=tuple(
            Try(one.get("course", code), one.get("method", ""), _day(one["on"])) for one in written.get("tries", [])
        ),
        next_pairs=tuple(
            NextPair(one["course"], one["next"], one.get("grade", ""), one.get("because", ""))
            for one in written.get("next_courses", [])
        ),
        override=Override(override["role"], frozenset(override["lifts"]), override["reason"]) if override else None,
        decider=decider["person"] if decider else "",
        decider_roles=frozenset(decider["roles"]) if decider else frozenset(),
    )


def _confirmed(terms: PolicyTerms, name: str, value: Any) -> Value:
    """Of a question that is answered with yes or no, these words too."""
    if name in terms.facts and terms.facts[name].kind == "yes_no" and value in _YES_NO:
        return _YES_NO[value]
    return fact_value(value)


_YES_NO = {True: True, False: False, "yes": True, "no": False}


def demonstrated_on(written: dict[str, Any], request: dict[str, Any]) -> dt.date | None:
    """The day that the request names, else the latest day on which the case shows anything (R10a)."""
    if "on" in request:
        return _day(request["on"])
    days = [
        *(one["ended"] for one in written.get("record", [])),
        *(one["taken"] for one in written.get("results", [])),
        *(one["on"] for one in written.get("attestations", [])),
        *filter(None, (request.get("submitted"),)),
    ]
    if request.get("review"):
        days += [one["on"] for one in written.get("awards", []) if "on" in one]
    return _day(max(days)) if days else _day_or_none(request.get("decided"))


_ASSUMED = ClaimedStandard("assumed", "", "Standard of the course", "", "", AdoptionBody.STATE)


def _claims(standards: list[dict[str, Any]] | None) -> tuple[ClaimedStandard, ...]:
    """Standards as the case names them; one of the state's where it says nothing of standards."""
    if standards is None:
        return (_ASSUMED,)
    bodies = {"none": ""}
    return tuple(
        ClaimedStandard(one["code"], one["code"], "", "", "", bodies.get(body := one.get("body", "state"), body))
        for one in standards
    )


def _judgements(
    terms: PolicyTerms, standards: list[dict[str, Any]], request: dict[str, Any]
) -> tuple[JudgedLevel, ...]:
    assessor = next(iter(request.get("assessed_by", ())), "assessor")
    start = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    return tuple(
        JudgedLevel(
            standard=one["code"],
            level=level,
            position=terms.levels.index(level) + 1 if level in terms.levels else 0,
            attempt=attempt,
            judged_at=start + dt.timedelta(days=attempt),
            assessor=assessor,
        )
        for one in standards
        for attempt, level in enumerate(one.get("levels", ()), start=1)
    )


def _taken_as_shown(judgements: tuple[JudgedLevel, ...]) -> frozenset[str]:
    """Work that was judged was there to look at, where a case does not list it."""
    return frozenset({"work judged"}) if judgements else frozenset()


def _row(terms: PolicyTerms, one: dict[str, Any]) -> EarlierAttempt:
    earned = _decimal(one.get("earned"))
    said = AttemptOutcome(one["outcome"]) if "outcome" in one else None
    attempted = _decimal(one.get("credits")) or earned or Decimal(1)
    if earned is None:
        passed = said == AttemptOutcome.PASSED or (said is None and _is_pass(one.get("mark", "")))
        earned = attempted if passed else Decimal(0)
    return EarlierAttempt(
        course_code=one["course"],
        outcome=said or outcome_of(one.get("mark", ""), earned),
        mark=one.get("mark", ""),
        credits_attempted=attempted,
        credits_earned=earned,
        ended_on=_day(one["ended"]),
        subject=one.get("subject") or terms.courses.get(one["course"], ""),
        term=str(one.get("term", "")),
        is_summer=one.get("summer", False),
        is_elsewhere=one.get("elsewhere", False),
    )


def _is_pass(mark: str) -> bool:
    return bool(mark) and outcome_of(mark, Decimal(0)) == AttemptOutcome.FAILED and mark.upper() not in {"F", "E", "U"}


def _result(one: dict[str, Any]) -> AssessmentResult:
    return AssessmentResult(
        instrument=one["instrument"],
        taken_on=_day(one["taken"]),
        level=one.get("level"),
        score=_decimal(one.get("score")),
        met=one.get("met"),
        language=one.get("language", ""),
        skills=one.get("skills", {}),
    )


def _award(terms: PolicyTerms, one: dict[str, Any]) -> EarlierAward:
    return EarlierAward(
        course_code=one["course"],
        method=one.get("method", ""),
        rule_code=one.get("rule", ""),
        credits=Decimal(one.get("credits", 0)),
        evidence=frozenset(one.get("evidence", ())),
        subject=one.get("subject") or terms.courses.get(one["course"], ""),
        purpose=one.get("purpose", ""),
        language=one.get("language", ""),
        on=_day_or_none(one.get("on")),
        spent={name: Decimal(amount) for name, amount in one.get("spent", {}).items()},
        mark=one.get("mark", ""),
        released=Decimal(one.get("released", 0)),
    )


def _approval(one: dict[str, Any]) -> Approved:
    return Approved(
        what=one["of"],
        on=_day(one["on"]),
        role=one.get("role", ""),
        starts_on=_day_or_none(one.get("starts")),
        is_refusal=one.get("refused", False),
    )


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _day_or_none(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _decimal(value: int | Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(value)

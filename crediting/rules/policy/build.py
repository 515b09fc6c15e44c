"""From a document of the published shape to ``PolicyTerms``. Nothing is checked here and nothing is filled in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from crediting.rules import deadlines as d
from crediting.rules.facts import Purpose, Value
from crediting.rules.policy import conditions as c
from crediting.rules.policy.marks import LETTER_MARKS
from crediting.rules.policy.schema import WEEKDAYS
from crediting.rules.policy.terms import (
    Amount,
    Appeal,
    Approval,
    Cap,
    CreditRule,
    DeadlineTerm,
    Discretion,
    EligibleCourse,
    FactTerm,
    Fee,
    Gives,
    IfBroken,
    LocalMethod,
    Mark,
    MarkRow,
    Marks,
    MarkTable,
    Moderation,
    OldLine,
    Per,
    Period,
    PolicyTerms,
    Repeats,
    Reuse,
    Row,
    SchoolTerms,
    SkillsFor,
    Table,
    TableOf,
)
from crediting.states import LocalAssessment, Method, OnDisagreement, Rounding

Written = dict[str, Any]


def terms(value: Written) -> PolicyTerms:
    """The terms of a document that ``loader.parse`` found without fault."""
    adopted = value.get("adopted") or {}
    effective = value["effective"]
    equity = value.get("equity") or {}
    other = value.get("other_methods") or {}
    catalog = tuple(
        EligibleCourse(course["code"], course["title"], course["subject"], number(course.get("credits")))
        for course in value["courses"]
    )
    return PolicyTerms(
        series=value["series"],
        number=0,
        title=value["title"],
        effective_from=dt.date.fromisoformat(effective["from"]),
        effective_to=_day(effective.get("to")),
        equity_provision=(equity.get("provision") or "").strip(),
        other_methods=(other.get("statement") or "").strip(),
        approval=_approval(value["approval"]),
        scale=value["scale"]["code"],
        levels=tuple(value["scale"]["levels"]),
        courses=MappingProxyType({course.code: course.subject for course in catalog}),
        rules=tuple(_rule(rule, [course.code for course in catalog]) for rule in value["rules"]),
        classes=frozenset(value.get("classes", ())),
        adopted_on=_day(adopted.get("on")),
        adopted_by=(adopted.get("by") or "").strip(),
        board_reference=(adopted.get("reference") or "").strip(),
        review_every_months=equity.get("review_every_months"),
        school_approval=MappingProxyType(
            {
                # A school's own words, and the district's where the school says nothing.
                code: _approval(value["approval"] | school)
                for code, school in value["approval"].get("schools", {}).items()
            }
        ),
        schools=MappingProxyType({code: _school(school) for code, school in value.get("schools", {}).items()}),
        catalog=catalog,
        methods=MappingProxyType(
            {
                method["code"]: LocalMethod(method["code"], method["title"], method.get("description", ""))
                for method in other.get("methods", [])
            }
        ),
        facts=MappingProxyType(
            {
                fact["name"]: FactTerm(
                    fact["name"],
                    fact["title"],
                    fact["kind"],
                    tuple(fact.get("choices", ())),
                    fact.get("unit", ""),
                    _measures(fact.get("total", ())),
                )
                for fact in value.get("facts", [])
            }
        ),
        caps=tuple(_cap(cap) for cap in value.get("caps", [])),
        calendar=tuple(
            Period(
                period["kind"],
                period.get("title", ""),
                dt.date.fromisoformat(period["from"]),
                dt.date.fromisoformat(period["to"]),
                _day(period.get("since")) or dt.date.min,
                _set(period.get("schools")),
            )
            for period in value.get("calendar", [])
        ),
        required_credits=MappingProxyType(
            {subject: Decimal(amount) for subject, amount in value.get("required_credits", {}).items()}
        ),
        purposes_mix=value.get("purposes_mix"),
        appeal=_appeal(value.get("appeal")),
        moderation=_moderation(value.get("moderation")),
        notify=tuple(value.get("notify", ("student", "family"))),
        when=condition({"all_of": value.get("when", [])}),
        deadlines=MappingProxyType({one["code"]: _deadline(one) for one in value.get("deadlines", [])}),
        school_calendar=_school_calendar(value),
        sources=tuple(value.get("sources", ())),
        text=(value.get("text") or "").strip(),
    )


def _approval(value: Written) -> Approval:
    return Approval(frozenset(value["roles"]), value.get("two_roles", True))


def _school(value: Written) -> SchoolTerms:
    return SchoolTerms(
        _set(value.get("closed_rules")), _set(value.get("closed_courses")), condition({"all_of": value.get("when", [])})
    )


def _appeal(value: Written | None) -> Appeal | None:
    if not value:
        return None
    return Appeal(
        value["to"],
        value["within_days"],
        value.get("in_writing", True),
        value.get("after", "notice"),
        value.get("counting") == "school_days",
    )


def _moderation(value: Written | None) -> Moderation | None:
    if not value:
        return None
    return Moderation(
        share=Decimal(value["share"]),
        class_share=Decimal(value["class_share"]) if "class_share" in value else None,
        adjacent_agrees=value.get("agreement") == "adjacent",
        on_disagreement=OnDisagreement(value.get("on_disagreement", OnDisagreement.TALK)),
        waits=value.get("decision") != "goes_on",
        across_district=value.get("readers") == "district",
        rules=_set(value.get("rules")),
    )


def _deadline(value: Written) -> DeadlineTerm:
    schools = {school: _windows(windows) for school, windows in value.get("schools", {}).items()}
    at = dt.time.fromisoformat(value["at"]) if "at" in value else None
    when = d.Deadline(_windows(value["windows"]), at, schools, value.get("comes") == "before")
    return DeadlineTerm(value["code"], value.get("title", ""), when, value.get("rolls", False))


def _windows(value: Iterable[Written]) -> tuple[d.Window, ...]:
    return tuple(_window(one) for one in value)


def _window(value: Written) -> d.Window:
    if "weekday" in value:
        return d.NthWeekday(value["nth"], WEEKDAYS.index(value["weekday"]), value["month"])
    if "day" in value:
        return d.MonthDay(value["month"], value["day"])
    unit = next(unit for unit in d.Unit if unit in value)
    number = value[unit]
    return d.Offset(value["after"], number, unit) if "after" in value else d.Offset(value["before"], -number, unit)


def _school_calendar(value: Written) -> d.Calendar:
    said = value.get("school_days", {})
    return d.Calendar(
        ZoneInfo(value.get("time_zone", "America/Los_Angeles")),
        tuple(
            (dt.date.fromisoformat(one["from"]), dt.date.fromisoformat(one["to"]))
            for one in value.get("calendar", [])
            if one["kind"] == said.get("within")
        ),
        frozenset(dt.date.fromisoformat(day) for day in said.get("closed", ())),
    )


def _cap(value: Written) -> Cap:
    return Cap(
        code=value["code"],
        of=_selection(value.get("of", {})),
        at_most=number(value.get("at_most")),
        share=number(value.get("share")),
        share_of_subject=value.get("share_of") == "subject",
        per=value.get("per", "student"),
        counts_awards=value.get("counting") == "awards",
        counts_released=value.get("counting") == "released",
        refuses=value.get("then") == "refuse",
        note=value.get("note", "") if value.get("then") == "note" else "",
        classes=frozenset(value.get("classes", ())),
        schools=_set(value.get("schools")),
        when=condition({"all_of": value["when"]}) if "when" in value else c.NOTHING_ASKED,
        citation=value.get("citation", ""),
    )


# --- Rules ------------------------------------------------------------------------------------------------------------


def _rule(value: Written, everything: list[str]) -> CreditRule:
    kinds = value.get("kinds", [])
    courses = everything if value["courses"] == "all" else value["courses"]
    mark, marks = _marks(value.get("mark"))
    discretion, repeats, fee = value.get("discretion"), value.get("repeatable"), value.get("fee")
    return CreditRule(
        code=value["code"],
        method=value["method"],
        courses=frozenset(courses),
        citation=value.get("citation", ""),
        when=_when(value),
        kinds=frozenset(str(kind) for kind in (LocalAssessment if kinds == "all" else kinds)),
        purpose=Purpose(value.get("purpose", "either")),
        gives=Gives(value.get("gives", "credit")),
        requirement=value.get("requirement", ""),
        replaced=value.get("replaced", False),
        amount=_amount(value.get("credit")),
        mark=mark,
        marks=marks,
        course_codes=MappingProxyType(_course_codes(value.get("course_code"), courses)),
        on_request=value.get("transcript") == "on_request",
        effective=effective["end_of"] if isinstance(effective := value.get("effective"), dict) else "",
        must_award=value.get("must_award", False),
        reuse=Reuse(value.get("reuse", "pool")),
        approval=_approval(value["approval"]) if "approval" in value else None,
        discretion=Discretion(_set(discretion["roles"]), _set(discretion["lifts"])) if discretion else None,
        repeats=Repeats(repeats["times"], repeats.get("grade", "")) if repeats else None,
        fee=_fee(fee) if fee else None,
        keeps_while=condition({"all_of": value.get("keeps_while", [])}),
        if_broken=IfBroken(value.get("if_broken", "revoke")),
        visible_to=_set(value.get("visible_to")),
        decide_by=value.get("decide_by", ""),
        choose_by=value.get("choose_by", ""),
        source=value.get("source", ""),
        old_line=OldLine(value.get("old_line", "stays")),
        text=(value.get("text") or "").strip(),
    )


def _fee(value: Written) -> Fee:
    return Fee(
        Decimal(value["amount"]),
        int(value.get("first_free", 0)),
        value.get("before_decision", False),
        _set(value.get("free_for")),
    )


def _when(value: Written) -> c.Condition:
    """The conditions as written; learning outside school always needs its proposal approved first (R16)."""
    parts = tuple(condition(part) for part in value.get("when", []))
    if value["method"] == Method.EQUIVALENCY:
        known = any(isinstance(leaf, c.ApprovedBefore) for part in parts for leaf in c.leaves(part))
        parts = parts if known else (c.ApprovedBefore("proposal"), *parts)
    return c.AllOf(parts)


def _course_codes(value: str | Written | None, courses: Iterable[str]) -> dict[str, str]:
    """The code that an award prints, by course (R37); ``*`` stands for the course's own."""
    if isinstance(value, dict):
        return {str(course): str(code).replace("*", str(course)) for course, code in value.items()}
    return {course: value.replace("*", course) for course in courses} if value else {}


def _marks(value: str | Written | None) -> tuple[Mark | None, Marks]:
    if not isinstance(value, dict) or "value" in value:
        return _mark(value), Marks()
    choices = tuple(mark for mark in map(_mark, value.get("choice", [])) if mark)
    return _mark(value.get("default")), Marks(
        by_purpose={purpose: mark for purpose, said in value.get("by_purpose", {}).items() if (mark := _mark(said))},
        by_level={level: mark for level, said in value.get("by_level", {}).items() if (mark := _mark(said))},
        choices=choices,
        choose_by=value.get("choose_by", ""),
        table=next((_mark_table(value[key]) for key in ("by_score", "by_fact") if key in value), None),
        taken_from=value.get("from", ""),
        basis=value.get("basis", ""),
    )


def _mark_table(value: Written) -> MarkTable:
    usual = {"basis": value.get("basis", "")}
    rows = (
        MarkRow(
            _stated(usual | (said if isinstance(said := row["mark"], dict) else {"value": said})),
            number(row.get("from")),
            number(row.get("to")),
            _named(row),
        )
        for row in value["rows"]
    )
    return MarkTable(tuple(rows), tuple(value.get("instruments", ())), value.get("fact", ""))


def _mark(value: str | Written | None) -> Mark | None:
    if value is None:
        return None
    return _stated({"value": value} if isinstance(value, str) else value)


def _stated(said: Written) -> Mark:
    return Mark(said["value"], said["value"] in LETTER_MARKS, said.get("basis", ""))


def _amount(value: Written | None) -> Amount:
    if not value:
        return Amount()
    exactly, up_to, per = value.get("exactly"), value.get("up_to"), value.get("per")
    return Amount(
        exactly=None if exactly == "course" else number(exactly),
        whole_course=exactly == "course",
        up_to=None if up_to == "course" else number(up_to),
        up_to_course=up_to == "course",
        at_least=number(value.get("at_least")),
        table=next((_table(of, value[of]) for of in TableOf if of in value), None),
        per=Per(per["fact"], Decimal(per["every"]), Decimal(per["gives"]), per.get("parts", False)) if per else None,
        as_wanted=value.get("as_requested", False),
        of_attempted=value.get("of_attempted", False),
        less=_selection(value["less"]) if "less" in value else None,
        factor=number(value.get("factor")),
        round_to=number(value.get("round_to")),
        rounding=Rounding(value.get("rounding", Rounding.DOWN)),
    )


def _table(of: TableOf, value: Written) -> Table:
    return Table(
        of=of,
        rows=tuple(
            Row(Decimal(row["credits"]), _named(row), number(row.get("from")), number(row.get("to")))
            for row in value["rows"]
        ),
        instruments=tuple(value.get("instruments", ())),
        fact=value.get("fact", ""),
        level=value.get("level", ""),
        levels=tuple(value.get("levels", ())),
        skills=tuple(value.get("skills", ())),
        skills_for=tuple(
            SkillsFor(tuple(one["skills"]), _set(one.get("languages")), _set(one.get("instruments")))
            for one in value.get("skills_for", [])
        ),
    )


def _named(row: Written) -> str:
    """What a row is for, where it is no number: a level, or a fact's value in signs."""
    return c.plain_value(fact_value(row["is"])) if "is" in row else str(row.get("level", ""))


_SELECTS = ("rules", "methods", "courses", "subjects", "purposes", "marks", "same")


def _selection(value: Written) -> c.Selection:
    return c.Selection(**{part: _set(value.get(part)) for part in _SELECTS})


# --- Conditions -------------------------------------------------------------------------------------------------------


def condition(value: Written) -> c.Condition:
    """One condition: the single key names its kind."""
    ((kind, said),) = value.items()
    return _CONDITIONS[kind](said)


def _parts(said: list[Written]) -> tuple[c.Condition, ...]:
    return tuple(condition(part) for part in said)


def _assessment(said: Written) -> c.ResultOn:
    instruments = (
        c.Instrument(one["instrument"], one.get("title", ""), one.get("level"), number(one.get("score")))
        for one in said["any_of"]
    )
    return c.ResultOn(tuple(instruments), said.get("within_months"), said.get("which", "best"))


def _standards(said: Written) -> c.StandardsAt:
    return c.StandardsAt(
        level=said["level"],
        at_least=said.get("at_least"),
        named=tuple(said.get("named", ())),
        share=number(said.get("share")),
        mean=number(said.get("mean")),
    )


def _total(said: Written) -> c.Total:
    return c.Total(_measures(said["of"]), number(said.get("at_least")), number(said.get("at_most")))


def _measures(said: Iterable[str | Written]) -> tuple[c.Measured, ...]:
    return tuple(
        c.Measured(one) if isinstance(one, str) else c.Measured(one["name"], Decimal(one.get("times", 1)))
        for one in said
    )


def _attempts(said: Written) -> c.AttemptsLeft:
    return c.AttemptsLeft(
        at_most=said.get("at_most"),
        per=said.get("per", "course"),
        wait_days=said.get("wait_days"),
        in_course=c.SAME in said.get("courses", ()),
    )


def _fact(said: Written) -> c.FactIs:
    return c.FactIs(
        name=said["name"],
        equals=fact_value(said["is"]) if "is" in said else None,
        one_of=tuple(fact_value(one) for one in said.get("one_of", ())),
        at_least=number(said.get("at_least")),
        at_most=number(said.get("at_most")),
        spend=number(said.get("spend")),
    )


def fact_value(written: str | int | bool | Decimal) -> Value:
    """A value of a fact as rules compare it: numbers exactly, days as text that ISO writes."""
    if isinstance(written, bool):
        return written
    return Decimal(written) if isinstance(written, int | Decimal) else written


def _prior_attempt(said: list[str] | Written) -> c.PriorAttempt:
    if isinstance(said, list):
        return c.PriorAttempt(frozenset(said))
    return c.PriorAttempt(
        outcomes=frozenset(said["outcomes"]),
        marks=frozenset(mark.upper() for mark in said.get("marks", ())),
        term=str(said.get("term", "")),
        within_months=said.get("within_months"),
        excludes=_set(said.get("excludes")),
        courses=tuple(said.get("courses", (c.SAME,))),
        times=said.get("times", 1),
    )


def _completed(said: Written) -> c.Completed:
    return c.Completed(
        any_of=tuple(
            c.HigherCourse(one["course"], one.get("grade", said.get("grade", "")), str(one.get("term", "")))
            for one in said.get("any_of", ())
        ),
        listed=said.get("listed", False),
        grade=said.get("grade", ""),
        within_months=said.get("within_months"),
        excludes=_set(said.get("excludes")),
        because=said.get("because", ""),
        spend=said.get("spend", False),
    )


def _attestation(said: Written) -> c.AttestedBy:
    return c.AttestedBy(said.get("code", ""), tuple(said["roles"]), said.get("text", ""), said.get("count", 1))


def _student(said: Written) -> c.StudentIs:
    return c.StudentIs(
        grades=tuple(said.get("grades", ())),
        as_of=said.get("as_of", "demonstration"),
        age_at_least=said.get("age_at_least"),
        age_below=said.get("age_below"),
        groups=tuple(said.get("groups", ())),
        schools=tuple(said.get("schools", ())),
        classes=frozenset(said.get("classes", ())),
    )


_CONDITIONS: Mapping[str, Callable[[Any], c.Condition]] = {
    "all_of": lambda said: c.AllOf(_parts(said)),
    "any_of": lambda said: c.AnyOf(_parts(said)),
    "none_of": lambda said: c.NoneOf(_parts(said)),
    "at_least": lambda said: c.AtLeast(said["count"], _parts(said["of"])),
    "standards": _standards,
    "assessment": _assessment,
    "fact": _fact,
    "gain": lambda said: c.Gain(said["before"], said["after"], Decimal(said["at_least"])),
    "total": _total,
    "evidence": lambda said: c.EvidenceOf(tuple(said.get("kinds", ())), said.get("at_least", 1)),
    "reflection": lambda said: c.StudentWrites(c.Written.REFLECTION),
    "self_evaluation": lambda said: c.StudentWrites(c.Written.SELF_EVALUATION),
    "paper": lambda said: c.PaperOnFile(said["code"], said.get("title", "")),
    "attestation": _attestation,
    "prior_attempt": _prior_attempt,
    "completed": _completed,
    "earned": lambda said: c.Earned(Decimal(said["credits"]), _set(said.get("subjects")), _set(said.get("courses"))),
    "enrolled": lambda said: c.EnrolledIn(tuple(said["any_of"])),
    "awarded": lambda said: c.AwardedBefore(
        _selection({part: one for part, one in said.items() if part != "credits"}), number(said.get("credits"))
    ),
    "student": _student,
    "request": lambda said: c.Requested(**{part: frozenset(one) for part, one in said.items()}),
    "approved_before": lambda said: c.ApprovedBefore(said["of"], tuple(said.get("roles", ()))),
    "attempts": _attempts,
    "window": lambda said: c.InWindow(said) if isinstance(said, str) else c.InWindow(said["kind"], _event(said)),
    "deadline": lambda said: (
        c.InTime(said) if isinstance(said, str) else c.InTime(said["code"], _event(said), said.get("over", False))
    ),
    "days": lambda said: c.OnDays(c.Event(said["of"]), _day(said.get("from")), _day(said.get("to"))),
}


def _event(said: Written) -> c.Event:
    return c.Event(said.get("of", c.Event.SUBMITTED))


def _set(value: Iterable[str] | None) -> frozenset[str]:
    return frozenset(value or ())


def _day(value: str | None) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None


def number(value: int | str | Decimal | None) -> Decimal | None:
    """A number as exact decimal; stored documents hold it as text."""
    return None if value is None else Decimal(value)

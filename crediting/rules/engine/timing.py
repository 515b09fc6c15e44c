"""Windows, deadlines and days: whether a request was in time, and when an award takes effect (R21)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from crediting.rules import deadlines
from crediting.rules.engine.findings import Finding, failed, met, missing
from crediting.rules.engine.scene import Scene
from crediting.rules.facts import Value
from crediting.rules.policy.conditions import Event, InTime, InWindow, OnDays
from crediting.rules.policy.terms import DeadlineTerm, PolicyTerms
from mbl.core.calendar import KNOWN_YEARS
from mbl.core.decisions import Param, Reason


def in_window(asked: InWindow, scene: Scene) -> tuple[Finding, ...]:
    """Sent inside a window of the policy's calendar of this kind."""
    if asked.event != Event.SUBMITTED:
        return _event_in_window(asked, scene)
    sent = scene.facts.submitted_on
    params: dict[str, Param] = {"window": asked.kind}
    if sent is None:
        return (missing("deadline", scene.because("deadline.not_sent", "R21", **params)),)
    windows = scene.terms.periods(asked.kind, sent, scene.facts.school_code)
    params |= {"on": sent.isoformat()}
    if open_one := next((one for one in windows if one.first <= sent <= one.last), None):
        return (met("deadline", scene.because("deadline.in_time", "R21", **params, last=open_one.last.isoformat())),)
    coming = min((one.first for one in windows if one.first > sent), default=None)
    if coming is not None:
        reason = scene.because("deadline.next_window", "R21", **params, first=coming.isoformat())
        return (failed("deadline", reason),)
    return (failed("deadline", scene.because("deadline.missed", "R21", **params)),)


def _event_in_window(asked: InWindow, scene: Scene) -> tuple[Finding, ...]:
    day = _day_of(asked.event, scene)
    params: dict[str, Param] = {"window": asked.kind, "event": asked.event.value}
    if day is None:
        return (missing("days", scene.because("days.unknown", "R10", **params)),)
    windows = scene.terms.periods(asked.kind, day, scene.facts.school_code)
    params |= {"on": day.isoformat()}
    if any(one.first <= day <= one.last for one in windows):
        return (met("deadline", scene.because("deadline.inside_window", "R21", **params)),)
    return (failed("deadline", scene.because("deadline.outside_window", "R21", **params)),)


def _event_in_time(asked: InTime, scene: Scene) -> tuple[Finding, ...]:
    """Something else than the sending by its day."""
    term, day = scene.terms.deadlines[asked.deadline], _day_of(asked.event, scene)
    params: dict[str, Param] = {"deadline": term.title or term.code, "event": asked.event.value}
    if day is None:
        return (missing("days", scene.because("days.unknown", "R10", **params)),)
    last = due_on(scene, term, scene.day, dt.time.min)
    if last is None:
        return (missing("deadline", scene.because("deadline.unanchored", "R21", **params)),)
    params |= {"on": day.isoformat(), "last": last.day.isoformat()}
    if asked.over:
        return _over(day > last.day, scene, params)
    if day <= last.day:
        return (met("deadline", scene.because("deadline.held", "R21", **params)),)
    return (failed("deadline", scene.because("deadline.late", "R21", **params)),)


def _over(holds: bool, scene: Scene, params: dict[str, Param]) -> tuple[Finding, ...]:
    """At the earliest on the day after."""
    if holds:
        return (met("deadline", scene.because("deadline.over", "R21", **params)),)
    return (failed("deadline", scene.because("deadline.too_early", "R21", **params)),)


def in_time(asked: InTime, scene: Scene) -> tuple[Finding, ...]:
    """Sent by the deadline that follows the showing. One that rolls lets what is late count for the next."""
    if asked.event != Event.SUBMITTED:
        return _event_in_time(asked, scene)
    term = scene.terms.deadlines[asked.deadline]
    params: dict[str, Param] = {"deadline": term.title or term.code}
    sent = scene.facts.submitted_on
    if sent is None:
        return (missing("deadline", scene.because("deadline.not_sent", "R21", **params)),)
    params |= {"on": sent.isoformat()}
    last = due_on(scene, term, scene.day, dt.time.min)
    if last is None:
        return (missing("deadline", scene.because("deadline.unanchored", "R21", **params)),)
    params |= {"last": last.day.isoformat(), "at": term.when.at.isoformat("minutes") if term.when.at else ""}
    sent_at = _moment(scene.terms, sent, scene.facts.submitted_at or dt.time.min)
    if asked.over:
        return _over(last.is_over(sent_at), scene, params | {"event": asked.event.value})
    if not last.is_over(sent_at):
        return (met("deadline", scene.because("deadline.in_time", "R21", **params)),)
    following = due_on(scene, term, sent, scene.facts.submitted_at or dt.time.min)
    if term.rolls and following is not None and not following.is_over(sent_at):
        params |= {"next": following.day.isoformat()}
        return (met("deadline", scene.because("deadline.rolls", "R21", **params)),)
    return (failed("deadline", scene.because("deadline.passed", "R21", **params)),)


def due_on(scene: Scene, term: DeadlineTerm, day: dt.date, at: dt.time) -> deadlines.Due | None:
    """The deadline as it stood at a minute of ``day``; None where the day it counts from is not known."""
    found = deadlines.due(
        term.when,
        anchors(scene),
        scene.terms.school_calendar,
        now=_moment(scene.terms, day, at),
        school=scene.facts.school_code,
        citation=scene.rule.citation,
    )
    return found if isinstance(found, deadlines.Due) else None


def anchors(scene: Scene) -> Mapping[str, dt.date | tuple[dt.date, ...]]:
    """The days that are known, by the names that a policy's deadlines count from."""
    facts, terms = scene.facts, scene.terms
    days: dict[str, dt.date | tuple[dt.date, ...]] = {
        name: day for name, day in ((event.value, _day_of(event, scene)) for event in Event) if day is not None
    }
    days |= {name: day for name, value in facts.confirmed.items() if (day := _confirmed_day(terms, name, value))}
    if scene.results:
        days["test"] = max(one.taken_on for one in scene.results)
    ended = [row.ended_on for row in facts.record if row.ended_on <= scene.day]
    if ended:
        days["course_end"] = max(ended)
    for kind in {period.kind for period in terms.calendar}:
        periods = terms.periods(kind, scene.day, facts.school_code)
        days[f"{kind}_start"] = tuple(one.first for one in periods)
        days[f"{kind}_end"] = tuple(one.last for one in periods)
    return days


def _confirmed_day(terms: PolicyTerms, name: str, value: Value) -> dt.date | None:
    """A fact that is a day, as it was confirmed."""
    term = terms.facts.get(name)
    if isinstance(value, dt.date) or term is None or term.kind != "date":
        return value if isinstance(value, dt.date) else None
    try:
        day = dt.date.fromisoformat(str(value))
    except ValueError:
        return None
    return day if day.year in KNOWN_YEARS else None


def _day_of(event: Event, scene: Scene) -> dt.date | None:
    facts = scene.facts
    return {
        Event.DEMONSTRATED: scene.day,
        Event.SUBMITTED: facts.submitted_on,
        Event.STARTED: facts.starts_on,
        Event.DECIDED: facts.decided_on,
    }[event]


def _moment(terms: PolicyTerms, day: dt.date, at: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, at, terms.school_calendar.zone)


def on_days(asked: OnDays, scene: Scene) -> tuple[Finding, ...]:
    """Whether the event falls between the two days."""
    day = _day_of(asked.event, scene)
    params: dict[str, Param] = {
        "event": asked.event.value,
        "first": asked.first.isoformat() if asked.first else "",
        "last": asked.last.isoformat() if asked.last else "",
    }
    if day is None:
        return (missing("days", scene.because("days.unknown", "R10", **params)),)
    params |= {"on": day.isoformat()}
    if (asked.first is None or asked.first <= day) and (asked.last is None or day <= asked.last):
        return (met("days", scene.because("days.inside", "R10", **params)),)
    return (failed("days", scene.because("days.outside", "R10", **params)),)


def mark_by(scene: Scene) -> dt.date | None:
    """The last day on which the student can choose the mark, where the rule sets one and it can be told (R35)."""
    return _last_day(scene, scene.rule.marks.choose_by)


def choose_by(scene: Scene) -> dt.date | None:
    """The last day for whatever the rule leaves to the student: course, amount and mark."""
    return _last_day(scene, scene.rule.choose_by)


def _last_day(scene: Scene, deadline: str) -> dt.date | None:
    term = scene.terms.deadlines.get(deadline)
    due = due_on(scene, term, scene.day, dt.time.min) if term else None
    return due.day if due else None


def decide_by(scene: Scene) -> Reason | None:
    """By when the decision is due, where the rule says so and the day can be told."""
    term = scene.terms.deadlines.get(scene.rule.decide_by)
    from_day = scene.facts.submitted_on or scene.day
    due = due_on(scene, term, from_day, dt.time.min) if term else None
    return scene.because("deadline.decide_by", "R21", last=due.day.isoformat()) if due else None


def effective_on(scene: Scene, decided: dt.date) -> dt.date | None:
    """The last day of the period at whose end the award takes effect; None: at once, or the calendar ends before."""
    if not scene.rule.effective:
        return None
    periods = scene.terms.periods(scene.rule.effective, decided, scene.facts.school_code)
    return min((one.last for one in periods if one.last >= decided), default=None)

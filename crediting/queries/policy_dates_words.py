"""Deadlines, school days, proposals and sources of a policy in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import formats
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crediting.rules.deadlines import MonthDay, NthWeekday, Offset, Unit, Window
from crediting.rules.numbers import credits_text
from crediting.rules.policy.terms import DeadlineTerm, PolicyTerms
from crediting.rules.procedures import DECISION, SUBMISSION, proposals_of
from crediting.words import Said, any_of, day
from crediting.words.parameters import plain_code
from crediting.words.procedures import ANCHORS
from mbl.core.words import state_word
from profiles.states import Role

_AFTER: Mapping[Unit, Callable[[int], str]] = {
    Unit.DAYS: lambda n: ngettext("%(n)s day after %(what)s", "%(n)s days after %(what)s", n),
    Unit.SCHOOL_DAYS: lambda n: ngettext("%(n)s school day after %(what)s", "%(n)s school days after %(what)s", n),
    Unit.WEEKS: lambda n: ngettext("%(n)s week after %(what)s", "%(n)s weeks after %(what)s", n),
    Unit.MONTHS: lambda n: ngettext("%(n)s month after %(what)s", "%(n)s months after %(what)s", n),
}
_BEFORE: Mapping[Unit, Callable[[int], str]] = {
    Unit.DAYS: lambda n: ngettext("%(n)s day before %(what)s", "%(n)s days before %(what)s", n),
    Unit.SCHOOL_DAYS: lambda n: ngettext("%(n)s school day before %(what)s", "%(n)s school days before %(what)s", n),
    Unit.WEEKS: lambda n: ngettext("%(n)s week before %(what)s", "%(n)s weeks before %(what)s", n),
    Unit.MONTHS: lambda n: ngettext("%(n)s month before %(what)s", "%(n)s months before %(what)s", n),
}


def deadlines(terms: PolicyTerms, schools: Mapping[str, str]) -> tuple[Said, ...]:
    """Each deadline with its windows; ``schools`` are the names of those that have their own."""
    return tuple(
        Said(_deadline(term), tuple(_of_school(term, code, schools) for code in term.when.schools))
        for term in terms.deadlines.values()
    )


def _deadline(term: DeadlineTerm) -> str:
    text = _("%(what)s: %(when)s.") % {"what": _title(term), "when": _when(term, term.when.windows)}
    return f"{text} {_('What is late counts for the next one.')}" if term.rolls else text


def _title(term: DeadlineTerm) -> str:
    usual = {SUBMISSION: _("Last day to send a request"), DECISION: _("Last day to decide a request")}
    return term.title or usual.get(term.code, term.code)


def _of_school(term: DeadlineTerm, code: str, schools: Mapping[str, str]) -> Said:
    values = {"school": schools.get(code, code), "when": _when(term, term.when.schools[code])}
    return Said(_("At %(school)s: %(when)s.") % values)


def _when(term: DeadlineTerm, windows: tuple[Window, ...]) -> str:
    when = any_of(_window(one) for one in windows)
    if term.when.at is None:
        return when
    return _("%(when)s, until %(time)s") % {"when": when, "time": formats.time_format(term.when.at, "TIME_FORMAT")}


def _window(window: Window) -> str:
    match window:
        case Offset():
            words = (_BEFORE if window.number < 0 else _AFTER)[window.unit](abs(window.number))
            return words % {
                "n": abs(window.number),
                "what": str(ANCHORS.get(window.anchor) or plain_code(window.anchor)),
            }
        case NthWeekday():
            values = {"weekday": str(WEEKDAYS[window.weekday]), "month": str(MONTHS[window.month]), "n": window.nth}
            if window.nth == -1:
                return _("the last %(weekday)s of %(month)s") % values
            if window.nth < 0:
                return _("%(weekday)s number %(n)s from the end of %(month)s") % (values | {"n": -window.nth})
            return _("%(weekday)s number %(n)s of %(month)s") % values
        case MonthDay():
            return _("%(month)s %(day)s of every year") % {"month": str(MONTHS[window.month]), "day": window.day}


def school_days(terms: PolicyTerms) -> tuple[Said, ...]:
    """What counts as a school day where a deadline counts them; nothing where the policy says nothing of it."""
    calendar = terms.school_calendar
    found = []
    if calendar.terms:
        found.append(Said(_("School days are Monday to Friday within the periods of the calendar.")))
    if calendar.closed:
        days = ", ".join(day(one.isoformat()) for one in sorted(calendar.closed))
        found.append(Said(_("Not school days: %(days)s.") % {"days": days}))
    return tuple(found)


def proposals(document: Mapping[str, Any]) -> tuple[Said, ...]:
    """Who approves learning away from school before it begins, and what paid work gives."""
    said = proposals_of(document.get("proposals"))
    if said is None:
        return ()
    roles = any_of(state_word(Role(role)).lower() for role in sorted(said.roles))
    found = [
        Said(
            _("Learning away from school is proposed before it begins. It is approved by: %(roles)s.")
            % {"roles": roles}
        )
    ]
    if said.work is not None:
        steps = tuple(
            Said(
                _("From %(hours)s hours: %(credits)s credits.")
                % {"hours": f"{step.hours.normalize():f}", "credits": credits_text(step.credits)}
            )
            for step in said.work.steps
        )
        age = {"age": said.work.minimum_age}
        found.append(Said(_("Paid work counts from the age of %(age)s:") % age, steps))
    if said.text:
        found.append(Said(said.text))
    return tuple(found)


def sources(terms: PolicyTerms) -> tuple[Said, ...]:
    """Where the rules are written, the one that goes before the others first; with the rules of each."""
    return tuple(Said(name, _rules_of(terms, name)) for name in terms.sources)


def _rules_of(terms: PolicyTerms, source: str) -> tuple[Said, ...]:
    codes = [rule.code for rule in terms.rules if rule.source == source]
    return (Said(_("Rules: %(rules)s.") % {"rules": ", ".join(codes)}),) if codes else ()

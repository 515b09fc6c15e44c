"""Amounts, marks, limits, calendar, appeal and what schools narrowed, in sentences for the public page (R8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crediting.rules.asks import asks_of
from crediting.rules.facts import Purpose
from crediting.rules.numbers import credits_text
from crediting.rules.policy.conditions import Selection, plain_value
from crediting.rules.policy.terms import (
    Amount,
    Cap,
    CreditRule,
    Gives,
    Mark,
    PolicyTerms,
    Row,
    SchoolTerms,
    Table,
    TableOf,
)
from crediting.words import Said, any_of, day, level_word, method_word, said, subject_word
from mbl.core.words import state_word


def gives(rule: CreditRule, terms: PolicyTerms) -> tuple[Said, ...]:
    """How much the rule gives, and what bounds it."""
    if rule.gives != Gives.CREDIT:
        return (_requirement(rule),)
    return (_amount(rule, terms), *_bounds(rule.amount), *_conditions_of_giving(rule))


def _requirement(rule: CreditRule) -> Said:
    asked = {"requirement": rule.requirement}
    return {
        Gives.REQUIREMENT_MET: Said(_("It gives no credit; this requirement is met: %(requirement)s.") % asked),
        Gives.EXCUSED: Said(_("It gives no credit; you are released from: %(requirement)s.") % asked),
        Gives.WAIVED: Said(_("This requirement is waived: %(requirement)s.") % asked),
    }[rule.gives]


def _amount(rule: CreditRule, terms: PolicyTerms) -> Said:
    amount = rule.amount
    if amount.exactly is not None:
        return Said(_("Gives %(credits)s credits.") % {"credits": credits_text(amount.exactly)})
    if amount.whole_course:
        return Said(_("Gives the credit of the whole course."))
    if amount.table is not None:
        return Said(_table_head(amount.table, rule, terms), tuple(map(Said, _rows(amount.table))))
    if amount.per is not None:
        per = amount.per
        named = {
            "credits": credits_text(per.gives),
            "every": plain_value(per.every),
            "fact": _fact(terms, per.fact),
        }
        return Said(_("Gives %(credits)s credits for every %(every)s: %(fact)s.") % named)
    if amount.as_wanted:
        return Said(_("Gives as much credit as is asked for."))
    if amount.up_to is not None:
        credits = {"credits": credits_text(amount.up_to)}
        return Said(_("Gives up to %(credits)s credits, as many as the course has left.") % credits)
    if amount.up_to_course:
        return Said(_("Gives as much credit as the course has left."))
    return Said(_("How much credit it gives is not set."))


def _table_head(table: Table, rule: CreditRule, terms: PolicyTerms) -> str:
    if table.of == TableOf.FACT:
        return _("How much it gives depends on: %(fact)s.") % {"fact": _fact(terms, table.fact)}
    tests = {"tests": any_of(rule.instrument_title(code) for code in table.instruments)}
    if table.of == TableOf.LANGUAGE:
        return _("How much it gives depends on your lowest level across the skills, on %(tests)s.") % tests
    return _("How much it gives depends on your result on %(tests)s.") % tests


def _rows(table: Table) -> Iterable[str]:
    for row in table.rows:
        credits = {"credits": credits_text(row.credits), "reached": _reached(row)}
        yield _("%(reached)s: %(credits)s credits") % credits


def _reached(row: Row) -> str:
    if row.level:
        return level_word(row.level)
    if row.first is None:
        return _("Up to %(last)s") % {"last": plain_value(row.last)} if row.last is not None else _("Any")
    if row.last is None:
        return _("From %(first)s") % {"first": plain_value(row.first)}
    return _("%(first)s to %(last)s") % {"first": plain_value(row.first), "last": plain_value(row.last)}


def _fact(terms: PolicyTerms, name: str) -> str:
    return terms.facts[name].title if name in terms.facts else name


def _bounds(amount: Amount) -> Iterable[Said]:
    alone = amount.exactly is None and not amount.whole_course
    has_source = amount.table or amount.per or amount.as_wanted
    if amount.up_to is not None and alone and has_source:
        yield Said(_("No more than %(credits)s credits.") % {"credits": credits_text(amount.up_to)})
    if amount.at_least is not None:
        yield Said(_("No less than %(credits)s credits.") % {"credits": credits_text(amount.at_least)})
    if amount.of_attempted:
        yield Said(_("No more than the earlier attempt left unearned."))
    if amount.less is not None:
        yield Said(_("Credit that you already have is taken off: %(what)s.") % {"what": _selected(amount.less)})
    if amount.factor is not None:
        yield Said(_("Credit of others counts times %(factor)s.") % {"factor": plain_value(amount.factor)})


def _conditions_of_giving(rule: CreditRule) -> Iterable[Said]:
    if rule.must_award:
        yield Said(_("It needs no request and cannot be refused."))
    if rule.on_request:
        yield Said(_("It goes on the transcript only when you ask for it."))
    if rule.effective:
        yield Said(_("It counts from the end of this period of the calendar: %(period)s.") % {"period": rule.effective})
    if rule.repeats is not None:
        times = rule.repeats.times
        text = ngettext("It may be earned %(times)s more time.", "It may be earned %(times)s more times.", times)
        yield Said(text % {"times": times})
    if rule.fee is not None:
        yield Said(_("Fee: $%(amount)s.") % {"amount": plain_value(rule.fee.amount)})


# --- Marks ------------------------------------------------------------------------------------------------------------


def marks(rule: CreditRule) -> tuple[Said, ...]:
    """Which mark an award carries; nothing where it gives no credit."""
    if rule.gives != Gives.CREDIT:
        return ()
    found = [_mark(rule.mark)] if rule.mark else []
    by_purpose = tuple(Said(f"{_purpose(purpose)}: {mark.value}") for purpose, mark in rule.marks.by_purpose.items())
    by_level = tuple(Said(f"{level_word(level)}: {mark.value}") for level, mark in rule.marks.by_level.items())
    if by_purpose:
        found.append(Said(_("The mark depends on why you ask:"), by_purpose))
    if by_level:
        found.append(Said(_("The mark depends on the lowest level you reach:"), by_level))
    if rule.marks.choices:
        chosen = any_of(mark.value for mark in rule.marks.choices)
        found.append(Said(_("You choose the mark: %(marks)s.") % {"marks": chosen}))
    return tuple(found) or (Said(_("The mark is not set.")),)


def _purpose(purpose: str) -> str:
    return str(state_word(Purpose(purpose)))


def _mark(mark: Mark) -> Said:
    if mark.is_numeric:
        named = {"mark": mark.value, "basis": mark.basis}
        return Said(_("The mark is %(mark)s and counts in the grade point average. Basis: %(basis)s") % named)
    return Said(_("The mark is %(mark)s. It does not count in the grade point average.") % {"mark": mark.value})


# --- The whole policy -------------------------------------------------------------------------------------------------


def every_rule(terms: PolicyTerms) -> tuple[Said, ...]:
    """What is asked beside the conditions of each rule."""
    return tuple(said(reason) for reason in asks_of(terms.when, terms.facts))


def limits(terms: PolicyTerms) -> tuple[Said, ...]:
    """Each upper limit in a sentence."""
    return tuple(Said(_limit(cap, terms)) for cap in terms.caps)


def _limit(cap: Cap, terms: PolicyTerms) -> str:
    named = {"most": _most(cap), "per": _per(cap.per), "what": _selected(cap.of)}
    text = _("At most %(most)s %(per)s: %(what)s.") % named
    if cap.note:
        return f"{text} {cap.note}"
    return f"{text} {_('What goes beyond it is refused.')}" if cap.refuses else text


def _most(cap: Cap) -> str:
    if cap.share is not None:
        percent = {"percent": plain_value(cap.share * 100)}
        if cap.share_of_subject:
            return _("%(percent)s percent of the subject’s credits for graduation") % percent
        return _("%(percent)s percent of the credits for graduation") % percent
    most = cap.at_most or Decimal(0)
    if cap.counts_awards:
        return ngettext("%(count)s award", "%(count)s awards", int(most)) % {"count": plain_value(most)}
    return _("%(credits)s credits") % {"credits": credits_text(most)}


def _per(per: str) -> str:
    words = {"student": _("for each student, in all"), "school_year": _("in a school year")}
    return words.get(per) or _("in each period of the calendar (%(kind)s)") % {"kind": per}


def _selected(of: Selection) -> str:
    """Which awards are meant; all of them where nothing is named."""
    named = [
        *sorted(of.rules),
        *(method_word(method) for method in sorted(of.methods)),
        *sorted(of.courses),
        *(subject_word(subject) for subject in sorted(of.subjects)),
        *(_purpose(purpose) for purpose in sorted(of.purposes)),
        *sorted(of.marks),
        *(_SAME[one]() for one in sorted(of.same) if one in _SAME),
    ]
    return ", ".join(named) or _("all credit by showing mastery")


_SAME: Mapping[str, Callable[[], str]] = {
    "course": lambda: _("the same course"),
    "subject": lambda: _("the same subject"),
    "language": lambda: _("the same language"),
    "rule": lambda: _("the same rule"),
    "method": lambda: _("the same way"),
}


def calendar(terms: PolicyTerms) -> tuple[Said, ...]:
    return tuple(
        Said(
            _("%(period)s: %(first)s to %(last)s")
            % {
                "period": period.title or period.kind,
                "first": day(period.first.isoformat()),
                "last": day(period.last.isoformat()),
            }
        )
        for period in terms.calendar
    )


def appeal(terms: PolicyTerms) -> str:
    """To whom a family turns, and until when; empty where the policy does not say."""
    if terms.appeal is None:
        return ""
    days, asked = terms.appeal.within_days, {"to": terms.appeal.to, "days": terms.appeal.within_days}
    if terms.appeal.school_days:
        return (
            ngettext(
                "If you are refused, you can turn to %(to)s within %(days)s school day.",
                "If you are refused, you can turn to %(to)s within %(days)s school days.",
                days,
            )
            % asked
        )
    if terms.appeal.in_writing:
        return (
            ngettext(
                "If you are refused, you can write to %(to)s within %(days)s day.",
                "If you are refused, you can write to %(to)s within %(days)s days.",
                days,
            )
            % asked
        )
    return (
        ngettext(
            "If you are refused, you can turn to %(to)s within %(days)s day.",
            "If you are refused, you can turn to %(to)s within %(days)s days.",
            days,
        )
        % asked
    )


def narrowed(school: SchoolTerms, terms: PolicyTerms) -> tuple[Said, ...]:
    """What one school does not offer, and what it asks beside."""
    titles = {course.code: course.title for course in terms.catalog}
    found = []
    if school.closed_courses:
        courses = ", ".join(titles.get(code, code) for code in sorted(school.closed_courses))
        found.append(Said(_("Not offered here: %(courses)s.") % {"courses": courses}))
    if school.closed_rules:
        found.append(Said(_("Rules not open here: %(rules)s.") % {"rules": ", ".join(sorted(school.closed_rules))}))
    asked = tuple(said(reason) for reason in asks_of(school.when, terms.facts))
    if asked:
        found.append(Said(_("Asked here beside:"), asked))
    return tuple(found)

"""Amounts, marks, limits, calendar, appeal and what schools narrowed, in sentences for the public page (R8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crediting.rules.asks import asks_of, fact_title
from crediting.rules.facts import Purpose
from crediting.rules.numbers import credits_text
from crediting.rules.policy.conditions import Selection, plain_value
from crediting.rules.policy.terms import (
    COMPLETED,
    Amount,
    Cap,
    CreditRule,
    Gives,
    Mark,
    MarkRow,
    Marks,
    MarkTable,
    PolicyTerms,
    Row,
    SchoolTerms,
    Table,
    TableOf,
)
from crediting.states import OnDisagreement
from crediting.words import Said, any_of, day, in_words, level_word, method_word, said, subject_word
from crediting.words.mastery import PROFICIENCY
from crediting.words.parameters import per_word, plain_code, value_word
from mbl.core.words import state_word


def course_titles(terms: PolicyTerms) -> Mapping[str, str]:
    """By code, of the courses that the policy itself names."""
    return {course.code: course.title for course in terms.catalog}


def gives(rule: CreditRule, terms: PolicyTerms) -> tuple[Said, ...]:
    """How much the rule gives, and what bounds it."""
    if rule.gives != Gives.CREDIT:
        if rule.amount == Amount():
            return (_requirement(rule),)
        of_it = Said(_("How much of it:"), (_amount(rule, terms), *_bounds(rule.amount, terms)))
        return (_requirement(rule), of_it)
    return (_amount(rule, terms), *_bounds(rule.amount, terms), *_conditions_of_giving(rule, terms))


def _requirement(rule: CreditRule) -> Said:
    asked = in_words({"requirement": rule.requirement})
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
        if per.parts:
            text = _("%(fact)s: gives %(credits)s credits for %(every)s, and for a part of it its part.")
            return Said(text % named)
        return Said(_("%(fact)s: gives %(credits)s credits for every %(every)s.") % named)
    if amount.as_wanted:
        return Said(_("Gives as much credit as is asked for."))
    if amount.up_to is not None:
        credits = {"credits": credits_text(amount.up_to)}
        return Said(_("Gives up to %(credits)s credits, and no more than the course has left.") % credits)
    if amount.up_to_course:
        return Said(_("Gives as much credit as the course has left."))
    return Said(_("How much credit it gives is not set."))


def _table_head(table: Table, rule: CreditRule, terms: PolicyTerms) -> str:
    if table.of == TableOf.FACT:
        return _("How much it gives depends on: %(fact)s.") % {"fact": _fact(terms, table.fact)}
    if table.of == TableOf.STANDARDS:
        level = {"level": level_word(table.level)}
        return _("How much it gives depends on how many standards you show at this level: %(level)s.") % level
    tests = {"tests": any_of(rule.instrument_title(code) for code in table.instruments)}
    if table.of == TableOf.LANGUAGE:
        return _("How much it gives depends on your lowest level across the skills, on %(tests)s.") % tests
    return _("How much it gives depends on your result on %(tests)s.") % tests


def _rows(table: Table) -> Iterable[str]:
    for row in table.rows:
        credits = {"credits": credits_text(row.credits), "reached": _reached(row)}
        yield _("%(reached)s: %(credits)s credits") % credits


def _reached(row: Row | MarkRow) -> str:
    if isinstance(row, Row) and row.level:
        return str(PROFICIENCY.get(row.level) or level_word(row.level))
    if isinstance(row, MarkRow) and row.word:
        return value_word(row.word)
    if row.first is None:
        return _("Up to %(last)s") % {"last": plain_value(row.last)} if row.last is not None else _("Any")
    if row.last is None:
        return _("From %(first)s") % {"first": plain_value(row.first)}
    return _("%(first)s to %(last)s") % {"first": plain_value(row.first), "last": plain_value(row.last)}


def _fact(terms: PolicyTerms, name: str) -> str:
    return fact_title(name, terms.facts)


def _bounds(amount: Amount, terms: PolicyTerms) -> Iterable[Said]:
    alone = amount.exactly is None and not amount.whole_course
    has_source = amount.table or amount.per or amount.as_wanted
    if amount.up_to is not None and alone and has_source:
        yield Said(_("No more than %(credits)s credits.") % {"credits": credits_text(amount.up_to)})
    if amount.at_least is not None:
        yield Said(_("No less than %(credits)s credits.") % {"credits": credits_text(amount.at_least)})
    if amount.of_attempted:
        yield Said(_("No more than the earlier attempt left unearned."))
    if amount.less is not None:
        yield Said(_("Credit that you already have is taken off: %(what)s.") % {"what": _selected(amount.less, terms)})
    if amount.factor is not None:
        yield Said(_("Credit from elsewhere is multiplied by %(factor)s.") % {"factor": plain_value(amount.factor)})


def _conditions_of_giving(rule: CreditRule, terms: PolicyTerms) -> Iterable[Said]:
    if rule.choose_by in terms.deadlines:
        last = {"deadline": terms.deadlines[rule.choose_by].title or rule.choose_by}
        yield Said(_("What is yours to choose, you choose by: %(deadline)s.") % last)
    if rule.must_award:
        yield Said(_("It needs no request and cannot be refused."))
    if rule.on_request:
        yield Said(_("It goes on the transcript only when you ask for it."))
    if rule.effective:
        yield Said(_("It counts from the end of the %(period)s.") % {"period": plain_code(rule.effective)})
    if rule.repeats is not None:
        times = rule.repeats.times
        text = ngettext("It may be earned %(times)s more time.", "It may be earned %(times)s more times.", times)
        yield Said(text % {"times": times})
    if rule.fee is not None:
        yield Said(_("Fee: $%(amount)s.") % {"amount": plain_value(rule.fee.amount)})
        if rule.fee.free:
            free = ngettext("The first %(count)s time is free.", "The first %(count)s times are free.", rule.fee.free)
            yield Said(free % {"count": rule.fee.free})


# --- Marks ------------------------------------------------------------------------------------------------------------


def marks(rule: CreditRule, terms: PolicyTerms) -> tuple[Said, ...]:
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
    if rule.marks.table is not None:
        found.append(_mark_table(rule.marks.table, rule, terms))
    if rule.marks.taken_from:
        found.append(_taken(rule.marks, terms))
    if rule.marks.choices:
        chosen = any_of(mark.value for mark in rule.marks.choices)
        found.append(Said(_("You choose the mark: %(marks)s.") % {"marks": chosen}))
    return tuple(found) or (Said(_("The mark is not set.")),)


def _mark_table(table: MarkTable, rule: CreditRule, terms: PolicyTerms) -> Said:
    rows = tuple(Said(f"{_reached(row)}: {row.mark.value}") for row in table.rows)
    if table.fact:
        return Said(_("The mark depends on: %(fact)s.") % {"fact": _fact(terms, table.fact)}, rows)
    tests = any_of(rule.instrument_title(code) for code in table.instruments)
    return Said(_("The mark depends on your result on %(tests)s.") % {"tests": tests}, rows)


def _taken(marks: Marks, terms: PolicyTerms) -> Said:
    basis = {"basis": marks.basis}
    if marks.taken_from == COMPLETED:
        return Said(_("The mark is that of the course you completed. Basis: %(basis)s") % basis)
    named = basis | {"fact": _fact(terms, marks.taken_from)}
    return Said(_("The mark is the one that your school confirms (%(fact)s). Basis: %(basis)s") % named)


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
    return tuple(said(reason, course_titles(terms)) for reason in asks_of(terms.when, terms))


def limits(terms: PolicyTerms) -> tuple[Said, ...]:
    """Each upper limit in a sentence."""
    return tuple(
        Said(_limit(cap, terms), tuple(said(reason) for reason in asks_of(cap.when, terms))) for cap in terms.caps
    )


def _limit(cap: Cap, terms: PolicyTerms) -> str:
    named = {"most": _most(cap), "per": per_word(cap.per), "what": _selected(cap.of, terms)}
    text = _("At most %(most)s %(per)s, counting %(what)s.") % named
    if cap.classes:
        years = any_of(str(year) for year in sorted(cap.classes))
        text = f"{text} {_('Only for the class of %(classes)s.') % {'classes': years}}"
    if cap.schools:
        text = f"{text} {_('Only at: %(schools)s.') % {'schools': any_of(sorted(cap.schools))}}"
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
    if cap.counts_released:
        return _("%(credits)s credits of requirements released") % {"credits": credits_text(most)}
    if cap.counts_awards:
        return ngettext("%(count)s award", "%(count)s awards", int(most)) % {"count": plain_value(most)}
    return _("%(credits)s credits") % {"credits": credits_text(most)}


def _selected(of: Selection, terms: PolicyTerms) -> str:
    """Which awards are meant; all of them where nothing is named. Whatever is named has to fit together."""
    titles = course_titles(terms)
    named = [
        _("credit under %(rules)s") % {"rules": any_of(sorted(of.rules))} if of.rules else "",
        any_of(way_title(terms, method) for method in sorted(of.methods)),
        any_of(titles.get(course, course) for course in sorted(of.courses)),
        any_of(subject_word(subject) for subject in sorted(of.subjects)),
        any_of(_purpose(purpose) for purpose in sorted(of.purposes)),
        _("with the mark %(marks)s") % {"marks": any_of(sorted(of.marks))} if of.marks else "",
        *(_SAME[one]() for one in sorted(of.same) if one in _SAME),
    ]
    return ", ".join(filter(None, named)) or _("all credit by showing mastery")


def way_title(terms: PolicyTerms, method: str) -> str:
    own = terms.methods.get(method)
    return own.title if own else method_word(method)


_SAME: Mapping[str, Callable[[], str]] = {
    "course": lambda: _("in the same course"),
    "subject": lambda: _("in the same subject"),
    "language": lambda: _("in the same language"),
    "rule": lambda: _("under the same rule"),
    "method": lambda: _("shown in the same way"),
}


def calendar(terms: PolicyTerms) -> tuple[Said, ...]:
    return tuple(
        Said(
            _("%(period)s: %(first)s to %(last)s")
            % {
                "period": period.title or plain_code(period.kind),
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


def moderation(terms: PolicyTerms) -> tuple[Said, ...]:
    """Which part of the work is read twice, and what follows; nothing where the policy does not say."""
    said = terms.moderation
    if said is None:
        return ()
    share = {"share": plain_value(said.share), "classes": plain_value(said.of_classes)}
    found = [
        Said(
            _("A second teacher reads %(share)s of 100 requests too, without seeing what the first one said.") % share
        ),
        Said(
            _("Of 100 tasks that students did in class, a second teacher reads %(classes)s in the same way.") % share
            if said.of_classes
            else _("What students did in class is not read twice.")
        ),
        Said(_("Which ones is drawn by lot: nobody chooses them, and nobody can know it beforehand.")),
        Said(
            _("The two agree when their levels are at most one apart. Then the first reading counts.")
            if said.adjacent_agrees
            else _("The two agree when their levels are the same.")
        ),
        Said(
            _("Where they do not agree, a third teacher reads the work too. Of three levels the middle one counts.")
            if said.on_disagreement == OnDisagreement.THIRD
            else _("Where they do not agree, they talk, and write down the level they settle on and why.")
        ),
    ]
    if said.across_district:
        found.append(Said(_("Second readers are teachers of any school of the district.")))
    if not said.waits:
        found.append(Said(_("The decision does not wait for it.")))
    if said.rules:
        found.append(Said(_("Only for: %(rules)s.") % {"rules": ", ".join(sorted(said.rules))}))
    return tuple(found)


def narrowed(school: SchoolTerms, terms: PolicyTerms) -> tuple[Said, ...]:
    """What one school does not offer, and what it asks beside."""
    titles = course_titles(terms)
    found = []
    if school.closed_courses:
        courses = ", ".join(titles.get(code, code) for code in sorted(school.closed_courses))
        found.append(Said(_("Not offered here: %(courses)s.") % {"courses": courses}))
    if school.closed_rules:
        found.append(Said(_("Rules not open here: %(rules)s.") % {"rules": ", ".join(sorted(school.closed_rules))}))
    asked = tuple(said(reason, titles) for reason in asks_of(school.when, terms))
    if asked:
        found.append(Said(_("Also asked for here:"), asked))
    return tuple(found)

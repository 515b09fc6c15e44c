"""What the pages about a plan say of it in a sentence, a badge or a few facts."""

from __future__ import annotations

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crediting.rules.numbers import credits_text
from hsbp.models import Plan, PlanReview
from hsbp.queries.checklist import ItemRow
from hsbp.queries.plans import Family, is_update_due
from hsbp.queries.progress import StudentProgress
from hsbp.rules.content import is_blank, read
from hsbp.states import ItemState, PlanState
from hsbp.views.reader import Reader
from hsbp.words import language_list, language_word
from mbl.core import clock
from mbl.core.ui.parts import ChecklistItem, Done, Fact
from mbl.core.words import state_tone, state_word

_DONE = {ItemState.MET: Done.DONE, ItemState.DUE: Done.DUE, ItemState.OVERDUE: Done.OVERDUE}


def plan_status(plan: Plan, today: dt.date) -> tuple[str, str]:
    """The badge: the state's word and its tone; nothing for a draft."""
    if is_update_due(plan, today):
        return pgettext("plan", "Update due"), "attention"
    state = PlanState(plan.state)
    return ("", "") if state == PlanState.DRAFT else (state_word(state), state_tone(state) or "ok")


def plan_lede(reader: Reader, answer: PlanReview | None, today: dt.date) -> str:
    """Where the plan stands, for whoever reads it."""
    plan = reader.plan
    if plan.latest is None:
        return _unsent(reader)
    values = {
        "name": str(reader.student),
        "number": plan.latest.number,
        "sent": _day(plan.latest.submitted_at, plan),
        "person": str(answer.reviewer) if answer else "",
        "answered": _day(answer.reviewed_at, plan) if answer else "",
    }
    if is_update_due(plan, today):
        if reader.is_own:
            return _("Version %(number)s is of an earlier year. Go through it and send it for this one.") % values
        return _("Version %(number)s was approved in an earlier school year. This year’s is still to come.") % values
    if plan.state == PlanState.SUBMITTED:
        if reader.is_own:
            return _("You sent version %(number)s on %(sent)s. It waits for your counselor.") % values
        return _("Version %(number)s was sent on %(sent)s and waits for the counselor.") % values
    if plan.state == PlanState.RETURNED:
        if reader.is_own:
            return _("%(person)s returned version %(number)s on %(answered)s. Change it and send it again.") % values
        return _("%(person)s returned version %(number)s on %(answered)s. %(name)s works on it now.") % values
    return _("%(person)s approved version %(number)s on %(answered)s.") % values


def _unsent(reader: Reader) -> str:
    if not reader.is_own:
        return _("%(name)s has not sent a plan yet.") % {"name": reader.student}
    if is_blank(read(reader.plan.content)):
        return _("Begin with your goals. What you type is saved; only your counselor can read it before you send it.")
    return _("You have not sent it yet. What you type is saved; send it when you want your counselor to read it.")


def _day(moment: dt.datetime, plan: Plan) -> str:
    return date_format(clock.day_of(moment, plan.district), "DATE_FORMAT")


def checklist_items(rows: list[ItemRow]) -> list[ChecklistItem]:
    """Items for the component of that name, short: the word and the day or state."""
    return [
        ChecklistItem(
            word=row.word,
            state=_DONE.get(row.state, Done.LATER),
            state_word=state_word(row.state),
            when=date_format(row.item.done_on, "DATE_FORMAT") if row.item.done_on else "",
        )
        for row in rows
    ]


def progress_facts(progress: StudentProgress) -> list[Fact]:
    """The key numbers toward graduation, as far as they are known."""
    earned = credits_text(progress.earned)
    if progress.progress is None or progress.requirements is None:
        return [Fact(_("Credits earned"), earned)]
    needed = {"needed": credits_text(progress.progress.total_needed)}
    mastery = progress.progress.total_mastery
    facts = [Fact(_("Credits earned"), earned, _("of %(needed)s") % needed)]
    if mastery:
        facts.append(Fact(_("Of these by mastery"), credits_text(mastery)))
    if progress.pace is not None:
        facts.append(Fact(pgettext("credits", "Pace"), state_word(progress.pace)))
    return facts


def family_facts(family: Family) -> list[Fact]:
    """Who of the family is there, what they signed and in which languages they were given the plan."""
    last = family.last_signature
    signed = _("Nobody has signed yet")
    if last is not None:
        signed = _("Version %(number)s, %(date)s") % {
            "number": last.revision.number,
            "date": date_format(last.signed_on, "DATE_FORMAT"),
        }
    people = ", ".join(str(person) for person in family.people) or _("Nobody with access")
    return [
        Fact(_("Reads here"), people),
        Fact(pgettext("family", "Signed"), signed),
        Fact(_("Home language"), language_list(family.languages) if family.languages else "–"),
        Fact(_("Copies"), ", ".join(_copies(family)) or _("None made")),
    ]


def _copies(family: Family) -> list[str]:
    return [
        _("version %(number)s in %(language)s")
        % {"number": copy.revision.number, "language": language_word(copy.language)}
        for copy in family.copies
        if copy.revision_id == family.latest_id
    ]

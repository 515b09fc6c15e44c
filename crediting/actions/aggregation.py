"""Set how several judgements of a standard become one level, from a day on. What was judged before keeps its rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from crediting.models import AggregationRule
from crediting.rules.aggregation import Aggregation
from crediting.states import AggregationKind
from crediting.verbs.policies import AggregationRemoved, AggregationSet
from crediting.words import aggregation_words, day, subjects_word
from mbl.core import audit, clock
from mbl.core.errors import DomainError
from mbl.core.models import District, User

MOST_ATTEMPTS = 20


@transaction.atomic
def set_aggregation(
    district: District, *, subjects: Sequence[str], terms: Aggregation, starts_on: dt.date, actor: User | None
) -> list[AggregationRule]:
    """The rule ``terms`` for each of ``subjects`` (empty text: all that have none of their own) from ``starts_on``.

    The rule in force until then ends the day before. One that begins today could only follow work that was judged
    today under another, so a rule that follows another begins tomorrow at the earliest. The same rule again changes
    nothing.
    """
    District.objects.select_for_update(no_key=True).get(pk=district.pk)
    _refuse_faulty(terms)
    today = clock.today(district)
    if starts_on < today:
        raise DomainError(
            _("A rule begins today or later, so that what was judged keeps the rule it was judged under."),
            field="starts_on",
        )
    return [_set_one(district, subject, terms, starts_on, today, actor) for subject in dict.fromkeys(subjects)]


def _set_one(
    district: District, subject: str, terms: Aggregation, starts_on: dt.date, today: dt.date, actor: User | None
) -> AggregationRule:
    newest = AggregationRule.objects.filter(district=district, subject=subject).order_by("-effective").first()
    if newest is not None and newest.effective.upper is None:
        if newest.terms == terms and newest.effective.lower <= starts_on:
            return newest
        _follow(newest, subject, starts_on, today)
    rule = AggregationRule.objects.create(
        district=district,
        subject=subject,
        kind=terms.kind,
        n=terms.n,
        minimum_attempts=terms.minimum,
        weight=terms.weight,
        rounding=terms.rounding,
        effective=DateRange(starts_on, None, "[)"),
        created_by=actor,
    )
    audit.record(
        AggregationSet(subject=subjects_word(subject), rule=aggregation_words(terms), first=starts_on),
        actor=actor,
        district=district,
        target=rule,
    )
    return rule


def _follow(newest: AggregationRule, subject: str, starts_on: dt.date, today: dt.date) -> None:
    """End ``newest`` the day before ``starts_on``."""
    first = newest.effective.lower
    said = {"subject": subjects_word(subject), "day": day(first.isoformat())}
    if starts_on <= first:
        raise DomainError(
            _("%(subject)s already has a rule that begins on %(day)s. Remove that one, or begin later.") % said,
            field="starts_on",
        )
    if starts_on == today:
        raise DomainError(
            _("Work in %(subject)s may have been judged today under the present rule. Begin tomorrow.") % said,
            field="starts_on",
        )
    newest.effective = DateRange(first, starts_on, "[)")
    newest.save(update_fields=["effective"])


@transaction.atomic
def remove_aggregation(rule: AggregationRule, *, actor: User) -> None:
    """Take back a rule that has not begun; the one before it goes on. One that has begun is followed by another."""
    District.objects.select_for_update(no_key=True).get(pk=rule.district_id)
    if not AggregationRule.objects.filter(pk=rule.pk).exists():
        return  # pressed twice
    first = rule.effective.lower
    if first <= clock.today(rule.district):
        raise DomainError(_("This rule has begun, so it stays. Set another one that follows it."))
    audit.record(
        AggregationRemoved(subject=subjects_word(rule.subject), rule=aggregation_words(rule.terms)),
        actor=actor,
        district=rule.district,
        target=rule,
    )
    before = AggregationRule.objects.filter(
        district=rule.district, subject=rule.subject, effective__endswith=first
    ).first()
    rule.delete()
    if before is not None:
        before.effective = DateRange(before.effective.lower, None, "[)")
        before.save(update_fields=["effective"])


def _refuse_faulty(terms: Aggregation) -> None:
    if not 0 <= terms.n <= MOST_ATTEMPTS:
        raise DomainError(_("At most %(most)d attempts can count.") % {"most": MOST_ATTEMPTS}, field="n")
    if not 1 <= terms.minimum <= MOST_ATTEMPTS:
        raise DomainError(
            _("Ask for at least 1 and at most %(most)d attempts.") % {"most": MOST_ATTEMPTS}, field="minimum"
        )
    if terms.kind == AggregationKind.TIMES and not terms.n:
        raise DomainError(_("Say how many times the level must be reached."), field="n")
    if terms.kind == AggregationKind.DECAYING and not 1 <= terms.weight <= 99:
        raise DomainError(_("Say how many percent the newest attempt counts, from 1 to 99."), field="weight")

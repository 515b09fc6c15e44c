"""What a policy's rules leave to people: to staff to confirm, to the student to choose. Nothing that none of them asks
(R13)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from crediting.rules.facts import Value
from crediting.rules.policy import conditions as c
from crediting.rules.policy.terms import CreditRule, FactTerm, TableOf
from crediting.states import ConfirmedKind, FeeAnswer, LocalAssessment, ValueKind


@dataclass(frozen=True)
class Confirmable:
    """One thing that staff confirm. ``asked`` is what the rule wants of it, in signs; empty where any value counts."""

    kind: ConfirmedKind
    name: str
    title: str
    value_kind: ValueKind
    choices: tuple[str, ...] = ()
    unit: str = ""
    asked: str = ""
    # Of a fee: whether the first attempt costs nothing.
    first_free: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.name


def to_confirm(
    rules: Iterable[CreditRule], facts: Mapping[str, FactTerm], *, fees: bool = True
) -> tuple[Confirmable, ...]:
    """What ``rules`` ask staff to confirm, each thing once, in the order in which the policy asks.

    ``fees``: a fee too, which holds up no looking at the work.
    """
    found: dict[tuple[str, str], Confirmable] = {}
    for rule in rules:
        for one in _of_rule(rule if fees else replace(rule, fee=None), facts):
            found.setdefault(one.key, one)
    return tuple(found.values())


def _of_rule(rule: CreditRule, facts: Mapping[str, FactTerm]) -> Iterator[Confirmable]:
    for leaf in (*c.leaves(rule.when), *c.leaves(rule.keeps_while)):
        if isinstance(leaf, c.FactIs):
            yield from _fact(leaf.name, facts, c.comparison(leaf))
        elif isinstance(leaf, c.Gain):
            yield from (*_fact(leaf.before, facts), *_fact(leaf.after, facts))
        elif isinstance(leaf, c.Total):
            for measured in leaf.of:
                yield from _fact(measured.name, facts)
        elif isinstance(leaf, c.PaperOnFile):
            yield Confirmable(ConfirmedKind.PAPER, leaf.code, leaf.title or leaf.code, ValueKind.YES_NO)
        elif isinstance(leaf, c.EvidenceOf):
            yield from (
                Confirmable(ConfirmedKind.PART, kind, kind, ValueKind.YES_NO)
                for kind in leaf.kinds
                if kind in set(LocalAssessment)
            )
    if rule.amount.per is not None:
        yield from _fact(rule.amount.per.fact, facts)
    if rule.fee is not None and rule.fee.amount and not rule.must_award:
        yield Confirmable(
            ConfirmedKind.FEE,
            "fee",
            f"{rule.fee.amount:.2f}",
            ValueKind.TEXT,
            tuple(FeeAnswer),
            first_free=rule.fee.first_free,
        )
    if rule.amount.table is not None and rule.amount.table.of == TableOf.FACT:
        yield from _fact(rule.amount.table.fact, facts)
    if rule.marks.table is not None and rule.marks.table.fact:
        yield from _fact(rule.marks.table.fact, facts)
    yield from _fact(rule.marks.taken_from, facts)


def _fact(name: str, facts: Mapping[str, FactTerm], asked: str = "") -> Iterator[Confirmable]:
    """Nothing where the name is that of an assessment: its results are on file. Of a sum its parts."""
    term = facts.get(name)
    if term is not None and term.total:
        for one in term.total:
            yield from _fact(one.name, facts)
    elif term is not None:
        yield Confirmable(ConfirmedKind.FACT, name, term.title, ValueKind(term.kind), term.choices, term.unit, asked)


def must_confirm(rule: CreditRule, facts: Mapping[str, FactTerm]) -> frozenset[tuple[str, str]]:
    """Keys of what has to be confirmed whichever way a choice in the rule is met."""
    everybody = replace(rule, when=c.AllOf(tuple(c.demanded(rule.when))), keeps_while=c.NOTHING_ASKED)
    return frozenset(one.key for one in to_confirm([everybody], facts, fees=False))


@dataclass(frozen=True)
class Statement:
    """One thing that somebody confirms. ``source`` is the document or person it is taken from.

    ``seen`` is the public id of what stood confirmed when the form was opened, so that of two people at once the second
    is told; empty: nothing stood.
    """

    asked: Confirmable
    value: Value
    source: str
    seen: str = ""


def read_value(kind: ValueKind, text: str) -> Value:
    """What ``conditions.plain_value`` wrote."""
    if kind == ValueKind.NUMBER:
        return Decimal(text)
    if kind == ValueKind.YES_NO:
        return text == "yes"
    return dt.date.fromisoformat(text) if kind == ValueKind.DATE else text


@dataclass(frozen=True)
class Choices:
    """What the rules leave to the student: how much credit, which of ``marks``, which language, and whether they judge
    their own work. ``languages`` are those that the rules name."""

    credits: bool = False
    marks: tuple[str, ...] = ()
    language: bool = False
    self_evaluation: bool = False
    languages: tuple[str, ...] = ()


def choices(rules: Sequence[CreditRule]) -> Choices:
    """What at least one of ``rules`` offers."""
    tables = [rule.amount.table for rule in rules if rule.amount.table is not None]
    named = {name for rule in rules for one in rule.asked(c.Requested) for name in one.languages}
    return Choices(
        credits=any(rule.amount.as_wanted for rule in rules),
        marks=tuple(dict.fromkeys(mark.value for rule in rules for mark in rule.marks.choices)),
        language=bool(named) or any(table.of == TableOf.LANGUAGE for table in tables),
        languages=tuple(sorted(named)),
        self_evaluation=any(
            one.what == c.Written.SELF_EVALUATION for rule in rules for one in rule.asked(c.StudentWrites)
        ),
    )

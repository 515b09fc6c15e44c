"""Rules of a policy that would credit a language of Tribes without a tribal government's certificate (R25).

They never do: the engine asks for the certificate whatever a rule says. Here the rule is found before it is adopted.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from crediting.rules import tribal
from crediting.rules.policy.conditions import (
    AllOf,
    AttestedBy,
    Condition,
    FactIs,
    NoneOf,
    PaperOnFile,
    Requested,
    ResultOn,
    leaves,
    unavoidable,
)
from crediting.rules.policy.terms import CreditRule, PolicyTerms
from crediting.states import Method


def uncertified(terms: PolicyTerms) -> Iterator[tuple[int, str]]:
    """The place of each such rule among the rules, with the language that it names."""
    for place, rule in enumerate(terms.rules):
        whole = AllOf((terms.when, rule.when, rule.keeps_while))
        for language in sorted(_named(terms, rule)):
            if not unavoidable(whole, partial(_certifies, language=language)) and not _amount_certifies(rule):
                yield place, language


def _named(terms: PolicyTerms, rule: CreditRule) -> set[str]:
    """Languages of Tribes by the name people read, from the rule's conditions, its table and the titles of courses."""
    table = rule.amount.table
    said = {name for one in leaves(rule.when) if isinstance(one, Requested) for name in one.languages}
    said |= {name for one in (table.skills_for if table else ()) for name in one.languages}
    titles = {
        one.title
        for one in terms.catalog
        if one.code in rule.courses and one.subject == tribal.WORLD_LANGUAGES and rule.method != Method.NEXT_COURSE
    }
    return ({tribal.language_of(name) for name in said} | {tribal.named_in(title) for title in titles}) - {""}


def _amount_certifies(rule: CreditRule) -> bool:
    """Whether the amount can only be read off a certificate."""
    table = rule.amount.table
    if table is None:
        return False
    if table.fact:
        return tribal.is_certificate(table.fact)
    return bool(table.instruments) and all(map(tribal.is_certificate, table.instruments))


def _certifies(asked: Condition, language: str) -> bool:
    """Whether it holds for a request in ``language`` only with a certificate, or not at all."""
    match asked:
        case NoneOf():
            return any(isinstance(part, Requested) and _is_for(part, language) for part in asked.parts)
        case Requested():
            return bool(asked.languages) and not _is_for(asked, language)
        case AttestedBy():
            return bool(asked.roles) and all(map(tribal.is_certificate, asked.roles))
        case FactIs():
            return tribal.is_certificate(asked.name) and asked.equals is not False
        case PaperOnFile():
            return tribal.is_certificate(asked.code)
        case ResultOn():
            return all(tribal.is_certificate(one.code) for one in asked.any_of)
        case _:
            return False


def _is_for(asked: Requested, language: str) -> bool:
    return any(tribal.language_of(name) == language for name in asked.languages)

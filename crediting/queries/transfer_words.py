"""What a policy says about credit of other schools, in sentences for the public page (R8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from crediting.rules.credits import precise
from crediting.rules.numbers import credits_text
from crediting.rules.transfer_terms import Confirm, Others, Steps, TransferTerms, transfer_of
from crediting.states import Rounding
from crediting.words import Said, any_of
from crediting.words.transfer import sending_word, unit_word
from mbl.core.words import state_word
from profiles.states import Role


def transfer_in_words(section: Mapping[str, Any] | None) -> tuple[Said, ...]:
    """Sentence by sentence; nothing where the policy does not speak of it."""
    terms = transfer_of(section)
    return tuple(Said(sentence) for sentence in _sentences(terms)) if terms else ()


def _sentences(terms: TransferTerms) -> Iterator[str]:
    yield _("Decided by: %(roles)s.") % {"roles": _roles(terms.decided_by)}
    if terms.confirmed_by:
        told = {"roles": _roles(terms.confirmed_by)}
        if terms.confirm == Confirm.EVERY:
            yield _("Every decision is confirmed by somebody else: %(roles)s.") % told
        else:
            yield _("Where less is recognized than was given, somebody else confirms it: %(roles)s.") % told
    if terms.recognized:
        schools = any_of(sending_word(one) for one in sorted(terms.recognized))
        yield _("Recognized as it stands: credit of these schools: %(schools)s.") % {"schools": schools}
    yield {
        Others.JUDGED: _("Credit of every other school is judged line by line."),
        Others.ELECTIVE: _("Credit of every other school is recognized as an elective."),
        Others.REFUSED: _("Credit of other schools is not recognized."),
    }[terms.others]
    if terms.others_at_most is not None:
        yield _("Of such schools at most %(most)s credits count.") % {"most": credits_text(terms.others_at_most)}
    if terms.others_mark:
        yield _("Their credit carries the mark %(mark)s.") % {"mark": terms.others_mark}
    for unit, worth in terms.units.items():
        one = credits_text(precise(worth))
        yield _("%(unit)s: one is %(credits)s credits here.") % {"unit": unit_word(unit), "credits": one}
    if terms.steps:
        yield _steps(_("Converted credit comes in multiples of %(step)s, %(rounding)s."), terms.steps)
    if terms.partial:
        yield _steps(_("A part of a term gives credit in multiples of %(step)s, %(rounding)s."), terms.partial)
    if terms.text:
        yield terms.text


def _steps(sentence: str, steps: Steps) -> str:
    words = {
        Rounding.DOWN: _("rounded down"),
        Rounding.UP: _("rounded up"),
        Rounding.HALF_UP: _("rounded to the nearest"),
    }
    return sentence % {"step": credits_text(steps.step), "rounding": words[steps.rounding]}


def _roles(roles: frozenset[str]) -> str:
    return any_of(state_word(Role(role)).lower() for role in sorted(roles))

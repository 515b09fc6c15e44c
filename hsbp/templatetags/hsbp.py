"""How the plan's values print: ``{% load hsbp %}``."""

from decimal import Decimal

from django import template
from django.utils.translation import pgettext

from hsbp.rules.content import Section
from hsbp.states import ItemState, Pathway, Requirement
from hsbp.words import PATHWAY_SENTENCES, SECTION_WORDS, hours_text
from hsbp.words import language_list as list_of_languages
from hsbp.words import language_word as word_of_language
from hsbp.words import pathway_word as word_of_pathway
from mbl.core.words import state_word

register = template.Library()


@register.filter
def language_word(code: str) -> str:
    return word_of_language(code)


@register.filter
def language_list(codes: tuple[str, ...]) -> str:
    return list_of_languages(codes)


@register.filter
def pathway_word(code: str) -> str:
    return word_of_pathway(code)


@register.filter
def completed_word(verdict: str) -> str:
    """Whether a pathway was decided to be completed."""
    return pgettext("pathway", "completed") if verdict == Requirement.MET else pgettext("pathway", "not completed")


@register.filter
def pathway_text(code: str) -> str:
    """What the pathway asks, in a sentence."""
    return str(PATHWAY_SENTENCES[Pathway(code)]) if code in set(Pathway) else ""


@register.filter
def section_word(name: str) -> str:
    return str(SECTION_WORDS[Section(name)])


@register.filter
def hours(number: Decimal) -> str:
    return hours_text(number)


@register.filter
def grade_number(grade: str) -> str:
    """ "09" as people say it."""
    return grade.lstrip("0") or "–"


@register.filter
def item_state(state: ItemState) -> str:
    return state_word(state)


@register.filter
def requirement_word(verdict: str) -> str:
    return state_word(Requirement(verdict))

"""How the values of people print: ``{% load profiles %}``."""

from django import template

from profiles.words import family_word as word_of_family

register = template.Library()


@register.filter
def family_word(label: str) -> str:
    return word_of_family(label)

"""How the values of people print: ``{% load profiles %}``."""

from django import template

from profiles import words

register = template.Library()


@register.filter
def family_word(label: str) -> str:
    return words.family_word(label)


@register.filter
def grade_word(code: str) -> str:
    return words.grade_word(code)


@register.filter
def grade_short(code: str) -> str:
    return words.grade_short(code)

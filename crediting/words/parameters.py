"""The parameters of a reason as people read them: days, roles, methods, levels."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from crediting.rules.facts import AttemptOutcome, Purpose
from crediting.rules.policy.conditions import SAME
from crediting.states import FeeAnswer, LocalAssessment, Method, Rounding, SubjectArea
from crediting.words.mastery import PROFICIENCY, SKILLS, level_word
from crediting.words.methods import evidence_kind_word, kind_word, method_word, purpose_word
from crediting.words.policies import VALUE_KINDS
from crediting.words.procedures import ANCHORS
from crediting.words.standards import subject_word
from crediting.words.transfer import sending_word, unit_word
from crediting.words.witnesses import witness_word
from mbl.core.words import state_word


def in_words(params: Mapping[str, Any], courses: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Parameters as people read them; what is not known stays as it is. ``courses``: titles by code, where known."""
    words = {
        name: _READABLE[name](value) if name in _READABLE and isinstance(value, str) else value
        for name, value in params.items()
    }
    if not courses:
        return words
    return words | {
        name: _CODE.sub(lambda code: courses.get(code[0], code[0]), words[name])
        for name in _OF_COURSES & words.keys()
        if isinstance(words[name], str)
    }


def plain_code(code: str) -> str:
    """A short name that the policy gave to something, such as ``work_log``, as words; capitals stay a code."""
    return code.replace("_", " ").replace("-", " ") if code.islower() and " " not in code else code


def value_word(value: str) -> str:
    """The value of a confirmed fact as people read it: signs of our own in words, days as days, the rest as it is."""
    words = {
        "yes": gettext("yes"),
        "no": gettext("no"),
        FeeAnswer.PAID: gettext("paid"),
        FeeAnswer.WAIVED: gettext("waived"),
    }
    return words.get(value) or day(value)


def any_of(words: Iterable[str | Promise]) -> str:
    """``A, B or C`` in the reader's language."""
    *first, last = [str(word) for word in words] or [""]
    if not first:
        return last
    return gettext("%(first)s or %(last)s") % {"first": ", ".join(first), "last": last}


def all_of(words: Iterable[str]) -> str:
    """``A, B and C`` in the reader's language."""
    *first, last = list(words) or [""]
    if not first:
        return last
    return gettext("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last}


def day(value: str) -> str:
    """An ISO day as people read it; other text as it is."""
    try:
        return date_format(dt.date.fromisoformat(value), "DATE_FORMAT")
    except ValueError:
        return value


def _roles(value: str) -> str:
    return any_of(str(witness_word(code)).lower() for code in _list(value))


def _outcomes(value: str) -> str:
    return any_of(state_word(AttemptOutcome(code)) if code in set(AttemptOutcome) else code for code in _list(value))


def _accepted(value: str) -> str:
    """Assessments as ``rules.asks.accepted`` lists them; those with the same least result are named together."""
    alike: dict[tuple[str, str], list[str]] = {}
    for line in value.splitlines():
        title, level, score = (*line.split("\t"), "", "")[:3]
        alike.setdefault((level, score), []).append(title)
    words = []
    for (level, score), titles in alike.items():
        said = {"level": level, "score": score, "instrument": any_of(titles)}
        if score:
            words.append(gettext("%(score)s or above on %(instrument)s") % said)
        elif level:
            words.append(gettext("level %(level)s or above on %(instrument)s") % said)
        else:
            words.append(gettext("the standard met on %(instrument)s") % said)
    return any_of(words)


def _kinds(value: str) -> str:
    return ", ".join(
        kind_word(kind) if kind in set(LocalAssessment) else evidence_kind_word(kind) for kind in _list(value)
    )


def _higher(value: str) -> str:
    """Higher courses with their grades, as ``rules.offers`` lists them: ``BIO301:C,MED101:``."""
    words = []
    for one in _list(value):
        course, _colon, grade = one.partition(":")
        course = gettext("a later part of this course") if course == SAME else course
        with_grade = gettext("%(course)s with %(grade)s or better") % {"course": course, "grade": grade}
        words.append(with_grade if grade else course)
    return any_of(words)


def _subjects(value: str) -> str:
    return any_of(subject_word(subject) for subject in _list(value))


def _asked(value: str) -> str:
    """What a fact has to be (``rules.policy.conditions.comparison``), or what is asked for, kind by kind."""
    return "; ".join(any_of(_asked_word(one) for one in _list(kind)) for kind in value.split(";"))


def _asked_word(code: str) -> str:
    sign, _space, number = code.partition(" ")
    if sign == "≥":
        return gettext("at least %(number)s") % {"number": number}
    if sign == "≤":
        return gettext("at most %(number)s") % {"number": number}
    if code in set(Purpose):
        return purpose_word(code)
    if code in set(SubjectArea):
        return subject_word(code)
    if code in set(LocalAssessment):
        return kind_word(code)
    return method_word(code) if code in set(Method) else value_word(code)


def _skills(value: str) -> str:
    return all_of(str(SKILLS.get(skill, skill)) for skill in _list(value))


def _levels(value: str) -> str:
    """Levels of a language or of a scale; a number as it is."""
    return ", ".join(str(PROFICIENCY.get(one) or (level_word(one) if one.islower() else one)) for one in _list(value))


def per_word(per: str) -> str:
    """The span in which tries or credits are counted together."""
    return str(_SPANS.get(per) or gettext("in each %(period)s") % {"period": plain_code(per)})


def _list(value: str) -> list[str]:
    return [one.strip() for one in value.split(",") if one.strip()]


_SPANS = {
    "student": gettext_lazy("in all"),
    "course": gettext_lazy("in the course"),
    "day": gettext_lazy("on a day"),
    "school_year": gettext_lazy("in a school year"),
}
# What an approval is of, and the situations that law names.
_APPROVED = {"proposal": gettext_lazy("the proposal for learning outside school")}
_GROUPS = {"institutional": gettext_lazy("in or released from an institutional education facility")}
_OF_COURSES = frozenset({"asked", "course", "courses", "higher", "other", "programs", "where"})
_CODE = re.compile(r"[\w.-]+")

_READABLE: dict[str, Callable[[str], str]] = {
    "sending": sending_word,
    "unit": unit_word,
    "on": day,
    "from": day,
    "to": day,
    "taken_on": day,
    "ended_on": day,
    "roles": _roles,
    "outcomes": _outcomes,
    "outcome": _outcomes,
    "accepted": _accepted,
    "kinds": _kinds,
    "courses": _higher,
    "subjects": _subjects,
    "approved_on": day,
    "starts_on": day,
    "first": lambda value: day(value) or "…",
    "last": lambda value: day(value) or "…",
    "next": day,
    "at": lambda value: f", {value}" if value else "",
    "asked": _asked,
    "where": _subjects,
    "skills": _skills,
    "lacking": _skills,
    "reached": _levels,
    "least": _levels,
    "per": per_word,
    "window": plain_code,
    "deadline": plain_code,
    "paper": plain_code,
    "programs": lambda value: any_of(plain_code(one) for one in _list(value)),
    "groups": lambda value: any_of(str(_GROUPS.get(one) or plain_code(one)) for one in _list(value)),
    "requirement": lambda value: plain_code(subject_word(value)),
    "what": lambda value: str(_APPROVED.get(value) or plain_code(value)),
    "event": lambda value: str(ANCHORS.get(value, value)),
    "instruments": lambda value: any_of(value.splitlines()),
    "method": method_word,
    "kind": lambda value: str(VALUE_KINDS.get(value, kind_word(value))),
    "purpose": purpose_word,
    "subject": subject_word,
    "level": level_word,
    "first_level": level_word,
    "second_level": level_word,
    "third_level": level_word,
    "required_level": level_word,
    "value": value_word,
    "anchor": lambda value: any_of(str(ANCHORS.get(code, code)) for code in value.split(",")),
    "rounding": lambda value: str(state_word(Rounding(value))) if value in set(Rounding) else value,
}

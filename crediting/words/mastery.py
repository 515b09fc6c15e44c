"""Levels, and how several judgements become one."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from crediting.rules.aggregation import Aggregation
from crediting.states import AggregationKind, Rounding
from mbl.core.words import register_states, register_words, say, state_word

register_states(
    AggregationKind,
    {
        AggregationKind.NEWEST: pgettext_lazy("aggregation", "The newest judgement"),
        AggregationKind.BEST: pgettext_lazy("aggregation", "The best of several"),
        AggregationKind.MEAN: pgettext_lazy("aggregation", "The mean of the last ones"),
        AggregationKind.DECAYING: pgettext_lazy("aggregation", "A decaying average"),
        AggregationKind.TIMES: pgettext_lazy("aggregation", "A level reached several times"),
        AggregationKind.MODE: pgettext_lazy("aggregation", "The most frequent level"),
    },
)
register_states(
    Rounding,
    {
        Rounding.HALF_UP: pgettext_lazy("rounding", "rounded to the nearest level, from the middle up"),
        Rounding.DOWN: pgettext_lazy("rounding", "rounded down"),
        Rounding.UP: pgettext_lazy("rounding", "rounded up"),
    },
)

# The default scale's words; other scales bring theirs with translations of their own.
LEVEL_WORDS = {
    "beginning": pgettext_lazy("level", "Beginning"),
    "developing": pgettext_lazy("level", "Developing"),
    "proficient": pgettext_lazy("level", "Proficient"),
    "extending": pgettext_lazy("level", "Extending"),
}
SKILLS = {
    "reading": _("reading"),
    "writing": _("writing"),
    "listening": _("listening"),
    "speaking": _("speaking"),
    "signing": _("signing"),
}
PROFICIENCY = {
    "below-novice-low": _("below Novice Low"),
    "novice-low": _("Novice Low"),
    "novice-mid": _("Novice Mid"),
    "novice-high": _("Novice High"),
    "intermediate-low": _("Intermediate Low"),
    "intermediate-mid": _("Intermediate Mid"),
    "intermediate-high": _("Intermediate High"),
    "advanced-low": _("Advanced Low"),
    "advanced-mid": _("Advanced Mid"),
    "advanced-high": _("Advanced High"),
}

register_words(
    {
        "mastery.not_judged": _("%(standard)s has not been judged yet."),
        "mastery.level_unknown": _("%(standard)s: the policy’s scale has no level “%(level)s”."),
        "mastery.reached": _("%(standard)s: %(level)s. Asked for: %(required_level)s."),
        "mastery.below": _("%(standard)s: %(level)s so far. Asked for: %(required_level)s."),
        "mastery.arithmetic_met": ngettext_lazy(
            "The one judgement counts: %(level)s is level %(reached)s of %(levels)s, and level %(asked)s is asked for.",
            "The newest of %(judgements)s judgements counts (attempt %(attempt)s): %(level)s is level %(reached)s of "
            "%(levels)s, and level %(asked)s is asked for.",
            "judgements",
        ),
        "mastery.arithmetic_below": ngettext_lazy(
            "The one judgement counts: %(level)s is level %(reached)s of %(levels)s, below the level %(asked)s asked.",
            "The newest of %(judgements)s judgements counts (attempt %(attempt)s): %(level)s is level %(reached)s of "
            "%(levels)s, below the level %(asked)s asked for.",
            "judgements",
        ),
        "mastery.too_few": ngettext_lazy(
            "%(standard)s: %(attempts)s of at least %(least)s attempt is judged.",
            "%(standard)s: %(attempts)s of at least %(least)s attempts are judged.",
            "least",
        ),
        "mastery.by_best": _(
            "The best of the last %(counted)s of %(attempts)s attempts (%(numbers)s) counts: "
            "level %(reached)s of %(levels)s."
        ),
        "mastery.by_mean": _(
            "The mean of the last %(counted)s of %(attempts)s attempts: (%(numbers)s) / %(counted)s = %(value)s, "
            "%(rounding)s: level %(reached)s of %(levels)s."
        ),
        "mastery.by_decaying": _(
            "Each attempt counts %(weight)s percent, what came before it %(before)s percent. Attempts %(numbers)s give "
            "%(steps)s, %(rounding)s: level %(reached)s of %(levels)s."
        ),
        "mastery.by_times": ngettext_lazy(
            "The highest level that at least one attempt reaches counts (%(numbers)s): level %(reached)s of "
            "%(levels)s.",
            "The highest level that at least %(times)s attempts reach counts (%(numbers)s): level %(reached)s of "
            "%(levels)s.",
            "times",
        ),
        "mastery.by_mode": _(
            "The most frequent level of %(attempts)s attempts (%(numbers)s) counts, and of equals the newest: "
            "level %(reached)s of %(levels)s."
        ),
        "aggregation.newest": _("The newest judgement counts."),
        "aggregation.best": ngettext_lazy(
            "The newest attempt counts.", "The best of the last %(n)s attempts counts.", "n"
        ),
        "aggregation.best_all": _("The best of all attempts counts."),
        "aggregation.mean": ngettext_lazy(
            "The newest attempt counts.", "The mean of the last %(n)s attempts counts, %(rounding)s.", "n"
        ),
        "aggregation.mean_all": _("The mean of all attempts counts, %(rounding)s."),
        "aggregation.decaying": _(
            "A decaying average counts: each attempt %(weight)s percent, what came before it the rest, %(rounding)s."
        ),
        "aggregation.times": ngettext_lazy(
            "The highest level reached once counts.", "The highest level reached %(n)s times counts.", "n"
        ),
        "aggregation.mode": _("The most frequent level counts, and of equally frequent ones the newest."),
        "aggregation.minimum": _("There must be at least %(least)s attempts."),
    }
)


def level_word(level: str) -> str:
    """The word of a level code of the default scale; of other scales the code as a word."""
    return str(LEVEL_WORDS.get(level, level.replace("-", " ").replace("_", " ").capitalize()))


def skills_words(skills: Mapping[str, str]) -> list[str]:
    """``reading: Novice High``, in the order in which skills are told."""
    return [
        f"{SKILLS.get(skill, skill)}: {PROFICIENCY.get(skills[skill]) or level_word(skills[skill])}"
        for skill in sorted(skills, key=[*SKILLS, *skills].index)
    ]


def aggregation_words(terms: Aggregation) -> str:
    """How several judgements become a level, in a sentence or two."""
    how = say(f"aggregation.{terms.kind}" + ("_all" if terms.kind in _OF_ALL and not terms.n else ""), _said(terms))
    if terms.least == 1:
        return how
    return f"{how} {say('aggregation.minimum', {'least': terms.least})}"


_OF_ALL = (AggregationKind.BEST, AggregationKind.MEAN)


def _said(terms: Aggregation) -> dict[str, Any]:
    return {"n": terms.n, "weight": terms.weight, "rounding": state_word(terms.rounding)}

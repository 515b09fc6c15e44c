"""The words of the equity report: groups and programs by plain names, which a district may set itself."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from equity.rules.flags import Signal
from equity.rules.suppression import Coded, Hidden
from equity.rules.views import COMBINED, DETAILED, FEDERAL, GENDER, split_detail
from mbl.core.models import District
from mbl.core.words import register_states
from profiles.rules.rollup import Group
from profiles.states import Program

Text = str | Promise

GROUP_WORDS: dict[str, Text] = {
    Group.AMERICAN_INDIAN: _("American Indian or Alaska Native"),
    Group.ASIAN: _("Asian"),
    Group.BLACK: _("Black or African American"),
    Group.HISPANIC: _("Hispanic or Latino of any race"),
    Group.MIDDLE_EASTERN: _("Middle Eastern or North African"),
    Group.PACIFIC_ISLANDER: _("Native Hawaiian or Other Pacific Islander"),
    Group.WHITE: pgettext_lazy("race", "White"),
    Group.TWO_OR_MORE: _("Two or more races"),
    Group.NOT_PROVIDED: pgettext_lazy("race", "Not provided"),
}
PROGRAM_WORDS: dict[str, tuple[Text, Text, Text]] = {
    Program.LOW_INCOME: (_("Low income"), _("Students from low-income families"), _("All other students")),
    Program.MULTILINGUAL: (_("Multilingual learners"), _("Multilingual learners"), _("All other students")),
    Program.SPECIAL_EDUCATION: (_("Special education"), _("Students with an IEP"), _("All other students")),
    Program.SECTION_504: (_("Section 504"), _("Students with a 504 plan"), _("All other students")),
    Program.MIGRANT: (_("Migrant education"), _("Students in migrant education"), _("All other students")),
    Program.HOMELESS: (_("Housing"), _("Students experiencing homelessness"), _("All other students")),
    Program.FOSTER: (_("Foster care"), _("Students in foster care"), _("All other students")),
    Program.HIGHLY_CAPABLE: (_("Highly capable"), _("Students in the highly capable program"), _("All other students")),
    Program.MILITARY: (_("Military families"), _("Students from military families"), _("All other students")),
}
PARTITION_WORDS: dict[str, Text] = {
    FEDERAL: _("Race and ethnicity, federal groups"),
    COMBINED: _("Race and ethnicity, alone or in combination"),
    DETAILED: _("Race and ethnicity in detail: do not add up"),
    GENDER: _("Gender"),
}
GENDER_WORDS: dict[str, Text] = {
    "F": _("Female"),
    "M": _("Male"),
    "X": pgettext_lazy("gender", "Gender X"),
    Group.NOT_PROVIDED: pgettext_lazy("gender", "Not provided"),
}
# What a reader must know of a table whose rows overlap.
OVERLAP_WORDS: dict[str, Text] = {
    COMBINED: _(
        "A student counts in every group the family named, so the rows overlap: do not add them up. "
        "Counted for all schools and any subject."
    ),
    DETAILED: _(
        "A student counts under every answer the family gave, whatever else it said, so the rows overlap: do not add "
        "them up. Counted for all schools and any subject."
    ),
}

SIGNAL_WORDS: dict[Signal, Text | tuple[Text, str]] = {
    Signal.REVIEW: (pgettext_lazy("equity signal", "Review"), "urgent"),
    Signal.WATCH: (pgettext_lazy("equity signal", "Watch"), "attention"),
    Signal.NONE: _("No signal"),
    Signal.NOT_ENOUGH: _("Not enough students to tell"),
}
HIDDEN_WORDS: dict[Hidden, Text | tuple[Text, str]] = {
    Hidden.SMALL: _("Hidden: fewer than 10 students"),
    Hidden.COMPLEMENTARY: _("Hidden so that another hidden number cannot be worked out"),
    Hidden.EARLIER: _("Hidden because an earlier report of this year hid it"),
}
CODED_WORDS: dict[Coded, Text | tuple[Text, str]] = {
    Coded.HIGH: _("More than 95%"),
    Coded.LOW: _("Less than 5%"),
}

register_states(Signal, SIGNAL_WORDS)
register_states(Hidden, HIDDEN_WORDS)
register_states(Coded, CODED_WORDS)


def partition_word(partition: str) -> Text:
    """What a table compares by."""
    return PROGRAM_WORDS[partition][0] if partition in PROGRAM_WORDS else PARTITION_WORDS[partition]


def group_word(partition: str, group: str, district: District | None = None) -> Text:
    """A group by the name the district uses for it (``settings["group_names"]``), else by the federal one."""
    if partition in PROGRAM_WORDS:
        return PROGRAM_WORDS[partition][1 if group == "in" else 2]
    own: dict[str, str] = district.settings.get("group_names", {}) if district else {}
    if partition == GENDER:
        return own.get(group) or GENDER_WORDS.get(group, group)
    if partition == DETAILED:
        federal, code = split_detail(group)
        within = own.get(federal) or GROUP_WORDS[Group(federal)]
        named = own.get(code)
        return f"{within}: {named}" if named else _("%(group)s: code %(code)s") % {"group": within, "code": code}
    return own.get(group) or GROUP_WORDS[group]

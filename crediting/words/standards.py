"""Standards, their frameworks and the subjects of courses."""

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crediting.rules.compare import Change
from crediting.states import AdoptionBody, EdgeKind, FrameworkStatus, StandardStatus, SubjectArea
from mbl.core.words import register_states, state_word

register_states(
    SubjectArea,
    {
        SubjectArea.ENGLISH: pgettext_lazy("subject", "English"),
        SubjectArea.MATH: _("Mathematics"),
        SubjectArea.SCIENCE: _("Science"),
        SubjectArea.SOCIAL_STUDIES: _("Social studies"),
        SubjectArea.ARTS: _("Arts"),
        SubjectArea.WORLD_LANGUAGES: _("World languages"),
        SubjectArea.HEALTH: _("Health"),
        SubjectArea.PHYSICAL_EDUCATION: _("Physical education"),
        SubjectArea.CTE: _("Career and technical education"),
        SubjectArea.ELECTIVE: _("Elective"),
        SubjectArea.STATE_HISTORY: _("Washington State History"),
    },
)
register_states(
    StandardStatus,
    {
        StandardStatus.ACTIVE: pgettext_lazy("standard", "In use"),
        StandardStatus.WITHDRAWN: (pgettext_lazy("standard", "Withdrawn"), "quiet"),
    },
)
register_states(
    FrameworkStatus,
    {
        FrameworkStatus.DRAFT: (pgettext_lazy("framework", "Draft of its publisher"), "attention"),
        FrameworkStatus.PENDING: (pgettext_lazy("framework", "Not implemented yet"), "attention"),
        FrameworkStatus.IMPLEMENTED: pgettext_lazy("framework", "Implemented"),
        FrameworkStatus.RETIRED: (pgettext_lazy("framework", "Retired"), "attention"),
        FrameworkStatus.UNKNOWN: pgettext_lazy("framework", "Not stated"),
    },
)
register_states(
    AdoptionBody,
    {
        AdoptionBody.STATE: _("State learning standards"),
        AdoptionBody.LOCAL: _("Locally adopted standards"),
    },
)

# An association read from either end: what the other standard is to the one the page is about.
_LINKS = {
    EdgeKind.IS_CHILD_OF: (_("Above it"), _("Below it")),
    EdgeKind.IS_PEER_OF: (_("Beside it"), _("Beside it")),
    EdgeKind.IS_PART_OF: (_("It is a part of"), _("Has this part")),
    EdgeKind.EXACT_MATCH_OF: (_("The same as"), _("The same as")),
    EdgeKind.PRECEDES: (_("Comes before"), _("Comes after")),
    EdgeKind.IS_RELATED_TO: (_("Related to"), _("Related to")),
    EdgeKind.REPLACED_BY: (_("Replaced by"), _("Replaces")),
    EdgeKind.EXEMPLAR: (_("Shown by the example"), _("Is an example of")),
    EdgeKind.HAS_SKILL_LEVEL: (_("At the level"), _("Is the level of")),
    EdgeKind.IS_TRANSLATION_OF: (_("A translation of"), _("Translated as")),
}


def link_word(kind: EdgeKind, forward: bool) -> str:
    """How one standard stands to another: ``forward`` where the association goes out from the first."""
    return str(_LINKS[kind][0 if forward else 1])


_CHANGES = {
    Change.ADDED: pgettext_lazy("standard", "Added"),
    Change.REMOVED: pgettext_lazy("standard", "Removed"),
    Change.REWORDED: pgettext_lazy("standard", "Reworded"),
    Change.RECODED: pgettext_lazy("standard", "Has another code"),
    Change.MOVED: pgettext_lazy("standard", "Moved"),
}


def change_word(change: Change) -> str:
    """How a standard differs between two editions."""
    return str(_CHANGES[change])


def subject_word(subject: str) -> str:
    return str(state_word(SubjectArea(subject))) if subject in set(SubjectArea) else subject


def subjects_word(subject: str) -> str:
    """The subject a district's setting is for; without one it is for all the others."""
    return subject_word(subject) if subject else gettext("All other subjects")

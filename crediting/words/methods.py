"""Ways to show mastery, why credit is asked for, and the work that is shown."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crediting.rules.facts import Purpose
from crediting.states import EvidenceKind, EvidenceState, LocalAssessment, Method
from mbl.core.words import register_states, state_word

register_states(
    Method,
    {
        Method.STATE_ASSESSMENT: _("State assessment"),
        Method.LOCAL_ASSESSMENT: _("Local assessment"),
        Method.EQUIVALENCY: _("Learning outside school"),
        Method.NEXT_COURSE: _("Next higher course"),
    },
)
register_states(
    LocalAssessment,
    {
        LocalAssessment.TEST: _("Written or oral test"),
        LocalAssessment.WRITTEN_REPORT: _("Written report"),
        LocalAssessment.PORTFOLIO: _("Portfolio"),
        LocalAssessment.PRESENTATION: _("Presentation or oral defense"),
        LocalAssessment.HANDS_ON: _("Hands-on demonstration"),
        LocalAssessment.COMBINATION: _("Combination"),
    },
)
register_states(
    Purpose,
    {
        Purpose.CHALLENGE: _("Instead of taking the course"),
        Purpose.RECOVERY: _("To recover credit for a course taken before"),
        Purpose.EXCUSED: _("For a student who is excused from the course"),
        Purpose.EITHER: _("Instead of the course, or to recover credit"),
    },
)
register_states(
    EvidenceState,
    {
        EvidenceState.DRAFT: pgettext_lazy("evidence", "Draft"),
        EvidenceState.SUBMITTED: pgettext_lazy("evidence", "Submitted"),
        EvidenceState.RETURNED: (pgettext_lazy("evidence", "Returned"), "attention"),
        EvidenceState.ASSESSED: pgettext_lazy("evidence", "Assessed"),
    },
)
register_states(
    EvidenceKind,
    {
        EvidenceKind.FILE: pgettext_lazy("evidence", "File"),
        EvidenceKind.PHOTO: pgettext_lazy("evidence", "Photo"),
        EvidenceKind.LINK: pgettext_lazy("evidence", "Link"),
        EvidenceKind.TEXT: pgettext_lazy("evidence", "Text"),
    },
)


def method_word(method: str) -> str:
    """A method in one phrase; a district's own by the words of its code: ``GED_PREP`` is "GED prep"."""
    if method in set(Method):
        return str(state_word(Method(method)))
    if " " in method:
        return method  # the title that the district gave it
    words = [word if len(word) <= 3 else word.lower() for word in method.replace("-", "_").split("_")]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def kind_word(kind: str) -> str:
    return str(state_word(LocalAssessment(kind))) if kind in set(LocalAssessment) else kind


def evidence_kind_word(kind: str) -> str:
    return str(state_word(EvidenceKind(kind))) if kind in set(EvidenceKind) else kind


def purpose_word(value: str) -> str:
    return str(state_word(Purpose(value))) if value in set(Purpose) else value

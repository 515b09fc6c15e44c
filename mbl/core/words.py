"""Sentences for people: reasons and states in the reader's language.

Each app's ``words`` module registers its own at start-up::

    register_words({"policy.cap": _("%(earned)s of %(cap)s credits are already earned this way.")})
    register_states(EvidenceState, {EvidenceState.RETURNED: (_("Returned"), "attention"), …})
"""

import logging
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mbl.core.decisions import Reason
from mbl.core.errors import DomainError, InvalidTransition
from mbl.core.states import DistrictKind, ImportState, JobState, Severity

Text = str | Promise
E = TypeVar("E", bound=StrEnum)

log = logging.getLogger(__name__)
_sentences: dict[str, Text] = {}
# StrEnum members of two enums may be equal as text, so the enum is part of the key.
_states: dict[tuple[type[StrEnum], str], tuple[Text, str]] = {}


def says_something(text: str) -> bool:
    """Whether anything in ``text`` can be seen: white space, zero-width and direction signs alone cannot."""
    return any(sign.isprintable() and not sign.isspace() for sign in text)


def visible(text: str) -> str:
    """What somebody wrote, without NUL and without space around it; empty where nothing in it can be seen."""
    text = text.replace("\0", "").strip()
    return text if says_something(text) else ""


def register_words(sentences: Mapping[str, Text]) -> None:
    """Whole sentences by reason code, with ``%(name)s`` placeholders; ``ngettext_lazy(…, "count")`` for plurals."""
    for code, text in sentences.items():
        if code in _sentences:
            raise ValueError(f"The words for {code} are registered twice.")
        _sentences[code] = text


def register_states(states: type[E], words: Mapping[E, Text | tuple[Text, str]]) -> None:
    """One word for each state, with a badge's tone where the state needs a look (ui.md, section 11)."""
    missing = set(states) - set(words)
    if missing:
        raise ValueError(f"{states.__name__} has no word for {', '.join(sorted(missing))}.")
    for member, word in words.items():
        _states[states, member.value] = word if isinstance(word, tuple) else (word, "")


def sentence(reason: Reason) -> str:
    """The reason in the reader's language."""
    return say(reason.code, reason.params)


def say(code: str, params: Mapping[str, Any]) -> str:
    """The registered sentence ``code`` with ``params``; a code without words is logged and shown as it is."""
    template = _sentences.get(code)
    if template is None:
        log.error("No words for the reason %s", code)
        return code
    return fill(template, params)


def fill(template: Text, params: Mapping[str, Any]) -> str:
    """``template % params``; a placeholder that an old record does not know becomes a dash."""
    return str(template % Known(params))


class Known(dict[str, Any]):
    """Parameters of a record that may be older than the sentence."""

    def __missing__(self, key: str) -> str:
        return "–"


def has_words(code: str) -> bool:
    return code in _sentences


def known_codes() -> list[str]:
    """Every code that has words."""
    return sorted(_sentences)


def state_word(state: StrEnum) -> str:
    """The state's one word; also the plain value where nobody registered the enum."""
    word, _tone = _states.get((type(state), state.value), (state.value, ""))
    return str(word)


def state_tone(state: StrEnum) -> str:
    """The tone of the state's badge; empty for ordinary states, which print as text."""
    return _states.get((type(state), state.value), ("", ""))[1]


def error_text(error: DomainError) -> str:
    """What the person is told, in the language that is active now."""
    if isinstance(error, InvalidTransition):
        state = state_word(error.state) if isinstance(error.state, StrEnum) else str(error.state)
        return _(
            "This has moved on in the meantime: it is now “%(state)s”. Nothing was changed. "
            "Open the page again to see where it stands."
        ) % {"state": state}
    return str(error.message)


register_states(
    JobState,
    {
        JobState.WAITING: pgettext_lazy("job", "Waiting"),
        JobState.RUNNING: pgettext_lazy("job", "Running"),
        JobState.DONE: pgettext_lazy("job", "Done"),
        JobState.STOPPED: (pgettext_lazy("job", "Stopped"), "urgent"),
    },
)
register_states(
    ImportState,
    {
        ImportState.CHECKED: pgettext_lazy("import", "Checked"),
        ImportState.APPLIED: pgettext_lazy("import", "Done"),
        ImportState.REFUSED: (pgettext_lazy("import", "Stopped"), "urgent"),
        ImportState.UNDONE: pgettext_lazy("import", "Taken back"),
    },
)
register_states(
    Severity,
    {
        Severity.ERROR: (pgettext_lazy("import", "Problem"), "urgent"),
        Severity.WARNING: (pgettext_lazy("import", "Warning"), "attention"),
        Severity.INFO: pgettext_lazy("import", "Note"),
    },
)
register_states(
    DistrictKind,
    {
        DistrictKind.DISTRICT: gettext_lazy("School district"),
        DistrictKind.CHARTER: gettext_lazy("Charter school"),
        DistrictKind.TRIBAL_COMPACT: gettext_lazy("State-tribal compact school"),
        DistrictKind.COLLEGE: gettext_lazy("Community or technical college"),
    },
)

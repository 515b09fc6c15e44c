"""The few ways a component may look. A word outside these is refused where it is written."""

from enum import StrEnum


class Tone(StrEnum):
    """Why a reader should look. A state without a tone is ordinary and stays plain text (``ui.md``: colour is for
    exceptions)."""

    INFO = "info"
    OK = "ok"
    ATTENTION = "attention"
    URGENT = "urgent"
    AWARD = "award"
    QUIET = "quiet"


class Kind(StrEnum):
    """What pressing an action means. One primary action per view."""

    PRIMARY = "primary"
    PLAIN = "plain"
    QUIET = "quiet"
    DANGER = "danger"


TONE_ICON = {
    Tone.INFO: "info-circle",
    Tone.OK: "circle-check",
    Tone.ATTENTION: "clock",
    Tone.URGENT: "alert-triangle",
    Tone.AWARD: "award",
    Tone.QUIET: "circle-dashed",
}

"""Plain enums of transcripts. What a transcript is worth today is derived, never stored."""

from enum import StrEnum


class Standing(StrEnum):
    """What the check page says."""

    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"
    # An award printed on it was reversed and no new transcript was issued.
    NOT_CURRENT = "not_current"
    UNKNOWN = "unknown"


class TranscriptKind(StrEnum):
    STANDARD = "standard"
    MASTERY = "mastery"

from transcripts.models.template import TranscriptTemplate
from transcripts.models.transcript import (
    Transcript,
    TranscriptCounter,
    TranscriptDocument,
    TranscriptLine,
    TranscriptRevocation,
)

__all__ = [
    "Transcript",
    "TranscriptCounter",
    "TranscriptDocument",
    "TranscriptLine",
    "TranscriptRevocation",
    "TranscriptTemplate",
]

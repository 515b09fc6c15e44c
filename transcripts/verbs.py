"""Audit verbs of transcripts. Who issued what, to whom, when, on which template, and the hash of the file (T10)."""

from django.utils.translation import gettext_lazy as _

from mbl.core.audit import Payload, verb


@verb("transcripts.template.added", _("{actor} added version {version} of the transcript template {code}"))
class TemplateAdded(Payload):
    code: str
    version: int
    is_checked: bool


@verb("transcripts.transcript.issued", _("{actor} issued the transcript {target} for {recipient}"))
class TranscriptIssued(Payload):
    recipient: str
    template: str
    lines: int
    supersedes: str


@verb("transcripts.transcript.drawn", _("The file of the transcript {target} was made: {pages} pages"))
class TranscriptDrawn(Payload):
    pages: int
    size: int
    sha256: str


@verb("transcripts.transcript.revoked", _("{actor} revoked the transcript {target}: {reason}"))
class TranscriptRevoked(Payload):
    reason: str

"""Asking for credit: requests, their evidence, and the word of those who saw the work."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from mbl.core.audit import Payload, verb


@verb("crediting.request.created", _("{actor} began a request for credit in {course}"))
class RequestCreated(Payload):
    course: str
    method: str
    kind: str


@verb("crediting.request.changed", _("{actor} changed the request {target}: {fields}"))
class RequestChanged(Payload):
    fields: str


@verb("crediting.request.sent", _("{actor} sent {target} to {assessor} (attempt {attempt})"))
class RequestSent(Payload):
    assessor: str
    attempt: int
    demonstrated_on: str


@verb("crediting.request.returned", _("{actor} returned {target}: {reason}"))
class RequestReturned(Payload):
    reason: str
    attempt: int


@verb("crediting.request.withdrawn", _("{actor} withdrew {target}"))
class RequestWithdrawn(Payload):
    reason: str


@verb("crediting.request.reassigned", _("{actor} asked {assessor} to assess {target} in place of {before}: {reason}"))
class RequestReassigned(Payload):
    assessor: str
    before: str
    reason: str


@verb("crediting.evidence.added", _("{actor} added the evidence {target}"))
class EvidenceAdded(Payload):
    kind: str
    sha256: str


@verb("crediting.evidence.changed", _("{actor} changed the evidence {target}: {fields}"))
class EvidenceChanged(Payload):
    fields: str


@verb("crediting.evidence.discarded", _("{actor} threw away the evidence {target}, which had never been sent"))
class EvidenceDiscarded(Payload):
    kind: str
    sha256: str


@verb("crediting.evidence.attached", _("{actor} put {evidence} into the request {target}"))
class EvidenceAttached(Payload):
    evidence: str
    evidence_id: str


@verb("crediting.evidence.detached", _("{actor} took {evidence} out of the request {target}"))
class EvidenceDetached(Payload):
    evidence: str
    evidence_id: str


@verb("crediting.attestation.asked", _("{actor} asked somebody to attest for {target}, until {expires_on}"))
class AttestationAsked(Payload):
    role: str
    code: str
    by_email: bool
    expires_on: dt.date


@verb("crediting.attestation.cancelled", _("{actor} made a link to attest for {target} useless"))
class AttestationCancelled(Payload):
    role: str


@verb("crediting.attestation.given", _("Somebody who was asked attested for {target} by their link"))
class AttestationGiven(Payload):
    role: str
    code: str
    sha256: str


@verb("crediting.attestation.recorded", _("{actor} wrote down a spoken attestation for {target}"))
class AttestationRecorded(Payload):
    role: str
    code: str
    sha256: str
    language: str


@verb("crediting.attestation.own", _("{actor} attested for {target}"))
class OwnWordAttested(Payload):
    role: str
    code: str
    sha256: str


@verb("crediting.attestation.mapped", _("{actor} matched an attestation for {target} with standards: {standards}"))
class AttestationMapped(Payload):
    standards: str


@verb("crediting.attestation.withdrawn", _("{actor} withdrew an attestation for {target}: {reason}"))
class AttestationWithdrawn(Payload):
    role: str
    sha256: str
    reason: str

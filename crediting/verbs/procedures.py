"""Learning away from school, appeals, and credit from another school."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from mbl.core.audit import Payload, verb


@verb("crediting.proposal.begun", _("{actor} began the proposal {target}"))
class ProposalBegun(Payload):
    kind: str


@verb("crediting.proposal.changed", _("{actor} changed the proposal {target}: {fields}"))
class ProposalChanged(Payload):
    fields: str
    version: int


@verb("crediting.proposal.sent", _("{actor} sent the proposal {target}, version {version}, to begin on {starts_on}"))
class ProposalSent(Payload):
    version: int
    starts_on: dt.date


@verb("crediting.proposal.amended", _("{actor} began version {version} of the proposal {target}"))
class ProposalAmended(Payload):
    version: int


@verb("crediting.proposal.withdrawn", _("{actor} withdrew version {version} of the proposal {target}"))
class ProposalWithdrawn(Payload):
    version: int


@verb("crediting.proposal.approved", _("{actor} approved the proposal {target}, version {version}: {reason}"))
class ProposalApproved(Payload):
    version: int
    role: str
    reason: str


@verb("crediting.proposal.refused", _("{actor} did not approve the proposal {target}, version {version}: {reason}"))
class ProposalRefused(Payload):
    version: int
    role: str
    reason: str


@verb("crediting.proposal.linked", _("{actor} put the request {request} under the proposal {target}"))
class ProposalLinked(Payload):
    request: str
    request_id: str


@verb("crediting.proposal.unlinked", _("{actor} took the request {request} from the proposal {target}"))
class ProposalUnlinked(Payload):
    request: str
    request_id: str


@verb("crediting.hours.logged", _("{actor} wrote down {hours} hours of {day} for {target}"))
class HoursLogged(Payload):
    day: dt.date
    hours: str


@verb("crediting.hours.removed", _("{actor} took {hours} hours of {day} out of {target}"))
class HoursRemoved(Payload):
    day: dt.date
    hours: str


@verb("crediting.hours.checked", _("{actor} checked {hours} hours of {target}, through {through}"))
class HoursChecked(Payload):
    through: dt.date
    hours: str
    term: str


@verb("crediting.appeal.made", _("{actor} appealed against the refusal of {target}; an answer is due on {due}"))
class AppealMade(Payload):
    due: str


@verb("crediting.appeal.upheld", _("{actor} upheld the refusal of {target}: {reason}"))
class AppealUpheld(Payload):
    reason: str


@verb("crediting.appeal.overturned", _("{actor} overturned the refusal of {target}; it is decided anew: {reason}"))
class AppealOverturned(Payload):
    reason: str


@verb("crediting.transfer.entered", _("{actor} entered the transcript of {target}: {lines} lines"))
class TransferEntered(Payload):
    lines: int


@verb("crediting.transfer.adopted", _("{actor} took {target} from the imported history to be decided"))
class TransferAdopted(Payload):
    entry: str


@verb("crediting.transfer.withdrawn", _("{actor} took {target} off the list: {reason}"))
class TransferWithdrawn(Payload):
    reason: str


@verb("crediting.transfer.decided", _("{actor} decided about {target}: {kind}, {credits} credits. {reason}"))
class TransferDecided(Payload):
    kind: str
    credits: str
    reason: str
    second: bool


@verb("crediting.transfer.confirmed", _("{actor} confirmed the decision about {target}"))
class TransferConfirmed(Payload):
    kind: str
    credits: str


@verb("crediting.transfer.sent_back", _("{actor} sent the decision about {target} back: {reason}"))
class TransferSentBack(Payload):
    reason: str


@verb(
    "crediting.transfer.waiver_answered",
    _("{actor} answered whether {requirement} is waived ({citation}): {answer}. {reason}"),
)
class WaiverAnswered(Payload):
    requirement: str
    answer: str
    reason: str
    alternative: str
    citation: str


@verb(
    "crediting.transfer.consolidated",
    _("{actor} put {parts} parts of {target} together: {credits} credits. {reason}"),
)
class TransferConsolidated(Payload):
    parts: int
    credits: str
    mark: str
    reason: str

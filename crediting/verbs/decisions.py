"""What was judged and decided, and what came of results on file."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from mbl.core.audit import Payload, verb


@verb("crediting.judgement.recorded", _("{actor} judged {standard} in {target}: {level} (attempt {attempt})"))
class JudgementRecorded(Payload):
    standard: str
    level: str
    attempt: int


@verb("crediting.result.confirmed", _("{actor} confirmed the result of {instrument} of {taken_on} for {target}"))
class ResultConfirmed(Payload):
    instrument: str
    taken_on: dt.date


@verb("crediting.fact.confirmed", _("{actor} confirmed for {target}: {what}, {value} (from: {source})"))
class FactConfirmed(Payload):
    what: str
    value: str
    source: str


@verb("crediting.fact.corrected", _("{actor} corrected for {target}: {what}, {value} in place of {before} ({source})"))
class FactCorrected(Payload):
    what: str
    before: str
    value: str
    source: str


@verb("crediting.request.assessed", _("{actor} finished assessing {target} (attempt {attempt})"))
class RequestAssessed(Payload):
    attempt: int


@verb("crediting.credit.awarded", _("{actor} awarded {credits} credits in {course}: {reason}"))
class CreditAwarded(Payload):
    course: str
    credits: str
    mark: str
    policy: str
    rule: str
    reason: str


@verb("crediting.requirement.granted", _("{actor} decided on {requirement} without credit ({kind}): {reason}"))
class RequirementGranted(Payload):
    requirement: str
    kind: str
    policy: str
    rule: str
    reason: str


@verb("crediting.transcript.asked", _("{actor} asked that {course} stand on the transcript"))
class TranscriptAsked(Payload):
    course: str


@verb("crediting.transcript.unasked", _("{actor} took back the wish that {course} stand on the transcript"))
class TranscriptUnasked(Payload):
    course: str


@verb(
    "crediting.award_proposal.listed",
    _("{actor} looked for awards at {place}: {listed} listed, {expired} off the list"),
)
class AwardsProposed(Payload):
    place: str
    listed: int
    expired: int


@verb("crediting.award_proposal.chosen", _("{actor} recorded the student's choice for {target}: {course} {mark}"))
class AwardChosen(Payload):
    """``said_on`` is the day of the choice; ``credits`` where their number was the student's to choose."""

    course: str
    mark: str
    credits: str = ""
    said_on: str = ""


@verb("crediting.award_proposal.declined", _("{actor} recorded that the student does not want {target}: {reason}"))
class AwardDeclined(Payload):
    course: str
    reason: str


@verb("crediting.award_proposal.unchosen", _("{actor} chose {instead} in the place of {target}"))
class AwardUnchosen(Payload):
    """An earlier choice that does not fit beside the new one."""

    instead: str


@verb("crediting.award_proposal.dismissed", _("{actor} set aside the proposed award {target}: {reason}"))
class AwardSetAside(Payload):
    course: str
    reason: str


@verb("crediting.award_review.found", _("The award {target} has to be looked at again: {reason}"))
class AwardToReview(Payload):
    reason: str


@verb("crediting.award_review.kept", _("{actor} looked at the award {target} again and kept it: {reason}"))
class AwardKept(Payload):
    reason: str


@verb("crediting.credit.refused", _("{actor} did not award credit in {course}: {reason}"))
class CreditRefused(Payload):
    course: str
    policy: str
    reason: str


@verb("crediting.award.reversed", _("{actor} reversed {target}: {reason}"))
class AwardReversed(Payload):
    credits: str
    reason: str


@verb("crediting.history.posted", _("{actor} entered courses from {source}: {created} new, {corrected} corrected"))
class CourseHistoryPosted(Payload):
    source: str
    created: int
    unchanged: int
    corrected: int


@verb(
    "crediting.history.imported",
    _("{actor} imported course history: {created} new, {corrected} corrected, {withdrawn} taken back, {held} held"),
)
class CourseHistoryImported(Payload):
    run: str
    created: int
    corrected: int
    withdrawn: int
    held: int


@verb("crediting.designations.confirmed", _("{actor} confirmed the designation letters: {after}"))
class DesignationsConfirmed(Payload):
    before: str
    after: str


@verb("crediting.history.layout_confirmed", _("{actor} confirmed the layout of awards for the school's system: {note}"))
class AwardLayoutConfirmed(Payload):
    note: str
    layout: str = "1"


@verb("crediting.history.awards_exported", _("{actor} made the file of {rows} mastery awards for the school's system"))
class AwardsExported(Payload):
    rows: int
    left_out: int
    layout: str = "1"


@verb("crediting.scores.imported", _("{actor} imported test results: {rows} new or changed"))
class ScoresImported(Payload):
    run: str
    rows: int


@verb("crediting.history.corrected", _("{actor} corrected {target} ({before} → {after}): {reason}"))
class CourseRowCorrected(Payload):
    before: str
    after: str
    reason: str


@verb("crediting.history.added", _("{actor} entered {target} from {school}: {reason}"))
class TransferRowAdded(Payload):
    school: str
    credits: str
    mark: str
    reason: str


@verb("crediting.history.taken_back", _("{actor} took {target} off the record: {reason}"))
class CourseRowTakenBack(Payload):
    credits: str
    reason: str


@verb(
    "crediting.history.early_course",
    _("{actor} did what student and parent asked for {target}: {wish}, asked on {asked}"),
)
class EarlyCourseChanged(Payload):
    wish: str
    asked: str


@verb("crediting.history.held_taken", _("{actor} entered the row {target} that had waited: {note}"))
class HeldRowTaken(Payload):
    reason: str
    note: str


@verb("crediting.history.held_dismissed", _("{actor} set the row {target} aside: {note}"))
class HeldRowDismissed(Payload):
    reason: str
    note: str

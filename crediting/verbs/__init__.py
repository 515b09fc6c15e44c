"""Audit verbs of crediting: one for each thing a person does, with a sentence a family can read."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from crediting.verbs import grades as grades
from mbl.core.audit import Payload, verb

# --- Requests and evidence --------------------------------------------------------------------------------------------


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


# --- Attestations -----------------------------------------------------------------------------------------------------
# Who witnessed and what was said may be visible to few; the sentences name neither.


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


# --- Judgements and decisions -----------------------------------------------------------------------------------------


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


# --- Proposals before the work, and appeals after a refusal -----------------------------------------------------------


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


# --- Credit from another school ---------------------------------------------------------------------------------------


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


# --- Standards, courses, scales and policies --------------------------------------------------------------------------


@verb("crediting.policy.drafted", _("{actor} loaded policy {policy}, version {version}, as a draft"))
class PolicyDrafted(Payload):
    policy: str
    version: int
    sha256: str


@verb("crediting.policy.published", _("{actor} published policy {policy}, version {version}, from {first}"))
class PolicyPublished(Payload):
    policy: str
    version: int
    first: str
    last: str


@verb("crediting.policy.closed", _("{actor} closed policy {policy}, version {version}; its last day is {last}"))
class PolicyClosed(Payload):
    policy: str
    version: int
    last: str


@verb("crediting.policy.discarded", _("{actor} threw away the draft of policy {policy}, version {version}"))
class PolicyDraftDiscarded(Payload):
    policy: str
    version: int
    sha256: str


@verb(
    "crediting.policy.replayed",
    _("{actor} replayed {decisions} decisions under policy {policy}, version {version}: {changed} would change"),
)
class PolicyReplayed(Payload):
    """``sha256`` is of the text that was replayed."""

    policy: str
    version: int
    sha256: str
    first: str
    last: str
    decisions: int
    changed: int


@verb("crediting.policy.replay_stopped", _("{actor} stopped the replay of policy {policy}, version {version}"))
class PolicyReplayStopped(Payload):
    policy: str
    version: int


@verb(
    "crediting.policy.replays_forgotten",
    _("{actor} removed the results of replays older than {kept} days: {count}"),
)
class PolicyReplaysForgotten(Payload):
    count: int
    kept: int


@verb("crediting.framework.imported", _("{actor} imported the standards {target}: {created} new, {updated} changed"))
class FrameworkImported(Payload):
    created: int
    updated: int
    withdrawn: int
    sha256: str


@verb("crediting.framework.adopted", _("{actor} recorded that {adopted_by} adopted {target} from {starts_on}"))
class FrameworkAdopted(Payload):
    body: str
    adopted_by: str
    adopted_on: dt.date
    starts_on: dt.date
    ends_on: dt.date | None
    subjects: str


@verb("crediting.framework.adoption_ended", _("{actor} ended the adoption of {target} on {ends_on}"))
class AdoptionEnded(Payload):
    ends_on: dt.date


@verb("crediting.framework.written", _("{actor} began the local standards {target} of {adopted_by}"))
class FrameworkWritten(Payload):
    adopted_by: str


@verb("crediting.framework.withheld", _("{actor} stopped publishing {target}"))
class FrameworkWithheld(Payload):
    licence: str


@verb("crediting.framework.shown", _("{actor} published {target} again"))
class FrameworkShown(Payload):
    licence: str


@verb("crediting.graduation.set", _("{actor} made {target} the graduation standards from {starts_on} on"))
class GraduationSet(Payload):
    starts_on: dt.date
    habits: str


@verb("crediting.graduation.ended", _("{actor} ended {target} as graduation standards: none from {starts_on} on"))
class GraduationEnded(Payload):
    starts_on: dt.date


@verb("crediting.graduation.linked", _("{actor} let lead to the graduation standard {code}: {targets}"))
class GraduationLinked(Payload):
    code: str
    targets: str


@verb("crediting.graduation.unlinked", _("{actor} took off what led to the graduation standard {code}: {targets}"))
class GraduationUnlinked(Payload):
    code: str
    targets: str


@verb("crediting.framework.moved", _("{actor} moved {count} standards of courses from {target} to their successors"))
class AlignmentsMoved(Payload):
    count: int


@verb("crediting.source.remembered", _("{actor} has standards fetched from {address} each day"))
class SourceRemembered(Payload):
    address: str


@verb("crediting.source.stopped", _("{actor} stopped fetching standards from {address}"))
class SourceStopped(Payload):
    address: str


@verb("crediting.standard.written", _("{actor} wrote the standard {code} {target}"))
class StandardWritten(Payload):
    code: str


@verb("crediting.standard.changed", _("{actor} changed the standard {code}, which said: {before}"))
class StandardChanged(Payload):
    code: str
    before: str


@verb("crediting.standard.withdrawn", _("{actor} withdrew the standard {code} {target}"))
class StandardWithdrawn(Payload):
    code: str


@verb("crediting.pair.listed", _("{actor} listed {higher} as a next higher course of {target}: {rationale}"))
class PairListed(Payload):
    higher: str
    part: int
    higher_part: int
    least_mark: str
    rationale: str


@verb("crediting.pair.ended", _("{actor} took {higher} off the next higher courses of {target}"))
class PairEnded(Payload):
    higher: str
    rationale: str


@verb("crediting.sequence.written", _("{actor} wrote the course sequence {target}: {courses}"))
class SequenceWritten(Payload):
    courses: str


@verb("crediting.sequence.removed", _("{actor} removed the course sequence {target}"))
class SequenceRemoved(Payload):
    pass


@verb("crediting.catalog.imported", _("{actor} imported the course catalog: {created} new, {updated} changed"))
class CatalogImported(Payload):
    created: int
    updated: int
    sha256: str


@verb("crediting.course.added", _("{actor} added the course {code} {target}, {credits} credits"))
class CourseAdded(Payload):
    code: str
    credits: str
    subject: str


@verb("crediting.course.changed", _("{actor} changed the course {target}: {fields}"))
class CourseChanged(Payload):
    fields: str
    before: str
    after: str


@verb("crediting.course.standards_set", _("{actor} set the standards of {target}: {count}, {required} required"))
class CourseStandardsSet(Payload):
    count: int
    required: int


@verb("crediting.scale.created", _("{actor} created the scale {target}, version {version}: {levels}"))
class ScaleCreated(Payload):
    version: int
    levels: str


@verb("crediting.reading.asked", _("{actor} set off a reading of {target} ({kind}) by {reader}. {reason}"))
class ReadingAsked(Payload):
    kind: str
    reader: str
    drawn: int
    share: str
    reason: str


@verb("crediting.reading.given", _("{actor} read {target} as well ({kind}, standards: {standards})"))
class ReadingGiven(Payload):
    kind: str
    standards: int


@verb("crediting.reading.work_placed", _("{actor} said where {target} can be read: {place}"))
class WorkPlaced(Payload):
    place: str


@verb("crediting.reading.handed_back", _("{actor} handed the reading of {target} back ({kind}): {reason}"))
class ReadingHandedBack(Payload):
    kind: str
    reason: str


@verb("crediting.reading.excused", _("{actor} let {target} go on without this reading ({kind}): {reason}"))
class ReadingExcused(Payload):
    kind: str
    reason: str


@verb(
    "crediting.reading.settled", _("{actor} settled the readings of {target} ({how}, standards: {standards}). {reason}")
)
class ReadingSettled(Payload):
    how: str
    standards: int
    reason: str


@verb("crediting.common_task.written", _("{actor} wrote the draft of the common task {target}: {fields}"))
class CommonTaskWritten(Payload):
    fields: str


@verb("crediting.common_task.published", _("{actor} published the common task {target}, to be given {first} to {last}"))
class CommonTaskPublished(Payload):
    version: int
    first: dt.date
    last: dt.date


@verb("crediting.common_task.withdrawn", _("{actor} withdrew the common task {target}: {reason}"))
class CommonTaskWithdrawn(Payload):
    reason: str


@verb("crediting.common_task.closed", _("{actor} closed the common task {target}. {reason}"))
class CommonTaskClosed(Payload):
    reason: str


@verb("crediting.common_task.discarded", _("{actor} threw away the draft of the common task {target}"))
class CommonTaskDiscarded(Payload):
    version: int


@verb("crediting.common_task.given", _("{actor} gave the common task {task} to {target}"))
class CommonTaskGiven(Payload):
    task: str


@verb("crediting.anchor.made", _("{actor} keeps {target} as an example of {standard}: {level} (version {version})"))
class AnchorMade(Payload):
    standard: str
    level: str
    version: int


@verb("crediting.anchor.retired", _("{actor} retired the example {target}: {reason}"))
class AnchorRetired(Payload):
    reason: str


@verb("crediting.calibration.set", _("{actor} set up the calibration session {target}: {anchors} examples until {due}"))
class CalibrationSet(Payload):
    anchors: int
    due: dt.date


@verb("crediting.calibration.judged", _("{actor} judged {count} examples of {target}"))
class CalibrationJudged(Payload):
    count: int


@verb("crediting.calibration.opened", _("{actor} opened the calibration session {target}"))
class CalibrationOpened(Payload):
    readers: int


@verb("crediting.aggregation.set", _("{actor} set how levels are worked out in {subject} from {first}: {rule}"))
class AggregationSet(Payload):
    subject: str
    rule: str
    first: dt.date


@verb("crediting.aggregation.removed", _("{actor} took back how levels would be worked out in {subject}: {rule}"))
class AggregationRemoved(Payload):
    subject: str
    rule: str


@verb("crediting.closed_days.added", _("{actor} added days without school at {place}: {which}"))
class ClosedDaysAdded(Payload):
    place: str
    count: int
    which: str


@verb("crediting.closed_days.removed", _("{actor} made {day} a school day again at {place}"))
class ClosedDayRemoved(Payload):
    place: str
    day: str


# --- Classes ----------------------------------------------------------------------------------------------------------


@verb("crediting.class.judged", _("{actor} judged {standard} in {task}, {target}: {level} (attempt {attempt})"))
class ClassWorkJudged(Payload):
    task: str
    standard: str
    level: str
    attempt: int


@verb("crediting.class.habits_entered", _("{actor} entered the habits of work of {target}, week of {week}: {count}"))
class HabitsEntered(Payload):
    week: dt.date
    count: int


@verb("crediting.habits.written", _("{actor} set the habits of work: {habits}. Words for them: {answers}"))
class HabitsWritten(Payload):
    habits: str
    answers: str


# --- Projects ---------------------------------------------------------------------------------------------------------


@verb("crediting.project.begun", _("{actor} began the project {target}"))
class ProjectBegun(Payload):
    pass


@verb("crediting.project.changed", _("{actor} changed the project {target}, version {version}"))
class ProjectChanged(Payload):
    version: int


@verb("crediting.project.revised", _("{actor} began version {version} of the project {target}"))
class ProjectRevised(Payload):
    version: int


@verb("crediting.project.sent", _("{actor} sent the project {target}, version {version}, to {classes}"))
class ProjectSent(Payload):
    version: int
    classes: str


@verb("crediting.project.approved", _("{actor} approved the project {target} for {section}; it counts for {standards}"))
class ProjectApproved(Payload):
    version: int
    section: str
    standards: str
    # Standards that the teacher took out and put in.
    left_out: str
    added: str
    reason: str


@verb("crediting.project.returned", _("{actor} returned the project {target} for {section}: {reason}"))
class ProjectReturned(Payload):
    version: int
    section: str
    reason: str


@verb("crediting.project.withdrawn", _("{actor} withdrew the project {target}"))
class ProjectWithdrawn(Payload):
    classes: str


@verb("crediting.project.aim_set", _("{actor} set the aim of a project in every class each term"))
class ProjectAimSet(Payload):
    pass


@verb("crediting.project.aim_dropped", _("{actor} dropped the aim of a project in every class each term"))
class ProjectAimDropped(Payload):
    pass

"""Plain enums of crediting with their transition tables."""

from enum import StrEnum

from mbl.core.transitions import table


class RequestState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    # Every claimed standard is judged; waits for whoever decides.
    ASSESSED = "assessed"
    AWARDED = "awarded"
    # A requirement is met, waived or released without credit.
    GRANTED = "granted"
    NOT_AWARDED = "not_awarded"
    REVERSED = "reversed"
    WITHDRAWN = "withdrawn"


R = RequestState
REQUEST = table(
    R,
    submit=((R.DRAFT, R.RETURNED), R.SUBMITTED),
    send_back=((R.SUBMITTED, R.ASSESSED), R.RETURNED),
    complete_assessment=(R.SUBMITTED, R.ASSESSED),
    award=((R.ASSESSED, R.REVERSED), R.AWARDED),
    grant=((R.ASSESSED, R.REVERSED), R.GRANTED),
    refuse=((R.SUBMITTED, R.ASSESSED, R.REVERSED), R.NOT_AWARDED),
    reverse=((R.AWARDED, R.GRANTED), R.REVERSED),
    withdraw=((R.DRAFT, R.SUBMITTED, R.RETURNED, R.ASSESSED), R.WITHDRAWN),
    # An appeal was right: it waits for a decision again.
    reopen=(R.NOT_AWARDED, R.ASSESSED),
)


class EvidenceState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ASSESSED = "assessed"


E = EvidenceState
EVIDENCE_USE = table(
    E,
    submit=((E.DRAFT, E.RETURNED), E.SUBMITTED),
    send_back=((E.SUBMITTED, E.ASSESSED), E.RETURNED),
    assess=(E.SUBMITTED, E.ASSESSED),
)


class EvidenceKind(StrEnum):
    FILE = "file"
    PHOTO = "photo"
    LINK = "link"
    TEXT = "text"


class Method(StrEnum):
    """Methods named by WAC 180-51-051(4); a district's own ones are codes of their own in its policy."""

    STATE_ASSESSMENT = "STATE_ASSESSMENT"
    LOCAL_ASSESSMENT = "LOCAL_ASSESSMENT"
    EQUIVALENCY = "EQUIVALENCY"
    NEXT_COURSE = "NEXT_COURSE"


class ConfirmedKind(StrEnum):
    """What staff confirm of a request: a fact its policy declares, a paper received, a part that the work has, and that
    the fee is paid or waived."""

    FACT = "fact"
    PAPER = "paper"
    PART = "part"
    FEE = "fee"


class FeeAnswer(StrEnum):
    """What staff record of a fee."""

    PAID = "paid"
    WAIVED = "waived"


class ValueKind(StrEnum):
    """How the value of a confirmed fact is read."""

    NUMBER = "number"
    YES_NO = "yes_no"
    TEXT = "text"
    DATE = "date"


class LocalAssessment(StrEnum):
    """The six kinds of WAC 180-51-051(4)(b)(i)-(vi)."""

    TEST = "test"
    WRITTEN_REPORT = "written_report"
    PORTFOLIO = "portfolio"
    PRESENTATION = "presentation"
    HANDS_ON = "hands_on"
    COMBINATION = "combination"


class AggregationKind(StrEnum):
    """How several judgements of a standard become one level."""

    NEWEST = "newest"
    BEST = "best"
    MEAN = "mean"
    DECAYING = "decaying"
    TIMES = "times"
    MODE = "mode"


class Rounding(StrEnum):
    """How a mean becomes a level, and how converted credits come to steps."""

    HALF_UP = "half_up"
    DOWN = "down"
    UP = "up"


class PolicyState(StrEnum):
    """Scheduled, In force and Closed follow from the dates of a published version."""

    DRAFT = "draft"
    PUBLISHED = "published"


POLICY = table(PolicyState, publish=(PolicyState.DRAFT, PolicyState.PUBLISHED))


class PolicyStanding(StrEnum):
    """How a version stands on a day: its state and its dates in one word."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    IN_FORCE = "in_force"
    CLOSED = "closed"


class DecisionKind(StrEnum):
    AWARD = "award"
    REQUIREMENT_MET = "requirement_met"
    EXCUSED = "excused"
    WAIVED = "waived"
    REFUSED = "refused"


class AwardProposalState(StrEnum):
    """Credit that results on file would earn, listed for a person to confirm."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    # The student does not want it.
    DECLINED = "declined"
    # It was awarded, and the award was reversed.
    REVERSED = "reversed"
    # What it rested on has changed since it was listed; nothing can be done with it.
    STALE = "stale"


class AwardChoice(StrEnum):
    """What the student has to choose before a proposal can be confirmed."""

    COURSE = "course"
    MARK = "mark"
    # How much credit, and the mark too where that is open.
    AMOUNT = "amount"


P = AwardProposalState
AWARD_PROPOSAL = table(
    P,
    confirm=(P.OPEN, P.CONFIRMED),
    dismiss=(P.OPEN, P.DISMISSED),
    decline=(P.OPEN, P.DECLINED),
    # The student thought better of it.
    want=(P.DECLINED, P.OPEN),
    expire=(P.OPEN, P.STALE),
    take_back=(P.CONFIRMED, P.REVERSED),
)


class AwardReviewState(StrEnum):
    """An award on which somebody looks again, because what it has to rest on no longer holds."""

    OPEN = "open"
    KEPT = "kept"
    REVERSED = "reversed"
    # It holds again, before anybody answered.
    HOLDS = "holds"


AWARD_REVIEW = table(
    AwardReviewState,
    keep=(AwardReviewState.OPEN, AwardReviewState.KEPT),
    reverse=(AwardReviewState.OPEN, AwardReviewState.REVERSED),
    settle=(AwardReviewState.OPEN, AwardReviewState.HOLDS),
)


class DecisionBasis(StrEnum):
    POLICY = "policy"
    STATUTE = "statute"


class EntryKind(StrEnum):
    """Where a ledger row comes from. A reversal takes back the row it names."""

    COURSE = "course"
    MASTERY = "mastery"
    TRANSFER = "transfer"
    EQUIVALENCY = "equivalency"
    REVERSAL = "reversal"


class HeldReason(StrEnum):
    """Why a row of course history waits for a registrar."""

    # The district's table of marks does not have its mark.
    MARK = "mark"
    # The line it would change stands on an issued transcript, or an award makes it good.
    RELIED_ON = "relied_on"
    # The registrar has corrected the line, and the system now says a third thing.
    CORRECTED = "corrected"


class EarlyWish(StrEnum):
    """What a student and a parent may ask for a course taken before grade 9 (RCW 28A.230.740; T19)."""

    REMOVE = "remove"
    NON_NUMERIC = "non_numeric"


class HeldState(StrEnum):
    WAITING = "waiting"
    TAKEN = "taken"
    DISMISSED = "dismissed"


class StandardStatus(StrEnum):
    ACTIVE = "active"
    # No longer in the publisher's package: chosen for nothing new, still shown where it was used.
    WITHDRAWN = "withdrawn"


class SubjectArea(StrEnum):
    """Subject areas for graduation (WAC 180-51-210(4)-(5)), and Washington State History, which carries no credit."""

    ENGLISH = "english"
    MATH = "math"
    SCIENCE = "science"
    SOCIAL_STUDIES = "social_studies"
    ARTS = "arts"
    WORLD_LANGUAGES = "world_languages"
    HEALTH = "health"
    PHYSICAL_EDUCATION = "physical_education"
    CTE = "cte"
    ELECTIVE = "elective"
    STATE_HISTORY = "state_history"


class FrameworkStatus(StrEnum):
    """CASE adoption statuses under their 1.1 names; the older ``Adopted`` and ``Deprecated`` are read as these."""

    DRAFT = "Draft"
    PENDING = "Pending Implementation"
    IMPLEMENTED = "Implemented"
    RETIRED = "Retired"
    UNKNOWN = "unknown"


class AdoptionBody(StrEnum):
    """State learning standards, or locally adopted ones where there is no state standard (WAC 180-51-051(2))."""

    STATE = "state"
    LOCAL = "local"


class EdgeKind(StrEnum):
    """CASE association types."""

    IS_CHILD_OF = "isChildOf"
    IS_PEER_OF = "isPeerOf"
    IS_PART_OF = "isPartOf"
    EXACT_MATCH_OF = "exactMatchOf"
    PRECEDES = "precedes"
    IS_RELATED_TO = "isRelatedTo"
    REPLACED_BY = "replacedBy"
    EXEMPLAR = "exemplar"
    HAS_SKILL_LEVEL = "hasSkillLevel"
    IS_TRANSLATION_OF = "isTranslationOf"


class NoteKind(StrEnum):
    """Entries in the story of a request that are words and not states."""

    SENT = "sent"
    RETURNED = "returned"
    COMMENT = "comment"


class WitnessRole(StrEnum):
    """Who attests without an account. A policy may name further roles by codes of its own."""

    ELDER = "elder"
    PRACTITIONER = "practitioner"
    EMPLOYER = "employer"
    PANELIST = "panelist"
    WITNESS = "witness"


class AttestationWay(StrEnum):
    """How somebody's word reached the school."""

    LINK = "link"
    # Spoken; a member of staff wrote it down.
    SPOKEN = "spoken"
    # A member of staff's own word, signed in.
    OWN = "own"


class InviteStanding(StrEnum):
    """Where an invitation to attest stands; it follows from its row and its request's."""

    WAITING = "waiting"
    GIVEN = "given"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    # The request is decided or withdrawn.
    CLOSED = "closed"


class ProposalKind(StrEnum):
    """Learning away from school (WAC 392-410-300); paid work for elective credit (WAC 392-410-316)."""

    EQUIVALENCY = "equivalency"
    PAID_WORK = "paid_work"


# The elements a to j of WAC 392-410-300(4), in its order; b, the length of time, in words beside the two days.
PROPOSAL_FIELDS = (
    "program",
    "duration",
    "objectives",
    "goals",
    "credit",
    "content",
    "assessment",
    "instructors",
    "evaluation",
    "supervision",
)


class ProposalState(StrEnum):
    """How one version of a proposal stands."""

    DRAFT = "draft"
    SENT = "sent"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


V = ProposalState
PROPOSAL = table(
    V,
    send=(V.DRAFT, V.SENT),
    approve=(V.SENT, V.APPROVED),
    refuse=(V.SENT, V.REFUSED),
    withdraw=((V.DRAFT, V.SENT), V.WITHDRAWN),
    reopen=(V.REFUSED, V.SENT),
)


class ProjectState(StrEnum):
    """How a project stands in one of its classes."""

    DRAFT = "draft"
    SENT = "sent"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    # The student sent newer words before anybody answered.
    REPLACED = "replaced"


J = ProjectState
PROJECT = table(
    J,
    send=(J.DRAFT, J.SENT),
    approve=(J.SENT, J.APPROVED),
    send_back=(J.SENT, J.RETURNED),
    withdraw=((J.DRAFT, J.SENT, J.APPROVED, J.RETURNED), J.WITHDRAWN),
    replace=(J.SENT, J.REPLACED),
)


class OnDisagreement(StrEnum):
    """What follows where two readings of the same work do not agree."""

    TALK = "talk"
    THIRD = "third_reading"


class ReadingKind(StrEnum):
    """A second reading compares; a third one is read where two do not agree."""

    SECOND = "second"
    THIRD = "third"


class ReadingState(StrEnum):
    """How a reading stands."""

    WAITING = "waiting"
    GIVEN = "given"
    # Somebody who decides lets it go on without, with a reason.
    EXCUSED = "excused"
    # The work went back to the student, or was withdrawn, before it was read.
    OVERTAKEN = "overtaken"


G = ReadingState
READING = table(
    G,
    give=(G.WAITING, G.GIVEN),
    excuse=(G.WAITING, G.EXCUSED),
    overtake=(G.WAITING, G.OVERTAKEN),
)


class CommonTaskState(StrEnum):
    """How a common task stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    # Nobody gives it any more; classes that gave it are still judged.
    CLOSED = "closed"
    # Taken back before anybody judged it.
    WITHDRAWN = "withdrawn"


C = CommonTaskState
COMMON_TASK = table(
    C,
    publish=(C.DRAFT, C.PUBLISHED),
    withdraw=(C.PUBLISHED, C.WITHDRAWN),
    close=(C.PUBLISHED, C.CLOSED),
)
# A class that gave it may be judged.
COMMON_TASK_STANDS = frozenset({C.PUBLISHED, C.CLOSED})


class Moderated(StrEnum):
    """How the readings of a request's attempt stand, in one word; empty where nobody reads it a second time."""

    NOT = ""
    WAITING = "waiting"
    DISAGREED = "disagreed"
    AGREED = "agreed"
    SETTLED = "settled"
    EXCUSED = "excused"


# A decision waits for these where the policy says so.
MODERATION_OPEN = frozenset({Moderated.WAITING, Moderated.DISAGREED})
# Both readings are given: what one of the two changed now would not be blind any more.
READ_TWICE = frozenset({Moderated.AGREED, Moderated.DISAGREED, Moderated.SETTLED})


class AppealState(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"
    OVERTURNED = "overturned"


A = AppealState
APPEAL = table(
    A,
    uphold=(A.OPEN, A.UPHELD),
    overturn=(A.OPEN, A.OVERTURNED),
)


class Sending(StrEnum):
    """What is known of the school that gave a transferred credit."""

    WASHINGTON_PUBLIC = "washington_public"
    ACCREDITED = "accredited"
    NOT_ACCREDITED = "not_accredited"
    UNKNOWN = "unknown"


class GivenUnit(StrEnum):
    """How a sending school counts credit."""

    CREDIT = "credit"
    SEMESTER = "semester"
    TRIMESTER = "trimester"
    QUARTER = "quarter"
    CARNEGIE = "carnegie"
    CLOCK_HOURS = "clock_hours"
    COLLEGE_QUARTER = "college_quarter"
    COLLEGE_SEMESTER = "college_semester"


class Recognition(StrEnum):
    """What becomes of a line of another school's transcript."""

    WHOLE = "whole"
    ELECTIVE = "elective"
    PARTIAL = "partial"
    REFUSED = "refused"


class TransferState(StrEnum):
    """Where a line of another school's transcript stands."""

    WAITING = "waiting"
    # Decided by one person; the policy asks for a second one.
    TO_CONFIRM = "to_confirm"
    DECIDED = "decided"
    # Typed in error, before anything was decided.
    WITHDRAWN = "withdrawn"


T = TransferState
TRANSFER = table(
    T,
    decide=((T.WAITING, T.DECIDED), T.DECIDED),
    propose=((T.WAITING, T.DECIDED), T.TO_CONFIRM),
    confirm=(T.TO_CONFIRM, T.DECIDED),
    send_back=(T.TO_CONFIRM, T.WAITING),
    # An appeal was right.
    reopen=(T.DECIDED, T.WAITING),
    withdraw=(T.WAITING, T.WITHDRAWN),
)

"""Plain enums of the High School and Beyond Plan."""

from enum import StrEnum

from mbl.core.transitions import table


class PlanState(StrEnum):
    """Where the newest version stands. The working copy can always be edited."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"


P = PlanState
PLAN = table(
    P,
    submit=((P.DRAFT, P.RETURNED, P.APPROVED, P.SUBMITTED), P.SUBMITTED),
    approve=(P.SUBMITTED, P.APPROVED),
    send_back=(P.SUBMITTED, P.RETURNED),
    undo_review=((P.APPROVED, P.RETURNED), P.SUBMITTED),
)


class Verdict(StrEnum):
    APPROVED = "approved"
    RETURNED = "returned"
    # Takes back the review it names; the version waits again.
    UNDONE = "undone"


class ItemState(StrEnum):
    """A checklist item (R57)."""

    NOT_DUE = "not_due"
    DUE = "due"
    OVERDUE = "overdue"
    MET = "met"
    NOT_APPLICABLE = "not_applicable"
    NOT_COMPUTED = "not_computed"


class Pace(StrEnum):
    """Credits earned beside what the finished school years were for."""

    ON_PACE = "on_pace"
    CHECK_PLAN = "check_plan"
    OFF_PACE = "off_pace"


class Requirement(StrEnum):
    MET = "met"
    NOT_MET = "not_met"


class CommentKind(StrEnum):
    """Who speaks in a plan's conversation. Only the first two ask something of the school."""

    STUDENT = "student"
    FAMILY = "family"
    COUNSELOR = "counselor"
    STAFF = "staff"


class ActivityKind(StrEnum):
    """Lines of the resume or activity log (RCW 28A.230.212(6)(e))."""

    EDUCATION = "education"
    WORK = "work"
    ACTIVITY = "activity"
    SERVICE = "service"


class Pathway(StrEnum):
    """The nine graduation pathway options of RCW 28A.230.710 and WAC 180-51-230(7)(a)-(i)."""

    STATE_ASSESSMENT = "state_assessment"
    DUAL_CREDIT = "dual_credit"
    TRANSITION_COURSE = "transition_course"
    AP_IB_CAMBRIDGE = "ap_ib_cambridge"
    SAT_ACT = "sat_act"
    PERFORMANCE = "performance"
    COMBINATION = "combination"
    ASVAB = "asvab"
    CTE_SEQUENCE = "cte_sequence"


class ExperienceState(StrEnum):
    """An entry of the experience log. Only a confirmed one counts toward a target."""

    DRAFT = "draft"
    WAITING = "waiting"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


E = ExperienceState
EXPERIENCE = table(
    E,
    send=((E.DRAFT, E.RETURNED), E.WAITING),
    confirm=(E.WAITING, E.CONFIRMED),
    send_back=(E.WAITING, E.RETURNED),
    # By the student before it is confirmed, by staff afterwards.
    take_back=((E.WAITING, E.RETURNED), E.WITHDRAWN),
    withdraw=(E.CONFIRMED, E.WITHDRAWN),
)


class ExperienceAct(StrEnum):
    """What somebody did with an entry, as its history tells it."""

    SENT = "sent"
    CHANGED = "changed"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    RECORDED = "recorded"
    REFLECTED = "reflected"
    TAKEN_BACK = "taken_back"
    WITHDRAWN = "withdrawn"

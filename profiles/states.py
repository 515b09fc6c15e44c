"""Plain enums of people, roles and rosters."""

from enum import StrEnum

from mbl.core.transitions import table


class Role(StrEnum):
    STUDENT = "student"
    FAMILY = "family"
    TEACHER = "teacher"
    CREDIT_MANAGER = "credit_manager"
    COUNSELOR = "counselor"
    REGISTRAR = "registrar"
    PRINCIPAL = "principal"
    ADMINISTRATOR = "administrator"


class RelationshipKind(StrEnum):
    """How a person is near a student. Sections give teachers theirs; these are the others, each dated."""

    GUARDIAN = "guardian"
    COUNSELOR = "counselor"
    ADVISER = "adviser"
    MENTOR = "mentor"
    PANEL = "panel"
    # Asked to judge a student's work; written when a request is sent, ended when it is closed.
    ASSESSOR = "assessor"


class InvitationState(StrEnum):
    SENT = "sent"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


INVITATION = table(
    InvitationState,
    accept=(InvitationState.SENT, InvitationState.ACCEPTED),
    withdraw=(InvitationState.SENT, InvitationState.WITHDRAWN),
)


class ConsentState(StrEnum):
    """Of a consent to share a record: asked for, then given or declined; given, it can be taken back on any day."""

    ASKED = "asked"
    SIGNED = "signed"
    DECLINED = "declined"
    REVOKED = "revoked"


CONSENT = table(
    ConsentState,
    sign=(ConsentState.ASKED, ConsentState.SIGNED),
    decline=(ConsentState.ASKED, ConsentState.DECLINED),
    revoke=(ConsentState.SIGNED, ConsentState.REVOKED),
)


class Signer(StrEnum):
    """As whom somebody signs for a student: the student from the 18th birthday on, family before."""

    STUDENT = "student"
    FAMILY = "family"


class SharedRecords(StrEnum):
    """The records that a consent can name; what each opens stands in ``rules.roles.SHARED_CAPABILITIES``."""

    BASICS = "basics"
    RECORD = "record"


class SchoolKind(StrEnum):
    HIGH = "high"
    MIDDLE = "middle"
    COMBINED = "combined"
    ALTERNATIVE = "alternative"


class SessionKind(StrEnum):
    """OneRoster 1.1 academic session types."""

    SCHOOL_YEAR = "schoolYear"
    SEMESTER = "semester"
    TERM = "term"
    GRADING_PERIOD = "gradingPeriod"


class Program(StrEnum):
    """Programs a student takes part in, each a dated interval (T49). Protected: read by ``equity`` and by
    ``profiles.access.entitlements`` only."""

    LOW_INCOME = "low_income"
    MULTILINGUAL = "multilingual"
    SPECIAL_EDUCATION = "special_education"
    SECTION_504 = "section_504"
    MIGRANT = "migrant"
    HOMELESS = "homeless"
    FOSTER = "foster"
    HIGHLY_CAPABLE = "highly_capable"
    MILITARY = "military"
    INSTITUTIONAL = "institutional"
    PE_EXCUSED = "pe_excused"

"""What each role may do: the whole table. ``docs/access-matrix.md`` is printed from it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from profiles.states import Role, SharedRecords


class Capability(StrEnum):
    """Something a person may do, within the scope their role or relation gives them."""

    SEE_STUDENT = "see_student"
    SEE_RECORD = "see_record"
    REQUEST_CREDIT = "request_credit"
    ASSESS = "assess"
    DECIDE_CREDIT = "decide_credit"
    REVERSE_CREDIT = "reverse_credit"
    REVIEW_PLAN = "review_plan"
    ISSUE_TRANSCRIPT = "issue_transcript"
    REVOKE_TRANSCRIPT = "revoke_transcript"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_POLICY = "manage_policy"
    MANAGE_CATALOG = "manage_catalog"
    IMPORT_DATA = "import_data"
    SEE_EQUITY = "see_equity"
    SEE_RAW_COUNTS = "see_raw_counts"
    SEE_AUDIT = "see_audit"


C = Capability

# Over every student of the school (or district) the role is held at.
SCOPE_CAPABILITIES: Mapping[Role, frozenset[Capability]] = {
    Role.STUDENT: frozenset(),
    Role.FAMILY: frozenset(),
    Role.TEACHER: frozenset(),
    Role.COUNSELOR: frozenset(),
    Role.CREDIT_MANAGER: frozenset({C.SEE_STUDENT, C.SEE_RECORD, C.DECIDE_CREDIT, C.REVERSE_CREDIT}),
    Role.REGISTRAR: frozenset({C.SEE_STUDENT, C.SEE_RECORD, C.ISSUE_TRANSCRIPT, C.REVOKE_TRANSCRIPT}),
    Role.PRINCIPAL: frozenset(
        {C.SEE_STUDENT, C.SEE_RECORD, C.DECIDE_CREDIT, C.REVERSE_CREDIT, C.SEE_EQUITY, C.SEE_AUDIT}
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            C.SEE_STUDENT,
            C.SEE_RECORD,
            C.MANAGE_PEOPLE,
            C.MANAGE_POLICY,
            C.MANAGE_CATALOG,
            C.IMPORT_DATA,
            C.SEE_EQUITY,
            C.SEE_RAW_COUNTS,
            C.SEE_AUDIT,
        }
    ),
}

# Over the students one is related to: oneself, one's children, one's sections, one's caseload.
OWN_CAPABILITIES: Mapping[Role, frozenset[Capability]] = {
    Role.STUDENT: frozenset({C.SEE_STUDENT, C.SEE_RECORD, C.REQUEST_CREDIT}),
    Role.FAMILY: frozenset({C.SEE_STUDENT, C.SEE_RECORD}),
    Role.TEACHER: frozenset({C.SEE_STUDENT, C.ASSESS}),
    Role.COUNSELOR: frozenset({C.SEE_STUDENT, C.SEE_RECORD, C.REVIEW_PLAN}),
    Role.CREDIT_MANAGER: frozenset(),
    Role.REGISTRAR: frozenset(),
    Role.PRINCIPAL: frozenset(),
    Role.ADMINISTRATOR: frozenset(),
}

# Over one student, for somebody outside school and family: what a consent opens by the records it names.
SHARED_CAPABILITIES: Mapping[SharedRecords, frozenset[Capability]] = {
    SharedRecords.BASICS: frozenset({C.SEE_STUDENT}),
    SharedRecords.RECORD: frozenset({C.SEE_STUDENT, C.SEE_RECORD}),
}

# Roles that belong to a school; the others may be held in the whole district.
SCHOOL_ROLES = frozenset({Role.TEACHER, Role.COUNSELOR, Role.CREDIT_MANAGER, Role.REGISTRAR, Role.PRINCIPAL})
# Roles an administrator gives by hand; student and family follow from the roster and from verified relations.
GIVEN_ROLES = SCHOOL_ROLES | {Role.ADMINISTRATOR}

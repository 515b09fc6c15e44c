"""The words for roles, relations and rosters."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext_lazy, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mbl.core.words import register_states
from profiles.rules.roles import Capability
from profiles.states import (
    ConsentState,
    InvitationState,
    RelationshipKind,
    Role,
    SchoolKind,
    SharedRecords,
    Signer,
)

# Grades that are not numbers, by the codes of rosters.
_GRADES: dict[str, str | Promise] = {
    "IT": _("Infant or toddler"),
    "PR": _("Preschool"),
    "PK": _("Prekindergarten"),
    "TK": _("Transitional kindergarten"),
    "KG": _("Kindergarten"),
    "K1": _("Kindergarten (K1)"),
    "K2": _("Kindergarten (K2)"),
    "PS": _("After high school"),
    "UG": _("Ungraded"),
}


def grade_word(code: str) -> str:
    """The grade as people say it: ``09`` is "Grade 9"."""
    return gettext("Grade %(grade)s") % {"grade": code.lstrip("0")} if code.isdigit() else grade_short(code)


def grade_short(code: str) -> str:
    """The same under a heading that says "Grade"."""
    return code.lstrip("0") if code.isdigit() else str(_GRADES.get(code, code))


ROLE_WORDS: dict[Role, str | Promise] = {
    Role.STUDENT: _("Student"),
    Role.FAMILY: pgettext_lazy("role", "Family"),
    Role.TEACHER: _("Teacher"),
    Role.CREDIT_MANAGER: _("Credit manager"),
    Role.COUNSELOR: _("Counselor"),
    Role.REGISTRAR: _("Registrar"),
    Role.PRINCIPAL: _("Principal"),
    Role.ADMINISTRATOR: _("Administrator"),
}
# What somebody takes on with the role, in one sentence: shown beside the choice.
ROLE_SENTENCES: dict[Role, str | Promise] = {
    Role.TEACHER: _("Sees the students of their own sections and those who ask them, and assesses their work."),
    Role.CREDIT_MANAGER: _("Decides requests for mastery credit and reverses awards."),
    Role.COUNSELOR: _("Sees the records of the students assigned to them."),
    Role.REGISTRAR: _("Sees student records and issues and revokes transcripts."),
    Role.PRINCIPAL: _("Sees student records, decides requests and sees the equity review."),
    Role.ADMINISTRATOR: _("Manages people, policy, courses and imports in the whole district and sees all records."),
}
CAPABILITY_WORDS: dict[Capability, str | Promise] = {
    Capability.SEE_STUDENT: _("See that the student exists, name, school and grade"),
    Capability.SEE_RECORD: _("See the record: credits, evidence, requests, transcripts"),
    Capability.REQUEST_CREDIT: _("Add evidence and ask for credit"),
    Capability.ASSESS: _("Assess the student's work"),
    Capability.DECIDE_CREDIT: _("Decide requests for credit"),
    Capability.REVERSE_CREDIT: _("Reverse an award"),
    Capability.REVIEW_PLAN: _("Review the student's plan"),
    Capability.ISSUE_TRANSCRIPT: _("Issue transcripts"),
    Capability.REVOKE_TRANSCRIPT: _("Revoke transcripts"),
    Capability.MANAGE_PEOPLE: _("Manage people, roles and relations"),
    Capability.MANAGE_POLICY: _("Manage the crediting policy"),
    Capability.MANAGE_CATALOG: _("Manage courses and standards"),
    Capability.IMPORT_DATA: _("Import rosters and other files"),
    Capability.SEE_EQUITY: _("See the equity review"),
    Capability.SEE_RAW_COUNTS: _("See small counts that are hidden from others"),
    Capability.SEE_AUDIT: _("See who did what"),
}

register_states(Role, ROLE_WORDS)
register_states(
    RelationshipKind,
    {
        RelationshipKind.GUARDIAN: pgettext_lazy("relation", "Parent or guardian"),
        RelationshipKind.COUNSELOR: _("Counselor"),
        RelationshipKind.ADVISER: _("Adviser"),
        RelationshipKind.MENTOR: _("Mentor"),
        RelationshipKind.PANEL: _("Panel member"),
        RelationshipKind.ASSESSOR: _("Asked to assess"),
    },
)
register_states(
    InvitationState,
    {
        InvitationState.SENT: _("Invited"),
        InvitationState.ACCEPTED: _("Accepted"),
        InvitationState.WITHDRAWN: _("Withdrawn"),
    },
)
register_states(
    ConsentState,
    {
        ConsentState.ASKED: (_("Waits for an answer"), "attention"),
        ConsentState.SIGNED: (pgettext_lazy("consent", "Shared"), "ok"),
        ConsentState.DECLINED: pgettext_lazy("consent", "Declined"),
        ConsentState.REVOKED: pgettext_lazy("consent", "Taken back"),
    },
)
register_states(
    SharedRecords,
    {
        SharedRecords.BASICS: _("Who the student is here: name, school, grade, student number, sections and counselor"),
        SharedRecords.RECORD: _(
            "The whole record: who the student is here, plan, credits, evidence, requests and transcripts"
        ),
    },
)
register_states(
    Signer,
    {
        Signer.STUDENT: pgettext_lazy("signs", "student, 18 or older"),
        Signer.FAMILY: pgettext_lazy("signs", "parent or guardian"),
    },
)
register_states(
    SchoolKind,
    {
        SchoolKind.HIGH: _("High school"),
        SchoolKind.MIDDLE: _("Middle school"),
        SchoolKind.COMBINED: _("Combined grades"),
        SchoolKind.ALTERNATIVE: _("Alternative school"),
    },
)


# Why somebody can see students (``queries.people.Way.kind``), with the number of them.
WAY_SENTENCES: dict[str, str | Promise] = {
    "sections": ngettext_lazy(
        "%(count)d student of the sections they teach.", "%(count)d students of the sections they teach.", "count"
    ),
    "counselor": ngettext_lazy(
        "%(count)d student on their caseload.", "%(count)d students on their caseload.", "count"
    ),
    "adviser": ngettext_lazy("%(count)d student of their advisory.", "%(count)d students of their advisory.", "count"),
    "assessor": ngettext_lazy(
        "%(count)d student who asked them to assess work.", "%(count)d students who asked them to assess work.", "count"
    ),
    "guardian": ngettext_lazy("%(count)d child of theirs.", "%(count)d children of theirs.", "count"),
    "shared": ngettext_lazy(
        "%(count)d student whose record is shared with them by consent.",
        "%(count)d students whose records are shared with them by consent.",
        "count",
    ),
    "scope": ngettext_lazy(
        "%(count)d student of %(place)s, as %(role)s.", "All %(count)d students of %(place)s, as %(role)s.", "count"
    ),
}

# How somebody of the family is related, behind their name. A roster may bring other words, which stand as they are.
FAMILY_WORDS: dict[str, str | Promise] = {
    "": pgettext_lazy("behind a name", "family"),
    "parent": pgettext_lazy("behind a name", "parent"),
    "guardian": pgettext_lazy("behind a name", "guardian"),
    "relative": pgettext_lazy("behind a name", "relative"),
    "foster parent": pgettext_lazy("behind a name", "foster parent"),
    "other": pgettext_lazy("behind a name", "other family"),
}


def family_word(label: str) -> str:
    """The words for ``Relationship.label``."""
    return str(FAMILY_WORDS.get(label.lower(), label))

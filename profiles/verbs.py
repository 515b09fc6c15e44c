"""Audit verbs of people, roles, relations and rosters."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from mbl.core.audit import Payload, verb


@verb("profiles.district.created", _("{actor} set up the district {target}"))
class DistrictCreated(Payload):
    code: str
    kind: str


@verb("profiles.school.added", _("{actor} added the school {target}"))
class SchoolAdded(Payload):
    code: str


@verb("profiles.person.added", _("{actor} added {target}"))
class PersonAdded(Payload):
    pass


@verb("profiles.role.given", _("{actor} gave {target} the role {role_label} ({place}) from {starts_on}"))
class RoleGiven(Payload):
    role: str
    role_label: str
    place: str
    starts_on: dt.date
    ends_on: dt.date | None
    reason: str


@verb("profiles.role.ended", _("{actor} ended the role {role_label} ({place}) of {target}; its last day: {last_day}"))
class RoleEnded(Payload):
    role: str
    role_label: str
    place: str
    last_day: dt.date
    reason: str


@verb("profiles.family.linked", _("{actor} linked {person} to {target} as family ({label})"))
class FamilyLinked(Payload):
    person: str
    label: str


@verb("profiles.family.verified", _("{actor} checked that {person} may see the record of {target}"))
class FamilyVerified(Payload):
    person: str
    basis: str


@verb(
    "profiles.family.access_set",
    _("{actor}, who is 18 or older, decided whether the family of {target} sees the record"),
)
class FamilyAccessSet(Payload):
    allowed: bool


@verb("profiles.relationship.ended", _("{actor} ended the relation of {person} to {target} ({kind})"))
class RelationshipEnded(Payload):
    person: str
    kind: str
    last_day: dt.date
    reason: str


@verb("profiles.consent.asked", _("{actor} asked to share the record of {target} with {party}: {purpose}"))
class ConsentAsked(Payload):
    party: str
    reader: str
    purpose: str
    records: str
    ends_on: dt.date


@verb("profiles.consent.signed", _("{actor} agreed to share the record of {target} with {party} until {ends_on}"))
class ConsentSigned(Payload):
    party: str
    reader: str
    purpose: str
    records: str
    ends_on: dt.date
    signer: str
    signed_as: str


@verb("profiles.consent.declined", _("{actor} declined to share the record of {target} with {party}"))
class ConsentDeclined(Payload):
    party: str


@verb("profiles.consent.revoked", _("{actor} stopped sharing the record of {target} with {party}"))
class ConsentRevoked(Payload):
    party: str


@verb("profiles.counselor.assigned", _("{actor} assigned {person} to {target} as counselor"))
class CounselorAssigned(Payload):
    person: str


@verb("profiles.invitation.sent", _("{actor} invited {target} to have an account"))
class InvitationSent(Payload):
    by_email: bool
    expires_on: dt.date


@verb("profiles.invitation.withdrawn", _("{actor} withdrew the invitation of {target}"))
class InvitationWithdrawn(Payload):
    pass


@verb("profiles.invitation.accepted", _("{actor} accepted the invitation as {target}"))
class InvitationAccepted(Payload):
    new_account: bool


@verb("profiles.student.facts_set", _("{actor} set facts of {target}: {changed}"))
class StudentFactsSet(Payload):
    changed: str


@verb("profiles.student.enrolled", _("{actor} enrolled {target} at {school} in grade {grade}"))
class StudentEnrolled(Payload):
    school: str
    grade: str
    starts_on: dt.date


@verb(
    "profiles.roster.imported",
    _("{actor} read a roster: {created} new, {updated} changed, {withdrawn} no longer there"),
)
class RosterImported(Payload):
    run: str
    created: int
    updated: int
    withdrawn: int


@verb("profiles.cedars.imported", _("{actor} read CEDARS files ({files}): {changed} changes"))
class CedarsImported(Payload):
    run: str
    files: str
    changed: int


@verb("profiles.cedars.settings_set", _("{actor} set how CEDARS files are read: {changed}"))
class CedarsSettingsSet(Payload):
    changed: str


@verb("profiles.student_facts.imported", _("{actor} read facts of {updated} students from a file"))
class StudentFactsImported(Payload):
    run: str
    updated: int


@verb("profiles.audit.exported", _("{actor} exported the audit log: {narrowed}"))
class AuditExported(Payload):
    narrowed: str


@verb("profiles.imports.settings_set", _("{actor} changed what imports of {target} are stopped for: {changed}"))
class ImportSettingsSet(Payload):
    changed: str

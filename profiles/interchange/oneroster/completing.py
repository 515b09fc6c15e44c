"""Put people and their roles together, which OneRoster 1.2 tells apart: a row may come without the other file's.

``complete`` gives every user whose row or roles changed all roles that are in force after this package, and reads the
rest of people whose roles alone changed from what is known here.
"""

from __future__ import annotations

import datetime as dt

from mbl.core.models import District
from profiles.interchange.oneroster import spec
from profiles.interchange.oneroster.comparing import Difference
from profiles.interchange.oneroster.staging import RoleRow, Staged, User, with_roles
from profiles.models import ExternalId, Person, RosterRole, Student


def complete(staged: Staged, differences: dict[str, Difference], district: District, *, on: dt.date) -> list[str]:
    """The known users whose roles alone changed; their rows are in ``staged.users`` afterwards."""
    if not staged.has_roles:
        return []
    users, roles = differences["users"], differences[spec.ROLES]
    keys_of = {known.object_id: key for key, known in users.known.items()}
    former = RosterRole.objects.filter(pk__in=[roles.known[key].object_id for key in roles.withdrawn])
    touched = {staged.roles[key].user for key in (*roles.created, *roles.updated)}
    touched |= {keys_of[person] for person in former.values_list("person", flat=True) if person in keys_of}
    if spec.ROLES not in staged.full:
        rewritten = touched | {*users.created, *users.updated}
        rows = _in_force(
            staged, roles, district, {users.known[key].object_id for key in rewritten & users.known.keys()}
        )
        missing = rewritten - staged.users.keys()
        staged.users.update(_known_users({users.known[key].object_id: key for key in missing}))
        schools = {key for key, known in differences["orgs"].known.items() if known.object_id} | {
            key for key, org in staged.orgs.items() if org.kind == "school"
        }
        for key in rewritten:
            staged.users[key] = with_roles(staged.users[key], rows.get(key, []), schools, on)
    elif missing := touched - staged.users.keys():
        # Complete roles beside changed users: whoever is not in users.csv is known.
        known = {users.known[key].object_id: key for key in missing & users.known.keys()}
        of_user: dict[str, list[RoleRow]] = {}
        for row in staged.roles.values():
            of_user.setdefault(row.user, []).append(row)
        schools = {key for key, found in differences["orgs"].known.items() if found.object_id}
        for key, user in _known_users(known).items():
            staged.users[key] = with_roles(user, of_user.get(key, []), schools | staged.orgs.keys(), on)
    written = {*users.created, *users.updated, *users.withdrawn}
    return sorted(key for key in touched - written if key in staged.users)


def _in_force(staged: Staged, roles: Difference, district: District, people: set[int]) -> dict[str, list[RoleRow]]:
    """Role rows by user: this package's, and for ``people`` those of earlier runs that it does not mention."""
    rows: dict[str, list[RoleRow]] = {}
    for row in staged.roles.values():
        rows.setdefault(row.user, []).append(row)
    mentioned = {known.object_id for key, known in roles.known.items() if key in staged.roles}
    mentioned |= {roles.known[key].object_id for key in roles.withdrawn}
    there = {known.object_id for known in roles.known.values() if not known.is_absent} - mentioned
    kept = RosterRole.objects.filter(pk__in=there, person__in=people)
    ids = ExternalId.objects.filter(district=district, system=staged.system)
    user_keys = dict(ids.filter(kind="users", object_id__in=people).values_list("object_id", "value"))
    org_keys = dict(ids.filter(kind="orgs", object_kind="school").values_list("object_id", "value"))
    for one in kept:
        rows.setdefault(user_keys[one.person_id], []).append(
            RoleRow(0, user_keys[one.person_id], one.role, org_keys.get(one.school_id or 0, ""), one.is_primary,
                    one.starts_on, one.ends_on)
        )  # fmt: skip
    return rows


def _known_users(keys: dict[int, str]) -> dict[str, User]:
    """What is known of these people, as a row of users.csv would say it."""
    students = {one.person_id: one for one in Student.objects.filter(person__in=keys)}
    found = {}
    for person in Person.objects.filter(pk__in=keys):
        student = students.get(person.pk)
        found[keys[person.pk]] = User(
            line=0,
            enabled=person.is_active,
            given=person.given_name,
            middle=person.middle_name,
            family=person.family_name,
            email=person.email,
            phone=person.phone,
            local_id=student.local_id if student else "",
            ssid=student.ssid if student else "",
            grade=student.grade if student else "",
            agents=(),
            preferred=person.preferred_name,
            pronouns=person.pronouns,
        )
    return found

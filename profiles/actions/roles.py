"""Give and end roles. Each writes the dated assignment and, beside it, guardian's rows for the scope it opens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from mbl.core import audit, clock, notify
from mbl.core.errors import DomainError
from mbl.core.models import District, User
from mbl.core.words import state_word
from profiles.models import DistrictGrant, Person, RoleAssignment, School, SchoolGrant
from profiles.rules.roles import GIVEN_ROLES, SCHOOL_ROLES, SCOPE_CAPABILITIES, Capability
from profiles.states import Role
from profiles.verbs import RoleEnded, RoleGiven

DAY = dt.timedelta(days=1)


@transaction.atomic
def give_role(
    person: Person,
    role: Role,
    *,
    actor: User | None,
    school: School | None = None,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    reason: str = "",
) -> RoleAssignment:
    """Give ``person`` ``role`` at ``school`` (none: in the whole district), from today unless a date is given.

    Where the person holds it already, that assignment is answered; only its last day is set to ``ends_on``.
    ``DomainError`` for a role that is not given by hand, a school of another district, or dates in the wrong order.
    """
    person = (
        Person.objects.select_for_update(of=["self"], no_key=True).select_related("district", "user").get(pk=person.pk)
    )
    today = clock.today(person.district)
    starts_on = starts_on or today
    _refuse_impossible(person, role, school, starts_on, ends_on)
    held = (
        RoleAssignment.objects.filter(person=person, role=role, school=school)
        .filter(Q(ends_on=None) | Q(ends_on__gte=starts_on))
        .order_by("starts_on")
        .first()
    )
    if held is not None and held.ends_on == ends_on:
        return held
    if held is not None and ends_on is not None and held.starts_on <= today:
        _refuse_last_administrator(held, ends_on)
    assignment = held or RoleAssignment(person=person, role=role, school=school, starts_on=starts_on, given_by=actor)
    assignment.ends_on = ends_on
    assignment.reason = reason[:300] or assignment.reason
    # A person stands behind it from now on, so a roster no longer takes it back.
    assignment.source = ""
    assignment.save()
    write_grants(assignment)
    place = place_of(assignment)
    audit.record(
        RoleGiven(
            role=str(role),
            role_label=_english(role),
            place=place,
            starts_on=assignment.starts_on,
            ends_on=ends_on,
            reason=assignment.reason,
        ),
        actor=actor,
        district=person.district,
        target=person,
    )
    if held is None and person.user and person.user != actor:
        notify.tell(
            person.user,
            "profiles.role_given",
            {"role": state_word(role), "place": place},
            district=person.district,
            url="/",
            subject=person,
            dedupe_key=f"role-given:{assignment.public_id}",
        )
    return assignment


@transaction.atomic
def end_role(
    assignment: RoleAssignment, *, actor: User | None, last_day: dt.date | None = None, reason: str = ""
) -> RoleAssignment:
    """End a role: at once, or after ``last_day``. Ended at once, it opens nothing from this moment on.

    The last administrator of a district stays until there is another: ``DomainError``.
    """
    district = District.objects.select_for_update(no_key=True).get(pk=assignment.person.district_id)
    assignment = (
        RoleAssignment.objects.select_for_update(of=["self"], no_key=True)
        .select_related("person__district", "person__user", "school")
        .get(pk=assignment.pk)
    )
    today = clock.today(district)
    at_once = last_day is None
    # At once: yesterday was the last day. A role that begins today or later was then never in force.
    last_day = max(today, assignment.starts_on) - DAY if last_day is None else last_day
    if last_day < today and not at_once:
        raise DomainError(
            _("That day has passed. Choose today or a later day, or end the role at once."), field="last_day"
        )
    if assignment.ends_on is not None and assignment.ends_on <= last_day:
        return assignment
    _refuse_last_administrator(assignment, last_day)
    assignment.ends_on = last_day
    assignment.save(update_fields=["ends_on"])
    if at_once:
        assignment.district_grants.all().delete()
        assignment.school_grants.all().delete()
    place = place_of(assignment)
    audit.record(
        RoleEnded(
            role=assignment.role,
            role_label=_english(Role(assignment.role)),
            place=place,
            last_day=last_day,
            reason=reason,
        ),
        actor=actor,
        district=district,
        target=assignment.person,
    )
    if assignment.person.user and assignment.person.user != actor:
        notify.tell(
            assignment.person.user,
            "profiles.role_ended",
            {"role": state_word(Role(assignment.role)), "place": place, "last_day": last_day.isoformat()},
            district=district,
            url="/",
            subject=assignment.person,
            dedupe_key=f"role-ended:{assignment.public_id}:{last_day}",
        )
    return assignment


def restore_role(assignment: RoleAssignment, *, actor: User | None) -> RoleAssignment:
    """Take back the end of a role: it goes on without a last day, or begins again today if it had been cut."""
    return give_role(
        assignment.person, Role(assignment.role), school=assignment.school, actor=actor, reason=assignment.reason
    )


def place_of(assignment: RoleAssignment) -> str:
    """Where the role is held, in words."""
    return str(assignment.school) if assignment.school else assignment.person.district.name


# --- Guardian's rows --------------------------------------------------------------------------------------------------


def write_grants(assignment: RoleAssignment) -> None:
    """Guardian's rows for one assignment. A person without an account has none until they accept an invitation."""
    refresh_grants([assignment])


def write_grants_of(person: Person) -> None:
    """The rows of every assignment of ``person``, written when the person gets an account."""
    refresh_grants(person.roles.select_related("person").all())


@transaction.atomic
def refresh_grants(assignments: Iterable[RoleAssignment] | None = None) -> int:
    """Make guardian's rows match the role table for these assignments (none named: all); the number of rows changed.

    Run after every migration, so that a release that changes ``rules/roles.py`` changes what roles open.
    """
    if assignments is None:
        assignments = RoleAssignment.objects.filter(person__user__isnull=False).select_related("person")
    rows = list(assignments)
    changed = 0
    for grant, scope in ((DistrictGrant, District), (SchoolGrant, School)):
        wanted: dict[tuple[int, int, int, int], DistrictGrant | SchoolGrant] = {}
        here = [
            row
            for row in rows
            if row.person.user_id is not None and (row.school_id is not None) is (scope is School) and not _is_over(row)
        ]
        permissions = _permissions_on(scope) if here else {}
        for assignment in here:
            for capability in SCOPE_CAPABILITIES[Role(assignment.role)]:
                if capability not in permissions:
                    permissions[capability] = permission_for(scope, capability)
                where = assignment.school_id if scope is School else assignment.person.district_id
                row = grant(
                    user_id=assignment.person.user_id,
                    permission=permissions[capability],
                    content_object_id=where,
                    assignment=assignment,
                )
                wanted[_key(row)] = row
        existing = {_key(row): row for row in grant.objects.filter(assignment__in=[row.pk for row in rows])}
        stale = [row.pk for key, row in existing.items() if key not in wanted]
        missing = [row for key, row in wanted.items() if key not in existing]
        grant.objects.filter(pk__in=stale).delete()
        grant.objects.bulk_create(missing, batch_size=2000, ignore_conflicts=True)
        changed += len(stale) + len(missing)
    return changed


def ensure_permissions() -> None:
    """Every capability on every kind of scope, so that guardian's own tools know them too."""
    for scope in (District, School):
        known = _permissions_on(scope)
        missing = [_permission(scope, one) for one in Capability if one not in known]
        Permission.objects.bulk_create(missing, ignore_conflicts=True)


def _permissions_on(scope: type[District] | type[School]) -> dict[Capability, Permission]:
    """Those that are there, in one trip."""
    known = Permission.objects.filter(content_type=ContentType.objects.get_for_model(scope), codename__in=Capability)
    return {Capability(one.codename): one for one in known}


def permission_for(scope: type[District] | type[School], capability: Capability) -> Permission:
    """Django's permission row that guardian's rows point at, made on demand."""
    row = _permission(scope, capability)
    permission, _created = Permission.objects.get_or_create(
        content_type=row.content_type, codename=row.codename, defaults={"name": row.name}
    )
    return permission


def _permission(scope: type[District] | type[School], capability: Capability) -> Permission:
    return Permission(
        content_type=ContentType.objects.get_for_model(scope),
        codename=str(capability),
        name=str(capability).replace("_", " ").capitalize(),
    )


def _is_over(assignment: RoleAssignment) -> bool:
    """Whether the role's last day has passed everywhere; a role that has ended needs no rows."""
    return assignment.ends_on is not None and assignment.ends_on < clock.now().date() - DAY


def _key(row: DistrictGrant | SchoolGrant) -> tuple[int, int, int, int]:
    return (row.assignment_id, row.user_id, row.permission_id, row.content_object_id)


# --- Refusals ---------------------------------------------------------------------------------------------------------


def _refuse_impossible(
    person: Person, role: Role, school: School | None, starts_on: dt.date, ends_on: dt.date | None
) -> None:
    if role not in GIVEN_ROLES:
        raise DomainError(
            _("This role is not given by hand. Students come from the roster, families from a verified relation."),
            field="role",
        )
    if school is not None and school.district_id != person.district_id:
        raise DomainError(_("That school belongs to another district."), field="school")
    if school is not None and role not in SCHOOL_ROLES:
        raise DomainError(_("An administrator is for the whole district. Leave the school empty."), field="school")
    if not person.is_active:
        raise DomainError(_("This person is no longer active, so they cannot be given a role."))
    if ends_on is not None and ends_on < starts_on:
        raise DomainError(_("The last day is before the first. Choose a later last day."), field="ends_on")


def _refuse_last_administrator(assignment: RoleAssignment, last_day: dt.date) -> None:
    """Somebody who can sign in must still be administrator on the day after. Call it with the district locked."""
    after = clock.day_after(last_day)
    if assignment.role != Role.ADMINISTRATOR or after is None:
        return
    district = District.objects.select_for_update(no_key=True).get(pk=assignment.person.district_id)
    if not is_administered(district, without=assignment, on=max(after, clock.today(district))):
        raise DomainError(
            _(
                "This is the last administrator of %(district)s who can sign in. "
                "Give somebody else the role first; then this one can end."
            )
            % {"district": district.name}
        )


def is_administered(district: District, *, on: dt.date, without: RoleAssignment | None = None) -> bool:
    """Whether somebody who can sign in is administrator of ``district`` on that day."""
    others = RoleAssignment.objects.in_force(on).filter(
        role=Role.ADMINISTRATOR, person__district=district, person__is_active=True, person__user__is_active=True
    )
    return (others.exclude(pk=without.pk) if without else others).exists()


def _english(role: Role) -> str:
    """The audit ledger keeps one wording."""
    with translation.override("en"):
        return state_word(role)

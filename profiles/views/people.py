"""People and access: who is here, who may do what, until when, and why somebody can see a student."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mbl.core import clock
from mbl.core.errors import DomainError
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, paginate, showing_errors, typed_before
from mbl.core.ui.parts import Chip, Empty, Fact, Link
from mbl.core.ui.tables import Column, Columns
from mbl.core.words import fill
from profiles import access
from profiles.actions import invitations
from profiles.actions.enrollment import enroll
from profiles.actions.people import add_person, add_student, set_student_facts
from profiles.actions.relationships import link_guardian
from profiles.actions.roles import end_role, give_role, place_of, restore_role
from profiles.forms.people import ChildForm, EndForm, FindForm, FindStudentForm, PersonForm, RoleForm, StudentForm
from profiles.models import Person, RoleAssignment, RosterRole, Student
from profiles.queries import people as queries
from profiles.queries import students as student_queries
from profiles.queries.people import PersonPage, Show, Way
from profiles.rules.roles import GIVEN_ROLES, Capability
from profiles.states import InvitationState, Role
from profiles.words import ROLE_WORDS, WAY_SENTENCES, grade_short

MANAGE = Capability.MANAGE_PEOPLE
COLUMNS = Columns(
    Column("name", gettext_lazy("Person"), kind="header"),
    Column("roles", gettext_lazy("Roles today"), card="wide"),
    Column("number", gettext_lazy("Student number")),
    Column("account", gettext_lazy("Account"), card="corner"),
)
STAFF_COLUMNS = Columns(*(column for column in COLUMNS if column.key != "number"))


@dataclass(frozen=True)
class Row:
    """One person as the list prints them."""

    person: Person
    roles: str
    number: str
    account: str
    tone: str


# --- The list ---------------------------------------------------------------------------------------------------------


@require_safe
def people(request: AuthenticatedRequest) -> HttpResponse:
    """``/people/``: the people of the district, by what they are here."""
    district = access.district_for(request.user, MANAGE, request.GET.get("district", ""))
    today = clock.today(district)
    everybody = Person.objects.filter(district=district)
    tally = queries.tally(everybody, on=today)
    known = {str(show) for show in Show} | {str(role) for role in GIVEN_ROLES}
    show = request.GET.get("show", "")
    show = show if show in known else str(Show.STAFF)
    form = FindForm(request.GET or None)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    listed = paginate(request, queries.listed(everybody, on=today, show=show, text=text))
    rows = [_row(person) for person in listed]
    staff, all_people = tally.views["staff"], tally.views["all"]
    context = {
        "page": listed,
        "rows": rows,
        "columns": COLUMNS if show in {Show.STUDENTS, Show.ALL} else STAFF_COLUMNS,
        "has_numbers": show in {Show.STUDENTS, Show.ALL},
        "chips": _chips(tally, show),
        "form": form,
        "lede": ngettext(
            "%(all)s person is known here; %(staff)s have a role today.",
            "%(all)s people are known here; %(staff)s have a role today.",
            all_people,
        )
        % {"all": intcomma(all_people), "staff": intcomma(staff)},
        "empty": Empty(
            _("Nobody is in this list"),
            _("Nobody matches the words and the view you chose."),
            Link(_("Show everybody"), "?show=all"),
            icon="users",
        ),
    }
    return page(request, "profiles/people/list.html", context, partial="list")


def _row(person: Person) -> Row:
    roles = ", ".join(
        f"{ROLE_WORDS[Role(one.role)]} ({one.school})" if one.school else str(ROLE_WORDS[Role(one.role)])
        for one in person.roles_in_force  # type: ignore[attr-defined]
    )
    suggested: list[RosterRole] = getattr(person, "suggested_roles", [])
    if suggested:
        told = ", ".join(f"{one.role} ({one.school})" if one.school else one.role for one in suggested)
        roles = " · ".join(part for part in (roles, _("the roster says: %(roles)s") % {"roles": told}) if part)
    student: Student | None = getattr(person, "student", None)
    if student is not None and not roles:
        roles = str(ROLE_WORDS[Role.STUDENT])
    if not person.is_active:
        account, tone = _("Left"), "quiet"
    elif person.user_id is not None:
        account, tone = _("Can sign in"), ""
    elif person.is_invited:  # type: ignore[attr-defined]
        account, tone = _("Invited"), "info"
    else:
        account, tone = _("No account"), ""
    return Row(person, roles, student.local_id if student else "", account, tone)


def _chips(tally: queries.Tally, show: str) -> list[Chip]:
    views = [
        (Show.STAFF, _("Staff")),
        *((role, ROLE_WORDS[role]) for role in Role if tally.roles.get(role)),
        (Show.STUDENTS, _("Students")),
        (Show.FAMILIES, _("Families")),
        (Show.INVITED, _("Invited")),
        *([(Show.SUGGESTED, _("Suggested by the roster"))] if tally.views[Show.SUGGESTED] else []),
        (Show.ALL, _("All")),
    ]
    counts = tally.views | {str(role): number for role, number in tally.roles.items()}
    return [Chip(label, f"?show={view}", counts[str(view)], current=str(view) == show) for view, label in views]


@require_http_methods(["GET", "POST"])
def person_new(request: AuthenticatedRequest) -> HttpResponse:
    """Add somebody; roles, family and an invitation follow on their page."""
    district = access.district_for(request.user, MANAGE, request.GET.get("district", ""))
    form = PersonForm(request.POST if request.method == "POST" else None, initial=typed_before(request, "person-new"))
    if form.is_valid():
        with showing_errors(form):
            values = dict(form.cleaned_data)
            added = add_person(district, public_id=values.pop("key"), **values, actor=request.user)
            forget_draft(request.user, "person-new")
            return go(
                request,
                _address(added),
                _("%(person)s is added. Give a role or send an invitation.") % {"person": added},
            )
    return page(request, "profiles/people/new.html", {"form": form, "draft_key": "person-new", "district": district})


# --- One person -------------------------------------------------------------------------------------------------------


@require_safe
def person(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Roles, relations, account, and why this person can see students."""
    found = access.get_person(request.user, public_id)
    return page(request, "profiles/people/person.html", _context(found))


def _context(found: Person) -> dict[str, object]:
    today = clock.today(found.district)
    shown = queries.person_page(found, on=today)
    invitation = shown.invitation if shown.invitation and shown.invitation.state == InvitationState.SENT else None
    return {
        "person": found,
        "shown": shown,
        "facts": _facts(found, shown),
        "lede": _lede(shown),
        "ways": [_way(way, found) for way in shown.ways],
        "roles": [(one, ROLE_WORDS[Role(one.role)], place_of(one)) for one in (*shown.roles_now, *shown.roles_later)],
        "past": [(one, ROLE_WORDS[Role(one.role)], place_of(one)) for one in shown.roles_past],
        "invitation": invitation,
        "expired": invitation is not None and invitation.expires_at <= clock.now(),
        "link": invitations.link_of(invitation) if invitation else "",
    }


def _facts(found: Person, shown: PersonPage) -> list[Fact]:
    pairs = [
        Fact(_("Legal name"), f"{found.family_name}, {found.given_name} {found.middle_name}".strip()),
        Fact(_("E-mail"), found.email),
        Fact(_("Phone"), found.phone),
        Fact(_("Signs in as"), found.user.login_name if found.user else ""),
    ]
    if shown.student:
        pairs += [
            Fact(_("School"), str(shown.student.school or "")),
            Fact(_("Grade"), grade_short(shown.student.grade)),
            Fact(_("District student number"), shown.student.local_id),
            Fact(_("State student ID"), shown.student.ssid),
            Fact(_("Graduation year"), shown.student.graduation_year or ""),
        ]
    return [pair for pair in pairs if pair.value]


def _lede(shown: PersonPage) -> str:
    if shown.roles_now:
        words = ", ".join(f"{ROLE_WORDS[Role(one.role)]} ({place_of(one)})" for one in shown.roles_now)
        return _("Today: %(roles)s.") % {"roles": words}
    if shown.student:
        return _("A student, without a role of staff.")
    return _("No role today.")


def _way(way: Way, found: Person) -> str:
    place = way.place or found.district.name
    role = ROLE_WORDS[way.role] if way.role else ""
    return fill(WAY_SENTENCES[way.kind], {"count": way.count, "place": place, "role": role})


def _address(person: Person) -> str:
    return reverse("profiles:person", args=[person.public_id])


# --- Roles ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def role_give(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Give a role: which, where, until when."""
    found = access.get_person(request.user, public_id)
    form = RoleForm(request.POST if request.method == "POST" else None, district=found.district)
    if form.is_valid():
        with showing_errors(form):
            values = form.cleaned_data
            given = give_role(
                found,
                values["role"],
                school=values["school"],
                ends_on=values["ends_on"],
                reason=values["reason"],
                actor=request.user,
            )
            undo = reverse("profiles:role-undo", args=[found.public_id, given.public_id])
            told = _("%(person)s now has the role %(role)s.") % {"person": found, "role": ROLE_WORDS[values["role"]]}
            return go(request, _address(found), told, undo_url=undo)
    return page(request, "profiles/people/role.html", {"person": found, "form": form})


@require_http_methods(["GET", "POST"])
def role_end(request: AuthenticatedRequest, public_id: UUID, role_id: UUID) -> HttpResponse:
    """End a role at once or after a day."""
    found = access.get_person(request.user, public_id)
    assignment = _assignment(found, role_id)
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with showing_errors(form):
            end_role(assignment, last_day=form.last_day_wanted, reason=form.cleaned_data["reason"], actor=request.user)
            undo = reverse("profiles:role-restore", args=[found.public_id, assignment.public_id])
            return go(request, _address(found), _("The role ends as you said."), undo_url=undo)
    role = Role(assignment.role)
    context = {
        "person": found,
        "form": form,
        "heading": _("End the role %(role)s of %(person)s") % {"role": ROLE_WORDS[role], "person": found},
        "lede": _("The record of what they did with it stays."),
    }
    return page(request, "profiles/people/end.html", context)


@require_POST
def role_restore(request: AuthenticatedRequest, public_id: UUID, role_id: UUID) -> HttpResponse:
    """Take back the end of a role."""
    found = access.get_person(request.user, public_id)
    restore_role(_assignment(found, role_id), actor=request.user)
    return go(request, _address(found), _("The role goes on."))


@require_POST
def role_undo(request: AuthenticatedRequest, public_id: UUID, role_id: UUID) -> HttpResponse:
    """Take back a role that was just given."""
    found = access.get_person(request.user, public_id)
    try:
        end_role(_assignment(found, role_id), actor=request.user)
    except DomainError as error:
        return go(request, _address(found), str(error))
    return go(request, _address(found), _("The role is taken back."))


def _assignment(found: Person, role_id: UUID) -> RoleAssignment:
    return get_object_or_404(RoleAssignment.objects.select_related("person__district"), person=found, public_id=role_id)


# --- Account ----------------------------------------------------------------------------------------------------------


@require_POST
def person_invite(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Send an invitation, or a fresh link in place of the old one."""
    found = access.get_person(request.user, public_id)
    open_one = found.invitations.filter(state=InvitationState.SENT).first()
    try:
        if open_one is not None:
            sent = invitations.invite_again(open_one, actor=request.user)
        else:
            sent = invitations.invite(found, actor=request.user)
    except DomainError as error:
        return go(request, _address(found), str(error))
    if sent.email:
        sentence = _("An invitation goes to %(email)s. The link works for %(days)d days.")
        return go(request, _address(found), sentence % {"email": sent.email, "days": invitations.GOOD_FOR.days})
    return go(request, _address(found), _("The link is on this page: hand it over, it works once."))


@require_POST
def invitation_withdraw(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Make the link of the open invitation useless."""
    found = access.get_person(request.user, public_id)
    open_one = found.invitations.filter(state=InvitationState.SENT).first()
    if open_one is not None:
        invitations.withdraw(open_one, actor=request.user)
    return go(request, _address(found), _("The invitation is withdrawn; its link no longer works."))


# --- Students and families --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def person_student(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """School, grade and numbers of a student, typed where no roster brings them."""
    found = access.get_person(request.user, public_id)
    student = Student.objects.select_related("school").filter(person=found).first()
    initial = {}
    if student is not None:
        initial = {
            "school": student.school.public_id if student.school else None,
            "grade": student.grade,
            "local_id": student.local_id,
            "ssid": student.ssid,
            "graduation_year": student.graduation_year,
        }
    form = StudentForm(request.POST if request.method == "POST" else None, district=found.district, initial=initial)
    if form.is_valid():
        with showing_errors(form):
            values = form.cleaned_data
            student = student or add_student(found, actor=request.user)
            set_student_facts(student, ssid=values["ssid"], local_id=values["local_id"],
                              graduation_year=values["graduation_year"], actor=request.user)  # fmt: skip
            enroll(student, school=values["school"], grade=values["grade"], actor=request.user)
            return go(request, _address(found), _("What you typed is saved."))
    return page(request, "profiles/people/student.html", {"person": found, "student": student, "form": form})


@require_http_methods(["GET", "POST"])
def person_child(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Link a parent or guardian to a student: find the student, choose, save. It opens nothing until it is verified."""
    found = access.get_person(request.user, public_id)
    find = FindStudentForm(request.GET or None)
    form = ChildForm(request.POST if request.method == "POST" else None)
    students = Student.objects.filter(district=found.district).exclude(person=found).select_related("person", "school")
    if form.is_valid():
        child = students.filter(public_id=form.cleaned_data["student"]).first()
        if child is None:
            raise Http404
        with showing_errors(form):
            link_guardian(found, child, label=form.cleaned_data["label"], actor=request.user)
            return go(request, _address(found), _("Linked. Nothing is open yet: check the relation and give access."))
    text = find.cleaned_data["q"] if find.is_valid() else ""
    matches = student_queries.listed(students, text=text)[:10] if text else []
    context = {"person": found, "find": find, "form": form, "matches": matches, "text": text}
    return page(request, "profiles/people/child.html", context)

"""Students: the list of those one may know of, and one student's page, to which other apps add their panels."""

from __future__ import annotations

from uuid import UUID

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from mbl.core import clock
from mbl.core.errors import NotAllowed
from mbl.core.http import AuthenticatedRequest, page, paginate
from mbl.core.ui.parts import Empty, Fact, Link
from mbl.core.ui.tables import Column, Columns
from profiles import access
from profiles.forms.people import CounselorForm
from profiles.forms.students import StudentFilter
from profiles.models import School, Student
from profiles.panels import student_panels
from profiles.queries import students as queries
from profiles.rules.roles import Capability
from profiles.words import grade_short

COLUMNS = Columns(
    Column("name", gettext_lazy("Student"), kind="header"),
    Column("number", gettext_lazy("Number")),
    Column("school", gettext_lazy("School")),
    Column("grade", gettext_lazy("Grade"), kind="number"),
)


@require_safe
def students(request: AuthenticatedRequest) -> HttpResponse:
    """``/students/``: those whom a role, a section or a caseload lets somebody see."""
    if not access.standing(request.user).is_staff:
        raise NotAllowed(_("This list is for people who work at a school."))
    visible = access.students_visible_to(request.user)
    schools = School.objects.filter(pk__in=visible.order_by().values("school")).order_by("name", "pk")
    form = StudentFilter(request.GET or None, schools=schools)
    wanted = form.cleaned_data if form.is_valid() else {}
    school = wanted.get("school")
    found = queries.listed(
        visible, text=wanted.get("q", ""), school=str(school.public_id) if school else "", grade=wanted.get("grade", "")
    )
    listed = paginate(request, found)
    count = listed.paginator.count
    context = {
        "page": listed,
        "columns": COLUMNS,
        "form": form,
        "lede": ngettext("You can see %(count)s student here.", "You can see %(count)s students here.", count)
        % {"count": intcomma(count)},
        "empty": Empty(
            _("No student here"),
            _("You see the students of your school, your sections or your caseload. None of them matches."),
            Link(_("Show all of them"), "?"),
            icon="users",
        ),
    }
    return page(request, "profiles/students/list.html", context, partial="list")


@require_safe
def student(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Who this student is here and who is around; records follow in the panels of other apps."""
    found = access.get_student(request.user, public_id, Capability.SEE_STUDENT)
    today = clock.today(found.district)
    sees_record = bool(access.may(request.user, Capability.SEE_RECORD, found))
    manages = bool(access.may_in_district(request.user, Capability.MANAGE_PEOPLE, found.district))
    is_staff, is_own = access.standing(request.user).is_staff, access.is_own(request.user, found)
    counselors = CounselorForm(district=found.district, on=today) if manages else None
    context = {
        "student": found,
        "facts": _facts(found, sees_record),
        # A consent opens the student's record, not the names of the family.
        "sees_family": sees_record and (is_staff or is_own),
        "around": queries.around(found, on=today),
        "sees_record": sees_record,
        "manages": manages,
        "counselor_form": counselors,
        "panels": student_panels(request.user, found),
        "sees_sharing": manages or is_own,
        "is_staff": is_staff,
        "lede": _lede(found),
    }
    return page(request, "profiles/students/student.html", context)


def _lede(found: Student) -> str:
    if not found.is_active:
        return _("No longer enrolled here. The record stays.")
    if found.grade and found.school:
        return _("Grade %(grade)s at %(school)s.") % {"grade": found.grade.lstrip("0"), "school": found.school}
    return _("No school or grade is on record.")


def _facts(found: Student, sees_record: bool) -> list[Fact]:
    pairs = [
        Fact(_("School"), str(found.school or "")),
        Fact(_("Grade"), grade_short(found.grade)),
        Fact(_("Pronouns"), found.person.pronouns),
        Fact(_("District student number"), found.local_id),
    ]
    if sees_record:
        person = found.person
        pairs += [
            Fact(_("Legal name"), f"{person.family_name}, {person.given_name} {person.middle_name}".strip()),
            Fact(_("State student ID"), found.ssid),
            Fact(_("Graduation year"), found.graduation_year or ""),
        ]
    return [pair for pair in pairs if pair.value]

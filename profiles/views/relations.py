"""Relations of people to students: verify, end, take back."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mbl.core import clock
from mbl.core.errors import DomainError
from mbl.core.http import AuthenticatedRequest, go, page, showing_errors
from mbl.core.words import state_word
from profiles import access
from profiles.actions.relationships import (
    assign_counselor,
    end_relationship,
    restore_relationship,
    verify_guardian,
)
from profiles.forms.people import CounselorForm, EndForm, VerifyForm
from profiles.models import Relationship, Student
from profiles.rules.roles import Capability
from profiles.states import RelationshipKind


def _relation(request: AuthenticatedRequest, public_id: UUID) -> Relationship:
    """A relation in a district whose people the reader manages; 404 otherwise."""
    found = (
        Relationship.objects.filter(
            public_id=public_id, district__in=access.districts_where(request.user, Capability.MANAGE_PEOPLE)
        )
        .select_related("person__district", "person__user", "student__person", "district")
        .first()
    )
    if found is None:
        raise Http404
    return found


def _back(relation: Relationship) -> str:
    return reverse("profiles:person", args=[relation.person.public_id])


@require_http_methods(["GET", "POST"])
def relation_verify(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Let a parent or guardian see the record, and note how the school knows."""
    relation = _relation(request, public_id)
    if relation.kind != RelationshipKind.GUARDIAN:
        raise Http404
    form = VerifyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with showing_errors(form):
            verify_guardian(relation, basis=form.cleaned_data["basis"], actor=request.user)
            sentence = _("%(person)s can now see the record of %(student)s.")
            return go(request, _back(relation), sentence % {"person": relation.person, "student": relation.student})
    return page(request, "profiles/people/verify.html", {"relation": relation, "form": form})


@require_http_methods(["GET", "POST"])
def relation_end(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """End a relation at once or after a day."""
    relation = _relation(request, public_id)
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with showing_errors(form):
            end_relationship(
                relation, last_day=form.last_day_wanted, reason=form.cleaned_data["reason"], actor=request.user
            )
            undo = reverse("profiles:relation-restore", args=[relation.public_id])
            return go(request, _back(relation), _("The relation ends as you said."), undo_url=undo)
    values = {
        "kind": state_word(RelationshipKind(relation.kind)),
        "person": relation.person,
        "student": relation.student,
    }
    context = {
        "person": relation.person,
        "form": form,
        "heading": _("End: %(person)s is %(kind)s of %(student)s") % values,
        "lede": _("What they could see because of it closes."),
    }
    return page(request, "profiles/people/end.html", context)


@require_POST
def relation_restore(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Take back the end of a relation."""
    relation = _relation(request, public_id)
    restore_relationship(relation, actor=request.user)
    return go(request, _back(relation), _("The relation goes on."))


@require_POST
def student_counselor(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Put a student on a counselor's caseload."""
    student = (
        Student.objects.filter(
            public_id=public_id, district__in=access.districts_where(request.user, Capability.MANAGE_PEOPLE)
        )
        .select_related("district", "person")
        .first()
    )
    if student is None:
        # Somebody who sees the student and does not manage people is told so; others learn nothing.
        student = access.get_student(request.user, public_id, Capability.SEE_STUDENT)
        access.district_for(request.user, Capability.MANAGE_PEOPLE, student.district.code)
        raise Http404
    back = reverse("profiles:student", args=[student.public_id])
    form = CounselorForm(request.POST, district=student.district, on=clock.today(student.district))
    if not form.is_valid():
        return go(request, back, _("Choose a counselor. Somebody needs that role first."))
    try:
        relation = assign_counselor(form.cleaned_data["counselor"], student, actor=request.user)
    except DomainError as error:
        return go(request, back, str(error))
    sentence = _("%(student)s is now on the caseload of %(person)s.")
    undo = reverse("profiles:relation-undo", args=[relation.public_id])
    return go(request, back, sentence % {"student": student, "person": relation.person}, undo_url=undo)


@require_POST
def relation_undo(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Take back a relation that was just made."""
    relation = _relation(request, public_id)
    end_relationship(relation, actor=request.user)
    return go(request, _back(relation), _("The relation is taken back."))

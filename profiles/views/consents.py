"""Sharing a student's record with somebody outside school and family: who asked, who agreed, until when (R81)."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mbl.core import clock
from mbl.core.decisions import Denied
from mbl.core.errors import NotAllowed
from mbl.core.http import AuthenticatedRequest, go, page, paginate, showing_errors
from mbl.core.ui.parts import Empty, Fact
from mbl.core.ui.tables import Column, Columns
from mbl.core.words import state_word
from profiles import access
from profiles.actions.consents import ask_consent, end_consent, last_day_possible, sign_consent
from profiles.forms.consents import ConsentForm, FindReaderForm, SignConsentForm
from profiles.models import SharingConsent, Student
from profiles.queries import consents as queries
from profiles.rules.roles import Capability
from profiles.states import ConsentState, SharedRecords, Signer

COLUMNS = Columns(
    Column("party", gettext_lazy("For whom"), kind="header"),
    Column("reader", gettext_lazy("Person")),
    Column("ends_on", gettext_lazy("Last day")),
    Column("state", gettext_lazy("State"), card="end"),
)
FOUND = 10


@require_safe
def sharing(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Everybody who sees or asked to see this record with consent, and what came of it."""
    student = access.get_sharing(request.user, public_id)
    listed = paginate(request, queries.of_student(student))
    context = {
        "student": student,
        "manages": bool(access.may_in_district(request.user, Capability.MANAGE_PEOPLE, student.district)),
        "page": listed,
        "rows": [(one, _standing_word(one, student)) for one in listed],
        "columns": COLUMNS,
        "empty": Empty(
            _("Nobody outside school and family sees this record"),
            _("If somebody asks to, it stands here, and nothing is shared until it is signed."),
            icon="shield",
        ),
    }
    return page(request, "profiles/consents/list.html", context, partial="list")


@require_http_methods(["GET", "POST"])
def consent_new(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Ask the family, or the student of 18, to share the record."""
    student = access.get_sharing(request.user, public_id)
    verdict = access.may_in_district(request.user, Capability.MANAGE_PEOPLE, student.district)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    find = FindReaderForm(request.GET or None)
    text = find.cleaned_data["q"] if find.is_valid() else ""
    people = queries.possible_readers(student, text)
    form = ConsentForm(
        request.POST if request.method == "POST" else None, initial={"ends_on": last_day_possible(student.district)}
    )
    if form.is_valid():
        terms = dict(form.cleaned_data)
        reader = access.people_manageable_by(request.user).filter(public_id=terms.pop("reader")).first()
        if reader is None:
            raise Http404
        with showing_errors(form):
            asked = ask_consent(student, reader=reader, actor=request.user, **terms)
            return go(request, _address(asked), _("Asked. Nothing is open until it is signed."))
    context = {"student": student, "find": find, "text": text, "matches": people[:FOUND], "form": form}
    return page(request, "profiles/consents/new.html", context)


@require_http_methods(["GET", "POST"])
def consent(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """One consent: its terms, its signature, and the form to sign for whoever can."""
    found = access.get_consent(request.user, public_id)
    student = found.student
    form = SignConsentForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with showing_errors(form):
            sign_consent(found, typed_name=form.cleaned_data["typed_name"], actor=request.user)
            return go(request, _address(found), _("You agreed. You can take it back on any day."))
    is_open = found.state == ConsentState.ASKED and found.ends_on >= clock.today(found.district)
    may_sign = access.may_sign_for(request.user, student)
    context = {
        "consent": found,
        "student": student,
        "form": form,
        "facts": _facts(found),
        "standing": _standing_word(found, student),
        "can_sign": is_open and bool(may_sign),
        "why_not": may_sign.reason if is_open and isinstance(may_sign, Denied) else "",
        "can_end": found.state in {ConsentState.ASKED, ConsentState.SIGNED}
        and bool(access.may_end_sharing(request.user, student)),
    }
    return page(request, "profiles/consents/consent.html", context)


@require_POST
def consent_end(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Decline, or take back."""
    found = end_consent(access.get_consent(request.user, public_id), actor=request.user)
    return go(request, _address(found), _("The record is not open to them."))


def _address(found: SharingConsent) -> str:
    return reverse("profiles:consent", args=[found.public_id])


def _standing_word(found: SharingConsent, student: Student) -> str:
    """The state's word; what once was signed and no longer opens anything says why."""
    if found.state != ConsentState.SIGNED:
        return state_word(ConsentState(found.state))
    if found.ends_on < clock.today(student.district):
        return _("Ended with its last day")
    if found.signed_as == Signer.FAMILY and access.signs_as(student) == Signer.STUDENT:
        return _("Ended with the 18th birthday")
    return state_word(ConsentState.SIGNED)


def _facts(found: SharingConsent) -> list[Fact]:
    pairs = [
        Fact(_("For whom"), found.party),
        Fact(_("Person"), found.reader),
        Fact(_("What they see"), state_word(SharedRecords(found.records))),
        Fact(_("Last day"), date_format(found.ends_on, "DATE_FORMAT")),
        Fact(_("Asked by"), found.asked_by),
    ]
    if found.signed_at is not None:
        day = date_format(clock.day_of(found.signed_at, found.district), "DATE_FORMAT")
        signer = _("%(name)s, %(as)s, on %(day)s") % {
            "name": found.typed_name,
            "as": state_word(Signer(found.signed_as)),
            "day": day,
        }
        pairs.append(Fact(_("Signed by"), signer))
    if found.ended_at is not None:
        day = date_format(clock.day_of(found.ended_at, found.district), "DATE_FORMAT")
        pairs.append(Fact(_("Ended by"), _("%(name)s, on %(day)s") % {"name": found.ended_by, "day": day}))
    return pairs

"""The log of experiences: what counts toward which aim, an entry, what waits to be confirmed, a whole group at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hsbp import access
from hsbp.actions.experiences import (
    add_reflection,
    change_experience,
    confirm_experience,
    log_experience,
    record_experience,
    return_experience,
    take_back_experience,
    withdraw_experience,
)
from hsbp.forms.experiences import GroupForm, LogForm, NoteForm, RecordForm, ReflectionForm
from hsbp.models import Experience
from hsbp.queries import experiences as queries
from hsbp.states import EXPERIENCE, ExperienceState
from hsbp.views.reader import Reader
from hsbp.words import hours_text
from mbl.core import clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, paginate, showing_errors, typed_before
from mbl.core.ui.parts import Chip, Empty, Fact, Link
from mbl.core.ui.tables import Column, Columns
from mbl.core.words import error_text, state_tone, state_word
from profiles.access import Capability, may, standing
from profiles.models import Student
from profiles.states import Role

LOG = Columns(
    Column("kind", gettext_lazy("Experience"), kind="header"),
    Column("day", gettext_lazy("Day")),
    Column("hours", gettext_lazy("Hours"), kind="number"),
    Column("where", gettext_lazy("Where"), card="wide"),
    Column("state", pgettext_lazy("experience", "State"), card="end"),
)
WAITING = Columns(
    Column("tick", gettext_lazy("Select"), kind="tick", card="hidden"),
    Column("student", gettext_lazy("Student"), kind="header"),
    Column("kind", gettext_lazy("Experience")),
    Column("day", gettext_lazy("Day")),
    Column("hours", gettext_lazy("Hours"), kind="number"),
    Column("where", gettext_lazy("Where"), card="wide"),
    Column("open", gettext_lazy("Open"), kind="actions"),
)
TICKS = Columns(
    Column("tick", gettext_lazy("Select"), kind="tick"),
    Column("student", gettext_lazy("Student"), kind="header"),
    Column("grade", gettext_lazy("Grade")),
)


def _reader(request: AuthenticatedRequest, public_id: UUID) -> tuple[Reader, dict[str, Any]]:
    """Who reads this log, and what each of its pages prints. A teacher comes here without the rest of the plan."""
    student = access.get_experience_student(request.user, public_id)
    reader = Reader(student, queries.plan_beside(student), access.speaks_as(request.user, student))
    context = reader.as_context() | {
        "reads_plan": not reader.is_staff or bool(may(request.user, Capability.SEE_RECORD, student)),
        "may_confirm": bool(access.may_confirm(request.user, student)),
    }
    return reader, context


@require_safe
def experiences(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """How far am I, and what is in my log? The same page for family and staff, without the student's drafts."""
    reader, context = _reader(request, public_id)
    listed = paginate(request, queries.entries_of(reader.student, is_own=reader.is_own))
    can_add = reader.is_own or context["may_confirm"]
    context |= {
        "page": listed,
        "rows": [(one, *_said(one)) for one in listed.object_list],
        "columns": LOG,
        "lines": queries.lines_of(reader.student, is_own=reader.is_own),
        "new_url": reader.address("experience-new") if can_add else "",
        "empty": Empty(
            _("Nothing in the log yet"),
            _("Speakers, visits, interviews, job shadows and internships stand here when they are logged."),
            Link(_("Log an experience"), reader.address("experience-new")) if can_add else None,
            icon="briefcase",
        ),
    }
    return page(request, "hsbp/experiences/log.html", context)


def _said(entry: Experience) -> tuple[str, str, str]:
    state = ExperienceState(entry.state)
    return queries.kind_word(entry.kind), state_word(state), state_tone(state)


# --- An entry ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def experience_new(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """The student logs one, to send or to keep as a draft; staff record one as confirmed."""
    reader, context = _reader(request, public_id)
    student = reader.student
    if not reader.is_own and isinstance(verdict := access.may_confirm(request.user, student), Denied):
        raise NotAllowed(verdict.reason)
    key = f"experience-{student.public_id}"
    form_class = LogForm if reader.is_own else RecordForm
    form = form_class(
        queries.kinds_of(student.district),
        request.POST if request.method == "POST" else None,
        initial={"starts_on": clock.today(student.district)} | (typed_before(request, key) or {}),
    )
    if form.is_valid():
        kind, told = form.cleaned_data["kind"], form.told()
        with showing_errors(form):
            if reader.is_own:
                send = request.POST.get("verdict") == "send"
                made = log_experience(student, kind, told, posting=form.posted, send=send, actor=request.user)
                said = _("Sent. Your school confirms it.") if send else _("Saved as a draft. Only you see it.")
            else:
                record_experience([student], kind, told, posting=form.posted, actor=request.user)
                made, said = None, _("Recorded and confirmed. %(student)s is told.") % {"student": student}
            forget_draft(request.user, key)
            return go(request, _entry_url(reader, made) if made else reader.address("experiences"), said)
    return page(request, "hsbp/experiences/write.html", context | {"form": form, "draft_key": key})


@require_http_methods(["GET", "POST"])
def experience_edit(request: AuthenticatedRequest, public_id: UUID, experience_id: UUID) -> HttpResponse:
    """The student changes what nobody has confirmed yet."""
    reader, context = _reader(request, public_id)
    entry = access.get_experience(request.user, reader.student, experience_id)
    if not reader.is_own:
        raise NotAllowed(_("Only the student writes in this log. Staff record an experience as confirmed."))
    if entry.state not in _EDITABLE:
        return go(request, _entry_url(reader, entry), _("What is confirmed stays as it is."))
    form = LogForm(
        queries.kinds_of(entry.district, keep=entry.kind),
        request.POST if request.method == "POST" else None,
        initial=LogForm.values_of(entry),
    )
    if form.is_valid():
        with showing_errors(form):
            changed = change_experience(
                entry,
                form.cleaned_data["kind"],
                form.told(),
                edition=form.cleaned_data["edition"] or 0,
                send=request.POST.get("verdict") == "send",
                actor=request.user,
            )
            waits = changed.state == ExperienceState.WAITING
            said = _("Sent. Your school confirms it.") if waits else _("Saved as a draft. Only you see it.")
            return go(request, _entry_url(reader, changed), said)
    return page(request, "hsbp/experiences/write.html", context | {"form": form, "entry": entry})


_EDITABLE = (ExperienceState.DRAFT, ExperienceState.WAITING, ExperienceState.RETURNED)


@require_safe
def experience(request: AuthenticatedRequest, public_id: UUID, experience_id: UUID) -> HttpResponse:
    """One entry: what was done, what the student takes from it, who said what, and what this reader may do."""
    reader, context = _reader(request, public_id)
    return _entry_page(request, reader, context, access.get_experience(request.user, reader.student, experience_id))


def _entry_page(
    request: AuthenticatedRequest,
    reader: Reader,
    context: dict[str, Any],
    entry: Experience,
    note: NoteForm | None = None,
    reflection: ReflectionForm | None = None,
) -> HttpResponse:
    confirmed = entry.state == ExperienceState.CONFIRMED
    kind, word, tone = _said(entry)
    context |= {
        "entry": entry,
        "kind": kind,
        "state_word": word,
        "tone": tone or ("ok" if confirmed else ""),
        "facts": _facts(entry),
        "story": queries.story_of(entry),
        "can_edit": reader.is_own and entry.state in _EDITABLE,
        "can_answer": context["may_confirm"] and EXPERIENCE.allows("confirm", entry.state),
        "can_withdraw": context["may_confirm"] and confirmed,
        "form": note or NoteForm(),
        "reflection_form": (reflection or ReflectionForm())
        if reader.is_own and confirmed and not entry.reflection
        else None,
        "log_url": reader.address("experiences"),
    }
    return page(request, "hsbp/experiences/entry.html", context)


def _facts(entry: Experience) -> list[Fact]:
    facts = [
        Fact(_("Day"), queries.days_text(entry)),
        Fact(_("Hours"), hours_text(entry.hours)),
        Fact(_("Where"), entry.organization or "–"),
    ]
    if entry.contact:
        facts.append(Fact(_("With whom"), entry.contact))
    if entry.confirmed_by is not None:
        facts.append(Fact(_("Confirmed by"), str(entry.confirmed_by)))
    return facts


@require_POST
def experience_answer(request: AuthenticatedRequest, public_id: UUID, experience_id: UUID) -> HttpResponse:
    """Confirm, return or withdraw: ``verdict`` is the button."""
    reader, context = _reader(request, public_id)
    entry = access.get_experience(request.user, reader.student, experience_id)
    if isinstance(verdict := access.may_confirm(request.user, reader.student), Denied):
        raise NotAllowed(verdict.reason)
    form = NoteForm(request.POST)
    if form.is_valid():
        note = form.cleaned_data["note"]
        with showing_errors(form):
            match request.POST.get("verdict"):
                case "confirm":
                    confirm_experience(entry, edition=_number(request.POST.get("edition")), actor=request.user)
                    said = _("Confirmed. It counts from now on.")
                case "withdraw":
                    withdraw_experience(entry, note=note, actor=request.user)
                    said = _("Withdrawn. It stays in the log and counts no longer.")
                case _:
                    return_experience(entry, note=note, actor=request.user)
                    said = _("Returned to the student with your words.")
            return go(request, _entry_url(reader, entry), said)
    return _entry_page(request, reader, context, entry, note=form)


@require_POST
def experience_reflect(request: AuthenticatedRequest, public_id: UUID, experience_id: UUID) -> HttpResponse:
    """The student adds what they take from an experience that staff recorded."""
    reader, context = _reader(request, public_id)
    entry = access.get_experience(request.user, reader.student, experience_id)
    if not reader.is_own:
        raise NotAllowed(_("A reflection is the student’s own."))
    form = ReflectionForm(request.POST)
    if form.is_valid():
        with showing_errors(form):
            add_reflection(entry, reflection=form.cleaned_data["reflection"], actor=request.user)
            return go(request, _entry_url(reader, entry), _("Your reflection stands in the log."))
    return _entry_page(request, reader, context, entry, reflection=form)


@require_POST
def experience_take_back(request: AuthenticatedRequest, public_id: UUID, experience_id: UUID) -> HttpResponse:
    """The student takes out what nobody has confirmed."""
    reader, _context = _reader(request, public_id)
    entry = access.get_experience(request.user, reader.student, experience_id)
    take_back_experience(entry, actor=request.user)
    return go(request, reader.address("experiences"), _("It is taken back."))


def _entry_url(reader: Reader, entry: Experience) -> str:
    return reader.address("experience", entry.public_id)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


# --- What waits, and groups -------------------------------------------------------------------------------------------


def _require_staff(request: AuthenticatedRequest) -> None:
    if not standing(request.user).has(Role.COUNSELOR, Role.TEACHER):
        raise NotAllowed(_("Experiences are confirmed by counselors, advisers and teachers."))


@require_safe
def waiting(request: AuthenticatedRequest) -> HttpResponse:
    """``/experiences/``: what waits for me, what else I could confirm, and what I confirmed."""
    _require_staff(request)
    views = {
        "mine": (gettext_lazy("Waits for me"), queries.waiting_for),
        "taught": (gettext_lazy("Others I teach"), queries.also_waiting),
        "done": (gettext_lazy("Confirmed by me"), queries.confirmed_by),
    }
    show = request.GET.get("show", "")
    show = show if show in views else "mine"
    listed = paginate(request, views[show][1](request.user))
    total = listed.paginator.count
    context = {
        "columns": WAITING,
        "page": listed,
        "rows": [(one, queries.kind_word(one.kind), _staff_url(one)) for one in listed.object_list],
        "chips": [Chip(word, f"?show={name}", current=name == show) for name, (word, _listed) in views.items()],
        "has_ticks": show != "done",
        "lede": _waiting_lede(total) if show == "mine" else "",
        "empty": Empty(
            _("No experience waits here") if show != "done" else _("You have confirmed none yet"),
            _("An experience shows up when a student sends it to be confirmed."),
            Link(_("Record one for a group"), reverse("hsbp:experience-group")),
        ),
    }
    return page(request, "hsbp/experiences/waiting.html", context)


def _waiting_lede(total: int) -> str:
    if not total:
        return _("Nothing waits for you.")
    said = ngettext(
        "%(count)d experience waits for you to confirm it.",
        "%(count)d experiences wait for you to confirm them.",
        total,
    )
    return said % {"count": total}


def _staff_url(entry: Experience) -> str:
    return reverse("hsbp:experience", args=[entry.student.public_id, entry.public_id])


@require_POST
def confirm_ticked(request: AuthenticatedRequest) -> HttpResponse:
    """Confirm the ticked entries as they stood on the page; each that has moved on since is left, and named."""
    _require_staff(request)
    done, left = 0, []
    for ticked in request.POST.getlist("entry")[:100]:
        public_id, _dash, edition = ticked.rpartition(":")
        try:
            entry = queries.to_confirm(request.user).filter(public_id=UUID(public_id)).first()
        except ValueError:
            continue
        if entry is None:
            continue
        try:
            confirm_experience(entry, edition=_number(edition), actor=request.user)
            done += 1
        except DomainError as error:
            left.append(f"{entry.student}: {error_text(error)}")
    said = ngettext("%(count)d experience is confirmed.", "%(count)d experiences are confirmed.", done)
    return go(request, reverse("hsbp:experiences-waiting"), " ".join([said % {"count": done}, *left]))


@require_http_methods(["GET", "POST"])
def group(request: AuthenticatedRequest) -> HttpResponse:
    """A speaker, a visit: one record for everybody who was there. Untick who was not."""
    _require_staff(request)
    groups = queries.groups_of(request.user)
    chosen = request.GET.get("group", "")
    chosen = chosen if chosen in {one.key for one in groups} else (groups[0].key if groups else "")
    students = queries.students_in(request.user, chosen)
    district = students[0].district if students else standing(request.user).home_district
    ticked = set(request.POST.getlist("student")) if request.method == "POST" else {str(s.public_id) for s in students}
    form = None
    if students and district is not None:
        form = RecordForm(
            queries.kinds_of(district),
            request.POST if request.method == "POST" else None,
            initial={"starts_on": clock.today(district)},
        )
        if form.is_valid():
            answer = _record(request, form, [one for one in students if str(one.public_id) in ticked])
            if answer is not None:
                return answer
    context = {
        "form": form,
        "group_form": GroupForm(groups, initial={"group": chosen}),
        "group": chosen,
        "columns": TICKS,
        "students": [(one, str(one.public_id) in ticked) for one in students],
        "empty": Empty(
            _("No students to record for"),
            _("Groups are the classes you teach, the students you advise and the grades of your caseload."),
            icon="users",
        ),
    }
    return page(request, "hsbp/experiences/group.html", context)


def _record(request: AuthenticatedRequest, form: RecordForm, students: Sequence[Student]) -> HttpResponse | None:
    with showing_errors(form):
        made = record_experience(
            students, form.cleaned_data["kind"], form.told(), posting=form.posted, actor=request.user
        )
        said = ngettext(
            "Recorded for %(count)d student, who is told.", "Recorded for %(count)d students, who are told.", len(made)
        )
        words = said % {"count": len(made)} if made else _("This was recorded already. Nothing was added.")
        return go(request, f"{reverse('hsbp:experiences-waiting')}?show=done", words)
    return None

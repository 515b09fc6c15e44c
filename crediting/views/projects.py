"""Projects of students' own design: the student writes, the family reads, each class answers and judges for itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Page
from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crediting import access
from crediting.actions.classes import ClassRow
from crediting.actions.projects import (
    approve_project,
    begin_project,
    judge_project,
    return_project,
    revise_project,
    send_project,
    withdraw_project,
    write_project,
)
from crediting.forms.projects import ProjectAnswerForm, ProjectForm, ProjectJudgingForm
from crediting.models import ClassJudgement, Project, ProjectPart, ProjectVersion, Standard
from crediting.queries import projects as queries
from crediting.queries.classes import expected_of, standards_of
from crediting.queries.levels import description_of
from crediting.queries.queue import days_between
from crediting.states import ProjectState
from crediting.views.whose import whose
from mbl.core import clock
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, paginate, showing_errors, typed_before
from mbl.core.ui.parts import Chip, Empty, Fact, Link, Verdict
from mbl.core.ui.tables import Column, Columns
from mbl.core.words import state_tone, state_word
from profiles.access import Capability, children_of, may, standing
from profiles.states import Role

WAITING = Columns(
    Column("student", gettext_lazy("Student"), kind="header"),
    Column("project", gettext_lazy("Project"), card="wide"),
    Column("section", gettext_lazy("Class"), card="wide"),
    Column("wait", gettext_lazy("Waiting"), kind="number", card="corner"),
)
OF_CLASS = Columns(
    Column("student", gettext_lazy("Student"), kind="header"),
    Column("project", gettext_lazy("Project"), card="wide"),
    Column("days", gettext_lazy("Days"), card="wide"),
    Column("state", gettext_lazy("State"), card="corner"),
)


# --- The student's own, and the family reads --------------------------------------------------------------------------


@require_safe
def projects(request: AuthenticatedRequest) -> HttpResponse:
    """Every project of one student, newest first."""
    record = whose(request)
    found: Page[Any] = paginate(request, queries.projects_of(record.student, drafts=record.is_own))
    context = {
        "record": record,
        "page": found,
        "lines": queries.lines_of(list(found.object_list), drafts=record.is_own),
        "empty": Empty(
            _("No projects yet"),
            _("Do you want to find out or make something? Propose it, and it can count in several classes at once.")
            if record.is_own
            else _("What is proposed to a class shows up here."),
            Link(_("Propose a project"), reverse("crediting:project-new")) if record.is_own else None,
            icon="bulb",
        ),
    }
    return page(request, "crediting/projects/list.html", context)


@require_http_methods(["GET", "POST"])
def project_new(request: AuthenticatedRequest) -> HttpResponse:
    """The student's words and the standards of each class. Nothing is sent yet."""
    record = whose(request)
    if not record.is_own:
        raise NotAllowed(_("Only the student can propose a project. You can help them on their own account."))
    form = ProjectForm(
        queries.offered(record.student),
        request.POST if request.method == "POST" else None,
        initial=typed_before(request, "project-new"),
    )
    if form.is_valid():
        with showing_errors(form):
            version = begin_project(
                student=record.student,
                words=form.words(),
                chosen=form.chosen(),
                actor=request.user,
                key=form.cleaned_data["key"],
            )
            forget_draft(request.user, "project-new")
            return go(request, reverse("crediting:project", args=[version.project.public_id]))
    context = {"form": form, "draft_key": "project-new", "heading": _("Propose a project")}
    return page(request, "crediting/projects/edit.html", context)


@require_safe
def project(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """The project as it stands: the student's words, and for each class its standards, answer and levels."""
    found = access.get_project(request.user, public_id)
    own = bool(access.owns_project(request.user, found))
    sees_all = own or bool(may(request.user, Capability.SEE_RECORD, found.student))
    taught = set(access.sections_taught(request.user).order_by().values_list("pk", flat=True))
    shown = queries.project_page(found, own=own, levels_in=None if sees_all else taught)
    is_family = not own and children_of(request.user).filter(pk=found.student_id).exists()
    is_open = own and found.withdrawn_at is None
    context = {
        "project": found,
        "shown": shown,
        "is_own": own,
        "is_family": is_family,
        "child_query": f"?child={found.student.public_id}" if is_family else "",
        "lede": _lede(shown, own=own),
        "to_answer": {
            row.part.pk
            for row in shown.parts
            if row.state in {ProjectState.SENT, ProjectState.APPROVED}
            and access.may_answer_project(request.user, row.part)
        }
        if taught
        else set(),
        "can_change": is_open and not shown.is_draft,
        "can_withdraw": is_open and not (shown.parts and all(row.is_judged for row in shown.parts)),
        "facts": _facts(shown.version),
    }
    return page(request, "crediting/projects/detail.html", context)


def _lede(shown: queries.ProjectPage, *, own: bool) -> str:
    if shown.project.withdrawn_at is not None:
        return _("Withdrawn.") if own else _("%(student)s withdrew it.") % {"student": shown.project.student}
    if not own:
        return _("%(student)s designed this project for several classes, or for one.") % {
            "student": shown.project.student
        }
    if shown.is_draft:
        return _("Not sent yet. When it is complete, send it to the teachers of its classes.")
    if ProjectState.RETURNED in shown.states:
        return _("A class returned it. Read what to change, change it and send it again; the other classes go on.")
    if ProjectState.SENT in shown.states:
        return _("Each class answers for itself. You hear from them here.")
    return _("Approved. Each class judges it against its own standards.")


def _facts(version: ProjectVersion) -> list[Fact]:
    facts = []
    if version.starts_on and version.ends_on:
        facts.append(Fact(_("First day"), date_format(version.starts_on, "DATE_FORMAT")))
        facts.append(Fact(_("Last day"), date_format(version.ends_on, "DATE_FORMAT")))
    if version.session:
        facts.append(Fact(_("Term"), version.session.title))
    if version.sent_at:
        facts.append(Fact(_("Version"), str(version.number)))
    return facts


@require_http_methods(["GET", "POST"])
def project_edit(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Write on a draft."""
    found = access.get_project(request.user, public_id, own=True)
    version = _newest(found)
    if version.sent_at is not None:
        raise NotAllowed(_("This was sent and stays as it was. Change it, and send it again."))
    draft_key = f"project-{version.public_id}"
    held = set(found.parts.filter(state=ProjectState.APPROVED).values_list("section", flat=True))
    form = ProjectForm(
        [one for one in queries.offered(found.student) if one.section.pk not in held],
        request.POST if request.method == "POST" else None,
        initial=ProjectForm.filled(version) | (typed_before(request, draft_key) or {}),
    )
    if form.is_valid():
        with showing_errors(form):
            write_project(version, words=form.words(), chosen=form.chosen(), actor=request.user)
            forget_draft(request.user, draft_key)
            return go(request, reverse("crediting:project", args=[found.public_id]), _("Your changes are saved."))
    context = {
        "form": form,
        "draft_key": draft_key,
        "project": found,
        "held": found.parts.filter(state=ProjectState.APPROVED).select_related("section"),
        "heading": _("Change the project"),
    }
    return page(request, "crediting/projects/edit.html", context)


@require_POST
def project_send(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    found = access.get_project(request.user, public_id, own=True)
    send_project(_newest(found), actor=request.user)
    return go(request, reverse("crediting:project", args=[found.public_id]), _("Sent. Each class answers for itself."))


@require_POST
def project_change(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Begin the next version, and write on it."""
    found = access.get_project(request.user, public_id, own=True)
    revise_project(found, actor=request.user)
    return go(request, reverse("crediting:project-edit", args=[found.public_id]))


@require_POST
def project_withdraw(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    found = access.get_project(request.user, public_id, own=True)
    withdraw_project(found, actor=request.user)
    told = _("Withdrawn. What was judged already stays with its class.")
    return go(request, reverse("crediting:project", args=[found.public_id]), told)


def _newest(found: Project) -> ProjectVersion:
    version = found.versions.order_by("-number")[0]
    version.project = found
    return version


# --- A class answers --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A project that waits for a class, and for how long."""

    part: ProjectPart
    wait: str


@require_safe
def project_queue(request: AuthenticatedRequest) -> HttpResponse:
    """Which projects wait for my classes?"""
    if not standing(request.user).has(Role.TEACHER):
        raise NotAllowed(_("This list is for teachers, who answer for their classes."))
    found: Page[Any] = paginate(request, queries.waiting(access.projects_to_answer(request.user)))
    found.object_list = [Row(one, waiting_words(one)) for one in found.object_list]
    context = {
        "columns": WAITING,
        "page": found,
        "chips": chips("waiting"),
        "empty": Empty(
            _("No project waits for you"),
            _("A project shows up here when a student sends it to a class that you teach."),
            Link(_("Projects by class"), reverse("crediting:projects-by-class")),
            icon="bulb",
        ),
    }
    return page(request, "crediting/projects/queue.html", context)


def chips(current: str) -> list[Chip]:
    """The two pages of a teacher."""
    return [
        Chip(_("Waiting for me"), reverse("crediting:project-queue"), current=current == "waiting"),
        Chip(_("Projects by class"), reverse("crediting:projects-by-class"), current=current == "counts"),
    ]


def waiting_words(part: ProjectPart) -> str:
    """For how long a class has not answered."""
    assert part.version.sent_at is not None  # it waits
    days = days_between(part.version.sent_at, part.project.district.timezone)
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days} if days else pgettext("waiting", "today")


@require_safe
def class_projects(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """The projects of one class: those that wait, and those that stand in it."""
    section = access.get_section(request.user, public_id)
    found: Page[Any] = paginate(request, queries.of_class(section))
    found.object_list = [
        (one, state_word(ProjectState(one.state)), state_tone(ProjectState(one.state))) for one in found.object_list
    ]
    context = {
        "section": section,
        "columns": OF_CLASS,
        "page": found,
        "teaches": bool(access.teaches(request.user, section)),
        "tally": queries.tally(section),
        "empty": Empty(
            _("No projects in this class yet"),
            _("A project shows up here when a student sends it to this class."),
            icon="bulb",
        ),
    }
    return page(request, "crediting/projects/of_class.html", context)


@require_http_methods(["GET", "POST"])
def project_part(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """One class answers: the student's words, the standards of the class, approve or return."""
    part = access.get_project_part(request.user, public_id)
    rows = list(part.standards.select_related("standard__framework"))
    proposed = [row.standard for row in rows]
    offered = standards_of(part.section, ())
    offered += [one for one in proposed if one not in offered]
    draft_key = f"project-part-{part.public_id}"
    form = ProjectAnswerForm(
        offered,
        proposed,
        request.POST if request.method == "POST" else None,
        initial=typed_before(request, draft_key),
    )
    if form.is_valid():
        with showing_errors(form):
            is_approved = _press(request, part, form)
            forget_draft(request.user, draft_key)
            return go(request, _after(part, is_approved=is_approved), _told(part, is_approved=is_approved))
        part.refresh_from_db(fields=["state"])
    context = {
        "part": part,
        "project": part.project,
        "fields": queries.fields_of(part.version),
        "rows": rows,
        "form": form,
        "draft_key": draft_key,
        "state": ProjectState(part.state),
        "word": state_word(ProjectState(part.state)),
        "tone": state_tone(ProjectState(part.state)),
        "facts": _facts(part.version),
        "verdicts": [
            Verdict("approve", _("Approve for this class"), kind="primary", icon="circle-check", key="a"),
            Verdict("return", _("Return it"), icon="arrow-back-up", key="r"),
        ],
    }
    return page(request, "crediting/projects/part.html", context)


def _press(request: AuthenticatedRequest, part: ProjectPart, form: ProjectAnswerForm) -> bool:
    """What the pressed button says: whether it is approved. A form without a button decides nothing."""
    reason: str = form.cleaned_data["reason"]
    match request.POST.get("verdict", ""):
        case "approve":
            approve_project(part, counted=form.counted(), reason=reason, actor=request.user)
            return True
        case "return":
            return_project(part, reason=reason, actor=request.user)
            return False
        case _unknown:
            raise DomainError(_("The page got something it cannot read. Go back and try again."))


def _after(part: ProjectPart, *, is_approved: bool) -> str:
    if is_approved:
        return reverse("crediting:project-part", args=[part.public_id])
    return reverse("crediting:project-queue")


def _told(part: ProjectPart, *, is_approved: bool) -> str:
    values = {"section": part.section.title, "student": part.project.student}
    if is_approved:
        return _("Approved for %(section)s. %(student)s and the family are told.") % values
    return _("Returned to %(student)s. The student and the family are told why.") % values


# --- A class judges ---------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def project_judge(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Judge it against the standards that count in this class; again is a second look at the same work."""
    part = access.get_project_part(request.user, public_id)
    if part.state != ProjectState.APPROVED:
        raise NotAllowed(_("Only a project that is approved for the class is judged in it."))
    student = part.project.student
    counted = part.standards.filter(is_counted=True).select_related("standard__framework")
    standards = [row.standard for row in counted]
    expected = expected_of(part.section)
    looks = _looks(part)
    draft_key = f"project-judge-{part.public_id}"
    form = ProjectJudgingForm(
        student,
        standards,
        expected.levels,
        request.POST if request.method == "POST" else None,
        initial=_known(part, standards, looks) | (typed_before(request, draft_key) or {}),
    )
    if form.is_valid():
        rows = [ClassRow(one.student, one.standard, one.level, one.comment, one.modification) for one in form.rows()]
        if not rows:
            form.add_error(None, _("Choose a level for at least one standard."))
        else:
            with showing_errors(form):
                shown_on = form.cleaned_data["given_on"]
                written = judge_project(part, shown_on=shown_on, rows=rows, actor=request.user)
                forget_draft(request.user, draft_key)
                told = ngettext("%(count)s level is saved.", "%(count)s levels are saved.", len(written))
                back = reverse("crediting:class-projects", args=[part.section.public_id])
                return go(request, back, told % {"count": len(written)})
    context = {
        "part": part,
        "project": part.project,
        "fields": queries.fields_of(part.version),
        "form": form,
        "levels": [(expected.drawn(level.code), description_of(level)) for level in expected.levels],
        "is_judged": bool(looks),
        "draft_key": draft_key,
    }
    return page(request, "crediting/projects/judge.html", context)


def _looks(part: ProjectPart) -> dict[int, ClassJudgement]:
    """The newest look at each standard, by primary key."""
    rows = ClassJudgement.objects.filter(task__project=part.project_id, task__section=part.section_id)
    return {row.standard_id: row for row in rows.select_related("level", "task").order_by("judged_at", "pk")}


def _known(part: ProjectPart, standards: list[Standard], looks: dict[int, ClassJudgement]) -> dict[str, Any]:
    """What was judged before, and otherwise today."""
    student = part.project.student
    known: dict[str, Any] = {
        ProjectJudgingForm.level_name(student, standard): looks[standard.pk].level.code
        for standard in standards
        if standard.pk in looks
    }
    if not looks:
        return known | {"given_on": clock.today(part.section.district)}
    newest = max(looks.values(), key=lambda row: row.pk)
    words = {f"comment-{student.public_id}": newest.comment, f"modification-{student.public_id}": newest.modification}
    return known | words | {"given_on": newest.task.given_on}

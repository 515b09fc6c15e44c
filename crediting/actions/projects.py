"""A project's way: written, sent to its classes, answered by each of them alone, judged by each, changed, withdrawn.

Each action locks the project, those that judge first the class: of two teachers who press at once one acts and the
other learns who did. Approving makes the task of the class in which it is judged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from crediting import access, notices
from crediting.actions.awards import lock_students
from crediting.actions.classes import ClassRow, judge_task, lock_class
from crediting.models import (
    ClassJudgement,
    ClassTask,
    Project,
    ProjectPart,
    ProjectStandard,
    ProjectVersion,
    Standard,
)
from crediting.queries.classes import roster, standards_of
from crediting.queries.projects import AIM, aims, current, deciders_of, missing_in, offered, term_holding, terms_of
from crediting.rules.plain import name_of
from crediting.rules.projects import FIELDS
from crediting.states import PROJECT, ProjectState
from crediting.verbs.classes import (
    ProjectAimDropped,
    ProjectAimSet,
    ProjectApproved,
    ProjectBegun,
    ProjectChanged,
    ProjectReturned,
    ProjectRevised,
    ProjectSent,
    ProjectWithdrawn,
)
from crediting.words import sentence
from mbl.core import audit, clock
from mbl.core.audit import Payload
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import District, User
from mbl.core.words import says_something, visible
from profiles.access import Capability, may, may_in_district, person_in
from profiles.models import Section, Student

WRITTEN = (*FIELDS, "partners", "starts_on", "ends_on")
# What a student chose: the standards of each class.
Chosen = Mapping[Section, Sequence[Standard]]


class AlreadyAnswered(DomainError):
    """Another teacher of the class was first; the sentence says who (409)."""

    status = 409


# --- The student's side -----------------------------------------------------------------------------------------------


@transaction.atomic
def begin_project(
    *, student: Student, words: Mapping[str, Any], chosen: Chosen, actor: User, key: UUID | None = None
) -> ProjectVersion:
    """Keep a draft. ``key`` is made with the form: sending the same form twice finds the first draft."""
    verdict = may(actor, Capability.REQUEST_CREDIT, student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    student = Student.objects.select_for_update(of=["self"], no_key=True).select_related("district").get(pk=student.pk)
    if key is not None and (found := Project.objects.filter(public_id=key, student=student).first()):
        return found.versions.get(number=1)
    if student.school_id is None:
        raise DomainError(
            _("You are not enrolled at a school yet, so nobody could answer this. Ask your school's office.")
        )
    # Somebody else's page, copied or guessed: this project gets an id of its own.
    if key is None or Project.objects.filter(public_id=key).exists():
        key = uuid4()
    project = Project.objects.create(
        public_id=key, district=student.district, student=student, school_id=student.school_id, created_by=actor
    )
    version = ProjectVersion.objects.create(project=project, written_by=actor, **_cleaned(words))
    _choose(version, chosen)
    _record(ProjectBegun(), project, actor)
    return version


@transaction.atomic
def write_project(version: ProjectVersion, *, words: Mapping[str, Any], chosen: Chosen, actor: User) -> ProjectVersion:
    """Change a draft: its words, and the standards of every class. What was sent stays as it was sent."""
    version = _own(version, actor)
    if version.sent_at is not None:
        raise DomainError(_("This was sent and stays as it was. Change it, and send it again."))
    wanted = _cleaned(words)
    changed = [name for name, value in wanted.items() if getattr(version, name) != value]
    for name in changed:
        setattr(version, name, wanted[name])
    if changed:
        version.save(update_fields=changed)
    if _choose(version, chosen) or changed:
        _record(ProjectChanged(version=version.number), version.project, actor)
    return version


@transaction.atomic
def send_project(version: ProjectVersion, *, actor: User) -> ProjectVersion:
    """Hand it to the teachers of its classes. ``DomainError`` says what is missing.

    A class that approved it already keeps what it approved; one that has not answered yet gets the newer words.
    """
    version = _own(version, actor)
    project = version.project
    if version.sent_at is not None:
        return version
    approved = project.parts.filter(state=ProjectState.APPROVED).values("section")
    _remove(version.parts.filter(section__in=approved).values_list("pk", flat=True))
    if missing := missing_in(version):
        raise DomainError(" ".join(sentence(reason) for reason in missing))
    assert version.starts_on is not None and version.ends_on is not None  # nothing is missing
    terms = terms_of(project.district, clock.today(project.district))
    version.session = term_holding(terms, version.starts_on, version.ends_on)
    version.sent_at = clock.now()
    version.save(update_fields=["session", "sent_at"])
    for older in project.parts.filter(state=ProjectState.SENT):
        _move(older, "replace")
    parts = list(version.parts.select_related("section").order_by("section__title", "pk"))
    deciders = deciders_of([part.section for part in parts], project.student)
    for part in parts:
        _move(part, "send")
        part.project, part.version = project, version
        notices.tell_of_project(part, deciders[part.section_id])
    classes = ", ".join(part.section.title for part in parts)
    _record(ProjectSent(version=version.number, classes=classes), project, actor)
    return version


@transaction.atomic
def revise_project(project: Project, *, actor: User) -> ProjectVersion:
    """Begin the next version as a copy of the newest, for the classes that have not approved it. What was approved
    stands meanwhile and after."""
    project = _lock(project)
    _refuse_others(project, actor)
    newest = project.versions.order_by("-number")[0]
    if newest.sent_at is None:
        return newest
    version = ProjectVersion.objects.create(
        project=project,
        number=newest.number + 1,
        written_by=actor,
        **{name: getattr(newest, name) for name in WRITTEN},
    )
    open_ones = [part for part in current(project.parts.order_by("pk"), newest) if part.state != ProjectState.APPROVED]
    attended = {one.section.pk: one.section for one in offered(project.student)}
    chosen = {
        attended[part.section_id]: [row.standard for row in part.standards.filter(is_proposed=True)]
        for part in open_ones
        if part.section_id in attended
    }
    _choose(version, chosen)
    _record(ProjectRevised(version=version.number), project, actor)
    return version


@transaction.atomic
def withdraw_project(project: Project, *, actor: User) -> Project:
    """The student gives it up. What a class has judged already stays in that class."""
    project = _lock(project)
    if isinstance(verdict := access.owns_project(actor, project), Denied):
        raise NotAllowed(verdict.reason)
    if project.withdrawn_at is not None:
        return project
    newest = project.versions.order_by("-number")[0]
    judged = set(ClassJudgement.objects.filter(task__project=project).values_list("task__section", flat=True))
    held = project.parts.select_related("section", "version")
    open_ones = [part for part in current(held, newest) if part.section_id not in judged]
    if judged and not open_ones:
        raise DomainError(_("Every class has judged it already, so it stays."))
    told = [part for part in open_ones if part.state in {ProjectState.SENT, ProjectState.APPROVED}]
    for part in open_ones:
        _move(part, "withdraw")
    ClassTask.objects.filter(project=project).exclude(section__in=judged).delete()
    project.withdrawn_at = clock.now()
    project.save(update_fields=["withdrawn_at"])
    classes = ", ".join(part.section.title for part in open_ones)
    _record(ProjectWithdrawn(classes=classes), project, actor)
    deciders = deciders_of([part.section for part in told], project.student)
    for part in told:
        part.project = project
        notices.tell_project_withdrawn(part, deciders[part.section_id])
    return project


# --- The teachers' side -----------------------------------------------------------------------------------------------


@transaction.atomic
def approve_project(part: ProjectPart, *, counted: Sequence[Standard], reason: str, actor: User) -> ProjectPart:
    """Approve it for one class, with the standards that count there. It is work of the class from now on."""
    part = _locked_part(part, actor)
    if (first := _first_answer(part, ProjectState.APPROVED, actor)) is not None:
        return first
    state = PROJECT.moved("approve", part.state)
    rows = {row.standard_id: row for row in part.standards.select_related("standard")}
    known = rows.keys() | {one.pk for one in standards_of(part.section, ())}
    wanted = {one.pk: one for one in counted}
    if not wanted:
        raise DomainError(_("Leave at least one standard, or return the project."), field="standards")
    if not wanted.keys() <= known:
        raise DomainError(_("Choose standards of this course."), field="standards")
    left_out = [row.standard for row in rows.values() if row.standard_id not in wanted]
    added = [standard for pk, standard in wanted.items() if pk not in rows]
    part.standards.filter(standard__in=left_out).update(is_counted=False)
    ProjectStandard.objects.bulk_create(
        ProjectStandard(part=part, standard=standard, is_proposed=False) for standard in added
    )
    _answer(part, state, reason, actor)
    assert part.version.ends_on is not None  # it was sent
    ClassTask.objects.create(
        section=part.section,
        project=part.project,
        title=part.version.title,
        given_on=part.version.ends_on,
        created_by=actor,
    )
    said = ProjectApproved(
        version=part.version.number,
        section=part.section.title,
        standards=_names(wanted.values()),
        left_out=_names(left_out),
        added=_names(added),
        reason=part.reason,
    )
    _record(said, part.project, actor)
    notices.tell_project_answered(part, is_approved=True)
    return part


@transaction.atomic
def return_project(part: ProjectPart, *, reason: str, actor: User) -> ProjectPart:
    """Ask the student to change it for one class, with words. Other classes go on."""
    part = _locked_part(part, actor)
    if (first := _first_answer(part, ProjectState.RETURNED, actor)) is not None:
        return first
    state = PROJECT.moved("send_back", part.state)
    if not says_something(reason):
        raise DomainError(_("Say what to change. The student and the family read it."), field="reason")
    _answer(part, state, reason, actor)
    said = ProjectReturned(version=part.version.number, section=part.section.title, reason=part.reason)
    _record(said, part.project, actor)
    notices.tell_project_answered(part, is_approved=False)
    return part


@transaction.atomic
def judge_project(
    part: ProjectPart, *, shown_on: dt.date, rows: Sequence[ClassRow], actor: User
) -> list[ClassJudgement]:
    """Judge it against the standards that count in one class, as any work of the class; answers what was written.

    The first judging gives the task the day on which the work was shown. Later ones are second looks at it.
    """
    section = lock_class(part.section, actor)
    part = _locked_part(part, actor)
    student, today = part.project.student, clock.today(section.district)
    if part.state != ProjectState.APPROVED:
        raise DomainError(_("Only a project that is approved for the class is judged in it."))
    if shown_on > today:
        raise DomainError(_("This day lies in the future. Judge work that was done."), field="shown_on")
    lock_students([student.pk])
    if not roster(section, today).filter(pk=student.pk).exists():
        raise DomainError(_("%(student)s is not in this class any more, so nothing was saved.") % {"student": student})
    counted = set(part.standards.filter(is_counted=True).values_list("standard", flat=True))
    if any(row.student.pk != student.pk or row.standard.pk not in counted for row in rows):
        raise DomainError(_("Only the standards that count for this project are judged in it."))
    task = ClassTask.objects.select_related("section__course", "section__district").get(
        section=section, project=part.project
    )
    if rows and not task.judgements.exists():
        task.given_on = shown_on
        task.save(update_fields=["given_on"])
    task.section = section
    return judge_task(task, rows, actor=actor)


# --- The district's aim -----------------------------------------------------------------------------------------------


@transaction.atomic
def set_project_aim(district: District, *, wanted: bool, actor: User) -> None:
    """Whether the district wants at least one project each term in every class, and so sees where there is none."""
    district = District.objects.select_for_update(no_key=True).get(pk=district.pk)
    if isinstance(verdict := may_in_district(actor, Capability.MANAGE_POLICY, district), Denied):
        raise NotAllowed(verdict.reason)
    if aims(district) == wanted:
        return
    district.settings[AIM] = wanted
    district.save(update_fields=["settings"])
    said = ProjectAimSet() if wanted else ProjectAimDropped()
    audit.record(said, actor=actor, district=district, target=district)


# --- Shared -----------------------------------------------------------------------------------------------------------


def _cleaned(words: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: visible(value) if isinstance(value, str) else value for name, value in words.items() if name in WRITTEN
    }


def _choose(version: ProjectVersion, chosen: Chosen) -> bool:
    """Bring a draft's classes and standards in line with ``chosen``; whether anything changed.

    Only standards that the student's own classes offer are taken.
    """
    known = {one.section.pk: {standard.pk for standard in one.standards} for one in offered(version.project.student)}
    wanted = {
        section.pk: keys
        for section, standards in chosen.items()
        if (keys := {standard.pk for standard in standards} & known.get(section.pk, set()))
    }
    parts = version.parts.prefetch_related("standards")
    before = {part.section_id: {row.standard_id for row in part.standards.all()} for part in parts}
    if before == wanted:
        return False
    _remove([part.pk for part in parts if wanted.get(part.section_id) != before[part.section_id]])
    for section, keys in wanted.items():
        if before.get(section) != keys:
            part = ProjectPart.objects.create(project=version.project, version=version, section_id=section)
            ProjectStandard.objects.bulk_create(
                ProjectStandard(part=part, standard_id=standard) for standard in sorted(keys)
            )
    return True


def _remove(parts: Iterable[int]) -> None:
    """Take out parts of a draft."""
    parts = list(parts)
    ProjectStandard.objects.filter(part__in=parts).delete()
    ProjectPart.objects.filter(pk__in=parts).delete()


def _move(part: ProjectPart, verb: str) -> None:
    part.state = PROJECT.moved(verb, part.state)
    part.save(update_fields=["state"])


def _answer(part: ProjectPart, state: ProjectState, reason: str, actor: User) -> None:
    part.state, part.reason = state, visible(reason)
    part.decided_by, part.decided_by_person = actor, person_in(actor, part.project.district)
    part.decided_at = clock.now()
    part.save(update_fields=["state", "reason", "decided_by", "decided_by_person", "decided_at"])


def _first_answer(part: ProjectPart, wanted: ProjectState, actor: User) -> ProjectPart | None:
    """None while it waits; this person's own same answer on a second press; ``AlreadyAnswered`` otherwise."""
    if part.state not in {ProjectState.APPROVED, ProjectState.RETURNED}:
        return None
    if part.decided_by_id == actor.pk and part.state == wanted:
        return part
    said = (
        _("%(teacher)s approved this already. Nothing was changed by you.")
        if part.state == ProjectState.APPROVED
        else _("%(teacher)s returned this already. Nothing was changed by you.")
    )
    raise AlreadyAnswered(said % {"teacher": part.decided_by_person})


def _names(standards: Iterable[Standard]) -> str:
    return ", ".join(one.code or name_of(one.code, one.statement) for one in standards)


def _lock(project: Project) -> Project:
    return (
        Project.objects.select_for_update(of=["self"])
        .select_related("district", "school", "student__person__user", "student__district")
        .get(pk=project.pk)
    )


def _locked_part(part: ProjectPart, actor: User) -> ProjectPart:
    """The part as it is now, with its project locked; ``NotAllowed`` for who does not decide in the class."""
    project = _lock(part.project)
    fresh = project.parts.select_related(
        "version", "decided_by_person", "section__course", "section__school", "section__district"
    ).get(pk=part.pk)
    fresh.project = project
    if isinstance(verdict := access.may_answer_project(actor, fresh), Denied):
        raise NotAllowed(verdict.reason)
    return fresh


def _own(version: ProjectVersion, actor: User) -> ProjectVersion:
    """The version as it is now, with its project locked, for its student."""
    project = _lock(version.project)
    _refuse_others(project, actor)
    fresh = project.versions.get(pk=version.pk)
    fresh.project = project
    return fresh


def _refuse_others(project: Project, actor: User) -> None:
    if isinstance(verdict := access.owns_project(actor, project), Denied):
        raise NotAllowed(verdict.reason)
    if project.withdrawn_at is not None:
        raise DomainError(_("You withdrew this project. Propose a new one."))


def _record(payload: Payload, project: Project, actor: User) -> None:
    audit.record(payload, actor=actor, district=project.district, target=project, student=project.student)

"""Projects of students' own design: who proposes, answers, reads and counts them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from crediting.access.classes import sections_taught, teaches
from crediting.access.roles import Anybody, is_impartial
from crediting.models import Project, ProjectPart
from crediting.states import ProjectState
from mbl.core import clock
from mbl.core.decisions import Allowed, Denied, Verdict
from mbl.core.errors import NotAllowed
from profiles.access import Capability, schools_where, standing, students_with
from profiles.models import Section
from profiles.states import Role

# Who counts the projects of every class of a school or district.
OVERSEEING = (Capability.DECIDE_CREDIT, Capability.MANAGE_POLICY)


def projects_visible_to(user: Anybody) -> QuerySet[Project]:
    """The student's own; once sent, also for the family, for whoever sees the record, and for those who teach the
    student a course that it is proposed in."""
    own = Q(student__person__in=list(standing(user).people))
    near = students_with(user, Capability.SEE_RECORD).order_by().values("pk")
    taught = Q(
        Exists(
            ProjectPart.objects.filter(
                project=OuterRef("pk"),
                version__sent_at__isnull=False,
                section__course__in=sections_taught(user).order_by().values("course"),
            )
        ),
        student__in=students_with(user, Capability.ASSESS).order_by().values("pk"),
    )
    sent = Q(pk__in=Project.objects.filter(versions__sent_at__isnull=False).values("pk"))
    return Project.objects.filter(own | sent & (Q(student__in=near) | taught)).select_related(
        "district", "school", "student__person__user", "student__district"
    )


def get_project(user: Anybody, public_id: UUID, *, own: bool = False) -> Project:
    """The project: 404 where not visible; with ``own``, ``NotAllowed`` for everybody but its student."""
    project = projects_visible_to(user).filter(public_id=public_id).first()
    if project is None:
        raise Http404
    if own and isinstance(verdict := owns_project(user, project), Denied):
        raise NotAllowed(verdict.reason)
    return project


def owns_project(user: Anybody, project: Project) -> Verdict:
    """Whether ``user`` is the student whose project this is."""
    if project.student.person_id in standing(user).people:
        return Allowed()
    return Denied(_("Only the student can change this project."))


def projects_to_answer(user: Anybody) -> QuerySet[ProjectPart]:
    """What was sent to the classes that ``user`` teaches and waits for an answer; nothing of their own family."""
    taught = sections_taught(user).order_by().values("pk")
    return (
        ProjectPart.objects.filter(state=ProjectState.SENT, section__in=taught)
        .exclude(project__student__in=standing(user).family)
        .select_related("project__student__person", "project__district", "version", "section__course")
    )


def get_project_part(user: Anybody, public_id: UUID) -> ProjectPart:
    """A project in one class, for a teacher of it. 404 where the project is not visible or was not sent to the class;
    ``NotAllowed`` for those who read it only."""
    part = (
        ProjectPart.objects.filter(
            public_id=public_id,
            version__sent_at__isnull=False,
            project__in=projects_visible_to(user).order_by().values("pk"),
        )
        .select_related(
            "project__student__person__user",
            "project__student__district",
            "project__district",
            "version",
            "section__course__terms",
            "section__course__district",
            "section__school",
            "section__district",
        )
        .first()
    )
    if part is None:
        raise Http404
    if isinstance(verdict := may_answer_project(user, part), Denied):
        raise NotAllowed(verdict.reason)
    return part


def may_answer_project(user: Anybody, part: ProjectPart) -> Verdict:
    """Whether ``user`` approves, returns and judges it in this class: its teachers, except of their own family."""
    if not teaches(user, part.section):
        return Denied(_("Only a teacher of %(section)s decides about it there.") % {"section": part.section.title})
    return is_impartial(user, part.project.student)


def sections_to_count(user: Anybody) -> QuerySet[Section]:
    """Classes of this school year whose projects ``user`` may count: those they teach, and all of the schools and
    districts where they decide credit or manage the policy. ``NotAllowed`` for everybody else."""
    now = standing(user)
    if not (now.has(Role.TEACHER) or any(now.may_anywhere(one) for one in OVERSEEING)):
        raise NotAllowed(_("This page is for teachers, and for those who answer for a school or the district."))
    reach = Q(pk__in=sections_taught(user).order_by().values("pk"))
    for capability in OVERSEEING:
        reach |= Q(school__in=schools_where(user, capability).order_by().values("pk"))
    return Section.objects.filter(reach, is_active=True, session__school_year=clock.school_year(now.on)).select_related(
        "course", "school", "session"
    )

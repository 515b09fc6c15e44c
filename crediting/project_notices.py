"""What people are told about projects, in their own language. ``crediting.notices`` loads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crediting.models import Project, ProjectPart
from mbl.core import notify
from mbl.core.notify import Notice, notice
from profiles.access import family_of
from profiles.models import Person

SENT = notice(
    "crediting.project_sent",
    _("%(student)s proposes the project “%(title)s” for %(section)s. Approve it for your class, or return it."),
    subject=_("A project waits for your answer"),
)
APPROVED = notice(
    "crediting.project_approved",
    _("%(teacher)s approved your project “%(title)s” for %(section)s. Open it to see which standards count there."),
    subject=_("A teacher answered about a project"),
)
APPROVED_CHILD = notice(
    "crediting.project_approved_child",
    _("%(teacher)s approved the project “%(title)s” of %(student)s for %(section)s."),
    subject=_("A teacher answered about a project"),
)
RETURNED = notice(
    "crediting.project_returned",
    _("%(teacher)s returned your project “%(title)s” for %(section)s: %(reason)s Change it and send it again."),
    subject=_("A teacher answered about a project"),
)
RETURNED_CHILD = notice(
    "crediting.project_returned_child",
    _("%(teacher)s returned the project “%(title)s” of %(student)s for %(section)s: %(reason)s"),
    subject=_("A teacher answered about a project"),
)
WITHDRAWN = notice(
    "crediting.project_withdrawn",
    _("%(student)s withdrew the project “%(title)s” from %(section)s. You have nothing more to do."),
    subject=_("A project was withdrawn"),
)


def tell_teachers(part: ProjectPart, teachers: Iterable[Person]) -> None:
    """The teachers of the class have a project to answer; once for each sending."""
    url = reverse("crediting:project-part", args=[part.public_id])
    _tell(teachers, SENT, part, {"student": part.project.student}, url, "sent")


def tell_withdrawn(part: ProjectPart, teachers: Iterable[Person]) -> None:
    """Those who have it on their list learn that it is gone."""
    url = reverse("crediting:project", args=[part.project.public_id])
    _tell(teachers, WITHDRAWN, part, {"student": part.project.student}, url, "withdrawn")


def tell_answered(part: ProjectPart, *, is_approved: bool) -> None:
    """The student and the family learn what one teacher said."""
    project: Project = part.project
    own, child = (APPROVED, APPROVED_CHILD) if is_approved else (RETURNED, RETURNED_CHILD)
    url = reverse("crediting:project", args=[project.public_id])
    said = {"teacher": part.decided_by_person, "reason": part.reason}
    _tell([project.student.person], own, part, said, url, "answered")
    _tell(family_of(project.student), child, part, said | {"student": project.student}, url, "answered")


def _tell(
    people: Iterable[Person], kind: Notice, part: ProjectPart, params: Mapping[str, Any], url: str, what: str
) -> None:
    about = {"title": part.version.title, "section": part.section.title}
    notify.tell_all(
        [person.user for person in people if person.user is not None],
        kind.code,
        about | dict(params),
        district=part.project.district,
        url=url,
        subject=part.project,
        dedupe_key=f"crediting.project.{what}:{part.public_id}",
    )

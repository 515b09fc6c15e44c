"""The audit verbs of projects. ``crediting.verbs`` loads them."""

from django.utils.translation import gettext_lazy as _

from mbl.core.audit import Payload, verb


@verb("crediting.project.begun", _("{actor} began the project {target}"))
class ProjectBegun(Payload):
    pass


@verb("crediting.project.changed", _("{actor} changed the project {target}, version {version}"))
class ProjectChanged(Payload):
    version: int


@verb("crediting.project.revised", _("{actor} began version {version} of the project {target}"))
class ProjectRevised(Payload):
    version: int


@verb("crediting.project.sent", _("{actor} sent the project {target}, version {version}, to {classes}"))
class ProjectSent(Payload):
    version: int
    classes: str


@verb("crediting.project.approved", _("{actor} approved the project {target} for {section}; it counts for {standards}"))
class ProjectApproved(Payload):
    version: int
    section: str
    standards: str
    # Standards that the teacher took out and put in.
    left_out: str
    added: str
    reason: str


@verb("crediting.project.returned", _("{actor} returned the project {target} for {section}: {reason}"))
class ProjectReturned(Payload):
    version: int
    section: str
    reason: str


@verb("crediting.project.withdrawn", _("{actor} withdrew the project {target}"))
class ProjectWithdrawn(Payload):
    classes: str


@verb("crediting.project.aim_set", _("{actor} set the aim of a project in every class each term"))
class ProjectAimSet(Payload):
    pass


@verb("crediting.project.aim_dropped", _("{actor} dropped the aim of a project in every class each term"))
class ProjectAimDropped(Payload):
    pass

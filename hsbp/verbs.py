"""Audit verbs of the High School and Beyond Plan."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from mbl.core.audit import Payload, verb


@verb("hsbp.plan.changed", _("{actor} changed the plan of {target}: {section}"))
class PlanChanged(Payload):
    """The first change of a section by a person on a day; what is typed after it is the same event."""

    section: str
    edition: int


@verb("hsbp.plan.sent", _("{actor} sent version {number} of the plan of {target}"))
class PlanSent(Payload):
    number: int
    sha256: str
    language: str
    changed: int


@verb("hsbp.plan.approved", _("{actor} approved version {number} of the plan of {target}"))
class PlanApproved(Payload):
    number: int
    comment: str


@verb("hsbp.plan.returned", _("{actor} returned version {number} of the plan of {target}: {comment}"))
class PlanReturned(Payload):
    number: int
    comment: str


@verb("hsbp.review.undone", _("{actor} took back the answer to version {number} of the plan of {target} ({verdict})"))
class ReviewUndone(Payload):
    number: int
    verdict: str


@verb("hsbp.plan.commented", _("{actor} wrote in the conversation about the plan of {target}"))
class PlanCommented(Payload):
    kind: str
    asks_family: bool


@verb(
    "hsbp.plan.signed", _("{actor} recorded the signature of {signer} under version {number} of the plan of {target}")
)
class PlanSigned(Payload):
    number: int
    signer: str
    language: str
    on_paper: bool
    signed_on: dt.date


@verb("hsbp.plan.copied", _("{actor} made a copy of version {number} of the plan of {target} ({language})"))
class CopyMade(Payload):
    number: int
    language: str


@verb("hsbp.item.recorded", _("{actor} recorded {item} for the plan of {target}, done on {done_on}"))
class ItemRecorded(Payload):
    item: str
    done_on: dt.date
    language: str
    note: str


@verb("hsbp.item.withdrawn", _("{actor} took back the record of {item} of {done_on} for the plan of {target}"))
class ItemWithdrawn(Payload):
    item: str
    done_on: dt.date
    note: str


@verb("hsbp.update.recorded", _("{actor} recorded the yearly update of the plan of {target} (grade {grade})"))
class UpdateRecorded(Payload):
    school_year: int
    grade: str
    updated_on: dt.date
    results_reviewed: str


@verb("hsbp.requirement.decided", _("{actor} decided on the plan requirement of {target}: {verdict}. {reason}"))
class RequirementDecided(Payload):
    verdict: str
    reason: str


@verb(
    "hsbp.pathway.decided", _("{actor} decided on the graduation pathway of {target}, {pathway}: {verdict}. {reason}")
)
class PathwayDecided(Payload):
    pathway: str
    verdict: str
    rests_on: tuple[str, ...]
    reason: str


# --- Experiences ------------------------------------------------------------------------------------------------------


@verb("hsbp.experience.logged", _("{actor} began an entry in the log of experiences: {target}"))
class ExperienceLogged(Payload):
    pass


@verb("hsbp.experience.changed", _("{actor} changed an experience that waits to be confirmed: {target}"))
class ExperienceChanged(Payload):
    pass


@verb("hsbp.experience.sent", _("{actor} asked for an experience to be confirmed: {target}"))
class ExperienceSent(Payload):
    pass


@verb("hsbp.experience.confirmed", _("{actor} confirmed an experience of {hours} hours: {target}"))
class ExperienceConfirmed(Payload):
    hours: str


@verb("hsbp.experience.returned", _("{actor} returned an experience ({target}): {note}"))
class ExperienceReturned(Payload):
    note: str


@verb("hsbp.experience.recorded", _("{actor} recorded an experience of {hours} hours: {target}"))
class ExperienceRecorded(Payload):
    """``together`` is how many students the same recording was for."""

    hours: str
    together: int


@verb("hsbp.experience.reflected", _("{actor} wrote a reflection on an experience: {target}"))
class ExperienceReflected(Payload):
    pass


@verb("hsbp.experience.taken_back", _("{actor} took an experience back before it was confirmed: {target}"))
class ExperienceTakenBack(Payload):
    pass


@verb("hsbp.experience.withdrawn", _("{actor} withdrew a confirmed experience ({target}): {note}"))
class ExperienceWithdrawn(Payload):
    note: str


@verb("hsbp.experience_kind.saved", _("{actor} saved a kind of experience: {target}"))
class ExperienceKindSaved(Payload):
    code: str
    name: str
    is_active: bool


@verb("hsbp.experience_target.set", _("{actor} set an aim for experiences from {year} on: {aim}"))
class ExperienceTargetSet(Payload):
    year: str
    aim: str


@verb("hsbp.experience_target.ended", _("{actor} ended an aim for experiences: {aim}"))
class ExperienceTargetEnded(Payload):
    aim: str

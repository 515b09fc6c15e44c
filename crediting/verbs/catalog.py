"""Standards, graduation standards, courses and sequences."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from mbl.core.audit import Payload, verb


@verb("crediting.framework.imported", _("{actor} imported the standards {target}: {created} new, {updated} changed"))
class FrameworkImported(Payload):
    created: int
    updated: int
    withdrawn: int
    sha256: str


@verb("crediting.framework.adopted", _("{actor} recorded that {adopted_by} adopted {target} from {starts_on}"))
class FrameworkAdopted(Payload):
    body: str
    adopted_by: str
    adopted_on: dt.date
    starts_on: dt.date
    ends_on: dt.date | None
    subjects: str


@verb("crediting.framework.adoption_ended", _("{actor} ended the adoption of {target} on {ends_on}"))
class AdoptionEnded(Payload):
    ends_on: dt.date


@verb("crediting.framework.written", _("{actor} began the local standards {target} of {adopted_by}"))
class FrameworkWritten(Payload):
    adopted_by: str


@verb("crediting.framework.withheld", _("{actor} stopped publishing {target}"))
class FrameworkWithheld(Payload):
    licence: str


@verb("crediting.framework.shown", _("{actor} published {target} again"))
class FrameworkShown(Payload):
    licence: str


@verb("crediting.graduation.set", _("{actor} made {target} the graduation standards from {starts_on} on"))
class GraduationSet(Payload):
    starts_on: dt.date
    habits: str


@verb("crediting.graduation.ended", _("{actor} ended {target} as graduation standards: none from {starts_on} on"))
class GraduationEnded(Payload):
    starts_on: dt.date


@verb("crediting.graduation.linked", _("{actor} let lead to the graduation standard {code}: {targets}"))
class GraduationLinked(Payload):
    code: str
    targets: str


@verb("crediting.graduation.unlinked", _("{actor} took off what led to the graduation standard {code}: {targets}"))
class GraduationUnlinked(Payload):
    code: str
    targets: str


@verb("crediting.framework.moved", _("{actor} moved {count} standards of courses from {target} to their successors"))
class AlignmentsMoved(Payload):
    count: int


@verb("crediting.source.remembered", _("{actor} has standards fetched from {address} each day"))
class SourceRemembered(Payload):
    address: str


@verb("crediting.source.stopped", _("{actor} stopped fetching standards from {address}"))
class SourceStopped(Payload):
    address: str


@verb("crediting.standard.written", _("{actor} wrote the standard {code} {target}"))
class StandardWritten(Payload):
    code: str


@verb("crediting.standard.changed", _("{actor} changed the standard {code}, which said: {before}"))
class StandardChanged(Payload):
    code: str
    before: str


@verb("crediting.standard.withdrawn", _("{actor} withdrew the standard {code} {target}"))
class StandardWithdrawn(Payload):
    code: str


@verb("crediting.pair.listed", _("{actor} listed {higher} as a next higher course of {target}: {rationale}"))
class PairListed(Payload):
    higher: str
    part: int
    higher_part: int
    least_mark: str
    rationale: str


@verb("crediting.pair.ended", _("{actor} took {higher} off the next higher courses of {target}"))
class PairEnded(Payload):
    higher: str
    rationale: str


@verb("crediting.sequence.written", _("{actor} wrote the course sequence {target}: {courses}"))
class SequenceWritten(Payload):
    courses: str


@verb("crediting.sequence.removed", _("{actor} removed the course sequence {target}"))
class SequenceRemoved(Payload):
    pass


@verb("crediting.catalog.imported", _("{actor} imported the course catalog: {created} new, {updated} changed"))
class CatalogImported(Payload):
    created: int
    updated: int
    sha256: str


@verb("crediting.course.added", _("{actor} added the course {code} {target}, {credits} credits"))
class CourseAdded(Payload):
    code: str
    credits: str
    subject: str


@verb("crediting.course.changed", _("{actor} changed the course {target}: {fields}"))
class CourseChanged(Payload):
    fields: str
    before: str
    after: str


@verb("crediting.course.standards_set", _("{actor} set the standards of {target}: {count}, {required} required"))
class CourseStandardsSet(Payload):
    count: int
    required: int

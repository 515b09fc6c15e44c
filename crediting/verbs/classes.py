"""Work in classes: judged, read twice, common to several schools, projects, habits."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from mbl.core.audit import Payload, verb


@verb("crediting.reading.asked", _("{actor} set off a reading of {target} ({kind}) by {reader}. {reason}"))
class ReadingAsked(Payload):
    kind: str
    reader: str
    drawn: int
    share: str
    reason: str


@verb("crediting.reading.given", _("{actor} read {target} as well ({kind}, standards: {standards})"))
class ReadingGiven(Payload):
    kind: str
    standards: int


@verb("crediting.reading.work_placed", _("{actor} said where {target} can be read: {place}"))
class WorkPlaced(Payload):
    place: str


@verb("crediting.reading.handed_back", _("{actor} handed the reading of {target} back ({kind}): {reason}"))
class ReadingHandedBack(Payload):
    kind: str
    reason: str


@verb("crediting.reading.excused", _("{actor} let {target} go on without this reading ({kind}): {reason}"))
class ReadingExcused(Payload):
    kind: str
    reason: str


@verb(
    "crediting.reading.settled", _("{actor} settled the readings of {target} ({how}, standards: {standards}). {reason}")
)
class ReadingSettled(Payload):
    how: str
    standards: int
    reason: str


@verb("crediting.common_task.written", _("{actor} wrote the draft of the common task {target}: {fields}"))
class CommonTaskWritten(Payload):
    fields: str


@verb("crediting.common_task.published", _("{actor} published the common task {target}, to be given {first} to {last}"))
class CommonTaskPublished(Payload):
    version: int
    first: dt.date
    last: dt.date


@verb("crediting.common_task.withdrawn", _("{actor} withdrew the common task {target}: {reason}"))
class CommonTaskWithdrawn(Payload):
    reason: str


@verb("crediting.common_task.closed", _("{actor} closed the common task {target}. {reason}"))
class CommonTaskClosed(Payload):
    reason: str


@verb("crediting.common_task.discarded", _("{actor} threw away the draft of the common task {target}"))
class CommonTaskDiscarded(Payload):
    version: int


@verb("crediting.common_task.given", _("{actor} gave the common task {task} to {target}"))
class CommonTaskGiven(Payload):
    task: str


@verb("crediting.anchor.made", _("{actor} keeps {target} as an example of {standard}: {level} (version {version})"))
class AnchorMade(Payload):
    standard: str
    level: str
    version: int


@verb("crediting.anchor.retired", _("{actor} retired the example {target}: {reason}"))
class AnchorRetired(Payload):
    reason: str


@verb("crediting.calibration.set", _("{actor} set up the calibration session {target}: {anchors} examples until {due}"))
class CalibrationSet(Payload):
    anchors: int
    due: dt.date


@verb("crediting.calibration.judged", _("{actor} judged {count} examples of {target}"))
class CalibrationJudged(Payload):
    count: int


@verb("crediting.calibration.opened", _("{actor} opened the calibration session {target}"))
class CalibrationOpened(Payload):
    readers: int


@verb("crediting.class.judged", _("{actor} judged {standard} in {task}, {target}: {level} (attempt {attempt})"))
class ClassWorkJudged(Payload):
    task: str
    standard: str
    level: str
    attempt: int


@verb("crediting.class.habits_entered", _("{actor} entered the habits of work of {target}, week of {week}: {count}"))
class HabitsEntered(Payload):
    week: dt.date
    count: int


@verb("crediting.habits.written", _("{actor} set the habits of work: {habits}. Words for them: {answers}"))
class HabitsWritten(Payload):
    habits: str
    answers: str


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

"""Letter grades from levels: how they are worked out, when they are shown, and that they were kept."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from mbl.core.audit import Payload, verb


@verb("crediting.conversion.set", _("{actor} set how levels become letter grades in {subject} from {first}: {rule}"))
class ConversionSet(Payload):
    subject: str
    rule: str
    first: dt.date


@verb("crediting.conversion.removed", _("{actor} took back how levels would become letter grades in {subject}: {rule}"))
class ConversionRemoved(Payload):
    subject: str
    rule: str


@verb(
    "crediting.grade_window.set",
    _("{actor} set {name} at {place}: letter grades are shown from {first} to {last}"),
)
class GradeWindowSet(Payload):
    place: str
    name: str
    first: dt.date
    last: dt.date


@verb("crediting.grade_window.moved", _("{actor} moved the last day of {name} at {place} from {before} to {last}"))
class GradeWindowMoved(Payload):
    place: str
    name: str
    before: dt.date
    last: dt.date


@verb("crediting.grade_window.removed", _("{actor} took back {name} at {place}, which had not begun"))
class GradeWindowRemoved(Payload):
    place: str
    name: str


@verb("crediting.grade_window.kept", _("{name} at {place} ended on {last}, and its letter grades were kept: {count}"))
class GradesKept(Payload):
    place: str
    name: str
    last: dt.date
    count: int

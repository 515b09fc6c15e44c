"""What the inputs of a policy offer: words of the product, and what the document itself names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from crediting.forms.shapes import Choices, Text
from crediting.rules.facts import AttemptOutcome, Purpose
from crediting.rules.policy.marks import LETTER_MARKS, OTHER_MARKS
from crediting.rules.policy.schema import APPROVERS
from crediting.rules.procedures import REVIEWERS
from crediting.rules.transfer_terms import DECIDERS, POLICY_UNITS
from crediting.states import EvidenceKind, LocalAssessment, Method, Sending, SubjectArea
from mbl.core.words import state_word

Written = dict[str, Any]


def _plain(values: Iterable[str]) -> Choices:
    listed = [(str(value), str(value)) for value in values]
    return lambda whole: listed


def _words(*values: Any) -> Choices:
    return lambda whole: [(str(value), state_word(value)) for value in values]


def _pairs(*pairs: tuple[str, Text]) -> Choices:
    return lambda whole: pairs


OUTCOMES = _words(*AttemptOutcome)
PURPOSES = _words(*Purpose)
SUBJECTS = _words(*SubjectArea)
LOCAL_KINDS = _words(*LocalAssessment)
WORK_KINDS = _words(*LocalAssessment, *EvidenceKind)
APPROVER_ROLES = _words(*APPROVERS)
REVIEWER_ROLES = _words(*REVIEWERS)
GRADES = _plain([*LETTER_MARKS, *OTHER_MARKS])
MARKS = _plain([*OTHER_MARKS, *LETTER_MARKS])
GIVES = _pairs(
    ("credit", _("Credit")),
    ("requirement_met", _("A requirement marked met, without credit")),
    ("excused", _("Release from a requirement, without credit")),
    ("waived", _("A waiver of a requirement")),
)
REUSE = _pairs(
    ("pool", _("Within this rule, or rules under one limit")),
    ("never", _("In one course only")),
    ("anywhere", _("In any course")),
)
ROUNDING = _pairs(("down", _("Down")), ("half_up", _("To the nearest")), ("up", _("Up")))
EXCLUDED = _pairs(("summer", _("Summer school")), ("other_district", _("Another district")))
SAME = _pairs(
    ("course", _("The same course")),
    ("subject", _("The same subject")),
    ("language", _("The same language")),
    ("rule", _("The same rule")),
    ("method", _("The same way")),
)
AS_OF = _pairs(("request", _("When it is asked for")), ("demonstration", _("When it is shown")))
_TRIES_PER: list[tuple[str, Text]] = [
    ("course", _("For each course")),
    ("day", _("Each day")),
    ("school_year", _("Each school year")),
    ("student", _("For each student, in all")),
]
COMES = _pairs(("after", _("The first after the work is shown")), ("before", _("The last before the work is shown")))
WHICH = _pairs(("best", _("Any that reaches it")), ("first", _("Only the first")), ("newest", _("Only the newest")))
FACT_KINDS = _pairs(("number", _("A number")), ("yes_no", _("Yes or no")), ("text", _("A word")), ("date", _("A day")))
SHARE_OF = _pairs(("total", _("All credits for graduation")), ("subject", _("The subject’s credits for graduation")))
COUNTING = _pairs(
    ("credits", _("Credits")), ("awards", _("Awards")), ("released", _("Credits of requirements released"))
)
THEN = _pairs(
    ("cut", _("Give only what is left")), ("refuse", _("Refuse")), ("note", _("Give it, and note what follows"))
)
TRANSCRIPT = _pairs(("always", _("Always")), ("on_request", _("Only when the student asks")))
EVENTS = _pairs(
    ("demonstrated", _("The work was last shown")),
    ("submitted", _("The request was sent")),
    ("started", _("The work began")),
    ("decided", _("It was decided")),
)
IF_BROKEN = _pairs(
    ("revoke", _("The credit is taken back")),
    ("review", _("Somebody looks at it again")),
    ("stands", _("The credit stays")),
)
OLD_LINE = _pairs(("stays", _("Its mark still counts")), ("out_of_gpa", _("Its mark leaves the grade point average")))
DAY_COUNTING = _pairs(("days", _("Days")), ("school_days", _("School days")))
AGREEMENT = _pairs(("exact", _("The levels are the same")), ("adjacent", _("The levels are at most one apart")))
ON_DISAGREEMENT = _pairs(
    ("talk", _("The two readers talk and settle it")), ("third_reading", _("A third teacher reads it, blind as well"))
)
READERS = _pairs(("school", _("Teachers of the same school")), ("district", _("Teachers of the whole district")))
DECISION_WAITS = _pairs(
    ("waits", _("Waits until it is settled")), ("goes_on", _("Goes on; the reading is for quality alone"))
)
WEEKDAYS = _pairs(
    ("monday", _("Monday")),
    ("tuesday", _("Tuesday")),
    ("wednesday", _("Wednesday")),
    ("thursday", _("Thursday")),
    ("friday", _("Friday")),
    ("saturday", _("Saturday")),
    ("sunday", _("Sunday")),
)
TRANSFER_ROLES = _words(*DECIDERS)
SENDING_RECOGNIZED = _words(Sending.WASHINGTON_PUBLIC, Sending.ACCREDITED)
TRANSFER_UNITS = _words(*POLICY_UNITS)
TRANSFER_CONFIRM = _pairs(("lowered", _("Only where less is recognized")), ("every", _("Every decision")))
TRANSFER_OTHERS = _pairs(
    ("judged", _("Judged line by line")), ("elective", _("Recognized as an elective")), ("refused", _("Not recognized"))
)
BODIES = _pairs(("state", _("The state’s")), ("local", _("The district’s")), ("none", _("None")))


def methods(whole: Written) -> Iterator[tuple[str, Text]]:
    """The methods of the state rule, then the district's own."""
    yield from ((str(method), state_word(method)) for method in Method)
    other = whole.get("other_methods") or {}
    yield from ((one["code"], one["title"]) for one in other.get("methods", []))


def courses(whole: Written) -> list[tuple[str, Text]]:
    return [(one["code"], f"{one['title']} ({one['code']})") for one in whole.get("courses", [])]


def rules(whole: Written) -> list[tuple[str, Text]]:
    return [(one["code"], one["code"]) for one in whole.get("rules", [])]


def levels(whole: Written) -> list[tuple[str, Text]]:
    return [(one, one) for one in whole.get("scale", {}).get("levels", [])]


def facts(whole: Written) -> list[tuple[str, Text]]:
    return [(one["name"], one["title"]) for one in whole.get("facts", [])]


def deadlines(whole: Written) -> list[tuple[str, Text]]:
    return [(one["code"], one.get("title", one["code"])) for one in whole.get("deadlines", [])]


def sources(whole: Written) -> list[tuple[str, Text]]:
    return [(one, one) for one in whole.get("sources", [])]


def tries_per(whole: Written) -> list[tuple[str, Text]]:
    return [*_TRIES_PER, *windows(whole)]


def windows(whole: Written) -> list[tuple[str, Text]]:
    return [(kind, kind) for kind in dict.fromkeys(one["kind"] for one in whole.get("calendar", []))]

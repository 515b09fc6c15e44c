"""A made-up case, as the page asks for it. A test holds it against the schema of case files, key by key."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from crediting.forms import choices as of
from crediting.forms.policy_kinds import people
from crediting.forms.shapes import (
    Area,
    Ask,
    Choice,
    Day,
    Fact,
    Line,
    Lines,
    Many,
    Number,
    Part,
    Rows,
    Yes,
    YesNo,
)

_REQUEST: Final[tuple[Ask, ...]] = (
    Choice("course", _("Course"), choices=of.courses),
    Choice("method", _("Way to show mastery"), choices=of.methods, blank=_("Try every way that is open")),
    Choice("kind", _("Kind of local assessment"), choices=of.LOCAL_KINDS),
    Choice("purpose", _("Purpose"), choices=of.PURPOSES),
    Day("on", _("Last shown on"), _("Empty: the latest day of the case.")),
    Rows(
        "standards",
        _("Standards and how they were judged"),
        _("With none named, standards of the state are taken as named and nothing as judged."),
        asks=(
            Line("code", _("Standard")),
            Choice("body", _("Whose"), choices=of.BODIES),
            Lines("levels", _("Levels judged, oldest first"), _("One on each line.")),
        ),
        one=_("Standard"),
    ),
    Rows(
        "evidence",
        _("Work shown"),
        asks=(Line("code", _("Short name")), Choice("kind", _("Kind"), choices=of.WORK_KINDS)),
        one=_("Piece of work"),
        unfold=lambda said: {"code": said} if isinstance(said, str) else said,
    ),
    Yes("reflection", _("The student wrote a reflection")),
    Yes("self_evaluation", _("The student judged their own work")),
    Part(
        "",
        _("More about the request"),
        asks=(
            Day("submitted", _("Sent on")),
            Line("submitted_at", _("Sent at"), _("Such as 16:00.")),
            Day("mark_chosen", _("The mark was chosen on")),
            Day("chosen", _("Course, amount or mark were chosen on")),
            Yes("fee_paid", _("The fee is paid")),
            Yes("review", _("Not a new request: whether the award still holds")),
            Day("starts", _("The work began on")),
            Day("decided", _("Decided on")),
            Number("credits", _("Credits asked for")),
            Number("course_credits", _("What the course is worth, if not as the policy says")),
            Choice("subject", _("Subject, if not as the policy says"), choices=of.SUBJECTS),
            Line("mark", _("Mark the student chose")),
            Line("language", _("Language")),
            YesNo("state_standards", _("Has the state standards for the subject?")),
            Lines("assessed_by", _("Assessed by"), _("One name on each line.")),
            Part(
                "decided_by",
                _("Decided by"),
                asks=(Line("person", _("Name")), Many("roles", _("Roles"), choices=of.APPROVER_ROLES)),
            ),
            Part(
                "override",
                _("Let pass"),
                asks=(
                    Choice("role", _("By"), choices=of.APPROVER_ROLES),
                    Lines("lifts", _("Which criteria"), _("Codes, one on each line.")),
                    Line("reason", _("Reason")),
                ),
            ),
        ),
    ),
)

CASE: Final[tuple[Ask, ...]] = (
    Part("request", _("What is asked for"), asks=_REQUEST, is_open=True),
    Part(
        "student",
        _("The student"),
        asks=(
            Number("grade", _("Grade")),
            Number("grade_at_request", _("Grade when it was asked for")),
            Number("age", _("Age")),
            Number("class", _("Graduating class")),
            Line("school", _("School code")),
            people("groups", _("Situations"), _("One on each line, such as institution or homeless.")),
            Lines("enrolled", _("Takes part now in"), _("One on each line.")),
        ),
    ),
    Rows(
        "record",
        _("Courses on the record"),
        asks=(
            Line("course", _("Course code")),
            Choice("outcome", _("How it ended"), choices=of.OUTCOMES),
            Line("mark", _("Mark")),
            Number("credits", _("Credits attempted")),
            Number("earned", _("Credits earned")),
            Day("ended", _("Ended on")),
            Choice("subject", _("Subject"), choices=of.SUBJECTS),
            Number("term", _("Term")),
            Yes("summer", _("Summer school")),
            Yes("elsewhere", _("In another district")),
        ),
        one=_("Course"),
    ),
    Rows(
        "results",
        _("Test results"),
        asks=(
            Line("instrument", _("Code of the test")),
            Day("taken", _("Taken on")),
            Number("level", _("Level")),
            Number("score", _("Score")),
            YesNo("met", _("Met?")),
            Line("language", _("Language")),
            Rows("skills", _("Skills"), asks=(Line("", _("Level")),), by=_("Skill"), one=_("Skill")),
        ),
        one=_("Result"),
    ),
    Rows("facts", _("Facts confirmed by staff"), asks=(Fact("", _("Value")),), by=_("Fact"), one=_("Fact")),
    Rows(
        "attestations",
        _("Words of others"),
        asks=(
            Line("role", _("Role"), _("Such as teacher or elder.")),
            Day("on", _("On")),
            Line("by", _("Name")),
            Line("code", _("Short name")),
        ),
        one=_("Word"),
    ),
    Rows(
        "approvals",
        _("Approvals"),
        asks=(
            Line("of", _("Of what"), _("Such as proposal.")),
            Day("on", _("On")),
            Line("role", _("By which role")),
            Day("starts", _("The work began on")),
            Yes("refused", _("It was refused")),
        ),
        one=_("Approval"),
    ),
    Lines("papers", _("Papers at the school"), _("Short names, one on each line.")),
    Rows(
        "awards",
        _("Mastery credit the student has already"),
        asks=(
            Line("course", _("Course code")),
            Line("rule", _("Rule")),
            Line("method", _("Way")),
            Number("credits", _("Credits")),
            Choice("subject", _("Subject"), choices=of.SUBJECTS),
            Choice("purpose", _("Purpose"), choices=of.PURPOSES),
            Line("language", _("Language")),
            Day("on", _("On")),
            Lines("evidence", _("Work it used"), _("Short names, one on each line.")),
            Line("mark", _("Mark")),
            Number("released", _("Credits of a requirement released")),
            Rows("spent", _("What it used up"), asks=(Number("", _("How much")),), by=_("Fact"), one=_("Fact")),
        ),
        one=_("Award"),
    ),
    Rows(
        "tries",
        _("Earlier tries"),
        asks=(Line("course", _("Course code")), Line("method", _("Way")), Day("on", _("On"))),
        one=_("Try"),
    ),
    Rows(
        "next_courses",
        _("Next courses that the catalog lists"),
        asks=(
            Line("course", _("Course code")),
            Line("next", _("Next course")),
            Choice("grade", _("Grade at least"), choices=of.GRADES),
            Area("because", _("Why"), rows=2),
        ),
        one=_("Pair"),
    ),
)

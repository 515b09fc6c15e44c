"""Every kind of condition, as the editor asks for it. A test holds it against the schema, key by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from crediting.forms import choices as of
from crediting.forms.shapes import (
    Ask,
    Choice,
    Conditions,
    Day,
    Fact,
    Kind,
    Line,
    Lines,
    Many,
    Number,
    Rows,
    Text,
    Yes,
    number_of,
    word_code,
)


def conditions(key: str, label: Text, help: Text = "") -> Conditions:
    return Conditions(key, label, help, kinds=lambda: KINDS, menu=lambda: menu())


def people(key: str, label: Text, help: Text = "") -> Lines:
    """Roles in anybody's words, one a line."""
    return Lines(key, label, help or _("One on each line, such as: teacher, elder, tribal government."), of=word_code)


def selection() -> tuple[Ask, ...]:
    """Which awards are meant; nothing ticked means every one."""
    return (
        Many("rules", _("Of these rules"), choices=of.rules),
        Many("methods", _("Of these ways"), choices=of.methods),
        Many("courses", _("In these courses"), choices=of.courses),
        Many("subjects", _("In these subjects"), choices=of.SUBJECTS),
        Many("purposes", _("For these purposes"), choices=of.PURPOSES),
        Lines("marks", _("With these marks"), _("One on each line.")),
        Many("same", _("That share with the new award"), choices=of.SAME),
    )


def measures(key: str, help: Text = "") -> Rows:
    """Facts or tests that are added up, each with its weight."""
    return Rows(
        key,
        _("What is added up"),
        help,
        asks=(
            Line("name", _("Fact or test"), _("Its short name.")),
            Number("times", _("Times"), _("Its weight, such as 0.5. Empty: 1.")),
        ),
        one=_("Measure"),
        fold=lambda said: said["name"] if set(said) == {"name"} else said,
        unfold=lambda said: {"name": said} if isinstance(said, str) else said,
    )


def _outcomes_alone(said: Any) -> Any:
    return said["outcomes"] if isinstance(said, dict) and set(said) == {"outcomes"} else said


def _outcomes_spread(said: Any) -> Any:
    return {"outcomes": said} if isinstance(said, list) else said


def _alone(said: Any, key: str) -> Any:
    """The one thing that is said, without its key."""
    return said[key] if isinstance(said, dict) and set(said) == {key} else said


KINDS: Final[Mapping[str, Kind]] = {
    "standards": Kind(
        _("Standards judged at a level"),
        _("A teacher judges each standard the student names; each must reach the level."),
        (
            Choice("level", _("Level"), choices=of.levels),
            Number("at_least", _("How many standards at least")),
            Lines("named", _("Only these standards"), _("Codes, one on each line. Empty: those the student names.")),
            Number("share", _("Or this share of them"), _("Between 0 and 1: 0.8 is four in five.")),
            Number("mean", _("On average at least"), _("Levels are counted from 1 for the lowest.")),
        ),
    ),
    "evidence": Kind(
        _("Work to look at"),
        _("Pieces of work that the student adds."),
        (
            Number("at_least", _("How many pieces at least")),
            Many("kinds", _("A piece of each of these kinds"), choices=of.WORK_KINDS),
        ),
    ),
    "assessment": Kind(
        _("A test result"),
        _("A result on one of these tests. With neither level nor score, the result itself says whether it is met."),
        (
            Rows(
                "any_of",
                _("Tests that count"),
                asks=(
                    Line("instrument", _("Code of the test"), _("As the files of results write it, such as SBA-MATH.")),
                    Line("title", _("Name of the test")),
                    Number("level", _("Level at least")),
                    Number("score", _("Score at least")),
                ),
                one=_("Test"),
            ),
            Number("within_months", _("Not older than, in months")),
            Choice("which", _("Of several results"), choices=of.WHICH, blank=_("Any that reaches it, as usual")),
        ),
    ),
    "prior_attempt": Kind(
        _("An earlier attempt at the course"),
        _("Only for a student who took the course before and did not earn it. Leave it out to ask for none."),
        (
            Many("outcomes", _("It ended with"), choices=of.OUTCOMES),
            Lines("marks", _("With one of these marks"), _("One on each line. Empty: any.")),
            Line("term", _("In this term only")),
            Number("within_months", _("Within how many months")),
            Number("times", _("How often at least")),
            Many("excludes", _("Does not count"), choices=of.EXCLUDED),
            Lines("courses", _("At these courses"), _("Codes, one on each line. Empty: the course that is asked for.")),
        ),
        fold=_outcomes_alone,
        unfold=_outcomes_spread,
    ),
    "completed": Kind(
        _("A next higher course completed"),
        _("A later course in the same sequence was passed (WAC 180-51-051(4)(d))."),
        (
            Rows(
                "any_of",
                _("Courses, one of which is completed"),
                asks=(
                    Line("course", _("Code of the course")),
                    Choice("grade", _("Grade at least"), choices=of.GRADES),
                    Line("term", _("This term of it only")),
                ),
                one=_("Course"),
            ),
            Yes("listed", _("Any pair that the catalog lists as next course")),
            Choice("grade", _("Grade at least, for all"), choices=of.GRADES),
            Line("because", _("How the standards of the one grow out of the other")),
            Number("within_months", _("Within how many months")),
            Many("excludes", _("Does not count"), choices=of.EXCLUDED),
            Yes("spend", _("One completed course shows one course only")),
        ),
    ),
    "attestation": Kind(
        _("Somebody’s word"),
        _("A person in one of these roles says that it is so."),
        (
            people("roles", _("Who")),
            Line("text", _("What they say")),
            Number("count", _("How many different people")),
            Line("code", _("Short name, where the policy asks for several")),
        ),
    ),
    "approved_before": Kind(
        _("Approved before the work begins"),
        _("Such as a proposal for learning outside school."),
        (Line("of", _("What is approved"), _("One word, such as proposal.")), people("roles", _("By whom"))),
        empty={"of": "proposal"},
    ),
    "reflection": Kind(_("The student’s reflection"), _("The student writes what they learned."), empty="required"),
    "self_evaluation": Kind(
        _("The student’s own judgement"), _("The student judges the work before others do."), empty="required"
    ),
    "paper": Kind(
        _("A paper at the school"),
        _("A form, contract or report that the school has received."),
        (Line("title", _("Its name")), Line("code", _("Short name"), _("One word, such as contract."))),
    ),
    "fact": Kind(
        _("Something staff confirm"),
        _("One of the facts that the policy names, such as hours worked."),
        (
            Choice("name", _("Which fact"), choices=of.facts),
            Number("at_least", _("At least")),
            Number("at_most", _("At most")),
            Fact("is", _("Is exactly"), _("A number, yes or no, or a word. Empty everywhere: yes.")),
            Lines("one_of", _("Is one of these"), _("One on each line."), of=number_of),
            Number("spend", _("How much of it an award uses up")),
        ),
    ),
    "gain": Kind(
        _("A gain between two measures"),
        _("From a first to a second: facts of the policy, or results on a test."),
        (Line("before", _("First")), Line("after", _("Second")), Number("at_least", _("Gain of at least"))),
    ),
    "total": Kind(
        _("A sum of measures"),
        _("Several facts, or scores of tests, together: a composite, an average, or hours of several kinds."),
        (
            measures("of"),
            Number("at_least", _("At least")),
            Number("at_most", _("At most")),
        ),
    ),
    "earned": Kind(
        _("Credit already earned"),
        _("By class or by mastery."),
        (
            Number("credits", _("Credits at least")),
            Many("subjects", _("In these subjects"), choices=of.SUBJECTS),
            Lines("courses", _("In these courses"), _("Codes, one on each line.")),
        ),
    ),
    "awarded": Kind(
        _("An earlier step that gave credit"),
        _("Mastery credit that stands, for steps that follow one another."),
        (Number("credits", _("Credits of it")), *selection()),
    ),
    "enrolled": Kind(
        _("Takes part now"),
        _("In one of these courses, programs or activities."),
        (Lines("any_of", _("Courses or programs"), _("One on each line; same is the course that is asked for.")),),
    ),
    "student": Kind(
        _("Who the rule is for"),
        _("Students of these grades, ages, schools or classes."),
        (
            Lines("grades", _("Grades"), _("One on each line, such as 9 or 10.")),
            Choice("as_of", _("The grade is read"), choices=of.AS_OF),
            Number("age_at_least", _("Age at least")),
            Number("age_below", _("Younger than")),
            people("groups", _("In one of these situations"), _("One on each line, such as institution or homeless.")),
            Lines("schools", _("Of these schools"), _("School codes, one on each line.")),
            Lines("classes", _("Of these graduating classes"), _("Years, one on each line."), of=number_of),
        ),
    ),
    "request": Kind(
        _("What is asked for"),
        _("Where one rule treats courses, kinds or purposes differently."),
        (
            Many("courses", _("One of these courses"), choices=of.courses),
            Many("subjects", _("In one of these subjects"), choices=of.SUBJECTS),
            Many("methods", _("In one of these ways"), choices=of.methods),
            Many("kinds", _("By one of these kinds"), choices=of.LOCAL_KINDS),
            Many("purposes", _("For one of these purposes"), choices=of.PURPOSES),
            Lines("languages", _("In one of these languages"), _("One on each line.")),
        ),
    ),
    "attempts": Kind(
        _("How often it may be tried"),
        _("And how long between two tries."),
        (
            Number("at_most", _("Tries at most")),
            Choice("per", _("Counted"), choices=of.tries_per),
            Number("wait_days", _("Days between two tries")),
            Lines("courses", _("Only in this course"), _("Write same. Empty: as it is counted.")),
        ),
    ),
    "window": Kind(
        _("Sent inside a window"),
        _("A kind of period that the policy’s calendar names."),
        (
            Choice("kind", _("Window"), choices=of.windows),
            Choice("of", _("What happened then"), choices=of.EVENTS, blank=_("The request was sent, as usual")),
        ),
        empty="",
        fold=lambda said: _alone(said, "kind"),
        unfold=lambda said: {"kind": said} if isinstance(said, str) else said,
    ),
    "deadline": Kind(
        _("Sent by a deadline"),
        _("A deadline that the policy names."),
        (
            Choice("code", _("Deadline"), choices=of.deadlines),
            Choice("of", _("What happened then"), choices=of.EVENTS, blank=_("The request was sent, as usual")),
            Yes("over", _("Only when it is over: at the earliest on the day after")),
        ),
        empty="",
        fold=lambda said: _alone(said, "code"),
        unfold=lambda said: {"code": said} if isinstance(said, str) else said,
    ),
    "days": Kind(
        _("Between two days"),
        _("For what begins or expires while the policy is in force."),
        (
            Choice("of", _("What happened then"), choices=of.EVENTS),
            Day("from", _("First day")),
            Day("to", _("Last day")),
        ),
    ),
    "all_of": Kind(_("All of these"), _("Every one holds."), (conditions("", _("All of these hold")),), empty=[]),
    "any_of": Kind(
        _("One of these"), _("At least one holds."), (conditions("", _("At least one of these holds")),), empty=[]
    ),
    "at_least": Kind(
        _("So many of these"),
        _("For example two of three."),
        (Number("count", _("How many")), conditions("of", _("Of these"))),
        empty={"count": 2},
    ),
    "none_of": Kind(_("None of these"), _("What disqualifies."), (conditions("", _("None of these holds")),), empty=[]),
}

_MENU: Final[Sequence[tuple[Text, Sequence[str]]]] = (
    (_("What is shown"), ("standards", "evidence", "assessment", "completed", "gain", "total", "fact")),
    (_("What people say and write"), ("attestation", "approved_before", "reflection", "self_evaluation", "paper")),
    (_("What is on the record"), ("prior_attempt", "earned", "awarded", "enrolled")),
    (_("Who and when"), ("student", "request", "attempts", "window", "deadline", "days")),
    (_("Groups"), ("any_of", "all_of", "at_least", "none_of")),
)


def menu() -> list[tuple[Text, list[tuple[str, Text]]]]:
    """What can be added, in groups."""
    return [(heading, [(kind, KINDS[kind].label) for kind in kinds]) for heading, kinds in _MENU]

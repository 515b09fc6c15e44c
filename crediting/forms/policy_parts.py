"""Every part of a policy file, as the editor asks for it. A test holds it against the schema, key by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from crediting.forms import choices as of
from crediting.forms import policy_transfer
from crediting.forms.policy_kinds import conditions, measures, people, selection
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
    Text,
    Yes,
    YesNo,
    number_of,
)
from crediting.rules.policy.marks import OTHER_MARKS

Written = dict[str, Any]


def _approval(key: str, label: Text, *, is_open: bool = False) -> Part:
    return Part(key, label, asks=_approvers(), is_open=is_open)


def _approvers() -> tuple[Ask, ...]:
    return (
        Many("roles", _("Who may decide"), _("One of these people decides."), choices=of.APPROVER_ROLES),
        YesNo(
            "two_roles",
            _("Must somebody else decide than the one who assessed?"),
            _("Yes unless the board says otherwise. No: the teacher who assessed the work may decide."),
            blank=_("Yes, as usual"),
        ),
    )


# --- Marks and amounts ------------------------------------------------------------------------------------------------


def _mark_short(said: Any) -> Any:
    """``P`` alone where nothing more is said of it."""
    return said["value"] if isinstance(said, dict) and set(said) == {"value"} and _is_other(said) else said


def _is_other(said: Written) -> bool:
    return said["value"] in OTHER_MARKS


def _mark_long(said: Any) -> Any:
    return {"value": said} if isinstance(said, str) else said


def _marks_short(said: Written) -> Any:
    """One mark, or how it is found: by purpose, by level, by choice."""
    found = {key: said[key] for key in _MARK_WAYS if key in said}
    if "from" in found and "basis" in said:
        # The basis of the mark that is read off, not of the usual one.
        found["basis"] = said["basis"]
        said = {key: value for key, value in said.items() if key != "basis"}
    usual = _mark_short({key: said[key] for key in ("value", "basis", "counts_in_gpa") if key in said} or None)
    if not found:
        return usual
    return found if usual is None else {"default": usual} | found


_MARK_WAYS = ("choice", "choose_by", "by_purpose", "by_level", "by_score", "by_fact", "from")


def _marks_long(said: Any) -> Any:
    said = _mark_long(said)
    if isinstance(said, dict) and "value" not in said:
        usual = _mark_long(said.get("default")) or {}
        return {key: value for key, value in said.items() if key != "default"} | usual
    return said


def _one_mark() -> tuple[Ask, ...]:
    return (
        Line("value", _("Mark"), _("P, CR or S stay outside the grade point average; a letter counts in it.")),
        Line("basis", _("How the district arrives at it"), _("Needed for a letter.")),
        Yes("counts_in_gpa", _("A mark of our own, outside the grade point average"), value=False),
    )


def _marks(key: str, label: Text, by: Text) -> Rows:
    return Rows(key, label, asks=_one_mark(), by=by, one=_("Mark"), fold=_mark_short, unfold=_mark_long)


def _tests() -> Ask:
    return Lines("instruments", _("Tests"), _("Codes as the files of results write them, one on each line."))


def _which_fact() -> Ask:
    return Choice("fact", _("Fact"), choices=of.facts)


def _or_word() -> Ask:
    return Fact("is", _("Or is"), _("A word, where the fact is no number."))


def _mark_table(key: str, label: Text, what: Ask, *more: Ask) -> Part:
    rows = Rows(
        "rows",
        _("Marks"),
        _("From and to both count. Without “to” a line holds until the next begins."),
        asks=(
            Number("from", _("From")),
            Number("to", _("To")),
            *more,
            Part("mark", _("Mark"), asks=_one_mark(), fold=_value_alone, unfold=_mark_long, is_open=True),
        ),
        one=_("Line"),
    )
    return Part(key, label, asks=(what, rows, Line("basis", _("How the district arrives at them"))))


def _value_alone(said: Written) -> Any:
    return said["value"] if set(said) == {"value"} else said


MARK = Part(
    "mark",
    _("The mark"),
    asks=(
        *_one_mark(),
        Part(
            "",
            _("When the mark is not always the same"),
            asks=(
                Rows(
                    "choice",
                    _("The student chooses one of these"),
                    asks=_one_mark(),
                    one=_("Mark"),
                    fold=_mark_short,
                    unfold=_mark_long,
                ),
                Choice("choose_by", _("To be chosen by"), choices=of.deadlines),
                _marks("by_purpose", _("By purpose"), _("Purpose: challenge, recovery, excused or either")),
                _marks("by_level", _("By the lowest level reached"), _("Level")),
                _mark_table("by_score", _("By the score of a test"), _tests()),
                _mark_table("by_fact", _("By what staff confirm"), _which_fact(), _or_word()),
                Line(
                    "from",
                    _("As another mark"),
                    _("The word completed: as the completed course has it. Or a fact that holds the mark."),
                ),
            ),
        ),
    ),
    fold=_marks_short,
    unfold=_marks_long,
    is_open=True,
)


def _amount_rows(*more: Ask) -> Rows:
    return Rows(
        "rows",
        _("Amounts"),
        _("From and to both count. Without “to” a line holds until the next begins."),
        asks=(Number("from", _("From")), Number("to", _("To")), *more, Number("credits", _("Credits"))),
        one=_("Line"),
    )


def _table(key: str, label: Text) -> Part:
    return Part(key, label, asks=(_tests(), _amount_rows()))


CREDIT = Part(
    "credit",
    _("How much credit"),
    _("Fill in one of these. Empty means: not settled yet, and nothing can be awarded."),
    asks=(
        Number("exactly", _("Exactly"), _("Credits, or the word course for what the course is worth.")),
        Number("up_to", _("Up to"), _("As much as the course has left and no more than this; or the word course.")),
        Number("at_least", _("But no less than")),
        Yes("as_requested", _("As much as is asked for (partial or transferred credit)")),
        Part(
            "per",
            _("In equal steps of a number, such as 0.5 credits for every 75 hours"),
            asks=(
                Choice("fact", _("The number, a fact that staff confirm"), choices=of.facts),
                Number("every", _("For every")),
                Number("gives", _("Credits")),
                Yes("parts", _("A part of it gives its part")),
            ),
        ),
        _table("by_level", _("By the level of a test")),
        _table("by_score", _("By the score of a test")),
        Part(
            "by_fact",
            _("By what staff confirm"),
            asks=(
                _which_fact(),
                _amount_rows(_or_word()),
            ),
        ),
        Part(
            "by_standards",
            _("By how many standards reach a level"),
            asks=(Choice("level", _("Level"), choices=of.levels), _amount_rows()),
        ),
        Part(
            "by_language_level",
            _("By the level in a language"),
            _("The lowest level across the skills decides."),
            asks=(
                Lines("instruments", _("Tests"), _("Codes, one on each line.")),
                Lines("levels", _("Every level, lowest first"), _("One on each line.")),
                Lines("skills", _("Skills that are all tested"), _("One on each line, such as reading.")),
                Rows(
                    "skills_for",
                    _("Where other skills count"),
                    _("Such as languages that are only spoken, or only signed. The first line that fits counts."),
                    asks=(
                        Lines("languages", _("Languages"), _("One on each line. Empty: any.")),
                        Lines("instruments", _("Tests"), _("Codes, one on each line. Empty: any.")),
                        Lines("skills", _("Skills"), _("One on each line.")),
                    ),
                    one=_("Line"),
                ),
                Rows(
                    "rows",
                    _("Amounts"),
                    asks=(Line("level", _("Level")), Number("credits", _("Credits"))),
                    one=_("Line"),
                ),
            ),
        ),
        Part(
            "",
            _("Less common"),
            asks=(
                Yes("of_attempted", _("No more than the earlier attempt left unearned")),
                Part("less", _("Minus credit that stands already"), asks=selection()),
                Number("factor", _("Times"), _("To convert credit of others.")),
                Number("round_to", _("In steps of")),
                Choice("rounding", _("Rounded"), choices=of.ROUNDING),
            ),
        ),
    ),
    is_open=True,
)


def _codes_short(said: Written) -> Any:
    return said["one"] if "one" in said else said["by_course"]


def _codes_long(said: Any) -> Written:
    return {"one": said} if isinstance(said, str) else {"by_course": said}


# --- A rule -----------------------------------------------------------------------------------------------------------

RULE: Final[tuple[Ask, ...]] = (
    Line("code", _("Short name of the rule"), _("Letters, digits, dashes, such as M1. Every award cites it.")),
    Choice("method", _("Way to show mastery"), choices=of.methods),
    Many(
        "kinds",
        _("Kinds of local assessment"),
        _("Only for local assessment: what the student may choose from."),
        choices=of.LOCAL_KINDS,
        everything=_("All of them"),
    ),
    Many("courses", _("Courses"), choices=of.courses, everything=_("All eligible courses")),
    Choice(
        "purpose",
        _("Why credit is asked for"),
        choices=of.PURPOSES,
        blank=_("Instead of the course, or to recover credit"),
    ),
    conditions("when", _("What is asked"), _("All of these must hold. Add them one by one.")),
    CREDIT,
    MARK,
    Line("citation", _("Where the policy says so"), _("Such as: Procedure 2409P, section 3.")),
    Area("text", _("The rule in plain words"), _("Students and families read this.")),
    Part(
        "",
        _("Less common"),
        asks=(
            Choice("gives", _("What it gives"), choices=of.GIVES, blank=_("Credit, as usual")),
            Choice(
                "old_line", _("The earlier attempt"), choices=of.OLD_LINE, blank=_("Its mark still counts, as usual")
            ),
            Choice("decide_by", _("To be decided by"), choices=of.deadlines),
            Choice(
                "choose_by",
                _("What is the student’s to choose: by"),
                _("Course, amount and mark of an award from results on file."),
                choices=of.deadlines,
            ),
            Choice("source", _("Which source says it"), choices=of.sources),
            Line("requirement", _("Which requirement"), _("Where it gives no credit.")),
            Yes("replaced", _("Waived credit has to be earned elsewhere")),
            Part(
                "course_code",
                _("A course code of its own on the transcript"),
                asks=(
                    Line("one", _("Code"), _("The star stands for the course’s own code, as in MBL-*.")),
                    Rows("by_course", _("Or by course"), asks=(Line("", _("Code printed")),), by=_("Course")),
                ),
                fold=_codes_short,
                unfold=_codes_long,
            ),
            Choice("transcript", _("On the transcript"), choices=of.TRANSCRIPT, blank=_("Always, as usual")),
            Part(
                "effective",
                _("When it takes effect, if not at once"),
                asks=(Choice("end_of", _("At the end of this period"), choices=of.windows),),
                unfold=lambda said: {} if isinstance(said, str) else said,
            ),
            Yes("must_award", _("Cannot be refused and needs no request")),
            Choice("reuse", _("The same result may earn credit"), choices=of.REUSE),
            _approval("approval", _("Who decides under this rule, if somebody else")),
            Part(
                "discretion",
                _("What may be let pass, with a reason"),
                asks=(
                    Many("roles", _("By"), choices=of.APPROVER_ROLES),
                    Lines("lifts", _("Which criteria"), _("Their codes, one on each line, as a trial shows them.")),
                ),
            ),
            Part(
                "repeatable",
                _("May be earned again"),
                asks=(
                    Number("times", _("How often in all")),
                    Choice("grade", _("Grade at least"), choices=of.GRADES),
                ),
            ),
            Part(
                "fee",
                _("Fee"),
                asks=(
                    Number("amount", _("Dollars")),
                    Fact("first_free", _("The first is free"), _("Yes, or how many are free.")),
                    Yes("before_decision", _("Nothing is decided before it is paid")),
                    Lines("free_for", _("Free for"), _("One on each line.")),
                ),
            ),
            conditions("keeps_while", _("What must go on holding after the award")),
            Choice("if_broken", _("When that no longer holds"), choices=of.IF_BROKEN, blank=_("Taken back, as usual")),
            people("visible_to", _("Who may see the evidence, if not everybody")),
        ),
    ),
)

# --- The other parts --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PartPage:
    """A page of the editor: its heading, a sentence, what it asks."""

    title: Text
    lede: Text
    asks: tuple[Ask, ...]


def _windows(key: str, label: Text) -> Rows:
    """Days that are computed: so long before or after something, or a named day of the year."""
    return Rows(
        key,
        label,
        asks=(
            Line("after", _("After"), _("Such as semester_end, semester_start or submitted.")),
            Line("before", _("Before")),
            Number("days", _("Days")),
            Number("school_days", _("School days")),
            Number("weeks", _("Weeks")),
            Number("months", _("Months")),
            Number("nth", _("Which of the month"), _("1 is the first, -1 the last.")),
            Choice("weekday", _("Weekday"), choices=of.WEEKDAYS),
            Number("month", _("Month"), _("1 to 12.")),
            Number("day", _("Day of the month")),
        ),
        one=_("Day"),
    )


PAGES: Final[Mapping[str, PartPage]] = {
    "heading": PartPage(
        _("Title and dates"),
        _("What the policy is called, when the board adopted it, and when it applies."),
        (
            Line("title", _("Title")),
            Part(
                "effective",
                _("When it applies"),
                _("To work that was last shown on one of these days."),
                asks=(Day("from", _("First day")), Day("to", _("Last day"), _("Empty: no end."))),
                is_open=True,
            ),
            Part(
                "adopted",
                _("Adopted by the board"),
                asks=(
                    Day("on", _("On")),
                    Line("by", _("By"), _("Such as: Board of Directors.")),
                    Line("reference", _("Reference"), _("Such as the number of the policy or of the minutes.")),
                ),
                is_open=True,
            ),
            Lines(
                "classes",
                _("Only for these graduating classes"),
                _("Years, one on each line. Empty: every class."),
                of=number_of,
            ),
        ),
    ),
    "equity": PartPage(
        _("Cultural responsiveness and equity"),
        _("The provision that WAC 180-51-051(3)(a) asks for, and how often the district looks at who receives credit."),
        (
            Part(
                "equity",
                _("Provision"),
                asks=(
                    Area("provision", _("What the policy says"), rows=10),
                    Number("review_every_months", _("Months between two reviews")),
                ),
                is_open=True,
            ),
        ),
    ),
    "other-methods": PartPage(
        _("Other ways to show mastery"),
        _("Ways in addition to those of the state rule (WAC 180-51-051(3)(c)). Write “none” where there are none."),
        (
            Part(
                "other_methods",
                _("Other ways"),
                asks=(
                    Area("statement", _("What the policy says of other ways, or the word none")),
                    Rows(
                        "methods",
                        _("Each way"),
                        asks=(
                            Line("code", _("Short name"), _("Letters, digits, dashes, such as GED.")),
                            Line("title", _("Name")),
                            Area("description", _("What it is"), rows=2),
                        ),
                        one=_("Way"),
                    ),
                ),
                is_open=True,
            ),
        ),
    ),
    "approval": PartPage(
        _("Who decides"),
        _("Who may award credit, which scale work is judged on, and who is told."),
        (
            Part(
                "approval",
                _("Who decides"),
                asks=(
                    *_approvers(),
                    Rows("schools", _("Schools with rules of their own"), asks=_approvers(), by=_("School code")),
                ),
                is_open=True,
            ),
            Part(
                "scale",
                _("Scale"),
                _("Every level that work can be judged at."),
                asks=(
                    Line("code", _("Short name of the scale")),
                    Lines("levels", _("Levels, lowest first"), _("One on each line, without spaces.")),
                ),
                is_open=True,
            ),
            people("notify", _("Who is told of a decision"), _("One on each line. Empty: student and family.")),
        ),
    ),
    "facts": PartPage(
        _("Facts that staff confirm"),
        _("What staff write down in addition to results, judgements and the record: hours, a certificate, a vote."),
        (
            Rows(
                "facts",
                _("Facts"),
                asks=(
                    Line("name", _("Short name"), _("One word, such as hours.")),
                    Line("title", _("As people read it")),
                    Choice("kind", _("What it is"), choices=of.FACT_KINDS),
                    Line("unit", _("Unit")),
                    Lines("choices", _("Words to choose from"), _("One on each line.")),
                    measures("total", _("Only for a number that nobody confirms, because the policy adds it up.")),
                ),
                one=_("Fact"),
            ),
        ),
    ),
    "caps": PartPage(
        _("Limits"),
        _("The most that several awards may give together. Without a limit there is none."),
        (
            Rows(
                "caps",
                _("Limits"),
                asks=(
                    Line("code", _("Short name"), _("Letters, digits, dashes.")),
                    Number("at_most", _("At most")),
                    Number("share", _("Or this share"), _("Between 0 and 1: 0.25 is a quarter.")),
                    Choice("share_of", _("Share of"), choices=of.SHARE_OF),
                    Choice("counting", _("What is counted"), choices=of.COUNTING, blank=_("Credits, as usual")),
                    Line("per", _("Counted for each"), _("student, school_year, or a kind of period. Empty: student.")),
                    Choice("then", _("When it is reached"), choices=of.THEN, blank=_("Give only what is left")),
                    Line("note", _("What follows, to note")),
                    Part("of", _("Which awards it counts"), _("Nothing ticked: every one."), asks=selection()),
                    conditions("when", _("Only where this holds")),
                    Lines("schools", _("Only at these schools"), _("School codes, one on each line.")),
                    Lines("classes", _("Only for these classes"), _("Years, one on each line."), of=number_of),
                    Line("citation", _("Where the policy says so")),
                ),
                one=_("Limit"),
            ),
            Rows(
                "required_credits",
                _("Credits that graduation requires"),
                _("For limits that are a share: the word total, or a subject."),
                asks=(Number("", _("Credits")),),
                by=_("Subject or total"),
                one=_("Subject"),
            ),
            YesNo(
                "purposes_mix",
                _("May one result earn credit both instead of a course and for a failed one?"),
            ),
        ),
    ),
    "calendar": PartPage(
        _("Calendar"),
        _("Periods and windows: quarters, semesters, weeks in which requests are taken."),
        (
            Rows(
                "calendar",
                _("Periods"),
                asks=(
                    Line("kind", _("Kind"), _("One word, such as semester.")),
                    Line("title", _("Name")),
                    Day("from", _("First day")),
                    Day("to", _("Last day")),
                    Day("since", _("Set anew on"), _("Replaces earlier periods of its kind from that day.")),
                    Lines("schools", _("Only at these schools"), _("School codes, one on each line.")),
                ),
                one=_("Period"),
            ),
            Part(
                "school_days",
                _("School days"),
                _("For deadlines that count days on which school is held."),
                asks=(
                    Choice("within", _("Within this kind of period"), choices=of.windows),
                    Lines("closed", _("Days without school"), _("Such as 2026-11-26, one on each line.")),
                ),
            ),
            Rows(
                "deadlines",
                _("Deadlines"),
                asks=(
                    Line("code", _("Short name"), _("Letters, digits, dashes.")),
                    Line("title", _("Name")),
                    _windows("windows", _("Days")),
                    Line("at", _("Last minute"), _("Such as 16:00.")),
                    Choice(
                        "comes", _("Which day counts"), choices=of.COMES, blank=_("The first after the work is shown")
                    ),
                    Yes("rolls", _("What is sent late counts for the next one")),
                    Rows(
                        "schools",
                        _("Other days at single schools"),
                        asks=(_windows("", _("Days")),),
                        by=_("School code"),
                        one=_("School"),
                    ),
                ),
                one=_("Deadline"),
            ),
            Line("time_zone", _("Time zone"), _("Empty: America/Los_Angeles.")),
        ),
    ),
    "schools": PartPage(
        _("Schools that offer less"),
        _("What the board narrowed at single schools. A school never offers more than the policy."),
        (
            Rows(
                "schools",
                _("Schools"),
                asks=(
                    Many("closed_rules", _("Rules closed there"), choices=of.rules),
                    Many("closed_courses", _("Courses closed there"), choices=of.courses),
                    conditions("when", _("What is also asked for there")),
                ),
                by=_("School code"),
                one=_("School"),
            ),
        ),
    ),
    "every-rule": PartPage(
        _("What every rule asks"),
        _("Conditions that hold for every rule in addition to its own, and the sources that rules come from."),
        (
            conditions("when", _("What every rule also asks for")),
            Lines("sources", _("Sources"), _("One on each line; the one that goes before all others first.")),
        ),
    ),
    "appeal": PartPage(
        _("Appeal"),
        _("To whom a family turns after a refusal, and until when."),
        (
            Part(
                "appeal",
                _("Appeal"),
                asks=(
                    Line("to", _("To whom"), _("Such as: the superintendent.")),
                    Number("within_days", _("Days to appeal")),
                    Choice("counting", _("Counted in"), choices=of.DAY_COUNTING, blank=_("Days")),
                    Line("after", _("Counted from"), _("Empty: the day of the notice.")),
                    YesNo("in_writing", _("In writing?")),
                    Number("answer_within_days", _("Days to answer")),
                    Many("roles", _("Who answers it"), choices=of.REVIEWER_ROLES),
                ),
                is_open=True,
            ),
        ),
    ),
    "moderation": PartPage(
        _("Second readings"),
        _("A second teacher reads part of the work without seeing what the first one said."),
        (
            Part(
                "moderation",
                _("Second readings"),
                asks=(
                    Number("share", _("Of 100 requests, how many"), _("Such as 10. The lot decides which.")),
                    Number(
                        "class_share",
                        _("Of 100 works of classes, how many"),
                        _("A work is what one student did in one task. Empty: as many as of requests. 0: none."),
                    ),
                    Choice("agreement", _("They agree when"), choices=of.AGREEMENT, blank=_("The levels are the same")),
                    Choice(
                        "on_disagreement",
                        _("When they do not agree"),
                        choices=of.ON_DISAGREEMENT,
                        blank=_("The two readers talk and settle it"),
                    ),
                    Choice("readers", _("Second readers"), choices=of.READERS, blank=_("Teachers of the same school")),
                    Choice(
                        "decision", _("The decision"), choices=of.DECISION_WAITS, blank=_("Waits until it is settled")
                    ),
                    Many("rules", _("Only for these rules"), _("Nothing ticked: every one."), choices=of.rules),
                ),
                is_open=True,
            ),
        ),
    ),
    "proposals": PartPage(
        _("Learning outside school"),
        _("Who approves a proposal before it begins (WAC 392-410-300), and what paid work gives."),
        (
            Part(
                "proposals",
                _("Proposals"),
                asks=(
                    Many("roles", _("Who approves"), choices=of.REVIEWER_ROLES),
                    Part(
                        "paid_work",
                        _("Paid work"),
                        asks=(
                            Number("minimum_age", _("Age at least")),
                            Rows(
                                "steps",
                                _("Hours and credits"),
                                asks=(Number("hours", _("Hours")), Number("credits", _("Credits"))),
                                one=_("Step"),
                            ),
                        ),
                    ),
                    Area("text", _("What the policy says of it")),
                ),
                is_open=True,
            ),
        ),
    ),
    "transfer": PartPage(
        _("Credit of other schools"),
        _("What credit of other schools counts here, and who decides (WAC 180-51-050(6))."),
        policy_transfer.ASKS,
    ),
    "text": PartPage(
        _("The policy’s text"),
        _("The words that the board adopted, for anybody to read."),
        (Area("text", _("Text"), rows=20),),
    ),
}

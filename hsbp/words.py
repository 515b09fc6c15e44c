"""The sentences and words of the High School and Beyond Plan, in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import get_language, gettext, ngettext, ngettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from hsbp.rules.content import AID_ITEMS, Change, ChangeKind, Section
from hsbp.rules.experiences import Why
from hsbp.rules.progress import RequirementSet
from hsbp.states import (
    ActivityKind,
    CommentKind,
    ExperienceAct,
    ExperienceState,
    ItemState,
    Pace,
    Pathway,
    PlanState,
    Requirement,
    Verdict,
)
from mbl.core.decisions import Reason
from mbl.core.words import fill, register_states, register_words, say, state_word

Text = str | Promise

# === States ===========================================================================================================

register_states(
    PlanState,
    {
        PlanState.DRAFT: pgettext_lazy("plan", "Draft"),
        PlanState.SUBMITTED: (pgettext_lazy("plan", "Submitted"), "info"),
        PlanState.RETURNED: (pgettext_lazy("plan", "Returned"), "attention"),
        PlanState.APPROVED: pgettext_lazy("plan", "Approved"),
    },
)
register_states(
    Verdict,
    {
        Verdict.APPROVED: pgettext_lazy("plan", "Approved"),
        Verdict.RETURNED: (pgettext_lazy("plan", "Returned"), "attention"),
        Verdict.UNDONE: pgettext_lazy("plan", "Taken back"),
    },
)
register_states(
    ItemState,
    {
        ItemState.NOT_DUE: pgettext_lazy("plan item", "Not due"),
        ItemState.DUE: (pgettext_lazy("plan item", "Due"), "attention"),
        ItemState.OVERDUE: (pgettext_lazy("plan item", "Overdue"), "urgent"),
        ItemState.MET: pgettext_lazy("plan item", "Met"),
        ItemState.NOT_APPLICABLE: pgettext_lazy("plan item", "Not applicable"),
        ItemState.NOT_COMPUTED: pgettext_lazy("plan item", "Not worked out"),
    },
)
register_states(
    Pace,
    {
        Pace.ON_PACE: (_("On pace"), "ok"),
        Pace.CHECK_PLAN: (_("Check plan"), "attention"),
        Pace.OFF_PACE: (_("Off pace"), "urgent"),
    },
)
register_states(
    Requirement,
    {
        Requirement.MET: pgettext_lazy("plan requirement", "Met"),
        Requirement.NOT_MET: pgettext_lazy("plan requirement", "Not met"),
    },
)
register_states(
    CommentKind,
    {
        CommentKind.STUDENT: _("Student"),
        CommentKind.FAMILY: pgettext_lazy("who wrote", "Family"),
        CommentKind.COUNSELOR: _("Counselor"),
        CommentKind.STAFF: pgettext_lazy("who wrote", "School"),
    },
)
register_states(
    ActivityKind,
    {
        ActivityKind.EDUCATION: pgettext_lazy("resume", "Class, training or certificate"),
        ActivityKind.WORK: pgettext_lazy("resume", "Work"),
        ActivityKind.ACTIVITY: pgettext_lazy("resume", "Club, sport, arts or family duty"),
        ActivityKind.SERVICE: pgettext_lazy("resume", "Community service"),
    },
)
register_states(
    Pathway,
    {
        Pathway.STATE_ASSESSMENT: _("State tests"),
        Pathway.DUAL_CREDIT: _("Dual credit"),
        Pathway.TRANSITION_COURSE: _("Transition course"),
        Pathway.AP_IB_CAMBRIDGE: _("AP, IB or Cambridge"),
        Pathway.SAT_ACT: _("SAT or ACT"),
        Pathway.PERFORMANCE: _("Performance"),
        Pathway.COMBINATION: _("Combination"),
        Pathway.ASVAB: _("Military entry test (ASVAB)"),
        Pathway.CTE_SEQUENCE: _("Career and technical courses"),
    },
)
register_states(
    ExperienceState,
    {
        ExperienceState.DRAFT: pgettext_lazy("experience", "Draft"),
        ExperienceState.WAITING: (pgettext_lazy("experience", "To confirm"), "info"),
        ExperienceState.RETURNED: (pgettext_lazy("experience", "Returned"), "attention"),
        ExperienceState.CONFIRMED: pgettext_lazy("experience", "Confirmed"),
        ExperienceState.WITHDRAWN: (pgettext_lazy("experience", "Withdrawn"), "quiet"),
    },
)
register_states(
    ExperienceAct,
    {
        ExperienceAct.SENT: _("Asked for it to be confirmed."),
        ExperienceAct.CHANGED: _("Changed it while it waited."),
        ExperienceAct.CONFIRMED: _("Confirmed it."),
        ExperienceAct.RETURNED: _("Returned it."),
        ExperienceAct.RECORDED: _("Recorded it. It counts from then on."),
        ExperienceAct.REFLECTED: _("Wrote a reflection."),
        ExperienceAct.TAKEN_BACK: _("Took it back."),
        ExperienceAct.WITHDRAWN: _("Withdrew it. It counts no longer."),
    },
)
register_states(
    Why,
    {
        Why.COUNTS: pgettext_lazy("experience", "Counts"),
        Why.TOO_SHORT: pgettext_lazy("experience", "Too short"),
        Why.NOT_CONFIRMED: _("Not confirmed yet"),
        Why.WITHDRAWN: pgettext_lazy("experience", "Withdrawn"),
        Why.OTHER_YEAR: _("Another school year"),
    },
)

# What each pathway asks, in one plain sentence. Scores and course lists are posted by the state and change.
PATHWAY_SENTENCES: Mapping[Pathway, Text] = {
    Pathway.STATE_ASSESSMENT: _("Reach the graduation score of the state tests in English and in math."),
    Pathway.DUAL_CREDIT: _("Earn a credit in English and one in math in courses that can also count for college."),
    Pathway.TRANSITION_COURSE: _("Pass courses such as Bridge to College in English and in math."),
    Pathway.AP_IB_CAMBRIDGE: _("Reach the grade or the test score in listed courses of English and of math."),
    Pathway.SAT_ACT: _("Reach the scores that the state has set, in English and in math."),
    Pathway.PERFORMANCE: _("Show English and math in a project of your own that a teacher judges by state rubrics."),
    Pathway.COMBINATION: _("Take one way for English and another one for math."),
    Pathway.ASVAB: _("Reach the score that the military asks for to enlist."),
    Pathway.CTE_SEQUENCE: _("Take a sequence of career courses that leads to a certificate or to college credit."),
}

# === Parts of a plan ==================================================================================================

SECTION_WORDS: Mapping[Section, Text] = {
    Section.GOALS: _("Goals"),
    Section.INTERESTS: _("Interests"),
    Section.COURSES: _("Courses"),
    Section.PATHWAY: _("Graduation pathway"),
    Section.ACTIVITIES: _("Activities and resume"),
    Section.AID: _("Paying for what comes next"),
    Section.MASTERY: _("Credit by showing mastery"),
}
SECTION_QUESTIONS: Mapping[Section, Text] = {
    Section.GOALS: _("What do you want to do after high school?"),
    Section.INTERESTS: _("What do you like, and what are you good at?"),
    Section.COURSES: _("Which courses do you plan?"),
    Section.PATHWAY: _("Which pathway leads you to graduation?"),
    Section.ACTIVITIES: _("What have you done so far?"),
    Section.AID: _("What do you know about paying for college or training?"),
    Section.MASTERY: _("In which courses do you want to show mastery?"),
}
# The order in which pages show the sections: what belongs together stands side by side.
READING_ORDER = (
    Section.GOALS,
    Section.INTERESTS,
    Section.PATHWAY,
    Section.COURSES,
    Section.ACTIVITIES,
    Section.AID,
    Section.MASTERY,
)
SECTION_ICONS: Mapping[Section, str] = {
    Section.GOALS: "target",
    Section.INTERESTS: "compass",
    Section.COURSES: "book",
    Section.PATHWAY: "route",
    Section.ACTIVITIES: "briefcase",
    Section.AID: "building-community",
    Section.MASTERY: "award",
}
FIELD_WORDS: Mapping[str, Text] = {
    "after_high_school": _("After high school"),
    "career": pgettext_lazy("plan", "Career"),
    "education": _("Education and training"),
    "interests": _("Interests and skills"),
    "inventory": _("Interest inventory"),
    "inventory_on": _("Day of the inventory"),
    "pathway_reason": _("Why this pathway fits"),
}
AID_WORDS: Mapping[str, tuple[Text, Text]] = {
    "programs": (
        _("Programs and scholarships"),
        _("College Bound, the Washington College Grant and other scholarships."),
    ),
    "documents": (_("What to have ready"), _("The papers you need for the FAFSA or the WASFA.")),
    "deadlines": (_("Deadlines"), _("When each application is due.")),
    "apply_early": (_("Applying early"), _("Why money is given first to those who apply first.")),
    "dependency": (_("Foster care"), _("What is there for students who are or were in foster care.")),
    "homelessness": (_("Without a home of one’s own"), _("What is there for students without a fixed place to live.")),
    "family_tax_data": (_("Family tax data"), _("Which forms ask for your family’s tax data, and when.")),
    "advising": (_("Advising sessions"), _("Meetings about financial aid that you can join.")),
    "sample_letter": (_("A sample aid letter"), _("How to read an offer, with a link to a calculator.")),
    "council_site": (_("State council website"), _("What the Washington Student Achievement Council offers online.")),
}
assert tuple(AID_WORDS) == AID_ITEMS
GRADE_WORDS: Mapping[str, Text] = {
    "09": _("Grade 9"),
    "10": _("Grade 10"),
    "11": _("Grade 11"),
    "12": _("Grade 12"),
}
COURSES_WORDS: Mapping[str, Text] = {
    "09": _("Courses, grade 9"),
    "10": _("Courses, grade 10"),
    "11": _("Courses, grade 11"),
    "12": _("Courses, grade 12"),
}

# === Checklist ========================================================================================================

ITEM_WORDS: Mapping[str, Text] = {
    "H1": _("Career interest and skills inventory"),
    "H2": _("Plan begun, with courses for the first year"),
    "H3": _("College Bound explained"),
    "H4": _("Career goals"),
    "H5": _("Goals for education and training"),
    "H6": _("Courses planned for this year and the next"),
    "H7": _("Options shown and read"),
    "H8": _("What course choices mean for later"),
    "H9": _("Yearly update with staff"),
    "H10": _("Math planned in grades 9 and 10"),
    "H11": _("Help with English and science explained"),
    "H12": _("Grade 10 update with test results"),
    "H13": _("Graduation pathway with a reason"),
    "H14": _("Pathways explained to student and family"),
    "H15": _("Help offered where something is behind"),
    "H16": _("Family told about that help"),
    "H17": _("Academic acceleration"),
    "H18": _("Third math and third science chosen with the plan"),
    "H19": _("Career and technical equivalencies noted"),
    "H20": _("Mastery credit shown in the plan"),
    "H21": _("Paid work credit noted before it starts"),
    "H22": _("Financial aid, all ten items"),
    "H23": _("Resume or activity log"),
    "H24": _("Plan and transition plan fit together"),
    "H25": _("Family involved"),
    "H26": _("Copy in a language the family reads"),
    "H27": _("Plan decided to meet the requirement"),
}
register_words(
    {
        "hsbp.item.met": _("Met on %(on)s."),
        "hsbp.item.due": _("Due by the end of grade %(grade)s."),
        "hsbp.item.due_yearly": _("Due every school year."),
        "hsbp.item.due_arisen": _("Due now, because mastery credit has been asked for."),
        "hsbp.item.overdue": _("Was due by the end of grade %(grade)s."),
        "hsbp.item.not_due": _("Due by the end of grade %(grade)s."),
        "hsbp.item.not_applicable": _("No mastery credit is asked for or planned."),
        "hsbp.item.not_computed": _("MBL does not work this out yet. It is met when staff record it."),
    }
)


def sentence(reason: Reason) -> str:
    """The reason in the reader's language, with its dates as people write them."""
    params: dict[str, Any] = dict(reason.params)
    if "on" in params:
        params["on"] = date_format(dt.date.fromisoformat(str(params["on"])), "DATE_FORMAT")
    return say(reason.code, params)


# === Changes ==========================================================================================================

_COUNTED: Mapping[Section, Text] = {
    Section.GOALS: pgettext_lazy("changed part of a plan", "goals"),
    Section.INTERESTS: pgettext_lazy("changed part of a plan", "interests"),
    Section.COURSES: ngettext_lazy("%(count)d course", "%(count)d courses", "count"),
    Section.PATHWAY: pgettext_lazy("changed part of a plan", "pathway"),
    Section.ACTIVITIES: pgettext_lazy("changed part of a plan", "activities"),
    Section.AID: pgettext_lazy("changed part of a plan", "financial aid"),
    Section.MASTERY: pgettext_lazy("changed part of a plan", "mastery credit"),
}
_PART: Mapping[ChangeKind, Text] = {
    ChangeKind.ADDED: _("%(part)s: written for the first time."),
    ChangeKind.REMOVED: _("%(part)s: taken out."),
    ChangeKind.CHANGED: _("%(part)s: changed."),
}
_COURSE: Mapping[ChangeKind, Text] = {
    ChangeKind.ADDED: _("%(grade)s: %(name)s added."),
    ChangeKind.REMOVED: _("%(grade)s: %(name)s taken out."),
    ChangeKind.CHANGED: _("%(grade)s: %(before)s is now called %(name)s."),
}
_MEMBER: Mapping[ChangeKind, Text] = {
    ChangeKind.ADDED: _("%(part)s: %(name)s added."),
    ChangeKind.REMOVED: _("%(part)s: %(name)s taken out."),
    ChangeKind.CHANGED: _("%(part)s: %(name)s changed."),
}


def counted_changes(changed: Mapping[str, int]) -> str:
    """Where a version differs: "pathway, 2 courses, goals". Empty where nothing does."""
    words = [
        fill(_COUNTED[section], {"count": changed[section.value]}) for section in Section if changed.get(section.value)
    ]
    return get_text_list(words, pgettext("between the last two changed parts", "and")) if words else ""


def change_sentence(change: Change, titles: Mapping[str, str]) -> str:
    """One difference as a sentence. ``titles`` names courses by their code."""
    if change.name in FIELD_WORDS:
        return fill(_PART[change.kind], {"part": FIELD_WORDS[change.name]})
    if change.section is Section.COURSES:
        return fill(
            _COURSE[change.kind],
            {"grade": GRADE_WORDS[change.grade], "name": change.new or change.old, "before": change.old},
        )
    return fill(_MEMBER[change.kind], {"part": SECTION_WORDS[change.section], "name": _member(change, titles)})


def _member(change: Change, titles: Mapping[str, str]) -> str:
    match change.section:
        case Section.PATHWAY:
            return pathway_word(change.name)
        case Section.AID:
            return str(AID_WORDS[change.name][0]) if change.name in AID_WORDS else change.name
        case Section.MASTERY:
            return titles.get(change.name, change.name)
        case _:
            return change.name


def pathway_word(code: str) -> str:
    """The pathway's name; a code that MBL does not know stays as it is."""
    return state_word(Pathway(code)) if code in set(Pathway) else code


def activity_word(code: str) -> str:
    return state_word(ActivityKind(code)) if code in set(ActivityKind) else code


def set_title(requirements: RequirementSet) -> str:
    """The set's own title in the reader's language, else in English."""
    language = (get_language() or "en").split("-")[0]
    return requirements.titles.get(language) or requirements.titles.get("en", requirements.code)


# === Experiences ======================================================================================================


def hours_text(hours: Decimal) -> str:
    """``2.5`` as "2.5 hours"."""
    plain = number_format(hours.quantize(Decimal("0.1")).normalize() + 0)
    return ngettext("%(hours)s hour", "%(hours)s hours", 1 if hours == 1 else 2) % {"hours": plain}


def aim_text(kind: str, count: int, least_hours: Decimal) -> str:
    """ "Job shadow: 2, each of 2 hours or more"."""
    values = {"kind": kind, "count": count, "hours": hours_text(least_hours)}
    if not least_hours:
        return gettext("%(kind)s: %(count)s") % values
    if count == 1:
        return gettext("%(kind)s: %(count)s of %(hours)s or more") % values
    return gettext("%(kind)s: %(count)s, each of %(hours)s or more") % values


def standing_text(kind: str, counted: int, count: int, least_hours: Decimal) -> str:
    """ "Job shadow: 1 of 2 (2 hours or longer)"."""
    values = {"kind": kind, "counted": counted, "count": count, "hours": hours_text(least_hours)}
    if not least_hours:
        return gettext("%(kind)s: %(counted)s of %(count)s") % values
    return gettext("%(kind)s: %(counted)s of %(count)s (%(hours)s or longer)") % values


def year_text(school_year: int) -> str:
    """``2027`` as "2026–27"."""
    return f"{school_year - 1}–{school_year % 100:02}"


# === Languages ========================================================================================================

# Languages that Washington's families speak at home. Documents exist in those of settings.LANGUAGES.
LANGUAGE_WORDS: Mapping[str, Text] = {
    "am": _("Amharic"),
    "ar": _("Arabic"),
    "chk": _("Chuukese"),
    "en": _("English"),
    "es": _("Spanish"),
    "fa": _("Persian"),
    "fil": _("Filipino"),
    "hi": _("Hindi"),
    "ja": _("Japanese"),
    "km": _("Khmer"),
    "ko": _("Korean"),
    "lo": _("Lao"),
    "mh": _("Marshallese"),
    "om": _("Oromo"),
    "pa": _("Punjabi"),
    "pt": _("Portuguese"),
    "ru": _("Russian"),
    "so": _("Somali"),
    "sw": _("Swahili"),
    "ti": _("Tigrinya"),
    "tl": _("Tagalog"),
    "uk": _("Ukrainian"),
    "vi": _("Vietnamese"),
    "zh": _("Chinese"),
}


def language_word(code: str) -> str:
    """The language's name; the code itself where MBL has no name for it, and a dash where none is known."""
    if not code:
        return "–"
    return str(LANGUAGE_WORDS.get(code) or LANGUAGE_WORDS.get(code.split("-")[0]) or code)


def language_list(codes: Iterable[str]) -> str:
    """Several languages by name, in the order given."""
    return get_text_list([language_word(code) for code in codes], gettext("and"))

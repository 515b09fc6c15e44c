"""The sentences and words of crediting, in the reader's language.

``sentence(reason)`` is what pages print: it also turns dates, roles, methods and levels inside a reason into words.
Everything registered below can be read without it, with codes in place of those words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext_lazy, pgettext_lazy
from django.utils.translation import gettext_lazy as _

import crediting.words.engine  # noqa: F401 - registers the sentences of conditions
from crediting.rules.aggregation import Aggregation
from crediting.rules.compare import Change
from crediting.rules.facts import AttemptOutcome, Purpose
from crediting.rules.replay import Difference
from crediting.states import (
    PROPOSAL_FIELDS,
    AdoptionBody,
    AggregationKind,
    AppealState,
    AttestationWay,
    AwardProposalState,
    DecisionKind,
    EarlyWish,
    EdgeKind,
    EntryKind,
    EvidenceKind,
    EvidenceState,
    FrameworkStatus,
    HeldReason,
    HeldState,
    InviteStanding,
    LocalAssessment,
    Method,
    PolicyStanding,
    ProposalKind,
    ProposalState,
    RequestState,
    Rounding,
    StandardStatus,
    SubjectArea,
    WitnessRole,
)
from mbl.core.decisions import Reason
from mbl.core.words import register_states, register_words, say, state_word
from profiles.states import Role

# === Standards, courses, policies and the decision core ===============================================================

register_states(
    Method,
    {
        Method.STATE_ASSESSMENT: _("State assessment"),
        Method.LOCAL_ASSESSMENT: _("Local assessment"),
        Method.EQUIVALENCY: _("Learning outside school"),
        Method.NEXT_COURSE: _("Next higher course"),
    },
)
register_states(
    LocalAssessment,
    {
        LocalAssessment.TEST: _("Written or oral test"),
        LocalAssessment.WRITTEN_REPORT: _("Written report"),
        LocalAssessment.PORTFOLIO: _("Portfolio"),
        LocalAssessment.PRESENTATION: _("Presentation or oral defense"),
        LocalAssessment.HANDS_ON: _("Hands-on demonstration"),
        LocalAssessment.COMBINATION: _("Combination"),
    },
)
register_states(
    SubjectArea,
    {
        SubjectArea.ENGLISH: pgettext_lazy("subject", "English"),
        SubjectArea.MATH: _("Mathematics"),
        SubjectArea.SCIENCE: _("Science"),
        SubjectArea.SOCIAL_STUDIES: _("Social studies"),
        SubjectArea.ARTS: _("Arts"),
        SubjectArea.WORLD_LANGUAGES: _("World languages"),
        SubjectArea.HEALTH: _("Health"),
        SubjectArea.PHYSICAL_EDUCATION: _("Physical education"),
        SubjectArea.CTE: _("Career and technical education"),
        SubjectArea.ELECTIVE: _("Elective"),
        SubjectArea.STATE_HISTORY: _("Washington State History"),
    },
)
register_states(
    Purpose,
    {
        Purpose.CHALLENGE: _("Instead of taking the course"),
        Purpose.RECOVERY: _("To recover credit for a course taken before"),
        Purpose.EXCUSED: _("For a student who is excused from the course"),
        Purpose.EITHER: _("Instead of the course, or to recover credit"),
    },
)
register_states(
    AttemptOutcome,
    {
        AttemptOutcome.PASSED: pgettext_lazy("course attempt", "passed"),
        AttemptOutcome.FAILED: pgettext_lazy("course attempt", "not passed"),
        AttemptOutcome.NO_CREDIT: pgettext_lazy("course attempt", "no credit"),
        AttemptOutcome.INCOMPLETE: pgettext_lazy("course attempt", "incomplete"),
        AttemptOutcome.WITHDRAWN: pgettext_lazy("course attempt", "withdrawn"),
        AttemptOutcome.IN_PROGRESS: pgettext_lazy("course attempt", "in progress"),
    },
)
register_states(
    PolicyStanding,
    {
        PolicyStanding.DRAFT: pgettext_lazy("policy", "Draft"),
        PolicyStanding.SCHEDULED: pgettext_lazy("policy", "Scheduled"),
        PolicyStanding.IN_FORCE: (pgettext_lazy("policy", "In force"), "ok"),
        PolicyStanding.CLOSED: pgettext_lazy("policy", "Closed"),
    },
)
register_states(
    StandardStatus,
    {
        StandardStatus.ACTIVE: pgettext_lazy("standard", "In use"),
        StandardStatus.WITHDRAWN: (pgettext_lazy("standard", "Withdrawn"), "quiet"),
    },
)
register_states(
    FrameworkStatus,
    {
        FrameworkStatus.DRAFT: (pgettext_lazy("framework", "Draft of its publisher"), "attention"),
        FrameworkStatus.PENDING: (pgettext_lazy("framework", "Not implemented yet"), "attention"),
        FrameworkStatus.IMPLEMENTED: pgettext_lazy("framework", "Implemented"),
        FrameworkStatus.RETIRED: (pgettext_lazy("framework", "Retired"), "attention"),
        FrameworkStatus.UNKNOWN: pgettext_lazy("framework", "Not stated"),
    },
)
register_states(
    AdoptionBody,
    {
        AdoptionBody.STATE: _("State learning standards"),
        AdoptionBody.LOCAL: _("Locally adopted standards"),
    },
)

# An association read from either end: what the other standard is to the one the page is about.
_LINKS = {
    EdgeKind.IS_CHILD_OF: (_("Above it"), _("Below it")),
    EdgeKind.IS_PEER_OF: (_("Beside it"), _("Beside it")),
    EdgeKind.IS_PART_OF: (_("It is a part of"), _("Has this part")),
    EdgeKind.EXACT_MATCH_OF: (_("The same as"), _("The same as")),
    EdgeKind.PRECEDES: (_("Comes before"), _("Comes after")),
    EdgeKind.IS_RELATED_TO: (_("Related to"), _("Related to")),
    EdgeKind.REPLACED_BY: (_("Replaced by"), _("Replaces")),
    EdgeKind.EXEMPLAR: (_("Shown by the example"), _("Is an example of")),
    EdgeKind.HAS_SKILL_LEVEL: (_("At the level"), _("Is the level of")),
    EdgeKind.IS_TRANSLATION_OF: (_("A translation of"), _("Translated as")),
}


def link_word(kind: EdgeKind, forward: bool) -> str:
    """How one standard stands to another: ``forward`` where the association goes out from the first."""
    return str(_LINKS[kind][0 if forward else 1])


_CHANGES = {
    Change.ADDED: pgettext_lazy("standard", "Added"),
    Change.REMOVED: pgettext_lazy("standard", "Removed"),
    Change.REWORDED: pgettext_lazy("standard", "Reworded"),
    Change.RECODED: pgettext_lazy("standard", "Has another code"),
    Change.MOVED: pgettext_lazy("standard", "Moved"),
}


def change_word(change: Change) -> str:
    """How a standard differs between two editions."""
    return str(_CHANGES[change])


register_states(
    AggregationKind,
    {
        AggregationKind.NEWEST: pgettext_lazy("aggregation", "The newest judgement"),
        AggregationKind.BEST: pgettext_lazy("aggregation", "The best of several"),
        AggregationKind.MEAN: pgettext_lazy("aggregation", "The mean of the last ones"),
        AggregationKind.DECAYING: pgettext_lazy("aggregation", "A decaying average"),
        AggregationKind.TIMES: pgettext_lazy("aggregation", "A level reached several times"),
        AggregationKind.MODE: pgettext_lazy("aggregation", "The most frequent level"),
    },
)
register_states(
    Rounding,
    {
        Rounding.HALF_UP: pgettext_lazy("rounding", "rounded to the nearest level, from the middle up"),
        Rounding.DOWN: pgettext_lazy("rounding", "rounded down"),
        Rounding.UP: pgettext_lazy("rounding", "rounded up"),
    },
)

# The default scale's words; other scales bring theirs with translations of their own.
LEVEL_WORDS = {
    "beginning": pgettext_lazy("level", "Beginning"),
    "developing": pgettext_lazy("level", "Developing"),
    "proficient": pgettext_lazy("level", "Proficient"),
    "extending": pgettext_lazy("level", "Extending"),
}

# --- Decisions --------------------------------------------------------------------------------------------------------
register_words(
    {
        "policy.no_demonstration_date": _("The day on which the work was last shown is not known yet."),
        "policy.none_in_force": _("No published policy covers this course on %(on)s, so no credit can be awarded."),
        "policy.not_in_force": _("Policy %(policy)s, version %(version)s, does not apply to work shown on %(on)s."),
        "policy.in_force": _(
            "Policy %(policy)s, version %(version)s, was in force on %(on)s, when the work was shown."
        ),
        "policy.complete": _("Policy %(policy)s has the three parts that state rule asks for."),
        "policy.no_equity_provision": _(
            "Policy %(policy)s has no provision on cultural responsiveness and equity, so it cannot award credit."
        ),
        "policy.no_courses": _("Policy %(policy)s names no eligible courses, so it cannot award credit."),
        "policy.no_other_methods": _(
            "Policy %(policy)s does not say which other ways are allowed, not even “none”, so it cannot award credit."
        ),
        "course.eligible": _("%(course)s is on the list of eligible courses of policy %(policy)s."),
        "course.not_eligible": _("%(course)s is not on the list of eligible courses of policy %(policy)s."),
        "method.enabled": _("The policy allows this way for %(course)s: %(method)s."),
        "method.not_enabled": _("The policy does not allow this way for %(course)s: %(method)s."),
        "method.kind_not_chosen": _("The kind of local assessment has not been chosen."),
        "method.kind_enabled": _("The policy allows this kind of local assessment: %(kind)s."),
        "method.kind_chosen_by_student": _("The policy allows this kind, and the student chose it: %(kind)s."),
        "method.kind_not_enabled": _("The policy does not allow this kind for %(course)s: %(kind)s."),
        "purpose.not_served": _("The policy has no rule for this purpose in %(course)s: %(purpose)s."),
        "standards.none_named": _("No standard is named yet. Credit is for named standards."),
        "standards.named": ngettext_lazy("%(count)s standard is named.", "%(count)s standards are named.", "count"),
        "standards.not_adopted": _("%(standard)s is from “%(framework)s”, which the district has not adopted."),
        "standards.local_not_allowed": _(
            "%(standard)s is a local standard, and there are state standards for %(subject)s. Name state standards."
        ),
        "standards.all_state": _("Every named standard is a state learning standard."),
        "standards.local_allowed": _(
            "Every named standard is adopted; local ones are allowed because %(subject)s has no state standards."
        ),
        "standards.too_few": _("%(named)s of at least %(asked)s standards are named."),
        "rule.applies": _("Rule %(rule)s of the policy applies."),
        "rule.not_configured": _(
            "Rule %(rule)s of the policy leaves open what is shown, how much credit it gives or which mark."
        ),
        "prior_attempt.none": _(
            "The rule asks for an earlier attempt at %(course)s (%(outcomes)s). None is on record."
        ),
        "prior_attempt.found": _("An earlier attempt at %(course)s is on record: %(outcome)s on %(ended_on)s."),
        "mastery.not_judged": _("%(standard)s has not been judged yet."),
        "mastery.level_unknown": _("%(standard)s: the policy’s scale has no level “%(level)s”."),
        "mastery.reached": _("%(standard)s: %(level)s. Asked for: %(required_level)s."),
        "mastery.below": _("%(standard)s: %(level)s so far. Asked for: %(required_level)s."),
        "mastery.arithmetic_met": ngettext_lazy(
            "The one judgement counts: %(level)s is level %(reached)s of %(levels)s, and level %(asked)s is asked for.",
            "The newest of %(judgements)s judgements counts (attempt %(attempt)s): %(level)s is level %(reached)s of "
            "%(levels)s, and level %(asked)s is asked for.",
            "judgements",
        ),
        "mastery.arithmetic_below": ngettext_lazy(
            "The one judgement counts: %(level)s is level %(reached)s of %(levels)s, below the level %(asked)s asked.",
            "The newest of %(judgements)s judgements counts (attempt %(attempt)s): %(level)s is level %(reached)s of "
            "%(levels)s, below the level %(asked)s asked for.",
            "judgements",
        ),
        "mastery.too_few": ngettext_lazy(
            "%(standard)s: %(attempts)s of at least %(least)s attempt is judged.",
            "%(standard)s: %(attempts)s of at least %(least)s attempts are judged.",
            "least",
        ),
        "mastery.by_best": _(
            "The best of the last %(counted)s of %(attempts)s attempts (%(numbers)s) counts: "
            "level %(reached)s of %(levels)s."
        ),
        "mastery.by_mean": _(
            "The mean of the last %(counted)s of %(attempts)s attempts: (%(numbers)s) / %(counted)s = %(value)s, "
            "%(rounding)s: level %(reached)s of %(levels)s."
        ),
        "mastery.by_decaying": _(
            "Each attempt counts %(weight)s percent, what came before it %(before)s percent. Attempts %(numbers)s give "
            "%(steps)s, %(rounding)s: level %(reached)s of %(levels)s."
        ),
        "mastery.by_times": ngettext_lazy(
            "The highest level that at least one attempt reaches counts (%(numbers)s): level %(reached)s of "
            "%(levels)s.",
            "The highest level that at least %(times)s attempts reach counts (%(numbers)s): level %(reached)s of "
            "%(levels)s.",
            "times",
        ),
        "mastery.by_mode": _(
            "The most frequent level of %(attempts)s attempts (%(numbers)s) counts, and of equals the newest: "
            "level %(reached)s of %(levels)s."
        ),
        "aggregation.newest": _("The newest judgement counts."),
        "aggregation.best": ngettext_lazy(
            "The newest attempt counts.", "The best of the last %(n)s attempts counts.", "n"
        ),
        "aggregation.best_all": _("The best of all attempts counts."),
        "aggregation.mean": ngettext_lazy(
            "The newest attempt counts.", "The mean of the last %(n)s attempts counts, %(rounding)s.", "n"
        ),
        "aggregation.mean_all": _("The mean of all attempts counts, %(rounding)s."),
        "aggregation.decaying": _(
            "A decaying average counts: each attempt %(weight)s percent, what came before it the rest, %(rounding)s."
        ),
        "aggregation.times": ngettext_lazy(
            "The highest level reached once counts.", "The highest level reached %(n)s times counts.", "n"
        ),
        "aggregation.mode": _("The most frequent level counts, and of equally frequent ones the newest."),
        "aggregation.minimum": _("There must be at least %(least)s attempts."),
        "assessment.met": _("The result on %(instrument)s of %(taken_on)s is what the rule asks for."),
        "assessment.below": _("The result on %(instrument)s of %(taken_on)s is below what the rule asks for."),
        "assessment.none": _("No result is on file for: %(instruments)s."),
        "evidence.none": _("No evidence has been added yet."),
        "evidence.unused": _("None of the evidence has earned credit in %(course)s before."),
        "evidence.already_used": _(
            "Some of this evidence has already earned credit in %(course)s. It counts once for a course."
        ),
        "reflection.missing": _("The reflection is missing: the rule asks for one in the student’s own words."),
        "reflection.given": _("The student wrote a reflection."),
        "credit.award": _("%(credits)s credits in %(course)s with the mark %(mark)s, under rule %(rule)s."),
        "credit.exactly": _("The rule gives %(gives)s credits; %(left)s of %(worth)s in %(course)s are open."),
        "credit.up_to": _(
            "The rule gives up to %(gives)s credits; %(left)s of %(worth)s in %(course)s are open, so %(credits)s."
        ),
        "credit.already_earned": _("All %(worth)s credits of %(course)s are already on the record."),
        "credit.does_not_fit": _(
            "The rule gives %(gives)s credits, and only %(left)s of %(worth)s in %(course)s are still open."
        ),
        "approver.wrong_role": _("This is decided by: %(roles)s."),
        "approver.assessed_alone": _(
            "You alone assessed this work. The policy asks for a second person, so somebody else decides: %(roles)s."
        ),
        "approver.did_not_assess": _(
            "The policy lets the teacher who assessed the work decide, and you did not assess it."
        ),
        "approver.second_person": _("Decided by somebody whom the policy names and who did not assess alone."),
        "approver.assessor_may_decide": _("The policy does not ask for a second person here."),
    }
)

# --- What is open to a student, and what it asks ----------------------------------------------------------------------
register_words(
    {
        "course.no_credits": _("The school has not said how many credits %(course)s gives."),
        "course.already_earned": _("You already have %(standing)s of %(worth)s credits in %(course)s."),
        "course.no_policy": _("No published policy makes %(course)s eligible on %(on)s."),
        "course.policy_not_in_force": _("Policy %(policy)s, version %(version)s, is not in force on %(on)s."),
        "course.no_way": _("Policy %(policy)s lists %(course)s and opens no way to show mastery in it."),
        "course.ways_not_configured": _("Policy %(policy)s does not yet say what %(course)s asks for and gives."),
        "ask.prior_attempt": _("An earlier attempt at the course on your record: %(outcomes)s."),
        "ask.standards": ngettext_lazy(
            "At least %(count)s standard that you name, each judged %(required_level)s or above.",
            "At least %(count)s standards that you name, each judged %(required_level)s or above.",
            "count",
        ),
        "ask.assessment": _("A result that your school has on file: %(accepted)s."),
        "ask.reflection": _("Your reflection: what you learned, in your own words."),
        "ask.second_person_decides": _("After the assessment another person decides: %(roles)s."),
        "ask.assessor_decides": _(
            "The decision is made by: %(roles)s. The teacher who assesses may be the same person."
        ),
    }
)

# --- Whether a policy can be published --------------------------------------------------------------------------------
register_words(
    {
        "ready.equity": _("Cultural responsiveness and equity provision"),
        "ready.equity.missing": _("Write the provision on cultural responsiveness and equity (equity: provision)."),
        "ready.courses": ngettext_lazy("%(count)s eligible course", "%(count)s eligible courses", "count"),
        "ready.courses.missing": _("List the eligible courses (courses)."),
        "ready.other_methods": _("Statement on other ways"),
        "ready.other_methods.missing": _(
            "Say which other ways are allowed, or write “none” (other_methods: statement)."
        ),
        "ready.adopted": _("Day of adoption by the board"),
        "ready.adopted.missing": _("Add the day on which the board adopted this version (adopted: on)."),
        "ready.reference": _("Board reference"),
        "ready.reference.missing": _(
            "Add the board’s reference, such as a resolution or policy number (adopted: reference)."
        ),
        "ready.text": _("Text of the policy"),
        "ready.text.missing": _("Add the policy as the board adopted it (text)."),
        "ready.rules": ngettext_lazy("%(count)s rule", "%(count)s rules", "count"),
        "ready.rules.missing": _("Write at least one rule (rules). Without a rule, no way is open for any course."),
        "ready.rules_configured": _("Every rule says what is shown, what it gives and with which mark"),
        "ready.rule_credit.missing": _("Rule %(rule)s does not say how much credit it gives (credit)."),
        "ready.rule_mark.missing": _("Rule %(rule)s does not say which mark it gives (mark)."),
        "ready.rule_when.missing": _("Rule %(rule)s does not say what must be shown (when: standards or assessment)."),
        "ready.rule_citation.missing": _("Rule %(rule)s does not say where the policy states it (citation)."),
        "ready.rule_gives_more.missing": _(
            "Rule %(rule)s gives %(gives)s credits, and %(course)s gives %(worth)s in the catalog."
        ),
        "ready.approvers": _("Who decides"),
        "ready.approvers.missing": _("Name the roles that decide (approval: roles)."),
        "ready.catalog": ngettext_lazy(
            "The eligible course is in the catalog", "All %(count)s eligible courses are in the catalog", "count"
        ),
        "ready.course_unknown.missing": _("%(course)s is not in the catalog. Add the course, or take it off the list."),
        "ready.course_no_credits.missing": _("The catalog does not say how many credits %(course)s gives."),
        "ready.course_credits_differ.missing": _(
            "%(course)s gives %(worth)s credits in the catalog and %(said)s here."
        ),
        "ready.scale": _("Mastery scale “%(scale)s”"),
        "ready.scale.missing": _(
            "The district has no scale “%(scale)s” with the levels %(levels)s. Create it, or name another one."
        ),
        "ready.dates": _("No other version has the same days"),
        "ready.dates.missing": _(
            "Version %(version)s is in force from %(from)s to %(to)s. Close it earlier, or begin after it."
        ),
        "ready.dates_open.missing": _(
            "Version %(version)s is in force from %(from)s without an end. Close it first, or begin after it."
        ),
        "ready.one_policy.missing": _(
            "%(course)s is in policy %(policy)s, version %(version)s, on some of the same days. "
            "A course is in one policy at a time."
        ),
        "ready.published_meanwhile.missing": _(
            "Somebody else has just published a version with some of the same days or courses. Reload to see it."
        ),
    }
)

# --- Faults of a policy file ------------------------------------------------------------------------------------------
register_words(
    {
        "file.too_large": _("The file is larger than %(limit)s KB. A policy file is a few pages of text."),
        "file.missing": _("There is no file %(name)s, or it cannot be read. Check its name."),
        "file.not_utf8": _("The file is not UTF-8 text. Save it as UTF-8 and try again."),
        "file.strange_character": _("There is a control character here. Remove it and save the file as UTF-8 text."),
        "file.not_yaml": _("YAML cannot be read from here on: %(problem)s. Look at indentation, quotes and colons."),
        "file.empty": _("The file is empty."),
        "file.alias": _("Anchors and aliases (& and *) are not allowed. Write the values out."),
        "file.tag": _("Tags (%(tag)s) are not allowed. Write plain text and numbers."),
        "file.second_document": _("A second document begins here (---). Use one file for each version."),
        "file.too_deep": _("The file is nested more than %(limit)s levels deep."),
        "file.key_not_text": _("A key here is not text."),
        "file.key_twice": _("“%(key)s” is written twice in the same place."),
        "file.not_a_policy": _("A policy file begins with keys such as “schema: mbl-policy/1”."),
        "file.unknown_schema": _("The first line must be “schema: %(known)s”; found “%(schema)s”."),
        "shape.missing": _("“%(key)s” is missing here."),
        "shape.unknown_key": _("“%(key)s” is not known here. Known: %(known)s."),
        "shape.unknown_key_near": _("“%(key)s” is not known here. Did you mean “%(near)s”?"),
        "shape.kind": _("“%(key)s” is “%(found)s”, which is not what belongs here: %(kind)s."),
        "shape.not_a_choice": _("“%(key)s” is “%(found)s”. Choose one of: %(choices)s."),
        "shape.not_a_choice_near": _("“%(key)s” is “%(found)s”. Did you mean “%(near)s”?"),
        "shape.date": _("“%(key)s” is “%(found)s”. Write a day like 2026-07-01."),
        "shape.code": _(
            "“%(key)s” is “%(found)s”. A code has letters, digits, dots, dashes; at most 40 and no spaces."
        ),
        "shape.too_short": _("“%(key)s” needs at least %(limit)s."),
        "shape.too_long": _("“%(key)s” has more than %(limit)s."),
        "shape.at_least": _("“%(key)s” is %(found)s. It must be %(limit)s or more."),
        "shape.more_than": _("“%(key)s” is %(found)s. It must be more than %(limit)s."),
        "shape.at_most": _("“%(key)s” is %(found)s. It must be %(limit)s or less."),
        "shape.twice": _("“%(key)s” names something twice."),
        "shape.time": _("“%(key)s” is “%(found)s”. Write a time of day as 16:30."),
        "shape.more_keys": _("“%(key)s” says too little. Write some of these: %(known)s."),
        "shape.one_key": _("Write exactly one of these here: %(known)s."),
        "shape.other": _("“%(key)s” is not what belongs here. See docs/policy-file.md."),
        "agree.no_such_day": _("There is no day %(found)s."),
        "agree.far_day": _("%(found)s is too far away. Check the year."),
        "agree.ends_before_start": _("The last day, %(end)s, is before the first day, %(start)s."),
        "agree.twice": _("The code “%(code)s” is used twice."),
        "agree.unknown_method": _(
            "“%(method)s” is none of STATE_ASSESSMENT, LOCAL_ASSESSMENT, EQUIVALENCY and NEXT_COURSE, and is not "
            "listed under other_methods: methods."
        ),
        "agree.kinds_missing": _("A rule for LOCAL_ASSESSMENT says which kinds it allows: “kinds: all” or a list."),
        "agree.kinds_only_local": _("Kinds belong to LOCAL_ASSESSMENT only, and this rule is for %(method)s."),
        "agree.unknown_course": _("“%(course)s” is not on the list of eligible courses (courses)."),
        "agree.unknown_level": _("The scale has no level “%(level)s”. Its levels: %(levels)s."),
        "agree.letter_needs_basis": _("A letter mark (%(mark)s) needs its basis: how the district arrives at it."),
    }
)
_KINDS = {
    "string": _("text"),
    "number": _("a number"),
    "integer": _("a whole number"),
    "boolean": _("true or false"),
    "array": _("a list"),
    "object": _("keys with values"),
}


def sentence(reason: Reason) -> str:
    """The reason in the reader's language, with its dates, roles, methods, kinds and levels in words.

    A reason about a choice names its parts, one after the other.
    """
    params = in_words(reason.params)
    if reason.parts:
        params["parts"] = "; ".join(sentence(part).rstrip(".") for part in reason.parts) + "."
    return say(reason.code, params)


@dataclass(frozen=True)
class Said:
    """A sentence, and below it the sentences of its parts: for nested lists."""

    text: str
    parts: tuple[Said, ...] = ()


def said(reason: Reason) -> Said:
    """The reason as a sentence over its parts, where ``sentence`` names them one after the other."""
    text = say(reason.code, in_words(reason.params) | {"parts": ""})
    parts = tuple(said(part) for part in reason.parts)
    return Said(text.strip() if parts else sentence(reason), parts)


def in_words(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as people read them; what is not known stays as it is."""
    return {
        name: _READABLE[name](value) if name in _READABLE and isinstance(value, str) else value
        for name, value in params.items()
    }


def stored_sentence(stored: Mapping[str, Any]) -> str:
    """A reason that was kept as JSON, in the reader's language; empty where none was kept."""
    return sentence(Reason(stored["code"], stored["params"])) if stored else ""


def method_word(method: str) -> str:
    """A method in one phrase; a district's own method code as it is."""
    return str(state_word(Method(method))) if method in set(Method) else method


def kind_word(kind: str) -> str:
    return str(state_word(LocalAssessment(kind))) if kind in set(LocalAssessment) else kind


def witness_word(role: str) -> str:
    """Who attests: a witness without an account, a member of staff, or a code of the policy as a word."""
    if role in set(WitnessRole):
        return state_word(WitnessRole(role))
    return state_word(Role(role)) if role in set(Role) else level_word(role)


def subject_word(subject: str) -> str:
    return str(state_word(SubjectArea(subject))) if subject in set(SubjectArea) else subject


SKILLS = {
    "reading": _("reading"),
    "writing": _("writing"),
    "listening": _("listening"),
    "speaking": _("speaking"),
    "signing": _("signing"),
}
PROFICIENCY = {
    "below-novice-low": _("below Novice Low"),
    "novice-low": _("Novice Low"),
    "novice-mid": _("Novice Mid"),
    "novice-high": _("Novice High"),
    "intermediate-low": _("Intermediate Low"),
    "intermediate-mid": _("Intermediate Mid"),
    "intermediate-high": _("Intermediate High"),
    "advanced-low": _("Advanced Low"),
    "advanced-mid": _("Advanced Mid"),
    "advanced-high": _("Advanced High"),
}


def skills_words(skills: Mapping[str, str]) -> list[str]:
    """``reading: Novice High``, in the order in which skills are told."""
    return [
        f"{SKILLS.get(skill, skill)}: {PROFICIENCY.get(skills[skill]) or level_word(skills[skill])}"
        for skill in sorted(skills, key=[*SKILLS, *skills].index)
    ]


def value_word(value: str) -> str:
    """The value of a confirmed fact as people read it: yes and no in words, days as days, the rest as it is."""
    if value in {"yes", "no"}:
        return gettext("yes") if value == "yes" else gettext("no")
    return day(value)


def subjects_word(subject: str) -> str:
    """The subject a district's setting is for; without one it is for all the others."""
    return subject_word(subject) if subject else gettext("All other subjects")


def aggregation_words(terms: Aggregation) -> str:
    """How several judgements become a level, in a sentence or two."""
    how = say(f"aggregation.{terms.kind}" + ("_all" if terms.kind in _OF_ALL and not terms.n else ""), _said(terms))
    if terms.least == 1:
        return how
    return f"{how} {say('aggregation.minimum', {'least': terms.least})}"


_OF_ALL = (AggregationKind.BEST, AggregationKind.MEAN)


def _said(terms: Aggregation) -> dict[str, Any]:
    return {"n": terms.n, "weight": terms.weight, "rounding": state_word(terms.rounding)}


def level_word(level: str) -> str:
    """The word of a level code of the default scale; of other scales the code as a word."""
    return str(LEVEL_WORDS.get(level, level.replace("-", " ").replace("_", " ").capitalize()))


def any_of(words: Iterable[str | Promise]) -> str:
    """``A, B or C`` in the reader's language."""
    *first, last = [str(word) for word in words] or [""]
    if not first:
        return last
    return gettext("%(first)s or %(last)s") % {"first": ", ".join(first), "last": last}


def day(value: str) -> str:
    """An ISO day as people read it; other text as it is."""
    try:
        return date_format(dt.date.fromisoformat(value), "DATE_FORMAT")
    except ValueError:
        return value


def _roles(value: str) -> str:
    return any_of(str(witness_word(code)).lower() for code in _list(value))


def _outcomes(value: str) -> str:
    return any_of(state_word(AttemptOutcome(code)) if code in set(AttemptOutcome) else code for code in _list(value))


def _accepted(value: str) -> str:
    """Assessments as ``rules.offers.accepted`` lists them."""
    words = []
    for line in value.splitlines():
        title, level, score = (*line.split("\t"), "", "")[:3]
        if score:
            words.append(gettext("%(score)s or above on %(instrument)s") % {"score": score, "instrument": title})
        elif level:
            words.append(gettext("level %(level)s or above on %(instrument)s") % {"level": level, "instrument": title})
        else:
            words.append(gettext("the standard met on %(instrument)s") % {"instrument": title})
    return any_of(words)


def _kinds(value: str) -> str:
    return ", ".join(kind_word(kind) if kind in set(LocalAssessment) else _evidence_kind(kind) for kind in _list(value))


def _evidence_kind(kind: str) -> str:
    return str(state_word(EvidenceKind(kind))) if kind in set(EvidenceKind) else kind


def _higher(value: str) -> str:
    """Higher courses with their grades, as ``rules.offers`` lists them: ``BIO301:C,MED101:``."""
    words = []
    for one in _list(value):
        course, _colon, grade = one.partition(":")
        with_grade = gettext("%(course)s with %(grade)s or better") % {"course": course, "grade": grade}
        words.append(with_grade if grade else course)
    return any_of(words)


def _subjects(value: str) -> str:
    return any_of(subject_word(subject) for subject in _list(value))


def _list(value: str) -> list[str]:
    return [one.strip() for one in value.split(",") if one.strip()]


def _purpose(value: str) -> str:
    return str(state_word(Purpose(value))) if value in set(Purpose) else value


_ANCHORS = {
    "term_end": _("the end of the term"),
    "term_start": _("the beginning of the term"),
    "test": _("the test"),
    "demonstrated": _("the day on which the work was shown"),
    "submitted": _("the sending"),
    "notified": _("the day on which you were told"),
    "appealed": _("the appeal"),
}

_READABLE: dict[str, Callable[[str], str]] = {
    "on": day,
    "from": day,
    "to": day,
    "taken_on": day,
    "ended_on": day,
    "roles": _roles,
    "outcomes": _outcomes,
    "outcome": _outcomes,
    "accepted": _accepted,
    "kinds": _kinds,
    "courses": _higher,
    "subjects": _subjects,
    "approved_on": day,
    "starts_on": day,
    "first": day,
    "last": day,
    "method": method_word,
    "kind": lambda value: str(_KINDS.get(value, kind_word(value))),
    "purpose": _purpose,
    "subject": subject_word,
    "level": level_word,
    "required_level": level_word,
    "value": value_word,
    "anchor": lambda value: any_of(str(_ANCHORS.get(code, code)) for code in value.split(",")),
    "rounding": lambda value: str(state_word(Rounding(value))) if value in set(Rounding) else value,
}

# === Requests, evidence, judgements and decisions: the workflow's own words below this line =========================

register_states(
    RequestState,
    {
        RequestState.DRAFT: pgettext_lazy("credit request", "Draft"),
        RequestState.SUBMITTED: (pgettext_lazy("credit request", "Submitted"), "info"),
        RequestState.RETURNED: (pgettext_lazy("credit request", "Returned"), "attention"),
        RequestState.ASSESSED: (pgettext_lazy("credit request", "Assessed"), "info"),
        RequestState.AWARDED: (pgettext_lazy("credit request", "Awarded"), "award"),
        RequestState.GRANTED: (pgettext_lazy("credit request", "Granted without credit"), "ok"),
        RequestState.NOT_AWARDED: pgettext_lazy("credit request", "Not awarded"),
        RequestState.REVERSED: (pgettext_lazy("credit request", "Reversed"), "quiet"),
        RequestState.WITHDRAWN: pgettext_lazy("credit request", "Withdrawn"),
    },
)
register_states(
    EvidenceState,
    {
        EvidenceState.DRAFT: pgettext_lazy("evidence", "Draft"),
        EvidenceState.SUBMITTED: pgettext_lazy("evidence", "Submitted"),
        EvidenceState.RETURNED: (pgettext_lazy("evidence", "Returned"), "attention"),
        EvidenceState.ASSESSED: pgettext_lazy("evidence", "Assessed"),
    },
)
register_states(
    EvidenceKind,
    {
        EvidenceKind.FILE: pgettext_lazy("evidence", "File"),
        EvidenceKind.PHOTO: pgettext_lazy("evidence", "Photo"),
        EvidenceKind.LINK: pgettext_lazy("evidence", "Link"),
        EvidenceKind.TEXT: pgettext_lazy("evidence", "Text"),
    },
)
register_states(
    DecisionKind,
    {
        DecisionKind.AWARD: (pgettext_lazy("decision", "Awarded"), "award"),
        DecisionKind.REQUIREMENT_MET: (pgettext_lazy("decision", "Requirement met"), "ok"),
        DecisionKind.EXCUSED: (pgettext_lazy("decision", "Excused"), "ok"),
        DecisionKind.WAIVED: (pgettext_lazy("decision", "Waived"), "ok"),
        DecisionKind.REFUSED: pgettext_lazy("decision", "Not awarded"),
    },
)
register_states(
    Difference,
    {
        Difference.SAME: pgettext_lazy("replay", "As it was decided"),
        Difference.NO_LONGER: (pgettext_lazy("replay", "Not given any more"), "attention"),
        Difference.NEWLY: (pgettext_lazy("replay", "Given where it was not"), "ok"),
        Difference.LESS: (pgettext_lazy("replay", "Less credit"), "attention"),
        Difference.MORE: (pgettext_lazy("replay", "More credit"), "ok"),
        Difference.OTHERWISE: (pgettext_lazy("replay", "Another mark or outcome"), "info"),
        Difference.UNKNOWN: pgettext_lazy("replay", "Cannot be replayed"),
    },
)
register_states(
    HeldReason,
    {
        HeldReason.MARK: _("The mark is not known here"),
        HeldReason.RELIED_ON: _("A transcript or an award rests on the line"),
        HeldReason.CORRECTED: _("The line was corrected by hand"),
    },
)
register_states(
    EarlyWish,
    {
        EarlyWish.REMOVE: _("Take it off the record"),
        EarlyWish.NON_NUMERIC: _("Keep the credit with a mark outside the average"),
    },
)
register_states(
    AwardProposalState,
    {
        AwardProposalState.OPEN: pgettext_lazy("proposed award", "Open"),
        AwardProposalState.CONFIRMED: (pgettext_lazy("proposed award", "Awarded"), "award"),
        AwardProposalState.DISMISSED: pgettext_lazy("proposed award", "Set aside"),
        AwardProposalState.STALE: pgettext_lazy("proposed award", "No longer so"),
    },
)
register_states(
    HeldState,
    {
        HeldState.WAITING: (pgettext_lazy("held row", "Waiting"), "attention"),
        HeldState.TAKEN: pgettext_lazy("held row", "Entered"),
        HeldState.DISMISSED: pgettext_lazy("held row", "Set aside"),
    },
)
register_states(
    EntryKind,
    {
        EntryKind.COURSE: pgettext_lazy("credit", "Course"),
        EntryKind.MASTERY: pgettext_lazy("credit", "Mastery"),
        EntryKind.TRANSFER: pgettext_lazy("credit", "Transfer"),
        EntryKind.EQUIVALENCY: pgettext_lazy("credit", "Learning outside school"),
        EntryKind.REVERSAL: (pgettext_lazy("credit", "Reversal"), "quiet"),
    },
)

# --- What a link may be, and what is still missing before a request can be sent ---------------------------------------
register_words(
    {
        "evidence.link_too_long": _("This link is longer than %(most)s characters. Use the short link of the site."),
        "evidence.link_with_spaces": _("A link has no spaces or line breaks. Copy it again from the address bar."),
        "evidence.link_unreadable": _("This is not a web address. Copy it again from the address bar."),
        "evidence.link_not_web": _("A link begins with https:// or http://. Copy it from the address bar."),
        "evidence.link_without_host": _("The name of the site is missing. A link looks like https://example.org/work."),
        "evidence.link_with_password": _("This link carries a name or password. Share the work without one."),
        "request.way_closed": _("This way is not open for the course today. Choose another way, or ask your teacher."),
        "request.standards_missing": ngettext_lazy(
            "Choose at least %(least)s standard that your work shows.",
            "Choose at least %(least)s standards that your work shows. You have chosen %(chosen)s.",
            "least",
        ),
        "request.result_missing": _("Say which state assessment you took, and when."),
        "request.evidence_missing": _("Add at least one piece of evidence."),
        "request.photo_undescribed": _("Say in a few words what the photo “%(title)s” shows."),
        "request.reflection_missing": _("Write a reflection on at least one piece: what did you learn?"),
        "request.self_evaluation_missing": _("Judge your own work in your own words, before others judge it."),
        "request.credits_not_chosen": _("Say how much credit you ask for."),
        "request.mark_not_chosen": _("Choose the mark that your record should show."),
        "request.language_not_chosen": _("Say in which language you were tested."),
        "request.assessor_missing": _("Choose the teacher who should look at your work."),
    }
)
register_states(
    WitnessRole,
    {
        WitnessRole.ELDER: _("Elder"),
        WitnessRole.PRACTITIONER: _("Cultural practitioner"),
        WitnessRole.EMPLOYER: pgettext_lazy("witness", "Employer"),
        WitnessRole.PANELIST: _("Panel member"),
        WitnessRole.WITNESS: _("Another witness"),
    },
)
register_states(
    AttestationWay,
    {
        AttestationWay.LINK: _("By link"),
        AttestationWay.SPOKEN: _("Spoken, and written down by staff"),
        AttestationWay.OWN: _("Own word of a member of staff"),
    },
)
register_states(
    InviteStanding,
    {
        InviteStanding.WAITING: pgettext_lazy("attestation", "Asked"),
        InviteStanding.GIVEN: pgettext_lazy("attestation", "Given"),
        InviteStanding.EXPIRED: (pgettext_lazy("attestation", "Expired"), "attention"),
        InviteStanding.CANCELLED: pgettext_lazy("attestation", "Canceled"),
        InviteStanding.CLOSED: pgettext_lazy("attestation", "Closed"),
    },
)

# --- Proposals, hours, deadlines, appeals -----------------------------------------------------------------------------

register_states(
    ProposalKind,
    {
        ProposalKind.EQUIVALENCY: _("Learning away from school"),
        ProposalKind.PAID_WORK: _("Paid work experience"),
    },
)
register_states(
    ProposalState,
    {
        ProposalState.DRAFT: pgettext_lazy("proposal", "Draft"),
        ProposalState.SENT: (pgettext_lazy("proposal", "Waiting for approval"), "info"),
        ProposalState.APPROVED: (pgettext_lazy("proposal", "Approved"), "ok"),
        ProposalState.REFUSED: (pgettext_lazy("proposal", "Not approved"), "attention"),
        ProposalState.WITHDRAWN: pgettext_lazy("proposal", "Withdrawn"),
    },
)
register_states(
    AppealState,
    {
        AppealState.OPEN: (pgettext_lazy("appeal", "Waiting for an answer"), "info"),
        AppealState.UPHELD: pgettext_lazy("appeal", "The refusal stays"),
        AppealState.OVERTURNED: (pgettext_lazy("appeal", "Decided anew"), "ok"),
    },
)

# The ten elements of WAC 392-410-300(4), as their headings read.
_PROPOSAL_FIELDS = dict(
    zip(
        PROPOSAL_FIELDS,
        (
            _("Name of the program"),
            _("How long it lasts"),
            _("What you want to learn"),
            _("State learning goals and standards it covers"),
            _("How the credit is worked out"),
            _("Content, main activities and materials"),
            _("How your learning is assessed"),
            _("Who teaches you, and what qualifies them"),
            _("How the program itself is evaluated"),
            _("How and by whom you are supervised"),
        ),
        strict=True,
    )
)


def proposal_field_word(name: str) -> str:
    """The heading of one of the ten elements."""
    return str(_PROPOSAL_FIELDS[name])


register_words(
    {
        "proposal.program_missing": _("Give the program a name."),
        "proposal.duration_missing": _("Say how long it lasts, and how many hours."),
        "proposal.objectives_missing": _("Say what you want to learn."),
        "proposal.goals_missing": _("Name the state learning goals and standards it covers."),
        "proposal.credit_missing": _("Say how the credit is worked out."),
        "proposal.content_missing": _("Describe the content, the main activities and the materials."),
        "proposal.assessment_missing": _("Say how your learning is assessed."),
        "proposal.instructors_missing": _("Say who teaches you and what qualifies them."),
        "proposal.evaluation_missing": _("Say how the program itself is evaluated."),
        "proposal.supervision_missing": _("Say how and by whom you are supervised."),
        "proposal.days_missing": _("Say on which day it begins and on which it ends."),
        "proposal.days_reversed": _("It ends before it begins. Check the two days."),
        "proposal.employer_missing": _("Name the employer."),
        "proposal.in_time": _("It begins on %(from)s, after today, so it can be approved."),
        "proposal.too_late": _(
            "It begins on %(from)s, and today is %(on)s. State rule lets a proposal be approved only before the work "
            "begins. Choose a later first day for what is still to come, or ask for credit by another way."
        ),
        "proposal.old_enough": _("The student is %(age)s or older on %(from)s."),
        "proposal.too_young": _("For paid work a student is at least %(age)s years old on the first day, %(from)s."),
        "proposal.age_unknown": _(
            "The day of birth is not on record, so it is not known whether the student is %(age)s. Ask the office."
        ),
        "proposal.work_closed": _("The policy in force does not give credit for paid work."),
        "hours.none_yet": _(
            "%(hours)s hours are checked. From %(next_hours)s hours on they give %(next_credits)s credits."
        ),
        "hours.reached": _(
            "%(hours)s hours are checked: %(credits)s credits, from %(step)s hours on. From %(next_hours)s hours on "
            "they give %(next_credits)s."
        ),
        "hours.all_reached": _("%(hours)s hours are checked: %(credits)s credits, from %(step)s hours on."),
        "deadline.days_after": ngettext_lazy(
            "%(on)s: %(number)s day after %(anchor)s, %(from)s.",
            "%(on)s: %(number)s days after %(anchor)s, %(from)s.",
            "number",
        ),
        "deadline.weeks_after": ngettext_lazy(
            "%(on)s: %(number)s week after %(anchor)s, %(from)s.",
            "%(on)s: %(number)s weeks after %(anchor)s, %(from)s.",
            "number",
        ),
        "deadline.months_after": ngettext_lazy(
            "%(on)s: %(number)s month after %(anchor)s, %(from)s.",
            "%(on)s: %(number)s months after %(anchor)s, %(from)s.",
            "number",
        ),
        "deadline.school_days_after": ngettext_lazy(
            "%(on)s: %(number)s school day after %(anchor)s, %(from)s.",
            "%(on)s: %(number)s school days after %(anchor)s, %(from)s.",
            "number",
        ),
        "deadline.school_days_after_guessed": ngettext_lazy(
            "%(on)s: %(number)s school day after %(anchor)s, %(from)s, counting weekdays where no term is known.",
            "%(on)s: %(number)s school days after %(anchor)s, %(from)s, counting weekdays where no term is known.",
            "number",
        ),
        "deadline.days_before": ngettext_lazy(
            "%(on)s: %(number)s day before %(anchor)s, %(from)s.",
            "%(on)s: %(number)s days before %(anchor)s, %(from)s.",
            "number",
        ),
        "deadline.weeks_before": ngettext_lazy(
            "%(on)s: %(number)s week before %(anchor)s, %(from)s.",
            "%(on)s: %(number)s weeks before %(anchor)s, %(from)s.",
            "number",
        ),
        "deadline.months_before": ngettext_lazy(
            "%(on)s: %(number)s month before %(anchor)s, %(from)s.",
            "%(on)s: %(number)s months before %(anchor)s, %(from)s.",
            "number",
        ),
        "deadline.school_days_before": ngettext_lazy(
            "%(on)s: %(number)s school day before %(anchor)s, %(from)s.",
            "%(on)s: %(number)s school days before %(anchor)s, %(from)s.",
            "number",
        ),
        "deadline.school_days_before_guessed": ngettext_lazy(
            "%(on)s: %(number)s school day before %(anchor)s, %(from)s, counting weekdays where no term is known.",
            "%(on)s: %(number)s school days before %(anchor)s, %(from)s, counting weekdays where no term is known.",
            "number",
        ),
        "deadline.weekday": _("%(on)s, a window that comes round every year."),
        "deadline.month_day": _("%(on)s, the same day every year."),
        "deadline.no_anchor": _("The day it counts from is not known yet: %(anchor)s."),
        "appeal.too_late": _("An appeal could be made until %(on)s."),
        "appeal.no_window": _("The policy sets no last day for an appeal."),
    }
)

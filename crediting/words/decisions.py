"""What was decided and why; what is open to a student; what a replay would change."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from crediting.rules.outcome import OutcomeKind
from crediting.rules.replay import Difference, Unknown
from crediting.states import DecisionKind
from mbl.core.words import register_states, register_words

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
    OutcomeKind,
    {
        OutcomeKind.AWARD: (_("Credit is given"), "ok"),
        OutcomeKind.MUST_AWARD: (_("Credit must be given"), "ok"),
        OutcomeKind.REQUIREMENT_MET: (_("The requirement is met"), "ok"),
        OutcomeKind.EXCUSED: (_("Released from the requirement"), "ok"),
        OutcomeKind.WAIVED: (_("The requirement is waived"), "ok"),
        OutcomeKind.REFUSED: (_("Refused"), "urgent"),
        OutcomeKind.NOT_DECIDABLE: (_("Cannot be decided yet"), "attention"),
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
    Unknown,
    {
        Unknown.NO_FACTS: _("Decided before the facts were kept with each decision"),
        Unknown.PROGRAM: _("The answer hangs on a program that law protects, and a replay looks at nobody’s programs"),
    },
)

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
        "assessment.met": _("The result on %(instrument)s of %(taken_on)s is what the rule asks for."),
        "assessment.below": _("The result on %(instrument)s of %(taken_on)s is below what the rule asks for."),
        "assessment.no_level": _(
            "A result is on file without its level: %(instrument)s of %(taken_on)s. Ask the school to add the "
            "level from the score report; then it can be decided."
        ),
        "assessment.no_score": _(
            "A result is on file without its score: %(instrument)s of %(taken_on)s. Ask the school to add the "
            "score from the score report; then it can be decided."
        ),
        "assessment.no_skills": _(
            "A result is on file without its levels by skill: %(instrument)s of %(taken_on)s. Ask the school "
            "to add them from the score report; then it can be decided."
        ),
        "assessment.none": _("No result is on file for: %(instruments)s."),
        "evidence.none": _("No evidence has been added yet."),
        "evidence.unused": _("None of the evidence has earned credit in %(course)s before."),
        "evidence.already_used": _(
            "Some of this evidence has already counted in %(course)s. It counts once for a course."
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
            "At least %(count)s standard that you name, judged %(required_level)s or above.",
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

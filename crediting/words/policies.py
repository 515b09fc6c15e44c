"""Policies: where they stand, whether one can be published, and the faults of a policy file."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from crediting.states import PolicyStanding
from mbl.core.words import register_states, register_words

register_states(
    PolicyStanding,
    {
        PolicyStanding.DRAFT: pgettext_lazy("policy", "Draft"),
        PolicyStanding.SCHEDULED: pgettext_lazy("policy", "Scheduled"),
        PolicyStanding.IN_FORCE: (pgettext_lazy("policy", "In force"), "ok"),
        PolicyStanding.CLOSED: pgettext_lazy("policy", "Closed"),
    },
)

# --- Whether a policy can be published --------------------------------------------------------------------------------
register_words(
    {
        "ready.equity": _("Cultural responsiveness and equity provision"),
        "ready.equity.missing": _("Write the provision on cultural responsiveness and equity."),
        "ready.courses": ngettext_lazy("%(count)s eligible course", "%(count)s eligible courses", "count"),
        "ready.courses.missing": _("List the eligible courses."),
        "ready.other_methods": _("Statement on other ways"),
        "ready.other_methods.missing": _("Say which other ways are allowed, or write “none”."),
        "ready.adopted": _("Day of adoption by the board"),
        "ready.adopted.missing": _("Add the day on which the board adopted this version."),
        "ready.reference": _("Board reference"),
        "ready.reference.missing": _("Add the board’s reference, such as a resolution or policy number."),
        "ready.text": _("Text of the policy"),
        "ready.text.missing": _("Add the policy as the board adopted it."),
        "ready.rules": ngettext_lazy("%(count)s rule", "%(count)s rules", "count"),
        "ready.rules.missing": _("Write at least one rule. Without a rule, no way is open for any course."),
        "ready.rules_configured": _("Every rule says what is shown, what it gives and with which mark"),
        "ready.rule_credit.missing": _("Rule %(rule)s does not say how much credit it gives."),
        "ready.rule_mark.missing": _("Rule %(rule)s does not say which mark it gives."),
        "ready.rule_when.missing": _("Rule %(rule)s does not say what must be shown."),
        "ready.rule_citation.missing": _("Rule %(rule)s does not say where the policy states it."),
        "ready.rule_gives_more.missing": _(
            "Rule %(rule)s gives %(gives)s credits, and %(course)s gives %(worth)s in the catalog."
        ),
        "ready.approvers": _("Who decides"),
        "ready.approvers.missing": _("Name the roles that decide."),
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
        "ready.rule_requirement.missing": _("Rule %(rule)s does not say which requirement."),
        "ready.rule_excused.missing": _(
            "Rule %(rule)s gives credit in physical education to students who are excused from it, and asks for "
            "nothing that shows its knowledge: standards, a test, points, work or an attestation."
        ),
        "ready.rule_pathway.missing": _(
            "Rule %(rule)s: whether a graduation pathway is completed is a decision of its own, made with the plan. A "
            "policy on credit does not make it, also where both rest on the same test or work."
        ),
        "ready.rule_tribal.missing": _(
            "Rule %(rule)s: %(language)s is a language of Tribes, and only a tribal government certifies it. Ask for "
            "its word alone, or for a paper, fact or result whose code says so (tribal-certificate)."
        ),
        "ready.rule_because.missing": _(
            "Rule %(rule)s does not say how the standards of one course grow out of the other’s."
        ),
    }
)

# --- Faults and warnings of a policy file and of its cases ------------------------------------------------------------
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
        "file.policy_for_cases": _("This is a policy, and a file of cases is asked for here (schema: mbl-cases/1)."),
        "file.cases_for_policy": _("This is a file of cases, and a policy is asked for here (schema: mbl-policy/1)."),
        "file.unknown_schema": _("The first line must be “schema: %(known)s”; found “%(schema)s”."),
        "shape.missing_several": _("These keys are missing here: %(key)s."),
        "shape.letter": _("A letter needs its basis: {value: %(mark)s, basis: …}."),
        "shape.one_key_of": _("Write one condition behind each dash. Here are several: %(found)s."),
        "shape.missing": _("“%(key)s” is missing here."),
        "shape.unknown_key": _("“%(key)s” is not known here. Known: %(known)s."),
        "shape.unknown_key_near": _("“%(key)s” is not known here. Did you mean “%(near)s”?"),
        "shape.blank": _("“%(key)s” is empty. What belongs here: %(kind)s."),
        "shape.quote": _('“%(key)s” is read as a number or as yes and no. Put it in quotes: "%(found)s".'),
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
        "agree.unknown_method_near": _("There is no method “%(method)s”. Did you mean “%(near)s”?"),
        "agree.unknown_course_near": _(
            "“%(course)s” is not on the list of eligible courses (courses). Did you mean “%(near)s”?"
        ),
        "agree.kinds_missing": _("A rule for LOCAL_ASSESSMENT says which kinds it allows: “kinds: all” or a list."),
        "agree.kinds_only_local": _("Kinds belong to LOCAL_ASSESSMENT only, and this rule is for %(method)s."),
        "agree.unknown_course": _("“%(course)s” is not on the list of eligible courses (courses)."),
        "agree.unknown_level": _("The scale has no level “%(level)s”. Its levels: %(levels)s."),
        "agree.letter_needs_basis": _("A letter mark (%(mark)s) needs its basis: how the district arrives at it."),
        "agree.unknown_rule": _("There is no rule “%(rule)s”."),
        "agree.unknown_rule_near": _("There is no rule “%(rule)s”. Did you mean “%(near)s”?"),
        "agree.mark_or_ways": _(
            "“%(key)s” is for one mark. Beside choice, by_purpose, by_level, by_score, by_fact or from, write the "
            "usual mark under “default”."
        ),
        "agree.total_not_number": _("“%(fact)s” is added up, so its kind is number."),
        "agree.total_of_total": _("“%(fact)s” is added up itself. Name its parts here."),
        "agree.one_mark_table": _("Read the mark off one table: by_score or by_fact."),
        "agree.mark_from_no_course": _("“from: completed” needs a course that has to be completed (when: completed)."),
        "agree.row_is": _("Rows of words say “is”, each of them, and neither from nor to."),
        "agree.cap_counts_nothing": _(
            "These rules give no credit, so there is none to count. Write “counting: awards” (how often) or “counting: "
            "released” (credits of the requirement)."
        ),
        "agree.one_measure": _("Measure standards in one way: share, mean, or named with at_least."),
        "agree.unknown_fact": _("The fact “%(fact)s” is not declared under facts. Declared: %(known)s."),
        "agree.fact_not_number": _("The fact “%(fact)s” is not a number, and a number is asked for here."),
        "agree.one_comparison": _("Compare a fact in one way: is, one_of, or at_least and at_most."),
        "agree.one_amount": _("Say the amount in one way: %(known)s."),
        "agree.least_above_most": _("The least, %(least)s, is more than the most, %(most)s."),
        "agree.table_level": _("“%(level)s” is not among the levels of this table: %(levels)s."),
        "agree.row_backwards": _("The row ends at %(last)s, before it begins at %(first)s."),
        "agree.row_starts": _("Every row but the first says where it begins (from)."),
        "agree.rows_overlap": _("This row begins before the one above it ends. Write rows from low to high."),
        "agree.cap_limit": _("A cap has either at_most or share."),
        "agree.share_of_what": _("A share needs required_credits with a total."),
        "agree.cap_note": _("“then: note” and the text under note belong together."),
        "agree.unknown_period": _("The calendar has no period “%(period)s”. Known here: %(known)s."),
        "agree.periods_overlap": _("Two periods of the kind %(kind)s overlap on %(start)s."),
        "agree.unknown_deadline": _("There is no deadline “%(deadline)s”. Under deadlines: %(known)s."),
        "agree.unknown_anchor": _("A deadline cannot count from “%(anchor)s”. Known days: %(known)s."),
        "agree.unknown_source": _("“%(source)s” is not among the sources: %(known)s."),
        "agree.no_such_zone": _("There is no time zone “%(found)s”. Write one as America/Los_Angeles."),
        "agree.window_how": _(
            "Write after or before with one of days, school_days, weeks or months; or nth, weekday and month; or month "
            "and day."
        ),
        "agree.more_than_parts": _("%(count)s are asked for, and there are only %(of)s."),
        "agree.completed_what": _("Name the higher courses (any_of), or write “listed: true”."),
        "agree.next_course_names_none": _(
            "A rule for NEXT_COURSE names the course that has to be completed (when: completed)."
        ),
        "agree.own_mark": _(
            "“%(mark)s” is no mark of the state’s scale. For a mark of your own write “counts_in_gpa: false” beside it."
        ),
        "case.request_or_requests": _("A case has either request or requests."),
        "case.one_expected": _("One request has one expected outcome. A list is for a case without a request."),
        "case.expected_twice": _("What is expected is written twice, beside the request and inside it."),
        "case.unknown_fact": _("The policy declares no fact “%(fact)s”. Declared: %(known)s."),
        "case.fact_kind": _("The fact “%(fact)s” is %(kind)s in the policy, and here it is “%(found)s”."),
        "case.fact_added_up": _("The fact “%(fact)s” is added up. What counts are its parts: %(parts)s."),
        "case.fact_choice": _("The fact “%(fact)s” is “%(found)s” here, and the policy’s choices are: %(choices)s."),
        "case.unknown_code": _("Nothing that is said has the code “%(found)s”."),
        "case.unknown_code_near": _("Nothing that is said has the code “%(found)s”. Did you mean “%(near)s”?"),
        "case.expect_inside": _("With requests, what is expected stands inside each of them (expect)."),
        "warn.table_levels": _("Rule %(rule)s: the table does not say what these levels give: %(levels)s."),
        "warn.table_hole": _("Rule %(rule)s: the table leaves open what is between %(after)s and %(before)s."),
        "warn.table_ends": _("Rule %(rule)s: the table does not say what more than %(last)s gives."),
    }
)

# What belongs in a place of the file.
VALUE_KINDS = {
    "string": _("text"),
    "number": _("a number"),
    "integer": _("a whole number"),
    "boolean": _("true or false"),
    "array": _("a list"),
    "object": _("keys with values"),
}

"""The sentences of a policy's conditions: what they ask, what was found, and how an amount came about."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from mbl.core.words import register_words

# --- What a condition asks, as a student and the public read it -------------------------------------------------------
register_words(
    {
        "ask.all_of": _("All of these: %(parts)s"),
        "ask.any_of": _("One of these: %(parts)s"),
        "ask.at_least": _("At least %(count)s of these: %(parts)s"),
        "ask.none_of": _("Not open if one of these is so: %(parts)s"),
        "ask.standards_named": ngettext_lazy(
            "%(count)s of these standards judged %(required_level)s or above: %(named)s.",
            "%(count)s of these standards, each judged %(required_level)s or above: %(named)s.",
            "count",
        ),
        "ask.assessment_within": ngettext_lazy(
            "A result of the last month that your school has on file: %(accepted)s.",
            "A result of the last %(months)s months that your school has on file: %(accepted)s.",
            "months",
        ),
        "ask.fact": _("%(fact)s: %(asked)s. Your school confirms it."),
        "ask.total": _("Together %(asked)s: %(parts)s."),
        "ask.standards_share": _("%(percent)s percent of the standards judged %(required_level)s or above."),
        "ask.standards_mean": _("On average at least level %(mean)s, counted from 1 for the lowest."),
        "ask.assessment_first": _("Your first result on: %(accepted)s."),
        "ask.assessment_newest": _("Your newest result on: %(accepted)s."),
        "ask.table_standards": _("Standards judged %(required_level)s or above. How many decides how much credit."),
        "ask.enrolled_same": _("That you are in the course now."),
        "ask.fact_spent": _("%(fact)s: %(asked)s. Your school confirms it, and the award uses up %(spent)s of it."),
        "ask.fact_yes": _("%(fact)s. Your school confirms it."),
        "ask.fact_table": _("%(fact)s. Your school confirms it, and how much credit you get depends on it."),
        "ask.gain": _("A gain of at least %(asked)s from %(before)s to %(after)s."),
        "ask.evidence": ngettext_lazy(
            "At least %(count)s piece of work to look at.", "At least %(count)s pieces of work to look at.", "count"
        ),
        "ask.evidence_kinds": _("Work of each of these kinds: %(kinds)s."),
        "ask.self_evaluation": _("Your own judgement of your work, before others judge it."),
        "ask.paper": _("This paper at your school: %(paper)s."),
        "ask.attestation": ngettext_lazy(
            "Attested by: %(roles)s. %(text)s", "Attested by %(count)s people, each: %(roles)s. %(text)s", "count"
        ),
        "ask.completed": _("A course that builds on this one, completed: %(courses)s."),
        "ask.completed_listed": _("A course that builds on this one, completed, as your district’s catalog lists it."),
        "ask.completed_listed_grade": _(
            "A course that builds on this one, completed with %(grade)s or better, as your district’s catalog lists it."
        ),
        "ask.prior_attempt_within": _(
            "An earlier attempt at the course in the last %(months)s months on your record: %(outcomes)s."
        ),
        "ask.earned": _("At least %(asked)s credits already on your record."),
        "ask.earned_in": _("At least %(asked)s credits already on your record in: %(where)s."),
        "ask.enrolled": _("You take part now in: %(programs)s."),
        "ask.awarded": _("Credit from an earlier step: %(rules)s."),
        "ask.student.grades": _("Grade: %(grades)s."),
        "ask.student.age": _("Age: at least %(least)s."),
        "ask.student.age_below": _("Age: under %(below)s."),
        "ask.student.groups": _("For students in one of these situations: %(groups)s."),
        "ask.student.schools": _("For students of these schools: %(schools)s."),
        "ask.student.classes": _("For these graduating classes: %(classes)s."),
        "ask.approved_by": _("Approval before you begin, by: %(roles)s. What is approved: %(what)s."),
        "ask.keeps_revoke": _("This holds now and goes on holding. When it no longer does, the award is taken back:"),
        "ask.keeps_review": _(
            "This holds now and goes on holding. When it no longer does, somebody looks at the award:"
        ),
        "ask.keeps_stands": _("This holds now. The award stands when it no longer does:"),
        "ask.more_times": _("At least %(count)s times."),
        "ask.more_marks": _("With one of these marks: %(marks)s."),
        "ask.more_term": _("In term: %(term)s."),
        "ask.more_term_of": _("Of %(courses)s this term counts: %(term)s."),
        "ask.more_courses": _("In: %(where)s."),
        "ask.more_within": ngettext_lazy(
            "Completed in the last %(months)s month.", "Completed in the last %(months)s months.", "months"
        ),
        "ask.more_spend": _("One completed course shows one course only."),
        "ask.more_without_summer": _("Summer school does not count."),
        "ask.more_without_other_district": _("Courses of other districts do not count."),
        "ask.approved_before": _("Approval before you begin, for: %(what)s."),
        "ask.attempts": ngettext_lazy("At most %(most)s try %(per)s.", "At most %(most)s tries %(per)s.", "most"),
        "ask.wait": ngettext_lazy("%(days)s day between two tries.", "%(days)s days between two tries.", "days"),
        "ask.deadline": _("Sent by the deadline: %(deadline)s."),
        "ask.deadline_over": _("Not before this is over: %(deadline)s. What counts is %(event)s."),
        "ask.deadline_event": _("By the deadline: %(deadline)s. What counts is %(event)s."),
        "ask.window_event": _("Inside a period of the district’s calendar: %(window)s. What counts is %(event)s."),
        "ask.days": _("Between %(first)s and %(last)s. What counts is %(event)s."),
        "ask.request": _("Only for: %(asked)s."),
        "ask.window": _("Sent while the district takes requests: %(window)s."),
        "ask.table": _(
            "A result that your school has on file, on %(instruments)s. How much credit you get depends on it."
        ),
        "ask.per_part": _(
            "%(fact)s, confirmed by your school: %(gives)s credits for %(every)s, and for a part of it its part."
        ),
        "ask.per": _("%(fact)s, confirmed by your school: %(gives)s credits for every %(every)s."),
    }
)

# --- Groups and what was shown ----------------------------------------------------------------------------------------
register_words(
    {
        "group.all_of": _("All of this: %(parts)s"),
        "group.any_of_failed": _("The rule allows several ways, and none is met: %(parts)s"),
        "group.any_of_missing": _("One of these is still needed: %(parts)s"),
        "group.at_least_met": _("%(held)s of %(of)s are met, and %(asked)s are asked for: %(parts)s"),
        "group.at_least_failed": _("%(held)s of %(of)s are met, and %(asked)s are asked for. Not met: %(parts)s"),
        "group.at_least_missing": _("%(held)s of %(of)s are met so far, and %(asked)s are asked for: %(parts)s"),
        "group.none_of_failed": _("The rule excludes this: %(parts)s"),
        "group.none_of_missing": _("It is not known yet whether the rule excludes this: %(parts)s"),
        "group.none_of_met": _("Nothing applies that the rule excludes."),
        "standards.not_claimed": _("%(standard)s is asked for by the rule and has not been named yet."),
        "standards.enough_of": _("%(held)s of %(of)s standards have reached the level, and %(asked)s are asked for."),
        "standards.not_enough_of": _(
            "%(held)s of %(of)s standards have reached the level, and %(asked)s are asked for: %(parts)s"
        ),
        "standards.mean_reached": _("The average of %(count)s levels is %(mean)s (asked for: %(asked)s)."),
        "standards.mean_below": _("The average of %(count)s levels is %(mean)s, and the rule asks for %(asked)s."),
        "standards.mean_unknown": _("The average cannot be told before every standard is judged."),
        "standards.more_to_judge": _(
            "%(held)s standards have reached the level so far, and the first credit needs %(least)s."
        ),
        "total.so": _("Together %(total)s (asked for: %(asked)s): %(parts)s."),
        "total.not_so": _("Together %(total)s, and the rule asks for %(asked)s: %(parts)s."),
        "total.unknown": _("The sum cannot be told yet. Not known: %(lacking)s."),
        "assessment.too_old": _("The result on %(instrument)s of %(taken_on)s is more than %(months)s months old."),
        "fact.unknown": _("Nobody has confirmed this yet: %(fact)s."),
        "fact.so": _("%(fact)s: %(value)s. The rule asks for: %(asked)s."),
        "fact.excluded": _("%(fact)s: %(value)s."),
        "total.excluded": _("Together %(total)s: %(parts)s."),
        "fact.not_so": _("%(fact)s: %(value)s, and the rule asks for: %(asked)s."),
        "gain.unknown": _("The gain from %(before)s to %(after)s is not known yet."),
        "gain.enough": _("The gain from %(before)s to %(after)s is %(gain)s. The rule asks for %(asked)s."),
        "gain.too_small": _("The gain from %(before)s to %(after)s is %(gain)s, and the rule asks for %(asked)s."),
        "evidence.shown": ngettext_lazy(
            "%(count)s piece of work was shown.", "%(count)s pieces of work were shown.", "count"
        ),
        "evidence.too_few": _("%(held)s of %(asked)s pieces of work have been added."),
        "evidence.kinds_missing": _("Work of this kind is still missing: %(kinds)s."),
        "self_evaluation.given": _("The student judged their own work."),
        "self_evaluation.missing": _("The student’s own judgement of the work is missing."),
        "paper.on_file": _("On file: %(paper)s."),
        "paper.missing": _("Not received yet: %(paper)s."),
        "attestation.given": _("Attested on %(on)s by: %(roles)s. %(text)s"),
        "attestation.missing": ngettext_lazy(
            "Not attested yet by: %(roles)s. %(text)s",
            "Attested so far by %(held)s of %(count)s people, each: %(roles)s. %(text)s",
            "count",
        ),
    }
)

# --- What is on the record, who, and when -----------------------------------------------------------------------------
register_words(
    {
        "prior_attempt.excluded": _(
            "The attempt at %(course)s that ended on %(ended_on)s does not count under the policy."
        ),
        "prior_attempt.too_few": _(
            "%(held)s such attempts at %(course)s are on record, and the rule asks for %(asked)s."
        ),
        "prior_attempt.too_old": _(
            "The attempt at %(course)s ended on %(ended_on)s, more than %(months)s months before."
        ),
        "completed.no_pair": _("The district lists no course whose completion shows %(course)s."),
        "completed.none": _("No course that builds on %(course)s is completed yet: %(courses)s."),
        "completed.not_finished": _("%(higher)s is not completed yet."),
        "completed.not_passed": _("%(higher)s was not passed (%(mark)s)."),
        "completed.excluded": _("%(higher)s was completed in a way that does not count under the policy."),
        "completed.too_old": _("%(higher)s was completed on %(ended_on)s, which is too long ago."),
        "completed.mark_without_grade": _(
            "%(higher)s was completed with %(mark)s, which cannot be compared with %(grade)s."
        ),
        "completed.grade_below": _("%(higher)s was completed with %(mark)s, and %(grade)s or better is asked for."),
        "completed.already_used": _("%(higher)s has already shown another course."),
        "completed.passed": _("%(higher)s was completed with %(mark)s on %(ended_on)s. %(because)s"),
        "earned.enough": _("%(credits)s credits are on the record, and %(asked)s are asked for."),
        "earned.excluded": _("%(credits)s credits are on the record."),
        "earned.too_little": _("%(credits)s credits are on the record, and %(asked)s are asked for first."),
        "enrolled.now": _("Takes part now: %(programs)s."),
        "enrolled.not_now": _("The rule is for students who take part now in: %(programs)s."),
        "awarded.before": _("An earlier step, %(rules)s, has given %(credits)s credits."),
        "awarded.not_before": _("An earlier step comes first: credit under %(rules)s."),
        "student.grade_fits": _("Grade %(grade)s is one that the rule is for."),
        "student.grade_outside": _("The rule is for grades %(grades)s, and the student is in grade %(grade)s."),
        "student.grade_unknown": _("The student’s grade is not known, and the rule is for grades %(grades)s."),
        "student.age_fits": _("The student’s age fits the rule."),
        "student.age_outside": _("The student’s age does not fit the rule."),
        "student.age_unknown": _("The student’s age is not known."),
        "student.group_fits": _("The rule is for students in this situation."),
        "student.group_outside": _("The rule is for students in another situation."),
        "student.group_unknown": _("It is not known whether the student is in the situation the rule is for."),
        "student.school_fits": _("The rule is for the student’s school."),
        "student.school_outside": _("The rule is for these schools: %(schools)s."),
        "student.school_unknown": _("The student’s school is not known."),
        "student.class_fits": _("The rule is for the student’s graduating class."),
        "student.class_outside": _("The rule is for the graduating classes %(classes)s."),
        "student.class_unknown": _("The student’s graduating class is not known."),
        "approval.before": _("Approved on %(approved_on)s, before the work began on %(starts_on)s."),
        "approval.too_late": _(
            "Approved on %(approved_on)s, and the work had begun on %(starts_on)s. Approval comes first."
        ),
        "approval.none_before": _("The work began without an approval, and none can be given afterwards."),
        "approval.none_yet": _("The approval before the work begins is still missing."),
        "approval.start_unknown": _("It is not known when the work began, so nobody can say what came first."),
        "approval.refused": _("The proposal was not approved."),
        "approval.wrong_role": _("The approval was given by somebody whom the policy does not name."),
        "attempts.left": _("A try is left."),
        "attempts.used_up": _("%(held)s of at most %(most)s tries %(per)s are used up."),
        "attempts.wait": _("The next try is possible from %(on)s."),
        "deadline.in_time": _("Sent on %(on)s, in time (until %(last)s)."),
        "deadline.held": _("%(on)s is in time, by %(last)s. What counts is %(event)s."),
        "deadline.late": _("%(on)s is too late: it was due by %(last)s. What counts is %(event)s."),
        "deadline.over": _("%(on)s is after %(last)s, as the rule asks. What counts is %(event)s."),
        "deadline.too_early": _("%(on)s is too early: it has to be after %(last)s. What counts is %(event)s."),
        "deadline.inside_window": _(
            "%(on)s is inside a period of the calendar (%(window)s). What counts is %(event)s."
        ),
        "deadline.outside_window": _("%(on)s is in no period of the calendar (%(window)s). What counts is %(event)s."),
        "deadline.not_sent": _("Not sent yet."),
        "deadline.no_window": _("The policy’s calendar does not say when requests are taken: %(window)s."),
        "deadline.rolls": _("Sent on %(on)s, after %(last)s, so it counts for the next deadline, %(next)s."),
        "deadline.passed": _("Sent on %(on)s. It was due by %(last)s%(at)s."),
        "deadline.unanchored": _("The day that the deadline counts from is not known yet: %(deadline)s."),
        "deadline.decide_by": _("The decision is due by %(last)s."),
        "request.fits": _("This is for: %(asked)s."),
        "request.language_unknown": _("The language has not been said. This is only for: %(asked)s."),
        "request.other": _("This is only for: %(asked)s."),
        "days.inside": _("%(on)s is inside the days that the rule is for. What counts is %(event)s."),
        "days.outside": _(
            "%(on)s is outside the days that the rule is for, %(first)s to %(last)s. What counts is %(event)s."
        ),
        "days.unknown": _("The day is not known yet: %(event)s."),
        "deadline.next_window": _("Sent on %(on)s, when no requests were taken. They are taken again from %(first)s."),
        "deadline.missed": _("Sent on %(on)s, after the last day on which requests were taken."),
        "school.closed": _("The school does not offer this for %(course)s."),
    }
)

# --- How much, which mark, and what else the rules say ----------------------------------------------------------------
register_words(
    {
        "credit.must_award": _(
            "%(credits)s credits in %(course)s with the mark %(mark)s must be awarded, under rule %(rule)s."
        ),
        "duty.must_award": _(
            "State law gives at least %(least)s credits for the passing result on %(instrument)s of %(taken_on)s. "
            "It needs no request and cannot be refused."
        ),
        "outcome.requirement_met": _("The requirement is met without credit: %(requirement)s."),
        "outcome.excused": _("The student is released from the requirement, without credit: %(requirement)s."),
        "duty.none": _("Nothing is requested, and no award must be made without a request."),
        "fee.due": _("A fee of $%(amount)s is due for this try."),
        "old_line.out_of_gpa": _(
            "The earlier line stays on the record, and its mark no longer counts in the grade point average."
        ),
        "appeal.offered_days": ngettext_lazy(
            "An appeal is possible within %(days)s day after the %(after)s. It goes to: %(to)s.",
            "An appeal is possible within %(days)s days after the %(after)s. It goes to: %(to)s.",
            "days",
        ),
        "appeal.offered_school_days": ngettext_lazy(
            "An appeal is possible within %(days)s school day after the %(after)s. It goes to: %(to)s.",
            "An appeal is possible within %(days)s school days after the %(after)s. It goes to: %(to)s.",
            "days",
        ),
        "review.nothing": _("No award in %(course)s is known whose rule could be looked at again."),
        "review.holds": _("The award in %(course)s under rule %(rule)s stands."),
        "review.review": _("What the award in %(course)s rests on no longer holds. Somebody has to look at it."),
        "review.revoke": _("What the award in %(course)s rests on no longer holds, so it is taken back."),
        "outcome.waived_and_replaced": _(
            "The requirement is waived, and its credit has to be earned in something else: %(requirement)s."
        ),
        "outcome.released": _("That is %(credits)s credits of: %(requirement)s."),
        "outcome.waived": _("The requirement is waived: %(requirement)s."),
        "credit.not_said": _("It has not been said how much credit is asked for."),
        "credit.converted": _("%(before)s credits, times %(factor)s, in steps of %(step)s: %(credits)s."),
        "credit.difference": _("%(gives)s credits, less %(standing)s already awarded: %(credits)s."),
        "credit.no_difference": _("%(standing)s credits are already awarded, and the result gives no more than that."),
        "credit.of_attempted": _("The earlier attempt left %(left)s credits unearned."),
        "credit.nothing_attempted": _("The earlier attempt left %(left)s credits unearned, less than the rule gives."),
        "credit.below_least": _("%(credits)s credits are open, and the rule gives no less than %(least)s."),
        "per.enough": _(
            "%(fact)s: %(value)s. For every %(every)s there are %(gives)s credits: %(times)s × %(gives)s = %(credits)s."
        ),
        "per.part": _("%(fact)s: %(value)s. %(every)s gives %(gives)s credits, and a part its part: %(credits)s."),
        "per.not_enough": _("%(fact)s: %(value)s left, and it takes %(every)s to give %(gives)s credits."),
        "table.gives": _("%(name)s: %(reached)s gives %(credits)s credits."),
        "table.gives_none": _("%(name)s: %(reached)s gives no credit."),
        "table.below": _("%(name)s: %(reached)s gives no credit. The first level that does is %(least)s."),
        "table.no_row": _("%(name)s: the policy does not say what %(reached)s gives."),
        "language.lowest": _("The lowest level across %(skills)s is %(reached)s."),
        "language.certified": _("%(language)s is a language of Tribes, and a tribal government certified it."),
        "language.not_certified": _(
            "%(language)s is a language of Tribes: only a tribal government certifies it. No other test and no "
            "judgement of a school counts. Its certificate is still missing."
        ),
        "language.skill_missing": _("The test of %(taken_on)s has no level for: %(lacking)s."),
        "cap.within": _("Limit %(cap)s: %(taken)s of %(most)s are used so far, so there is room."),
        "cap.cut": _("Limit %(cap)s: %(taken)s of %(most)s are used so far, so only %(credits)s can be given."),
        "cap.used_up": _("Limit %(cap)s: all %(most)s are used."),
        "cap.exceeded": _(
            "Limit %(cap)s: %(taken)s of %(most)s are used so far, so there is no room for %(gives)s more."
        ),
        "cap.within_awards": _(
            "Limit %(cap)s: it counts awards. So far %(taken)s of %(most)s are made, so there is room."
        ),
        "cap.used_up_awards": _(
            "Limit %(cap)s: it counts awards and allows %(most)s. So many are made already: %(taken)s."
        ),
        "cap.noted_awards": _(
            "Limit %(cap)s: it counts awards. So far %(taken)s of %(most)s are made, and this goes beyond it. %(note)s"
        ),
        "cap.within_released": _(
            "Limit %(cap)s: so far requirements of %(taken)s of %(most)s credits are met, excused or waived, so there "
            "is room."
        ),
        "cap.cut_released": _(
            "Limit %(cap)s: so far requirements of %(taken)s of %(most)s credits are met, excused or waived, so only "
            "%(credits)s more can be."
        ),
        "cap.used_up_released": _(
            "Limit %(cap)s: requirements of %(most)s credits may be met, excused or waived, and that many are already."
        ),
        "cap.exceeded_released": _(
            "Limit %(cap)s: so far requirements of %(taken)s of %(most)s credits are met, excused or waived, so there "
            "is no room for %(gives)s more."
        ),
        "cap.noted_released": _(
            "Limit %(cap)s: so far requirements of %(taken)s of %(most)s credits are met, excused or waived, and this "
            "goes beyond it. %(note)s"
        ),
        "cap.noted": _("Limit %(cap)s: %(taken)s of %(most)s are used so far, and this goes beyond it. %(note)s"),
        "cap.unknown": _("Limit %(cap)s: the policy does not say how much graduation requires, so nobody can tell."),
        "cap.no_period": _("Limit %(cap)s: the policy’s calendar says nothing about %(on)s, so nobody can tell."),
        "choice.undated": _("It is not known whether the student chose in time."),
        "choice.late": _("The student chose on %(on)s. It had to be chosen by %(last)s."),
        "choice.in_time": _("The student chose on %(on)s, in time (until %(last)s)."),
        "mark.choice_undated": _("It is not known whether the mark was chosen in time."),
        "mark.chosen_late": _("The mark was chosen on %(on)s. It had to be chosen by %(last)s."),
        "mark.chosen_in_time": _("The mark was chosen on %(on)s, in time (until %(last)s)."),
        "mark.unknown": _("The mark cannot be told yet: nothing is on file that it is read off."),
        "mark.no_row": _("The policy does not say which mark %(reached)s gives."),
        "mark.not_chosen": _("The mark has not been chosen: %(marks)s."),
        "discretion.used": _("Let pass by the %(roles)s: %(why)s. Without that: %(parts)s"),
        "evidence.used_elsewhere": _(
            "The result has already counted in %(other)s, and the policy does not let it count here too."
        ),
        "purpose.mixing_not_said": _(
            "The same result has earned credit in %(other)s for another purpose, and the policy does not say whether "
            "it may do both. Ask the district."
        ),
        "purpose.mixing_allowed": _("The policy lets one result count for both purposes."),
        "purpose.mixing_refused": _(
            "The same result has earned credit in %(other)s for another purpose, and the policy does not allow both."
        ),
    }
)

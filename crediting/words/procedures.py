"""Proposals, hours, deadlines and appeals."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from crediting.states import PROPOSAL_FIELDS, AppealState, ProposalKind, ProposalState
from mbl.core.words import register_states, register_words

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

# The days that deadlines count from.
ANCHORS = {
    "term_end": _("the end of the term"),
    "term_start": _("the beginning of the term"),
    "test": _("the test"),
    "demonstrated": _("the day on which the work was shown"),
    "submitted": _("the day on which it was sent"),
    "started": _("the day on which the work began"),
    "decided": _("the day of the decision"),
    "notified": _("the day on which you were told"),
    "appealed": _("the appeal"),
}

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
        "closed.no_day": _("Line %(line)s does not begin with a day: “%(text)s”. Write 2026-11-26 or 11/26/2026."),
        "closed.no_such_day": _("Line %(line)s: there is no day “%(text)s”."),
        "closed.backwards": _("Line %(line)s: the last day comes before the first: “%(text)s”."),
        "closed.too_long": _("Line %(line)s is longer than %(most)s days. Set the dates of the term instead."),
        "appeal.too_late": _("An appeal could be made until %(on)s."),
        "appeal.no_window": _("The policy sets no last day for an appeal."),
    }
)


def proposal_field_word(name: str) -> str:
    """The heading of one of the ten elements."""
    return str(_PROPOSAL_FIELDS[name])

"""Words and sentences about credit from another school."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from crediting.states import GivenUnit, Recognition, Sending, TransferState
from mbl.core.words import register_states, register_words, state_word

register_states(
    Sending,
    {
        Sending.WASHINGTON_PUBLIC: _("Public school in Washington"),
        Sending.ACCREDITED: _("Accredited school elsewhere"),
        Sending.NOT_ACCREDITED: _("School that is not accredited"),
        Sending.UNKNOWN: _("Not known whether accredited"),
    },
)
register_states(
    GivenUnit,
    {
        GivenUnit.CREDIT: pgettext_lazy("unit of credit", "Credits, as here"),
        GivenUnit.SEMESTER: pgettext_lazy("unit of credit", "Semester credits"),
        GivenUnit.TRIMESTER: pgettext_lazy("unit of credit", "Trimester credits"),
        GivenUnit.QUARTER: pgettext_lazy("unit of credit", "Quarter credits"),
        GivenUnit.CARNEGIE: pgettext_lazy("unit of credit", "Carnegie units"),
        GivenUnit.CLOCK_HOURS: pgettext_lazy("unit of credit", "Clock hours"),
        GivenUnit.COLLEGE_QUARTER: pgettext_lazy("unit of credit", "College quarter hours"),
        GivenUnit.COLLEGE_SEMESTER: pgettext_lazy("unit of credit", "College semester hours"),
    },
)
register_states(
    Recognition,
    {
        Recognition.WHOLE: (pgettext_lazy("transferred credit", "Recognized"), "ok"),
        Recognition.ELECTIVE: pgettext_lazy("transferred credit", "Recognized as an elective"),
        Recognition.PARTIAL: pgettext_lazy("transferred credit", "Recognized in part"),
        Recognition.REFUSED: (pgettext_lazy("transferred credit", "Not recognized"), "attention"),
    },
)
register_states(
    TransferState,
    {
        TransferState.WAITING: (pgettext_lazy("transferred credit", "To decide"), "info"),
        TransferState.TO_CONFIRM: (pgettext_lazy("transferred credit", "To confirm"), "info"),
        TransferState.DECIDED: pgettext_lazy("transferred credit", "Decided"),
        TransferState.WITHDRAWN: (pgettext_lazy("transferred credit", "Taken off the list"), "quiet"),
    },
)


def waiver_word(waived: bool) -> str:
    return pgettext("requirement", "waived") if waived else pgettext("requirement", "not waived")


def sending_word(value: str) -> str:
    return state_word(Sending(value)) if value in set(Sending) else value


def unit_word(value: str) -> str:
    return state_word(GivenUnit(value)) if value in set(GivenUnit) else value


register_words(
    {
        "transfer.policy": _("The district has a policy for credit of other schools, the same for all its schools."),
        "transfer.no_policy": _(
            "No policy in force says how credit of other schools is recognized, and state rule asks for one. "
            "An administrator adds the part “Credit of other schools” to a policy."
        ),
        "transfer.statute_alone": _(
            "No policy in force speaks of credit of other schools. State law has it accepted all the same."
        ),
        "transfer.no_unit": _("The policy does not say how much credit this is in: %(unit)s."),
        "transfer.school_recognized": _("%(sending)s: the policy recognizes its credit as it stands."),
        "transfer.school_accepted": _("%(sending)s: state law has its credit accepted for this student."),
        "transfer.others_judged": _("%(sending)s: the policy leaves it to the judgment of who decides."),
        "transfer.others_elective": _("%(sending)s: the policy recognizes its credit as an elective."),
        "transfer.others_refused": _("%(sending)s: the policy does not recognize its credit."),
        "transfer.mastery": _("Earned by showing mastery there. It counts like any other credit."),
        "transfer.converted": _("%(given)s (%(unit)s) × %(worth)s = %(exact)s credits."),
        "transfer.rounded_down": _("Rounded down to a multiple of %(step)s: %(before)s becomes %(credits)s."),
        "transfer.rounded_up": _("Rounded up to a multiple of %(step)s: %(before)s becomes %(credits)s."),
        "transfer.rounded_half_up": _(
            "Rounded to the nearest multiple of %(step)s, the middle up: %(before)s becomes %(credits)s."
        ),
        "transfer.attempt_only": _("The mark %(mark)s came without credit there. The attempt is kept on the record."),
        "transfer.no_partial": _("The policy gives no credit for a part of a term."),
        "transfer.partial": _(
            "There for %(attended)s of %(of_days)s days: %(given)s (%(unit)s) × %(worth)s × %(attended)s/%(of_days)s = "
            "%(exact)s credits."
        ),
        "transfer.cap_left": _(
            "Of schools that the policy does not name, at most %(most)s credits count; %(taken)s do already, %(left)s "
            "are left."
        ),
        "transfer.cap_used": _(
            "Of schools that the policy does not name, at most %(most)s credits count, and %(taken)s do already."
        ),
        "transfer.must_accept": _("State law: for this student the credit has to be accepted. It cannot be refused."),
        "transfer.subject": _("It counts in this subject: %(subject)s."),
        "transfer.elective": _("No course or subject is named, so it counts as an elective."),
        "transfer.fits": _(
            "%(course)s is worth %(worth)s credits; %(standing)s are on the record already, so it fits."
        ),
        "transfer.cut": _(
            "%(course)s is worth %(worth)s credits and %(standing)s are on the record already, so %(left)s fit."
        ),
        "transfer.already_earned": _(
            "%(course)s is worth %(worth)s credits, and all of them are on the record. No credit counts twice."
        ),
        "transfer.too_much": _("%(credits)s credits are more than can be given here. The most is %(most)s."),
        "transfer.nothing_given": _("Say how many credits are recognized, more than 0. To give none, refuse the line."),
        "transfer.nothing_left": _("Nothing is left to give here. Choose another course, or refuse the line."),
        "transfer.cannot_lower": _(
            "State law has this credit accepted for this student: recognize all %(most)s credits (RCW 28A.320.192)."
        ),
        "transfer.entry.earned_over_attempted": _("No more credit can be earned than was attempted."),
        "transfer.entry.nothing_attempted": _(
            "Say how many credits the other school gave, or how many were attempted."
        ),
        "transfer.entry.days_reversed": _("It ends before it begins. Check the two days."),
        "transfer.entry.ahead": _("This lies ahead. Check the year and the day."),
        "transfer.entry.days_incomplete": _("Give both: the days attended, and the days of the whole term."),
        "transfer.entry.attended_over_days": _("More days were attended than the term has. Check the two numbers."),
        "duty.transfer.accept": _(
            "Credit for coursework completed before a withdrawal or transfer is accepted, in any fraction. It cannot "
            "be refused or cut."
        ),
        "duty.transfer.consolidate": _(
            "Partial, unresolved or incomplete coursework is put together, so that the student can go on earning."
        ),
        "duty.transfer.waive": _(
            "A course required to graduate is waived if similar work was done elsewhere. If not: give a reasonable "
            "justification, and another way to complete it in time to graduate."
        ),
        "duty.transfer.tests": _(
            "The student has access to world language, American Sign Language and GED tests without asking, and a "
            "passing result is awarded at least 1.0 credit."
        ),
    }
)

"""Sentences of transcripts, in the reader's language."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from mbl.core.words import register_states, register_words
from transcripts.states import Standing

register_states(
    Standing,
    {
        Standing.VALID: pgettext_lazy("transcript", "Valid"),
        Standing.REPLACED: (pgettext_lazy("transcript", "Replaced"), "quiet"),
        Standing.REVOKED: (pgettext_lazy("transcript", "Revoked"), "urgent"),
        Standing.NOT_CURRENT: (pgettext_lazy("transcript", "No longer current"), "attention"),
        Standing.UNKNOWN: pgettext_lazy("transcript", "Unknown"),
    },
)

register_words(
    {
        # --- Averages ---
        "gpa.not_numeric": _("The mark %(mark)s has no grade points, so it is outside the GPA."),
        "gpa.retaken": _("The course was taken again: the better mark %(better)s counts instead of %(mark)s."),
        "gpa.unknown_mark": _("The mark %(mark)s is not one of the marks with grade points."),
        # --- What blocks ---
        "block.no_ssid": _("The state student ID is missing. Add it to the student's record, then come back."),
        "block.bad_ssid": _(
            "The state student ID is “%(ssid)s”. It must have exactly ten digits. Correct it in the student's record."
        ),
        "block.no_school": _(
            "The student belongs to no school now. Enroll the student, so that a school stands behind the transcript."
        ),
        "block.no_legal_name": _("The legal family name is missing. Add it to the student's record."),
        "block.unknown_mark": _(
            "%(course)s (%(year)s) has the mark “%(mark)s”, which has no grade points and no meaning here. "
            "Correct the course history first."
        ),
        # --- What a preview leaves out ---
        "left_out.preferred_name": _("The preferred name %(name)s: a transcript carries the legal name."),
        "left_out.reversed": _("%(course)s, %(credits)s credits: this was given and then taken back."),
        "left_out.not_in_effect": _("%(course)s, %(credits)s credits: it counts from %(day)s and is printed then."),
        "left_out.on_request": _("%(course)s, %(credits)s credits: it is printed only when the student asks for it."),
        "left_out.letters": ngettext_lazy(
            "The course designation of %(count)s row: your district has not confirmed its letter.",
            "The course designations of %(count)s rows: your district has not confirmed their letters.",
            "count",
        ),
        "left_out.cadr": ngettext_lazy(
            "The letter B on %(count)s row: the course is not on your district's college-preparatory list.",
            "The letter B on %(count)s rows: the courses are not on your district's college-preparatory list.",
            "count",
        ),
        "left_out.evidence": _(
            "How credit was earned by showing mastery: evidence, levels and comments are never on this document."
        ),
        "left_out.no_class": _("The graduation requirement year: it is not recorded for this student."),
        "left_out.not_recorded": _("Nothing is recorded yet for these lines, and they say so: %(lines)s."),
        "left_out.address": _("Addresses of student and family: this system does not keep them."),
        "left_out.never": _(
            "Attendance, rank, programs, discipline, notes: state rules allow only what you see on this page."
        ),
        # --- Templates ---
        "template.shape": _("%(where)s: %(what)s"),
        "template.unchecked": _(
            "“%(title)s” names the state's form. A template may do so only after your district has checked it "
            "against the state's current guide; say who did."
        ),
        "template.twice": _("%(where)s: “%(what)s” stands there twice."),
        "template.word": _("%(line)s prints “%(word)s”. On the state's form it may only say: %(words)s."),
    }
)

"""Requests for credit: where they stand, and what is missing before one can be sent."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from crediting.states import RequestState
from mbl.core.words import register_states, register_words

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

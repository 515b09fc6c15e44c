"""Projects of students' own design."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crediting.states import ProjectState
from mbl.core.words import register_states, register_words

register_states(
    ProjectState,
    {
        ProjectState.DRAFT: pgettext_lazy("project", "Not sent"),
        ProjectState.SENT: (pgettext_lazy("project", "Waiting for the teacher"), "info"),
        ProjectState.APPROVED: (pgettext_lazy("project", "Approved"), "ok"),
        ProjectState.RETURNED: (pgettext_lazy("project", "Returned"), "attention"),
        ProjectState.WITHDRAWN: pgettext_lazy("project", "Withdrawn"),
        ProjectState.REPLACED: pgettext_lazy("project", "Sent anew"),
    },
)

# The student's words, as their headings read.
_FIELDS = {
    "title": pgettext_lazy("project", "Title"),
    "question": _("Which question or need does it answer?"),
    "product": _("What will you make?"),
    "audience": _("For whom?"),
    "partners": _("Who works on it with you?"),
}

register_words(
    {
        "project.title_missing": _("Give the project a title."),
        "project.question_missing": _("Say which question or need it answers."),
        "project.product_missing": _("Say what you will make."),
        "project.audience_missing": _("Say for whom you make it."),
        "project.days_missing": _("Say on which day it begins and on which it ends."),
        "project.days_reversed": _("It ends before it begins. Check the two days."),
        "project.over": _("Its last day is over. Choose a later one."),
        "project.outside_term": _("Both days have to lie in one term: %(terms)s. Change a day."),
        "project.no_term": _("Your school has named no term for this year yet. Ask the office."),
        "project.no_class": _("Choose at least one standard of at least one class that has not approved it yet."),
        "project.left_class": _("You are not in %(section)s any more. Take its standards out."),
        "project.nobody_decides": _(
            "In %(section)s nobody can decide about it: the class has no teacher, or its teacher is of your family. "
            "Take its standards out, or ask the office."
        ),
        "project.same_course": _(
            "%(section)s are classes of one course, and one piece of work counts once in a course. Keep one of them."
        ),
    }
)


def project_field_word(name: str) -> str:
    return str(_FIELDS[name])

"""The words of second readings: how they stand, and the arithmetic between them."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crediting.states import CommonTaskState, Moderated, ReadingKind, ReadingState
from mbl.core.words import register_states, register_words

register_states(
    ReadingState,
    {
        ReadingState.WAITING: (pgettext_lazy("second reading", "To read"), "attention"),
        ReadingState.GIVEN: pgettext_lazy("second reading", "Given"),
        ReadingState.EXCUSED: pgettext_lazy("second reading", "Left out"),
        ReadingState.OVERTAKEN: pgettext_lazy("second reading", "No longer needed"),
    },
)
register_states(
    ReadingKind,
    {
        ReadingKind.SECOND: _("Second reading"),
        ReadingKind.THIRD: _("Third reading"),
    },
)
register_states(
    CommonTaskState,
    {
        CommonTaskState.DRAFT: (pgettext_lazy("common task", "Draft"), "quiet"),
        CommonTaskState.PUBLISHED: (pgettext_lazy("common task", "Can be given"), "info"),
        CommonTaskState.CLOSED: pgettext_lazy("common task", "Closed"),
        CommonTaskState.WITHDRAWN: (pgettext_lazy("common task", "Withdrawn"), "quiet"),
    },
)
register_states(
    Moderated,
    {
        Moderated.NOT: pgettext_lazy("second reading", "None"),
        Moderated.WAITING: (_("Waits for a second reading"), "info"),
        Moderated.DISAGREED: (_("The readings do not agree"), "attention"),
        Moderated.AGREED: _("The readings agree"),
        Moderated.SETTLED: _("Settled after two readings"),
        Moderated.EXCUSED: _("Went on without a second reading"),
    },
)
register_words(
    {
        "second_reading.waiting": _("A second teacher reads this work too. It is decided when that reading is there."),
        "second_reading.disagreed": _("The two readings do not agree. It is decided when the readers have settled it."),
        "second_reading.agreed": _("A second teacher read the work, without seeing the first reading. They agree."),
        "second_reading.settled": _("A second teacher read the work. The readings did not agree, and that is settled."),
        "second_reading.excused": _("The work was drawn for a second reading and went on without, with a reason."),
        "reading.drawn": _(
            "Drawn by lot: this request has the number %(number)s of %(numbers)s, and the policy reads those below "
            "%(below)s a second time."
        ),
        "reading.drawn_in_class": _(
            "Drawn by lot: “%(task)s”, done in class, has the number %(number)s of %(numbers)s, and the policy reads "
            "those below %(below)s a second time."
        ),
        "reading.drawn_in_common": _(
            "Drawn by lot: this work has the number %(number)s of %(numbers)s, and the common task “%(task)s” has "
            "those below %(below)s read a second time."
        ),
        "reading.drawn_of_each_class": _(
            "Drawn by lot: the common task “%(task)s” has %(count)s works of each class read a second time."
        ),
        "reading.agreed": _(
            "%(standard)s: first reading %(first_level)s (%(first_place)s), second reading %(second_level)s "
            "(%(second_place)s). They agree; the first reading counts."
        ),
        "reading.apart": _(
            "%(standard)s: first reading %(first_level)s (%(first_place)s), second reading %(second_level)s "
            "(%(second_place)s). They do not agree."
        ),
        "reading.middle": _(
            "%(standard)s: %(first_place)s, %(second_place)s and, in a third reading, %(third_place)s. "
            "The middle one counts: %(level)s."
        ),
        "reading.talk": _(
            "%(standard)s: the readers talked and settled on %(level)s. %(person)s wrote it down: %(why)s"
        ),
        "reading.excused": _("%(person)s let it go on without this reading: %(why)s"),
    }
)

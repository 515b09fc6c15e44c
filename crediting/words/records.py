"""Course history, the ledger, and awards that the system proposes."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crediting.rules.facts import AttemptOutcome
from crediting.states import AwardProposalState, AwardReviewState, EarlyWish, EntryKind, HeldReason, HeldState
from mbl.core.words import register_states

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
    EntryKind,
    {
        EntryKind.COURSE: pgettext_lazy("credit", "Course"),
        EntryKind.MASTERY: pgettext_lazy("credit", "Mastery"),
        EntryKind.TRANSFER: pgettext_lazy("credit", "Transfer"),
        EntryKind.EQUIVALENCY: pgettext_lazy("credit", "Learning outside school"),
        EntryKind.REVERSAL: (pgettext_lazy("credit", "Reversal"), "quiet"),
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
    HeldState,
    {
        HeldState.WAITING: (pgettext_lazy("held row", "Waiting"), "attention"),
        HeldState.TAKEN: pgettext_lazy("held row", "Entered"),
        HeldState.DISMISSED: pgettext_lazy("held row", "Set aside"),
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
    AwardReviewState,
    {
        AwardReviewState.OPEN: (pgettext_lazy("review of an award", "To look at"), "attention"),
        AwardReviewState.KEPT: pgettext_lazy("review of an award", "Kept"),
        AwardReviewState.REVERSED: pgettext_lazy("review of an award", "Reversed"),
        AwardReviewState.HOLDS: pgettext_lazy("review of an award", "Holds again"),
    },
)
register_states(
    AwardProposalState,
    {
        AwardProposalState.OPEN: pgettext_lazy("proposed award", "Open"),
        AwardProposalState.CONFIRMED: (pgettext_lazy("proposed award", "Awarded"), "award"),
        AwardProposalState.DISMISSED: pgettext_lazy("proposed award", "Set aside"),
        AwardProposalState.DECLINED: pgettext_lazy("proposed award", "Not wanted"),
        AwardProposalState.REVERSED: pgettext_lazy("proposed award", "Taken back"),
        AwardProposalState.STALE: pgettext_lazy("proposed award", "No longer so"),
    },
)

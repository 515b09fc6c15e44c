"""The rubric: a level for each standard and why, in words the student reads; a result as the score report says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from crediting.forms.decisions import though_met
from crediting.forms.words import Words
from crediting.models import CreditRequest, ScaleLevel, Standard
from mbl.core.forms import choose_from

COMMENT = _("Why this level (the student will read it)")
MODIFICATION = _("What was asked in place of the standard")
MODIFICATION_HINT = _(
    "An accommodation changes how the student shows it and is not noted. This changes what is certified."
)


class AssessForm(forms.Form):
    """``level-<standard>``, ``comment-<standard>`` and ``modification-<standard>`` for each row; rows without a level
    stay open.

    ``verdict`` is the button: ``save``, ``return``, ``award`` or ``refuse``; ``reason`` goes with all but the first.
    """

    reason = Words(
        label=_("What would you like to see?"),
        help_text=_("The student reads this and can send the work again."),
        required=False,
        rows=3,
    )
    decision_reason = Words(
        label=_("Reason for the decision"),
        help_text=_("The student and the family read this."),
        required=False,
        rows=3,
    )

    though_met = though_met()

    def __init__(self, standards: Sequence[Standard], levels: Sequence[ScaleLevel], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standards, self.levels = list(standards), {level.code: level for level in levels}
        choices = [(level.code, level.word) for level in levels]
        for standard in standards:
            self.fields[self.level_name(standard)] = forms.ChoiceField(
                label=str(standard), choices=choices, widget=forms.RadioSelect, required=False
            )
            self.fields[self.comment_name(standard)] = Words(
                label=COMMENT,
                required=False,
                rows=1,
            )
            self.fields[self.modification_name(standard)] = Words(
                label=MODIFICATION, help_text=MODIFICATION_HINT, required=False, rows=1, max_length=1000
            )

    @staticmethod
    def level_name(standard: Standard) -> str:
        return f"level-{standard.public_id}"

    @staticmethod
    def comment_name(standard: Standard) -> str:
        return f"comment-{standard.public_id}"

    @staticmethod
    def modification_name(standard: Standard) -> str:
        return f"modification-{standard.public_id}"

    def level_field(self, standard: Standard) -> BoundField:
        return self[self.level_name(standard)]

    def comment_field(self, standard: Standard) -> BoundField:
        return self[self.comment_name(standard)]

    def modification_field(self, standard: Standard) -> BoundField:
        return self[self.modification_name(standard)]

    def chosen(self) -> list[tuple[Standard, ScaleLevel, str, str]]:
        """Standard, level, comment and modification of each row that has a level."""
        return [
            (
                standard,
                self.levels[code],
                self.cleaned_data[self.comment_name(standard)],
                self.cleaned_data[self.modification_name(standard)],
            )
            for standard in self.standards
            if (code := self.cleaned_data.get(self.level_name(standard)))
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for standard in self.standards:
            words = (cleaned.get(self.comment_name(standard)), cleaned.get(self.modification_name(standard)))
            if any(words) and not cleaned.get(self.level_name(standard)):
                self.add_error(self.level_name(standard), _("Choose a level, so that your words can be saved with it."))
        return cleaned


class ResultForm(forms.Form):
    """A state assessment as the score report says it. Only what staff confirm here counts."""

    instrument = forms.ChoiceField(label=_("Assessment"))
    taken_on = forms.DateField(label=_("Day it was taken"), widget=forms.DateInput(attrs={"type": "date"}))
    level = forms.IntegerField(label=_("Level on the report"), required=False, min_value=1, max_value=100)
    score = forms.DecimalField(label=_("Score on the report"), required=False, max_digits=8, decimal_places=2)
    met = forms.BooleanField(label=_("The report says that the standard is met"), required=False)

    def __init__(
        self,
        request: CreditRequest,
        instruments: Mapping[str, str],
        data: Mapping[str, Any] | None = None,
        *,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        said = {name: request.result.get(name) for name in ("instrument", "taken_on", "level", "score", "met")}
        super().__init__(data, initial={**said, **(initial or {})})
        choose_from(self, "instrument", instruments.items())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("level") is None and cleaned.get("score") is None and not cleaned.get("met"):
            self.add_error("level", _("Copy the level or the score from the report, or tick that the standard is met."))
        return cleaned

"""A calibration session as it is set up, judged and talked over; the period of the agreement report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from crediting.forms.words import Words
from crediting.models import Anchor, CalibrationItem, ScaleLevel
from crediting.queries.agreement import Period
from mbl.core.forms import choose_from
from profiles.models import School


class CalibrationForm(forms.Form):
    title = forms.CharField(label=_("Name of the session"), max_length=200)
    due_on = forms.DateField(label=_("Last day to judge"), widget=forms.DateInput(attrs={"type": "date"}))
    school = forms.ModelChoiceField(
        School.objects.none(), label=_("For the teachers of"), required=False, empty_label=_("The whole district")
    )
    anchors = forms.ModelMultipleChoiceField(
        Anchor.objects.none(),
        label=_("Examples to judge"),
        help_text=_("Teachers do not see these elsewhere until you open the session."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, schools: QuerySet[School], anchors: QuerySet[Anchor], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "school", schools)
        choose_from(self, "anchors", anchors)


class JudgeAnchorsForm(forms.Form):
    """``level-<item>`` and ``comment-<item>``; what is left open can be judged later."""

    def __init__(self, items: Sequence[CalibrationItem], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for item in items:
            levels = item.anchor.level.scale.levels.all()
            self.fields[f"level-{item.pk}"] = forms.ChoiceField(
                label=item.anchor.title,
                choices=[(one.code, one.word) for one in levels],
                widget=forms.RadioSelect,
                required=False,
            )
            self.fields[f"comment-{item.pk}"] = Words(label=_("Why this level"), required=False, rows=1)

    def level_field(self, item: CalibrationItem) -> BoundField:
        return self[f"level-{item.pk}"]

    def comment_field(self, item: CalibrationItem) -> BoundField:
        return self[f"comment-{item.pk}"]

    def chosen(self) -> dict[int, tuple[ScaleLevel, str]]:
        """Level and words by item, of those that have a level."""
        found = {}
        for item in self.items:
            levels = {one.code: one for one in item.anchor.level.scale.levels.all()}
            if code := self.cleaned_data[f"level-{item.pk}"]:
                found[item.pk] = (levels[code], self.cleaned_data[f"comment-{item.pk}"])
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.get(f"level-{item.pk}") for item in self.items):
            raise forms.ValidationError(_("Choose at least one level."))
        return cleaned


class DiscussionForm(forms.Form):
    text = Words(label=_("What did you find when you talked it over?"), required=False, rows=4)


class PeriodForm(forms.Form):
    """``first`` and ``last`` in the address; the school year so far where nothing is asked."""

    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def period(self, usual: Period) -> Period:
        said = self.cleaned_data if self.is_valid() else {}
        return Period(said.get("first") or usual.first, said.get("last") or usual.last)

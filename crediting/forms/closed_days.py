"""Days off, pasted or from a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crediting.rules.closed_days import DayOff, read_days
from crediting.words import sentence
from mbl.core.forms import choose_from
from profiles.models import School

MOST_BYTES = 100_000


class ClosedDaysForm(forms.Form):
    school = forms.ModelChoiceField(
        label=_("For which school?"),
        queryset=School.objects.none(),
        required=False,
        empty_label=_("Every school of the district"),
    )
    text = forms.CharField(
        label=_("Days without school"),
        help_text=_("One a line: 2026-11-26 Thanksgiving, or 12/21/2026 to 1/1/2027 Winter break."),
        required=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    file = forms.FileField(
        label=_("Or a CSV file"),
        help_text=_("Columns: day, last day (may be empty), name."),
        required=False,
    )

    def __init__(self, schools: QuerySet[School], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "school", schools)
        self.days: tuple[DayOff, ...] = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        sent, field = cleaned.get("file"), "file"
        if sent is None:
            text, field = cleaned.get("text", ""), "text"
        elif sent.size > MOST_BYTES:
            self.add_error("file", _("This file is too large for a list of days."))
            return cleaned
        else:
            text = sent.read().decode("utf-8", errors="replace")
        read = read_days(text)
        for fault in read.faults[:20]:
            self.add_error(field, sentence(fault))
        if not read.days and not read.faults and "file" not in self.errors and "text" not in self.errors:
            self.add_error("text", _("Write or send at least one day."))
        self.days = read.days
        return cleaned

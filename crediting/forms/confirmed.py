"""What staff confirm, drawn from the conditions of the policy: a value and where it is from, for each thing asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from crediting.queries.confirmed import ConfirmedLine, value_of
from crediting.rules.left_open import Confirmable, Statement
from crediting.states import ConfirmedKind, ValueKind
from crediting.words import value_word

_SOURCES = {ConfirmedKind.FEE: _("Number of the receipt, or why it is waived")}


class ConfirmForm(forms.Form):
    """``value-N``, ``source-N`` and ``seen-N`` for each line, by its place. What is left empty stays as it is."""

    def __init__(self, lines: Sequence[ConfirmedLine], titles: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for number, (line, title) in enumerate(zip(lines, titles, strict=True)):
            self.fields[f"value-{number}"] = _field(line.asked, title)
            self.fields[f"source-{number}"] = forms.CharField(
                label=_SOURCES.get(line.asked.kind, _("From which document or person?")),
                max_length=200,
                required=False,
            )
            self.fields[f"seen-{number}"] = forms.CharField(widget=forms.HiddenInput, required=False)
            if line.row is not None:
                self.initial[f"value-{number}"] = (
                    line.row.value if line.asked.value_kind == ValueKind.YES_NO else value_of(line.row)
                )
                self.initial[f"source-{number}"] = line.row.source
                self.initial[f"seen-{number}"] = str(line.row.public_id)

    def rows(self) -> list[tuple[ConfirmedLine, BoundField, BoundField, BoundField]]:
        """Each line with its three fields."""
        return [
            (line, self[f"value-{number}"], self[f"source-{number}"], self[f"seen-{number}"])
            for number, line in enumerate(self.lines)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number in range(len(self.lines)):
            value, source = cleaned.get(f"value-{number}"), cleaned.get(f"source-{number}", "")
            if f"value-{number}" in self.errors:
                continue
            if value in (None, "") and source.strip():
                self.add_error(f"value-{number}", _("Write what the document says, or leave both empty."))
            if value not in (None, "") and not source.strip():
                self.add_error(f"source-{number}", _("Say from which document or person you know it."))
        return cleaned

    def statements(self) -> list[Statement]:
        """What was filled in."""
        return [
            Statement(
                line.asked,
                value == "yes" if line.asked.value_kind == ValueKind.YES_NO else value,
                self.cleaned_data[f"source-{number}"],
                self.cleaned_data[f"seen-{number}"],
            )
            for number, line in enumerate(self.lines)
            if (value := self.cleaned_data[f"value-{number}"]) not in (None, "")
        ]


def _field(asked: Confirmable, title: str) -> forms.Field:
    label = f"{title} ({asked.unit})" if asked.unit else title
    hint = _("The policy asks for: %(asked)s") % {"asked": asked.asked} if asked.asked else ""
    common: dict[str, Any] = {"label": label, "required": False, "help_text": hint}
    if asked.choices:
        return forms.ChoiceField(choices=[("", "–"), *((one, value_word(one)) for one in asked.choices)], **common)
    if asked.value_kind == ValueKind.NUMBER:
        return forms.DecimalField(max_digits=12, decimal_places=3, **common)
    if asked.value_kind == ValueKind.DATE:
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **common)
    if asked.value_kind == ValueKind.YES_NO:
        return forms.ChoiceField(choices=[("", "–"), ("yes", _("Yes")), ("no", _("No"))], **common)
    return forms.CharField(max_length=200, **common)

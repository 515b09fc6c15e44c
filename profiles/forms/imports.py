"""Bringing a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mbl.core.files import OversizedFile
from mbl.core.forms import choose_from
from mbl.core.imports import adapters
from mbl.core.imports.mapping import Column
from mbl.core.ui.parts import Choice


class ImportForm(forms.Form):
    """What kind of file, and the file."""

    kind = forms.ChoiceField(label=gettext_lazy("What do you bring?"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=gettext_lazy("File"), help_text=gettext_lazy("Nothing is changed before you have seen what it would do.")
    )
    reading = forms.ChoiceField(
        label=gettext_lazy("How is it to be read?"),
        required=False,
        help_text=gettext_lazy("Leave this as it is, unless a roster has no manifest.csv or a wrong one."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = adapters().values()
        readings = [
            (one.label, [(f"{one.kind}:{reading.code}", reading.label) for reading in one.readings])
            for one in known
            if one.readings
        ]
        choose_from(self, "reading", [("", _("As the file itself says")), *readings])
        choose_from(self, "kind", [(one.kind, Choice(one.label, one.hint)) for one in known])
        accepted = ",".join(dict.fromkeys(one.accept for one in known))
        self.fields["file"].widget.attrs["accept"] = accepted

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind, _colon, reading = cleaned.get("reading", "").partition(":")
        if kind and "kind" in cleaned and kind != cleaned["kind"]:
            self.add_error("reading", _("This way of reading is of another kind of file."))
        return cleaned | {"reading": reading}

    def clean_file(self) -> File[bytes]:
        file: File[bytes] = self.cleaned_data["file"]
        if isinstance(file, OversizedFile):
            sentence = _("The file is larger than %(limit)d MB. Ask the person who runs the system to import it.")
            raise forms.ValidationError(sentence % {"limit": settings.MAX_UPLOAD_MB})
        return file


class ColumnsForm(forms.Form):
    """Which column of the file is which of ours."""

    save_as = forms.CharField(
        label=gettext_lazy("Keep this choice as"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("The next file with these columns gets it offered. Such as: Export of our old system."),
    )

    def __init__(self, *args: Any, columns: Sequence[Column], headers: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns
        for column in columns:
            self.fields[column.name] = forms.ChoiceField(
                label=str(column.label),
                required=column.required,
                choices=[("", _("Not in this file")), *((header, header) for header in headers)],
            )
        self.order_fields([*(column.name for column in columns), "save_as"])

    @property
    def chosen(self) -> dict[str, str]:
        return {column.name: value for column in self.columns if (value := self.cleaned_data[column.name])}


class SettingsForm(forms.Form):
    """When an import stops and asks, and for how long it can be taken back."""

    undo_days = forms.IntegerField(
        label=gettext_lazy("Days in which an import can be taken back"), min_value=0, max_value=365
    )
    withdrawn_percent = forms.FloatField(
        label=gettext_lazy("Ask when more than this percent would no longer be there"), min_value=0, max_value=100
    )
    withdrawn_most = forms.IntegerField(
        label=gettext_lazy("Ask when more than this many would no longer be there"), min_value=0, max_value=1_000_000
    )
    created_percent = forms.FloatField(
        label=gettext_lazy("Ask when there would be more than this percent of new people"), min_value=0, max_value=1000
    )
    moved_percent = forms.FloatField(
        label=gettext_lazy("Ask when more than this percent of people would change school"), min_value=0, max_value=100
    )
    pickup_errors_percent = forms.FloatField(
        label=gettext_lazy("Leave a file of the pick-up folder when more than this percent of its rows are not taken"),
        min_value=0,
        max_value=100,
    )


class ApplyForm(forms.Form):
    """Apply what was checked; ``confirmed`` where it changes unusually much."""

    confirmed = forms.BooleanField(label=gettext_lazy("I have checked this. The change is meant."), required=False)


class UndoForm(forms.Form):
    """Take a run back; without ``confirmed`` only say what that would do."""

    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

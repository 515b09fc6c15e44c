"""Bringing a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mbl.core.files import OversizedFile
from mbl.core.imports import adapters
from mbl.core.ui.parts import Choice


class ImportForm(forms.Form):
    """What kind of file, and the file."""

    kind = forms.ChoiceField(label=gettext_lazy("What do you bring?"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=gettext_lazy("File"), help_text=gettext_lazy("Nothing is changed before you have seen what it would do.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = adapters().values()
        self.fields["kind"].choices = [(one.kind, Choice(one.label, one.hint)) for one in known]  # type: ignore[attr-defined]
        accepted = ",".join(dict.fromkeys(one.accept for one in known))
        self.fields["file"].widget.attrs["accept"] = accepted

    def clean_file(self) -> File[bytes]:
        file: File[bytes] = self.cleaned_data["file"]
        if isinstance(file, OversizedFile):
            sentence = _("The file is larger than %(limit)d MB. Ask the person who runs the system to import it.")
            raise forms.ValidationError(sentence % {"limit": settings.MAX_UPLOAD_MB})
        return file


class ApplyForm(forms.Form):
    """Apply what was checked; ``confirmed`` where it changes unusually much."""

    confirmed = forms.BooleanField(label=gettext_lazy("I have checked this. The change is meant."), required=False)

"""An anchor sample as it is typed, and its retirement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from crediting.forms.words import Words
from crediting.models import ScaleLevel, Standard
from mbl.core import files
from mbl.core.errors import DomainError
from mbl.core.files import CheckedFile
from mbl.core.forms import choose_from


class AnchorForm(forms.Form):
    """``key`` is made with the empty form, so that sending it twice keeps one."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    standard = forms.ChoiceField(label=_("Standard"))
    level = forms.ChoiceField(label=_("The level on which you agreed"))
    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("Without a name."))
    body = Words(label=_("The work, as text"), required=False, max_length=50_000, rows=10)
    file = forms.FileField(
        label=_("Or its file"),
        required=False,
        help_text=_("A file without names: also none in its margins or in a photo."),
        widget=forms.ClearableFileInput(attrs={"accept": files.ACCEPT}),
    )
    alt_text = forms.CharField(
        label=_("What does a picture show?"), required=False, max_length=300, help_text=_("For who cannot see it.")
    )
    reason = Words(label=_("Why it is at this level"), help_text=_("Teachers judge other work by this."), rows=3)
    consent = forms.CharField(
        label=_("Who agreed, and when"),
        required=False,
        max_length=300,
        help_text=_("For a student’s work: the student, and the family where the student is under 18."),
    )
    names_removed = forms.BooleanField(
        label=_("I have taken out every name and everything by which somebody could be known."),
        error_messages={"required": _("Take every name out first, and say that you did.")},
    )

    def __init__(self, standards: Sequence[Standard], levels: Sequence[ScaleLevel], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standards = {str(standard.public_id): standard for standard in standards}
        self.levels = {level.code: level for level in levels}
        choose_from(self, "standard", [(key, str(one)) for key, one in self.standards.items()])
        choose_from(self, "level", [("", _("Choose a level")), *((one.code, one.word) for one in levels)])
        if not self.is_bound:
            self.initial.setdefault("key", str(uuid4()))

    def clean_file(self) -> CheckedFile | None:
        if not self.cleaned_data["file"]:
            return None
        try:
            return files.check_upload(self.cleaned_data["file"])
        except DomainError as error:
            raise forms.ValidationError(error.message) from error

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        cleaned = dict(self.cleaned_data)
        key: UUID | None = cleaned.pop("key")
        standard, level = self.standards[cleaned.pop("standard")], self.levels[cleaned.pop("level")]
        return {**cleaned, "key": key, "standard": standard, "level": level}

"""Issuing and revoking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from mbl.core.forms import choose_from
from mbl.core.ui.parts import Choice
from transcripts.models import Transcript

NONE = "none"


class IssueForm(forms.Form):
    """``replaceable`` are the student's transcripts that a new one may take the place of, newest first."""

    recipient = forms.CharField(
        label=_("Who is it for?"),
        help_text=_("A college, an employer, the family. It is printed on the document."),
        max_length=200,
        required=False,
    )
    title = forms.CharField(
        label=_("Your title"), help_text=_("As it is printed beside your name."), max_length=100, initial=_("Registrar")
    )
    replaces = forms.ChoiceField(
        label=_("Does it take the place of an earlier one?"), widget=forms.RadioSelect, required=False, initial=NONE
    )
    issue_key = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, replaceable: Sequence[Transcript], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._replaceable = {str(one.public_id): one for one in replaceable}
        if not replaceable:
            del self.fields["replaces"]
            return
        another = (NONE, Choice(_("No, this is one more"), _("Earlier ones stay as they are.")))
        choose_from(
            self,
            "replaces",
            [another, *((key, Choice(one.number, _told(one))) for key, one in self._replaceable.items())],
        )

    def clean_replaces(self) -> Transcript | None:
        return self._replaceable.get(self.cleaned_data["replaces"])

    def clean_issue_key(self) -> UUID:
        key: UUID = self.cleaned_data["issue_key"]
        return key


def _told(transcript: Transcript) -> str:
    if transcript.recipient:
        return str(_("For %(recipient)s. Its readers will be told.")) % {"recipient": transcript.recipient}
    return str(_("Its readers will be told."))


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it revoked?"),
        help_text=_("Kept in the school's record. The check page only says that it was revoked, and when."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say why it is revoked.")},
    )

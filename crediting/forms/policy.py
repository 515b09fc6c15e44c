"""Loading a policy file in the browser, and closing a version."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crediting.interchange import policy_file
from crediting.rules.policy.document import MAX_CHARACTERS, Problem
from crediting.words import sentence


class PolicyFileForm(forms.Form):
    """A file, or its text typed into the page."""

    file = forms.FileField(
        label=_("Policy file"),
        required=False,
        help_text=_("A .yaml or .json file. Its shape is described in the documentation."),
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml,.json"}),
    )
    text = forms.CharField(
        label=_("Or its text"),
        required=False,
        max_length=MAX_CHARACTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "code-field"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        upload = cleaned.get("file")
        text: str | Problem = cleaned.get("text", "").replace("\r\n", "\n")
        if upload is not None:
            text = policy_file.text_of(upload.read(policy_file.MAX_BYTES + 1))
        if isinstance(text, Problem):
            self.add_error("file", sentence(text.reason))
        elif not text.strip() and not self.errors:
            self.add_error(None, _("Choose a file, or type the policy's text."))
        else:
            cleaned["source"] = text
        return cleaned

"""Loading a policy file in the browser, and closing a version."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crediting.interchange import policy_file
from crediting.rules.policy.document import MAX_CHARACTERS, Problem
from crediting.rules.policy.schema import APPROVERS
from crediting.words import sentence
from mbl.core.words import state_word, visible


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


class PolicyTextForm(forms.Form):
    """The whole file of a draft."""

    text = forms.CharField(
        label=_("The policy as text"),
        max_length=MAX_CHARACTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false", "class": "code-field"}),
    )
    seen = forms.CharField(widget=forms.HiddenInput())

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")


# The samples that the product ships, by the number in their file names.
SAMPLES = {
    "1": _("Sample policy 1: mathematics, science and a language"),
    "2": _("Sample policy 2: every subject, by tests, the GED and next courses"),
    "3": _("Sample policy 3: credit recovery by state exams and the next course"),
    "4": _("Sample policy 4: mathematics, for those who failed it and those who never took it"),
    "5": _("Sample policy 5: world languages and career learning"),
    "6": _("Sample policy 6: learning led by a community"),
}


class StartForm(forms.Form):
    """What a new draft is called and when it begins, before anything is decided in it."""

    series = forms.RegexField(
        regex=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$",
        label=_("Number of the policy"),
        help_text=_("Letters, digits and dashes, such as 2409. Its versions follow one another."),
        error_messages={"invalid": _("Use letters, digits and dashes, without spaces.")},
    )
    title = forms.CharField(label=_("Title"), max_length=200)
    first_day = forms.DateField(
        label=_("First day"),
        help_text=_("The policy applies to work shown on this day or later. You can change it until you publish."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    roles = forms.MultipleChoiceField(
        label=_("Who may decide"),
        choices=[(str(role), state_word(role)) for role in APPROVERS],
        widget=forms.CheckboxSelectMultiple,
    )
    two_roles = forms.BooleanField(
        label=_("Whoever assessed the work alone does not also decide"), required=False, initial=True
    )

    sample = forms.ChoiceField(
        label=_("Begin with"),
        required=False,
        choices=[("", _("Nothing: I write every part myself")), *SAMPLES.items()],
        widget=forms.RadioSelect,
        help_text=_("A sample is an example to adapt. Its courses have to be in your catalog before you publish."),
    )

    def clean_title(self) -> str:
        if not (title := visible(self.cleaned_data["title"])):
            raise forms.ValidationError(_("Write a title that can be read."))
        return title


class CasesForm(forms.Form):
    """A file of cases, pasted."""

    text = forms.CharField(
        label=_("Cases as text"),
        help_text=_("The format is described in the documentation of policy files."),
        max_length=MAX_CHARACTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "code-field"}),
    )

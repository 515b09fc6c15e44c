"""Evidence as a student types it: a photo, a file, a link or a text, with their own words about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from crediting.forms.words import Words
from crediting.models import CreditRequest, Evidence
from crediting.rules.evidence import link_problem
from crediting.states import EvidenceKind
from crediting.words import sentence
from mbl.core import files
from mbl.core.errors import DomainError
from mbl.core.files import CheckedFile
from mbl.core.forms import choose_from
from profiles.models import Student

REFLECTION = _("What did you learn, and what would you change?")
REFLECTION_HINT = _("Your own words, in any language. Your teacher and your family can read them.")


class EvidenceForm(forms.Form):
    """One piece of evidence of one kind. ``key`` is made with the empty form, so that sending it twice keeps one."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    file = forms.FileField(
        label=_("The work itself"),
        help_text=_("A PDF, picture, video, recording, text, or a Word, Excel or PowerPoint file."),
        widget=forms.ClearableFileInput(attrs={"accept": files.ACCEPT}),
    )
    url = forms.CharField(
        label=_("Link"),
        max_length=500,
        help_text=_("Copy it from the address bar. Make sure that your teacher may open it."),
        widget=forms.URLInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    body = Words(
        label=_("Your text"),
        max_length=50_000,
        rows=12,
    )
    alt_text = forms.CharField(
        label=_("What does the photo show?"),
        max_length=300,
        help_text=_("For people who cannot see it. One sentence is enough."),
    )
    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("What would you call this work?"))
    reflection = Words(
        label=REFLECTION,
        help_text=REFLECTION_HINT,
        required=False,
        rows=4,
    )
    happened_on = forms.DateField(
        label=_("When did you make it?"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    _FIELDS = {
        EvidenceKind.PHOTO: ("file", "alt_text"),
        EvidenceKind.FILE: ("file",),
        EvidenceKind.LINK: ("url",),
        EvidenceKind.TEXT: ("body",),
    }

    def __init__(self, kind: EvidenceKind, *args: Any, with_file: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        own = self._FIELDS[kind]
        for name in ("file", "url", "body", "alt_text"):
            if name not in own or (name == "file" and not with_file):
                del self.fields[name]
        if kind == EvidenceKind.PHOTO and with_file:
            self.fields["file"].label = _("Photo")
            self.fields["file"].help_text = _("Take one now or choose one. Its place and camera data are removed.")
            self.fields["file"].widget.attrs["accept"] = "image/jpeg,image/png,image/webp"
        if not self.is_bound:
            self.initial.setdefault("key", str(uuid4()))

    def clean_file(self) -> CheckedFile:
        try:
            return files.check_upload(self.cleaned_data["file"])
        except DomainError as error:
            raise forms.ValidationError(error.message) from error

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        if "://" not in url and "." in url and " " not in url:
            url = f"https://{url}"
        if problem := link_problem(url):
            raise forms.ValidationError(sentence(problem))
        return url

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        cleaned = dict(self.cleaned_data)
        key: UUID | None = cleaned.pop("key")
        return {**cleaned, "key": key, "kind": self.kind}


class EvidenceChangeForm(EvidenceForm):
    """What may still be changed before a piece is first sent: the words, not the file."""

    def __init__(self, evidence: Evidence, *args: Any, **kwargs: Any) -> None:
        words = ("title", "url", "body", "alt_text", "reflection", "happened_on")
        kept = {name: getattr(evidence, name) for name in words}
        initial = {**kept, **(kwargs.pop("initial", None) or {})}
        super().__init__(EvidenceKind(evidence.kind), *args, with_file=False, initial=initial, **kwargs)

    def values(self) -> dict[str, Any]:
        cleaned = super().values()
        del cleaned["key"], cleaned["kind"]
        return cleaned


class AttachForm(forms.Form):
    """Put a piece the student already has into a request, and say which of its standards it shows."""

    evidence = forms.ModelChoiceField(Evidence.objects.none(), label=_("Evidence you already have"), empty_label=None)

    def __init__(self, request: CreditRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = request.uses.values("evidence")
        student: Student = request.student
        self._offered = student.evidence.exclude(pk__in=there)
        choose_from(self, "evidence", self._offered)

    @property
    def has_choices(self) -> bool:
        return self._offered.exists()

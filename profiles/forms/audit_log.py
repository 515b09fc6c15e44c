"""What somebody looks for in the audit log."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.access import AuditScope
from profiles.queries import audit_log as queries
from profiles.queries.audit_log import Narrowed

GROUP_WORDS = {
    "": gettext_lazy("Everything"),
    "credit": gettext_lazy("Credit, evidence, policies"),
    "plans": gettext_lazy("Plans"),
    "transcripts": gettext_lazy("Transcripts"),
    "people": gettext_lazy("People, roles, imports"),
    "equity": gettext_lazy("Equity report"),
    "sign_in": gettext_lazy("Signing in and accounts"),
    "refused": gettext_lazy("Refused access"),
}


class AuditFilter(forms.Form):
    """Who, about whom, what and when. ``narrowed`` is its answer once it is valid."""

    who = forms.CharField(label=gettext_lazy("Who did it"), required=False, max_length=100)
    student = forms.CharField(label=gettext_lazy("About student"), required=False, max_length=100)
    what = forms.ChoiceField(label=gettext_lazy("What"), required=False, choices=list(GROUP_WORDS.items()))
    first_day = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last_day = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, scope: AuditScope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._scope = scope

    def clean_who(self) -> tuple[int, ...] | None:
        text = self.cleaned_data["who"].strip()
        return _few(queries.actors_named(self._scope.district, text)) if text else None

    def clean_student(self) -> tuple[Any, ...] | None:
        text = self.cleaned_data["student"].strip()
        return _few(queries.students_named(self._scope, text)) if text else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and first > last:
            self.add_error("last_day", _("The last day is before the first."))
        return data

    @property
    def narrowed(self) -> Narrowed:
        data = self.cleaned_data
        return Narrowed(data["who"], data["student"], data["what"], data["first_day"], data["last_day"])

    @property
    def sentence(self) -> str:
        """What is looked for, as it stands in the record of an export."""
        parts = []
        if self.data.get("who"):
            parts.append(_("done by “%(name)s”") % {"name": self.data["who"]})
        if self.data.get("student"):
            parts.append(_("about “%(name)s”") % {"name": self.data["student"]})
        if what := self.cleaned_data["what"]:
            parts.append(str(GROUP_WORDS[what]))
        if first := self.cleaned_data["first_day"]:
            parts.append(_("from %(day)s") % {"day": first})
        if last := self.cleaned_data["last_day"]:
            parts.append(_("to %(day)s") % {"day": last})
        return "; ".join(parts) or _("everything")


def _few(found: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(found) > queries.MOST_NAMES:
        raise forms.ValidationError(
            _("More than %(count)s people have this name. Type more of it.") % {"count": queries.MOST_NAMES}
        )
    return found

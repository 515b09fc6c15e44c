"""Which version is replayed over which days."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crediting.models import PolicyVersion
from crediting.states import PolicyState
from mbl.core.forms import choose_from

_DAY = {"type": "date"}


class ReplayForm(forms.Form):
    """A version of the policy and the days on which the decisions were made."""

    version = forms.ChoiceField(label=gettext_lazy("Version"))
    first_day = forms.DateField(label=gettext_lazy("Decided from"), widget=forms.DateInput(attrs=_DAY))
    last_day = forms.DateField(label=gettext_lazy("Decided to"), widget=forms.DateInput(attrs=_DAY))

    def __init__(self, data: Any = None, *, version: PolicyVersion, first_day: dt.date, last_day: dt.date) -> None:
        """``version`` is the one whose page this is; every version of its policy can be chosen."""
        super().__init__(data, initial={"version": version.public_id, "first_day": first_day, "last_day": last_day})
        versions = version.series.versions.select_related("series__district").order_by("-number")
        self._versions = {str(one.public_id): one for one in versions}
        choose_from(self, "version", [(key, _label(one)) for key, one in self._versions.items()])

    @property
    def chosen(self) -> PolicyVersion:
        """The version; only after the form was found valid."""
        return self._versions[self.cleaned_data["version"]]


def _label(version: PolicyVersion) -> str:
    said = {"number": version.number, "title": version.title}
    if version.state == PolicyState.DRAFT:
        return _("Version %(number)s, a draft: %(title)s") % said
    return _("Version %(number)s: %(title)s") % said

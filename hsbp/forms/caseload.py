"""Filters over a caseload."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hsbp.queries.caseload import Why
from hsbp.words import GRADE_WORDS


class CaseloadFilter(forms.Form):
    """Whatever else stands in the address is left alone."""

    q = forms.CharField(label=_("Find by name or ID"), required=False, max_length=100)
    grade = forms.ChoiceField(label=_("Grade"), required=False, choices=[("", _("All grades")), *GRADE_WORDS.items()])
    why = forms.ChoiceField(
        label=_("Why it is here"),
        required=False,
        choices=[
            ("", _("Any reason")),
            (str(Why.VERSION), _("Version to review")),
            (str(Why.UNCHANGED), _("Unchanged version")),
            (str(Why.QUESTION), pgettext_lazy("why a plan waits", "Question")),
        ],
    )
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("wait", _("Longest wait first")),
            ("-wait", _("Newest first")),
            ("student", _("By name")),
            ("grade", _("By grade")),
        ],
    )
    recent = forms.BooleanField(label=_("Changed in 7 days"), required=False)

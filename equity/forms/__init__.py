"""What the report page asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mbl.core.forms import choose_from


class ReportFilter(forms.Form):
    """Which table. Choices come from the district and the snapshot; an unknown choice falls back to the first."""

    compare = forms.ChoiceField(label=_("Compare by"))
    school = forms.ChoiceField(label=_("School"), required=False)
    subject = forms.ChoiceField(label=_("Subject"), required=False)
    year = forms.ChoiceField(label=_("School year"))
    against = forms.ChoiceField(label=_("Compared with"), required=False)

    def __init__(self, *args: Any, choices: dict[str, list[tuple[str, Any]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, options in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = options


class ExactCounts(forms.Form):
    """Why somebody looks at exact counts; it is written down."""

    reason = forms.CharField(
        label=_("Why do you need exact counts?"),
        help_text=_("The audit log keeps your name, the time and this reason."),
        max_length=300,
    )


class CompareForm(forms.Form):
    """By what the groups of a replay are compared."""

    compare = forms.ChoiceField(label=_("Compare by"))

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "compare", choices)


class YearForm(forms.Form):
    """Which school year."""

    year = forms.ChoiceField(label=_("School year"))

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "year", choices)

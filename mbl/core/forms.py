"""Forms of core's own pages."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mbl.core.models import User


def choose_from(form: forms.BaseForm, name: str, options: Iterable[Any], *, by: str = "public_id") -> None:
    """What the field ``name`` may be chosen from: choices, or rows of a queryset that the page names ``by``."""
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField):
        assert isinstance(options, QuerySet)
        field.queryset = options
        field.to_field_name = by
    else:
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(options)


class AccountForm(forms.Form):
    """A person's own choices, as ``change_account_settings`` takes them."""

    language = forms.ChoiceField(
        label=_("Language"), help_text=_("Pages and messages come in this language."), widget=forms.RadioSelect
    )
    density = forms.ChoiceField(
        label=_("Room between lines"),
        help_text=_("Close together shows more rows of a list at once."),
        choices=[
            ("comfortable", pgettext_lazy("density", "Comfortable")),
            ("compact", pgettext_lazy("density", "Close together")),
        ],
        widget=forms.RadioSelect,
    )
    single_key_shortcuts = forms.BooleanField(
        label=_("Shortcuts with a single key"),
        help_text=_("Such as / for search. Switch them off if you use voice control or press keys by accident."),
        required=False,
    )
    email_notices = forms.BooleanField(
        label=_("Tell me by e-mail when there is a message for me"),
        help_text=_("The e-mail holds a link and no details about students."),
        required=False,
    )

    def __init__(self, data: object = None, *, instance: User) -> None:
        initial = {
            "language": instance.language or settings.LANGUAGE_CODE,
            "density": instance.density,
            "single_key_shortcuts": instance.single_key_shortcuts,
            "email_notices": instance.email_notices,
        }
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        choose_from(
            self,
            "language",
            [(code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES],
        )

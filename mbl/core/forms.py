"""Forms of core's own pages."""

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mbl.core.models import User


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
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            (code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES
        ]

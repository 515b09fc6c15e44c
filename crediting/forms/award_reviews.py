"""Keep an award that was looked at again."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crediting.forms.words import Words


class KeepForm(forms.Form):
    reason = Words(
        label=_("Why does the credit stay?"),
        rows=3,
        error_messages={"required": _("Say why the credit stays.")},
    )

"""An appeal in the student's or family's own words, and the answer to it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from crediting.forms.words import Words


class AppealForm(forms.Form):
    statement = Words(
        label=_("Why should this be looked at again?"),
        help_text=_("Your own words, in any language. You can say what was overlooked, or what you disagree with."),
        rows=8,
        error_messages={"required": _("Say in your own words why this should be looked at again.")},
    )


class AnswerAppealForm(forms.Form):
    reason = Words(
        label=_("What do you answer, and why?"),
        help_text=_("The student and the family read this."),
        rows=6,
        error_messages={"required": _("Say why. The student and the family read it.")},
    )

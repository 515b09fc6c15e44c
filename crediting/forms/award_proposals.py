"""Narrowing the list of proposed awards, confirming, setting aside."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crediting.forms.words import Words
from crediting.states import SubjectArea
from crediting.words import subject_word
from mbl.core.forms import choose_from
from profiles.models import Course, School

CONFIRM_REASON = _("The results on file meet what our policy asks.")


class ProposalFilter(forms.Form):
    q = forms.CharField(
        label=_("Student"),
        required=False,
        strip=True,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    school = forms.ModelChoiceField(
        label=_("School"), queryset=School.objects.none(), required=False, empty_label=_("All")
    )
    course = forms.ModelChoiceField(
        label=_("Course"), queryset=Course.objects.none(), required=False, empty_label=_("All")
    )
    subject = forms.ChoiceField(label=_("Subject area"), required=False)
    rule = forms.CharField(label=_("Rule"), required=False, strip=True, max_length=60)

    def __init__(self, data: Any, schools: QuerySet[School], courses: QuerySet[Course]) -> None:
        super().__init__(data)
        choose_from(self, "school", schools, by="code")
        choose_from(self, "course", courses)
        choose_from(self, "subject", [("", _("All")), *((str(area), subject_word(area)) for area in SubjectArea)])


class ConfirmForm(forms.Form):
    reason = Words(
        label=_("Reason"),
        help_text=_("The student and the family read this."),
        rows=2,
        initial=CONFIRM_REASON,
        error_messages={"required": _("Say why. The student and the family read it.")},
    )


class OwedForm(ConfirmForm):
    """An award that a statute demands: only its course is open."""

    course = forms.ModelChoiceField(
        label=_("Course"),
        queryset=Course.objects.none(),
        empty_label=_("Choose a course"),
        error_messages={"required": _("Choose the course in which the credit is awarded.")},
    )
    field_order = ("course", "reason")

    def __init__(self, data: Any, courses: QuerySet[Course], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        choose_from(self, "course", courses)


class DismissForm(forms.Form):
    reason = Words(
        label=_("Why is it set aside?"),
        help_text=_("It stays off the list until something about it changes."),
        rows=2,
        error_messages={"required": _("Say why, so that the next reader understands.")},
    )

"""A common task as somebody writes it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crediting.forms.words import Words
from crediting.models import Scale, Standard
from mbl.core.forms import choose_from
from profiles.models import Course, School


class CommonTaskForm(forms.Form):
    """What the action takes; the standards come from the picker."""

    # Made with the page: the same form sent twice is one task.
    key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)
    title = forms.CharField(label=_("Title"), max_length=100, help_text=_("Such as: Year-end proof in geometry."))
    for_students = Words(
        label=_("For students: what to do"), help_text=_("Teachers hand this out or read it aloud."), rows=6
    )
    for_teachers = Words(
        label=_("For teachers: how it is given"),
        help_text=_("What students get, how long they have, what help is allowed. Second readers read it too."),
        rows=6,
    )
    standards = forms.ModelMultipleChoiceField(
        Standard.objects.none(),
        label=_("Which standards does it show?"),
        required=False,
        error_messages={"invalid_choice": _("One of these standards is no longer in use. Choose again.")},
    )
    scale = forms.ModelChoiceField(Scale.objects.none(), label=_("Scale"), empty_label=None)
    courses = forms.ModelMultipleChoiceField(
        Course.objects.none(),
        label=_("Courses whose classes give it"),
        help_text=_("Courses with standards and classes this school year."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose the courses whose classes give it.")},
    )
    schools = forms.ModelMultipleChoiceField(
        School.objects.none(),
        label=_("Schools"),
        help_text=_("Every class of these courses at these schools may give it."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose the schools whose classes give it.")},
    )
    opens_on = forms.DateField(label=_("First day to give it"), widget=forms.DateInput(attrs={"type": "date"}))
    closes_on = forms.DateField(label=_("Last day to give it"), widget=forms.DateInput(attrs={"type": "date"}))
    read_share = forms.DecimalField(
        label=_("Read twice: percent of all works"),
        help_text=_("From 0 to 100. The lot decides which. Leave it empty if you say a number of each class."),
        min_value=0,
        max_value=100,
        max_digits=7,
        decimal_places=4,
        required=False,
    )
    read_number = forms.IntegerField(
        label=_("Or so many works of each class"), min_value=1, max_value=100, required=False
    )
    from_other_school = forms.BooleanField(
        label=_("Second readers come from another school, where a teacher of the subject there can read it blind"),
        required=False,
    )

    def __init__(
        self,
        standards: QuerySet[Standard],
        scales: QuerySet[Scale],
        courses: QuerySet[Course],
        schools: QuerySet[School],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "standards", standards)
        choose_from(self, "scale", scales)
        choose_from(self, "courses", courses)
        choose_from(self, "schools", schools)

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        said = self.cleaned_data
        return {name: list(value) if isinstance(value, QuerySet) else value for name, value in said.items()}

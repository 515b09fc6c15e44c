"""Narrowing the list of students."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mbl.core.forms import choose_from
from profiles.models import School
from profiles.rules.roster import GRADES
from profiles.words import grade_word


class StudentFilter(forms.Form):
    """By name or number, school and grade. Schools are those of the students in the list."""

    q = forms.CharField(label=_("Find by name or number"), required=False, max_length=100)
    school = forms.ModelChoiceField(
        label=_("School"),
        queryset=School.objects.none(),
        required=False,
        empty_label=_("All schools"),
    )
    grade = forms.ChoiceField(label=_("Grade"), required=False)

    def __init__(self, *args: Any, schools: QuerySet[School], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "school", schools)
        choose_from(self, "grade", [("", _("All grades")), *((grade, grade_word(grade)) for grade in GRADES)])

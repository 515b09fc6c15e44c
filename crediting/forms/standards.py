"""Searching standards, and recording who adopted them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crediting.models import Framework, Standard
from crediting.queries.find_standards import Wanted
from crediting.states import AdoptionBody, StandardStatus, SubjectArea
from crediting.words import subject_word
from mbl.core.forms import choose_from
from mbl.core.words import state_word

GRADES = [("KG", _("Kindergarten")), *((f"{grade:02}", str(grade)) for grade in range(1, 13))]


class FindForm(forms.Form):
    """Words or the beginning of a code, and what narrows the search; inside one framework or in all of them."""

    q = forms.CharField(
        label=_("Words or a code"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    framework = forms.ModelChoiceField(
        label=_("Framework"), queryset=Framework.objects.none(), required=False, empty_label=_("All frameworks")
    )
    grade = forms.ChoiceField(label=_("Grade"), required=False)
    level = forms.ChoiceField(
        label=_("Level"),
        required=False,
        choices=[("", _("Headings too")), ("lowest", _("Only standards with nothing below"))],
    )
    status = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, data: Any = None, *, frameworks: QuerySet[Framework] | None = None) -> None:
        super().__init__(data)
        if frameworks is None:
            del self.fields["framework"]
        else:
            choose_from(self, "framework", frameworks)
        choose_from(
            self,
            "grade",
            [
                ("", _("Any grade")),
                *GRADES,
            ],
        )
        choose_from(
            self,
            "status",
            [
                *((str(status), state_word(status)) for status in StandardStatus),
                ("all", _("All of them")),
            ],
        )

    def wanted(self, framework: Framework | None = None) -> Wanted:
        """What is looked for; faults of the address count as nothing said."""
        said = getattr(self, "cleaned_data", {}) if self.is_valid() else {}
        status = said.get("status") or StandardStatus.ACTIVE
        return Wanted(
            text=said.get("q", ""),
            framework=framework or said.get("framework"),
            grade=said.get("grade", ""),
            only_leaves=said.get("level") == "lowest",
            status="" if status == "all" else status,
        )


class SourceForm(forms.Form):
    """An address from which a framework is fetched each day."""

    address = forms.CharField(
        label=_("Address of the framework"),
        max_length=500,
        help_text=_("As its publisher gives it, such as https://…/ims/case/v1p1/CFPackages/ and an identifier."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )


class AdoptForm(forms.Form):
    """Who adopted a framework, for which subjects, from when to when."""

    body = forms.ChoiceField(label=_("Adopted as"), widget=forms.RadioSelect)
    adopted_by = forms.CharField(label=_("Adopted by"), max_length=200, help_text=_("The state, or your board."))
    adopted_on = forms.DateField(label=_("Day of adoption"), widget=forms.DateInput(attrs={"type": "date"}))
    subjects = forms.MultipleChoiceField(
        label=_("For which subject areas?"),
        help_text=_("Where state standards cover a subject area, local ones cannot carry credit in it."),
        widget=forms.CheckboxSelectMultiple,
    )
    grades = forms.MultipleChoiceField(
        label=_("For which grades?"),
        required=False,
        help_text=_("Choose none where it is for all of them."),
        widget=forms.CheckboxSelectMultiple,
        choices=GRADES,
    )
    starts_on = forms.DateField(label=_("First day in use"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(
        label=_("Last day in use"),
        required=False,
        help_text=_("Leave empty where no end is known."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "body", [(str(body), state_word(body)) for body in AdoptionBody])
        choose_from(self, "subjects", [(str(area), subject_word(area)) for area in SubjectArea])

    def values(self) -> dict[str, Any]:
        """The arguments of ``adopt_framework``."""
        cleaned = self.cleaned_data
        return cleaned | {
            "body": AdoptionBody(cleaned["body"]),
            "subjects": [SubjectArea(subject) for subject in cleaned["subjects"]],
        }


class EndForm(forms.Form):
    """The last day of something that has no end yet."""

    last_day = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))

    @property
    def day(self) -> dt.date:
        chosen: dt.date = self.cleaned_data["last_day"]
        return chosen


class GraduationForm(forms.Form):
    """From when a framework holds the graduation standards, and which of them is about habits."""

    starts_on = forms.DateField(
        label=_("First day"),
        help_text=_("Today or later. What was in force before stays as it was."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    habits = forms.ModelChoiceField(
        label=_("Standard for habits of work"),
        queryset=Standard.objects.none(),
        required=False,
        empty_label=_("None of them"),
        help_text=_("It and what stands below it are kept apart: no target leads to them."),
    )

    def __init__(self, data: Any = None, *, framework: Framework, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        rows = framework.standards.filter(status=StandardStatus.ACTIVE).order_by("path")
        choose_from(self, "habits", rows.defer("search_text", "extra"))


class LocalForm(AdoptForm):
    """A local framework: its title, and who adopted it when (T74)."""

    title = forms.CharField(label=_("Title"), max_length=300)
    field_order = ("title", "adopted_by", "adopted_on", "subjects", "grades", "starts_on", "ends_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["body"]

    def values(self) -> dict[str, Any]:
        """The arguments of ``write_framework``."""
        cleaned = self.cleaned_data
        return cleaned | {"subjects": [SubjectArea(subject) for subject in cleaned["subjects"]]}


class ItemForm(forms.Form):
    """One item of a local framework."""

    code = forms.CharField(label=_("Code"), required=False, max_length=200)
    statement = forms.CharField(
        label=_("What a student shows"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    parent = forms.ModelChoiceField(
        label=_("Below"), queryset=Standard.objects.none(), required=False, empty_label=_("At the top")
    )
    number = forms.IntegerField(
        label=_("Place among its neighbors"),
        required=False,
        min_value=1,
        max_value=9999,
        help_text=_("Leave empty for the last place."),
    )
    grades = forms.MultipleChoiceField(
        label=_("Grades"), required=False, widget=forms.CheckboxSelectMultiple, choices=GRADES
    )

    def __init__(self, data: Any = None, *, framework: Framework, standard: Standard | None = None) -> None:
        initial = {}
        rows = framework.standards.filter(status=StandardStatus.ACTIVE).order_by("path")
        if standard is not None:
            initial = {
                "code": standard.code,
                "statement": standard.statement,
                "parent": standard.parent.public_id if standard.parent else None,
                "grades": standard.grades,
                "number": standard.position,
            }
            rows = rows.exclude(path__startswith=standard.path)
        super().__init__(data, initial=initial)
        choose_from(self, "parent", rows.defer("search_text", "extra"))

"""What staff record toward a plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hsbp.forms.plan import languages
from hsbp.rules.checklist import RECORDABLE
from hsbp.states import Pathway, Requirement
from hsbp.words import ITEM_WORDS, pathway_word
from mbl.core.forms import choose_from
from mbl.core.ui.parts import Choice

_BAD_DAY = {"invalid": _("Write the day as year, month and day, such as 2026-10-02.")}


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), error_messages=_BAD_DAY
    )


class ItemForm(forms.Form):
    item = forms.ChoiceField(label=_("What was done"))
    done_on = _day(_("On which day"))
    note = forms.CharField(
        label=_("What, with whom, by which means"),
        help_text=_("The student and the family can read this."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    language = forms.ChoiceField(label=_("Language it was done in"), required=False)

    def __init__(self, today: dt.date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "item", [(item, ITEM_WORDS[item]) for item in RECORDABLE])
        self.fields["done_on"].initial = today
        choose_from(self, "language", [("", _("Not noted")), *languages()])


class UpdateForm(forms.Form):
    """The yearly update. In grade 10 the test results are asked for (R59)."""

    updated_on = _day(_("On which day did you go through the plan?"))
    results_reviewed = forms.CharField(
        label=_("Test results you looked at"),
        help_text=_("Grade 10: name the tests and what they say. Other grades: if there were any."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    options_shown = forms.BooleanField(
        label=_("I showed the options"),
        help_text=_("Advanced courses, dual credit, career courses, work-based learning, credit by showing mastery."),
        required=False,
    )
    impact_explained = forms.BooleanField(label=_("I explained what the course choices mean for later"), required=False)
    family_took_part = forms.BooleanField(label=_("The family took part"), required=False)
    note = forms.CharField(
        label=_("Notes"),
        help_text=_("The student and the family can read this."),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )

    def __init__(self, today: dt.date, grade: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["updated_on"].initial = today
        self.fields["results_reviewed"].required = grade == "10"
        self.fields["results_reviewed"].error_messages["required"] = str(
            _("In grade 10 the update names the test results you looked at together.")
        )

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class RequirementForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("Does the plan meet the requirement?"),
        choices=[
            (str(Requirement.MET), Choice(_("It is met"), _("The transcript says MET."))),
            (str(Requirement.NOT_MET), Choice(_("It is not met"), _("The transcript says NOT MET."))),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the requirement is met.")},
    )
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("The student and the family read this."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        error_messages={"required": _("Say why. The student and the family read it.")},
    )


class PathwayForm(forms.Form):
    """Whether a graduation pathway is completed. It says nothing about credit (R55)."""

    pathway = forms.ChoiceField(label=_("Which pathway?"))
    verdict = forms.ChoiceField(
        label=_("Is it completed?"),
        choices=[
            (str(Requirement.MET), Choice(_("It is completed"), _("The transcript says MET."))),
            (
                str(Requirement.NOT_MET),
                Choice(_("It is not completed after all"), _("Takes back what was decided before.")),
            ),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the pathway is completed.")},
    )
    rests_on = forms.MultipleChoiceField(
        label=_("What shows it"),
        help_text=_("Results on file and work of the student. The same may have earned credit; that is decided apart."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("The student and the family read this."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        error_messages={"required": _("Say why. The student and the family read it.")},
    )

    def __init__(self, pieces: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "pathway", [("", _("Choose a pathway")), *((str(one), pathway_word(one)) for one in Pathway)])
        if pieces:
            choose_from(self, "rests_on", list(pieces))
        else:
            del self.fields["rests_on"]

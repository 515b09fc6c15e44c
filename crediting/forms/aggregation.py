"""How a department works levels out, and the attempts of an example student to see it on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crediting.rules.aggregation import Aggregation
from crediting.states import AggregationKind, Rounding, SubjectArea
from crediting.words import subject_word, subjects_word
from mbl.core.forms import choose_from
from mbl.core.words import state_word

OTHERS = "others"


class AggregationForm(forms.Form):
    """``verdict`` is the button: ``preview`` or ``save``. ``levels``: how many the scale of the example has."""

    subjects = forms.MultipleChoiceField(label=_("Subjects"), widget=forms.CheckboxSelectMultiple)
    kind = forms.ChoiceField(label=_("What counts"), widget=forms.RadioSelect)
    n = forms.IntegerField(
        label=_("How many attempts"),
        help_text=_("For the best, the mean, and a level reached several times. Leave it empty for all attempts."),
        required=False,
        min_value=1,
        max_value=20,
    )
    minimum = forms.IntegerField(
        label=_("At least this many attempts"),
        help_text=_("With fewer there is no level yet."),
        min_value=1,
        max_value=20,
        initial=1,
    )
    weight = forms.IntegerField(
        label=_("Percent that the newest attempt counts"),
        help_text=_("For a decaying average only."),
        required=False,
        min_value=1,
        max_value=99,
    )
    rounding = forms.ChoiceField(label=_("How a mean becomes a level"))
    starts_on = forms.DateField(
        label=_("First day"),
        help_text=_("What was judged before keeps the rule it was judged under."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    example = forms.CharField(
        label=_("An example student’s levels, oldest first"),
        help_text=_("The place of each level on the scale, with commas between: 2, 3, 3."),
        initial="2, 3, 3, 4",
        max_length=80,
    )

    def __init__(self, levels: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.levels = levels
        subjects = [(str(area), subject_word(area)) for area in SubjectArea]
        choose_from(self, "subjects", [(OTHERS, subjects_word("")), *subjects])
        choose_from(self, "kind", [(str(kind), state_word(kind)) for kind in AggregationKind])
        choose_from(self, "rounding", [(str(one), state_word(one)) for one in Rounding])

    def clean_subjects(self) -> list[str]:
        return ["" if subject == OTHERS else subject for subject in self.cleaned_data["subjects"]]

    def clean_example(self) -> list[int]:
        parts = [part.strip() for part in self.cleaned_data["example"].split(",") if part.strip()]
        if not parts or len(parts) > 20 or not all(part.isdecimal() and len(part) < 3 for part in parts):
            raise forms.ValidationError(gettext("Write up to 20 whole numbers with commas between, such as 2, 3, 3."))
        places = [int(part) for part in parts]
        if not all(1 <= place <= self.levels for place in places):
            raise forms.ValidationError(gettext("The scale has levels 1 to %(levels)s.") % {"levels": self.levels})
        return places

    def terms(self) -> Aggregation:
        """The rule as typed; what the chosen kind does not use is left out."""
        given = self.cleaned_data
        kind = AggregationKind(given["kind"])
        counts = kind in {AggregationKind.BEST, AggregationKind.MEAN, AggregationKind.TIMES}
        rounds = kind in {AggregationKind.MEAN, AggregationKind.DECAYING}
        return Aggregation(
            kind,
            (given["n"] or 0) if counts else 0,
            given["minimum"],
            (given["weight"] or 0) if kind == AggregationKind.DECAYING else 0,
            Rounding(given["rounding"]) if rounds else Rounding.HALF_UP,
        )

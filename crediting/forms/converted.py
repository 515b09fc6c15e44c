"""How levels become letter grades, row by row, and the days on which they are shown."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crediting.rules.converted import MOST_PLACES, MOST_ROWS, Conversion, ConversionKind, FromShares, FromValue
from crediting.states import Rounding, SubjectArea
from crediting.words import subject_word, subjects_word
from mbl.core.forms import choose_from
from mbl.core.words import state_word
from profiles.models import School

OTHERS = "others"
Kind = ConversionKind


class ConversionForm(forms.Form):
    """``verdict`` is the button: ``preview`` or ``save``. ``levels``: how many the district's scale has.

    Rows are ``mark-1`` with ``least-1``, or with ``share-1``, ``at-1`` and ``floor-1``; an empty row is left out.
    """

    subjects = forms.MultipleChoiceField(label=_("Subjects"), widget=forms.CheckboxSelectMultiple)
    minimum = forms.IntegerField(
        label=_("At least this many standards with a level"),
        help_text=_("With fewer there is no grade yet, and the page says so."),
        min_value=1,
        max_value=60,
    )
    places = forms.IntegerField(
        label=_("Decimal places of the mean"), min_value=0, max_value=MOST_PLACES, required=False, initial=1
    )
    rounding = forms.ChoiceField(label=_("How the mean is rounded"), required=False)
    starts_on = forms.DateField(
        label=_("First day"),
        help_text=_("Grades that were shown before stay as they were."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    example = forms.CharField(
        label=_("An example student’s levels"),
        help_text=_("The place of each standard’s level on the scale, with commas between: 4, 3, 3, 2."),
        initial="4, 3, 3, 2",
        max_length=200,
    )

    def __init__(self, kind: ConversionKind, levels: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.levels = kind, levels
        subjects = [(str(area), subject_word(area)) for area in SubjectArea]
        choose_from(self, "subjects", [(OTHERS, subjects_word("")), *subjects])
        choose_from(self, "rounding", [(str(one), _ROUNDED[one]) for one in Rounding])
        if kind == Kind.NONE:
            for name in ("minimum", "example"):
                del self.fields[name]
        if kind != Kind.MEAN:
            for name in ("places", "rounding"):
                del self.fields[name]
        for number in range(1, MOST_ROWS + 1) if kind != Kind.NONE else ():
            for name, word in self.columns:
                self.fields[f"{name}-{number}"] = forms.CharField(
                    label=gettext("%(column)s, row %(number)s") % {"column": word, "number": number},
                    required=False,
                    max_length=5,
                    widget=forms.TextInput(attrs={"size": 5, "inputmode": "text" if name == "mark" else "decimal"}),
                )

    @property
    def columns(self) -> list[tuple[str, str]]:
        """The names of a row's fields with their heads."""
        if self.kind == Kind.SHARES:
            return [
                ("mark", gettext("Mark")),
                ("share", gettext("At least percent")),
                ("at", gettext("at level or above")),
                ("floor", gettext("and none below level")),
            ]
        return [("mark", gettext("Mark")), ("least", gettext("From"))]

    @property
    def table(self) -> Iterator[tuple[int, list[BoundField]]]:
        for number in range(1, MOST_ROWS + 1):
            yield number, [self[f"{name}-{number}"] for name, _word in self.columns]

    @property
    def alone(self) -> list[BoundField]:
        """The fields that stand outside the table, subjects and example apart."""
        return [self[name] for name in ("minimum", "places", "rounding", "starts_on") if name in self.fields]

    def clean_subjects(self) -> list[str]:
        return ["" if subject == OTHERS else subject for subject in self.cleaned_data["subjects"]]

    def clean_example(self) -> list[int]:
        parts = [part.strip() for part in self.cleaned_data["example"].split(",") if part.strip()]
        if not parts or len(parts) > 60 or not all(part.isdecimal() and len(part) < 3 for part in parts):
            raise forms.ValidationError(gettext("Write up to 60 whole numbers with commas between, such as 4, 3, 3."))
        places = [int(part) for part in parts]
        if not all(1 <= place <= self.levels for place in places):
            raise forms.ValidationError(gettext("The scale has levels 1 to %(levels)s.") % {"levels": self.levels})
        return places

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        values, shares = [], []
        for number in range(1, MOST_ROWS + 1) if self.kind != Kind.NONE else ():
            mark = cleaned.get(f"mark-{number}", "").strip().upper()
            others = [name for name, _word in self.columns if name != "mark"]
            if not mark:
                if any(cleaned.get(f"{name}-{number}", "").strip() for name in others):
                    self.add_error(f"mark-{number}", gettext("Write a mark, or empty the row."))
                continue
            if self.kind == Kind.SHARES:
                share, at, floor = (self._number(cleaned, f"{name}-{number}") for name in others)
                if share is not None and at is not None and floor is not None:
                    shares.append(FromShares(mark, int(share), max(int(at), 1), int(floor)))
            elif (least := self._number(cleaned, f"least-{number}", needed=True)) is not None:
                values.append(FromValue(mark, least))
        cleaned["values"], cleaned["shares"] = tuple(values), tuple(shares)
        return cleaned

    def _number(self, cleaned: dict[str, Any], name: str, *, needed: bool = False) -> Decimal | None:
        """The number in a cell; an empty one is 0 where none is needed. None where it cannot be read."""
        text = cleaned.get(name, "").strip().replace(",", ".")
        whole = self.kind != Kind.MEAN
        try:
            number = Decimal(text) if text or needed else Decimal(0)
        except InvalidOperation:
            number = Decimal(-1)
        highest = 100 if name.startswith("share") else self.levels
        if not number.is_finite() or not 0 <= number <= highest or (whole and number != int(number)):
            said = {"highest": highest}
            wrong = (
                gettext("Write a whole number from 0 to %(highest)s.")
                if whole
                else gettext("Write a number from 0 to %(highest)s, such as 2.5.")
            )
            self.add_error(name, wrong % said)
            return None
        if number != number.quantize(Decimal("0.01")):
            self.add_error(name, gettext("At most two decimal places."))
            return None
        return number

    def terms(self) -> Conversion:
        """The table as typed."""
        given = self.cleaned_data
        is_mean = self.kind == Kind.MEAN
        return Conversion(
            self.kind,
            self.levels,
            given.get("minimum") or 1,
            (given.get("places") or 0) if is_mean else 0,
            Rounding(given["rounding"] or Rounding.HALF_UP) if is_mean else Rounding.HALF_UP,
            given["values"],
            given["shares"],
        )


_ROUNDED = {
    Rounding.HALF_UP: _("to the nearest, from the middle up"),
    Rounding.DOWN: _("down"),
    Rounding.UP: _("up"),
}


class KindForm(forms.Form):
    """Which kind of table to write: the first page."""

    kind = forms.ChoiceField(label=_("What decides the grade"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "kind", [(str(kind), state_word(kind)) for kind in ConversionKind])


class PlaceForm(forms.Form):
    """Show letter grades all year, at one school or at every one."""

    school = forms.ModelChoiceField(
        label=_("For which school?"),
        queryset=School.objects.none(),
        required=False,
        empty_label=_("Every school of the district"),
    )

    def __init__(self, schools: QuerySet[School], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "school", schools)


class WindowForm(PlaceForm):
    """Show them on some days."""

    name = forms.CharField(label=_("Name"), help_text=_("Such as: Progress report, November."), max_length=80)
    first = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))


class LastDayForm(forms.Form):
    last = forms.DateField(
        label=_("Last day"),
        help_text=_("Today or later. When it is over, the grades are kept as they then stand."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

"""A row of course history as a registrar types it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crediting.forms.words import Words
from crediting.models import LedgerEntry
from crediting.rules.history import RowDetails, school_year_of
from crediting.states import EarlyWish, SubjectArea
from crediting.words import subject_word
from mbl.core.forms import choose_from
from mbl.core.words import state_word

_GRADES = ("07", "08", "09", "10", "11", "12")


class RowForm(forms.Form):
    """A row in the place of another one."""

    course_title = forms.CharField(label=_("Course title"), max_length=200)
    school_year = forms.CharField(label=_("School year"), max_length=9, help_text=_("Such as 2026-27, or 2027."))
    term = forms.CharField(label=_("Term"), max_length=40, required=False, help_text=_("Such as S1 or Semester 1."))
    grade = forms.ChoiceField(label=_("Grade"), choices=[(one, one.lstrip("0")) for one in _GRADES])
    mark = forms.CharField(label=_("Mark"), max_length=5, required=False, help_text=_("Empty while in progress."))
    attempted = forms.DecimalField(
        label=_("Credits attempted"), min_value=0, max_value=10, max_digits=6, decimal_places=3
    )
    earned = forms.DecimalField(label=_("Credits earned"), min_value=0, max_value=10, max_digits=6, decimal_places=3)
    reason = Words(
        label=_("Why?"),
        help_text=_("The student and the family read this. The row it replaces stays, marked as replaced."),
        rows=3,
        error_messages={"required": _("Say why. The student and the family read it.")},
    )

    def clean_school_year(self) -> int:
        year = school_year_of(" ".join(self.cleaned_data["school_year"].split()))
        if year is None:
            raise forms.ValidationError(_("Write the school year as 2026-27, or the year it ends in, such as 2027."))
        return year

    def clean_mark(self) -> str:
        return str(self.cleaned_data["mark"]).upper().strip()

    def details(self) -> RowDetails:
        """The argument of the actions."""
        values: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        return RowDetails(**values)


class CorrectForm(RowForm):
    """``entry`` is the row to be replaced."""

    def __init__(self, *args: Any, entry: LedgerEntry, **kwargs: Any) -> None:
        year = entry.school_year
        initial = {
            "course_title": entry.course_title,
            "school_year": f"{year - 1}-{year % 100:02d}",
            "term": entry.term,
            "grade": entry.grade,
            "mark": entry.mark,
            "attempted": _short(entry.credits_attempted),
            "earned": _short(entry.credits_earned),
            "school_name": entry.school_name,
        }
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)


class TransferCorrectForm(CorrectForm):
    school_name = forms.CharField(label=_("School that taught it"), max_length=200)


class TransferForm(RowForm):
    """A course of another school."""

    field_order = ("school_name", "course_title", "course_code", "subject")

    school_name = forms.CharField(label=_("School that taught it"), max_length=200)
    course_code = forms.CharField(label=_("Course code"), max_length=30, required=False)
    subject = forms.ChoiceField(label=_("Subject area"), help_text=_("Which requirement its credit meets."))
    state_course_code = forms.CharField(label=_("State course code"), max_length=20, required=False)
    reason = Words(
        label=_("What does it rest on?"),
        help_text=_("Such as the transcript of the other school and its date. The student and the family read this."),
        rows=3,
        error_messages={"required": _("Say what the row rests on.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "subject", [(str(area), subject_word(area)) for area in SubjectArea])


class TakeBackForm(forms.Form):
    reason = Words(
        label=_("Why is it taken off the record?"),
        help_text=_("The student and the family read this. The row stays in the history, marked as taken back."),
        rows=3,
        error_messages={"required": _("Say why. The student and the family read it.")},
    )


class EarlyForm(forms.Form):
    """What student and parent ask for a course taken before grade 9."""

    wish = forms.ChoiceField(label=_("What do they ask for?"), widget=forms.RadioSelect)
    asked_on = forms.DateField(label=_("Day of the request"), widget=forms.DateInput(attrs={"type": "date"}))
    both = forms.BooleanField(
        label=_("The student and a parent or guardian have both asked for it, and the request is on file."),
        error_messages={"required": _("The law asks for both, the student and a parent or guardian.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "wish", [(str(one), state_word(one)) for one in EarlyWish])


class HeldForm(forms.Form):
    """Enter what the file says, or leave the record as it is."""

    note = Words(label=_("Why?"), rows=3, error_messages={"required": _("Say why, for whoever looks at it later.")})


class ConfirmForm(forms.Form):
    """That the district's own system reads the file of awards."""

    note = Words(
        label=_("What did you compare?"),
        help_text=_("Such as: two rows read into the test system, mark and designation looked at."),
        rows=3,
        error_messages={"required": _("Say what you compared, for whoever asks later.")},
    )


def _short(credits: Decimal) -> str:
    return format(credits.normalize(), "f")

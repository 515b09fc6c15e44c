"""One form for each section of a plan that is written (courses and mastery are chosen one at a time).

``part()`` is the section as ``hsbp.rules.content`` reads it. Nothing is required: a plan grows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hsbp.rules.content import AID_ITEMS, MAX_ACTIVITIES, MAX_LINE, MAX_TEXT, Content, Section
from hsbp.states import ActivityKind, Pathway
from hsbp.words import AID_WORDS, PATHWAY_SENTENCES
from mbl.core.forms import choose_from
from mbl.core.ui.parts import Choice
from mbl.core.words import state_word


def _area(label: Any, hint: Any, *, rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
    )


class SectionForm(forms.Form):
    """``edition`` is the plan's edition that the page was opened with; the field travels with every save."""

    edition = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def part(self) -> object:
        raise NotImplementedError


class GoalsForm(SectionForm):
    after_high_school = _area(
        _("After high school, I want to …"),
        _("Work, college, an apprenticeship, the military, something of your own: in your words."),
    )
    career = _area(_("Work that I can see myself doing"), _("One job or several. It may change every year."), rows=3)
    education = _area(
        _("Education or training I need for it"), _("A certificate, a degree, an apprenticeship, or none."), rows=3
    )

    def part(self) -> object:
        return {name: self.cleaned_data[name] for name in ("after_high_school", "career", "education")}


class InterestsForm(SectionForm):
    text = _area(_("What I like and what I am good at"), _("In school and outside of it."))
    inventory = forms.CharField(
        label=_("Interest inventory I took"),
        help_text=_("Its name, such as CareerBridge or YouScience."),
        required=False,
        max_length=MAX_LINE,
    )
    inventory_on = forms.DateField(
        label=_("Day I took it"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as year, month and day, such as 2026-10-02.")},
    )

    def part(self) -> object:
        on: dt.date | None = self.cleaned_data["inventory_on"]
        return {
            "text": self.cleaned_data["text"],
            "inventory": self.cleaned_data["inventory"],
            "inventory_on": on.isoformat() if on else "",
        }


class PathwayForm(SectionForm):
    options = forms.MultipleChoiceField(
        label=_("Pathways I am working on"),
        help_text=_("One is enough. Your school tells you which ones it offers."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = _area(_("Why it fits my goals"), _("A sentence or two."), rows=3)

    def __init__(self, *args: Any, kept: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(str(one), Choice(state_word(one), PATHWAY_SENTENCES[one])) for one in Pathway]
        # What an older or imported plan names stays until the student takes it out.
        other = [(code, Choice(code)) for code in kept if code not in set(Pathway)]
        choose_from(self, "options", [*known, *other])

    def part(self) -> object:
        return {"options": self.cleaned_data["options"], "reason": self.cleaned_data["reason"]}


class AidForm(SectionForm):
    """Ten ticks, each with the day it was made (R63)."""

    def __init__(self, *args: Any, before: Mapping[str, str], today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._before, self._today = before, today
        for item in AID_ITEMS:
            title, text = AID_WORDS[item]
            self.fields[item] = forms.BooleanField(label=str(title), help_text=str(text), required=False)

    def part(self) -> object:
        ticked = [item for item in AID_ITEMS if self.cleaned_data[item]]
        return {item: self._before.get(item) or self._today.isoformat() for item in ticked}


class ActivityForm(forms.Form):
    """One line of the resume. A line without a name is left out."""

    kind = forms.ChoiceField(label=pgettext_lazy("resume", "What it is"), required=False)
    title = forms.CharField(
        label=pgettext_lazy("resume", "Name"),
        help_text=_("Such as: Jazz band, or Cashier at Grange Co-op."),
        required=False,
        max_length=MAX_LINE,
    )
    years = forms.CharField(
        label=pgettext_lazy("resume", "When"),
        help_text=_("Such as: grade 9 to now."),
        required=False,
        max_length=MAX_LINE,
    )
    text = forms.CharField(
        label=pgettext_lazy("resume", "What I did"),
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "kind", [(str(kind), state_word(kind)) for kind in ActivityKind])
        # Within a set of forms an empty last one may be left alone.
        self.fields["kind"].initial = ActivityKind.ACTIVITY


class BaseActivities(BaseFormSet):  # type: ignore[type-arg]
    def part(self) -> object:
        return [form.cleaned_data for form in self.forms if form.cleaned_data.get("title")]


Activities = formset_factory(
    ActivityForm,
    formset=BaseActivities,
    extra=1,
    max_num=MAX_ACTIVITIES,
    validate_max=True,
    absolute_max=MAX_ACTIVITIES,
)


class EditionForm(SectionForm):
    """The edition alone, beside a set of forms."""

    def part(self) -> object:
        return None


class CourseSearchForm(forms.Form):
    """Find a course of the catalog, for a grade."""

    grade = forms.ChoiceField(
        label=_("Grade"),
        choices=[("09", _("Grade 9")), ("10", _("Grade 10")), ("11", _("Grade 11")), ("12", _("Grade 12"))],
    )
    q = forms.CharField(
        label=_("Course"),
        help_text=_("Its name or its code."),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class MasterySearchForm(forms.Form):
    q = forms.CharField(
        label=_("Find a course"),
        help_text=_("Its name or its code. You see the courses that your district opens to mastery credit."),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


def initial_of(section: Section, content: Content) -> dict[str, Any]:
    """What a section's form opens with."""
    match section:
        case Section.GOALS:
            return {
                "after_high_school": content.after_high_school,
                "career": content.career,
                "education": content.education,
            }
        case Section.INTERESTS:
            return {
                "text": content.interests,
                "inventory": content.inventory,
                "inventory_on": content.inventory_on or None,
            }
        case Section.PATHWAY:
            return {"options": list(content.pathways), "reason": content.pathway_reason}
        case Section.AID:
            return {item: item in content.aid for item in AID_ITEMS}
        case _:
            return {}

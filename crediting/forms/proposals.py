"""A proposal as a student writes it, and the words of those who approve it and check its hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from crediting.forms.words import Words
from crediting.models import CreditRequest
from crediting.states import PROPOSAL_FIELDS, ProposalKind
from crediting.words import proposal_field_word
from mbl.core.forms import choose_from

_HINTS = {
    "program": _("A short name, such as: Summer at the fish hatchery."),
    "duration": _("For example: six weeks, about 20 hours a week."),
    "goals": _("Your teacher or counselor helps you find them."),
    "credit": _("For example: credit in Biology when the named standards are shown."),
    "instructors": _("Names, and what they have done or studied."),
    "supervision": _("Who is with you or answers for you, and how often your school hears from them."),
}


class ProposalForm(forms.Form):
    """The ten elements of WAC 392-410-300(4). A draft may leave some empty; what is missing is said before sending."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    program = forms.CharField(max_length=200)
    employer = forms.CharField(label=_("Employer"), max_length=200, required=False)
    starts_on = forms.DateField(
        label=_("First day"),
        required=False,
        help_text=_("It has to be approved before this day."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    ends_on = forms.DateField(label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, kind: ProposalKind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["program"].label = proposal_field_word("program")
        self.fields["program"].help_text = _HINTS["program"]
        for name in PROPOSAL_FIELDS[1:]:
            self.fields[name] = Words(
                label=proposal_field_word(name), help_text=_HINTS.get(name, ""), required=False, rows=3
            )
        if kind != ProposalKind.PAID_WORK:
            del self.fields["employer"]
        if not self.is_bound:
            self.initial.setdefault("key", str(uuid4()))

    def words(self) -> dict[str, Any]:
        """What the actions take."""
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}

    @property
    def long_fields(self) -> list[forms.BoundField]:
        """Elements b to j, in the rule's order."""
        return [self[name] for name in PROPOSAL_FIELDS[1:]]


class ReviewForm(forms.Form):
    reason = Words(
        label=_("Reason"),
        help_text=_("The student and the family read this."),
        rows=4,
        error_messages={"required": _("Say why. The student and the family read it.")},
    )


class LinkForm(forms.Form):
    """Which of the student's requests rests on the proposal."""

    request = forms.ChoiceField(label=_("A request of yours"))

    def __init__(self, requests: Sequence[CreditRequest], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.requests = {str(one.public_id): one for one in requests}
        choose_from(self, "request", [(key, f"{one.title} · {one.course.title}") for key, one in self.requests.items()])

    def clean_request(self) -> CreditRequest:
        return self.requests[self.cleaned_data["request"]]


class HoursForm(forms.Form):
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    hours = forms.DecimalField(
        label=_("Hours"),
        max_digits=4,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.25"}),
    )
    done = forms.CharField(label=_("What did you do?"), max_length=300)

    def __init__(self, today: dt.date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("day", today)


class HoursCheckForm(forms.Form):
    through = forms.DateField(
        label=_("Through which day?"),
        help_text=_("Every day up to this one that was not checked before."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    note = Words(
        label=_("How did you check?"),
        help_text=_("Such as: pay slips of May and June. The student reads this."),
        required=False,
        max_length=1000,
        rows=2,
    )

    def __init__(self, today: dt.date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("through", today)

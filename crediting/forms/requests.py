"""Asking for credit, step by step: the way, what it will show, who looks at it. Nothing is asked that no rule asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crediting.forms.words import Words
from crediting.models import CreditRequest, Standard
from crediting.rules.facts import Purpose
from crediting.rules.left_open import Choices
from crediting.rules.offers import Offer
from crediting.states import RequestState, StandardStatus
from crediting.words import kind_word, method_word
from mbl.core.forms import choose_from
from mbl.core.ui.parts import Choice
from mbl.core.words import state_word
from profiles.models import Person, Student


class Way:
    """A way to show mastery as the student chooses it: a method and, for a local assessment, its kind (R15)."""

    def __init__(self, method: str, kind: str, offer: Offer) -> None:
        self.method, self.kind, self.offer = method, kind, offer

    @property
    def code(self) -> str:
        return f"{self.method}.{self.kind}" if self.kind else self.method

    @property
    def word(self) -> str:
        return kind_word(self.kind) if self.kind else self.offer.method_title or method_word(self.method)

    @property
    def asks_for_result(self) -> bool:
        return self.offer.needs_result


def ways_of(offers: Iterable[Offer]) -> list[Way]:
    """Each way once, in the policy's order."""
    found: dict[str, Way] = {}
    for offer in offers:
        for kind in offer.kinds or ("",):
            way = Way(offer.method, kind, offer)
            found.setdefault(way.code, way)
    return list(found.values())


class WayForm(forms.Form):
    """Which way? Sent as a GET: nothing is written yet."""

    way = forms.ChoiceField(label=_("How do you want to show it? You choose."), widget=forms.RadioSelect)

    def __init__(self, ways: Sequence[Way], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "way", [(way.code, Choice(way.word, way.offer.text)) for way in ways])


def _grouped(teachers: Sequence[tuple[str, Sequence[Person]]]) -> list[tuple[Any, Any]]:
    """Teachers as grouped choices, none chosen."""
    groups = [
        (group, [(str(person.public_id), str(person)) for person in people]) for group, people in teachers if people
    ]
    return [("", _("Choose a teacher")), *groups]


class ChoicesMixin(forms.Form):
    """What the policy leaves to the student. Fields that no rule of the way offers are not there (R13)."""

    credits_wanted = forms.DecimalField(
        label=_("How much credit do you ask for?"),
        help_text=_("Credits of this course, such as 0.5. The policy may give less."),
        min_value=Decimal("0.001"),
        max_digits=6,
        decimal_places=3,
    )
    mark_wanted = forms.ChoiceField(label=_("Which mark should your record show?"), widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("In which language were you tested?"))
    self_evaluation = Words(
        label=_("How do you judge your own work?"),
        help_text=_("What is good already, and what is not there yet? Write it before others judge it."),
        required=False,
        rows=4,
    )

    def offer(self, choices: Choices, languages: Sequence[tuple[str, str]], *, can_choose: bool = True) -> None:
        """Keep the fields that ``choices`` offers; once it was sent, only the student's own words stay open."""
        offered = {
            "credits_wanted": choices.credits and can_choose,
            "mark_wanted": bool(choices.marks) and can_choose,
            "language": choices.language and can_choose,
            "self_evaluation": choices.self_evaluation,
        }
        for name, is_there in offered.items():
            if not is_there:
                del self.fields[name]
        if "mark_wanted" in self.fields:
            choose_from(self, "mark_wanted", [(mark, mark) for mark in choices.marks])
        if "language" in self.fields:
            tested = {code.casefold() for code, _name in languages}
            named = [(name, name) for name in choices.languages if name.casefold() not in tested]
            languages = [*languages, *named]
            choose_from(self, "language", [("", _("Choose a language")), *languages])
            self.fields["language"].required = bool(languages)
            self.fields["language"].help_text = (
                "" if languages else _("No language test of yours is on file yet. Choose it when the result has come.")
            )

    def chosen(self) -> dict[str, Any]:
        """What the actions take of these."""
        names = ("credits_wanted", "mark_wanted", "language", "self_evaluation")
        return {name: self.cleaned_data[name] for name in names if name in self.fields}


class RequestForm(ChoicesMixin):
    """What the student says about the request. Fields that the chosen way does not ask for are not there (R13)."""

    title = forms.CharField(
        label=_("What will you show?"), max_length=200, help_text=_("A short name, such as: Watershed report and talk.")
    )
    purpose = forms.ChoiceField(label=_("Why do you ask?"), widget=forms.RadioSelect)
    instrument = forms.ChoiceField(label=_("Which state assessment did you take?"))
    taken_on = forms.DateField(label=_("When did you take it?"), widget=forms.DateInput(attrs={"type": "date"}))
    level = forms.IntegerField(label=_("Which level does your score report say?"), min_value=1, max_value=100)
    standards = forms.ModelMultipleChoiceField(
        Standard.objects.none(),
        label=_("Which standards will it show?"),
        required=False,
        error_messages={"invalid_choice": _("One of these standards is no longer in use. Choose again.")},
    )
    plan = Words(
        label=_("Your plan, in your own words"),
        help_text=_("What will you make or do, and how will it show these standards? You can write in any language."),
        required=False,
        rows=5,
    )
    assessor = forms.ChoiceField(label=_("Which teacher should look at your work?"))

    def __init__(
        self,
        way: Way,
        offers: Sequence[Offer],
        teachers: Sequence[tuple[str, Sequence[Person]]],
        instruments: dict[str, str],
        student: Student,
        today: dt.date,
        choices: Choices,
        languages: Sequence[tuple[str, str]],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.way, self.today = way, today
        self.offer(choices, languages)
        fitting = [offer for offer in offers if offer.method == way.method and way.kind in (offer.kinds or ("",))]
        purposes = list(dict.fromkeys(offer.purpose for offer in fitting))
        self.only_purpose = purposes[0] if len(purposes) == 1 else None
        if self.only_purpose is not None:
            del self.fields["purpose"]
        else:
            asked = [purpose for purpose in purposes if purpose != Purpose.EITHER]
            choose_from(self, "purpose", [(str(one), state_word(one)) for one in asked])
        if way.asks_for_result:
            choose_from(self, "instrument", [(code, instruments.get(code, code)) for code in way.offer.instruments])
        else:
            for name in ("instrument", "taken_on", "level"):
                del self.fields[name]
        choose_from(
            self,
            "standards",
            Standard.objects.filter(district=student.district_id, status=StandardStatus.ACTIVE).select_related(
                "framework"
            ),
        )
        self.people = {str(person.public_id): person for _group, people in teachers for person in people}
        choose_from(self, "assessor", _grouped(teachers))

    def clean_assessor(self) -> Person:
        return self.people[self.cleaned_data["assessor"]]

    def clean_taken_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["taken_on"]
        if day > self.today:
            raise forms.ValidationError(_("This day has not come yet. Write the day on which you took it."))
        return day

    def values(self) -> dict[str, Any]:
        """What the actions take."""
        cleaned = self.cleaned_data
        result = {}
        if self.way.asks_for_result:
            result = {
                "instrument": cleaned["instrument"],
                "taken_on": cleaned["taken_on"].isoformat(),
                "level": cleaned["level"],
            }
        return {
            "title": cleaned["title"],
            "plan": cleaned["plan"],
            "standards": list(cleaned["standards"]),
            "assessor": cleaned["assessor"],
            "purpose": self.only_purpose or Purpose(cleaned["purpose"]),
            "result": result,
            **self.chosen(),
        }


class ChangeForm(ChoicesMixin):
    """What a student may still change: the words, standards to add and, until it is first sent, the teacher and what
    the policy lets them choose."""

    title = RequestForm.base_fields["title"]
    standards = RequestForm.base_fields["standards"]
    plan = RequestForm.base_fields["plan"]
    assessor = RequestForm.base_fields["assessor"]

    def __init__(
        self,
        request: CreditRequest,
        teachers: Sequence[tuple[str, Sequence[Person]]],
        choices: Choices,
        languages: Sequence[tuple[str, str]],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offer(choices, languages, can_choose=request.state == RequestState.DRAFT)
        if request.state == RequestState.DRAFT:
            self.people = {str(person.public_id): person for _group, people in teachers for person in people}
            choose_from(self, "assessor", _grouped(teachers))
        else:
            del self.fields["assessor"]
        choose_from(
            self,
            "standards",
            Standard.objects.filter(district=request.district_id, status=StandardStatus.ACTIVE).select_related(
                "framework"
            ),
        )

    def values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        teacher = {"assessor": self.people[cleaned["assessor"]]} if "assessor" in self.fields else {}
        return {
            "title": cleaned["title"],
            "plan": cleaned["plan"],
            "standards": list(cleaned["standards"]),
            **teacher,
            **self.chosen(),
        }


class AnswerForm(forms.Form):
    """The student's answer to a question, sent with the next attempt."""

    answer = Words(
        label=_("Your answer"),
        help_text=_("What did you change or add? Your teacher reads this first."),
        required=False,
        rows=4,
    )


class WithdrawForm(forms.Form):
    reason = Words(
        label=_("Why?"),
        required=False,
        max_length=1000,
        rows=2,
    )


class ReassignForm(forms.Form):
    """Ask another teacher."""

    assessor = forms.ChoiceField(label=_("Which teacher should assess it instead?"))
    reason = Words(
        label=_("Why?"),
        help_text=_("The student reads this."),
        max_length=1000,
        rows=2,
    )

    def __init__(self, teachers: Sequence[Person], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.public_id): person for person in teachers}
        choose_from(
            self,
            "assessor",
            [
                ("", _("Choose a teacher")),
                *((key, str(person)) for key, person in self.people.items()),
            ],
        )

    def clean_assessor(self) -> Person:
        return self.people[self.cleaned_data["assessor"]]

"""Asking somebody to attest, what a witness writes, and what staff do with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crediting.forms.words import Words
from crediting.models import AttestationInvite, Standard
from crediting.rules import attestations
from crediting.rules.policy.conditions import AttestedBy
from crediting.states import WitnessRole
from crediting.words import any_of, witness_word
from mbl.core.codes import is_well_formed, normalise
from mbl.core.forms import choose_from
from mbl.core.ui.parts import Choice
from mbl.core.words import state_word
from profiles.states import Role


class SubjectForm(forms.Form):
    """What is to be attested, by whom, and who may read it."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    role = forms.ChoiceField(label=_("Who attests?"))
    name = forms.CharField(label=_("Their name"), max_length=120)
    experience = Words(
        label=_("What did they witness?"),
        help_text=_(
            "Such as: “Paddling with the canoe family in July.” The witness reads this beside the first name. "
            "Leave out last name, grade and anything else they do not need."
        ),
        max_length=2000,
        rows=3,
    )
    visible_to = forms.MultipleChoiceField(
        label=_("Which staff may read it?"),
        help_text=_("Leave all empty for everyone who sees the work. The student and the family always may."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agreement = Words(
        label=_("Agreement with their organization"),
        help_text=_(
            "What you agreed with a Tribe, a partner or an employer about these words: whose they are, how long the "
            "school keeps them. The witness reads it."
        ),
        max_length=2000,
        rows=2,
        required=False,
    )
    code = forms.ChoiceField(label=_("What the policy asks for"), required=False)

    def __init__(self, *args: Any, asked: Sequence[AttestedBy], **kwargs: Any) -> None:
        """``asked``: the attestations that the policy names, with roles beside the usual ones."""
        super().__init__(*args, **kwargs)
        roles = dict.fromkeys([*map(str, WitnessRole), *(role for one in asked for role in one.roles)])
        witnesses = [(role, witness_word(role)) for role in roles if role not in set(Role)]
        self._witnesses = [("", gettext("Choose")), *witnesses]
        choose_from(self, "role", self._witnesses)
        choose_from(self, "visible_to", [(str(one), state_word(one)) for one in attestations.READERS])
        named = [(one.code, one.text or witness_word(one.code)) for one in asked if one.code]
        choose_from(self, "code", [("", gettext("Whichever it fits")), *named])
        if not named:
            del self.fields["code"]
        if not self.is_bound:
            self.initial.setdefault("key", str(uuid4()))

    def subject(self) -> dict[str, Any]:
        """The arguments of ``Subject``."""
        cleaned = self.cleaned_data
        return {
            "role": cleaned["role"],
            "name": cleaned["name"],
            "experience": cleaned["experience"],
            "agreement": cleaned["agreement"],
            "visible_to": tuple(cleaned["visible_to"]),
            "code": cleaned.get("code", ""),
        }


class AskForm(SubjectForm):
    """A link for somebody without an account."""

    email = forms.EmailField(
        label=_("Their e-mail"),
        help_text=_("Leave it empty to hand over a paper with a square code and a short code."),
        required=False,
    )
    language = forms.ChoiceField(label=_("Language of their page"), choices=settings.LANGUAGES)
    days = forms.TypedChoiceField(label=_("How long does the link work?"), coerce=int, initial=14)

    field_order = ("key", "role", "name", "experience", "email", "language", "days", "visible_to", "agreement", "code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "days", [(str(days), _days(days)) for days in attestations.DAYS])


def _days(days: int) -> str:
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


class RecordForm(SubjectForm):
    """A spoken word written down by staff, or their own word. ``own_roles``: what they may attest as themselves."""

    organisation = forms.CharField(label=_("Their organization, Nation or community"), max_length=160, required=False)
    contact = forms.CharField(label=_("How to reach them"), max_length=160, required=False)
    spoken_on = forms.DateField(label=_("When was it said?"), widget=forms.DateInput(attrs={"type": "date"}))
    language = forms.CharField(
        label=_("In which language?"), help_text=_("The language that was spoken, such as Lushootseed."), max_length=40
    )
    is_unrecorded = forms.BooleanField(
        label=_("Keep only that they attest it"),
        help_text=_("Then nothing of what they said is kept, whatever stands below."),
        required=False,
    )
    statement = Words(label=_("What they said"), rows=6, required=False)
    witnessed_from = forms.DateField(
        label=_("First day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    witnessed_to = forms.DateField(label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, own_roles: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False
        self.fields["name"].help_text = gettext("Leave it empty where you attest yourself.")
        self.fields["experience"].help_text = gettext(
            "In a sentence, such as: “Paddling with the canoe family in July.”"
        )
        self.own_roles = own_roles
        own = [
            (f"own:{role}", gettext("Myself: %(role)s") % {"role": witness_word(role).lower()}) for role in own_roles
        ]
        choose_from(self, "role", [*self._witnesses, *own])

    @property
    def is_own(self) -> bool:
        return str(self.cleaned_data["role"]).startswith("own:")

    def subject(self) -> dict[str, Any]:
        return {**super().subject(), "role": str(self.cleaned_data["role"]).removeprefix("own:")}

    def testimony(self) -> dict[str, Any]:
        """The arguments of ``Testimony``."""
        names = ("name", "organisation", "contact", "statement", "is_unrecorded", "witnessed_from", "witnessed_to")
        return {name: self.cleaned_data[name] for name in names}


class TestimonyForm(forms.Form):
    """What a witness without an account writes on the page of their link."""

    __test__ = False  # its name looks like a test's

    keep = forms.ChoiceField(label=_("What may the school keep?"), widget=forms.RadioSelect, initial="words")
    statement = Words(
        label=_("What did you see done well?"),
        help_text=_("In your own words and any language. A few sentences are enough."),
        required=False,
        rows=6,
    )
    witnessed_from = forms.DateField(
        label=_("First day you were there"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    witnessed_to = forms.DateField(label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    name = forms.CharField(
        label=_("How should your name appear?"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    organisation = forms.CharField(
        label=_("Your organization, Nation or community"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    contact = forms.CharField(
        label=_("How may the school reach you?"),
        help_text=_("A phone number or e-mail, in case of a question."),
        max_length=160,
        required=False,
    )
    readers = forms.ChoiceField(label=_("Who at the school may read it?"), widget=forms.RadioSelect, initial="all")
    was_there = forms.BooleanField(
        label=_("I witnessed this myself, and what I say is true."),
        error_messages={
            "required": _("Tick this if you witnessed it yourself. If not, close the page: nothing is sent.")
        },
    )

    def __init__(self, invite: AttestationInvite, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fact = Choice(
            gettext("Only that I attest it"),
            gettext("Nothing that I write below is kept. Choose this for what belongs to your community."),
        )
        words = Choice(gettext("My words"), gettext("What I write below."))
        choose_from(self, "keep", [("words", words), ("fact", fact)])
        roles = any_of(state_word(Role(role)).lower() for role in attestations.few(invite.visible_to))
        only = (
            "few",
            Choice(gettext("Only: %(roles)s") % {"roles": roles}, gettext("Others see that you attested, no more.")),
        )
        everyone = ("all", Choice(gettext("Everyone who works on this request")))
        if invite.visible_to:
            self.fields["readers"].initial = "few"
        choose_from(self, "readers", [only] if invite.visible_to else [everyone, only])

    def testimony(self) -> dict[str, Any]:
        """The arguments of ``Testimony``."""
        names = ("name", "organisation", "contact", "statement", "witnessed_from", "witnessed_to")
        return {
            **{name: self.cleaned_data[name] for name in names},
            "is_unrecorded": self.cleaned_data["keep"] == "fact",
        }


class CodeForm(forms.Form):
    """The short code from a paper."""

    code = forms.CharField(
        label=_("Your code"),
        help_text=_("The 16 letters and digits on your paper. Capitals and dashes do not matter."),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        code = normalise(self.cleaned_data["code"])
        if not is_well_formed(code):
            raise forms.ValidationError(_("A code has 16 letters and digits. Compare it with your paper once more."))
        return code


class MapForm(forms.Form):
    """Which standards of the request an attestation speaks to."""

    standards = forms.ModelMultipleChoiceField(
        queryset=Standard.objects.none(),
        label=_("Which standards does it speak to?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, standards: Sequence[Standard], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "standards", Standard.objects.filter(pk__in=[one.pk for one in standards]))


class WithdrawAttestationForm(forms.Form):
    reason = Words(
        label=_("Why is it withdrawn?"),
        help_text=_("The witness may ask you why. Do not repeat what was said."),
        max_length=1000,
        rows=3,
        error_messages={"required": _("Say why, so that others understand it later.")},
    )

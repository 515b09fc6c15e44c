"""People, roles and relations as an administrator types them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from mbl.core.forms import choose_from
from mbl.core.models import District
from mbl.core.ui.parts import Choice
from mbl.core.words import state_word
from profiles.models import Person, School
from profiles.queries.people import counselors_of, schools_of
from profiles.rules.roles import GIVEN_ROLES
from profiles.rules.roster import GRADES
from profiles.states import Role, SchoolKind
from profiles.words import ROLE_SENTENCES, ROLE_WORDS, grade_word

ROLES_IN_ORDER = [role for role in Role if role in GIVEN_ROLES]
LABELS = [
    ("parent", _("Parent")),
    ("guardian", _("Guardian")),
    ("relative", _("Relative")),
    ("foster parent", _("Foster parent")),
    ("other", _("Other family")),
]


class FindForm(forms.Form):
    """One field to search by."""

    q = forms.CharField(label=_("Find by name, e-mail or student number"), required=False, max_length=100)


class FindStudentForm(forms.Form):
    q = forms.CharField(label=_("Find by name or number"), required=False, max_length=100)


class PersonForm(forms.Form):
    """A new person."""

    given_name = forms.CharField(label=_("First name"), max_length=100, help_text=_("As on legal papers."))
    middle_name = forms.CharField(label=_("Middle name"), max_length=100, required=False)
    family_name = forms.CharField(label=_("Last name"), max_length=100)
    preferred_name = forms.CharField(
        label=_("Called"), max_length=100, required=False, help_text=_("If people use another first name.")
    )
    email = forms.EmailField(label=_("E-mail"), required=False, help_text=_("An invitation goes to this address."))
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    language = forms.ChoiceField(label=_("Language of letters"), required=False)
    # The page's own key: its button pressed twice adds one person.
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4
        choose_from(self, "language", [("", _("The district's")), *settings.LANGUAGES])


class RoleForm(forms.Form):
    """A role to give. Choices are the district's own schools."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    school = forms.ModelChoiceField(
        label=_("School"),
        queryset=School.objects.none(),
        required=False,
        empty_label=_("The whole district"),
    )
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Leave it empty for a role without an end."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)

    def __init__(self, *args: Any, district: District, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [(str(role), Choice(ROLE_WORDS[role], ROLE_SENTENCES[role])) for role in ROLES_IN_ORDER]
        choose_from(self, "role", roles)
        choose_from(self, "school", schools_of(district))

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class EndForm(forms.Form):
    """When a role or relation ends, and why."""

    when = forms.ChoiceField(
        label=_("When"),
        widget=forms.RadioSelect,
        initial="now",
        choices=[
            ("now", Choice(_("At once"), _("Opens nothing from this moment on."))),
            ("day", Choice(_("After a last day"), _("Stays as it is until the end of that day."))),
        ],
    )
    last_day = forms.DateField(label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("when") == "day" and not cleaned.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", _("Choose the last day."))
        return cleaned

    @property
    def last_day_wanted(self) -> dt.date | None:
        """None for at once."""
        return self.cleaned_data["last_day"] if self.cleaned_data["when"] == "day" else None


class VerifyForm(forms.Form):
    """How the school knows that this is the student's parent or guardian."""

    basis = forms.CharField(
        label=_("How do you know?"),
        max_length=200,
        help_text=_("Such as: enrollment form of this year, seen by R. Diaz."),
    )


class ChildForm(forms.Form):
    """Who the child is: chosen among the students found."""

    student = forms.UUIDField(label=_("Student"))
    label = forms.ChoiceField(label=_("Relation"), choices=LABELS)


class StudentForm(forms.Form):
    """What makes a person a student, typed where no roster brings it."""

    school = forms.ModelChoiceField(label=_("School"), queryset=School.objects.none(), empty_label=None)
    grade = forms.ChoiceField(label=_("Grade"), choices=lambda: [(grade, grade_word(grade)) for grade in GRADES])
    local_id = forms.CharField(label=_("District student number"), max_length=30, required=False)
    ssid = forms.CharField(
        label=_("State student ID"), max_length=10, required=False, help_text=_("Ten digits. Transcripts need it.")
    )
    graduation_year = forms.IntegerField(
        label=_("Graduation year"),
        required=False,
        min_value=2000,
        max_value=2100,
        help_text=_("Left empty, it follows from the grade."),
    )

    def __init__(self, *args: Any, district: District, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "school", schools_of(district))


class CounselorForm(forms.Form):
    counselor = forms.ModelChoiceField(label=_("Counselor"), queryset=Person.objects.none(), empty_label=None)

    def __init__(self, *args: Any, district: District, on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "counselor", counselors_of(district, on=on))


class SchoolForm(forms.Form):
    """A new school."""

    name = forms.CharField(label=_("Name"), max_length=200)
    code = forms.CharField(label=_("Code"), max_length=60, help_text=_("Your district's own, such as NHS."))
    state_code = forms.CharField(
        label=_("State school code"), max_length=4, required=False, help_text=_("Four digits, with a leading zero.")
    )
    kind = forms.ChoiceField(label=_("Kind"), initial=SchoolKind.HIGH)
    address = forms.CharField(
        label=_("Address"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("As it prints on transcripts."),
    )
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "kind", [(str(kind), state_word(kind)) for kind in SchoolKind])

    def clean_kind(self) -> SchoolKind:
        return SchoolKind(self.cleaned_data["kind"])

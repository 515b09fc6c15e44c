"""What is told of an experience, and what a district calls and aims at."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from hsbp.models import Experience, ExperienceKind
from hsbp.queries.experiences import Group, kind_word
from hsbp.rules.experiences import MOST_COUNT, Aim, Told
from hsbp.words import GRADE_WORDS, year_text
from mbl.core.forms import choose_from
from profiles.models import School

_BAD_DAY = {"invalid": _("Write the day as year, month and day, such as 2026-10-02.")}


def _day(label: Any, *, required: bool = True, hint: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=_BAD_DAY,
    )


def _words(label: Any, hint: Any, rows: int) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
    )


class _KindForm(forms.Form):
    """A form that asks for a kind, by its name in the reader's language."""

    kind = forms.ChoiceField(label=_("Kind of experience"))

    def __init__(self, kinds: QuerySet[ExperienceKind], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kinds = {str(kind.public_id): kind for kind in kinds}
        named = [(key, kind_word(kind)) for key, kind in self._kinds.items()]
        choose_from(self, "kind", [("", _("Choose")), *named])

    def clean_kind(self) -> ExperienceKind:
        return self._kinds[self.cleaned_data["kind"]]


class RecordForm(_KindForm):
    """An experience as staff record it. ``posting`` makes the same form sent twice one entry."""

    posting = forms.UUIDField(widget=forms.HiddenInput)
    starts_on = _day(_("Day"))
    ends_on = _day(_("Last day"), required=False, hint=_("Only if it went on for several days."))
    hours = forms.DecimalField(
        label=_("Hours"),
        help_text=_("All hours of it together, such as 2 or 2.5."),
        min_value=Decimal("0.1"),
        max_digits=5,
        decimal_places=1,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.1", "min": "0.1"}),
    )
    organization = forms.CharField(
        label=_("Where"),
        help_text=_("The company, office or organization."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    contact = forms.CharField(
        label=_("With whom"),
        help_text=_("The person there, and what they do."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    done = _words(_("What happened there"), _("The student and the family can read this."), 3)

    def __init__(self, kinds: QuerySet[ExperienceKind], *args: Any, **kwargs: Any) -> None:
        super().__init__(kinds, *args, **kwargs)
        self.fields["posting"].initial = uuid4

    def told(self) -> Told:
        given = self.cleaned_data
        return Told(
            starts_on=given["starts_on"],
            ends_on=given["ends_on"] or given["starts_on"],
            hours=given["hours"],
            organization=given["organization"],
            contact=given["contact"],
            done=given["done"],
            reflection=given.get("reflection", ""),
        )

    @property
    def posted(self) -> UUID:
        posting: UUID = self.cleaned_data["posting"]
        return posting


class LogForm(RecordForm):
    """The student's own entry. ``verdict`` is the button: ``draft`` or ``send``."""

    edition = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=1)
    done = _words(_("What did you do there?"), "", 3)
    reflection = _words(
        _("What do you take from it?"), _("What surprised you, what you would ask now, what comes next."), 4
    )

    @staticmethod
    def values_of(entry: Experience) -> dict[str, Any]:
        """The form as the entry stands."""
        return {
            "posting": entry.posting,
            "edition": entry.edition,
            "kind": str(entry.kind.public_id),
            "starts_on": entry.starts_on,
            "ends_on": entry.ends_on if entry.ends_on != entry.starts_on else None,
            "hours": entry.hours,
            "organization": entry.organization,
            "contact": entry.contact,
            "done": entry.done,
            "reflection": entry.reflection,
        }


class GroupForm(forms.Form):
    group = forms.ChoiceField(label=_("Which students?"), required=False)

    def __init__(self, groups: Sequence[Group], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "group", [(one.key, one.label) for one in groups])


class NoteForm(forms.Form):
    """What is said when an entry is returned or withdrawn."""

    note = forms.CharField(
        label=_("What should the student know?"),
        help_text=_("The student and the family read it."),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class ReflectionForm(forms.Form):
    reflection = forms.CharField(
        label=_("What do you take from it?"),
        help_text=_("It stays as you write it."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


# --- Settings ---------------------------------------------------------------------------------------------------------


class KindForm(forms.Form):
    """A kind with a name in every language of the pages. ``code`` is asked for once, when it is new."""

    name = forms.CharField(label=_("Name"), help_text=_("In English, such as Job shadow."), max_length=80)
    code = forms.SlugField(
        label=_("Code"),
        help_text=_("Letters, digits and hyphens, such as job-shadow. Leave it empty to make it from the name."),
        max_length=40,
        required=False,
    )
    is_active = forms.BooleanField(
        label=_("Offered"),
        help_text=_("One that is no longer offered stays where it was logged."),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language, _name in settings.LANGUAGES:
            if language != "en":
                self.fields[f"name_{language}"] = forms.CharField(
                    label=_("Name in %(language)s") % {"language": get_language_info(language)["name_translated"]},
                    required=False,
                    max_length=80,
                )
        del self.fields["is_active" if is_new else "code"]

    def translations(self) -> dict[str, str]:
        return {
            name.removeprefix("name_"): value for name, value in self.cleaned_data.items() if name.startswith("name_")
        }

    @staticmethod
    def values_of(kind: ExperienceKind) -> dict[str, Any]:
        names = {f"name_{language}": name for language, name in kind.translations.items()}
        return {"name": kind.name, "is_active": kind.is_active, **names}


class TargetForm(_KindForm):
    grades = forms.MultipleChoiceField(
        label=pgettext_lazy("of students", "Grades"),
        choices=list(GRADE_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    school = forms.ModelChoiceField(
        label=_("School"),
        help_text=_("A school’s own aim stands in place of the district’s for the same kind and grade."),
        queryset=School.objects.none(),
        required=False,
        empty_label=_("Every school without an aim of its own"),
    )
    count = forms.IntegerField(label=_("How many in the school year"), min_value=1, max_value=MOST_COUNT, initial=1)
    least_hours = forms.DecimalField(
        label=_("How many hours each must at least be"),
        help_text=_("0 if any length counts."),
        min_value=Decimal(0),
        max_value=Decimal(1000),
        max_digits=5,
        decimal_places=1,
        initial=Decimal(0),
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.1", "min": "0"}),
    )
    share = forms.IntegerField(
        label=_("What percent of the students should reach it?"),
        help_text=_("May be left empty. The report shows it beside what was reached."),
        required=False,
        min_value=1,
        max_value=100,
    )
    first_year = forms.TypedChoiceField(label=_("From which school year on"), coerce=int)

    def __init__(
        self, kinds: QuerySet[ExperienceKind], schools: QuerySet[School], this_year: int, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(kinds, *args, **kwargs)
        choose_from(self, "school", schools)
        choose_from(self, "first_year", [(str(year), year_text(year)) for year in (this_year, this_year + 1)])

    def aim(self) -> Aim:
        given = self.cleaned_data
        share = Decimal(given["share"]) / 100 if given["share"] is not None else None
        return Aim(given["count"], given["least_hours"], share)

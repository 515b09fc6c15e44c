"""A project as a student writes it, a teacher's answer for one class, and its levels there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crediting.forms.classes import ClassJudgingForm
from crediting.forms.words import Words
from crediting.models import ProjectVersion, ScaleLevel, Standard
from crediting.queries.projects import Offered
from crediting.rules.plain import plain_text
from crediting.words import project_field_word
from mbl.core.forms import choose_from
from profiles.models import AcademicSession, School, Section, Student

_HINTS = {
    "title": _("A short name, such as: Where our street floods."),
    "question": _("What do you want to find out, or who needs what?"),
    "product": _("Such as: a map of every drain, with a letter to the city council."),
    "audience": _("Who sees it or uses it at the end?"),
}


def _named(standards: Sequence[Standard]) -> list[tuple[str, str]]:
    """Each standard by its id, with its code and what it says."""
    return [(str(one.public_id), f"{one.code} {plain_text(one.short or one.statement)}".strip()) for one in standards]


class ProjectForm(forms.Form):
    """The student's words, and ``standards-<section>`` for each class. A draft may leave some empty."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(max_length=120)
    partners = forms.CharField(
        max_length=500, required=False, help_text=_("Names only. Everybody proposes their own project.")
    )
    starts_on = forms.DateField(label=_("First day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Both days lie in one term."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, offered: Sequence[Offered], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = [one for one in offered if one.standards]
        for name in ("question", "product", "audience"):
            self.fields[name] = Words(required=False, rows=3, max_length=2000)
        for name in ("title", "question", "product", "audience", "partners"):
            self.fields[name].label = project_field_word(name)
            self.fields[name].help_text = self.fields[name].help_text or _HINTS.get(name, "")
        for one in self.offered:
            self.fields[self.name(one.section)] = forms.MultipleChoiceField(
                label=one.section.title,
                choices=_named(one.standards),
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        if not self.is_bound:
            self.initial.setdefault("key", str(uuid4()))

    @staticmethod
    def name(section: Section) -> str:
        return f"standards-{section.public_id}"

    @classmethod
    def filled(cls, version: ProjectVersion) -> dict[str, Any]:
        """What a draft says already."""
        names = ("title", "question", "product", "audience", "partners", "starts_on", "ends_on")
        written = {name: getattr(version, name) for name in names}
        parts = version.parts.select_related("section").prefetch_related("standards__standard")
        return written | {
            cls.name(part.section): [str(row.standard.public_id) for row in part.standards.all()] for part in parts
        }

    @property
    def classes(self) -> list[tuple[Offered, forms.BoundField, int]]:
        """Each class with its field and how many of its standards are ticked."""
        fields = [(one, self[self.name(one.section)]) for one in self.offered]
        return [(one, field, len(field.value() or ())) for one, field in fields]

    def words(self) -> dict[str, Any]:
        """What the actions take."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name != "key" and not name.startswith("standards-")
        }

    def chosen(self) -> dict[Section, list[Standard]]:
        """The standards of each class, as ticked."""
        return {
            one.section: [standard for standard in one.standards if str(standard.public_id) in ticked]
            for one in self.offered
            if (ticked := set(self.cleaned_data[self.name(one.section)]))
        }


class ProjectAnswerForm(forms.Form):
    """What one class says: which standards count, and words. The words are needed where it is returned."""

    standards = forms.MultipleChoiceField(
        label=_("Standards that count in this class"),
        help_text=_("The student sees what you take out and put in."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Leave at least one standard, or return the project as it was proposed.")},
    )
    reason = Words(
        label=_("Your words to the student"),
        help_text=_("The student and the family read this. Needed when you return it."),
        required=False,
        max_length=2000,
        rows=4,
    )

    def __init__(self, standards: Sequence[Standard], proposed: Sequence[Standard], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._standards = {str(one.public_id): one for one in standards}
        choose_from(self, "standards", _named(standards))
        self.initial.setdefault("standards", [str(one.public_id) for one in proposed])

    def counted(self) -> list[Standard]:
        return [self._standards[key] for key in self.cleaned_data["standards"]]


class ProjectJudgingForm(ClassJudgingForm):
    """One student's levels on the standards that count: the row of the class form, written below each other."""

    def __init__(
        self,
        student: Student,
        standards: Sequence[Standard],
        levels: Sequence[ScaleLevel],
        data: Mapping[str, Any] | None = None,
        *,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__([student], standards, levels, data, initial=initial)
        del self.fields["title"]
        self.fields["given_on"].label = _("Day on which it was shown")
        for standard, (_key, name) in zip(standards, _named(standards), strict=True):
            self.fields[self.level_name(student, standard)].label = name

    @property
    def level_fields(self) -> list[forms.BoundField]:
        return [self[self.level_name(self.students[0], standard)] for standard in self.standards]

    @property
    def comment(self) -> forms.BoundField:
        return self[f"comment-{self.students[0].public_id}"]

    @property
    def modification(self) -> forms.BoundField:
        return self[f"modification-{self.students[0].public_id}"]


class ProjectCountsForm(forms.Form):
    """Which term, and which school."""

    term = forms.ChoiceField(label=_("Term"), required=False)
    school = forms.ChoiceField(label=_("School"), required=False)

    def __init__(self, data: Any, terms: Sequence[tuple[AcademicSession, str]], schools: Sequence[School]) -> None:
        super().__init__(data)
        self._terms = {str(one.public_id): one for one, _label in terms}
        self._schools = {str(one.public_id): one for one in schools}
        choose_from(self, "term", [(str(one.public_id), label) for one, label in terms])
        names = [(str(one.public_id), one.name) for one in schools]
        choose_from(self, "school", [("", gettext("All schools")), *names])

    def chosen(self) -> tuple[AcademicSession | None, School | None]:
        """What was chosen of what there is; None otherwise."""
        given = self.cleaned_data if self.is_valid() else {}
        return self._terms.get(given.get("term", "")), self._schools.get(given.get("school", ""))

"""A second reading as a teacher types it, and what those who decide do about one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from crediting.forms.words import Words
from crediting.models import ScaleLevel, Standard
from mbl.core.forms import choose_from
from profiles.models import Person


class LevelsForm(forms.Form):
    """``level-<standard>`` for each row, every one of them; with ``comments`` also ``comment-<standard>``."""

    comments = True

    def __init__(self, standards: Sequence[Standard], levels: Sequence[ScaleLevel], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standards, self.levels = list(standards), {level.code: level for level in levels}
        choices = [(level.code, level.word) for level in levels]
        for standard in standards:
            self.fields[f"level-{standard.public_id}"] = forms.ChoiceField(
                label=str(standard),
                choices=choices,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose a level here. Both readings have to be about the same.")},
            )
            if self.comments:
                self.fields[f"comment-{standard.public_id}"] = Words(label=_("Why this level"), required=False, rows=1)

    def level_field(self, standard: Standard) -> BoundField:
        return self[f"level-{standard.public_id}"]

    def comment_field(self, standard: Standard) -> BoundField | None:
        return self[f"comment-{standard.public_id}"] if self.comments else None

    def chosen(self) -> list[tuple[Standard, ScaleLevel, str]]:
        """Standard, level and comment of each row."""
        return [
            (
                standard,
                self.levels[self.cleaned_data[f"level-{standard.public_id}"]],
                self.cleaned_data.get(f"comment-{standard.public_id}", ""),
            )
            for standard in self.standards
        ]


class SettleForm(LevelsForm):
    """The level for each standard on which the readings differ, and one reason."""

    comments = False
    reason = Words(
        label=_("On what did you settle, and why?"),
        help_text=_("The student reads this, and it stands on the page that says how it was decided."),
        rows=3,
        error_messages={"required": _("Say on what you settled. The student reads it.")},
    )


class PlaceForm(forms.Form):
    """Where the second reader of a work of a class finds it."""

    place = Words(
        label=_("Where is the work?"),
        help_text=_("A link that teachers can open, or a place at school. Take your marks off it, and name no level."),
        rows=2,
        max_length=1000,
        error_messages={"required": _("Say where the second reader finds the work.")},
    )


class WhyForm(forms.Form):
    """A reason alone: to hand a reading back, or to go on without."""

    reason = Words(label=_("Why?"), rows=2, max_length=1000, error_messages={"required": _("Say why.")})


class AskReaderForm(forms.Form):
    """Ask a certain teacher."""

    reader = forms.ChoiceField(label=_("Which teacher should read it?"))
    reason = Words(label=_("Why this teacher?"), rows=2, max_length=1000)

    def __init__(self, teachers: Sequence[Person], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.public_id): person for person in teachers}
        named = ((key, str(person)) for key, person in self.people.items())
        choose_from(self, "reader", [("", _("Choose a teacher")), *named])

    @property
    def asked(self) -> Person:
        return self.people[self.cleaned_data["reader"]]

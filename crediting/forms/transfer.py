"""Another school's transcript as somebody types or pastes it, and a decision about one of its lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crediting.forms.words import Words
from crediting.queries.transfer import Parts, Weighed
from crediting.rules.history import school_year_of
from crediting.rules.numbers import credits_text
from crediting.rules.transfer import Days
from crediting.rules.transfer_entry import (
    MOST_LINES,
    LineDetails,
    SourceDetails,
    amount_of,
    is_ambiguous,
    problems,
)
from crediting.states import GivenUnit, Recognition, Sending, SubjectArea
from crediting.words import sentence, subject_word
from mbl.core.forms import choose_from
from mbl.core.ui.parts import Choice
from mbl.core.words import state_word
from profiles.models import Course

_GRADES = ("07", "08", "09", "10", "11", "12")
# The order in which columns of a pasted table stand.
PASTED = ("course_title", "course_code", "school_year", "term", "grade", "attempted", "earned", "mark")
ROWS = 8


class Amount(forms.CharField):
    """A number as people type it, with point or comma; never in exponents and never what could be two numbers."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "size": 6})
        super().__init__(max_length=20, widget=widget, required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        if is_ambiguous(text):
            raise forms.ValidationError(
                gettext("“%(text)s” can be read in two ways. Write it with a point, or without the comma.")
                % {"text": text}
            )
        if (number := amount_of(text)) is None:
            raise forms.ValidationError(
                gettext("“%(text)s” is not a number that can stand here. Write one such as 0.5.") % {"text": text}
            )
        return number


class SourceForm(forms.Form):
    """The school, and how it counts."""

    from_school = forms.CharField(label=_("Name of the other school"), max_length=200)
    from_place = forms.CharField(
        label=_("State or country"), max_length=60, required=False, help_text=_("Such as Idaho, or Mexico.")
    )
    sending = forms.ChoiceField(
        label=_("What is known of the school?"),
        help_text=_("The policy says for each of these what its credit counts."),
        widget=forms.RadioSelect,
    )
    unit = forms.ChoiceField(
        label=_("How does it count credit?"), help_text=_("For all lines below. Another unit is another transcript.")
    )
    document = forms.CharField(
        label=_("Which paper is this typed from?"),
        max_length=200,
        required=False,
        help_text=_("Such as: official transcript of June 12, 2026."),
    )
    pasted = forms.CharField(
        label=_("Or paste the lines from a spreadsheet"),
        required=False,
        max_length=100_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "wrap": "off", "spellcheck": "false"}),
        help_text=_(
            "One line for each course; columns in this order, with tabs between: title, code, school year, term, "
            "grade, credits attempted, credits earned, mark."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "sending", [(str(one), state_word(one)) for one in Sending])
        choose_from(self, "unit", [(str(one), state_word(one)) for one in GivenUnit])
        self.fields["pasted"].widget.attrs.pop("maxlength", None)

    def source(self) -> SourceDetails:
        said = self.cleaned_data
        return SourceDetails(
            said["from_school"],
            said["from_place"],
            Sending(said["sending"]),
            GivenUnit(said["unit"]),
            said["document"],
        )

    def pasted_lines(self, today: dt.date) -> list[LineDetails]:
        """The pasted lines; what is wrong stands at the field, with the number of the line."""
        rows = [row for row in self.cleaned_data.get("pasted", "").splitlines() if row.strip()]
        if len(rows) > MOST_LINES:
            self.add_error(
                "pasted",
                gettext("This has %(lines)s lines, and one transcript takes %(most)s. Enter it in several parts.")
                % {"lines": len(rows), "most": MOST_LINES},
            )
            return []
        found, faults = [], []
        for number, row in enumerate(rows, 1):
            cells = dict(zip(PASTED, (cell.strip() for cell in row.split("\t")), strict=False))
            line = LineForm(cells, today=today, empty_permitted=False)
            if line.is_valid():
                found.append(line.details())
            else:
                faults += [
                    gettext("Line %(number)s: %(what)s") % {"number": number, "what": what}
                    for errors in line.errors.values()
                    for what in errors
                ]
        for fault in faults[:10]:
            self.add_error("pasted", fault)
        if len(faults) > 10:
            more = len(faults) - 10
            self.add_error(
                "pasted", ngettext("And %(count)s more fault.", "And %(count)s more faults.", more) % {"count": more}
            )
        return found


class LineForm(forms.Form):
    """One line as the other school wrote it."""

    course_title = forms.CharField(label=_("Course title"), max_length=200)
    course_code = forms.CharField(label=_("Course code there"), max_length=30, required=False)
    school_year = forms.CharField(label=_("School year"), max_length=9, help_text=_("Such as 2024-25."))
    term = forms.CharField(label=_("Term"), max_length=40, required=False, help_text=_("Such as S1."))
    grade = forms.ChoiceField(
        label=_("Grade"), required=False, choices=[("", "–"), *((one, one.lstrip("0")) for one in _GRADES)]
    )
    attempted = Amount(label=_("Credits attempted"), help_text=_("Empty: as many as were earned."))
    earned = Amount(label=_("Credits earned"))
    mark = forms.CharField(label=_("Mark"), max_length=20, required=False)
    is_mastery = forms.BooleanField(label=_("Earned there by showing mastery"), required=False)
    starts_on = forms.DateField(
        label=_("First day there"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    ends_on = forms.DateField(label=_("Last day there"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    attended = Amount(label=_("Days attended"), help_text=_("For a term that was not finished."))
    of_days = Amount(label=_("Days of the whole term"))

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        self._today = today
        super().__init__(*args, **kwargs)

    def clean_school_year(self) -> int:
        year = school_year_of(" ".join(self.cleaned_data["school_year"].split()))
        if year is None:
            raise forms.ValidationError(
                gettext("Write the school year as 2026-27, or the year it ends in, such as 2027.")
            )
        return year

    def clean_mark(self) -> str:
        return str(self.cleaned_data["mark"]).upper()

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.errors:
            for field, why in problems(self.details(), self._today):
                self.add_error(field, sentence(why))
        return self.cleaned_data

    def details(self) -> LineDetails:
        said = dict(self.cleaned_data)
        said["earned"] = said["earned"] if said.get("earned") is not None else Decimal(0)
        said["attempted"] = said["attempted"] if said.get("attempted") is not None else said["earned"]
        return LineDetails(**said)


LineForms = forms.formset_factory(LineForm, extra=ROWS, max_num=MOST_LINES, validate_max=True)


class AdoptForm(forms.Form):
    sending = forms.ChoiceField(label=_("What is known of the school?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "sending", [(str(one), state_word(one)) for one in Sending])


class ReasonForm(forms.Form):
    """Why: for taking a line off, for sending a decision back, for recognizing several at once."""

    reason = Words(label=_("Why?"), rows=3, error_messages={"required": _("Say why.")})


class DecideForm(forms.Form):
    """``weighed`` is what the rules propose; ``courses`` those of our catalog."""

    kind = forms.ChoiceField(label=_("What do you decide?"), widget=forms.RadioSelect)
    counts_for = forms.ChoiceField(
        label=_("What does it count for?"), help_text=_("A course of ours, or a subject alone."), required=False
    )
    credits = Amount(label=_("Credits, if recognized in part"))
    mark = forms.CharField(
        label=_("Mark on our record"),
        max_length=5,
        required=False,
        help_text=_("Credit needs a mark that gives credit, such as P."),
    )
    reason = Words(
        label=_("Why?"),
        help_text=_("The student and the family read this."),
        rows=3,
        error_messages={"required": _("Say why. The student and the family read it.")},
    )
    # The newest decision that stood on the page.
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(
        self, *args: Any, weighed: Weighed, courses: Sequence[Course], initial: Mapping[str, Any] | None, **kwargs: Any
    ) -> None:
        newest = weighed.story.newest
        proposed = weighed.proposed
        here = f"course:{weighed.course.public_id}" if weighed.course else f"subject:{weighed.target.subject}"
        said: dict[str, Any] = {
            "kind": str(proposed.kind) if proposed.kind else "",
            "counts_for": here,
            "credits": credits_text(proposed.credits),
            "mark": proposed.mark[:5],
            "seen": str(newest.public_id) if newest else "",
        }
        kwargs["initial"] = said | dict(initial or {})
        super().__init__(*args, **kwargs)
        self._courses = {str(one.public_id): one for one in courses}
        choose_from(self, "kind", [(str(one), Choice(*_kind_texts(one, weighed))) for one in Recognition])
        subjects = [(f"subject:{area}", subject_word(area)) for area in SubjectArea]
        ours = [(f"course:{one.public_id}", f"{one.title} ({one.code})") for one in courses]
        choose_from(self, "counts_for", [(gettext("Courses"), ours), (gettext("Subjects"), subjects)])

    def clean_mark(self) -> str:
        return str(self.cleaned_data["mark"]).upper()

    @property
    def course(self) -> Course | None:
        kind, _colon, value = self.cleaned_data["counts_for"].partition(":")
        return self._courses[value] if kind == "course" else None

    @property
    def subject(self) -> str:
        kind, _colon, value = self.cleaned_data["counts_for"].partition(":")
        return value if kind == "subject" else str(SubjectArea.ELECTIVE) if not value else ""


def _kind_texts(kind: Recognition, weighed: Weighed) -> tuple[str, str]:
    proposed = weighed.proposed
    credits = credits_text(proposed.most_as(kind))
    texts = {
        Recognition.WHOLE: gettext("%(credits)s credits.") % {"credits": credits}
        if proposed.exact
        else gettext("No credit: the attempt is kept on the record."),
        Recognition.ELECTIVE: gettext("%(credits)s credits that count as an elective.") % {"credits": credits},
        Recognition.PARTIAL: gettext("At most %(credits)s credits.") % {"credits": credits},
        Recognition.REFUSED: gettext("No credit, and no line on our record. It can be appealed."),
    }
    return state_word(kind), texts[kind]


class WaiverForm(forms.Form):
    """The answer about one required course."""

    requirement = forms.CharField(
        label=_("Which required course?"),
        max_length=200,
        help_text=_("As the graduation requirements call it."),
        error_messages={"required": _("Name the course or requirement that this is about.")},
    )
    similar_work = Words(
        label=_("What similar work was done elsewhere?"),
        help_text=_("Course, school and year, as far as they are known."),
        rows=2,
        max_length=1000,
        error_messages={"required": _("Say what similar work was done elsewhere, or that none is known.")},
    )
    answer = forms.ChoiceField(
        label=_("Is it waived?"),
        choices=[("yes", _("Waived")), ("no", _("Not waived"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    reason = Words(
        label=_("Why?"),
        help_text=_("The student and the family read this. A refusal needs a reasonable justification."),
        rows=3,
        max_length=2000,
        error_messages={"required": _("Say why. The student and the family read it.")},
    )
    alternative = Words(
        label=_("Where it is not waived: another way to complete it in time to graduate"),
        rows=2,
        max_length=1000,
        required=False,
    )


class ConsolidateForm(forms.Form):
    mark = forms.ChoiceField(label=_("Mark of the one line"), widget=forms.RadioSelect)
    reason = Words(
        label=_("Why?"),
        help_text=_("The student and the family read this. The parts stay in the history, marked as taken back."),
        rows=3,
        error_messages={"required": _("Say why. The student and the family read it.")},
    )

    def __init__(self, *args: Any, parts: Parts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "mark", [(mark, mark) for mark in dict.fromkeys([*parts.marks, "P"])])
        if len(parts.marks) == 1:
            self.initial.setdefault("mark", parts.marks[0])
        self.to_measure = {str(entry.public_id): entry for entry in parts.to_measure}
        for key, entry in self.to_measure.items():
            named = {"term": entry.term, "school": entry.school_name}
            self.fields[f"attended-{key}"] = _days(gettext("Days attended, %(term)s at %(school)s") % named)
            self.fields[f"of_days-{key}"] = _days(gettext("Days of the whole term, %(term)s at %(school)s") % named)
        self.order_fields([*(name for name in self.fields if "-" in name), "mark", "reason"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for key in self.to_measure:
            attended, of_days = said.get(f"attended-{key}"), said.get(f"of_days-{key}")
            if attended is not None and of_days is not None and attended > of_days:
                self.add_error(
                    f"attended-{key}", _("More days were attended than the term has. Check the two numbers.")
                )
        return said

    def days(self) -> dict[int, Days]:
        """By the row's primary key: the days attended, and those of the term."""
        said = self.cleaned_data
        return {
            entry.pk: Days(said[f"attended-{key}"], said[f"of_days-{key}"]) for key, entry in self.to_measure.items()
        }


def _days(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=Decimal("0.5"),
        max_value=Decimal(400),
        decimal_places=1,
        error_messages={"required": gettext("Say how many days. The credit is that share of the term.")},
    )

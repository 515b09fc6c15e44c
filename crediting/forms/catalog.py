"""A course of the catalog as a course lead types it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crediting.forms.standards import GRADES
from crediting.queries.catalog import CatalogFilter, confirmed_letters, details_of
from crediting.rules.catalog import CourseDetails, Designation
from crediting.rules.designations import CADR
from crediting.states import SubjectArea
from crediting.words import subject_word
from mbl.core import clock
from mbl.core.forms import choose_from
from mbl.core.models import District
from profiles.models import Course, School

# Empty rows to fill in, beside those that are there.
_MORE = 2
_FIRST_YEAR, _YEARS_AHEAD = 2015, 6


class CatalogFilterForm(forms.Form):
    """Narrows the list of courses."""

    q = forms.CharField(
        label=_("Code or title"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    subject = forms.ChoiceField(label=_("Subject area"), required=False)
    school = forms.ModelChoiceField(
        label=_("School"), queryset=School.objects.none(), required=False, empty_label=_("All")
    )
    cadr = forms.ChoiceField(
        label=_("College entrance"),
        required=False,
        choices=[("", _("All")), ("yes", _("Counts")), ("no", _("Does not"))],
    )
    mastery = forms.ChoiceField(
        label=_("Credit by mastery"),
        required=False,
        choices=[("", _("All")), ("yes", _("Open")), ("no", _("Not open"))],
    )
    use = forms.ChoiceField(
        label=_("In use"), required=False, choices=[("", _("All")), ("in", _("In use")), ("out", _("Out of use"))]
    )
    missing = forms.ChoiceField(
        label=_("Missing"),
        required=False,
        choices=[("", _("All")), ("state_code", _("State course code")), ("credits", _("Credits"))],
    )

    def __init__(self, data: Any, schools: QuerySet[School], *, can_edit: bool) -> None:
        super().__init__(data)
        choose_from(self, "subject", [("", _("All")), *_subjects()])
        choose_from(self, "school", schools, by="code")
        if not can_edit:
            del self.fields["use"], self.fields["missing"]

    def wanted(self) -> CatalogFilter:
        """What is looked for; faults of the address count as nothing said."""
        said = self.cleaned_data if self.is_valid() else {}
        return CatalogFilter(
            text=said.get("q", ""),
            subject=said.get("subject", ""),
            school=said.get("school"),
            cadr=said.get("cadr", ""),
            mastery=said.get("mastery", ""),
            use=said.get("use", ""),
            missing=said.get("missing", ""),
        )


class CourseForm(forms.Form):
    """What a course gives. ``course`` is the one to change; None for a new one."""

    code = forms.CharField(label=_("Course code"), max_length=30, help_text=_("Your district's own."))
    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("As it prints on the transcript."))
    credits = forms.DecimalField(
        label=_("Credits"),
        min_value=0,
        max_value=10,
        max_digits=6,
        decimal_places=3,
        help_text=_("Such as 1.0 or 0.5."),
    )
    subject = forms.ChoiceField(label=_("Subject area"), help_text=_("Which requirement its credit meets."))
    sced_code = forms.CharField(
        label=_("SCED code"),
        required=False,
        max_length=5,
        help_text=_("Five digits; the first two are the subject area."),
    )
    state_course_code = forms.CharField(
        label=_("State course code"),
        required=False,
        max_length=20,
        help_text=_("From the state's list. Without it the course is left out of the catalog file."),
    )
    equivalent_subject = forms.ChoiceField(
        label=_("Prints under"),
        required=False,
        help_text=_("For a career and technical course that your board made equivalent to an academic one."),
    )
    equivalent_title = forms.CharField(
        label=_("Title of the equivalent course"), required=False, max_length=200, help_text=_("Prints instead.")
    )
    is_cadr = forms.BooleanField(label=_("Counts for college entrance (CADR)"), required=False)
    is_lab = forms.BooleanField(label=_("Laboratory science"), required=False)
    grades = forms.MultipleChoiceField(
        label=_("Grades"), required=False, choices=GRADES[7:], widget=forms.CheckboxSelectMultiple
    )
    schools = forms.MultipleChoiceField(
        label=_("Offered at"),
        required=False,
        help_text=_("Tick none where every school offers it."),
        widget=forms.CheckboxSelectMultiple,
    )
    description = forms.CharField(
        label=_("What the course is about"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )
    active_from = forms.DateField(
        label=_("First day in use"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    active_to = forms.DateField(
        label=_("Last day in use"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, district: District, course: Course | None = None, **kwargs: Any) -> None:
        known = details_of(course) if course is not None else None
        if course is not None:
            kwargs["initial"] = _initial(course, known) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        subjects = _subjects()
        choose_from(self, "subject", subjects)
        choose_from(self, "equivalent_subject", [("", _("Its own title")), *subjects])
        schools = School.objects.filter(district=district).values_list("code", "name")
        choose_from(self, "schools", schools)
        met = [name for name in (known.met if known else {}) if known and name != known.subject]
        self._meets = len(met) + _MORE
        for number in range(1, self._meets + 1):
            self.fields[f"meets_{number}"] = forms.ChoiceField(
                label=gettext("Also meets (%(number)d)") % {"number": number},
                required=False,
                choices=[("", _("No other requirement")), *subjects],
            )
            self.fields[f"meets_{number}_credits"] = forms.DecimalField(
                label=gettext("Credits toward it (%(number)d)") % {"number": number},
                required=False,
                min_value=0,
                max_digits=6,
                decimal_places=3,
            )
        own = known.designations if known else ()
        # B follows the mark for college entrance, and is not chosen.
        letters = sorted((confirmed_letters(district).known - {CADR}) | {one.letter for one in own})
        self._letters = len(own) + _MORE if letters else 0
        this = clock.school_year(clock.today(district))
        years = [(str(year), f"{year - 1}-{year % 100:02d}") for year in range(this + _YEARS_AHEAD, _FIRST_YEAR, -1)]
        for number in range(1, self._letters + 1):
            self.fields[f"letter_{number}"] = forms.ChoiceField(
                label=gettext("Letter (%(number)d)") % {"number": number},
                required=False,
                choices=[("", _("No letter")), *((letter, letter) for letter in letters)],
            )
            for name, word in (("first", gettext("From (%(number)d)")), ("last", gettext("To (%(number)d)"))):
                self.fields[f"letter_{number}_{name}"] = forms.ChoiceField(
                    label=word % {"number": number}, required=False, choices=[("", _("No bound")), *years]
                )

    def groups(self) -> list[tuple[str, str, list[list[forms.BoundField]]]]:
        """Heading, sentence and rows of fields, in the order of the page."""
        letters = [
            [self[f"letter_{one}"], self[f"letter_{one}_first"], self[f"letter_{one}_last"]]
            for one in range(1, self._letters + 1)
        ]
        return [
            (gettext("The course"), "", [[self["code"], self["title"]], [self["description"]]]),
            (
                gettext("Credit and requirements"),
                gettext("The same credit may meet several requirements. In the total it counts once."),
                [
                    [self["credits"], self["subject"]],
                    *([self[f"meets_{one}"], self[f"meets_{one}_credits"]] for one in range(1, self._meets + 1)),
                    [self["equivalent_subject"], self["equivalent_title"]],
                ],
            ),
            (gettext("Codes"), "", [[self["sced_code"], self["state_course_code"]]]),
            (
                gettext("On the transcript"),
                ""
                if letters
                else gettext("Your district has confirmed no designation letters, so there are none to choose."),
                [[self["is_cadr"], self["is_lab"]], *letters],
            ),
            (
                gettext("Where and when"),
                "",
                [
                    [self["grades"]],
                    [self["schools"]],
                    [self["active_from"], self["active_to"]],
                    [self["is_active"]],
                ],
            ),
        ]

    def details(self) -> CourseDetails:
        """The argument of ``add_course`` and ``change_course``."""
        cleaned = self.cleaned_data
        met: dict[str, Decimal] = {cleaned["subject"]: cleaned["credits"]}
        for number in range(1, self._meets + 1):
            if name := cleaned[f"meets_{number}"]:
                amount = cleaned[f"meets_{number}_credits"]
                met[name] = cleaned["credits"] if amount is None else amount
        designations = tuple(
            Designation(
                letter,
                int(cleaned[f"letter_{number}_first"] or 0),
                int(cleaned[f"letter_{number}_last"] or 0),
            )
            for number in range(1, self._letters + 1)
            if (letter := cleaned[f"letter_{number}"])
        )
        return CourseDetails(
            title=cleaned["title"],
            credits=cleaned["credits"],
            subject=SubjectArea(cleaned["subject"]),
            sced_code=cleaned["sced_code"],
            state_course_code=cleaned["state_course_code"],
            equivalent_subject=cleaned["equivalent_subject"],
            equivalent_title=cleaned["equivalent_title"],
            is_cadr=cleaned["is_cadr"],
            is_lab=cleaned["is_lab"],
            designations=designations,
            grades=tuple(cleaned["grades"]),
            schools=tuple(cleaned["schools"]),
            description=cleaned["description"],
            requirements=met,
            active_from=cleaned["active_from"],
            active_to=cleaned["active_to"],
            is_active=cleaned["is_active"],
        )


class PairForm(forms.Form):
    """A higher course that can show mastery of this one."""

    higher = forms.CharField(label=_("Code of the higher course"), max_length=60)
    part = forms.ChoiceField(label=_("Part of this course"), help_text=_("Which part it can show."))
    higher_part = forms.ChoiceField(label=_("Part of the higher course"), help_text=_("What has to be finished."))
    least_mark = forms.CharField(
        label=_("Least mark"), required=False, max_length=5, help_text=_("Empty: the policy's own.")
    )
    rationale = forms.CharField(
        label=_("Why the standards grow from one to the other"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("part", "higher_part"):
            choose_from(
                self,
                name,
                [
                    ("0", _("The whole course")),
                    *((str(part), gettext("Semester %(number)d") % {"number": part}) for part in range(1, 5)),
                ],
            )


class SequenceForm(forms.Form):
    """A sequence of courses by code."""

    title = forms.CharField(label=_("Name"), max_length=120)
    courses = forms.CharField(
        label=_("Course codes, one step a line"),
        max_length=3000,
        help_text=_("In the order in which they are taken. Write alternatives in one line with a comma between."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def steps(self) -> list[list[str]]:
        lines = (line.split(",") for line in self.cleaned_data["courses"].splitlines())
        steps = [[code for part in line if (code := part.strip())] for line in lines]
        return [step for step in steps if step]


def _subjects() -> list[tuple[str, str]]:
    return [(str(area), subject_word(area)) for area in SubjectArea]


def _initial(course: Course, known: CourseDetails | None) -> dict[str, Any]:
    found: dict[str, Any] = {"code": course.code, "title": course.title, "is_active": course.is_active}
    if known is None:
        return found
    names = (
        "credits", "subject", "sced_code", "state_course_code", "equivalent_subject", "equivalent_title", "is_cadr",
        "is_lab", "description", "grades", "schools", "active_from", "active_to",
    )  # fmt: skip
    found |= {name: getattr(known, name) for name in names}
    others = [(name, amount) for name, amount in known.met.items() if name != known.subject]
    for number, (name, amount) in enumerate(others, 1):
        found |= {f"meets_{number}": name, f"meets_{number}_credits": amount}
    for number, one in enumerate(known.designations, 1):
        found |= {
            f"letter_{number}": one.letter,
            f"letter_{number}_first": one.first_year or "",
            f"letter_{number}_last": one.last_year or "",
        }
    return found

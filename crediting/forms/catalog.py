"""A course of the catalog as an administrator types it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crediting.models import CourseRequirement
from crediting.rules.catalog import CourseDetails
from crediting.states import SubjectArea
from crediting.words import subject_word
from profiles.models import Course


class CatalogFilterForm(forms.Form):
    """Narrows the list of courses."""

    q = forms.CharField(label=_("Code or title"), required=False, max_length=100)
    subject = forms.ChoiceField(label=_("Subject area"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = [("", _("All")), *_subjects()]  # type: ignore[attr-defined]


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
    also_meets = forms.MultipleChoiceField(
        label=_("Also meets"),
        required=False,
        help_text=_("Other requirements the same credit can meet. In the total it counts once."),
        widget=forms.CheckboxSelectMultiple,
    )
    state_course_code = forms.CharField(
        label=_("State course code"), required=False, max_length=20, help_text=_("Five digits, from the state's list.")
    )
    is_cadr = forms.BooleanField(label=_("Counts for college entrance (CADR)"), required=False)
    is_lab = forms.BooleanField(label=_("Laboratory science"), required=False)
    description = forms.CharField(
        label=_("What the course is about"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, course: Course | None = None, **kwargs: Any) -> None:
        if course is not None:
            kwargs["initial"] = _initial(course) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        for name in ("subject", "also_meets"):
            self.fields[name].choices = _subjects()  # type: ignore[attr-defined]
        if course is not None:
            del self.fields["code"]

    def details(self) -> CourseDetails:
        """The argument of ``add_course`` and ``change_course``."""
        cleaned = self.cleaned_data
        subjects = dict.fromkeys([cleaned["subject"], *cleaned["also_meets"]])
        return CourseDetails(
            title=cleaned["title"],
            credits=cleaned["credits"],
            subject=SubjectArea(cleaned["subject"]),
            state_course_code=cleaned["state_course_code"],
            is_cadr=cleaned["is_cadr"],
            is_lab=cleaned["is_lab"],
            description=cleaned["description"],
            requirements=dict.fromkeys(subjects, cleaned["credits"]),
            is_active=cleaned["is_active"],
        )


def _subjects() -> list[tuple[str, str]]:
    return [(str(area), subject_word(area)) for area in SubjectArea]


def _initial(course: Course) -> dict[str, Any]:
    found: dict[str, Any] = {"title": course.title, "is_active": course.is_active}
    if not hasattr(course, "terms"):
        return found
    met = list(CourseRequirement.objects.filter(course=course).values_list("requirement", flat=True))
    terms = course.terms
    return found | {
        "credits": terms.credits,
        "subject": terms.subject,
        "also_meets": [name for name in met if name != terms.subject],
        "state_course_code": terms.state_course_code,
        "is_cadr": terms.is_cadr,
        "is_lab": terms.is_lab,
        "description": terms.description,
    }

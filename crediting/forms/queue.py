"""Filters over a queue."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mbl.core.forms import choose_from
from profiles.models import Course


class QueueFilter(forms.Form):
    """``q`` finds by name or title. Whatever else stands in the address is left alone."""

    q = forms.CharField(label=_("Find by name or title"), required=False, max_length=100)
    course = forms.ModelChoiceField(
        Course.objects.none(), label=_("Course"), required=False, empty_label=_("All courses")
    )
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("wait", _("Longest wait first")),
            ("-wait", _("Newest first")),
            ("student", _("By name")),
            ("-student", _("By name, Z to A")),
        ],
    )

    def __init__(self, courses: QuerySet[Course], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "course", courses)

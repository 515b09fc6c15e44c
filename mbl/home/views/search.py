"""The search field of the top bar: students within reach, courses and standards."""

from __future__ import annotations

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from crediting import access as crediting_access
from crediting.queries.standards import search as search_standards
from mbl.core import clock
from mbl.core.http import AuthenticatedRequest, page
from profiles.access import districts_in_reach, standing, students_visible_to
from profiles.queries.search import Found
from profiles.queries.search import search as search_students

MOST = 10


class SearchForm(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Student, course or standard"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


@require_safe
def search(request: AuthenticatedRequest) -> HttpResponse:
    """``/search/?q=``: the first few of each kind."""
    form = SearchForm(request.GET or None)
    text = form.cleaned_data["q"].strip() if form.is_valid() else ""
    now = standing(request.user)
    people = Found()
    courses, standards = [], []
    if text:
        if now.is_staff:
            visible = students_visible_to(request.user)
            people = search_students(visible, text, districts=districts_in_reach(request.user), limit=MOST)
        words = Q(title__icontains=text) | Q(code__istartswith=text)
        courses = list(crediting_access.courses_visible_to(request.user).filter(words).order_by("title")[: MOST + 1])
        if now.home_district is not None:
            today = clock.today(now.home_district)
            hits = search_standards(now.home_district, text=text, on=today, limit=MOST).hits
            standards = list(hits)
    context = {
        "form": form,
        "text": text,
        "students": people.students,
        "more_students": people.has_more and not people.meant,
        "courses": courses[:MOST],
        "more_courses": len(courses) > MOST,
        "standards": standards,
        "is_staff": now.is_staff,
        "lede": _lede(text, people, len(people.students) + len(courses) + len(standards)),
    }
    return page(request, "home/search.html", context)


def _lede(text: str, people: Found, count: int) -> str:
    if not text:
        return _("Type a name, a number, a course or a standard's code.")
    if not count:
        return _("Nothing fits “%(text)s”. You find only what your role lets you see.") % {"text": text}
    if people.meant:
        values = {"text": text, "meant": " ".join(people.meant)}
        return _("No name fits “%(text)s” as it is written. These are near: %(meant)s.") % values
    return _("What fits “%(text)s”, the nearest first.") % {"text": text}

"""A student's home. ``mbl.home`` asks for it at ``/``; a family sees the same page, to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from crediting.queries.student_home import Effort, Home
from crediting.queries.student_home import home as home_page
from crediting.views.whose import Whose
from mbl.core import clock
from mbl.core.http import AuthenticatedRequest, page
from profiles.models import Student
from profiles.panels import Panel


@dataclass(frozen=True)
class NextStep:
    """The one thing to do. ``brow`` is the line over it."""

    title: str
    action: str
    url: str
    quote: str = ""
    due: str = ""
    brow: str = ""


@dataclass(frozen=True)
class Door:
    """Something else to do, after the next step."""

    icon: str
    label: str
    text: str
    url: str


def home(
    request: AuthenticatedRequest, record: Whose, panels: Sequence[Panel] = (), step: NextStep | None = None
) -> HttpResponse:
    """What do I have, what is next? Exactly one next step.

    ``panels`` and ``step`` come from the apps above this one. Their step is the one to take, except that a student
    answers a returned request first.
    """
    student = record.student
    shown = home_page(student, with_drafts=record.is_own)
    is_returned = shown.next is not None and shown.next.is_returned
    if step is None or (record.is_own and (is_returned or shown.choices)):
        step = _own_step(shown) if record.is_own else _family_step(shown, record)
    context = {
        "home": shown,
        "record": record,
        "student": student,
        "greeting": _greeting(student) if record.is_own else str(student),
        "step": step if record.is_own else replace(step, brow=pgettext("to a family", "Your next step")),
        "doors": _own_doors(shown) if record.is_own else _family_doors(shown, record),
        "credits_url": reverse("crediting:credits") + record.query,
        "requests_url": reverse("crediting:requests") + record.query,
        "panels": panels,
    }
    return page(request, "crediting/student/home.html", context)


def _greeting(student: Student) -> str:
    """By the clock of the district."""
    hour = clock.now().astimezone(ZoneInfo(student.district.timezone)).hour
    name = student.person.preferred_name or student.person.given_name
    if 4 <= hour < 12:
        return _("Good morning, %(name)s") % {"name": name}
    if 12 <= hour < 18:
        return _("Good afternoon, %(name)s") % {"name": name}
    return _("Good evening, %(name)s") % {"name": name}


def _own_step(shown: Home) -> NextStep:
    effort = shown.next
    if effort is not None and effort.is_returned:
        return NextStep(
            title=_("Answer %(teacher)s about “%(title)s”") % _names(effort),
            action=_("Answer and send"),
            url=_address(effort),
            quote=_quote(effort),
            due=_("Credit in %(course)s.") % {"course": effort.request.course.title},
        )
    if shown.choices:
        first = shown.choices[0]
        last = _("By %(day)s.") % {"day": date_format(first.choose_by, "DATE_FORMAT")} if first.choose_by else ""
        return NextStep(
            title=_("Choose how you get credit in %(course)s") % {"course": first.course},
            action=_("Choose"),
            url=reverse("crediting:award-choice", args=[first.public_id]),
            due=_("Your results on file can earn it. %(last)s") % {"last": last},
        )
    if effort is not None:
        pieces = ngettext("%(count)s piece of evidence so far.", "%(count)s pieces of evidence so far.", effort.pieces)
        return NextStep(
            title=_("Finish “%(title)s” and send it") % _names(effort),
            action=_("Go on"),
            url=_address(effort),
            due=_("Credit in %(course)s.") % {"course": effort.request.course.title}
            + " "
            + pieces % {"count": effort.pieces},
        )
    if shown.efforts:
        return NextStep(
            title=_("Your work is with the school"),
            action=_("See where it stands"),
            url=_address(shown.efforts[0]),
            due=_("You hear from them here. Until then you can collect more evidence."),
        )
    return NextStep(
        title=_("Show what you already know"),
        action=_("Ask for credit"),
        url=reverse("crediting:request-new"),
        due=_("Choose a course and a way to show it. It takes about 10 minutes."),
    )


def _family_step(shown: Home, record: Whose) -> NextStep:
    name = record.student.person.preferred_name or record.student.person.given_name
    effort = shown.next
    if effort is not None:
        return NextStep(
            title=_("Ask %(name)s about “%(title)s”") % {"name": name, **_names(effort)},
            action=_("Read the question"),
            url=_address(effort),
            quote=_quote(effort),
            due=_("%(teacher)s asked for more. %(name)s answers it.") % {"name": name, **_names(effort)},
        )
    if shown.efforts:
        return NextStep(
            title=_("See what %(name)s is showing") % {"name": name},
            action=_("Open the request"),
            url=_address(shown.efforts[0]),
            due=_("It is with the school now. You are told when it is decided."),
        )
    return NextStep(
        title=_("Look at the credits together"),
        action=_("See every credit"),
        url=reverse("crediting:credits") + record.query,
        due=_("%(name)s can also earn credit by showing what they know.") % {"name": name},
    )


def _own_doors(shown: Home) -> list[Door]:
    doors = [
        Door("photo", _("Add evidence"), _("A photo, file, link or text"), reverse("crediting:evidence-new")),
        Door("list-details", _("My requests"), _("Where each one stands"), reverse("crediting:requests")),
    ]
    if shown.choices:
        doors.insert(0, _choices_door(""))
    if shown.efforts:
        doors.append(
            Door(
                "plus",
                _("Ask for credit"),
                _("In another course, in a way you choose"),
                reverse("crediting:request-new"),
            )
        )
    return doors


def _choices_door(query: str) -> Door:
    return Door("award", _("Credit to choose"), _("From results on file"), reverse("crediting:award-choices") + query)


def _family_doors(shown: Home, record: Whose) -> list[Door]:
    return [
        *([_choices_door(record.query)] if shown.choices else []),
        Door("list-details", _("Requests"), _("Where each one stands"), reverse("crediting:requests") + record.query),
        Door(
            "photo", _("Evidence"), _("What was sent to a teacher"), reverse("crediting:evidence-list") + record.query
        ),
    ]


def _names(effort: Effort) -> dict[str, object]:
    teacher = effort.last_return.author_label if effort.last_return else effort.request.assessor
    return {"teacher": teacher, "title": effort.request.title}


def _quote(effort: Effort) -> str:
    return Truncator(effort.last_return.body).chars(160) if effort.last_return else ""


def _address(effort: Effort) -> str:
    return reverse("crediting:request", args=[effort.request.public_id])

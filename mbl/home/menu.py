"""What the menu offers to whom. A person with several roles has one rail with the groups of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crediting.access import OVERSEEING
from crediting.queries.queue import deciders_tally, teachers_tally
from crediting.rules.procedures import REVIEWERS
from crediting.rules.transfer_terms import DECIDERS
from hsbp.queries.caseload import plans_waiting_for
from mbl.core.models import User
from mbl.core.ui.shell import NavGroup, NavItem
from mbl.core.ui.text import Text
from profiles.access import Capability, Standing
from profiles.states import Role
from transcripts.access import is_register_reader


@dataclass(frozen=True)
class _Entry:
    """One destination before it is known whether the reader is there already."""

    label: Text
    url: str
    icon: str
    count: int = 0


def groups(request: HttpRequest, user: User, now: Standing) -> list[NavGroup]:
    """The groups for this person, with the place they are at marked."""
    found = [*_staff(user, now), *_family(request, now)] if now.is_staff else _family(request, now)
    return _marked(request.path, found)


def _staff(user: User, now: Standing) -> list[tuple[Text, list[_Entry]]]:
    may = now.may_anywhere
    work = [_Entry(_("Home"), reverse("home:home"), "home")]
    if now.has(Role.TEACHER):
        waiting = teachers_tally(user).waiting
        work.append(_Entry(_("To assess"), reverse("crediting:queue"), "clipboard-check", waiting))
    if now.has(Role.TEACHER) or may(Capability.SEE_RECORD):
        work.append(_Entry(_("Classes"), reverse("crediting:classes"), "layout-grid"))
    if now.has(Role.TEACHER):
        work.append(_Entry(_("Projects"), reverse("crediting:project-queue"), "bulb"))
    elif any(may(one) for one in OVERSEEING):
        work.append(_Entry(_("Projects by class"), reverse("crediting:projects-by-class"), "bulb"))
    if now.has(Role.TEACHER) or may(Capability.DECIDE_CREDIT):
        work.append(_Entry(_("Second readings"), reverse("crediting:readings"), "users"))
    if may(Capability.DECIDE_CREDIT):
        waiting = deciders_tally(user).waiting
        work.append(_Entry(_("To decide"), reverse("crediting:decisions"), "gavel", waiting))
        work.append(_Entry(_("Proposed awards"), reverse("crediting:award-proposals"), "award"))
    if now.has(*REVIEWERS):
        work.append(_Entry(_("Proposals"), reverse("crediting:proposal-queue"), "compass"))
        work.append(_Entry(_("Appeals"), reverse("crediting:appeals"), "flag"))
    if now.has(Role.COUNSELOR):
        work.append(_Entry(_("Caseload"), reverse("hsbp:caseload"), "users", plans_waiting_for(user)))
        work.append(_Entry(_("Choices of students"), reverse("crediting:award-choices-waiting"), "award"))
    if now.has(Role.COUNSELOR, Role.TEACHER):
        work.append(_Entry(_("Experiences"), reverse("hsbp:experiences-waiting"), "briefcase"))
    work.append(_Entry(_("Messages"), reverse("core:messages"), "messages"))

    students = [_Entry(_("Students"), reverse("profiles:students"), "id-badge-2")]
    if is_register_reader(user):
        students.append(_Entry(_("Transcripts"), reverse("transcripts:transcripts"), "certificate"))
    if now.has(*DECIDERS):
        students.append(_Entry(_("Credit from other schools"), reverse("crediting:transfer-queue"), "route"))
    if may(Capability.ISSUE_TRANSCRIPT):
        students.append(_Entry(_("Course history"), reverse("crediting:history-waiting"), "notes"))

    school = [
        _Entry(_("Courses"), reverse("crediting:catalog"), "book"),
        _Entry(_("Standards"), reverse("crediting:standards"), "list-details"),
    ]
    if now.has(Role.TEACHER) or may(Capability.DECIDE_CREDIT):
        school.append(_Entry(_("Examples of work"), reverse("crediting:anchors"), "star"))
        school.append(_Entry(_("Calibration sessions"), reverse("crediting:calibrations"), "git-compare"))
    if now.has(Role.TEACHER) or may(Capability.DECIDE_CREDIT) or may(Capability.MANAGE_POLICY):
        school.append(_Entry(_("Common tasks"), reverse("crediting:common-tasks"), "copy"))
    if may(Capability.MANAGE_POLICY):
        school.append(_Entry(_("How far readers agree"), reverse("crediting:agreement"), "chart-bar"))
        school.append(_Entry(_("How levels are worked out"), reverse("crediting:aggregation"), "target"))
        school.append(_Entry(_("Letter grades from levels"), reverse("crediting:conversions"), "certificate"))
        school.append(_Entry(_("Days without school"), reverse("crediting:closed-days"), "calendar"))
        school.append(_Entry(_("Habits of work"), reverse("crediting:habits"), "checklist"))
        school.append(_Entry(_("Kinds of experience"), reverse("hsbp:experience-kinds"), "briefcase"))
        school.append(_Entry(_("Aims for experiences"), reverse("hsbp:experience-targets"), "target"))
        school.insert(0, _Entry(_("Crediting policy"), reverse("crediting:policies"), "scale"))
    if may(Capability.SEE_EQUITY):
        school.insert(0, _Entry(_("Equity review"), reverse("equity:report"), "chart-bar"))

    found: list[tuple[Text, list[_Entry]]] = [
        (pgettext("menu", "Work"), work),
        (_("Students"), students),
        (_("Credit"), school),
    ]
    district = []
    if may(Capability.MANAGE_PEOPLE) or may(Capability.IMPORT_DATA):
        district = [
            _Entry(_("People and access"), reverse("profiles:people"), "key"),
            _Entry(_("Schools"), reverse("profiles:schools"), "school"),
            _Entry(_("Imports"), reverse("profiles:imports"), "upload"),
        ]
    if may(Capability.SEE_AUDIT):
        district.append(_Entry(_("Audit log"), reverse("profiles:audit"), "history"))
    if district:
        found.append((_("District"), district))
    return found


def _family(request: HttpRequest, now: Standing) -> list[tuple[Text, list[_Entry]]]:
    """A student's or family's five destinations; the chosen child stays chosen."""
    if not (now.is_student or now.is_family):
        return []
    child = request.GET.get("child", "")
    kept = f"?{urlencode({'child': child})}" if child and now.is_family else ""
    home = reverse("home:own") if now.is_staff else reverse("home:home")
    own = _("Home") if not now.is_staff else _("My children") if now.is_family else _("My own page")
    entries = [
        _Entry(own, home + kept, "home"),
        _Entry(_("My plan") if now.is_student else _("Plan"), reverse("hsbp:plan") + kept, "map-2"),
        _Entry(_("Evidence"), reverse("crediting:evidence-list") + kept, "paperclip"),
        _Entry(_("Transcript"), reverse("transcripts:own") + kept, "certificate"),
    ]
    if not now.is_staff:
        entries.append(_Entry(_("Messages"), reverse("core:messages"), "messages"))
    label = pgettext("menu", "Family") if now.is_family else pgettext("menu", "Mine")
    return [(label, entries)]


def _marked(path: str, found: list[tuple[Text, list[_Entry]]]) -> list[NavGroup]:
    """The longest address that the page's own begins with is where the reader is."""
    addresses = {_plain(entry) for _label, entries in found for entry in entries}
    around = (one for one in addresses if path == one or (one != "/" and path.startswith(one)))
    here = max(around, key=len, default=None)
    return [
        NavGroup(
            label,
            [NavItem(one.label, one.url, one.icon, one.count, current=_plain(one) == here) for one in entries],
        )
        for label, entries in found
    ]


def _plain(entry: _Entry) -> str:
    """The address without what follows the question mark."""
    return entry.url.partition("?")[0]

"""``/``: what needs my attention today. Students and families see their own page, staff a line for each role."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from crediting import access as crediting_access
from crediting.models import CreditRequest
from crediting.queries.queue import Show, Tally, days_waiting, deciders_tally, listed, teachers_tally
from crediting.views.student import home as student_home
from crediting.views.whose import whose
from hsbp.panels import on_home
from hsbp.views.caseload import caseload_counts, caseload_lede
from mbl.core import clock
from mbl.core.http import AuthenticatedRequest, page
from mbl.core.models import User
from mbl.core.ui.parts import ChecklistItem, Done
from mbl.home.lines import Line, LineRow
from mbl.home.queries.district import schools_today
from mbl.home.queries.setup import SetUp, setup_of
from mbl.home.views import also, district
from profiles.access import Capability, Standing, districts_where, schools_where, shared_with, standing
from profiles.states import Role
from transcripts import access as transcript_access
from transcripts.queries import register
from transcripts.states import Standing as TranscriptStanding

FIRST = 5


@require_safe
def home(request: AuthenticatedRequest) -> HttpResponse:
    """The page that fits who is signed in."""
    now = standing(request.user)
    if not now.is_staff and (now.is_student or now.is_family):
        return _student_home(request)
    lines = _lines(request.user, now)
    schools = schools_today(schools_where(request.user, Capability.SEE_EQUITY)) if runs_schools(now) else []
    setups = [
        (one, _checklist(found), found)
        for one in districts_where(request.user, Capability.MANAGE_PEOPLE).order_by("name", "pk")
        if not (found := setup_of(one, on=clock.today(one))).is_complete
    ]
    context = {
        "lines": lines,
        "first_waiting": next((line for line in lines if line.waiting), None),
        "schools": schools,
        "school_columns": district.COLUMNS,
        "setups": [(one, items, _progress(found)) for one, items, found in setups],
        "lede": f"{_lede(now, lines)} {district.sentence(schools)}" if schools else _lede(now, lines),
        "is_family": now.is_family or now.is_student,
        "nobody": not now.is_staff,
    }
    return page(request, "home/staff.html", context)


@require_safe
def own(request: AuthenticatedRequest) -> HttpResponse:
    """The home of a student or family, for somebody who also works here."""
    return _student_home(request)


def _student_home(request: AuthenticatedRequest) -> HttpResponse:
    record = whose(request)
    panel, step = on_home(record.student, is_own=record.is_own)
    return student_home(request, record, [panel], step)


def runs_schools(now: Standing) -> bool:
    """Whether somebody answers for a school or a district, and not for their own work only."""
    return now.may_anywhere(Capability.SEE_EQUITY)


def _lede(now: Standing, lines: list[Line]) -> str:
    if not now.is_staff and lines:
        return _("You see the records that families opened to you.")
    if not now.is_staff:
        return _("You have no role here at the moment. Ask your administrator if that is not right.")
    waiting = sum(line.waiting for line in lines)
    if not waiting:
        return _("Nothing is waiting for you.")
    return ngettext("%(count)d thing is waiting for you.", "%(count)d things are waiting for you.", waiting) % {
        "count": waiting
    }


def _lines(user: User, now: Standing) -> list[Line]:
    lines = []
    if now.has(Role.TEACHER):
        lines.append(_to_assess(user))
    if now.may_anywhere(Capability.DECIDE_CREDIT):
        lines.append(_to_decide(user))
    if now.has(Role.COUNSELOR):
        lines.append(_caseload(user, now))
    if now.may_anywhere(Capability.ISSUE_TRANSCRIPT):
        lines.append(_transcripts(user))
    if now.is_staff:
        lines += also.lines(user, now)
    districts = list(districts_where(user, Capability.MANAGE_PEOPLE))
    if districts:
        lines += district.lines(user, districts, now.on)
    if not now.is_staff:
        lines += _shared(user)
    return lines


def _shared(user: User) -> list[Line]:
    """The records that families opened to somebody outside, while they are open."""
    students = shared_with(user)
    if not students:
        return []
    rows = [
        LineRow(str(one), str(one.school or ""), "", reverse("profiles:student", args=[one.public_id]))
        for one in students
    ]
    sentence = _("A consent opens these to you until its last day. What you read here is for its purpose only.")
    return [
        Line(_("Shared with you"), sentence, _("What we store and why"), reverse("home:data-use"), "shield", 0, rows)
    ]


def _to_assess(user: User) -> Line:
    tally = teachers_tally(user)
    if tally.waiting:
        sentence = ngettext(
            "%(count)d piece of work waits for you.", "%(count)d pieces of work wait for you.", tally.waiting
        ) % {"count": tally.waiting}
        sentence = f"{sentence} {_longest(tally.longest)}"
    else:
        sentence = _("No work waits for you. It shows up when a student sends it to you.")
    return Line(
        _("To assess"),
        sentence,
        _("Open the list"),
        reverse("crediting:queue"),
        "clipboard-check",
        tally.waiting,
        _longest_waiting(crediting_access.requests_to_assess(user), tally, "crediting:request-assess"),
    )


def _to_decide(user: User) -> Line:
    tally = deciders_tally(user)
    if tally.waiting:
        sentence = ngettext(
            "%(count)d request is ready for a decision.", "%(count)d requests are ready for a decision.", tally.waiting
        ) % {"count": tally.waiting}
        sentence = f"{sentence} {_longest(tally.longest)}"
    else:
        sentence = _("No request waits for a decision. It shows up when a teacher has assessed it.")
    return Line(
        _("To decide"),
        sentence,
        _("Open the list"),
        reverse("crediting:decisions"),
        "gavel",
        tally.waiting,
        _longest_waiting(crediting_access.requests_at_schools_of(user), tally, "crediting:decision"),
    )


def _longest_waiting(requests: QuerySet[CreditRequest], tally: Tally, url_name: str) -> list[LineRow]:
    if not tally.waiting:
        return []
    return [
        LineRow(
            str(one.student),
            f"{one.course.title}: {one.title}",
            _days(days_waiting(one)),
            reverse(url_name, args=[one.public_id]),
        )
        for one in listed(requests, tally, show=Show.WAITING)[:FIRST]
    ]


def _days(days: int) -> str:
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days} if days else _("today")


def _longest(days: int) -> str:
    if not days:
        return _("All came in today.")
    return ngettext("The longest wait is %(days)d day.", "The longest wait is %(days)d days.", days) % {"days": days}


def _caseload(user: User, now: Standing) -> Line:
    counts = caseload_counts(user, now)
    return Line(
        _("Caseload"),
        caseload_lede(counts),
        _("Open the caseload"),
        reverse("hsbp:caseload"),
        "users",
        counts.waiting,
    )


def _transcripts(user: User) -> Line:
    stale = register.tally(transcript_access.transcripts_visible_to(user)).count(TranscriptStanding.NOT_CURRENT)
    if stale:
        sentence = ngettext(
            "%(count)d transcript is no longer current: an award on it was reversed.",
            "%(count)d transcripts are no longer current: an award on them was reversed.",
            stale,
        ) % {"count": stale}
    else:
        sentence = _("Every transcript you issued is current.")
    label, url = _("Open the register"), reverse("transcripts:transcripts")
    return Line(_("Transcripts"), sentence, label, url, "certificate", stale)


# --- Setting up a district --------------------------------------------------------------------------------------------


def _checklist(found: SetUp) -> list[ChecklistItem]:
    people, imports = reverse("profiles:people"), reverse("profiles:import-new")
    steps = [
        (found.schools, _("Schools"), _("Bring a roster, or add them by hand."), reverse("profiles:schools")),
        (found.students, _("Students"), _("They come with the roster."), imports),
        (
            found.standards,
            _("Standards adopted"),
            _("Bring a CASE package, then adopt it."),
            reverse("crediting:standards"),
        ),
        (found.courses, _("Courses with credits"), _("Say what each course gives."), reverse("crediting:catalog")),
        (
            found.policy,
            _("A crediting policy in force"),
            _("Nothing can be awarded without it."),
            reverse("crediting:policies"),
        ),
        (found.teachers, _("Teachers who can sign in"), _("Give the role and send an invitation."), people),
        (found.deciders, _("Somebody who decides credit"), _("A credit manager or principal."), people),
        (found.registrar, _("A registrar"), _("Issues the transcripts."), people),
    ]
    return [
        ChecklistItem(
            word=word,
            state=Done.DONE if done else Done.MISSING,
            state_word=_("Done") if done else _("Missing"),
            why="" if done else why,
            url=url,
        )
        for done, word, why, url in steps
    ]


def _progress(found: SetUp) -> str:
    return _("%(done)d of %(all)d steps to the first award are done.") % {
        "done": found.done,
        "all": len(vars(found)),
    }

"""Who needs me, why, how long? A counselor's students, and plans without changes approved together."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hsbp import access
from hsbp.actions.reviews import approve_unchanged, undo_review
from hsbp.forms.caseload import CaseloadFilter
from hsbp.models import Plan
from hsbp.queries import caseload as queries
from hsbp.queries.caseload import CaseloadRow, Counts, Show
from hsbp.states import CommentKind, PlanState
from hsbp.words import counted_changes, language_word
from mbl.core.errors import NotAllowed
from mbl.core.http import AuthenticatedRequest, go, page, paginate
from mbl.core.models import User
from mbl.core.ui.parts import Chip, Empty, Link
from mbl.core.ui.tables import Column, Columns
from mbl.core.words import state_tone, state_word
from profiles.access import Standing, standing
from profiles.models import Student

COLUMNS = Columns(
    Column("tick", gettext_lazy("Select"), kind="tick", card="hidden"),
    Column("student", gettext_lazy("Student"), kind="header", sort=True),
    Column("why", gettext_lazy("Why it is here"), card="wide"),
    Column("wait", gettext_lazy("Waiting"), kind="number", sort=True, card="corner"),
    Column("items", gettext_lazy("Plan items due"), card_label=gettext_lazy("Plan items")),
    Column("pace", pgettext_lazy("credits", "Graduation"), card="end"),
    Column("language", gettext_lazy("Home language"), card_label=gettext_lazy("Speaks")),
    Column("open", pgettext_lazy("verb", "Review"), kind="actions", card="hidden"),
)
VIEWS = {
    Show.ME: gettext_lazy("Needs me"),
    Show.STUDENT: gettext_lazy("Waiting on student"),
    Show.FAMILY: gettext_lazy("Waiting on family"),
    Show.APPROVED: gettext_lazy("Approved this year"),
    Show.NEW: gettext_lazy("Not started"),
    Show.ALL: pgettext_lazy("students", "All"),
}


def _require_caseload(user: User) -> None:
    if not access.has_caseload(user):
        raise NotAllowed(_("The caseload is for counselors. Your administrator gives that role."))


@dataclass(frozen=True)
class Row:
    """One student as the list prints them."""

    name: str
    place: str
    tick: str
    why: str
    why_tone: str
    why_icon: str
    detail: str
    wait: str
    done: int
    total: int
    pace: str
    pace_tone: str
    is_on_pace: bool
    language: str
    url: str
    action: str


@require_safe
def caseload(request: AuthenticatedRequest) -> HttpResponse:
    """``/caseload/``: the sentence, the counts and the rows come from the same students."""
    _require_caseload(request.user)
    now = standing(request.user)
    mine = access.caseload_of(request.user)
    counts = caseload_counts(request.user, now)
    asked = request.GET.get("show", "")
    show = Show(asked) if asked in set(Show) else Show.ME
    form = CaseloadFilter(request.GET or None)
    wanted = form.cleaned_data if form.is_valid() else {}
    order = request.GET.get("order", "")
    order = order if order in queries.ORDERS else "wait"
    listed = paginate(
        request,
        queries.listed(
            mine,
            now.on,
            show=show,
            text=wanted.get("q", ""),
            grade=wanted.get("grade", ""),
            why=wanted.get("why", ""),
            recent=wanted.get("recent", False),
            order=order,
        ),
        # Nothing narrows the view: its count is known.
        count=None if any(wanted.get(name) for name in ("q", "grade", "why", "recent")) else counts.by_view[show],
    )
    students = list(listed.object_list)
    several = len({student.school_id for student in students}) > 1
    rows = [_row(row, with_school=several) for row in queries.rows(students, now.on)]
    context = {
        "columns": COLUMNS,
        "order": order,
        "page": listed,
        "rows": rows,
        "lede": caseload_lede(counts),
        "filter_form": form,
        "chips": [Chip(VIEWS[one], f"?show={one}", counts.by_view[one], current=one == show) for one in Show],
        "first_url": rows[0].url if rows and show == Show.ME else "",
        "has_ticks": any(row.tick for row in rows),
        "empty": _empty(show, counts),
    }
    return page(request, "hsbp/caseload/caseload.html", context, partial="list")


def caseload_counts(user: User, now: Standing) -> Counts:
    """The numbers over the list; the first page prints them too."""
    zone = now.home_district.timezone if now.home_district else "UTC"
    return queries.counts_of(user, now.on, zone)


def caseload_lede(counts: Counts) -> str:
    """Who needs me, and for how long, in a sentence."""
    if not counts.total:
        return _("Nobody is on your caseload yet. Your administrator assigns students on their pages.")
    if not counts.waiting:
        return ngettext(
            "The %(total)d student on your caseload does not need you now.",
            "None of the %(total)d students on your caseload needs you now.",
            counts.total,
        ) % {"total": counts.total}
    numbers = {"waiting": counts.waiting, "total": counts.total, "days": counts.longest}
    if not counts.longest:
        return (
            ngettext(
                "%(waiting)d of %(total)d students needs you. It came in today.",
                "%(waiting)d of %(total)d students need you. All of it came in today.",
                counts.waiting,
            )
            % numbers
        )
    waiting = ngettext(
        "%(waiting)d of %(total)d students needs you.", "%(waiting)d of %(total)d students need you.", counts.waiting
    )
    longest = ngettext("The longest wait is %(days)d day.", "The longest wait is %(days)d days.", counts.longest)
    return f"{waiting % numbers} {longest % numbers}"


def _row(row: CaseloadRow, *, with_school: bool) -> Row:
    student, plan = row.student, row.plan
    why, tone, detail = _why(row)
    waits = plan is not None and plan.waiting_since is not None
    return Row(
        name=str(student),
        place=_place(student, with_school),
        tick=str(student.public_id) if row.can_approve_unchanged else "",
        why=why,
        why_tone=tone,
        why_icon="send" if tone == "info" else "",
        detail=detail,
        wait=_wait(row.days),
        done=row.items.done,
        total=row.items.total,
        pace=state_word(row.pace) if row.pace else "",
        pace_tone=state_tone(row.pace) if row.pace else "",
        is_on_pace=row.pace is not None and state_tone(row.pace) == "ok",
        language=language_word(student.person.language or student.district.language),
        url=reverse("hsbp:review" if waits else "hsbp:student-plan", args=[student.public_id]),
        action=pgettext("verb", "Review") if waits else pgettext("verb", "Open"),
    )


def _wait(days: int | None) -> str:
    if days is None:
        return "–"
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def _place(student: Student, with_school: bool) -> str:
    """The grade, and the school where the list has students of several."""
    grade = student.grade.lstrip("0") or "–"
    if with_school and student.school:
        return _("Grade %(grade)s · %(school)s") % {"grade": grade, "school": student.school.name}
    return _("Grade %(grade)s") % {"grade": grade}


def _why(row: CaseloadRow) -> tuple[str, str, str]:
    """The word, its tone, and the line under it."""
    plan = row.plan
    if plan is None or (plan.latest is None and plan.edition == 1 and plan.question is None):
        return _("Not started"), "", ""
    if plan.question is not None:
        family = plan.question.kind == CommentKind.FAMILY
        word = _("Family question") if family else _("Student question")
        return word, "attention", Truncator(plan.question.body).chars(60)
    if plan.state == PlanState.SUBMITTED and plan.latest is not None:
        word = pgettext("plan", "Sent again") if plan.latest.follows_return else state_word(PlanState.SUBMITTED)
        return word, "info", _differences(plan)
    if row.is_update_due:
        return pgettext("plan", "Update due"), "attention", _("Approved in an earlier school year")
    state = PlanState(plan.state)
    return state_word(state), state_tone(state), _family_line(plan)


def _differences(plan: Plan) -> str:
    assert plan.latest is not None
    if plan.latest.base_id is None:
        return _("First version")
    if not plan.latest.changed:
        return _("No changes since approval")
    changes = plan.latest.changes
    return ngettext("%(count)d change: %(parts)s", "%(count)d changes: %(parts)s", changes) % {
        "count": changes,
        "parts": counted_changes(plan.latest.changed),
    }


def _family_line(plan: Plan) -> str:
    if plan.family_since is None:
        return ""
    return _("Waiting for the family") if plan.state != PlanState.APPROVED else _("Waiting for the family’s signature")


def _empty(show: Show, counts: Counts) -> Empty:
    if not counts.total:
        return Empty(
            _("No student here"),
            _("Students are assigned to you on their pages, by your administrator."),
            icon="users",
        )
    if show == Show.ME:
        return Empty(
            _("Nobody here needs you"),
            _("No plan waits for you that fits these filters. A plan shows up when a student sends it."),
            Link(_("Show the whole caseload"), "?show=all"),
        )
    return Empty(
        _("No student here"),
        _("No student fits this view and these filters."),
        Link(_("Show the whole caseload"), "?show=all"),
        icon="search",
    )


@require_POST
def approve(request: AuthenticatedRequest) -> HttpResponse:
    """Approve the ticked plans that say the same as the version approved before; leave every other one."""
    _require_caseload(request.user)
    ticked = list(access.caseload_of(request.user).filter(public_id__in=_ids(request.POST.getlist("student"))))
    bulk = approve_unchanged(ticked, actor=request.user)
    said = ngettext("%(count)d plan is approved.", "%(count)d plans are approved.", len(bulk.approved)) % {
        "count": len(bulk.approved)
    }
    if bulk.left:
        names = ", ".join(str(student) for student in bulk.left)
        said += " " + _("Left for a review, because something changed: %(names)s.") % {"names": names}
    undo = "&".join(f"review={review.public_id}" for review in bulk.approved)
    undo_url = f"{reverse('hsbp:caseload-undo')}?{undo}" if undo else ""
    return go(request, reverse("hsbp:caseload"), said, undo_url=undo_url)


@require_POST
def undo(request: AuthenticatedRequest) -> HttpResponse:
    """Take back what was approved together."""
    _require_caseload(request.user)
    count = 0
    for public_id in _ids(request.GET.getlist("review")):
        undo_review(access.get_review(request.user, public_id), actor=request.user)
        count += 1
    said = ngettext("%(count)d approval is taken back.", "%(count)d approvals are taken back.", count)
    return go(request, reverse("hsbp:caseload"), said % {"count": count})


def _ids(given: list[str]) -> list[UUID]:
    found = []
    for one in given[:100]:
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found

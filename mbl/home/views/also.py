"""What else waits: proposals, appeals, credit of other schools, proposed awards, projects, second readings,
experiences to confirm.

Each is a page of its own in the menu. A line stands on the first page only while something waits there.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crediting import access
from crediting.queries import appeals, award_proposals, common_tasks, moderation, projects
from crediting.queries.appeals import is_overdue, title_of
from crediting.queries.procedures import reviewing_roles
from crediting.queries.proposals import days_left, days_left_words, waiting_versions
from crediting.queries.transfer import deciding_roles, waiting_lines
from crediting.rules.procedures import REVIEWERS
from crediting.rules.transfer_terms import DECIDERS
from crediting.states import AwardProposalState, TransferState
from crediting.views.projects import waiting_words
from hsbp.models import Experience
from hsbp.queries import experiences
from mbl.core import clock
from mbl.core.models import User
from mbl.home.lines import Line, LineRow
from profiles.access import Capability, Standing
from profiles.states import Role

FIRST = 5


def lines(user: User, now: Standing) -> list[Line]:
    """Nothing that needs no look; what has a clock stands first."""
    return list(_lines(user, now))


def _lines(user: User, now: Standing) -> Iterator[Line]:
    if now.has(*REVIEWERS):
        yield from _appeals(user)
        yield from _proposals(user)
    if now.has(*DECIDERS):
        yield from _transfer(user)
    if now.may_anywhere(Capability.DECIDE_CREDIT):
        yield from _awards(user)
    if now.has(Role.TEACHER):
        yield from _projects(user)
        yield from _readings(user)
        yield from _common_tasks(user, now)
    if now.has(Role.COUNSELOR, Role.TEACHER):
        yield from _experiences(user, now)


def _appeals(user: User) -> Iterator[Line]:
    waiting = appeals.waiting(access.appeals_to_answer(user))
    if not (count := waiting.count()):
        return
    rows = [
        LineRow(
            str(one.student),
            title_of(one),
            _("overdue") if is_overdue(one) else date_format(one.due_on, "DATE_FORMAT") if one.due_on else "–",
            reverse("crediting:appeal", args=[one.public_id]),
        )
        for one in waiting[:FIRST]
    ]
    said = ngettext("%(count)d appeal waits for your answer.", "%(count)d appeals wait for your answer.", count)
    url = reverse("crediting:appeals")
    yield Line(_("Appeals"), said % {"count": count}, _("Open the list"), url, "flag", count, rows)


def _proposals(user: User) -> Iterator[Line]:
    roles = reviewing_roles(access.districts_of(user))
    near = access.proposals_visible_to(user).filter(access.schools_as(user, roles))
    waiting = waiting_versions(near)
    if not (count := waiting.count()):
        return
    rows = [
        LineRow(
            str(one.proposal.student),
            one.program,
            days_left_words(days_left(one)),
            reverse("crediting:proposal-review", args=[one.proposal.public_id]),
        )
        for one in waiting[:FIRST]
    ]
    said = ngettext(
        "%(count)d proposal to learn away from school waits. On its first day it is too late.",
        "%(count)d proposals to learn away from school wait. On their first day it is too late.",
        count,
    )
    url = reverse("crediting:proposal-queue")
    yield Line(_("Proposals"), said % {"count": count}, _("Open the list"), url, "compass", count, rows)


def _transfer(user: User) -> Iterator[Line]:
    roles = deciding_roles(access.districts_of(user))
    to_decide, to_confirm = (
        waiting_lines(access.transfer_lines_for(user, roles[state]), state).count()
        for state in (TransferState.WAITING, TransferState.TO_CONFIRM)
    )
    if not to_decide and not to_confirm:
        return
    parts = []
    if to_decide:
        said = ngettext(
            "%(count)d line of another school’s transcript waits for a decision.",
            "%(count)d lines of other schools’ transcripts wait for a decision.",
            to_decide,
        )
        parts.append(said % {"count": to_decide})
    if to_confirm:
        said = ngettext("%(count)d waits for a second person.", "%(count)d wait for a second person.", to_confirm)
        parts.append(said % {"count": to_confirm})
    url = reverse("crediting:transfer-queue") + ("" if to_decide else "?show=confirm")
    waiting = to_decide + to_confirm
    yield Line(_("Credit from other schools"), " ".join(parts), _("Open the list"), url, "route", waiting)


def _awards(user: User) -> Iterator[Line]:
    tally = award_proposals.tally(access.award_proposals_visible_to(user))
    if not (count := tally.by_state.get(AwardProposalState.OPEN, 0)):
        return
    said = ngettext(
        "Results on file would earn %(count)d credit. Nothing is awarded until you confirm it.",
        "Results on file would earn %(count)d credits. Nothing is awarded until you confirm it.",
        count,
    ) % {"count": count}
    if tally.owed:
        owed = ngettext(
            "State law demands %(count)d of them now.", "State law demands %(count)d of them now.", tally.owed
        )
        said = f"{said} {owed % {'count': tally.owed}}"
    url = reverse("crediting:award-proposals")
    yield Line(_("Proposed awards"), said, _("Open the list"), url, "award", count)


def _projects(user: User) -> Iterator[Line]:
    waiting = projects.waiting(access.projects_to_answer(user))
    if not (count := waiting.count()):
        return
    rows = [
        LineRow(
            str(one.project.student),
            f"{one.version.title} · {one.section.title}",
            waiting_words(one),
            reverse("crediting:project-part", args=[one.public_id]),
        )
        for one in waiting[:FIRST]
    ]
    said = ngettext(
        "%(count)d project waits for the answer of your class.",
        "%(count)d projects wait for the answer of your classes.",
        count,
    )
    url = reverse("crediting:project-queue")
    yield Line(_("Projects"), said % {"count": count}, _("Open the list"), url, "bulb", count, rows)


def _readings(user: User) -> Iterator[Line]:
    if not (count := moderation.waiting(access.readings_of(user)).count()):
        return
    said = ngettext(
        "%(count)d piece of work waits for your second reading.",
        "%(count)d pieces of work wait for your second reading.",
        count,
    )
    url = reverse("crediting:readings")
    yield Line(_("Second readings"), said % {"count": count}, _("Open the list"), url, "users", count)


def _experiences(user: User, now: Standing) -> Iterator[Line]:
    waiting = experiences.waiting_for(user)
    if not (count := waiting.count()):
        return
    rows = [
        LineRow(
            str(one.student),
            experiences.kind_word(one.kind),
            _days(one, now),
            reverse("hsbp:experience", args=[one.student.public_id, one.public_id]),
        )
        for one in waiting[:FIRST]
    ]
    said = ngettext(
        "%(count)d experience waits for you to confirm it.",
        "%(count)d experiences wait for you to confirm them.",
        count,
    )
    url = reverse("hsbp:experiences-waiting")
    yield Line(_("Experiences"), said % {"count": count}, _("Open the list"), url, "briefcase", count, rows)


def _days(one: Experience, now: Standing) -> str:
    assert one.waiting_since is not None
    days = (now.on - clock.day_of(one.waiting_since, one.district)).days
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days} if days > 0 else _("today")


def _common_tasks(user: User, now: Standing) -> Iterator[Line]:
    """To give first: their days run out. What was given and is not judged follows."""
    taught = access.sections_taught(user)
    to_give = common_tasks.to_give(taught, now.on)
    to_judge = list(common_tasks.to_judge(taught))
    if not (count := len(to_give) + len(to_judge)):
        return
    rows = [
        LineRow(
            one.section.title,
            one.common.name,
            _("give it by %(day)s") % {"day": date_format(one.common.closes_on, "DATE_FORMAT")},
            reverse("crediting:common-task", args=[one.common.public_id]),
        )
        for one in to_give
    ]
    rows += [
        LineRow(
            one.section.title,
            one.title,
            _("not judged yet"),
            f"{reverse('crediting:class-judge', args=[one.section.public_id])}?task={one.public_id}",
        )
        for one in to_judge
    ]
    said = ngettext(
        "%(count)d class of yours has a common task to give or to judge.",
        "%(count)d classes of yours have a common task to give or to judge.",
        count,
    )
    url = reverse("crediting:common-tasks")
    yield Line(_("Common tasks"), said % {"count": count}, _("Open the list"), url, "copy", count, rows[:FIRST])

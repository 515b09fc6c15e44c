"""What stands on a student's page for staff beside the plan: requests, credits, transcripts. Each asks access."""

from __future__ import annotations

from django.urls import reverse

from crediting import access as crediting_access
from crediting.models import ScoreRecord
from crediting.queries.graduation import in_force
from crediting.queries.ledger import credits_by_subject, credits_earned
from crediting.states import RequestState
from mbl.core import clock
from mbl.core.models import User
from mbl.core.words import state_tone, state_word
from profiles.access import Capability, may
from profiles.models import Student
from profiles.panels import Panel, student_panel
from transcripts.access import may_issue, transcripts_visible_to
from transcripts.queries.standings import standing_of

MOST = 8


def _sees_record(user: User, student: Student) -> bool:
    return bool(may(user, Capability.SEE_RECORD, student))


@student_panel(order=10)
def requests(user: User, student: Student) -> Panel | None:
    """Requests for credit by mastery, newest first; each opens where this reader works on it."""
    visible = crediting_access.requests_visible_to(user).filter(student=student).exclude(state=RequestState.DRAFT)
    rows = list(visible.order_by("-pk")[: MOST + 1])
    if not rows and not _sees_record(user, student):
        return None
    facts = {
        "rows": [
            (one, state_word(RequestState(one.state)), state_tone(RequestState(one.state))) for one in rows[:MOST]
        ],
        "more": len(rows) > MOST,
    }
    return Panel("home/panels/requests.html", facts)


@student_panel(order=20)
def credits(user: User, student: Student) -> Panel | None:
    """What counts, by subject."""
    if not _sees_record(user, student):
        return None
    subjects = credits_by_subject(student)
    facts = {
        "subjects": subjects,
        "earned": credits_earned(subjects),
        "history_url": reverse("crediting:history", args=[student.public_id]),
        "transfer_url": reverse("crediting:transfer", args=[student.public_id]),
        "line_url": _line_url(student),
    }
    return Panel("home/panels/credits.html", facts)


def _line_url(student: Student) -> str:
    """Where the student's work leads to graduation standards, in a district that has some."""
    if in_force(student.district, clock.today(student.district)) is None:
        return ""
    return reverse("crediting:graduation-line", args=[student.public_id])


@student_panel(order=40)
def transcripts(user: User, student: Student) -> Panel | None:
    """What was issued, and the way to issue."""
    if not _sees_record(user, student):
        return None
    issued = transcripts_visible_to(user).filter(student=student).with_standing().order_by("-issued_at", "-pk")
    facts = {
        "issued": [(one, state_word(standing_of(one)), state_tone(standing_of(one))) for one in issued[:MOST]],
        "issue_url": reverse("transcripts:transcript-new", args=[student.public_id])
        if may_issue(user, student)
        else "",
    }
    return Panel("home/panels/transcripts.html", facts)


@student_panel(order=50)
def scores(user: User, student: Student) -> Panel | None:
    """Test results, newest first, for those who see the record."""
    if not _sees_record(user, student):
        return None
    rows = list(ScoreRecord.objects.filter(student=student)[: MOST + 1])
    if not rows:
        return None
    return Panel("home/panels/scores.html", {"scores": rows[:MOST], "more": len(rows) > MOST})

"""What other pages show of a plan: a panel on the student's page for staff, one on the student's own home."""

from __future__ import annotations

import datetime as dt

from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from crediting.models import Decision
from crediting.panels import decision_panel
from crediting.states import DecisionKind
from crediting.views.student import NextStep
from hsbp import access
from hsbp.models import FamilySignature, Plan, PlanReview
from hsbp.queries.checklist import checklist_of
from hsbp.queries.pathways import CITATION, RULE, resting_on
from hsbp.queries.pathways import standing as pathways_of
from hsbp.queries.plans import history_of, plan_of, question_to_family, standing_reviews
from hsbp.queries.progress import progress_of
from hsbp.rules.content import AID_ITEMS, GRADES, Content, Section
from hsbp.states import CommentKind, ItemState, PlanState
from hsbp.views.reader import Reader
from hsbp.views.sentences import plan_lede, plan_status
from hsbp.words import SECTION_WORDS, pathway_word
from mbl.core import clock
from mbl.core.models import User
from mbl.core.ui.parts import ChecklistItem, Done
from mbl.core.words import state_word
from profiles.access import Capability, may
from profiles.models import Student
from profiles.panels import Panel, student_panel

# As much of what somebody asked as the next step quotes.
QUOTED = 160


@student_panel(order=30)
def plan(user: User, student: Student) -> Panel | None:
    """On the student's page: where the plan stands, for whoever may see the record."""
    if not may(user, Capability.SEE_RECORD, student):
        return None
    found = plan_of(student)
    reader = Reader(student, found, access.speaks_as(user, student))
    history, today = history_of(found), clock.today(student.district)
    status, tone = plan_status(found, today)
    facts = {
        "reader": reader,
        "student": student,
        "plan": found,
        "goal": _goal(reader.content),
        "lede": plan_lede(reader, history.answer_to(found.latest_id), today),
        "status": status,
        "tone": tone,
        "tally": checklist_of(student, found, history, progress_of(student)).tally,
    }
    return Panel("hsbp/student/panel.html", facts)


@decision_panel(order=10)
def pathways(user: User, decision: Decision) -> Panel | None:
    """Beside a decision that gave something: it completes no graduation pathway, and which ones rest on the same."""
    if decision.kind == DecisionKind.REFUSED or not may(user, Capability.SEE_RECORD, decision.student):
        return None
    shared = resting_on(pathways_of(decision.student), decision)
    return Panel("hsbp/decided_panel.html", {"shared": shared, "rule": RULE, "citation": CITATION})


def on_home(student: Student, *, is_own: bool) -> tuple[Panel, NextStep | None]:
    """On the home of a student or family: the goal in the student's words, the main parts, how far it is to graduation,
    and what the plan asks for next, if anything. At most five trips."""
    found = plan_of(student)
    reader = Reader(student, found, CommentKind.STUDENT if is_own else CommentKind.FAMILY)
    today = clock.today(student.district)
    answer = standing_reviews(found).filter(revision=found.latest_id).first() if found.latest_id else None
    status, tone = plan_status(found, today)
    toward = progress_of(student)
    facts = {
        "reader": reader,
        "plan": found,
        "goal": _goal(reader.content),
        "lede": plan_lede(reader, answer, today),
        "status": status,
        "tone": tone,
        "items": _parts(found, reader.content, student),
        "toward": toward,
        "pace": state_word(toward.pace) if toward.pace else "",
    }
    step = _own_step(reader, answer) if is_own else _family_step(reader)
    return Panel("hsbp/student/home_panel.html", facts), step


def _own_step(reader: Reader, answer: PlanReview | None) -> NextStep | None:
    """A returned plan waits for the student."""
    if answer is None or reader.plan.state != PlanState.RETURNED:
        return None
    return NextStep(
        title=_("Answer %(person)s about your plan") % {"person": answer.reviewer},
        action=_("Open my plan"),
        url=reader.home,
        quote=Truncator(answer.comment).chars(QUOTED),
        due=_("Change it and send it again."),
    )


def _family_step(reader: Reader) -> NextStep | None:
    """A question of the school waits for the family, or an approved version for its signature."""
    name = {"name": reader.student.person.preferred_name or reader.student.person.given_name}
    if (asked := question_to_family(reader.plan)) is not None:
        return NextStep(
            title=_("%(person)s asks you about the plan of %(name)s") % {"person": asked.author_label, **name},
            action=_("Read and answer"),
            url=reader.conversation_url,
            quote=Truncator(asked.body).chars(QUOTED),
        )
    if reader.plan.family_since is not None and reader.plan.state == PlanState.APPROVED:
        return NextStep(
            title=_("Read the plan of %(name)s and sign it") % name,
            action=_("Read and sign"),
            url=reader.sign_url,
            due=_("The school approved it. You can also ask a question first."),
        )
    return None


def _goal(content: Content) -> str:
    return content.after_high_school or content.career or content.education


def _parts(found: Plan, content: Content, student: Student) -> list[ChecklistItem]:
    """The parts of the plan that people ask about first: written or not, and since when."""
    grade = student.grade if student.grade in GRADES else GRADES[0]
    courses = any(course.grade >= grade for course in content.courses)
    pathway = pathway_word(content.pathways[0]) if content.pathways else ""
    named = _("Pathway: %(pathway)s") % {"pathway": pathway} if pathway else str(SECTION_WORDS[Section.PATHWAY])
    years = _("Courses from grade %(grade)s on") % {"grade": grade.lstrip("0")}
    items = [
        _part(found, _("Goals and interests"), Section.GOALS, done=not content.is_empty(Section.GOALS)),
        _part(found, named, Section.PATHWAY, done=bool(pathway)),
        _part(found, years, Section.COURSES, done=courses),
    ]
    if found.approved_id is not None:
        items.append(_signature(found))
    done = sum(item in content.aid for item in AID_ITEMS)
    aid = _("%(done)s of %(total)s") % {"done": done, "total": len(AID_ITEMS)}
    state = Done.DONE if done == len(AID_ITEMS) else Done.DUE if grade == GRADES[-1] else Done.LATER
    items.append(ChecklistItem(_("Financial aid steps"), state, aid, when=aid))
    return items


def _part(found: Plan, word: str, section: Section, *, done: bool) -> ChecklistItem:
    at = found.sections.get(section.value, {}).get("at")
    if not done:
        return ChecklistItem(word, Done.DUE, _("Still to write"))
    day = clock.day_of(dt.datetime.fromisoformat(at), found.district) if at else None
    when = date_format(day, "DATE_FORMAT") if day else ""
    return ChecklistItem(word, Done.DONE, state_word(ItemState.MET), when=when)


def _signature(found: Plan) -> ChecklistItem:
    """Whether the family signed the version that was approved last."""
    signed = FamilySignature.objects.filter(revision=found.approved_id).order_by("signed_on").first()
    if signed is not None:
        when = date_format(signed.signed_on, "DATE_FORMAT")
        return ChecklistItem(_("Family signature"), Done.DONE, state_word(ItemState.MET), when=when)
    waits = found.state == PlanState.APPROVED and found.family_since is not None
    state = Done.DUE if waits else Done.LATER
    return ChecklistItem(_("Family signature"), state, state_word(ItemState.DUE if waits else ItemState.NOT_DUE))

"""What changed, may I approve? One plan beside the version that was approved, and the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from hsbp import access
from hsbp.actions.conversation import ask_family
from hsbp.actions.reviews import approve_plan, return_plan, undo_review
from hsbp.forms.plan import ReviewForm
from hsbp.models import PlanReview, PlanRevision
from hsbp.queries.caseload import place_in
from hsbp.queries.checklist import checklist_of
from hsbp.queries.document import document_of
from hsbp.queries.plans import History, conversation, family_side, history_of, is_update_due
from hsbp.queries.progress import progress_of
from hsbp.queries.review import Comparison, compare
from hsbp.rules.content import read
from hsbp.states import PlanState, Verdict
from hsbp.views.reader import Reader, reviewer_of
from hsbp.views.sentences import checklist_items, family_facts, plan_status, progress_facts
from hsbp.words import READING_ORDER, SECTION_ICONS, SECTION_WORDS, counted_changes, pathway_word
from mbl.core import clock
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, showing_errors, typed_before
from mbl.core.ui.parts import Fact
from mbl.core.ui.parts import Verdict as Button
from profiles.models import Student

SHOWN_ITEMS = 8


@require_http_methods(["GET", "POST"])
def review(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Side by side; approve, return or ask the family; then the next student."""
    reader = reviewer_of(request, public_id)
    key = f"plan-review-{reader.student.public_id}"
    form = ReviewForm(
        request.POST if request.method == "POST" else None,
        initial={"revision": reader.plan.latest.public_id if reader.plan.latest else ""}
        | _comment(typed_before(request, key)),
    )
    if request.method == "POST" and form.is_valid():
        with showing_errors(form):
            answer = _answer(request, reader, form)
            forget_draft(request.user, key)
            return answer
    # Somebody may have been faster: what the page shows beside the kept comment is what stands now.
    now = reviewer_of(request, public_id) if request.method == "POST" else reader
    return page(request, "hsbp/review/review.html", _context(request, now, form, key))


def _comment(typed: dict[str, Any] | None) -> dict[str, Any]:
    """Of a draft only the words: the version is the one on this page."""
    return {"comment": typed["comment"]} if typed and "comment" in typed else {}


def _answer(request: AuthenticatedRequest, reader: Reader, form: ReviewForm) -> HttpResponse:
    comment, chosen = form.cleaned_data["comment"], request.POST.get("verdict", "")
    student = reader.student
    # Where the reader goes is found before this plan leaves the list.
    following = _following(request, student)
    if chosen == "ask":
        ask_family(student, body=comment, actor=request.user)
        said = _("Your question is sent to the family of %(student)s.") % {"student": student}
        return go(request, _opened(student.public_id), said)
    revision = access.get_revision(request.user, form.cleaned_data["revision"])
    answer = return_plan if chosen == "return" else approve_plan
    made = answer(revision, comment=comment, actor=request.user)
    return go(request, following, _said(made), undo_url=reverse("hsbp:review-undo", args=[made.public_id]))


def _following(request: AuthenticatedRequest, student: Student) -> str:
    """The next student who waits, with the focus on the new heading; the caseload where nobody does."""
    place = place_in(request.user, student)
    following = place.later or place.earlier
    if following is None or following == student.public_id:
        return reverse("hsbp:caseload")
    return _opened(following)


def _opened(public_id: UUID) -> str:
    """The review with the focus on its heading; the browser would keep the fragment of the page that was left."""
    return f"{reverse('hsbp:review', args=[public_id])}?next=1#heading"


def _said(made: PlanReview) -> str:
    student = made.revision.plan.student
    if made.verdict == Verdict.APPROVED:
        return _("The plan of %(student)s is approved.") % {"student": student}
    return _("The plan of %(student)s is returned.") % {"student": student}


def _context(request: AuthenticatedRequest, reader: Reader, form: ReviewForm, key: str) -> dict[str, Any]:
    student, plan = reader.student, reader.plan
    today = clock.today(student.district)
    history = history_of(plan)
    family, toward = family_side(plan, history), progress_of(student)
    listed = checklist_of(student, plan, history, toward)
    waits = plan.state == PlanState.SUBMITTED and plan.latest is not None
    if plan.latest is not None and not form.is_bound:
        form.initial["revision"] = plan.latest.public_id
    status, tone = plan_status(plan, today)
    comparison = _compared(student, plan.latest, history) if plan.latest is not None else None
    return reader.as_context() | {
        # After a refused answer the focus belongs to what is to be fixed.
        "goes_on": "next" in request.GET and not form.is_bound,
        "form": _fresh(form, plan.latest),
        "draft_key": key,
        "place": place_in(request.user, student),
        "lede": _lede(reader, history),
        "status": status,
        "tone": "attention" if waits else tone,
        "waits": waits,
        "comparison": comparison,
        "summary": _summary(comparison),
        "sections": [
            {"name": one.value, "word": SECTION_WORDS[one], "icon": SECTION_ICONS[one]} for one in READING_ORDER
        ],
        "show_all": request.GET.get("show") == "all",
        # Only a first version is shown whole.
        "document": document_of(student, read(plan.latest.content)) if plan.latest and not plan.latest.base else None,
        "answer": history.answer_to(plan.latest_id),
        "verdicts": _buttons(waits, bool(family.people)),
        "items": checklist_items([*listed.due, *listed.met][:SHOWN_ITEMS]),
        "tally": listed.tally,
        "grade": listed.grade,
        "facts": [*progress_facts(toward), *_pathway(plan.latest)],
        "toward": toward,
        "family": family,
        "family_facts": family_facts(family),
        "story": conversation(plan, history),
        "update_due": is_update_due(plan, today),
    }


def _compared(student: Student, latest: PlanRevision, history: History) -> Comparison:
    approval = history.approval_of(latest.base_id)
    zone = student.district
    return compare(
        student,
        latest.base,
        latest,
        approved_on=clock.day_of(approval.reviewed_at, zone) if approval else None,
        sent_on=clock.day_of(latest.submitted_at, zone),
    )


def _pathway(latest: PlanRevision | None) -> list[Fact]:
    """What the version plans to graduate by."""
    if latest is None:
        return []
    chosen = [pathway_word(code) for code in read(latest.content).pathways]
    return [Fact(_("Pathway"), ", ".join(chosen) or _("None chosen"))]


def _fresh(form: ReviewForm, latest: PlanRevision | None) -> ReviewForm:
    """After a refusal the form names the version that is on the page now; the comment stays as typed."""
    if form.is_bound and latest is not None and form.errors:
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data["revision"] = str(latest.public_id)  # type: ignore[index]
    return form


def _lede(reader: Reader, history: History) -> str:
    student, latest = reader.student, reader.plan.latest
    values: dict[str, Any] = {"grade": student.grade.lstrip("0") or "–", "year": student.graduation_year or "–"}
    if latest is None:
        return _("Grade %(grade)s, class of %(year)s. No version was sent yet.") % values
    values |= {"number": latest.number, "sent": _day(latest.submitted_at, student)}
    approval = history.approval_of(latest.base_id)
    if approval is None:
        return _("Grade %(grade)s, class of %(year)s. Plan version %(number)s, sent on %(sent)s.") % values
    values |= {
        "base": approval.revision.number,
        "approved": _day(approval.reviewed_at, student),
        "person": approval.reviewer,
    }
    return (
        _(
            "Grade %(grade)s, class of %(year)s. Plan version %(number)s, sent on %(sent)s. "
            "%(person)s approved version %(base)s on %(approved)s."
        )
        % values
    )


def _day(moment: Any, student: Student) -> str:
    return date_format(clock.day_of(moment, student.district), "DATE_FORMAT")


def _summary(comparison: Comparison | None) -> tuple[str, str]:
    """How much changed, and where."""
    if comparison is None:
        return "", ""
    if comparison.base is None:
        return _("This is the first version."), _("There is nothing to compare it with, so you see all of it.")
    changed = comparison.revision.changes
    if not changed:
        return (
            _("Nothing changed since version %(number)s.") % {"number": comparison.base.number},
            _("Every part says what the approved version says."),
        )
    count = ngettext(
        "%(count)d change since version %(number)d.", "%(count)d changes since version %(number)d.", changed
    ) % {"count": changed, "number": comparison.base.number}
    same = len(comparison.same)
    rest = ngettext("%(count)d part is the same.", "%(count)d parts are the same.", same) % {"count": same}
    where = counted_changes(comparison.revision.changed)
    return count, f"{where[:1].upper()}{where[1:]}. {rest}"


def _buttons(waits: bool, has_family: bool) -> list[Button]:
    why_not = "" if waits else _("This version is answered already, or none was sent.")
    nobody = "" if has_family else _("Nobody of the family has an account that sees this plan.")
    return [
        Button("approve", _("Approve plan"), kind="primary", icon="check", key="a", disabled_reason=why_not),
        Button("return", _("Return"), icon="arrow-back-up", key="r", disabled_reason=why_not),
        Button("ask", _("Ask family"), key="f", disabled_reason=nobody),
    ]


@require_POST
def review_undo(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Take an answer back; the plan waits again."""
    found = access.get_review(request.user, public_id)
    undo_review(found, actor=request.user)
    student = found.revision.plan.student
    said = _("Taken back. The plan of %(student)s waits for you again.") % {"student": student}
    return go(request, _opened(student.public_id), said)

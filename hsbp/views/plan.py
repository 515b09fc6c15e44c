"""The plan: read it, send it, talk about it, sign it, take a copy."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hsbp import access
from hsbp.actions.conversation import comment_on_plan
from hsbp.actions.family import make_copy, sign_plan
from hsbp.actions.sending import send_plan
from hsbp.documents.family_copy import draw_copy
from hsbp.forms.plan import CommentForm, CopyForm, FamilyAccessForm, SendForm, SignForm
from hsbp.models import PlanRevision
from hsbp.notices import counselors_of
from hsbp.queries.checklist import checklist_of
from hsbp.queries.document import catalog_of, document_of
from hsbp.queries.experiences import lines_of
from hsbp.queries.pathways import standing
from hsbp.queries.plans import (
    Family,
    conversation,
    family_side,
    history_of,
    is_update_due,
    question_to_family,
    unsent_changes,
)
from hsbp.queries.progress import progress_of, subject_word
from hsbp.rules.content import Change, changes, is_blank, read
from hsbp.states import PlanState
from hsbp.views.reader import Reader, own_or_child, reader_of
from hsbp.views.sentences import checklist_items, family_facts, plan_lede, plan_status, progress_facts
from hsbp.words import READING_ORDER, SECTION_ICONS, SECTION_WORDS, change_sentence, set_title
from mbl.core import clock
from mbl.core.decisions import Denied
from mbl.core.errors import NotAllowed
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, showing_errors, typed_before
from mbl.core.ui.tables import Column, Columns
from profiles.actions.family_access import set_family_access
from profiles.rules.age import is_adult

# Open items beside the plan; the whole list is a page of its own.
SHOWN_ITEMS = 6
PROGRESS_COLUMNS = Columns(
    Column("subject", gettext_lazy("Subject"), kind="header", card="wide"),
    Column("needed", gettext_lazy("Needed"), kind="number"),
    Column("counted", gettext_lazy("Counted"), kind="number"),
    Column("mastery", gettext_lazy("By mastery"), kind="number"),
    Column("left", gettext_lazy("Still needed"), kind="number"),
    Column("source", gettext_lazy("Source"), card="wide"),
)


@require_safe
def plan(request: AuthenticatedRequest) -> HttpResponse:
    """``/plan/``: what do I want, what is missing, what is next? A family reads the version that was sent."""
    return _page(request, own_or_child(request))


@require_safe
def student_plan(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """The same for staff: the working copy for whoever reviews it, the newest sent version for others."""
    return _page(request, reader_of(request, public_id))


def _page(request: AuthenticatedRequest, reader: Reader, form: CommentForm | None = None) -> HttpResponse:
    student, found = reader.student, reader.plan
    today = clock.today(student.district)
    history = history_of(found)
    family, toward = family_side(found, history), progress_of(student)
    listed = checklist_of(student, found, history, toward)
    answer = history.answer_to(found.latest_id)
    update_due = is_update_due(found, today)
    changed = unsent_changes(found) if reader.may_edit and found.latest is not None else ()
    key = _comment_key(reader)
    status, tone = plan_status(found, today)
    context = reader.as_context() | {
        "document": document_of(student, reader.content),
        "sections": _sections(reader),
        "returned": answer if found.state == PlanState.RETURNED else None,
        "lede": plan_lede(reader, answer, today),
        "status": status,
        "tone": tone,
        "changed": len(changed),
        "can_send": reader.is_own and _is_sendable(reader, bool(changed), update_due),
        "items": checklist_items(listed.due[:SHOWN_ITEMS]),
        "tally": listed.tally,
        "facts": progress_facts(toward),
        "toward": toward,
        "family": family,
        "family_facts": family_facts(family),
        "may_sign": _may_sign(request, reader, family),
        "asked": question_to_family(found) if reader.is_family else None,
        "story": conversation(found, history),
        "form": form or CommentForm(initial=typed_before(request, key)),
        "draft_key": key,
        "copy_form": CopyForm(initial={"language": _language(family.languages)}),
        "requirement": history.requirement,
        "pathways": standing(student),
        "experiences": lines_of(student, is_own=reader.is_own),
        "decides_for_family": reader.is_own and is_adult(student.person.birth_date, today),
        "counselors": counselors_of(student) if reader.is_own else [],
    }
    return page(request, "hsbp/plan/plan.html", context)


def _comment_key(reader: Reader) -> str:
    return f"plan-comment-{reader.student.public_id}"


def _may_sign(request: AuthenticatedRequest, reader: Reader, family: Family) -> bool:
    if not reader.is_family or reader.plan.state != PlanState.APPROVED:
        return False
    return not family.has_signed(access.signer_of(request.user, reader.student))


def _is_sendable(reader: Reader, has_changed: bool, update_due: bool) -> bool:
    if is_blank(read(reader.plan.content)):
        return False
    return reader.plan.latest is None or has_changed or update_due or reader.plan.state == PlanState.RETURNED


def _language(languages: tuple[str, ...]) -> str:
    """The family's language where documents exist in it, else that of the page."""
    offered = dict(settings.LANGUAGES)
    return next((code for code in languages if code in offered), (get_language() or "en").split("-")[0])


def _sections(reader: Reader) -> list[dict[str, Any]]:
    """The seven sections in their order, each with its word, its drawing and where it is written."""
    return [
        {
            "name": section.value,
            "word": SECTION_WORDS[section],
            "icon": SECTION_ICONS[section],
            "is_empty": reader.content.is_empty(section),
            "url": reader.address("section", section.value) if reader.may_edit else "",
        }
        for section in READING_ORDER
    ]


# --- Sending ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def send(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """What goes out, in words, and to whom; then send it."""
    reader = reader_of(request, public_id)
    if not reader.is_own:
        raise NotAllowed(_("Only the student sends this plan."))
    key = f"plan-send-{reader.student.public_id}"
    form = SendForm(request.POST if request.method == "POST" else None, initial=typed_before(request, key))
    if form.is_valid():
        with showing_errors(form):
            revision = send_plan(reader.student, answer=form.cleaned_data["answer"], actor=request.user)
            forget_draft(request.user, key)
            return go(request, reader.home, _("Version %(number)s is sent.") % {"number": revision.number})
    latest = reader.plan.latest
    content = read(reader.plan.content)
    changed = changes(read(latest.content), content) if latest is not None else ()
    answer = history_of(reader.plan).answer_to(reader.plan.latest_id)
    context = reader.as_context() | {
        "form": form,
        "draft_key": key,
        "is_blank": is_blank(content),
        "changes": _sentences(reader, changed),
        "counselors": counselors_of(reader.student),
        "returned": answer if reader.plan.state == PlanState.RETURNED else None,
        "unknown": document_of(reader.student, content).unknown,
    }
    return page(request, "hsbp/plan/send.html", context)


def _sentences(reader: Reader, changed: tuple[Change, ...]) -> list[str]:
    titles = {code: course.title for code, course in catalog_of(reader.student, [reader.content]).items()}
    return [change_sentence(change, titles) for change in changed]


# --- Conversation -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def comment(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Write in the conversation. A GET shows the plan."""
    reader = reader_of(request, public_id)
    if request.method == "GET":
        return _page(request, reader)
    form = CommentForm(request.POST)
    if form.is_valid():
        with showing_errors(form):
            comment_on_plan(reader.student, body=form.cleaned_data["comment"], actor=request.user)
            forget_draft(request.user, _comment_key(reader))
            return go(request, f"{reader.home}#conversation", _("Your message is sent."))
    return _page(request, reader, form)


# --- Checklist and progress -------------------------------------------------------------------------------------------


@require_safe
def checklist(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """All 27 items: state, why, source, and what staff recorded."""
    reader = reader_of(request, public_id)
    history = history_of(reader.plan)
    found = checklist_of(reader.student, reader.plan, history, progress_of(reader.student))
    context = reader.as_context() | {"checklist": found, "requirement": history.requirement}
    return page(request, "hsbp/plan/checklist.html", context)


@require_safe
def progress(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Earned and needed in each subject, with the source of every number."""
    reader = reader_of(request, public_id)
    found = progress_of(reader.student)
    context = reader.as_context() | {
        "found": found,
        "columns": PROGRESS_COLUMNS,
        "title_of_set": set_title(found.requirements) if found.requirements else "",
        "rows": [(row, subject_word(row.subject)) for row in found.progress.subjects] if found.progress else [],
        "facts": progress_facts(found),
    }
    return page(request, "hsbp/plan/progress.html", context)


# --- Copies -----------------------------------------------------------------------------------------------------------


@require_POST
def copies(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Make a document of the newest version in a language; it opens at an address of its own."""
    reader = reader_of(request, public_id)
    form = CopyForm(request.POST)
    revision = reader.plan.latest
    if revision is None or not form.is_valid():
        return go(request, reader.home, _("There is no version to copy yet. It is made when the plan is sent."))
    copied = make_copy(revision, language=form.cleaned_data["language"], actor=request.user)
    return go(request, reader.address("copy", copied.public_id))


@require_safe
def copy(request: AuthenticatedRequest, public_id: UUID, copy_id: UUID) -> HttpResponse:
    """The document itself: a tagged PDF of a frozen version."""
    found = access.get_copy(request.user, copy_id)
    pdf = draw_copy(found)
    name = f"plan-{found.revision.number}-{found.language}.pdf"
    return HttpResponse(
        pdf.data,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{name}"',
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )


# --- Family -----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def sign(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Do I agree with this version? Sign it with a typed name."""
    reader = reader_of(request, public_id)
    verdict = access.may_sign(request.user, reader.student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    form = SignForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with showing_errors(form):
            sign_plan(
                _version(request, reader),
                typed_name=form.cleaned_data["typed_name"],
                language=(get_language() or "en").split("-")[0],
                actor=request.user,
            )
            return go(request, reader.home, _("You signed the plan. Thank you."))
    family = family_side(reader.plan, history_of(reader.plan))
    context = reader.as_context() | {
        "form": form,
        "document": document_of(reader.student, reader.content),
        "sections": _sections(reader),
        "family": family,
        "has_signed": family.has_signed(access.signer_of(request.user, reader.student)),
    }
    return page(request, "hsbp/plan/sign.html", context)


def _version(request: AuthenticatedRequest, reader: Reader) -> PlanRevision:
    """The version on the page that was signed, so that a newer one is never signed unread."""
    named = request.POST.get("revision", "")
    try:
        return access.get_revision(request.user, UUID(named))
    except ValueError:
        assert reader.plan.latest is not None
        return reader.plan.latest


@require_http_methods(["GET", "POST"])
def family(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """What my family sees, once I am 18 (R77)."""
    reader = reader_of(request, public_id)
    if not reader.is_own:
        raise NotAllowed(_("Only the student decides what the family sees."))
    student = reader.student
    adult = is_adult(student.person.birth_date, clock.today(student.district))
    form = FamilyAccessForm(
        request.POST if request.method == "POST" else None,
        initial={"allowed": "yes" if student.family_access else "no"},
    )
    if form.is_valid():
        with showing_errors(form):
            changed = set_family_access(student, allowed=form.cleaned_data["allowed"], actor=request.user)
            opened, closed = _("Your family sees your record now."), _("Your record is closed to your family now.")
            return go(request, reader.home, opened if changed.family_access else closed)
    context = reader.as_context() | {"form": form, "is_adult": adult}
    return page(request, "hsbp/plan/family.html", context)

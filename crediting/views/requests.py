"""A student's requests: ask for credit step by step, the story of one, answer, withdraw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crediting import access
from crediting.actions.evidence import attach_evidence, detach_evidence
from crediting.actions.requests import (
    Incomplete,
    create_request,
    reassign_request,
    submit_request,
    update_request,
    withdraw_request,
)
from crediting.forms.evidence import AttachForm
from crediting.forms.requests import (
    AnswerForm,
    ChangeForm,
    ReassignForm,
    RequestForm,
    Way,
    WayForm,
    WithdrawForm,
    ways_of,
)
from crediting.models import CourseStandard, CreditRequest, Standard
from crediting.queries import policy, queue
from crediting.queries.catalog import in_use
from crediting.queries.confirmed import confirmed_lines
from crediting.queries.procedures import submission_due
from crediting.queries.proposals import with_newest
from crediting.queries.requests import (
    instrument_titles,
    languages_for,
    request_page,
    requests_of,
    teachers_for,
    ways_for,
)
from crediting.rules.asks import asks
from crediting.rules.evidence import of_kind
from crediting.rules.left_open import choices
from crediting.rules.numbers import credits_text
from crediting.rules.offers import CourseOffer, Offer
from crediting.rules.policy.terms import Approval
from crediting.states import REQUEST, RequestState, StandardStatus
from crediting.views.attestations import attestations_part
from crediting.views.confirmed import confirmed_items
from crediting.views.queue import way_word
from crediting.views.whose import whose
from crediting.words import any_of, sentence, stored_sentence
from mbl.core import clock
from mbl.core.errors import NotAllowed
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, paginate, showing_errors, typed_before
from mbl.core.ui.parts import ChecklistItem, Done, Empty, Fact, Link, Step
from mbl.core.words import state_word
from profiles.access import Capability, children_of
from profiles.models import Course, Student
from profiles.states import Role

SEE = Capability.SEE_RECORD
OWN = Capability.REQUEST_CREDIT


@require_safe
def requests(request: AuthenticatedRequest) -> HttpResponse:
    """Every request of one student, newest first."""
    record = whose(request)
    context = {
        "record": record,
        "page": paginate(request, requests_of(record.student, with_drafts=record.is_own)),
        "empty": Empty(
            _("No requests yet"),
            _("A request asks for credit in a course by showing what you know.")
            if record.is_own
            else _("What is sent to a teacher shows up here."),
            Link(_("Ask for credit"), reverse("crediting:request-new")) if record.is_own else None,
            icon="clipboard-check",
        ),
    }
    return page(request, "crediting/requests/list.html", context)


# --- Asking, step by step ---------------------------------------------------------------------------------------------


def _steps(course: Course | None = None, way: Way | None = None) -> list[Step]:
    """The steps; those behind can be gone back to."""
    start = reverse("crediting:request-new")
    return [
        Step(_("Course"), start if course else ""),
        Step(_("Way"), f"{start}?course={course.public_id}" if course and way else ""),
        Step(_("What you will show")),
        Step(_("Evidence, then send")),
    ]


@require_http_methods(["GET", "POST"])
def request_new(request: AuthenticatedRequest) -> HttpResponse:
    """Course, way, details: one decision a page. Nothing is written before the details are sent."""
    record = whose(request)
    if not record.is_own:
        raise NotAllowed(_("Only the student can ask for credit. You can help them on their own account."))
    student = record.student
    today = clock.today(student.district)
    if "course" not in request.GET:
        return _choose_course(request, student)
    course = _course(student, request.GET["course"])
    school = student.school.code if student.school else ""
    offers = policy.offers(course, on=today, graduation_year=student.graduation_year, school_code=school)
    ways = ways_of(offers)
    if not ways:
        return _choose_course(request, student)
    way = next((one for one in ways if one.code == request.GET.get("way")), None)
    if way is None:
        form = WayForm(ways, request.GET if "way" in request.GET else None)
        context = {"form": form, "course": course, "steps": _steps(course), "offers": offers}
        return page(request, "crediting/requests/way.html", context)
    return _details(request, student, course, way, offers)


def _choose_course(request: AuthenticatedRequest, student: Student) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:100]
    seen = policy.open_courses(student, on=clock.today(student.district), text=text)
    ids = dict(
        Course.objects.filter(district=student.district, code__in=[one.code for one in seen]).values_list(
            "code", "public_id"
        )
    )
    context = {
        "steps": _steps(),
        "text": text,
        "open_courses": [(one, ids[one.code]) for one in seen if one.is_open],
        "closed": _closed(seen),
        "closed_count": sum(not one.is_open for one in seen),
    }
    return page(request, "crediting/requests/course.html", context)


@dataclass(frozen=True)
class Closed:
    """Courses that are not open for one and the same reason."""

    why: str
    citation: str
    titles: tuple[str, ...]


def _closed(seen: Sequence[CourseOffer]) -> list[Closed]:
    """What is not open and why: courses with one reason stand together, so that forty are read as three sentences."""
    together = {
        "course.already_earned": _("You already have all the credit that these give."),
        "course.no_policy": _("The policy in force does not open these to credit by showing mastery."),
        "course.no_credits": _("The school has not said how many credits these give."),
    }
    titles = {one.code: one.title for one in seen}
    found: dict[tuple[str, str], list[str]] = {}
    for one in seen:
        if one.why_not is not None:
            why = together.get(one.why_not.code) or sentence(one.why_not, titles)
            found.setdefault((why, one.why_not.citation), []).append(one.title)
    return [Closed(why, citation, tuple(named)) for (why, citation), named in found.items()]


def _course(student: Student, asked: str) -> Course:
    try:
        wanted = UUID(asked)
    except ValueError:
        raise Http404 from None
    today = clock.today(student.district)
    course = in_use(Course.objects.filter(district=student.district, public_id=wanted), today).first()
    if course is None:
        raise Http404
    return course


def _details(
    request: AuthenticatedRequest, student: Student, course: Course, way: Way, offers: Sequence[Offer]
) -> HttpResponse:
    draft_key = f"request-new-{course.public_id}"
    version = policy.version_in_force(course, clock.today(student.district), student.graduation_year)
    rules = of_kind(policy.terms_of(version).rules_for(course.code, way.method), way.kind) if version else []
    form = RequestForm(
        way,
        offers,
        teachers_for(student),
        instrument_titles(version) if version else {},
        student,
        clock.today(student.district),
        choices(rules),
        languages_for(student),
        request.POST if request.method == "POST" else None,
        initial=typed_before(request, draft_key),
    )
    if form.is_valid():
        with showing_errors(form):
            credit_request = create_request(
                student=student, course=course, method=way.method, kind=way.kind, actor=request.user, **form.values()
            )
            forget_draft(request.user, draft_key)
            return go(request, reverse("crediting:request", args=[credit_request.public_id]))
    context = {
        "form": form,
        "course": course,
        "way": way,
        "steps": _steps(course, way),
        "draft_key": draft_key,
        "suggested": _suggested(course),
        "chosen": _chosen(form, student),
    }
    return page(request, "crediting/requests/details.html", context)


def _suggested(course: Course) -> list[CourseStandard]:
    """The standards that the course teaches; the required ones are shown by everybody."""
    rows = CourseStandard.objects.filter(course=course, standard__status=StandardStatus.ACTIVE)
    return list(rows.select_related("standard__framework").order_by("-is_required", "standard__path", "pk")[:60])


def _chosen(form: RequestForm | ChangeForm, student: Student) -> list[Standard]:
    """What was chosen so far, for a form that opens again."""
    asked = form["standards"].value() or []
    wanted = [asked] if isinstance(asked, str) else asked
    ids = [getattr(one, "public_id", one) for one in wanted]
    return list(
        Standard.objects.filter(district=student.district_id, public_id__in=[one for one in ids if _is_uuid(one)])
        .select_related("framework")
        .order_by("path", "pk")
    )


def _is_uuid(value: object) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True


# --- One request ------------------------------------------------------------------------------------------------------


@require_safe
def request_detail(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """The story: where it stands, what it claims, what was said, what is next."""
    credit_request = access.get_request(request.user, public_id, SEE)
    return _story(request, credit_request, AnswerForm(initial=typed_before(request, _answer_key(credit_request))))


def _answer_key(credit_request: CreditRequest) -> str:
    return f"answer-{credit_request.public_id}"


def _story(
    request: AuthenticatedRequest,
    credit_request: CreditRequest,
    form: AnswerForm,
    *,
    incomplete: Incomplete | None = None,
) -> HttpResponse:
    is_own = bool(access.is_own(request.user, credit_request))
    content = bool(access.sees_evidence_of(request.user, credit_request))
    is_family = not is_own and children_of(request.user).filter(pk=credit_request.student_id).exists()
    shown = request_page(credit_request)
    rule = shown.ways[0] if shown.ways else None
    approval = shown.terms.approval_at(credit_request.school.code) if shown.terms else None
    deadlines = clock_facts(credit_request)
    context = {
        "story": shown,
        "way": way_word(credit_request, shown.terms),
        "request_": credit_request,
        "is_own": is_own,
        "sees_evidence": content,
        "sees_modifications": shown.is_modified and bool(access.sees_modifications_of(request.user, credit_request)),
        "can_change": is_own and credit_request.state in {RequestState.DRAFT, RequestState.RETURNED},
        "can_withdraw": is_own and REQUEST.allows("withdraw", credit_request.state),
        "can_assess": bool(access.may_assess(request.user, credit_request)),
        "can_list": bool(access.decides_at(request.user, credit_request.school)),
        "can_decide": bool(
            access.decides_at(request.user, credit_request.school)
            or (approval and approval.roles & access.roles_at(request.user, credit_request.school) - {Role.TEACHER})
        ),
        "form": form,
        "attach": AttachForm(credit_request) if is_own else None,
        "draft_key": _answer_key(credit_request),
        "incomplete": incomplete,
        "rule": rule,
        "asks": asks(rule, approval, shown.terms) if rule and approval and shown.terms else (),
        "confirmed_items": confirmed_items(credit_request, confirmed_lines(credit_request, shown.ways, shown.terms))
        if credit_request.state != RequestState.DRAFT
        else (),
        "can_confirm": bool(access.may_confirm(request.user, credit_request)),
        "choice_facts": _choice_facts(credit_request),
        "is_family": is_family,
        "child_query": f"?child={credit_request.student.public_id}" if is_family else "",
        "missing_items": [ChecklistItem(sentence(one), Done.MISSING, _("Missing")) for one in shown.missing],
        "send_word": _send_word(credit_request),
        "people": [*_people(credit_request, approval), *deadlines],
        "has_deadline": bool(deadlines),
        "proposals": list(with_newest(credit_request.proposals.all(), drafts=is_own)),
        **attestations_part(request.user, credit_request),
    }
    return page(request, "crediting/requests/detail.html", context, status=422 if incomplete else 200)


def _choice_facts(credit_request: CreditRequest) -> list[Fact]:
    """What the student chose where the policy left it to them."""
    facts = []
    if credit_request.credits_wanted is not None:
        facts.append(Fact(_("Credit asked for"), credits_text(credit_request.credits_wanted)))
    if credit_request.mark_wanted:
        facts.append(Fact(_("Mark chosen"), credit_request.mark_wanted))
    if credit_request.language:
        facts.append(Fact(_("Language of the test"), credit_request.language))
    return facts


def _send_word(credit_request: CreditRequest) -> str:
    if credit_request.assessor is None:
        return _("Send to my teacher")
    return _("Send to %(teacher)s") % {"teacher": credit_request.assessor}


def _people(credit_request: CreditRequest, approval: Approval | None) -> list[Fact]:
    """Who assesses, who decides, and whether that may be one person."""
    facts = [Fact(_("Assesses"), credit_request.assessor or _("Nobody chosen yet"))]
    if approval is not None:
        roles = any_of(state_word(Role(role)) for role in sorted(approval.roles))
        facts.append(Fact(_("Decides"), roles))
    if credit_request.demonstrated_on:
        facts.append(Fact(_("Shown on"), date_format(credit_request.demonstrated_on, "DATE_FORMAT")))
    if credit_request.attempt > 1:
        facts.append(Fact(_("Attempt"), credit_request.attempt))
    return facts


def clock_facts(credit_request: CreditRequest) -> list[Fact]:
    """Until when it is sent while it is a draft, and decided while it waits (R21)."""
    if credit_request.state == RequestState.DRAFT:
        found = submission_due(credit_request)
        return [Fact(_("Send it by"), sentence(found.reason), _late(found.moment))] if found else []
    if credit_request.decide_by is None or credit_request.state not in queue.AWAITS_DECISION:
        return []
    said = stored_sentence(credit_request.decide_by_reason)
    return [Fact(_("Decision due"), said, _late(credit_request.decide_by))]


def _late(moment: dt.datetime) -> str:
    return _("overdue") if moment <= clock.now() else ""


@require_http_methods(["GET", "POST"])
def request_edit(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Change the words and standards of a draft or a returned request."""
    credit_request = access.get_request(request.user, public_id, OWN)
    draft_key = f"request-{credit_request.public_id}"
    claimed = [str(claim.standard.public_id) for claim in credit_request.claims.select_related("standard")]
    now = {
        "title": credit_request.title,
        "plan": credit_request.plan,
        "standards": claimed,
        "assessor": str(credit_request.assessor.public_id) if credit_request.assessor else "",
        "credits_wanted": credit_request.credits_wanted,
        "mark_wanted": credit_request.mark_wanted,
        "language": credit_request.language,
        "self_evaluation": credit_request.self_evaluation,
    }
    form = ChangeForm(
        credit_request,
        teachers_for(credit_request.student),
        choices(ways_for(credit_request)),
        languages_for(credit_request.student),
        request.POST if request.method == "POST" else None,
        initial=now | (typed_before(request, draft_key) or {}),
    )
    if form.is_valid():
        with showing_errors(form):
            update_request(credit_request, actor=request.user, **form.values())
            forget_draft(request.user, draft_key)
            return go(
                request,
                reverse("crediting:request", args=[credit_request.public_id]),
                _("Your changes are saved."),
            )
    context = {
        "form": form,
        "request_": credit_request,
        "draft_key": draft_key,
        "suggested": _suggested(credit_request.course),
        "chosen": _chosen(form, credit_request.student),
    }
    return page(request, "crediting/requests/edit.html", context)


@require_http_methods(["GET", "POST"])
def request_send(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Send it, or send it again with an answer. A GET shows the request."""
    credit_request = access.get_request(request.user, public_id, OWN)
    if request.method == "GET":
        return request_detail(request, public_id)
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            sent = submit_request(credit_request, answer=form.cleaned_data["answer"], actor=request.user)
        except Incomplete as incomplete:
            return _story(request, credit_request, form, incomplete=incomplete)
        forget_draft(request.user, _answer_key(credit_request))
        sentence = _("Sent to %(teacher)s. You hear from them here.") % {"teacher": sent.assessor}
        return go(request, reverse("crediting:request", args=[sent.public_id]), sentence)
    return _story(request, credit_request, form)


@require_http_methods(["GET", "POST"])
def request_withdraw(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Stop asking. Evidence and story stay."""
    credit_request = access.get_request(request.user, public_id, OWN)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with showing_errors(form):
            withdraw_request(credit_request, reason=form.cleaned_data["reason"], actor=request.user)
            return go(
                request,
                reverse("crediting:request", args=[credit_request.public_id]),
                _("The request is withdrawn. Your evidence stays yours."),
            )
    return page(request, "crediting/requests/withdraw.html", {"form": form, "request_": credit_request})


@require_POST
def request_attach(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Put a piece of evidence that is there already into the request."""
    credit_request = access.get_request(request.user, public_id, OWN)
    form = AttachForm(credit_request, request.POST)
    back = reverse("crediting:request", args=[credit_request.public_id])
    if not form.is_valid():
        return go(request, back)
    use = attach_evidence(credit_request, form.cleaned_data["evidence"], actor=request.user)
    return go(request, back, _("“%(title)s” is part of this request now.") % {"title": use.evidence})


@require_POST
def request_detach(request: AuthenticatedRequest, public_id: UUID, use_id: UUID) -> HttpResponse:
    """Take an unsent piece out again."""
    credit_request = access.get_request(request.user, public_id, OWN)
    use = credit_request.uses.filter(public_id=use_id).first()
    if use is not None:
        detach_evidence(use, actor=request.user)
    return go(request, reverse("crediting:request", args=[credit_request.public_id]), _("Taken out of this request."))


@require_http_methods(["GET", "POST"])
def request_reassign(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Ask another teacher to assess it."""
    credit_request = access.get_request(request.user, public_id, Capability.DECIDE_CREDIT)
    teachers = [
        person
        for _group, people in teachers_for(credit_request.student)
        for person in people
        if person.pk != credit_request.assessor_id
    ]
    form = ReassignForm(teachers, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with showing_errors(form):
            moved = reassign_request(
                credit_request,
                assessor=form.cleaned_data["assessor"],
                reason=form.cleaned_data["reason"],
                actor=request.user,
            )
            return go(
                request,
                reverse("crediting:decision", args=[moved.public_id]),
                _("%(teacher)s is asked now.") % {"teacher": moved.assessor},
            )
    return page(request, "crediting/requests/reassign.html", {"form": form, "request_": credit_request})

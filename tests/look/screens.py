"""Which screens there are, who may see each, and where it is found in the demonstration.

A new screen adds a line here; its address is asked for as somebody, because each sees other things.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from crediting import access as crediting_access
from crediting.models import (
    ClassJudgement,
    CreditRequest,
    Decision,
    Evidence,
    Framework,
    GradeWindow,
    LedgerEntry,
    PolicyVersion,
    ProjectPart,
    Standard,
    TransferLine,
)
from crediting.states import Recognition, RequestState
from hsbp.access import caseload_of
from hsbp.models import Plan
from hsbp.states import PlanState
from mbl.core.models import ImportRun, User
from profiles.access import students_visible_to
from profiles.models import Course, Person, Student
from transcripts.models import Transcript

MAIN = "cedar-falls"
HIGH_SCHOOL = "4991"
NOBODY = ""
STUDENT = ("student", "small-school-student")
FAMILY = ("family", "family-spanish")
STAFF = ("teacher", "credit-manager", "counselor", "registrar", "principal", "administrator")


class NotThere(Exception):
    """The demonstration has nothing to show on this screen to this person."""


@dataclass(frozen=True)
class Screen:
    """``name`` is that of the address; ``address`` gives it for an account (None: nobody is signed in).

    ``html_limit`` is the largest page in KB: 60, or more where ui.md says so. ``printed`` also makes a PDF.
    """

    name: str
    personas: tuple[str, ...]
    address: Callable[[User | None], str]
    html_limit: int = 60
    printed: bool = False


def at(name: str, *args: object) -> Callable[[User | None], str]:
    """The same address for everybody."""
    return lambda user: reverse(name, args=args)


def _found(user: User | None) -> User:
    if user is None:
        raise NotThere
    return user


def _story(course: str) -> CreditRequest:
    """A request of the student of the sign-in page."""
    return CreditRequest.objects.get(student__person__user__login_name="demo-student", course__code=course)


def _request(user: User | None) -> str:
    """The story with a return and a second sending; their own newest request for others."""
    request = crediting_access.requests_visible_to(_found(user)).filter(attempt=2).first()
    request = request or crediting_access.requests_visible_to(_found(user)).exclude(state=RequestState.DRAFT).first()
    if request is None:
        raise NotThere
    return reverse("crediting:request", args=[request.public_id])


def _attestation_page(part: str) -> Callable[[User | None], str]:
    """Asking somebody to attest, or writing a spoken word down, for a request that is not decided."""

    def address(user: User | None) -> str:
        near = crediting_access.requests_visible_to(_found(user))
        request = near.filter(state__in=crediting_access.OPEN).first()
        if request is None:
            raise NotThere
        return reverse(f"crediting:attestation-{part}", args=[request.public_id])

    return address


def _to_assess(user: User | None) -> str:
    request = crediting_access.requests_to_assess(_found(user)).filter(state=RequestState.SUBMITTED).first()
    if request is None:
        raise NotThere
    return reverse("crediting:request-assess", args=[request.public_id])


def _to_decide(user: User | None) -> str:
    waiting = crediting_access.requests_at_schools_of(_found(user)).filter(state=RequestState.ASSESSED)
    request = waiting.filter(attempt=2).first() or waiting.first()
    if request is None:
        raise NotThere
    return reverse("crediting:decision", args=[request.public_id])


def _decided(user: User | None) -> str:
    decision = crediting_access.decisions_visible_to(_found(user)).order_by("-decided_at").first()
    if decision is None:
        raise NotThere
    return reverse("crediting:decided", args=[decision.public_id])


def _proposed(user: User | None) -> str:
    row = crediting_access.award_proposals_visible_to(_found(user)).first()
    if row is None:
        raise NotThere
    return reverse("crediting:award-proposal", args=[row.public_id])


def _reversal(user: User | None) -> str:
    decision = Decision.objects.filter(
        request__school__code=HIGH_SCHOOL, kind="award", request__state=RequestState.AWARDED
    ).latest("decided_at")
    return reverse("crediting:decision-reverse", args=[decision.public_id])


def _evidence(user: User | None) -> str:
    piece = Evidence.objects.filter(added_by=_found(user)).order_by("-created_at").first()
    if piece is None:
        raise NotThere
    return reverse("crediting:evidence", args=[piece.public_id])


def _framework(user: User | None) -> str:
    framework = Framework.objects.filter(district__code=MAIN, subjects__icontains="math").first()
    framework = framework or Framework.objects.filter(district__code=MAIN).first()
    assert framework is not None
    return reverse("crediting:framework", args=[framework.public_id])


def _of_course(name: str) -> Callable[[User | None], str]:
    course = Course.objects.filter(district__code=MAIN, code="MAT201")
    return lambda user: reverse(name, args=[course.get().public_id])


_course = _of_course("crediting:course")


def _history(user: User | None) -> str:
    return reverse("crediting:history", args=[_demo_student().public_id])


def _of_transfer(name: str) -> Callable[[User | None], str]:
    return lambda user: reverse(name, args=[_refused_line().student.public_id])


def _transfer_line(name: str) -> Callable[[User | None], str]:
    return lambda user: reverse(name, args=[_refused_line().public_id])


def _refused_line() -> TransferLine:
    line = TransferLine.objects.filter(decisions__kind=Recognition.REFUSED).first()
    if line is None:
        raise NotThere
    return line


def _of_row(name: str) -> Callable[[User | None], str]:
    def address(user: User | None) -> str:
        row = LedgerEntry.objects.effective().filter(student=_demo_student(), request=None).order_by("pk").first()
        if row is None:
            raise NotThere
        return reverse(name, args=[row.public_id])

    return address


def _policy(user: User | None) -> str:
    version = PolicyVersion.objects.get(series__district__code=MAIN, series__code="2403", number=2)
    return reverse("crediting:policy", args=[version.public_id])


def _policy_page(name: str) -> Callable[[User | None], str]:
    """A page of the version that ``_policy`` shows."""

    def address(user: User | None) -> str:
        version = PolicyVersion.objects.get(series__district__code=MAIN, series__code="2403", number=2)
        return reverse(name, args=[version.public_id])

    return address


def _policy_public_version(user: User | None) -> str:
    version = PolicyVersion.objects.get(series__district__code=MAIN, series__code="2403", number=2)
    return reverse("crediting:policy-public-version", args=[MAIN, version.public_id])


def _of_student(name: str) -> Callable[[User | None], str]:
    def address(user: User | None) -> str:
        student = students_visible_to(_found(user)).order_by("pk").first()
        if student is None:
            raise NotThere
        return reverse(name, args=[student.public_id])

    return address


def _student(user: User | None) -> str:
    own = students_visible_to(_found(user))
    student = own.filter(person__user__login_name="demo-student").first() or own.first()
    if student is None:
        raise NotThere
    return reverse("profiles:student", args=[student.public_id])


def _person(user: User | None) -> str:
    return reverse("profiles:person", args=[Person.objects.get(user__login_name="demo-teacher").public_id])


def _import_run(user: User | None) -> str:
    return reverse(
        "profiles:import-run", args=[ImportRun.objects.filter(district__code=MAIN, kind="oneroster")[0].public_id]
    )


def _transcript(user: User | None) -> str:
    transcript = Transcript.objects.filter(student__person__user__login_name="demo-student").first()
    assert transcript is not None
    return reverse("transcripts:transcript", args=[transcript.public_id])


def _transcript_new(user: User | None) -> str:
    student = Student.objects.get(person__user__login_name="demo-student")
    return reverse("transcripts:transcript-new", args=[student.public_id])


def _plan(user: User | None) -> str:
    """The plan of the student of the sign-in page, as others read it."""
    return reverse("hsbp:student-plan", args=[_demo_student().public_id])


def _plan_section(user: User | None) -> str:
    return reverse("hsbp:section", args=[_demo_student().public_id, "goals"])


def _plan_part(name: str) -> Callable[[User | None], str]:
    return lambda user: reverse(name, args=[_demo_student().public_id])


def _plan_of_caseload(name: str) -> Callable[[User | None], str]:
    """A page about a plan that waits for its counselor: the one that changed most since it was approved."""

    def address(user: User | None) -> str:
        plans = Plan.objects.filter(student__in=caseload_of(_found(user)), state=PlanState.SUBMITTED)
        plan = max(plans.select_related("latest", "student"), key=_changes, default=None)
        if plan is None:
            raise NotThere
        return reverse(name, args=[plan.student.public_id])

    return address


def _changes(plan: Plan) -> int:
    return plan.latest.changes if plan.latest is not None else 0


def _demo_student() -> Student:
    return Student.objects.get(person__user__login_name="demo-student")


def _find_standards(user: User | None) -> str:
    return f"{reverse('crediting:standards-find')}?q=paralelogram"


def _of_framework(part: str) -> Callable[[User | None], str]:
    """A page below a framework's own."""
    return lambda user: f"{_framework(user)}{part}/"


def _standard(user: User | None) -> str:
    standard = Standard.objects.get(district__code=MAIN, code="CCSS.Math.Content.HSG-MG.A.3")
    return reverse("crediting:standard", args=[standard.public_id])


def _class(name: str, query: str = "") -> Callable[[User | None], str]:
    """A page of a class that was judged."""

    def address(user: User | None) -> str:
        section = crediting_access.sections_visible_to(_found(user)).filter(tasks__isnull=False).order_by("pk").first()
        if section is None:
            raise NotThere
        standard = section.course.standards.order_by("pk")[0].standard
        return reverse(name, args=[section.public_id]) + query.format(standard=standard.public_id)

    return address


def _class_student(user: User | None) -> str:
    """The class of whoever attends one that was judged, else a student of a class the reader sees."""
    attended = crediting_access.sections_attended(_found(user)).filter(section__tasks__isnull=False).first()
    if attended is not None:
        return reverse("crediting:class-student", args=[attended.section.public_id, attended.student.public_id])
    judgement = ClassJudgement.objects.filter(
        task__section__in=crediting_access.sections_visible_to(_found(user)).order_by()
    ).first()
    if judgement is None:
        raise NotThere
    return reverse("crediting:class-student", args=[judgement.task.section.public_id, judgement.student.public_id])


def _project(user: User | None) -> str:
    project = crediting_access.projects_visible_to(_found(user)).first()
    if project is None:
        raise NotThere
    return reverse("crediting:project", args=[project.public_id])


def _project_part(state: str, name: str) -> Callable[[User | None], str]:
    """A project in a class of the reader."""

    def address(user: User | None) -> str:
        taught = crediting_access.sections_taught(_found(user)).order_by().values("pk")
        part = ProjectPart.objects.filter(state=state, section__in=taught).first()
        if part is None:
            raise NotThere
        return reverse(name, args=[part.public_id])

    return address


def _class_grade(user: User | None) -> str:
    return _class_student(user) + "grade/"


def _student_grades(user: User | None) -> str:
    attended = crediting_access.sections_attended(_found(user)).filter(section__tasks__isnull=False).first()
    if attended is None:
        raise NotThere
    return reverse("crediting:student-grades", args=[attended.student.public_id])


def _grade_window(user: User | None) -> str:
    window = GradeWindow.objects.filter(district__code=MAIN, kept_at=None).first()
    if window is None:
        raise NotThere
    return reverse("crediting:grade-window", args=[window.public_id])


def _example(user: User | None) -> str:
    anchor = crediting_access.anchors_visible_to(_found(user)).first()
    if anchor is None:
        raise NotThere
    return reverse("crediting:anchor", args=[anchor.public_id])


def _session(user: User | None) -> str:
    session = crediting_access.calibrations_visible_to(_found(user)).first()
    if session is None:
        raise NotThere
    return reverse("crediting:calibration", args=[session.public_id])


def _common_task(name: str) -> Callable[[User | None], str]:
    """The oldest common task that the reader sees: the one that classes gave."""

    def address(user: User | None) -> str:
        task = crediting_access.common_tasks_visible_to(_found(user)).order_by("pk").first()
        if task is None:
            raise NotThere
        return reverse(name, args=[task.public_id])

    return address


def _class_cell(user: User | None) -> str:
    judgement = ClassJudgement.objects.filter(
        task__section__in=crediting_access.sections_visible_to(_found(user)).order_by()
    ).first()
    if judgement is None:
        raise NotThere
    cell = f"{judgement.student.public_id.hex}.{judgement.standard.public_id.hex}"
    return reverse("crediting:class-cell", args=[judgement.task.section.public_id, cell])


def _check(user: User | None) -> str:
    code = Transcript.objects.order_by("-issued_at")[0].code
    return reverse("transcripts:verify-code", args=[code])


SCREENS = [
    Screen("demo:people", (NOBODY,), at("demo:people")),
    Screen("account_login", (NOBODY,), at("account_login")),
    Screen("home:home", (*STUDENT, *FAMILY, *STAFF, "small-school-teacher"), at("home:home")),
    Screen("core:messages", ("student", "teacher", "family-spanish"), at("core:messages")),
    Screen("home:data-use", (NOBODY, "student"), at("home:data-use")),
    Screen("home:search", ("counselor", "student"), lambda user: reverse("home:search") + "?q=geometry"),
    Screen("home:search-near", ("registrar",), lambda user: reverse("home:search") + "?q=ramires"),
    Screen("core:account", ("student", "teacher"), at("core:account")),
    # The student asks
    Screen("crediting:requests", STUDENT, at("crediting:requests")),
    Screen("crediting:request-new", STUDENT, at("crediting:request-new")),
    Screen("crediting:request", ("student", "family", "teacher", "credit-manager"), _request, printed=True),
    Screen("crediting:request-edit", ("student",), lambda user: _edit(_story("ENG201"))),
    Screen("crediting:evidence-list", STUDENT, at("crediting:evidence-list")),
    Screen("crediting:evidence-new", STUDENT, at("crediting:evidence-new")),
    Screen("crediting:evidence", ("student",), _evidence),
    Screen("crediting:attestation-ask", ("student", "teacher"), _attestation_page("ask")),
    Screen("crediting:attestation-record", ("teacher",), _attestation_page("record")),
    Screen("crediting:attest-code", (NOBODY,), at("crediting:attest-code")),
    Screen("crediting:proposals", (*STUDENT, *FAMILY), at("crediting:proposals")),
    Screen("crediting:proposal-new", STUDENT, at("crediting:proposal-new")),
    Screen("crediting:proposal-queue", ("counselor", "principal"), at("crediting:proposal-queue")),
    Screen("crediting:appeals", ("administrator",), at("crediting:appeals")),
    Screen("crediting:decisions-overdue", ("credit-manager",), at("crediting:decisions-overdue")),
    Screen("crediting:credits", (*STUDENT, *FAMILY), at("crediting:credits")),
    # The school judges and decides
    Screen("crediting:queue", ("teacher", "small-school-teacher"), at("crediting:queue"), printed=True),
    Screen("crediting:request-assess", ("teacher", "small-school-teacher"), _to_assess),
    Screen("crediting:decisions", ("credit-manager", "principal"), at("crediting:decisions")),
    Screen("crediting:award-proposals", ("credit-manager", "principal"), at("crediting:award-proposals")),
    Screen("crediting:award-proposal", ("credit-manager",), _proposed),
    Screen("crediting:award-choices", ("student",), at("crediting:award-choices")),
    Screen("crediting:award-reviews", ("credit-manager",), at("crediting:award-reviews")),
    Screen("crediting:closed-days", ("administrator",), at("crediting:closed-days")),
    Screen("crediting:decision", ("credit-manager", "small-school-teacher"), _to_decide),
    Screen("crediting:decision-reverse", ("principal",), _reversal),
    Screen("crediting:decided", ("student", "credit-manager"), _decided, printed=True),
    # Second readings, examples, calibration
    Screen("crediting:readings", ("teacher", "credit-manager"), at("crediting:readings")),
    Screen("crediting:agreement", ("credit-manager",), at("crediting:agreement")),
    Screen("crediting:anchors", ("teacher", "credit-manager"), at("crediting:anchors")),
    Screen("crediting:anchor", ("teacher", "credit-manager"), _example),
    Screen("crediting:calibrations", ("teacher", "credit-manager"), at("crediting:calibrations")),
    Screen("crediting:calibration", ("teacher", "credit-manager"), _session),
    Screen("crediting:calibration-new", ("credit-manager",), at("crediting:calibration-new")),
    Screen("crediting:common-tasks", ("teacher", "administrator"), at("crediting:common-tasks")),
    Screen("crediting:common-task", ("teacher", "administrator"), _common_task("crediting:common-task")),
    Screen("crediting:common-task-new", ("administrator",), at("crediting:common-task-new")),
    Screen("crediting:common-task-results", ("administrator",), _common_task("crediting:common-task-results")),
    # Classes
    Screen("crediting:classes", ("teacher", "principal", "student", "family"), at("crediting:classes")),
    Screen("crediting:class-grid", ("teacher", "principal"), _class("crediting:class-grid"), html_limit=200),
    Screen("crediting:class-cell", ("teacher",), _class_cell),
    Screen("crediting:class-student", ("teacher", "student"), _class_student),
    Screen("crediting:class-judge", ("teacher",), _class("crediting:class-judge")),
    Screen(
        "crediting:class-judge",
        ("teacher",),
        _class("crediting:class-judge", "?standard={standard}"),
        html_limit=120,
    ),
    Screen("crediting:class-habits", ("teacher",), _class("crediting:class-habits"), html_limit=120),
    Screen("crediting:habits", ("administrator",), at("crediting:habits")),
    Screen("crediting:projects", ("student", "family"), at("crediting:projects")),
    Screen("crediting:project-new", ("student",), at("crediting:project-new")),
    Screen("crediting:project", ("student", "family", "teacher"), _project),
    Screen("crediting:project-queue", ("teacher",), at("crediting:project-queue")),
    Screen("crediting:project-part", ("teacher",), _project_part("sent", "crediting:project-part")),
    Screen("crediting:project-judge", ("teacher",), _project_part("approved", "crediting:project-judge")),
    Screen("crediting:projects-by-class", ("teacher", "principal"), at("crediting:projects-by-class")),
    Screen("crediting:class-grades", ("teacher",), _class("crediting:class-grades")),
    Screen("crediting:class-grade", ("teacher", "student", "family"), _class_grade),
    Screen("crediting:student-grades", ("student", "family"), _student_grades),
    Screen("crediting:conversions", ("administrator", "family"), at("crediting:conversions")),
    Screen("crediting:conversion-new", ("administrator",), at("crediting:conversion-new")),
    Screen(
        "crediting:conversion-new",
        ("administrator",),
        lambda _user: reverse("crediting:conversion-new") + "?kind=shares",
    ),
    Screen("crediting:grade-windows", ("administrator", "student"), at("crediting:grade-windows")),
    Screen("crediting:grade-window", ("administrator",), _grade_window),
    Screen("crediting:aggregation", ("administrator", "teacher"), at("crediting:aggregation")),
    Screen("crediting:aggregation-new", ("administrator",), at("crediting:aggregation-new")),
    # What may earn credit
    Screen("crediting:standard", ("teacher",), _standard),
    Screen("crediting:standards", ("administrator", "teacher"), at("crediting:standards")),
    Screen("crediting:framework", ("administrator", "teacher"), _framework),
    Screen("crediting:standards-find", ("teacher",), _find_standards),
    Screen("crediting:sources", ("administrator",), at("crediting:sources")),
    Screen("crediting:framework-new", ("administrator",), at("crediting:framework-new")),
    Screen("crediting:framework-adopt", ("administrator",), _of_framework("adopt")),
    Screen("crediting:framework-compare", ("administrator",), _of_framework("compare")),
    Screen("crediting:framework-moves", ("administrator",), _of_framework("moves")),
    Screen("crediting:catalog", ("administrator", "student"), at("crediting:catalog")),
    Screen("crediting:catalog-starter", ("administrator",), at("crediting:catalog-starter")),
    Screen("crediting:course", ("administrator", "student"), _course),
    Screen("crediting:course-new", ("administrator",), at("crediting:course-new")),
    Screen("crediting:course-edit", ("administrator",), _of_course("crediting:course-edit")),
    Screen("crediting:course-standards", ("administrator",), _of_course("crediting:course-standards")),
    Screen("crediting:pair-new", ("administrator",), _of_course("crediting:pair-new")),
    Screen("crediting:sequences", ("administrator", "student"), at("crediting:sequences")),
    Screen("crediting:sequence-new", ("administrator",), at("crediting:sequence-new")),
    Screen("crediting:policies", ("administrator",), at("crediting:policies")),
    Screen("crediting:policy", ("administrator",), _policy),
    Screen("crediting:policy-start", ("administrator",), at("crediting:policy-start")),
    Screen("crediting:policy-try", ("administrator",), _policy_page("crediting:policy-try")),
    Screen("crediting:policy-replay", ("administrator",), _policy_page("crediting:policy-replay")),
    Screen("crediting:policy-differences", ("administrator",), _policy_page("crediting:policy-differences")),
    Screen("crediting:policy-public", (NOBODY,), at("crediting:policy-public", MAIN), printed=True),
    Screen("crediting:policy-public-version", (NOBODY,), _policy_public_version),
    # Course history
    Screen("crediting:history-waiting", ("registrar",), at("crediting:history-waiting")),
    Screen("crediting:award-file", ("administrator",), at("crediting:award-file")),
    Screen("crediting:history", ("registrar", "student", "family"), _history),
    Screen("crediting:history-new", ("registrar",), lambda user: _history(user) + "new/"),
    Screen("crediting:history-row", ("registrar", "student"), _of_row("crediting:history-row")),
    # Credit from another school
    Screen("crediting:transfer-queue", ("registrar", "counselor"), at("crediting:transfer-queue")),
    Screen("crediting:transfer", ("registrar",), _of_transfer("crediting:transfer")),
    Screen("crediting:transfer-new", ("registrar",), _of_transfer("crediting:transfer-new")),
    Screen("crediting:transfer-line", ("registrar", "principal"), _transfer_line("crediting:transfer-line")),
    Screen("crediting:transfer-letter", ("registrar",), _transfer_line("crediting:transfer-letter")),
    Screen("crediting:history-correct", ("registrar",), _of_row("crediting:history-correct")),
    Screen("crediting:history-take-back", ("registrar",), _of_row("crediting:history-take-back")),
    # The official record
    Screen("transcripts:transcripts", ("registrar",), at("transcripts:transcripts")),
    Screen("transcripts:transcript-new", ("registrar",), _transcript_new),
    Screen("transcripts:transcript", ("registrar", "student"), _transcript),
    Screen("transcripts:own", (*STUDENT, *FAMILY), at("transcripts:own"), printed=True),
    Screen("transcripts:verify", (NOBODY,), at("transcripts:verify")),
    Screen("transcripts:verify-code", (NOBODY,), _check),
    # The plan, and who gets credit
    Screen("hsbp:caseload", ("counselor",), at("hsbp:caseload")),
    Screen("hsbp:plan", ("student",), at("hsbp:plan")),
    Screen("hsbp:student-plan", ("family", "counselor", "principal"), _plan, printed=True),
    Screen("hsbp:section", ("student",), _plan_section),
    Screen("hsbp:checklist", ("student",), _plan_part("hsbp:checklist")),
    Screen("hsbp:progress", ("student", "family"), _plan_part("hsbp:progress")),
    Screen("hsbp:review", ("counselor",), _plan_of_caseload("hsbp:review")),
    Screen("hsbp:record", ("counselor",), _plan_of_caseload("hsbp:record")),
    Screen("hsbp:pathway", ("counselor",), _plan_of_caseload("hsbp:pathway")),
    Screen("hsbp:experiences", ("student", "family"), _plan_part("hsbp:experiences")),
    Screen("hsbp:experience-new", ("student",), _plan_part("hsbp:experience-new")),
    Screen("hsbp:experiences-waiting", ("counselor", "teacher"), at("hsbp:experiences-waiting")),
    Screen("hsbp:experience-group", ("counselor", "teacher"), at("hsbp:experience-group")),
    Screen("hsbp:experience-kinds", ("administrator",), at("hsbp:experience-kinds")),
    Screen("hsbp:experience-targets", ("administrator",), at("hsbp:experience-targets")),
    Screen("equity:participation", ("principal", "administrator"), at("equity:participation")),
    Screen("equity:report", ("principal", "administrator"), at("equity:report"), printed=True),
    # People and data
    Screen("profiles:people", ("administrator",), at("profiles:people")),
    Screen("profiles:person", ("administrator",), _person),
    Screen("profiles:person-new", ("administrator",), at("profiles:person-new")),
    Screen("profiles:schools", ("administrator",), at("profiles:schools")),
    Screen("profiles:students", ("counselor", "administrator", "teacher"), at("profiles:students")),
    Screen("profiles:student", ("counselor", "registrar"), _student),
    Screen("profiles:sharing", (*STUDENT, "administrator"), _of_student("profiles:sharing")),
    Screen("profiles:consent-new", ("administrator",), _of_student("profiles:consent-new")),
    Screen("profiles:audit", ("administrator",), at("profiles:audit")),
    Screen("profiles:imports", ("administrator",), at("profiles:imports")),
    Screen("profiles:import-new", ("administrator",), at("profiles:import-new")),
    Screen("profiles:import-run", ("administrator",), _import_run),
    Screen("profiles:import-settings", ("administrator",), at("profiles:import-settings")),
    Screen("api:reference", ("administrator",), at("api:reference")),
]


def _edit(request: CreditRequest) -> str:
    return reverse("crediting:request-edit", args=[request.public_id])


def named(name: str) -> list[Screen]:
    """The screens of that name; of a whole app where the name ends with a colon; all of them for an empty name."""
    if not name:
        return SCREENS
    return [
        screen for screen in SCREENS if screen.name == name or (name.endswith(":") and screen.name.startswith(name))
    ]

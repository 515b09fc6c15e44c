"""Projects as their pages show them, what a student may propose, what waits for a teacher, and counts by class."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from crediting.models import (
    ClassJudgement,
    ClassTask,
    CourseStandard,
    Project,
    ProjectPart,
    ProjectStandard,
    ProjectVersion,
    ScaleLevel,
    Standard,
)
from crediting.queries.levels import drawn_levels
from crediting.rules import projects as rules
from crediting.rules.projects import PlannedClass, Term
from crediting.states import ProjectState
from crediting.words import project_field_word
from mbl.core import clock
from mbl.core.decisions import Reason
from mbl.core.models import District
from mbl.core.ui.levels import DrawnLevel
from mbl.core.ui.parts import ThreadEntry
from mbl.core.words import says_something
from profiles.access import near_to
from profiles.models import AcademicSession, Person, Section, SectionEnrollment, SectionTeacher, Student
from profiles.states import SessionKind

# The setting of a district that wants a project in every class each term.
AIM = "project_each_term"
_TERMS = (SessionKind.SEMESTER, SessionKind.TERM)


def aims(district: District) -> bool:
    """Whether the district wants at least one project each term in every class."""
    return district.settings.get(AIM, False) is True


def terms_of(district: District, on: dt.date) -> list[AcademicSession]:
    """The terms of the school year of ``on``, in order; the year itself where none is known. One trip."""
    kinds = (*_TERMS, SessionKind.SCHOOL_YEAR)
    year = clock.school_year(on)
    rows = list(
        AcademicSession.objects.filter(district=district, school_year=year, kind__in=kinds).select_related("district")
    )
    return [one for one in rows if one.kind in _TERMS] or rows


def term_holding(terms: Sequence[AcademicSession], first: dt.date, last: dt.date) -> AcademicSession | None:
    """The shortest of ``terms`` that holds both days."""
    found = rules.term_of(first, last, _plain(terms))
    return next((one for one in terms if found is not None and one.pk == found.key), None)


def _plain(terms: Iterable[AcademicSession]) -> tuple[Term, ...]:
    return tuple(Term(one.pk, one.title, one.starts_on, one.ends_on) for one in terms)


# --- What a student may propose ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offered:
    """A class of the student today: the standards of its course, and who of its teachers could decide."""

    section: Section
    standards: tuple[Standard, ...]
    deciders: tuple[Person, ...]


def offered(student: Student) -> list[Offered]:
    """The student's classes of today, by title, in a fixed number of trips."""
    on = clock.today(student.district)
    attended = SectionEnrollment.objects.filter(_on(on), student=student).values("section")
    sections = list(
        Section.objects.filter(
            pk__in=attended, session__school_year=clock.school_year(on), is_active=True
        ).select_related("course", "school", "district")
    )
    standards: defaultdict[int, list[Standard]] = defaultdict(list)
    rows = CourseStandard.objects.filter(course__in={one.course_id for one in sections})
    for row in rows.select_related("standard__framework").order_by("-is_required", "pk"):
        standards[row.course_id].append(row.standard)
    people = deciders_of(sections, student)
    return [Offered(one, tuple(standards[one.course_id]), tuple(people[one.pk])) for one in sections]


def deciders_of(sections: Iterable[Section], student: Student) -> defaultdict[int, list[Person]]:
    """Who teaches each class today and is no family of the student, by the section's primary key."""
    on = clock.today(student.district)
    taught = (
        SectionTeacher.objects.filter(_on(on), section__in=list(sections), person__is_active=True)
        .exclude(person__in=near_to(student).values("pk"))
        .select_related("person__user")
        .order_by("person__sort_name", "pk")
    )
    found: defaultdict[int, list[Person]] = defaultdict(list)
    for row in taught:
        found[row.section_id].append(row.person)
    return found


def _on(day: dt.date) -> Q:
    return (Q(starts_on=None) | Q(starts_on__lte=day)) & (Q(ends_on=None) | Q(ends_on__gte=day))


def missing_in(version: ProjectVersion) -> tuple[Reason, ...]:
    """What has to be written or chosen before it can be sent."""
    project = version.project
    today = clock.today(project.district)
    known = {one.section.pk: one for one in offered(project.student)}
    return rules.missing(
        [name for name in rules.FIELDS if says_something(getattr(version, name))],
        [
            PlannedClass(
                title=part.section.title,
                course=str(part.section.course_id),
                deciders=len(known[part.section_id].deciders) if part.section_id in known else 0,
                is_attended=part.section_id in known,
            )
            for part in version.parts.select_related("section").order_by("section__title", "pk")
        ],
        starts_on=version.starts_on,
        ends_on=version.ends_on,
        terms=_plain(terms_of(project.district, today)),
        today=today,
    )


# --- One project ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StandardRow:
    """A standard in one class; ``level`` is what it was judged at in this project, for those who may read it."""

    standard: Standard
    is_proposed: bool
    is_counted: bool
    level: DrawnLevel | None
    comment: str


@dataclass(frozen=True)
class PartRow:
    """The project in one class as it stands."""

    part: ProjectPart
    state: ProjectState
    standards: tuple[StandardRow, ...]
    is_judged: bool

    @property
    def is_older(self) -> bool:
        """Whether the class holds to words that were followed by others."""
        return self.part.version_id != self.newest

    newest: int = 0


@dataclass(frozen=True)
class Field:
    word: str
    text: str


@dataclass(frozen=True)
class Sent:
    """One sending with its words."""

    version: ProjectVersion
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class ProjectPage:
    """``parts`` is how it stands in each class today; ``earlier`` are the sendings before ``version``."""

    project: Project
    version: ProjectVersion
    fields: tuple[Field, ...]
    parts: tuple[PartRow, ...]
    earlier: tuple[Sent, ...]
    story: tuple[ThreadEntry, ...]
    missing: tuple[Reason, ...]

    @property
    def is_draft(self) -> bool:
        return self.version.sent_at is None

    @property
    def states(self) -> set[ProjectState]:
        return {row.state for row in self.parts}


def project_page(project: Project, *, own: bool, levels_in: Collection[int] | None) -> ProjectPage:
    """Everything on the page, in a fixed number of trips. A draft is shown to its student alone.

    ``levels_in``: the sections whose levels the reader may see; None: all of them.
    """
    rows = project.versions.select_related("project", "session").order_by("-number")
    versions = [one for one in rows if own or one.sent_at is not None]
    version = versions[0]
    shown = {one.pk: one for one in versions}
    parts = [part for part in _parts_of([project.pk]) if part.version_id in shown]
    levels, comments = _judged(project)
    return ProjectPage(
        project=project,
        version=version,
        fields=fields_of(version),
        parts=tuple(_row(part, version, levels, comments, levels_in) for part in current(parts, version)),
        earlier=tuple(Sent(one, fields_of(one)) for one in versions[1:] if one.sent_at is not None),
        story=_story(versions, parts),
        missing=missing_in(version) if own and version.sent_at is None and project.withdrawn_at is None else (),
    )


def fields_of(version: ProjectVersion) -> tuple[Field, ...]:
    """What the student wrote, under the questions of the form."""
    names = ("question", "product", "audience", "partners")
    return tuple(Field(project_field_word(name), getattr(version, name)) for name in names)


def _parts_of(projects: Collection[int]) -> list[ProjectPart]:
    standards = ProjectStandard.objects.select_related("standard__framework").order_by("pk")
    return list(
        ProjectPart.objects.filter(project__in=projects)
        .select_related("section__course", "version", "decided_by_person")
        .prefetch_related(Prefetch("standards", standards))
        .order_by("section__title", "section", "pk")
    )


def current(parts: Iterable[ProjectPart], newest: ProjectVersion) -> list[ProjectPart]:
    """How the project stands in each class: what a class approved or still has before it, else the newest version's."""
    held = (ProjectState.APPROVED, ProjectState.SENT)
    found: dict[int, ProjectPart] = {}
    for part in parts:
        if part.state in held or (part.version_id == newest.pk and part.section_id not in found):
            found[part.section_id] = part
    return list(found.values())


def _judged(project: Project) -> tuple[dict[tuple[int, int], DrawnLevel], dict[tuple[int, int], str]]:
    """The newest level and words of each section and standard in this project. Two trips."""
    rows = (
        ClassJudgement.objects.filter(task__project=project).select_related("task", "level").order_by("judged_at", "pk")
    )
    found = {(row.task.section_id, row.standard_id): row for row in rows}
    scales: defaultdict[int, list[ScaleLevel]] = defaultdict(list)
    for level in ScaleLevel.objects.filter(scale__in={row.level.scale_id for row in found.values()}):
        scales[level.scale_id].append(level)
    drawn = {key: one for those in scales.values() for key, one in drawn_levels(those).items()}
    return {key: drawn[row.level_id] for key, row in found.items()}, {key: row.comment for key, row in found.items()}


def _row(
    part: ProjectPart,
    newest: ProjectVersion,
    levels: dict[tuple[int, int], DrawnLevel],
    comments: dict[tuple[int, int], str],
    levels_in: Collection[int] | None,
) -> PartRow:
    sees = levels_in is None or part.section_id in levels_in
    keys = [(part.section_id, one.standard_id) for one in part.standards.all()]
    return PartRow(
        part,
        ProjectState(part.state),
        tuple(
            StandardRow(
                one.standard,
                one.is_proposed,
                one.is_counted,
                levels.get(key) if sees else None,
                comments.get(key, "") if sees else "",
            )
            for one, key in zip(part.standards.all(), keys, strict=True)
        ),
        is_judged=any(key in levels for key in keys),
        newest=newest.pk,
    )


def _story(versions: Sequence[ProjectVersion], parts: Sequence[ProjectPart]) -> tuple[ThreadEntry, ...]:
    entries: list[tuple[dt.datetime, ThreadEntry]] = []
    for version in versions:
        if version.sent_at is not None:
            word = _("Sent") if version.number == 1 else _("Version %(number)s sent") % {"number": version.number}
            entries.append((version.sent_at, ThreadEntry(word, version.sent_at, icon="send", tone="info")))
    for part in parts:
        if part.decided_at is None:
            continue
        is_return = part.state == ProjectState.RETURNED
        said = (
            _("%(teacher)s returned it for %(section)s") if is_return else _("%(teacher)s approved it for %(section)s")
        )
        entry = ThreadEntry(
            said % {"teacher": part.decided_by_person, "section": part.section.title},
            part.decided_at,
            part.reason,
            icon="arrow-back-up" if is_return else "circle-check",
            tone="attention" if is_return else "ok",
            voice=True,
        )
        entries.append((part.decided_at, entry))
    return tuple(entry for _at, entry in sorted(entries, key=lambda row: row[0]))


# --- Lists ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProjectLine:
    """A project in the student's list."""

    project: Project
    version: ProjectVersion
    parts: tuple[ProjectPart, ...]


def projects_of(student: Student, *, drafts: bool) -> QuerySet[Project]:
    """A student's projects, newest first; without ``drafts`` only those that were sent."""
    found = Project.objects.filter(student=student)
    if not drafts:
        sent = ProjectVersion.objects.filter(project=OuterRef("pk"), sent_at__isnull=False)
        found = found.filter(Exists(sent))
    return found


def lines_of(projects: Sequence[Project], *, drafts: bool) -> list[ProjectLine]:
    """The newest words of each project and how it stands in its classes. Three trips, however many they are."""
    newest: dict[int, ProjectVersion] = {}
    rows = ProjectVersion.objects.filter(project__in=projects).order_by("number")
    for row in rows if drafts else rows.filter(sent_at__isnull=False):
        newest[row.project_id] = row
    parts: defaultdict[int, list[ProjectPart]] = defaultdict(list)
    for part in _parts_of([one.pk for one in projects]):
        parts[part.project_id].append(part)
    return [
        ProjectLine(one, newest[one.pk], tuple(current(_seen(parts[one.pk], drafts), newest[one.pk])))
        for one in projects
    ]


def _seen(parts: Iterable[ProjectPart], drafts: bool) -> list[ProjectPart]:
    return [one for one in parts if drafts or one.version.sent_at is not None]


def waiting(parts: QuerySet[ProjectPart]) -> QuerySet[ProjectPart]:
    """What waits for an answer, the longest wait on top."""
    return parts.order_by("version__sent_at", "pk")


def of_class(section: Section) -> QuerySet[ProjectPart]:
    """The projects that were sent to a class and wait or stand: those that wait first, then by name of the student.

    ``shown_on`` is the day of the work where it is judged.
    """
    task = ClassTask.objects.filter(
        Exists(ClassJudgement.objects.filter(task=OuterRef("pk"))),
        project=OuterRef("project"),
        section=OuterRef("section"),
    )
    return (
        ProjectPart.objects.filter(section=section, state__in=[ProjectState.SENT, ProjectState.APPROVED])
        .select_related("project__student__person", "version")
        .annotate(shown_on=Subquery(task.values("given_on")[:1]))
        .order_by("-state", "project__student__person__sort_name", "pk")
    )


@dataclass(frozen=True)
class ClassTally:
    """How many projects wait for an answer, and stand, in a class."""

    waiting: int
    approved: int


def tally(section: Section) -> ClassTally:
    rows = ProjectPart.objects.filter(section=section)
    counts = rows.aggregate(
        waiting=Count("pk", filter=Q(state=ProjectState.SENT)),
        approved=Count("pk", filter=Q(state=ProjectState.APPROVED)),
    )
    return ClassTally(**counts)


# --- Counts by class --------------------------------------------------------------------------------------------------


def in_term(sections: QuerySet[Section], term: AcademicSession) -> QuerySet[Section]:
    """Of the classes those that meet in the term, with how many projects of it were ``proposed``, ``approved`` and
    ``judged`` in each. A project counts once in a class, however often it was sent."""
    sent = ProjectPart.objects.filter(
        section=OuterRef("pk"), version__session=term, version__sent_at__isnull=False
    ).order_by()
    judged = ClassJudgement.objects.filter(task__project=OuterRef("project"), task__section=OuterRef("section"))
    approved = sent.filter(state=ProjectState.APPROVED)
    return sections.filter(
        district=term.district_id, session__starts_on__lte=term.ends_on, session__ends_on__gte=term.starts_on
    ).annotate(
        proposed=_projects(sent), approved=_projects(approved), judged=_projects(approved.filter(Exists(judged)))
    )


def _projects(parts: QuerySet[ProjectPart]) -> Coalesce:
    counted = parts.values("section").annotate(total=Count("project", distinct=True)).values("total")
    return Coalesce(Subquery(counted), 0)


def without_project(sections: QuerySet[Section], term: AcademicSession) -> QuerySet[Section]:
    """Of ``in_term`` the classes in which no project is approved."""
    approved = ProjectPart.objects.filter(section=OuterRef("pk"), version__session=term, state=ProjectState.APPROVED)
    return sections.filter(~Exists(approved))


def ordered(sections: QuerySet[Section]) -> QuerySet[Section]:
    return sections.order_by(F("school__name"), "title", "code", "pk")

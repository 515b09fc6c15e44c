"""Courses as the catalog shows them, and as others ask for them: letters, pairs, what is open."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from crediting.interchange import starter
from crediting.models import (
    CourseDesignation,
    CourseRequirement,
    CourseSchool,
    CourseSequence,
    CourseStandard,
    CourseTerms,
    NextHigherPair,
    PolicyCourse,
)
from crediting.rules.catalog import CourseDetails, Designation
from crediting.rules.designations import USUAL, Letter, Letters
from crediting.states import SubjectArea
from mbl.core.errors import DomainError
from mbl.core.models import District
from profiles.models import Course, School

LETTERS_SETTING = "designations"


def _within(on: dt.date) -> Q:
    """Between the first and the last day; without one there is no bound, and so for a course without credits."""
    return (Q(terms__active_from=None) | Q(terms__active_from__lte=on)) & (
        Q(terms__active_to=None) | Q(terms__active_to__gte=on)
    )


def in_use(courses: QuerySet[Course], on: dt.date) -> QuerySet[Course]:
    """Courses that can be chosen on ``on``."""
    return courses.filter(_within(on), is_active=True)


def is_in_use(course: Course, on: dt.date) -> bool:
    """``in_use`` for a course that was read with its terms."""
    terms = getattr(course, "terms", None)
    first, last = (terms.active_from, terms.active_to) if terms else (None, None)
    return course.is_active and (first is None or first <= on) and (last is None or on <= last)


def course_with_code(district: District, code: str) -> Course:
    """``DomainError`` at the field ``higher`` where there is none."""
    found = Course.objects.filter(district=district, code__iexact=code.strip()).first()
    if found is None:
        raise DomainError(_("There is no course with the code %(code)s.") % {"code": code.strip()}, field="higher")
    return found


def starter_courses(district: District) -> tuple[list[starter.StarterCourse], int]:
    """The courses of the starter catalog that would be added, and how many are here already."""
    taken = set(CourseTerms.objects.filter(course__district=district).values_list("course__code", flat=True))
    rows = starter.courses()
    new = [row for row in rows if row.code not in taken]
    return new, len(rows) - len(new)


@dataclass(frozen=True)
class CatalogFilter:
    """What a list of courses is narrowed by; empty: by nothing."""

    text: str = ""
    subject: str = ""
    school: School | None = None
    # "yes", "no" or empty.
    cadr: str = ""
    mastery: str = ""
    # "in", "out", or empty for both.
    use: str = ""
    # "state_code": no state course code; "credits": nobody has said how many credits.
    missing: str = ""


def catalog(
    courses: QuerySet[Course], district: District, wanted: CatalogFilter = CatalogFilter(), *, on: dt.date
) -> QuerySet[Course]:
    """The district's courses by title. ``mastery_open`` says whether a published policy opens each on ``on``."""
    opens = PolicyCourse.objects.filter(course=OuterRef("pk"), effective__contains=on)
    rows = courses.filter(district=district).annotate(mastery_open=Exists(opens))
    for word in wanted.text.split()[:8]:
        rows = rows.filter(
            Q(title__unaccent__icontains=word)
            | Q(code__icontains=word)
            | Q(terms__sced_code__startswith=word)
            | Q(terms__state_course_code__istartswith=word)
        )
    if wanted.subject:
        met = CourseRequirement.objects.filter(course=OuterRef("pk"), requirement=wanted.subject)
        rows = rows.filter(Q(terms__subject=wanted.subject) | Exists(met))
    if wanted.school is not None:
        offered = CourseSchool.objects.filter(course=OuterRef("pk"))
        rows = rows.filter(Exists(offered.filter(school=wanted.school)) | ~Exists(offered))
    if wanted.cadr:
        rows = rows.filter(terms__is_cadr=wanted.cadr == "yes")
    if wanted.mastery:
        rows = rows.filter(mastery_open=wanted.mastery == "yes")
    if wanted.use:
        used = Q(_within(on), is_active=True)
        rows = rows.filter(used if wanted.use == "in" else ~used)
    if wanted.missing == "state_code":
        rows = rows.filter(Q(terms=None) | Q(terms__state_course_code=""))
    elif wanted.missing == "credits":
        rows = rows.filter(terms=None)
    return rows.order_by("title", "code", "pk")


# --- What a course gives ----------------------------------------------------------------------------------------------


def details_of(course: Course) -> CourseDetails | None:
    """What a course gives, in the shape in which it is said; None where nobody has said it. Four trips."""
    found: CourseDetails | None = details_by_course(Course.objects.filter(pk=course.pk)).get(course.pk)
    return found


def details_by_course(courses: QuerySet[Course]) -> dict[int, CourseDetails]:
    """What each of ``courses`` gives, those without credits left out. Four trips however many there are."""
    rows = list(courses.filter(terms__isnull=False).select_related("terms").order_by())
    pks = [course.pk for course in rows]
    met: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for pk, name, amount in CourseRequirement.objects.filter(course__in=pks).values_list(
        "course_id", "requirement", "credits"
    ):
        met[pk][name] = amount
    schools: dict[int, list[str]] = defaultdict(list)
    for pk, code in CourseSchool.objects.filter(course__in=pks).values_list("course_id", "school__code"):
        schools[pk].append(code)
    letters: dict[int, list[Designation]] = defaultdict(list)
    for one in CourseDesignation.objects.filter(course__in=pks):
        letters[one.course_id].append(_designation(one))
    return {
        course.pk: CourseDetails(
            title=course.title,
            credits=course.terms.credits,
            subject=SubjectArea(course.terms.subject),
            sced_code=course.terms.sced_code,
            state_course_code=course.terms.state_course_code,
            equivalent_subject=course.terms.equivalent_subject,
            equivalent_title=course.terms.equivalent_title,
            is_cadr=course.terms.is_cadr,
            is_lab=course.terms.is_lab,
            designations=tuple(sorted(letters[course.pk])),
            grades=tuple(sorted(course.terms.grades)),
            schools=tuple(sorted(schools[course.pk])),
            description=course.terms.description,
            requirements=dict(sorted(met[course.pk].items())) or None,
            active_from=course.terms.active_from,
            active_to=course.terms.active_to,
            is_active=course.is_active,
        )
        for course in rows
    }


def quantitative_letter(code: str, grade: str) -> str:
    """The letter that advanced computer science gets in the senior year (T70), empty for everything else.

    ``code`` is the SCED code, or a state course code that begins with it.
    """
    return starter.quantitative().letter_for(code, grade)


def confirmed_letters(district: District) -> Letters:
    """The letters a district has confirmed (T26), written by ``crediting.actions.designations``: the one truth for
    catalog, record and transcript."""
    stored = district.settings.get(LETTERS_SETTING)
    return Letters(tuple(Letter(**one) for one in stored["letters"]), stored["mastery"]) if stored else USUAL


def designations_of(courses: Iterable[int]) -> defaultdict[int, list[Designation]]:
    """The designation letters of each of ``courses`` (primary keys), whatever the year. One trip."""
    found: defaultdict[int, list[Designation]] = defaultdict(list)
    for one in CourseDesignation.objects.filter(course__in=set(courses)):
        found[one.course_id].append(_designation(one))
    return found


def _designation(one: CourseDesignation) -> Designation:
    return Designation(one.letter, one.first_year or 0, one.last_year or 0)


# --- Next higher courses and sequences --------------------------------------------------------------------------------


def pairs_of(courses: Iterable[int]) -> QuerySet[NextHigherPair]:
    """Every pair that was ever listed for one of ``courses`` (primary keys); the days are for the caller to look at."""
    return (
        NextHigherPair.objects.filter(course__in=set(courses))
        .select_related("course", "higher")
        .order_by("part", "higher__title", "higher_part", "pk")
    )


def pairs_listed(on: dt.date) -> QuerySet[NextHigherPair]:
    return (
        NextHigherPair.objects.filter(Q(listed_to=None) | Q(listed_to__gte=on), listed_from__lte=on)
        .select_related("course", "higher")
        .order_by("part", "higher__title", "higher_part", "pk")
    )


@dataclass(frozen=True)
class ShownSequence:
    """A sequence with its steps in order; the courses of a step are alternatives."""

    sequence: CourseSequence
    steps: tuple[tuple[Course, ...], ...]


def sequences(district: District, *, course: Course | None = None) -> list[ShownSequence]:
    """The district's sequences by title; those with ``course`` only. Two trips."""
    rows = CourseSequence.objects.filter(district=district).prefetch_related("steps__course")
    return list(_shown(rows.filter(steps__course=course) if course else rows))


def steps_text(sequence: CourseSequence) -> str:
    """The codes of a sequence, one step a line."""
    (shown,) = _shown([sequence])
    return "\n".join(", ".join(course.code for course in step) for step in shown.steps)


def _shown(rows: Iterable[CourseSequence]) -> Iterator[ShownSequence]:
    for sequence in rows:
        steps: dict[int, list[Course]] = defaultdict(list)
        for step in sequence.steps.all():
            steps[step.position].append(step.course)
        yield ShownSequence(sequence, tuple(tuple(steps[place]) for place in sorted(steps)))


# --- The page of one course -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CoursePage:
    """A course with everything its page shows."""

    course: Course
    requirements: tuple[CourseRequirement, ...]
    standards: tuple[CourseStandard, ...]
    policies: tuple[PolicyCourse, ...]
    details: CourseDetails | None
    schools: tuple[School, ...]
    above: tuple[NextHigherPair, ...]
    below: tuple[NextHigherPair, ...]
    sequences: tuple[ShownSequence, ...]

    @property
    def required(self) -> tuple[CourseStandard, ...]:
        return tuple(row for row in self.standards if row.is_required)


def course_page(course: Course, *, on: dt.date) -> CoursePage:
    """A fixed number of trips. ``on``: which pairs are listed."""
    listed = list(pairs_listed(on).filter(Q(course=course) | Q(higher=course)))
    return CoursePage(
        course,
        tuple(course.requirements.order_by("requirement")),
        tuple(
            CourseStandard.objects.filter(course=course)
            .select_related("standard__framework")
            .order_by("standard__framework__title", "standard__path", "pk")
        ),
        tuple(
            PolicyCourse.objects.filter(course=course).select_related("version__series").order_by("-effective", "pk")
        ),
        details_of(course),
        tuple(School.objects.filter(pk__in=CourseSchool.objects.filter(course=course).values("school"))),
        tuple(pair for pair in listed if pair.course_id == course.pk),
        tuple(pair for pair in listed if pair.higher_id == course.pk and pair.course_id != course.pk),
        tuple(sequences(course.district, course=course)),
    )

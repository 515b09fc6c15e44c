"""Which policy version applies, what it says, and what it opens to a student, in a fixed number of trips."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from crediting.models import LedgerEntry, PolicyCourse, PolicySeries, PolicyVersion, ScaleLevel
from crediting.queries.catalog import in_use
from crediting.rules import offers as offer_rules
from crediting.rules.credit import IN_FORCE
from crediting.rules.offers import CourseOffer, Offer
from crediting.rules.policy import loader, readiness
from crediting.rules.policy.readiness import CatalogCourse
from crediting.rules.policy.terms import PolicyTerms
from crediting.states import PolicyStanding, PolicyState
from mbl.core.decisions import Criterion, Param, Reason
from mbl.core.models import District
from profiles.models import Course, Student

# --- Which version ----------------------------------------------------------------------------------------------------


def version_in_force(
    of: Course | PolicySeries, on: dt.date, graduation_year: int | None = None
) -> PolicyVersion | None:
    """The published version that applies on ``on`` to a student of the class ``graduation_year`` (R3, R7, R10a).

    A version for named classes goes before one for every class.
    """
    # Its terms are read once (``terms_of``); the text itself is for whoever asks for it.
    published = PolicyVersion.objects.filter(state=PolicyState.PUBLISHED).select_related("series__district")
    published = published.defer("document", "source")
    if isinstance(of, Course):
        held = PolicyCourse.objects.filter(course=of, effective__contains=on).values("version")
        published = published.filter(pk__in=held)
    else:
        published = published.filter(series=of)
    fitting = [
        version
        for version in published.filter(effective__contains=on).order_by("pk")
        if not version.classes or graduation_year in version.classes
    ]
    return max(fitting, key=lambda version: bool(version.classes), default=None)


@dataclass(frozen=True)
class Asked:
    """Which version applies to ``course`` (primary key) on ``on`` for the class ``graduation_year``?"""

    course: int
    on: dt.date
    graduation_year: int | None


def versions_in_force(asked: Iterable[Asked]) -> dict[Asked, PolicyVersion | None]:
    """``version_in_force`` for a page of requests, in one trip."""
    wanted = set(asked)
    rows = (
        PolicyCourse.objects.filter(course__in={one.course for one in wanted}, version__state=PolicyState.PUBLISHED)
        .select_related("version__series__district")
        .order_by("pk")
    )
    found: dict[Asked, PolicyVersion | None] = {}
    held = list(rows)
    for one in wanted:
        fitting = [
            row.version
            for row in held
            if row.course_id == one.course
            and one.on in _days(row)
            and (not row.classes or one.graduation_year in row.classes)
        ]
        found[one] = max(fitting, key=lambda version: bool(version.classes), default=None)
    return found


@dataclass(frozen=True)
class _Days:
    first: dt.date
    after: dt.date | None

    def __contains__(self, day: dt.date) -> bool:
        return self.first <= day and (self.after is None or day < self.after)


def _days(row: PolicyCourse | PolicyVersion) -> _Days:
    return _Days(row.effective.lower, row.effective.upper)


def first_day(version: PolicyVersion) -> dt.date:
    day: dt.date = version.effective.lower
    return day


def last_day(version: PolicyVersion) -> dt.date | None:
    """The last day in force, None where there is no end."""
    after: dt.date | None = version.effective.upper
    return after - dt.timedelta(days=1) if after else None


def terms_of(version: PolicyVersion) -> PolicyTerms:
    """What the version says, as the engine reads it. Read once for each text and range of days."""
    return _terms(version.pk, version.sha256, version.number, first_day(version), last_day(version))


@lru_cache(maxsize=512)
def _terms(pk: int, sha256: str, number: int, first: dt.date, last: dt.date | None) -> PolicyTerms:
    # The sha is part of the key because a draft's text may change.
    document = PolicyVersion.objects.filter(sha256=sha256).values_list("document", flat=True).get(pk=pk)
    return loader.terms_of(document, number=number, first=first, last=last)


def standing_of(version: PolicyVersion, on: dt.date) -> PolicyStanding:
    """The version's state and dates in one word (ui.md, section 11)."""
    if version.state == PolicyState.DRAFT:
        return PolicyStanding.DRAFT
    if on < first_day(version):
        return PolicyStanding.SCHEDULED
    return PolicyStanding.IN_FORCE if on in _days(version) else PolicyStanding.CLOSED


# --- What it opens ----------------------------------------------------------------------------------------------------


def offers(
    course: Course, *, on: dt.date, graduation_year: int | None = None, school_code: str = ""
) -> tuple[Offer, ...]:
    """The ways open for the course on ``on``; empty where there are none."""
    version = version_in_force(course, on, graduation_year)
    return offer_rules.offers(terms_of(version), course.code, school_code) if version else ()


def open_courses(student: Student, *, on: dt.date, text: str = "", limit: int = 500) -> list[CourseOffer]:
    """The district's courses as this student sees them on ``on``: those open first, the rest with why not.

    A fixed number of trips however many courses there are. ``text`` narrows by code or title.
    """
    courses = in_use(Course.objects.filter(district=student.district_id), on).select_related("terms")
    for word in text.split():
        courses = courses.filter(Q(title__unaccent__icontains=word) | Q(code__icontains=word))
    eligible = Exists(PolicyCourse.objects.filter(course=OuterRef("pk"), effective__contains=on))
    listed = list(courses.annotate(eligible=eligible).order_by("-eligible", "title", "code")[:limit])
    asked = {course.pk: Asked(course.pk, on, student.graduation_year) for course in listed}
    versions = versions_in_force(asked.values())
    standing = _standing(student)
    school = student.school.code if student.school else ""
    seen = [
        offer_rules.course_offer(
            terms_of(version) if (version := versions[asked[course.pk]]) else None,
            course.code,
            course.title,
            on=on,
            worth=course.terms.credits if hasattr(course, "terms") else None,
            school_code=school,
            standing=standing.get(course.pk, Decimal(0)),
        )
        for course in listed
    ]
    return sorted(seen, key=lambda course: not course.is_open)


def _standing(student: Student) -> dict[int, Decimal]:
    """Credits that stand in each course of the student's record, by course."""
    rows = (
        LedgerEntry.objects.effective()
        .filter(student=student, course__isnull=False)
        .order_by()
        .values_list("course_id")
        .annotate(earned=Sum("credits_earned"))
    )
    return {course: earned for course, earned in rows if course is not None}


# --- Pages ------------------------------------------------------------------------------------------------------------


def versions_in(district: District) -> QuerySet[PolicyVersion]:
    """Every version of the district, by policy and in order."""
    versions = PolicyVersion.objects.filter(series__district=district)
    return versions.select_related("series__district").order_by("series__code", "number")


def in_force(district: District, on: dt.date) -> int:
    """How many versions are in force on that day."""
    return versions_in(district).filter(state=PolicyState.PUBLISHED, effective__contains=on).count()


@dataclass(frozen=True)
class VersionRow:
    """A version as its page shows it."""

    version: PolicyVersion
    standing: PolicyStanding
    first: dt.date
    last: dt.date | None
    awards: int


def versions_of(series: PolicySeries, on: dt.date) -> list[VersionRow]:
    """The versions of one policy, oldest first, with the decisions that cite each."""
    versions = series.versions.annotate(cited=Count("decisions")).order_by("number")
    return [
        VersionRow(version, standing_of(version, on), first_day(version), last_day(version), version.cited)
        for version in versions
    ]


def published_of(district: District, on: dt.date) -> list[VersionRow]:
    """Every published version, by policy and newest first: what the public reads (R8)."""
    versions = (
        PolicyVersion.objects.filter(series__district=district, state=PolicyState.PUBLISHED)
        .select_related("series__district")
        .order_by("series__code", "-effective")
    )
    return [
        VersionRow(version, standing_of(version, on), first_day(version), last_day(version), 0) for version in versions
    ]


def checklist(version: PolicyVersion) -> tuple[Criterion, ...]:
    """What stands between a draft and its publication: text, catalog, scale, dates (R1-R3, R6, R10a)."""
    terms = terms_of(version)
    district = version.series.district
    return (
        *readiness.checklist(terms),
        *readiness.against_catalog(terms, catalog_of(district, terms.courses)),
        readiness.against_scale(terms, levels_of(district, terms.scale)),
        *_dates(version),
        *_other_policies(version, terms),
    )


def catalog_of(district: District, codes: Iterable[str]) -> dict[str, CatalogCourse]:
    rows = Course.objects.filter(district=district, code__in=list(codes)).values_list(
        "code", "terms__credits", "is_active"
    )
    return {code: CatalogCourse(code, credits, is_active) for code, credits, is_active in rows}


def levels_of(district: District, scale: str) -> tuple[str, ...]:
    """The level codes of the newest version of a scale, lowest first; empty where there is no such scale."""
    rows = ScaleLevel.objects.filter(scale__district=district, scale__code=scale).order_by("scale__version", "position")
    by_version: dict[int, list[str]] = {}
    for version, code in rows.values_list("scale__version", "code"):
        by_version.setdefault(version, []).append(code)
    return tuple(by_version[max(by_version)]) if by_version else ()


def overlapping(version: PolicyVersion) -> QuerySet[PolicyVersion]:
    """Published versions of the same policy that share days and, where both name classes, a class (R3)."""
    others = PolicyVersion.objects.filter(
        series=version.series_id, state=PolicyState.PUBLISHED, effective__overlap=version.effective
    ).exclude(pk=version.pk)
    if version.classes:
        return others.filter(classes__overlap=version.classes)
    return others.filter(classes=[])


def _dates(version: PolicyVersion) -> Sequence[Criterion]:
    other = overlapping(version).order_by("number").first()
    if other is None:
        return (Criterion("ready.dates", True, Reason("ready.dates", {}, "R3", IN_FORCE)),)
    return (Criterion("ready.dates", False, overlap_reason(other)),)


def overlap_reason(other: PolicyVersion) -> Reason:
    """The other version and its days, for whoever has to choose other ones."""
    params: dict[str, Param] = {"version": other.number, "from": first_day(other).isoformat()}
    if (last := last_day(other)) is not None:
        return Reason("ready.dates.missing", params | {"to": last.isoformat()}, "R3", IN_FORCE)
    return Reason("ready.dates_open.missing", params, "R3", IN_FORCE)


def _other_policies(version: PolicyVersion, terms: PolicyTerms) -> Sequence[Criterion]:
    """Courses that another policy holds on shared days (R10a)."""
    rows = (
        PolicyCourse.objects.filter(
            course__district=version.series.district_id,
            course__code__in=list(terms.courses),
            effective__overlap=version.effective,
        )
        .exclude(version__series=version.series_id)
        .annotate(code=F("course__code"), policy=F("version__series__code"), number=F("version__number"))
        .order_by("code")
    )
    return tuple(
        Criterion(
            "ready.one_policy",
            False,
            Reason(
                "ready.one_policy.missing",
                {"course": row.code, "policy": row.policy, "version": row.number},
                "R10a",
                IN_FORCE,
            ),
        )
        for row in rows
        if not (row.classes and version.classes) or set(row.classes) & set(version.classes)
    )

"""What courses are worth and rest on. A course may come from the roster first; here it gets credits and a subject."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crediting.actions.sequences import write_sequence
from crediting.interchange import starter
from crediting.models import (
    CourseDesignation,
    CourseRequirement,
    CourseSchool,
    CourseSequence,
    CourseStandard,
    CourseTerms,
    LedgerEntry,
    PolicyCourse,
    Standard,
)
from crediting.queries import catalog as queries
from crediting.rules.catalog import CourseDetails, Designation, designation_text, is_sced_code
from crediting.rules.numbers import credits_text
from crediting.states import StandardStatus, SubjectArea
from crediting.verbs.catalog import CourseAdded, CourseChanged, CourseStandardsSet
from mbl.core import audit
from mbl.core.errors import DomainError
from mbl.core.models import District, User
from mbl.core.words import visible
from profiles.models import Course, School

MOST_CREDITS = Decimal(10)
THOUSANDTH = Decimal("0.001")
GRADES = frozenset({"KG", *(f"{grade:02}" for grade in range(1, 13))})


@transaction.atomic
def add_course(district: District, *, code: str, details: CourseDetails, actor: User | None) -> Course:
    """A course of the catalog with what it gives. A course the roster brought without credits gets them.

    The same course again answers the first; one that gives something else is refused: change it instead.
    """
    District.objects.select_for_update(no_key=True).get(pk=district.pk)
    code = _clean_code(code)
    details = cleaned(details)
    schools = known_schools(district)
    refuse_faulty(details, district, schools=schools)
    course = Course.objects.filter(district=district, code=code).select_related("terms").first()
    if course is not None and (known := queries.details_of(course)) is not None:
        if known == details:
            return course
        raise DomainError(
            _("There is a course with the code %(code)s already. Open it to change it.") % {"code": code}, field="code"
        )
    course = course or Course(district=district, code=code)
    _write(course, details, schools)
    audit.record(
        CourseAdded(code=code, credits=credits_text(details.credits), subject=str(details.subject)),
        actor=actor,
        district=district,
        target=course,
    )
    return course


@transaction.atomic
def change_course(course: Course, *, details: CourseDetails, actor: User | None, code: str = "") -> Course:
    """Set what a course gives from now on. Credit that was awarded keeps what it was awarded for.

    A ``code`` that a published policy or somebody's record names cannot become another one.
    """
    course = Course.objects.select_for_update(no_key=True).select_related("district").get(pk=course.pk)
    known = queries.details_of(course)
    details = cleaned(details)
    schools = known_schools(course.district)
    refuse_faulty(details, course.district, schools=schools, known=known)
    code = _clean_code(code) if code else course.code
    changed = changes_between(known, details)
    if code != course.code:
        _refuse_renaming(course, code)
        changed = {"code": (course.code, code), **changed}
        course.code = code
    if not changed:
        return course
    _write(course, details, schools)
    audit.record(
        CourseChanged(
            fields=", ".join(changed),
            before="; ".join(f"{name}: {before}" for name, (before, _after) in changed.items()),
            after="; ".join(f"{name}: {after}" for name, (_before, after) in changed.items()),
        ),
        actor=actor,
        district=course.district,
        target=course,
    )
    return course


@transaction.atomic
def set_course_standards(
    course: Course, *, standards: Sequence[Standard], required: Sequence[Standard] = (), actor: User | None
) -> Course:
    """The standards a course teaches; ``required`` ones must all be shown for mastery credit in it."""
    course = Course.objects.select_for_update(no_key=True).select_related("district").get(pk=course.pk)
    asked = {standard.pk for standard in required}
    wanted = {standard.pk: standard.pk in asked for standard in [*standards, *required]}
    strange = [standard for standard in [*standards, *required] if standard.district_id != course.district_id]
    if strange:
        raise DomainError(_("Choose standards of your own district."), field="standards")
    before = dict(CourseStandard.objects.filter(course=course).values_list("standard_id", "is_required"))
    if before == wanted:
        return course
    gone = [
        standard
        for standard in [*standards, *required]
        if standard.pk not in before and standard.status != StandardStatus.ACTIVE
    ]
    if gone:
        raise DomainError(
            _("%(standard)s has been withdrawn by its publisher. Choose another one.") % {"standard": gone[0].code},
            field="standards",
        )
    CourseStandard.objects.filter(course=course).exclude(standard__in=wanted).delete()
    CourseStandard.objects.bulk_create(
        [CourseStandard(course=course, standard_id=pk, is_required=flag) for pk, flag in wanted.items()],
        update_conflicts=True,
        unique_fields=["course", "standard"],
        update_fields=["is_required"],
    )
    audit.record(
        CourseStandardsSet(count=len(wanted), required=sum(wanted.values())),
        actor=actor,
        district=course.district,
        target=course,
    )
    return course


@transaction.atomic
def load_starter_catalog(district: District, *, actor: User | None) -> list[Course]:
    """Add the starter catalog's courses that the district does not have yet, and answer those that were added.

    A course that has credits stays as the district has it; one the roster brought without any gets them. Sequences
    come along where all their courses are there and the district has none of that name.
    """
    District.objects.select_for_update(no_key=True).get(pk=district.pk)
    taken = set(CourseTerms.objects.filter(course__district=district).values_list("course__code", flat=True))
    added = [
        add_course(
            district,
            code=row.code,
            details=CourseDetails(
                title=row.title,
                credits=row.credits,
                subject=row.subject,
                sced_code=row.sced_code,
                state_course_code=row.state_course_code,
                is_cadr=row.is_cadr,
                is_lab=row.is_lab,
                requirements=row.requirements or None,
            ),
            actor=actor,
        )
        for row in starter.courses()
        if row.code not in taken
    ]
    named = set(CourseSequence.objects.filter(district=district).values_list("title", flat=True))
    there = set(Course.objects.filter(district=district).values_list("code", flat=True))
    for title, codes in starter.sequences():
        if title not in named and there.issuperset(codes):
            write_sequence(district, title=title, steps=[[code] for code in codes], actor=actor)
    return added


# --- What is wrong with a course --------------------------------------------------------------------------------------


def cleaned(details: CourseDetails) -> CourseDetails:
    """``details`` in the shape in which they are kept and compared."""
    return dataclasses.replace(
        details,
        title=visible(details.title),
        sced_code=details.sced_code.strip(),
        state_course_code=details.state_course_code.strip().upper(),
        equivalent_title=details.equivalent_title.strip(),
        description=details.description.strip(),
        grades=tuple(sorted(set(details.grades))),
        schools=tuple(sorted(set(details.schools))),
        designations=tuple(sorted(set(details.designations))),
        requirements=dict(sorted(details.met.items())),
    )


def changes_between(known: CourseDetails | None, details: CourseDetails) -> dict[str, tuple[str, str]]:
    """Fields that differ, with what they were and become, in words for the audit log."""
    return {
        one.name: (_in_words(getattr(known, one.name)) if known else "", _in_words(getattr(details, one.name)))
        for one in dataclasses.fields(CourseDetails)
        if known is None or getattr(known, one.name) != getattr(details, one.name)
    }


def known_schools(district: District) -> dict[str, int]:
    """The district's schools by code."""
    return dict(School.objects.filter(district=district).values_list("code", "pk"))


def refuse_faulty(
    details: CourseDetails, district: District, *, schools: Collection[str], known: CourseDetails | None = None
) -> None:
    """Raise ``DomainError`` at the first field that makes no sense. What ``known`` says already may stay."""
    if not details.title:
        raise DomainError(_("A course needs a title."), field="title")
    if len(details.title) > 200:
        raise DomainError(_("The title has more than 200 characters."), field="title")
    if not 0 < details.credits <= MOST_CREDITS or details.credits != details.credits.quantize(THOUSANDTH):
        raise DomainError(
            _("Credits are more than 0, at most %(most)d, with at most three places.") % {"most": MOST_CREDITS},
            field="credits",
        )
    if details.subject not in set(SubjectArea):
        raise DomainError(_("Choose one of the subject areas."), field="subject")
    if not set(details.met) <= set(SubjectArea):
        raise DomainError(_("Choose requirements among the subject areas."), field="requirements")
    if any(not 0 < amount <= details.credits for amount in details.met.values()):
        raise DomainError(
            _("A requirement is met by more than 0 credits and by no more than the course gives."),
            field="requirements",
        )
    if any(amount != amount.quantize(THOUSANDTH) for amount in details.met.values()):
        raise DomainError(_("Credits have at most three places."), field="requirements")
    _refuse_faulty_codes(details)
    _refuse_faulty_equivalency(details)
    _refuse_unconfirmed(details, district, known)
    if strange := sorted(set(details.schools) - set(schools)):
        raise DomainError(_("There is no school with the code %(code)s.") % {"code": strange[0]}, field="schools")
    if strange := sorted(set(details.grades) - GRADES):
        raise DomainError(
            _("%(grade)s is no grade. Write KG, or 01 to 12.") % {"grade": strange[0][:20]}, field="grades"
        )
    if details.active_from and details.active_to and details.active_to < details.active_from:
        raise DomainError(_("The last day is before the first one."), field="active_to")


def _refuse_faulty_codes(details: CourseDetails) -> None:
    areas = starter.sced_areas()
    if details.sced_code and not is_sced_code(details.sced_code, areas):
        if len(details.sced_code) == 5 and details.sced_code.isdigit():
            raise DomainError(
                _("No SCED subject area begins with %(area)s. The first two digits are the area.")
                % {"area": details.sced_code[:2]},
                field="sced_code",
            )
        raise DomainError(_("A SCED code has five digits; keep its leading zero."), field="sced_code")
    if len(details.state_course_code) > 20 or not details.state_course_code.isprintable():
        raise DomainError(_("A state course code has at most 20 characters."), field="state_course_code")


def _refuse_faulty_equivalency(details: CourseDetails) -> None:
    if bool(details.equivalent_subject) != bool(details.equivalent_title):
        missing = "equivalent_title" if details.equivalent_subject else "equivalent_subject"
        raise DomainError(
            _("An equivalency names both the academic subject area and the title that prints."), field=missing
        )
    if len(details.equivalent_title) > 200:
        raise DomainError(_("The title has more than 200 characters."), field="equivalent_title")
    if details.equivalent_subject and details.equivalent_subject not in details.met:
        raise DomainError(
            _("Say first, under the requirements, how many credits of this subject area the course meets."),
            field="equivalent_subject",
        )


def _refuse_unconfirmed(details: CourseDetails, district: District, known: CourseDetails | None) -> None:
    allowed = queries.confirmed_letters(district).known | {one.letter for one in (known.designations if known else ())}
    for one in details.designations:
        if one.letter not in allowed:
            raise DomainError(
                _("Your district has not confirmed the letter %(letter)s. Ask your administrator to confirm it first.")
                % {"letter": one.letter[:10]},
                field="designations",
            )
        if one.last_year and one.last_year < one.first_year:
            raise DomainError(_("The last school year is before the first one."), field="designations")
    pairs = [(one.letter, one.first_year) for one in details.designations]
    if len(set(pairs)) < len(pairs):
        raise DomainError(_("A letter stands here twice for the same years."), field="designations")


def _clean_code(code: str) -> str:
    code = code.strip()
    if not code or len(code) > 30 or not code.isprintable():
        raise DomainError(_("A course needs a code of at most 30 characters."), field="code")
    return code


def _refuse_renaming(course: Course, code: str) -> None:
    if Course.objects.filter(district=course.district_id, code=code).exists():
        raise DomainError(_("There is a course with the code %(code)s already.") % {"code": code}, field="code")
    if (
        PolicyCourse.objects.filter(course=course).exists()
        or LedgerEntry.objects.filter(district=course.district_id, course=course).exists()
    ):
        raise DomainError(
            _("A policy or a student's record names the code %(code)s, so it stays. Add a new course instead.")
            % {"code": course.code},
            field="code",
        )


# --- Writing ----------------------------------------------------------------------------------------------------------


def _write(course: Course, details: CourseDetails, schools: Mapping[str, int]) -> None:
    course.title, course.is_active = details.title, details.is_active
    course.save()
    terms, _created = CourseTerms.objects.update_or_create(course=course, defaults=terms_fields(details))
    course.terms = terms
    CourseRequirement.objects.filter(course=course).exclude(requirement__in=details.met).delete()
    CourseRequirement.objects.bulk_create(
        [CourseRequirement(course=course, requirement=name, credits=amount) for name, amount in details.met.items()],
        update_conflicts=True,
        unique_fields=["course", "requirement"],
        update_fields=["credits"],
    )
    offered = [schools[code] for code in details.schools]
    CourseSchool.objects.filter(course=course).exclude(school__in=offered).delete()
    CourseSchool.objects.bulk_create(
        [CourseSchool(course=course, school_id=school) for school in offered], ignore_conflicts=True
    )
    CourseDesignation.objects.filter(course=course).delete()
    CourseDesignation.objects.bulk_create(
        [
            CourseDesignation(
                course=course, letter=one.letter, first_year=one.first_year or None, last_year=one.last_year or None
            )
            for one in details.designations
        ]
    )


def terms_fields(details: CourseDetails) -> dict[str, Any]:
    """The columns of ``CourseTerms``."""
    return {
        "credits": details.credits,
        "subject": str(details.subject),
        "sced_code": details.sced_code,
        "state_course_code": details.state_course_code,
        "equivalent_subject": details.equivalent_subject,
        "equivalent_title": details.equivalent_title,
        "is_cadr": details.is_cadr,
        "is_lab": details.is_lab,
        "grades": list(details.grades),
        "description": details.description,
        "active_from": details.active_from,
        "active_to": details.active_to,
    }


def _in_words(value: object) -> str:
    match value:
        case tuple():
            return ", ".join(designation_text(one) if isinstance(one, Designation) else str(one) for one in value)
        case Mapping():
            return ", ".join(f"{name} {credits_text(amount)}" for name, amount in sorted(value.items()))
        case Decimal():
            return credits_text(value)
        case None:
            return ""
        case _:
            return str(value)

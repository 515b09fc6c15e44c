"""What courses are worth and rest on. A course may come from the roster first; here it gets credits and a subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crediting.interchange import starter
from crediting.models import CourseRequirement, CourseStandard, CourseTerms, Standard
from crediting.rules.catalog import CourseDetails
from crediting.rules.numbers import credits_text
from crediting.states import StandardStatus, SubjectArea
from crediting.verbs import CourseAdded, CourseChanged, CourseStandardsSet
from mbl.core import audit
from mbl.core.errors import DomainError
from mbl.core.models import District, User
from profiles.models import Course

MOST_CREDITS = Decimal(10)
THOUSANDTH = Decimal("0.001")


@transaction.atomic
def add_course(district: District, *, code: str, details: CourseDetails, actor: User | None) -> Course:
    """A course of the catalog with what it gives. A course the roster brought without credits gets them.

    The same course again answers the first; one that gives something else is refused: change it instead.
    """
    District.objects.select_for_update(no_key=True).get(pk=district.pk)
    code = code.strip()
    if not code or len(code) > 30 or not code.isprintable():
        raise DomainError(_("A course needs a code of at most 30 characters."), field="code")
    _refuse_faulty(details)
    course = Course.objects.filter(district=district, code=code).select_related("terms").first()
    if course is not None and hasattr(course, "terms"):
        if _fields_of(course, course.terms) == _wanted(details):
            return course
        raise DomainError(
            _("There is a course with the code %(code)s already. Open it to change it.") % {"code": code}, field="code"
        )
    course = course or Course(district=district, code=code)
    course.title, course.is_active = details.title.strip(), details.is_active
    course.save()
    CourseTerms.objects.create(course=course, **_term_fields(details))
    _set_requirements(course, details)
    audit.record(
        CourseAdded(code=code, credits=credits_text(details.credits), subject=str(details.subject)),
        actor=actor,
        district=district,
        target=course,
    )
    return course


@transaction.atomic
def change_course(course: Course, *, details: CourseDetails, actor: User) -> Course:
    """Set what a course gives from now on. Credit that was awarded keeps what it was awarded for."""
    course = Course.objects.select_for_update(no_key=True).select_related("district").get(pk=course.pk)
    _refuse_faulty(details)
    known = CourseTerms.objects.filter(course=course).first()
    before = _fields_of(course, known)
    wanted = _wanted(details)
    changed = [name for name in wanted if before.get(name) != wanted[name]]
    if not changed:
        return course
    course.title, course.is_active = details.title.strip(), details.is_active
    course.save(update_fields=["title", "is_active"])
    CourseTerms.objects.update_or_create(course=course, defaults=_term_fields(details))
    _set_requirements(course, details)
    audit.record(
        CourseChanged(
            fields=", ".join(changed),
            before="; ".join(f"{name}: {before.get(name, '')}" for name in changed),
            after="; ".join(f"{name}: {wanted[name]}" for name in changed),
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

    A course whose code is taken stays as the district has it.
    """
    taken = set(CourseTerms.objects.filter(course__district=district).values_list("course__code", flat=True))
    return [
        add_course(
            district,
            code=row.code,
            details=CourseDetails(
                title=row.title,
                credits=row.credits,
                subject=row.subject,
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


def _refuse_faulty(details: CourseDetails) -> None:
    if not details.title.strip():
        raise DomainError(_("A course needs a title."), field="title")
    if len(details.title.strip()) > 200:
        raise DomainError(_("The title has more than 200 characters."), field="title")
    if not 0 < details.credits <= MOST_CREDITS or details.credits != details.credits.quantize(THOUSANDTH):
        raise DomainError(
            _("Credits are more than 0, at most %(most)d, with at most three places.") % {"most": MOST_CREDITS},
            field="credits",
        )
    if details.subject not in set(SubjectArea):
        raise DomainError(_("Choose one of the subject areas."), field="subject")
    if any(not 0 < amount <= details.credits for amount in (details.requirements or {}).values()):
        raise DomainError(
            _("A requirement is met by more than 0 credits and by no more than the course gives."),
            field="requirements",
        )


def _term_fields(details: CourseDetails) -> dict[str, Any]:
    return {
        "credits": details.credits,
        "subject": str(details.subject),
        "state_course_code": details.state_course_code.strip(),
        "is_cadr": details.is_cadr,
        "is_lab": details.is_lab,
        "designations": list(details.designations),
        "grades": list(details.grades),
        "description": details.description.strip(),
    }


def _set_requirements(course: Course, details: CourseDetails) -> None:
    wanted = _requirements(details)
    CourseRequirement.objects.filter(course=course).exclude(requirement__in=wanted).delete()
    CourseRequirement.objects.bulk_create(
        [CourseRequirement(course=course, requirement=name, credits=amount) for name, amount in wanted.items()],
        update_conflicts=True,
        unique_fields=["course", "requirement"],
        update_fields=["credits"],
    )


def _requirements(details: CourseDetails) -> dict[str, Decimal]:
    return dict(details.requirements) if details.requirements else {str(details.subject): details.credits}


def _wanted(details: CourseDetails) -> dict[str, Any]:
    return {
        "title": details.title.strip(),
        "is_active": details.is_active,
        **_term_fields(details),
        "requirements": _printed(_requirements(details)),
    }


def _fields_of(course: Course, known: CourseTerms | None) -> dict[str, Any]:
    """What the course gives now, in the shape of ``_wanted``."""
    found: dict[str, Any] = {"title": course.title, "is_active": course.is_active}
    if known is None:
        return found
    rows = dict(CourseRequirement.objects.filter(course=course).values_list("requirement", "credits"))
    names = (
        "credits", "subject", "state_course_code", "is_cadr", "is_lab", "designations", "grades", "description",
    )  # fmt: skip
    return found | {name: getattr(known, name) for name in names} | {"requirements": _printed(rows)}


def _printed(requirements: Mapping[str, Decimal]) -> str:
    return ", ".join(f"{name} {credits_text(amount)}" for name, amount in sorted(requirements.items()))

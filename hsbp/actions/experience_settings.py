"""What a district calls its kinds of experience, and what it aims at from which school year on.

An aim opens and closes nothing: no action on a student asks for one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from hsbp import access
from hsbp.models import ExperienceKind, ExperienceTarget
from hsbp.rules.content import GRADES
from hsbp.rules.experiences import MOST_COUNT, Aim
from hsbp.verbs import ExperienceKindSaved, ExperienceTargetEnded, ExperienceTargetSet
from hsbp.words import GRADE_WORDS, aim_text, year_text
from mbl.core import audit, clock
from mbl.core.errors import DomainError
from mbl.core.models import District, User
from mbl.core.words import visible
from profiles.access import Capability
from profiles.models import School

# What a district begins with: code, name, and the name in Spanish.
STARTING_KINDS = (
    ("speaker", "Speaker", "Charla de una persona invitada"),
    ("worksite-tour", "Worksite tour", "Visita a un lugar de trabajo"),
    ("informational-interview", "Informational interview", "Entrevista informativa"),
    ("job-shadow", "Job shadow", "Observación de un empleo"),
    ("mock-interview", "Mock interview", "Entrevista de práctica"),
    ("internship", "Internship", "Pasantía"),
    ("service", "Service", "Servicio a la comunidad"),
)


@transaction.atomic
def begin_kinds(district: District, *, actor: User) -> list[ExperienceKind]:
    """The usual kinds, for a district that has named none. Pressed twice, nothing is added."""
    _lock(district, actor)
    if ExperienceKind.objects.filter(district=district).exists():
        return []
    made = ExperienceKind.objects.bulk_create(
        ExperienceKind(district=district, code=code, name=name, translations={"es": spanish}, position=position)
        for position, (code, name, spanish) in enumerate(STARTING_KINDS, start=1)
    )
    for kind in made:
        _record_kind(kind, actor)
    return made


@transaction.atomic
def add_kind(
    district: District, *, name: str, code: str = "", translations: Mapping[str, str] | None = None, actor: User
) -> ExperienceKind:
    """A further kind, last in the list. The same code and name again is the first."""
    _lock(district, actor)
    name = _name(name)
    code = slugify(code or name)[:40]
    if not code:
        raise DomainError(_("Give it a short code of letters and digits, such as job-shadow."), field="code")
    known = list(ExperienceKind.objects.filter(district=district))
    if (same := next((kind for kind in known if kind.code == code), None)) is not None:
        if same.name == name:
            return same
        raise DomainError(_("The code %(code)s is taken by “%(name)s”.") % {"code": code, "name": same}, field="code")
    position = max((kind.position for kind in known), default=0) + 1
    kind = ExperienceKind.objects.create(
        district=district, code=code, name=name, translations=_translated(translations), position=position
    )
    _record_kind(kind, actor)
    return kind


@transaction.atomic
def change_kind(
    kind: ExperienceKind, *, name: str, translations: Mapping[str, str] | None = None, is_active: bool, actor: User
) -> ExperienceKind:
    """Other words for a kind, or whether it is offered. Its code and what was logged under it stay."""
    _lock(kind.district, actor)
    kind = ExperienceKind.objects.select_related("district").get(pk=kind.pk)
    wanted = (_name(name), _translated(translations), is_active)
    if (kind.name, kind.translations, kind.is_active) != wanted:
        kind.name, kind.translations, kind.is_active = wanted
        kind.save(update_fields=["name", "translations", "is_active"])
        _record_kind(kind, actor)
    return kind


@transaction.atomic
def set_target(
    district: District,
    kind: ExperienceKind,
    aim: Aim,
    *,
    grades: Sequence[str],
    school: School | None = None,
    first_year: int,
    actor: User,
) -> list[ExperienceTarget]:
    """The aim for each of ``grades`` from the school year on that ends in ``first_year``.

    What held until then ends the year before and stays for its years. Only this year's and later ones can be set, so
    an earlier year is never measured by a later aim. The same again changes nothing.
    """
    _lock(district, actor)
    _refuse_faulty(district, kind, aim, grades, school)
    if first_year < clock.school_year(clock.today(district)):
        raise DomainError(
            _("An aim begins in this school year or later. Earlier years keep the aim they had."), field="first_year"
        )
    return [_set_one(district, kind, aim, grade, school, first_year, actor) for grade in dict.fromkeys(grades)]


def _set_one(
    district: District,
    kind: ExperienceKind,
    aim: Aim,
    grade: str,
    school: School | None,
    first_year: int,
    actor: User,
) -> ExperienceTarget:
    open_one = ExperienceTarget.objects.filter(
        district=district, kind=kind, grade=grade, school=school, last_year=None
    ).first()
    if open_one is not None:
        same = (open_one.count, open_one.least_hours, open_one.share) == (aim.count, aim.least_hours, aim.share)
        if same and open_one.first_year <= first_year:
            return open_one
        if open_one.first_year > first_year:
            raise DomainError(
                _("For %(grade)s another aim begins in %(year)s. End that one first, or begin later.")
                % {"grade": GRADE_WORDS[grade], "year": year_text(open_one.first_year)},
                field="first_year",
            )
        _close(open_one, first_year)
    made = ExperienceTarget.objects.create(
        district=district,
        kind=kind,
        grade=grade,
        school=school,
        count=aim.count,
        least_hours=aim.least_hours,
        share=aim.share,
        first_year=first_year,
        set_by=actor,
        set_at=clock.now(),
    )
    said = ExperienceTargetSet(year=year_text(first_year), aim=_said(made))
    audit.record(said, actor=actor, district=district, target=made)
    return made


@transaction.atomic
def end_target(target: ExperienceTarget, *, actor: User) -> None:
    """Nobody is held to it from this school year on; earlier years keep it. A second call changes nothing."""
    _lock(target.district, actor)
    found = ExperienceTarget.objects.filter(pk=target.pk, last_year=None).select_related("district", "school").first()
    if found is None:
        return
    audit.record(ExperienceTargetEnded(aim=_said(found)), actor=actor, district=found.district, target=target)
    _close(found, clock.school_year(clock.today(found.district)))


def _close(target: ExperienceTarget, year: int) -> None:
    """It holds until the year before ``year``; one that has no year before goes."""
    if target.first_year >= year:
        target.delete()
        return
    target.last_year = year - 1
    target.save(update_fields=["last_year"])


def _refuse_faulty(
    district: District, kind: ExperienceKind, aim: Aim, grades: Sequence[str], school: School | None
) -> None:
    if kind.district_id != district.pk or not kind.is_active:
        raise DomainError(_("Choose a kind of experience that the district offers."), field="kind")
    if school is not None and school.district_id != district.pk:
        raise DomainError(_("This school is not in the district."), field="school")
    if not grades or not set(grades) <= set(GRADES):
        raise DomainError(_("Choose at least one grade."), field="grades")
    if not 1 <= aim.count <= MOST_COUNT:
        raise DomainError(_("Aim at 1 to %(most)d experiences.") % {"most": MOST_COUNT}, field="count")
    if not 0 <= aim.least_hours <= 1000:
        raise DomainError(_("Write the hours as a number from 0 to 1000."), field="least_hours")
    if aim.share is not None and not 0 < aim.share <= 1:
        raise DomainError(_("Write the share as a number from 1 to 100 percent."), field="share")


def _lock(district: District, actor: User) -> None:
    access.district_for(actor, Capability.MANAGE_POLICY, district.code)
    District.objects.select_for_update(no_key=True).get(pk=district.pk)


def _name(given: str) -> str:
    if not (name := " ".join(visible(given).split())):
        raise DomainError(_("Give the kind a name."), field="name")
    return name[:80]


def _translated(given: Mapping[str, str] | None) -> dict[str, str]:
    return {language: name[:80] for language, text in (given or {}).items() if (name := visible(text))}


def _record_kind(kind: ExperienceKind, actor: User) -> None:
    said = ExperienceKindSaved(code=kind.code, name=kind.name, is_active=kind.is_active)
    audit.record(said, actor=actor, district=kind.district, target=kind)


def _said(target: ExperienceTarget) -> str:
    where = [str(GRADE_WORDS[target.grade]), *([str(target.school)] if target.school else [])]
    return f"{aim_text(target.kind.name, target.count, target.least_hours)} ({', '.join(where)})"

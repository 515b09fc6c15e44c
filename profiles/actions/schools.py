"""Set up districts and their schools."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mbl.core import audit
from mbl.core.errors import DomainError
from mbl.core.models import District, User
from mbl.core.states import DistrictKind
from mbl.core.words import visible
from profiles.models import School
from profiles.states import SchoolKind
from profiles.verbs import DistrictCreated, SchoolAdded


def create_district(
    *,
    code: str,
    name: str,
    actor: User | None,
    kind: DistrictKind = DistrictKind.DISTRICT,
    state_code: str = "",
    timezone: str = "America/Los_Angeles",
    language: str = "en",
    is_demo: bool = False,
) -> District:
    """A new tenant: a district, charter school, tribal compact school or college (WAC 180-51-051(1)(a)).

    Where the code exists, that district is answered unchanged.
    """
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise DomainError(
            _("%(zone)s is no time zone. Name one like America/Los_Angeles.") % {"zone": timezone}, field="timezone"
        ) from None
    if language not in dict(settings.LANGUAGES):
        known = ", ".join(dict(settings.LANGUAGES))
        raise DomainError(
            _("There is no language %(code)s here. Choose one of: %(known)s.") % {"code": language, "known": known},
            field="language",
        )
    district = District(
        code=code, name=name, kind=kind, state_code=state_code, timezone=timezone, language=language, is_demo=is_demo
    )
    _clean(district, exclude=["code"] if District.objects.filter(code=code).exists() else [])
    try:
        with transaction.atomic():
            district.save()
            audit.record(DistrictCreated(code=code, kind=str(kind)), actor=actor, district=district, target=district)
    except IntegrityError:
        return District.objects.get(code=code)
    return district


def add_school(
    district: District,
    *,
    name: str,
    code: str,
    actor: User | None,
    state_code: str = "",
    kind: SchoolKind = SchoolKind.HIGH,
    address: str = "",
    phone: str = "",
) -> School:
    """A new school. The same code and name again answer the first; another name is a ``DomainError``."""
    name, code = visible(name), code.strip()
    known = School.objects.filter(district=district, code=code).first()
    if known is None:
        school = School(
            district=district,
            name=name,
            code=code,
            state_code=state_code.strip(),
            kind=kind,
            address=address,
            phone=phone,
        )
        _clean(school)
        try:
            with transaction.atomic():
                school.save()
                audit.record(SchoolAdded(code=code), actor=actor, district=district, target=school)
            return school
        except IntegrityError:
            known = School.objects.get(district=district, code=code)
    if known.name != name:
        raise DomainError(
            _("The code %(code)s is already that of %(school)s. Choose another code.")
            % {"code": code, "school": known.name},
            field="code",
        )
    return known


def _clean(row: District | School, exclude: list[str] | None = None) -> None:
    """The first thing that is wrong with the fields, as a sentence."""
    try:
        row.clean_fields(exclude=exclude)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise DomainError(f"{field}: {messages[0]}", field=field) from None

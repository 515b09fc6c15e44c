"""Add people, and the facts that make a person a student."""

from __future__ import annotations

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mbl.core import audit
from mbl.core.errors import DomainError
from mbl.core.models import District, User
from mbl.core.words import says_something
from profiles.models import Person, Student
from profiles.models.person import SSID
from profiles.rules.names import names_of
from profiles.verbs import PersonAdded, StudentFactsSet


def add_person(
    district: District,
    *,
    given_name: str,
    family_name: str,
    actor: User | None,
    middle_name: str = "",
    preferred_name: str = "",
    email: str = "",
    phone: str = "",
    language: str = "",
    birth_date: dt.date | None = None,
    public_id: uuid.UUID | None = None,
) -> Person:
    """A person of ``district``. People are never matched by name, so the same name twice is two people.

    A form gives its own ``public_id``, so that pressing its button twice adds one person.
    """
    given_name, family_name = given_name.strip(), family_name.strip()
    if not says_something(given_name) or not says_something(family_name):
        field = "family_name" if says_something(given_name) else "given_name"
        raise DomainError(_("Give both a first and a last name."), field=field)
    email = email.strip().lower()
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise DomainError(_("%(email)s is no e-mail address.") % {"email": email}, field="email") from None
    names = names_of(given_name, family_name, middle=middle_name, preferred=preferred_name)
    person = Person(
        district=district,
        given_name=given_name,
        middle_name=middle_name.strip(),
        family_name=family_name,
        preferred_name=preferred_name.strip(),
        email=email,
        phone=phone.strip(),
        language=language,
        birth_date=birth_date,
        **names.as_fields(),
    )
    if public_id is not None:
        person.public_id = public_id
    try:
        with transaction.atomic():
            person.save()
            audit.record(PersonAdded(), actor=actor, district=district, target=person)
    except IntegrityError:
        first = Person.objects.filter(public_id=person.public_id, district=district).first()
        if first is None:  # a key that was not made by the page
            raise DomainError(_("The page got something it cannot read. Go back and try again.")) from None
        return first
    return person


@transaction.atomic
def add_student(
    person: Person,
    *,
    actor: User | None,
    local_id: str = "",
    ssid: str = "",
    graduation_year: int | None = None,
) -> Student:
    """The person as a student; answers the student's row where there is one."""
    student, created = Student.objects.get_or_create(person=person, defaults={"district": person.district})
    if created:
        student = set_student_facts(student, actor=actor, local_id=local_id, ssid=ssid, graduation_year=graduation_year)
    return student


@transaction.atomic
def set_student_facts(
    student: Student,
    *,
    actor: User | None,
    ssid: str | None = None,
    local_id: str | None = None,
    graduation_year: int | None = None,
    grade_9_entry: dt.date | None = None,
) -> Student:
    """Set what is given and leave the rest. ``DomainError`` for a malformed or taken identifier (T5)."""
    student = (
        Student.objects.select_for_update(of=["self"], no_key=True)
        .select_related("district", "person")
        .get(pk=student.pk)
    )
    wanted: dict[str, str | int | dt.date] = {}
    if ssid is not None:
        wanted["ssid"] = checked_ssid(ssid)
    if local_id is not None:
        wanted["local_id"] = local_id.strip()
    if graduation_year is not None:
        wanted["graduation_year"] = graduation_year
    if grade_9_entry is not None:
        wanted["grade_9_entry"] = grade_9_entry
    changed = [name for name, value in wanted.items() if getattr(student, name) != value]
    if not changed:
        return student
    for name in ("ssid", "local_id"):
        taken = Student.objects.filter(district=student.district, **{name: wanted.get(name, "")}).exclude(pk=student.pk)
        if wanted.get(name) and taken.exists():
            raise DomainError(_("Another student of the district already has this number."), field=name)
    for name in changed:
        setattr(student, name, wanted[name])
    student.save(update_fields=changed)
    audit.record(
        StudentFactsSet(changed=", ".join(changed)),
        actor=actor,
        district=student.district,
        target=student,
        student=student,
    )
    return student


def checked_ssid(text: str) -> str:
    """A state student id of ten digits, or empty."""
    ssid = text.strip()
    if ssid:
        try:
            SSID(ssid)
        except ValidationError as error:
            raise DomainError(str(error.messages[0]), field="ssid") from None
    return ssid

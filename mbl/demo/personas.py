"""The people one can be in the demonstration: who they are, and what there is to see as them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mbl.core.models import User

LOGIN_PREFIX = "demo-"


@dataclass(frozen=True)
class Persona:
    """``key`` is what the sign-in form sends; ``role`` and ``about`` are for the sign-in page."""

    key: str
    role: Promise
    about: Promise

    @property
    def login_name(self) -> str:
        return LOGIN_PREFIX + self.key


PERSONAS = (
    Persona("student", _("Student, grade 10"), _("Has earned a credit, answers a teacher, waits for a decision.")),
    Persona("family", _("Mother of the student"), _("Sees what her daughter showed, what was said and what counts.")),
    Persona("teacher", _("Mathematics teacher"), _("Has requests to assess, the longest wait first.")),
    Persona("credit-manager", _("Credit manager"), _("Decides requests that teachers have assessed.")),
    Persona("counselor", _("Counselor"), _("Looks after a caseload and reviews plans.")),
    Persona("registrar", _("Registrar"), _("Previews, issues, replaces and revokes transcripts.")),
    Persona("principal", _("Principal"), _("Sees the school and may take an award back.")),
    Persona("administrator", _("District administrator"), _("Looks after people, policies, imports and equity.")),
    Persona(
        "small-school-teacher", _("Adviser at a small school"), _("Assesses and awards alone: one role is enough.")
    ),
    Persona("small-school-student", _("Student at a small school"), _("Waits for the adviser who knows the work.")),
    Persona("family-spanish", _("Mother of two, reads Spanish"), _("Sees both of her children in her own language.")),
    Persona(
        "other-district-administrator",
        _("Administrator of another district"),
        _("Sees nothing of the first district: the two share only the installation."),
    ),
)
BY_KEY = {persona.key: persona for persona in PERSONAS}


@dataclass(frozen=True)
class Present:
    """A persona who is there to sign in as, with name, school and district."""

    persona: Persona
    name: str
    place: str
    district: str


def present() -> list[Present]:
    """Those who are in a district of the demonstration, in the order of the page."""
    users = _users().filter(login_name__in=[persona.login_name for persona in PERSONAS])
    people = {user.login_name: user.people.all()[0] for user in users.prefetch_related("people__district")}
    return [
        Present(persona, person.display_name, person.district.name, person.district.code)
        for persona in PERSONAS
        if (person := people.get(persona.login_name))
    ]


def user_of(key: str) -> User | None:
    """The account behind a key; None where there is no such persona, or not in a district of the demonstration."""
    persona = BY_KEY.get(key)
    return _users().filter(login_name=persona.login_name).first() if persona else None


def _users() -> QuerySet[User]:
    """Accounts whose every person belongs to a demonstration district: no real account is ever among them."""
    return (
        User.objects.filter(is_active=True, people__district__is_demo=True)
        .exclude(people__district__is_demo=False)
        .distinct()
    )

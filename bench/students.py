"""Finding a student among 1,100,000 beside a page that looks one up by its key.

``STUDENTS`` people and students are written set by set into a district of their own, and taken back afterwards.
"""

from __future__ import annotations

import itertools

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import ground, reference
from bench.measuring import Measurement, interleaved
from mbl.core.models import District, User
from profiles.actions.roles import give_role
from profiles.actions.schools import create_district
from profiles.models import Person, School, Student
from profiles.rules.names import names_of
from profiles.states import Role

NAME = "search.students"
STUDENTS = 1_100_000
GOAL = 10.0
ROUNDS = 20
# As people type them: whole names, one name, small and large misspellings, a number, a name that nobody has.
TEXTS = (
    "mara0017 tollen0431",
    "tollen0999",
    "mara0017 tolen0431",
    "maraa0250 tollenn0777",
    "1000000",
    "zzyzx",
    "jonas tollen",
)

# A thousand given and a thousand family names, so that each full name is somebody's once or twice.
FILL = """
WITH made AS (
    SELECT n, 'Mara' || lpad(((n::bigint * 7919) %% 1000)::text, 4, '0') AS given,
           'Tollen' || lpad(((n / 1000) %% 1000)::text, 4, '0') AS family
    FROM generate_series(1, %(students)s) AS n
), people AS (
    INSERT INTO profiles_person (public_id, district_id, given_name, middle_name, family_name, preferred_name,
        display_name, sort_name, search_text, gender, email, phone, language, is_active)
    SELECT gen_random_uuid(), %(district)s, given, '', family, '', given || ' ' || family,
        lower(family || ', ' || given), lower(given || ' ' || family), '', n::text, '', '', true
    FROM made
    RETURNING id, email
)
INSERT INTO profiles_student (public_id, district_id, person_id, school_id, grade, ssid, local_id, is_active)
SELECT gen_random_uuid(), %(district)s, id, %(school)s, '10', '', email, true FROM people
"""


def measure() -> Measurement:
    with transaction.atomic():
        try:
            user = _fill(STUDENTS)
            browser = Client(headers={"host": "127.0.0.1"})
            browser.force_login(user)
            texts = itertools.cycle(TEXTS)
            for text in TEXTS:
                with CaptureQueriesContext(connection) as queries:
                    _open(browser, text)
                ground.say(f"  {text!r}: {len(queries)} queries")
            one = {"pk": Student.objects.order_by("-pk").values_list("pk", flat=True)[0]}
            ours, bare = interleaved(
                lambda: _open(browser, next(texts)),
                lambda: browser.get(reference.KEY_PATH, one),
                rounds=ROUNDS * len(TEXTS),
            )
            return Measurement(NAME, ours=ours, reference=bare, unit="ms", goal=GOAL)
        finally:
            transaction.set_rollback(True)


def _fill(students: int) -> User:
    """The administrator of a district with so many students."""
    district: District = create_district(code="bench-search", name="Bench search", actor=None)
    school = School.objects.create(district=district, code="1", name="Bench High School")
    user = User.objects.create_user("bench-search")
    names = names_of("Search", "Administrator")
    person = Person.objects.create(
        district=district, user=user, given_name="Search", family_name="Administrator", **names.as_fields()
    )
    give_role(person, Role.ADMINISTRATOR, actor=None)
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"students": students, "district": district.pk, "school": school.pk})
        cursor.execute("ANALYZE profiles_person, profiles_student, profiles_nameword")
    return user


def _open(browser: Client, text: str) -> None:
    answer = browser.get(reverse("home:search"), {"q": text})
    if answer.status_code != 200:
        raise RuntimeError(f"Searching {text} answered {answer.status_code}.")

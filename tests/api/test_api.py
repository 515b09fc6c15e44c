"""The API reads what its reader may read, page by page, and refuses in one shape."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.validation import validate_schema

from crediting.actions.decisions import award_credit
from crediting.actions.ledger import reverse_entry
from crediting.models import LedgerEntry, PolicyCourse
from crediting.states import EntryKind, RequestState
from mbl.api import queries, serving
from mbl.core import clock
from mbl.core.models import AuditEvent, District, User
from profiles.models import Student
from profiles.states import Role
from tests.assertions import assert_no_writes, assert_queries
from tests.factories.crediting import Ground, make_course_row, make_ground, make_request
from tests.factories.equity import make_mastery_entry
from tests.factories.profiles import make_course, make_role, make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db
COURSES, AWARDS = "/api/v1/courses/", "/api/v1/awards/"
SHAPE = {"code", "message", "field"}


def of(student: Student, what: str) -> str:
    return f"/api/v1/students/{student.public_id}/{what}/"


def read(client: Client, url: str, status: int = 200, **query: str) -> Any:
    answer = client.get(url, query)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] in {"application/json", "application/vnd.oai.openapi+json"}
    found = json.loads(answer.content)
    if status >= 400:
        assert set(found) >= SHAPE
    return found


def every(client: Client, url: str, **query: str) -> Iterator[list[dict[str, Any]]]:
    """The pages of a list, from the first to the last."""
    page = read(client, url, 200, **query)
    yield page["results"]
    while page["next"]:
        page = read(client, page["next"])
        yield page["results"]


@pytest.fixture
def ground(personas: Personas) -> Ground:
    return make_ground(personas.school)


# --- Courses ----------------------------------------------------------------------------------------------------------


def test_courses_that_a_policy_opens_are_told_with_their_ways_and_policy(personas: Personas, ground: Ground) -> None:
    make_course(personas.district, "Woodworking")
    make_ground(personas.other_school, title="Sailing")

    found = read(personas.student.client(), COURSES)

    assert (found["next"], found["previous"], len(found["results"])) == (None, None, 1)
    course = found["results"][0]
    assert (course["id"], course["title"], course["credits"]) == (str(ground.course.public_id), "Geometry", "1.000")
    assert (course["subject"], course["state_course_code"]) == ("math", "02072")
    assert sorted(course["methods"]) == ["LOCAL_ASSESSMENT", "STATE_ASSESSMENT"]
    policy = course["policy"]
    assert (policy["id"], policy["first_day"], policy["last_day"]) == (
        str(ground.version.public_id),
        "2020-07-01",
        None,
    )
    assert Client().get(policy["url"].partition("8000")[2] or policy["url"]).status_code == 200


def test_a_district_that_one_does_not_belong_to_is_not_known(personas: Personas, ground: Ground) -> None:
    stranger = personas.other_district_student.client()

    assert read(stranger, COURSES)["results"] == []
    assert read(stranger, COURSES, 404, district=personas.district.code)["code"] == "not_found"


def test_courses_come_by_title_a_page_at_a_time(personas: Personas, ground: Ground) -> None:
    titles = [f"Course {letter}" for letter in "HGFEDCBA"]
    for title in titles:
        PolicyCourse.objects.bulk_create(_opened(ground, title))

    pages = list(every(personas.student.client(), COURSES, page_size="4"))

    assert [len(page) for page in pages] == [4, 4, 1]
    assert [row["title"] for page in pages for row in page] == sorted([*titles, "Geometry"])


def _opened(ground: Ground, title: str) -> list[PolicyCourse]:
    """A further course of the version; it was published, so a draft would be the way of the product."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE crediting_policycourse DISABLE TRIGGER USER")
    course = make_course(ground.district, title)
    held = PolicyCourse.objects.get(version=ground.version, course=ground.course)
    return [
        PolicyCourse(
            district=ground.district, version=ground.version, course=course, methods=[], effective=held.effective
        )
    ]


# --- A student's ledger -----------------------------------------------------------------------------------------------


def test_the_ledger_has_every_line_and_says_what_stands(personas: Personas, ground: Ground) -> None:
    student, decider = personas.student.student, personas.credit_manager.user
    failed = make_course_row(student, ground.course, "F")
    request = make_request(ground, student, personas.teacher.person, RequestState.REVERSED, decider=decider)
    award_credit(request, reason="It was right.", actor=decider, replaces=request.decisions.latest("pk"))
    make_course_row(make_student(personas.other_school), make_course(personas.other_district), "A", earned="1.000")

    lines = read(personas.student.client(), of(student, "ledger"))["results"]

    assert [(line["kind"], line["credits_earned"], line["stands"]) for line in lines] == [
        ("course", "0.000", True),
        ("mastery", "1.000", False),
        ("reversal", "-1.000", False),
        ("mastery", "1.000", True),
    ]
    first, taken_back, reversal, again = lines
    assert (first["id"], first["credits_attempted"], first["mark"]) == (str(failed.public_id), "1.000", "F")
    assert reversal["reverses"] == again["replaces"] == taken_back["id"]
    assert reversal["reason"] == "Entered for the wrong student."
    assert taken_back["recovers"] == first["id"]
    assert (first["reverses"], first["replaces"]) == (None, None)


@pytest.mark.rule("R76", partial=True)
@pytest.mark.parametrize("what", ["ledger", "progress"])
def test_who_reads_a_students_record(personas: Personas, what: str) -> None:
    url = of(personas.student.student, what)
    answers = {persona.name: persona.client().get(url).status_code for persona in personas}

    assert answers == {
        "student": 200,
        "family": 200,
        "teacher": 403,
        "credit_manager": 200,
        "counselor": 200,
        "registrar": 200,
        "principal": 200,
        "administrator": 200,
        "other_district_administrator": 404,
        "other_district_student": 404,
        "anonymous": 401,
    }


@pytest.mark.rule("R76", partial=True)
def test_a_refusal_has_its_reason_and_is_recorded(personas: Personas) -> None:
    url = of(personas.student.student, "ledger")

    refused = read(personas.teacher.client(), url, 403)
    unknown = read(personas.other_district_administrator.client(), url, 404)

    assert refused["code"] == "not_allowed"
    assert refused["message"].startswith("Your role does not include this for this student.")
    assert unknown["code"] == "not_found"
    recorded = AuditEvent.objects.filter(verb="core.access.denied").order_by("pk")
    assert [(event.actor, event.payload["status"]) for event in recorded] == [
        (personas.teacher.user, 403),
        (personas.other_district_administrator.user, 404),
    ]


def test_a_long_ledger_comes_page_by_page_both_ways(personas: Personas) -> None:
    student = personas.student.student
    course = make_course(personas.district)
    for number in range(7):
        make_course_row(student, course, "A", earned="0.500", term=f"Term {number}")
    client = personas.registrar.client()

    pages = list(every(client, of(student, "ledger"), page_size="3"))
    assert [[line["term"] for line in page] for page in pages] == [
        ["Term 0", "Term 1", "Term 2"],
        ["Term 3", "Term 4", "Term 5"],
        ["Term 6"],
    ]
    second = read(client, read(client, of(student, "ledger"), page_size="3")["next"])
    assert read(client, second["previous"])["results"] == pages[0]
    assert read(client, of(student, "ledger"), 404, cursor="nonsense")["code"] == "not_found"


# --- Progress ---------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R42", "R85", partial=True)
def test_progress_tells_earned_and_needed_by_subject_with_the_rule(personas: Personas) -> None:
    student = personas.student.student
    Student.objects.filter(pk=student.pk).update(grade_9_entry=dt.date(2024, 9, 1))
    make_mastery_entry(student, subject="math")
    course = make_course(personas.district)
    make_course_row(student, course, "A", earned="0.500", subject="english")

    found = read(personas.family.client(), of(student, "progress"))

    assert (found["student"], found["as_of"]) == (str(student.public_id), str(clock.today(personas.district)))
    assert (found["requirements"], found["total_needed"], found["entry_is_assumed"]) == ("wa-2021", "24.000", False)
    subjects = {row["subject"]: row for row in found["subjects"]}
    assert (subjects["english"]["earned"], subjects["english"]["needed"]) == ("0.500", "4.000")
    assert (subjects["english"]["is_met"], subjects["english"]["by_mastery"]) == (False, "0.000")
    assert Decimal(subjects["math"]["by_mastery"]) == Decimal(subjects["math"]["earned"]) > 0
    assert subjects["english"]["citation"] == "WAC 180-51-210(4)(a)"


def test_without_a_known_class_progress_says_so(personas: Personas) -> None:
    student = personas.student.student
    Student.objects.filter(pk=student.pk).update(grade_9_entry=None, graduation_year=None)

    found = read(personas.student.client(), of(student, "progress"))

    assert (found["requirements"], found["subjects"], found["total_needed"]) == ("", [], None)
    assert found["total_earned"] == "0.000"


# --- Awards -----------------------------------------------------------------------------------------------------------


def test_awards_and_reversals_of_the_district_are_told_in_the_order_they_were_written(personas: Personas) -> None:
    student = personas.student.student
    first = make_mastery_entry(student)
    second = make_mastery_entry(make_student(personas.school, local_id="77", ssid="1234567890"))
    taken_back = reverse_entry(first, reason="Entered twice.", actor=None)
    make_course_row(student, make_course(personas.district), "A", earned="1.000")
    make_mastery_entry(personas.other_district_student.student)

    rows = read(personas.administrator.client(), AWARDS, since=str(clock.today(personas.district)))["results"]

    assert [(row["id"], row["kind"], row["stands"]) for row in rows] == [
        (str(first.public_id), "mastery", False),
        (str(second.public_id), "mastery", True),
        (str(taken_back.public_id), "reversal", False),
    ]
    assert rows[1]["student"] == {
        "id": str(second.student.public_id),
        "local_id": "77",
        "ssid": "1234567890",
    }
    assert rows[2]["reverses"] == rows[0]["id"]


def test_the_feed_is_read_from_an_index_of_its_own(personas: Personas) -> None:
    feed = queries.awards_since(personas.district, dt.date(2026, 1, 10)).order_by("created_at", "pk")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "ledger_awards_feed" in feed.explain()


def test_the_day_is_the_districts_own(personas: Personas) -> None:
    """Written at eleven in the evening in Washington, when it is the next day in Greenwich."""
    entry = make_mastery_entry(personas.student.student)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE crediting_ledgerentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE crediting_ledgerentry SET created_at = '2026-01-10 23:00-08' WHERE id = %s", [entry.pk])
    client = personas.administrator.client()

    assert len(read(client, AWARDS, since="2026-01-10")["results"]) == 1
    assert read(client, AWARDS, since="2026-01-11")["results"] == []


@pytest.mark.parametrize("name", ["student", "family", "teacher", "counselor", "registrar", "principal"])
def test_awards_are_for_roles_over_the_whole_district(personas: Personas, name: str) -> None:
    refused = read(personas.named(name).client(), AWARDS, 403, since="2026-01-01")

    assert (refused["code"], refused["field"]) == ("not_allowed", "")
    assert "whole district" in refused["message"]


def test_a_registrar_of_the_whole_district_reads_them(personas: Personas) -> None:
    make_role(personas.registrar.person, Role.REGISTRAR, None)

    assert read(personas.registrar.client(), AWARDS, since="2026-01-01")["results"] == []


def test_awards_of_another_district_are_not_known(personas: Personas) -> None:
    make_mastery_entry(personas.student.student)
    stranger = personas.other_district_administrator.client()

    assert read(stranger, AWARDS, since="2020-01-01")["results"] == []
    assert read(stranger, AWARDS, 404, since="2020-01-01", district=personas.district.code)["code"] == "not_found"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [({}, "Say since which day: ?since=2026-11-01."), ({"since": "yesterday"}, "This is not a day.")],
)
def test_what_is_asked_wrongly_is_said_with_its_field(personas: Personas, query: dict[str, str], sentence: str) -> None:
    refused = read(personas.administrator.client(), AWARDS, 400, **query)

    assert (refused["code"], refused["field"]) == ("refused", "since")
    assert refused["message"].startswith(sentence)


# --- For all ----------------------------------------------------------------------------------------------------------


def addresses(personas: Personas) -> list[str]:
    student = personas.student.student
    return [
        COURSES,
        of(student, "ledger"),
        of(student, "progress"),
        f"{AWARDS}?since=2020-01-01",
    ]


def test_it_asks_the_same_for_one_row_and_for_thirty_and_writes_nothing(personas: Personas, ground: Ground) -> None:
    student = personas.student.student
    client = personas.administrator.client()

    def more(number: int) -> None:
        course = make_course(personas.district)
        for _ in range(number):
            entry = make_mastery_entry(student)
            make_mastery_entry(make_student(personas.school))
        reverse_entry(entry, reason="Entered twice.", actor=None)
        make_course_row(student, course, "A", earned="1.000")

    def trips() -> list[int]:
        counted = []
        for url in addresses(personas):
            with CaptureQueriesContext(connection) as queries, assert_no_writes():
                assert client.get(url).status_code == 200
            counted.append(len(queries))
        return counted

    more(1)
    trips()
    few = trips()
    more(30)
    assert trips() == few
    assert max(few) <= 11, few


@pytest.mark.rule("R76", partial=True)
def test_no_protected_table_is_read(personas: Personas, ground: Ground) -> None:
    make_mastery_entry(personas.student.student)
    client = personas.administrator.client()
    with CaptureQueriesContext(connection) as queries:
        for url in addresses(personas):
            client.get(url)

    asked = " ".join(query["sql"] for query in queries.captured_queries).lower()
    for table in ("demographic", "race", "entitlement", "program"):
        assert table not in asked


def test_credits_are_texts_with_three_places(personas: Personas, ground: Ground) -> None:
    make_mastery_entry(personas.student.student)
    client = personas.administrator.client()

    for url in addresses(personas):
        for name, value in _leaves(json.loads(client.get(url).content)):
            assert not isinstance(value, float), f"{url}: {name} is a number with a fraction"
            if "credits" in name or name in {"needed", "earned", "counted"}:
                assert isinstance(value, str), f"{url}: {name}"
                assert len(value.rpartition(".")[2]) == 3, f"{url}: {name} is {value}"


def _leaves(found: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(found, dict):
        for key, value in found.items():
            yield from _leaves(value, key)
    elif isinstance(found, list):
        for value in found:
            yield from _leaves(value, name)
    else:
        yield name, found


def test_nothing_can_be_sent(personas: Personas) -> None:
    client = personas.administrator.client()
    for url in addresses(personas):
        for method in ("post", "put", "patch", "delete"):
            answer = getattr(client, method)(url, data="{}", content_type="application/json")
            assert answer.status_code == 405, (method, url)
            assert set(answer.json()) == SHAPE


def test_who_is_not_signed_in_is_told_so_and_not_sent_to_a_page(personas: Personas) -> None:
    for url in [*addresses(personas), "/api/v1/schema/"]:
        answer = Client().get(url)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Session")
        assert answer.json()["code"] == "not_signed_in"


def test_an_account_that_was_closed_reads_nothing_more(personas: Personas) -> None:
    client = personas.administrator.client()
    User.objects.filter(pk=personas.administrator.user.pk).update(is_active=False)

    assert read(client, COURSES, 401)["code"] == "not_signed_in"


def test_other_ways_of_signing_in_do_not_exist(personas: Personas) -> None:
    for header in ("Basic YWRhOnNlY3JldA==", "Token abc", "Bearer abc"):
        assert Client().get(COURSES, headers={"Authorization": header}).status_code == 401


def test_an_address_that_is_none_has_the_same_shape(personas: Personas) -> None:
    client = personas.administrator.client()

    for url in ("/api/v1/people/", "/api/v1/", "/api/v1/students/1/ledger/", of(personas.student.student, "grades")):
        assert read(client, url, 404)["code"] == "not_found"
    assert read(client, "/api/v2/courses/", 404)["code"] == "not_found"
    assert read(client, of(make_student_elsewhere(), "ledger"), 404)["code"] == "not_found"


def make_student_elsewhere() -> Student:
    return Student(public_id=uuid4())


def test_the_message_is_in_the_language_of_the_account(personas: Personas) -> None:
    User.objects.filter(pk=personas.administrator.user.pk).update(language="es")

    assert personas.administrator.client().get(AWARDS)["Content-Language"] == "es"


def test_too_many_requests_are_refused_with_the_seconds_to_wait(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving.PersonThrottle, "rate", "3/min")
    client = personas.administrator.client()

    assert [client.get(COURSES).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = client.get(COURSES)
    assert refused.json()["code"] == "too_many"
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert personas.student.client().get(COURSES).status_code == 200
    cache.clear()


def test_a_bug_stays_loud_and_its_answer_has_the_shape(personas: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("bug")

    monkeypatch.setattr("mbl.api.queries.open_courses", broken)
    client = personas.administrator.client()
    with pytest.raises(RuntimeError):
        client.get(COURSES)
    client.raise_request_exception = False

    answer = client.get(COURSES)
    assert (answer.status_code, answer.json()["code"]) == (500, "failed")


def test_a_database_that_is_away_is_told_in_the_shape(personas: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: object) -> None:
        raise OperationalError

    monkeypatch.setattr("mbl.api.queries.open_courses", away)
    client = personas.administrator.client()
    client.raise_request_exception = False

    answer = client.get(COURSES)
    assert (answer.status_code, answer.json()["code"]) == (503, "away")
    assert answer["Retry-After"]


# --- The schema and its page ------------------------------------------------------------------------------------------


def test_the_schema_is_valid_and_names_every_address_with_its_refusals(personas: Personas) -> None:
    schema = read(personas.student.client(), "/api/v1/schema/")

    validate_schema(schema)  # type: ignore[no-untyped-call]
    assert set(schema["paths"]) == {
        "/api/v1/courses/",
        "/api/v1/students/{public_id}/ledger/",
        "/api/v1/students/{public_id}/progress/",
        "/api/v1/awards/",
    }
    for methods in schema["paths"].values():
        assert set(methods) == {"get"}
        assert set(methods["get"]["responses"]) == {"200", "400", "401", "403", "404", "429"}
        assert methods["get"]["security"] == [{"session": []}]


def test_every_answer_is_what_the_schema_says(personas: Personas, ground: Ground) -> None:
    import jsonschema

    student = personas.student.student
    entry = make_mastery_entry(student)
    reverse_entry(entry, reason="Entered twice.", actor=None)
    Student.objects.filter(pk=student.pk).update(grade_9_entry=dt.date(2024, 9, 1))
    client = personas.administrator.client()
    schema = read(client, "/api/v1/schema/")
    text = json.dumps(schema)
    plain = json.loads(text.replace("#/components/schemas/", "#/$defs/"))
    for path, methods in plain["paths"].items():
        shape = methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        url = path.replace("{public_id}", str(student.public_id))
        answer = read(client, f"{url}?since=2020-01-01" if "awards" in path else url)
        definitions = _nullable(plain["components"]["schemas"])
        jsonschema.validate(answer, {**_nullable(shape), "$defs": definitions})


def _nullable(shape: Any) -> Any:
    """OpenAPI 3.0's ``nullable`` as JSON Schema says it."""
    if isinstance(shape, list):
        return [_nullable(one) for one in shape]
    if not isinstance(shape, dict):
        return shape
    inner = {key: _nullable(value) for key, value in shape.items() if key not in {"nullable", "readOnly"}}
    return {"anyOf": [inner, {"type": "null"}]} if shape.get("nullable") is True else inner


def test_the_page_shows_every_address_parameter_and_field(personas: Personas) -> None:
    client = personas.counselor.client()
    with assert_no_writes():
        html = client.get("/api/").content.decode()

    schema = read(client, "/api/v1/schema/")
    for path, methods in schema["paths"].items():
        assert path in html
        for parameter in methods["get"].get("parameters", ()):
            assert f"<code>{parameter['name']}</code>" in html
    for field in ("results[].policy.first_day", "results[].student.ssid", "subjects[].by_mastery"):
        assert f"<code>{field}</code>" in html
    assert "http://" not in html.replace("http://testserver", "").replace("http://www.w3.org", "")
    assert reverse("api:schema") in html
    assert timezone.now().year > 2000


def test_the_page_asks_nothing_more_than_its_frame(personas: Personas) -> None:
    client = personas.student.client()
    client.get("/api/")
    with assert_queries(_frame(client)):
        client.get("/api/")


def _frame(client: Client) -> int:
    """What the account page, which has one form and no list, asks."""
    with CaptureQueriesContext(connection) as queries:
        client.get("/account/")
    return len(queries)


def test_districts_of_a_person_in_two_are_told_apart(personas: Personas, ground: Ground) -> None:
    from tests.factories.profiles import make_person

    make_person(personas.other_district, "Ada Larsen", user=personas.administrator.user)
    client = personas.administrator.client()

    assert len(read(client, COURSES, district=personas.district.code)["results"]) == 1
    assert read(client, COURSES, district=personas.other_district.code)["results"] == []
    assert District.objects.count() == 2
    assert LedgerEntry.objects.filter(kind=EntryKind.MASTERY).count() == 0

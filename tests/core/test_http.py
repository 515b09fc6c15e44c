"""What views share."""

from collections.abc import Iterator

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest
from django.test import RequestFactory

from mbl.core.errors import DomainError, InvalidTransition, NotAllowed
from mbl.core.http import go, is_htmx, paginate, showing_errors
from mbl.core.models import Job
from mbl.core.states import JobState
from tests.assertions import assert_queries
from tests.factories.core import make_user

requests = RequestFactory()


class Form(forms.Form):
    day = forms.DateField()


def posted() -> Form:
    form = Form({"day": "2026-09-01"})
    assert form.is_valid()
    return form


def with_messages(request: HttpRequest) -> HttpRequest:
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    return request


@pytest.mark.parametrize(
    ("headers", "wants_fragment"),
    [
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
        ({"HX-Request": "true", "HX-Boosted": "true"}, False),
        ({}, False),
    ],
)
def test_only_htmx_that_wants_a_fragment_gets_one(headers: dict[str, str], wants_fragment: bool) -> None:
    assert is_htmx(requests.get("/", headers=headers)) is wants_fragment


def test_after_a_post_a_plain_browser_is_redirected_with_a_toast_and_its_undo() -> None:
    request = with_messages(requests.post("/"))

    answer = go(request, "/queue/", "Returned to Ada.", undo_url="/undo/7/")

    assert (answer.status_code, answer["Location"]) == (302, "/queue/")
    assert [(str(message), message.extra_tags) for message in get_messages(request)] == [
        ("Returned to Ada.", "/undo/7/")
    ]


def test_after_a_post_htmx_is_told_where_to_go() -> None:
    answer = go(with_messages(requests.post("/", headers={"HX-Request": "true"})), "/queue/")

    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/queue/")


@pytest.mark.parametrize(
    ("error", "place"),
    [
        (DomainError("That day is no school day.", field="day"), "day"),
        (DomainError("That day is no school day.", field="elsewhere"), "__all__"),
        (DomainError("That day is no school day."), "__all__"),
    ],
)
def test_a_sentence_for_people_is_placed_at_its_field(error: DomainError, place: str) -> None:
    form = posted()

    with showing_errors(form):
        raise error

    assert form.errors == {place: ["That day is no school day."]}


def test_what_has_moved_on_is_said_in_the_form() -> None:
    form = posted()

    with showing_errors(form):
        raise InvalidTransition("stop", JobState.DONE)

    assert "it is now “Done”" in form.errors["__all__"][0]


def test_a_refusal_is_no_matter_of_the_form() -> None:
    with pytest.raises(NotAllowed), showing_errors(posted()):
        raise NotAllowed("Only a counselor may do this.")


@pytest.fixture
def thirty_jobs(db: None) -> Iterator[None]:
    owner = make_user()
    Job.objects.bulk_create([Job(owner=owner, kind="tests.none", label=str(number)) for number in range(30)])
    yield


@pytest.mark.parametrize(
    ("asked", "number"), [("1", 1), ("2", 2), ("99", 2), ("0", 1), ("-3", 1), ("two", 1), ("", 1), ("9" * 30, 2)]
)
@pytest.mark.usefixtures("thirty_jobs")
def test_a_page_that_is_not_there_is_the_nearest_one(asked: str, number: int) -> None:
    with assert_queries(2):
        found = paginate(requests.get("/", {"page": asked}), Job.objects.order_by("pk"))
        rows = list(found)

    assert found.number == number
    assert len(rows) == (25 if number == 1 else 5)

"""The page of addresses from which standards are fetched: for whoever imports in the district, nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse

from crediting.models import Framework, FrameworkSource
from mbl.core import jobs
from mbl.core.models import Job
from mbl.core.states import JobState
from tests.assertions import assert_no_writes, assert_queries
from tests.crediting.actions.test_fetch_standards import Publisher, publisher
from tests.crediting.recorded import Recorded
from tests.personas import Personas

__all__ = ["publisher"]
pytestmark = pytest.mark.django_db
SOURCES = reverse("crediting:sources")


def step(source: FrameworkSource, name: str) -> str:
    return reverse(f"crediting:source-{name}", args=[source.public_id])


@pytest.fixture
def kept(personas: Personas) -> Iterator[FrameworkSource]:
    FrameworkSource.objects.create(district=personas.other_district, address="https://case.example.org/theirs")
    yield FrameworkSource.objects.create(district=personas.district, address="https://case.example.org/ours")


def test_an_address_is_added_looked_at_and_given_up(personas: Personas, publisher: Publisher) -> None:
    browser, recorded = personas.administrator.client(), Recorded()
    answer = browser.post(SOURCES, {"address": f" {publisher.address} "})
    source, job = FrameworkSource.objects.get(), Job.objects.get()
    assert answer["Location"] == reverse("core:job", args=[job.public_id])
    browser.post(SOURCES, {"address": publisher.address})
    browser.post(step(source, "look"))
    assert Job.objects.count() == 1
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result_url) == (JobState.DONE, SOURCES)
    assert Framework.objects.get().district == personas.district
    with assert_no_writes():
        page = browser.get(SOURCES).content.decode()
    assert publisher.address in page and "Everything there is here." in page
    browser.post(step(source, "stop"))
    assert "No address yet" in browser.get(SOURCES).content.decode()
    assert recorded.verbs[0] == "crediting.source.remembered" and recorded.verbs[-1] == "crediting.source.stopped"
    assert browser.post(step(source, "stop")).status_code == 404
    assert Framework.objects.exists()


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("https://elsewhere.example.net/CFPackages/1", "elsewhere.example.net is not among the servers"),
        ("file:///etc/passwd", "is not among the servers"),
        ("", "This field is required."),
        ("https://127.0.0.1:x/", "This is not an address of the web."),
    ],
)
def test_another_address_is_refused_with_a_sentence(
    personas: Personas, publisher: Publisher, address: str, sentence: str
) -> None:
    answer = personas.administrator.client().post(SOURCES, {"address": address})
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert not FrameworkSource.objects.exists() and not Job.objects.exists()


def test_what_was_given_up_before_its_turn_is_left_alone(personas: Personas, publisher: Publisher) -> None:
    browser = personas.administrator.client()
    browser.post(SOURCES, {"address": publisher.address})
    browser.post(step(FrameworkSource.objects.get(), "stop"))
    jobs.run(Job.objects.get().pk)
    assert publisher.asked == [] and Job.objects.get().state == JobState.DONE


def test_another_district_neither_sees_nor_stops_it(personas: Personas, kept: FrameworkSource) -> None:
    browser = personas.other_district_administrator.client()
    page = browser.get(SOURCES).content.decode()
    assert "case.example.org/theirs" in page and "case.example.org/ours" not in page
    assert browser.post(step(kept, "stop")).status_code == browser.post(step(kept, "look")).status_code == 404
    kept.refresh_from_db()
    assert kept.is_active


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_takes_as_many_trips_for_thirty_addresses_as_for_one(personas: Personas, count: int) -> None:
    for number in range(count):
        FrameworkSource.objects.create(district=personas.district, address=f"https://case.example.org/{number:02}")
    browser = personas.administrator.client()
    browser.get("/")
    with assert_queries(9):
        page = browser.get(SOURCES).content.decode()
    assert page.count("Look now") == min(count, 25)

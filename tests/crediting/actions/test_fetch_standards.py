"""Fetching standards from a real server on this machine: what is newer comes in, everything else stays outside."""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import settings as current
from django.core.management import CommandError, call_command

from crediting.actions.fetch_standards import fetch_all, fetch_source, remember_source, stop_source
from crediting.interchange import case_fetch
from crediting.models import Framework, FrameworkSource, Standard
from crediting.tasks import fetch_standards
from mbl.core.errors import DomainError
from mbl.core.models import District
from tests.crediting.queries.test_find_standards import PACKAGE
from tests.factories.core import make_district

pytestmark = pytest.mark.django_db
GUID = PACKAGE["CFDocument"]["identifier"]


class Publisher:
    """A CASE server with one framework. ``asked`` are the paths it was asked for."""

    def __init__(self) -> None:
        self.package: dict[str, Any] = copy.deepcopy(PACKAGE)
        self.asked: list[str] = []
        self.answers: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body, headers = publisher.answer(self.path)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.address = f"http://{self.host}/ims/case/v1p1/CFPackages/{GUID}"

    def answer(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        self.asked.append(path.split("/")[-2])
        if path in self.answers:
            return self.answers[path]
        if "/CFDocuments/" in path:
            return 200, json.dumps(self.package["CFDocument"]).encode(), {}
        return 200, json.dumps(self.package).encode(), {}

    def changes(self, statement: str, day: str) -> None:
        self.package["CFItems"][-1] |= {"fullStatement": statement, "lastChangeDateTime": f"{day}T00:00:00+00:00"}
        self.package["CFDocument"]["lastChangeDateTime"] = f"{day}T00:00:00+00:00"


@pytest.fixture
def publisher(settings: Any) -> Iterator[Publisher]:
    found = Publisher()
    settings.CASE_SOURCES = [found.host]
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


@pytest.fixture
def district() -> District:
    make_district()
    return make_district()


def test_a_framework_is_fetched_once_and_again_when_its_publisher_changed_it(
    publisher: Publisher, district: District
) -> None:
    source = remember_source(district, address=publisher.address, actor=None)
    assert remember_source(district, address=publisher.address, actor=None) == source
    assert fetch_all() == 1
    assert Framework.objects.get().district == district
    assert publisher.asked == ["CFDocuments", "CFPackages"]
    assert fetch_all() == 0
    assert publisher.asked == ["CFDocuments", "CFPackages", "CFDocuments"]
    publisher.changes("New words", "2031-01-01")
    fetch_standards()
    assert Standard.objects.filter(statement="New words").count() == 1
    stop_source(source, actor=None)
    publisher.changes("Newer words", "2032-01-01")
    assert fetch_all() == 0
    assert not Standard.objects.filter(statement="Newer words").exists()


def test_nothing_is_fetched_where_no_host_is_allowed(publisher: Publisher, district: District, settings: Any) -> None:
    source = remember_source(district, address=publisher.address, actor=None)
    settings.CASE_SOURCES = []
    assert fetch_all() == 0
    assert fetch_source(source) is None
    assert "CASE_SOURCES" in source.problem
    assert publisher.asked == []


def test_fetching_is_off_until_an_installation_allows_it() -> None:
    assert current.CASE_SOURCES == []


@pytest.mark.parametrize(
    "address",
    [
        "http://case.example.org/ims/case/v1p1/CFPackages/1",
        "https://other.example.org/ims/case/v1p1/CFPackages/1",
        "https://case.example.org@evil.example/CFPackages/1",
        "https://case.example.org.evil.example/CFPackages/1",
        "https://name:word@case.example.org/CFPackages/1",
        "file:///etc/passwd",
        "ftp://case.example.org/x",
        "https://[broken",
        "",
    ],
)
def test_other_addresses_are_refused(district: District, settings: Any, address: str) -> None:
    settings.CASE_SOURCES = ["case.example.org"]
    with pytest.raises(DomainError):
        remember_source(district, address=address, actor=None)
    assert not FrameworkSource.objects.exists()


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (302, b"", {"Location": "http://127.0.0.1:9/"}),
        (500, b"", {}),
        (404, b"", {}),
        (200, b"not json", {}),
        (200, b"[]", {}),
    ],
)
def test_a_server_that_answers_something_else_is_a_sentence_and_no_crash(
    publisher: Publisher, district: District, status: int, body: bytes, headers: dict[str, str]
) -> None:
    source = remember_source(district, address=publisher.address, actor=None)
    publisher.answers[f"/ims/case/v1p1/CFDocuments/{GUID}"] = (status, body, headers)
    assert fetch_source(source) is None
    source.refresh_from_db()
    assert source.problem
    assert source.checked_at is not None
    assert not Framework.objects.exists()


def test_a_server_that_is_away_is_tried_again(district: District, settings: Any) -> None:
    settings.CASE_SOURCES = ["127.0.0.1"]
    source = remember_source(district, address="http://127.0.0.1:9/CFPackages/1", actor=None)
    assert fetch_source(source) is None
    assert "tomorrow" in source.problem


def test_more_than_a_package_may_have_is_not_read(
    publisher: Publisher, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_fetch, "_DOCUMENT_BYTES", 100)
    source = remember_source(district, address=publisher.address, actor=None)
    assert fetch_source(source) is None
    assert "too large" in source.problem


def test_a_document_may_say_where_its_package_is_but_not_anywhere(publisher: Publisher, district: District) -> None:
    other = f"http://{publisher.host}/other/CFPackages/1"
    publisher.package["CFDocument"]["CFPackageURI"] = {"title": "", "identifier": GUID, "uri": other}
    fetch_source(remember_source(district, address=publisher.address, actor=None))
    assert publisher.asked == ["CFDocuments", "CFPackages"]
    publisher.package["CFDocument"] |= {"lastChangeDateTime": "2031-01-01T00:00:00+00:00"}
    publisher.package["CFDocument"]["CFPackageURI"]["uri"] = "https://evil.example/CFPackages/1"
    source = FrameworkSource.objects.get()
    assert fetch_source(source) is not None
    assert source.problem == ""


def test_a_package_that_lacks_much_waits_for_a_person(publisher: Publisher, district: District) -> None:
    source = remember_source(district, address=publisher.address, actor=None)
    fetch_source(source)
    publisher.changes("Words", "2031-01-01")
    publisher.package["CFItems"] = []
    result = fetch_source(source)
    assert result is not None
    assert result.refused
    assert "16 of the 16" in source.problem
    assert Standard.objects.filter(status="active").count() == 16


def test_the_command_fetches_now_and_stops(
    publisher: Publisher, district: District, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("fetch_case", publisher.address, "--district", district.code)
    assert Framework.objects.filter(district=district).exists()
    call_command("fetch_case", "--district", district.code)
    assert "Nothing newer." in capsys.readouterr().out
    call_command("fetch_case", publisher.address, "--district", district.code, "--stop")
    assert not FrameworkSource.objects.filter(is_active=True).exists()
    with pytest.raises(CommandError, match="CASE_SOURCES"):
        call_command("fetch_case", "https://evil.example/CFPackages/1", "--district", district.code)

"""Starts the embedded servers for a test run, before Django reads its settings.

pytest imports this through ``addopts``, earlier than any conftest. Only the controller starts servers; the workers of
xdist inherit its environment. ``DATABASE_URL`` or ``REDIS_URL`` set: that server is used instead.
"""

import atexit
import os
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest

from mbl.services import catalogs, locks, processes
from mbl.services.places import Places
from mbl.services.postgres import Postgres
from mbl.services.preflight import CHROMIUM_MISSING, chromium, on_ci
from mbl.services.servers import Servers, given
from mbl.services.template import NAME, Template, make

DATABASE_FIXTURES = frozenset({"db", "transactional_db", "live_server"})
WORKER = given("PYTEST_XDIST_WORKER")


class _Run:
    """The servers and the folder of this test run."""

    def __init__(self) -> None:
        self.places = Places.of_test_run(os.getpid())
        self.servers = Servers(self.places, durable=False)
        self.lock = locks.Lock(self.places.lock)
        self.template = Template(self.places.var.parent / "templates")

    def start(self) -> None:
        remove_dead_runs(self.places.var.parent)
        self.places.create()
        self.lock.take()
        atexit.register(self.stop)
        catalogs.compile_changed()
        if self.postgres:
            found = self.template.copy_into(self.postgres)
            os.environ["TEST_DATABASE_TEMPLATE"] = NAME if found else ""
        self.servers.start()
        # Uploads, mail and documents of tests go where the run goes.
        os.environ |= self.servers.addresses | {"MBL_VAR": str(self.places.var)}

    @property
    def postgres(self) -> Postgres | None:
        return next((server for server in self.servers.all if isinstance(server, Postgres)), None)

    def stop(self) -> None:
        atexit.unregister(self.stop)
        self.servers.stop()
        if self.postgres and (self.places.var / NAME).exists():
            self.template.keep(self.postgres)
        self.lock.release()
        self.places.remove()


def remove_dead_runs(runs: Path) -> None:
    """End and remove what killed test runs left behind."""
    for folder in runs.glob("[0-9]*"):
        places = Places(folder)
        if not processes.is_alive(int(folder.name)) and not locks.is_held(places.lock):
            processes.end_leftovers(places, seconds=5.0)
            places.remove()


def database_of_worker(url: str, worker: str) -> str:
    """The address with a Redis database of the worker's own: gw0 has 1, gw1 has 2; there are sixteen."""
    number = int(worker.removeprefix("gw")) % 15 + 1
    parts = urlsplit(url)
    if parts.scheme == "unix":
        query = dict(parse_qsl(parts.query)) | {"db": str(number)}
        return f"unix://{parts.path}?{urlencode(query)}"
    return urlunsplit(parts._replace(path=f"/{number}"))


if WORKER:
    os.environ["REDIS_URL"] = database_of_worker(os.environ["REDIS_URL"], WORKER)
    _run = None
else:
    _run = _Run()
    _run.start()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    if _run:
        _run.stop()


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
    """When the first test database of a run without a template is migrated, a copy becomes the template."""
    result = yield
    if (
        fixturedef.argname == "django_db_setup"
        and WORKER in {"", "gw0"}
        and os.environ.get("TEST_DATABASE_TEMPLATE") == ""
    ):
        from django.db import connection

        connection.close()
        make(connection.settings_dict["NAME"])
        (Path(os.environ["MBL_VAR"]) / NAME).touch()
    return result


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--only-database", action="store_true", help="run the tests that touch the database, no others")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without Chromium the browser tests are skipped and named at the end; under CI that is an error."""
    if config.getoption("--only-database"):
        config.hook.pytest_deselected(items=[item for item in items if not touches_database(item)])
        items[:] = [item for item in items if touches_database(item)]
    if WORKER:
        long_files_first(items)
    browser_tests = [item for item in items if item.get_closest_marker("browser")]
    if not browser_tests or chromium():
        return
    if on_ci():
        raise pytest.UsageError(f"{len(browser_tests)} browser tests cannot run. {CHROMIUM_MISSING}")
    for item in browser_tests:
        item.add_marker(pytest.mark.skip(reason=CHROMIUM_MISSING))


def long_files_first(items: list[pytest.Item]) -> None:
    """The workers take file after file in this order, so that none begins a long one when the others are done."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    number = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path not in slow, -number[item.path], item.path))


def touches_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or not DATABASE_FIXTURES.isdisjoint(fixtures)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.getreports("skipped")
    without_browser = sorted(report.nodeid for report in skipped if CHROMIUM_MISSING in str(report.longrepr))
    if without_browser:
        terminalreporter.section("browser tests that did not run")
        terminalreporter.line(CHROMIUM_MISSING)
        for name in without_browser:
            terminalreporter.line(f"  {name}")


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The Chromium that browser tests drive; mark such a test ``browser``."""
    found = chromium()
    assert found, CHROMIUM_MISSING
    return found

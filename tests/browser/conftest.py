"""A real browser for the tests of screens. Without Chromium they are skipped with that reason; on CI they fail."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings
from playwright.sync_api import Browser, Page, expect, sync_playwright

from mbl.core.models import User
from mbl.core.staticfiles import ENTRY, joined_stylesheet, read_source
from mbl.services.preflight import on_ci
from tests.browser.checks import collect_messages

# Milliseconds: on a busy machine a page may take long, and a test that gives up early says nothing of the product.
PATIENCE = 30_000
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module", autouse=True)
def _one_stylesheet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Screens have the stylesheet in one file, as it is collected: forty requests less for each visit."""
    folder = tmp_path_factory.mktemp("static")
    (folder / ENTRY).parent.mkdir()
    (folder / ENTRY).write_text(joined_stylesheet(read_source), encoding="utf-8")
    with override_settings(STATICFILES_DIRS=[folder, *settings.STATICFILES_DIRS]):
        yield


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of this machine (``CHROMIUM`` names another one)."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        sentence = "Chromium is not installed, so no screen was opened. Install it, or set CHROMIUM to its path."
        pytest.fail(sentence) if on_ci() else pytest.skip(sentence)
    # Playwright keeps an event loop in this thread; Django would take every query for one made inside it.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def browser_page(chromium: Browser) -> Iterator[Page]:
    """A fresh window whose complaints are collected."""
    context = chromium.new_context(locale="en-US", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    collect_messages(page)
    yield page
    context.close()


@pytest.fixture
def plain_page(chromium: Browser) -> Iterator[Page]:
    """A fresh window without JavaScript."""
    context = chromium.new_context(locale="en-US", java_script_enabled=False)
    page = context.new_page()
    collect_messages(page)
    yield page
    context.close()


def sign_in(page: Page, user: User, base_url: str) -> None:
    """Give the window the session of ``user``; ``base_url`` is ``live_server.url``."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": base_url}])

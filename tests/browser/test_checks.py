"""What the other browser tests stand on: a visit ends when the page takes keys, however late its modules come."""

from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.checks import next_page, visit

LATE = 1000


def come_late(page: Page, files: str) -> None:
    """Let ``files`` arrive ``LATE`` milliseconds after they are asked for; everything else goes on meanwhile."""

    def late(route: Route) -> None:
        page.wait_for_timeout(LATE)
        route.continue_()

    page.route(files, late)


def test_a_visit_ends_when_the_modules_of_the_page_have_run(browser_page: Page, live_server: LiveServer) -> None:
    come_late(browser_page, "**/js/grid.js")
    visit(browser_page, live_server.url + "/styleguide/")
    links = browser_page.locator("table[data-grid] td > a")
    links.nth(0).focus()
    browser_page.keyboard.press("ArrowRight")
    expect(links.nth(1)).to_be_focused()


def test_the_next_page_takes_keys_too(browser_page: Page, live_server: LiveServer) -> None:
    come_late(browser_page, "**/js/shortcuts.js")
    visit(browser_page, live_server.url + "/styleguide/")
    with next_page(browser_page):
        browser_page.evaluate("location.href = '/styleguide/staff/'")
    browser_page.keyboard.press("j")
    expect(browser_page.locator("[data-rows] > tr").nth(1).locator("th a")).to_be_focused()

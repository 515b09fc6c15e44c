"""What every screen is checked for in a real browser; ``visit`` first, then the assertions.

def test_queue_can_be_used_by_everyone(browser_page, live_server, signed_in):
    visit(browser_page, f"{live_server.url}/queue/", width=390)
    assert_usable(browser_page)
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import Page

WIDTHS = (320, 390, 768, 1280)
AXE = (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
HEIGHT = 900
# Everything is loaded, our modules have run (an error page has none) and the fonts are there. No promise: Playwright
# takes one for a yes, whatever comes of it.
READY = """() => {
  const hasRun = document.documentElement.dataset.ready === "yes" || !document.querySelector('script[type="module"]');
  return document.readyState === "complete" && document.fonts.status === "loaded" && hasRun;
}"""

_messages: WeakKeyDictionary[Page, list[str]] = WeakKeyDictionary()


def collect_messages(page: Page) -> None:
    """Keep what the browser complains about: console, content security policy, scripts, files that are missing."""
    kept: list[str] = []
    _messages[page] = kept
    page.on("console", lambda message: kept.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: kept.append(f"script: {error}"))
    page.on(
        "response",
        lambda answer: (
            kept.append(f"{answer.status}: {answer.url}")
            if answer.status >= 400 and answer.request.resource_type != "document"
            else None
        ),
    )


def visit(page: Page, url: str, width: int = 1280, *, status: int = 200) -> None:
    """Open ``url`` at ``width`` CSS pixels and wait until its fonts and scripts are there."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    answer = page.goto(url)
    assert answer is not None, f"{url} gave no answer."
    assert answer.status == status, f"{url} answered {answer.status}, not {status}."
    settle(page)


def settle(page: Page) -> None:
    """Wait until the page takes keys. Its modules come after its text: a key pressed in between is lost."""
    page.wait_for_function(READY)


@contextmanager
def next_page(page: Page) -> Iterator[None]:
    """What is done inside leads to another page, loaded anew; goes on when that takes keys.

    with next_page(page):
        page.keyboard.press("Enter")
    """
    settle(page)
    with page.expect_event("load"):
        yield
    settle(page)


def assert_quiet(page: Page, *, status: int = 200) -> None:
    """No message of the console, no blocked style or script, no missing file.

    ``status``: of the page itself, which the browser reports on its console where it is an error.
    """
    expected = f"status of {status}"
    loud = [one for one in _messages[page] if status < 400 or expected not in one]
    assert not loud, "The browser complains:\n" + "\n".join(loud)


def assert_accessible(page: Page) -> None:
    """axe finds nothing of WCAG 2.1 A and AA or of its best practices, and there is exactly one ``h1``."""
    heads = page.locator("h1").count()
    assert heads == 1, f"The page has {heads} h1 headings; it needs one."
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": f"{AXE};0"})
    session.detach()
    found: list[dict[str, Any]] = page.evaluate(
        # What passes is not told, and nobody reads where: most of the time would go into that.
        "tags => axe.run(document, {runOnly: tags, preload: false, resultTypes: ['violations'], selectors: false})"
        ".then(result => result.violations.map(one => ({id: one.id, help: one.help, nodes: one.nodes.map(node => "
        "node.html.slice(0, 200) + ' ' + node.failureSummary)})))",
        AXE_TAGS,
    )
    lines = [f"{one['id']}: {one['help']}\n    " + "\n    ".join(one["nodes"][:5]) for one in found]
    assert not lines, f"axe finds {len(lines)} problems:\n" + "\n".join(lines)


def assert_no_sideways_scroll(page: Page) -> None:
    """Nothing sticks out of the page at the side."""
    measured = page.evaluate(
        """() => {
          const wide = document.documentElement.clientWidth;
          const out = [...document.querySelectorAll("body *")].filter(one => {
            const box = one.getBoundingClientRect();
            const sticksOut = box.width && (box.right > wide + 1 || box.left < -1);
            return sticksOut && !one.closest("[role=region], .visually-hidden");
          });
          const scroll = document.documentElement.scrollWidth;
          return {wide, scroll, out: out.slice(0, 5).map(one => one.outerHTML.slice(0, 160))};
        }"""
    )
    assert measured["scroll"] <= measured["wide"], (
        f"The page is {measured['scroll']} px wide in a window of {measured['wide']} px:\n" + "\n".join(measured["out"])
    )


def assert_usable(page: Page, *, status: int = 200) -> None:
    """Everything a screen must be at the width it was visited at."""
    settle(page)
    assert_quiet(page, status=status)
    assert_no_sideways_scroll(page)
    assert_accessible(page)

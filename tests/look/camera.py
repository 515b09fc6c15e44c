"""Opens a screen as somebody, photographs it and gathers what is wrong with it."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.browser.checks import (
    assert_no_sideways_scroll,
    assert_usable,
    collect_messages,
    visit,
)

WIDTHS = (390, 768, 1280)
NARROWEST = 320
# The font with every letter is fetched only where a rare one occurs, and then kept; a budget counts without it.
RARE_LETTERS = "SourceSans3VF"
FIRST_VISIT_KB = 150
TIMEOUT_MS = 20_000
LINES_OF_A_PROBLEM = 8


@dataclass
class Visit:
    """One screen as one person: where it is, in which language, and what was found."""

    name: str
    persona: str
    language: str
    url: str
    html_limit: int = 60
    problems: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"{self.name} as {self.persona or 'nobody'} in {self.language}"

    @property
    def stem(self) -> str:
        return f"{self.name.replace(':', '-')}--{self.persona or 'nobody'}--{self.language}"


class Camera:
    """A browser on a server of its own, with the pictures' folder."""

    def __init__(self, browser: Browser, base: str, folder: Path) -> None:
        self.browser, self.base, self.folder = browser, base, folder
        self._sessions: dict[str, list[dict[str, str]]] = {}

    def look(self, visit_: Visit, *, printed: bool = False) -> None:
        """Pictures at every width, right to left once, printed where asked; ``visit_.problems`` says what is wrong."""
        with self._window(visit_) as page:
            for width in WIDTHS:
                self._try(visit_, f"{width} px", partial(self._photograph, page, visit_, width))
            self._try(visit_, f"{NARROWEST} px", lambda: self._narrow(page, visit_))
            self._try(visit_, "right to left", lambda: self._right_to_left(page, visit_))
            if printed:
                self._try(visit_, "print", lambda: self._print(page, visit_))
        self._try(visit_, "bytes", lambda: self._weigh(visit_))

    def snapshot(self, visit_: Visit, target: Path, width: int, height: int) -> None:
        """The first screenful alone, for a guide."""
        with self._window(visit_) as page:
            visit(page, visit_.url, width)
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=target)

    # --- Steps --------------------------------------------------------------------------------------------------------

    def _photograph(self, page: Page, visit_: Visit, width: int) -> None:
        visit(page, visit_.url, width)
        page.screenshot(path=self.folder / f"{visit_.stem}--{width}.png", full_page=True)
        assert_usable(page)

    def _narrow(self, page: Page, visit_: Visit) -> None:
        visit(page, visit_.url, NARROWEST)
        assert_no_sideways_scroll(page)

    def _right_to_left(self, page: Page, visit_: Visit) -> None:
        for width in (WIDTHS[0], WIDTHS[-1]):
            visit(page, visit_.url, width)
            page.evaluate("document.documentElement.dir = 'rtl'")
            page.screenshot(path=self.folder / f"{visit_.stem}--{width}--rtl.png", full_page=True)
            assert_no_sideways_scroll(page)

    def _print(self, page: Page, visit_: Visit) -> None:
        visit(page, visit_.url, WIDTHS[-1])
        page.pdf(path=self.folder / f"{visit_.stem}.pdf", format="Letter", prefer_css_page_size=True, tagged=True)

    def _weigh(self, visit_: Visit) -> None:
        """The page itself, raw; and everything a first visit loads, as it goes over the wire."""
        with self._window(visit_) as page:
            answers: list[Response] = []
            page.on("response", lambda answer: answers.append(answer))
            visit(page, visit_.url, WIDTHS[0])
            html = next(answer for answer in answers if answer.request.resource_type == "document").body()
            raw = len(html) / 1024
            files = sum(
                answer.request.sizes()["responseBodySize"]
                for answer in answers
                if answer.request.resource_type not in {"document", "image"} and RARE_LETTERS not in answer.url
            )
            wire = (len(gzip.compress(html, 6)) + files) / 1024
        assert raw <= visit_.html_limit, f"The HTML is {raw:.0f} KB raw; the limit is {visit_.html_limit}."
        assert wire <= FIRST_VISIT_KB, f"A first visit loads {wire:.0f} KB; the limit is {FIRST_VISIT_KB}."

    @staticmethod
    def _try(visit_: Visit, what: str, step: Callable[[], None]) -> None:
        """One fault does not hide the others."""
        try:
            step()
        except Exception as error:  # a picture that cannot be taken is a finding, too
            lines = str(error).splitlines()
            visit_.problems.append("\n    ".join([f"{what}: {lines[0]}", *lines[1:LINES_OF_A_PROBLEM]]))

    # --- Windows ------------------------------------------------------------------------------------------------------

    @contextmanager
    def _window(self, visit_: Visit) -> Iterator[Page]:
        context = self.browser.new_context(
            base_url=self.base, locale={"es": "es-US"}.get(visit_.language, "en-US"), reduced_motion="reduce"
        )
        try:
            context.add_cookies([{"name": "django_language", "value": visit_.language, "url": self.base}])
            if visit_.persona:
                self._sign_in(context, visit_.persona)
            page = context.new_page()
            page.set_default_timeout(TIMEOUT_MS)
            collect_messages(page)
            yield page
        finally:
            context.close()

    def _sign_in(self, context: BrowserContext, persona: str) -> None:
        """Through the page of the demonstration, once for each person."""
        if persona not in self._sessions:
            page = context.new_page()
            page.goto("/demo/")
            with page.expect_navigation():
                page.locator(f'button[value="{persona}"]').click()
            page.close()
            self._sessions[persona] = [
                {"name": cookie["name"], "value": cookie["value"], "url": self.base}
                for cookie in context.cookies()
                if cookie["name"] != "django_language"
            ]
        context.add_cookies(self._sessions[persona])  # type: ignore[arg-type]

"""Takes the pictures that were asked for: who sees which screen, in which language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from mbl.demo.personas import user_of
from tests.browser.conftest import ARGUMENTS
from tests.look import guides, server
from tests.look.camera import Camera, Visit
from tests.look.screens import NotThere, named

LANGUAGES = ("en", "es")


def take(
    chromium: Path, folder: Path, screen: str, persona: str, language: str, *, say: Callable[[str], None]
) -> list[Visit]:
    """Look at everything that fits; the visits say what was found."""
    visits = []
    with _camera(chromium, folder) as camera:
        for visit, printed in _wanted(camera.base, screen, persona, language):
            say(visit.label)
            camera.look(visit, printed=printed)
            for problem in visit.problems:
                say(f"  {problem}")
            visits.append(visit)
    return visits


def take_guides(chromium: Path, folder: Path, *, say: Callable[[str], None]) -> None:
    """The pictures of the guides, small enough to keep with the code."""
    folder.mkdir(parents=True, exist_ok=True)
    with _camera(chromium, folder) as camera:
        for shot in guides.SHOTS:
            found = named(shot.screen)[0]
            user = user_of(shot.persona) if shot.persona else None
            visit = Visit(shot.screen, shot.persona, shot.language, camera.base + found.address(user))
            target = folder / f"{shot.file}.png"
            camera.snapshot(visit, target, shot.width, shot.height)
            guides.shrink(target)
            say(f"{target.name}: {target.stat().st_size // 1024} KB")


def _wanted(base: str, screen: str, persona: str, language: str) -> Iterator[tuple[Visit, bool]]:
    for found in named(screen):
        for who in found.personas:
            user = user_of(who) if who else None
            if (persona and who != persona) or (who and user is None):
                continue
            try:
                url = base + found.address(user)
            except NotThere:
                continue
            # Somebody who chose a language reads every page in it.
            chosen = (user.language,) if user is not None and user.language else LANGUAGES
            for spoken in chosen:
                if not language or spoken == language:
                    yield Visit(found.name, who, spoken, url, found.html_limit), found.printed


@contextmanager
def _camera(chromium: Path, folder: Path) -> Iterator[Camera]:
    with server.running() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=ARGUMENTS)
        try:
            yield Camera(browser, base, folder)
        finally:
            browser.close()

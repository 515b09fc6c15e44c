"""Every form of crediting and equity, filled in by somebody who means harm or whose keyboard is broken.

Each page that a persona may open is read, and each of its forms is sent with strange values in its fields: the answer
is a page, a redirect or a sentence, never an error of ours, and what was kept is shown as plain text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.access.matrix import Row, all_rows
from tests.personas import NAMES, Personas

SCRIPT = "<script>alert('x')</script><img src=x onerror=alert(1)>"
STRANGE = {
    "null": "a\x00b",
    "script": SCRIPT,
    "long": "Q" * 12_000,
    "huge": "9" * 60,
    "negative": "-1.5",
    "nan": "NaN",
    "infinity": "1e999",
    "late": "9999-12-31",
    "early": "0001-01-01",
    "no such day": "2026-02-30",
    "hidden": "\u202eneddih\u202c\u200b\u2066",
    "formula": '=HYPERLINK("http://x")',
    "other digits": "٣",
    "lines": "a\r\nb: c\r\n\r\n- &x [*x, *x]",
    "id": "00000000-0000-4000-8000-000000000000",
}
ANSWERS = {200, 302, 400, 403, 404, 409, 413, 422}
APPS = ("crediting", "equity")
ROWS = [row for row in all_rows() if row.app in APPS and row.method == "GET" and 200 in row.expected.values()]


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Forms(HTMLParser):
    """The forms of a page: hidden fields as they are, what people fill in, choices, and buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._open: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(said.get("action", ""), said.get("method", "get").lower())
            self.found.append(self._open)
        if self._open is None or not (name := said.get("name", self._select)):
            return
        if tag == "button":
            self._open.buttons.append((name, said.get("value", "")))
        elif tag == "input" and said.get("type") == "hidden":
            self._open.fixed[name] = said.get("value", "")
        elif tag == "input" and said.get("type") in {"checkbox", "radio"}:
            self._open.fields.setdefault(name, []).append(said.get("value", "on"))
        elif tag in {"input", "textarea"}:
            self._open.fields.setdefault(name, [])
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self._open.fields.setdefault(self._select, []).append(said.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""


def forms_of(html: str) -> list[Form]:
    reader = Forms()
    reader.feed(html)
    # The forms of a list are alike: one of each kind.
    kinds = {(form.method, *sorted(form.fields), *sorted(form.buttons)): form for form in reader.found}
    return [form for form in kinds.values() if form.fields and set(form.fields) != {"language"}]


def filled(form: Form) -> Iterator[tuple[str, dict[str, str]]]:
    """The form five times, each field with another strange value each time, good choices and each button in turn; then
    with strange choices, and with strange hidden fields."""
    chosen = {name: next((one for one in options if one), "") for name, options in form.fields.items() if options}
    hidden = [name for name in form.fixed if name != "csrfmiddlewaretoken"]
    buttons = [{name: pressed} for name, pressed in form.buttons if name] or [{}]
    for turn in range(5):
        yield f"turn {turn}", form.fixed | strange(form.fields, turn * 3) | chosen | buttons[turn % len(buttons)]
    yield "choices", form.fixed | strange(form.fields, 1) | buttons[0]
    yield "hidden fields", strange(form.fields, 2) | chosen | strange(hidden, 0) | buttons[0]


def strange(names: Iterable[str], start: int) -> dict[str, str]:
    values = list(STRANGE.values())
    return {name: values[(start + place) % len(values)] for place, name in enumerate(names)}


def opener(row: Row) -> str:
    return next(name for name in NAMES if row.expected[name] == 200)


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=repr)
def test_no_value_in_any_form_breaks_a_page(row: Row, personas: Personas) -> None:
    browser = personas.named(opener(row)).client()
    address = reverse(row.route, kwargs=dict(row.arguments(personas))) + row.query
    page = browser.get(address)
    content_type = page.headers.get("Content-Type", "")
    if not content_type.startswith("text/html"):
        return
    wrong: list[str] = []
    for form in forms_of(page.content.decode()):
        for name, data in filled(form):
            cache.clear()
            with transaction.atomic():
                wrong += faults(browser, urljoin(address, form.action) or address, form.method, data, name)
                transaction.set_rollback(True)
    assert wrong == []


def faults(browser: Client, address: str, method: str, data: dict[str, str], name: str) -> list[str]:
    """What is wrong with the answer, and with the page it goes on to."""
    parts = urlsplit(address)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    what = f"{method} {target} with {name}"
    try:
        if method == "post":
            answer = browser.post(target, data)
        else:
            answer = browser.get(f"{parts.path}?{urlencode(data)}")
        if answer.status_code == 302:
            answer = browser.get(answer["Location"])
    except Exception as error:
        return [f"{what}: {type(error).__name__}: {str(error)[:200]}"]
    if answer.status_code not in ANSWERS:
        return [f"{what}: {answer.status_code}"]
    if not answer.streaming and SCRIPT.encode() in answer.content:
        return [f"{what}: a script on the page"]
    return []

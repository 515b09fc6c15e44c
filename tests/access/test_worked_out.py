"""Every computed status shows its rule, its citation and the day of its data (R85), on every page that somebody opens.

Two nets. ``STATUSES`` says what each page works out, so that one that loses its line is found. And every page of the
project is opened: where it draws a component that shows something worked out, it says by which rule and from when.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse

from mbl.core import clock
from mbl.core.rulebook import read_rules
from profiles.models import Student
from tests.access.matrix import Row, all_rows
from tests.conftest import ROOT
from tests.personas import Persona, Personas

RULES = read_rules(ROOT / "docs" / "rules.toml")
ROWS = [row for row in all_rows() if row.method == "GET" and 200 in row.expected.values()]
# Components that print what was worked out. A ``why-panel`` has a line of its own for it.
DRAWN = {"checklist", "plan-item", "meter", "mastery-grid", "interval"}
# What a page works out, by the words of ``{% worked_out %}``.
STATUSES = {
    "crediting:agreement": {"agreement"},
    "crediting:award-choice": {"decision"},
    "crediting:award-choices": {"decision"},
    "crediting:award-choices-waiting": {"decision"},
    "crediting:award-proposal": {"decision"},
    "crediting:award-proposals": {"decision"},
    "crediting:award-review": {"review"},
    "crediting:award-reviews": {"review"},
    "crediting:class-grade": {"grade"},
    "crediting:class-grades": {"grade"},
    "crediting:class-grid": {"levels"},
    "crediting:class-student": {"levels"},
    "crediting:common-task-results": {"agreement", "beside"},
    "crediting:credits": {"credits"},
    "crediting:decided": {"decision"},
    "crediting:decision": {"decision"},
    "crediting:decisions": {"decision"},
    "crediting:decisions-overdue": {"deadline"},
    "crediting:policy": {"readiness"},
    "crediting:request-new": {"open"},
    "crediting:student-grades": {"grade"},
    "crediting:transfer": {"transfer"},
    "crediting:transfer-line": {"transfer"},
    "hsbp:caseload": {"checklist", "progress"},
    "hsbp:checklist": {"checklist"},
    "hsbp:plan": {"checklist", "progress"},
    "hsbp:progress": {"progress"},
    "hsbp:requirement": {"checklist"},
    "hsbp:review": {"checklist", "progress"},
    "hsbp:student-plan": {"checklist", "progress"},
    "hsbp:update": {"progress"},
    "profiles:student": {"checklist"},
}
# Pages that draw one of the components for something that nobody works out, and why.
RECORDED = {
    "core:styleguide": "shows the components themselves",
    "core:styleguide-shell": "shows the components themselves",
    "home": "the panels are told apart by their own lines; a list of people to write to is none",
}


@dataclass
class Told:
    """One line: the status it is about, its text, its citation and its day."""

    status: str
    day: str = ""
    citation: str = ""
    text: str = ""


@dataclass
class Seen(HTMLParser):
    """What a page draws, and every line that says how something was worked out."""

    told: list[Told] = field(default_factory=list)
    drawn: set[str] = field(default_factory=set)
    why_panels: int = 0
    why_sources: int = 0
    _inside: Told | None = None
    _citing: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        classes = set(said.get("class", "").split())
        self.drawn |= classes & DRAWN
        self.why_panels += "why-panel" in classes
        self.why_sources += "why-panel__source" in classes
        if "worked-out" in classes:
            self._inside = Told(said.get("data-status", ""))
            self.told.append(self._inside)
        elif self._inside is not None and tag == "time":
            self._inside.day = said.get("datetime", "")
        elif self._inside is not None and tag == "cite":
            self._citing = True

    def handle_data(self, data: str) -> None:
        if self._inside is not None:
            self._inside.text += data
            if self._citing:
                self._inside.citation += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self._inside = None
        elif tag == "cite":
            self._citing = False


def faults(route: str, seen: Seen, today: dt.date) -> Iterator[str]:
    """What is wrong with a page, each in a sentence."""
    for one in seen.told:
        rule = one.text.partition("Rule ")[2].partition(".")[0]
        if rule not in RULES:
            yield f"{one.status}: no rule is called {rule!r}"
        if not one.citation.strip():
            yield f"{one.status}: no citation"
        if not one.day or dt.date.fromisoformat(one.day) > today:
            yield f"{one.status}: no day of its data"
    lost = STATUSES.get(route, set()) - {one.status for one in seen.told}
    if lost:
        yield f"does not say how {', '.join(sorted(lost))} came about"
    if seen.drawn and not seen.told and not seen.why_sources and route not in RECORDED:
        yield f"draws {', '.join(sorted(seen.drawn))} and says no rule"
    if seen.why_panels > seen.why_sources and route not in RECORDED:
        yield "a panel of why has no source"


def readers(row: Row, personas: Personas) -> list[Persona]:
    """The student, if they may, and the first member of staff: the same page has other parts for them."""
    may = [persona for persona in personas if row.expected[persona.name] == 200]
    own = [one for one in may if one.name == "student"]
    staff = [one for one in may if one.name not in {"student", "family", "anonymous"}]
    counselor = [one for one in staff if one.name == "counselor"]
    return [*own, *(counselor or staff)[:1]] or may[:1]


@pytest.mark.rule("R85")
@pytest.mark.parametrize("app", sorted({row.app for row in ROWS}))
def test_every_page_says_by_which_rule_and_from_when_it_worked_something_out(app: str, personas: Personas) -> None:
    today, wrong, visited = clock.today(personas.district), {}, set()
    # Without a class there are no requirements to work anything out from.
    Student.objects.update(graduation_year=clock.school_year(today) + 2)
    for row in (row for row in ROWS if row.app == app):
        for persona in readers(row, personas):
            cache.clear()
            with transaction.atomic():
                address = reverse(row.route, kwargs=dict(row.arguments(personas))) + row.query
                answer = persona.client().get(address)
                transaction.set_rollback(True)
            if not answer.get("Content-Type", "").startswith("text/html") or answer.streaming:
                continue
            visited.add(row.route)
            seen = Seen()
            seen.feed(answer.content.decode())
            if found := list(faults(row.route, seen, today)):
                wrong[f"{row.route}{row.query} as {persona.name}"] = found
    assert wrong == {}
    assert {route for route in STATUSES if route.startswith(f"{app}:")} <= visited


PAGE = (
    '<ul class="checklist"></ul><p class="worked-out" data-status="{status}">Rule {rule}. '
    '<cite>{law}</cite> <time datetime="{day}">…</time></p>'
)


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (PAGE.format(status="checklist", rule="R57", law="RCW 1", day="2026-01-01"), []),
        (PAGE.format(status="checklist", rule="R999", law="RCW 1", day="2026-01-01"), ["no rule is called 'R999'"]),
        (PAGE.format(status="checklist", rule="R57", law=" ", day="2026-01-01"), ["no citation"]),
        (PAGE.format(status="checklist", rule="R57", law="RCW 1", day="2027-01-01"), ["no day of its data"]),
        (PAGE.format(status="checklist", rule="R57", law="RCW 1", day=""), ["no day of its data"]),
        (PAGE.format(status="other", rule="R57", law="RCW 1", day="2026-01-01"), ["how checklist came about"]),
        ('<ul class="checklist"></ul>', ["how checklist came about", "draws checklist and says no rule"]),
        ('<section class="why-panel"></section>', ["how checklist came about", "a panel of why has no source"]),
    ],
)
def test_the_nets_catch_a_page_that_lost_its_line(page: str, found: list[str]) -> None:
    seen = Seen()
    seen.feed(page)
    told = list(faults("hsbp:checklist", seen, dt.date(2026, 11, 22)))
    assert len(told) == len(found)
    assert all(said in one for said, one in zip(found, told, strict=True))

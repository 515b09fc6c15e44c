"""What other apps show on a student's page.

An app registers functions in its module ``panels``. Each gets the account and a student whom it may see, asks access
for what it wants to show, and answers a template with its facts (``panel`` in the template), or None::

    @student_panel(order=10)
    def credits(user: User, student: Student) -> Panel | None: ...
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import autodiscover_modules

from mbl.core.models import User
from profiles.models import Student


@dataclass(frozen=True)
class Panel:
    """One panel ready to include: ``{% include one.template with panel=one.facts %}``."""

    template: str
    facts: Mapping[str, Any]


MakesPanel = Callable[[User, Student], Panel | None]

_panels: dict[str, tuple[int, MakesPanel]] = {}


def student_panel(order: int) -> Callable[[MakesPanel], MakesPanel]:
    """Register a panel; smaller ``order`` stands further up."""

    def register(make: MakesPanel) -> MakesPanel:
        _panels[f"{make.__module__}.{make.__name__}"] = (order, make)
        return make

    return register


def student_panels(user: User, student: Student) -> list[Panel]:
    """Every panel that has something to show to this reader."""
    autodiscover_modules("panels")
    made = (make(user, student) for _order, make in sorted(_panels.values(), key=lambda entry: entry[0]))
    return [panel for panel in made if panel is not None]

"""What other apps show on the page that says how something was decided.

An app registers functions in its module ``panels``. Each gets the account and a decision that it may see, and answers a
template with its facts (``panel`` in the template), or None::

    @decision_panel(order=10)
    def pathways(user: User, decision: Decision) -> Panel | None: ...
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.module_loading import autodiscover_modules

from crediting.models import Decision
from mbl.core.models import User
from profiles.panels import Panel

MakesPanel = Callable[[User, Decision], Panel | None]

_panels: dict[str, tuple[int, MakesPanel]] = {}


def decision_panel(order: int) -> Callable[[MakesPanel], MakesPanel]:
    """Register a panel; smaller ``order`` stands further up."""

    def register(make: MakesPanel) -> MakesPanel:
        _panels[f"{make.__module__}.{make.__name__}"] = (order, make)
        return make

    return register


def decision_panels(user: User, decision: Decision) -> list[Panel]:
    """Every panel that has something to show to this reader."""
    autodiscover_modules("panels")
    made = (make(user, decision) for _order, make in sorted(_panels.values(), key=lambda entry: entry[0]))
    return [panel for panel in made if panel is not None]

"""The marks a district uses: a typed reader of ``District.settings["marks"]`` with its defaults."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from crediting.rules.history import Marks, OwnMark
from mbl.core.errors import DomainError
from mbl.core.models import District


def marks_of(district: District) -> Marks:
    """The state's table and the district's own marks.

    ``settings["marks"]`` holds ``plus_minus`` (true) and ``other``, a list of ``{mark, earns, from, to}``: marks
    without grade points, whether they give credit, and between which days. ``DomainError`` where it does not.
    """
    chosen = district.settings.get("marks", {})
    try:
        return Marks(
            own=tuple(_own(one) for one in chosen.get("other", ())),
            plus_minus=chosen.get("plus_minus", True) is not False,
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DomainError(
            _("The district's setting “marks” cannot be read (%(why)s). An administrator can correct it.")
            % {"why": error}
        ) from error


def _own(one: dict[str, Any]) -> OwnMark:
    return OwnMark(str(one["mark"]).upper()[:5], one.get("earns"), _day(one.get("from")), _day(one.get("to")))


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None

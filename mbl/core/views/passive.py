"""Views that pages call by themselves."""

from collections.abc import Callable
from typing import Any, TypeVar

V = TypeVar("V", bound=Callable[..., Any])


def passive(view: V) -> V:
    """Mark a view whose calls are no sign of a person: they do not keep the session alive."""
    view.passive = True  # type: ignore[attr-defined]
    return view

"""Answers that carry their reasons. Plain Python: rules of every app build on these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

Param = str | int | bool | None
_NOTHING: Mapping[str, Param] = MappingProxyType({})


@dataclass(frozen=True)
class Reason:
    """Why: a stable code, its parameters, the rule's id (``R7``) and the legal source.

    ``words.sentence(reason)`` in the app that owns the code turns it into text in the reader's language.
    Decimals and dates travel as text, so that a reason can be frozen in a record as it was. A reason about a choice
    carries the reasons of its ``parts``.
    """

    code: str
    params: Mapping[str, Param]
    rule_id: str
    citation: str
    parts: tuple[Reason, ...]

    def __init__(
        self,
        code: str,
        params: Mapping[str, Param] = _NOTHING,
        rule_id: str = "",
        citation: str = "",
        parts: tuple[Reason, ...] = (),
    ) -> None:
        # A decision makes dozens of these, and the __init__ of a frozen dataclass takes twice as long.
        own = self.__dict__
        own["code"] = code
        own["params"] = MappingProxyType(dict(params)) if params else _NOTHING
        own["rule_id"] = rule_id
        own["citation"] = citation
        own["parts"] = parts

    def __hash__(self) -> int:
        return hash((self.code, tuple(sorted(self.params.items())), self.rule_id, self.citation, self.parts))

    def as_json(self) -> dict[str, object]:
        said = {"code": self.code, "params": dict(self.params), "rule": self.rule_id, "citation": self.citation}
        return said | ({"parts": [part.as_json() for part in self.parts]} if self.parts else {})

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reason:
        """What ``as_json`` wrote."""
        parts = tuple(cls.from_json(part) for part in data.get("parts", ()))
        return cls(data["code"], data["params"], data["rule"], data["citation"], parts)


class Criterion(NamedTuple):
    """One condition of a decision: met or not, and why."""

    code: str
    met: bool
    reason: Reason

    def as_json(self) -> dict[str, object]:
        return {"code": self.code, "met": self.met, "reason": self.reason.as_json()}


@dataclass(frozen=True)
class Allowed:
    """The person may do this."""

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True)
class Denied:
    """The person may not; ``reason`` is a whole sentence for the page."""

    reason: str

    def __bool__(self) -> bool:
        return False


Verdict = Allowed | Denied

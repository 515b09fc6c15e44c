"""What a file of cases names and the policy does not know: probably misspelt, so that the case proves nothing.

Not a fault: a case may well ask for a course that is not eligible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from crediting.rules.policy.document import Document, Path, Problem
from crediting.rules.policy.schema import CRITERIA
from crediting.rules.policy.terms import PolicyTerms
from crediting.states import Method

_KINDS = {"number": (int, Decimal), "yes_no": (bool,), "text": (str,), "date": (str,)}
_SHOWN = {"number": "number", "yes_no": "boolean", "text": "string", "date": "string"}


def strangers(versions: Sequence[PolicyTerms], read: Document, codes: Iterable[str]) -> Iterator[Problem]:
    """A note for each name that no version has. ``codes`` are those of every sentence that can be said."""
    known = _Known(versions, read, sorted(codes))
    for index, case in enumerate(read.value["cases"]):
        yield from known.in_case(("cases", index), case)


class _Known:
    def __init__(self, versions: Sequence[PolicyTerms], read: Document, codes: list[str]) -> None:
        self.read, self.codes = read, sorted({*codes, *CRITERIA})
        self.facts = {name: term for one in versions for name, term in one.facts.items()}
        self.levels = list(dict.fromkeys(level for one in versions for level in one.levels))
        self.rules = {rule.code for one in versions for rule in one.rules}
        self.courses = {code for one in versions for code in one.courses}
        self.methods = {*map(str, Method), *(code for one in versions for code in one.methods)}

    def in_case(self, path: Path, case: dict[str, Any]) -> Iterator[Problem]:
        for name, value in case.get("facts", {}).items():
            yield from self._fact((*path, "facts", name), name, value)
        for index, award in enumerate(case.get("awards", [])):
            here: Path = (*path, "awards", index)
            yield from self._near((*here, "rule"), "agree.unknown_rule", "rule", award.get("rule"), self.rules)
        requests = [((*path, "requests", index), one) for index, one in enumerate(case.get("requests", []))]
        requests += [((*path, "request"), case["request"])] if "request" in case else []
        for where, request in requests:
            yield from self._request(where, request)
        expected = case.get("expect", {})
        if not isinstance(expected, list):
            yield from self._expected((*path, "expect"), expected)
            return
        for index, one in enumerate(expected):
            yield from self._expected((*path, "expect", index), one)

    def _request(self, path: Path, request: dict[str, Any]) -> Iterator[Problem]:
        yield from self._near((*path, "course"), "agree.unknown_course", "course", request.get("course"), self.courses)
        yield from self._near((*path, "method"), "agree.unknown_method", "method", request.get("method"), self.methods)
        for index, standard in enumerate(request.get("standards", [])):
            for at, level in enumerate(standard.get("levels", [])):
                if level not in self.levels:
                    here: Path = (*path, "standards", index, "levels", at)
                    yield self.read.problem(here, "agree.unknown_level", level=level, levels=", ".join(self.levels))
        yield from self._expected((*path, "expect"), request.get("expect", {}))

    def _fact(self, path: Path, name: str, value: Any) -> Iterator[Problem]:
        term = self.facts.get(name)
        if term is None:
            yield self.read.problem(path, "case.unknown_fact", fact=name, known=", ".join(self.facts) or "–")
        elif term.kind == "yes_no" and value in ("yes", "no"):
            return
        elif not isinstance(value, _KINDS[term.kind]) or (term.kind == "number" and isinstance(value, bool)):
            kind = _SHOWN[term.kind]
            yield self.read.problem(path, "case.fact_kind", fact=name, kind=kind, found=str(value))
        elif term.total:
            parts = ", ".join(one.name for one in term.total)
            yield self.read.problem(path, "case.fact_added_up", fact=name, parts=parts)
        elif term.choices and value not in term.choices:
            choices = ", ".join(term.choices)
            yield self.read.problem(path, "case.fact_choice", fact=name, choices=choices, found=str(value))

    def _near(self, path: Path, code: str, name: str, said: str | None, known: set[str]) -> Iterator[Problem]:
        """Only what looks like another name: a case may name what the policy does not have."""
        if said is not None and said not in known and (near := get_close_matches(said, sorted(known), n=1)):
            yield self.read.problem(path, f"{code}_near", **{name: said, "near": near[0]})

    def _expected(self, path: Path, said: str | dict[str, Any]) -> Iterator[Problem]:
        if isinstance(said, str):
            return
        for part in ("reasons", "missing"):
            for index, code in enumerate(said.get(part, ())):
                if any(one == code or one.startswith((f"{code}.", f"{code}_")) for one in self.codes):
                    continue
                near = get_close_matches(code, self.codes, n=1)
                named = {"found": code} | ({"near": near[0]} if near else {})
                yield self.read.problem(
                    (*path, part, index), "case.unknown_code_near" if near else "case.unknown_code", **named
                )

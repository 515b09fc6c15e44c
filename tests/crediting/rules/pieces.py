"""The examples of docs/policy-file.md: whole files, and pieces of a policy with the cases that prove them."""

from __future__ import annotations

import json
import re
from typing import Any

from crediting.rules.policy import cases, document, loader
from crediting.rules.policy.cases import Case
from crediting.rules.policy.loader import PolicyFile
from crediting.rules.policy.terms import PolicyTerms
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "policy-file.md").read_text()
_RULE = {
    "code": "R",
    "method": "DISTRICT",
    "courses": ["MAT101"],
    "credit": {"exactly": 0.5},
    "mark": "P",
    "citation": "Procedure",
}
_REQUEST = {"course": "MAT101", "method": "DISTRICT", "on": "2026-10-01"}


def blocks(text: str) -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", text, re.S)


WHOLE = [block for block in blocks(PAGE) if block.startswith("schema: mbl-policy/1")]
WHOLE_CASES = [block for block in blocks(PAGE) if block.startswith("schema: mbl-cases/1")]


def pieces() -> dict[str, str]:
    """Each structure's heading with its piece of YAML."""
    section = PAGE.split("## How to say it")[1]
    return {
        title.replace("\n", " "): yaml
        for title, yaml in re.findall(r"\*\*([^*]+)\*\*\n\n```yaml\n(.*?)```", section, re.S)
    }


def whole(piece: str) -> tuple[PolicyTerms, list[Case]]:
    """The piece as the page says it is meant: in the policy of the pieces, with rules and requests filled up."""
    said = document.read(piece).value
    base = document.read(WHOLE[1]).value
    written = [_filled(one) for one in said.pop("cases")]
    policy = base | said | {"rules": [_RULE | rule for rule in said["rules"]]}
    found = loader.parse(as_text(policy))
    assert isinstance(found, PolicyFile), found
    return found.terms, parsed_cases(as_text({"schema": cases.CASES_NAME, "cases": written}))


def parsed_cases(text: str) -> list[Case]:
    found = [one for one in cases.parse(text) if isinstance(one, Case)]
    assert found, cases.parse(text)
    return found


def _filled(case: dict[str, Any]) -> dict[str, Any]:
    if "requests" in case:
        return case | {"requests": [_REQUEST | one for one in case["requests"]]}
    if case.get("request", {}) is None:
        return {key: value for key, value in case.items() if key != "request"}
    return case | {"request": _REQUEST | case.get("request", {})}


def as_text(value: Any) -> str:
    return json.dumps(value, default=float)

"""The parts of a policy document that are edited apart from one another, and who changed which in between."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from crediting.rules.policy.document import plain

Written = dict[str, Any]

# What stands on one page of the editor.
PARTS: dict[str, tuple[str, ...]] = {
    "heading": ("title", "adopted", "effective", "classes"),
    "equity": ("equity",),
    "other-methods": ("other_methods",),
    "approval": ("approval", "scale", "notify"),
    "facts": ("facts",),
    "caps": ("caps", "required_credits", "purposes_mix"),
    "calendar": ("calendar", "school_days", "deadlines", "time_zone"),
    "every-rule": ("when", "sources"),
    "schools": ("schools",),
    "appeal": ("appeal",),
    "moderation": ("moderation",),
    "proposals": ("proposals",),
    "transfer": ("transfer",),
    "text": ("text",),
    "courses": ("courses", "rules"),
}


@dataclass(frozen=True)
class Place:
    """A part by its name, or one rule by its code; an empty code is a rule that is new."""

    part: str = ""
    rule: str | None = None

    def of(self, document: Written) -> Written:
        """What stands there now; nothing where there is none."""
        if self.rule is None:
            return {key: document[key] for key in PARTS[self.part] if key in document}
        return next((rule for rule in document["rules"] if rule["code"] == self.rule), {})

    def put(self, document: Written, value: Written | None) -> Written:
        """The top-level parts that change when ``value`` stands there; None in it takes a part out."""
        if self.rule is None:
            return dict.fromkeys(PARTS[self.part]) | (value or {})
        rules = [value if rule["code"] == self.rule else rule for rule in document["rules"]]
        if self.rule not in {rule["code"] for rule in document["rules"]}:
            rules.append(value)
        return {"rules": [rule for rule in rules if rule is not None]}

    def path(self, document: Written) -> str:
        """How faults name the place: nothing for parts, whose keys stand at the top, else ``rules[2].``."""
        if self.rule is None:
            return ""
        codes = [rule["code"] for rule in document["rules"]]
        number = codes.index(self.rule) + 1 if self.rule in codes else len(codes) + 1
        return f"rules[{number}]."


def fingerprint(value: Any) -> str:
    """Short, and the same for the same content: whether somebody changed it in between."""
    text = json.dumps(plain(value), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]

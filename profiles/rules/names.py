"""How a name is shown, sorted and found. Kept beside the name, so that every server sorts and finds the same."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# Letters that have no accent to take off.
_PLAIN = str.maketrans(
    {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ɬ": "l", "ʔ": ""}
)


def fold(text: str) -> str:
    """Small letters without accents and with single spaces: "Núñez  " and "nunez" are found by the same search."""
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN)
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())


@dataclass(frozen=True)
class Names:
    """The three forms of a name that ``Person`` keeps, as its field values."""

    display_name: str
    sort_name: str
    search_text: str

    def as_fields(self) -> dict[str, str]:
        return {"display_name": self.display_name, "sort_name": self.sort_name, "search_text": self.search_text}


def names_of(given: str, family: str, *, middle: str = "", preferred: str = "") -> Names:
    """People are called by the preferred name where there is one; papers use the legal one (T4)."""
    words = dict.fromkeys(fold(f"{preferred} {given} {middle} {family}").split())
    return Names(
        display_name=" ".join(part for part in (preferred or given, family) if part)[:210],
        sort_name=f"{fold(family)}, {fold(given)}"[:210],
        search_text=" ".join(words)[:420],
    )

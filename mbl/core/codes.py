"""Codes that people type: 80 bits in Crockford's alphabet, which has no I, L, O and U."""

import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16

_LOOK_ALIKE = str.maketrans("OILoil", "011011")
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—.]+")
_WELL_FORMED = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


def encode(number: int) -> str:
    """``number`` (80 bits, never negative) as a code."""
    signs = []
    for _ in range(LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[digit])
    if number:
        raise ValueError("A code holds 80 bits.")
    return "".join(reversed(signs))


def normalise(typed: str) -> str:
    """The code a person meant: without spaces and dashes, in capitals, O read as 0, I and L as 1."""
    return _SEPARATORS.sub("", typed[:80]).translate(_LOOK_ALIKE).upper()


def is_well_formed(code: str) -> bool:
    return _WELL_FORMED.fullmatch(code) is not None


def grouped(code: str) -> str:
    """As it prints: ``7K3M-Q9XR-…``."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))

"""Credits as people read them."""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

THREE_PLACES = Decimal("0.001")


@lru_cache(maxsize=1024)
def credits(value: Decimal) -> Decimal:
    """``value`` to three places, half up: how credits are stored."""
    return value.quantize(THREE_PLACES, rounding=ROUND_HALF_UP)


@lru_cache(maxsize=1024)
def credits_text(value: Decimal) -> str:
    """One decimal where exact, up to three where needed: ``1.0``, ``0.5``, ``0.333``."""
    text = str(credits(value)).rstrip("0")
    return text + "0" if text.endswith(".") else text

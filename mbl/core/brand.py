"""A district's colours, derived from the one or two it gives, as a small cached stylesheet.

The address carries the colours, so the view asks no database, the answer never changes, and a new colour is a new
address. Tones, levels, domains and charts never follow the brand.
"""

import functools
import hashlib
import math
import re
from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

HEX = re.compile(r"#?([0-9a-fA-F]{6})")
CANVAS, WHITE = "#F7F6F2", "#FFFFFF"
INK_BRAND = "#1F2B3A"
ON_WHITE, ON_CANVAS = 6.0, 5.5
MOST_DARKENING = 0.15
VERSION = "1"


@dataclass(frozen=True)
class Brand:
    """The derived colours, as ``#RRGGBB``. ``accent`` is shown as a stripe where it is not the brand itself."""

    brand: str
    strong: str
    tint: str
    accent: str

    @property
    def has_accent(self) -> bool:
        return self.accent != self.brand


def parse_color(text: str) -> str:
    """``#RRGGBB`` from what a district typed.

    Raises ``ValueError`` where it is not six hexadecimal digits.
    """
    match = HEX.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"“{text}” is not a colour. Write six digits, like #14594A.")
    return f"#{match[1].upper()}"


@functools.lru_cache(maxsize=512)
def derive(primary: str, secondary: str = "") -> Brand:
    """The brand set of a district: hue and chroma are kept, lightness falls until white text can be read on it.

    A colour that would have to fall by more than 0.15 in OKLCH lightness (gold, sky, pink) would turn muddy: the ink
    brand takes its place and the colour itself becomes the accent stripe.
    """
    given = parse_color(primary)
    lightness, chroma, hue = _to_oklch(given)
    darkened = lightness
    while not _readable(_from_oklch(darkened, chroma, hue)):
        darkened -= 0.005
        if lightness - darkened > MOST_DARKENING:
            break
    muddy = lightness - darkened > MOST_DARKENING
    brand = INK_BRAND if muddy else given if darkened == lightness else _from_oklch(darkened, chroma, hue)
    base, base_chroma, base_hue = _to_oklch(brand)
    return Brand(
        brand=brand,
        strong=_from_oklch(max(base - 0.10, 0.0), base_chroma, base_hue),
        tint=_from_oklch(0.955, min(base_chroma, 0.02), base_hue),
        accent=parse_color(secondary) if secondary else given if muddy else brand,
    )


def stylesheet(brand: Brand) -> str:
    return (
        f":root{{--brand:{brand.brand};--brand-strong:{brand.strong};"
        f"--brand-tint:{brand.tint};--accent:{brand.accent}}}\n"
    )


def stylesheet_url(primary: str, secondary: str = "") -> str:
    """The address of a district's stylesheet; empty where the district gave no colour."""
    if not primary:
        return ""
    first, second = parse_color(primary), parse_color(secondary) if secondary else ""
    key = "-".join(part.removeprefix("#") for part in (first, second) if part)
    return reverse("core:brand-stylesheet", kwargs={"key": key, "digest": _digest(key)})


@login_not_required
@require_safe
@cache_control(max_age=31_536_000, public=True, immutable=True)
def brand_stylesheet(request: HttpRequest, key: str, digest: str) -> HttpResponse:
    """The stylesheet of one pair of colours; only addresses this product made are answered."""
    if digest != _digest(key):
        raise Http404
    primary, _, secondary = key.partition("-")
    return HttpResponse(stylesheet(derive(primary, secondary)), content_type="text/css; charset=utf-8")


def contrast(first: str, second: str) -> float:
    """WCAG 2 contrast ratio of two colours, 1 to 21."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _digest(key: str) -> str:
    return hashlib.sha256(f"{VERSION}:{key}".encode()).hexdigest()[:10]


def _readable(color: str) -> bool:
    return contrast(color, WHITE) >= ON_WHITE and contrast(color, CANVAS) >= ON_CANVAS


def _channels(color: str) -> tuple[float, float, float]:
    """Linear light of red, green and blue, 0 to 1."""
    digits = color.removeprefix("#")
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return _linear(red), _linear(green), _linear(blue)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _gamma(value: float) -> int:
    value = min(max(value, 0.0), 1.0)
    encoded = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return round(encoded * 255)


def _luminance(color: str) -> float:
    red, green, blue = _channels(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_oklch(color: str) -> tuple[float, float, float]:
    """Lightness (0 to 1), chroma and hue in radians, after Björn Ottosson's OKLab."""
    r, g, b = _channels(color)
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b_axis = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b_axis), math.atan2(b_axis, a)


def _from_oklch(lightness: float, chroma: float, hue: float) -> str:
    """``#RRGGBB``; chroma gives way where the colour would leave what a screen can show."""
    while True:
        a, b_axis = chroma * math.cos(hue), chroma * math.sin(hue)
        long = (lightness + 0.3963377774 * a + 0.2158037573 * b_axis) ** 3
        medium = (lightness - 0.1055613458 * a - 0.0638541728 * b_axis) ** 3
        short = (lightness - 0.0894841775 * a - 1.2914855480 * b_axis) ** 3
        channels = (
            4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
        )
        if chroma < 0.001 or all(-0.0005 <= channel <= 1.0005 for channel in channels):
            return "#" + "".join(f"{_gamma(channel):02X}" for channel in channels)
        chroma *= 0.97

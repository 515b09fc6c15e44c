"""How often one address may do something, in fixed windows."""

import hashlib
import time
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import ngettext

from mbl.core.decisions import Allowed, Denied

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class Limited(Denied):
    """Too many in this window; ``seconds`` until the next one."""

    seconds: int = 0


@lru_cache
def _parsed(rate: str) -> tuple[int, int]:
    count, _, per = rate.partition("/")
    number, unit = per[:-1], per[-1]
    return int(count), int(number or 1) * _UNITS[unit]


def client_address(request: HttpRequest) -> str:
    """The address the request came from, in front of our own proxies (``TRUSTED_PROXIES`` of them).

    What stands further left in ``X-Forwarded-For`` was written by the client and is not believed.
    """
    remote = str(request.META.get("REMOTE_ADDR", ""))
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= settings.TRUSTED_PROXIES:
            return hops[-settings.TRUSTED_PROXIES]
    return remote


def limited(request: HttpRequest, scope: str, rate: str = "20/m") -> Allowed | Limited:
    """Count this request. ``rate`` is ``20/m``, ``5/10m``, ``100/h``; the answer is false where that is passed::

    if not (verdict := limited(request, "verify")):
        return too_many(request, verdict)
    """
    most, window = _parsed(rate)
    now = time.time()
    number = int(now // window)
    # Addresses are personal data; the cache keeps a digest for the window's length.
    who = hashlib.blake2b(client_address(request).encode(), digest_size=12, key=settings.SECRET_KEY[:64].encode())
    key = f"rate:{scope}:{who.hexdigest()}:{number}"
    cache.add(key, 0, timeout=window)
    try:
        count = cache.incr(key)
    except ValueError:  # the window ended between the two calls
        return Allowed()
    if count <= most:
        return Allowed()
    seconds = max(1, int((number + 1) * window - now))
    reason = ngettext(
        "That was too often in a short time. Wait %(seconds)s second and try again.",
        "That was too often in a short time. Wait %(seconds)s seconds and try again.",
        seconds,
    ) % {"seconds": seconds}
    return Limited(reason, seconds)

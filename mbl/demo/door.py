"""Whether the demonstration is open to whoever asks."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest

LOOPBACK = {host.strip("[]") for host in settings.LOOPBACK_HOSTS}


def is_open(request: HttpRequest) -> bool:
    """Anybody can be anybody there, so it exists in demo mode and on this machine alone."""
    if not settings.DEMO_MODE:
        return False
    try:
        host = urlsplit(f"//{request.get_host()}").hostname
    except DisallowedHost:
        return False
    return host in LOOPBACK

"""Fetch CASE from an address somebody named, only from hosts that the installation allows (``CASE_SOURCES``).

HTTPS alone, except on this machine itself; no redirects; counted and timed while it reads.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

from crediting.interchange.case_file import LIMITS
from mbl.core.errors import DomainError

_SECONDS, _AT_MOST_SECONDS = 20, 300
_CHUNK = 256 * 1024
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_DOCUMENT_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Fetched:
    """A package as its server sent it. ``changed_at`` is what its document says, word for word."""

    content: bytes
    changed_at: str


def checked_address(address: str, hosts: Collection[str]) -> SplitResult:
    """The parts of an address that may be opened. ``DomainError`` says why another may not."""
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise DomainError(_("This is not an address of the web."), field="address") from None
    if host not in hosts and f"{host}:{port}" not in hosts:
        raise DomainError(
            _("%(host)s is not among the servers this installation may ask. Whoever runs it can add it (CASE_SOURCES).")
            % {"host": host or address[:100]},
            field="address",
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        raise DomainError(_("Only https addresses are opened."), field="address")
    if parts.username or parts.password:
        raise DomainError(_("Leave the name and password out of the address."), field="address")
    return parts


def fetch(address: str, *, hosts: Collection[str], known: str = "") -> Fetched | None:
    """The package at ``address``; None where its document has not changed since ``known``.

    The document is asked for first, where the address is one of CASE (``…/CFPackages/{id}``); it may name another
    address for its package, which must be allowed as well.
    """
    parts = checked_address(address, hosts)
    changed_at = ""
    if "/CFPackages/" in parts.path or "/CFDocuments/" in parts.path:
        beside = parts._replace(path=parts.path.replace("/CFPackages/", "/CFDocuments/"))
        document = _object(_read(beside, _DOCUMENT_BYTES))
        changed_at = str(document.get("lastChangeDateTime") or "")[:60]
        if known and changed_at == known:
            return None
        link = document.get("CFPackageURI")
        named = link.get("uri") if isinstance(link, dict) else None
        packages = parts._replace(path=parts.path.replace("/CFDocuments/", "/CFPackages/"))
        parts = checked_address(named, hosts) if isinstance(named, str) and _may(named, hosts) else packages
    return Fetched(_read(parts, LIMITS.unpacked), changed_at)


def _may(address: str, hosts: Collection[str]) -> bool:
    try:
        checked_address(address, hosts)
    except DomainError:
        return False
    return True


def _object(content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise DomainError(_("The server did not answer with a CASE document."))
    return value


def _read(parts: SplitResult, most: int) -> bytes:
    """What the server answers, at most ``most`` bytes in ``_AT_MOST_SECONDS``."""
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    until = time.monotonic() + _AT_MOST_SECONDS
    connection = kind(parts.hostname or "", parts.port, timeout=_SECONDS)
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    try:
        connection.request("GET", path, headers={"Accept": "application/json", "Accept-Encoding": "identity"})
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise DomainError(_("The server answered %(status)d instead of the package.") % {"status": answer.status})
        found = bytearray()
        while chunk := answer.read(_CHUNK):
            found += chunk
            if len(found) > most or time.monotonic() > until:
                raise DomainError(_("What the server sent was too large or took too long, so it was not read."))
        return bytes(found)
    except (OSError, http.client.HTTPException) as error:
        raise DomainError(
            _("The server could not be reached (%(why)s). It is tried again tomorrow.") % {"why": type(error).__name__}
        ) from error
    finally:
        connection.close()

"""Asks a running web server how it is."""

import http.client
import json
import os

from mbl.services import environment


def answer(host: str, port: int, seconds: float = 3.0) -> dict[str, str]:
    """The JSON of ``/health/``, or nothing when there is no answer. An address for all interfaces is asked locally."""
    local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (compared, not bound)
    line = http.client.HTTPConnection(local, port, timeout=seconds)
    try:
        line.request("GET", "/health/", headers={"Host": _host_header(local)})
        body = json.loads(line.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException):
        return {}
    finally:
        line.close()
    return body if isinstance(body, dict) else {}


def _host_header(host: str) -> str:
    """A name that the server accepts: it refuses requests for hosts that are not its own."""
    allowed = environment.allowed_hosts(os.environ) or [host]
    return host if host in allowed or "*" in allowed else allowed[0].lstrip(".")


def is_ok(host: str, port: int, seconds: float = 3.0) -> bool:
    return answer(host, port, seconds).get("status") == "ok"

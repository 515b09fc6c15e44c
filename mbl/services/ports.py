"""The port of the web server: claimed by the supervisor, so that nobody takes it while web restarts."""

import contextlib
import errno
import os
import re
import socket
import subprocess
from pathlib import Path

from mbl.services import processes
from mbl.services.places import Refused

FIRST, LAST = 8000, 8999
LISTENING = "0A"


def claim(host: str, wanted: str) -> socket.socket:
    """A listening socket on ``wanted``, or, when that is empty, on the first free port from 8000.

    It listens from now on: who connects during start-up waits for the first answer.
    """
    if wanted:
        port = _number(wanted)
        claimed = _listen(host, port)
        if claimed is None:
            other = f"PORT={port + 1} make run"
            raise Refused(f"Port {port} is taken by {holder(port)}. Stop it, or choose another: {other}")
        return claimed
    for port in range(FIRST, LAST + 1):
        if claimed := _listen(host, port):
            return claimed
    raise Refused(f"Every port from {FIRST} to {LAST} is taken. Name a free one: PORT=9000 make run")


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise Refused(f"PORT is {text!r}. Set it to a number from 1 to 65535.")
    return int(text)


def _listen(host: str, port: int) -> socket.socket | None:
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        raise Refused(f"HOST is {host!r}, which is no address of this machine. Try HOST=127.0.0.1.") from None
    line = socket.socket(family, kind)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        line.bind(address)
        line.listen(512)
    except OSError as error:
        line.close()
        if error.errno == errno.EADDRINUSE:
            return None
        if error.errno == errno.EACCES:
            raise Refused(f"Port {port} is not ours to open. Choose one from 1024 up: PORT=8000 make run") from None
        raise Refused(f"HOST is {host!r}, which is no address of this machine. Try HOST=127.0.0.1.") from None
    return line


def holder(port: int) -> str:
    """Who listens there, as far as the machine tells: ``pid 812 (python -m http.server 8000)``."""
    pid = _listener_proc(port) if processes.HAS_PROC else _listener_lsof(port)
    if not pid:
        return "another program"
    program, _, arguments = processes.command_line(pid).partition(" ")
    command = f"{Path(program).name} {arguments}".strip()
    return f"pid {pid} ({command[:120]})" if command else f"pid {pid}"


def _listener_proc(port: int) -> int:
    """The oldest process that has the listening socket open; 0 when it is someone's we may not look at."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                cells = line.split()
                if cells[3] == LISTENING and int(cells[1].rpartition(":")[2], 16) == port:
                    inodes.add(f"socket:[{cells[9]}]")
    for process in sorted(int(entry.name) for entry in Path("/proc").glob("[0-9]*")):
        with contextlib.suppress(OSError):
            for file in os.scandir(f"/proc/{process}/fd"):
                with contextlib.suppress(OSError):
                    if str(Path(file.path).readlink()) in inodes:
                        return process
    return 0


def _listener_lsof(port: int) -> int:
    try:
        answer = subprocess.run(
            ["lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-t"], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return 0
    found = re.findall(r"\d+", answer.stdout)
    return int(found[0]) if found else 0

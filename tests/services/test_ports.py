"""The port of the web server."""

import os
import socket
from contextlib import closing

import pytest

from mbl.services import ports
from mbl.services.places import Refused


def test_a_named_port_that_is_taken_names_its_holder() -> None:
    with closing(ports.claim("127.0.0.1", str(free_port()))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Refused, match=rf"Port {port} is taken by pid {os.getpid()} \(python.*PORT={port + 1}"):
            ports.claim("127.0.0.1", str(port))


def test_without_a_name_the_next_free_port_is_taken() -> None:
    with closing(ports.claim("127.0.0.1", "")) as first, closing(ports.claim("127.0.0.1", "")) as second:
        assert first.getsockname()[1] >= ports.FIRST
        assert second.getsockname()[1] > first.getsockname()[1]


def test_a_claimed_port_queues_who_comes_early() -> None:
    with (
        closing(ports.claim("127.0.0.1", "")) as claimed,
        socket.create_connection(claimed.getsockname(), timeout=1.0) as early,
    ):
        assert early.getpeername() == claimed.getsockname()


@pytest.mark.parametrize("text", ["http", "-1", "0", "65536", "80 80"])
def test_a_port_that_is_no_port_number_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="Set it to a number from 1 to 65535"):
        ports.claim("127.0.0.1", text)


def test_a_host_that_is_not_this_machine_is_refused() -> None:
    with pytest.raises(Refused, match="no address of this machine"):
        ports.claim("192.0.2.1", "")


def free_port() -> int:
    with closing(ports.claim("127.0.0.1", "")) as line:
        return int(line.getsockname()[1])

"""Both servers together, for one holder of the lock; a server whose address is given is somebody else's."""

import os
from dataclasses import dataclass
from functools import cached_property

from mbl.services import processes
from mbl.services.places import Places
from mbl.services.postgres import Postgres
from mbl.services.processes import Child
from mbl.services.valkey import Valkey


def given(name: str) -> str:
    return os.environ.get(name, "").strip()


@dataclass
class Servers:
    """The embedded servers that this environment asks for: those without an address in the environment."""

    places: Places
    durable: bool = True

    @cached_property
    def all(self) -> list[Postgres | Valkey]:
        wanted: list[Postgres | Valkey] = []
        if not given("DATABASE_URL"):
            wanted.append(Postgres(self.places, self.durable))
        if not given("REDIS_URL"):
            wanted.append(Valkey(self.places, self.durable))
        return wanted

    @property
    def children(self) -> list[Child]:
        return [server.child for server in self.all]

    @cached_property
    def addresses(self) -> dict[str, str]:
        """The variables to add to the environment of whoever uses them. Known before they are started."""
        names = {Postgres: "DATABASE_URL", Valkey: "REDIS_URL"}
        return {names[type(server)]: server.url for server in self.all}

    def start(self) -> None:
        """Start them, or none; what a killed predecessor left is ended first."""
        self.places.create()
        processes.end_leftovers(self.places)
        try:
            for server in self.all:
                server.start()
                processes.remember(self.places, self.children)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        for server in reversed(self.all):
            server.stop()
        self.places.pids.unlink(missing_ok=True)
        self.places.remove_sockets()

"""``python -m mbl.services``: what the Makefile, the container and CI call."""

import argparse
import shutil
import sys

from mbl.services import catalogs, health, preflight, stale
from mbl.services.locks import Lock
from mbl.services.places import Places, Refused
from mbl.services.processes import end_leftovers
from mbl.services.servers import given
from mbl.services.supervisor import Supervisor


def run() -> int:
    """Start everything and stay until asked to stop."""
    return Supervisor().run()


def check_libraries() -> int:
    """Get or name the libraries that draw PDFs."""
    preflight.ensure_libraries()
    return 0


def compile_catalogs() -> int:
    """Compile changed translations."""
    for path in catalogs.compile_changed():
        print(path)
    return 0


def find_stale() -> int:
    """Name generated files that no longer match their source."""
    return stale.main()


def ask_health() -> int:
    """Exit 0 when the web server at HOST:PORT says that all is well."""
    host, port = given("HOST") or "127.0.0.1", int(given("PORT") or "8000")
    found = health.answer(host, port)
    print(found or "no answer")
    return 0 if found.get("status") == "ok" else 1


def reset_demo() -> int:
    """Drop the clone's own data; the next start loads the demonstration anew."""
    places = Places.development()
    if given("DATABASE_URL"):
        raise Refused("DATABASE_URL is set; only the clone's own database is dropped here. Unset it, then try again.")
    places.create_var()
    lock = Lock(places.lock)
    if not lock.take():
        holder = lock.holder()
        raise Refused(f"{holder.command or 'Something'} (pid {holder.pid}) uses the data. Stop it, then try again.")
    try:
        end_leftovers(places)
        shutil.rmtree(places.aside / "pg", ignore_errors=True)
        for entry in places.var.iterdir():
            if entry == places.lock or entry.name == "secret-key":
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
    finally:
        lock.release()
    print("The demonstration data is gone. `make run` loads it anew.")
    return 0


COMMANDS = {
    "run": run,
    "preflight": check_libraries,
    "catalogs": compile_catalogs,
    "stale": find_stale,
    "health": ask_health,
    "demo-reset": reset_demo,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m mbl.services", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, function in COMMANDS.items():
        commands.add_parser(name, help=function.__doc__)
    try:
        return COMMANDS[parser.parse_args().command]()
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return refusal.exit_code


if __name__ == "__main__":
    sys.exit(main())

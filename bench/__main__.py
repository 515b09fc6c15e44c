"""``python -m bench [--only NAME]``: run the benchmarks, print one table, write ``var/bench/results.json``."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

import bench
from bench import ground
from bench.measuring import Measurement
from mbl.services.places import Refused


@dataclass(frozen=True)
class Benchmark:
    """One module and the names of what it measures."""

    module: ModuleType
    names: tuple[str, ...]


def benchmarks(failed: list[str]) -> Iterator[Benchmark]:
    """Every benchmark module of this package, in the order of their names; broken ones are added to ``failed``.

    Needs Django to be set up.
    """
    for info in sorted(pkgutil.iter_modules(bench.__path__), key=lambda info: info.name):
        if info.name == "__main__":
            continue
        try:
            module = importlib.import_module(f"bench.{info.name}")
        except Exception:
            traceback.print_exc()
            failed.append(f"bench.{info.name}")
            continue
        if hasattr(module, "measure"):
            yield Benchmark(module, tuple(getattr(module, "NAMES", ()) or (module.NAME,)))


def run(only: str) -> tuple[list[Measurement], list[str]]:
    """What was measured, and what could not be."""
    measured: list[Measurement] = []
    failed: list[str] = []
    for benchmark in benchmarks(failed):
        if only and only not in benchmark.names:
            continue
        ground.say(f"Measuring {', '.join(benchmark.names)}")
        try:
            answer = benchmark.module.measure()
            found = [answer] if isinstance(answer, Measurement) else list(answer)
        except Exception:
            traceback.print_exc()
            failed += benchmark.names
            continue
        measured += [one for one in found if not only or one.name == only]
        failed += set(benchmark.names) - {one.name for one in found}
    return measured, failed


def table(measured: list[Measurement]) -> str:
    lines = [f"{'name':28}{'ours':>12}{'reference':>12}  {'unit':6}{'ratio':>8}{'goal':>8}"]
    for one in measured:
        sign = "" if one.reached else "  past its goal"
        lines.append(
            f"{one.name:28}{one.ours:12.2f}{one.reference:12.2f}  {one.unit:6}{one.ratio:8.2f}{one.goal:8.2f}{sign}"
        )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", default="", metavar="NAME", help="measure this one alone")
    only = parser.parse_args().only
    with ground.servers():
        import django

        django.setup()
        known = [name for benchmark in benchmarks([]) for name in benchmark.names]
        if only and only not in known:
            parser.error(f"there is no benchmark {only}. There are: {', '.join(known)}.")
        ground.prepare()
        measured, failed = run(only)
    results = ground.PLACES.var / "results.json"
    results.write_text(json.dumps([one.as_json() for one in measured], indent=2) + "\n", encoding="utf-8")
    print(table(measured))
    if failed:
        print(f"Not measured: {', '.join(sorted(failed))}.", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        sys.exit(refusal.exit_code)

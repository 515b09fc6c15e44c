"""Compiles translations where they changed. Python does it, so the machine needs no gettext."""

from pathlib import Path

import polib

from mbl.services.places import ROOT


def compile_changed(root: Path = ROOT) -> list[Path]:
    """Write ``.mo`` beside each ``locale/**/*.po`` that is newer; returns what was written."""
    written = []
    for source in sorted(root.glob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
            continue
        half = target.with_suffix(".mo.new")
        polib.pofile(str(source)).save_as_mofile(str(half))
        half.replace(target)
        written.append(target)
    return written

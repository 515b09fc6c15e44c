"""``manifest.csv``: which edition this is, and for each file whether it is all there is."""

from __future__ import annotations

import csv
from dataclasses import dataclass

from django.utils.translation import gettext as _

from mbl.core.imports import Issues
from mbl.core.imports.opening import Package
from mbl.core.imports.tables import clean
from profiles.interchange.oneroster.spec import KINDS, OTHER_KINDS

NAME = "manifest.csv"
_PROPERTIES = {"manifest.version", "oneroster.version", "source.systemName", "source.systemCode"} | {
    f"file.{kind}" for kind in (*KINDS, *OTHER_KINDS)
}


@dataclass(frozen=True)
class Manifest:
    """``files`` are the kinds to read, each with its file's name; ``system`` names the namespace of its ids."""

    system: str
    files: dict[str, str]


def read(package: Package, issues: Issues, *, full_snapshot: bool) -> Manifest | None:
    """The manifest; None when the package cannot be read as a OneRoster 1.1 full export (the issues say why)."""
    files = _files_by_kind(package, issues)
    if NAME not in package:
        if not full_snapshot:
            issues.error(
                "OR_NO_MANIFEST",
                _("There is no manifest.csv, so it is not known which edition this is and whether it is complete. "
                  "Export OneRoster 1.1 CSV with its manifest."),
                file=NAME,
            )  # fmt: skip
            return None
        return Manifest("oneroster", files)
    values = _properties(package, issues)
    version = values.get("oneroster.version", ("", 0))[0]
    if version != "1.1":
        issues.error(
            "OR_VERSION",
            _("This is OneRoster %(version)s. Only version 1.1 can be read: choose it in your system's export.")
            % {"version": version or _("without a version")},
            file=NAME,
        )
        return None
    for name, (_value, line) in values.items():
        if name not in _PROPERTIES:
            sentence = _("The manifest has the unknown property %(name)s. Check its spelling.")
            issues.warning("OR_MANIFEST_PROPERTY", sentence % {"name": name[:60]}, file=NAME, line=line)
    chosen: dict[str, str] = {}
    usable = True
    for kind in KINDS:
        mode = values.get(f"file.{kind}", ("", 0))[0].lower()
        here = kind in files
        if mode == "delta":
            issues.error(
                "OR_DELTA",
                _("%(file)s.csv holds only changes since the last time. Export everything (bulk).") % {"file": kind},
                file=NAME,
            )
            usable = False
        elif mode == "bulk" and not here:
            issues.error(
                "OR_FILE_MISSING",
                _("The manifest promises %(file)s.csv, and it is not there. Export again.") % {"file": kind},
                file=f"{kind}.csv",
            )
            usable = False
        elif mode == "absent" and here:
            issues.warning(
                "OR_FILE_NOT_DECLARED",
                _("%(file)s.csv is there although the manifest says it is absent. It was not read.") % {"file": kind},
                file=f"{kind}.csv",
            )
        elif here:
            if mode not in {"bulk", ""}:
                sentence = _("The manifest says “%(mode)s” for %(file)s.csv. It was read as complete.")
                issues.warning("OR_MANIFEST_VALUE", sentence % {"mode": mode, "file": kind}, file=NAME)
            elif not mode:
                sentence = _("The manifest does not name %(file)s.csv. It was read as complete.")
                issues.warning("OR_FILE_NOT_DECLARED", sentence % {"file": kind}, file=f"{kind}.csv")
            chosen[kind] = files[kind]
    if not usable:
        return None
    code = values.get("source.systemCode", ("", 0))[0]
    if code.lower() == "absent":
        sentence = _("The manifest says “absent” where the name of the system belongs. Its ids are kept without one.")
        issues.warning("OR_SYSTEM_UNNAMED", sentence, file=NAME)
        code = ""
    return Manifest(f"oneroster:{code}"[:80] if code else "oneroster", chosen)


def _files_by_kind(package: Package, issues: Issues) -> dict[str, str]:
    """The data files by kind. Names are case-sensitive in the specification; a slip is read with a warning."""
    by_lower = {f"{kind}.csv".lower(): kind for kind in KINDS}
    found: dict[str, str] = {}
    for name in package.names:
        kind = by_lower.get(name.lower())
        if kind is None or (kind in found and name != f"{kind}.csv"):
            continue
        if name != f"{kind}.csv":
            sentence = _("%(found)s was read as %(file)s.csv.") % {"found": name, "file": kind}
            issues.warning("OR_FILE_NAME", sentence, file=name)
        found[kind] = name
    return found


def _properties(package: Package, issues: Issues) -> dict[str, tuple[str, int]]:
    """Each property with its value and line."""
    values: dict[str, tuple[str, int]] = {}
    with package.text(NAME).lines() as lines:
        try:
            for line, cells in enumerate(csv.reader(lines, strict=True), start=1):
                name, value = clean(cells[0]) if cells else "", clean(cells[1]) if len(cells) > 1 else ""
                if name and (line > 1 or name.lower() != "propertyname"):
                    values.setdefault(name, (value, line))
        except csv.Error as error:
            sentence = _("The manifest is not CSV: %(why)s.") % {"why": error}
            issues.error("OR_MANIFEST_UNREADABLE", sentence, file=NAME)
    return values

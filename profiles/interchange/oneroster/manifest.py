"""``manifest.csv``: which edition this is, and for each file whether it is all there is or only what changed."""

from __future__ import annotations

import csv
from dataclasses import dataclass

from django.utils.translation import gettext as _

from mbl.core.imports import Issues
from mbl.core.imports.opening import Package
from mbl.core.imports.tables import clean
from profiles.interchange.oneroster.spec import COLUMNS, KINDS, OTHER_KINDS, PROFILES, ROLES, VERSIONS

NAME = "manifest.csv"
_FILES = (*KINDS, *OTHER_KINDS)
_PROPERTIES = {"manifest.version", "oneroster.version", "source.systemName", "source.systemCode"} | {
    f"file.{kind}" for kind in _FILES
}
# Properties with their values and lines.
_Values = dict[str, tuple[str, int]]


@dataclass(frozen=True)
class Manifest:
    """``files`` are the kinds to read, each with its file's name; ``system`` names the namespace of its ids.

    ``deltas`` are the kinds whose files hold only what changed since the last time; the others are complete.
    """

    system: str
    version: str
    files: dict[str, str]
    deltas: frozenset[str] = frozenset()


def read(package: Package, issues: Issues, *, full_snapshot: bool, edition: str) -> Manifest | None:
    """The manifest; None when the package cannot be read (the issues say why).

    ``full_snapshot``: somebody says that the files are complete, whatever the manifest says or where there is none;
    ``edition`` is then the version of files without a manifest.
    """
    files = _files_by_kind(package, issues)
    if NAME not in package:
        return _without_manifest(files, issues, full_snapshot=full_snapshot, edition=edition)
    values = _properties(package, issues)
    version = values.get("oneroster.version", ("", 0))[0]
    if version not in VERSIONS:
        issues.error(
            "OR_VERSION",
            _("This is OneRoster %(version)s. Versions 1.1 and 1.2 can be read: choose one in your system's export.")
            % {"version": version or _("without a version")},
            file=NAME,
        )
        return None
    _check_properties(values, version, issues)
    chosen, deltas = _chosen(files, values, issues, full_snapshot=full_snapshot)
    if "users" in chosen and "users" not in deltas and version == "1.2" and ROLES not in chosen:
        sentence = _("OneRoster 1.2 says in roles.csv who is a student and who a teacher. Export it too.")
        issues.error("OR_ROLES_MISSING", sentence, file="roles.csv")
    if issues.errors:
        return None
    if PROFILES in files:
        _look_at_profiles(package, files[PROFILES], issues)
    return Manifest(_system(values, issues), version, chosen, frozenset(deltas))


def _without_manifest(files: dict[str, str], issues: Issues, *, full_snapshot: bool, edition: str) -> Manifest | None:
    if not full_snapshot:
        issues.error(
            "OR_NO_MANIFEST",
            _("There is no manifest.csv, so it is not known which edition this is and whether it is complete. "
              "Export OneRoster CSV with its manifest, or have it read with import_oneroster --full-snapshot "
              "--edition 1.1 (or 1.2)."),
            file=NAME,
        )  # fmt: skip
        return None
    if (edition == "1.2") != (ROLES in files):
        sentence = _("roles.csv belongs to OneRoster 1.2 and to no other edition. You said that this is %(edition)s.")
        issues.error("OR_VERSION", sentence % {"edition": edition}, file="roles.csv")
        return None
    return Manifest("oneroster", edition, {kind: name for kind, name in files.items() if kind in KINDS})


def _check_properties(values: _Values, version: str, issues: Issues) -> None:
    for name, (value, line) in values.items():
        if name not in _PROPERTIES:
            sentence = _("The manifest has the unknown property %(name)s. Check its spelling.")
            issues.warning("OR_MANIFEST_PROPERTY", sentence % {"name": name[:60]}, file=NAME, line=line)
        elif not value and name.startswith("file."):
            sentence = _("The manifest does not say whether %(name)s is absent, bulk or delta.")
            issues.warning("OR_MANIFEST_VALUE", sentence % {"name": name}, file=NAME, line=line, column="value")
        elif name == f"file.{ROLES}" and version == "1.1" and value != "absent":
            sentence = _("roles.csv belongs to OneRoster 1.2, and this says 1.1. It was not read.")
            issues.warning("OR_FILE_NOT_DECLARED", sentence, file="roles.csv")


def _chosen(
    files: dict[str, str], values: _Values, issues: Issues, *, full_snapshot: bool
) -> tuple[dict[str, str], set[str]]:
    """The files to read, and those of them that hold only changes."""
    version = values["oneroster.version"][0]
    chosen: dict[str, str] = {}
    deltas = set()
    for kind in KINDS:
        if kind == ROLES and version == "1.1":
            continue
        mode, line = values.get(f"file.{kind}", ("", 0))
        mode = mode.lower()
        here = kind in files
        if mode in {"bulk", "delta"} and not here:
            issues.error(
                "OR_FILE_MISSING",
                _("The manifest promises %(file)s.csv, and it is not there. Export again.") % {"file": kind},
                file=f"{kind}.csv",
            )
        elif mode == "absent" and here:
            issues.warning(
                "OR_FILE_NOT_DECLARED",
                _("%(file)s.csv is there although the manifest says it is absent. It was not read.") % {"file": kind},
                file=f"{kind}.csv",
            )
        elif here:
            if mode not in {"bulk", "delta", ""}:
                sentence = _("The manifest says “%(mode)s” for %(file)s.csv. It was read as complete.")
                issues.warning("OR_MANIFEST_VALUE", sentence % {"mode": mode, "file": kind}, file=NAME, line=line)
            elif not mode:
                sentence = _("The manifest does not name %(file)s.csv. It was read as complete.")
                issues.warning("OR_FILE_NOT_DECLARED", sentence % {"file": kind}, file=f"{kind}.csv")
            chosen[kind] = files[kind]
            if mode == "delta" and not full_snapshot:
                deltas.add(kind)
    return chosen, deltas


def _system(values: _Values, issues: Issues) -> str:
    code = values.get("source.systemCode", ("", 0))[0]
    name, line = values.get("source.systemName", ("", 0))
    if "absent" in {code.lower(), name.lower()}:
        sentence = _("The manifest says “absent” where the name of the system belongs. Its ids are kept without one.")
        issues.warning("OR_SYSTEM_UNNAMED", sentence, file=NAME, line=line or None)
    code = "" if code.lower() == "absent" else code
    return f"oneroster:{code}"[:80] if code else "oneroster"


def _look_at_profiles(package: Package, name: str, issues: Issues) -> None:
    """User profiles hold passwords: only the header is read, to say when the file is something else."""
    with package.text(name).lines() as lines:
        try:
            header = {cell.strip().lower() for cell in next(csv.reader(lines), [])}
        except csv.Error:
            header = set()
    roles = {column.lower() for column in COLUMNS[ROLES].required}
    if roles <= header:
        sentence = _("%(file)s has the columns of roles.csv: it seems to be a copy. It was not read.")
        issues.warning("OR_FILE_IS_ANOTHER", sentence % {"file": name}, file=name, line=1)


def _files_by_kind(package: Package, issues: Issues) -> dict[str, str]:
    """The data files by kind. Names are case-sensitive in the specification; a slip is read with a warning."""
    by_lower = {f"{kind}.csv".lower(): kind for kind in (*KINDS, PROFILES)}
    found: dict[str, str] = {}
    for name in package.names:
        kind = by_lower.get(name.lower())
        if kind is None or (kind in found and name != f"{kind}.csv"):
            continue
        if name != f"{kind}.csv":
            sentence = _("%(found)s stands for %(file)s.csv; the case of letters matters in file names.")
            issues.warning("OR_FILE_NAME", sentence % {"found": name, "file": kind}, file=name)
        found[kind] = name
    return found


def _properties(package: Package, issues: Issues) -> _Values:
    """Each property with its value and line."""
    values: _Values = {}
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

"""Pick files up from a folder that another system writes into: ``<folder>/<district code>/<kind of import>/``.

The same road as the page and the console, without a person: a file that would change unusually much, or of which too
many rows cannot be taken, is left for somebody to look at. What was read moves to ``done/`` or ``refused/`` beside it,
with its remarks as a CSV, and those who import are told.
"""

from __future__ import annotations

import logging
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from mbl.core import clock, notify
from mbl.core.errors import DomainError
from mbl.core.imports import Adapter, ImportResult, Issues, adapter, mapping, runs
from mbl.core.imports.guard import error_share
from mbl.core.models import District, ImportRun
from mbl.core.states import ImportState
from mbl.core.tabular import write_csv
from profiles import access
from profiles.actions.imports import can_be_confirmed, keep_file, run_file
from profiles.notices import PICKED_UP, PICKUP_LEFT
from profiles.queries.import_issues import HEADER, issue_rows
from profiles.rules.roles import Capability

log = logging.getLogger(__name__)

# A file that was written to a moment ago may still be on its way.
QUIET_SECONDS = 30
DONE, REFUSED = "done", "refused"
_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")
# One number for the whole product: whoever holds this lock picks up.
_LOCK = 0x4D424C01


@dataclass(frozen=True)
class Waiting:
    """A file that lies in the folder."""

    path: Path
    district: District
    adapter: Adapter


@dataclass(frozen=True)
class Picked:
    """What became of it. ``moved_to`` is where it lies now."""

    waiting: Waiting
    result: ImportResult
    moved_to: Path


def pick_up(*, progress: Callable[[int, int], None]) -> list[Picked]:
    """Read every file that waits. Nothing where no folder is set, or where somebody else is picking up just now."""
    picked: list[Picked] = []
    with _alone() as mine:
        found = waiting() if mine else []
        for one in found:
            try:
                picked.append(_take(one))
            except Exception:
                # A fault of ours stays loud, and the file stays where it is; the others do not wait for it.
                log.exception("The file %s of the pick-up folder could not be read", one.path.name)
            progress(len(picked), len(found))
    return picked


def waiting() -> list[Waiting]:
    """The files to read, oldest first within their kind; files still being written are left for the next time."""
    folder: Path | None = settings.PICKUP_FOLDER
    if folder is None or not folder.is_dir():
        return []
    found = []
    for district in District.objects.order_by("code"):
        for place in sorted(_folders(folder / district.code)):
            known = adapter(place.name)
            if known is None:
                log.warning("The pick-up folder has %s, which is no kind of import.", place.name)
                continue
            found += [Waiting(path, district, known) for path in _files(place)]
    return found


def _folders(place: Path) -> Iterator[Path]:
    if place.is_dir() and not place.is_symlink():
        yield from (one for one in place.iterdir() if one.is_dir() and not one.is_symlink())


def _files(place: Path) -> list[Path]:
    """Ordinary files only: a link could lead anywhere."""
    found = []
    for path in place.iterdir():
        facts = path.lstat()
        if not stat.S_ISREG(facts.st_mode) or path.name.startswith(".") or path.suffix.lower() in _UNFINISHED:
            continue
        if clock.now().timestamp() - facts.st_mtime >= QUIET_SECONDS:
            found.append((facts.st_mtime, path.name, path))
    return [path for _when, _name, path in sorted(found)]


def _take(one: Waiting) -> Picked:
    result = _read(one)
    # The run is the record; where the file was read before, it is the earlier one.
    run = ImportRun.objects.get(public_id=result.run)
    if result.refused and can_be_confirmed(run):
        keep_file(str(run.public_id), one.path)
    moved_to = _move(one.path, DONE if result.applied else REFUSED)
    if result.issues:
        with moved_to.with_name(f"{moved_to.name}.issues.csv").open("w", encoding="utf-8", newline="") as out:
            write_csv(out, HEADER, issue_rows(run))
    _tell(one, run, result)
    return Picked(one, result, moved_to)


def _read(one: Waiting) -> ImportResult:
    """Apply it, unless too many of its rows cannot be taken: then all of it is rolled back."""
    options = _options(one)
    with transaction.atomic():
        result = run_file(
            one.adapter, one.path, district=one.district, actor=None, dry_run=False, options=options, progress=_silent
        )
        too_many = result.applied and _rejected_share(result) > error_share(one.district)
        if too_many:
            sha256 = ImportRun.objects.get(public_id=result.run).sha256
            transaction.set_rollback(True)
    if too_many:
        issues = Issues()
        sentence = _("Too many rows cannot be taken (%(count)d), so nothing was. Look at the remarks.")
        issues.error("PICKUP_TOO_MANY_ERRORS", sentence % {"count": result.rejected_rows}, file=one.path.name)
        for issue in result.issues:
            issues.add(issue)
        refusal = runs.refusal(issues)
        refusal.rejected = result.rejected
        result = runs.record(
            refusal, kind=one.adapter.kind, file_name=one.path.name, sha256=sha256, district=one.district, actor=None
        )
    if not _is_earlier(result):
        ImportRun.objects.filter(public_id=result.run).update(options={**options, "picked_up": True})
    return result


def _silent(done: int, total: int) -> None:
    """Progress is told between files: within the transaction nobody would see it."""


def _options(one: Waiting) -> dict[str, dict[str, str]]:
    """A kept mapping that fits the file; without one the format guesses by name."""
    if not one.adapter.columns:
        return {}
    try:
        head = mapping.head_of(one.path)
    except DomainError:
        return {}  # the format says why, in its record
    kept = mapping.fitting(one.district, one.adapter.kind, head.headers)
    return {"mapping": kept[0].columns} if kept else {}


def _is_earlier(result: ImportResult) -> bool:
    return any(issue.code == "SAME_BYTES" for issue in result.issues)


def _rejected_share(result: ImportResult) -> float:
    rows = sum(sum(counts.values()) for counts in (result.created, result.updated, result.unchanged, result.rejected))
    return result.rejected_rows / rows if rows else 0.0


def _move(path: Path, where: str) -> Path:
    """Beside it, under a name of its own."""
    folder = path.parent / where
    folder.mkdir(exist_ok=True)
    stamp = f"{clock.now():%Y%m%dT%H%M%S}"
    target = folder / f"{stamp}-{path.name}"
    number = 1
    while target.exists():
        number += 1
        target = folder / f"{stamp}-{number}-{path.name}"
    return path.rename(target)


def _tell(one: Waiting, run: ImportRun, result: ImportResult) -> None:
    if result.applied and not result.changes and not result.rejected_rows:
        return
    kind = PICKED_UP if run.state == ImportState.APPLIED else PICKUP_LEFT
    with transaction.atomic():
        notify.tell_all(
            access.accounts_with(Capability.IMPORT_DATA, one.district),
            kind.code,
            {"file": one.path.name, "rows": result.changes, "rejected": result.rejected_rows},
            district=one.district,
            url=reverse("profiles:import-run", args=[run.public_id]),
            subject=run,
            dedupe_key=f"pickup:{run.public_id}",
        )


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else is picking up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])

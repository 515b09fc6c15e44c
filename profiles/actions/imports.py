"""Take in an uploaded file, check it, and apply it: the same road as the console, as jobs."""

from __future__ import annotations

import datetime as dt
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath

from django.core.files.base import File
from django.core.files.storage import storages
from django.db import transaction
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from mbl.core import clock
from mbl.core.errors import DomainError
from mbl.core.imports import Adapter, ImportResult, adapter
from mbl.core.jobs import enqueue
from mbl.core.models import District, ImportRun, Job, User
from mbl.core.states import ImportState

# Uploads wait so long for somebody to apply them.
KEPT = dt.timedelta(days=1)
_FOLDER = "imports"


def storage_name(key: str) -> str:
    return f"{_FOLDER}/{key}"


@transaction.atomic
def check_upload(file: File[bytes], *, kind: str, district: District, actor: User) -> Job:
    """Keep the file and have it checked; the job's result is the page that says what would happen."""
    if adapter(kind) is None:
        raise DomainError(_("Choose what kind of file this is."), field="kind")
    forget_old()
    key = uuid.uuid4().hex
    storages["documents"].save(storage_name(key), file)
    name = get_valid_filename(PurePath(file.name or "upload").name)[:120] or "upload"
    return enqueue(
        "profiles.import_check",
        owner=actor,
        district=district,
        label=_("Checking %(file)s") % {"file": name},
        params={"kind": kind, "key": key, "name": name},
    )


@transaction.atomic
def apply_checked(run: ImportRun, *, actor: User, confirmed: bool) -> Job:
    """Apply what was checked. ``DomainError`` where the file is gone or cannot be applied."""
    if run.state == ImportState.APPLIED:
        raise DomainError(_("This import was applied already."))
    if run.state == ImportState.REFUSED and not (confirmed and can_be_confirmed(run)):
        raise DomainError(_("This file was refused. Correct it and upload it again."))
    if not is_kept(run):
        raise DomainError(_("The file is no longer here. Upload it again; nothing was changed."))
    return enqueue(
        "profiles.import_apply",
        owner=actor,
        district=run.district,
        label=_("Importing %(file)s") % {"file": run.file_name},
        params={"kind": run.kind, "key": key_of(run), "name": run.file_name, "confirmed": confirmed},
        dedupe_key=f"import:{run.public_id}",
    )


def run_adapter(
    params: dict[str, str | bool],
    *,
    district: District,
    actor: User | None,
    dry_run: bool,
    progress: Callable[[int, int], None],
) -> ImportResult:
    """Run the adapter of a job's params on the kept file."""
    chosen: Adapter | None = adapter(str(params["kind"]))
    if chosen is None:
        raise DomainError(_("This kind of file is not known here."))
    confirmed = bool(params.get("confirmed"))
    with _on_disk(str(params["key"]), str(params["name"])) as path:
        if chosen.run_with_progress is not None:
            return chosen.run_with_progress(
                path, district=district, actor=actor, dry_run=dry_run, confirmed=confirmed, progress=progress
            )
        return chosen.run(path, district=district, actor=actor, dry_run=dry_run, confirmed=confirmed)


def keep_for(run_id: str, key: str) -> None:
    """Put the checked file beside its run, so that applying finds it."""
    store = storages["documents"]
    with store.open(storage_name(key), "rb") as file:
        if not store.exists(storage_name(run_id)):
            store.save(storage_name(run_id), file)
    store.delete(storage_name(key))


def is_kept(run: ImportRun) -> bool:
    return storages["documents"].exists(storage_name(key_of(run)))


def key_of(run: ImportRun) -> str:
    return str(run.public_id)


def can_be_confirmed(run: ImportRun) -> bool:
    """Refused only because it changes unusually much, so that a person may say that this is meant."""
    codes = set(run.issues.filter(severity="error").values_list("code", flat=True))
    return bool(codes & _ALARMS) and not codes & _NEVER


_ALARMS = {"MANY_WITHDRAWN", "MANY_NEW", "MANY_MOVED"}
# A run that holds one of these stays refused whatever somebody confirms.
_NEVER = {"OR_HEADER_ONLY", "OR_OTHER_DISTRICT", "OR_SEVERAL_DISTRICTS"}


def forget(key: str) -> None:
    storages["documents"].delete(storage_name(key))


def forget_old() -> None:
    """Uploads that nobody applied hold people's data: they go after a day."""
    store = storages["documents"]
    try:
        _folders, names = store.listdir(_FOLDER)
    except FileNotFoundError:
        return
    for name in names:
        if store.get_modified_time(storage_name(name)) < clock.now() - KEPT:
            store.delete(storage_name(name))


@contextmanager
def _on_disk(key: str, name: str) -> Iterator[Path]:
    """The kept file under its own name, for readers that want a path."""
    store = storages["documents"]
    if not store.exists(storage_name(key)):
        raise DomainError(_("The file is no longer here. Upload it again; nothing was changed."))
    with tempfile.TemporaryDirectory(prefix="import-") as folder:
        path = Path(folder) / PurePath(name).name
        with store.open(storage_name(key), "rb") as file, path.open("wb") as copy:
            for chunk in file.chunks():
                copy.write(chunk)
        yield path

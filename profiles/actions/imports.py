"""Take in an uploaded file, check it, and apply it: the same road as the console, as jobs."""

from __future__ import annotations

import datetime as dt
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from django.core import signing
from django.core.files.base import File
from django.core.files.storage import storages
from django.db import transaction
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from mbl.core import clock
from mbl.core.errors import DomainError
from mbl.core.imports import Adapter, ImportResult, adapter, mapping
from mbl.core.imports.undo import undo_until
from mbl.core.jobs import enqueue
from mbl.core.models import District, ImportRun, Job, User
from mbl.core.states import ImportState

# Uploads wait so long for somebody to apply them.
KEPT = dt.timedelta(days=1)
_FOLDER = "imports"
_SALT = "profiles.imports.upload"


def storage_name(key: str) -> str:
    return f"{_FOLDER}/{key}"


@dataclass(frozen=True)
class Upload:
    """A kept file, before it is checked. ``token`` names it in an address for as long as it is kept."""

    district: District
    kind: str
    key: str
    name: str

    @property
    def token(self) -> str:
        return signing.dumps([self.district.pk, self.kind, self.key, self.name], salt=_SALT)

    @property
    def adapter(self) -> Adapter:
        known = adapter(self.kind)
        if known is None:
            raise DomainError(_("This kind of file is not known here."))
        return known

    def head(self) -> mapping.Head:
        """The headers of the file. ``DomainError`` where it has none that can be read."""
        with _on_disk(self.key, self.name) as path:
            return mapping.head_of(path)


def upload_of(token: str) -> Upload | None:
    """The kept file that ``token`` names; None where it is gone or the token is none of ours."""
    try:
        district, kind, key, name = signing.loads(token, salt=_SALT, max_age=KEPT)
    except signing.BadSignature:
        return None
    if not storages["documents"].exists(storage_name(key)):
        return None
    return Upload(District.objects.get(pk=district), kind, key, name)


def keep_upload(file: File[bytes], *, kind: str, district: District) -> Upload:
    """Keep what somebody brought."""
    if adapter(kind) is None:
        raise DomainError(_("Choose what kind of file this is."), field="kind")
    forget_old()
    key = uuid.uuid4().hex
    storages["documents"].save(storage_name(key), file)
    name = get_valid_filename(PurePath(file.name or "upload").name)[:120] or "upload"
    return Upload(district, kind, key, name)


def needs_columns(upload: Upload) -> bool:
    """Whether somebody has to say which column is which: the format is free, and neither our names nor a layout that
    the format knows are all that the file has."""
    columns = upload.adapter.columns
    if not columns:
        return False
    names = {column.name.casefold() for column in columns}
    headers = upload.head().headers
    return any(header.casefold() not in names for header in headers) and not upload.adapter.reads(headers)


@transaction.atomic
def check_upload(
    upload: Upload, *, actor: User, chosen: Mapping[str, str] | None = None, save_as: str = "", reading: str = ""
) -> Job:
    """Have the kept file checked; the job's result is the page that says what would happen.

    ``chosen``: which header is which of our columns; ``save_as`` keeps that for the next file. ``reading``: one of the
    format's, by its code.
    """
    options = dict(next((one.options for one in upload.adapter.readings if one.code == reading), {}))
    if chosen is not None:
        chosen = mapping.check(upload.adapter.columns, chosen, upload.head().headers)
        if save_as.strip():
            mapping.keep(upload.district, upload.kind, save_as, chosen, actor=actor)
        if chosen:
            options["mapping"] = chosen
    return enqueue(
        "profiles.import_check",
        owner=actor,
        district=upload.district,
        label=_("Checking %(file)s") % {"file": upload.name},
        params={"kind": upload.kind, "key": upload.key, "name": upload.name, "options": options},
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
        params={
            "kind": run.kind,
            "key": key_of(run),
            "name": run.file_name,
            "confirmed": confirmed,
            "options": {name: value for name, value in run.options.items() if name != "picked_up"},
        },
        dedupe_key=f"import:{run.public_id}",
    )


@transaction.atomic
def ask_undo(run: ImportRun, *, actor: User, dry_run: bool) -> Job:
    """Take a run back, or find out what that would do, as a job. ``DomainError`` where it is too late."""
    until = undo_until(run)
    if until is None or until < clock.now():
        raise DomainError(_("This import can no longer be taken back."))
    label = _("Looking what can go back of %(file)s") if dry_run else _("Taking back %(file)s")
    return enqueue(
        "profiles.import_undo",
        owner=actor,
        district=run.district,
        label=label % {"file": run.file_name},
        params={"run": str(run.public_id), "dry_run": dry_run},
        dedupe_key=f"undo:{run.public_id}:{dry_run}",
    )


def run_adapter(
    params: dict[str, Any],
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
    options = params.get("options", {})
    with _on_disk(str(params["key"]), str(params["name"])) as path:
        result = run_file(
            chosen,
            path,
            district=district,
            actor=actor,
            dry_run=dry_run,
            confirmed=bool(params.get("confirmed")),
            options=options,
            progress=progress,
        )
    if options:
        ImportRun.objects.filter(public_id=result.run).update(options=options)
    return result


def run_file(
    chosen: Adapter,
    path: Path,
    *,
    district: District,
    actor: User | None,
    dry_run: bool,
    confirmed: bool = False,
    options: Mapping[str, Any] | None = None,
    progress: Callable[[int, int], None],
) -> ImportResult:
    """Run ``chosen`` on a file, with its progress where it tells it."""
    asked: dict[str, Any] = {
        "district": district, "actor": actor, "dry_run": dry_run, "confirmed": confirmed, **(options or {}),
    }  # fmt: skip
    if chosen.run_with_progress is not None:
        return chosen.run_with_progress(path, progress=progress, **asked)
    return chosen.run(path, **asked)


def keep_for(run_id: str, key: str) -> None:
    """Put the checked file beside its run, so that applying finds it."""
    store = storages["documents"]
    with store.open(storage_name(key), "rb") as file:
        if not store.exists(storage_name(run_id)):
            store.save(storage_name(run_id), file)
    store.delete(storage_name(key))


def keep_file(run_id: str, path: Path) -> None:
    """Keep a file that was read from a folder beside its run, so that somebody can confirm it."""
    with path.open("rb") as file:
        storages["documents"].save(storage_name(run_id), File(file))


def is_kept(run: ImportRun) -> bool:
    return storages["documents"].exists(storage_name(key_of(run)))


def key_of(run: ImportRun) -> str:
    return str(run.public_id)


def can_be_confirmed(run: ImportRun) -> bool:
    """Refused only because it changes unusually much, so that a person may say that this is meant."""
    codes = set(run.issues.filter(severity="error").values_list("code", flat=True))
    return bool(codes & _ALARMS) and not codes & _NEVER


_ALARMS = {"MANY_WITHDRAWN", "MANY_NEW", "MANY_MOVED", "CASE_MANY_WITHDRAWN"}
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

"""Files that a job made for its owner to fetch: kept for a week, found again by the job alone."""

from __future__ import annotations

import datetime as dt
from typing import IO

from django.core.files.base import File
from django.core.files.storage import storages
from django.utils.translation import gettext as _

from mbl.core.errors import DomainError
from mbl.core.models import Job

STORAGE = "documents"
FOLDER = "exports"
KEPT_DAYS = 7


def _key(job: Job) -> str:
    """Of this claim only: a worker that lost its lease writes a file that nobody opens."""
    return f"{FOLDER}/{job.public_id}-{job.fence}.csv"


def keep(job: Job, content: IO[bytes]) -> None:
    """Store what the job made. Call it once in the handler, before ``progress.finished``."""
    storages[STORAGE].delete(_key(job))
    storages[STORAGE].save(_key(job), File(content))


def opened(job: Job) -> File[bytes]:
    """The file of a job that is done; ``DomainError`` once it was removed."""
    try:
        return storages[STORAGE].open(_key(job))
    except FileNotFoundError:
        raise DomainError(
            _("This file is kept for %(days)s days and has been removed. Export it again.") % {"days": KEPT_DAYS}
        ) from None


def purge(now: dt.datetime) -> int:
    """Remove files older than a week; answers how many."""
    storage = storages[STORAGE]
    try:
        _folders, names = storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    old = [
        key
        for key in (f"{FOLDER}/{name}" for name in names)
        if storage.get_modified_time(key) < now - dt.timedelta(days=KEPT_DAYS)
    ]
    for key in old:
        storage.delete(key)
    return len(old)

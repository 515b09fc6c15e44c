"""Stored files out of and into Django's storages, so a folder and an object store are the same thing here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import IO

from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.utils.translation import gettext as _

from mbl.core.backup.archive import CHUNK, ArchiveProblem

# Files that rows name. ``default`` is not used by the product, ``staticfiles`` come with its code.
STORAGES = ("evidence", "documents")


def keys(storage: Storage, folder: str = "") -> Iterator[str]:
    """Every file of the storage, folder by folder, in the order of their names."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever stored
        return
    prefix = f"{folder}/" if folder else ""
    for name in sorted(files):
        if name:
            yield prefix + name
    for name in sorted(folders):
        yield from keys(storage, prefix + name)


class Incoming:
    """Writes files into the storages and can take them out again, should the restore not succeed."""

    def __init__(self) -> None:
        self.count = 0
        self._written: list[tuple[str, str]] = []

    def take(self, alias: str, key: str, content: IO[bytes]) -> None:
        """Write one file under the very name it had. The same file may be there already; another may not."""
        if alias not in STORAGES:
            raise ArchiveProblem(
                _("The archive has files of a storage “%(name)s” that this version does not know.") % {"name": alias}
            )
        storage = storages[alias]
        self.count += 1
        if storage.exists(key):
            with storage.open(key) as present:
                is_same = _sha256(present) == _sha256(content)
            if is_same:
                return
            raise ArchiveProblem(
                _(
                    "The storage “%(storage)s” has another file named %(key)s. Nothing was restored. Restore into an "
                    "empty storage, or into the one these files came from."
                )
                % {"storage": alias, "key": key}
            )
        saved = storage.save(key, File(content, name=key))
        self._written.append((alias, saved))
        if saved != key:
            raise ArchiveProblem(
                _("The storage “%(storage)s” did not keep the name %(key)s.") % {"storage": alias, "key": key}
            )

    def take_out(self) -> None:
        for alias, key in self._written:
            storages[alias].delete(key)


def _sha256(content: IO[bytes] | File[bytes]) -> str:
    digest = hashlib.sha256()
    while data := content.read(CHUNK):
        digest.update(data)
    return digest.hexdigest()

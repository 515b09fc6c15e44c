"""The archive's outside: a tar file of parts, each with its SHA-256, that can be written and read as a stream.

Order of the parts: ``format.json``; ``tables/<table>/<number>.gz``; ``files/<storage>/<key>``; ``manifest.json``;
``manifest.sha256``. After every few thousand parts stands ``index/<number>.jsonl`` with their sizes and hashes, and the
manifest has the hashes of the indexes. So neither writing nor reading holds more than one index in memory, a byte that
changed is found wherever it is, and an archive that was cut off has no manifest.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

from django.utils.translation import gettext as _

from mbl.core.errors import DomainError

FORMAT = 1
HEAD, MANIFEST, SEAL = "format.json", "manifest.json", "manifest.sha256"
TABLES, FILES, INDEX = "tables/", "files/", "index/"
CHUNK = 1024 * 1024
PARTS_PER_INDEX = 2000


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class ArchiveProblem(DomainError):
    """The archive cannot be used, or not here; the sentence says why and what to do."""


@dataclass(frozen=True)
class Table:
    """A table of the archive. ``columns`` in the order of its rows."""

    name: str
    columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class Stored:
    """The files of one storage."""

    count: int
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """What the archive holds. ``migrations`` are names by app; ``sequences`` the last value and whether it was used."""

    product: str
    version: str
    made_at: str
    server_version: int
    migrations: dict[str, list[str]]
    tables: list[Table]
    sequences: dict[str, tuple[int, bool]]
    files: dict[str, Stored]
    indexes: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    @property
    def file_count(self) -> int:
        return sum(stored.count for stored in self.files.values())

    def as_bytes(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode()

    @classmethod
    def read(cls, data: bytes) -> Manifest:
        raw: dict[str, Any] = json.loads(data)
        raw["tables"] = [Table(one["name"], tuple(one["columns"]), one["rows"]) for one in raw["tables"]]
        raw["sequences"] = {name: (int(last), bool(used)) for name, (last, used) in raw["sequences"].items()}
        raw["files"] = {name: Stored(**stored) for name, stored in raw["files"].items()}
        return cls(**raw)


class Writer:
    """Writes parts to ``out``, which need not be seekable."""

    def __init__(self, out: IO[bytes], *, product: str) -> None:
        # GNU's format has room for long names and for files above 8 GB.
        self._tar = tarfile.TarFile(fileobj=_Counting(out), mode="w", format=tarfile.GNU_FORMAT)  # type: ignore[arg-type]
        self._lines: list[str] = []
        self._indexes: list[str] = []
        self.add(HEAD, json.dumps({"format": FORMAT, "product": product}).encode())

    def add(self, name: str, data: bytes) -> None:
        self.stream(name, io.BytesIO(data), len(data))

    def stream(self, name: str, source: Readable, size: int) -> None:
        """Add ``size`` bytes of ``source``. ``OSError`` when it has fewer."""
        digest = self._write(name, source, size)
        self._lines.append(json.dumps([name, size, digest]))
        if len(self._lines) >= PARTS_PER_INDEX:
            self._write_index()

    def finish(self, manifest: Manifest) -> None:
        self._write_index()
        manifest.indexes.extend(self._indexes)
        data = manifest.as_bytes()
        digest = self._write(MANIFEST, io.BytesIO(data), len(data))
        self._write(SEAL, io.BytesIO(digest.encode()), len(digest))
        self._tar.close()

    def _write_index(self) -> None:
        data = "\n".join(self._lines).encode()
        name = f"{INDEX}{len(self._indexes) + 1:06}.jsonl"
        self._indexes.append(self._write(name, io.BytesIO(data), len(data)))
        self._lines.clear()

    def _write(self, name: str, source: Readable, size: int) -> str:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        counted = _Hashing(source)
        self._tar.addfile(member, counted)  # type: ignore[arg-type]  # it only reads
        _forget_members(self._tar)
        return counted.digest.hexdigest()


class _Counting:
    """Knows how much was written: a pipe cannot tell."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._written = 0

    def write(self, data: bytes) -> int:
        self._out.write(data)
        self._written += len(data)
        return len(data)

    def tell(self) -> int:
        return self._written


class _Hashing:
    """Passes bytes on and hashes them."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        """``size`` bytes, fewer only at the end; some sources answer with less than asked."""
        pieces, left = [], size
        while left and (piece := self._source.read(left)):
            pieces.append(piece)
            left -= len(piece)
        data = b"".join(pieces)
        self.digest.update(data)
        return data


@contextmanager
def parts(path: Path) -> Iterator[Iterator[tuple[str, IO[bytes], int]]]:
    """The parts in order, as name, content and size. An archive that is cut off simply ends."""
    with path.open("rb") as file:
        try:
            tar = tarfile.open(fileobj=file, mode="r:")  # noqa: SIM115
        except tarfile.TarError:
            raise ArchiveProblem(
                _("%(file)s is not an archive of this product. Choose a file that `backup` wrote.") % {"file": path}
            ) from None
        with tar:
            yield _members(tar)


def _members(tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes], int]]:
    while True:
        try:
            member = tar.next()
        except tarfile.TarError:
            return
        _forget_members(tar)
        if member is None:
            return
        content = tar.extractfile(member)
        if content is not None:
            yield member.name, content, member.size


def _forget_members(tar: tarfile.TarFile) -> None:
    """tarfile remembers every member it has met; with a million files that is a gigabyte."""
    tar.members.clear()  # type: ignore[attr-defined]  # documented nowhere, there since ever


def verify(path: Path, *, product: str) -> Manifest:
    """Read the whole archive and compare every byte with its hash. ``ArchiveProblem`` says what is wrong with it."""
    seen: dict[str, tuple[int, str]] = {}
    indexes: list[str] = []
    ends = {MANIFEST: b"", SEAL: b""}
    with parts(path) as found:
        _check_head(path, next(found, None), product, seen)
        try:
            for name, content, size in found:
                if name in ends:
                    ends[name] = content.read()
                elif name.startswith(INDEX):
                    data = content.read()
                    indexes.append(hashlib.sha256(data).hexdigest())
                    _compare(path, seen, data)
                    seen.clear()
                else:
                    seen[name] = (size, _digest(content))
        except tarfile.TarError:  # the last part is cut off
            ends[SEAL] = b""
    if not all(ends.values()):
        raise ArchiveProblem(
            _("%(file)s ends too early: it was cut off while it was written or copied. Use another backup.")
            % {"file": path}
        )
    if hashlib.sha256(ends[MANIFEST]).hexdigest().encode() != ends[SEAL]:
        raise _altered(path, MANIFEST)
    manifest = Manifest.read(ends[MANIFEST])
    if manifest.indexes != indexes or seen:
        raise _altered(path, INDEX)
    return manifest


def _check_head(
    path: Path, head: tuple[str, IO[bytes], int] | None, product: str, seen: dict[str, tuple[int, str]]
) -> None:
    try:
        if head is None or head[0] != HEAD:
            raise ValueError
        data = head[1].read()
        said = json.loads(data)
        if said["product"] != product:
            raise ValueError
        number = int(said["format"])
    except (ValueError, KeyError, TypeError):
        raise ArchiveProblem(
            _("%(file)s is not an archive of this product. Choose a file that `backup` wrote.") % {"file": path}
        ) from None
    if number > FORMAT:
        raise ArchiveProblem(
            _("%(file)s was written by a newer version of this product. Install that version, then restore.")
            % {"file": path}
        )
    seen[HEAD] = (len(data), hashlib.sha256(data).hexdigest())


def _compare(path: Path, seen: dict[str, tuple[int, str]], index: bytes) -> None:
    try:
        said = {name: (size, digest) for name, size, digest in map(json.loads, index.decode().splitlines())}
    except (ValueError, TypeError):
        raise _altered(path, INDEX) from None
    for name in said.keys() | seen.keys():
        if said.get(name) != seen.get(name):
            raise _altered(path, name)


def _altered(path: Path, part: str) -> ArchiveProblem:
    return ArchiveProblem(
        _("%(file)s is damaged: “%(part)s” is not what was written. Nothing was restored. Use another backup.")
        % {"file": path, "part": part}
    )


def _digest(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while data := content.read(CHUNK):
        digest.update(data)
    return digest.hexdigest()

"""Open a folder, a zip or a single file that somebody sent, without believing anything it says about itself.

``open_package`` answers names and readable texts, or raises ``Refused`` with the issues that say why.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, NoReturn

from django.utils.translation import gettext as _

from mbl.core.imports.result import Issues

MEGABYTE = 1024 * 1024
_CHUNK = 256 * 1024
_ARCHIVES = {".zip", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".tar"}
# Left behind by file managers; nobody means to send them.
_LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_TEXT_CONTROLS = b"\t\n\r"
_CONTROLS = bytes(code for code in range(32) if code not in _TEXT_CONTROLS)


@dataclass(frozen=True)
class Limits:
    """How large a package may be, in bytes where not said otherwise."""

    packed: int = 200 * MEGABYTE
    unpacked: int = 1024 * MEGABYTE
    entries: int = 100
    # Unpacked to packed, of one entry; smaller entries than ``ratio_from`` may shrink as much as they like.
    ratio: int = 100
    ratio_from: int = MEGABYTE


class Refused(Exception):
    """The package cannot be read at all; ``issues`` say why."""

    def __init__(self, issues: Issues) -> None:
        super().__init__("; ".join(issue.message for issue in issues))
        self.issues = issues


@dataclass(frozen=True)
class Text:
    """One file of a package, known to be text. ``encoding`` is how it reads."""

    name: str
    encoding: str
    size: int
    _package: Package

    @contextmanager
    def lines(self) -> Iterator[Iterator[str]]:
        """The lines with their ends as they are, which is what ``csv`` wants."""
        with self._package.binary(self.name) as raw:
            yield iter(io.TextIOWrapper(raw, encoding=self.encoding, newline=""))

    @property
    def is_guessed(self) -> bool:
        """Neither UTF-8 nor UTF-16, so it was read as Windows text: letters outside ASCII may be wrong."""
        return self.encoding == "cp1252"


class Package:
    """Files by name. Closes what it has opened when the ``with`` block ends."""

    def __init__(self, source: Path, limits: Limits) -> None:
        self.source = source
        self.limits = limits
        self.sha256 = ""
        self._zip: zipfile.ZipFile | None = None
        # Name as the formats know it -> where it is.
        self._where: dict[str, Path | zipfile.ZipInfo] = {}
        self._unpacked = 0

    @property
    def names(self) -> list[str]:
        return sorted(self._where)

    def __contains__(self, name: str) -> bool:
        return name in self._where

    @contextmanager
    def binary(self, name: str) -> Iterator[IO[bytes]]:
        where = self._where[name]
        if isinstance(where, Path):
            with where.open("rb") as file:
                yield file
        else:
            assert self._zip is not None
            with self._zip.open(where) as entry:
                yield entry

    def text(self, name: str) -> Text:
        """The file as text; ``Refused`` when it is none. Counts its bytes while it reads them."""
        encoding, size = self._inspect(name)
        return Text(name, encoding, size, self)

    def _inspect(self, name: str) -> tuple[str, int]:
        issues = Issues()
        size, line = 0, 1
        guess = ""
        try:
            with self.binary(name) as file:
                while chunk := file.read(_CHUNK):
                    if not size:
                        guess = _marked(chunk)
                        decoder = codecs.getincrementaldecoder(guess or "utf-8")()
                        valid = True
                    size += len(chunk)
                    self._count(name, len(chunk), size)
                    if not guess.startswith("utf-16") and (bad := _first_control(chunk)) >= 0:
                        line += chunk[:bad].count(b"\n")
                        sentence = _("%(file)s has characters that no text has. Save it as CSV text (UTF-8) once more.")
                        issues.error("FILE_CONTROL_CHARACTERS", sentence % {"file": name}, file=name, line=line)
                        raise Refused(issues)
                    line += chunk.count(b"\n")
                    if valid:
                        try:
                            decoder.decode(chunk)
                        except UnicodeDecodeError:
                            valid = False
                if not size:
                    return "utf-8", 0
                if valid:
                    try:
                        decoder.decode(b"", final=True)
                    except UnicodeDecodeError:
                        valid = False
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
            sentence = _("%(file)s is damaged. Export it again.") % {"file": name}
            issues.error("FILE_DAMAGED", sentence, file=name)
            raise Refused(issues) from error
        if valid:
            return guess or "utf-8", size
        if not guess and self._reads_as(name, "cp1252"):
            return "cp1252", size
        sentence = _("%(file)s is not readable as text. Export it as UTF-8.") % {"file": name}
        issues.error("FILE_ENCODING", sentence, file=name)
        raise Refused(issues)

    def _reads_as(self, name: str, encoding: str) -> bool:
        decoder = codecs.getincrementaldecoder(encoding)()
        with self.binary(name) as file:
            try:
                while chunk := file.read(_CHUNK):
                    decoder.decode(chunk)
            except UnicodeDecodeError:
                return False
        return True

    def _count(self, name: str, more: int, size: int) -> None:
        """Bytes as they come out, not as the archive's directory promises them."""
        self._unpacked += more
        where = self._where[name]
        packed = where.compress_size if isinstance(where, zipfile.ZipInfo) else size
        if self._unpacked > self.limits.unpacked:
            _refuse("PACKAGE_TOO_LARGE", _("Unpacked, these files are larger than %(limit)s MB. Send them in parts.")
                    % {"limit": self.limits.unpacked // MEGABYTE}, name)  # fmt: skip
        if size > self.limits.ratio_from and size > self.limits.ratio * max(packed, 1):
            _refuse("ZIP_BOMB", _("%(file)s unpacks to far more than it holds, so it was not opened.")
                    % {"file": name}, name)  # fmt: skip


@contextmanager
def open_package(source: Path, *, limits: Limits | None = None) -> Iterator[Package]:
    """The files of a folder, of a zip, or the one file itself. Raises ``Refused``."""
    package = Package(source, limits or Limits())
    if source.is_dir():
        _list_folder(package)
        yield package
    elif not source.is_file():
        sentence = _("There is no file or folder at %(path)s. Check the name.") % {"path": source.name}
        _refuse("FILE_MISSING", sentence, source.name)
    else:
        size = source.stat().st_size
        if size > package.limits.packed:
            sentence = _("%(file)s is larger than %(limit)s MB. Send it in parts.")
            _refuse("PACKAGE_TOO_LARGE", sentence % {"file": source.name, "limit": package.limits.packed // MEGABYTE})
        package.sha256 = _sha256([source])
        if zipfile.is_zipfile(source):
            try:
                with zipfile.ZipFile(source) as archive:
                    package._zip = archive
                    _list_archive(package, archive)
                    yield package
            except zipfile.BadZipFile as error:
                issues = Issues()
                issues.error("ZIP_DAMAGED", _("The zip file is damaged. Make it again."), file=source.name)
                raise Refused(issues) from error
        else:
            package._where[source.name] = source
            yield package


def _list_folder(package: Package) -> None:
    files = sorted(path for path in package.source.iterdir() if path.is_file() and not path.name.startswith("."))
    if len(files) > package.limits.entries:
        _too_many(package.limits)
    if any(path.is_symlink() for path in files):
        _refuse("FILE_IS_LINK", _("The folder holds a link to another place. Copy the files themselves."))
    package._where = {path.name: path for path in files}
    package.sha256 = _sha256(files, with_names=True)


def _list_archive(package: Package, archive: zipfile.ZipFile) -> None:
    """Checks every entry by its name and directory facts; the bytes are counted when they are read."""
    entries = [entry for entry in archive.infolist() if not _is_litter(entry.filename)]
    if len(entries) > package.limits.entries:
        _too_many(package.limits)
    files: dict[PurePosixPath, zipfile.ZipInfo] = {}
    for entry in entries:
        name = entry.filename
        path = PurePosixPath(name)
        if name.startswith("/") or "\\" in name or ":" in name or ".." in path.parts or "\x00" in name:
            _refuse("ZIP_PATH", _("The zip holds a file that wants to be stored elsewhere: it was not opened."))
        if stat.S_ISLNK(entry.external_attr >> 16):
            _refuse("ZIP_LINK", _("The zip holds a link to another place: it was not opened."))
        if entry.is_dir():
            continue
        if entry.flag_bits & 1:
            _refuse("ZIP_ENCRYPTED", _("The zip is locked with a password. Send it without one."), name)
        if path.suffix.lower() in _ARCHIVES:
            _refuse("ZIP_NESTED", _("The zip holds another archive. Put the files into one zip."), name)
        if path in files:
            _refuse("ZIP_TWICE", _("The zip holds %(file)s twice.") % {"file": path.name}, name)
        files[path] = entry
    # A zip of a folder has that one folder on top; the formats know the names inside.
    tops = {path.parts[0] for path in files}
    inside = len(tops) == 1 and all(len(path.parts) > 1 for path in files)
    for path, entry in files.items():
        parts = path.parts[1:] if inside else path.parts
        if len(parts) == 1:
            package._where[parts[0]] = entry


def _is_litter(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name in _LITTER


def _marked(start: bytes) -> str:
    """The encoding that a byte order mark names; empty without one."""
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return ""


def _first_control(chunk: bytes) -> int:
    """Where the first NUL or control character is; -1 without one."""
    if len(chunk) == len(chunk.translate(None, _CONTROLS)):
        return -1
    return next(index for index, byte in enumerate(chunk) if byte < 32 and byte not in _TEXT_CONTROLS)


def _sha256(files: list[Path], *, with_names: bool = False) -> str:
    digest = hashlib.sha256()
    for path in files:
        if with_names:
            digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()


def _too_many(limits: Limits) -> NoReturn:
    _refuse("PACKAGE_TOO_MANY_FILES", _("More than %(limit)s files: send only the export.") % {"limit": limits.entries})


def _refuse(code: str, message: str, file: str = "") -> NoReturn:
    issues = Issues()
    issues.error(code, message, file=file)
    raise Refused(issues)

"""Opening what somebody sent: nothing it says about itself is believed."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from mbl.core.imports.opening import Limits, Refused, open_package

Fill = Callable[[zipfile.ZipFile], None]


def make_zip(path: Path, fill: Fill, compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        fill(archive)
    return path


def code_of(source: Path, name: str = "users.csv", limits: Limits | None = None) -> str:
    """Opens and reads one file; the code of the refusal, or the encoding it reads as."""
    try:
        with open_package(source, limits=limits) as package:
            return package.text(name).encoding
    except Refused as refused:
        return next(iter(refused.issues)).code


def linked(archive: zipfile.ZipFile) -> None:
    entry = zipfile.ZipInfo("users.csv")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(entry, "/etc/passwd")


@pytest.mark.parametrize(
    ("fill", "code"),
    [
        (lambda z: z.writestr("../users.csv", "a,b\n"), "ZIP_PATH"),
        (lambda z: z.writestr("/users.csv", "a,b\n"), "ZIP_PATH"),
        (lambda z: z.writestr("a/../../users.csv", "a,b\n"), "ZIP_PATH"),
        (lambda z: z.writestr("C:users.csv", "a,b\n"), "ZIP_PATH"),
        (linked, "ZIP_LINK"),
        (lambda z: z.writestr("inner.zip", "PK"), "ZIP_NESTED"),
        (lambda z: z.writestr("inner.tar.gz", "x"), "ZIP_NESTED"),
        (lambda z: [z.writestr(f"{n}.csv", "a,b\n") for n in range(101)], "PACKAGE_TOO_MANY_FILES"),
        (lambda z: z.writestr("users.csv", "a" * 20_000_000), "ZIP_BOMB"),
    ],
)
def test_a_hostile_zip_is_refused(tmp_path: Path, fill: Fill, code: str) -> None:
    assert code_of(make_zip(tmp_path / "evil.zip", fill)) == code


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice_is_refused(tmp_path: Path) -> None:
    def twice(archive: zipfile.ZipFile) -> None:
        archive.writestr("users.csv", "a,b\n")
        archive.writestr("users.csv", "c,d\n")

    assert code_of(make_zip(tmp_path / "twice.zip", twice)) == "ZIP_TWICE"


def test_a_locked_zip_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "locked.zip", lambda z: z.writestr("users.csv", "a,b\n"))
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = data.index(signature) + offset
        data[at : at + 2] = struct.pack("<H", struct.unpack("<H", data[at : at + 2])[0] | 1)
    path.write_bytes(data)
    assert code_of(path) == "ZIP_ENCRYPTED"


def test_bytes_are_counted_as_they_come_out_not_as_the_directory_promises(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "lying.zip", lambda z: z.writestr("users.csv", "a,b\n" * 200_000))
    limits = Limits(unpacked=100_000)
    assert code_of(path, limits=limits) == "PACKAGE_TOO_LARGE"


def test_a_file_over_the_cap_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "users.csv"
    path.write_bytes(b"a,b\n" * 1000)
    assert code_of(path, limits=Limits(packed=100)) == "PACKAGE_TOO_LARGE"


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "cut.zip", lambda z: z.writestr("users.csv", os.urandom(5000)), zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[60:80] = b"\xff" * 20
    path.write_bytes(data)
    assert code_of(path) in {"FILE_DAMAGED", "FILE_CONTROL_CHARACTERS"}


def test_one_folder_on_top_and_litter_are_accepted(tmp_path: Path) -> None:
    def fill(archive: zipfile.ZipFile) -> None:
        archive.writestr("export/users.csv", "a,b\n")
        archive.writestr("__MACOSX/export/._users.csv", "x")
        archive.writestr("export/.DS_Store", "x")

    with open_package(make_zip(tmp_path / "export.zip", fill)) as package:
        assert package.names == ["users.csv"]


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"name\nNu\xc3\xb1ez\n", "utf-8"),
        (b"\xef\xbb\xbfname\nx\n", "utf-8-sig"),
        ("name\nNuñez\n".encode("utf-16"), "utf-16"),
        (b"name\nNu\xf1ez\n", "cp1252"),
        (b"name\n\x81\x8d\n", "FILE_ENCODING"),
        (b"name\nx\x00y\n", "FILE_CONTROL_CHARACTERS"),
        (b"name\nx\x1by\n", "FILE_CONTROL_CHARACTERS"),
        (b"", "utf-8"),
    ],
)
def test_encodings(tmp_path: Path, data: bytes, answer: str) -> None:
    path = tmp_path / "users.csv"
    path.write_bytes(data)
    assert code_of(path) == answer


def test_the_line_of_a_control_character_is_named(tmp_path: Path) -> None:
    path = tmp_path / "users.csv"
    path.write_bytes(b"a,b\n1,2\n3,\x00\n")
    with pytest.raises(Refused) as refused, open_package(path) as package:
        package.text("users.csv")
    assert next(iter(refused.value.issues)).line == 3


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    assert code_of(tmp_path / "nowhere") == "FILE_MISSING"


def test_a_link_in_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "users.csv").symlink_to(tmp_path / "secret")
    assert code_of(folder) == "FILE_IS_LINK"


def test_the_digest_tells_two_contents_apart_and_two_copies_not(tmp_path: Path) -> None:
    digests = []
    for name, content in (("one", "a"), ("two", "a"), ("three", "b")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "users.csv").write_text(content)
        with open_package(folder) as package:
            digests.append(package.sha256)
    assert digests[0] == digests[1] != digests[2]

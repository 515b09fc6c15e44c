"""Files from people: recognised by content, without hidden data, served closed."""

import hashlib
import io
import struct
import wave
import zipfile
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from PIL import Image

from mbl.core import files
from mbl.core.errors import DomainError
from mbl.core.files import OversizedFile, check_upload, serve, store

requests = RequestFactory()

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>fetch("/")</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
GPS, MAKE = 0x8825, 0x010F


def upload(name: str, content: bytes, content_type: str = "application/octet-stream") -> Any:
    return SimpleUploadedFile(name, content, content_type)


def photo(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **options: Any) -> bytes:
    image = Image.new("RGB", size, (200, 40, 40))
    if kind == "JPEG":
        exif = Image.Exif()
        exif[MAKE] = "A phone of a student"
        exif[0x0112] = 6  # lies on its side
        exif.get_ifd(GPS)[1] = "N"
        exif.get_ifd(GPS)[2] = (47.0, 36.0, 35.0)
        options["exif"] = exif
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


# A phone's name where its hidden data has the width.
WORDS_FOR_A_WIDTH = (
    photo().replace(b"\x01\x0f\x00\x02", b"\x01\x00\x00\x02").replace(b"\x0f\x01\x02\x00", b"\x00\x01\x02\x00")
)


def office(part: str, *more: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name in ("[Content_Types].xml", part, *more):
            package.writestr(name, "<x/>")
    return out.getvalue()


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + name + content


def film(brand: bytes = b"isom") -> bytes:
    place = box(b"\xa9xyz", b"\x00\x12\x15\xc7+47.6097-122.3331/")
    notes = box(b"udta", place) + box(b"meta", b"com.apple.quicktime.location.ISO6709+47.6097-122.3331/")
    header = box(
        b"moov", box(b"mvhd", bytes(100)) + box(b"trak", box(b"tkhd", bytes(80)) + box(b"udta", place)) + notes
    )
    return box(b"ftyp", brand + bytes(4) + b"isom") + header + box(b"mdat", b"frames" * 50)


def wav() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(100))
    return out.getvalue()


# --- Recognising ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "content_type", "kept_as"),
    [
        ("essay.pdf", PDF, "application/pdf", "essay.pdf"),
        ("essay.doc", PDF, "application/pdf", "essay.pdf"),
        ("basket.JPG", photo(), "image/jpeg", "basket.jpg"),
        ("basket.jpeg", photo(), "image/jpeg", "basket.jpeg"),
        ("basket", photo("PNG"), "image/png", "basket.png"),
        ("basket.png", photo("WEBP"), "image/webp", "basket.webp"),
        ("dance.mp4", film(), "video/mp4", "dance.mp4"),
        ("dance.mov", film(b"qt  "), "video/quicktime", "dance.mov"),
        ("song.m4a", film(b"M4A "), "audio/mp4", "song.m4a"),
        ("song.mp3", b"ID3\x04" + bytes(50), "audio/mpeg", "song.mp3"),
        ("song.mp3", b"\xff\xfb\x90\x44" + bytes(50), "audio/mpeg", "song.mp3"),
        ("clip.webm", b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm" + bytes(50), "video/webm", "clip.webm"),
        ("notes.txt", "Łódź, ʔálʔal".encode(), "text/plain", "notes.txt"),
        ("notes.md", b"# Title", "text/plain", "notes.md"),
        ("data.csv", b"a,b\n1,2\n", "text/csv", "data.csv"),
        ("essay.docx", office("word/document.xml"), files.DOCX.content_type, "essay.docx"),
        ("sheet.xlsx", office("xl/workbook.xml"), files.XLSX.content_type, "sheet.xlsx"),
        ("slides.pptx", office("ppt/presentation.xml"), files.PPTX.content_type, "slides.pptx"),
    ],
)
def test_work_of_many_kinds_is_taken(name: str, content: bytes, content_type: str, kept_as: str) -> None:
    checked = check_upload(upload(name, content))

    assert (checked.kind.content_type, checked.name) == (content_type, kept_as)
    data = checked.content.read()
    assert (checked.size, checked.sha256) == (len(data), hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("essay.pdf", EXE, "The name ends in .pdf, but what is inside is something else."),
        ("essay.pdf", HTML, "The name ends in .pdf, but what is inside is something else."),
        ("drawing.svg", SVG, "This kind of file cannot be taken."),
        ("drawing.png", SVG, "The name ends in .png, but what is inside is something else."),
        ("notes.txt", HTML, "The name ends in .txt, but what is inside is something else."),
        ("notes.txt", b"#!/bin/sh\nrm -rf /", "The name ends in .txt, but what is inside is something else."),
        ("notes.txt", b"a\x00b", "The name ends in .txt, but what is inside is something else."),
        ("notes.txt", b"caf\xe9", "This text is not saved as UTF-8."),
        ("page.html", HTML, "This kind of file cannot be taken."),
        ("run.js", b"fetch('/')", "This kind of file cannot be taken."),
        ("photo.heic", box(b"ftyp", b"heic" + bytes(8)), "This photo is in the format HEIC"),
        ("archive.zip", office("notes.txt"), "This kind of file cannot be taken."),
        ("essay.docm", office("word/document.xml", "word/vbaProject.bin"), "This document contains macros."),
        ("essay.docx", b"PK\x03\x04broken", "The name ends in .docx, but what is inside is something else."),
        ("sound.wav", wav(), "This kind of file cannot be taken."),
        ("photo.jpg", b"\xff\xd8\xff\xe0 and then nothing", "This photo cannot be read; the file is damaged."),
        ("photo.jpg", photo()[:300], "This photo cannot be read; the file is damaged."),
        ("photo.jpg", WORDS_FOR_A_WIDTH, "This photo cannot be read; the file is damaged."),
        ("empty.pdf", b"", "This file is empty."),
    ],
)
def test_what_cannot_be_taken_is_said_in_a_sentence(name: str, content: bytes, sentence: str) -> None:
    with pytest.raises(DomainError) as refusal:
        check_upload(upload(name, content, "application/pdf"))

    assert sentence in refusal.value.message


def test_a_file_that_was_too_large_on_the_way_is_refused_with_both_sizes() -> None:
    with pytest.raises(DomainError, match=r"200.0\xa0MB. A file may have up to 50.0\xa0MB"):
        check_upload(OversizedFile("film.mp4", "video/mp4", 200 * 1024 * 1024))


def test_a_picture_that_would_fill_the_memory_is_refused() -> None:
    """A few hundred bytes that unpack to 900 million pixels."""
    bomb = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG")

    with pytest.raises(DomainError, match="photo"):
        check_upload(upload("small.png", bomb.getvalue()))


@pytest.mark.parametrize(
    ("name", "kept_as"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\ada\\essay.pdf", "essay.pdf"),
        ("essay\u202efdp.exe", "essayfdp.pdf"),
        ("a" * 300 + ".pdf", "a" * 120 + ".pdf"),
        ("...", "file.pdf"),
        ("ʔálʔal.pdf", "ʔálʔal.pdf"),
    ],
)
def test_a_name_is_only_a_name(name: str, kept_as: str) -> None:
    file = upload("x", PDF)
    file._name = name

    assert check_upload(file).name == kept_as


# --- Hidden data ----------------------------------------------------------------------------------------------------


def test_a_photo_loses_its_place_and_phone_and_stands_upright() -> None:
    sent = photo()
    assert b"A phone of a student" in sent

    data = check_upload(upload("basket.jpg", sent)).content.read()

    assert b"A phone of a student" not in data
    with Image.open(io.BytesIO(data)) as image:
        assert dict(image.getexif()) == {}
        assert image.size == (20, 40)


def test_a_picture_keeps_its_transparency_and_loses_its_texts() -> None:
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("Author", "Ada Lovelace")
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (10, 20, 30, 40)).save(out, "PNG", pnginfo=notes)

    data = check_upload(upload("basket.png", out.getvalue())).content.read()

    assert b"Ada Lovelace" not in data
    with Image.open(io.BytesIO(data)) as image:
        assert image.convert("RGBA").getpixel((1, 1)) == (10, 20, 30, 40)


def test_a_picture_with_a_palette_keeps_its_colours() -> None:
    out = io.BytesIO()
    Image.new("RGB", (4, 4), (10, 200, 30)).quantize(4).save(out, "PNG")

    data = check_upload(upload("basket.png", out.getvalue())).content.read()

    with Image.open(io.BytesIO(data)) as image:
        assert image.convert("RGB").getpixel((1, 1)) == (10, 200, 30)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pictures_of_every_make_are_taken(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (4, 4)).save(out, "PNG")

    data = check_upload(upload("drawing.png", out.getvalue())).content.read()

    with Image.open(io.BytesIO(data)) as image:
        assert (image.mode, image.size) == (mode, (4, 4))


def test_a_picture_with_one_clear_colour_keeps_it_clear() -> None:
    out = io.BytesIO()
    Image.new("P", (4, 4), 0).save(out, "PNG", transparency=0)

    data = check_upload(upload("drawing.png", out.getvalue())).content.read()

    with Image.open(io.BytesIO(data)) as image:
        assert image.convert("RGBA").getchannel("A").getextrema() == (0, 0)


@pytest.mark.parametrize("chunk", [7, 64, 1 << 20])
def test_a_film_loses_its_place_and_no_byte_moves(chunk: int) -> None:
    sent = film()
    assert sent.count(b"+47.6097") == 3

    checked = check_upload(upload("dance.mp4", sent))
    parts = []
    while part := checked.content.read(chunk):
        parts.append(part)
    data = b"".join(parts)

    assert len(data) == len(sent)
    assert b"47.6097" not in data
    assert b"apple" not in data
    assert data.index(b"mdat") == sent.index(b"mdat")
    assert data.endswith(b"frames" * 50)
    assert checked.sha256 == hashlib.sha256(data).hexdigest()


def test_a_film_with_a_wrong_size_in_a_box_does_not_hang() -> None:
    broken = box(b"ftyp", b"isom" + bytes(8)) + b"\x00\x00\x00\x00moov" + b"\x00\x00\x00\x04udta" + bytes(20)

    assert check_upload(upload("dance.mp4", broken)).size == len(broken)


# --- Storing and serving --------------------------------------------------------------------------------------------


def test_a_stored_file_has_a_name_that_nobody_guesses() -> None:
    first, second = (store(check_upload(upload("essay.pdf", PDF))) for _ in range(2))

    assert first.key != second.key
    assert "essay" not in first.key
    assert (first.name, first.content_type, first.size) == ("essay.pdf", "application/pdf", len(PDF))
    with storages["evidence"].open(first.key) as stored:
        assert stored.read() == PDF
    files.remove(first.key)
    assert not storages["evidence"].exists(first.key)


def served(content: bytes, content_type: str, inline: bool = True, **headers: str) -> Any:
    return serve(io.BytesIO(content), "Größe.pdf", content_type, inline, request=requests.get("/", headers=headers))


def body(response: Any) -> bytes:
    return b"".join(response)


def test_a_photo_is_shown_in_a_closed_box() -> None:
    response = served(b"\xff\xd8\xff", "image/jpeg")

    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == "inline; filename*=utf-8''Gr%C3%B6%C3%9Fe.pdf"
    assert response["Cache-Control"] == "private, no-store"
    assert body(response) == b"\xff\xd8\xff"


def test_what_a_browser_should_not_open_is_a_download_whatever_was_asked() -> None:
    assert served(b"PK", files.DOCX.content_type)["Content-Disposition"].startswith("attachment")
    assert served(HTML, "text/html")["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("asked", "status", "content_range", "content"),
    [
        ("bytes=2-4", 206, "bytes 2-4/10", b"234"),
        ("bytes=7-", 206, "bytes 7-9/10", b"789"),
        ("bytes=-3", 206, "bytes 7-9/10", b"789"),
        ("bytes=5-99", 206, "bytes 5-9/10", b"56789"),
        ("bytes=-99", 200, None, b"0123456789"),
        ("bytes=0-", 200, None, b"0123456789"),
        ("bytes=1-2,4-5", 200, None, b"0123456789"),
        ("lines=1-2", 200, None, b"0123456789"),
        ("bytes=10-", 416, "bytes */10", b""),
        ("bytes=4-2", 416, "bytes */10", b""),
        (f"bytes={'9' * 5000}-", 200, None, b"0123456789"),
    ],
)
def test_a_player_may_jump(asked: str, status: int, content_range: str | None, content: bytes) -> None:
    response = served(b"0123456789", "video/mp4", Range=asked)

    assert (response.status_code, response.get("Content-Range"), body(response)) == (status, content_range, content)


def test_two_hundred_megabytes_never_reach_the_disk(tmp_path: Any, settings: Any) -> None:
    """What comes after the cap is thrown away while it arrives: the folder for uploads holds the cap at most."""
    settings.MAX_UPLOAD_MB = 1
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    sizes: list[int] = []

    class Stream(io.RawIOBase):
        """A browser that sends eight megabytes."""

        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="film.mp4"\r\n\r\n'
        tail = b"\r\n--x--\r\n"
        left = 8 * 1024 * 1024

        def read(self, size: int | None = -1) -> bytes:
            sizes.append(sum(path.stat().st_size for path in tmp_path.iterdir()))
            if self.head:
                part, self.head = self.head, b""
                return part
            part = b"x" * min(size or 0, self.left) if self.left else self.tail
            self.left -= len(part) if self.left else 0
            if part is self.tail:
                self.tail = b""
            return part

    stream = Stream()
    length = len(stream.head) + stream.left + len(stream.tail)
    request = requests.generic("POST", "/", b"-", content_type="multipart/form-data; boundary=x")
    request.META["CONTENT_LENGTH"] = str(length)
    request._stream = stream  # type: ignore[assignment]

    file = request.FILES["file"]

    assert isinstance(file, OversizedFile)
    assert file.size == 8 * 1024 * 1024
    assert 0 < max(sizes) <= 1024 * 1024

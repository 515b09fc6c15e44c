"""Files from people: capped while they arrive, recognised by content, stored under a name of our own, served closed.

A photo loses its hidden data (place, camera, owner) by being written anew; a video's and a recording's is blanked.
"""

from __future__ import annotations

import hashlib
import io
import re
import secrets
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.base import ContentFile, File
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from mbl.core.errors import DomainError

MEGABYTE = 1024 * 1024
# A request this many times over the cap is not even read to its end.
HOPELESS = 10
# A photo of 50 megapixels is more than any phone takes.
MAX_PIXELS = 50_000_000
CHUNK = 64 * 1024
EVIDENCE = "evidence"


# --- Receiving ------------------------------------------------------------------------------------------------------


class UploadTooBig(RequestDataTooBig):
    """So much that the request is refused unread (413)."""


class OversizedFile(UploadedFile):  # type: ignore[type-arg]  # a type for checkers, not at run time
    """Stands for a file that was larger than allowed. Its content was thrown away while it arrived."""

    def __init__(self, name: str, content_type: str, size: int) -> None:
        super().__init__(io.BytesIO(), name, content_type, size)


class CappedUploadHandler(FileUploadHandler):
    """Throws away what comes after ``MAX_UPLOAD_MB``, so no disk fills and the form's other fields survive.

    The form then finds an ``OversizedFile``, and ``check_upload`` says how large it may be.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],
        content_length: int,
        boundary: bytes | str,
        encoding: str | None = None,
    ) -> None:
        self.cap = settings.MAX_UPLOAD_MB * MEGABYTE
        if content_length > self.cap * HOPELESS:
            raise UploadTooBig(too_big_sentence(content_length))

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        return raw_data if self.received <= self.cap else None

    def file_complete(self, file_size: int) -> UploadedFile[bytes] | None:
        if self.received <= self.cap:
            return None
        return OversizedFile(self.file_name or "", self.content_type or "", self.received)


def too_big_sentence(size: int) -> str:
    return _(
        "This file is too large: %(size)s. A file may have up to %(most)s. Choose a smaller one, or add a link."
    ) % {
        "size": filesizeformat(size),
        "most": filesizeformat(settings.MAX_UPLOAD_MB * MEGABYTE),
    }


# --- Recognising ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """A kind of file we accept; ``family`` is image, video, audio, pdf, text or office."""

    family: str
    content_type: str
    extension: str


PDF = Kind("pdf", "application/pdf", ".pdf")
JPEG = Kind("image", "image/jpeg", ".jpg")
PNG = Kind("image", "image/png", ".png")
WEBP = Kind("image", "image/webp", ".webp")
MP4 = Kind("video", "video/mp4", ".mp4")
MOV = Kind("video", "video/quicktime", ".mov")
WEBM = Kind("video", "video/webm", ".webm")
MP3 = Kind("audio", "audio/mpeg", ".mp3")
M4A = Kind("audio", "audio/mp4", ".m4a")
TXT = Kind("text", "text/plain", ".txt")
CSV = Kind("text", "text/csv", ".csv")
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = Kind("office", _OFFICE + "wordprocessingml.document", ".docx")
XLSX = Kind("office", _OFFICE + "spreadsheetml.sheet", ".xlsx")
PPTX = Kind("office", _OFFICE + "presentationml.presentation", ".pptx")

KINDS = (PDF, JPEG, PNG, WEBP, MP4, MOV, WEBM, MP3, M4A, TXT, CSV, DOCX, XLSX, PPTX)
# What an <input type="file"> offers.
ACCEPT = ",".join(sorted({kind.extension for kind in KINDS} | {".jpeg"}))
_OFFICE_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
_PILLOW = {"JPEG": JPEG, "PNG": PNG, "WEBP": WEBP}


@dataclass(frozen=True)
class CheckedFile:
    """An upload that may be stored. ``name`` is what people see; it names no path and ends as its kind does."""

    name: str
    kind: Kind
    size: int
    sha256: str
    content: File[bytes]


@dataclass(frozen=True)
class StoredFile:
    """Where the bytes are: ``key`` in the storage, and what is known of them."""

    key: str
    name: str
    content_type: str
    size: int
    sha256: str


def check_upload(upload: UploadedFile[bytes]) -> CheckedFile:
    """Recognise the file by its content. ``DomainError`` with a sentence where it cannot be taken."""
    if isinstance(upload, OversizedFile):
        raise DomainError(too_big_sentence(upload.size or 0))
    if not upload.size:
        raise DomainError(_("This file is empty. Choose another one."))
    if upload.size > settings.MAX_UPLOAD_MB * MEGABYTE:
        raise DomainError(too_big_sentence(upload.size))
    kind = recognise(upload, upload.name or "")
    content: File[bytes] = upload
    if kind.family == "image":
        content = ContentFile(_written_anew(upload, kind))
    elif kind in {MP4, MOV, M4A}:
        content = File(io.BufferedReader(_Blanked(upload)))
    size, digest = _measure(content)
    return CheckedFile(_clean_name(upload.name or "", kind), kind, size, digest, content)


def recognise(upload: IO[bytes] | UploadedFile[bytes], name: str) -> Kind:
    """The kind of the content; what the name or the browser says only decides between text and CSV."""
    upload.seek(0)
    head = upload.read(4096)
    kind = _by_signature(head) or _by_zip(upload, head) or _by_text(upload, head, PurePath(name).suffix.lower())
    upload.seek(0)
    if kind is None:
        raise DomainError(_unknown_sentence(head, PurePath(name).suffix.lower()))
    return kind


def _by_signature(head: bytes) -> Kind | None:
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp":
        return _by_brand(head[8:12])
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]:
        return WEBM
    if head.startswith(b"ID3") or (len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 in {0xE2}):
        return MP3
    return None


def _by_brand(brand: bytes) -> Kind | None:
    if brand.startswith(b"qt"):
        return MOV
    if brand in {b"M4A ", b"M4B "}:
        return M4A
    if brand in {b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis", b"crx "}:
        return None
    return MP4


def _by_zip(upload: IO[bytes] | UploadedFile[bytes], head: bytes) -> Kind | None:
    if not head.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(upload) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names:
        return None
    if any(PurePath(name).name.lower() == "vbaproject.bin" for name in names):
        raise DomainError(_("This document contains macros. Save it without macros, or as PDF, and choose it again."))
    return next((kind for part, kind in _OFFICE_PARTS.items() if part in names), None)


def _by_text(upload: IO[bytes] | UploadedFile[bytes], head: bytes, extension: str) -> Kind | None:
    if extension not in {".txt", ".csv", ".md"} or b"\x00" in head:
        return None
    # A browser that guesses would run these.
    if re.match(rb"(\xef\xbb\xbf)?\s*(<|#!)", head):
        return None
    upload.seek(0)
    decoder = _utf8()
    try:
        while chunk := upload.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise DomainError(
            _("This text is not saved as UTF-8. Save it as UTF-8 or as PDF, and choose it again.")
        ) from None
    return CSV if extension == ".csv" else TXT


def _utf8() -> Any:
    import codecs

    return codecs.getincrementaldecoder("utf-8")()


def _unknown_sentence(head: bytes, extension: str) -> str:
    if head[4:8] == b"ftyp" and head[8:12] in {b"heic", b"heix", b"mif1"}:
        return _(
            "This photo is in the format HEIC, which many computers cannot show. Share it as JPEG: on an iPhone, "
            "Settings, Camera, Formats, Most Compatible."
        )
    if extension.removeprefix(".") and any(kind.extension == extension for kind in KINDS):
        return _(
            "The name ends in %(extension)s, but what is inside is something else. Open the file, save it again as "
            "the kind you want, and choose it again."
        ) % {"extension": extension}
    return _(
        "This kind of file cannot be taken. You can send a PDF, a photo (JPEG, PNG, WebP), a video (MP4, MOV, WebM), "
        "a recording (MP3, M4A), text, or a Word, Excel or PowerPoint file."
    )


def _clean_name(name: str, kind: Kind) -> str:
    """The last part of the name, without control characters and path signs, ending as its kind does."""
    stem = PurePath(name.replace("\\", "/")).name
    suffix = PurePath(stem).suffix.lower()
    known = suffix == kind.extension or (kind is JPEG and suffix == ".jpeg") or (kind is TXT and suffix == ".md")
    stem = stem[: -len(suffix)] if suffix else stem
    stem = re.sub(r"[\x00-\x1f\x7f<>:\"/\\|?*\u202a-\u202e\u2066-\u2069]", "", stem).strip(" .")[:120]
    return (stem or _("file")) + (suffix if known else kind.extension)


def _written_anew(upload: UploadedFile[bytes], kind: Kind) -> bytes:
    """The photo without its hidden data, turned the right way up."""
    damaged = DomainError(_("This photo cannot be read; the file is damaged. Choose another one, or take it again."))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(upload, formats=tuple(_PILLOW)) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise DomainError(_("This photo has too many pixels. Make it smaller and choose it again."))
                colours = image.info.get("icc_profile")
                upright = ImageOps.exif_transpose(image)
                if "transparency" in upright.info:
                    upright = upright.convert("RGBA")
                plain = Image.new(upright.mode, upright.size)
                plain.paste(upright)
                if upright.mode == "P" and (palette := upright.getpalette()):
                    plain.putpalette(palette)
        except DomainError:
            raise
        except Exception:  # decoders fail in whatever way the damage leads them, struct.error and TypeError too
            raise damaged from None
    out = io.BytesIO()
    options: dict[str, Any] = {"icc_profile": colours} if colours else {}
    if kind is JPEG:
        plain = plain if plain.mode in {"RGB", "L", "CMYK"} else plain.convert("RGB")
        plain.save(out, "JPEG", quality=90, **options)
    elif kind is PNG:
        plain.save(out, "PNG", optimize=False, **options)
    else:
        plain.save(out, "WEBP", quality=90, **options)
    return out.getvalue()


class _Blanked(io.RawIOBase):
    """An MP4, MOV or M4A whose boxes of notes (place, phone, title) read as unused space. No byte moves."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self.name = "clip"
        self._holes = tuple(_note_boxes(source, 0, _end_of(source), depth=0))
        source.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._source.seek(offset, whence) or self._source.tell())

    def tell(self) -> int:
        return int(self._source.tell())

    def readinto(self, buffer: Any) -> int:
        start = self.tell()
        data = bytearray(self._source.read(len(buffer)))
        end = start + len(data)
        for first, last in self._holes:
            low, high = max(first, start), min(last, end)
            if low < high:
                data[low - start : high - start] = bytes(high - low)
            for offset, letter in enumerate(b"free", first):
                if start <= offset < end:
                    data[offset - start] = letter
        buffer[: len(data)] = data
        return len(data)


def _note_boxes(source: Any, start: int, end: int, depth: int) -> Iterator[tuple[int, int]]:
    """Where the names and contents of ``udta`` and ``meta`` boxes lie, at any depth of the movie's header."""
    while start + 8 <= end:
        source.seek(start)
        header = source.read(16)
        size, name = int.from_bytes(header[:4]), header[4:8]
        body = 8
        if size == 1:
            size, body = int.from_bytes(header[8:16]), 16
        elif size == 0:
            size = end - start
        if size < body or start + size > end:
            return
        if name in {b"udta", b"meta"}:
            # The name becomes "free" and what follows becomes nought.
            yield (start + 4, start + size)
        elif name in {b"moov", b"trak"} and depth < 3:
            yield from _note_boxes(source, start + body, start + size, depth + 1)
        start += size


def _end_of(file: Any) -> int:
    file.seek(0, io.SEEK_END)
    return int(file.tell())


def _measure(content: File[bytes]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    while chunk := content.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    content.seek(0)
    return size, digest.hexdigest()


# --- Storing and serving --------------------------------------------------------------------------------------------


def store(checked: CheckedFile, *, storage: str = EVIDENCE) -> StoredFile:
    """Write the file under a random name. The folder's first letters spread large stores."""
    token = secrets.token_hex(20)
    key = storages[storage].save(f"{token[:2]}/{token}{checked.kind.extension}", checked.content)
    return StoredFile(key, checked.name, checked.kind.content_type, checked.size, checked.sha256)


def remove(key: str, *, storage: str = EVIDENCE) -> None:
    """Delete the bytes, for an upload whose transaction failed."""
    storages[storage].delete(key)


_SHOWN_INLINE = {kind.content_type for kind in KINDS if kind.family != "office"}
_CLOSED = "default-src 'none'; sandbox"
# A browser's PDF viewer does not start inside a sandbox; a PDF has no access to our pages anyway.
_CLOSED_PDF = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def serve(
    file: IO[bytes] | File[bytes], name: str, content_type: str, inline: bool, *, request: HttpRequest | None = None
) -> HttpResponseBase:
    """Send a stored file; the caller has checked who asks. ``request`` lets players jump (``Range``)."""
    inline = inline and content_type in _SHOWN_INLINE
    size = _end_of(file)
    part = _range(request, size)
    if part is None:
        response: HttpResponseBase = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        start, end = part
        response = StreamingHttpResponse(_slice(file, start, end))
        response["Content-Length"] = str(end - start)
        if (start, end) != (0, size):
            response.status_code = 206
            response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response["Content-Type"] = content_type + ("; charset=utf-8" if content_type.startswith("text/") else "")
    response["Content-Disposition"] = content_disposition_header(not inline, name) or "inline"
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = _CLOSED_PDF if content_type == PDF.content_type else _CLOSED
    return response


def _range(request: HttpRequest | None, size: int) -> tuple[int, int] | None:
    """The asked part as (start, end), the whole file without a usable header, None beyond its end."""
    asked = re.fullmatch(r"bytes=([0-9]{0,18})-([0-9]{0,18})", request.headers.get("Range", "")) if request else None
    if asked is None or asked.groups() == ("", ""):
        return 0, size
    first, last = asked.groups()
    if not first:
        return max(0, size - int(last)), size
    start, end = int(first), min(int(last) + 1 if last else size, size)
    return (start, end) if start < end else None


def _slice(file: IO[bytes] | File[bytes], start: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        left = end - start
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk

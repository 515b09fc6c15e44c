"""Posting to pages as a browser does: a large file that is never in memory, a session that ends in the middle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.test import Client

from crediting.forms.shapes import ShapeForm
from mbl.core import drafts
from mbl.core.models import User

BOUNDARY = "----evidence"


class LargeForm:
    """A multipart body whose file of ``size`` bytes is made while it is read."""

    def __init__(self, fields: Mapping[str, str], *, name: str, size: int, field: str = "file") -> None:
        parts = "".join(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in fields.items()
        )
        head = (
            f"{parts}--{BOUNDARY}\r\n"
            f'Content-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
            "Content-Type: video/mp4\r\n\r\n"
        )
        self._pieces = [(head.encode(), 0), (b"\0", size), (f"\r\n--{BOUNDARY}--\r\n".encode(), 0)]
        self.length = sum(filler if filler else len(text) for text, filler in self._pieces)
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        wanted = size if size >= 0 else self.length
        while len(self._rest) < wanted and self._pieces:
            text, filler = self._pieces.pop(0)
            if filler:
                now = min(filler, 1024 * 1024)
                self._rest += text * now
                if filler > now:
                    self._pieces.insert(0, (text, filler - now))
            else:
                self._rest += text
        answer, self._rest = self._rest[:wanted], self._rest[wanted:]
        return answer

    def readline(self, size: int = -1) -> bytes:
        return self.read(size)

    def post(self, client: Client, path: str) -> HttpResponse:
        path, _, query = path.partition("?")
        answer = client.request(
            **{
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "REQUEST_METHOD": "POST",
                "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}",
                "CONTENT_LENGTH": str(self.length),
                "wsgi.input": self,
            }
        )
        assert isinstance(answer, HttpResponse)
        return answer


def post_after_expiry(client: Client, user: User, path: str, fields: Mapping[str, object]) -> str:
    """Post a form whose author's session has ended; the address that opens it again after sign-in."""
    client.logout()
    answer = client.post(path, {**fields, "form_owner": drafts.sign_owner(user)})
    assert answer.status_code == 302 and answer["Location"].startswith("/account/login/?next=")
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return parse_qs(urlsplit(answer["Location"]).query)["next"][0]


class HasContent(Protocol):
    @property
    def content(self) -> bytes: ...


def text_of(response: HasContent) -> str:
    return response.content.decode()


def flat(form: ShapeForm) -> QueryDict:
    """What a browser sends back when nothing was changed."""
    sent = QueryDict(mutable=True)
    for name in form.fields:
        value = form[name].value()
        if isinstance(value, bool):
            if value:
                sent[name] = "on"
        elif isinstance(value, list):
            sent.setlist(name, [str(one) for one in value])
        else:
            sent[name] = "" if value is None else str(value)
    return sent

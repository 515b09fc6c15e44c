"""What people do with pages in a journey: open links, fill in forms, read."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pypdf
from django.test import Client

PASSWORD = "a long enough sentence 4 you"


class Person:
    """Somebody with a browser."""

    def __init__(self) -> None:
        self.client = Client(headers={"host": "localhost"})

    def accept(self, link: str, login_name: str) -> Person:
        """Open the link of an invitation and make an account."""
        path = "/" + link.split("/", 3)[3]
        assert "You are invited" in self.read(path) or "account" in self.read(path)
        self.send(path, login_name=login_name, password=PASSWORD, password_again=PASSWORD)
        return self

    def read(self, path: str) -> str:
        """The words of a page."""
        answer: Any = self.client.get(path)
        assert answer.status_code == 200, f"{path} answered {answer.status_code}"
        return words(answer.text)

    def source(self, path: str) -> str:
        answer: Any = self.client.get(path)
        assert answer.status_code == 200, f"{path} answered {answer.status_code}"
        return str(answer.text)

    def send(self, path: str, **fields: Any) -> str:
        """Send a form; answers where one is taken."""
        answer: Any = self.client.post(path, fields)
        assert answer.status_code == 302, f"{path} answered {answer.status_code}: {problems(answer.text)}"
        return str(answer["Location"])

    def hidden(self, path: str, *names: str) -> dict[str, str]:
        """Fields of a form that nobody fills in."""
        source = self.source(path)
        found = {name: re.search(rf'name="{name}"[^>]* value="([^"]*)"', source) for name in names}
        return {name: one[1] for name, one in found.items() if one}

    def pdf(self, path: str) -> str:
        """The words of a file that is downloaded."""
        answer: Any = self.client.get(path)
        assert answer.status_code == 200, f"{path} answered {answer.status_code}"
        reader = pypdf.PdfReader(io.BytesIO(b"".join(answer.streaming_content)))
        return "\n".join(page.extract_text() for page in reader.pages)


def words(source: str) -> str:
    """What is read on a page, with single spaces."""
    plain = re.sub(r"<(script|style|svg|head).*?</\1>", " ", source, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", plain)).split())


def problems(source: str) -> str:
    """The errors a form shows, for whoever reads a failed journey."""
    found = re.findall(
        r'class="(?:error-summary|field__error)[^"]*".*?</(?:section|div|p|span)>', source, flags=re.DOTALL
    )
    return " | ".join(words(one) for one in found) or words(source)[:400]

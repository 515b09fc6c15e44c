"""A policy file on disk or in an upload: its text, and its faults as the issues that import commands print."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from crediting.rules.policy.document import MAX_CHARACTERS, Problem
from crediting.words import sentence
from mbl.core.decisions import Reason
from mbl.core.imports import Issues

# UTF-8 takes at most four bytes a character.
MAX_BYTES = 4 * MAX_CHARACTERS


def text_of(raw: bytes) -> str | Problem:
    """The text of a file, or why it is none."""
    if len(raw) > MAX_BYTES:
        return Problem(1, 1, "", Reason("file.too_large", {"limit": MAX_CHARACTERS // 1024}))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return Problem(line, 1, "", Reason("file.not_utf8"))


def read(source: Path) -> str | Problem:
    """The text of ``source``; no more of it is read than a policy may have."""
    try:
        with source.open("rb") as file:
            return text_of(file.read(MAX_BYTES + 1))
    except OSError:
        return Problem(1, 1, "", Reason("file.missing", {"name": source.name}))


def as_issues(problems: Iterable[Problem], file: str) -> Issues:
    """Each fault with its line; ``column`` names the place in the document (``rules[2].credit``)."""
    issues = Issues()
    for problem in problems:
        code = "POLICY_" + problem.reason.code.replace(".", "_").upper()
        issues.error(code, sentence(problem.reason), file=file, line=problem.line, column=problem.where)
    return issues

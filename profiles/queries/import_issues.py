"""The issues of a run as a table, for whoever corrects the export. Never whole rows of a file."""

from __future__ import annotations

from collections.abc import Iterator

from mbl.core.imports.registry import hint_of
from mbl.core.models import ImportRun
from mbl.core.tabular import Cell

HEADER = ("severity", "code", "file", "line", "column", "message", "hint")


def issue_rows(run: ImportRun) -> Iterator[tuple[Cell, ...]]:
    """In the order they were found."""
    for issue in run.issues.order_by("pk").iterator():
        hint = str(hint_of(issue.code, run.kind))
        yield issue.severity, issue.code, issue.file, issue.line, issue.column, issue.message, hint

"""What an import answers: counts by kind of thing, and what a person should know, each with file and line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from mbl.core.states import Severity

Counts = dict[str, int]

# So many issues of one code are kept; the rest is counted.
KEPT_PER_CODE = 1000


@dataclass(frozen=True)
class Issue:
    """One thing to know about one row. ``message`` never holds a whole row of a student's data."""

    severity: Severity
    code: str
    message: str
    file: str = ""
    line: int | None = None
    column: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "severity": str(self.severity),
            "code": self.code,
            "file": self.file,
            "line": self.line,
            "message": self.message,
        }


class Issues:
    """Collects issues in the order they are found; at most ``KEPT_PER_CODE`` of each code."""

    def __init__(self) -> None:
        self._kept: list[Issue] = []
        self._seen: Counter[tuple[Severity, str, str]] = Counter()

    def add(self, issue: Issue) -> None:
        kind = (issue.severity, issue.code, issue.file)
        self._seen[kind] += 1
        if self._seen[kind] <= KEPT_PER_CODE:
            self._kept.append(issue)

    def error(self, code: str, message: str, *, file: str = "", line: int | None = None, column: str = "") -> None:
        """Something was not taken over: a row, or the whole file."""
        self.add(Issue(Severity.ERROR, code, message, file, line, column))

    def warning(self, code: str, message: str, *, file: str = "", line: int | None = None, column: str = "") -> None:
        """Taken over, and somebody should look."""
        self.add(Issue(Severity.WARNING, code, message, file, line, column))

    def info(self, code: str, message: str, *, file: str = "", line: int | None = None, column: str = "") -> None:
        self.add(Issue(Severity.INFO, code, message, file, line, column))

    def has(self, code: str) -> bool:
        return any(code == seen for _severity, seen, _file in self._seen)

    @property
    def errors(self) -> int:
        """How many errors there were, those not kept included."""
        return sum(count for (severity, _code, _file), count in self._seen.items() if severity is Severity.ERROR)

    def __iter__(self) -> Iterator[Issue]:
        yield from self._kept
        for (severity, code, file), count in self._seen.items():
            if count > KEPT_PER_CODE:
                yield Issue(
                    severity, code, _("There are %(count)d more like this.") % {"count": count - KEPT_PER_CODE}, file
                )

    def __len__(self) -> int:
        return sum(1 for _issue in self)


@dataclass
class ImportResult:
    """What one run did, or would do. Counts are ``{kind: number}``; ``docs/commands.md`` names each format's kinds.

    ``refused``: nothing was written, and the errors say why. A dry run is neither applied nor, when the file could be
    applied, refused. ``run`` is the public id of the stored ``ImportRun``.
    """

    run: str = ""
    applied: bool = False
    refused: bool = False
    created: Counts = field(default_factory=dict)
    updated: Counts = field(default_factory=dict)
    unchanged: Counts = field(default_factory=dict)
    withdrawn: Counts = field(default_factory=dict)
    rejected: Counts = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    # A few rows in words (``mbl.core.imports.differences``), for the page.
    examples: list[dict[str, Any]] = field(default_factory=list)

    @property
    def changes(self) -> int:
        """How many rows this run writes."""
        return sum(sum(counts.values()) for counts in (self.created, self.updated, self.withdrawn))

    @property
    def rejected_rows(self) -> int:
        return sum(self.rejected.values())

    @property
    def exit_code(self) -> int:
        """0 applied, or a dry run without a rejected row; 3 applied with rejected rows; 1 refused, or a dry run that
        found rows it would reject: nothing was written. (2 is for a command that was called wrongly.)"""
        if self.refused or (not self.applied and self.rejected_rows):
            return 1
        return 3 if self.rejected_rows else 0

    def as_json(self) -> dict[str, Any]:
        return {
            "run": self.run or None,
            "applied": self.applied,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "withdrawn": self.withdrawn,
            "rejected": self.rejected,
            "issues": [issue.as_json() for issue in self.issues],
        }

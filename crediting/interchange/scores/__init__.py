"""Test results from one file: a plain table, or a testing program's own. The same results again change nothing."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from crediting.actions.award_proposals import look_later
from crediting.interchange.scores.layouts import FIELDS, STUDENT, choose, knows, layouts
from crediting.interchange.scores.reading import Key, NotTaken, Reader, Said
from crediting.models import ScoreRecord
from crediting.verbs.decisions import ScoresImported
from mbl.core import audit, clock
from mbl.core.imports import ImportResult, Issues, runs
from mbl.core.imports.changes import Changes
from mbl.core.imports.mapping import delimiter_of
from mbl.core.imports.opening import Refused, Text, open_package
from mbl.core.imports.tables import Table
from mbl.core.imports.writing import Value, uuids
from mbl.core.models import District, User
from profiles.models import Student

__all__ = ["FIELDS", "KIND", "SCORES", "import_scores", "knows"]

KIND = "scores"
SCORES = "scores"


def import_scores(
    source: Path,
    *,
    district: District,
    actor: User | None,
    dry_run: bool = False,
    confirmed: bool = False,
    mapping: Mapping[str, str] | None = None,
) -> ImportResult:
    """Bring test results. Nothing in a file is unusual enough to ask about, so ``confirmed`` changes nothing."""
    issues = Issues()
    sha256 = ""

    def record(result: ImportResult) -> ImportResult:
        return runs.record(result, kind=KIND, file_name=source.name, sha256=sha256, district=district, actor=actor)

    try:
        with open_package(source) as package:
            sha256 = package.sha256
            if len(package.names) != 1:
                issues.error("ONE_FILE", _("Send one CSV file."), file=source.name)
                return record(runs.refusal(issues))
            scores = _Scores(package.text(package.names[0]), district, issues, mapping)
            if issues.errors or not scores.table.is_usable:
                return record(runs.refusal(issues))
            with transaction.atomic():
                run = runs.begin(kind=KIND, file_name=source.name, sha256=sha256, district=district, actor=actor)
                result = scores.bring(Changes(run))
                result.issues = list(issues)
                if not dry_run:
                    result.applied = True
                    if result.changes:
                        told = ScoresImported(run=str(run.public_id), rows=result.changes)
                        audit.record(told, actor=actor, district=district, target=run)
                        look_later(district)
                    return runs.finish(run, result)
                runs.take_back(run, result)
            return record(result)
    except Refused as refused:
        for issue in refused.issues:
            issues.add(issue)
    return record(runs.refusal(issues))


@dataclass(frozen=True)
class _Stored:
    pk: int
    said: Said


class _Scores:
    """One file, from its header to the records."""

    def __init__(self, text: Text, district: District, issues: Issues, mapping: Mapping[str, str] | None) -> None:
        self.district, self.issues, self.file = district, issues, text.name
        header, delimiter = _header_of(text)
        self.layout = layouts()[0] if mapping else choose(header)
        columns = self.layout.columns_of(header)
        self.table = Table(text, columns, issues, mapping=mapping, delimiter=delimiter)
        if self.table.is_usable:
            self._check_columns()

    def _check_columns(self) -> None:
        found = set(filter(self.table.has, self.table.columns.names))
        if not found.intersection(STUDENT):
            sentence = _("Name the students: add a column student_id or ssid.")
            self.issues.error("COLUMN_MISSING", sentence, file=self.file, line=1)
        if not any(slot.is_in(found) for slot in self.layout.slots):
            # Only the plain table is chosen without its columns.
            missing = [name for name in ("test", "taken_on") if name not in found] or ["score"]
            sentence = _("%(file)s lacks the column %(columns)s, so none of its rows can be read.")
            values = {"file": self.file, "columns": ", ".join(missing)}
            self.issues.error("COLUMN_MISSING", sentence % values, file=self.file, line=1)

    def bring(self, changes: Changes) -> ImportResult:
        # Two runs at once must not both find a result missing.
        District.objects.select_for_update(no_key=True).get(pk=self.district.pk)
        wanted, rejected = self._read()
        stored = {
            (one.student_id, one.instrument, one.language, one.taken_on): _Stored(
                one.pk, Said(one.title, one.score, one.level, one.met, one.skills)
            )
            for one in ScoreRecord.objects.filter(district=self.district).iterator()
        }
        run, ids = changes.run.pk, uuids()
        new, changed = [], []
        for key, said in wanted.items():
            if (there := stored.get(key)) is None:
                new.append((next(ids), self.district.pk, *key, *_cells(said), run))
            elif (said := _kept(there.said, said)) != there.said:
                changed.append((there.pk, *_cells(said), run))
        what = ("title", "score", "level", "met", "skills", "run_id")
        whose = ("public_id", "district_id", "student_id", "instrument", "language", "taken_on")
        changes.copy_rows(ScoreRecord, (*whose, *what), new)
        changes.update_rows(ScoreRecord, what, changed)
        result = ImportResult()
        for counts, count in (
            (result.created, len(new)),
            (result.updated, len(changed)),
            (result.unchanged, len(wanted) - len(new) - len(changed)),
            (result.rejected, rejected),
        ):
            if count:
                counts[SCORES] = count
        return result

    def _read(self) -> tuple[dict[Key, Said], int]:
        """What the file says of each test, and how many results were not taken."""
        reader, rejected = self._reader(), 0
        told: dict[Key, list[tuple[int, Said]]] = {}
        days_told = False
        for line, row in self.table.rows():
            if not row:
                rejected += 1  # the table has said why
                continue
            for one in reader.read(row):
                if isinstance(one, NotTaken):
                    rejected += 1
                    self.issues.error(one.code, one.sentence, file=self.file, line=line, column=one.column)
                else:
                    told.setdefault(one[0], []).append((line, one[1]))
            for remark in reader.remarks:
                if remark.code != "SCORE_DAY_OF_YEAR" or not days_told:
                    self.issues.warning(remark.code, remark.sentence, file=self.file, line=line, column=remark.column)
                days_told = days_told or remark.code == "SCORE_DAY_OF_YEAR"
        for code, name in sorted(reader.unknown.items()):
            sentence = _("No test is known here under the name %(name)s. It is kept, and a policy names it %(code)s.")
            self.issues.info("SCORE_TEST_UNKNOWN", sentence % {"name": name, "code": code}, file=self.file)
        return self._agreed(told, rejected)

    def _agreed(self, told: dict[Key, list[tuple[int, Said]]], rejected: int) -> tuple[dict[Key, Said], int]:
        wanted: dict[Key, Said] = {}
        for key, rows in told.items():
            said: Said | None = rows[0][1]
            for _line, other in rows[1:]:
                said = said.joined(other) if said else None
            if said:
                wanted[key] = said
                continue
            # Which of them is right cannot be known, and must not depend on their order.
            for line, _said in rows:
                rejected += 1
                sentence = _("Another row says something else about the same test on that day. Neither was taken.")
                self.issues.error("SCORE_TWICE", sentence, file=self.file, line=line)
        return wanted, rejected

    def _reader(self) -> Reader:
        by_number: dict[str, int] = {}
        by_ssid: dict[str, int] = {}
        students = Student.objects.filter(district=self.district).values_list("pk", "local_id", "ssid")
        for pk, local_id, ssid in students.iterator():
            by_number[local_id], by_ssid[ssid] = pk, pk
        by_number.pop("", None), by_ssid.pop("", None)
        own = self.district.settings.get("instruments", {})
        own = own if isinstance(own, dict) else {}
        return Reader(self.table, self.layout, by_number, by_ssid, own, clock.today(self.district))


def _header_of(text: Text) -> tuple[list[str], str]:
    """The first line's cells, and the sign between them."""
    with text.lines() as lines:
        first = next(lines, "")
    delimiter = delimiter_of(first)
    try:
        return next(csv.reader([first], delimiter=delimiter), []), delimiter
    except csv.Error:
        return [], delimiter  # the table says what is wrong


def _kept(before: Said, now: Said) -> Said:
    """Skills that this file does not speak of stay."""
    return Said(now.title, now.score, now.level, now.met, {**before.skills, **now.skills})


def _cells(said: Said) -> tuple[Value, ...]:
    return said.title, said.score, said.level, said.met, json.dumps(said.skills, sort_keys=True)

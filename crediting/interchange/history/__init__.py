"""Course history from files of student information systems, into the ledger.

A file is complete for each student it names: what it no longer says of them is taken back. Students it does not name
stay as they are. A student of whom the file says what the last one said costs no more than reading the rows.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crediting.actions.history import SOURCE, HeldLine, Outcome, Posting, StagedRow
from crediting.interchange.history import columns as layout
from crediting.interchange.history import reading
from crediting.interchange.history.reading import REJECTED, Part, Reader
from crediting.models import HeldRow, HistorySnapshot, LedgerEntry
from crediting.queries.marks import marks_of
from crediting.rules.history import hash64
from crediting.states import HeldReason
from crediting.verbs.decisions import CourseHistoryImported
from mbl.core import audit
from mbl.core.errors import DomainError
from mbl.core.imports import ImportResult, Issues, runs
from mbl.core.imports.changes import Changes
from mbl.core.imports.guard import alarms
from mbl.core.imports.opening import Refused, Text, open_package
from mbl.core.imports.result import Issue
from mbl.core.imports.tables import Columns, Dates, Table
from mbl.core.models import District, ImportRun, User
from mbl.core.states import Severity
from profiles.models import School

KIND = "history"
NAMES, knows = layout.NAMES, layout.knows
ROWS = "history"
MANY_ROWS = 30
_NAMED_YEARS = re.compile(r"_(\d{4})(\d{4})\.\w+$")
_TOLD_EVERY = 20_000
_WRAP = (1 << 128) - 1

Progress = Callable[[int, int], None]


def import_history(
    source: Path,
    *,
    district: District,
    actor: User | None,
    dry_run: bool = False,
    confirmed: bool = False,
    preset: str = "",
    mapping: Mapping[str, str] | None = None,
    progress: Progress = lambda done, total: None,
) -> ImportResult:
    """Bring the course history of a file. ``preset``: the code of a layout, where it should not be found by the header;
    ``mapping``: our column -> the file's heading, for what no layout knows.
    """
    issues = Issues()
    sha256 = ""

    def record(result: ImportResult) -> ImportResult:
        return runs.record(result, kind=KIND, file_name=source.name, sha256=sha256, district=district, actor=actor)

    try:
        with open_package(source) as package:
            sha256 = package.sha256
            if len(package.names) != 1:
                issues.error("ONE_FILE", _("Send one file of course history."), file=source.name)
                return record(runs.refusal(issues))
            text = package.text(package.names[0])
            history = _History(text, district, issues, preset=preset, mapping=mapping)
            if not history.is_usable():
                return record(runs.refusal(issues))
            with transaction.atomic():
                run = runs.begin(kind=KIND, file_name=source.name, sha256=sha256, district=district, actor=actor)
                result = history.bring(run, actor, confirmed=confirmed, progress=progress)
                result.issues = list(issues)
                if not dry_run and not result.refused:
                    result.applied = True
                    return runs.finish(run, result)
                transaction.set_rollback(True)
            return record(result)
    except Refused as refused:
        for issue in refused.issues:
            issues.add(issue)
    except DomainError as error:
        issues.error("HISTORY_SETTING", str(error), file=source.name)
    return record(runs.refusal(issues))


class _History:
    """One file, from its header to the ledger."""

    def __init__(
        self, text: Text, district: District, issues: Issues, *, preset: str, mapping: Mapping[str, str] | None
    ) -> None:
        self.district, self.issues, self.text = district, issues, text
        own = district.settings.get("history_headings", {})
        self.layout, headings = layout.choose(
            text,
            preset=preset,
            own=own if isinstance(own, dict) else {},
            mapping=mapping,
            year=_year_of_name(text.name),
        )
        # Columns of 0 and 1, each for a designation, where the file has them.
        self.flags = sorted({column for column in headings.values() if column.startswith(layout.FLAG)})
        self.columns = Columns((), (*layout.NAMES, *self.flags), headings=headings)
        self.table = self._table(issues)

    def _table(self, issues: Issues) -> Table:
        sign = layout.delimiter_of(self.text)
        return Table(self.text, self.columns, issues, delimiter=sign, quoted=sign not in layout.UNQUOTED)

    def is_usable(self) -> bool:
        if not self.table.is_usable:
            return False
        file = self.text.name
        for group in layout.NEEDED:
            if not any(map(self.table.has, group)):
                sentence = _("%(file)s lacks the column %(columns)s, so none of its rows can be read.")
                values = {"file": file, "columns": _(" or ").join(group)}
                self.issues.error("COLUMN_MISSING", sentence % values, file=file, line=1)
        if not self.issues.errors and self.table.is_only_header():
            sentence = _("%(file)s has a header and no rows, so nothing was changed. Export it again.")
            self.issues.error("HISTORY_HEADER_ONLY", sentence % {"file": file}, file=file)
        return not self.issues.errors

    # --- Reading ------------------------------------------------------------------------------------------------------

    def bring(self, run: ImportRun, actor: User | None, *, confirmed: bool, progress: Progress) -> ImportResult:
        self.posting = Posting(self.district, SOURCE, actor, run)
        marks = marks_of(self.district)
        letters = [flag.removeprefix(layout.FLAG) for flag in self.flags]
        self.reader = Reader(self.district, self.posting, marks, Dates(self.table), letters)
        self.salt = hash64(marks, sorted(self.columns.headings.items()), sorted(self._school_codes()))
        self.progress = progress
        snapshots = HistorySnapshot.objects.filter(district=self.district, source=SOURCE)
        self.known = {
            student: (pk, print)
            for student, pk, print in snapshots.values_list("student", "pk", "fingerprint").iterator()
        }
        self.prints: dict[int, int] = {}
        self.total = rows = self._sum_up()
        same = frozenset(pk for pk, (_pk, print) in self.known.items() if self._hex(self.prints.get(pk)) == print)
        result = ImportResult()
        if self.prints.keys() == same:
            self._count(result, Outcome(unchanged=rows))
            return result
        self.unchanged = self.rejected = 0
        staged, partial = self._read(same)
        students = {
            pk: pk not in partial and not self.is_torn for pk in self.prints if pk not in same and pk != REJECTED
        }
        if students:
            self.posting.stage(staged, students)
            self._warn_of_crowds()
            found = self.posting.compare()
            if self._stops(found, confirmed):
                return ImportResult(refused=True)
            held = self._tell_held()
            if found.received:
                sentence = ngettext(
                    "%(count)d row is a mastery award of ours, received: it is on the record already.",
                    "%(count)d rows are mastery awards of ours, received: they are on the record already.",
                    found.received,
                )
                self.issues.info("HISTORY_AWARD_RECEIVED", sentence % {"count": found.received}, file=self.text.name)
            changes = Changes(run)
            waiting = self.posting.write(lambda ids: changes.created(LedgerEntry, ids))
            changes.created(HeldRow, waiting)
            self._remember(changes, students, held)
            self._count(result, found)
            if result.changes:
                audit.record(
                    CourseHistoryImported(
                        run=str(run.public_id),
                        created=found.created,
                        corrected=found.corrected,
                        withdrawn=found.withdrawn,
                        held=found.held,
                    ),
                    actor=actor,
                    district=self.district,
                    target=run,
                )
        self._count(result, Outcome(unchanged=self.unchanged), self.rejected)
        return result

    def _school_codes(self) -> Iterator[str]:
        for code, state_code in School.objects.filter(district=self.district).values_list("code", "state_code"):
            yield f"{code} {state_code}"

    def _sum_up(self) -> int:
        """Fills ``prints``: for each student the sum over the rows, in which their order has no part. How many rows."""
        students, prints = self.reader.students, self.prints
        rows = 0
        for cells, print in self.table.prints(*reading.STUDENT):
            rows += 1
            pk = students[cells].number
            prints[pk] = prints.get(pk, 0) + print
        return rows

    def _hex(self, sum_of_rows: int | None) -> str | None:
        return None if sum_of_rows is None else f"{(sum_of_rows + self.salt) & _WRAP:032x}"

    def _read(self, same: frozenset[int]) -> tuple[Iterator[StagedRow], set[int]]:
        """The rows of the other students, and those students of whom a row was not taken."""
        pickers = [itemgetter(*map(self.columns.names.index, part)) for part in
                   (reading.STUDENT, reading.PLACE, (*reading.COURSE, *self.flags), reading.ENDING)]  # fmt: skip
        student_of, place_of, course_of, ending_of = pickers
        own_key = layout.NAMES.index("row_id") if self.table.has("row_id") else -1
        students, places = self.reader.students, self.reader.places
        courses, endings = self.reader.courses, self.reader.endings
        partial = set[int]()
        self.is_torn = False
        lines, whose, where, which, how = array("I"), array("q"), array("I"), array("I"), array("I")
        own = array("q")
        read = 0
        for line, row in self.table.rows():
            read += 1
            if not read % _TOLD_EVERY:
                self.progress(read, self.total)
            if not row:
                self.rejected += 1
                self.is_torn = True  # nobody knows whose row it was
                continue
            student = students[student_of(row)]
            pk = student.number
            if pk in same:
                self.unchanged += 1
                continue
            if pk == REJECTED:
                self.rejected += 1
                self._tell(line, student)
                continue
            place = places[place_of(row)]
            course = courses[course_of(row)]
            ending = endings[(*ending_of(row), place.era)] if place.number >= 0 else _NO_PART
            if student.remarks or place.remarks or course.remarks or ending.remarks:
                self._tell(line, student, place, course, ending)
            if place.number < 0 or course.number < 0 or ending.number < 0:
                self.rejected += 1
                partial.add(pk)
                continue
            lines.append(line)
            whose.append(pk)
            where.append(place.number)
            which.append(course.number)
            how.append(ending.number)
            if own_key >= 0:
                own.append(hash64("row", row[own_key]) if row[own_key] else 0)
        self.progress(read, self.total)
        keys: Iterator[int | None] = (key or None for key in own) if own_key >= 0 else (None for _line in lines)
        return zip(lines, whose, where, which, how, keys, strict=True), partial

    def _tell(self, line: int, *parts: Part) -> None:
        for part in parts:
            for one in part.remarks:
                self.issues.add(Issue(one.severity, one.code, one.message, self.text.name, line, one.column))

    # --- Telling ------------------------------------------------------------------------------------------------------

    def _warn_of_crowds(self) -> None:
        for line, year, count in self.posting.crowded(MANY_ROWS):
            sentence = _("A student has %(count)d rows in %(year)s, which is unusually many.")
            values = {"count": count, "year": f"{year - 1}-{year % 100:02d}"}
            self.issues.warning("HISTORY_MANY_ROWS", sentence % values, file=self.text.name, line=line)

    def _stops(self, found: Outcome, confirmed: bool) -> bool:
        """Whether so much would be taken back that a person has to say that it is meant."""
        if confirmed or not found.withdrawn:
            return False
        present = LedgerEntry.objects.effective().filter(district=self.district, source=SOURCE).count()
        ring = alarms(
            present={ROWS: present}, withdrawn={ROWS: found.withdrawn}, created={}, moved={}, watched=frozenset()
        )
        for alarm in ring:
            sentence = ngettext(
                "%(count)d row of %(of)d would be taken back. If that is meant, confirm it.",
                "%(count)d rows of %(of)d would be taken back. If that is meant, confirm it.",
                alarm.count,
            )
            values = {"count": alarm.count, "of": alarm.of}
            self.issues.error(alarm.code, sentence % values, file=self.text.name)
        return bool(ring)

    def _tell_held(self) -> set[int]:
        students = set()
        for held in self.posting.held():
            students.add(held.student)
            severity, code, sentence = _held_words(held)
            self.issues.add(Issue(severity, code, sentence, self.text.name, held.line))
        return students

    def _remember(self, changes: Changes, students: Mapping[int, bool], held: set[int]) -> None:
        """What the file said of each student. Where a row was not taken, the next run looks again."""
        new, changed = [], []
        for pk, is_whole in students.items():
            print = (is_whole and pk not in held and self._hex(self.prints[pk])) or ""
            if pk in self.known:
                changed.append((self.known[pk][0], print, changes.run.pk))
            else:
                new.append((self.district.pk, pk, SOURCE, print, changes.run.pk))
        changes.copy_rows(HistorySnapshot, ("district_id", "student_id", "source", "fingerprint", "run_id"), new)
        changes.update_rows(HistorySnapshot, ("fingerprint", "run_id"), changed)

    def _count(self, result: ImportResult, found: Outcome, rejected: int = 0) -> None:
        for counts, number in (
            (result.created, found.created),
            (result.updated, found.corrected),
            (result.withdrawn, found.withdrawn),
            (result.unchanged, found.unchanged),
            (result.rejected, found.held + rejected),
        ):
            if number:
                counts[ROWS] = counts.get(ROWS, 0) + number


_NO_PART = Part()


def _year_of_name(name: str) -> int | None:
    """The ending year in ``CCDDD_SSSS_FileName_YYYYMMDD_XXXXYYYY.txt``."""
    found = _NAMED_YEARS.search(name)
    return int(found[2]) if found and int(found[2]) == int(found[1]) + 1 else None


def _held_words(held: HeldLine) -> tuple[Severity, str, str]:
    code, sentence = {
        HeldReason.MARK: (
            "HISTORY_MARK_UNKNOWN",
            _("%(course)s waits for the registrar: the district's marks do not have “%(mark)s”."),
        ),
        HeldReason.RELIED_ON: (
            "HISTORY_RELIED_ON",
            _("%(course)s would change, but an issued transcript or an award rests on it. The registrar decides."),
        ),
        HeldReason.CORRECTED: (
            "HISTORY_CORRECTED_HERE",
            _("%(course)s was corrected here by hand, and the file now says something new. The registrar decides."),
        ),
    }[held.reason]
    return Severity.ERROR, code, sentence % {"course": held.title[:80], "mark": held.mark}

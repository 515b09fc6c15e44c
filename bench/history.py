"""Two million rows of course history: the first import beside copying them, the second beside reading the file."""

from __future__ import annotations

import csv
import io
import resource
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from django.db import connection, transaction

from bench import ground
from bench.measuring import Measurement, milliseconds
from crediting.interchange.history import import_history
from mbl.core.imports import ImportResult
from mbl.core.models import District
from profiles.models import Student

NAMES = ("import.history", "import.nochange")
STUDENTS, ROWS_EACH = 40_000, 50
FIRST_GOAL, AGAIN_GOAL = 10.0, 3.0
_HEAD = (
    "SchoolYear", "DistrictStudentID", "SSID", "LocationID", "Term", "TermEndDate", "CourseID", "CourseTitle",
    "GradeLevel", "LetterGrade", "CreditsAttempted", "CreditsEarned", "StateCourseCode", "CourseDesignationCode",
)  # fmt: skip
_MARKS = ("A", "A-", "B+", "B", "B-", "C+", "C", "D", "F", "P")
_BATCH = 50_000


def measure() -> Iterator[Measurement]:
    """Each once, one after the other: a round takes a minute, and what it wrote is taken back at the end."""
    district = District.objects.get(code=ground.DISTRICT)
    with tempfile.TemporaryDirectory(prefix="mbl-bench-") as name:
        source = _file(Path(name) / "history.txt", district)
        with _taken_back():
            copied = milliseconds(lambda: _copy(source))
        with _taken_back():
            first = milliseconds(lambda: _import(source, district, "created"))
            reading = milliseconds(lambda: _read(source))
            # Other bytes, the same rows in another order: every row has to be looked at.
            again = _last_first(source)
            second = milliseconds(lambda: _import(again, district, "unchanged"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ground.say(f"{STUDENTS * ROWS_EACH:,} rows; at most {peak:.0f} MB of memory")
    yield Measurement("import.history", ours=first, reference=copied, unit="ms", goal=FIRST_GOAL)
    yield Measurement("import.nochange", ours=second, reference=reading, unit="ms", goal=AGAIN_GOAL)


@contextmanager
def _taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _import(source: Path, district: District, kind: str) -> None:
    result: ImportResult = import_history(source, district=district, actor=None)
    done = getattr(result, kind).get("history", 0)
    if done != STUDENTS * ROWS_EACH or result.rejected_rows:
        raise RuntimeError("; ".join(issue.message for issue in result.issues[:5]) or f"{done} rows were {kind}")


def _file(path: Path, district: District) -> Path:
    students = Student.objects.filter(district=district).exclude(local_id="").order_by("pk")[:STUDENTS]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("\t".join(_HEAD) + "\n")
        for number, (local_id, ssid) in enumerate(students.values_list("local_id", "ssid").iterator()):
            file.writelines("\t".join(cells) + "\n" for cells in _rows(number, local_id, ssid))
    return path


def _rows(number: int, local_id: str, ssid: str) -> Iterator[tuple[str, ...]]:
    for place in range(ROWS_EACH):
        year, term = 2022 + place // 13, 1 + place % 2
        course = (number * 7 + place * 3) % 900
        mark = _MARKS[(number * 31 + place * 17) % len(_MARKS)]
        end = f"01/28/{year}" if term == 1 else f"06/15/{year}"
        earned = "0" if mark == "F" else "0.5"
        grade, code, title = f"{9 + year - 2022:02d}", f"C{course:04d}", f"Course number {course}"
        yield (str(year), local_id, ssid, f"{1000 + number % 20}", f"S{term}", end, code, title, grade, mark, "0.5",
               earned, f"{10000 + course}", "B")  # fmt: skip


def _last_first(source: Path) -> Path:
    path = source.with_name("again.txt")
    head, *lines = source.read_bytes().splitlines(keepends=True)
    with path.open("wb") as file:
        file.write(head)
        file.writelines(reversed(lines))
    return path


def _read(source: Path) -> None:
    with source.open(encoding="utf-8", newline="") as file:
        for _row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            pass


def _copy(source: Path) -> None:
    """The rows as text into a new table without keys or indexes."""
    with source.open(encoding="utf-8", newline="") as file, connection.cursor() as cursor:
        rows: Iterable[list[str]] = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        shape = ", ".join(f'"{column}" text' for column in next(iter(rows)))
        cursor.execute(f"CREATE TABLE staging_history ({shape})")
        while batch := list(islice(rows, _BATCH)):
            buffer = io.StringIO()
            csv.writer(buffer).writerows(batch)
            buffer.seek(0)
            cursor.cursor.copy_expert("COPY staging_history FROM STDIN WITH (FORMAT csv)", buffer)

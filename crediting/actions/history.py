"""Enter course history into the ledger by the set, whoever brings it: an import, the demonstration, a test.

Rows are staged in temporary tables, compared with what the same source said before, and written: new rows are added,
changed ones reversed and replaced, rows that a complete history no longer has reversed. Nothing is edited, and what
an issued transcript or an award rests on waits for a registrar as a ``HeldRow``.
"""

# Every table and column in a statement is that of a model or of this module; values are parameters.
# ruff: noqa: S608

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from crediting.models import LedgerEntry
from crediting.rules.history import CourseFacts, Ending, Place
from crediting.states import EntryKind, HeldReason, HeldState
from crediting.verbs.decisions import CourseHistoryPosted
from mbl.core import audit, clock
from mbl.core.errors import DomainError
from mbl.core.models import District, ImportRun, User
from profiles.models import Course, School, Student

# The source of everything a student information system says about course history, whatever the shape of its file.
SOURCE: Final = "history"
# Rows that a registrar entered or took back by hand; what a system says does not undo them.
REGISTRAR: Final = "registrar"
# So many rows are inserted by one statement, so that what its triggers look at stays in memory.
_BATCH_PAGES = 2048
_COPIED = 50_000
_ASKED = 10_000

StagedRow = tuple[int, int, int, int, int, "int | None"]


@dataclass(frozen=True)
class HeldLine:
    """A row that waits for a registrar: where it stood in the file, and why."""

    student: int
    line: int | None
    reason: HeldReason
    mark: str
    title: str


@dataclass
class Outcome:
    """How many rows were new, already there, corrected (a reversal and a new row), taken back, or held."""

    created: int = 0
    unchanged: int = 0
    corrected: int = 0
    withdrawn: int = 0
    held: int = 0
    # What was there before, of the students at hand.
    present: int = 0
    # Rows that are mastery awards of ours, come back: they are on the record already.
    received: int = 0


@dataclass
class Posting:
    """Rows of one source on their way into the ledger. Use it inside a transaction, and once.

    ``place``, ``course`` and ``ending`` answer numbers for the parts of rows; ``stage`` takes rows of such numbers;
    ``compare`` says what would happen; ``write`` does it.
    """

    district: District
    source: str
    actor: User | None = None
    run: ImportRun | None = None
    places: dict[Place, int] = field(default_factory=dict)
    courses: dict[CourseFacts, int] = field(default_factory=dict)
    endings: dict[Ending, int] = field(default_factory=dict)

    def place(self, place: Place) -> int:
        return self.places.setdefault(place, len(self.places))

    def course(self, course: CourseFacts) -> int:
        return self.courses.setdefault(course, len(self.courses))

    def ending(self, ending: Ending) -> int:
        return self.endings.setdefault(ending, len(self.endings))

    # --- Staging ------------------------------------------------------------------------------------------------------

    def stage(self, rows: Iterable[StagedRow], students: Mapping[int, bool]) -> None:
        """``rows``: line, student, place, course, ending, and the source's own key of the row where it has one.

        ``students``: every student whose history is at hand, and whether it is all of it, so that what is missing is
        gone.
        """
        # One writer of a district's history at a time, so that two runs cannot both find a row missing.
        District.objects.select_for_update(no_key=True).get(pk=self.district.pk)
        _run("SET LOCAL work_mem = '96MB'")
        # Another posting of the same transaction may have left its tables.
        names = ("row", "student", "place", "course", "ending", "new", "old", "step")
        _run(f"DROP TABLE IF EXISTS {', '.join(f'history_{name}' for name in names)}")
        for name, columns in _STAGED.items():
            _run(f"CREATE TEMP TABLE history_{name} ({columns}) ON COMMIT DROP")
        _copy("student", ((pk, is_whole) for pk, is_whole in students.items()))
        _copy("row", rows)
        _copy("place", (_place_cells(number, place) for place, number in self.places.items()))
        _copy("course", (_course_cells(number, course) for course, number in self.courses.items()))
        _copy("ending", (_ending_cells(number, ending) for ending, number in self.endings.items()))
        for name in _STAGED:
            _run(f"ANALYZE history_{name}")

    def crowded(self, most: int) -> list[tuple[int, int, int]]:
        """Students with more than ``most`` rows in one school year: the first line, the year, and how many."""
        return _rows(
            "SELECT min(r.line), p.school_year, count(*) FROM history_row r JOIN history_place p ON p.id = r.place "
            "GROUP BY r.student_id, p.school_year HAVING count(*) > %s ORDER BY 1",
            [most],
        )

    # --- Comparing ----------------------------------------------------------------------------------------------------

    def compare(self) -> Outcome:
        """What ``write`` would do."""
        ours = {"source": self.source, "district": self.district.pk}
        _run(_NEW)
        _run(_OLD, ours)
        _run("ANALYZE history_new")
        _run("ANALYZE history_old")
        _run(_STEP)
        self._hold_relied_on()
        if self.source == SOURCE:
            _run(_AWARDS, ours)
        # What a registrar has looked at and set aside is not asked again.
        _run(_SET_ASIDE, ours | {"dismissed": HeldState.DISMISSED, "taken": HeldState.TAKEN})
        counts = dict(_rows("SELECT act, count(*) FROM history_step GROUP BY 1"))
        [(present, matched)] = _rows(
            "SELECT (SELECT count(*) FROM history_old), (SELECT count(*) FROM history_new) - "
            "(SELECT count(*) FROM history_step WHERE place IS NOT NULL)"
        )
        return Outcome(
            created=counts.get("new", 0),
            unchanged=matched + counts.get("aside", 0) + counts.get("award", 0),
            received=counts.get("award", 0),
            corrected=counts.get("change", 0),
            withdrawn=counts.get("gone", 0),
            held=counts.get("hold", 0),
            present=present,
        )

    def _hold_relied_on(self) -> None:
        touched = _ids("SELECT old_id FROM history_step WHERE act IN ('change', 'gone')", None)
        for start in range(0, len(touched), _ASKED):
            some = LedgerEntry.objects.filter(pk__in=touched[start : start + _ASKED])
            if relied_on := list(some.relied_on().values_list("pk", flat=True)):
                _run(
                    "UPDATE history_step SET act = 'hold', reason = %s WHERE old_id = ANY(%s)",
                    [HeldReason.RELIED_ON, relied_on],
                )

    def held(self) -> Iterator[HeldLine]:
        """The rows that ``write`` holds, in the order of the file."""
        rows = _rows(
            "SELECT s.student_id, s.line, s.reason, coalesce(e.mark, ''), coalesce(c.title, old.course_title) "
            "FROM history_step s LEFT JOIN history_ending e ON e.id = s.ending "
            "LEFT JOIN history_course c ON c.id = s.course "
            "LEFT JOIN crediting_ledgerentry old ON old.id = s.old_id "
            "WHERE s.act = 'hold' ORDER BY s.line NULLS LAST, s.student_id, s.key"
        )
        for student, line, reason, mark, title in rows:
            yield HeldLine(student, line, HeldReason(reason), mark, title)

    # --- Writing ------------------------------------------------------------------------------------------------------

    def write(self, noted: Callable[[list[int]], None] = lambda ids: None, *, reason: str = "") -> list[int]:
        """Do it, after ``compare``. ``noted`` hears of each set of new ledger rows; answers the new held rows."""
        common = {
            "source": self.source,
            "district": self.district.pk,
            "actor": self.actor.pk if self.actor else None,
            "run": self.run.pk if self.run else None,
            "now": clock.now(),
        }
        because = reason or _("Corrected by %(source)s") % {"source": self.source}
        if ids := _ids(_REVERSE, common | {"reason": because[:500]}):
            noted(ids)
        [(size,)] = _rows("SELECT pg_relation_size('history_step') / current_setting('block_size')::bigint")
        for page in range(0, size, _BATCH_PAGES):
            between = {"first": f"({page},0)", "last": f"({page + _BATCH_PAGES},0)"}
            if ids := _ids(_INSERT, common | between):
                noted(ids)
        if size > _BATCH_PAGES:
            # Whoever reads next has a planner that knows of these rows.
            _run("ANALYZE crediting_ledgerentry")
        _run(_RECEIVE, common)
        _run(_CLOSE_HELD, common | {"waiting": HeldState.WAITING, "dismissed": HeldState.DISMISSED,
                                    "note": _("The file no longer says so.")})  # fmt: skip
        return _ids(_HOLD, common | {"waiting": HeldState.WAITING})


_STAGED: Final = {
    "student": "student_id bigint PRIMARY KEY, is_whole boolean",
    "row": "line int, student_id bigint, place int, course int, ending int, own_key bigint",
    "place": "id int, identity bigint, content bigint, kind text, school_id bigint, school_name text, location text, "
    "school_year int, term text, term_order int, earned_on date",
    "course": "id int, identity bigint, content bigint, course_id bigint, code text, title text, subject text, "
    "state_code text, designations text[]",
    "ending": "id int, content bigint, mark text, is_numeric boolean, attempted numeric, earned numeric, grade text, "
    "hours numeric, unit text, method text, is_known boolean",
}


def _place_cells(number: int, one: Place) -> tuple[Any, ...]:
    return (number, one.identity, one.content, one.kind, one.school, one.school_name, one.location, one.school_year,
            one.term, one.term_order, one.earned_on)  # fmt: skip


def _course_cells(number: int, one: CourseFacts) -> tuple[Any, ...]:
    letters = "{" + ",".join(one.designations) + "}"
    return (number, one.identity, one.content, one.course, one.code, one.title, one.subject, one.state_code, letters)


def _ending_cells(number: int, one: Ending) -> tuple[Any, ...]:
    return (number, one.content, one.mark, one.is_numeric, one.attempted, one.earned, one.grade, one.college_hours,
            one.college_unit, one.method, one.is_known)  # fmt: skip


# Rows of one student that say the same are told apart by counting: the order of the file has no part in it.
_NEW: Final = """
    CREATE TEMP TABLE history_new ON COMMIT DROP AS
    SELECT *, row_number() OVER (PARTITION BY student_id, key, content ORDER BY line) AS twin
    FROM (
        SELECT r.line, r.student_id, r.place, r.course, r.ending, e.is_known,
               coalesce(r.own_key, p.identity # c.identity) AS key, p.content # c.content # e.content AS content
        FROM history_row r
        JOIN history_place p ON p.id = r.place
        JOIN history_course c ON c.id = r.course
        JOIN history_ending e ON e.id = r.ending
    ) AS staged
"""

# What the source said before: rows that stand, and rows that a registrar took back since.
_OLD: Final = """
    CREATE TEMP TABLE history_old ON COMMIT DROP AS
    SELECT e.id, e.student_id, e.source_key AS key, e.content_hash AS content, e.attempt,
           back.id IS NOT NULL AS is_back,
           row_number() OVER (PARTITION BY e.student_id, e.source_key, e.content_hash
                              ORDER BY back.id IS NOT NULL, e.attempt, e.id) AS twin
    FROM crediting_ledgerentry e
    LEFT JOIN crediting_ledgerentry back ON back.reverses_id = e.id
    WHERE e.student_id IN (SELECT student_id FROM history_student)
      AND e.district_id = %(district)s AND e.source = %(source)s AND e.kind <> 'reversal' AND e.source_key IS NOT NULL
      AND (back.id IS NULL OR back.source <> %(source)s)
"""

# What is left when equal rows are set aside: a new row and an old one with the same key are a change.
_STEP: Final = f"""
    CREATE TEMP TABLE history_step ON COMMIT DROP AS
    WITH fresh AS (
        SELECT n.*, row_number() OVER (PARTITION BY student_id, key ORDER BY content, twin) AS rank
        FROM history_new n WHERE NOT EXISTS (
            SELECT 1 FROM history_old o WHERE o.student_id = n.student_id AND o.key = n.key
            AND o.content = n.content AND o.twin = n.twin)
    ), stale AS (
        SELECT o.*, row_number() OVER (PARTITION BY student_id, key ORDER BY is_back, attempt, id) AS rank
        FROM history_old o WHERE NOT EXISTS (
            SELECT 1 FROM history_new n WHERE o.student_id = n.student_id AND o.key = n.key
            AND o.content = n.content AND o.twin = n.twin)
    ), last AS (SELECT student_id, key, max(attempt) AS attempt FROM history_old GROUP BY 1, 2)
    SELECT student_id, key, fresh.line, fresh.place, fresh.course, fresh.ending, fresh.content, stale.id AS old_id,
           coalesce(stale.attempt, coalesce(last.attempt, 0) + rank)::smallint AS attempt,
           CASE WHEN fresh.place IS NULL THEN
                    CASE WHEN stale.is_back OR NOT s.is_whole THEN 'aside' ELSE 'gone' END
                WHEN NOT fresh.is_known OR stale.is_back THEN 'hold'
                WHEN stale.id IS NULL THEN 'new' ELSE 'change' END AS act,
           CASE WHEN NOT fresh.is_known THEN '{HeldReason.MARK}'
                WHEN stale.is_back THEN '{HeldReason.CORRECTED}' ELSE '' END AS reason,
           NULL::bigint AS award_id
    FROM fresh FULL JOIN stale USING (student_id, key, rank)
    LEFT JOIN last USING (student_id, key)
    JOIN history_student s USING (student_id)
"""

# A mastery award that was written back, and transferred credit that was decided here, come again in the next history:
# same student, course, year, mark and credit.
_AWARDS: Final = """
    WITH offered AS (
        SELECT s.ctid AS at, s.student_id, c.code, p.school_year, e.mark, e.earned,
               row_number() OVER (PARTITION BY s.student_id, c.code, p.school_year, e.mark, e.earned
                                  ORDER BY s.key, s.attempt) AS twin
        FROM history_step s
        JOIN history_place p ON p.id = s.place
        JOIN history_course c ON c.id = s.course
        JOIN history_ending e ON e.id = s.ending
        WHERE s.act = 'new' AND s.student_id IN (
            SELECT student_id FROM crediting_ledgerentry
            WHERE district_id = %(district)s AND (kind = 'mastery' OR kind = 'transfer' AND source = 'transfer'))
    ), awards AS (
        SELECT m.id, m.student_id, m.course_code, m.school_year, m.mark, m.credits_earned,
               row_number() OVER (PARTITION BY m.student_id, m.course_code, m.school_year, m.mark, m.credits_earned
                                  ORDER BY m.id) AS twin
        FROM crediting_ledgerentry m
        WHERE m.district_id = %(district)s AND (m.kind = 'mastery' OR m.kind = 'transfer' AND m.source = 'transfer')
          AND m.student_id IN (SELECT student_id FROM history_student)
          AND NOT EXISTS (SELECT 1 FROM crediting_ledgerentry back WHERE back.reverses_id = m.id)
    )
    UPDATE history_step SET act = 'award', award_id = awards.id
    FROM offered JOIN awards ON awards.student_id = offered.student_id AND awards.course_code = offered.code
        AND awards.school_year = offered.school_year AND awards.mark = offered.mark
        AND awards.credits_earned = offered.earned AND awards.twin = offered.twin
    WHERE history_step.ctid = offered.at
"""

_RECEIVE: Final = """
    INSERT INTO crediting_awardreceipt (district_id, entry_id, run_id, received_at)
    SELECT %(district)s, award_id, %(run)s, %(now)s FROM history_step WHERE act = 'award'
    ON CONFLICT (entry_id) DO NOTHING
"""

_SET_ASIDE: Final = """
    UPDATE history_step SET act = 'aside' FROM crediting_heldrow h
    WHERE history_step.act = 'hold' AND h.student_id = history_step.student_id AND h.source_key = history_step.key
      AND h.source = %(source)s AND h.district_id = %(district)s
      AND h.content_hash IS NOT DISTINCT FROM history_step.content
      AND h.state IN (%(dismissed)s, %(taken)s) AND h.closed_by_id IS NOT NULL
"""

_COPIED_BACK: Final = (
    "district_id", "student_id", "course_id", "course_code", "course_title", "subject", "state_course_code",
    "school_id", "school_name", "school_year", "term", "term_order", "grade", "mark", "is_numeric", "designations",
    "method", "earned_on", "decision_id", "request_id", "college_hours", "college_unit", "attempt", "source_key",
)  # fmt: skip

_REVERSE: Final = f"""
    INSERT INTO crediting_ledgerentry (public_id, kind, credits_attempted, credits_earned, reverses_id, reason, source,
        run_id, created_by_id, created_at, {", ".join(_COPIED_BACK)})
    SELECT gen_random_uuid(), '{EntryKind.REVERSAL}', -e.credits_attempted, -e.credits_earned, e.id, %(reason)s,
        %(source)s, %(run)s, %(actor)s, %(now)s, {", ".join(f"e.{name}" for name in _COPIED_BACK)}
    FROM crediting_ledgerentry e JOIN history_step s ON s.old_id = e.id
    WHERE s.act IN ('change', 'gone')
    RETURNING id
"""

_INSERT: Final = """
    INSERT INTO crediting_ledgerentry (public_id, district_id, student_id, kind, course_id, course_code, course_title,
        subject, state_course_code, school_id, school_name, school_year, term, term_order, grade, mark, is_numeric,
        credits_attempted, credits_earned, college_hours, college_unit, designations, method, earned_on, replaces_id,
        reason, source, source_key, attempt, content_hash, run_id, created_by_id, created_at)
    SELECT gen_random_uuid(), %(district)s, s.student_id, p.kind, c.course_id, c.code, c.title,
        c.subject, c.state_code, p.school_id, p.school_name, p.school_year, p.term, p.term_order, e.grade, e.mark,
        e.is_numeric, e.attempted, e.earned, e.hours, e.unit, c.designations, e.method, p.earned_on, s.old_id,
        '', %(source)s, s.key, s.attempt, s.content, %(run)s, %(actor)s, %(now)s
    FROM history_step s
    JOIN history_place p ON p.id = s.place
    JOIN history_course c ON c.id = s.course
    JOIN history_ending e ON e.id = s.ending
    WHERE s.ctid >= %(first)s::tid AND s.ctid < %(last)s::tid AND s.act IN ('new', 'change')
    RETURNING id
"""

# What waited and is no longer said needs nobody's answer.
_CLOSE_HELD: Final = """
    UPDATE crediting_heldrow h SET state = %(dismissed)s, closed_at = %(now)s, note = %(note)s
    WHERE h.state = %(waiting)s AND h.source = %(source)s AND h.district_id = %(district)s
      AND EXISTS (SELECT 1 FROM history_student t WHERE t.student_id = h.student_id AND t.is_whole)
      AND NOT EXISTS (SELECT 1 FROM history_step s WHERE s.act = 'hold' AND s.student_id = h.student_id
                      AND s.key = h.source_key AND s.content IS NOT DISTINCT FROM h.content_hash)
"""

_HOLD: Final = """
    INSERT INTO crediting_heldrow (public_id, district_id, student_id, entry_id, reason, facts, source, source_key,
        attempt, content_hash, run_id, line, state, note, created_at)
    SELECT gen_random_uuid(), %(district)s, s.student_id, s.old_id, s.reason,
        CASE WHEN s.place IS NOT NULL THEN jsonb_build_object(
            'kind', p.kind, 'school', p.school_id, 'school_name', p.school_name, 'location', p.location,
            'school_year', p.school_year, 'term', p.term, 'term_order', p.term_order, 'earned_on', p.earned_on,
            'course', c.course_id, 'code', c.code, 'title', c.title, 'subject', c.subject, 'state_code', c.state_code,
            'designations', c.designations, 'mark', e.mark, 'is_numeric', e.is_numeric, 'attempted', e.attempted::text,
            'earned', e.earned::text, 'grade', e.grade, 'college_hours', e.hours::text, 'college_unit', e.unit) END,
        %(source)s, s.key, s.attempt, s.content, %(run)s, s.line, %(waiting)s, '', %(now)s
    FROM history_step s
    LEFT JOIN history_place p ON p.id = s.place
    LEFT JOIN history_course c ON c.id = s.course
    LEFT JOIN history_ending e ON e.id = s.ending
    WHERE s.act = 'hold' AND NOT EXISTS (
        SELECT 1 FROM crediting_heldrow h WHERE h.state = %(waiting)s AND h.student_id = s.student_id
        AND h.source_key = s.key AND h.source = %(source)s AND h.content_hash IS NOT DISTINCT FROM s.content)
    RETURNING id
"""


def _run(statement: str, params: Any = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def _rows(statement: str, params: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def _ids(statement: str, params: Any) -> list[int]:
    return [pk for (pk,) in _rows(statement, params)]


def _copy(name: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """COPY rows into a staging table: an empty cell is NULL for a number and an empty text for a text."""
    iterator = iter(rows)
    texts = [column.split()[0] for column in _STAGED[name].split(", ") if column.endswith(" text")]
    options = "FORMAT csv" + (f", FORCE_NOT_NULL ({', '.join(texts)})" if texts else "")
    with connection.cursor() as cursor:
        while batch := list(islice(iterator, _COPIED)):
            buffer = io.StringIO(newline="")
            csv.writer(buffer, lineterminator="\n").writerows(batch)
            buffer.seek(0)
            cursor.copy_expert(f"COPY history_{name} FROM STDIN WITH ({options})", buffer)


# --- Taking a run back ------------------------------------------------------------------------------------------------


def take_back(pks: Sequence[int], run: ImportRun, actor: User | None) -> Collection[int]:
    """Take back what a run wrote into the ledger: its rows are reversed, what it had reversed stands again as new rows.

    Answers the rows that stay: an issued transcript or an award rests on them, or somebody has reversed them since.
    """
    rows = LedgerEntry.objects.filter(pk__in=pks).exclude(kind=EntryKind.REVERSAL)
    stay = set(rows.relied_on().values_list("pk", flat=True)) | set(
        rows.filter(reversal__isnull=False).values_list("pk", flat=True)
    )
    values = {
        "pks": list(pks),
        "stay": list(stay),
        "run": run.pk,
        "actor": actor.pk if actor else None,
        "now": clock.now(),
        "reason": _("The import was taken back"),
    }
    _run(_TAKE_BACK, values)
    _run(_PUT_BACK, values)
    return stay


_TAKE_BACK: Final = f"""
    INSERT INTO crediting_ledgerentry (public_id, kind, credits_attempted, credits_earned, reverses_id, reason, source,
        run_id, created_by_id, created_at, {", ".join(_COPIED_BACK)})
    SELECT gen_random_uuid(), '{EntryKind.REVERSAL}', -e.credits_attempted, -e.credits_earned, e.id, %(reason)s,
        e.source, %(run)s, %(actor)s, %(now)s, {", ".join(f"e.{name}" for name in _COPIED_BACK)}
    FROM crediting_ledgerentry e
    WHERE e.id = ANY(%(pks)s) AND e.id <> ALL(%(stay)s) AND e.kind <> '{EntryKind.REVERSAL}'
"""

# A row that the run had reversed stands again, in place of the one that the run had put there, or of itself.
_PUT_BACK: Final = f"""
    INSERT INTO crediting_ledgerentry (public_id, kind, credits_attempted, credits_earned, replaces_id, reason, source,
        content_hash, run_id, created_by_id, created_at, {", ".join(_COPIED_BACK)})
    SELECT gen_random_uuid(), e.kind, e.credits_attempted, e.credits_earned, coalesce(n.id, e.id), %(reason)s,
        e.source, e.content_hash, %(run)s, %(actor)s, %(now)s, {", ".join(f"e.{name}" for name in _COPIED_BACK)}
    FROM crediting_ledgerentry back
    JOIN crediting_ledgerentry e ON e.id = back.reverses_id
    LEFT JOIN crediting_ledgerentry n ON n.replaces_id = e.id
    WHERE back.id = ANY(%(pks)s) AND (n.id IS NULL OR n.id <> ALL(%(stay)s))
"""


# --- Rows that the product itself has ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class CourseRow:
    """A course as it goes on the record. ``course_code`` is printed; ``course`` ties it to the catalog where known."""

    student: Student
    course_code: str
    course_title: str
    subject: str
    school_name: str
    school_year: int
    term: str
    mark: str
    credits_attempted: Decimal
    credits_earned: Decimal
    earned_on: dt.date
    course: Course | None = None
    school: School | None = None
    state_course_code: str = ""
    term_order: int = 0
    grade: str = ""
    is_numeric: bool = True
    designations: tuple[str, ...] = ()
    college_hours: Decimal | None = None
    college_unit: str = ""
    # How a mastery credit was shown; empty for every other kind.
    method: str = ""


@dataclass(frozen=True)
class Posted:
    """How many rows were new, already there, or corrected by a reversal and a new row."""

    created: int = 0
    unchanged: int = 0
    corrected: int = 0


@transaction.atomic
def post_course_history(
    rows: Iterable[CourseRow],
    *,
    district: District,
    source: str,
    actor: User | None,
    kind: EntryKind = EntryKind.COURSE,
) -> Posted:
    """Enter history, set by set; ``source`` names where it is from. ``kind`` MASTERY is credit that was awarded
    elsewhere, on paper or by another system: it has no request and no decision here. A REVERSAL is never history.

    A row is the same one when student, school, school year, term, course code, title and source are the same; two such
    rows are two attempts. The same content again changes nothing, other content reverses the old line and writes a new
    one that replaces it, and what is not among ``rows`` stays. ``DomainError`` where a row cannot be.
    """
    if kind == EntryKind.REVERSAL:
        raise ValueError("A reversal is not history: reverse the line itself.")
    posting = Posting(district, source, actor)
    students: dict[int, bool] = {}
    staged: list[StagedRow] = []
    for number, row in enumerate(rows, start=1):
        _refuse_impossible(number, row, district)
        students[row.student.pk] = False
        place, course, ending = _parts(row, kind)
        staged.append(
            (number, row.student.pk, posting.place(place), posting.course(course), posting.ending(ending), None)
        )
    posting.stage(staged, students)
    found = posting.compare()
    posting.write()
    posted = Posted(found.created, found.unchanged, found.corrected)
    if found.created or found.corrected:
        told = CourseHistoryPosted(
            source=source, created=found.created, unchanged=found.unchanged, corrected=found.corrected
        )
        audit.record(told, actor=actor, district=district)
    return posted


def _refuse_impossible(number: int, row: CourseRow, district: District) -> None:
    if row.student.district_id != district.pk:
        raise DomainError(_("Row %(number)s is about a student of another district.") % {"number": number})
    if row.credits_earned < 0 or row.credits_attempted < row.credits_earned:
        raise DomainError(
            _("Row %(number)s, %(course)s: credits earned must lie between 0 and the credits attempted.")
            % {"number": number, "course": row.course_title}
        )


def _parts(row: CourseRow, kind: EntryKind) -> tuple[Place, CourseFacts, Ending]:
    place = Place(
        school_year=row.school_year,
        term=row.term,
        term_order=row.term_order,
        earned_on=row.earned_on,
        stated=row.earned_on,
        location=row.school.code if row.school else "",
        school_name=row.school_name,
        school=row.school.pk if row.school else None,
        kind=kind,
    )
    course = CourseFacts(
        code=row.course_code,
        title=row.course_title,
        subject=row.subject,
        state_code=row.state_course_code,
        course=row.course.pk if row.course else None,
        designations=row.designations,
    )
    ending = Ending(
        mark=row.mark,
        attempted=row.credits_attempted,
        earned=row.credits_earned,
        grade=row.grade,
        is_numeric=row.is_numeric,
        college_hours=row.college_hours,
        college_unit=row.college_unit,
        method=row.method,
    )
    return place, course, ending

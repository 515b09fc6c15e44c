"""Test results from one CSV: a row for each student, test and day. The same row again changes nothing."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crediting.models import ScoreRecord
from crediting.rules.history import number_of, whole_of
from crediting.verbs import ScoresImported
from mbl.core import audit, clock
from mbl.core.imports import ImportResult, Issues, runs
from mbl.core.imports.changes import Changes
from mbl.core.imports.mapping import Column
from mbl.core.imports.opening import Refused, open_package
from mbl.core.imports.tables import BadDate, Columns, Dates, Row, Table
from mbl.core.imports.writing import uuids
from mbl.core.models import District, User
from profiles.models import Student

KIND = "scores"
SCORES = "scores"
FIELDS = (
    Column("student_id", gettext_lazy("Student number"), aliases=("student number", "local id", "DistrictStudentID")),
    Column("ssid", gettext_lazy("State student ID"), aliases=("state student id", "state id", "StudentSSID")),
    Column("test", gettext_lazy("Test"), required=True, aliases=("test name", "assessment", "instrument", "exam")),
    Column("section", gettext_lazy("Subject or section"), aliases=("subject", "component", "domain")),
    Column("taken_on", gettext_lazy("Day of the test"), required=True, aliases=("test date", "date", "date taken")),
    Column("score", gettext_lazy("Score"), aliases=("scale score", "scaled score")),
    Column("level", gettext_lazy("Level"), aliases=("performance level", "achievement level", "proficiency level")),
    Column("met", gettext_lazy("Met (yes or no)"), aliases=("met standard", "passed", "proficient")),
)
NAMES = tuple(field.name for field in FIELDS)
REQUIRED = tuple(field.name for field in FIELDS if field.required)
_PLAIN = re.compile(r"[\W_]+")
_MET = {"Y": True, "YES": True, "TRUE": True, "1": True, "N": False, "NO": False, "FALSE": False, "0": False}
_MOST, _HIGHEST = 99_999, 100
_DATA = Path(__file__).resolve().parents[1] / "data" / "instruments.toml"
_Key = tuple[int, str, dt.date]
_Result = tuple[str, Decimal | None, int | None, bool | None]


@cache
def _known() -> dict[str, str]:
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    return {_plain(name): code for code, names in data.items() for name in (code, *names)}


def _plain(text: str) -> str:
    return _PLAIN.sub("", text).casefold()


def instrument_of(title: str, own: Mapping[str, str]) -> str:
    """The code by which a policy names the test; ``own`` are the district's names."""
    named = {_plain(name): code for name, code in own.items()}
    plain = _plain(title)
    return named.get(plain) or _known().get(plain) or _PLAIN.sub("-", title).strip("-").upper()[:60]


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
            headings = {alias.lower(): field.name for field in FIELDS for alias in (field.name, *field.aliases)}
            columns = Columns(
                ("test", "taken_on"), [name for name in NAMES if name not in {"test", "taken_on"}], {}, headings
            )
            table = Table(package.text(package.names[0]), columns, issues, mapping=mapping)
            if table.is_usable and not (table.has("student_id") or table.has("ssid")):
                sentence = _("Name the students: add a column student_id or ssid.")
                issues.error("COLUMN_MISSING", sentence, file=source.name, line=1)
            if issues.errors:
                return record(runs.refusal(issues))
            with transaction.atomic():
                run = runs.begin(kind=KIND, file_name=source.name, sha256=sha256, district=district, actor=actor)
                result = _bring(table, district, issues, Changes(run))
                result.issues = list(issues)
                if not dry_run:
                    result.applied = True
                    if result.changes:
                        told = ScoresImported(run=str(run.public_id), rows=result.changes)
                        audit.record(told, actor=actor, district=district, target=run)
                    return runs.finish(run, result)
                transaction.set_rollback(True)
            return record(result)
    except Refused as refused:
        for issue in refused.issues:
            issues.add(issue)
    return record(runs.refusal(issues))


class _NotTaken(Exception):
    """Why a row cannot be taken."""

    def __init__(self, code: str, sentence: str, column: str = "") -> None:
        super().__init__(sentence)
        self.code, self.sentence, self.column = code, sentence, column


@dataclass
class _Reader:
    """Reads one row: whose, which test and when, and the result."""

    table: Table
    by_number: Mapping[str, int]
    by_ssid: Mapping[str, int]
    own: Mapping[str, str]
    today: dt.date

    def __post_init__(self) -> None:
        self._dates = Dates(self.table)
        self._places = {name: self.table.columns.names.index(name) for name in NAMES}

    def read(self, row: Row) -> tuple[_Key, _Result]:
        """``_NotTaken`` where something is missing or cannot be."""
        cell = {name: row[at] for name, at in self._places.items()}
        student = self.by_number.get(cell["student_id"]) or self.by_ssid.get(cell["ssid"])
        if student is None:
            sentence = _("No student here has the number %(id)s.")
            number = cell["student_id"] or cell["ssid"] or "–"
            raise _NotTaken("SCORE_STUDENT_UNKNOWN", sentence % {"id": number}, "student_id")
        title = " ".join(f"{cell['test']} {cell['section']}".split())[:120]
        if not title:
            raise _NotTaken("SCORE_TEST_MISSING", _("The row names no test."), "test")
        key = (student, instrument_of(title, self.own), self._day(cell["taken_on"]))
        return key, (title, *self._result(cell))

    def _day(self, text: str) -> dt.date:
        try:
            day = self._dates.read(text, "taken_on")
        except BadDate:
            raise _NotTaken("SCORE_DATE", _("“%(value)s” is no date.") % {"value": text[:20]}, "taken_on") from None
        if day is None or day > self.today:
            raise _NotTaken("SCORE_DATE", _("The day of the test is missing or lies ahead."), "taken_on")
        return day

    def _result(self, cell: Mapping[str, str]) -> tuple[Decimal | None, int | None, bool | None]:
        score = number_of(cell["score"])
        level = whole_of(cell["level"].upper().removeprefix("LEVEL").strip())
        met = _MET.get(cell["met"].upper())
        if score is None and level is None and met is None:
            sentence = _("The row has no score, no level and does not say whether it was met.")
            raise _NotTaken("SCORE_MISSING", sentence, "score")
        if (score is not None and abs(score) > _MOST) or (level is not None and level > _HIGHEST):
            raise _NotTaken("SCORE_RANGE", _("The score or the level is too large."), "score")
        return (score.quantize(Decimal("0.01")) if score is not None else None), level, met


def _bring(table: Table, district: District, issues: Issues, changes: Changes) -> ImportResult:
    # Two runs at once must not both find a result missing.
    District.objects.select_for_update(no_key=True).get(pk=district.pk)
    by_number: dict[str, int] = {}
    by_ssid: dict[str, int] = {}
    for pk, local_id, ssid in (
        Student.objects.filter(district=district).values_list("pk", "local_id", "ssid").iterator()
    ):
        by_number[local_id], by_ssid[ssid] = pk, pk
    by_number.pop("", None), by_ssid.pop("", None)
    stored: dict[_Key, tuple[int, _Result]] = {
        (one.student_id, one.instrument, one.taken_on): (one.pk, (one.title, one.score, one.level, one.met))
        for one in ScoreRecord.objects.filter(district=district).iterator()
    }
    own = district.settings.get("instruments", {})
    own = own if isinstance(own, dict) else {}
    reader = _Reader(table, by_number, by_ssid, own, clock.today(district))
    wanted: dict[_Key, _Result] = {}
    result, rejected = ImportResult(), 0
    for line, row in table.rows():
        try:
            if not row:
                raise _NotTaken("", "")  # the table has said why
            key, said = reader.read(row)
            if wanted.setdefault(key, said) != said:
                raise _NotTaken("SCORE_TWICE", _("Another row says something else about the same test on that day."))
        except _NotTaken as problem:
            rejected += 1
            if problem.code:
                issues.error(problem.code, problem.sentence, file=table.text.name, line=line, column=problem.column)
    run, ids = changes.run.pk, uuids()
    new = [(next(ids), district.pk, *key, *said, run) for key, said in wanted.items() if key not in stored]
    changed = [(stored[key][0], *said, run) for key, said in wanted.items() if key in stored and stored[key][1] != said]
    what = ("title", "score", "level", "met", "run_id")
    changes.copy_rows(ScoreRecord, ("public_id", "district_id", "student_id", "instrument", "taken_on", *what), new)
    changes.update_rows(ScoreRecord, what, changed)
    for counts, count in (
        (result.created, len(new)),
        (result.updated, len(changed)),
        (result.unchanged, len(wanted) - len(new) - len(changed)),
        (result.rejected, rejected),
    ):
        if count:
            counts[SCORES] = count
    return result

"""Read the results that one row holds: whose, which test, when, and how it went."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from crediting.interchange.scores import instruments
from crediting.interchange.scores.instruments import Instrument, instrument_of
from crediting.interchange.scores.layouts import Layout, Slot
from crediting.rules.history import number_of, whole_of
from mbl.core.imports.tables import BadDate, Dates, Row, Table

# Student, instrument, language, day: one record.
Key = tuple[int, str, str, dt.date]
_MOST, _HIGHEST = 99_999, 100


@dataclass(frozen=True)
class Said:
    """How a test went. ``skills``: skill -> level in words, of a language test."""

    title: str
    score: Decimal | None = None
    level: int | None = None
    met: bool | None = None
    skills: Mapping[str, str] = field(default_factory=dict)

    def joined(self, other: Said) -> Said | None:
        """Both rows together; None where they say different things. Rows of one test may be of a skill each."""
        if (self.score, self.level, self.met) != (other.score, other.level, other.met):
            return None
        if any(other.skills.get(skill, level) != level for skill, level in self.skills.items()):
            return None
        return Said(max(self.title, other.title), self.score, self.level, self.met, {**self.skills, **other.skills})


class NotTaken(Exception):
    """Why a result cannot be taken."""

    def __init__(self, code: str, sentence: str, column: str = "") -> None:
        super().__init__(sentence)
        self.code, self.sentence, self.column = code, sentence, column


@dataclass
class Reader:
    """Knows the file's layout and the district's students and names of tests."""

    table: Table
    layout: Layout
    by_number: Mapping[str, int]
    by_ssid: Mapping[str, int]
    own: Mapping[str, str]
    today: dt.date

    def __post_init__(self) -> None:
        self._dates = Dates(self.table)
        self._places = {name: place for place, name in enumerate(self.table.columns.names)}
        found = set(filter(self.table.has, self._places))
        self._slots = [slot for slot in self.layout.slots if slot.is_in(found)]
        self.remarks: list[NotTaken] = []
        # Tests by names that nobody has explained: code -> name.
        self.unknown: dict[str, str] = {}

    def read(self, row: Row) -> Iterator[tuple[Key, Said] | NotTaken]:
        """Each result of the row, or why it is not taken. ``remarks``: what was left out of those that are."""
        self.remarks = []
        try:
            student = self._student(row)
        except NotTaken as problem:
            yield problem
            return
        is_empty = True
        for slot in self._slots:
            cell = {name: self._cell(row, column) for name, column in slot.columns.items()}
            if not any(cell.get(name) for name in ("score", "level", "met", *instruments.skills())):
                continue
            is_empty = False
            try:
                yield self._result(student, slot, cell)
            except NotTaken as problem:
                yield problem
        if is_empty:
            sentence = _("The row has no score, no level and does not say whether it was met.")
            yield NotTaken("SCORE_MISSING", sentence, "score")

    def _cell(self, row: Row, column: str) -> str:
        place = self._places.get(column)
        cell = row[place] if place is not None else ""
        return "" if instruments.has_no_result(cell) else cell

    def _student(self, row: Row) -> int:
        number, ssid = self._cell(row, "student_id"), self._cell(row, "ssid")
        by_number, by_ssid = self.by_number.get(number), self.by_ssid.get(ssid)
        if by_number and by_ssid and by_number != by_ssid:
            sentence = _("The student number and the state ID belong to two students. Correct one of them.")
            raise NotTaken("SCORE_STUDENT_DIFFERS", sentence, "ssid")
        student = by_number or by_ssid
        if student is None:
            sentence = _("No student here has the number %(id)s.") % {"id": number or ssid or "–"}
            raise NotTaken("SCORE_STUDENT_UNKNOWN", sentence, "student_id")
        return student

    def _result(self, student: int, slot: Slot, cell: Mapping[str, str]) -> tuple[Key, Said]:
        test, section = slot.test or cell.get("test", ""), cell.get("section", "")
        if slot.test_of and instruments.plain(slot.test_of) not in instruments.plain(f"{test} {section}"):
            test = f"{slot.test_of} {test}".strip()
        if not instruments.plain(f"{test} {section}") or (slot.test_of and "section" in slot.columns and not section):
            raise NotTaken("SCORE_TEST_MISSING", _("The row names no test."), "test")
        instrument = instrument_of(test, section, cell.get("language", ""), self.own)
        if not instrument.is_known:
            self.unknown[instrument.code] = instrument.title
        key = (student, instrument.code, instrument.language, self._day(cell))
        return key, self._languages(instrument, cell) if instrument.has_skills else self._plain(instrument, cell)

    def _day(self, cell: Mapping[str, str]) -> dt.date:
        if (text := cell.get("taken_on", "")) or "year" not in cell:
            try:
                day = self._dates.read(text, next(iter(self._columns("taken_on"))))
            except BadDate:
                sentence = _("“%(value)s” is no date.") % {"value": text[:20]}
                raise NotTaken("SCORE_DATE", sentence, "taken_on") from None
        else:
            day = self._day_of_year(cell["year"])
        if day is None or day > self.today:
            sentence = _("The day of the test is missing or lies ahead.")
            raise NotTaken("SCORE_DATE", sentence, "taken_on")
        return day

    def _columns(self, name: str) -> Iterator[str]:
        return (slot.columns[name] for slot in self._slots if name in slot.columns)

    def _day_of_year(self, text: str) -> dt.date | None:
        year = whole_of(text)
        if year is None or not (0 < year < 100 or 1950 <= year <= 2200):
            return None
        year += 2000 if year < 100 else 0
        day = dt.date.fromisoformat(f"{year}-{self.layout.day}")
        sentence = _("The file says only the year of a test; %(day)s was written as its day.") % {
            "day": day.isoformat()
        }
        self.remarks.append(NotTaken("SCORE_DAY_OF_YEAR", sentence, "taken_on"))
        return day

    # --- How it went --------------------------------------------------------------------------------------------------

    def _plain(self, instrument: Instrument, cell: Mapping[str, str]) -> Said:
        score, level = self._score(cell.get("score", "")), self._level(instrument, cell.get("level", ""))
        met = self._met(cell.get("met", ""))
        if level is None and score is not None and instruments.score_is_level(instrument):
            level = int(score) if score == int(score) and 0 <= score <= _HIGHEST else None
        if score is None and level is None and met is None:
            sentence = _("The row has no score, no level and does not say whether it was met.")
            raise NotTaken("SCORE_MISSING", sentence, "score")
        return Said(instrument.title, score, level, met)

    def _score(self, text: str) -> Decimal | None:
        if not text:
            return None
        if "," in text:
            # 1,350 is one thing to an American and another to a Spaniard.
            sentence = _("“%(value)s” has a comma. Write scores without separators, with a point before decimals.")
            raise NotTaken("SCORE_NUMBER", sentence % {"value": text[:20]}, "score")
        score = number_of(text)
        if score is None:
            self._leave_out("SCORE_NUMBER", _("“%(value)s” is no score and was left out."), text, "score")
            return None
        if abs(score) > _MOST:
            raise NotTaken("SCORE_RANGE", _("The score or the level is too large."), "score")
        return score.quantize(Decimal("0.01"))

    def _level(self, instrument: Instrument, text: str) -> int | None:
        if not text:
            return None
        level = instruments.number_of_grade(instrument, text)
        if level is None:
            level = whole_of(text.upper().removeprefix("LEVEL").strip())
        if level is None:
            self._leave_out("SCORE_LEVEL", _("“%(value)s” is no level and was left out."), text, "level")
        elif level > _HIGHEST:
            raise NotTaken("SCORE_RANGE", _("The score or the level is too large."), "level")
        return level

    def _met(self, text: str) -> bool | None:
        met = instruments.is_met(text) if text else None
        if text and met is None:
            self._leave_out("SCORE_MET", _("“%(value)s” is neither yes nor no and was left out."), text, "met")
        return met

    def _languages(self, instrument: Instrument, cell: Mapping[str, str]) -> Said:
        """Levels by skill, in the words of the test's scale. One that the scale does not have is never guessed."""
        if not instrument.language:
            raise NotTaken("SCORE_LANGUAGE", _("The row does not say which language was tested."), "language")
        said = {skill: cell.get(skill, "") for skill in instruments.skills()}
        skill, whole = instrument.skill, cell.get("level", "")
        if skill and whole:
            said[skill] = said[skill] or whole
        levels = {}
        for name, text in said.items():
            if text and (level := instruments.level_of(instrument, text)):
                levels[name] = level
            elif text:
                sentence = _("“%(value)s” is no level of this test.") % {"value": text[:30]}
                raise NotTaken("SCORE_LEVEL", sentence, name if cell.get(name) else "level")
        if levels:
            return Said(instrument.title, skills=levels)
        if whole and whole_of(whole) is None and instruments.level_of(instrument, whole):
            sentence = _("The row does not say which skill the level is of: reading, writing, listening or speaking.")
            raise NotTaken("SCORE_SKILL", sentence, "section")
        return self._plain(instrument, cell)

    def _leave_out(self, code: str, sentence: str, text: str, column: str) -> None:
        self.remarks.append(NotTaken(code, sentence % {"value": text[:20]}, column))

"""Files I, J and K (programs) and L and M (ethnicity and race): protected facts, kept raw (T45, T49).

A program is a dated interval; leaving and coming back are two. Codes of race and ethnicity stay as reported; groups are
worked out by a versioned roll-up (``profiles.rules.rollup``).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mbl.core.imports.tables import Table
from mbl.core.imports.writing import Value
from profiles.interchange.cedars.context import SOURCE, Context
from profiles.interchange.cedars.layouts import SETTING
from profiles.models import ProgramParticipation, RaceEthnicity
from profiles.queries.rollups import rollups_of
from profiles.rules.rollup import problems
from profiles.states import Program

PROGRAMS, ETHNICITY, RACE = "programs", "ethnicity", "race"

_Spans = dict[tuple[int, str, dt.date], dt.date | None]


def attributes_and_programs(context: Context, tables: Sequence[Table]) -> None:
    """File I. Which code of the state is which program is data of the district; other codes are counted and left."""
    known = context.district.settings.get(SETTING, {}).get("programs", {})
    unknown: Counter[str] = Counter()

    def program(text: str) -> str:
        found = known.get(text) or known.get(text.lstrip("0")) or (text if text in set(Program) else "")
        if not found:
            unknown[text[:20]] += 1
        return found

    _intervals(context, tables, program, letter="I")
    for code, count in sorted(unknown.items()):
        sentence = ngettext(
            "The program code %(code)s is not in the district's list; %(count)d row was left out.",
            "The program code %(code)s is not in the district's list; %(count)d rows were left out.",
            count,
        )
        values = {"code": code or "–", "count": count}
        context.warn(tables[0], "CE_PROGRAM_NOT_MAPPED", sentence % values, column="program")


def bilingual(context: Context, tables: Sequence[Table]) -> None:
    """File J."""
    _intervals(context, tables, lambda _text: str(Program.MULTILINGUAL), letter="J")


def special_education(context: Context, tables: Sequence[Table]) -> None:
    """File K. Disability and setting are not read: nothing here needs them."""
    _intervals(context, tables, lambda _text: str(Program.SPECIAL_EDUCATION), letter="K")


def _intervals(context: Context, tables: Sequence[Table], program_of: Callable[[str], str], *, letter: str) -> None:
    told: _Spans = {}
    # A row with a mistake is not taken for one that is gone.
    faulty: set[tuple[int, str]] = set()
    for table, dates, line, row in context.all_rows(tables, PROGRAMS):
        program = program_of(row.get("program", ""))
        student = context.student(table, PROGRAMS, line, row) if program else None
        if student is None:
            continue
        span = context.span(table, PROGRAMS, line, dates, row)
        if span is None or span[0] is None:
            faulty.add((student, program))
            if span is not None:
                sentence = _("The first day is missing.")
                context.reject(table, PROGRAMS, "CE_VALUE_MISSING", sentence, line, "starts_on")
            continue
        key = (student, program, span[0])
        # The same interval at two schools is one; it ends with the later.
        ends = [told[key], span[1]] if key in told else [span[1]]
        told[key] = None if None in ends else max(day for day in ends if day)
    _write(context, told, faulty, letter)


def _write(context: Context, told: _Spans, faulty: set[tuple[int, str]], letter: str) -> None:
    source = f"{SOURCE}:{letter}"
    rows = list(
        ProgramParticipation.objects.filter(district=context.district)
        .exclude(source="", ends_on__isnull=False)
        .values_list("pk", "student", "program", "starts_on", "ends_on", "source")
    )
    there = {(student, program, begins): (pk, ends) for pk, student, program, begins, ends, _source in rows}
    # A flag of a roster began an interval on the day it was first seen: the state's day is the better one.
    flagged = {
        (student, program): (pk, begins)
        for pk, student, program, begins, ends, of in rows
        if ends is None and of and not of.startswith(SOURCE)
    }
    new, changed, same = [], [], 0
    taken: set[int] = set()
    for (student, program, begins), ends in sorted(told.items(), key=lambda item: item[0]):
        flag = flagged.get((student, program))
        if (found := there.get((student, program, begins))) is not None:
            taken.add(found[0])
            if found[1] == ends:
                same += 1
            else:
                changed.append((found[0], begins, ends, source))
        elif flag is not None and flag[0] not in taken and (ends is None or ends >= flag[1]):
            taken.add(flag[0])
            changed.append((flag[0], begins, ends, source))
        else:
            new.append((context.district.pk, student, program, begins, ends, source))
    running = [row for row in rows if row[5] == source and row[4] is None]
    yesterday = context.today - dt.timedelta(days=1)
    gone = [
        (pk, max(begins, yesterday))
        for pk, student, program, begins, _ends, _source in running
        if pk not in taken and (student, program) not in faulty
    ] if letter in context.whole else []  # fmt: skip
    context.present[PROGRAMS] = context.present.get(PROGRAMS, 0) + len(running)
    context.changes.copy_rows(
        ProgramParticipation, ("district_id", "student_id", "program", "starts_on", "ends_on", "source"), new
    )
    context.changes.update_rows(ProgramParticipation, ("starts_on", "ends_on", "source"), changed)
    context.changes.update_rows(ProgramParticipation, ("ends_on",), gone)
    context.count("created", PROGRAMS, len(new))
    context.count("updated", PROGRAMS, len(changed))
    context.count("unchanged", PROGRAMS, same)
    context.count("withdrawn", PROGRAMS, len(gone))


# --- Ethnicity and race -----------------------------------------------------------------------------------------------


def ethnicity(context: Context, tables: Sequence[Table]) -> None:
    """File L. The code that says "not Hispanic" beside another one is a fault of the data (T46)."""
    told = _codes(context, tables, ETHNICITY)
    rollup = rollups_of(context.district)[_VERSION]
    kept = {}
    for student, (codes, table, line) in told.items():
        if "not_hispanic_with_other" in problems(rollup, codes, ()):
            sentence = _("The student is reported as not Hispanic and with another ethnicity. Correct one row.")
            context.reject(table, ETHNICITY, "CE_NOT_HISPANIC_WITH_OTHER", sentence, line, "code")
        else:
            kept[student] = codes
    _write_codes(context, kept, ETHNICITY, "ethnicity_codes")


def race(context: Context, tables: Sequence[Table]) -> None:
    """File M. Codes that no group is known for are kept and named once each; so are students without ethnicity."""
    told = _codes(context, tables, RACE)
    rollup = rollups_of(context.district)[_VERSION]
    unknown: Counter[str] = Counter()
    for codes, _table, _line in told.values():
        unknown.update(code for code in codes if code not in rollup.summary)
    for code, count in sorted(unknown.items()):
        sentence = ngettext(
            "No group is known for the race code %(code)s. It was kept for %(count)d student, who counts in no group.",
            "No group is known for the race code %(code)s. It was kept for %(count)d students, who count in no group.",
            count,
        )
        context.warn(tables[0], "CE_RACE_NOT_MAPPED", sentence % {"code": code, "count": count}, column="code")
    _write_codes(context, {student: codes for student, (codes, _table, _line) in told.items()}, RACE, "race_codes")
    without = RaceEthnicity.objects.filter(student__in=told, ethnicity_codes=[]).count()
    if without:
        sentence = ngettext(
            "%(count)d student has a race and no ethnicity code, and counts as not provided until file L says one.",
            "%(count)d students have a race and no ethnicity code, and count as not provided until file L says one.",
            without,
        )
        context.warn(tables[0], "CE_ETHNICITY_MISSING", sentence % {"count": without}, column="code")


# Any version knows which codes there are.
_VERSION = "federal-2007"


def _codes(context: Context, tables: Sequence[Table], kind: str) -> dict[int, tuple[tuple[str, ...], Table, int]]:
    """All codes of each student, in order, with the last line that names one."""
    told: dict[int, tuple[set[str], Table, int]] = {}
    for table, _dates, line, row in context.all_rows(tables, kind):
        code = row["code"]
        if not code or len(code) > 10:
            sentence = _("The code is missing or longer than ten characters.")
            context.reject(table, kind, "CE_VALUE_MISSING", sentence, line, "code")
            continue
        student = context.student(table, kind, line, row)
        if student is not None:
            codes = told[student][0] if student in told else set()
            told[student] = (codes | {code}, table, line)
    return {student: (tuple(sorted(codes)), table, line) for student, (codes, table, line) in told.items()}


def _write_codes(context: Context, told: Mapping[int, tuple[str, ...]], kind: str, column: str) -> None:
    """The state's detailed codes replace what a roster's flags said; students who are not in the file keep theirs."""
    there = {one.student_id: one for one in RaceEthnicity.objects.filter(student__in=told).iterator(chunk_size=5000)}
    new: list[tuple[Value, ...]] = []
    changed = []
    for student, codes in told.items():
        one = there.get(student)
        if one is None:
            both: dict[str, tuple[str, ...]] = {"ethnicity_codes": (), "race_codes": (), column: codes}
            new.append((context.district.pk, student, *both.values(), SOURCE, context.today))
        elif (tuple(getattr(one, column)), one.source) != (codes, SOURCE):
            changed.append((one.pk, codes, SOURCE, context.today))
    context.changes.copy_rows(
        RaceEthnicity, ("district_id", "student_id", "ethnicity_codes", "race_codes", "source", "reported_on"), new
    )
    context.changes.update_rows(RaceEthnicity, (column, "source", "reported_on"), changed)
    context.count("created", kind, len(new))
    context.count("updated", kind, len(changed))
    context.count("unchanged", kind, len(told) - len(new) - len(changed))

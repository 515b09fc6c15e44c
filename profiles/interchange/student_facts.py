"""Grades, state student ids and graduation years from one CSV, for rosters that do not bring them.

Each row names a student by ``local_id`` (the district's number) or ``sourcedId`` (the roster's), and gives ``grade``,
``ssid`` or ``graduation_year``, or several. Empty cells leave what is there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mbl.core import audit
from mbl.core.errors import DomainError
from mbl.core.imports import ImportResult, Issues, runs
from mbl.core.imports.changes import Changes
from mbl.core.imports.excel import read_code
from mbl.core.imports.mapping import Column
from mbl.core.imports.opening import Refused, open_package
from mbl.core.imports.tables import Columns, Row, Table
from mbl.core.models import District, ImportRun, User
from profiles.actions.enrollment import enroll
from profiles.actions.people import set_student_facts
from profiles.models import ExternalId, Student
from profiles.rules.roster import grade_of
from profiles.verbs import StudentFactsImported

KIND = "student-facts"
STUDENTS = "students"
COLUMNS = Columns(
    (),
    ("local_id", "sourcedId", "grade", "ssid", "graduation_year"),
    {"localid": "local_id", "grades": "grade", "graduationyear": "graduation_year", "identifier": "local_id"},
)


# The same columns where a person says which is which.
FIELDS = (
    Column("local_id", gettext_lazy("The district's student number"), aliases=("student number", "student id")),
    Column("sourcedId", gettext_lazy("The roster's id"), aliases=("sourced id", "user id")),
    Column("grade", gettext_lazy("Grade"), aliases=("grade level", "grades", "current grade")),
    Column("ssid", gettext_lazy("State student ID"), aliases=("state id", "state student number", "state number")),
    Column("graduation_year", gettext_lazy("Graduation year"), aliases=("class of", "grad year", "gyear")),
)


def import_student_facts(
    source: Path,
    *,
    district: District,
    actor: User | None,
    dry_run: bool = False,
    confirmed: bool = False,
    needs: Collection[str] = (),
    mapping: Mapping[str, str] | None = None,
) -> ImportResult:
    """Set the facts of the students a file names. ``needs``: columns without which the file makes no sense.

    ``mapping``: our column -> the file's header, where somebody chose; otherwise headers are read by name.

    Nothing in it is unusual enough to ask about, so ``confirmed`` changes nothing.
    """
    issues = Issues()
    sha256 = ""
    rows: list[tuple[int, Row]] = []
    result = ImportResult()
    try:
        with open_package(source) as package:
            sha256 = package.sha256
            if len(package.names) != 1:
                issues.error("ONE_FILE", _("Send one CSV file."), file=source.name)
            else:
                table = Table(package.text(package.names[0]), COLUMNS, issues, mapping=mapping)
                missing = [column for column in needs if table.is_usable and not table.has(column)]
                for column in missing:
                    sentence = _("%(file)s lacks the column %(columns)s, so none of its rows can be read.")
                    values = {"file": source.name, "columns": column}
                    issues.error("COLUMN_MISSING", sentence % values, file=source.name, line=1)
                if table.is_usable and not table.has("local_id") and not table.has("sourcedId"):
                    sentence = _("Name the students: add a column local_id or sourcedId.")
                    issues.error("COLUMN_MISSING", sentence, file=source.name, line=1)
                if not issues.errors:
                    rows = list(table.rows())
    except Refused as refused:
        for issue in refused.issues:
            issues.add(issue)
    if issues.errors and not rows:
        refusal = runs.refusal(issues)
        return runs.record(refusal, kind=KIND, file_name=source.name, sha256=sha256, district=district, actor=actor)
    with transaction.atomic():
        run = runs.begin(kind=KIND, file_name=source.name, sha256=sha256, district=district, actor=actor)
        _set_all(rows, district, actor, issues, result, source.name, Changes(run))
        result.applied = not dry_run
        result.issues = list(issues)
        if not dry_run:
            if result.changes:
                _tell(run, result, district, actor)
            return runs.finish(run, result)
        runs.take_back(run, result)
    return runs.record(result, kind=KIND, file_name=source.name, sha256=sha256, district=district, actor=actor)


def _tell(run: ImportRun, result: ImportResult, district: District, actor: User | None) -> None:
    audit.record(
        StudentFactsImported(run=str(run.public_id), updated=result.updated[STUDENTS]),
        actor=actor,
        district=district,
        target=run,
    )


def _set_all(
    rows: list[tuple[int, Row]],
    district: District,
    actor: User | None,
    issues: Issues,
    result: ImportResult,
    file: str,
    changes: Changes,
) -> None:
    """Each row through the actions that a person's click takes."""
    counts = {"updated": 0, "unchanged": 0, "rejected": 0}
    students = Student.objects.filter(district=district).select_related("person", "school", "district")
    by_local_id = {one.local_id: one for one in students.exclude(local_id="")}
    by_person = {one.person_id: one for one in students}
    named = dict(
        ExternalId.objects.filter(district=district, system__startswith="oneroster", kind="users").values_list(
            "value", "object_id"
        )
    )
    for line, row in rows:
        if not row:
            counts["rejected"] += 1
            continue
        local_id, sourced_id, grade, ssid, year = row
        code = read_code(local_id, known=by_local_id)
        if code.damage:
            sentence = _("%(cell)s was changed by a spreadsheet; it is read as %(code)s.")
            (issues.warning if code.value else issues.error)(
                code.damage, sentence % {"cell": local_id, "code": code.value or "–"}, file=file, line=line
            )
        student = by_local_id.get(code.value) if local_id else by_person.get(named.get(sourced_id, 0))
        if student is None:
            sentence = _("No student here has the number %(id)s.") % {"id": local_id or sourced_id or "–"}
            issues.error("SF_STUDENT_UNKNOWN", sentence, file=file, line=line)
            counts["rejected"] += 1
            continue
        try:
            own = Student.objects.filter(pk=student.pk)
            with transaction.atomic(), changes.around(own, student.enrollments.all()):
                changed = _set_one(student, grade, ssid, year, actor)
        except DomainError as error:
            issues.error("SF_VALUE", str(error), file=file, line=line)
            counts["rejected"] += 1
            continue
        counts["updated" if changed else "unchanged"] += 1
    for name, count in counts.items():
        if count:
            setattr(result, name, {STUDENTS: count})


def _set_one(student: Student, grade: str, ssid: str, year: str, actor: User | None) -> bool:
    """Whether anything changed. ``DomainError`` for a value that cannot be."""
    before = (student.grade, student.ssid, student.graduation_year)
    if year and not (year.isdigit() and 2000 <= int(year) <= 2100):
        raise DomainError(_("The graduation year is not a year, such as 2027."))
    if ssid or year:
        student = set_student_facts(
            student, ssid=ssid or None, graduation_year=int(year) if year else None, actor=actor
        )
    if grade:
        read = grade_of(grade)
        if read is None:
            raise DomainError(_("The grade “%(value)s” is unknown.") % {"value": grade[:20]})
        if student.school is None:
            raise DomainError(_("The student has no school, so a grade cannot be set."))
        student = enroll(student, school=student.school, grade=read, actor=actor)
    return before != (student.grade, student.ssid, student.graduation_year)

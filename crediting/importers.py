"""The formats of crediting that the Imports page and the console know."""

from django.utils.translation import gettext_lazy as _

from crediting.actions.history import take_back
from crediting.actions.import_standards import KIND, import_case
from crediting.interchange import catalog_csv, history, scores
from crediting.interchange.cedars_courses import course_catalog
from crediting.models import (
    CourseDesignation,
    CourseRequirement,
    CourseSchool,
    CourseTerms,
    LedgerEntry,
    RequestStandard,
    Standard,
    StandardEdge,
    StandardWord,
)
from crediting.states import StandardStatus
from mbl.core.imports import Adapter, register_import
from mbl.core.imports.differences import Told
from mbl.core.imports.mapping import Column
from mbl.core.imports.undo import belongs, never_undo, undo_with
from mbl.core.models import District
from profiles.interchange.cedars import register_file

HISTORY_COLUMNS = {
    "student_id": _("Student number"),
    "ssid": _("State student ID"),
    "district_code": _("District code"),
    "school_year": _("School year"),
    "term_id": _("Term number (PowerSchool)"),
    "term": _("Term"),
    "term_end": _("Day the term ended"),
    "location": _("School code"),
    "school_name": _("School"),
    "course_code": _("Course code"),
    "course_title": _("Course title"),
    "state_code": _("State course code"),
    "designations": _("Designations"),
    "grade": _("Grade"),
    "mark": _("Mark"),
    "attempted": _("Credits attempted"),
    "earned": _("Credits earned"),
    "college_hours": _("College hours"),
    "college_unit": _("Quarter or semester hours"),
    "row_id": _("The system's number of the row"),
}
HISTORY_HINTS = {
    "HISTORY_STUDENT_UNKNOWN": _("Bring the roster, then this file again. Rows of students who have left stay out."),
    "HISTORY_MARK_UNKNOWN": _("Add the mark to the district's setting “marks”, then bring the file again."),
    "HISTORY_RELIED_ON": _("Open the student's course history: the registrar enters the change or sets it aside."),
    "HISTORY_CORRECTED_HERE": _("Open the student's course history: the registrar enters the change or sets it aside."),
    "HISTORY_SCHOOL_UNKNOWN": _("Give the school its state code, or write 9999 for a school outside the district."),
    "HISTORY_COURSE_UNKNOWN": _("Add the course to the catalog if it is taught here."),
    "HISTORY_ZEROS_LOST": _("Export the file again, and do not save it from a spreadsheet."),
    "HISTORY_OTHER_DISTRICT": _("Choose the file of this district."),
}
SCORE_HINTS = {
    "SCORE_STUDENT_UNKNOWN": _("Bring the roster first. A program's own number does not say who the student is."),
    "SCORE_DATE": _("Write days as 2026-05-14 or 5/14/2026, the same way in the whole column."),
    "SCORE_DAY_OF_YEAR": _("Add a column with the day of the test where the day matters."),
    "SCORE_TWICE": _("Leave the row that is right in the file, and bring it again."),
    "SCORE_LEVEL": _("Write the level as the program does, such as 5 or Intermediate Mid."),
    "SCORE_TEST_UNKNOWN": _("Where it is a known test, add this name for it to the district's setting “instruments”."),
}


def _awarded(district: District) -> list[int]:
    """Standards that credit was given for."""
    requests = LedgerEntry.objects.filter(district=district).values("request")
    return list(RequestStandard.objects.filter(request__in=requests).values_list("standard", flat=True))


# A framework is whole or not there at all.
belongs(Standard, "framework")
belongs(StandardEdge, "framework")
belongs(StandardWord, "framework")
never_undo(Standard, _awarded)
# What a course gives goes with the course.
for said in (CourseTerms, CourseRequirement, CourseSchool, CourseDesignation):
    belongs(said, "course")
register_file("D", course_catalog)
register_import(
    Adapter(
        kind=KIND,
        label=_("Standards (CASE package, workbook or table)"),
        hint=_(
            "A framework as a .json file, an OpenSALT workbook (.xlsx), a table of items (.csv), the Common Core's own "
            ".xml, or a zip or gzip of one. Nothing outside the file is opened."
        ),
        accept=".json,.zip,.gz,.xlsx,.csv,.xml",
        run=import_case,
        kinds={
            "frameworks": _("Frameworks"),
            "standards": _("Standards"),
            "associations": _("Links between standards"),
        },
        told=(
            Told("crediting.Framework", _("Frameworks"), {"title": _("Title"), "version": _("Version")}),
            Told(
                "crediting.Standard",
                _("Standards"),
                {"code": _("Code"), "statement": _("Statement"), "parent": _("Under"), "status": _("State")},
                ("status", StandardStatus.WITHDRAWN.value),
            ),
        ),
    )
)
register_import(
    Adapter(
        kind=catalog_csv.KIND,
        label=_("Course catalog (CSV)"),
        hint=_("A row for each course and school. It adds and changes courses and takes none away."),
        accept=".csv,.txt,.zip",
        run=catalog_csv.import_catalog,
        kinds={catalog_csv.COURSES: _("Courses")},
        columns=catalog_csv.FIELDS,
        told=(
            Told("profiles.Course", _("Courses"), {"title": _("Title"), "is_active": _("In use")}),
            Told(
                "crediting.CourseTerms",
                _("What courses give"),
                {
                    "credits": _("Credits"),
                    "subject": _("Subject area"),
                    "state_course_code": _("State course code"),
                    "is_cadr": _("Counts for college entrance"),
                },
            ),
        ),
        hints={
            "CATALOG_SCHOOL": _("Write the school's code as the page Schools shows it."),
            "CATALOG_ROWS_DIFFER": _("Only the school may differ between rows of one course."),
            "CATALOG_INCOMPLETE": _("Fill in the cell, or add the course on the page Courses."),
        },
    )
)
undo_with(LedgerEntry, take_back)
register_import(
    Adapter(
        kind=history.KIND,
        label=_("Course history"),
        hint=_(
            "CEDARS file H, PowerSchool StoredGrades, a Skyward or Campus export, or a CSV with our column names. "
            "It is complete for each student in it; nobody has compared these layouts with a real file yet."
        ),
        accept=".txt,.csv,.tsv,.zip",
        run=history.import_history,
        kinds={history.ROWS: _("Rows of course history")},
        run_with_progress=history.import_history,
        columns=[Column(name, HISTORY_COLUMNS[name]) for name in history.NAMES],
        reads=history.knows,
        hints=HISTORY_HINTS,
    )
)
register_import(
    Adapter(
        kind=scores.KIND,
        label=_("Test results (CSV)"),
        hint=_(
            "A row for each student, test and day, or a file of the state assessments, SAT, ACT, AP, IB, Cambridge, "
            "ASVAB, GED or a language test. Nobody has compared these programs' layouts with a real file yet."
        ),
        accept=".csv,.txt,.zip",
        run=scores.import_scores,
        kinds={scores.SCORES: _("Test results")},
        columns=scores.FIELDS,
        reads=scores.knows,
        hints=SCORE_HINTS,
    )
)

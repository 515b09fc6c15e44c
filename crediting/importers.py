"""The formats of crediting that the Imports page and the console know."""

from django.utils.translation import gettext_lazy as _

from crediting.actions.import_standards import KIND, import_case
from crediting.interchange import catalog_csv
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
from mbl.core.imports.undo import belongs, never_undo
from mbl.core.models import District
from profiles.interchange.cedars import register_file


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
            "A framework as a .json file, an OpenSALT workbook (.xlsx), a table of items (.csv), or a zip or gzip of "
            "one. Nothing outside the file is opened."
        ),
        accept=".json,.zip,.gz,.xlsx,.csv",
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

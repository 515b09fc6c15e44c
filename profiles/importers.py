"""The formats of rosters that the Imports page and the console know."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mbl.core.imports import Adapter, register_import
from mbl.core.imports.undo import belongs, refers
from profiles.interchange import student_facts
from profiles.interchange.oneroster import KIND, SDS_KIND, import_oneroster
from profiles.models import (
    AcademicSession,
    Course,
    ExternalId,
    Person,
    ProgramParticipation,
    RaceEthnicity,
    Relationship,
    RosterRole,
    School,
    SchoolEnrollment,
    Section,
    SectionEnrollment,
    SectionTeacher,
)

refers(
    ExternalId,
    kind_column="object_kind",
    id_column="object_id",
    kinds={
        "course": Course,
        "person": Person,
        "program": ProgramParticipation,
        "relationship": Relationship,
        "rosterrole": RosterRole,
        "school": School,
        "section": Section,
        "sectionenrollment": SectionEnrollment,
        "sectionteacher": SectionTeacher,
        "session": AcademicSession,
    },
)
belongs(SchoolEnrollment, "student")
belongs(RosterRole, "person")
belongs(ProgramParticipation, "student")
belongs(RaceEthnicity, "student")
_ROSTER_KINDS: dict[str, str | Promise] = {
    "orgs": _("Schools and other places"),
    "academicSessions": _("Terms and school years"),
    "users": _("People"),
    "roles": _("Roles that the roster names"),
    "demographics": _("Demographics"),
    "courses": _("Courses"),
    "classes": _("Sections"),
    "enrollments": _("Enrollments in sections"),
    "guardians": _("Family links, not verified"),
}
register_import(
    Adapter(
        kind=KIND,
        label=_("Roster (OneRoster 1.1 or 1.2 CSV)"),
        hint=_(
            "The zip that your student information system exports, with manifest.csv: the first time complete (bulk), "
            "later also changes alone (delta)."
        ),
        accept=".zip",
        run=import_oneroster,
        kinds=_ROSTER_KINDS,
        run_with_progress=import_oneroster,
    )
)
register_import(
    Adapter(
        kind=SDS_KIND,
        label=_("Roster (Microsoft School Data Sync CSV)"),
        hint=_("A zip of the School Data Sync files, version 2 or 2.1: all of them, each time."),
        accept=".zip",
        run=import_oneroster,
        kinds={**_ROSTER_KINDS, "programs": _("Programs (flags)")},
        run_with_progress=import_oneroster,
    )
)
register_import(
    Adapter(
        kind=student_facts.KIND,
        label=_("Grades and state student IDs (CSV)"),
        hint=_("One CSV with the columns local_id or sourcedId, and grade, ssid or graduation_year."),
        accept=".csv",
        run=student_facts.import_student_facts,
        kinds={student_facts.STUDENTS: _("Students")},
    )
)

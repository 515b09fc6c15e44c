"""The formats of rosters that the Imports page and the console know."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mbl.core.imports import Adapter, Reading, register_import
from mbl.core.imports.differences import Told
from mbl.core.imports.undo import belongs, refers
from profiles.interchange import cedars, student_facts
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
ACTIVE = ("is_active", "false")
NAMES = {
    "given_name": _("Given name"),
    "middle_name": _("Middle name"),
    "family_name": _("Family name"),
    "email": _("E-mail"),
    "phone": _("Telephone"),
    "birth_date": _("Birth date"),
    "is_active": _("Active"),
}
FACTS = {
    "school": _("School"),
    "grade": _("Grade"),
    "local_id": _("Student number"),
    "ssid": _("State student ID"),
    "graduation_year": _("Graduation year"),
    "is_active": _("Active"),
}
SEAT = {"starts_on": _("First day"), "ends_on": _("Last day")}

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
_ROSTER_TOLD = (
    Told("profiles.School", _("Schools"), {"name": _("Name"), "state_code": _("State code")}, ACTIVE),
    Told("profiles.Person", _("People"), NAMES, ACTIVE),
    Told("profiles.Student", _("Students"), FACTS, ACTIVE),
    Told("profiles.Course", _("Courses"), {"code": _("Code"), "title": _("Title")}, ACTIVE),
    Told("profiles.Section", _("Sections"), {"title": _("Title"), "code": _("Code")}, ACTIVE),
    Told("profiles.SectionEnrollment", _("Seats in sections"), SEAT),
    Told("profiles.SectionTeacher", _("Teachers of sections"), SEAT),
    Told("profiles.RoleAssignment", _("Roles of teachers"), {"ends_on": _("Last day")}),
    Told("profiles.Relationship", _("Family links, not verified"), {"ends_on": _("Last day")}),
)
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
        told=_ROSTER_TOLD,
        run_with_progress=import_oneroster,
        readings=(
            Reading(
                "complete", _("As complete; as version 1.1 where manifest.csv is missing"), {"full_snapshot": True}
            ),
            Reading(
                "complete-1.2",
                _("As complete; as version 1.2 where manifest.csv is missing"),
                {"full_snapshot": True, "edition": "1.2"},
            ),
        ),
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
        told=_ROSTER_TOLD,
    )
)
register_import(
    Adapter(
        kind=cedars.KIND,
        label=_("State files (CEDARS B, C, D, I, J, K, L, M)"),
        hint=_(
            "One file or a zip of them, as your system makes them for the state. These layouts were not yet compared "
            "with a file that a system really wrote: look at the check closely."
        ),
        accept=".zip,.txt,.csv",
        run=cedars.import_cedars,
        kinds={
            "students": _("Students"),
            "enrollments": _("Enrollments at schools"),
            "courses": _("Courses"),
            "programs": _("Programs"),
            "ethnicity": _("Ethnicity"),
            "race": _("Race"),
        },
        told=(
            Told("profiles.Person", _("People"), NAMES, ACTIVE),
            Told("profiles.Student", _("Students"), FACTS, ACTIVE),
            Told("profiles.SchoolEnrollment", _("Enrollments at schools"), SEAT),
        ),
        run_with_progress=cedars.import_cedars,
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
        told=(Told("profiles.Student", _("Students"), FACTS),),
        columns=student_facts.FIELDS,
    )
)

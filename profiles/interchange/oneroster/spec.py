"""OneRoster 1.1 CSV as it is written down: files, columns, words. Sources: the OneRoster 1.1 CSV specification."""

from __future__ import annotations

from mbl.core.imports.tables import Columns

# In the order in which they refer to each other.
KINDS = ("orgs", "academicSessions", "users", "demographics", "courses", "classes", "enrollments")
# Other files of the format, which hold nothing that we keep.
OTHER_KINDS = (
    "categories",
    "classResources",
    "courseResources",
    "lineItems",
    "resources",
    "results",
)
GUARDIANS = "guardians"

# Names that older editions and well-known exports use, in small letters.
_RENAMED = {
    "grade": "grades",
    "userid": "userIds",
    "schoolyearid": "schoolYearSourcedId",
    "agents": "agentSourcedIds",
    "datalastmodified": "dateLastModified",
}
_HEAD = ("status", "dateLastModified")

COLUMNS = {
    "orgs": Columns(("sourcedId", "name", "type"), ("identifier", "parentSourcedId", *_HEAD), _RENAMED),
    "academicSessions": Columns(
        ("sourcedId", "title", "type", "startDate", "endDate"), ("parentSourcedId", "schoolYear", *_HEAD), _RENAMED
    ),
    # No column ``password``: it is dropped here, where the file is read.
    "users": Columns(
        ("sourcedId", "enabledUser", "orgSourcedIds", "role", "username", "givenName", "familyName"),
        ("userIds", "middleName", "identifier", "email", "sms", "phone", "agentSourcedIds", "grades", *_HEAD),
        _RENAMED,
    ),
    "demographics": Columns(
        ("sourcedId",),
        (
            "birthDate",
            "sex",
            "americanIndianOrAlaskaNative",
            "asian",
            "blackOrAfricanAmerican",
            "nativeHawaiianOrOtherPacificIslander",
            "white",
            "demographicRaceTwoOrMoreRaces",
            "hispanicOrLatinoEthnicity",
            *_HEAD,
        ),
        _RENAMED | {"usersourcedid": "sourcedId"},
    ),
    "courses": Columns(
        ("sourcedId", "title", "orgSourcedId"),
        ("schoolYearSourcedId", "courseCode", "grades", "subjects", "subjectCodes", *_HEAD),
        _RENAMED,
    ),
    "classes": Columns(
        ("sourcedId", "title", "courseSourcedId", "classType", "schoolSourcedId", "termSourcedIds"),
        ("grades", "classCode", "location", "subjects", "subjectCodes", "periods", *_HEAD),
        _RENAMED,
    ),
    "enrollments": Columns(
        ("sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role"),
        ("primary", "beginDate", "endDate", *_HEAD),
        _RENAMED,
    ),
}

ORG_TYPES = {"district", "school", "local", "state", "national", "department"}
SESSION_TYPES = {"gradingperiod": "gradingPeriod", "semester": "semester", "schoolyear": "schoolYear", "term": "term"}
CLASS_TYPES = {"homeroom", "scheduled"}
STUDENT = "student"
TEACHER = "teacher"
FAMILY_ROLES = {"parent", "guardian", "relative"}
# Noted for a person to look at; a roster makes nobody an administrator.
ADMINISTRATOR = "administrator"
STAFF_ROLES = {ADMINISTRATOR, "aide", "proctor"}
USER_ROLES = {STUDENT, TEACHER} | FAMILY_ROLES | STAFF_ROLES
ENROLLMENT_ROLES = {STUDENT, TEACHER, ADMINISTRATOR, "proctor"}

SEX = {"male": "M", "female": "F", "other": "X", "unspecified": ""}
# The flag's code in ``RaceEthnicity.race_codes``: the federal summary letter, since a flag knows no more.
RACE_FLAGS = {
    "americanIndianOrAlaskaNative": "N",
    "asian": "A",
    "blackOrAfricanAmerican": "B",
    "nativeHawaiianOrOtherPacificIslander": "P",
    "white": "W",
}
HISPANIC, NOT_HISPANIC = "H", "10"

"""OneRoster 1.1 and 1.2 CSV as they are written down: files, columns, words. Sources: the CSV specifications."""

from __future__ import annotations

from mbl.core.imports.tables import Columns
from profiles.rules.roster import SUGGESTED

# In the order in which they refer to each other.
KINDS = ("orgs", "academicSessions", "users", "roles", "demographics", "courses", "classes", "enrollments")
# A file of 1.2 alone.
ROLES = "roles"
# Programs have no file in OneRoster; School Data Sync has flags.
PROGRAMS = "programs"
# Sign-in names of other systems, with passwords: its header is looked at, its rows never.
PROFILES = "userProfiles"
# Other files of the format, which hold nothing that we keep.
OTHER_KINDS = (
    "categories",
    "classResources",
    "courseResources",
    "lineItemLearningObjectiveIds",
    "lineItemScoreScales",
    "lineItems",
    "resources",
    "resultLearningObjectiveIds",
    "resultScoreScales",
    "results",
    "scoreScales",
    PROFILES,
    "userResources",
)
VERSIONS = ("1.1", "1.2")
GUARDIANS = "guardians"

# Names that older editions and well-known exports use, in small letters.
_RENAMED = {
    "grade": "grades",
    "userid": "userIds",
    "schoolyearid": "schoolYearSourcedId",
    "agents": "agentSourcedIds",
    "datalastmodified": "dateLastModified",
    "prefferedgivenname": "preferredGivenName",
    "prefferedmiddlename": "preferredMiddleName",
    "prefferedfamilyname": "preferredFamilyName",
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
    "roles": Columns(
        ("sourcedId", "userSourcedId", "roleType", "role", "orgSourcedId"),
        ("beginDate", "endDate", "userProfileSourcedId", *_HEAD),
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

# 1.2 moves the role into a file of its own and adds how people want to be called.
USERS_1_2 = Columns(
    ("sourcedId", "enabledUser", "username", "givenName", "familyName"),
    (
        "orgSourcedIds", "role", "userIds", "middleName", "identifier", "email", "sms", "phone", "agentSourcedIds",
        "grades", "userMasterIdentifier", "preferredGivenName", "preferredMiddleName", "preferredFamilyName",
        "primaryOrgSourcedId", "pronouns", *_HEAD,
    ),
    _RENAMED,
)  # fmt: skip


def columns_of(kind: str, version: str) -> Columns:
    """The columns of a file in that version."""
    return USERS_1_2 if kind == "users" and version == "1.2" else COLUMNS[kind]


ORG_TYPES = {"district", "school", "local", "state", "national", "department"}
SESSION_TYPES = {"gradingperiod": "gradingPeriod", "semester": "semester", "schoolyear": "schoolYear", "term": "term"}
CLASS_TYPES = {"homeroom", "scheduled"}
STUDENT = "student"
TEACHER = "teacher"
FAMILY_ROLES = {"parent", "guardian", "relative"}
ADMINISTRATOR = "administrator"
USER_ROLES = {STUDENT, TEACHER, "aide", "proctor"} | FAMILY_ROLES | SUGGESTED.keys()
ROLE_TYPES = {"primary", "secondary"}
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

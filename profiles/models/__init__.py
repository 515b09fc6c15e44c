from profiles.models.catalog import AcademicSession, Course, Section, SectionEnrollment, SectionTeacher
from profiles.models.consent import SharingConsent
from profiles.models.demographics import ProgramParticipation, RaceEthnicity
from profiles.models.enrollment import SchoolEnrollment
from profiles.models.external import ExternalId
from profiles.models.grants import DistrictGrant, SchoolGrant
from profiles.models.invitation import Invitation
from profiles.models.person import NameWord, Person, Student
from profiles.models.relationship import Relationship
from profiles.models.role import RoleAssignment, RosterRole
from profiles.models.school import School

__all__ = [
    "AcademicSession",
    "Course",
    "DistrictGrant",
    "ExternalId",
    "Invitation",
    "NameWord",
    "Person",
    "ProgramParticipation",
    "RaceEthnicity",
    "Relationship",
    "RoleAssignment",
    "RosterRole",
    "School",
    "SchoolEnrollment",
    "SchoolGrant",
    "Section",
    "SectionEnrollment",
    "SectionTeacher",
    "SharingConsent",
    "Student",
]

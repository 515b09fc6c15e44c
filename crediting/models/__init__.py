from crediting.models.assessment import Judgement
from crediting.models.course import CourseRequirement, CourseStandard, CourseTerms
from crediting.models.decision import Decision
from crediting.models.evidence import Evidence, EvidenceUse
from crediting.models.ledger import LedgerEntry
from crediting.models.policy import PolicyCourse, PolicySeries, PolicyVersion
from crediting.models.request import CreditRequest, RequestNote, RequestStandard
from crediting.models.scale import Scale, ScaleLevel
from crediting.models.standards import (
    Framework,
    FrameworkAdoption,
    FrameworkSource,
    Standard,
    StandardEdge,
    StandardHistory,
    StandardWord,
)

__all__ = [
    "CourseRequirement",
    "CourseStandard",
    "CourseTerms",
    "CreditRequest",
    "Decision",
    "Evidence",
    "EvidenceUse",
    "Framework",
    "FrameworkAdoption",
    "FrameworkSource",
    "Judgement",
    "LedgerEntry",
    "PolicyCourse",
    "PolicySeries",
    "PolicyVersion",
    "RequestNote",
    "RequestStandard",
    "Scale",
    "ScaleLevel",
    "Standard",
    "StandardEdge",
    "StandardHistory",
    "StandardWord",
]

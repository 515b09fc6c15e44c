from hsbp.models.checklist import AnnualUpdate, ChecklistRecord, PathwayDecision, RequirementDecision
from hsbp.models.experience import Experience, ExperienceKind, ExperienceStep, ExperienceTarget
from hsbp.models.family import FamilyCopy, FamilySignature, PlanComment
from hsbp.models.plan import Plan, PlanRevision
from hsbp.models.review import PlanReview

__all__ = [
    "AnnualUpdate",
    "ChecklistRecord",
    "Experience",
    "ExperienceKind",
    "ExperienceStep",
    "ExperienceTarget",
    "FamilyCopy",
    "FamilySignature",
    "PathwayDecision",
    "Plan",
    "PlanComment",
    "PlanReview",
    "PlanRevision",
    "RequirementDecision",
]

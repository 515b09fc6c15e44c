from crediting.models.aggregation import AggregationRule
from crediting.models.anchors import Anchor, CalibrationItem, CalibrationLevel, CalibrationSession
from crediting.models.appeal import Appeal
from crediting.models.assessment import ClassJudgement, ClassTask, Judgement
from crediting.models.attestation import Attestation, AttestationInvite, AttestationWithdrawal, AttestedStandard
from crediting.models.award_proposal import AwardProposal, ProposalRun
from crediting.models.award_review import AwardReview
from crediting.models.closed_day import ClosedDay
from crediting.models.common_task import CommonTask
from crediting.models.confirmed import ConfirmedFact
from crediting.models.converted import GradeConversion, GradeWindow, KeptGrade
from crediting.models.course import (
    CourseDesignation,
    CourseRequirement,
    CourseSchool,
    CourseSequence,
    CourseStandard,
    CourseTerms,
    NextHigherPair,
    SequenceStep,
)
from crediting.models.decision import Decision
from crediting.models.evidence import Evidence, EvidenceUse
from crediting.models.graduation import GraduationFramework
from crediting.models.habits import Habit, HabitAnswer, HabitMark
from crediting.models.history import AwardReceipt, HeldRow, HistorySnapshot
from crediting.models.ledger import LedgerEntry, TranscriptWish
from crediting.models.moderation import ClassWork, Reading, ReadingLevel, Settlement, Work
from crediting.models.policy import PolicyCourse, PolicySeries, PolicyVersion
from crediting.models.project import Project, ProjectPart, ProjectStandard, ProjectVersion
from crediting.models.proposal import HoursCheck, HoursEntry, Proposal, ProposalDecision, ProposalVersion
from crediting.models.replay import PolicyReplay, ReplayedRequest
from crediting.models.request import CreditRequest, RequestNote, RequestStandard
from crediting.models.scale import Scale, ScaleLevel
from crediting.models.score import ScoreRecord
from crediting.models.standards import (
    Framework,
    FrameworkAdoption,
    FrameworkSource,
    Standard,
    StandardEdge,
    StandardHistory,
    StandardWord,
)
from crediting.models.transfer import (
    ConsolidatedPart,
    TransferConfirmation,
    TransferDecision,
    TransferLine,
    TransferPosting,
    TransferTranscript,
    WaiverAnswer,
)

__all__ = [
    "AggregationRule",
    "Anchor",
    "Appeal",
    "Attestation",
    "AttestationInvite",
    "AttestationWithdrawal",
    "AttestedStandard",
    "AwardProposal",
    "AwardReceipt",
    "AwardReview",
    "CalibrationItem",
    "CalibrationLevel",
    "CalibrationSession",
    "ClassJudgement",
    "ClassTask",
    "ClassWork",
    "ClosedDay",
    "CommonTask",
    "ConfirmedFact",
    "ConsolidatedPart",
    "CourseDesignation",
    "CourseRequirement",
    "CourseSchool",
    "CourseSequence",
    "CourseStandard",
    "CourseTerms",
    "CreditRequest",
    "Decision",
    "Evidence",
    "EvidenceUse",
    "Framework",
    "FrameworkAdoption",
    "FrameworkSource",
    "GradeConversion",
    "GradeWindow",
    "GraduationFramework",
    "Habit",
    "HabitAnswer",
    "HabitMark",
    "HeldRow",
    "HistorySnapshot",
    "HoursCheck",
    "HoursEntry",
    "Judgement",
    "KeptGrade",
    "LedgerEntry",
    "NextHigherPair",
    "PolicyCourse",
    "PolicyReplay",
    "PolicySeries",
    "PolicyVersion",
    "Project",
    "ProjectPart",
    "ProjectStandard",
    "ProjectVersion",
    "Proposal",
    "ProposalDecision",
    "ProposalRun",
    "ProposalVersion",
    "Reading",
    "ReadingLevel",
    "ReplayedRequest",
    "RequestNote",
    "RequestStandard",
    "Scale",
    "ScaleLevel",
    "ScoreRecord",
    "SequenceStep",
    "Settlement",
    "Standard",
    "StandardEdge",
    "StandardHistory",
    "StandardWord",
    "TranscriptWish",
    "TransferConfirmation",
    "TransferDecision",
    "TransferLine",
    "TransferPosting",
    "TransferTranscript",
    "WaiverAnswer",
    "Work",
]

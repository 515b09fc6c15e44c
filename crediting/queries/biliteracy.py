"""What a student's mastery credit shows toward the Seal of Biliteracy, by language (T27)."""

from __future__ import annotations

from crediting.models import Decision, LedgerEntry
from crediting.rules.biliteracy import WORLD_LANGUAGES, Credit, Evidence, evidence
from crediting.states import DecisionKind, EntryKind
from mbl.core import clock
from profiles.models import Student


def seal_evidence(student: Student) -> tuple[Evidence, ...]:
    """By language, from awards that stand and count today. One trip."""
    rows = (
        LedgerEntry.objects.counting(clock.today(student.district))
        .filter(student=student, kind=EntryKind.MASTERY, subject=WORLD_LANGUAGES)
        .order_by("earned_on", "pk")
        .values_list("decision__frozen_basis__request__language", "course_title", "credits_earned")
    )
    return evidence(Credit(language or "", title, credits) for language, title, credits in rows)


def evidence_of(decision: Decision) -> Evidence | None:
    """What the student has in the language of an award; None where it is no world language award that stands."""
    if decision.kind != DecisionKind.AWARD:
        return None
    asked = decision.frozen_basis["request"]
    lines = decision.entries.counting(clock.today(decision.district)).filter(subject=WORLD_LANGUAGES)
    titles = list(lines.values_list("course_title", flat=True))
    if not titles:
        return None
    said = (asked.get("language") or titles[0]).casefold()
    return next((one for one in seal_evidence(decision.student) if one.language.casefold() == said), None)

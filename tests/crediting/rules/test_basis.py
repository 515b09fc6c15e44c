"""A frozen basis comes back as it was, also when it is older than the code that reads it."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

from crediting.rules.basis import (
    Basis,
    BasisAward,
    BasisCriterion,
    BasisEvidence,
    BasisJudgement,
    BasisLevel,
    BasisPolicy,
    BasisRequest,
    BasisResult,
    BasisRule,
    BasisStandard,
    Said,
    freeze,
    thaw,
)

AT = dt.datetime(2026, 11, 5, 18, 30, 1, 250, tzinfo=dt.UTC)
MET = Said("policy.in_force", {"policy": "2409", "version": 3, "on": "2026-11-05"}, "R7", "WAC", "It was in force.")
BASIS = Basis(
    outcome="award",
    request=BasisRequest(
        "r", "Proofs", "Sofia", "North", "GEO", "Geometry", "math", Decimal("1.000"), "LOCAL_ASSESSMENT", "portfolio",
        "either", "A plan", 2, "Sofia", dt.date(2026, 11, 5),
    ),
    policy=BasisPolicy("p", "2409", "Mastery", 3, "ab" * 32, dt.date(2026, 7, 1)),
    rule=BasisRule("M1", "2409 s 4", "Show each.", "proficient"),
    criteria=(BasisCriterion("policy.in_force", True, MET),),
    reasons=(MET,),
    arithmetic=(),
    standards=(BasisStandard("s", "g", "https://example.org", "G.1", "Prove it.", "state", "f", "Math", "2011"),),
    levels=(BasisLevel("proficient", 3, "Proficient", {"es": "Competente"}),),
    judgements=(BasisJudgement("j", "g", "proficient", 3, 2, "Clear.", "Tomas", AT, counts=True),),
    evidence=(BasisEvidence("e", "text", "Proof", "cd" * 32, AT, ("g",)),),
    results=(BasisResult("sba", dt.date(2026, 5, 4), 3, Decimal("2600.5"), None, "Tomas"),),
    two_roles=True,
    decided_by="Chris",
    decider_roles=("credit_manager",),
    evidence_used=("e", "sha256:cd"),
    award=BasisAward(Decimal("1.000"), "P", False, "GEO", "Geometry", 2027, "Fall"),
)  # fmt: skip


def test_what_was_frozen_thaws_as_it_was() -> None:
    stored = json.loads(json.dumps(freeze(BASIS)))
    assert thaw(stored) == BASIS
    assert stored["award"]["credits"] == "1.000" and stored["judgements"][0]["judged_at"] == AT.isoformat()


def test_an_older_record_without_a_field_still_reads() -> None:
    stored = freeze(BASIS)
    del stored["evidence_used"], stored["award"], stored["policy"]["board_reference"]
    stored["something_later"] = 1
    thawed = thaw(stored)
    assert thawed.policy is not None
    assert (thawed.evidence_used, thawed.award, thawed.policy.board_reference) == ((), None, "")


def test_levels_and_judgements_are_found_by_code_and_standard() -> None:
    assert BASIS.level("proficient") == BASIS.levels[0] and BASIS.level("other") is None
    assert BASIS.judgements_of("g") == BASIS.judgements and BASIS.judgements_of("h") == ()

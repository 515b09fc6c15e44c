"""Credit that a statute awards, whatever a district's policy says or leaves open (R26; RCW 28A.320.192(4)).

A duty is dated data. It needs no request and no policy in force, and nobody can refuse it; a policy may give more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from crediting.rules import tribal
from crediting.rules.engine.conditions import result_counts
from crediting.rules.facts import AssessmentResult, EarlierAward, RequestFacts
from crediting.rules.policy.conditions import ResultOn
from crediting.rules.policy.terms import PolicyTerms
from mbl.core.decisions import Reason

# The code of the reason that says so.
DUTY = "duty.must_award"


@dataclass(frozen=True)
class Duty:
    """``instruments`` maps an assessment's code to the subject in which a passing result gives at least ``least``."""

    code: str
    rule_id: str
    citation: str
    groups: frozenset[str]
    instruments: Mapping[str, str]
    least: Decimal
    first: dt.date
    last: dt.date | None = None


@dataclass(frozen=True)
class Owed:
    """One award that must be made, and the result it rests on."""

    duty: Duty
    result: AssessmentResult
    subject: str
    reason: Reason = field(compare=False)


GED = {
    "GED-MATH": "math",
    "GED-RLA": "english",
    "GED-SCIENCE": "science",
    "GED-SOCIAL-STUDIES": "social_studies",
}
TESTS = ("STAMP-4S", "STAMP-WS", "STAMP", "AAPPL", "OPI", "OPIC", "WPT", "ALTA", "SLPI", "WLPT", "ASL")
LANGUAGES = (*TESTS, tribal.CERTIFICATE.upper())

# Students in or released from an institutional education facility.
INSTITUTIONAL = Duty(
    code="institutional-education",
    rule_id="R26",
    citation="RCW 28A.320.192(4)",
    groups=frozenset({"institutional"}),
    instruments=GED | dict.fromkeys(LANGUAGES, "world_languages"),
    least=Decimal("1.0"),
    first=dt.date(2017, 7, 23),
)
DUTIES = (INSTITUTIONAL,)


def owed(
    groups: frozenset[str],
    results: tuple[AssessmentResult, ...],
    awards: tuple[EarlierAward, ...],
    on: dt.date | None,
    passes: Mapping[str, frozenset[str]] | None = None,
) -> Iterator[Owed]:
    """Every award that a statute demands of the facts and that no standing award has made yet.

    Who passes a test twice is owed one award. A requirement that it met without credit discharges nothing: the statute
    asks for credit.
    A result is passing when it says so; ``passes`` names, by instrument, results (their ids) that a policy counts.
    """
    made = {key.rpartition("@")[0] for award in awards if award.credits for key in award.evidence}
    for duty in DUTIES:
        if not duty.groups & groups:
            continue
        for result in results:
            day = on or result.taken_on
            subject = duty.instruments.get(result.instrument.upper())
            in_force = duty.first <= day and (duty.last is None or day <= duty.last)
            passed = result.met is True or result.evidence_id in (passes or {}).get(result.instrument, frozenset())
            # In a language of Tribes a test is passed when the tribal government says so (R25).
            certified = not tribal.language_of(result.language) or tribal.is_certificate(result.instrument)
            if subject and in_force and passed and certified and result.test_id not in made:
                made.add(result.test_id)
                params = {
                    "instrument": result.instrument,
                    "taken_on": result.taken_on.isoformat(),
                    "least": str(duty.least),
                    "subject": subject,
                }
                yield Owed(duty, result, subject, Reason(DUTY, params, duty.rule_id, duty.citation))


def owed_now(terms: PolicyTerms | None, facts: RequestFacts) -> Iterator[Owed]:
    """Every duty that the facts raise and nothing has discharged."""
    counted_now = counted(terms, facts.results)
    return owed(facts.student.groups, facts.results, facts.awards, facts.demonstrated_on, counted_now)


def owed_for(terms: PolicyTerms | None, facts: RequestFacts) -> Owed | None:
    """The duty that the request would discharge: one in its course's subject."""
    if not facts.student.groups:
        return None
    return next((one for one in owed_now(terms, facts) if one.subject == facts.subject), None)


def counted(terms: PolicyTerms | None, results: Iterable[AssessmentResult]) -> dict[str, frozenset[str]]:
    """Results that the policy itself takes for a pass: at or above the level or score of one of its rules."""
    found: dict[str, set[str]] = {}
    for rule in terms.rules if terms else ():
        for leaf in rule.asked(ResultOn):
            for asked in leaf.any_of:
                for result in results:
                    if result.instrument.lower() == asked.code.lower() and result_counts(result, asked):
                        found.setdefault(result.instrument, set()).add(result.evidence_id)
    return {code: frozenset(ids) for code, ids in found.items()}

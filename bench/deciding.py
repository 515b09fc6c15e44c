"""One decision of the engine beside the same policy written by hand, over cases of every kind. No database."""

from __future__ import annotations

from bench import by_hand
from bench.measuring import Measurement, interleaved
from crediting.rules.credit import decide
from crediting.rules.facts import RequestFacts
from crediting.rules.outcome import Outcome
from crediting.rules.policy import cases, loader
from crediting.rules.policy.terms import PolicyTerms

NAME = "engine.decide"
GOAL = 10.0
ROUNDS, TIMES = 30, 50

POLICY = """
schema: mbl-policy/1
series: bench
title: Credit by showing mastery
adopted: {on: 2022-07-05, by: Board of directors, reference: Bench}
effective: {from: 2022-07-05}
equity: {provision: Every way is made known to every family in a language it reads.}
other_methods: {statement: The GED., methods: [{code: GED, title: GED test}]}
approval: {roles: [credit_manager, principal], two_roles: true}
scale: {code: mastery, levels: [beginning, developing, proficient, extending]}
courses:
  - {code: ENG101, title: Freshman English, subject: english, credits: 1.0}
  - {code: ENG201, title: Sophomore English, subject: english, credits: 1.0}
  - {code: MAT101, title: Algebra, subject: math, credits: 1.0}
  - {code: SCI201, title: Chemistry 1, subject: science, credits: 0.5}
caps:
  - {code: ELA-LEVEL-2, of: {rules: [E1]}, at_most: 1.0, citation: 2402P (1)}
  - {code: ELA-ALL, of: {rules: [E1, E2]}, at_most: 2.0, citation: 2402P (1)}
rules:
  - code: E2
    method: STATE_ASSESSMENT
    courses: [ENG101, ENG201]
    purpose: recovery
    when:
      - prior_attempt: [failed, no_credit, incomplete]
      - assessment: {any_of: [{instrument: sba-ela, title: Smarter Balanced English, level: 3}]}
    credit: {up_to: 2.0}
    mark: P
    citation: 2402P (1)
  - code: E1
    method: STATE_ASSESSMENT
    courses: [ENG101, ENG201]
    purpose: recovery
    when:
      - prior_attempt: [failed, no_credit, incomplete]
      - assessment: {any_of: [{instrument: sba-ela, title: Smarter Balanced English, level: 2}]}
    credit: {up_to: 1.0}
    mark: P
    citation: 2402P (1)
  - code: G1
    method: GED
    courses: [ENG101, ENG201]
    when:
      - assessment: {any_of: [{instrument: GED-RLA, title: GED language arts}]}
    credit: {exactly: 1.0}
    reuse: never
    mark: P
    citation: 2402P (2)
  - code: M1
    method: LOCAL_ASSESSMENT
    kinds: [portfolio]
    courses: [MAT101]
    when:
      - standards: {level: proficient, at_least: 2}
      - reflection: required
    credit: {up_to: course}
    mark: P
    citation: 2403P (3)
  - code: N1
    method: NEXT_COURSE
    courses: [SCI201]
    when:
      - completed: {any_of: [{course: SCI202, grade: C}], because: The second semester rests on the first.}
    credit: {exactly: 0.5}
    mark: P
    citation: 2404P (5)
appeal: {to: the superintendent, within_days: 20}
text: The policy as adopted.
"""
EXAM = "request: {course: %s, method: STATE_ASSESSMENT, purpose: recovery, decided_by: {person: m, roles: [principal]}}"
BOTH = "record: [{course: ENG101, mark: F, ended: 2022-06-14}, {course: ENG201, mark: F, ended: 2023-06-14}]"
WORK = """request:
      course: MAT101
      method: LOCAL_ASSESSMENT
      kind: portfolio
      on: 2024-05-08
      evidence: [essay, model]
      assessed_by: [t]
      decided_by: {person: m, roles: [principal]}"""
CASES = f"""
schema: mbl-cases/1
cases:
  - case: Level 2 recovers a failed course
    record: [{{course: ENG101, mark: F, ended: 2023-06-14}}]
    results: [{{instrument: sba-ela, taken: 2024-05-08, level: 2}}]
    {EXAM % "ENG101"}
    expect: {{outcome: award, credits: 1.0, mark: P, rule: E1}}
  - case: Level 3 recovers a second one
    {BOTH}
    awards: [{{course: ENG101, rule: E2, credits: 1.0, evidence: [sba-ela@2024-05-08]}}]
    results: [{{instrument: sba-ela, taken: 2024-05-08, level: 3}}]
    {EXAM % "ENG201"}
    expect: {{outcome: award, credits: 1.0, rule: E2}}
  - case: The pool is used up
    {BOTH}
    awards: [{{course: ENG101, rule: E1, credits: 1.0, evidence: [sba-ela@2024-05-08]}}]
    results: [{{instrument: sba-ela, taken: 2024-05-08, level: 2}}]
    {EXAM % "ENG201"}
    expect: {{outcome: refused, reasons: [cap.used_up]}}
  - case: The pool leaves half a credit
    {BOTH}
    awards: [{{course: ENG101, rule: E1, credits: 0.5, evidence: [sba-ela@2023-05-08]}}]
    results: [{{instrument: sba-ela, taken: 2024-05-08, level: 2}}]
    {EXAM % "ENG201"}
    expect: {{outcome: award, credits: 0.5, reasons: [cap.cut]}}
  - case: Below the level
    record: [{{course: ENG101, mark: F, ended: 2023-06-14}}]
    results: [{{instrument: sba-ela, taken: 2024-05-08, level: 1}}]
    {EXAM % "ENG101"}
    expect: {{outcome: refused, reasons: [assessment.below]}}
  - case: Never failed
    results: [{{instrument: sba-ela, taken: 2024-05-08, level: 3}}]
    {EXAM % "ENG101"}
    expect: {{outcome: refused, reasons: [prior_attempt.none]}}
  - case: The GED gives a credit
    results: [{{instrument: GED-RLA, taken: 2024-05-08, met: true}}]
    request: {{course: ENG101, method: GED, decided_by: {{person: m, roles: [principal]}}}}
    expect: {{outcome: award, credits: 1.0, rule: G1}}
  - case: The GED has no result yet
    request: {{course: ENG101, method: GED, on: 2024-05-08, decided_by: {{person: m, roles: [principal]}}}}
    expect: not-decidable
  - case: A portfolio on two standards
    {WORK}
      reflection: true
      standards: [{{code: A.1, levels: [developing, proficient]}}, {{code: A.2, levels: [proficient]}}]
    expect: {{outcome: award, credits: 1.0, rule: M1}}
  - case: A portfolio below the level
    {WORK}
      reflection: true
      standards: [{{code: A.1, levels: [developing]}}, {{code: A.2, levels: [proficient]}}]
    expect: {{outcome: refused, reasons: [mastery.below]}}
  - case: A portfolio without a reflection
    {WORK}
      standards: [{{code: A.1, levels: [proficient]}}, {{code: A.2, levels: [extending]}}]
    expect: {{outcome: not-decidable, missing: [reflection.missing]}}
  - case: The next course was passed
    record: [{{course: SCI202, mark: C, ended: 2023-06-14, earned: 1.0}}]
    request: {{course: SCI201, method: NEXT_COURSE, decided_by: {{person: m, roles: [principal]}}}}
    expect: {{outcome: award, credits: 0.5, rule: N1}}
  - case: The next course was passed with less than a C
    record: [{{course: SCI202, mark: C-, ended: 2023-06-14, earned: 1.0}}]
    request: {{course: SCI201, method: NEXT_COURSE, decided_by: {{person: m, roles: [principal]}}}}
    expect: {{outcome: refused, reasons: [completed.grade_below]}}
  - case: A course that is not on the list
    request: {{course: ART110, method: NEXT_COURSE, on: 2024-05-08}}
    expect: {{outcome: refused, reasons: [course.not_eligible]}}
"""


def measure() -> Measurement:
    terms, asked = prepared()
    for facts in asked:
        _agree(decide(terms, facts), by_hand.decide(facts))

    def ours() -> None:
        for facts in asked * TIMES:
            decide(terms, facts)

    def reference() -> None:
        for facts in asked * TIMES:
            by_hand.decide(facts)

    engine, plain = interleaved(ours, reference, rounds=ROUNDS)
    each = 1000 / (len(asked) * TIMES)
    return Measurement(NAME, ours=engine * each, reference=plain * each, unit="µs", goal=GOAL)


def prepared() -> tuple[PolicyTerms, list[RequestFacts]]:
    """The policy, read once, and the facts of every case."""
    read, listed = loader.parse(POLICY), cases.parse(CASES)
    if isinstance(read, list):
        raise RuntimeError(f"The policy has faults: {read[0]}")
    asked = []
    for case in listed:
        if not isinstance(case, cases.Case):
            raise RuntimeError(f"The cases have faults: {case}")
        asked.append(cases.facts_of(read.terms, case, case.requests[0], ()))
    return read.terms, asked


def _agree(ours: Outcome, plain: by_hand.Answer) -> None:
    """Both say the same, criterion by criterion: only then is one a reference for the other."""
    lines = [(one.code, one.met, one.reason.code, one.reason.rule_id, one.reason.citation) for one in ours.criteria]
    said = (ours.kind, ours.credits, ours.mark, ours.course_code, ours.rule_code, lines, [r.code for r in ours.reasons])
    by = (plain.outcome, plain.credits, plain.mark, plain.course, plain.rule, plain.lines, plain.reasons)
    if said != by:
        raise RuntimeError(f"The engine says {said}, the function {by}.")

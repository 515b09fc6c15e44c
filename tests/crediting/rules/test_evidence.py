"""What a link may be, what is missing before a request can be sent, and when it is assessed: tables."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from crediting.rules.evidence import Piece, Submission, host_of, is_assessed, link_problem, missing
from crediting.rules.policy.terms import Amount, CreditRule, Mark
from crediting.states import EvidenceKind, Method
from tests.crediting.rules.facts import rule


def way(**fields: Any) -> CreditRule:
    facts: dict[str, Any] = {
        "code": "M1",
        "method": Method.LOCAL_ASSESSMENT,
        "courses": frozenset({"GEO"}),
        "citation": "2409 s 4",
        "required_level": "proficient",
        "amount": Amount(exactly=Decimal(1)),
        "mark": Mark("P"),
    }
    return rule(**facts | fields)


def sent(**fields: Any) -> Submission:
    facts: dict[str, Any] = {
        "kind": "portfolio",
        "pieces": (Piece("Proof", EvidenceKind.TEXT),),
        "standards": 1,
        "has_assessor": True,
    }
    return Submission(**facts | fields)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://example.org/work?id=1", None),
        ("http://example.org", None),
        ("HTTPS://EXAMPLE.ORG/", None),
        ("https://пример.рф/путь", None),
        ("javascript:alert(1)", "evidence.link_not_web"),
        ("JaVaScRiPt:alert(1)", "evidence.link_not_web"),
        ("data:text/html,x", "evidence.link_not_web"),
        ("ftp://example.org/", "evidence.link_not_web"),
        ("//example.org/", "evidence.link_not_web"),
        ("example.org", "evidence.link_not_web"),
        ("https://", "evidence.link_without_host"),
        ("https://localhost/x", "evidence.link_without_host"),
        ("https://me@example.org/", "evidence.link_with_password"),
        ("https://me:pw@example.org/", "evidence.link_with_password"),
        ("https://example.org/a b", "evidence.link_with_spaces"),
        ("https://example.org/\njavascript:", "evidence.link_with_spaces"),
        ("https://[::1", "evidence.link_unreadable"),
        ("https://example.org:port/", "evidence.link_unreadable"),
        ("https://example.org/" + "a" * 500, "evidence.link_too_long"),
    ],
)
def test_only_a_plain_web_address_is_a_link(url: str, problem: str | None) -> None:
    found = link_problem(url)
    assert (found.code if found else None) == problem


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.example.org/a", "example.org"),
        ("https://EXAMPLE.org:8080/", "example.org"),
        ("https://пример.рф/", "xn--e1afmkfd.xn--p1ai"),
        ("https://раypal.com/", "xn--ypal-43d9g.com"),
    ],
)
def test_a_site_is_named_as_browsers_resolve_it(url: str, host: str) -> None:
    assert host_of(url) == host


PHOTO = Piece("Mural", EvidenceKind.PHOTO, described=False)
REFLECTED = Piece("Proof", EvidenceKind.TEXT, reflected=True)
TEST = way(code="M2", method=Method.STATE_ASSESSMENT, required_level="", instruments={"sba": 3})


@pytest.mark.parametrize(
    ("ways", "submission", "codes"),
    [
        ([way()], sent(), []),
        ([], sent(), ["request.way_closed"]),
        ([way(kinds=frozenset({"test"}))], sent(), ["request.way_closed"]),
        ([way(min_standards=3)], sent(standards=2), ["request.standards_missing"]),
        ([way()], sent(standards=0), ["request.standards_missing"]),
        ([way()], sent(pieces=()), ["request.evidence_missing"]),
        ([way()], sent(pieces=(PHOTO,)), ["request.photo_undescribed"]),
        ([way(reflection_required=True)], sent(), ["request.reflection_missing"]),
        ([way(reflection_required=True)], sent(pieces=(PHOTO, REFLECTED)), ["request.photo_undescribed"]),
        ([way()], sent(has_assessor=False), ["request.assessor_missing"]),
        ([TEST], sent(kind="", pieces=()), ["request.result_missing"]),
        ([TEST], sent(kind="", pieces=(), has_result=True), []),
        (
            [way(min_standards=2, reflection_required=True)],
            sent(standards=0, pieces=(), has_assessor=False),
            [
                "request.standards_missing",
                "request.evidence_missing",
                "request.reflection_missing",
                "request.assessor_missing",
            ],
        ),
    ],
)
def test_everything_that_is_missing_is_named_at_once(
    ways: list[CreditRule], submission: Submission, codes: list[str]
) -> None:
    assert [reason.code for reason in missing(submission, ways)] == codes


@pytest.mark.rule("R13", partial=True)
def test_only_what_every_fitting_way_asks_for_is_asked_for() -> None:
    strict, mild = way(min_standards=5, reflection_required=True), way(code="M3")
    assert missing(sent(), [strict, mild]) == ()
    assert [reason.code for reason in missing(sent(), [strict])] == [
        "request.standards_missing",
        "request.reflection_missing",
    ]


BOTH = way(code="M4", instruments={"sba": 3})


@pytest.mark.parametrize(
    ("ways", "all_judged", "confirmed", "assessed"),
    [
        ([way()], True, False, True),
        ([way()], False, True, False),
        ([TEST], False, True, True),
        ([TEST], True, False, False),
        ([BOTH], True, False, False),
        ([BOTH], True, True, True),
        ([way(), TEST], False, True, True),
        ([], True, True, False),
    ],
)
def test_a_request_is_assessed_when_some_way_asks_for_nothing_more(
    ways: list[CreditRule], all_judged: bool, confirmed: bool, assessed: bool
) -> None:
    assert is_assessed(ways, "portfolio", all_judged=all_judged, confirmed=confirmed) is assessed

"""What a link may be, and what must be there before a request can be sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from crediting.rules.policy.conditions import StudentWrites, Written
from crediting.rules.policy.terms import CreditRule
from crediting.states import EvidenceKind
from mbl.core.decisions import Reason

LINK_SCHEMES = frozenset({"http", "https"})
MAX_LINK = 500


def link_problem(url: str) -> Reason | None:
    """Why ``url`` cannot be evidence: only a plain web address can, so that nobody's click runs a script."""
    if len(url) > MAX_LINK:
        return Reason("evidence.link_too_long", {"most": MAX_LINK})
    if any(character.isspace() or ord(character) < 32 for character in url):
        return Reason("evidence.link_with_spaces")
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return Reason("evidence.link_unreadable")
    if parts.scheme.lower() not in LINK_SCHEMES:
        return Reason("evidence.link_not_web")
    if not host or "." not in host.strip("."):
        return Reason("evidence.link_without_host")
    if parts.username is not None or parts.password is not None:
        return Reason("evidence.link_with_password")
    return None


def host_of(url: str) -> str:
    """The site a link leads to as browsers resolve it: lower case, foreign letters as ``xn--``."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        return host.encode("idna").decode("ascii").removeprefix("www.")
    except UnicodeError:
        return host.encode("ascii", "backslashreplace").decode("ascii")


@dataclass(frozen=True)
class Piece:
    """One piece of evidence of a request. ``described``: a photo has its words for people who cannot see it."""

    title: str
    kind: EvidenceKind
    described: bool = True
    reflected: bool = False


@dataclass(frozen=True)
class Submission:
    """A request as it would be sent."""

    kind: str
    pieces: tuple[Piece, ...]
    standards: int
    has_assessor: bool
    has_result: bool = False
    self_evaluated: bool = False
    # Choices that the policy leaves to the student and that are still open: ``credits``, ``mark``, ``language``.
    unchosen: tuple[str, ...] = ()


def missing(submission: Submission, ways: Sequence[CreditRule]) -> tuple[Reason, ...]:
    """What the student still has to add. Empty: it can be sent.

    ``ways`` are the rules open for the course and method. Only what every one of them asks for is asked for (R13):
    which of them applies is found when it is decided.
    """
    fitting = of_kind(ways, submission.kind)
    if not fitting:
        return (Reason("request.way_closed", rule_id="R12", citation="WAC 180-51-051(3)(b)"),)
    found = []
    least = min(way.min_standards for way in fitting)
    if submission.standards < least:
        found.append(
            Reason(
                "request.standards_missing",
                {"least": least, "chosen": submission.standards},
                "R11",
                "WAC 180-51-051(2)",
            )
        )
    if all(way.needs_result for way in fitting) and not submission.has_result:
        found.append(Reason("request.result_missing", citation="WAC 180-51-051(4)(a)"))
    if all(way.needs_judging for way in fitting) and not submission.pieces:
        found.append(Reason("request.evidence_missing", citation="WAC 180-51-051(4)(b)"))
    found += [
        Reason("request.photo_undescribed", {"title": piece.title})
        for piece in submission.pieces
        if piece.kind == EvidenceKind.PHOTO and not piece.described
    ]
    if all(way.reflection_required for way in fitting) and not any(piece.reflected for piece in submission.pieces):
        found.append(Reason("request.reflection_missing"))
    judges_self = StudentWrites(Written.SELF_EVALUATION)
    if all(judges_self in way.demands(StudentWrites) for way in fitting) and not submission.self_evaluated:
        found.append(Reason("request.self_evaluation_missing"))
    found += [Reason(f"request.{choice}_not_chosen") for choice in submission.unchosen]
    if not submission.has_assessor:
        found.append(Reason("request.assessor_missing"))
    return tuple(found)


def of_kind(ways: Sequence[CreditRule], kind: str) -> list[CreditRule]:
    """The ways that are open for the kind of assessment the student chose."""
    return [way for way in ways if not way.kinds or kind in way.kinds]


def is_assessed(ways: Sequence[CreditRule], kind: str, *, all_judged: bool, confirmed: bool) -> bool:
    """Whether nothing more has to be looked at before somebody decides: judgements, a confirmed result, or both, as the
    ways ask."""
    return any(
        (all_judged or not way.needs_judging) and (confirmed or not way.needs_result) for way in of_kind(ways, kind)
    )

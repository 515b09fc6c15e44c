"""How crediting's values print: ``{% load crediting %}``."""

from decimal import Decimal

from django import template
from django.utils.safestring import SafeString

from crediting.models import CreditRequest, Decision, LedgerEntry
from crediting.queries.history import source_word
from crediting.rules.evidence import host_of
from crediting.rules.numbers import credits_text
from crediting.rules.plain import plain_text
from crediting.states import (
    AppealState,
    DecisionKind,
    EvidenceKind,
    EvidenceState,
    ProjectState,
    ProposalState,
    Recognition,
    RequestState,
)
from crediting.words import Said, kind_word, method_word, said, sentence, skills_words
from crediting.words import subject_word as word_of_subject
from crediting.words import witness_word as word_of_witness
from mbl.core.decisions import Reason
from mbl.core.templatetags.ui import status_badge
from mbl.core.words import state_tone, state_word

register = template.Library()


@register.filter
def credits(value: Decimal) -> str:
    """``1.0``, ``0.5``, ``0.333``."""
    return credits_text(value)


@register.filter(name="said")
def said_filter(reason: Reason) -> tuple[Said, ...]:
    """The sentence of a reason with its parts below it, for a nested list."""
    return (said(reason),)


@register.filter
def skills(levels: dict[str, str]) -> str:
    """``reading: Novice High, writing: Novice Mid``."""
    return ", ".join(skills_words(levels))


@register.filter
def year_span(school_year: int) -> str:
    """``2026-27`` for 2027."""
    return f"{school_year - 1}-{school_year % 100:02d}"


@register.filter
def plain_grade(grade: str) -> str:
    """``9`` for ``09``."""
    return grade.lstrip("0")


@register.filter
def row_source(entry: LedgerEntry) -> str:
    """Who said that this row is so."""
    return source_word(entry)


@register.filter
def subject_word(value: str) -> str:
    return word_of_subject(value)


@register.filter
def way_word(request: CreditRequest) -> str:
    """How the student chose to show it."""
    return kind_word(request.subtype) if request.subtype else method_word(request.method)


@register.filter
def method_and_kind(method: str, kind: str) -> str:
    return kind_word(kind) if kind else method_word(method)


@register.filter
def witness_word(role: str) -> str:
    """Who attested, in a word."""
    return word_of_witness(role)


@register.filter
def reason(value: Reason) -> str:
    return sentence(value)


@register.filter
def host(url: str) -> str:
    """The site a link leads to."""
    return host_of(url)


@register.filter
def evidence_kind(value: str) -> str:
    return state_word(EvidenceKind(value))


@register.filter
def recognition_word(value: str) -> str:
    """What became of another school's credit."""
    return state_word(Recognition(value))


@register.simple_tag
def request_badge(request: CreditRequest) -> SafeString:
    """The state of a request in its one word."""
    state = RequestState(request.state)
    return status_badge(state_word(state), tone=state_tone(state), icon=_ICONS.get(state, ""))


@register.simple_tag
def evidence_badge(state: str) -> SafeString:
    known = EvidenceState(state)
    return status_badge(state_word(known), tone=state_tone(known))


@register.simple_tag
def decision_badge(decision: Decision) -> SafeString:
    kind = DecisionKind(decision.kind)
    return status_badge(state_word(kind), tone=state_tone(kind), icon=decision_icon(kind))


def decision_icon(kind: DecisionKind) -> str:
    """The drawing of a decision: an award, something granted without credit, or a refusal."""
    if kind == DecisionKind.AWARD:
        return "award"
    return "circle-x" if kind == DecisionKind.REFUSED else "circle-check"


@register.simple_tag
def proposal_badge(state: str) -> SafeString:
    known = ProposalState(state)
    return status_badge(state_word(known), tone=state_tone(known))


@register.simple_tag
def project_badge(state: str) -> SafeString:
    """How a project stands in one class."""
    known = ProjectState(state)
    return status_badge(state_word(known), tone=state_tone(known))


@register.simple_tag
def appeal_badge(state: str) -> SafeString:
    known = AppealState(state)
    return status_badge(state_word(known), tone=state_tone(known))


_ICONS = {
    RequestState.SUBMITTED: "send",
    RequestState.RETURNED: "arrow-back-up",
    RequestState.ASSESSED: "clipboard-check",
    RequestState.AWARDED: "award",
    RequestState.GRANTED: "circle-check",
    RequestState.REVERSED: "arrow-back-up",
}


@register.filter
def plain(text: str) -> str:
    """A publisher's HTML, MathML or Markdown as plain text, which the template still escapes."""
    return plain_text(text) if text else ""

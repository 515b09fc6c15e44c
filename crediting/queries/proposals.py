"""Proposals as their pages show them, and what they mean for the requests that rest on them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crediting.models import (
    CreditRequest,
    HoursCheck,
    HoursEntry,
    Proposal,
    ProposalDecision,
    ProposalVersion,
)
from crediting.queries.ledger import place_on_record
from crediting.rules import proposals as rules
from crediting.rules.facts import Approved
from crediting.rules.procedures import ProposalTerms
from crediting.states import PROPOSAL_FIELDS, ProposalKind, ProposalState, RequestState
from crediting.words import proposal_field_word
from mbl.core import clock
from mbl.core.decisions import Reason
from mbl.core.ui.parts import ThreadEntry
from mbl.core.words import says_something
from profiles.models import Student

# --- What requests rest on --------------------------------------------------------------------------------------------


def approvals(requests: Collection[int]) -> dict[int, tuple[Approved, ...]]:
    """The decisions on proposals that stand, by the primary keys of the requests resting on them, in one trip."""
    links = Proposal.requests.through.objects.filter(creditrequest__in=set(requests)).values_list(
        "proposal_id", "creditrequest_id"
    )
    wanted: defaultdict[int, list[int]] = defaultdict(list)
    for proposal, request in links:
        wanted[proposal].append(request)
    found: defaultdict[int, list[Approved]] = defaultdict(list)
    if wanted:
        for decision in _standing_decisions(wanted):
            version = decision.version
            for request in wanted[version.proposal_id]:
                found[request].append(
                    Approved(
                        what=version.proposal.kind,
                        on=decision.decided_on,
                        role=decision.role,
                        starts_on=version.starts_on,
                        ends_on=version.ends_on,
                        is_refusal=not decision.approved,
                    )
                )
    return {request: tuple(found[request]) for request in requests}


def _standing_decisions(proposals: Collection[int]) -> QuerySet[ProposalDecision]:
    """Decisions that none replaced, oldest first. One that an appeal reopened counts until it is decided anew."""
    return (
        ProposalDecision.objects.filter(version__proposal__in=proposals, replaced_by=None)
        .select_related("version__proposal")
        .order_by("pk")
    )


# --- Pages ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Element:
    """One of the ten elements as it reads: its letter in the rule, its name, the student's words."""

    letter: str
    word: str
    text: str


@dataclass(frozen=True)
class Hours:
    """What was written down and checked, and what it gives under the policy."""

    entries: tuple[HoursEntry, ...]
    checks: tuple[HoursCheck, ...]
    logged: Decimal
    checked: Decimal
    gives: Reason | None

    @property
    def unchecked(self) -> Decimal:
        return self.logged - self.checked


@dataclass(frozen=True)
class ProposalPage:
    """One proposal: the version that matters now, those before it, what was decided, what rests on it.

    ``decision`` is the newest on that version; while an appeal has reopened it, it does not stand.
    """

    proposal: Proposal
    version: ProposalVersion
    versions: tuple[ProposalVersion, ...]
    elements: tuple[Element, ...]
    decision: ProposalDecision | None
    approved: ProposalVersion | None
    requests: tuple[CreditRequest, ...]
    could_link: tuple[CreditRequest, ...]
    hours: Hours | None
    story: tuple[ThreadEntry, ...]
    missing: tuple[Reason, ...]


def missing_in(version: ProposalVersion) -> tuple[Reason, ...]:
    """What has to be written before it can be sent."""
    written = [name for name in (*PROPOSAL_FIELDS, "employer") if says_something(getattr(version, name))]
    kind = ProposalKind(version.proposal.kind)
    return rules.missing(written, kind=kind, starts_on=version.starts_on, ends_on=version.ends_on)


def proposal_page(proposal: Proposal, *, own: bool, terms: ProposalTerms | None) -> ProposalPage:
    """Everything on the page, in a fixed number of trips. Drafts are shown to their student alone."""
    rows = proposal.versions.select_related("proposal").prefetch_related(
        Prefetch(
            "decisions",
            ProposalDecision.objects.select_related("decided_by_person", "appeal__answered_by_person").order_by("pk"),
        )
    )
    versions = [one for one in rows.order_by("-number") if own or one.sent_at is not None]
    version = versions[0]
    decisions = list(version.decisions.all())
    approved = next((one for one in versions if one.state == ProposalState.APPROVED), None)
    linked = list(proposal.requests.select_related("course", "student").order_by("pk"))
    return ProposalPage(
        proposal=proposal,
        version=version,
        versions=tuple(versions),
        elements=elements(version),
        decision=decisions[-1] if decisions else None,
        approved=approved,
        requests=tuple(linked),
        could_link=tuple(_could_link(proposal, linked)) if own else (),
        hours=hours_of(proposal, terms) if approved else None,
        story=_story(versions),
        missing=missing_in(version) if own and version.state == ProposalState.DRAFT else (),
    )


def elements(version: ProposalVersion) -> tuple[Element, ...]:
    return tuple(
        Element(letter, proposal_field_word(name), getattr(version, name))
        for letter, name in zip("abcdefghij", PROPOSAL_FIELDS, strict=True)
    )


def _could_link(proposal: Proposal, linked: Sequence[CreditRequest]) -> QuerySet[CreditRequest]:
    """The student's open requests that do not rest on it yet."""
    open_ones = (RequestState.DRAFT, RequestState.RETURNED, RequestState.SUBMITTED, RequestState.ASSESSED)
    return (
        CreditRequest.objects.filter(student=proposal.student_id, state__in=open_ones)
        .exclude(pk__in=[one.pk for one in linked])
        .select_related("course")
        .order_by("-created_at", "-pk")
    )


def hours_of(proposal: Proposal, terms: ProposalTerms | None) -> Hours:
    entries = tuple(proposal.hours.order_by("-day", "-pk"))
    checks = tuple(proposal.hours_checks.select_related("checked_by").order_by("through", "pk"))
    checked = sum((one.hours for one in checks), Decimal(0))
    work = terms.work if terms and proposal.kind == ProposalKind.PAID_WORK else None
    return Hours(
        entries,
        checks,
        logged=sum((one.hours for one in entries), Decimal(0)),
        checked=checked,
        gives=rules.credits_for(checked, work)[1] if work else None,
    )


def term_on(proposal: Proposal, day: dt.date) -> str:
    """The term in which hours of ``day`` stand, as the record prints it."""
    return place_on_record(proposal.district, day).term


def _story(versions: Sequence[ProposalVersion]) -> tuple[ThreadEntry, ...]:
    entries: list[tuple[dt.datetime, ThreadEntry]] = []
    for version in reversed(versions):
        if version.sent_at is not None:
            word = _("Sent") if version.number == 1 else _("Amendment %(number)s sent") % {"number": version.number}
            entries.append((version.sent_at, ThreadEntry(word, version.sent_at, icon="send", tone="info")))
        for decision in version.decisions.all():
            said = _("%(person)s approved it") if decision.approved else _("%(person)s did not approve it")
            entry = ThreadEntry(
                actor=said % {"person": decision.decided_by_person},
                at=decision.decided_at,
                text=decision.reason,
                icon="circle-check" if decision.approved else "circle-x",
                tone="ok" if decision.approved else "attention",
                voice=True,
            )
            entries.append((decision.decided_at, entry))
    return tuple(entry for _at, entry in sorted(entries, key=lambda row: row[0]))


# --- Lists ------------------------------------------------------------------------------------------------------------


def with_newest(proposals: QuerySet[Proposal], *, drafts: bool) -> QuerySet[Proposal]:
    """Each proposal with the state, name and days of its newest version (``newest_*``)."""
    newest = ProposalVersion.objects.filter(proposal=OuterRef("pk")).order_by("-number")
    if not drafts:
        newest = newest.filter(sent_at__isnull=False)
    return proposals.annotate(
        newest_state=Subquery(newest.values("state")[:1]),
        newest_program=Subquery(newest.values("program")[:1]),
        newest_starts_on=Subquery(newest.values("starts_on")[:1]),
        newest_ends_on=Subquery(newest.values("ends_on")[:1]),
    ).order_by("-created_at", "-pk")


def proposals_of(student: Student, *, drafts: bool) -> QuerySet[Proposal]:
    """A student's proposals, newest first; without ``drafts`` only what was sent."""
    found = Proposal.objects.filter(student=student)
    if not drafts:
        found = found.filter(versions__sent_at__isnull=False).distinct()
    return with_newest(found, drafts=drafts)


def waiting_versions(proposals: QuerySet[Proposal]) -> QuerySet[ProposalVersion]:
    """Versions that wait for a decision, those that begin first on top: after that day it is too late (R16)."""
    return (
        ProposalVersion.objects.filter(proposal__in=proposals.order_by().values("pk"), state=ProposalState.SENT)
        .select_related("proposal__student__person", "proposal__school", "proposal__district")
        .order_by("starts_on", "sent_at", "pk")
    )


def days_left(version: ProposalVersion) -> int:
    """Whole days until the experience begins; 0 or less is too late."""
    assert version.starts_on is not None
    return (version.starts_on - clock.today(version.proposal.district)).days


def days_left_words(days: int) -> str:
    if days <= 0:
        return _("too late")
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}

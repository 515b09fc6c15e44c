"""Look each day at awards that rest on something which has to go on (``keeps_while``), and answer what was found.

Nothing is taken back by itself: whoever may reverse the award reads what no longer holds, and reverses it or keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from crediting import access, notices
from crediting.actions.awards import lock_students
from crediting.models import AwardReview, CreditRequest, Decision, LedgerEntry, PolicyVersion
from crediting.queries import policy
from crediting.queries.facts import award_of, gather
from crediting.rules.credit import review
from crediting.rules.outcome import Outcome, OutcomeKind
from crediting.rules.policy.conditions import NOTHING_ASKED
from crediting.rules.policy.terms import IfBroken, PolicyTerms
from crediting.states import AWARD_REVIEW, AwardReviewState, DecisionKind, EntryKind, PolicyState
from crediting.verbs.decisions import AwardKept, AwardToReview
from crediting.words import sentence
from mbl.core import audit, clock
from mbl.core.errors import DomainError
from mbl.core.jobs import enqueue
from mbl.core.models import District, Job, User
from mbl.core.words import says_something, visible

LOOK = "crediting.review_awards"
AT_ONCE = 200


def review_later(district: District) -> Job:
    """Look through the district's awards as a job; asked twice, it is one look."""
    return enqueue(
        LOOK,
        owner=None,
        district=district,
        label=_("Awards whose ground may have gone: %(place)s") % {"place": district},
        params={},
        dedupe_key=f"{LOOK}:{district.pk}",
    )


def review_awards(district: District, *, step: Callable[[int, int], None] | None = None) -> int:
    """List every award that no longer rests on what its rule asks to go on; how many are new.

    What holds again is settled. An award that somebody kept is listed again only when other reasons are found.
    """
    found = 0
    for version in PolicyVersion.objects.filter(series__district=district, state=PolicyState.PUBLISHED):
        terms = policy.terms_of(version)
        codes = [
            rule.code for rule in terms.rules if rule.keeps_while != NOTHING_ASKED and rule.if_broken != IfBroken.STANDS
        ]
        if not codes:
            continue
        standing = LedgerEntry.objects.effective().filter(decision=OuterRef("pk"), kind=EntryKind.MASTERY)
        decisions = Decision.objects.filter(
            Exists(standing),
            policy_version=version,
            rule_code__in=codes,
            kind=DecisionKind.AWARD,
            request__isnull=False,
        )
        wanted = list(decisions.order_by("pk").values_list("pk", flat=True))
        for first in range(0, len(wanted), AT_ONCE):
            with transaction.atomic():
                found += _look(terms, wanted[first : first + AT_ONCE])
            if step:
                step(min(first + AT_ONCE, len(wanted)), len(wanted))
    return found


def _look(terms: PolicyTerms, decisions: list[int]) -> int:
    lock_students(Decision.objects.filter(pk__in=decisions).values_list("student_id", flat=True))
    known: dict[int, list[AwardReview]] = {}
    for row in AwardReview.objects.filter(decision__in=decisions).order_by("pk"):
        known.setdefault(row.decision_id, []).append(row)
    new = 0
    for decision, outcome in _weighed(terms, decisions):
        rows = known.get(decision.pk, [])
        open_one = next((row for row in rows if row.state == AwardReviewState.OPEN), None)
        if outcome.is_award:
            if open_one is not None:
                _close(open_one, "settle", "", None)
            continue
        broken = [one.reason for one in outcome.criteria if not one.met and one.code != "review"]
        # Where it is only looked at again, nothing fails: the engine tells beside what broke.
        beside = outcome.notes if outcome.kind == OutcomeKind.NOT_DECIDABLE else ()
        reasons = [one.as_json() for one in (*broken, *beside) or outcome.reasons]
        if open_one is not None or any(row.state == AwardReviewState.KEPT and row.reasons == reasons for row in rows):
            continue
        _list(decision, outcome, reasons)
        new += 1
    return new


def _weighed(terms: PolicyTerms, decisions: list[int]) -> Iterator[tuple[Decision, Outcome]]:
    """Each decision with what its rule says of it today."""
    requests = {
        request.pk: request
        for request in CreditRequest.objects.filter(decisions__in=decisions).select_related(
            "district", "student__person__user", "student__district", "school", "course__terms", "scale"
        )
    }
    for request in requests.values():
        # As of today: what had to go on is looked at now, and not on the day of the showing. Never saved.
        request.demonstrated_on = clock.today(request.district)
    if not requests:
        return
    today = clock.today(next(iter(requests.values())).district)
    gathered = gather(requests.values(), today=today)
    lines = LedgerEntry.objects.effective().filter(decision__in=decisions, kind=EntryKind.MASTERY)
    for line in lines.select_related("decision__district", "decision__student", "course").order_by("pk"):
        asked = requests.get(line.request_id or 0)
        if asked is None or line.decision is None:
            continue
        line.decision.request = asked
        facts, course = gathered[asked.pk].facts, line.course.code if line.course else None
        facts = replace(facts, awards=(*facts.awards, award_of(line, course)))
        yield line.decision, review(terms, facts)


def _list(decision: Decision, outcome: Outcome, reasons: list[dict[str, object]]) -> None:
    request = decision.request
    assert request is not None
    row = AwardReview.objects.create(
        district=decision.district,
        school=request.school,
        student=decision.student,
        decision=decision,
        reasons=reasons,
        revokes=outcome.kind == OutcomeKind.REFUSED,
        found_at=clock.now(),
    )
    told = AwardToReview(reason=" ".join(sentence(one) for one in outcome.reasons))
    audit.record(told, actor=None, district=row.district, target=decision, student=row.student)
    notices.tell_to_review(row, course=request.course.title)


@transaction.atomic
def keep_award(row: AwardReview, *, reason: str, actor: User) -> AwardReview:
    """Leave the award as it is, with a reason. A second call answers the first one."""
    access.get_award_review(actor, row.public_id)
    lock_students([row.student_id])
    row = AwardReview.objects.select_for_update(of=["self"]).select_related("district", "decision").get(pk=row.pk)
    if row.state == AwardReviewState.KEPT:
        return row
    if row.state != AwardReviewState.OPEN:
        raise DomainError(_("This is answered already. Open the page again to see how."))
    if not says_something(reason):
        raise DomainError(_("Say why the credit stays."), field="reason")
    _close(row, "keep", visible(reason), actor)
    told = AwardKept(reason=row.answer)
    audit.record(told, actor=actor, district=row.district, target=row.decision, student=row.student)
    return row


def _close(row: AwardReview, move: str, answer: str, actor: User | None) -> None:
    row.state, row.answer, row.closed_by, row.closed_at = (
        AWARD_REVIEW.moved(move, row.state),
        answer,
        actor,
        clock.now(),
    )
    row.save(update_fields=["state", "answer", "closed_by", "closed_at"])

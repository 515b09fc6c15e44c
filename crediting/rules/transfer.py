"""What a line of another school's transcript is worth here, with every step, its reason and its citation (R27, EC23).

The other school's line is never changed. What is proposed is converted exactly, rounded once as the policy says, and
fitted into what its course has open; a person decides within it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from crediting.rules.credits import precise, printed, to_step
from crediting.rules.facts import AttemptOutcome
from crediting.rules.ledger import outcome_of
from crediting.rules.numbers import credits_text
from crediting.rules.transfer_terms import NO_POLICY, Confirm, Others, Steps, TransferTerms
from crediting.states import GivenUnit, Recognition, Sending, SubjectArea
from mbl.core.decisions import Criterion, Param, Reason

RECOGNITION = "WAC 180-51-050(6)"
A_CREDIT = "WAC 180-51-050(1)"
COLLEGE_HOURS = "WAC 180-51-050(2)"
PARTIAL_CREDIT = "RCW 28A.320.192"
COUNTS_ALIKE = "WAC 180-51-210(1)(d)"
ONE_CREDIT_ONCE = "WAC 180-51-050(1)"
NOTHING = Fraction(0)
# No line of a transcript is more than this; what is, is a mistake in typing.
MOST_CREDITS = Decimal(10)
# Schools whose credit a protected student brings and nobody may turn away.
_SCHOOLS = frozenset({Sending.WASHINGTON_PUBLIC, Sending.ACCREDITED})
_UNFINISHED = frozenset({AttemptOutcome.WITHDRAWN, AttemptOutcome.INCOMPLETE, AttemptOutcome.IN_PROGRESS})


@dataclass(frozen=True)
class GivenLine:
    """A line as the other school wrote it. ``attended`` of ``of_days`` tells how much of an unfinished term it was."""

    sending: Sending
    unit: GivenUnit
    attempted: Decimal
    earned: Decimal
    mark: str
    is_mastery: bool = False
    attended: Decimal | None = None
    of_days: Decimal | None = None


@dataclass(frozen=True)
class Target:
    """What it would count for: a course of ours, or a subject alone. ``standing`` is credit already earned in it."""

    subject: str
    course_code: str = ""
    worth: Decimal | None = None
    standing: Decimal = Decimal(0)

    @property
    def room(self) -> Decimal | None:
        return None if self.worth is None else max(self.worth - self.standing, Decimal(0))


@dataclass(frozen=True)
class Proposed:
    """What the rules say. ``kind`` is None where they leave it to the judgment of who decides, or cannot tell.

    ``exact`` is what the line converts to, ``most`` that in three places, ``credits`` what fits into the course.
    """

    kind: Recognition | None
    exact: Fraction
    most: Decimal
    credits: Decimal
    attempted: Decimal
    mark: str
    criteria: tuple[Criterion, ...]
    is_decidable: bool = True
    must_accept: bool = False

    @property
    def is_attempt_only(self) -> bool:
        """The other school gave no credit: the line is kept as an attempt (T7)."""
        return self.is_decidable and not self.exact

    def most_as(self, kind: Recognition) -> Decimal:
        """The most that a kind of recognition can give."""
        if kind == Recognition.REFUSED:
            return Decimal("0.000")
        return self.most if kind == Recognition.ELECTIVE else self.credits


def propose(
    terms: TransferTerms | None,
    given: GivenLine,
    target: Target,
    *,
    others_taken: Decimal = Decimal(0),
    is_protected: bool = False,
) -> Proposed:
    """What the line is worth. ``others_taken``: credits already recognized from schools that the policy does not name;
    ``is_protected``: RCW 28A.320.192 speaks of the student."""
    found = [_policy(terms, is_protected)]
    said = terms or NO_POLICY
    accept = is_protected and given.sending in _SCHOOLS
    attempted = _converted(said, given, given.attempted)
    if not found[0].met or attempted is None:
        if attempted is None:
            found.append(_no("transfer.unit", "transfer.no_unit", "R10", RECOGNITION, unit=given.unit))
        return Proposed(None, NOTHING, printed(NOTHING), printed(NOTHING), printed(NOTHING), given.mark, tuple(found),
                        is_decidable=False)  # fmt: skip
    found.append(_school(said, given, accept))
    if given.is_mastery:
        found.append(_yes("transfer.mastery", "transfer.mastery", "R34", COUNTS_ALIKE))
    exact, more = _amount(said, given, exactly=is_protected)
    found += more
    is_other = not accept and given.sending not in said.recognized
    kind: Recognition | None = Recognition.WHOLE
    if is_other:
        kind = {Others.JUDGED: None, Others.ELECTIVE: Recognition.ELECTIVE, Others.REFUSED: Recognition.REFUSED}[
            said.others
        ]
        exact, more = _under_cap(said, exact, others_taken)
        found += more
        if more and not exact:
            kind = Recognition.REFUSED
    if accept:
        found.append(_yes("transfer.must_accept", "transfer.must_accept", "R27", PARTIAL_CREDIT))
    most = printed(exact)
    credits, fitting = _fitted(most, target)
    found.append(fitting)
    if kind == Recognition.WHOLE:
        kind = _kind(given, exact, most, credits, target)
    mark = said.others_mark if is_other and said.others_mark and exact else given.mark
    if exact and not given.earned:
        mark = ""  # the mark of an unfinished course gives no credit: somebody chooses one that does
    return Proposed(
        kind=kind,
        exact=exact,
        most=most,
        credits=Decimal("0.000") if kind == Recognition.REFUSED else most if kind == Recognition.ELECTIVE else credits,
        attempted=printed(attempted),
        mark=mark,
        criteria=tuple(found),
        must_accept=accept and bool(credits),
    )


# --- Its steps --------------------------------------------------------------------------------------------------------


def _policy(terms: TransferTerms | None, is_protected: bool) -> Criterion:
    if terms is not None:
        return _yes("transfer.policy", "transfer.policy", "R33", RECOGNITION)
    if is_protected:
        return _yes("transfer.policy", "transfer.statute_alone", "R27", PARTIAL_CREDIT)
    return _no("transfer.policy", "transfer.no_policy", "R33", RECOGNITION)


def _school(terms: TransferTerms, given: GivenLine, accept: bool) -> Criterion:
    if given.sending in terms.recognized:
        return _yes("transfer.school", "transfer.school_recognized", "R33", RECOGNITION, sending=given.sending)
    if accept:
        return _yes("transfer.school", "transfer.school_accepted", "R27", PARTIAL_CREDIT, sending=given.sending)
    return _no("transfer.school", f"transfer.others_{terms.others}", "R33", RECOGNITION, sending=given.sending)


def _converted(terms: TransferTerms, given: GivenLine, amount: Decimal) -> Fraction | None:
    worth = terms.worth_of(given.unit)
    return None if worth is None else Fraction(amount) * worth


def _amount(terms: TransferTerms, given: GivenLine, *, exactly: bool) -> tuple[Fraction, list[Criterion]]:
    """What was earned, or the share of an unfinished term, in our credits. ``exactly``: no step takes anything away."""
    worth = terms.worth_of(given.unit)
    assert worth is not None  # ``propose`` has seen to it
    if not given.earned:
        return _share(terms, given, worth, exactly=exactly)
    exact = Fraction(given.earned) * worth
    rounded = exact if exactly or terms.steps is None else to_step(exact, terms.steps.step, terms.steps.rounding)
    params = _arithmetic(given, given.earned, worth, exact) | {"credits": credits_text(printed(rounded))}
    citation = {GivenUnit.CREDIT: A_CREDIT}.get(given.unit, RECOGNITION)
    if given.unit in {GivenUnit.COLLEGE_QUARTER, GivenUnit.COLLEGE_SEMESTER}:
        citation = COLLEGE_HOURS
    found = [_yes("transfer.converted", "transfer.converted", "R10", citation, **params)]
    if rounded != exact and terms.steps is not None:
        found.append(_stepped(terms.steps, exact, rounded))
    return rounded, found


def _share(
    terms: TransferTerms, given: GivenLine, worth: Fraction, *, exactly: bool
) -> tuple[Fraction, list[Criterion]]:
    """Credit for the part of a term that the student was there, where the course was not finished."""
    unfinished = outcome_of(given.mark, Decimal(0)) in _UNFINISHED
    if not (given.attended and given.of_days and unfinished):
        return NOTHING, [_yes("transfer.attempt", "transfer.attempt_only", "T7", RECOGNITION, mark=given.mark or "–")]
    if terms.partial is None and not exactly:
        return NOTHING, [_no("transfer.partial", "transfer.no_partial", "R27", RECOGNITION)]
    days = min(Fraction(given.attended) / Fraction(given.of_days), Fraction(1))
    exact = Fraction(given.attempted) * worth * days
    steps = None if exactly else terms.partial
    rounded = exact if steps is None else to_step(exact, steps.step, steps.rounding)
    params = _arithmetic(given, given.attempted, worth, exact) | {
        "attended": _number(given.attended),
        "of_days": _number(given.of_days),
        "credits": credits_text(printed(rounded)),
    }
    citation = PARTIAL_CREDIT if exactly else RECOGNITION
    found = [_yes("transfer.partial", "transfer.partial", "R27", citation, **params)]
    if steps is not None and rounded != exact:
        found.append(_stepped(steps, exact, rounded))
    return rounded, found


def _arithmetic(given: GivenLine, amount: Decimal, worth: Fraction, exact: Fraction) -> dict[str, Param]:
    return {
        "given": _number(amount),
        "unit": str(given.unit),
        "worth": _fraction(worth),
        "exact": credits_text(printed(exact)),
    }


def _stepped(steps: Steps, exact: Fraction, rounded: Fraction) -> Criterion:
    return _yes(
        "transfer.rounded",
        f"transfer.rounded_{steps.rounding}",
        "R10",
        RECOGNITION,
        before=credits_text(printed(exact)),
        step=_number(steps.step),
        credits=credits_text(printed(rounded)),
    )


def _under_cap(terms: TransferTerms, exact: Fraction, taken: Decimal) -> tuple[Fraction, list[Criterion]]:
    """What the policy's limit for schools that it does not name leaves."""
    if terms.others_at_most is None or not exact:
        return exact, []
    room = max(Fraction(terms.others_at_most) - Fraction(taken), NOTHING)
    params: dict[str, Param] = {
        "most": credits_text(terms.others_at_most),
        "taken": credits_text(taken),
        "left": credits_text(printed(room)),
    }
    if not room:
        return NOTHING, [_no("transfer.cap", "transfer.cap_used", "R22", RECOGNITION, **params)]
    return min(exact, room), [_yes("transfer.cap", "transfer.cap_left", "R22", RECOGNITION, **params)]


def _fitted(most: Decimal, target: Target) -> tuple[Decimal, Criterion]:
    """No credit twice, and none beyond what the course is worth (R29)."""
    room = target.room
    if room is None:
        code = "transfer.elective" if target.subject == SubjectArea.ELECTIVE else "transfer.subject"
        return most, _yes("transfer.course", code, "R34", RECOGNITION, subject=target.subject)
    params: dict[str, Param] = {
        "course": target.course_code,
        "worth": credits_text(target.worth or Decimal(0)),
        "standing": credits_text(target.standing),
        "left": credits_text(room),
    }
    if most and not room:
        return Decimal("0.000"), _no("transfer.course", "transfer.already_earned", "R29", ONE_CREDIT_ONCE, **params)
    if most > room:
        return room, _yes("transfer.course", "transfer.cut", "R29", ONE_CREDIT_ONCE, **params)
    return most, _yes("transfer.course", "transfer.fits", "R29", ONE_CREDIT_ONCE, **params)


def _kind(given: GivenLine, exact: Fraction, most: Decimal, credits: Decimal, target: Target) -> Recognition:
    if most and not credits:
        return Recognition.REFUSED
    if credits < most or (exact and not given.earned):
        return Recognition.PARTIAL
    if exact and target.subject == SubjectArea.ELECTIVE and not target.course_code:
        return Recognition.ELECTIVE
    return Recognition.WHOLE


def _yes(code: str, reason: str, rule: str, citation: str, **params: Param) -> Criterion:
    return Criterion(code, True, Reason(reason, params, rule, citation))


def _no(code: str, reason: str, rule: str, citation: str, **params: Param) -> Criterion:
    return Criterion(code, False, Reason(reason, params, rule, citation))


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _fraction(value: Fraction) -> str:
    """A factor as people write it: ``0.5``, else ``1/3``."""
    decimal = precise(value)
    return _number(decimal) if Fraction(decimal) == value else f"{value.numerator}/{value.denominator}"


# --- What a person may decide within it -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """What somebody decides: how it is recognized, and how much. ``credits`` counts for a partial one only."""

    kind: Recognition
    credits: Decimal = Decimal(0)

    def given(self, proposed: Proposed) -> Decimal:
        """The credits that the choice gives."""
        return self.credits if self.kind == Recognition.PARTIAL else proposed.most_as(self.kind)


def problems(choice: Choice, proposed: Proposed) -> Iterator[Reason]:
    """Why the choice cannot be made; nothing where it can."""
    if not proposed.is_decidable:
        yield next(one.reason for one in proposed.criteria if not one.met)
        return
    if choice.kind == Recognition.PARTIAL and choice.credits > proposed.credits:
        most = credits_text(proposed.credits)
        yield Reason("transfer.too_much", {"most": most, "credits": credits_text(choice.credits)}, "R27", RECOGNITION)
    elif choice.kind == Recognition.PARTIAL and choice.credits <= 0:
        yield Reason("transfer.nothing_given", {}, "R27", RECOGNITION)
    elif proposed.exact and choice.kind != Recognition.REFUSED and not choice.given(proposed):
        yield Reason("transfer.nothing_left", {}, "R29", ONE_CREDIT_ONCE)
    if proposed.must_accept and choice.given(proposed) < proposed.credits:
        yield Reason("transfer.cannot_lower", {"most": credits_text(proposed.credits)}, "R27", PARTIAL_CREDIT)


def is_lower(choice: Choice, proposed: Proposed) -> bool:
    """Whether less is recognized than the other school gave: what a second person looks at."""
    if choice.kind == Recognition.REFUSED:
        return True
    return choice.kind == Recognition.ELECTIVE or choice.given(proposed) < proposed.most


def needs_second(terms: TransferTerms | None, choice: Choice, proposed: Proposed) -> bool:
    """Whether somebody else has to confirm it."""
    if terms is None or not terms.confirmed_by:
        return False
    return terms.confirm == Confirm.EVERY or is_lower(choice, proposed)


# --- Parts of one course ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """Credit recognized for a part of a course; ``exact`` is what its line converts to."""

    credits: Decimal
    exact: Fraction

    @property
    def value(self) -> Fraction:
        """What counts in a sum: thirds and fifths stay what they are unless somebody decided another amount."""
        return self.exact if printed(self.exact) == self.credits else Fraction(self.credits)


@dataclass(frozen=True)
class Days:
    """How much of a term somebody attended."""

    attended: Decimal
    of_days: Decimal

    def of(self, credits: Decimal) -> Fraction:
        """What was completed of a course left unfinished: its credits by the share of the term's days (R27)."""
        return Fraction(credits) * min(Fraction(self.attended) / Fraction(self.of_days), Fraction(1))


def consolidated(parts: Iterable[Part], worth: Decimal | None) -> Decimal:
    """The sum of the parts, rounded once, never more than the course is worth (RCW 28A.320.192(3))."""
    whole = printed(sum((part.value for part in parts), NOTHING))
    return whole if worth is None else min(whole, worth)


def marks_of(parts: Sequence[str]) -> tuple[str, ...]:
    """The marks that one line for several parts may carry: those that were given, each once."""
    return tuple(dict.fromkeys(mark for mark in parts if mark))

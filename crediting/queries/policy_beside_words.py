"""What a rule says beside what it asks and gives, in sentences for the public page: fees, repeats, exceptions (R8)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from crediting.rules.policy.conditions import plain_value
from crediting.rules.policy.terms import CreditRule, Gives, OldLine, PolicyTerms, Reuse
from crediting.words import Said, any_of, in_words
from crediting.words.parameters import plain_code
from mbl.core.words import state_word
from profiles.states import Role


def beside(rule: CreditRule, terms: PolicyTerms) -> tuple[Said, ...]:
    """One sentence for each thing that the rule says, in the order of the file's description."""
    return tuple(map(Said, (*_of_credit(rule), *_of_people(rule), *_of_fee(rule), *_of_time(rule, terms))))


def _of_credit(rule: CreditRule) -> Iterable[str]:
    if rule.gives == Gives.CREDIT and rule.requirement:
        yield _("With the credit this requirement is met: %(requirement)s.") % in_words(
            {"requirement": rule.requirement}
        )
    codes = {code for course, code in rule.course_codes.items() if code != course}
    if codes:
        yield _("The transcript shows it as: %(codes)s.") % {"codes": any_of(sorted(codes))}
    if rule.repeats is not None and rule.repeats.grade:
        yield _("It may be earned again after a grade of %(grade)s or better.") % {"grade": rule.repeats.grade}
    if rule.reuse == Reuse.NEVER:
        yield _("A result that earned credit in one course earns none in another.")
    if rule.reuse == Reuse.ANYWHERE:
        yield _("A result that earned credit in one course may earn it in another, too.")
    if rule.old_line == OldLine.OUT_OF_GPA:
        yield _("The mark of the earlier attempt no longer counts in the grade point average. Its line stays.")
    if rule.amount.factor is None and rule.amount.round_to is not None:
        yield _("Credit is rounded to steps of %(step)s.") % {"step": plain_value(rule.amount.round_to)}


def _of_people(rule: CreditRule) -> Iterable[str]:
    if rule.approval is not None:
        who = {"roles": _roles(rule.approval.roles)}
        yield _("Here this decides: %(roles)s.") % who
        if not rule.approval.two_roles:
            yield _("Here the teacher who assessed the work may decide.")
    if rule.discretion is not None:
        who = {"roles": _roles(rule.discretion.roles)}
        yield _("With a reason, %(roles)s may let pass what is not met in some of this.") % who
    if rule.visible_to:
        yield _("What the work holds is seen only by: %(roles)s.") % {"roles": _roles(rule.visible_to)}


def _of_fee(rule: CreditRule) -> Iterable[str]:
    if rule.fee is None:
        return
    if rule.fee.free_for:
        groups = ", ".join(sorted(plain_code(group) for group in rule.fee.free_for))
        yield _("Free for students in one of these situations: %(groups)s.") % {"groups": groups}
    if rule.fee.is_first:
        yield _("It is paid before anything is decided.")


def _of_time(rule: CreditRule, terms: PolicyTerms) -> Iterable[str]:
    for code, text in (
        (rule.marks.choose_by, _("You choose the mark by: %(deadline)s.")),
        (rule.decide_by, _("The decision is due by: %(deadline)s.")),
    ):
        if term := terms.deadlines.get(code):
            yield text % {"deadline": term.title or plain_code(code)}
    if rule.source:
        yield _("It comes from: %(source)s.") % {"source": rule.source}


def _roles(roles: Iterable[str]) -> str:
    return any_of(state_word(Role(role)).lower() if role in set(Role) else plain_code(role) for role in sorted(roles))

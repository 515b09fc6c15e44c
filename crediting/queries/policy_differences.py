"""What is different between two versions of a policy, in the words of the policy page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from crediting.models import PolicyVersion
from crediting.queries.policy_text import PolicyText, way_text
from crediting.rules.policy.terms import CreditRule
from crediting.states import PolicyState
from crediting.words import Said, level_word
from mbl.core.ui.parts import Change, ChangeKind


@dataclass(frozen=True)
class Difference:
    """One part or rule that is not the same. ``before`` and ``now`` hold its lines; lines of both are left out."""

    heading: str
    word: str
    before: tuple[Change, ...]
    now: tuple[Change, ...]


def differences(old: PolicyText, new: PolicyText) -> list[Difference]:
    """Parts in the order of the page, then rules: changed and added as the new version has them, then removed ones."""
    return [*_parts(old, new), *_rules(old, new), *_order(old, new)]


def _parts(old: PolicyText, new: PolicyText) -> Iterator[Difference]:
    for (heading, before), (_heading, now) in zip(_lines(old), _lines(new), strict=True):
        if before != now:
            yield _changed(heading, before, now)


def _lines(text: PolicyText) -> list[tuple[str, list[str]]]:
    """Each part of the policy as lines, always in the same order."""
    terms = text.terms
    return [
        (_("Title and dates"), _some([terms.title, text.days, text.adopted, text.classes])),
        (_("Courses"), [f"{course.title} ({course.code})" for course in text.courses]),
        (_("Who decides"), [text.decided_by, *(f"{school}: {said}" for school, said in text.school_exceptions)]),
        (_("Levels"), [level_word(level) for level in terms.levels]),
        (_("What every rule asks"), _flat(text.every_rule)),
        (_("Limits"), _flat(text.limits)),
        (_("Calendar"), _flat(text.calendar)),
        (_("Deadlines"), _flat(text.deadlines)),
        (_("School days"), _flat(text.school_days)),
        (_("Learning away from school"), _flat(text.proposals)),
        (_("Second readings"), _flat(text.moderation)),
        (_("Appeal"), _some([text.appeal])),
        (_("Credit of other schools"), _flat(text.transfer)),
        (_("Sources of the rules"), _flat(text.sources)),
        (
            _("Schools that offer less"),
            [f"{school}: {line}" for school, sentences in text.narrowed for line in _flat(sentences)],
        ),
        (
            _("Other ways"),
            [*_some([text.other_ways]), *(f"{one.title}: {one.description}" for one in terms.methods.values())],
        ),
        (_("Cultural responsiveness and equity"), _some([terms.equity_provision, text.review])),
        (_("The policy as adopted"), _some([terms.text])),
    ]


def _rules(old: PolicyText, new: PolicyText) -> Iterator[Difference]:
    before = {rule.code: (_name(old, rule), _rule(old, rule)) for rule in old.terms.rules}
    now = {rule.code: (_name(new, rule), _rule(new, rule)) for rule in new.terms.rules}
    for code, (name, lines) in now.items():
        if code not in before:
            yield Difference(name, _("Added"), (), _as(ChangeKind.ADDED, lines))
        elif before[code][1] != lines:
            yield _changed(name, before[code][1], lines)
    for code, (name, lines) in before.items():
        if code not in now:
            yield Difference(name, _("Removed"), _as(ChangeKind.REMOVED, lines), ())


def _order(old: PolicyText, new: PolicyText) -> Iterator[Difference]:
    """Of rules that give the same, the first decides."""
    before = {rule.code: _name(old, rule) for rule in old.terms.rules}
    now = {rule.code: _name(new, rule) for rule in new.terms.rules}
    stood, stand = [code for code in before if code in now], [code for code in now if code in before]
    if stood != stand:
        yield Difference(
            _("Order of the rules"),
            _("Changed"),
            _as(ChangeKind.REMOVED, (before[code] for code in stood)),
            _as(ChangeKind.ADDED, (now[code] for code in stand)),
        )


def _name(text: PolicyText, rule: CreditRule) -> str:
    return _("Rule %(code)s: %(title)s") % {"code": rule.code, "title": way_text(text.terms, rule).title}


def _rule(text: PolicyText, rule: CreditRule) -> list[str]:
    """A rule line by line: for which courses, what it asks, what it gives."""
    way = way_text(text.terms, rule)
    titles = [course.title for course in text.courses if course.code in rule.courses]
    courses = _("For: %(courses)s") % {"courses": ", ".join(titles)}
    sentences = _flat((*way.asks, *way.gives, *way.mark))
    return _some([way.title, way.kinds, courses, way.purpose, *sentences, way.text, way.citation])


def _flat(sentences: Sequence[Said], depth: int = 0) -> list[str]:
    """Nested sentences as lines; a dash for each step down."""
    found: list[str] = []
    for one in sentences:
        found += ["– " * depth + one.text, *_flat(one.parts, depth + 1)]
    return found


def _some(lines: Iterable[str]) -> list[str]:
    return [line for line in lines if line]


def _changed(heading: str, before: list[str], now: list[str]) -> Difference:
    gone = [line for line in before if line not in now]
    new = [line for line in now if line not in before]
    if not gone and not new:
        # The same lines in another order.
        gone, new = before, now
    return Difference(heading, _("Changed"), _as(ChangeKind.REMOVED, gone), _as(ChangeKind.ADDED, new))


def _as(kind: ChangeKind, lines: Iterable[str]) -> tuple[Change, ...]:
    return tuple(Change(line, kind) for line in lines)


def version_before(version: PolicyVersion) -> PolicyVersion | None:
    """The published version of the same policy that came before."""
    earlier = version.series.versions.filter(number__lt=version.number, state=PolicyState.PUBLISHED)
    return earlier.select_related("series__district").order_by("-number").first()

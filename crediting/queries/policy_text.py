"""A policy version in plain words: for the public page (R8), for the administrator's, one text."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from crediting.models import PolicyVersion
from crediting.queries import policy_dates_words as dates
from crediting.queries import policy_words as words
from crediting.queries.policy import terms_of
from crediting.queries.policy_beside_words import beside
from crediting.queries.transfer_words import transfer_in_words
from crediting.rules.asks import asks
from crediting.rules.credit import METHODS
from crediting.rules.numbers import credits_text
from crediting.rules.policy.terms import Approval, CreditRule, PolicyTerms
from crediting.states import LocalAssessment
from crediting.words import Said, any_of, day, kind_word, said, subject_word
from mbl.core.words import state_word
from profiles.models import School
from profiles.states import Role


@dataclass(frozen=True)
class WayText:
    """One rule as people read it. Sentences of ``asks``, ``gives`` and ``mark`` may have parts below them."""

    code: str
    title: str
    kinds: str
    purpose: str
    asks: tuple[Said, ...]
    gives: tuple[Said, ...]
    mark: tuple[Said, ...]
    text: str
    citation: str


@dataclass(frozen=True)
class CourseText:
    """An eligible course with its ways. ``marks`` and ``most`` are for the matrix."""

    code: str
    title: str
    subject: str
    ways: tuple[WayText, ...]
    methods: frozenset[str]
    most: str
    marks: str


@dataclass(frozen=True)
class CourseGroup:
    """Courses with the same ways."""

    courses: tuple[CourseText, ...]
    ways: tuple[WayText, ...]


@dataclass(frozen=True)
class PolicyText:
    """The whole version."""

    terms: PolicyTerms
    days: str
    classes: str
    adopted: str
    courses: tuple[CourseText, ...]
    methods: tuple[tuple[str, str], ...]
    decided_by: str
    school_exceptions: tuple[tuple[str, str], ...]
    narrowed: tuple[tuple[str, tuple[Said, ...]], ...]
    every_rule: tuple[Said, ...]
    limits: tuple[Said, ...]
    calendar: tuple[Said, ...]
    deadlines: tuple[Said, ...]
    school_days: tuple[Said, ...]
    proposals: tuple[Said, ...]
    sources: tuple[Said, ...]
    appeal: str
    moderation: tuple[Said, ...]
    transfer: tuple[Said, ...]
    review: str

    @property
    def rules(self) -> tuple[WayText, ...]:
        """Every rule once, in the order of the policy."""
        return tuple(way_text(self.terms, rule) for rule in self.terms.rules)

    @property
    def other_ways(self) -> str:
        """What the district says of other ways. A plain "none" is said in a sentence."""
        said = self.terms.other_methods
        return _("The district recognizes no other way here.") if said.lower().strip(" .") == "none" else said

    @property
    def subjects(self) -> tuple[tuple[str, tuple[CourseGroup, ...]], ...]:
        """By subject area, in the order of the policy: courses that the same rules open stand together."""
        grouped: dict[str, dict[tuple[str, ...], list[CourseText]]] = {}
        for course in self.courses:
            alike = grouped.setdefault(course.subject, {})
            alike.setdefault(tuple(way.code for way in course.ways), []).append(course)
        return tuple(
            (subject, tuple(CourseGroup(tuple(courses), courses[0].ways) for courses in alike.values()))
            for subject, alike in grouped.items()
        )


def policy_text(version: PolicyVersion) -> PolicyText:
    """The version in words. One trip, for the names of schools that have something of their own."""
    terms = terms_of(version)
    used = dict.fromkeys(rule.method for rule in terms.rules)
    names = _school_names(version, terms)
    return PolicyText(
        terms=terms,
        days=_days(terms),
        classes=any_of(str(year) for year in sorted(terms.classes)) if terms.classes else "",
        adopted=_adopted(terms),
        courses=tuple(_course(terms, code) for code in terms.courses),
        methods=tuple((method, words.way_title(terms, method)) for method in used),
        decided_by=_decided_by(terms.approval),
        school_exceptions=tuple(
            (names.get(code, code), _decided_by(approval)) for code, approval in terms.school_approval.items()
        ),
        narrowed=tuple(
            (names.get(code, code), words.narrowed(school, terms)) for code, school in terms.schools.items()
        ),
        every_rule=words.every_rule(terms),
        limits=words.limits(terms),
        calendar=words.calendar(terms),
        deadlines=dates.deadlines(terms, names),
        school_days=dates.school_days(terms),
        proposals=dates.proposals(version.document),
        sources=dates.sources(terms),
        appeal=words.appeal(terms),
        moderation=words.moderation(terms),
        transfer=transfer_in_words(version.document.get("transfer")),
        review=_review(terms.review_every_months),
    )


def _course(terms: PolicyTerms, code: str) -> CourseText:
    rules = terms.rules_for(code)
    titles = words.course_titles(terms)
    known = [most for rule in rules if (most := rule.amount.most) is not None]
    return CourseText(
        code=code,
        title=titles.get(code, code),
        subject=subject_word(terms.courses[code]),
        ways=tuple(way_text(terms, rule) for rule in rules),
        methods=frozenset(rule.method for rule in rules),
        most=credits_text(max(known)) if known else "",
        marks=any_of(dict.fromkeys(mark.value for rule in rules for mark in rule.all_marks())),
    )


def way_text(terms: PolicyTerms, rule: CreditRule) -> WayText:
    """One rule in words."""
    asked = asks(rule, terms.approval, terms)
    return WayText(
        code=rule.code,
        title=words.way_title(terms, rule.method),
        kinds=any_of(kind_word(kind) for kind in LocalAssessment if kind in rule.kinds) if rule.kinds else "",
        purpose=state_word(rule.purpose),
        # Who decides is said once for the whole policy.
        asks=tuple(said(reason, words.course_titles(terms)) for reason in asked[:-1]),
        gives=words.gives(rule, terms),
        mark=(*words.marks(rule, terms), *beside(rule, terms)),
        text=rule.text,
        citation=rule.citation or METHODS,
    )


def _decided_by(approval: Approval) -> str:
    roles = any_of(_role(role) for role in sorted(approval.roles))
    if approval.two_roles:
        return _("Decided by: %(roles)s. Whoever assessed the work alone does not also decide.") % {"roles": roles}
    return _("Decided by: %(roles)s. The teacher who assessed the work may decide.") % {"roles": roles}


def _role(role: str) -> str:
    return state_word(Role(role)).lower() if role in set(Role) else role


def _school_names(version: PolicyVersion, terms: PolicyTerms) -> dict[str, str]:
    own = [code for term in terms.deadlines.values() for code in term.when.schools]
    codes = [*terms.school_approval, *terms.schools, *own]
    if not codes:
        return {}
    schools = School.objects.filter(district=version.series.district_id, code__in=codes)
    return dict(schools.values_list("code", "name"))


def _days(terms: PolicyTerms) -> str:
    first = day(terms.effective_from.isoformat())
    if terms.effective_to is None:
        return _("For work shown on or after %(first)s.") % {"first": first}
    return _("For work shown from %(first)s to %(last)s.") % {
        "first": first,
        "last": day(terms.effective_to.isoformat()),
    }


def _adopted(terms: PolicyTerms) -> str:
    if terms.adopted_on is None:
        return ""
    said = {"day": day(terms.adopted_on.isoformat()), "by": terms.adopted_by, "reference": terms.board_reference}
    if terms.adopted_by and terms.board_reference:
        return _("Adopted by %(by)s on %(day)s: %(reference)s.") % said
    if terms.board_reference:
        return _("Adopted on %(day)s: %(reference)s.") % said
    return _("Adopted on %(day)s.") % said


def _review(months: int | None) -> str:
    if months is None:
        return ""
    return _("The district reviews who receives this credit every %(months)s months.") % {"months": months}

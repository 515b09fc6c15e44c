"""What the editor of policies offers: courses of the catalog, and cases that fit the policy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from crediting.queries.catalog import CatalogFilter, catalog, in_use
from crediting.queries.policy_words import way_title
from crediting.rules.examples import examples
from crediting.rules.numbers import credits_text
from crediting.rules.policy.cases import Case
from crediting.rules.policy.terms import PolicyTerms
from mbl.core import clock
from mbl.core.models import District
from profiles.models import Course

MOST = 30


def courses_to_add(district: District, text: str, without: set[str]) -> list[dict[str, Any]]:
    """The first courses of the catalog by code or title, as a policy lists them. One trip."""
    today = clock.today(district)
    found = catalog(in_use(Course.objects.all(), today), district, CatalogFilter(text=text), on=today)
    return _as_listed(found.exclude(code__in=without)[:MOST])


def courses_with(district: District, codes: Iterable[str]) -> list[dict[str, Any]]:
    """Courses of the catalog by their codes, as a policy lists them. One trip."""
    return _as_listed(Course.objects.filter(district=district, code__in=list(codes)).order_by("title", "code"))


def _as_listed(courses: QuerySet[Course]) -> list[dict[str, Any]]:
    """Those alone of which the catalog says what they are worth."""
    rows = courses.values_list("code", "title", "terms__subject", "terms__credits")
    return [
        {"code": code, "title": title, "subject": subject, "credits": Decimal(credits_text(credits))}
        for code, title, subject, credits in rows
        if subject and credits is not None
    ]


@dataclass(frozen=True)
class ReadyCase:
    """A case to begin a trial with, and what it is called."""

    case: Case
    title: str


def ready_cases(terms: PolicyTerms) -> dict[str, ReadyCase]:
    """For each rule of the policy a case that the rule grants, by the rule's code. No trip."""
    titles = {course.code: course.title for course in terms.catalog}
    found = {}
    for rule, course, case in examples(terms):
        said = {"rule": rule.code, "course": titles[course], "way": way_title(terms, rule.method)}
        found[rule.code] = ReadyCase(case, gettext("Rule %(rule)s: %(course)s, %(way)s") % said)
    return found

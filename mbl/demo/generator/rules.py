"""What decides in a generated district: standards, scale, policies, and the people who decide. Told through actions."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from crediting.actions.catalog import set_course_standards
from crediting.actions.import_standards import import_case
from crediting.actions.policy import load_policy, publish_policy
from crediting.actions.scales import create_default_scale
from crediting.actions.standards import adopt_framework
from crediting.models import Framework, Scale, Standard
from crediting.states import AdoptionBody, SubjectArea
from mbl.core.models import District
from mbl.demo.generator import standards
from mbl.demo.generator.people import People
from mbl.demo.generator.roster import Roster, catalog
from mbl.demo.generator.shape import Shape
from profiles.actions.roles import give_role
from profiles.models import Person, School
from profiles.states import Role

STANDARDS_A_COURSE = 12
POLICY = """
schema: mbl-policy/1
series: "{series}"
title: Mastery-Based Credit in {title}
adopted: {{on: {adopted}, by: Board of Directors, reference: Resolution {series}}}
effective: {{from: {start}}}
equity:
  provision: The district keeps data by student group and reviews once a year who receives this credit.
  review_every_months: 12
other_methods: {{statement: none}}
approval:
  roles: [credit_manager, principal]
  two_roles: true
  schools:
    "{small}": {{roles: [teacher, principal], two_roles: false}}
scale: {{code: mastery, levels: [beginning, developing, proficient, extending]}}
courses:
{courses}
rules:
  - code: local
    method: LOCAL_ASSESSMENT
    kinds: all
    courses: all
    when:
      - standards: {{level: proficient, at_least: 3}}
      - reflection: required
    credit: {{up_to: 1.0}}
    mark: P
    citation: Policy {series}P, section 3
    text: You show at least three standards of the course in work of your own.
moderation: {{share: 10}}
text: A student may earn credit by showing mastery of the standards.
"""


@dataclass(frozen=True)
class Leads:
    """Who decides at each school, by the school's number: credit managers and the district's administrators."""

    credit_managers: tuple[Person, ...]
    administrators: tuple[Person, ...]


@dataclass(frozen=True)
class Crediting:
    """Standards by course code, and who decides."""

    standards: dict[str, list[Standard]]
    scale: Scale
    leads: Leads


def write_rules(district: District, shape: Shape, people: People, roster: Roster) -> Crediting:
    taught = _standards(district, shape, roster)
    scale = create_default_scale(district, actor=None)
    _policies(district, shape, roster)
    return Crediting(taught, scale, _leads(shape, people))


def _mastery_courses() -> list[str]:
    return sorted({code for codes in catalog()["mastery"].values() for code in codes})


def _standards(district: District, shape: Shape, roster: Roster) -> dict[str, list[Standard]]:
    """One framework a subject, adopted as the state's; each course open to mastery teaches some of it."""
    with tempfile.TemporaryDirectory(prefix="mbl-standards-") as name:
        for number, (subject, topics) in enumerate(catalog()["topics"].items(), start=1):
            title = f"Standards for {subject.replace('_', ' ').title()}"
            content = standards.package(title, f"G{number}", topics, each=6)
            import_case(standards.write(Path(name), subject, content), district=district, actor=None)
            adopt_framework(
                Framework.objects.get(district=district, title=title),
                body=AdoptionBody.STATE,
                adopted_by="Washington State",
                adopted_on=shape.years[0].starts_on,
                subjects=[SubjectArea(subject)],
                starts_on=shape.years[0].starts_on,
                actor=None,
            )
    found: dict[str, list[Standard]] = {}
    for number, code in enumerate(_mastery_courses()):
        subject = catalog()["courses"][code][1]
        leaves = Standard.objects.filter(
            district=district, is_leaf=True, framework__adoptions__subjects__contains=[subject]
        )
        ordered = list(leaves.select_related("framework").order_by("path"))
        start = number * 5 % (len(ordered) - STANDARDS_A_COURSE + 1)
        found[code] = ordered[start : start + STANDARDS_A_COURSE]
        set_course_standards(roster.courses[code], standards=found[code], actor=None)
    return found


def _policies(district: District, shape: Shape, roster: Roster) -> None:
    by_subject: dict[str, list[str]] = {}
    for code in _mastery_courses():
        by_subject.setdefault(catalog()["courses"][code][1], []).append(code)
    small = School.objects.filter(district=district, kind="alternative").values_list("code", flat=True).get()
    for number, (subject, codes) in enumerate(by_subject.items()):
        listed = [catalog()["courses"][code] for code in codes]
        text = POLICY.format(
            series=2402 + number,
            title=subject.replace("_", " ").title(),
            adopted=shape.years[0].starts_on,
            start=shape.years[0].starts_on,
            small=small,
            courses="\n".join(
                f"  - {{code: {code}, title: {facts[0]}, subject: {subject}, credits: {facts[3]}}}"
                for code, facts in zip(codes, listed, strict=True)
            ),
        )
        publish_policy(load_policy(district, text=text, actor=None).version, actor=None)


def _leads(shape: Shape, people: People) -> Leads:
    """Principal, registrar and credit manager of each school, and the administrators."""
    first = people.staff + shape.teachers + shape.counselors
    persons = Person.objects.select_related("district", "user").in_bulk(range(first, people.staff + shape.staff))
    schools = School.objects.in_bulk(range(people.schools, people.schools + shape.schools))
    managers = []
    for number in range(shape.schools):
        for place, role in enumerate((Role.PRINCIPAL, Role.REGISTRAR, Role.CREDIT_MANAGER)):
            person = persons[first + 3 * number + place]
            school = schools[people.schools + number]
            give_role(person, role, school=school, starts_on=shape.years[0].starts_on, actor=None)
        managers.append(persons[first + 3 * number + 2])
    administrators = tuple(persons[first + 3 * shape.schools + number] for number in range(2))
    for person in administrators:
        give_role(person, Role.ADMINISTRATOR, starts_on=shape.years[0].starts_on, actor=None)
    return Leads(tuple(managers), administrators)

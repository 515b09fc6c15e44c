"""The shape of a plan's content: made clean, compared, and counted. Plain Python on plain values.

A content is a document with seven sections. What somebody typed is kept as typed; a course code that the catalog does
not know stays in the plan and is pointed out.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

GRADES = ("09", "10", "11", "12")
# Financial aid items (i)-(x) of WAC 180-51-220(3)(f), each on its own (R63).
AID_ITEMS = (
    "programs",
    "documents",
    "deadlines",
    "apply_early",
    "dependency",
    "homelessness",
    "family_tax_data",
    "advising",
    "sample_letter",
    "council_site",
)
MAX_TEXT = 5000
MAX_LINE = 200
MAX_COURSES = 60
MAX_ACTIVITIES = 60

# A stable name and what people see.
Pair = tuple[str, str]


class Section(StrEnum):
    GOALS = "goals"
    INTERESTS = "interests"
    COURSES = "courses"
    PATHWAY = "pathway"
    ACTIVITIES = "activities"
    AID = "aid"
    MASTERY = "mastery"


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Change:
    """One difference between two contents: where, what it was, what it is now. ``name`` is stable in its section."""

    section: Section
    kind: ChangeKind
    name: str
    old: str = ""
    new: str = ""
    grade: str = ""


@dataclass(frozen=True)
class PlannedCourse:
    """``code`` may be unknown to the catalog; ``title`` is what the student sees."""

    grade: str
    code: str
    title: str


@dataclass(frozen=True)
class Activity:
    """One line of the resume: ``kind`` is education, work, activity or service (WAC 180-51-220(3)(e))."""

    kind: str
    title: str
    years: str = ""
    text: str = ""


@dataclass(frozen=True)
class Content:
    """A clean content. ``aid`` maps an item to the ISO date it was done on."""

    after_high_school: str = ""
    career: str = ""
    education: str = ""
    interests: str = ""
    inventory: str = ""
    inventory_on: str = ""
    courses: tuple[PlannedCourse, ...] = ()
    pathways: tuple[str, ...] = ()
    pathway_reason: str = ""
    activities: tuple[Activity, ...] = ()
    aid: Mapping[str, str] = field(default_factory=dict)
    mastery_intended: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "goals": {
                "after_high_school": self.after_high_school,
                "career": self.career,
                "education": self.education,
            },
            "interests": {"text": self.interests, "inventory": self.inventory, "inventory_on": self.inventory_on},
            "courses": {
                grade: [{"code": c.code, "title": c.title} for c in self.courses if c.grade == grade]
                for grade in GRADES
            },
            "pathway": {"options": list(self.pathways), "reason": self.pathway_reason},
            "activities": [
                {"kind": a.kind, "title": a.title, "years": a.years, "text": a.text} for a in self.activities
            ],
            "aid": {item: self.aid[item] for item in AID_ITEMS if self.aid.get(item)},
            "mastery": {"intended": list(self.mastery_intended)},
        }

    def is_empty(self, section: Section) -> bool:
        match section:
            case Section.GOALS:
                return not (self.after_high_school or self.career or self.education)
            case Section.INTERESTS:
                return not (self.interests or self.inventory)
            case Section.COURSES:
                return not self.courses
            case Section.PATHWAY:
                return not self.pathways
            case Section.ACTIVITIES:
                return not self.activities
            case Section.AID:
                return not self.aid
            case Section.MASTERY:
                return not self.mastery_intended


def read(raw: Mapping[str, Any]) -> Content:
    """A stored or posted document as a ``Content``; parts that are missing are empty, what is too long is cut."""
    goals, interests, pathway = _part(raw, "goals"), _part(raw, "interests"), _part(raw, "pathway")
    courses = _part(raw, "courses")
    aid = _part(raw, "aid")
    return Content(
        after_high_school=_text(goals.get("after_high_school")),
        career=_text(goals.get("career")),
        education=_text(goals.get("education")),
        interests=_text(interests.get("text")),
        inventory=_text(interests.get("inventory")),
        inventory_on=_line(interests.get("inventory_on")),
        courses=tuple(
            PlannedCourse(grade, code, title)
            for grade in GRADES
            for code, title in map(_course, _items(courses.get(grade))[:MAX_COURSES])
            if title
        ),
        pathways=tuple(dict.fromkeys(_line(option) for option in _list(pathway.get("options")) if _line(option))),
        pathway_reason=_text(pathway.get("reason")),
        activities=tuple(
            Activity(_line(a.get("kind")), _line(a.get("title")), _line(a.get("years")), _text(a.get("text")))
            for a in _items(raw.get("activities"))[:MAX_ACTIVITIES]
            if _line(a.get("title"))
        ),
        aid={item: _line(aid.get(item)) for item in AID_ITEMS if _line(aid.get(item))},
        mastery_intended=tuple(
            dict.fromkeys(_line(code) for code in _list(_part(raw, "mastery").get("intended")) if _line(code))
        ),
    )


def _course(item: Mapping[str, Any]) -> Pair:
    """Code and title; a course without a title is called by its code."""
    code = _line(item.get("code"))
    return code, _line(item.get("title")) or code


def replaced(content: Content, section: Section, part: object) -> Content:
    """``content`` with one section as posted; what the part's shape does not allow is left out."""
    return read({**content.as_json(), section.value: part})


def is_blank(content: Content) -> bool:
    """Whether nobody has written anything yet."""
    return all(content.is_empty(section) for section in Section)


def fingerprint(content: Content) -> str:
    """SHA-256 of the content in its one written form, in hexadecimal digits."""
    written = json.dumps(content.as_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def changed_sections(old: Content, new: Content) -> dict[str, int]:
    """How many differences each section has; sections without one are left out."""
    return dict(Counter(change.section.value for change in changes(old, new)))


def changes(old: Content, new: Content) -> tuple[Change, ...]:
    """What differs, section by section, in the plan's own order."""
    found: list[Change] = []

    def text(section: Section, name: str, before: str, after: str) -> None:
        if before != after:
            kind = ChangeKind.ADDED if not before else ChangeKind.REMOVED if not after else ChangeKind.CHANGED
            found.append(Change(section, kind, name, before, after))

    def members(
        section: Section, before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]], grade: str
    ) -> None:
        was, now = dict(before), dict(after)
        for name, shown in before:
            if name not in now:
                found.append(Change(section, ChangeKind.REMOVED, name, shown, "", grade))
            elif now[name] != shown:
                found.append(Change(section, ChangeKind.CHANGED, name, shown, now[name], grade))
        for name, shown in after:
            if name not in was:
                found.append(Change(section, ChangeKind.ADDED, name, "", shown, grade))

    text(Section.GOALS, "after_high_school", old.after_high_school, new.after_high_school)
    text(Section.GOALS, "career", old.career, new.career)
    text(Section.GOALS, "education", old.education, new.education)
    text(Section.INTERESTS, "interests", old.interests, new.interests)
    text(Section.INTERESTS, "inventory", old.inventory, new.inventory)
    text(Section.INTERESTS, "inventory_on", old.inventory_on, new.inventory_on)
    for grade in GRADES:
        members(Section.COURSES, _planned(old, grade), _planned(new, grade), grade)
    members(Section.PATHWAY, [(p, p) for p in old.pathways], [(p, p) for p in new.pathways], "")
    text(Section.PATHWAY, "pathway_reason", old.pathway_reason, new.pathway_reason)
    members(Section.ACTIVITIES, _activities(old), _activities(new), "")
    members(Section.AID, list(old.aid.items()), list(new.aid.items()), "")
    members(Section.MASTERY, [(m, m) for m in old.mastery_intended], [(m, m) for m in new.mastery_intended], "")
    return tuple(found)


def _planned(content: Content, grade: str) -> list[tuple[str, str]]:
    named: dict[str, str] = {}
    for course in content.courses:
        if course.grade == grade:
            base = course.code or course.title
            name, number = base, 2
            while name in named:
                name, number = f"{base} ({number})", number + 1
            named[name] = course.title
    return list(named.items())


def _activities(content: Content) -> list[tuple[str, str]]:
    return [
        (activity.title, ", ".join(part for part in (activity.title, activity.years, activity.text) if part))
        for activity in content.activities
    ]


def _part(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = raw.get(name)
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _items(value: object) -> list[Mapping[str, Any]]:
    return [item for item in _list(value) if isinstance(item, Mapping)]


def _text(value: object) -> str:
    # PostgreSQL keeps no NUL in text.
    return value.replace("\r\n", "\n").replace("\0", "").strip()[:MAX_TEXT] if isinstance(value, str) else ""


def _line(value: object) -> str:
    return " ".join(value.replace("\0", "").split())[:MAX_LINE] if isinstance(value, str) else ""

"""Eligible courses and what opens them: a row for each course, a column for each rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from crediting.words import method_word, subject_word

Written = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """A rule as the head of a column."""

    code: str
    method: str


@dataclass(frozen=True)
class Cell:
    rule: str
    is_open: bool


@dataclass(frozen=True)
class Line:
    """A course with a cell for each rule."""

    code: str
    title: str
    subject: str
    cells: tuple[Cell, ...]


def columns(whole: Written) -> list[Column]:
    own = {one["code"]: one["title"] for one in (whole.get("other_methods") or {}).get("methods", [])}
    return [Column(rule["code"], own.get(rule["method"]) or method_word(rule["method"])) for rule in whole["rules"]]


def lines(whole: Written) -> list[Line]:
    return [
        Line(
            course["code"],
            course["title"],
            subject_word(course["subject"]),
            tuple(
                Cell(rule["code"], rule["courses"] == "all" or course["code"] in rule["courses"])
                for rule in whole["rules"]
            ),
        )
        for course in whole["courses"]
    ]


def read(whole: Written, data: QueryDict, found: Sequence[Written] = ()) -> Written:
    """The courses and rules as the boxes say. ``found`` are courses of the catalog that may be added.

    A rule for all courses stays one while every box of it is ticked.
    """
    gone = set(data.getlist("remove"))
    added = [course for course in found if course["code"] in set(data.getlist("add"))]
    courses = [*(one for one in whole["courses"] if one["code"] not in gone), *added]
    on_page = set(data.getlist("line"))
    rules = []
    for rule in whole["rules"]:
        opened = [
            course["code"]
            for course in courses
            if (
                rule["code"] in data.getlist(f"open:{course['code']}")
                if course["code"] in on_page
                else rule["courses"] == "all"
            )
        ]
        everything = rule["courses"] == "all" and len(opened) == len(courses)
        rules.append(rule | {"courses": "all" if everything else opened})
    return {"courses": courses, "rules": rules}


def closed_rules(value: Written) -> list[str]:
    """Rules that open no course: each needs one."""
    return [rule["code"] for rule in value["rules"] if not rule["courses"]]

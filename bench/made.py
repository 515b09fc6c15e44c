"""Files to import, made anew on each run: the same bytes every time."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from mbl.demo.generator import standards

ITEMS_A_TOPIC = 19
TOPICS = 100
STUDENTS, TEACHERS, COURSES, CLASSES, CLASSES_A_STUDENT = 4000, 200, 60, 1000, 6


def case_package(folder: Path) -> Path:
    """Two thousand standards in a hundred groups."""
    topics = [f"topic number {number}" for number in range(1, TOPICS + 1)]
    content = standards.package("Standards of a benchmark", "B", topics, each=ITEMS_A_TOPIC)
    return standards.write(folder, "bench", content)


ONEROSTER: dict[str, tuple[str, ...]] = {
    "orgs": ("name", "type", "identifier", "parentSourcedId"),
    "academicSessions": ("title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear"),
    "users": (
        "enabledUser",
        "orgSourcedIds",
        "role",
        "username",
        "userIds",
        "givenName",
        "familyName",
        "middleName",
        "identifier",
        "email",
        "sms",
        "phone",
        "agentSourcedIds",
        "grades",
        "password",
    ),
    "courses": ("schoolYearSourcedId", "title", "courseCode", "grades", "orgSourcedId", "subjects", "subjectCodes"),
    "classes": (
        "title",
        "grades",
        "courseSourcedId",
        "classCode",
        "classType",
        "location",
        "schoolSourcedId",
        "termSourcedIds",
        "subjects",
        "subjectCodes",
        "periods",
    ),
    "enrollments": (
        "classSourcedId",
        "schoolSourcedId",
        "userSourcedId",
        "role",
        "primary",
        "beginDate",
        "endDate",
    ),
}


def head(name: str) -> tuple[str, ...]:
    """Every column of a file, in order."""
    return ("sourcedId", "status", "dateLastModified", *ONEROSTER[name])


def oneroster_folder(folder: Path) -> Path:
    """A complete export: four thousand students in a thousand classes."""
    present = [(f"file.{name}", "bulk") for name in ONEROSTER]
    manifest = [("manifest.version", "1.0"), ("oneroster.version", "1.1"), *present, ("source.systemCode", "bench")]
    _csv(folder / "manifest.csv", ("propertyName", "value"), manifest)
    for name, rows in _rows().items():
        _csv(folder / f"{name}.csv", head(name), ((row[0], "", "", *row[1:]) for row in rows))
    return folder


Rows = Iterable[tuple[str, ...]]


def _csv(path: Path, columns: tuple[str, ...], rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def _rows() -> dict[str, Rows]:
    return {
        "orgs": [("d", "Bench", "district", "", ""), ("s", "Bench High School", "school", "9901", "d")],
        "academicSessions": [("y", "2026-27", "schoolYear", "2026-09-01", "2027-06-18", "", "2027")],
        "users": [
            *(_user(f"t{number}", "teacher", f"Teacher{number}", "") for number in range(TEACHERS)),
            *(
                _user(f"u{number}", "student", f"Student{number}", f"{9 + number % 4:02d}")
                for number in range(STUDENTS)
            ),
        ],
        "courses": [(f"c{n}", "", f"Course {n}", f"C{n:03d}", "09,10,11,12", "s", "", "") for n in range(COURSES)],
        "classes": [
            (f"k{n}", f"Class {n}", "", f"c{n % COURSES}", f"K{n}", "scheduled", "", "s", "y", "", "", "")
            for n in range(CLASSES)
        ],
        "enrollments": [
            *((f"et{n}", f"k{n}", "s", f"t{n % TEACHERS}", "teacher", "true", "", "") for n in range(CLASSES)),
            *(
                (
                    f"es{n}-{k}",
                    f"k{(n * CLASSES_A_STUDENT + k * 7) % CLASSES}",
                    "s",
                    f"u{n}",
                    "student",
                    "false",
                    "",
                    "",
                )
                for n in range(STUDENTS)
                for k in range(CLASSES_A_STUDENT)
            ),
        ],
    }


def _user(key: str, role: str, given: str, grade: str) -> tuple[str, ...]:
    return (key, "true", "s", role, key, "", given, "Bench", "", key, "", "", "", "", grade, "")

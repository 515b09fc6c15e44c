"""Tells two projects of students' own design: one that two classes answered and one judged, one that waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from crediting.access import sections_taught
from crediting.actions.classes import ClassRow
from crediting.actions.projects import (
    approve_project,
    begin_project,
    judge_project,
    return_project,
    revise_project,
    send_project,
    write_project,
)
from crediting.models import ProjectPart, ProjectVersion, Standard
from crediting.queries.classes import expected_of, roster
from crediting.queries.projects import Offered, deciders_of, offered, term_holding, terms_of
from mbl.core import clock
from mbl.core.models import User
from mbl.demo.story.events import Event, event_of
from mbl.demo.story.stage import Stage
from profiles.models import Section, Student

STANDARDS = 2
WEEKS = dt.timedelta(weeks=6)
STREET = {
    "title": "Where Alder Avenue floods",
    "question": "Every November the crossing by the school is under water. Which drains are too small?",
    "product": "A map of the drains with what each can carry, and a letter with one proposal.",
    "audience": "The street department of Cedar Falls, and the families who walk there.",
    "partners": "",
}
STREET_AGAIN = "Which drains are too small, for how much rain, and how do I know? I measure three storms, twice each."
GARDEN = {
    "title": "A garden for the bus stop",
    "question": "What grows there without anybody to water it?",
    "product": "A bed of native plants with signs.",
    "audience": "Everybody who waits for bus 14.",
    "partners": "Jonah and Amina",
}


class ProjectsStory:
    """One of the student whom one can be, and one that waits for the teacher whom one can be."""

    def __init__(self, stage: Stage, student: str, teacher: str) -> None:
        self.stage, self.student, self.teacher = stage, student, teacher
        self._version: ProjectVersion | None = None

    def events(self) -> Iterator[Event]:
        steps = ((31, self._propose), (28, self._answer), (25, self._again), (22, self._approve), (4, self._judge))
        for days, act in steps:
            yield event_of(self.stage, days, 60, act, about=f"{STREET['title']} by {self.student}")
        yield event_of(self.stage, 2, 60, self._wait, about=f"{GARDEN['title']} for {self.teacher}")

    # --- Answered, returned by one class, sent again, judged by the other ---------------------------------------------

    def _propose(self) -> None:
        self._version = self._sent(self.stage.student(self.student), STREET, None)

    def _answer(self) -> None:
        for part in self._parts()[:1]:
            reason = "Measure more than one storm, and it is as good as any lab."
            approve_project(part, counted=_proposed(part), reason=reason, actor=self._teacher_of(part))
        for part in self._parts()[1:]:
            reason = "Say how you know that it is the drain and not the slope. Then it shows both standards."
            return_project(part, reason=reason, actor=self._teacher_of(part))

    def _again(self) -> None:
        if self._version is None or len(self._parts()) < 2:
            return
        actor = self.stage.user(self.student)
        newer = revise_project(self._version.project, actor=actor)
        chosen = {part.section: _proposed(part) for part in newer.parts.select_related("section")}
        write_project(newer, words={"question": STREET_AGAIN}, chosen=chosen, actor=actor)
        send_project(newer, actor=actor)

    def _approve(self) -> None:
        if self._version is None or len(self._parts()) < 2:
            return
        for part in ProjectPart.objects.filter(project=self._version.project, state="sent").select_related(
            "project", "version", "section"
        ):
            approve_project(part, counted=_proposed(part), reason="Now it does.", actor=self._teacher_of(part))

    def _judge(self) -> None:
        for part in self._parts()[:1]:
            levels = expected_of(part.section).levels
            rows = [
                ClassRow(part.project.student, standard, levels[-2], "Your map shows where the numbers come from.")
                for standard in _proposed(part)
            ]
            today = clock.today(self.stage.district)
            judge_project(part, shown_on=today, rows=rows, actor=self._teacher_of(part))

    # --- Waiting ------------------------------------------------------------------------------------------------------

    def _wait(self) -> None:
        taught = sections_taught(self.stage.user(self.teacher)).filter(course__standards__isnull=False)
        section = taught.order_by("title", "code", "pk").first()
        if section is None:
            return
        own = self.stage.student(self.student)
        students = roster(section, clock.today(self.stage.district)).select_related("person", "district")
        other = students.exclude(pk=own.pk).first()
        if other is not None:
            self._sent(other, GARDEN, section)

    # --- Shared -------------------------------------------------------------------------------------------------------

    def _sent(self, student: Student, words: Mapping[str, str], first: Section | None) -> ProjectVersion | None:
        """A project of two classes, ``first`` among them; None where the student has none, or outside of terms."""
        day = clock.today(self.stage.district)
        term = term_holding(terms_of(self.stage.district, day), day, day)
        classes = self._classes(student, first)
        if term is None or not classes:
            return None
        actor = self.stage.user(self._key_of(student))
        version = begin_project(
            student=student,
            words={**words, "starts_on": day, "ends_on": min(day + WEEKS, term.ends_on)},
            chosen={one.section: one.standards[:STANDARDS] for one in classes},
            actor=actor,
        )
        return send_project(version, actor=actor)

    def _classes(self, student: Student, first: Section | None) -> list[Offered]:
        """Up to two classes of different courses that have standards and a teacher; ``first`` goes first."""
        known = [one for one in offered(student) if one.standards and one.deciders]
        known.sort(key=lambda one: first is not None and one.section.pk != first.pk)
        return list({one.section.course_id: one for one in reversed(known)}.values())[::-1][:2]

    def _parts(self) -> list[ProjectPart]:
        if self._version is None:
            return []
        parts = ProjectPart.objects.filter(version=self._version).select_related("project", "version", "section")
        return list(parts.order_by("section__title", "pk"))

    def _teacher_of(self, part: ProjectPart) -> User:
        person = deciders_of([part.section], part.project.student)[part.section_id][0]
        return self.stage.user(next(key for key, one in self.stage.people.items() if one.pk == person.pk))

    def _key_of(self, student: Student) -> str:
        return next(key for key, one in self.stage.people.items() if one.pk == student.person_id)


def _proposed(part: ProjectPart) -> list[Standard]:
    return [row.standard for row in part.standards.filter(is_proposed=True).select_related("standard")]

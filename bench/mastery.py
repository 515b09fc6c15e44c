"""A class of thirty students judged on forty standards, twice each, in the generated district. Made once, then kept."""

from __future__ import annotations

import datetime as dt
from itertools import product

from bench import ground
from crediting.models import ClassJudgement, ClassTask, CourseStandard, Scale, Standard
from mbl.core import clock
from mbl.core.models import District, User
from profiles.models import Section, SectionEnrollment, SectionTeacher, Student

STUDENTS, STANDARDS = 30, 40
TITLES = ("Bench 1", "Bench 2")


def full_section() -> Section:
    """The section, filled where it is not yet."""
    done = ClassTask.objects.filter(title=TITLES[1], section__district__code=ground.DISTRICT).first()
    return done.section if done else _fill(District.objects.get(code=ground.DISTRICT))


def teacher_of(section: Section) -> User:
    return User.objects.filter(people__taught_sections__section=section, people__roles__role="teacher").order_by("pk")[
        0
    ]


def _fill(district: District) -> Section:
    year = clock.school_year(clock.today(district))
    taught = SectionTeacher.objects.filter(
        section__district=district,
        section__session__school_year=year,
        section__is_active=True,
        person__user__isnull=False,
        person__roles__role="teacher",
    )
    teacher = taught.select_related("section__course", "person__user").order_by("pk")[0]
    section, person, user = teacher.section, teacher.person, teacher.person.user
    assert user is not None
    SectionEnrollment.objects.filter(section=section).delete()
    students = list(Student.objects.filter(district=district, school=section.school).order_by("pk")[:STUDENTS])
    SectionEnrollment.objects.bulk_create(SectionEnrollment(section=section, student=one) for one in students)
    CourseStandard.objects.filter(course=section.course).delete()
    standards = list(Standard.objects.filter(district=district).order_by("pk")[:STANDARDS])
    CourseStandard.objects.bulk_create(CourseStandard(course=section.course, standard=one) for one in standards)
    scale = Scale.objects.filter(district=district).order_by("code", "-version")[0]
    levels = list(scale.levels.order_by("position"))
    today, now = clock.today(district), clock.now()
    for attempt, title in enumerate(TITLES, start=1):
        task = ClassTask.objects.create(
            section=section, title=title, given_on=today - dt.timedelta(days=9 - attempt), created_by=user
        )
        ClassJudgement.objects.bulk_create(
            ClassJudgement(
                task=task,
                student=student,
                standard=standard,
                attempt=attempt,
                level=levels[(number + attempt) % len(levels)],
                assessor=person,
                recorded_by=user,
                judged_at=now,
            )
            for number, (student, standard) in enumerate(product(students, standards))
        )
    return section

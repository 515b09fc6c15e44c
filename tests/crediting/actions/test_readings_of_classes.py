"""Second readings of what a class did: drawn, blind by every road, compared, settled; what counts with it waits."""

from __future__ import annotations

import pytest
from django.test import Client

from crediting.actions.classes import ClassRow, judge_class
from crediting.actions.decisions import award_credit
from crediting.actions.readings import Settled, place_work, settle_readings
from crediting.models import ClassJudgement, ClassWork, Reading, ReadingLevel, Settlement
from crediting.queries.agreement import agreement_rows, this_year
from crediting.queries.classes import grid_page
from crediting.queries.decisions import deliberate
from crediting.rules.basis import thaw
from crediting.states import Moderated, OnDisagreement, ReadingKind, ReadingState, RequestState
from mbl.core import clock
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.http import PER_PAGE
from mbl.core.models import Notification, User
from profiles.models import SectionTeacher
from tests.assertions import assert_queries
from tests.crediting.pages import text_of
from tests.crediting.recorded import Recorded
from tests.factories.classes import Class, make_class
from tests.factories.crediting import make_request
from tests.factories.moderation import EVERY, THIRD, account, give, make_teacher
from tests.factories.profiles import make_section
from tests.personas import Personas

pytestmark = pytest.mark.django_db
DRAWN_TRIPS = 9


def read_class(personas: Personas, moderation: str = EVERY, *, readers: int = 1, more: int = 0) -> Class:
    """Geometry, of which the policy reads works twice, and so many teachers who know nobody of it."""
    for name in ("Noor Haddad", "Sam Okafor")[:readers]:
        make_teacher(personas.school, name)
    return make_class(personas, more=more, moderation=moderation)


def _reader(reading: Reading) -> User:
    assert reading.reader is not None
    return account(reading.reader)


def test_each_work_of_a_class_is_drawn_once_and_read_by_a_teacher_who_cannot_see_its_level(
    personas: Personas,
) -> None:
    geometry = read_class(personas, more=1)
    recorded = Recorded()
    geometry.judge(dict.fromkeys(geometry.students, "proficient"))
    works = list(ClassWork.objects.order_by("pk"))
    assert [work.student for work in works] == list(geometry.students)
    asked = {(str(one.reader), one.kind, int(one.share)) for one in Reading.objects.all()}
    assert asked == {("Noor Haddad", str(ReadingKind.SECOND), 100)}
    assert recorded.verbs == ["crediting.class.judged"] * 2 + ["crediting.reading.asked"] * 2
    told = Notification.objects.get(user=personas.teacher.user)
    assert told.code == "crediting.reading_drawn_in_class" and "Unit 1" in told.text
    # Another standard of the same task is the same work; another task is another.
    geometry.judge({geometry.students[0]: "developing"}, standard=geometry.standards[1])
    assert ClassWork.objects.count() == 2
    geometry.judge({geometry.students[0]: "proficient"}, title="Unit 2")
    assert ClassWork.objects.count() == 3


@pytest.mark.parametrize("moderation", ["", "moderation: {share: 100, class_share: 0}"])
def test_a_policy_may_leave_classes_out(personas: Personas, moderation: str) -> None:
    geometry = make_class(personas, moderation=moderation)
    make_teacher(personas.school, "Noor Haddad")
    geometry.judge({geometry.students[0]: "proficient"})
    assert not ClassWork.objects.exists() and not Reading.objects.exists()


def test_who_can_see_the_levels_is_not_asked(personas: Personas) -> None:
    geometry = read_class(personas, readers=2)
    beside = make_teacher(personas.school, "Beside In Class")
    SectionTeacher.objects.create(section=geometry.section, person=beside)
    same_course = make_teacher(personas.school, "Same Course")
    make_section(
        personas.school,
        course=geometry.ground.course,
        teacher=same_course,
        students=(personas.student.student,),
        title="B",
    )
    asked = make_teacher(personas.school, "Asked To Judge")
    make_request(geometry.ground, personas.student.student, asked)
    geometry.judge({geometry.students[0]: "proficient"})
    (reading,) = Reading.objects.filter(class_work__isnull=False)
    assert reading.reader is not None and reading.reader.display_name in {"Noor Haddad", "Sam Okafor"}


def test_a_reader_who_comes_to_teach_the_class_meanwhile_does_not_give_it(personas: Personas) -> None:
    geometry = read_class(personas)
    geometry.judge({geometry.students[0]: "proficient"})
    reading = Reading.objects.get()
    assert reading.reader is not None
    SectionTeacher.objects.create(section=geometry.section, person=reading.reader)
    with pytest.raises(NotAllowed, match="a page that this teacher can open"):
        give(reading, geometry.ground, ("proficient",))


def test_the_second_reader_finds_the_level_on_no_page(personas: Personas) -> None:
    geometry = read_class(personas)
    student = geometry.students[0]
    geometry.judge({student: "extending"}, comment="FIRST-READER-WORDS")
    reading, work = Reading.objects.get(), ClassWork.objects.get()
    place_work(work, place="Folder 7 in room 12", actor=personas.teacher.user)
    browser = Client()
    browser.force_login(_reader(reading))
    page = text_of(browser.get(f"/second-readings/{reading.public_id}/"))
    assert "Folder 7 in room 12" in page and "FIRST-READER-WORDS" not in page and "checked" not in page
    section = geometry.section.public_id
    for path in ("/second-readings/", "/queue/", "/", "/messages/", "/classes/"):
        page = text_of(browser.get(path))
        assert "FIRST-READER-WORDS" not in page and "Extending" not in page, path
    for path in (
        f"/second-readings/of-classes/{work.public_id}/",
        f"/classes/{section}/",
        f"/classes/{section}/students/{student.public_id}/",
        f"/students/{student.public_id}/",
        "/second-readings/agreement/",
        "/audit/",
        f"/api/v1/students/{student.public_id}/progress/",
    ):
        assert browser.get(path).status_code in {403, 404}, path
    # Nor does the first reader see who reads, or what was said, before it is given.
    first = personas.teacher.client()
    page = text_of(first.get("/second-readings/?show=classes"))
    assert "Unit 1" in page and "Noor Haddad" not in page
    assert first.get(f"/second-readings/{reading.public_id}/").status_code == 404
    give(reading, geometry.ground, ("developing",), comment="SECOND-READER-WORDS")
    page = text_of(first.get(f"/second-readings/{reading.public_id}/"))
    assert "SECOND-READER-WORDS" in page and "FIRST-READER-WORDS" in page


def test_readings_that_differ_are_settled_by_a_new_look_at_the_task(personas: Personas) -> None:
    geometry = read_class(personas)
    student = geometry.students[0]
    geometry.judge({student: "extending"}, modification="Two proofs in place of four.")
    reading = give(Reading.objects.get(), geometry.ground, ("developing",))
    work = ClassWork.objects.get()
    assert work.moderated == Moderated.DISAGREED and ReadingLevel.objects.get().of_class is not None
    told = Notification.objects.get(user=personas.teacher.user, code="crediting.reading_apart")
    assert "Unit 1" in told.text
    # Nobody changes a level of the task alone any more; saying the same again is no change.
    geometry.judge({student: "extending"}, modification="Two proofs in place of four.")
    with pytest.raises(DomainError, match="nobody changes a level of it alone"):
        geometry.judge({student: "developing"})
    rows = [Settled(geometry.standards[0], geometry.ground.level("proficient"))]
    recorded = Recorded()
    with pytest.raises(NotAllowed):
        settle_readings(work, rows=rows, reason="I decide.", actor=personas.principal.user)
    (settled,) = settle_readings(work, rows=rows, reason="We agreed on page 2.", actor=personas.teacher.user)
    again = settle_readings(work, rows=rows, reason="Other words.", actor=_reader(reading))
    assert [one.pk for one in again] == [settled.pk] and recorded.verbs == ["crediting.reading.settled"]
    newest = ClassJudgement.objects.order_by("-pk")[0]
    assert (newest.level.code, newest.attempt, newest.comment, newest.modification, newest.assessor) == (
        "proficient",
        1,
        "We agreed on page 2.",
        "Two proofs in place of four.",
        personas.teacher.person,
    )
    assert settled.class_judgement == newest and settled.judgement is None
    cell = grid_page(geometry.section).grid.rows[0].cells[0]
    assert (cell.position, cell.attempts) == (3, 1)


def test_a_third_teacher_reads_work_of_a_class_and_the_middle_counts(personas: Personas) -> None:
    geometry = read_class(personas, THIRD, readers=2)
    geometry.judge({geometry.students[0]: "extending"})
    give(Reading.objects.get(), geometry.ground, ("beginning",))
    third = Reading.objects.get(kind=ReadingKind.THIRD)
    give(third, geometry.ground, ("developing",))
    settled = Settlement.objects.get()
    assert (settled.how, settled.level.code) == (OnDisagreement.THIRD, "developing")
    assert ClassWork.objects.get().moderated == Moderated.SETTLED


@pytest.mark.rule("R10b", partial=True)
def test_a_request_waits_for_the_readings_of_what_counts_with_it_and_keeps_them(personas: Personas) -> None:
    geometry = read_class(personas)
    student = geometry.students[0]
    geometry.judge({student: "proficient"})
    levels = ["proficient"] * len(geometry.standards)
    request = make_request(geometry.ground, student, personas.teacher.person, RequestState.ASSESSED, levels=levels)
    # The request's own reading is given; that of the class waits.
    own = Reading.objects.get(request=request)
    give(own, geometry.ground, levels)
    request.refresh_from_db()
    assert request.moderated == Moderated.AGREED
    assert "second_reading.waiting" in {one.code for one in deliberate(request).outcome.missing}
    with pytest.raises(DomainError, match="It is decided when that reading is there"):
        award_credit(request, reason="All shown.", actor=personas.credit_manager.user)
    give(Reading.objects.get(class_work__isnull=False), geometry.ground, ("proficient",))
    decision = award_credit(request, reason="All shown.", actor=personas.credit_manager.user)
    said = thaw(decision.frozen_basis).moderation
    assert [one.code for one in said].count("reading.drawn_in_class") == 1
    assert "“Unit 1”, done in class, has the number" in next(
        one.sentence for one in said if one.code == "reading.drawn_in_class"
    )


def test_where_the_work_is_is_said_by_its_teacher_alone_and_the_reader_is_told(personas: Personas) -> None:
    geometry = read_class(personas)
    geometry.judge({geometry.students[0]: "proficient"})
    work, reading = ClassWork.objects.get(), Reading.objects.get()
    with pytest.raises(NotAllowed):
        place_work(work, place="Here", actor=personas.principal.user)
    with pytest.raises(DomainError, match="Say where the second reader finds"):
        place_work(work, place="  ", actor=personas.teacher.user)
    path = f"/second-readings/of-classes/{work.public_id}/"
    browser = personas.teacher.client()
    recorded = Recorded()
    assert browser.post(path, {"place": ""}).status_code == 422
    assert browser.post(path, {"place": "Folder 7"})["Location"] == "/second-readings/?show=classes"
    browser.post(path, {"place": "Folder 7"})
    assert recorded.verbs == ["crediting.reading.work_placed"]
    assert Notification.objects.filter(user=_reader(reading), code="crediting.reading_work_placed").count() == 1
    give(reading, geometry.ground, ("proficient",))
    with pytest.raises(DomainError, match="closed"):
        place_work(work, place="Elsewhere", actor=personas.teacher.user)


def test_figures_count_classes_too(personas: Personas) -> None:
    geometry = read_class(personas)
    geometry.judge({geometry.students[0]: "proficient"})
    give(Reading.objects.get(), geometry.ground, ("proficient",))
    rows = agreement_rows(Reading.objects.all(), this_year(personas.district), personas.district)
    assert [(row.subject, row.pairs) for row in rows] == [("", 1), ("math", 1)]


def test_nobody_free_is_told_to_who_decides_and_it_can_go_on_without(personas: Personas) -> None:
    geometry = make_class(personas, moderation=EVERY)
    geometry.judge({geometry.students[0]: "proficient"})
    reading = Reading.objects.get()
    assert reading.reader is None
    assert Notification.objects.filter(user=personas.principal.user, code="crediting.reading_nobody").count() == 1
    browser, path = personas.principal.client(), f"/second-readings/{reading.public_id}/"
    assert "done in class" in text_of(browser.get(path))
    answer = browser.post(path, {"verdict": "excuse", "excuse-reason": "The term ends today."})
    assert answer["Location"] == "/second-readings/?show=school"
    reading.refresh_from_db()
    assert reading.state == ReadingState.EXCUSED and ClassWork.objects.get().moderated == Moderated.EXCUSED


def test_judging_costs_no_more_for_a_policy_that_reads_no_class_twice(personas: Personas) -> None:
    geometry = make_class(personas)
    rows = [ClassRow(geometry.students[0], geometry.standards[0], geometry.ground.level("proficient"))]
    today = clock.today(personas.district)
    judge_class(geometry.section, title="Unit 1", given_on=today, rows=rows, actor=geometry.user)
    assert not ClassWork.objects.exists()


@pytest.mark.parametrize("more", [0, 29])
def test_the_list_of_my_classes_takes_as_many_trips_for_thirty_works_as_for_one(personas: Personas, more: int) -> None:
    geometry = read_class(personas, more=more)
    geometry.judge(dict.fromkeys(geometry.students, "proficient"))
    browser = personas.teacher.client()
    browser.get("/")
    with assert_queries(DRAWN_TRIPS):
        page = text_of(browser.get("/second-readings/?show=classes"))
    assert page.count("Not said yet") == min(len(geometry.students), PER_PAGE)

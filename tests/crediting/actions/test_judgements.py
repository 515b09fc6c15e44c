"""Judging: one row a standard, attempt and look; the request moves on when everything is judged."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from crediting.actions.judgements import JudgedStandard, confirm_result, record_judgements
from crediting.actions.requests import return_request, submit_request
from crediting.models import CourseStandard, CreditRequest, Judgement
from crediting.states import Method, RequestState
from mbl.core import clock
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import Notification
from tests.crediting.recorded import Recorded
from tests.factories.crediting import Ground, judge, make_request, make_scale
from tests.personas import Personas

pytestmark = pytest.mark.django_db


def row(ground: Ground, place: int, level: str, comment: str = "") -> JudgedStandard:
    return JudgedStandard(ground.standards[place], ground.level(level), comment)


def test_a_partial_look_is_kept_and_the_request_stays_with_the_teacher(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    recorded = Recorded()
    (judgement,) = record_judgements(
        request, rows=[row(ground, 0, "proficient", " Each claim has its source. ")], actor=personas.teacher.user
    )
    assert (judgement.level.code, judgement.comment, judgement.attempt, judgement.assessor) == (
        "proficient",
        "Each claim has its source.",
        1,
        personas.teacher.person,
    )
    assert judgement.use == request.uses.get()
    request.refresh_from_db()
    assert request.state == RequestState.SUBMITTED
    assert recorded.verbs == ["crediting.judgement.recorded"]


def test_the_last_row_hands_the_request_on(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    recorded = Recorded()
    judge(request, ground, personas.teacher.person, ("proficient", "extending"))
    request.refresh_from_db()
    assert request.state == RequestState.ASSESSED
    assert [use.state for use in request.uses.all()] == ["assessed"]
    assert recorded.verbs == ["crediting.judgement.recorded"] * 2 + ["crediting.request.assessed"]
    told = Notification.objects.get(user=personas.student.user, code="crediting.assessed")
    assert told.text.startswith("Tomas Reed assessed “Proofs I wrote”.")


def test_saving_twice_writes_once(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    judge(request, ground, personas.teacher.person, ("proficient", "extending"))
    recorded = Recorded()
    judge(request, ground, personas.teacher.person, ("proficient", "extending"))
    assert Judgement.objects.count() == 2 and recorded.verbs == []


def test_a_second_look_is_a_new_row_and_the_first_one_stays(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    judge(request, ground, personas.teacher.person, ("developing", "proficient"))
    record_judgements(request, rows=[row(ground, 0, "proficient", "I read page 2.")], actor=personas.teacher.user)
    levels = request.judgements.filter(standard=ground.standards[0]).values_list("level__code", flat=True)
    assert list(levels) == ["developing", "proficient"]
    request.refresh_from_db()
    assert request.state == RequestState.ASSESSED


def test_the_database_refuses_to_change_a_judgement(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)
    for change in (
        lambda: request.judgements.update(comment="Nicer words"),
        lambda: request.judgements.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert set(request.judgements.values_list("comment", flat=True)) == {"Comment on proficient."}


def test_the_next_attempt_is_judged_anew(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    judge(request, ground, personas.teacher.person, ("developing", "proficient"))
    return_request(request, reason="Show the first again.", actor=personas.teacher.user)
    submit_request(request, actor=personas.student.user)
    record_judgements(request, rows=[row(ground, 0, "proficient")], actor=personas.teacher.user)
    request.refresh_from_db()
    assert request.state == RequestState.SUBMITTED  # the second standard is not judged in this attempt
    record_judgements(request, rows=[row(ground, 1, "proficient")], actor=personas.teacher.user)
    request.refresh_from_db()
    assert (request.state, request.attempt) == (RequestState.ASSESSED, 2)
    assert list(request.judgements.values_list("attempt", flat=True)) == [1, 1, 2, 2]


def test_what_the_course_asks_of_everybody_is_judged_too(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    CourseStandard.objects.create(course=ground.course, standard=ground.standards[2], is_required=True)
    judge(request, ground, personas.teacher.person, ("proficient", "proficient"))
    request.refresh_from_db()
    assert request.state == RequestState.SUBMITTED
    record_judgements(request, rows=[row(ground, 2, "proficient")], actor=personas.teacher.user)
    request.refresh_from_db()
    assert request.state == RequestState.ASSESSED


def test_only_the_teacher_who_was_asked_judges(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    for persona in (
        personas.student,
        personas.family,
        personas.counselor,
        personas.principal,
        personas.credit_manager,
        personas.other_district_administrator,
    ):
        with pytest.raises(NotAllowed):
            record_judgements(request, rows=[row(ground, 0, "proficient")], actor=persona.user)
    assert not Judgement.objects.exists()


def test_a_standard_or_level_from_elsewhere_is_refused(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    other = make_scale(personas.district, code="other")
    for strange in (
        row(ground, 2, "proficient"),
        JudgedStandard(ground.standards[0], other.levels.get(code="proficient")),
    ):
        with pytest.raises(DomainError):
            record_judgements(request, rows=[strange], actor=personas.teacher.user)
    assert not Judgement.objects.exists()


def test_a_returned_request_is_with_the_student(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.RETURNED)
    with pytest.raises(NotAllowed, match="Returned"):
        record_judgements(request, rows=[row(ground, 0, "proficient")], actor=personas.teacher.user)


# --- State assessments ------------------------------------------------------------------------------------------------


def state_request(personas: Personas, ground: Ground) -> CreditRequest:
    return make_request(
        ground,
        personas.student.student,
        personas.teacher.person,
        method=Method.STATE_ASSESSMENT,
        kind="",
        result={"instrument": "sba-math", "taken_on": "2026-05-04", "level": 4},
    )


def test_a_result_counts_once_staff_have_read_it_from_the_report(personas: Personas, ground: Ground) -> None:
    request = state_request(personas, ground)
    recorded = Recorded()
    taken = dt.date(2026, 5, 5)
    for _again in range(2):
        confirm_result(request, instrument="sba-math", taken_on=taken, level=3, actor=personas.teacher.user)
    request.refresh_from_db()
    assert (request.state, request.demonstrated_on) == (RequestState.ASSESSED, taken)
    assert (request.result["level"], request.result["confirmed_by"]) == (3, "Tomas Reed")
    assert recorded.verbs == ["crediting.result.confirmed", "crediting.request.assessed"]


def test_a_result_from_the_future_is_refused(personas: Personas, ground: Ground) -> None:
    request = state_request(personas, ground)
    tomorrow = clock.today(personas.district) + dt.timedelta(days=1)
    with pytest.raises(DomainError, match="in the future") as refused:
        confirm_result(request, instrument="sba-math", taken_on=tomorrow, level=3, actor=personas.teacher.user)
    assert refused.value.field == "taken_on"


def test_work_has_no_state_result(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    with pytest.raises(DomainError, match="rests on work"):
        confirm_result(
            request, instrument="sba-math", taken_on=dt.date(2026, 5, 4), level=3, actor=personas.teacher.user
        )
